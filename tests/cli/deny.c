/* SPDX-License-Identifier: MIT */
/*
 * tests/cli/deny.c - deny CALL[,CALL...] CMD [ARG...]: run a command on a host
 * that forbids these system calls (with EPERM), as containers do.
 *
 * "seccomp" forbids both ways to install a filter; the filter that does so is
 * in place already.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned int nr;
} calls[] = {
	{"ptrace", SYS_ptrace},
	{"memfd_create", SYS_memfd_create},
	{"io_uring", SYS_io_uring_setup},
	{"userfaultfd", SYS_userfaultfd},
	{"process_vm", SYS_process_vm_readv},
	{"pidfd_open", SYS_pidfd_open},
	{"openat2", SYS_openat2},
};

static struct sock_filter prog[64];
static unsigned short len;

static void
add(unsigned short code, unsigned int k, unsigned char jt, unsigned char jf)
{
	prog[len++] = (struct sock_filter)BPF_JUMP(code, k, jt, jf);
}

static void
load(size_t offset)
{
	add(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

static void
refuse(void)
{
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0);
}

static void
deny_call(unsigned int nr)
{
	add(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1);
	refuse();
}

static void
deny_seccomp(void)
{
	deny_call(SYS_seccomp);
	add(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 4);
	load(offsetof(struct seccomp_data, args[0]));
	add(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1);
	refuse();
	load(offsetof(struct seccomp_data, nr));
}

static int
deny(const char *name)
{
	if (!strcmp(name, "seccomp")) {
		deny_seccomp();
		return 0;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(name, calls[i].name)) {
			deny_call(calls[i].nr);
			return 0;
		}
	}
	fprintf(stderr, "deny: what is %s?\n", name);
	return -1;
}

int
main(int argc, char **argv)
{
	struct sock_fprog fprog = {.filter = prog};

	if (argc < 3)
		return 99;
	load(offsetof(struct seccomp_data, nr));
	for (char *name = strtok(argv[1], ","); name; name = strtok(NULL, ","))
		if (deny(name) < 0)
			return 99;
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	fprog.len = len;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog) < 0) {
		perror("deny");
		return 99;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 99;
}
