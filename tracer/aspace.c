/* SPDX-License-Identifier: MIT */
/*
 * tracer/aspace.c - what is mapped in a guest process: requests to its agent.
 *
 * Invariant: the agent runs only what was composed here, from checked
 * operations; the process reads requests but cannot write them, and the
 * agent's answers come by pwrite() into a page the process cannot write.
 */
#include "tracer/internal.h"

#include "arch/um/layout.h"
#include "include/types.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#define KEEPER_PATIENCE_NS 5000000000ll
#define ERRNO_MAX	   4095

/* --- the agent --- */

/* The keeper is who would notice that a process died, so it must not wait for
 * one that has. */
__thread bool is_keeper;

static int
keeper_look(struct aspace *as, int64_t since)
{
	siginfo_t si = {.si_pid = 0};

	if (!is_keeper)
		return 0;
	if (waitid(P_PID, (id_t)as->pid, &si,
		   WEXITED | WNOHANG | WNOWAIT | __WALL))
		return ECHILD;
	if (si.si_pid) /* at its start it exits with an errno */
		return si.si_code == CLD_EXITED && si.si_status ? si.si_status
								: ECHILD;
	return now_ns() - since > KEEPER_PATIENCE_NS ? ETIMEDOUT : 0;
}

int
agent_wait(struct aspace *as)
{
	struct agent_req *q = as->req;
	int64_t t0 = is_keeper ? now_ns() : 0;
	uint32_t done;
	int err;

	as->in_flight = false;
	done = __atomic_load_n(&q->done, __ATOMIC_ACQUIRE);
	if (!done) {
		__atomic_store_n(&q->viv_sleeps, 1, __ATOMIC_SEQ_CST);
		while (!(done = __atomic_load_n(&q->done, __ATOMIC_SEQ_CST))) {
			host_futex_wait(&q->done, 0,
					is_keeper ? now_ns() + 20000000 : 0);
			err = q->done ? 0 : keeper_look(as, t0);
			if (err) {
				done = 1 + (uint32_t)err;
				break;
			}
		}
		q->viv_sleeps = 0;
	}
	if (done > 1 + ERRNO_MAX)
		return -EIO; /* with direct it may lie */
	return 1 - (int)done;
}

static int
agent_post(struct aspace *as, unsigned nops, uint64_t wake_addr)
{
	struct agent_req *q = as->req;

	q->nops = nops;
	q->wake_addr = wake_addr;
	__atomic_store_n(&q->done, 0, __ATOMIC_SEQ_CST);
	/* aspace_died() sets is_dead first, done after. */
	if (atomic_load(&as->is_dead))
		return -ESRCH;
	as->in_flight = true;
	if (!is_keeper)
		place_near(&as->agent_place, as->pid);
	__atomic_add_fetch(&q->seq, 1, __ATOMIC_SEQ_CST);
	host_futex_wake(&q->seq, FUTEX_FOR_GUEST);
	return 0;
}

int
agent_run(struct aspace *as, unsigned nops)
{
	int err = agent_post(as, nops, 0);

	return err ? err : agent_wait(as);
}

void
agent_settle(struct aspace *as)
{
	if (as->in_flight)
		as->failure = agent_wait(as);
}

/* --- mappings --- */

static int
check_op(const struct as_op *op)
{
	uint64_t end = op->addr + op->len;

	if ((op->addr | op->len | op->phys) & ~PAGE_MASK || !op->len)
		return -EINVAL;
	if (end < op->addr || end > USER_TOP ||
	    (op->addr < REGION_END && end > REGION_BASE))
		return -EFAULT;
	if (op->prot & ~(AS_READ | AS_WRITE | AS_EXEC))
		return -EINVAL;
	if (op->kind == AS_MAP && (op->phys > tracer_env.phys_size ||
				   op->len > tracer_env.phys_size - op->phys))
		return -EFAULT;
	return 0;
}

static void
advise(struct agent_op *a, uint64_t advice)
{
	a->nr = SYS_madvise;
	a->arg[2] = advice;
	a->flags = OP_BEST_EFFORT;
}

static int
compose(struct agent_op *a, const struct as_op *given)
{
	const struct as_op op = *given;
	int err = check_op(&op);

	static_assert(AS_READ == PROT_READ && AS_WRITE == PROT_WRITE &&
			      AS_EXEC == PROT_EXEC,
		      "protections are the host's");
	if (err)
		return err;
	*a = (struct agent_op){.arg = {op.addr, op.len, op.prot}};
	switch (op.kind) {
	case AS_MAP:
		a->nr = SYS_mmap;
		a->arg[3] = MAP_SHARED | MAP_FIXED | MAP_NORESERVE;
		a->arg[4] = AGENT_PHYS_FD;
		a->arg[5] = op.phys;
		return 0;
	case AS_UNMAP:
		a->nr = SYS_munmap;
		return 0;
	case AS_PROTECT:
		a->nr = SYS_mprotect;
		return 0;
	case AS_POPULATE_RD:
		advise(a, MADV_POPULATE_READ);
		return 0;
	case AS_POPULATE_WR:
		advise(a, MADV_POPULATE_WRITE);
		return 0;
	case AS_LARGE:
		advise(a, MADV_HUGEPAGE);
		return 0;
	}
	return -EINVAL;
}

static int
sync_locked(struct aspace *as, const struct as_op *ops, size_t n,
	    struct gthread *then)
{
	unsigned k;
	int err;

	agent_settle(as);
	while (n) {
		for (k = 0; k < n && k < AGENT_OPS_MAX; k++) {
			err = compose(&as->req->ops[k], &ops[k]);
			if (err)
				return err;
		}
		ops += k;
		n -= k;
		if (n || !then)
			err = agent_run(as, k);
		else
			err = agent_post(as, k,
					 gthread_area_addr(then) + AREA_SIZE -
						 CTL_LEN);
		if (err)
			return err;
	}
	return 0;
}

int
aspace_sync(struct aspace *as, const struct as_op *ops, size_t n,
	    struct gthread *then)
{
	int err;

	pthread_mutex_lock(&as->lock);
	err = sync_locked(as, ops, n, then);
	pthread_mutex_unlock(&as->lock);
	return err;
}

int
aspace_failure(struct aspace *as)
{
	int err;

	pthread_mutex_lock(&as->lock);
	if (as->in_flight)
		as->failure = agent_wait(as);
	err = as->failure;
	pthread_mutex_unlock(&as->lock);
	return err ? err : -ENOMEM;
}

int
aspace_op_sync(struct aspace *as, const struct as_op *ops, size_t n)
{
	return aspace_sync(as, ops, n, NULL);
}

int
aspace_pin(struct aspace *as)
{
	return as->pin;
}
