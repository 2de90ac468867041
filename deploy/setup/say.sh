# Words and rules shared by the set-up scripts: where things live, how they speak, how they fail.
# shellcheck shell=bash

# shellcheck disable=SC2034  # read by the scripts that source this file
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VENV=$ROOT/.venv
STAMPS=$VENV/stamps

say() { printf '== %s\n' "$*"; }

# die MESSAGE WHAT-TO-DO...: every failure says what to do next.
die() {
    printf '\n!! %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '   -> %s\n' "$line" >&2; done
    exit 1
}

# Run a command as root: directly, or by sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 97
    fi
}

# One hash of the files named on standard input (NUL separated): content and name.
hash_files() {
    LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
}

# is_stamped NAME HASH: true when this step was already done for this very input.
is_stamped() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }

stamp() {
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

# Settings of .env count where the environment says nothing.
read_dotenv() {
    local line name
    [ -r "$ROOT/.env" ] || return 0
    while IFS= read -r line || [ -n "$line" ]; do
        name=${line%%=*}
        [[ $line == QUMING_*=* && -z ${!name+set} && -n ${line#*=} ]] || continue
        export "$name=${line#*=}"
    done <"$ROOT/.env"
}
