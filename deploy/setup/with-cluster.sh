#!/usr/bin/env bash
# Run a command with a PostgreSQL cluster that lives only as long as the command.
# Usage: with-cluster.sh fast|safe COMMAND...   (fast: rows need not survive a power cut)
# Its address is QUMING_TEST_DATABASE_URL; an address that is given already is used as it is.
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"

kind=${1:?usage: with-cluster.sh fast|safe COMMAND...}
shift
[ -z "${QUMING_TEST_DATABASE_URL:-}" ] || exec "$@"
home=$(mktemp -d "${TMPDIR:-/var/tmp}/quming-test.XXXXXX")
cluster() { "$VENV/bin/python" "$ROOT/deploy/setup/cluster.py" --home "$home" "$@"; }
tidy() {
    cluster --throwaway remove >/dev/null
    rm -rf "$home"
}
trap tidy EXIT
trap 'exit 130' INT TERM
if [ "$kind" = fast ]; then cluster --throwaway start; else cluster start; fi
QUMING_TEST_DATABASE_URL=$(cluster url)
export QUMING_TEST_DATABASE_URL
"$@"
