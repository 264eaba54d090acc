# Wheels, pinned by version and sha256 in scripts/GROUP.lock.txt. Sourced by scripts/setup.

# The system's Python 3.11 where there is one: another one on PATH may lack venv, or be of another version.
python3_11() {
    local candidate
    for candidate in /usr/bin/python3 python3.11 python3; do
        if "$candidate" -c 'import sys, venv, pip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 with pip and venv is missing." "On Debian 12: apt-get install python3 python3-pip python3-venv"
}

# download GROUP: all its wheels into build/downloads. pip checks each sha256, also of files that are there already.
download() {
    local group=$1 python try
    python=$(python3_11)
    mkdir -p "$downloads"
    for try in 1 2; do
        # The second time past pip's own cache, which may hold the broken file.
        local cache=()
        ((try == 1)) || cache=(--no-cache-dir)
        if "$python" -m pip --disable-pip-version-check "${cache[@]}" download --quiet --no-deps --require-hashes \
            --only-binary=:all: --dest "$downloads" --requirement "$scripts/$group.lock.txt" 9>&-; then
            return
        fi
        ((try == 2)) || say "the download failed or is broken (see above); trying once more"
    done
    fail "the wheels of $scripts/$group.lock.txt could not be downloaded." \
        "Check the network; behind a mirror set PIP_INDEX_URL. A sha256 that differs is never accepted."
}

# install_from_wheels GROUP FOLDER WHAT PLACE: runs PLACE in a fresh folder and moves what it made into FOLDER. The lock
# is left beside it as the mark of what is installed.
install_from_wheels() {
    local group=$1 folder=$2 what=$3 place=$4
    local mark=$folder/.$group.lock.txt
    if cmp --silent "$scripts/$group.lock.txt" "$mark"; then return; fi
    say "$what into ${folder#"$PWD/"}"
    download "$group"
    local fresh=$folder.fresh
    rm -rf "$fresh"
    mkdir -p "$fresh"
    pushd "$fresh" >/dev/null
    "$place"
    popd >/dev/null
    local entry
    mkdir -p "$folder"
    rm -f "$mark"
    for entry in "$fresh"/*; do
        rm -rf "${folder:?}/${entry##*/}"
        mv "$entry" "$folder/"
    done
    rmdir "$fresh"
    cp "$scripts/$group.lock.txt" "$mark"
}

# install_into_venv GROUP WHAT
install_into_venv() {
    local group=$1 what=$2
    local mark=$venv/.$group.lock.txt
    if cmp --silent "$scripts/$group.lock.txt" "$mark"; then return; fi
    say "$what into build/venv ($(grep -c -- --hash "$scripts/$group.lock.txt") packages)"
    [[ -x $venv/bin/python ]] || "$(python3_11)" -m venv "$venv" \
        || fail "could not make build/venv." "On Debian 12: apt-get install python3-venv"
    download "$group"
    "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --no-index \
        --find-links "$downloads" --require-hashes --requirement "$scripts/$group.lock.txt" 9>&-
    cp "$scripts/$group.lock.txt" "$mark"
}
