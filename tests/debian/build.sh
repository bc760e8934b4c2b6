#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/debian/build.sh [--archive | DIR] - make the Debian root file system
# that the scenarios beside this file run in, and print where it is.
#
# The packages are fetched once, into an archive in the cache
# ($XDG_CACHE_HOME/vivarium, or /var/cache/vivarium for root, where others may
# read it); --archive ends there.  DIR (default: a folder in the same cache) is
# unpacked from it whenever it is missing or older.  Root builds with mmdebstrap's root mode; anyone else needs fakechroot
# and fakeroot.  Every file belongs to whoever runs this: in the guest that is
# root.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
suite=bookworm

only=
[ "${1-}" = --archive ] && only=yes && shift

if [ "$(id -u)" = 0 ]; then
	cache=${XDG_CACHE_HOME:-/var/cache}/vivarium
	mode=root
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/vivarium
	mode=fakechroot
fi
dir=${1:-$cache/debian}

# The archive's name holds a digest of the recipe: a changed list, or a new
# number here, is a new archive.
digest=$({ cat "$here/packages"; echo "$suite 1"; } | sha256sum | cut -c1-12)
tar=$cache/debian-$digest.tar
shared=/var/cache/vivarium/debian-$digest.tar

if [ ! -s "$tar" ] && [ -s "$shared" ] && [ -r "$shared" ]; then
	tar=$shared
fi

if [ ! -s "$tar" ]; then
	command -v mmdebstrap >/dev/null || {
		echo "build.sh: mmdebstrap is missing: apt-get install mmdebstrap" >&2
		exit 1
	}
	if [ "$mode" = fakechroot ] && ! command -v fakechroot >/dev/null; then
		echo "build.sh: fakechroot is missing: apt-get install" \
			"fakechroot fakeroot" >&2
		exit 1
	fi
	# The mirror is the host's own, if it has one for Debian.
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' \
		2>/dev/null | grep -m1 '/debian$' || :)
	mirror=${mirror:-http://deb.debian.org/debian}
	umask 022
	mkdir -p "$cache"
	# One at a time; the second finds the first's.
	exec 9>"$tar.lock"
	flock 9
fi

if [ ! -s "$tar" ]; then
	echo "build.sh: fetching Debian ($suite) from $mirror" >&2
	mmdebstrap --quiet --mode=$mode --format=tar --variant=minbase \
		--include="$(paste -sd, "$here/packages")" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--aptopt='Acquire::Languages "none"' \
		"$suite" "$tar.new" "$mirror" >&2 9>&-
	mv "$tar.new" "$tar"
fi
if [ "$only" ]; then
	echo "$tar"
	exit
fi

# The root has two empty folders, for run.py to mount on.
unpacked="$digest 2"

# -p: modes as they are (set-user-id too), so keep others out.
if [ ! -e "$dir/.recipe" ] || [ "$(cat "$dir/.recipe")" != "$unpacked" ]; then
	if [ -e "$dir" ] && [ ! -e "$dir/.recipe" ] &&
		[ -n "$(ls -A "$dir" 2>/dev/null)" ]; then
		echo "build.sh: $dir is there already, and not of our making" >&2
		exit 1
	fi
	chmod -R u+rwX "$dir" 2>/dev/null || :
	rm -rf "$dir"
	mkdir -p "$dir"
	tar -xpf "$tar" -C "$dir" --no-same-owner --exclude './dev/*'
	mkdir "$dir/data" "$dir/scenarios"
	echo "$unpacked" >"$dir/.recipe"
	chmod 0755 "$dir"
fi
echo "$dir"
