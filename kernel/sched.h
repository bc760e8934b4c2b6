/* SPDX-License-Identifier: MIT */
/*
 * kernel/sched.h - who runs where.
 *
 * A vCPU runs one task at a time: its kernel code on its kernel stack, its
 * guest code by HC_THREAD_RUN from there.  Ready tasks wait in one queue
 * ordered by virtual run time (weighted by nice), real-time tasks before
 * them (but see kernel/sched_rt.c).  Switching is from task to task directly;
 * the vCPU's own idle stack runs only when nothing is ready.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include "kernel/task.h"

#define VCPU_MAX 64

struct vcpu {
	int id;
	struct task *cur;   /* NULL: idle */
	bool is_idle;	    /* waits in HC_CPU_IDLE */
	struct task *idler; /* .. on the stack of this task, which sleeps */
	bool is_given;	    /* cur was let go on by who has the kernel lock */
	bool is_away;	    /* cur waits in the host; sched_stay() */
	bool is_up;
	bool need_resched;
	uint8_t woke; /* times that cur may enter guest code since it woke */
	bool keeps;   /* .. somebody, who is for this vCPU; sched_sync.c */
	uint64_t idle_sp;
	struct task *prev; /* just switched from; to be finished */
	uint64_t slice_end_ns;
	struct ktimer slice_timer;
	uint64_t idle_ns, busy_user_ns, busy_sys_ns, switches;
	uint64_t idle_since_ns;
	struct {
		uint64_t end_ns, used_ns; /* this period's */
		bool is_over;		  /* others come first until its end */
		struct ktimer timer;
	} rt;
};

extern struct vcpu vcpus[VCPU_MAX];
extern uint32_t vcpu_count;

/* this_vcpu - the vCPU the caller runs on. */
struct vcpu *this_vcpu(void);

/* sched_settle_all - account what running tasks have used until now. */
void sched_settle_all(void);

/* sched_ready - make @t runnable and find it a vCPU. */
void sched_ready(struct task *t);

/* schedule - give the vCPU away; the caller's state says if it stays ready.
 * Drops the kernel lock while nothing of it runs. */
void schedule(void);

/* sched_yield_task - sched_yield(2). */
void sched_yield_task(struct task *t);

/* sched_maybe - schedule() if somebody else should run now. */
void sched_maybe(void);

/* sched_set_nice - change it, rescale. */
void sched_set_nice(struct task *t, int nice);

/* sched_set_policy - its policy, and a real-time one's priority (else 0). */
void sched_set_policy(struct task *t, int policy, int rt_priority);

/* Of each period, what real-time tasks may keep from others; -1: all. */
extern int sched_rt_period_us, sched_rt_runtime_us;

/* sched_kick - make @t look at its signals soon, wherever it runs. */
void sched_kick(struct task *t);

/* sched_stay - may the caller block in the host, and its vCPU with it?  Only if
 * another vCPU is idle: that one will run what becomes ready.  Returns: true:
 * until sched_resume() it counts as blocked, and has used no time. */
bool sched_stay(const char *wchan);
void sched_resume(void);

/* sched_has_room - may another task run and take no core from those that do?
 * Each wants two: its own, and one for who makes its host calls. */
bool sched_has_room(void);

/* sched_is_running - does @t have a vCPU, and not to wait there? */
bool sched_is_running(const struct task *t);

/* sched_main - a vCPU's life; called by the image's entry. */
NORETURN void sched_main(int cpu);

/* vcpu_start - have the machine enter the image on vCPU @cpu > 0. */
void vcpu_start(int cpu);

/* sched_nr_running - ready and running tasks, for loadavg. */
uint32_t sched_nr_running(void);

/* sched_loadavg - getloadavg(3)'s three, times 65536. */
void sched_loadavg(uint64_t out[3]);

/* sched_context_switches - since boot. */
uint64_t sched_context_switches(void);

/* irq_poll - take the machine's events and due timers. */
void irq_poll(void);

/* event_handler - who handles EVENT_@type (streams, winch, signals). */
typedef void event_fn(uint64_t cookie, int64_t result);
void event_register(uint32_t type, event_fn *fn);

#endif /* KERNEL_SCHED_H */
