/* SPDX-License-Identifier: MIT */
/* wrfsbase: a base of fs that a program sets without a system call is its own
 * in everything that follows, calls made often among it. */
#include "tests/guest/check.h"

#include <sys/ptrace.h>
#include <sys/user.h>

#define ARCH_SET_GS 0x1001
#define ARCH_GET_FS 0x1003

/* What follows uses no libc: its thread-local data is not there. */
static long
raw(long nr, long a, long b)
{
	register long none __asm__("r10") = 0;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(0), "r"(none)
			 : "rcx", "r11", "memory");
	return ret;
}

/* Always from the same place, which so becomes a hot one. */
static __attribute__((noinline)) long
raw_getppid(void)
{
	long ret;

	__asm__ volatile("mov %1, %%eax\n\t"
			 "syscall"
			 : "=a"(ret)
			 : "i"(SYS_getppid)
			 : "rcx", "r11", "memory");
	return ret;
}

static __attribute__((noinline)) long
raw_fork(void)
{
	long ret;

	__asm__ volatile("mov %1, %%eax\n\t"
			 "syscall"
			 : "=a"(ret)
			 : "i"(SYS_fork)
			 : "rcx", "r11", "memory");
	return ret;
}

static __attribute__((noinline)) long
raw_get_fs(unsigned long *base)
{
	long ret;

	__asm__ volatile("mov %1, %%eax\n\t"
			 "syscall"
			 : "=a"(ret)
			 : "i"(SYS_arch_prctl), "D"(ARCH_GET_FS), "S"(base)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline unsigned long
get_fs(void)
{
	unsigned long base;

	__asm__ volatile("rdfsbase %0" : "=r"(base));
	return base;
}

static inline void
set_fs(unsigned long base)
{
	__asm__ volatile("wrfsbase %0" : : "r"(base) : "memory");
}

static sigjmp_buf no_instruction;

static void
on_ill(int sig)
{
	siglongjmp(no_instruction, sig);
}

static unsigned long other[64];
static volatile int handled;
static unsigned long base_in_handler;

static void
on_usr1(int sig)
{
	handled += sig == SIGUSR1;
	base_in_handler = get_fs();
}

/* Returns: what went wrong, 0 for nothing; may use no libc. */
static __attribute__((no_stack_protector)) int
with_other_base(unsigned long want)
{
	unsigned long base = 0;
	int status = 0;
	long pid;

	for (int i = 0; i < 100; i++) {
		raw_getppid();
		if (get_fs() != want)
			return 1;
	}
	for (int i = 0; i < 40; i++)
		if (raw_get_fs(&base) || base != want)
			return 2;
	if (raw(SYS_kill, raw(SYS_getpid, 0, 0), SIGUSR1) || !handled ||
	    base_in_handler != want || get_fs() != want)
		return 3;
	for (int i = 0; i < 40; i++) { /* the child's is the parent's */
		pid = raw_fork();
		if (!pid)
			raw(SYS_exit_group, get_fs() == want ? 0 : 9, 0);
		if (pid < 0 || raw(SYS_wait4, pid, (long)&status) != pid ||
		    status)
			return 4;
		if (get_fs() != want)
			return 5;
	}
	raw_getppid(); /* setting the other base leaves this one */
	if (raw(SYS_arch_prctl, ARCH_SET_GS, (long)&other[32]) ||
	    get_fs() != want)
		return 6;
	if (raw(SYS_arch_prctl, ARCH_SET_GS, 0) || get_fs() != want)
		return 7;
	return 0;
}

/* A tracer sees it, too. */
static void
traced(void)
{
	struct user_regs_struct regs;
	pid_t child = check_fork();
	unsigned long libc;
	int status;

	if (!child) {
		libc = get_fs();
		set_fs((unsigned long)other);
		for (int i = 0; i < 40; i++)
			raw_getppid();
		raw(SYS_kill, raw(SYS_getpid, 0, 0), SIGSTOP);
		set_fs(libc);
		_exit(0);
	}
	IS(child, waitpid(child, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	OK(ptrace(PTRACE_SEIZE, child, NULL, NULL));
	OK(ptrace(PTRACE_INTERRUPT, child, NULL, NULL));
	IS(child, waitpid(child, &status, __WALL));
	OK(ptrace(PTRACE_GETREGS, child, NULL, &regs));
	CHECK(regs.fs_base == (unsigned long)other);
	OK(ptrace(PTRACE_DETACH, child, NULL, NULL));
	OK(kill(child, SIGCONT));
	REAPS(0, child);
}

int
main(void)
{
	unsigned long libc;
	int bad;

	OK((long)signal(SIGILL, on_ill));
	if (sigsetjmp(no_instruction, 1))
		SKIP("no wrfsbase");
	libc = get_fs();
	OK((long)signal(SIGUSR1, on_usr1));
	set_fs((unsigned long)other);
	bad = with_other_base((unsigned long)other);
	set_fs(libc);
	IS(0, bad);
	traced();
	return 0;
}
