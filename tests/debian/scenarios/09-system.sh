#!/bin/bash
# SPDX-License-Identifier: MIT
# Users, su, alternatives, debconf, daemons, locks, mounts.
exec 2>&1
export LC_ALL=C
cd "$(mktemp -d)" || exit 1
chmod 755 .

echo "== users"
groupadd -g 2000 crew && useradd -m -u 2001 -g crew -s /bin/bash user
id user
stat -c '%U %G %a' /home/user
echo 'user:secret' | chpasswd
grep -c '^user:[$]' /etc/shadow
su user -c 'id; cd; pwd; touch mine; stat -c "%U %G" mine; cat /etc/shadow'
su - user -c 'echo $HOME $USER $LOGNAME $SHELL; umask'
runuser -u user -- id -un
setpriv --reuid=user --regid=crew --clear-groups id
usermod -aG daemon user && id user
touch x && chown user:crew x && stat -c '%U:%G' x
userdel -r user 2>/dev/null
getent passwd user
echo "gone $?"
groupdel crew

echo "== alternatives and debconf"
alt="update-alternatives --quiet"
$alt --install /usr/bin/vivalt vivalt /bin/true 10
$alt --install /usr/bin/vivalt vivalt /bin/false 20
vivalt; echo $?
$alt --set vivalt /bin/true; vivalt; echo $?
update-alternatives --display vivalt | head -4
$alt --remove-all vivalt
ls /usr/bin/vivalt
echo 'tzdata tzdata/Areas select Europe' | debconf-set-selections
debconf-show tzdata | grep Areas
DEBIAN_FRONTEND=noninteractive dpkg-reconfigure debconf; echo $?

echo "== tools"
ldconfig && ldconfig -p | grep -c 'libc.so.6 '
echo data >m1; ar rc lib.a m1; ar t lib.a; ar p lib.a m1
exec 9>lock; flock -n 9 && echo locked
(exec 9>&-; flock -n lock true; echo "second $?")
exec 9>&-; flock -n lock echo again
fallocate -l 100K big; stat -c %s big
setsid -w sh -c 'echo session'
script -qec 'tty | sed s/[0-9]*$//; stty size' /dev/null </dev/null | tr -d '\r'
chrt -p $$ | sed 's/[0-9]*.s/PID/'
nice -n 5 nice
d="start-stop-daemon --pidfile $PWD/pid --exec /bin/sleep"
$d --start --background --make-pidfile -- 100; echo $?
sleep 0.3; $d --status; echo $?
$d --stop --retry 5; echo $?
$d --status; echo $?

echo "== mounts"
mkdir t b
mount -t tmpfs -o size=1m,mode=750 none t; stat -c %a t
findmnt -no FSTYPE "$PWD/t"
head -c 2000000 /dev/zero >t/f; stat -c %s t/f
rm t/f; echo in >t/g; mount --bind t b; cat b/g
mount -o remount,ro,bind b; touch b/h; touch t/h; echo $?
umount b; ls b; mount -t proc proc b; ls -d b/self
(cd b; umount "$OLDPWD/b" 2>/dev/null; echo $?); umount -l b; echo $?
umount t; umount t 2>/dev/null; echo $?
