/* SPDX-License-Identifier: MIT */
/*
 * tests/machine/forbid.c - a host that forbids something:
 * forbid WHAT... -- COMMAND ARG...   WHAT: ptrace seccomp io_uring memfd
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *what;
	int nr;
} calls[] = {
	{"ptrace", SYS_ptrace},
	{"seccomp", SYS_seccomp},
	{"memfd", SYS_memfd_create},
	{"io_uring", SYS_io_uring_setup},
};

int
main(int argc, char **argv)
{
	struct sock_filter f[32];
	struct sock_fprog prog = {.filter = f};
	int i;

	f[prog.len++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		for (size_t k = 0; k < sizeof calls / sizeof calls[0]; k++) {
			if (strcmp(argv[i], calls[k].what))
				continue;
			f[prog.len++] = (struct sock_filter)BPF_JUMP(
				BPF_JMP | BPF_JEQ | BPF_K, calls[k].nr, 0, 1);
			f[prog.len++] = (struct sock_filter)BPF_STMT(
				BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
		}
	}
	f[prog.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						     SECCOMP_RET_ALLOW);
	if (i >= argc - 1 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) {
		perror("forbid");
		return 125;
	}
	execv(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 125;
}
