#!/bin/sh
# SPDX-License-Identifier: MIT
# Perl: forks, pipes, signals, files, sockets, sorting.
cd "$(mktemp -d)" || exit 1
cat >t.pl <<'END'
use strict;
use warnings;
use Fcntl qw(:flock SEEK_SET);
use File::Temp qw(tempdir);
use IO::Select;
use IPC::Open3;
use POSIX qw(:sys_wait_h);
use Socket;
use Time::HiRes qw(usleep alarm);
$| = 1;

my %count;
$count{$_}++ for split //, "the quick brown fox jumps over the lazy dog";
print join(" ", map { "$_$count{$_}" } sort keys %count), "\n";

my @kids;
for my $n (1 .. 5) {
	my $pid = fork // die;
	exit $n unless $pid;
	push @kids, $pid;
}
print join(" ", map { waitpid($_, 0); $? >> 8 } @kids), "\n";

open(my $sort, "|-", "sort -n") or die;
print $sort "$_\n" for 10, 9, 2, 33, 1;
close $sort;
my @out = `seq 3; exit 2`;
print scalar(@out), " ", $? >> 8, "\n";

my $pid = open3(my $in, my $from, undef, "cat");
print $in "through cat\n";
close $in;
print <$from>;
waitpid $pid, 0;

local $SIG{ALRM} = sub { die "alarm\n" };
eval { alarm 0.05; select(undef, undef, undef, 5); };
print $@;
local $SIG{CHLD} = 'IGNORE';
if (!fork) { usleep 50000; exit 0 }
print waitpid(-1, 0), " ", $!{ECHILD} ? "no child" : $!, "\n";

socketpair(my $left, my $right, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
syswrite $left, "ping";
print IO::Select->new($right)->can_read(1) ? "ready\n" : "late\n";
sysread $right, my $buf, 10;
print "$buf\n";

my $dir = tempdir(CLEANUP => 1);
for my $i (1 .. 200) {
	open my $f, ">", "$dir/$i" or die;
	print $f $i x $i;
}
opendir my $d, $dir or die;
my @names = grep { !/^\./ } readdir $d;
my $size = 0;
$size += -s "$dir/$_" for @names;
print scalar(@names), " $size\n";
rename "$dir/1", "$dir/one" or die;
print -e "$dir/1" ? "there" : "gone", "\n";
open my $l, "+>", "$dir/lock" or die;
flock $l, LOCK_EX or die;
print $l "locked";
seek $l, 0, SEEK_SET;
print <$l>, "\n";

my @big = sort { $a <=> $b } map { ($_ * 7919) % 100003 } 1 .. 100000;
print "$big[0] $big[-1] ", scalar(@big), "\n";
printf "%s %s\n", "unicode: \x{e9}" =~ /\w$/ ? "yes" : "no", lc "ABC";
END
exec perl t.pl
