#!/usr/bin/env bash
# Install the missing packages of the distribution. Usage: packages.sh run|test|bench|list
#   run, test, bench  install what the command of that name lacks; nothing missing costs no network
#   list              only print the names of all packages for this distribution
set -euo pipefail
# shellcheck source=deploy/setup/say.sh
. "$(dirname "$0")/say.sh"

NO_MAIN_CLUSTER=/etc/postgresql-common/createcluster.d/quming.conf

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The PostgreSQL of the distribution, as in its own `postgresql` package.
distribution_postgresql() {
    case "${ID:-}-${VERSION_ID:-}" in
        debian-12) echo 15 ;;
        debian-13) echo 17 ;;
        ubuntu-24.04) echo 16 ;;
        *) apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1 ;;
    esac
}

# Any installed PostgreSQL that has PostGIS beside it will do.
postgis_is_here() {
    local initdb version
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        version=${initdb#/usr/lib/postgresql/}
        [ -x "$initdb" ] && [ -f "/usr/share/postgresql/${version%%/*}/extension/postgis.control" ] && return 0
    done
    return 1
}

python_is_here() {
    local python
    python=$("$ROOT/deploy/setup/python.sh" which 2>/dev/null) && "$python" -c 'import venv, ensurepip' 2>/dev/null
}

wanted_for_run() {
    python_is_here || printf '%s\n' python3 python3-venv
    installed fonts-noto-cjk || echo fonts-noto-cjk
    installed fonts-hanazono || echo fonts-hanazono
    [ -n "${QUMING_DATABASE_URL:-}" ] || wanted_for_cluster
}

wanted_for_cluster() { postgis_is_here || cluster_packages; }

cluster_packages() {
    local version
    version=$(distribution_postgresql)
    [ -n "$version" ] || die "The PostgreSQL version of this distribution (${PRETTY_NAME:-unknown}) is not known." \
        "Install PostgreSQL and its PostGIS package by hand, then repeat the command," \
        "or name an existing server: QUMING_DATABASE_URL=postgresql://user:password@host/database"
    printf 'postgresql-%s\npostgresql-%s-postgis-3\n' "$version" "$version"
}

# Tests keep a cluster of their own even when QUMING_DATABASE_URL names a server for `make run`.
wanted_for_test() {
    [ -n "${QUMING_TEST_DATABASE_URL:-}" ] || wanted_for_cluster
    command -v shellcheck >/dev/null || echo shellcheck
    installed libatomic1 || echo libatomic1 # of the Node.js that Playwright brings
    chromium_is_here || wanted_chromium
}

# Measuring puts ogr2ogr beside the import and load on the server with wrk; tipg comes from PyPI by itself.
wanted_for_bench() {
    [ -n "${QUMING_TEST_DATABASE_URL:-}" ] || wanted_for_cluster
    command -v ogr2ogr >/dev/null || echo gdal-bin
    command -v wrk >/dev/null || echo wrk
}

chromium_is_here() {
    [ -n "${QUMING_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null
}

# Ubuntu's chromium package is a door to a snap, which has no place in a script.
wanted_chromium() {
    [ "${ID:-}" = ubuntu ] || { echo chromium; return; }
    die "The browser tests need Chromium, and Ubuntu has it only as a snap." \
        "Run: sudo snap install chromium" \
        "or install Google Chrome from its .deb file; then repeat the command," \
        "or name a browser: QUMING_CHROMIUM=/path/to/chromium"
}

# Debian starts a cluster named `main` with every new server package. The project needs none,
# so for this one installation it is told not to.
without_main_cluster() {
    as_root mkdir -p "$(dirname "$NO_MAIN_CLUSTER")"
    echo 'create_main_cluster = false' | as_root tee "$NO_MAIN_CLUSTER" >/dev/null
}

with_main_cluster_again() { as_root rm -f "$NO_MAIN_CLUSTER" || true; }

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" </dev/null >/dev/null; }

install_packages() {
    say "Installing packages of the distribution: $*"
    as_root true || die "Packages are missing and neither root nor sudo is at hand." \
        "Ask the administrator of this machine to run: apt-get install --no-install-recommends $*"
    trap with_main_cluster_again EXIT
    without_main_cluster
    apt update || die "apt-get update failed." "Check the network and the files in /etc/apt, then repeat the command."
    apt install -y --no-install-recommends "$@" || die "apt-get could not install: $*" \
        "Read the lines above; often 'apt-get -f install' or 'dpkg --configure -a' mends it." \
        "On Ubuntu the component universe must be on: add-apt-repository universe"
}

# shellcheck source=/dev/null
[ ! -r "${OS_RELEASE:=/etc/os-release}" ] || . "$OS_RELEASE"
what=${1:?usage: packages.sh run|test|bench|list}
if [ "$what" = list ]; then
    printf '%s\n' python3 python3-venv fonts-noto-cjk fonts-hanazono shellcheck libatomic1 gdal-bin wrk
    cluster_packages
    [ "${ID:-}" = ubuntu ] || echo chromium
    exit
fi
if ! command -v dpkg-query >/dev/null; then
    say "Not Debian or Ubuntu: python3 (3.11+), PostgreSQL with PostGIS and a Chinese font are taken to be here."
    exit 0
fi
missing=$(wanted_for_run)
case $what in
    test) missing="$missing"$'\n'"$(wanted_for_test)" ;;
    bench) missing="$missing"$'\n'"$(wanted_for_bench)" ;;
esac
mapfile -t packages < <(printf '%s\n' "$missing" | sed '/^$/d' | sort -u)
[ ${#packages[@]} -eq 0 ] || install_packages "${packages[@]}"
