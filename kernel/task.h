/* SPDX-License-Identifier: MIT */
/*
 * kernel/task.h - guest threads and processes.
 *
 * A `struct task` is a thread; a `struct process` is a thread group with what
 * its threads share as a process: ids, parent and children, shared pending
 * signals, limits, timers.  All of it is guarded by the kernel lock; fields
 * marked "own" are touched by the task itself alone.
 */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include "arch/um/trap.h"
#include "base/cred.h"
#include "base/list.h"
#include "base/waitq.h"
#include "include/abi/resource.h"
#include "include/abi/signal.h"
#include "include/annotate.h"
#include "include/types.h"
#include "kernel/timer.h"
#include "mm/mm.h"

struct fdtable;
struct file;
struct fs_ctx;
struct mm;
struct pid;
struct posix_timer;
struct ptrace;
struct session;
struct task;
struct sem_undos;
struct sighand;

#define TASK_COMM_LEN 16

enum task_state {
	TASK_READY,    /* in the run queue, or running (t->cpu >= 0) */
	TASK_SLEEPING, /* interruptible: signals wake it */
	TASK_BLOCKED,  /* uninterruptible: disk I/O, mutexes */
	TASK_STOPPED,  /* job control */
	TASK_TRACED,   /* ptrace stop */
	TASK_ZOMBIE,   /* exited, not yet reaped or released */
	TASK_DEAD,
};

/* One set of pending signals: private to a task, or a process's. */
struct sigpending {
	uint64_t set;
	struct list queue; /* struct sigqueue */
};

/* How an interrupted call goes on: restart_syscall(2). */
struct restart_block {
	sysret_t (*fn)(struct task *t, struct restart_block *rb);
	uint64_t deadline_ns;
	uint64_t arg[4];
};

struct task {
	int tid;
	struct process *proc;
	struct pid *pid;
	struct list in_process; /* process.threads */
	struct list in_all;

	/* What it uses; each counted, each may be shared. */
	struct mm *mm; /* NULL once exited */
	struct fdtable *files;
	struct fs_ctx *fs;
	struct sighand *sighand;
	struct cred cred;

	/* The host side. */
	int (*start_fn)(struct task *t); /* run first; NULL: guest code */
	int thread;			 /* HC_THREAD_* id, or -1 */
	int pinned_cpu;			 /* -1: any */
	int host_refusals;		 /* runs refused in a row */
	struct thread_run run;		 /* registers, last stop; own */
	void *initial_fp; /* xsave image for the first run, or NULL */
	uint32_t initial_fp_len;
	struct mm_left left; /* host thread it may still be on; own */

	/* Scheduling; kernel/sched.c. */
	enum task_state state;
	int cpu;	   /* vCPU it is on, or -1 */
	bool barrier_seen; /* has entered the kernel since it was cleared */
	bool in_guest;	   /* its guest thread may be running */
	bool is_woken;	   /* a wake-up since the last sleep began */
	bool is_timed_out;
	int8_t syncs; /* how often it woke another and slept; sched_sync.c */
	uint64_t kstack, ksp; /* base; saved stack pointer */
	struct list in_queue;
	uint64_t vruntime, affinity;
	uint64_t started_ns; /* it got its vCPU, or was last charged */
	/* Cycles since then; and when it last entered or left guest code. */
	uint64_t user_tsc, sys_tsc, mode_tsc;
	int nice, policy, rt_priority;
	bool resets_on_fork;
	bool is_yielding;  /* gives way to its equals */
	const char *wchan; /* what it sleeps for; NULL: running */
	uint64_t wchan_arg;
	struct ktimer sleep_timer;

	/* Signals; kernel/signal.c. */
	struct sigpending pending;
	struct list unseen; /* ignored, for trap_observer; sigwatch.c */
	uint64_t blocked, saved_mask; /* saved_mask: of sigsuspend, ppoll */
	uint64_t awaited;	      /* sigtimedwait's set while it sleeps */
	bool restore_mask;
	bool ptrace_notice;   /* the tracer wants something of it */
	bool is_forced;	      /* the pending fault may kill even init */
	bool is_kill_pending; /* SIGKILL or group exit: wakes all sleeps */
	struct lx_sigaltstack altstack;
	uint64_t fault_addr, fault_err, fault_trapno; /* the last fault's */
	struct restart_block restart;
	uint64_t read_deadline_ns; /* of a tty read begun at trap read_trap */
	uint32_t read_trap;

	/* Threads' debts at exit; set_tid_address(2), set_robust_list(2). */
	uaddr_t clear_tid, robust_list;
	uaddr_t rseq;
	uint32_t rseq_len, rseq_sig;
	int rseq_cpu;	     /* what its area says */
	bool rseq_stale;     /* it was switched in since */
	struct list pi_held; /* futexes; kernel/futex.c */

	/* Life. */
	int exit_code; /* wait(2)'s status word */
	int pdeath_sig;
	struct task *vfork_parent; /* waits for us to exec or exit */
	bool is_exiting;
	bool is_reaped; /* released while still on its own stack */
	bool has_execed;
	char comm[TASK_COMM_LEN];
	uint64_t start_ns; /* monotonic */
	uint64_t utime_ns, stime_ns;
	uint64_t nvcsw, nivcsw, minflt, majflt;
	uint64_t timer_slack_ns;
	uint32_t personality;

	/* ptrace(2); kernel/ptrace.h. */
	struct ptrace *ptrace; /* being traced, or NULL */
	struct list tracees;   /* struct ptrace: whom it traces */
	bool is_trace_stopped; /* stands still until its tracer resumes it */
	int ptrace_sig;	       /* what it was resumed with */
	uint32_t stop_seen;    /* the group-stop its tracer let it out of */

	struct sem_undos *sem_undos; /* semop(2)'s SEM_UNDO; NULL: none */
	struct seccomp *seccomp;     /* its filters; kernel/seccomp.h */
	int seccomp_mode;	     /* LX_SECCOMP_MODE_* */

	/* For dumps: the last traps. */
	struct {
		uint64_t a;
		uint32_t kind;
	} last[4];
	uint32_t last_n;
};

enum { ITIMER_COUNT = 3 };

struct process {
	int pid;
	uint32_t refs;
	struct task *leader; /* may be a zombie before the others */
	struct list threads; /* tasks not yet released */
	uint32_t nthreads;   /* tasks that have not exited */
	uint32_t nzombies;   /* threads whose tracer is to see their end */
	struct list in_all;

	struct process *parent; /* NULL for init and once reaped */
	struct list children, sibling;
	int maker_tid;	       /* the parent's thread that made it */
	int exit_signal;       /* told to the parent; 0: none */
	struct waitq child_wq; /* a child changed state */
	bool is_subreaper;
	uint32_t membarrier; /* registered commands */
	uint16_t ioprio;     /* of its threads; ioprio_set(2) */

	struct pid *pgrp_pid, *session_pid; /* counted */
	struct list in_pgrp, in_session;
	bool is_session_leader;
	bool has_tty; /* its session's controlling terminal is its */

	struct sigpending pending;

	/* Ending and stopping. */
	bool is_group_exit;
	int group_exit_code;	/* status word */
	struct task *exec_task; /* execve is killing the other threads */
	bool is_zombie;		/* all threads exited, to be waited for */
	int exit_code;
	bool is_stopped;  /* job control */
	int stop_code;	  /* signal; to be reported once */
	uint32_t stop_nr; /* counts stops, from 1 */
	bool stop_reported, continued_unreported;

	struct lx_rlimit rlim[LX_RLIM_NLIMITS];
	struct {
		uint64_t interval_ns, value_ns;
		uint64_t not_before_ns; /* of those of CPU time */
		struct ktimer timer;
	} itimer[ITIMER_COUNT];
	struct ktimer cpu_watch; /* CPU timers may be due; kernel/itimer.c */
	uint64_t xcpu_next_ns;	 /* CPU time of the next SIGXCPU */
	struct list posix_timers;
	struct list cpu_timers; /* armed; kernel/cpu_timer.h */
	int next_timer_id;

	/* Gone threads', and reaped children's. */
	uint64_t utime_ns, stime_ns, cutime_ns, cstime_ns;
	uint64_t minflt, majflt, cminflt, cmajflt;
	uint64_t nvcsw, nivcsw, cnvcsw, cnivcsw;
	uint64_t maxrss_pages, cmaxrss_pages;
	uint64_t rchar, wchar, syscr, syscw;

	struct file *exe; /* counted */
	bool has_execed;  /* setpgid(2)'s EACCES */
	bool is_dumpable;
	int oom_score_adj;
	uint64_t start_ns; /* monotonic */
};

/* current_task - the task whose kernel stack this is; NULL on a vCPU's idle
 * stack and in the boot path. */
struct task *current_task(void);

/* task_block - sleep until @w has fired or a signal comes; clears w->fired.
 * Declared here for syscall code; see kernel/block.h for all forms. */
MUST_CHECK int task_block(struct task *t, struct waiter *w);

/* task_signal - send @sig to the thread @t as if by the kernel. */
void task_signal(struct task *t, int sig);

/* rlimit_get - the soft limit LX_RLIMIT_@which. */
static inline uint64_t
rlimit_get(const struct task *t, int which)
{
	return t->proc->rlim[which].rlim_cur;
}

/* task_find, process_find - by number, or NULL.  Not counted: valid until
 * the caller sleeps. */
struct task *task_find(int tid);
struct process *process_find(int pid);

/* process_get, process_put - keep the struct (not the process) alive. */
struct process *process_get(struct process *p);
void process_put(struct process *p);

/* task_each, process_each - for /proc, kill(-1).  @fn must not sleep. */
void task_each(void (*fn)(struct task *t, void *arg), void *arg);
void process_each(void (*fn)(struct process *p, void *arg), void *arg);
extern uint32_t task_count, process_count;
extern uint64_t task_forks; /* since boot, for /proc/stat */

/* What clone(2) and clone3(2) come to. */
struct clone_req {
	uint64_t flags; /* LX_CLONE_*, no signal */
	int exit_signal;
	uint64_t stack; /* new stack pointer, 0: the parent's */
	uint64_t tls;
	uaddr_t parent_tid, child_tid, pidfd;
	int set_tid; /* 0: any */
};
MUST_CHECK int task_clone(struct task *t, const struct clone_req *req);

/* task_spawn_init - PID 1, not yet runnable program: its task runs @fn, which
 * executes a program and returns; then the guest runs. */
MUST_CHECK int task_spawn_init(int (*fn)(struct task *t), struct fs_ctx *fs);

/* task_spawn - a process without a program yet, child of @parent, that runs
 * @fn first; as task_spawn_init(). */
MUST_CHECK int task_spawn(struct task *parent, int (*fn)(struct task *t),
			  int *pid);

/* task_unshare - unshare(2); namespaces are configured out (-EINVAL). */
MUST_CHECK int task_unshare(struct task *t, uint64_t flags);

/* task_may_trace - ptrace(2)'s access check ("PTRACE_MODE_ATTACH"). */
bool task_may_trace(const struct task *by, const struct task *of);

/* task_spawn_kernel - a task without a guest program, that nobody sees: no
 * number, no signals.  @fn must not return.  *@out: to task_wake() it. */
MUST_CHECK int task_spawn_kernel(const char *name, int (*fn)(struct task *t),
				 struct task **out);

/* task_exit - end this thread; task_exit_group - the whole process.  @code is
 * a wait(2) status word.  They return: the trap's exit path ends the task. */
void task_exit(struct task *t, int code);
void task_exit_group(struct task *t, int code);

/* task_finish - where an exiting task stops existing; does not return. */
NORETURN void task_finish(struct task *t);

/*
 * task_exec - execve(2) with kernel copies; @argv, @envp are in the caller's
 * memory.  See kernel/exec.h.
 */

/* task_dump_all - who is there and what it waits for; for panics. */
void task_dump_all(void);

/* process_exit_hook - told of every process that became a zombie; drivers/
 * hang up its terminal if it led a session. */
extern void (*process_exit_hook)(struct process *p);

/* process_cpu_ns - CPU time of all threads. */
void process_cpu_ns(const struct process *p, uint64_t *utime, uint64_t *stime);
void task_cpu_ns(struct task *t, uint64_t *utime, uint64_t *stime);

/* task_set_comm - at most 15 bytes. */
void task_set_comm(struct task *t, const char *name);

/* task_is_init - PID 1's process. */
static inline bool
process_is_init(const struct process *p)
{
	return p->pid == 1;
}

#endif /* KERNEL_TASK_H */
