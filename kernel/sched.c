/* SPDX-License-Identifier: MIT */
/*
 * kernel/sched.c - the run queue and switching; see kernel/sched.h.
 *
 * The queue is a list sorted by virtual run time.  A task that wakes is put no
 * further back than WAKE_CREDIT before the smallest, so that sleepers come
 * soon and cannot save time up.
 */
#include "kernel/sched.h"

#include "arch/um/layout.h"
#include "arch/um/x86_64/switch.h"
#include "base/block.h"
#include "base/panic.h"
#include "base/time.h"
#include "base/trace.h"
#include "kernel/block.h"
#include "kernel/internal.h"

#define SLICE_NS       6000000ull
#define WAKE_CREDIT_NS 3000000ull
#define LINGER_NS      4000000ull
#define PREEMPT_NS     1000000ull /* how much further a waker must be */

struct vcpu vcpus[VCPU_MAX];
uint32_t vcpu_count = 1;

static struct list run_queue = LIST_INIT(run_queue);
static uint32_t nr_ready;
static uint64_t min_vruntime;

struct vcpu *
this_vcpu(void)
{
	uint64_t *base = (uint64_t *)((uint64_t)__builtin_frame_address(0) &
				      ~(KSTACK_SIZE - 1));
	struct task *t = (struct task *)base[0];

	return t ? &vcpus[t->cpu] : (struct vcpu *)base[1];
}

struct task *
current_task(void)
{
	uint64_t *base = (uint64_t *)((uint64_t)__builtin_frame_address(0) &
				      ~(KSTACK_SIZE - 1));

	return (struct task *)base[0];
}

static bool
runs_before(const struct task *a, const struct task *b)
{
	if (task_is_realtime(a) || task_is_realtime(b)) {
		if (task_is_realtime(a) != task_is_realtime(b))
			return task_is_realtime(a);
		return a->rt_priority > b->rt_priority;
	}
	return (int64_t)(a->vruntime - b->vruntime) < 0;
}

/* The same on @v, where real-time tasks may have had their share. */
static bool
goes_first(const struct vcpu *v, const struct task *a, const struct task *b)
{
	if (v->rt.is_over && task_is_realtime(a) != task_is_realtime(b))
		return task_is_realtime(b);
	return runs_before(a, b);
}

/* May @t have what its equals wait for?  Who is SCHED_FIFO keeps his place
 * until he sleeps or yields. */
static bool
is_ahead_of_equals(const struct task *t)
{
	return t->policy == LX_SCHED_FIFO && !t->is_yielding;
}

static void
enqueue(struct task *t, bool is_ahead)
{
	struct list *at = run_queue.prev;
	struct task *o;

	while (at != &run_queue) {
		o = LIST_ENTRY(at, struct task, in_queue);
		if (is_ahead ? runs_before(o, t) : !runs_before(t, o))
			break;
		at = at->prev;
	}
	list_insert(at, &t->in_queue);
	nr_ready++;
}

static void
dequeue(struct task *t)
{
	list_del(&t->in_queue);
	nr_ready--;
}

static bool
may_run_on(const struct task *t, int cpu)
{
	if (t->pinned_cpu >= 0)
		return t->pinned_cpu == cpu;
	return t->affinity >> cpu & 1;
}

static struct task *
pick(int cpu)
{
	struct task *t, *late = NULL;

	LIST_EACH(t, &run_queue, in_queue) {
		if (!may_run_on(t, cpu))
			continue;
		if (!vcpus[cpu].rt.is_over || !task_is_realtime(t))
			return t;
		if (!late)
			late = t;
	}
	return late;
}

static void
preempt(struct vcpu *v)
{
	v->need_resched = true;
	if (v->cur && v->cur->in_guest && v->cur->thread >= 0)
		machine_thread_kick(v->cur->thread);
}

static void
slice_over(struct ktimer *tm)
{
	struct vcpu *v = CONTAINER_OF(tm, struct vcpu, slice_timer);

	if (v->cur && pick(v->id))
		preempt(v);
}

void
sched_recheck(struct vcpu *v)
{
	struct task *next = v->cur ? pick(v->id) : NULL;

	if (next && goes_first(v, next, v->cur))
		preempt(v);
}

static void
wake_idle(struct vcpu *v)
{
	if (v->is_idle) {
		v->is_idle = false;
		machine_cpu_wake(v->id);
	}
}

/* @t has the vCPU now; somebody may wait for the end of its slice. */
static void
begin_slice(struct vcpu *v, struct task *t, bool is_wanted)
{
	v->need_resched = false;
	sched_uncharged(t);
	if ((int64_t)(t->vruntime - min_vruntime) > 0)
		min_vruntime = t->vruntime;
	v->slice_end_ns = t->started_ns + SLICE_NS;
	if (is_wanted)
		ktimer_set(&v->slice_timer, v->slice_end_ns);
	else
		ktimer_cancel(&v->slice_timer);
}

/* An idle vCPU goes on with @t at once, without asking who idles it. */
static bool
give_idle(struct vcpu *v, struct task *t)
{
	struct task *idler = v->idler;
	uint64_t *save = idler ? &idler->ksp : &v->idle_sp;

	if (!t->run.carrier)
		return false;
	t->cpu = v->id;
	v->is_given = true;
	v->cur = t;
	if (!machine_cpu_give(v, save, t)) {
		t->cpu = -1;
		v->is_given = false;
		v->cur = NULL;
		return false;
	}
	v->is_idle = false;
	v->idler = NULL;
	if (idler)
		idler->cpu = -1;
	v->idle_ns += clock_monotonic_ns() - v->idle_since_ns;
	v->switches += 2;
	dequeue(t);
	t->rseq_stale = true;
	begin_slice(v, t, pick(v->id));
	trace(TR_SWITCH, t->tid, (uint64_t)t->tid, 0);
	return true;
}

/* Is @a better than @b for @t to run on, or to wait for? */
static bool
is_better(const struct task *t, const struct vcpu *a, const struct vcpu *b)
{
	bool a_now = goes_first(a, t, a->cur);

	if (a_now != goes_first(b, t, b->cur))
		return a_now;
	return runs_before(b->cur, a->cur);
}

static struct vcpu *
find_busiest(const struct task *t)
{
	struct vcpu *busiest = NULL;

	for (uint32_t i = 0; i < vcpu_count; i++) {
		struct vcpu *v = &vcpus[i];

		if (!v->cur || v->is_away || !may_run_on(t, (int)i))
			continue;
		sched_settle(v->cur);
		if (!busiest || is_better(t, v, busiest))
			busiest = v;
	}
	return busiest;
}

/* A ready task must run somewhere soon: an idle vCPU, else instead of one that
 * has had much more, else when a slice ends.  @waker: or after who woke it. */
static void
find_vcpu(struct task *t, struct vcpu *waker)
{
	struct vcpu *busiest, *idle = NULL;
	bool looks = false;

	for (uint32_t i = 0; i < vcpu_count; i++) {
		struct vcpu *v = &vcpus[i];

		if (!v->is_up || !may_run_on(t, (int)i))
			continue;
		if (v->is_idle)
			idle = v;
		else if (!v->cur)
			looks = true; /* on its way to the queue */
	}
	if (idle && !looks && waker && nr_ready == 1 && !task_is_realtime(t) &&
	    may_run_on(t, waker->id) && sync_keeps(waker))
		return;
	if (idle && !give_idle(idle, t))
		wake_idle(idle);
	if (idle || looks)
		return;
	busiest = find_busiest(t);
	if (!busiest)
		return;
	if (goes_first(busiest, t, busiest->cur) &&
	    (task_is_realtime(t) || task_is_realtime(busiest->cur) ||
	     busiest->cur->vruntime - t->vruntime > PREEMPT_NS))
		preempt(busiest);
	else if (!ktimer_armed(&busiest->slice_timer))
		ktimer_set(&busiest->slice_timer,
			   MAX(busiest->slice_end_ns, clock_monotonic_ns()));
}

void
sched_unkeep(struct vcpu *v)
{
	if (v->keeps && nr_ready)
		find_vcpu(LIST_FIRST(&run_queue, struct task, in_queue), NULL);
	v->keeps = false;
}

uint32_t
sched_spare(struct vcpu *v)
{
	struct task *t = pick(v->id);

	for (uint32_t i = 0; t && i < vcpu_count; i++)
		if (vcpus[i].is_idle && may_run_on(t, (int)i))
			return i + 1;
	return 0;
}

/* Sleepers come soon, and cannot save time up. */
static void
credit(struct task *t)
{
	if ((int64_t)(t->vruntime + WAKE_CREDIT_NS - min_vruntime) < 0)
		t->vruntime = min_vruntime - WAKE_CREDIT_NS;
}

void
sched_ready(struct task *t)
{
	kassert(t->state != TASK_ZOMBIE && t->state != TASK_DEAD);
	if (t->state == TASK_READY)
		return;
	t->state = TASK_READY;
	t->wchan = NULL;
	trace(TR_WAKE, t->tid, (uint64_t)t->tid, 0);
	if (t->cpu >= 0) { /* has not left its vCPU: schedule() will see */
		wake_idle(&vcpus[t->cpu]);
		return;
	}
	credit(t);
	enqueue(t, false);
	find_vcpu(t, this_vcpu());
}

void
sched_arrive(void)
{
	struct vcpu *v = this_vcpu();
	struct task *prev;

	if (v->is_given) {
		v->is_given = false;
		klock_take();
	}
	prev = v->prev;
	v->prev = NULL;
	if (!prev)
		return;
	if (prev->state == TASK_DEAD) {
		task_free(prev);
		return;
	}
	if (prev->state == TASK_READY) {
		/* If nothing else, this arms the end of the next one's slice:
		 * switch_to() did not see @prev in the queue. */
		enqueue(prev, is_ahead_of_equals(prev));
		find_vcpu(prev, NULL);
	}
}

static void
switch_to(struct vcpu *v, struct task *prev, struct task *next)
{
	uint64_t *save = prev ? &prev->ksp : &v->idle_sp;
	uint64_t sp = next ? next->ksp : v->idle_sp;

	v->switches++;
	v->cur = next;
	v->prev = prev;
	if (prev)
		prev->cpu = -1;
	if (next) {
		dequeue(next);
		next->cpu = v->id;
		next->rseq_stale = true;
		begin_slice(v, next, pick(v->id));
		trace(TR_SWITCH, next->tid, (uint64_t)next->tid, 0);
	}
	if (!machine_cpu_switch(save, sp, next))
		stack_switch(save, sp);
	sched_arrive();
}

/* Returns: false if the vCPU was given to somebody else, and the caller, now
 * somewhere else, goes on. */
static bool
idle(struct vcpu *v)
{
	v->is_idle = true;
	v->idle_since_ns = clock_monotonic_ns();
	if (!machine_cpu_idle(v)) {
		sched_arrive();
		return false;
	}
	v->is_idle = false;
	v->idle_ns += clock_monotonic_ns() - v->idle_since_ns;
	irq_poll();
	return true;
}

/* A task that is ready: does it go on? */
static bool
keeps_vcpu(struct vcpu *v, struct task *t)
{
	struct task *next = pick(v->id);

	if (!may_run_on(t, v->id))
		return false;
	if (next && (is_ahead_of_equals(t) ? goes_first(v, next, t)
					   : !goes_first(v, t, next)))
		return false;
	begin_slice(v, t, next);
	return true;
}

static bool
is_asleep(const struct task *t)
{
	return t->state == TASK_SLEEPING || t->state == TASK_BLOCKED ||
	       t->state == TASK_STOPPED || t->state == TASK_TRACED;
}

/* On a vCPU's own host thread there is nothing to be gained, and only that
 * thread could go on with him. */
static bool
may_linger(const struct task *t)
{
	return t->thread < 0 || t->run.carrier;
}

/*
 * With nobody else to run, who goes to sleep idles the vCPU himself: if he is
 * woken first, as one of two tasks that talk to each other, he is where he was,
 * wherever the kernel runs.  Returns: whether he goes on.
 */
static bool
linger(struct vcpu *v, struct task *t)
{
	ktimer_cancel(&v->slice_timer);
	v->cur = NULL;
	v->idler = t;
	while (t->state != TASK_READY && !pick(v->id))
		if (!idle(v))
			return true;
	v->idler = NULL;
	v->cur = t;
	sched_uncharged(t);
	if (t->state != TASK_READY)
		return false;
	v->switches += 2; /* to idling, and back */
	t->rseq_stale = true;
	credit(t);
	return keeps_vcpu(v, t);
}

void
schedule(void)
{
	struct task *t = current_task();
	struct vcpu *v = this_vcpu();

	sched_charge(t);
	sync_stops(v, t, t->state != TASK_READY);
	if (t->state == TASK_READY) {
		t->nivcsw++;
		if (keeps_vcpu(v, t))
			return;
	} else {
		t->nvcsw++;
		if (is_asleep(t) && may_linger(t) && linger(v, t))
			return;
	}
	switch_to(v, t, pick(v->id));
}

bool
sched_is_running(const struct task *t)
{
	return t->cpu >= 0 && vcpus[t->cpu].cur == t && !vcpus[t->cpu].is_away;
}

void
sched_yield_task(struct task *t)
{
	struct task *next = pick(t->cpu);

	if (!next)
		return;
	sched_charge(t);
	if (!task_is_realtime(t) &&
	    (int64_t)(next->vruntime - t->vruntime) >= 0)
		t->vruntime = next->vruntime + 1;
	t->is_yielding = true;
	schedule();
	t->is_yielding = false;
}

void
sched_maybe(void)
{
	if (this_vcpu()->need_resched)
		schedule();
}

void
sched_set_nice(struct task *t, int nice)
{
	t->nice = MAX(-20, MIN(nice, 19));
}

void
sched_set_policy(struct task *t, int policy, int rt_priority)
{
	bool is_queued = !list_empty(&t->in_queue);

	if (is_queued)
		dequeue(t);
	t->policy = policy;
	t->rt_priority = rt_priority;
	if (is_queued) {
		enqueue(t, false);
		find_vcpu(t, NULL);
	} else if (t->cpu >= 0) {
		sched_recheck(&vcpus[t->cpu]);
	}
}

void
sched_kick(struct task *t)
{
	if (t->cpu >= 0 && t->in_guest && t->thread >= 0)
		machine_thread_kick(t->thread);
}

void
sched_park(struct task *t, enum task_state state, const char *wchan)
{
	t->state = state;
	t->wchan = wchan;
	trace(TR_BLOCK, t->tid, (uint64_t)wchan, 0);
	schedule();
	t->wchan = NULL;
}

void
sched_resume(void)
{
	struct task *t = current_task();
	struct vcpu *v = this_vcpu();
	struct task *next;

	v->idle_ns += clock_monotonic_ns() - v->idle_since_ns;
	v->is_away = false;
	t->state = TASK_READY;
	t->wchan = NULL;
	credit(t);
	next = pick(v->id); /* pinned here, or nobody else is free by now */
	begin_slice(v, t, next);
	v->need_resched = next && goes_first(v, next, t);
	v->switches += 2;
}

uint32_t
sched_nr_running(void)
{
	uint32_t n = nr_ready;

	for (uint32_t i = 0; i < vcpu_count; i++)
		n += vcpus[i].cur && !vcpus[i].is_away;
	return n;
}

void
sched_main(int cpu)
{
	struct vcpu *v = &vcpus[cpu];

	v->id = cpu;
	v->is_up = true;
	ktimer_init(&v->slice_timer, slice_over);
	sched_rt_init(v);
	irq_poll();
	for (;;) {
		struct task *next = pick(cpu);

		if (next)
			switch_to(v, NULL, next);
		else
			(void)idle(v);
	}
}
