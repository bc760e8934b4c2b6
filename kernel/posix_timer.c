/* SPDX-License-Identifier: MIT */
/*
 * kernel/posix_timer.c - per-process timers with a signal each.
 *
 * The signal's queue entry belongs to the timer: while it is queued, further
 * expirations only count as overruns, as timer_getoverrun(2) wants it.
 */
#include "kernel/posix_timer.h"

#include "base/slab.h"
#include "base/time.h"
#include "include/abi/capability.h"
#include "include/abi/resource.h"
#include "include/abi/time.h"
#include "kernel/cpu_timer.h"
#include "kernel/internal.h"
#include "kernel/signal.h"

#define OVERRUN_MAX 2147483647 /* Linux: DELAYTIMER_MAX */

struct posix_timer {
	struct list link; /* process.posix_timers */
	struct process *proc;
	int id, clock, notify, tid;
	uint64_t interval_ns;
	int64_t overruns;     /* since the entry was queued */
	int64_t last_overrun; /* of the signal taken last */
	bool is_cpu;	      /* runs on CPU time: cpu, else timer */
	struct cpu_timer cpu;
	struct ktimer timer;
	struct sigqueue entry;
	bool is_deleted; /* entry still queued: freed when it is taken */
};

static bool
is_realtime(int clock)
{
	return clock == LX_CLOCK_REALTIME || clock == LX_CLOCK_TAI ||
	       clock == LX_CLOCK_REALTIME_ALARM;
}

/* It has fired, @missed times more than can be told by signals. */
static void
tell(struct posix_timer *pt, uint64_t missed)
{
	struct process *p = pt->proc;
	struct task *target = p->leader;

	if (pt->notify == LX_SIGEV_NONE || p->is_zombie)
		return;
	if (pt->notify == LX_SIGEV_THREAD_ID) {
		target = task_find(pt->tid);
		if (!target || target->proc != p)
			return;
	}
	if (!target->sighand)
		LIST_EACH(target, &p->threads, in_process)
			if (target->sighand)
				break;
	if (pt->entry.is_queued) {
		pt->overruns += (int64_t)missed + 1;
		return;
	}
	pt->overruns = (int64_t)missed;
	if (target->sighand)
		(void)signal_send_queued(target, &pt->entry,
					 pt->notify != LX_SIGEV_THREAD_ID);
}

/* What has gone by since @at, beside that one. */
static uint64_t
missed_since(const struct posix_timer *pt, uint64_t at, uint64_t now)
{
	return pt->interval_ns && now > at ? (now - at) / pt->interval_ns : 0;
}

static void
timer_fires(struct ktimer *tm)
{
	struct posix_timer *pt = CONTAINER_OF(tm, struct posix_timer, timer);
	uint64_t missed =
		missed_since(pt, tm->deadline_ns, clock_monotonic_ns());

	if (pt->interval_ns)
		ktimer_set(tm,
			   tm->deadline_ns + (missed + 1) * pt->interval_ns);
	tell(pt, missed);
}

static void
cpu_fires(struct cpu_timer *ct, uint64_t now)
{
	struct posix_timer *pt = CONTAINER_OF(ct, struct posix_timer, cpu);
	uint64_t missed = missed_since(pt, ct->at_ns, now);

	if (pt->interval_ns)
		cpu_timer_set(ct, ct->at_ns + (missed + 1) * pt->interval_ns);
	tell(pt, missed);
}

void
posix_timer_dequeued(struct sigqueue *q, struct lx_siginfo *info)
{
	struct posix_timer *pt = q->timer;

	pt->last_overrun = MIN(pt->overruns, (int64_t)OVERRUN_MAX);
	info->timer.overrun = (int32_t)pt->last_overrun;
}

void
posix_timer_entry_dropped(struct sigqueue *q)
{
	if (q->timer->is_deleted)
		kfree(q->timer);
}

static struct posix_timer *
find(const struct process *p, int id)
{
	struct posix_timer *pt;

	LIST_EACH(pt, &p->posix_timers, link)
		if (pt->id == id)
			return pt;
	return NULL;
}

static int
check_event(struct task *t, const struct lx_sigevent *ev)
{
	struct task *o;

	switch (ev->sigev_notify) {
	case LX_SIGEV_NONE:
		return 0;
	case LX_SIGEV_THREAD_ID:
		o = task_find(ev->sigev_tid);
		if (!o || o->proc != t->proc)
			return -EINVAL;
		break;
	case LX_SIGEV_SIGNAL:
	case LX_SIGEV_THREAD: /* the C library's; a signal to us */
		break;
	default:
		return -EINVAL;
	}
	return ev->sigev_signo < 1 || ev->sigev_signo > LX_NSIG ? -EINVAL : 0;
}

bool
timer_clock_wakes(int clock)
{
	return clock == LX_CLOCK_REALTIME_ALARM ||
	       clock == LX_CLOCK_BOOTTIME_ALARM;
}

static int
check_clock(const struct task *t, int clock)
{
	switch (clock) {
	case LX_CLOCK_REALTIME:
	case LX_CLOCK_MONOTONIC:
	case LX_CLOCK_BOOTTIME:
	case LX_CLOCK_TAI:
		return 0;
	case LX_CLOCK_REALTIME_ALARM:
	case LX_CLOCK_BOOTTIME_ALARM:
		return cred_capable(&t->cred, LX_CAP_WAKE_ALARM) ? 0 : -EPERM;
	case LX_CLOCK_MONOTONIC_RAW:
	case LX_CLOCK_MONOTONIC_COARSE:
	case LX_CLOCK_REALTIME_COARSE:
		return -EOPNOTSUPP;
	}
	return -EINVAL;
}

int
posix_timer_create(struct task *t, int clock, const struct lx_sigevent *ev)
{
	struct lx_sigevent plain = {.sigev_signo = LX_SIGALRM};
	struct process *p = t->proc;
	struct posix_timer *pt;
	bool is_cpu = cpu_clock_is(clock);
	struct cpu_clock cc;
	int err =
		is_cpu ? cpu_clock_find(t, clock, &cc) : check_clock(t, clock);

	if (!err && ev)
		err = check_event(t, ev);
	if (err)
		return err;
	pt = KNEW(struct posix_timer);
	if (!pt)
		return -EAGAIN;
	pt->proc = p;
	pt->id = p->next_timer_id++;
	pt->clock = clock;
	if (!ev) {
		plain.sigev_value.sival_int = pt->id;
		ev = &plain;
	}
	pt->notify = ev->sigev_notify;
	pt->tid = ev->sigev_tid;
	ktimer_init(&pt->timer, timer_fires);
	pt->is_cpu = is_cpu;
	if (is_cpu)
		cpu_timer_init(&pt->cpu, &cc, cpu_fires);
	list_init(&pt->entry.link);
	pt->entry.timer = pt;
	pt->entry.info.si_signo = ev->sigev_signo;
	pt->entry.info.si_code = LX_SI_TIMER;
	pt->entry.info.timer.tid = pt->id;
	pt->entry.info.timer.value = ev->sigev_value;
	list_append(&p->posix_timers, &pt->link);
	return pt->id;
}

static void
read_timer(const struct posix_timer *pt, struct itimer_value *out)
{
	bool is_armed = pt->is_cpu ? !list_empty(&pt->cpu.link)
				   : ktimer_armed(&pt->timer);
	uint64_t at = pt->is_cpu ? pt->cpu.at_ns : pt->timer.deadline_ns;
	uint64_t now = pt->is_cpu ? cpu_clock_read(&pt->cpu.clock)
				  : clock_monotonic_ns();

	out->interval_ns = pt->interval_ns;
	out->value_ns = 0;
	if (is_armed)
		out->value_ns = at > now ? at - now : 1;
}

int
posix_timer_get(struct task *t, int id, struct itimer_value *out)
{
	struct posix_timer *pt = find(t->proc, id);

	if (!pt)
		return -EINVAL;
	read_timer(pt, out);
	return 0;
}

int
posix_timer_set(struct task *t, int id, bool absolute,
		const struct itimer_value *v, struct itimer_value *old)
{
	struct posix_timer *pt = find(t->proc, id);
	uint64_t now = clock_monotonic_ns(), at;

	if (!pt)
		return -EINVAL;
	if (old)
		read_timer(pt, old);
	ktimer_cancel(&pt->timer);
	if (pt->is_cpu)
		cpu_timer_cancel(&pt->cpu);
	pt->interval_ns = v->interval_ns;
	pt->overruns = 0;
	if (!v->value_ns)
		return 0;
	if (pt->is_cpu) {
		now = absolute ? 0 : cpu_clock_read(&pt->cpu.clock);
		cpu_timer_set(&pt->cpu, now + v->value_ns);
		return 0;
	}
	if (!absolute) {
		at = now + v->value_ns;
	} else if (is_realtime(pt->clock)) {
		uint64_t real = clock_realtime_ns();

		at = v->value_ns > real ? now + (v->value_ns - real) : now;
	} else {
		at = v->value_ns;
	}
	/* Late: fires at once, in the timer interrupt's own way. */
	ktimer_set(&pt->timer, at);
	return 0;
}

int
posix_timer_overrun(struct task *t, int id)
{
	struct posix_timer *pt = find(t->proc, id);

	return pt ? (int)pt->last_overrun : -EINVAL;
}

static void
destroy(struct posix_timer *pt)
{
	ktimer_cancel(&pt->timer);
	if (pt->is_cpu)
		cpu_timer_fini(&pt->cpu);
	list_del(&pt->link);
	if (pt->entry.is_queued)
		pt->is_deleted = true;
	else
		kfree(pt);
}

int
posix_timer_delete(struct task *t, int id)
{
	struct posix_timer *pt = find(t->proc, id);

	if (!pt)
		return -EINVAL;
	destroy(pt);
	return 0;
}

void
posix_timers_delete_all(struct process *p)
{
	struct posix_timer *pt, *tmp;

	LIST_EACH_SAFE(pt, tmp, &p->posix_timers, link)
		destroy(pt);
}
