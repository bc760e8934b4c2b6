#!/bin/sh
# SPDX-License-Identifier: MIT
# dpkg -i of a .deb; apt-get install from a local repository; removal.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
dir=$(mktemp -d) && cd "$dir" && chmod 755 "$dir" || exit 1

# package NAME VERSION DEPENDS: makes NAME.deb
package() {
	mkdir -p "$1/DEBIAN" "$1/usr/bin" "$1/etc"
	cat >"$1/DEBIAN/control" <<-END
		Package: $1
		Version: $2
		Architecture: all
		Maintainer: nobody <nobody@example.org>
		Depends: $3
		Description: a package of a test
	END
	printf '#!/bin/sh\necho %s %s\n' "$1" "$2" >"$1/usr/bin/$1"
	chmod 755 "$1/usr/bin/$1"
	echo "setting=1" >"$1/etc/$1.conf"
	echo "/etc/$1.conf" >"$1/DEBIAN/conffiles"
	printf '#!/bin/sh\necho %s: $1\n' "$1" >"$1/DEBIAN/postinst"
	cp "$1/DEBIAN/postinst" "$1/DEBIAN/prerm"
	chmod 755 "$1/DEBIAN/postinst" "$1/DEBIAN/prerm"
	dpkg-deb --root-owner-group -b "$1" "repo/$1.deb" >/dev/null
}

mkdir repo
package viv-one 1.0 'libc6'
package viv-two 2.0 'viv-one (>= 1.0)'

echo "== dpkg"
dpkg -i repo/viv-two.deb 2>&1 | grep -c 'dependency problems'
dpkg -r viv-two >/dev/null 2>&1
dpkg -i repo/viv-one.deb | grep '^viv-one:'
viv-one
dpkg -s viv-one | grep -E '^(Status|Version)'
dpkg -L viv-one | grep -c viv-one
dpkg -S /usr/bin/viv-one
echo "setting=2" >/etc/viv-one.conf
dpkg -V viv-one | cut -c1-12
dpkg -r viv-one | grep '^viv-one:'
ls /etc/viv-one.conf
dpkg -P viv-one >/dev/null 2>&1
ls /etc/viv-one.conf 2>&1

echo "== apt"
cd repo
for deb in *.deb; do
	dpkg-deb -f "$deb"
	echo "Filename: ./$deb"
	echo "Size: $(stat -c %s "$deb")"
	echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
	echo
done >Packages
echo "deb [trusted=yes] file:$dir/repo ./" >"$dir/local.list"
apt="-o Dir::Etc::sourcelist=$dir/local.list -o Dir::Etc::sourceparts=-
	-o Dir::State::lists=$dir/lists"
mkdir -p "$dir/lists/partial"
apt-get $apt -qq update && echo updated
apt-cache $apt policy viv-two | sed -n 1,3p
apt-get $apt -y -qq install viv-two 2>&1 | grep '^viv-'
viv-two
apt-mark $apt showauto | grep viv
apt-get $apt -y -qq remove viv-two 2>&1 | grep '^viv-'
apt-get $apt -y -qq autoremove --purge 2>&1 | grep '^viv-'
dpkg -l 'viv-*' 2>/dev/null | grep -c '^ii'
dpkg --audit
echo "audit $?"
