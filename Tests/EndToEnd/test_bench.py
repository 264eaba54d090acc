"""The benchmark's smoke run: no promised peer may be missing, and what was measured stays where it is."""

import json
import os
import subprocess
import sys

import pytest
from quanyu import BINARY, ROOT

KEPT = [{"name": "journal-append-1-clients", "ours": 1}, {"name": "other", "ours": 2}]


@pytest.fixture
def bench(tmp_path):
    """Runs the benchmark in a folder of its own, where its Python programs are at hand."""
    (tmp_path / "build").mkdir()
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")

    def run(*words, python=sys.executable):
        return subprocess.run(
            [BINARY.parent / "bench", *words], cwd=tmp_path, capture_output=True, text=True, timeout=300,
            env={**os.environ, "QUANYU_PYTHON": str(python), "QUANYU_BIN": str(BINARY)},
        )

    run.folder = tmp_path
    return run


def without(tmp_path, module):
    """A Python in which a module is not installed, as far as one who looks for it can tell."""
    start, python = tmp_path / f"without-{module}.py", tmp_path / f"python-without-{module}"
    start.write_text(f"""
import importlib.util, os, runpy, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == {module!r} else find(name, *more)
sys.argv.pop(0)
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
""")
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {start} "$@"\n')
    python.chmod(0o755)
    return python


@pytest.mark.parametrize("section,module", [("funnel", "duckdb"), ("timeline", "pyarrow"), ("journal", "sqlite3")])
def test_a_smoke_run_fails_without_a_peer_that_the_tests_install(bench, tmp_path, section, module):
    done = bench("smoke", "--only", section, python=without(tmp_path, module))
    assert done.returncode != 0
    assert f"{section} FAILED: {module} is missing: run `scripts/setup test`" in done.stdout, done.stdout + done.stderr


def test_a_smoke_run_does_without_the_peer_that_only_benchmarks_install(bench, tmp_path):
    done = bench("smoke", "--only", "funnel", python=without(tmp_path, "chdb"))
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads((bench.folder / "build" / "bench.smoke.json").read_text())
    assert {figure["peer"].split()[0] for figure in figures} == {"DuckDB"}


def test_figures_take_the_place_of_those_of_their_name(bench):
    measured, smoke = bench.folder / "build" / "bench.json", bench.folder / "build" / "bench.smoke.json"
    measured.write_text(json.dumps(KEPT))
    smoke.write_text(json.dumps(KEPT))
    assert bench("smoke", "--only", "journal").returncode == 0
    assert json.loads(measured.read_text()) == KEPT
    figures = json.loads(smoke.read_text())
    assert [figure["name"] for figure in figures] == [
        "journal-append-1-clients", "other", "journal-append-8-clients"
    ]
    assert figures[0]["ours"] > 1 and figures[1] == KEPT[1]


def test_a_missing_python_is_told(bench):
    done = bench("smoke", "--only", "journal", python="/nowhere/python")
    assert done.returncode != 0
    assert "/nowhere/python is missing" in done.stdout
