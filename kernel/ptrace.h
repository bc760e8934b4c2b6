/* SPDX-License-Identifier: MIT */
/*
 * kernel/ptrace.h - ptrace(2): one thread looks into another and steers it.
 *
 * A tracee has a struct ptrace, which hangs in its tracer's list.  It stops by
 * parking itself in TASK_TRACED (ptrace_stop()); while task.is_trace_stopped
 * it stands still, and its tracer alone reads and writes it.
 */
#ifndef KERNEL_PTRACE_H
#define KERNEL_PTRACE_H

#include "base/list.h"
#include "include/abi/signal.h"
#include "include/annotate.h"
#include "include/types.h"

struct clone_req;
struct lx_user_regs;
struct process;
struct ptrace_job;
struct task;
struct wait_req;
struct wait_result;

/* How the tracer let it go on. */
enum ptrace_resume {
	PTRACE_RUN,
	PTRACE_RUN_CALL,     /* PTRACE_SYSCALL */
	PTRACE_RUN_STEP,     /* PTRACE_SINGLESTEP */
	PTRACE_RUN_EMU,	     /* PTRACE_SYSEMU */
	PTRACE_RUN_EMU_STEP, /* PTRACE_SYSEMU_SINGLESTEP */
};

/* PTRACE_GET_SYSCALL_INFO's op. */
enum ptrace_call_op {
	PTRACE_CALL_NONE,
	PTRACE_CALL_ENTRY,
	PTRACE_CALL_EXIT,
	PTRACE_CALL_SECCOMP,
};

struct ptrace {
	struct list link; /* task.tracees of the tracer */
	struct task *tracer, *tracee;
	uint32_t options; /* LX_PTRACE_O_* */
	bool is_seized;

	/* The stop it is in. */
	int code;		 /* wait(2)'s status >> 8 */
	bool is_reported;	 /* wait(2) has told of it */
	bool is_listening;	 /* PTRACE_LISTEN: only events wake it */
	uint8_t call_op;	 /* enum ptrace_call_op */
	struct lx_siginfo *info; /* on its stack; NULL: a group-stop */
	struct ptrace_job *job;	 /* something it does for its tracer */
	uint64_t message;	 /* PTRACE_GETEVENTMSG */

	uint8_t resume; /* enum ptrace_resume */
};

/* --- what a traced task meets; no-ops for others where said --- */

/* ptrace_signal - @t is traced and about to take @info: stop and ask.
 * Sleeps.  Returns: the signal to go on with (@info fits), 0 for none. */
int ptrace_signal(struct task *t, struct lx_siginfo *info);

/* ptrace_notice - the tracer, or the end of a group-stop, asked for a stop.
 * Sleeps. */
void ptrace_notice(struct task *t);

/* ptrace_group_stop - its part in job control's stop.  Sleeps. */
void ptrace_group_stop(struct task *t);

/* ptrace_group_continue - SIGCONT came. */
void ptrace_group_continue(struct task *t);

/* ptrace_syscall_enter, _exit - around a call; any task.  Sleep.
 * ptrace_syscall_enter returns: false if the call is not to be made. */
bool ptrace_syscall_enter(struct task *t);
void ptrace_syscall_exit(struct task *t);

/* ptrace_handler_set_up - a handler's frame is there: a step ends. */
void ptrace_handler_set_up(struct task *t);

/* ptrace_event - stop for LX_PTRACE_EVENT_@event if that was asked for; any
 * task.  Sleeps.  Returns: whether it was. */
bool ptrace_event(struct task *t, int event, uint64_t message);

/* ptrace_exec - @t runs a new program; @old_tid: its number before. */
void ptrace_exec(struct task *t, int old_tid);

/* ptrace_clone_event - which event @req makes for @t, 0 for none. */
int ptrace_clone_event(const struct task *t, const struct clone_req *req);
/* ptrace_clone - @c, not yet running, is traced if its maker @t says so. */
MUST_CHECK int ptrace_clone(struct task *t, struct task *c, bool is_asked,
			    int event);

/* ptrace_is_stepping - one instruction at a time? */
bool ptrace_is_stepping(const struct task *t);

/* --- ends --- */

/* ptrace_exit - @t ends as a tracer: its tracees go free. */
void ptrace_exit(struct task *t);
/* ptrace_zombie - @t has ended and waits for its tracer to see it. */
void ptrace_zombie(struct task *t);
/* ptrace_unlink - no longer traced, whatever it is doing. */
void ptrace_unlink(struct task *t);

/* ptrace_wait - tracees' stops and ends among what wait(2) reports.  -ECHILD:
 * has no tracee that matches; -EAGAIN: none has anything to say. */
MUST_CHECK int ptrace_wait(struct task *t, const struct wait_req *w,
			   struct wait_result *r);

/* ptrace_is_by_process - is a thread of @p the tracer? */
bool ptrace_is_by_process(const struct task *t, const struct process *p);
/* ptrace_tracer_tid - for /proc/PID/status; 0: not traced. */
int ptrace_tracer_tid(const struct task *t);

/* --- what ptrace(2) asks for --- */

MUST_CHECK int ptrace_traceme(struct task *t);
/* ptrace_attach - @is_seize: PTRACE_SEIZE with @options. */
MUST_CHECK int ptrace_attach(struct task *t, struct task *o, bool is_seize,
			     uint32_t options);
/* ptrace_check_options - 0, -EINVAL. */
MUST_CHECK int ptrace_check_options(uint64_t options);
/* ptrace_of - @t's tracee of that number; standing still, if @is_stopped.
 * Returns: 0, -ESRCH. */
MUST_CHECK int ptrace_of(struct task *t, int tid, bool is_stopped,
			 struct task **out);
/* ptrace_resume - let it go on, delivering @sig. */
void ptrace_resume(struct task *o, enum ptrace_resume how, int sig);
void ptrace_detach(struct task *o, int sig);
MUST_CHECK int ptrace_interrupt(struct task *o);
MUST_CHECK int ptrace_listen(struct task *o);

/* --- registers; kernel/ptrace_regs.c --- */

void ptrace_get_regs(const struct task *o, struct lx_user_regs *out);
/* ptrace_set_regs - -EIO for what no program could have. */
MUST_CHECK int ptrace_set_regs(struct task *o, const struct lx_user_regs *in);

/* ptrace_get_fp, _set_fp - the xsave image as NT_X86_XSTATE has it; its first
 * 512 bytes are NT_PRFPREG.  *@out: kfree() it.  @t: who asks.  Sleep. */
MUST_CHECK int ptrace_get_fp(struct task *t, struct task *o, void **out,
			     uint32_t *len);
MUST_CHECK int ptrace_set_fp(struct task *t, struct task *o, void *image,
			     uint32_t len);
/* ptrace_do_job - a stopped task's side of those. */
void ptrace_do_job(struct task *o, bool is_stopped);

#endif /* KERNEL_PTRACE_H */
