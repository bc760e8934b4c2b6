/* SPDX-License-Identifier: MIT */
/* syscalls/rlimit.c - getrlimit(2), prlimit(2), getrusage(2), times(2). */
#include "base/str.h"
#include "base/time.h"
#include "include/abi/capability.h"
#include "include/abi/resource.h"
#include "include/abi/time.h"
#include "kernel/itimer.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/usercopy.h"
#include "syscalls/rusage.h"
#include "syscalls/sysdef.h"

#define NR_OPEN	    1048576ull
#define NS_PER_TICK (NSEC_PER_SEC / LX_CLK_TCK)

/* mm/ keeps its own copy of what it enforces. */
static void
limits_changed(struct process *p)
{
	struct task *o;

	LIST_EACH(o, &p->threads, in_process) {
		struct mm_limits *l;

		if (!o->mm)
			continue;
		l = mm_limits(o->mm);
		l->as = p->rlim[LX_RLIMIT_AS].rlim_cur;
		l->data = p->rlim[LX_RLIMIT_DATA].rlim_cur;
		l->stack = p->rlim[LX_RLIMIT_STACK].rlim_cur;
		l->memlock = p->rlim[LX_RLIMIT_MEMLOCK].rlim_cur;
		return;
	}
}

static int
set_limit(struct task *t, struct process *p, int which,
	  const struct lx_rlimit *fresh)
{
	struct lx_rlimit *l = &p->rlim[which];

	if (fresh->rlim_cur > fresh->rlim_max)
		return -EINVAL;
	if (which == LX_RLIMIT_NOFILE && fresh->rlim_max > NR_OPEN)
		return -EPERM;
	if (fresh->rlim_max > l->rlim_max &&
	    !cred_capable(&t->cred, LX_CAP_SYS_RESOURCE))
		return -EPERM;
	*l = *fresh;
	limits_changed(p);
	if (which == LX_RLIMIT_CPU)
		process_cpu_limit_changed(p);
	return 0;
}

sysret_t
sys_getrlimit(struct task *t, int resource, uaddr_t rlim)
{
	if (resource < 0 || resource >= LX_RLIM_NLIMITS)
		return -EINVAL;
	return put_user(t->mm, rlim, &t->proc->rlim[resource]);
}

sysret_t
sys_setrlimit(struct task *t, int resource, uaddr_t rlim)
{
	struct lx_rlimit fresh;

	if (get_user(t->mm, &fresh, rlim))
		return -EFAULT;
	if (resource < 0 || resource >= LX_RLIM_NLIMITS)
		return -EINVAL;
	return set_limit(t, t->proc, resource, &fresh);
}

/* prlimit(2): real, effective and saved ids of the target must be ours. */
static bool
may_limit(const struct task *t, const struct task *o)
{
	const struct cred *a = &t->cred, *b = &o->cred;

	if (t->proc == o->proc)
		return true;
	if (a->uid == b->euid && a->uid == b->suid && a->uid == b->uid &&
	    a->gid == b->egid && a->gid == b->sgid && a->gid == b->gid)
		return true;
	return cred_capable(a, LX_CAP_SYS_RESOURCE);
}

sysret_t
sys_prlimit64(struct task *t, int pid, int resource, uaddr_t new_limit,
	      uaddr_t old_limit)
{
	struct lx_rlimit fresh, old;
	struct task *o;
	int err;

	if (!uaddr_is_null(new_limit) && get_user(t->mm, &fresh, new_limit))
		return -EFAULT;
	o = pid ? task_find(pid) : t;
	if (!o)
		return -ESRCH;
	if (!may_limit(t, o))
		return -EPERM;
	if (resource < 0 || resource >= LX_RLIM_NLIMITS)
		return -EINVAL;
	old = o->proc->rlim[resource];
	if (!uaddr_is_null(new_limit)) {
		err = set_limit(t, o->proc, resource, &fresh);
		if (err)
			return err;
	}
	return uaddr_is_null(old_limit) ? 0 : put_user(t->mm, old_limit, &old);
}

static void
usage_self(struct process *p, struct lx_rusage *ru)
{
	uint64_t u, s, minflt = p->minflt, majflt = p->majflt;
	uint64_t vol = p->nvcsw, inv = p->nivcsw, rss = p->maxrss_pages;
	struct task *o;

	process_cpu_ns(p, &u, &s);
	rusage_times(ru, u, s);
	LIST_EACH(o, &p->threads, in_process) {
		struct mm_stat st;

		vol += o->nvcsw;
		inv += o->nivcsw;
		if (!o->mm)
			continue;
		mm_stat(o->mm, &st);
		rss = MAX(rss, st.peak_rss);
		minflt = p->minflt + mm_min_faults(o->mm);
		majflt = p->majflt + mm_maj_faults(o->mm);
	}
	ru->ru_minflt = (int64_t)minflt;
	ru->ru_majflt = (int64_t)majflt;
	ru->ru_nvcsw = (int64_t)vol;
	ru->ru_nivcsw = (int64_t)inv;
	ru->ru_maxrss = (int64_t)(rss * (PAGE_SIZE / 1024));
}

static void
usage_children(const struct process *p, struct lx_rusage *ru)
{
	rusage_times(ru, p->cutime_ns, p->cstime_ns);
	ru->ru_minflt = (int64_t)p->cminflt;
	ru->ru_majflt = (int64_t)p->cmajflt;
	ru->ru_nvcsw = (int64_t)p->cnvcsw;
	ru->ru_nivcsw = (int64_t)p->cnivcsw;
	ru->ru_maxrss = (int64_t)(p->cmaxrss_pages * (PAGE_SIZE / 1024));
}

sysret_t
sys_getrusage(struct task *t, int who, uaddr_t usage)
{
	struct lx_rusage ru;
	uint64_t u, s;

	memset(&ru, 0, sizeof(ru));
	switch (who) {
	case LX_RUSAGE_SELF:
		usage_self(t->proc, &ru);
		break;
	case LX_RUSAGE_CHILDREN:
		usage_children(t->proc, &ru);
		break;
	case LX_RUSAGE_THREAD:
		usage_self(t->proc, &ru);
		task_cpu_ns(t, &u, &s);
		rusage_times(&ru, u, s);
		ru.ru_nvcsw = (int64_t)t->nvcsw;
		ru.ru_nivcsw = (int64_t)t->nivcsw;
		break;
	default:
		return -EINVAL;
	}
	return put_user(t->mm, usage, &ru);
}

sysret_t
sys_times(struct task *t, uaddr_t buf)
{
	struct lx_tms tms;
	uint64_t u, s;

	if (!uaddr_is_null(buf)) {
		process_cpu_ns(t->proc, &u, &s);
		tms.tms_utime = (int64_t)(u / NS_PER_TICK);
		tms.tms_stime = (int64_t)(s / NS_PER_TICK);
		tms.tms_cutime = (int64_t)(t->proc->cutime_ns / NS_PER_TICK);
		tms.tms_cstime = (int64_t)(t->proc->cstime_ns / NS_PER_TICK);
		if (put_user(t->mm, buf, &tms))
			return -EFAULT;
	}
	return (sysret_t)(clock_monotonic_ns() / NS_PER_TICK);
}
