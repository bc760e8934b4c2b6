/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/syscalls/host_strace.c - our strace on the host's system calls:
 * the decoder fed by ptrace(2) with real registers and real memory, so that
 * what it prints can be laid beside strace(1)'s.  Not a test by itself:
 * tests/unit/syscalls/compare.py runs both.
 *
 * usage: host_strace [-e FILTER] [-f] PROGRAM [ARG...] 2>lines
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/um/x86_64/regs.h"
#include "include/abi/ptrace.h"
#include "mm/usercopy.h"
#include "syscalls/strace.h"

enum { MAX_TASKS = 4096 };

static struct traced {
	pid_t tid;
	bool is_in_call;
	struct strace_call call;
} tasks[MAX_TASKS];
static int live;

/* Guest memory is the traced process's: its number stands for the mm. */
int
copy_in(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	struct iovec here = {dst, n};
	struct iovec there = {(void *)(uintptr_t)src.v, n};
	pid_t pid = (pid_t)(uintptr_t)mm;

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n
		       ? 0
		       : -EFAULT;
}

int64_t
copy_str_in(struct mm *mm, char *dst, uaddr_t src, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (copy_in(mm, dst + i, uaddr_add(src, i), 1))
			return -EFAULT;
		if (!dst[i])
			return (int64_t)i;
	}
	return -ENAMETOOLONG;
}

static void
out(const char *text, size_t len)
{
	fwrite(text, 1, len, stderr);
}

static bool
has_many(void)
{
	return live > 1;
}

static struct traced *
task_of(pid_t tid)
{
	struct traced *empty = NULL;

	for (int i = 0; i < MAX_TASKS; i++) {
		if (tasks[i].tid == tid)
			return &tasks[i];
		if (!tasks[i].tid && !empty)
			empty = &tasks[i];
	}
	if (!empty)
		exit(125);
	*empty = (struct traced){.tid = tid};
	live++;
	return empty;
}

static void
on_syscall(struct traced *t)
{
	struct lx_user_regs u;
	struct um_regs regs;

	if (ptrace(PTRACE_GETREGS, t->tid, 0, &u))
		return;
	memcpy(&regs, &u, sizeof(regs));
	if (!t->is_in_call)
		strace_enter(&t->call, t->tid, (void *)(uintptr_t)t->tid,
			     &regs);
	else if (t->call.buf)
		strace_exit(&t->call, (void *)(uintptr_t)t->tid,
			    (int64_t)u.rax);
	t->is_in_call = !t->is_in_call;
}

/* Returns: the signal to pass on. */
static int
on_stop(struct traced *t, int status)
{
	int sig = WSTOPSIG(status);
	siginfo_t info;

	if (sig == (SIGTRAP | 0x80)) {
		on_syscall(t);
		return 0;
	}
	if (status >> 16 || sig == SIGTRAP)
		return 0;
	if (ptrace(PTRACE_GETSIGINFO, t->tid, 0, &info))
		return 0; /* a group stop, or a new task's first */
	if (sig == SIGSTOP && info.si_code == SI_USER && !info.si_pid)
		return 0;
	strace_signal(t->tid, (const struct lx_siginfo *)&info);
	return sig;
}

static int
trace(void)
{
	int status, last = 0;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		struct traced *t = task_of(tid);
		int sig = 0;

		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			strace_exited(tid, status);
			t->tid = 0;
			live--;
			last = status;
			continue;
		}
		if (WIFSTOPPED(status))
			sig = on_stop(t, status);
		ptrace(PTRACE_SYSCALL, tid, 0, sig);
	}
	return WIFEXITED(last) ? WEXITSTATUS(last) : 128;
}

int
main(int argc, char **argv)
{
	long options =
		PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
	struct strace_conf conf = {"", out, has_many};
	char bad[64];
	int status, opt;
	pid_t pid;

	while ((opt = getopt(argc, argv, "+e:f")) != -1) {
		if (opt == 'e')
			conf.filter = optarg;
		else if (opt == 'f')
			options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
				   PTRACE_O_TRACECLONE;
		else
			return 125;
	}
	if (strace_start(&conf, bad, sizeof(bad))) {
		fprintf(stderr, "no call or class: %s\n", bad);
		return 125;
	}
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[optind], argv + optind);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0, options);
	task_of(pid);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	return trace();
}
