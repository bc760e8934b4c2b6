/* SPDX-License-Identifier: MIT */
/*
 * kernel/signal.h - sending, queueing and delivering signals (signal(7)).
 *
 * Sending marks a signal pending and wakes or kicks a thread that can take
 * it; taking happens on the way back to guest code, in the target itself.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include "include/abi/signal.h"
#include "include/annotate.h"
#include "kernel/task.h"

/* The actions; shared by CLONE_SIGHAND, counted. */
struct sighand {
	uint32_t refs;
	struct lx_sigaction action[LX_NSIG];
};

/* signal_wq - woken whenever a signal became pending somewhere: signalfds. */
extern struct waitq signal_wq;

struct sigqueue {
	struct list link;
	struct lx_siginfo info;
	uint32_t uid;		   /* whose RLIMIT_SIGPENDING it counts to */
	struct posix_timer *timer; /* preallocated by a timer, or NULL */
	bool is_queued;
};

#define SIG_KERNEL_ONLY (LX_SIGMASK(LX_SIGKILL) | LX_SIGMASK(LX_SIGSTOP))

MUST_CHECK int sighand_new(struct sighand **out);
MUST_CHECK int sighand_copy(const struct sighand *src, struct sighand **out);
void sighand_put(struct sighand *sh);
/* sighand_flush - exec: handlers become default; @all: ignored ones too. */
void sighand_flush(struct sighand *sh, bool all);

void sigpending_init(struct sigpending *sp);
void sigpending_flush(struct sigpending *sp);

/*
 * signal_send - queue @info for thread @t (@to_process: for its process, any
 * thread takes it).  No permission check.  Returns: 0, or -EAGAIN when a
 * real-time signal cannot be queued (RLIMIT_SIGPENDING).
 */
MUST_CHECK int signal_send(struct task *t, const struct lx_siginfo *info,
			   bool to_process);

/* signal_process - @sig to a process as by the kernel or (from) by a task. */
int signal_process(struct process *p, int sig, const struct task *from);
/* signal_pgrp - to every member. Returns: 0, or -ESRCH for none. */
int signal_pgrp(struct pid *pgrp, int sig, const struct task *from);

/* signal_process_info - @info to a process. */
int signal_process_info(struct process *p, const struct lx_siginfo *info);

/* signal_send_queued - a timer's preallocated entry.  Returns: 1 if it is
 * queued already (an overrun), else 0. */
int signal_send_queued(struct task *t, struct sigqueue *q, bool to_process);

/* signal_flush_ignored - drop @sig wherever it is pending in the process: its
 * action became "ignore". */
void signal_flush_ignored(struct task *t, int sig);

/* signal_force - a fault's signal: unblocked and reset to default if it was
 * blocked or ignored. */
void signal_force(struct task *t, const struct lx_siginfo *info);
void signal_force_fault(struct task *t, int sig, int code, uint64_t addr);

/* signal_may - kill(2)'s permission check. */
bool signal_may(const struct task *from, const struct task *to, int sig);

/* signal_is_pending - must @t leave its sleep?  (Not blocked, or kill.) */
bool signal_is_pending(const struct task *t);
uint64_t signal_pending_set(const struct task *t);

/* signal_set_blocked - change the mask; signals unblocked get looked at. */
void signal_set_blocked(struct task *t, uint64_t mask);

/* signal_set_temporary - ppoll, sigsuspend: use @mask until the call is over;
 * handlers run with it, the old one is restored by delivery. */
void signal_set_temporary(struct task *t, uint64_t mask);
/* signal_end_temporary - put the old mask back unless a signal is about to be
 * delivered (@interrupted). */
void signal_end_temporary(struct task *t, bool interrupted);

/* signal_dequeue - take one of @set. Returns: signo or 0. */
int signal_dequeue(struct task *t, uint64_t set, struct lx_siginfo *out);

/* signal_peek - the @n-th queued, from 0, of the thread or of its process,
 * without taking it. */
bool signal_peek(const struct task *t, bool of_process, uint64_t n,
		 struct lx_siginfo *out);

/* signal_ignored - is @sig's effect nothing for @t's process? */
bool signal_ignored(const struct task *t, int sig);

/* signal_deliver - on the way to guest code: act on all that is pending,
 * restart or end the interrupted call. May stop or end the task. */
void signal_deliver(struct task *t);

/* signal_parent - tell the parent of @p about exit, stop, continue. */
void signal_parent_stop(struct process *p, int code, int status);

/* sys_sigreturn_restore - rt_sigreturn(2)'s work.  Returns: the new rax. */
sysret_t signal_return(struct task *t);

/* sigaltstack(2). @sp: the guest's stack pointer. */
MUST_CHECK int signal_altstack_set(struct task *t,
				   const struct lx_sigaltstack *ss,
				   uint64_t sp);
void signal_altstack_get(const struct task *t, uint64_t sp,
			 struct lx_sigaltstack *out);

extern const char *const signal_names[LX_NSIG + 1];

#endif /* KERNEL_SIGNAL_H */
