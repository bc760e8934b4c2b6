#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tools/dev/packages.sh build|check - install the Debian packages that are
# missing, or say which are.  A program that was installed in another way
# counts for its package.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

has() {
	case $1 in
	meson | clang | git | make | strace | gcc | python3 | mmdebstrap | \
		fakeroot | fakechroot | clang-format-14)
		command -v "$1" >/dev/null && return 0 ;;
	ninja-build) command -v ninja >/dev/null && return 0 ;;
	pkg-config)
		command -v pkg-config >/dev/null && return 0 ;;
	esac
	case $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) in
	*' installed') return 0 ;;
	esac
	return 1
}

lists=$here/packages.build
[ "$1" = build ] || lists="$lists $here/packages.check"
missing=
for package in $(cat $lists); do
	has "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "missing Debian packages; as root:" >&2
	echo "  apt-get install$missing" >&2
	exit 125
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt_install() {
	apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends \
		$missing >&2
}
# The lists may be there and good: ask for new ones only when they are not.
apt_install 2>/dev/null || { apt-get -qq update >&2 && apt_install; }
