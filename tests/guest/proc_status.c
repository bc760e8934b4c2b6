/* SPDX-License-Identifier: MIT */
/* /proc/PID/status, stat, statm: the fields that tools read. */
#include "tests/guest/proc.h"

static char buf[PROC_MAX];

static void
status(void)
{
	sigset_t set;
	pid_t child;
	char path[64];

	OK(prctl(PR_SET_NAME, "named"));
	umask(027);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	signal(SIGUSR2, SIG_IGN);
	catch_signal(SIGHUP, 0);
	OK(raise(SIGUSR1));
	proc_read("/proc/self/status", buf);
	IS(0, strncmp(proc_field(buf, "Name"), "named\n", 6));
	IS(027, strtol(proc_field(buf, "Umask"), NULL, 8));
	IS(0, strncmp(proc_field(buf, "State"), "R (running)", 11));
	IS(getpid(), atoi(proc_field(buf, "Tgid:")));
	IS(getpid(), atoi(proc_field(buf, "Pid:")));
	IS(getppid(), atoi(proc_field(buf, "PPid:")));
	IS(0, atoi(proc_field(buf, "TracerPid")));
	IS(getuid(), strtoul(proc_field(buf, "Uid"), NULL, 10));
	IS(getgid(), strtoul(proc_field(buf, "Gid"), NULL, 10));
	IS(1, atoi(proc_field(buf, "Threads")));
	IS(1 << (SIGUSR1 - 1), strtoull(proc_field(buf, "SigBlk"), NULL, 16));
	IS(1 << (SIGUSR1 - 1), strtoull(proc_field(buf, "SigPnd"), NULL, 16));
	CHECK(strtoull(proc_field(buf, "SigIgn"), NULL, 16) &
	      1 << (SIGUSR2 - 1));
	CHECK(strtoull(proc_field(buf, "SigCgt"), NULL, 16) &
	      1 << (SIGHUP - 1));
	CHECK(atol(proc_field(buf, "VmSize")) >=
	      atol(proc_field(buf, "VmRSS")));
	CHECK(atol(proc_field(buf, "VmRSS")) > 0);
	proc_field(buf, "CapEff");
	proc_field(buf, "voluntary_ctxt_switches");

	child = check_fork();
	if (child == 0)
		exit(0);
	snprintf(path, sizeof path, "/proc/%d/status", child);
	do
		proc_read(path, buf);
	while (proc_field(buf, "State")[0] != 'Z');
	IS(getpid(), atoi(proc_field(buf, "PPid:")));
	REAPS(0, child);
	FAILS(ENOENT, open(path, O_RDONLY));
}

static void
stat_line(void)
{
	int pid, ppid, pgrp, sid, blanks = 0;
	char state, *p;

	OK(prctl(PR_SET_NAME, "a) (b"));
	proc_read("/proc/self/stat", buf);
	IS(1, sscanf(buf, "%d", &pid));
	IS(getpid(), pid);
	IS(0, strncmp(strchr(buf, '('), "(a) (b) ", 8));
	p = strrchr(buf, ')');
	IS(4, sscanf(p, ") %c %d %d %d", &state, &ppid, &pgrp, &sid));
	IS('R', state);
	IS(getppid(), ppid);
	IS(getpgrp(), pgrp);
	IS(getsid(0), sid);
	while ((p = strchr(p + 1, ' ')) != NULL)
		blanks++;
	IS(50, blanks); /* 52 fields in all */
}

static void
statm(void)
{
	long size, resident, shared, text;

	proc_read("/proc/self/statm", buf);
	IS(4, sscanf(buf, "%ld %ld %ld %ld", &size, &resident, &shared, &text));
	CHECK(size >= resident && resident >= shared && text > 0);
	(void)MMAP(100 << 12, RW, MAP_PRIVATE);
	long before = size;

	proc_read("/proc/self/statm", buf);
	IS(1, sscanf(buf, "%ld", &size));
	IS(before + 100, size);
}

int
main(void)
{
	status();
	stat_line();
	statm();
	return 0;
}
