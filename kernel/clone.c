/* SPDX-License-Identifier: MIT */
/*
 * kernel/clone.c - clone(2): a task that shares or copies each part of its
 * maker.  Nothing is visible to others until task_link().
 */
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/trace.h"
#include "fs/fdtable.h"
#include "fs/path.h"
#include "include/abi/capability.h"
#include "include/abi/ptrace.h"
#include "include/abi/resource.h"
#include "include/abi/sched.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/ipc/ipc.h"
#include "kernel/pid.h"
#include "kernel/pidfd.h"
#include "kernel/rseq.h"
#include "kernel/sched.h"
#include "kernel/seccomp.h"
#include "kernel/signal.h"
#include "mm/mm.h"
#include "mm/usercopy.h"

/* All capabilities there are: numbers 0..LX_CAP_LAST_CAP. */
#define CAPS_ALL ((2ull << LX_CAP_CHECKPOINT_RESTORE) - 1)

#define CLONE_UNSHARED                                                         \
	(LX_CLONE_NEWNS | LX_CLONE_NEWCGROUP | LX_CLONE_NEWUTS |               \
	 LX_CLONE_NEWIPC | LX_CLONE_NEWUSER | LX_CLONE_NEWPID |                \
	 LX_CLONE_NEWNET | LX_CLONE_NEWTIME)

/* clone(2)'s EINVALs; namespaces are configured out: EINVAL as well. */
static int
check_flags(struct task *t, const struct clone_req *req)
{
	uint64_t f = req->flags;

	if ((f & LX_CLONE_THREAD) && !(f & LX_CLONE_SIGHAND))
		return -EINVAL;
	if ((f & LX_CLONE_SIGHAND) && !(f & LX_CLONE_VM))
		return -EINVAL;
	if ((f & LX_CLONE_SIGHAND) && (f & LX_CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((f & LX_CLONE_PIDFD) && (f & LX_CLONE_DETACHED))
		return -EINVAL;
	if ((f & LX_CLONE_PARENT) && process_is_init(t->proc))
		return -EINVAL;
	if (f & CLONE_UNSHARED)
		return -EINVAL;
	if (f & LX_CLONE_INTO_CGROUP)
		return -EOPNOTSUPP;
	if (req->exit_signal < 0 || req->exit_signal > LX_NSIG)
		return -EINVAL;
	if ((f & LX_CLONE_SETTLS) && req->tls >= USER_TOP)
		return -EPERM;
	if (req->set_tid && !cred_capable(&t->cred, LX_CAP_SYS_ADMIN))
		return -EPERM;
	return 0;
}

/* The parts counted by themselves: share or copy. */
static int
copy_parts(struct task *c, struct task *t, uint64_t flags)
{
	int err;

	if (flags & LX_CLONE_FILES)
		c->files = fdtable_get(t->files);
	else if ((err = fdtable_copy(t->files, &c->files)))
		return err;

	if (flags & LX_CLONE_FS) {
		c->fs = t->fs;
		c->fs->refs++;
	} else if ((err = fs_ctx_copy(t->fs, &c->fs))) {
		return err;
	}

	if (flags & LX_CLONE_SIGHAND) {
		c->sighand = t->sighand;
		c->sighand->refs++;
	} else {
		err = sighand_copy(t->sighand, &c->sighand);
		if (err)
			return err;
		if (flags & LX_CLONE_CLEAR_SIGHAND)
			sighand_flush(c->sighand, false);
	}

	if (flags & LX_CLONE_VM)
		c->mm = mm_get(t->mm);
	else if ((err = mm_fork(t->mm, &c->mm)))
		return err;
	mm_use(c->mm);
	return 0;
}

static void
inherit(struct task *c, const struct task *t, const struct clone_req *req)
{
	memcpy(c->comm, t->comm, sizeof(c->comm));
	c->blocked = t->blocked;
	c->nice = t->nice;
	c->policy = t->policy;
	c->rt_priority = t->rt_priority;
	if (t->resets_on_fork) {
		c->nice = MAX(0, t->nice);
		c->policy = LX_SCHED_NORMAL;
		c->rt_priority = 0;
	}
	c->affinity = t->affinity;
	c->vruntime = t->vruntime;
	c->personality = t->personality;
	c->timer_slack_ns = t->timer_slack_ns;
	if (!(req->flags & LX_CLONE_VM) || (req->flags & LX_CLONE_VFORK))
		c->altstack = t->altstack;
	if (!(req->flags & LX_CLONE_VM)) {
		c->rseq = t->rseq;
		c->rseq_len = t->rseq_len;
		c->rseq_sig = t->rseq_sig;
		rseq_moved(c);
	}

	c->run.regs = t->run.regs;
	c->run.regs.rax = 0;
	c->run.regs.orig_rax = (uint64_t)-1;
	if (req->stack)
		c->run.regs.rsp = req->stack;
	if (req->flags & LX_CLONE_SETTLS)
		c->run.regs.fs_base = req->tls;
	if (req->flags & LX_CLONE_CHILD_CLEARTID)
		c->clear_tid = req->child_tid;
}

/* A process of its own: limits, groups, parent. */
static int
new_process(struct task *c, struct task *t, const struct clone_req *req)
{
	struct process *p, *from = t->proc;
	int err = process_alloc(&p);

	if (err)
		return err;
	c->proc = p;
	p->leader = c;
	memcpy(p->rlim, from->rlim, sizeof(p->rlim));
	p->exe = from->exe ? file_get(from->exe) : NULL;
	p->is_dumpable = from->is_dumpable;
	p->ioprio = from->ioprio;
	p->membarrier = from->membarrier;
	p->oom_score_adj = from->oom_score_adj;
	p->exit_signal = req->exit_signal;
	p->maker_tid = t->tid;
	p->has_tty = from->has_tty;
	return 0;
}

static void
publish_process(struct task *c, struct task *t, const struct clone_req *req)
{
	struct process *p = c->proc, *from = t->proc;
	bool is_sibling = req->flags & LX_CLONE_PARENT;

	p->pid = c->tid;
	p->parent = is_sibling ? from->parent : from;
	if (is_sibling) {
		p->exit_signal = from->exit_signal;
		p->maker_tid = from->maker_tid;
	}
	list_append(&p->parent->children, &p->sibling);
	process_set_pgrp(p, from->pgrp_pid);
	process_set_session(p, from->session_pid);
}

static void
count_user(struct task *o, void *arg)
{
	uint64_t *v = arg;

	if (o->cred.uid == v[0] && o->state != TASK_ZOMBIE)
		v[1]++;
}

static bool
over_nproc(const struct task *t)
{
	uint64_t v[2] = {t->cred.uid, 0};
	uint64_t limit = rlimit_get(t, LX_RLIMIT_NPROC);

	if (limit == LX_RLIM_INFINITY || !t->cred.uid ||
	    cred_capable(&t->cred, LX_CAP_SYS_RESOURCE) ||
	    cred_capable(&t->cred, LX_CAP_SYS_ADMIN))
		return false;
	task_each(count_user, v);
	return v[1] >= limit;
}

static void
clone_undo(struct task *c)
{
	ptrace_unlink(c);
	thread_destroy(c);
	if (c->mm) {
		mm_unuse(c->mm);
		mm_put(c->mm);
	}
	fdtable_put(c->files);
	sem_leave(c);
	if (c->fs)
		fs_ctx_put(c->fs);
	if (c->sighand)
		sighand_put(c->sighand);
	pid_put(c->pid);
	task_free(c);
}

static int
build(struct task *t, const struct clone_req *req, struct task **out)
{
	struct task *c;
	int err = task_alloc(&c);

	if (err)
		return err;
	cred_copy(&c->cred, &t->cred);
	err = copy_parts(c, t, req->flags);
	if (!err)
		err = sem_clone(c, t, req->flags & LX_CLONE_SYSVSEM);
	if (err)
		goto undo;
	if (req->flags & LX_CLONE_THREAD) {
		c->proc = process_get(t->proc);
	} else {
		err = new_process(c, t, req);
		if (err)
			goto undo;
	}
	err = pid_new(req->set_tid, &c->pid);
	if (err)
		goto undo;
	c->tid = c->pid->nr;
	err = sched_task_init(c, task_main, c);
	if (err)
		goto undo;
	err = thread_fp_save(t, &c->initial_fp, &c->initial_fp_len);
	if (err)
		goto undo;
	inherit(c, t, req);
	/* Here, where the machine is being asked for much already: so @c can
	 * begin where its host thread is. */
	err = thread_create(c);
	if (err)
		goto undo;
	*out = c;
	return 0;
undo:
	clone_undo(c);
	return err;
}

/* What is written where user space asked for it; failures to write are the
 * caller's bad pointers and, as on Linux, only stop the pidfd's. */
static int
tell_tids(struct task *t, struct task *c, const struct clone_req *req)
{
	int err = 0;

	if (req->flags & LX_CLONE_PIDFD)
		err = pidfd_install(t, c->pid, req->pidfd);
	if (err)
		return err;
	if (req->flags & LX_CLONE_PARENT_SETTID)
		(void)!put_user(t->mm, req->parent_tid, &c->tid);
	if (req->flags & LX_CLONE_CHILD_SETTID)
		(void)!put_user(c->mm, req->child_tid, &c->tid);
	return 0;
}

static void
vfork_wait(struct task *t, int tid)
{
	struct task *c;

	/* The child may be gone: look it up again each time. */
	while ((c = task_find(tid)) && c->vfork_parent == t) {
		int err = task_sleep_killable(t, "vfork", TIME_NEVER);

		c = task_find(tid);
		if (!c)
			return;
		if (err == -ERESTARTSYS && t->is_kill_pending) {
			if (c->vfork_parent == t)
				c->vfork_parent = NULL;
			return;
		}
	}
}

void
vfork_done(struct task *t)
{
	struct task *parent = t->vfork_parent;

	if (!parent)
		return;
	t->vfork_parent = NULL;
	task_wake(parent);
}

int
task_clone(struct task *t, const struct clone_req *req)
{
	int event = ptrace_clone_event(t, req);
	struct task *c;
	int tid, err;

	err = check_flags(t, req);
	if (err)
		return err;
	if (over_nproc(t))
		return -EAGAIN;
	/* Linux: a pending signal comes first, so that fork loops can be
	 * stopped. */
	if (signal_is_pending(t))
		return -ERESTARTNOINTR;
	err = build(t, req, &c);
	if (err)
		return err;
	err = ptrace_clone(t, c, req->flags & LX_CLONE_PTRACE, event);
	if (!err)
		err = tell_tids(t, c, req);
	if (err) {
		clone_undo(c);
		return err;
	}
	/* Threads of a process that is ending don't multiply. */
	if (t->is_kill_pending) {
		clone_undo(c);
		return -ERESTARTNOINTR;
	}
	if (!(req->flags & LX_CLONE_THREAD))
		publish_process(c, t, req);
	seccomp_inherit(c, t);
	task_link(c);
	tid = c->tid;
	trace(TR_TASK, t->tid, 1, (uint64_t)tid);
	if (req->flags & LX_CLONE_VFORK)
		c->vfork_parent = t;
	sched_ready(c);
	if (event)
		(void)ptrace_event(t, event, (uint64_t)tid);
	if (req->flags & LX_CLONE_VFORK) {
		vfork_wait(t, tid);
		(void)ptrace_event(t, LX_PTRACE_EVENT_VFORK_DONE,
				   (uint64_t)tid);
	}
	return tid;
}

static void
init_limits(struct process *p)
{
	p->rlim[LX_RLIMIT_STACK].rlim_cur = 8 << 20;
	p->rlim[LX_RLIMIT_CORE].rlim_cur = 0;
	p->rlim[LX_RLIMIT_NOFILE] = (struct lx_rlimit){1024, 1048576};
	p->rlim[LX_RLIMIT_MEMLOCK] = (struct lx_rlimit){8 << 20, 8 << 20};
	p->rlim[LX_RLIMIT_NPROC] = (struct lx_rlimit){pid_limit(), pid_limit()};
	p->rlim[LX_RLIMIT_SIGPENDING] = p->rlim[LX_RLIMIT_NPROC];
	p->rlim[LX_RLIMIT_MSGQUEUE] = (struct lx_rlimit){819200, 819200};
	p->rlim[LX_RLIMIT_NICE] = (struct lx_rlimit){0, 0};
	p->rlim[LX_RLIMIT_RTPRIO] = (struct lx_rlimit){0, 0};
}

static int
spawn_parts(struct task *t, struct fs_ctx *fs, int (*fn)(struct task *t))
{
	int err;

	t->fs = fs;
	err = fdtable_new(&t->files);
	if (!err)
		err = sighand_new(&t->sighand);
	if (!err)
		err = pid_new(0, &t->pid);
	if (!err)
		err = sched_task_init(t, task_main, t);
	if (err)
		return err;
	t->start_fn = fn;
	t->tid = t->proc->pid = t->pid->nr;
	t->run.regs.orig_rax = (uint64_t)-1;
	return 0;
}

int
task_spawn_init(int (*fn)(struct task *t), struct fs_ctx *fs)
{
	struct task *t;
	int err = task_alloc(&t);

	if (err)
		return err;
	err = process_alloc(&t->proc);
	if (!err)
		err = spawn_parts(t, fs, fn);
	if (err) {
		clone_undo(t);
		return err;
	}
	t->proc->leader = t;
	init_limits(t->proc);
	t->cred.cap_permitted = t->cred.cap_effective = CAPS_ALL;
	t->cred.cap_bounding = CAPS_ALL;
	task_set_comm(t, "init");
	process_set_pgrp(t->proc, t->pid);
	process_set_session(t->proc, t->pid);
	t->proc->is_session_leader = true;
	task_link(t);
	sched_ready(t);
	return 0;
}

int
task_spawn(struct task *parent, int (*fn)(struct task *t), int *pid)
{
	struct process *p;
	struct fs_ctx *fs;
	struct task *t;
	int err = task_alloc(&t);

	if (err)
		return err;
	cred_copy(&t->cred, &parent->cred);
	err = process_alloc(&p);
	if (!err) {
		t->proc = p;
		err = fs_ctx_copy(parent->fs, &fs);
	}
	if (!err)
		err = spawn_parts(t, fs, fn);
	if (err) {
		clone_undo(t);
		return err;
	}
	p->leader = t;
	p->exit_signal = LX_SIGCHLD;
	p->parent = parent->proc;
	p->maker_tid = parent->tid;
	memcpy(p->rlim, parent->proc->rlim, sizeof(p->rlim));
	list_append(&p->parent->children, &p->sibling);
	process_set_pgrp(p, parent->proc->pgrp_pid);
	process_set_session(p, parent->proc->session_pid);
	task_link(t);
	sched_ready(t);
	*pid = t->tid;
	return 0;
}

int
task_unshare(struct task *t, uint64_t flags)
{
	struct fdtable *files;
	struct fs_ctx *fs;
	int err;

	if (flags &
	    ~(uint64_t)(LX_CLONE_FILES | LX_CLONE_FS | LX_CLONE_SYSVSEM |
			LX_CLONE_THREAD | LX_CLONE_SIGHAND | LX_CLONE_VM |
			CLONE_UNSHARED))
		return -EINVAL;
	if (flags & CLONE_UNSHARED)
		return -EINVAL;
	if ((flags & (LX_CLONE_THREAD | LX_CLONE_SIGHAND | LX_CLONE_VM)) &&
	    t->proc->nthreads > 1)
		return -EINVAL;
	if ((flags & LX_CLONE_FILES) && fdtable_is_shared(t->files)) {
		err = fdtable_copy(t->files, &files);
		if (err)
			return err;
		fdtable_put(t->files);
		t->files = files;
	}
	if ((flags & LX_CLONE_FS) && t->fs->refs > 1) {
		err = fs_ctx_copy(t->fs, &fs);
		if (err)
			return err;
		fs_ctx_put(t->fs);
		t->fs = fs;
	}
	if (flags & LX_CLONE_SYSVSEM)
		sem_leave(t);
	return 0;
}

int
task_spawn_kernel(const char *name, int (*fn)(struct task *t),
		  struct task **out)
{
	struct task *t;
	int err = task_alloc(&t);

	if (err)
		return err;
	err = process_alloc(&t->proc);
	if (!err)
		err = sched_task_init(t, task_main, t);
	if (err) {
		task_free(t);
		return err;
	}
	t->proc->leader = t;
	init_limits(t->proc);
	t->start_fn = fn;
	task_set_comm(t, name);
	*out = t;
	sched_ready(t);
	return 0;
}
