#!/usr/bin/env bash
# The virtual environment. Usage: python.sh [which]
#   (nothing)  create .venv and install requirements.lock into it, unless that was done
#   which      print the Python that would be used
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Root takes the system's Python first: the server gives up root's rights, and a Python below
# /root could then not be read any more. Everybody else takes their own first.
find_python() {
    local candidate own=python3 system=/usr/bin/python3
    for candidate in ${QUMING_PYTHON:-} \
        $([ "$(id -u)" -eq 0 ] && echo $system $own || echo $own $system) python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    die "No Python 3.11 or newer was found." \
        "Install one (Debian 12 and 13, Ubuntu 24.04: apt-get install python3 python3-venv)," \
        "or name it: QUMING_PYTHON=/path/to/python3"
}

create_venv() {
    local python
    python=$(find_python)
    say "Creating .venv with $("$python" --version)"
    "$python" -m venv "$VENV" || die "The virtual environment could not be created." \
        "Debian and Ubuntu keep this in a package of its own: apt-get install python3-venv" \
        "Check that $ROOT can be written to and has 2 GB free."
}

install_locked() {
    say "Installing Python packages from requirements.lock"
    local quiet=(--quiet --disable-pip-version-check --no-input --root-user-action=ignore)
    "$VENV/bin/python" -m pip install "${quiet[@]}" -r "$ROOT/requirements.lock" ||
        die "pip could not install requirements.lock." \
            "Check the network (pip config list shows which index is used) and free space, then repeat the command."
    local words # a build prints advice that nobody needs unless it failed
    words=$("$VENV/bin/python" -m pip install "${quiet[@]}" --no-deps --no-build-isolation -e "$ROOT" 2>&1) ||
        die "The project could not be installed into .venv: $words" "Remove the folder .venv and repeat the command."
}

if [ "${1:-}" = which ]; then
    find_python
    exit
fi
if [ -d "$VENV" ] && ! { "$VENV/bin/python" -c '' && is_new_enough "$VENV/bin/python"; } 2>/dev/null; then
    say "The Python behind .venv is gone; making .venv anew"
    rm -rf "$VENV"
fi
[ -d "$VENV" ] || create_venv
[ -w "$VENV" ] || die ".venv belongs to somebody else." \
    "Use the same user (or sudo) as the first time, or remove .venv and repeat the command."
wanted=$("$VENV/bin/python" -V; cd "$ROOT" && printf '%s\0' requirements.lock setup.cfg pyproject.toml | hash_files)
if ! is_stamped python "$wanted"; then
    install_locked
    stamp python "$wanted"
fi
