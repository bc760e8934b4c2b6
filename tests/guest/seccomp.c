/* SPDX-License-Identifier: MIT */
/* seccomp(2): strict mode and filters. */
#include "tests/guest/check.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static long
install(unsigned flags, struct sock_filter *f, unsigned short n)
{
	struct sock_fprog prog = {.len = n, .filter = f};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

/* Does @action for system call @nr; the rest is allowed. */
static void
deny(int nr, unsigned action)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	OK(install(0, f, 4));
}

static void
strict(void)
{
	int p[2];

	OK(pipe(p));
	OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
	IS(1, write(p[1], "x", 1));
	IS(1, read(p[0], &(char){0}, 1));
	syscall(SYS_exit, 33);
}

static void
errors(void)
{
	deny(SYS_getppid, SECCOMP_RET_ERRNO | EBADE);
	FAILS(EBADE, syscall(SYS_getppid));
	IS(2, prctl(PR_GET_SECCOMP));
	deny(SYS_getppid, SECCOMP_RET_ERRNO | 0); /* success, of a kind */
	/* Of two of one kind the later wins. */
	IS(0, syscall(SYS_getppid));
	EXITS(0, IS(0, syscall(SYS_getppid)));
	deny(SYS_getuid, SECCOMP_RET_TRACE);
	FAILS(ENOSYS, syscall(SYS_getuid)); /* nobody traces */
	deny(SYS_getuid, SECCOMP_RET_ERRNO | 77);
	FAILS(77, syscall(SYS_getuid)); /* the severer wins */
	EXEC_SELF("exec");
}

static siginfo_t info;

static void
on_sys(int sig, siginfo_t *i, void *uc)
{
	info = *i;
}

static void
traps(void)
{
	struct sigaction sa = {.sa_sigaction = on_sys, .sa_flags = SA_SIGINFO};

	OK(sigaction(SIGSYS, &sa, NULL));
	deny(SYS_getppid, SECCOMP_RET_TRAP | 123);
	syscall(SYS_getppid);
	IS(SIGSYS, info.si_signo);
	IS(1, info.si_code); /* SYS_SECCOMP */
	IS(123, info.si_errno);
	IS(SYS_getppid, info.si_syscall);
	IS(AUDIT_ARCH_X86_64, info.si_arch);
}

/* Arguments and the instruction's place can be looked at. */
static void
arguments(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_dup, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 77, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOLCK),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	OK(install(0, f, 6));
	FAILS(ENOLCK, dup(77));
	FAILS(EBADF, dup(78));
}

/* The accumulator, the index register and memory; GETPPID's answer. */
static void
computes(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_dup, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_STMT(BPF_ST, 15), /* n */
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0), /* n * n */
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 6),
		BPF_STMT(BPF_LDX | BPF_MEM, 15),
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), /* n = 0: dies */
		BPF_STMT(BPF_ALU | BPF_NEG, 0),
		BPF_STMT(BPF_ALU | BPF_NEG, 0),
		BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 4),
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
		BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 1),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	OK(install(0, f, sizeof f / sizeof *f));
	FAILS((2 * 2 + 6) / 2 ^ 1, dup(2));
	FAILS((30 * 30 + 6) / 30 ^ 1, dup(30));
	EXITS(0, FAILS((7 * 7 + 6) / 7 ^ 1, dup(7)));
	DIES(SIGSYS, dup(0));
}

static volatile int ready, done;

static void *
bound_too(void *arg)
{
	ready = 1;
	while (!done)
		sched_yield();
	FAILS(EBADE, syscall(SYS_getppid));
	IS(1, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return NULL;
}

static void *
has_own(void *arg)
{
	deny(SYS_getpgrp, SECCOMP_RET_ERRNO | EBADE);
	ready = gettid();
	while (!done)
		sched_yield();
	return NULL;
}

/* A filter for all threads. */
static void
synchronizes(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EBADE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	pthread_t t;

	IS(0, pthread_create(&t, NULL, bound_too, NULL));
	while (!ready)
		sched_yield();
	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	IS(0, install(SECCOMP_FILTER_FLAG_TSYNC, f, 4));
	done = 1;
	IS(0, pthread_join(t, NULL));

	ready = done = 0;
	IS(0, pthread_create(&t, NULL, has_own, NULL));
	while (!ready)
		sched_yield();
	IS(ready, install(SECCOMP_FILTER_FLAG_TSYNC, f, 4));
	FAILS(ESRCH, install(SECCOMP_FILTER_FLAG_TSYNC |
				     SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
			     f, 4));
	done = 1;
	IS(0, pthread_join(t, NULL));
}

static void *
killed(void *arg)
{
	deny(SYS_getppid, SECCOMP_RET_KILL_THREAD);
	getppid();
	_exit(1);
}

static void
kills_one_thread(void)
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, killed, NULL));
	IS(0, pthread_join(t, NULL));
}

/* A tracer decides: about the number, the arguments and the answer. */
static void
traced(void)
{
	struct user_regs_struct regs;
	unsigned long msg;
	int status;
	pid_t pid = OK(fork());

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		deny(SYS_getppid, SECCOMP_RET_TRACE | 55);
		IS(getpid(), syscall(SYS_getppid)); /* another call */
		IS(4321, syscall(SYS_getppid));	    /* none */
		_exit(0);
	}
	IS(pid, waitpid(pid, &status, 0));
	OK(ptrace(PTRACE_SETOPTIONS, pid, NULL,
		  PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL));
	for (int i = 0; i < 2; i++) {
		OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
		IS(pid, waitpid(pid, &status, 0));
		IS(SIGTRAP | PTRACE_EVENT_SECCOMP << 8, status >> 8);
		OK(ptrace(PTRACE_GETEVENTMSG, pid, NULL, &msg));
		IS(55, msg);
		OK(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		IS(SYS_getppid, regs.orig_rax);
		regs.orig_rax = i ? ~0ul : SYS_getpid;
		regs.rax = 4321;
		OK(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	}
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	REAPS(0, pid);
}

static void
refuses(void)
{
	struct sock_filter ok[] = {BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)};
	struct sock_filter bad[] = {BPF_STMT(0xffff, 0)};
	struct sock_filter unset[] = {BPF_STMT(BPF_LD | BPF_MEM, 3), ok[0]};
	struct sock_filter half[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2),
				     ok[0]};
	struct sock_filter zero[] = {BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0),
				     ok[0]};
	struct sock_filter jump[] = {BPF_JUMP(BPF_JMP | BPF_JA, 5, 0, 0),
				     ok[0]};
	unsigned action = SECCOMP_RET_ERRNO;

	FAILS(EINVAL, syscall(SYS_seccomp, 99, 0, NULL));
	FAILS(EINVAL, syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
	FAILS(EINVAL, prctl(PR_SET_SECCOMP, 3, NULL));
	FAILS(EFAULT, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
			      unmapped_page()));
	FAILS(EINVAL, install(1 << 20, ok, 1));
	OK(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
	action = 0x12340000;
	FAILS(EOPNOTSUPP,
	      syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
	AS_NOBODY({
		FAILS(EACCES, install(0, ok, 1)); /* no_new_privs first */
		OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		FAILS(EINVAL, install(0, ok, 0));
		FAILS(EINVAL, install(0, bad, 1));
		FAILS(EINVAL, install(0, jump, 2));
		FAILS(EINVAL, install(0, unset, 2));
		FAILS(EINVAL, install(0, half, 2));
		FAILS(EINVAL, install(0, zero, 2));
		FAILS(EINVAL, install(0, zero, 1)); /* no return */
		OK(install(0, ok, 1));
		FAILS(EINVAL, prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
	});
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		FAILS(77, syscall(SYS_getuid));
		return 0;
	}
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) < 0 &&
	    errno == ENOSYS)
		SKIP("no seccomp");
	refuses();
	EXITS(33, strict());
	DIES(SIGKILL, {
		OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
		getppid();
	});
	EXITS(0, errors());
	EXITS(0, traps());
	EXITS(0, arguments());
	EXITS(0, computes());
	EXITS(0, synchronizes());
	EXITS(0, kills_one_thread());
	EXITS(0, traced());
	DIES(SIGSYS, {
		deny(SYS_getppid, SECCOMP_RET_KILL_PROCESS);
		getppid();
	});
	DIES(SIGSYS, {
		deny(SYS_getppid, SECCOMP_RET_TRAP);
		getppid();
	});
	return 0;
}
