#!/usr/bin/env bash
# `make run`: everything from a bare machine to a served demo district. FOREGROUND=1 stays and shows the logs.
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"
read_dotenv
SETUP=$ROOT/deploy/setup

"$SETUP/packages.sh" run
"$SETUP/python.sh"
"$SETUP/web.sh"
python=$VENV/bin/python
if [ -n "${QUMING_DATABASE_URL:-}" ]; then
    "$python" "$SETUP/server.py"
else
    "$python" "$SETUP/cluster.py" start
fi
"$python" "$SETUP/services.py" quming migrate || die "The database could not be brought up to date." \
    "The lines above say why. Nothing was changed: each step is all or nothing."
if [ "${QUMING_ENV:-development}" != production ]; then
    "$python" "$SETUP/services.py" quming demo || die "The demo district could not be loaded." \
        "The lines above say why; 'make clean-data' and 'make run' begin again with an empty register."
fi
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
