# `make` alone lists what there is. Variables are given on the command line: make demo SECONDS=60

.DEFAULT_GOAL := help
.PHONY: help setup build demo test tsan fuzz bench format lint clean

swift_sources := Sources Tests Package.swift
# Given where they are not empty: --seconds 60, --speed 2000, --port 8080.
demo_flags = $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SPEED),--speed $(SPEED)) $(if $(PORT),--port $(PORT))

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

setup: ## Install what building and running need (asks for root or sudo only if something is missing)
	@scripts/setup run

build: setup ## Build the release program: .build/release/quanyu
	swift build -c release --product quanyu

demo: ## Import nine months, replay three as live traffic, leave the console open; SECONDS= SPEED= PORT=
	@scripts/demo $(demo_flags)

test: ## Install what the tests need, run every test and gate; ends with `N passed, N failed`
	@scripts/test

# What works with threads, and nothing of what only takes long under the sanitizer.
tsan_tests := BaseTests|JournalTests|TimelineTests|HTTPServerTests|DecideTests
tsan_flags := --sanitize=thread --scratch-path .build/tsan

tsan: ## Look for data races with the thread sanitizer: a build of its own and its tests, some ten minutes
	@scripts/setup test
	swift build --build-tests $(tsan_flags)
	TSAN_OPTIONS="suppressions=$(CURDIR)/scripts/tsan.supp" swift test --skip-build $(tsan_flags) --filter '$(tsan_tests)'

fuzz: ## Throw made-up bytes at every decoder, ten minutes each; SECONDS= for less
	@scripts/setup run
	scripts/fuzz $(SECONDS)

bench: ## Measure against peers, print a table, write build/bench.json; SMOKE=1: small, to build/bench.smoke.json
	@scripts/setup bench
ifdef SMOKE
	swift run -c debug bench smoke
else
	swift build -c release --product quanyu
	swift run -c release bench full
	swift run -c release bench full --only query --times 5
endif

format: ## Format the Swift sources in place
	swift format -i -r $(swift_sources)

lint: ## Check format and house rules, and change nothing
	swift format lint --strict -r $(swift_sources)
	swift run tidy

clean: ## Remove what was built; downloads and installed parts stay (delete build/ for those)
	rm -rf .build build/logs
