#!/usr/bin/env bash
# `make test`: the checks, the tests of the web application and the whole Python suite.
# pytest comes last, so that its closing line closes the output.
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"
SETUP=$ROOT/deploy/setup

"$SETUP/packages.sh" test
"$SETUP/python.sh"
"$SETUP/web.sh"
cd "$ROOT"
make --no-print-directory check
if [ -f webmap/app/package.json ]; then
    say "Tests of the web application"
    (cd webmap/app && PATH=$VENV/bin:$PATH npm test --silent)
fi
say "Tests of the Python packages"
read -ra more <<<"${PYTEST_ARGS:-}"
"$SETUP/with-cluster.sh" fast "$VENV/bin/python" -m pytest -n 2 --dist loadgroup "${more[@]}"
