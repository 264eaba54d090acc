# What setup says, and how it gives up. Sourced.

say() { printf 'setup: %s\n' "$*"; }

# fail WHAT HOW_TO_MEND
fail() {
    printf 'setup: error: %s\n       %s\n' "$1" "${2:-}" >&2
    exit 1
}

# at_least VERSION LEAST: by the order of Debian's versions where dpkg is there, else by number.
at_least() {
    if command -v dpkg >/dev/null; then dpkg --compare-versions "$1" ge "$2"; return; fi
    [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]
}
