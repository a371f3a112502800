#!/bin/sh
# Installs the Debian packages named in a list that are missing. Never asks; instant when none are.
#   tools/deps.sh [deps.txt]
set -eu
list="${1:-deps.txt}"
wanted=$(sed 's/#.*//' "$list")

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "deps: not a Debian system; you need what Debian calls:" >&2
    # shellcheck disable=SC2086 # one word a package
    echo "      "$wanted >&2
    exit 0
fi

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null || true)
    echo "$state" | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root=sudo
else
    echo "deps: missing packages, and no right to install them; run" >&2
    echo "      sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Use-Pty=0 -qq "$@" \
        </dev/null >&2
}
echo "deps: installing$missing" >&2
apt update
# shellcheck disable=SC2086 # one word a package
apt install -y --no-install-recommends $missing
