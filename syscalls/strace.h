/* SPDX-License-Identifier: MIT */
/*
 * syscalls/strace.h - the built-in strace: lines of many tasks, each call on
 * one line or, where another task came between, on two ("<unfinished ...>",
 * "<... resumed>").
 */
#ifndef SYSCALLS_STRACE_H
#define SYSCALLS_STRACE_H

#include "base/str.h"
#include "include/annotate.h"
#include "syscalls/decode.h"

struct lx_siginfo;
struct mm;
struct um_regs;

/* Where text goes; it brings its own line ends, and need not be whole lines. */
typedef void strace_out_fn(const char *text, size_t len);

/* One call on its way, on the stack of the task that makes it. */
struct strace_call {
	struct decode d;
	struct strbuf out;
	char *buf; /* NULL: not shown */
	int tid;
	size_t ready;	/* bytes of buf that may go out */
	size_t printed; /* those that have */
	bool is_cut;	/* another task's line came between */
};

struct strace_conf {
	const char *filter; /* as filter_parse() takes it */
	strace_out_fn *out;
	bool (*has_many)(void); /* more than one task: say whose line it is */
};

/* strace_start - begin to show calls.
 * Returns: -EINVAL if the filter is wrong, with the word in @bad. */
MUST_CHECK int strace_start(const struct strace_conf *conf, char *bad,
			    size_t n);

/* strace_is_on - is anything shown? */
bool strace_is_on(void);

/* strace_enter, strace_exit - around a call of task @tid; @call lives from one
 * to the other.  A call that does not return needs no exit.  Sleeps: may. */
void strace_enter(struct strace_call *call, int tid, struct mm *mm,
		  const struct um_regs *regs);
void strace_exit(struct strace_call *call, struct mm *mm, int64_t ret);

/* strace_exec - the execve(2) nobody called: how the kernel started the first
 * program, with @envc variables at @envp. */
void strace_exec(int tid, const char *path, const char *const *argv,
		 uint64_t envp, uint32_t envc);

/* strace_flush - task @tid is about to sleep: let what it said be seen. */
void strace_flush(int tid);

/* strace_signal - "--- SIGCHLD {...} ---", delivered to @tid. */
void strace_signal(int tid, const struct lx_siginfo *info);

/* strace_stopped - "--- stopped by SIGSTOP ---". */
void strace_stopped(int tid, int sig);

/* strace_exited - "+++ exited with 0 +++"; @status as wait(2) has it. */
void strace_exited(int tid, int status);

#endif /* SYSCALLS_STRACE_H */
