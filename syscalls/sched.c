/* SPDX-License-Identifier: MIT */
/* syscalls/sched.c - sched(7): policies, priorities, affinity. */
#include "kernel/sched.h"

#include "base/str.h"
#include "include/abi/capability.h"
#include "include/abi/resource.h"
#include "include/abi/sched.h"
#include "include/abi/time.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define RT_PRIORITY_MAX 99
#define RR_INTERVAL_NS	100000000

sysret_t
sys_sched_yield(struct task *t)
{
	sched_yield_task(t);
	return 0;
}

static struct task *
target(struct task *t, int pid)
{
	return pid ? task_find(pid) : t;
}

static bool
may_schedule(const struct task *t, const struct task *o)
{
	return t->cred.euid == o->cred.uid || t->cred.euid == o->cred.euid ||
	       cred_capable(&t->cred, LX_CAP_SYS_NICE);
}

static bool
is_realtime(int policy)
{
	return policy == LX_SCHED_FIFO || policy == LX_SCHED_RR;
}

static int
check_policy(int policy, int priority)
{
	if (is_realtime(policy))
		return priority >= 1 && priority <= RT_PRIORITY_MAX ? 0
								    : -EINVAL;
	if (policy != LX_SCHED_NORMAL && policy != LX_SCHED_BATCH &&
	    policy != LX_SCHED_IDLE)
		return -EINVAL;
	return priority ? -EINVAL : 0;
}

static int
set_policy(struct task *t, struct task *o, int policy, int priority, bool reset)
{
	int err = check_policy(policy, priority);

	if (err)
		return err;
	if (!cred_capable(&t->cred, LX_CAP_SYS_NICE)) {
		if (is_realtime(policy) &&
		    (uint64_t)priority > rlimit_get(o, LX_RLIMIT_RTPRIO))
			return -EPERM;
		if (!may_schedule(t, o) || (o->resets_on_fork && !reset))
			return -EPERM;
	}
	sched_set_policy(o, policy, priority);
	o->resets_on_fork = reset;
	return 0;
}

sysret_t
sys_sched_setscheduler(struct task *t, int pid, int policy, uaddr_t param)
{
	struct lx_sched_param p;
	struct task *o;

	if (pid < 0 || uaddr_is_null(param) || policy < 0)
		return -EINVAL;
	if (get_user(t->mm, &p, param))
		return -EFAULT;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	return set_policy(t, o, policy & ~LX_SCHED_RESET_ON_FORK,
			  p.sched_priority, policy & LX_SCHED_RESET_ON_FORK);
}

sysret_t
sys_sched_setparam(struct task *t, int pid, uaddr_t param)
{
	struct lx_sched_param p;
	struct task *o;

	if (pid < 0 || uaddr_is_null(param))
		return -EINVAL;
	if (get_user(t->mm, &p, param))
		return -EFAULT;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	return set_policy(t, o, o->policy, p.sched_priority, o->resets_on_fork);
}

sysret_t
sys_sched_getscheduler(struct task *t, int pid)
{
	struct task *o;

	if (pid < 0)
		return -EINVAL;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	return o->policy | (o->resets_on_fork ? LX_SCHED_RESET_ON_FORK : 0);
}

sysret_t
sys_sched_getparam(struct task *t, int pid, uaddr_t param)
{
	struct lx_sched_param p;
	struct task *o;

	if (pid < 0 || uaddr_is_null(param))
		return -EINVAL;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	p.sched_priority = o->rt_priority;
	return put_user(t->mm, param, &p);
}

static sysret_t
priority_bound(int policy, int realtime)
{
	switch (policy) {
	case LX_SCHED_FIFO:
	case LX_SCHED_RR:
		return realtime;
	case LX_SCHED_NORMAL:
	case LX_SCHED_BATCH:
	case LX_SCHED_IDLE:
	case LX_SCHED_DEADLINE:
		return 0;
	}
	return -EINVAL;
}

sysret_t
sys_sched_get_priority_max(struct task *t, int policy)
{
	(void)t;
	return priority_bound(policy, RT_PRIORITY_MAX);
}

sysret_t
sys_sched_get_priority_min(struct task *t, int policy)
{
	(void)t;
	return priority_bound(policy, 1);
}

sysret_t
sys_sched_rr_get_interval(struct task *t, int pid, uaddr_t interval)
{
	struct lx_timespec ts = {0};
	struct task *o;

	if (pid < 0)
		return -EINVAL;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	if (o->policy == LX_SCHED_RR)
		ts.tv_nsec = RR_INTERVAL_NS;
	else if (o->policy != LX_SCHED_FIFO)
		ts.tv_nsec = 6000000;
	return put_user(t->mm, interval, &ts);
}

/* --- sched_setattr(2) --- */

sysret_t
sys_sched_setattr(struct task *t, int pid, uaddr_t attr, uint32_t flags)
{
	struct lx_sched_attr a = {0};
	uint32_t size;
	struct task *o;
	int err;

	if (uaddr_is_null(attr) || pid < 0 || flags)
		return -EINVAL;
	if (get_user(t->mm, &size, attr))
		return -EFAULT;
	if (!size)
		size = LX_SCHED_ATTR_SIZE_VER0;
	err = -E2BIG;
	if (size >= LX_SCHED_ATTR_SIZE_VER0 && size <= PAGE_SIZE)
		err = copy_in_struct(t->mm, &a, sizeof(a), attr, size);
	if (err == -E2BIG) {
		size = sizeof(a);
		(void)!put_user(t->mm, attr, &size);
	}
	if (err)
		return err;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	if (a.sched_flags & ~(uint64_t)LX_SCHED_FLAG_RESET_ON_FORK)
		return -EINVAL;
	if (a.sched_policy == LX_SCHED_NORMAL ||
	    a.sched_policy == LX_SCHED_BATCH) {
		a.sched_nice = MAX(-20, MIN(19, a.sched_nice));
		if (a.sched_nice < o->nice && !may_schedule(t, o))
			return -EPERM;
		sched_set_nice(o, a.sched_nice);
	}
	return set_policy(t, o, (int)a.sched_policy, (int)a.sched_priority,
			  a.sched_flags & LX_SCHED_FLAG_RESET_ON_FORK);
}

sysret_t
sys_sched_getattr(struct task *t, int pid, uaddr_t attr, uint32_t size,
		  uint32_t flags)
{
	struct lx_sched_attr a = {0};
	struct task *o;

	if (uaddr_is_null(attr) || pid < 0 || size > PAGE_SIZE ||
	    size < LX_SCHED_ATTR_SIZE_VER0 || flags)
		return -EINVAL;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	a.size = MIN(size, (uint32_t)sizeof(a));
	a.sched_policy = (uint32_t)o->policy;
	a.sched_flags = o->resets_on_fork ? LX_SCHED_FLAG_RESET_ON_FORK : 0;
	a.sched_nice = o->nice;
	a.sched_priority = (uint32_t)o->rt_priority;
	return copy_out(t->mm, attr, &a, a.size);
}

/* --- affinity --- */

static uint64_t
all_cpus(void)
{
	return vcpu_count >= 64 ? ~0ull : (1ull << vcpu_count) - 1;
}

sysret_t
sys_sched_setaffinity(struct task *t, int pid, uint32_t len, uaddr_t mask)
{
	uint64_t m = 0;
	struct task *o;

	if (copy_in(t->mm, &m, mask, MIN(len, (uint32_t)sizeof(m))))
		return -EFAULT;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	if (!may_schedule(t, o))
		return -EPERM;
	if (!(m & all_cpus()))
		return -EINVAL;
	o->affinity = m & all_cpus();
	if (o == t && !(o->affinity >> t->cpu & 1))
		schedule();
	return 0;
}

sysret_t
sys_sched_getaffinity(struct task *t, int pid, uint32_t len, uaddr_t mask)
{
	struct task *o;
	uint64_t m;

	if (len * 8ull < vcpu_count || (len & 7))
		return -EINVAL;
	o = target(t, pid);
	if (!o)
		return -ESRCH;
	m = o->affinity & all_cpus();
	if (put_user(t->mm, mask, &m))
		return -EFAULT;
	return sizeof(m);
}

sysret_t
sys_getcpu(struct task *t, uaddr_t cpu, uaddr_t node, uaddr_t tcache)
{
	uint32_t c = (uint32_t)t->cpu, n = 0;

	(void)tcache; /* unused since Linux 2.6.24 */
	if (!uaddr_is_null(cpu) && put_user(t->mm, cpu, &c))
		return -EFAULT;
	if (!uaddr_is_null(node) && put_user(t->mm, node, &n))
		return -EFAULT;
	return 0;
}

/* --- nice --- */

struct prio_walk {
	struct task *from;
	int which, who, nice;
	bool set;
	int found, err, best;
};

static bool
prio_matches(const struct prio_walk *w, const struct task *o)
{
	uint32_t uid = w->who ? (uint32_t)w->who : w->from->cred.uid;
	int pgrp = w->who ? w->who : w->from->proc->pgrp_pid->nr;

	switch (w->which) {
	case LX_PRIO_PROCESS:
		return o->tid == (w->who ? w->who : w->from->tid);
	case LX_PRIO_PGRP:
		return o->proc->pgrp_pid && o->proc->pgrp_pid->nr == pgrp;
	default:
		return o->cred.uid == uid;
	}
}

static void
prio_one(struct task *o, void *arg)
{
	struct prio_walk *w = arg;

	if (!prio_matches(w, o))
		return;
	w->found++;
	if (!w->set) {
		w->best = MIN(w->best, o->nice);
	} else if (!may_schedule(w->from, o)) {
		w->err = -EPERM;
	} else if (w->nice < o->nice &&
		   (uint64_t)(20 - w->nice) > rlimit_get(o, LX_RLIMIT_NICE) &&
		   !cred_capable(&w->from->cred, LX_CAP_SYS_NICE)) {
		w->err = -EACCES;
	} else {
		sched_set_nice(o, w->nice);
	}
}

sysret_t
sys_getpriority(struct task *t, int which, int who)
{
	struct prio_walk w = {
		.from = t, .which = which, .who = who, .best = 19};

	if (which < LX_PRIO_PROCESS || which > LX_PRIO_USER)
		return -EINVAL;
	task_each(prio_one, &w);
	return w.found ? 20 - w.best : -ESRCH;
}

sysret_t
sys_setpriority(struct task *t, int which, int who, int nice)
{
	struct prio_walk w = {.from = t,
			      .which = which,
			      .who = who,
			      .set = true,
			      .nice = MAX(-20, MIN(nice, 19))};

	if (which < LX_PRIO_PROCESS || which > LX_PRIO_USER)
		return -EINVAL;
	task_each(prio_one, &w);
	return w.found ? w.err : -ESRCH;
}

/* --- ioprio_set(2): kept and told; the host schedules its own disks --- */

static sysret_t
check_ioprio(const struct task *t, int prio)
{
	switch (LX_IOPRIO_CLASS(prio)) {
	case LX_IOPRIO_CLASS_RT:
		if (!cred_capable(&t->cred, LX_CAP_SYS_ADMIN) &&
		    !cred_capable(&t->cred, LX_CAP_SYS_NICE))
			return -EPERM;
		return 0;
	case LX_IOPRIO_CLASS_BE:
	case LX_IOPRIO_CLASS_IDLE:
		return 0;
	case LX_IOPRIO_CLASS_NONE:
		return LX_IOPRIO_DATA(prio) ? -EINVAL : 0;
	}
	return -EINVAL;
}

struct ioprio_walk {
	struct prio_walk match;
	int prio, best, err;
	bool set;
};

static void
ioprio_one(struct task *o, void *arg)
{
	struct ioprio_walk *w = arg;

	if (!prio_matches(&w->match, o))
		return;
	w->match.found++;
	if (!w->set)
		w->best = MAX(w->best, (int)o->proc->ioprio);
	else if (!may_schedule(w->match.from, o))
		w->err = -EPERM;
	else
		o->proc->ioprio = (uint16_t)w->prio;
}

sysret_t
sys_ioprio_set(struct task *t, int which, int who, int ioprio)
{
	struct ioprio_walk w = {
		.match = {.from = t, .which = which - 1, .who = who},
		.set = true,
		.prio = ioprio,
	};
	sysret_t err = check_ioprio(t, ioprio);

	if (err)
		return err;
	if (which < LX_IOPRIO_WHO_PROCESS || which > LX_IOPRIO_WHO_USER)
		return -EINVAL;
	task_each(ioprio_one, &w);
	return w.match.found ? w.err : -ESRCH;
}

sysret_t
sys_ioprio_get(struct task *t, int which, int who)
{
	struct ioprio_walk w = {
		.match = {.from = t, .which = which - 1, .who = who},
	};

	if (which < LX_IOPRIO_WHO_PROCESS || which > LX_IOPRIO_WHO_USER)
		return -EINVAL;
	task_each(ioprio_one, &w);
	return w.match.found ? w.best : -ESRCH;
}
