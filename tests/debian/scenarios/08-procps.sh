#!/bin/sh
# SPDX-License-Identifier: MIT
# ps, top, free and kin: their form, and what must be true of any system.
sleep 1000 &
pid=$!
ps -o pid=,ppid=,comm=,args= -p $pid | sed "s/$pid/PID/; s/$$/PPID/" |
	tr -s ' '
ps -e -o comm= | grep -c '^sleep$'
ps aux | head -n 1 | tr -s ' '
ps aux | awk '$2 == '$pid' { print $1, $8, $11, $12 }'
ps -ef --forest | grep -c 'slee[p] 1000'
ps -o stat= -p $pid
kill -STOP $pid
sleep 0.1
ps -o stat= -p $pid
kill -CONT $pid
ps -T -p $$ -o comm= | head -n 1
ps -o nlwp=,ni=,uid=,user=,tty= -p $$ | sed 's/pts.*\|tty.*\|console/?/' |
	tr -s ' '
top -b -n1 -w 80 | head -n 7 | sed -n '1s/ - .*//p; 2p; 7p' |
	sed 's/[0-9][0-9]*/N/g' | tr -s ' '
top -b -n1 | grep -c sleep
free | sed 's/[0-9][0-9]*/N/g' | tr -s ' '
free | awk '/^Mem/ { print ($2 >= $3), ($2 >= $4), ($2 > 0) }'
uptime | grep -c 'load average'
pgrep -f 'sleep 1000' | grep -cx $pid
pidof sleep | grep -cw $pid
pmap $pid | grep -c libc
pwdx $pid | sed "s/$pid/PID/"
vmstat | wc -l
kill $pid
wait $pid 2>/dev/null
echo "ended with $?"
ps -p $pid >/dev/null
echo "gone $?"
