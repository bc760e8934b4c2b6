#!/bin/sh
# SPDX-License-Identifier: MIT
#
# macro.sh CASE [FOLDER] - time what people do with whole programs, in a folder
# beside this file, which stays if it was named.  Output as micro's:
# "row<tab>nanoseconds" or "row<tab>-<tab>why".
# macro.sh list - the cases.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$here/${2:-work}
export LC_ALL=C HOME="$work" GIT_CONFIG_NOSYSTEM=1

# skip ROW WHY: it can't be done here.
skip() {
	printf '%s\t-\t%s\n' "$1" "$2"
}

# needs ROW PROGRAM...: leave if one is missing.
needs() {
	row=$1
	shift
	for program; do
		command -v "$program" >/dev/null ||
			{ skip "$row" "no $program in the root"; exit 0; }
	done
}

# timed ROW COMMAND...
timed() {
	row=$1
	shift
	began=$(date +%s%N)
	"$@" >"$work/log" 2>&1 || {
		echo "$row: failed" >&2
		tail -5 "$work/log" >&2
		exit 1
	}
	printf '%s\t%s\n' "$row" $(($(date +%s%N) - began))
}

# many DIRS FILES: a tree of that many in each, 1 KiB apiece.
many() {
	text=$(printf '%1023s' x)
	mkdir tree
	for d in $(seq "$1"); do
		mkdir "tree/$d"
		for f in $(seq "$2"); do
			echo "$text" >"tree/$d/$f"
		done
	done
}

forks() {
	i=0
	while [ $i -lt 500 ]; do
		/bin/true
		i=$((i + 1))
	done
}

case_forks() {
	timed "500 forks from a script" forks
}

case_gcc() {
	needs "gcc, 20 files" gcc make
	cp -r "$here/prog" .
	timed "gcc, 20 files" make -C prog -s
	make -C prog -s clean
	timed "gcc, 20 files, make -j2" make -C prog -s -j2
}

pythons() {
	for i in $(seq 20); do
		python3 -c pass
	done
}

case_python() {
	needs "python3 start x20" python3
	timed "python3 start x20" pythons
}

case_tar() {
	needs "tar, 5,000 files" tar find
	many 50 100
	timed "tar create, 5,000 files" tar cf a.tar tree
	mkdir out
	timed "tar extract, 5,000 files" tar xf a.tar -C out
	timed "find, 5,000 files" find tree -name x
	timed "rm -r, 5,000 files" rm -r tree
}

transactions() {
	echo "PRAGMA synchronous=$2; CREATE TABLE t(a INTEGER PRIMARY KEY, b);"
	for i in $(seq "$1"); do
		echo "BEGIN; INSERT INTO t VALUES($i, 'row $i'); COMMIT;"
	done
}

sql() {
	sqlite3 "$1" <"$2"
}

case_sqlite() {
	needs "sqlite" sqlite3
	transactions 100 FULL >full
	transactions 1000 OFF >off
	timed "sqlite, 100 transactions, synced" sql a.db full
	timed "sqlite, 1,000 transactions" sql b.db off
}

commits() {
	git init -q
	git config user.name bench
	git config user.email bench@localhost
	git add tree
	git commit -qm all
	for i in $(seq 10); do
		echo "$i" >"tree/$i/1"
		git commit -qam "change $i"
	done
	git log --stat
	git checkout -q HEAD~5
	git status
	git gc -q
}

case_git() {
	needs "git" git
	many 10 50
	timed "git: 11 commits, log, gc" commits
}

# A package of 300 files; installed below here, so that the root's own list of
# packages stays as it is.
package() {
	many 30 10
	mkdir -p pkg/DEBIAN pkg/opt target/var/lib/dpkg/updates \
		target/var/lib/dpkg/info
	mv tree pkg/opt/bench
	: >target/var/lib/dpkg/status
	printf '%s\n' "Package: bench" "Version: 1" "Architecture: all" \
		"Maintainer: nobody <nobody@localhost>" \
		"Description: files" >pkg/DEBIAN/control
	dpkg-deb --build pkg bench.deb >/dev/null
}

case_dpkg() {
	needs "dpkg -i" dpkg dpkg-deb
	package
	timed "dpkg -i, 300 files" dpkg --root="$work/target" --force-not-root \
		--force-bad-path --log="$work/dpkg.log" -i bench.deb
}

# redis ROW TEST CLIENTS: nanoseconds a request.
redis() {
	redis-benchmark -s redis.sock -t "$2" -n 5000 -c "$3" -q 2>/dev/null |
		tr '\r' '\n' | awk -v row="$1" '/requests per second/ {
			if ($2 > 0) printf "%s\t%.0f\n", row, 1e9 / $2 }'
}

case_redis() {
	needs "redis" redis-server redis-benchmark awk
	redis-server --port 0 --unixsocket "$work/redis.sock" --save "" \
		--dir "$work" >redis.log 2>&1 &
	server=$!
	for i in $(seq 100); do
		[ -S redis.sock ] && break
		sleep 0.1
	done
	redis "redis GET, 1 in flight" get 1
	redis "redis SET, 1 in flight" set 1
	redis "redis GET, 16 in flight" get 16
	redis "redis SET, 16 in flight" set 16
	kill $server
	wait $server || :
}

if [ "$1" = list ]; then
	sed -n 's/^case_\([a-z]*\)().*/\1/p' "$0"
	exit
fi
rm -rf "$work"
mkdir "$work"
cd "$work"
"case_$1"
cd "$here"
[ $# -gt 1 ] || rm -rf "$work"
