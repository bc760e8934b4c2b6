/* SPDX-License-Identifier: MIT */
/*
 * tracer/internal.h - what the back ends share: guest processes, their
 * agents, the threads in them, the keeper that makes and recycles them.
 *
 * Locks: pool.lock, then aspace.lock; neither is held while guest code runs.
 */
#ifndef TRACER_INTERNAL_H
#define TRACER_INTERNAL_H

#include "arch/um/host/tracer_ops.h"
#include "include/annotate.h"
#include "tracer/stub/frame.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

enum slot_state {
	SLOT_FREE = 0, /* no host thread */
	SLOT_PARKED,   /* a host thread waits in the stub, for reuse */
	SLOT_USED,
	SLOT_EXITING, /* told to exit; the slot is free when it is gone */
};

/* Patience of one side of a turn; tracer/seccomp/spin.c. */
struct spin {
	unsigned count;
	unsigned skipped, interval; /* turns since a try; between tries */
};

/* Where a host thread may run; tracer/place.c. */
struct place {
	int core;      /* -1: anywhere */
	bool is_apart; /* anywhere but there */
	unsigned votes;
};

/* A guest thread: one slot of its process. */
struct gthread {
	struct aspace *as;
	unsigned slot;
	enum slot_state state; /* aspace.lock */
	pid_t tid;
	struct stub_ctl *ctl; /* our mapping of the area's end */
	char *area;	      /* .. of the area */

	atomic_uint is_running; /* guest code may run: kicks need a signal */
	atomic_uint is_kicked;
	atomic_llong kicked_ns; /* when, for the watchdog */
	int cpu_fd;		/* its schedstat, or -1 */

	/* direct: tracer/direct/carrier.c */
	uint32_t carrier;
	bool is_carried; /* the host thread waits as one: not for a turn */

	/* seccomp; where the kernel runs in the process, it is in @ctl */
	struct frame frame;
	struct spin guest_spin, viv_spin;
	struct place place;
	unsigned guest_spins; /* what the guest's side was told */
	unsigned viv_spins;

	/* ptrace */
	bool is_attached;
	bool at_entry;	/* nullify: stopped at a call's entry */
	bool is_compat; /* .. by int 0x80 */
	bool has_stepped;
	uint64_t fs_base, gs_base;
	uint64_t last_rip, last_addr; /* of the last undecided fault */
	pid_t tracer_tid;	      /* host thread of the vCPU */
	struct um_regs regs;	      /* what it stopped with, or starts with */
	void *fp_image;		      /* to load when it is attached */
};

struct aspace {
	struct aspace *next; /* pool.lock: in one of its lists */
	pid_t pid;
	int ctl_fd;
	char *ctl; /* our mapping of its control memfd */
	struct agent_req *req;
	atomic_bool is_dead;	/* the process is gone */
	atomic_bool is_tainted; /* not to be recycled */
	bool is_reaped;		/* keeper only */
	int died_of;		/* keeper only: the signal; 0: it exited */
	bool is_freed;		/* keeper only: struct may go when reaped */

	pthread_mutex_t lock; /* requests to the agent; slots */
	bool in_flight;	      /* a request whose `done` nobody saw yet */
	int failure;	      /* what such a request ended in */
	unsigned nbusy;	      /* slots that are SLOT_USED */
	unsigned nslots;      /* slots the control memfd has room for */
	atomic_uint used;     /* slots ever used */
	struct gthread **slot;
	int pin;	/* vCPU, or -1 */
	uint32_t facts; /* its page of them; 0: none */
	struct place agent_place;
};

struct backend {
	struct tracer_ops ops;
	bool is_ptraced;
	/* A fresh host thread waits in the stub. */
	void (*thread_init)(struct gthread *t, const struct um_regs *regs);
	/* Tell the host thread to exit, on the calling vCPU; as->lock held. */
	void (*thread_exit)(struct gthread *t);
	/* The struct goes. */
	void (*thread_fini)(struct gthread *t);
	/* May be NULL.  Tell who waits for one of its threads. */
	void (*process_died)(struct aspace *as);
};

#define DIED_IN_KERNEL "a guest process died while it ran the kernel"

extern const struct backend seccomp_backend, direct_backend;
extern const struct backend ptrace_backend, nullify_backend;
extern struct tracer_env tracer_env;
extern const struct backend *tracer_backend;

/* tracer_log - a formatted line for the log. */
void tracer_log(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* --- tracer/pool.c --- */

/* pool_start - start the keeper; it tries the back ends of @list in turn,
 * sets tracer_backend to the first that works, then makes spares.  @why gets
 * what was wrong with those before. */
MUST_CHECK int pool_start(const struct backend *const *list, char *why,
			  size_t whylen);
/* Processes made and not yet reaped. */
extern atomic_uint guest_processes;

/* pool_stop - kill every guest process; wait a little until they are gone. */
void pool_stop(void);
MUST_CHECK int pool_get(struct aspace **out);
void pool_put(struct aspace *as);

/* --- tracer/aspace.c, tracer/life.c --- */

extern __thread bool is_keeper; /* this is the keeper's thread */

/* agent_run - have the agent carry out req->ops[0..nops).  Returns 0 or
 * -errno of the first that failed.  Locks: as->lock, or nobody knows @as. */
MUST_CHECK int agent_run(struct aspace *as, unsigned nops);
/* agent_wait - for the request in flight; its result. */
int agent_wait(struct aspace *as);
/* agent_settle - the last request may not have been waited for: do, and keep
 * its error.  Before writing to the request page. */
void agent_settle(struct aspace *as);

/* aspace_make - a new process, agent ready, one parked thread.  Keeper only. */
MUST_CHECK int aspace_make(struct aspace **out);
/* aspace_wipe - as new again.  Keeper only.  -errno: kill it instead. */
MUST_CHECK int aspace_wipe(struct aspace *as);
/* gthread_wipe - nothing is left in the area of @t, which waits. */
void gthread_wipe(struct gthread *t);
/* aspace_empty - nothing is left in the area of its only thread, which waits;
 * nor mapped, unless it @keeps that.  -errno: then who knows what is there. */
MUST_CHECK int aspace_empty(struct aspace *as, struct gthread *t, bool keeps);
/* aspace_died - the process is gone: say so to whoever waits for it. */
void aspace_died(struct aspace *as);
/* aspace_release - free the struct and what it holds; process is reaped. */
void aspace_release(struct aspace *as);

/*
 * aspace_sync - apply @ops.  If @then is given the last batch is not waited
 * for: the agent hands over to that thread itself (TURN_AGENT before).
 */
MUST_CHECK int aspace_sync(struct aspace *as, const struct as_op *ops, size_t n,
			   struct gthread *then);

/* aspace_failure - why the batch before a TURN_FAILED failed: -errno. */
int aspace_failure(struct aspace *as);

/* aspace_unpin - its vCPU may have another. */
void aspace_unpin(struct aspace *as);

int aspace_op_sync(struct aspace *as, const struct as_op *ops, size_t n);
int aspace_pin(struct aspace *as);

/* --- tracer/gthread.c --- */

/* gthread_prepare - have a host thread wait in @as for the first guest
 * thread. */
MUST_CHECK int gthread_prepare(struct aspace *as);
/* gthread_slots_grow - make room for slot @slot in the control memfd. */
MUST_CHECK int gthread_slots_grow(struct aspace *as, unsigned slot);
/* ctl_populate - allocate the pages both sides need, so that neither meets a
 * host out of memory later. */
MUST_CHECK int ctl_populate(char *from, size_t len);

/* facts_page_get - a number for as->facts; 0: there is none.  facts_page_put -
 * give it back.  Keeper only. */
uint32_t facts_page_get(void);
void facts_page_put(uint32_t page);
/* gthread_facts - ops.thread_facts.  gthread_facts_addr - where in its process
 * @t finds that entry, or one that says nothing. */
uint32_t gthread_facts(const struct gthread *t);
uint64_t gthread_facts_addr(const struct gthread *t);

int gthread_new(struct aspace *as, const struct um_regs *regs,
		struct gthread **out);
void gthread_free(struct gthread *t);
/* gthread_cpu_ns - what @t has used of a core; without /proc, what its process
 * has. */
uint64_t gthread_cpu_ns(struct gthread *t);

/* gthread_is_gone - the host thread does not exist (any more). */
bool gthread_is_gone(const struct gthread *t);

/* --- tracer/tracer.c --- */

/* backend_try - does @b work here?  Sets it up; on success *@out is a process
 * made with it.  Keeper only. */
MUST_CHECK int backend_try(const struct backend *b, struct aspace **out,
			   char *why, size_t whylen);

/* --- tracer/place.c --- */

/* place_near - keep @tid on the caller's core, if it stays there. */
void place_near(struct place *p, pid_t tid);
/* place_apart - keep @tid off the caller's core. */
void place_apart(struct place *p, pid_t tid);
/* place_free - let @tid run anywhere. */
void place_free(struct place *p, pid_t tid);

/* --- tracer/futex.c --- */
int host_futex_wait(void *word, uint32_t value, int64_t deadline_ns);
void host_futex_wake(void *word, uint32_t who);
int64_t now_ns(void);

static inline uint64_t
gthread_area_addr(const struct gthread *t)
{
	return STUB_AREAS + (uint64_t)t->slot * AREA_SIZE;
}

#endif /* TRACER_INTERNAL_H */
