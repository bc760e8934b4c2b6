/* SPDX-License-Identifier: MIT */
/* syscalls/proc.c - making and ending tasks; who am I. */
#include "base/str.h"
#include "include/abi/sched.h"
#include "include/abi/wait.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#include "include/abi/futex.h"

sysret_t
sys_clone(struct task *t, uint64_t flags, uaddr_t stack, uaddr_t parent_tid,
	  uaddr_t child_tid, uint64_t tls)
{
	struct clone_req req = {
		.flags = flags & 0xffffffffull & ~(uint64_t)LX_CSIGNAL,
		.exit_signal = (int)(flags & LX_CSIGNAL),
		.stack = stack.v,
		.tls = tls,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.pidfd = parent_tid,
	};

	/* clone(2): the pidfd goes where the parent's tid would go. */
	if ((flags & LX_CLONE_PIDFD) && (flags & LX_CLONE_PARENT_SETTID))
		return -EINVAL;
	return task_clone(t, &req);
}

sysret_t
sys_fork(struct task *t)
{
	struct clone_req req = {.exit_signal = LX_SIGCHLD};

	return task_clone(t, &req);
}

sysret_t
sys_vfork(struct task *t)
{
	struct clone_req req = {
		.flags = LX_CLONE_VFORK | LX_CLONE_VM,
		.exit_signal = LX_SIGCHLD,
	};

	return task_clone(t, &req);
}

/* A struct that may be longer than ours, if the rest is zero: EINVAL, E2BIG. */
static int
copy_clone_args(struct task *t, uaddr_t args, uint64_t size,
		struct lx_clone_args *a)
{
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < LX_CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	return copy_in_struct(t->mm, a, sizeof(*a), args, size);
}

static int
check_clone3(const struct lx_clone_args *a)
{
	const uint64_t known =
		0xffffffffull | LX_CLONE_CLEAR_SIGHAND | LX_CLONE_INTO_CGROUP;

	if ((a->flags & ~known) || (a->flags & LX_CSIGNAL) ||
	    (a->flags & LX_CLONE_DETACHED))
		return -EINVAL;
	if (a->exit_signal > LX_NSIG)
		return -EINVAL;
	if ((a->flags & (LX_CLONE_THREAD | LX_CLONE_PARENT)) && a->exit_signal)
		return -EINVAL;
	if ((a->stack && !a->stack_size) || (!a->stack && a->stack_size))
		return -EINVAL;
	if (a->stack && (a->stack > USER_TOP || a->stack_size > USER_TOP ||
			 a->stack + a->stack_size > USER_TOP))
		return -EINVAL;
	if (a->set_tid_size > 32 || !!a->set_tid != !!a->set_tid_size)
		return -EINVAL;
	return a->set_tid_size > 1 ? -EINVAL : 0;
}

sysret_t
sys_clone3(struct task *t, uaddr_t args, uint64_t size)
{
	struct lx_clone_args a;
	struct clone_req req;
	int err = copy_clone_args(t, args, size, &a);

	if (!err)
		err = check_clone3(&a);
	if (err)
		return err;
	req = (struct clone_req){
		.flags = a.flags,
		.exit_signal = (int)a.exit_signal,
		.stack = a.stack ? a.stack + a.stack_size : 0,
		.tls = a.tls,
		.parent_tid = uaddr(a.parent_tid),
		.child_tid = uaddr(a.child_tid),
		.pidfd = uaddr(a.pidfd),
	};
	if (a.set_tid) {
		err = get_user(t->mm, &req.set_tid, uaddr(a.set_tid));
		if (err)
			return err;
		if (req.set_tid <= 0 || req.set_tid >= PID_MAX)
			return -EINVAL;
	}
	return task_clone(t, &req);
}

sysret_t
sys_unshare(struct task *t, uint64_t flags)
{
	return task_unshare(t, flags);
}

sysret_t
sys_exit(struct task *t, int status)
{
	task_exit(t, LX_W_EXITCODE(status));
	return 0;
}

sysret_t
sys_exit_group(struct task *t, int status)
{
	task_exit_group(t, LX_W_EXITCODE(status));
	return 0;
}

sysret_t
sys_getpid(struct task *t)
{
	return t->proc->pid;
}

sysret_t
sys_gettid(struct task *t)
{
	return t->tid;
}

sysret_t
sys_getppid(struct task *t)
{
	return t->proc->parent ? t->proc->parent->pid : 0;
}

sysret_t
sys_set_tid_address(struct task *t, uaddr_t tidptr)
{
	t->clear_tid = tidptr;
	return t->tid;
}

sysret_t
sys_set_robust_list(struct task *t, uaddr_t head, uint64_t len)
{
	if (len != sizeof(struct lx_robust_list_head))
		return -EINVAL;
	t->robust_list = head;
	return 0;
}

sysret_t
sys_get_robust_list(struct task *t, int pid, uaddr_t head, uaddr_t len)
{
	uint64_t size = sizeof(struct lx_robust_list_head);
	struct task *o = pid ? task_find(pid) : t;
	int err;

	if (!o)
		return -ESRCH;
	if (!task_may_trace(t, o))
		return -EPERM;
	err = put_user(t->mm, len, &size);
	return err ? err : put_user(t->mm, head, &o->robust_list.v);
}

/* --- process groups and sessions: credentials(7) --- */

static struct process *
process_arg(struct task *t, int pid)
{
	return pid ? process_find(pid) : t->proc;
}

sysret_t
sys_getpgid(struct task *t, int pid)
{
	struct task *o = pid ? task_find(pid) : t;

	if (!o || !o->proc->pgrp_pid)
		return -ESRCH;
	return o->proc->pgrp_pid->nr;
}

sysret_t
sys_getpgrp(struct task *t)
{
	return t->proc->pgrp_pid->nr;
}

sysret_t
sys_getsid(struct task *t, int pid)
{
	struct task *o = pid ? task_find(pid) : t;

	if (!o || !o->proc->session_pid)
		return -ESRCH;
	return o->proc->session_pid->nr;
}

static bool
pgrp_in_session(struct pid *pgrp, const struct pid *session)
{
	struct process *p;

	LIST_EACH(p, &pgrp->pgrp, in_pgrp)
		if (p->session_pid == session)
			return true;
	return false;
}

sysret_t
sys_setpgid(struct task *t, int pid, int pgid)
{
	struct process *p;
	struct pid *group;

	if (!pgid)
		pgid = pid ? pid : t->proc->pid;
	if (pgid < 0)
		return -EINVAL;
	p = process_arg(t, pid);
	if (!p)
		return -ESRCH;
	if (p->parent == t->proc) {
		if (p->session_pid != t->proc->session_pid)
			return -EPERM;
		if (p->has_execed)
			return -EACCES;
	} else if (p != t->proc) {
		return -ESRCH;
	}
	if (p->is_session_leader)
		return -EPERM;
	group = pid_find(pgid);
	if (pgid != p->pid &&
	    (!group || !pgrp_in_session(group, t->proc->session_pid)))
		return -EPERM;
	process_set_pgrp(p, group);
	return 0;
}

sysret_t
sys_setsid(struct task *t)
{
	struct process *p = t->proc;
	struct pid *own = p->leader->pid;

	if (p->is_session_leader || !list_empty(&own->pgrp))
		return -EPERM;
	p->is_session_leader = true;
	process_set_session(p, own);
	process_set_pgrp(p, own);
	p->has_tty = false;
	return own->nr;
}
