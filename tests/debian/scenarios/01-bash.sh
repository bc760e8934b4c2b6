#!/bin/bash
# SPDX-License-Identifier: MIT
# Pipes, subshells, here documents, traps, jobs.
cd "$(mktemp -d)" || exit 1

echo "== pipes"
seq 1 1000 | grep 7 | sed 's/7/x/g' | sort -r | head -n 3
yes | head -n 100000 | wc -l
printf '%s\n' c a b | sort | tr '\n' ' '
echo
false | true
echo "last ${PIPESTATUS[*]}"
set -o pipefail
false | true
echo "pipefail $?"
set +o pipefail

echo "== subshells"
x=outer
(
	x=inner
	cd /
	echo "$x $PWD"
)
echo "$x"
echo "$(echo nested "$(echo deeper)")"
coproc { while read -r l; do echo "got $l"; done; }
echo ping >&"${COPROC[1]}"
read -r answer <&"${COPROC[0]}"
echo "$answer"
eval "exec ${COPROC[1]}>&-"
wait

echo "== here documents"
cat <<END
expanded $x $((6 * 7))
END
cat <<'END'
literal $x
END
cat <<<"here string"
diff <(seq 3) <(seq 4)
tee >(wc -c >count) >/dev/null <<<"12345"
while [ ! -s count ]; do sleep 0.01; done
tr -d ' ' <count

echo "== traps"
trap 'echo usr1' USR1
kill -USR1 $$
trap 'echo int; trap - INT' INT
kill -INT $$
(
	trap 'echo leaving' EXIT
	exit 3
)
echo "status $?"
bash -c 'kill -TERM $$; sleep 5'
echo "killed $?"
bash -c 'trap "" TERM; kill -TERM $$; echo still here'

echo "== jobs"
sleep 100 &
job=$!
kill -0 $job && echo running
kill $job
wait $job
echo "waited $?"
for i in 1 2 3 4; do (sleep 0.0$i; exit $i) & done
wait -n
wait
echo "all done"
# By process ids: job numbers depend on which jobs the shell saw end.
set -m
sleep 100 &
job=$!
kill -STOP $job
until grep -q '^State:.T' /proc/$job/status; do sleep 0.02; done
sleep 0.1
jobs -l | sed -n "s/.* $job Stopped/PID Stopped/p" | tr -s ' '
{ kill -CONT $job; kill $job; wait $job; } 2>/dev/null
echo "stopped job ended with $?"
set +m

echo "== files"
exec 7>f
echo one >&7
exec 7>&-
echo two >>f
cat f
[ f -nt /etc/passwd ] && echo newer
ln -s f link
readlink link
mkfifo fifo
cat fifo >out &
echo through >fifo
wait
cat out
umask 027
touch private
stat -c %a private
set -C
{ echo x >f; } 2>/dev/null || echo noclobber
declare -A map=([one]=1 [two]=2)
echo "${map[two]} ${#map[@]}"
{ time -p true; } 2>&1 | cut -d' ' -f1
ulimit -n 64
ulimit -n
{ (ulimit -c 0; kill -SEGV $BASHPID); } 2>/dev/null
echo "segv $?"
