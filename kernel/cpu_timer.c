/* SPDX-License-Identifier: MIT */
/* kernel/cpu_timer.c - CPU clocks and their timers; see kernel/cpu_timer.h. */
#include "kernel/cpu_timer.h"

#include "include/abi/time.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/pid.h"

/* Numbers below zero: clock_getcpuclockid(3). */
#define CLOCK_PID(id)	    (~((id) >> 3))
#define CLOCK_WHICH(id)	    ((id)&3)
#define CLOCK_IS_THREAD(id) ((id)&4)
enum { WHICH_PROF, WHICH_VIRT, WHICH_SCHED };

bool
cpu_clock_is(int id)
{
	return id < 0 || id == LX_CLOCK_PROCESS_CPUTIME_ID ||
	       id == LX_CLOCK_THREAD_CPUTIME_ID;
}

static int
find_thread(struct task *t, int tid, struct cpu_clock *out)
{
	struct task *o = tid ? task_find(tid) : t;

	if (!o || o->proc != t->proc)
		return -EINVAL;
	out->proc = t->proc;
	out->thread = o->pid;
	return 0;
}

int
cpu_clock_find(struct task *t, int id, struct cpu_clock *out)
{
	int pid = CLOCK_PID(id);

	*out = (struct cpu_clock){.proc = t->proc};
	if (id == LX_CLOCK_PROCESS_CPUTIME_ID)
		return 0;
	if (id == LX_CLOCK_THREAD_CPUTIME_ID)
		return find_thread(t, 0, out);
	if (id >= 0 || CLOCK_WHICH(id) > WHICH_SCHED)
		return -EINVAL;
	out->is_user_only = CLOCK_WHICH(id) == WHICH_VIRT;
	if (CLOCK_IS_THREAD(id))
		return find_thread(t, pid, out);
	if (pid && pid != t->tid)
		out->proc = process_find(pid);
	return out->proc ? 0 : -EINVAL;
}

uint64_t
cpu_clock_read(const struct cpu_clock *c)
{
	uint64_t u = 0, s = 0;

	if (!c->thread)
		process_cpu_ns(c->proc, &u, &s);
	else if (c->thread->task)
		task_cpu_ns(c->thread->task, &u, &s);
	return c->is_user_only ? u : u + s;
}

void
cpu_timer_init(struct cpu_timer *ct, const struct cpu_clock *c,
	       void (*fn)(struct cpu_timer *ct, uint64_t now_ns))
{
	*ct = (struct cpu_timer){.clock = *c, .fn = fn};
	list_init(&ct->link);
	process_get(c->proc);
	if (c->thread)
		pid_get(c->thread);
}

void
cpu_timer_fini(struct cpu_timer *ct)
{
	cpu_timer_cancel(ct);
	pid_put(ct->clock.thread);
	process_put(ct->clock.proc);
}

void
cpu_timer_cancel(struct cpu_timer *ct)
{
	list_del(&ct->link);
}

static void
fire(struct cpu_timer *ct, uint64_t now)
{
	ct->not_before_ns = now + CPU_TICK_NS;
	ct->is_firing = true;
	ct->fn(ct, now);
	ct->is_firing = false;
}

static uint64_t
fires_at(const struct cpu_timer *ct)
{
	return MAX(ct->at_ns, ct->not_before_ns);
}

void
cpu_timer_set(struct cpu_timer *ct, uint64_t at_ns)
{
	struct process *p = ct->clock.proc;
	uint64_t now = cpu_clock_read(&ct->clock);

	cpu_timer_cancel(ct);
	ct->at_ns = at_ns;
	if (p->is_zombie)
		return;
	if (now >= at_ns && !ct->is_firing) {
		fire(ct, now);
		return;
	}
	list_append(&p->cpu_timers, &ct->link);
	process_watch_cpu(p);
}

uint64_t
cpu_timers_left(const struct process *p)
{
	const struct cpu_timer *ct;
	uint64_t left = UINT64_MAX;

	LIST_EACH(ct, &p->cpu_timers, link) {
		uint64_t now = cpu_clock_read(&ct->clock), at = fires_at(ct);

		left = MIN(left, at > now ? at - now : 0);
	}
	return left;
}

void
cpu_timers_check(struct process *p)
{
	struct cpu_timer *ct, *tmp;

	LIST_EACH_SAFE(ct, tmp, &p->cpu_timers, link) {
		uint64_t now = cpu_clock_read(&ct->clock);

		if (now < fires_at(ct))
			continue;
		list_del(&ct->link);
		fire(ct, now);
	}
}

void
cpu_timers_drop(struct process *p)
{
	struct cpu_timer *ct, *tmp;

	LIST_EACH_SAFE(ct, tmp, &p->cpu_timers, link)
		list_del(&ct->link);
}

/* --- clock_nanosleep(2) --- */

struct cpu_sleeper {
	struct cpu_timer timer;
	struct task *t;
};

static void
sleep_over(struct cpu_timer *ct, uint64_t now_ns)
{
	(void)now_ns;
	task_wake(CONTAINER_OF(ct, struct cpu_sleeper, timer)->t);
}

int
cpu_clock_sleep(struct task *t, const struct cpu_clock *c, uint64_t at_ns)
{
	struct cpu_sleeper s = {.t = t};
	int err = 0;

	cpu_timer_init(&s.timer, c, sleep_over);
	cpu_timer_set(&s.timer, at_ns);
	while (!err && cpu_clock_read(c) < at_ns)
		err = task_sleep(t, "nanosleep", TIME_NEVER);
	cpu_timer_fini(&s.timer);
	return err;
}
