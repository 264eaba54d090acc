# Debian packages: by name and least version, as apt has no lasting exact pin. Sourced by scripts/setup.

readonly apt_options=(-o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root -q=1)

# Runs a command as root: directly, or through sudo.
as_root() {
    if ((EUID == 0)); then "$@"; else sudo --preserve-env=DEBIAN_FRONTEND "$@"; fi
}

# Prints nothing where the package is not installed.
installed_version() {
    { dpkg-query -W -f='${db:Status-Abbrev} ${Version}' "$1" 2>/dev/null || true; } | sed -n 's/^ii *//p'
}

update_lists_once() {
    [[ -z ${lists_updated:-} ]] || return 0
    lists_updated=yes
    as_root apt-get "${apt_options[@]}" update >/dev/null \
        || say "apt-get update failed; trying with the lists that are there"
}

# Reads lines `package least-version why` (`-`: any version) and installs those that are missing or too old.
debian_packages() {
    command -v apt-get >/dev/null \
        || fail "apt-get is missing." "Quanyu is set up on Debian 12; use a machine or container of it."
    local package least why version
    local missing=()
    while read -r package least why; do
        version=$(installed_version "$package")
        if [[ -z $version ]] || { [[ $least != - ]] && ! at_least "$version" "$least"; }; then
            missing+=("$package")
            say "$package: $why"
        fi
    done
    ((${#missing[@]} > 0)) || return 0
    local command="apt-get install --no-install-recommends ${missing[*]}"
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        fail "these Debian packages are missing, and only root or sudo can install them: ${missing[*]}" \
            "As root: $command"
    fi
    update_lists_once
    export DEBIAN_FRONTEND=noninteractive
    local options=(--yes --no-install-recommends)
    as_root apt-get "${apt_options[@]}" install "${options[@]}" "${missing[@]}" >"$build/apt.log" 2>&1 9>&- || {
        tail -n 20 "$build/apt.log" >&2
        fail "apt-get could not install them (whole log: build/apt.log)." "Mend what it says, then: $command"
    }
    for package in "${missing[@]}"; do say "installed $package $(installed_version "$package")"; done
}

# unpack_debian_package PACKAGE FILE WHY: puts one program of a package into build/tools without installing the package,
# which would also start its service.
unpack_debian_package() {
    local package=$1 file=$2 why=$3
    local program=$tools/${file##*/}
    [[ ! -x $program ]] || return 0
    say "${file##*/} out of Debian's $package: $why"
    update_lists_once
    mkdir -p "$downloads" "$tools"
    local folder
    folder=$(mktemp -d "$build/unpack.XXXXXX")
    (cd "$folder" && apt-get "${apt_options[@]}" download "$package" >/dev/null) \
        || fail "apt-get could not download $package." "Check the network and apt's sources, then run this again."
    dpkg-deb --fsys-tarfile "$folder"/*.deb | tar -x -C "$folder" "$file"
    mv "$folder/$file" "$program"
    rm -r "$folder"
}
