/* SPDX-License-Identifier: MIT */
/* kernel/pid.h - numbers of threads, processes, groups and sessions. */
#ifndef KERNEL_PID_H
#define KERNEL_PID_H

#include "base/hash.h"
#include "base/waitq.h"
#include "include/annotate.h"
#include "kernel/task.h"

#define PID_MAX 32768

/* A number, kept while anything has it: a task, a process, a process group, a
 * session, an open pidfd.  Counted. */
struct pid {
	int nr;
	uint32_t refs;
	struct hash_node node;
	struct task *task;	 /* the thread with this tid */
	struct process *process; /* the process with this pid */
	struct list pgrp;	 /* processes of the group */
	struct list session;	 /* processes of the session */
	void *session_tty;	 /* the session's terminal; drivers/ */
	struct waitq wq;	 /* pidfds: the process has exited */
};

/* pid_new - a fresh number (or exactly @want if > 0: -EEXIST).
 * -EAGAIN when the limit of processes is reached. */
MUST_CHECK int pid_new(int want, struct pid **out);
struct pid *pid_get(struct pid *p);
void pid_put(struct pid *p);
/* pid_find - not counted. */
struct pid *pid_find(int nr);
void pid_init(uint32_t limit);
uint32_t pid_limit(void);
int pid_last(void);

/* process_set_pgrp, process_set_session - move @p. */
void process_set_pgrp(struct process *p, struct pid *pgrp);
void process_set_session(struct process *p, struct pid *session);

/* pgrp_is_orphaned - POSIX: no member has a parent outside the group but in
 * the session.  @ignore: as if that process were not there. */
bool pgrp_is_orphaned(struct pid *pgrp, const struct process *ignore);

#endif /* KERNEL_PID_H */
