/* SPDX-License-Identifier: MIT */
/* seccomp(2): strict mode and filters. */
#include "tests/guest/check.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

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

static void
refuses(void)
{
	struct sock_filter ok[] = {BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)};
	struct sock_filter bad[] = {BPF_STMT(0xffff, 0)};
	struct sock_filter jump[] = {BPF_JUMP(BPF_JMP | BPF_JA, 5, 0, 0),
				     ok[0]};
	unsigned action = SECCOMP_RET_ERRNO;

	FAILS(EINVAL, syscall(SYS_seccomp, 99, 0, NULL));
	FAILS(EINVAL, syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
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
