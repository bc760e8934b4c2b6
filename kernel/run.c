/* SPDX-License-Identifier: MIT */
/*
 * kernel/run.c - the loop around trap_handle() where the kernel runs on vCPU
 * threads, and the rest of kernel/'s dealings with the machine.
 */
#include "arch/um/boot.h"
#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "base/block.h"
#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "base/trace.h"
#include "kernel/facts.h"
#include "kernel/internal.h"
#include "kernel/rseq.h"
#include "kernel/run.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/trap.h"
#include "mm/mm.h"
#include "mm/patch.h"

static struct event_ring *const ring = (struct event_ring *)EVENT_RING;
static event_fn *handlers[EVENT_SHUTDOWN + 1];
static uint32_t fp_size;

void
run_init(const struct boot_params *bp)
{
	fp_size = (uint32_t)bp->xstate_size;
}

/* --- events --- */

void
event_register(uint32_t type, event_fn *fn)
{
	kassert(type < ARRAY_LEN(handlers));
	handlers[type] = fn;
}

void
irq_poll(void)
{
	uint32_t tail;

	while (ring->head !=
	       (tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE))) {
		struct event e = ring->e[ring->head % EVENT_RING_LEN];

		__atomic_store_n(&ring->head, ring->head + 1, __ATOMIC_RELEASE);
		trace(TR_EVENT, 0, e.type, (uint64_t)e.result);
		if (e.type == EVENT_IO_DONE)
			io_complete(e.cookie, e.result);
		else if (e.type == EVENT_TIMER)
			timers_run();
		else if (e.type < ARRAY_LEN(handlers) && handlers[e.type])
			handlers[e.type](e.cookie, e.result);
	}
}

/* --- the machine --- */

void
machine_timer_set(uint64_t deadline_ns)
{
	uint64_t at = deadline_ns == TIME_NEVER ? 0 : MAX(deadline_ns, 1ull);

	if (HYPER1(TIMER_SET, MIN(at, (uint64_t)INT64_MAX)) < 0)
		panic("the machine refuses a timer");
}

bool
machine_cpu_idle(struct vcpu *v)
{
	int64_t ret;

	klock_drop();
	ret = HYPER1(CPU_IDLE, v->id);
	if (!ret)
		return false;
	if (ret < 0)
		log_once("the machine cannot idle");
	klock_take();
	return true;
}

void
machine_cpu_wake(int cpu)
{
	if (HYPER1(CPU_WAKE, cpu) < 0)
		log_once("the machine cannot wake vCPU %d", cpu);
}

bool
machine_cpu_switch(uint64_t *save, uint64_t sp, const struct task *next)
{
	return HYPER3(CPU_SWITCH, save, sp, next ? next->run.carrier : 0) == 0;
}

bool
machine_cpu_give(struct vcpu *v, uint64_t *save, const struct task *next)
{
	return HYPER4(CPU_GIVE, v->id, save, next->ksp, next->run.carrier) > 0;
}

void
machine_exit(int status)
{
	HYPER1(EXIT, status);
	panic("the machine did not stop");
}

void
machine_thread_kick(int thread)
{
	/* A thread that died meanwhile stops by itself. */
	(void)HYPER1(THREAD_KICK, thread);
}

void
vcpu_start(int cpu)
{
	machine_cpu_wake(cpu);
}

/* --- guest threads --- */

#define HOST_REFUSALS 4 /* in a row: then the task cannot go on */

uint32_t
thread_fp_size(void)
{
	return fp_size;
}

static int
thread_new(struct task *t)
{
	int64_t id;
	int as = mm_as_id(t->mm);

	klock_drop();
	id = HYPER4(THREAD_NEW, as, &t->run.regs, &t->run.carrier,
		    &t->run.facts);
	klock_take();
	if (id < 0)
		return (int)id;
	mm_thread_made(t->mm);
	t->thread = (int)id;
	t->pinned_cpu = (int)HYPER1(AS_PIN, as);
	return 0;
}

int
thread_create(struct task *t)
{
	struct mm_thread waits;
	int err = mm_need_home(t->mm, 0);

	if (err)
		return err;
	if (mm_take_thread(t->mm, &waits)) {
		t->thread = waits.id;
		t->run.carrier = waits.carrier;
		t->run.facts = waits.facts;
	} else {
		err = thread_new(t);
	}
	t->run.flags = RUN_SET_REGS | RUN_SET_TLS;
	return err;
}

/* First on a host thread: it begins with what its maker had, not with what the
 * one before left. */
static int
thread_begin(struct task *t)
{
	int err = 0;

	if (t->initial_fp)
		err = thread_fp_load(t, t->initial_fp, t->initial_fp_len);
	kfree(t->initial_fp);
	t->initial_fp = NULL;
	facts_publish(t);
	return err;
}

struct mm_thread
thread_of(const struct task *t)
{
	return (struct mm_thread){t->thread, t->run.carrier, t->run.facts};
}

static void
no_thread_any_more(struct task *t)
{
	t->thread = -1;
	t->run.carrier = t->run.facts = 0;
}

void
thread_destroy(struct task *t)
{
	if (t->thread < 0)
		return;
	if (HYPER1(THREAD_FREE, t->thread) < 0)
		log_once("the machine cannot free thread %d", t->thread);
	no_thread_any_more(t);
}

void
thread_left(struct task *t)
{
	if (!mm_left_alone(&t->left))
		mm_left_done(&t->left);
}

void
thread_leave(struct task *t)
{
	const struct mm_thread thread = thread_of(t);

	if (t->thread < 0 || t->left.thread.carrier ||
	    !mm_leave(t->mm, &thread, &t->left)) {
		thread_destroy(t);
		return;
	}
	no_thread_any_more(t);
}

int
thread_fp_save(struct task *t, void **out, uint32_t *len)
{
	int64_t n;
	void *buf;

	*out = NULL;
	*len = 0;
	if (t->thread < 0)
		return 0;
	buf = kmalloc(fp_size);
	if (!buf)
		return -ENOMEM;
	n = HYPER3(THREAD_GET_FP, t->thread, buf, fp_size);
	if (n < 0) {
		kfree(buf);
		return (int)n;
	}
	*out = buf;
	*len = (uint32_t)n;
	return 0;
}

int
thread_fp_load(struct task *t, const void *buf, uint32_t len)
{
	return (int)HYPER3(THREAD_SET_FP, t->thread, buf, len);
}

/* When a system call ends a record is made, so the clock was read just now. */
static uint64_t
entry_tsc(const struct task *t, uint32_t nops)
{
	bool is_recent = t->run.stop.kind == STOP_SYSCALL && !nops &&
			 !(t->run.flags & RUN_SET_TLS);

	return is_recent ? trace_newest() : __builtin_ia32_rdtsc();
}

/* @nops as in t->run, but needs no load: that would wait for its store. */
static void
enter_guest(struct task *t, uint32_t nops)
{
	sched_mode(t, entry_tsc(t, nops), false);
	if (process_has_cpu_timers(t->proc))
		sched_charge(t);
}

/* Let @t's guest code run until it stops.  The kernel lock is dropped. */
static void
run_guest(struct task *t)
{
	uint32_t nops, spare;
	int64_t err;

	if (ptrace_is_stepping(t))
		t->run.flags |= RUN_SINGLESTEP;
	/* A signal may have come when a call that is a jump returned. */
	t->run.cont = 0;
	if (t->run.flags & RUN_RETURNED && !(t->run.regs.eflags & UM_EFLAGS_TF))
		t->run.cont = patch_cont(t->mm, t->run.regs.rip);
	nops = mm_take_ops(t->mm, t->thread, &t->run.ops);
	t->run.nops = nops;
	t->run.spare = spare = sync_enter(this_vcpu(), t);
	t->in_guest = true;
	enter_guest(t, nops);
	klock_drop();
	err = HYPER2(THREAD_RUN, t->thread, &t->run);
	klock_take();
	sched_mode(t, __builtin_ia32_rdtsc(), true);
	t->in_guest = false;
	t->barrier_seen = true;
	sync_left(this_vcpu(), t, t->run.spare != spare);
	if (process_has_cpu_timers(t->proc))
		sched_charge(t);
	if (err == 0) {
		mm_ops_done(t->mm);
		t->run.flags = 0;
		t->host_refusals = 0;
		return;
	}
	/* It did not run: everything is mapped anew, from less. */
	mm_ops_failed(t->mm);
	t->run.stop.kind = STOP_KICKED;
	if (++t->host_refusals < HOST_REFUSALS)
		return;
	log_warn("task %d: the host refuses its mappings: %s", t->tid,
		 str_errno((int)-err));
	t->run.stop.kind = STOP_DIED;
}

/* What threads of one address space have changed in it must be with the host
 * before any of them goes on.  Returns: whether this slept. */
static bool
flush_shared(struct task *t)
{
	if (!mm_must_flush(t->mm) || t->host_refusals >= HOST_REFUSALS)
		return false;
	if (mm_flush(t->mm))
		t->host_refusals++;
	return true;
}

static void
no_thread(struct task *t, int err)
{
	log_warn("task %d: no host thread: %s", t->tid, str_errno(-err));
	task_exit_group(t, LX_SIGKILL);
}

/* A host thread for @t, which may be bound to another vCPU then. */
static void
get_thread(struct task *t)
{
	int err = thread_create(t);

	if (!err)
		err = thread_begin(t);
	if (err)
		no_thread(t, err);
	else if (t->pinned_cpu >= 0 && t->pinned_cpu != t->cpu)
		schedule();
}

static void
begin(struct task *t)
{
	int err = 0;

	if (t->start_fn)
		err = t->start_fn(t);
	if (err)
		task_exit_group(t, err);
	err = t->thread >= 0 ? thread_begin(t) : 0;
	if (err)
		no_thread(t, err);
}

void
task_main(void *arg)
{
	struct task *t = arg;

	sched_arrive();
	begin(t);
	for (;;) {
		trap_exit(t); /* may not return */
		if (t->thread < 0) {
			get_thread(t);
			continue;
		}
		/* What may sleep is followed by another look at signals, and at
		 * who should run. */
		if (flush_shared(t))
			continue;
		if (t->rseq_stale) {
			rseq_update(t);
			continue;
		}
		run_guest(t);
		thread_left(t);
		trap_handle(t, &t->run.stop);
	}
}
