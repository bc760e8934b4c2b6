/* SPDX-License-Identifier: MIT */
/* clone(2): CLONE_PARENT_SETTID, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID,
 * CLONE_SETTLS and CLONE_PIDFD. */
#include "tests/guest/check.h"

#include <poll.h>
#include <sched.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

static volatile pid_t ptid, ctid;

static long
raw(unsigned long flags)
{
	return syscall(SYS_clone, flags, 0, &ptid, &ctid, 0);
}

static void
settid(void)
{
	pid_t pid = OK(raw(SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID));

	if (!pid)
		_exit(ctid == getpid() ? 0 : 1);
	IS(pid, ptid);
	IS(0, ctid); /* in the child's memory only */
	REAPS(0, pid);
	/* A bad address of the parent's is ignored: the child exists. */
	pid = OK(syscall(SYS_clone, SIGCHLD | CLONE_CHILD_SETTID, 0, NULL,
			 unmapped_page(), 0));
	if (!pid)
		_exit(7);
	REAPS(7, pid);
}

static int
wait_a_little(void *arg)
{
	struct timespec t = {0, 30000000};

	return nanosleep(&t, NULL);
}

static void
cleartid(void)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t pid;

	ctid = -1;
	pid = OK(clone(wait_a_little, stack + sizeof stack,
		       SIGCHLD | CLONE_VM | CLONE_CHILD_SETTID |
			       CLONE_CHILD_CLEARTID,
		       NULL, NULL, NULL, &ctid));
	while (ctid)
		/* woken at the end; not private */
		syscall(SYS_futex, &ctid, 0, pid, NULL, NULL, 0);
	REAPS(0, pid);
	/* Nothing is cleared when the memory was the child's alone. */
	ctid = 99;
	pid = OK(raw(SIGCHLD | CLONE_CHILD_CLEARTID));
	if (!pid)
		_exit(0);
	REAPS(0, pid);
	IS(99, ctid);
}

static void
settls(void)
{
	static unsigned long area[64];
	pid_t pid;
	long ret;

	area[0] = 0x1234;
	/* Without libc in the child: its TLS is not there. */
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = (long)area;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %%fs:0, %%edi\n\t"
			 "and $0xff, %%edi\n\t"
			 "mov $60, %%eax\n\t"
			 "syscall\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(SYS_clone), "D"(SIGCHLD | CLONE_SETTLS), "S"(0),
			   "d"(0), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	pid = (pid_t)ret;
	CHECK(pid > 0);
	REAPS(0x34, pid);
	FAILS(EPERM,
	      syscall(SYS_clone, SIGCHLD | CLONE_SETTLS, 0, 0, 0, 1ul << 63));
}

static void
pidfd(void)
{
	struct pollfd p = {.events = POLLIN};
	siginfo_t info;
	int hold[2];
	pid_t pid;

	OK(pipe(hold));
	ptid = -1;
	pid = OK(raw(SIGCHLD | CLONE_PIDFD));
	if (!pid) {
		OK(close(hold[1]));
		_exit(read(hold[0], &p, 1) == 0 ? 4 : 5);
	}
	p.fd = ptid;
	IS(FD_CLOEXEC, fcntl(p.fd, F_GETFD));
	IS(0, poll(&p, 1, 0));
	OK(close(hold[1]));
	IS(1, poll(&p, 1, -1));
	OK(waitid(P_PIDFD, p.fd, &info, WEXITED));
	IS(pid, info.si_pid);
	IS(4, info.si_status);
	OK(close(p.fd));
}

int
main(void)
{
	settid();
	cleartid();
	settls();
	pidfd();
	return 0;
}
