#!/bin/sh
# SPDX-License-Identifier: MIT
# run-host.sh PROGRAM - run a guest test on this host, in a directory of its
# own.  A test that succeeds says nothing: words with status 0 are a failure.
prog=$(realpath "$1") || exit 99
dir=$(mktemp -d "${TMPDIR:-/tmp}/guest-test.XXXXXX") || exit 99
out=$(mktemp "${TMPDIR:-/tmp}/guest-test-out.XXXXXX") || exit 99
trap 'cd /; chmod -R u+rwx "$dir" 2>/dev/null; rm -rf "$dir" "$out"' EXIT
trap 'exit 130' INT TERM HUP

umask 022
cd "$dir" || exit 99
timeout -k 5 60 "$prog" </dev/null >"$out" 2>&1
status=$?
cat "$out"
if [ $status = 0 ] && [ -s "$out" ]; then
	echo "run-host.sh: succeeded, but not silently"
	status=1
fi
exit $status
