/* SPDX-License-Identifier: MIT */
/*
 * tracer/seccomp/thread.c - taking turns with a guest thread.
 *
 * The turn word says who goes on; whoever gives it away wakes the other only
 * if that one sleeps.  Both sides can see the word, so a lying guest can take
 * its own turn early or never give it back: then it runs without us, in its
 * own process, until the watchdog kills that.
 */
#include "tracer/fpstate.h"
#include "tracer/seccomp/internal.h"
#include "tracer/stub/hostclock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SPARE_NS     30000ll	 /* others wait for what should sleep soon */
#define COMPUTES_NS  4000000ll	 /* not trapping often */
#define WATCH_NS     500000000ll /* how often a waiting vCPU looks around */
#define GRACE_CPU_NS 300000000ll /* CPU time a kicked thread may still use */
#define ASLEEP_MAX   3		 /* looks at which it may sleep */

/* Does the host say that @t sleeps?  In guest code nothing does. */
static bool
is_asleep(struct gthread *t)
{
	char path[64], text[256], *state;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", t->as->pid,
		 t->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	state = strrchr(text, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

/* What the watchdog has seen of a kicked thread. */
struct watchdog {
	int64_t cpu_at_kick; /* -1: it was not kicked */
	int64_t cpu_last;
	unsigned asleep; /* looks at which it slept, in a row */
};

/* It ignores kicks: computes on, or has the stub wait for what never comes. */
static bool
is_deaf(struct gthread *t, struct watchdog *w)
{
	int64_t cpu = (int64_t)gthread_cpu_ns(t);

	if (w->cpu_at_kick < 0)
		*w = (struct watchdog){cpu, cpu, 0};
	w->asleep = cpu == w->cpu_last && is_asleep(t) ? w->asleep + 1 : 0;
	w->cpu_last = cpu;
	return cpu - w->cpu_at_kick >= GRACE_CPU_NS || w->asleep >= ASLEEP_MAX;
}

/* The watchdog: is @t gone, or does it run on though it was kicked? */
static bool
is_lost(struct gthread *t, struct watchdog *w)
{
	if (gthread_is_gone(t))
		return true;
	if (!atomic_load(&t->is_kicked) ||
	    __atomic_load_n(&t->ctl->turn, __ATOMIC_SEQ_CST) != TURN_GUEST) {
		w->cpu_at_kick = -1;
		return false;
	}
	if (!is_deaf(t, w))
		return false;
	tracer_log(1, "guest process %d ignores kicks: killed", t->as->pid);
	kill(t->as->pid, SIGKILL);
	return true;
}

/* Wait until it is our turn.  Returns the turn word. */
static uint32_t
await_turn(struct gthread *t, struct thread_run *run)
{
	struct stub_ctl *ctl = t->ctl;
	unsigned spins = t->viv_spins;
	struct watchdog watchdog = {.cpu_at_kick = -1};
	uint32_t turn;

	for (unsigned i = spins; i; i--) {
		turn = __atomic_load_n(&ctl->turn, __ATOMIC_ACQUIRE);
		if (turn != TURN_GUEST && turn != TURN_AGENT) {
			spin_learn(&t->viv_spin, spins, true);
			return turn;
		}
		__builtin_ia32_pause();
	}
	spin_learn(&t->viv_spin, spins, false);
	__atomic_store_n(&ctl->viv_sleeps, 1, __ATOMIC_SEQ_CST);
	for (int64_t wait_ns = run->spare ? SPARE_NS : COMPUTES_NS;;) {
		turn = __atomic_load_n(&ctl->turn, __ATOMIC_SEQ_CST);
		if (turn != TURN_GUEST && turn != TURN_AGENT)
			break;
		if (!host_futex_wait(&ctl->turn, turn, now_ns() + wait_ns))
			continue;
		if (wait_ns == SPARE_NS) {
			tracer_env.wake_spare(run);
			wait_ns = COMPUTES_NS;
			continue;
		}
		place_free(&t->place, t->tid);
		if (wait_ns == WATCH_NS && is_lost(t, &watchdog)) {
			turn = TURN_DEAD;
			break;
		}
		wait_ns = WATCH_NS;
	}
	__atomic_store_n(&ctl->viv_sleeps, 0, __ATOMIC_RELAXED);
	return turn;
}

/* How the guest's side waited since its last stop; and for the next. */
static void
learn_guest_spin(struct gthread *t)
{
	bool is_asleep = t->ctl->guest_sleeps;

	spin_learn(&t->guest_spin, t->guest_spins, !is_asleep);
	t->guest_spins = t->ctl->spin = spin_count(&t->guest_spin);
}

/* Where the two sides of the coming turn run, and how they wait.  The agent,
 * if it has work first, needs the core that we would look from. */
static void
prepare_turn(struct gthread *t, bool by_agent)
{
	learn_guest_spin(t);
	t->viv_spins = 0;
	if (by_agent)
		spin_discourage(&t->viv_spin);
	else
		t->viv_spins = spin_count(&t->viv_spin);
	if (t->guest_spins || t->viv_spins)
		place_apart(&t->place, t->tid);
	else
		place_near(&t->place, t->tid);
}

void
turn_give(struct gthread *t)
{
	__atomic_store_n(&t->ctl->turn, TURN_GUEST, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&t->ctl->guest_sleeps, __ATOMIC_SEQ_CST))
		host_futex_wake(&t->ctl->turn, FUTEX_FOR_GUEST);
}

static int
start(struct gthread *t, struct thread_run *run)
{
	int err;

	if (run->nops) {
		__atomic_store_n(&t->ctl->turn, TURN_AGENT, __ATOMIC_SEQ_CST);
		err = aspace_sync(t->as, run->ops, run->nops, t);
		if (err)
			t->ctl->turn = TURN_VIV;
		return err;
	}
	turn_give(t);
	return 0;
}

/* The agent could not map what was asked; the guest did not run. */
static int
batch_failed(struct gthread *t)
{
	t->ctl->turn = TURN_VIV;
	return aspace_failure(t->as);
}

void
turn_died(struct gthread *t, struct thread_run *run)
{
	atomic_store(&t->as->is_tainted, true);
	run->stop = (struct stop){.kind = STOP_DIED, .signo = SIGKILL};
}

void
turn_stopped(struct gthread *t, struct thread_run *run)
{
	if (!frame_store(&t->frame, t->area, run))
		atomic_store(&t->as->is_tainted, true);
}

int
turn_run(struct gthread *t, struct thread_run *run,
	 void (*stopped)(struct gthread *t, struct thread_run *run),
	 void (*died)(struct gthread *t, struct thread_run *run))
{
	uint32_t turn;
	int err;

	t->ctl->kick = 0;
	frame_load(&t->frame, t->area, run);
	/* A kick from now on is seen here, or sees that it runs. */
	atomic_store_explicit(&t->is_running, 1, memory_order_relaxed);
	if (atomic_exchange(&t->is_kicked, 0)) {
		atomic_store(&t->is_running, 0);
		err = run->nops ? aspace_sync(t->as, run->ops, run->nops, NULL)
				: 0;
		run->stop = (struct stop){.kind = STOP_KICKED};
		return err;
	}
	spin_enter();
	prepare_turn(t, run->nops > 0);
	err = start(t, run);
	if (err) {
		spin_leave();
		atomic_store(&t->is_running, 0);
		return err;
	}
	/* aspace_died() sets is_dead first, the turn after. */
	turn = atomic_load(&t->as->is_dead) ? TURN_DEAD : await_turn(t, run);
	spin_leave();
	atomic_store_explicit(&t->is_running, 0, memory_order_release);
	atomic_store_explicit(&t->is_kicked, 0, memory_order_release);
	if (turn == TURN_VIV)
		stopped(t, run);
	else if (turn == TURN_FAILED && !atomic_load(&t->as->is_dead))
		err = batch_failed(t);
	else
		died(t, run);
	return err;
}

void
turn_kick(struct gthread *t)
{
	atomic_store(&t->is_kicked, 1);
	if (atomic_load(&t->is_running))
		syscall(SYS_tgkill, t->as->pid, t->tid, KICK_SIGNAL);
}

void
turn_rest(struct gthread *t)
{
	if (atomic_load(&t->is_running))
		return; /* on another vCPU */
	/* Nothing is learnt from it, unless viv has given up looking. */
	if (t->viv_spins)
		t->guest_spins = 0;
	__atomic_store_n(&t->ctl->spin, 0, __ATOMIC_RELAXED);
}

uint64_t
turn_call_entry(void)
{
	return tracer_env.no_patch || !frame_calls() ? 0
						     : STUB_CODE + STUB_CALL;
}

void
turn_init(struct gthread *t, const struct um_regs *regs)
{
	t->frame.addr = gthread_area_addr(t);
	t->frame.has_fsgsbase = tracer_env.has_fsgsbase;
	t->frame.own_gs =
		turn_call_entry() ? t->frame.addr + AREA_SIZE - CTL_LEN : 0;
	t->ctl->facts = gthread_facts_addr(t);
	frame_make(&t->frame, t->area, regs);
}

int
turn_get_fp(struct gthread *t, void *buf, size_t size)
{
	return frame_get_fp(&t->frame, t->area, buf, size);
}

int
turn_set_fp(struct gthread *t, const void *buf, size_t len)
{
	return frame_set_fp(&t->frame, t->area, buf, len);
}

void
turn_exit(struct gthread *t)
{
	t->ctl->cmd = CMD_EXIT;
	turn_give(t);
}

static int
seccomp_run(struct gthread *t, struct thread_run *run, int cpu)
{
	(void)cpu;
	return turn_run(t, run, turn_stopped, turn_died);
}

const struct backend seccomp_backend = {
	.ops =
		{
			.name = "seccomp",
			TURN_OPS,
			.thread_run = seccomp_run,
		},
	.thread_init = turn_init,
	.thread_exit = turn_exit,
};
