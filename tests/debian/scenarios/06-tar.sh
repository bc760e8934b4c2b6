#!/bin/bash
# SPDX-License-Identifier: MIT
# tar and xz of a tree of 5,000 files, unpacked and compared.
cd "$(mktemp -d)" || exit 1
mkdir tree
for d in $(seq 1 50); do
	mkdir "tree/d$d"
	for f in $(seq 1 100); do
		echo "file $f of $d: $((d * f * 7919 % 10007))" >"tree/d$d/f$f"
	done
done
ln -s d1/f1 tree/link
ln tree/d1/f2 tree/hard
chmod 750 tree/d3
touch -d '2020-02-02 02:02:02 UTC' tree/d4/f4
head -c 3000000 /dev/zero >tree/zeros
find tree -type f | wc -l
tar -cf a.tar --sort=name tree
tar -tf a.tar | wc -l
xz -T2 -k a.tar
xz -t a.tar.xz && echo sound
mkdir out
tar -xJf a.tar.xz -C out
diff -r tree out/tree && echo same
stat -c '%a %s %Y' out/tree/d4/f4 | cut -d' ' -f2-
stat -c %a out/tree/d3
readlink out/tree/link
[ out/tree/hard -ef out/tree/d1/f2 ] && echo hard link
(cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum
(cd out/tree && find . -type f -print0 | sort -z | xargs -0 sha256sum) |
	sha256sum
tar -cf - tree | gzip -9 | gunzip | tar -tf - | wc -l
cp -a tree copy && diff -r tree copy && echo copied
rm -rf tree out copy
ls
