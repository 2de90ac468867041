#!/usr/bin/env bash
# `make run`: everything from a bare machine to a served demo district. FOREGROUND=1 stays and shows the logs.
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"
read_dotenv
SETUP=$ROOT/deploy/setup
cd "$ROOT"

"$SETUP/packages.sh" run
"$SETUP/python.sh"
"$SETUP/web.sh"
python=$VENV/bin/python
if [ -n "${QUMING_DATABASE_URL:-}" ]; then
    "$python" "$SETUP/server.py"
else
    "$python" "$SETUP/cluster.py" start
fi
# Bytecode by whom may write it: the account of the services may not, and a start would compile all anew.
"$python" -m compileall -q api boundaries gazetteer webmap/*.py webmap/[!a]*/ || true
"$python" "$SETUP/prepare.py"
"$python" "$SETUP/services.py" start
address=$("$python" "$SETUP/services.py" address)
printf '\nQuming 区名  %s\n' "$address"
if [ "${QUMING_ENV:-development}" != production ]; then
    printf '%s\n' 'Demo accounts 演示账号: surveyor clerk reviewer approver publisher admin' \
        'Password 密码: quming-demo'
fi
printf '%s\n' 'make stop ends it; make status, make logs show it.'
if [ -n "${FOREGROUND:-}" ]; then
    exec "$python" "$SETUP/services.py" follow
fi
