#!/usr/bin/env bash
# `make clean-data`: end everything and delete the register, after the word yes (or CONFIRM=yes).
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"
read_dotenv

python=$VENV/bin/python
[ -x "$python" ] || python=$("$ROOT/deploy/setup/python.sh" which)
[ -z "${QUMING_DATABASE_URL:-}" ] || die "QUMING_DATABASE_URL names a server that is not ours to empty." \
    "Drop that database there, if that is what you want."
home=$("$python" -c 'import sys; sys.path.insert(0, sys.argv[1]); import house; house.read_dotenv(); print(house.default_home())' \
    "$ROOT/deploy/setup")
if [ "${CONFIRM:-}" != yes ]; then
    printf 'This deletes the register, its history, releases and files in %s for good.\nType yes to go on: ' "$home"
    answer=
    read -r answer || true
    [ "$answer" = yes ] || die "Nothing was deleted." "Type yes, or say it in a script: make clean-data CONFIRM=yes"
fi
"$python" "$ROOT/deploy/setup/services.py" stop
"$python" "$ROOT/deploy/setup/cluster.py" remove
say "The data in $home are gone; make run begins anew"
