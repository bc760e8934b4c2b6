/* SPDX-License-Identifier: MIT */
/* kernel/internal.h - what the files of kernel/ share among themselves. */
#ifndef KERNEL_INTERNAL_H
#define KERNEL_INTERNAL_H

#include "include/abi/sched.h"
#include "kernel/ptrace.h"
#include "kernel/task.h"

struct vcpu;

/* kernel/run.c: the machine's side of things. */
void machine_timer_set(uint64_t deadline_ns);
/* machine_cpu_idle - wait for events or machine_cpu_wake().  False: @v was
 * given to another task meanwhile; the caller, resumed by a switch, has a vCPU
 * again, but is not through with schedule(). */
bool machine_cpu_idle(struct vcpu *v);
/* machine_cpu_give - let @next go on on the idle @v; *@save is the stack of who
 * idled it.  False: that cannot be done. */
bool machine_cpu_give(struct vcpu *v, uint64_t *save, const struct task *next);
void machine_cpu_wake(int cpu);
void machine_thread_kick(int thread);
/* machine_cpu_switch - leave this stack for @sp, @next's (NULL: no task's), as
 * stack_switch(), if that can be done without leaving guest processes.  False:
 * it cannot; the caller is on the vCPU's own host thread now, and does it. */
bool machine_cpu_switch(uint64_t *save, uint64_t sp, const struct task *next);
NORETURN void machine_exit(int status);
/* thread_create - the task's host thread, in its mm, with run.regs. */
MUST_CHECK int thread_create(struct task *t);
void thread_destroy(struct task *t);
/* thread_of - the host thread that @t is on. */
struct mm_thread thread_of(const struct task *t);
/* thread_leave - @t, the caller, is through with its thread and its mm; in
 * t->left is what it may still be on.  Before mm_unuse().  Sleeps. */
void thread_leave(struct task *t);
/* thread_left - @t is off what it has left, or will be before anyone else gets
 * the kernel lock.  Sleeps, but not after others may have it. */
void thread_left(struct task *t);
/* thread_fp_save - the xsave image into a new buffer.  *@out may be NULL for
 * "initial state". */
MUST_CHECK int thread_fp_save(struct task *t, void **out, uint32_t *len);
MUST_CHECK int thread_fp_load(struct task *t, const void *buf, uint32_t len);
uint32_t thread_fp_size(void);
/* task_main - the first function on a task's kernel stack. */
void task_main(void *arg);

/* kernel/kstack.c */
MUST_CHECK int sched_task_init(struct task *t, void (*fn)(void *), void *arg);
void sched_task_fini(struct task *t);
/* kernel/sched.c */
/* sched_arrive - first thing on a stack switched to: have the kernel lock, put
 * the former task where it belongs. */
void sched_arrive(void);
/* task_stop_here - sleep in @state until somebody makes us ready. */
void sched_park(struct task *t, enum task_state state, const char *wchan);
/* sched_settle - account what a running task used since started_ns, to user and
 * system in the proportion of its cycles.  sched_charge - the same of the
 * caller's own, and see to its CPU timers. */
void sched_settle(struct task *t);
void sched_charge(struct task *t);
/* sched_recheck - who waits for @v may have to run before who has it. */
void sched_recheck(struct vcpu *v);
/* kernel/sched_rt.c: a real-time task has used @used_ns of @v. */
void sched_rt_init(struct vcpu *v);
void sched_rt_charge(struct vcpu *v, uint64_t now_ns, uint64_t used_ns);
/* sched_uncharged - @t's time is charged from now on. */
void sched_uncharged(struct task *t);

/* sched_mode - it is @tsc by the cycle counter; until now @t was in guest code,
 * if @user. */
static inline void
sched_mode(struct task *t, uint64_t tsc, bool user)
{
	int64_t n = (int64_t)(tsc - t->mode_tsc);

	t->mode_tsc = tsc;
	*(user ? &t->user_tsc : &t->sys_tsc) += (uint64_t)MAX(n, 0);
}

/* kernel/sched_sync.c: a task that wakes another and then sleeps */
/* sync_keeps - the running task of @v has woken one that an idle vCPU could
 * run: is it kept for @v? */
bool sync_keeps(struct vcpu *v);
/* sync_stops - @v goes on without @t, which sleeps, or could run on. */
void sync_stops(struct vcpu *v, struct task *t, bool sleeps);
/* sync_enter - @t goes to its guest code.  Returns: thread_run.spare. */
uint32_t sync_enter(struct vcpu *v, struct task *t);
/* sync_left - .. and is back; @took_long: the spare one was woken. */
void sync_left(struct vcpu *v, struct task *t, bool took_long);

/* kernel/sched.c */
/* sched_unkeep - whom @v keeps may run anywhere. */
void sched_unkeep(struct vcpu *v);
/* sched_spare - an idle vCPU for whom @v keeps, as thread_run.spare. */
uint32_t sched_spare(struct vcpu *v);

static inline bool
task_is_realtime(const struct task *t)
{
	return t->policy == LX_SCHED_FIFO || t->policy == LX_SCHED_RR;
}

/* kernel/exit.c */
/* task_change_mm - @t, the caller, is through with its mm and has @to next, if
 * that is not NULL; maybe with the host side it had, else as mm_need_home().
 * Sleeps. */
void task_change_mm(struct task *t, struct mm *to, uint64_t kin);
/* process_release - reap: forget a zombie process for good. */
void process_release(struct process *p);

/* task_zombie_seen - @t, a zombie, is not traced any more: its tracer has
 * waited for it (@is_reaped) or is gone. */
void task_zombie_seen(struct task *t, bool is_reaped);

/* kernel/task.c */
MUST_CHECK int task_alloc(struct task **out);
void task_free(struct task *t);
MUST_CHECK int process_alloc(struct process **out);
void task_link(struct task *t);
void task_unlink(struct task *t);

/* task_retire - a zombie thread, or the leader whose place was taken, goes. */
void task_retire(struct task *t);

/* kernel/crash.c */
struct lx_siginfo;
struct sigqueue;
void crash_report(struct task *t, const struct lx_siginfo *info);

/* kernel/stop.c: are all threads parked? */
bool process_all_stopped(const struct process *p);
/* task_must_stop - is there a group-stop @t has not taken part in? */
bool task_must_stop(const struct task *t);

/* kernel/clone.c: tell the vfork parent that it may go on. */
void vfork_done(struct task *t);

/* kernel/signal.c */
/* task_wake_for_signal - @t has something to look at. */
void task_notice(struct task *t, bool fatal);

/* kernel/sigwatch.c: @t (or nobody) ignores @info; say so to trap_observer, if
 * there is one, on @t's way out of the kernel. */
void sigwatch_ignored(struct task *t, const struct lx_siginfo *info);
void sigwatch_show(struct task *t);
void sigwatch_forget(struct task *t);

/* kernel/stop.c: job control; whether @t must stop now. */
void task_do_stop(struct task *t, int sig);
void process_continue(struct process *p);

/* kernel/futex.c: robust list, PI, clear_tid at exit or exec. */
void futex_exit(struct task *t);
/* kernel/posix_timer.c, itimer.c */
void process_timers_init(struct process *p);
void process_timers_fini(struct process *p);
void posix_timers_delete_all(struct process *p);
/* posix_timer_dequeued - @q's signal was taken: account overrun, rearm. */
void posix_timer_dequeued(struct sigqueue *q, struct lx_siginfo *info);
/* posix_timer_entry_dropped - its queue entry is out of the queue. */
void posix_timer_entry_dropped(struct sigqueue *q);
/* process_watch_cpu - a CPU timer was armed: time must be charged in time. */
void process_watch_cpu(struct process *p);
/* cpu_timers_tick - all that runs on CPU time: after some was charged. */
void cpu_timers_tick(struct task *t);
bool process_has_cpu_timers(const struct process *p);

#endif /* KERNEL_INTERNAL_H */
