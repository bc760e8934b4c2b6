/* SPDX-License-Identifier: MIT */
/*
 * tracer/aspace.c - a guest process: its agent, what is mapped in it, its
 * threads.
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
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

#define CTL_MAP_LEN (CTL_AREAS + (uint64_t)SLOT_MAX * AREA_SIZE)
#define FIRST_SLOTS 8
#define AREA_HOT    KiB(16) /* frame and stub_ctl */
#define KEEPER_PATIENCE_NS 5000000000ll

/* --- the agent --- */

/* The keeper is who would notice that a process died, so it must not wait for
 * one that has. */
__thread bool is_keeper;

static bool
is_hopeless(struct aspace *as, int64_t since)
{
	siginfo_t si = {.si_pid = 0};

	if (!is_keeper)
		return false;
	return waitid(P_PID, (id_t)as->pid, &si,
		      WEXITED | WNOHANG | WNOWAIT | __WALL) ||
	       si.si_pid || now_ns() - since > KEEPER_PATIENCE_NS;
}

/* Returns 0 or -errno, of the request that is in flight. */
static int
agent_wait(struct aspace *as)
{
	struct agent_req *q = as->req;
	int64_t t0 = is_keeper ? now_ns() : 0;
	uint32_t done;

	as->in_flight = false;
	done = __atomic_load_n(&q->done, __ATOMIC_ACQUIRE);
	if (!done) {
		__atomic_store_n(&q->viv_sleeps, 1, __ATOMIC_SEQ_CST);
		while (!(done = __atomic_load_n(&q->done, __ATOMIC_SEQ_CST))) {
			futex_wait(&q->done, 0,
				   is_keeper ? now_ns() + 20000000 : 0);
			if (!q->done && is_hopeless(as, t0)) {
				done = 1 + ECHILD;
				break;
			}
		}
		q->viv_sleeps = 0;
	}
	return done == 1 ? 0 : 1 - (int)done;
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
	futex_wake(&q->seq, FUTEX_FOR_GUEST);
	return 0;
}

static int
agent_run(struct aspace *as, unsigned nops)
{
	int err = agent_post(as, nops, 0);

	return err ? err : agent_wait(as);
}

/* The last request may not have been waited for; keep its error. */
static void
settle(struct aspace *as)
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
	case AS_POPULATE_WR:
		a->nr = SYS_madvise;
		a->arg[2] = op.kind == AS_POPULATE_RD ? MADV_POPULATE_READ
						      : MADV_POPULATE_WRITE;
		a->flags = OP_BEST_EFFORT;
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

	settle(as);
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
			err = agent_post(as, k, gthread_area_addr(then) +
							AREA_SIZE - CTL_LEN);
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

/* --- threads --- */

bool
gthread_is_gone(const struct gthread *t)
{
	return syscall(SYS_tgkill, t->as->pid, t->tid, 0) < 0 &&
	       errno == ESRCH;
}

/* Make room for slot number @slot in the control memfd. */
static int
grow_slots(struct aspace *as, unsigned slot)
{
	unsigned n = as->nslots ? as->nslots : FIRST_SLOTS;
	struct gthread **p;

	if (slot < as->nslots)
		return 0;
	while (n <= slot)
		n *= 2;
	if (n > SLOT_MAX)
		return -EAGAIN;
	p = realloc(as->slot, n * sizeof *p);
	if (!p)
		return -ENOMEM;
	memset(p + as->nslots, 0, (n - as->nslots) * sizeof *p);
	as->slot = p;
	if (ftruncate(as->ctl_fd, CTL_AREAS + (uint64_t)n * AREA_SIZE) < 0)
		return -errno;
	as->nslots = n;
	return 0;
}

/* The pages both sides need, so that neither meets a host out of memory. */
static int
populate(char *from, size_t len)
{
	if (madvise(from, len, MADV_POPULATE_WRITE) == 0)
		return 0;
	if (errno != EINVAL)
		return -ENOMEM;
	for (size_t i = 0; i < len; i += PAGE_SIZE)
		*(volatile char *)(from + i) = 0;
	return 0;
}

static struct gthread *
slot_make(struct aspace *as, unsigned i)
{
	struct gthread *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->as = as;
	t->slot = i;
	t->area = as->ctl + CTL_AREAS + (uint64_t)i * AREA_SIZE;
	t->ctl = (struct stub_ctl *)(t->area + AREA_SIZE - CTL_LEN);
	t->cpu_fd = -1;
	as->slot[i] = t;
	atomic_store(&as->used, MAX(atomic_load(&as->used), i + 1));
	return t;
}

/* A slot without a host thread, or NULL and *@err. */
static struct gthread *
slot_free(struct aspace *as, int *err)
{
	unsigned i, used = atomic_load(&as->used);

	for (i = 0; i < used; i++) {
		struct gthread *t = as->slot[i];

		if (t->state == SLOT_EXITING && gthread_is_gone(t))
			t->state = SLOT_FREE;
		if (t->state == SLOT_FREE)
			return t;
	}
	*err = grow_slots(as, i);
	if (*err)
		return NULL;
	*err = -ENOMEM;
	return slot_make(as, i);
}

static struct gthread *
slot_parked(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);

	for (unsigned i = 0; i < used; i++)
		if (as->slot[i]->state == SLOT_PARKED)
			return as->slot[i];
	return NULL;
}

/* Have the agent make a host thread in @t's slot; it waits in the stub. */
static int
host_thread_make(struct gthread *t)
{
	struct aspace *as = t->as;
	uint64_t area = gthread_area_addr(t), top = AREA_SIZE - CTL_LEN;
	stack_t *ss = (stack_t *)(as->ctl + CTL_SS + t->slot * SS_LEN);
	int err;

	err = populate(t->area + AREA_SIZE - AREA_HOT, AREA_HOT);
	if (err)
		return err;
	memset(t->ctl, 0, CTL_LEN);
	t->ctl->turn = TURN_VIV;
	*ss = (stack_t){.ss_sp = (void *)area,
			.ss_flags = (int)SS_AUTODISARM,
			.ss_size = top};
	settle(as);
	as->req->tid = 0;
	as->req->ops[0] = (struct agent_op){
		.nr = SYS_clone,
		.arg = {CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD |
				CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
			area + top, 0, area + top + CT_TURN},
	};
	err = agent_run(as, 1);
	if (err)
		return err;
	t->tid = (pid_t)as->req->tid;
	t->place = as->agent_place; /* inherited */
	t->state = SLOT_PARKED;
	t->is_attached = t->at_entry = false;
	t->ran_ns = 0;
	return 0;
}

/* Spread over the vCPUs: how many processes each has to itself. */
static atomic_uint pinned[64];

static void
pin(struct aspace *as)
{
	unsigned best = 0;

	if (!tracer_backend->is_ptraced || as->pin >= 0)
		return;
	for (unsigned i = 1; i < tracer_env.ncpus && i < 64; i++)
		if (atomic_load(&pinned[i]) < atomic_load(&pinned[best]))
			best = i;
	atomic_fetch_add(&pinned[best], 1);
	as->pin = (int)best;
}

static void
unpin(struct aspace *as)
{
	if (as->pin >= 0)
		atomic_fetch_sub(&pinned[as->pin], 1);
	as->pin = -1;
}

int
gthread_new(struct aspace *as, const struct um_regs *regs, struct gthread **out)
{
	struct gthread *t;
	int err = 0;

	pthread_mutex_lock(&as->lock);
	t = slot_parked(as);
	if (!t) {
		t = slot_free(as, &err);
		if (t)
			err = host_thread_make(t);
		if (!t || err)
			goto out;
	}
	t->state = SLOT_USED;
	atomic_store(&t->is_kicked, 0);
	t->ran_ns = 0;
	t->last_rip = t->last_addr = 0;
	t->fs_base = regs->fs_base;
	t->gs_base = regs->gs_base;
	tracer_backend->thread_init(t, regs);
	pin(as);
	err = 0;
	*out = t;
out:
	pthread_mutex_unlock(&as->lock);
	return err;
}

void
gthread_free(struct gthread *t)
{
	struct aspace *as = t->as;

	pthread_mutex_lock(&as->lock);
	if (t->cpu_fd >= 0)
		close(t->cpu_fd);
	t->cpu_fd = -1;
	if (tracer_backend->is_ptraced || atomic_load(&as->is_dead) ||
	    __atomic_load_n(&t->ctl->turn, __ATOMIC_ACQUIRE) != TURN_VIV) {
		tracer_backend->thread_exit(t);
		t->state = SLOT_EXITING;
	} else {
		t->state = SLOT_PARKED;
	}
	pthread_mutex_unlock(&as->lock);
}

uint64_t
gthread_cpu_ns(struct gthread *t)
{
	char path[64], text[64];
	ssize_t n;

	if (t->cpu_fd < 0) {
		snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat",
			 t->as->pid, t->tid);
		t->cpu_fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	n = pread(t->cpu_fd, text, sizeof text - 1, 0);
	if (n <= 0)
		return t->ran_ns;
	text[n] = 0;
	return strtoull(text, NULL, 10);
}

/* --- life and death --- */

static void
req_init(struct aspace *as)
{
	as->req = (struct agent_req *)as->ctl;
	as->req->fsgsbase = tracer_env.has_fsgsbase;
	as->req->filter = !tracer_backend->is_ptraced;
}

static int
add_parked(struct aspace *as)
{
	struct gthread *t;
	int err = 0;

	pthread_mutex_lock(&as->lock);
	t = slot_free(as, &err);
	if (t)
		err = host_thread_make(t);
	pthread_mutex_unlock(&as->lock);
	return err;
}

int
aspace_make(struct aspace **out)
{
	struct aspace *as = calloc(1, sizeof *as);
	struct spawn s = {
		.phys_fd = tracer_env.phys_fd,
		.has_handlers = !tracer_backend->is_ptraced,
		.viv = getpid(),
	};
	void *p;
	int err;

	if (!as)
		return -ENOMEM;
	pthread_mutex_init(&as->lock, NULL);
	as->pin = as->agent_place.core = -1;
	as->ctl_fd = memfd_create("viv-guest", MFD_CLOEXEC);
	if (as->ctl_fd < 0) {
		err = -errno;
		goto fail;
	}
	err = grow_slots(as, 0);
	if (err)
		goto fail;
	p = mmap(NULL, CTL_MAP_LEN, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_NORESERVE, as->ctl_fd, 0);
	if (p == MAP_FAILED) {
		err = -errno;
		goto fail;
	}
	as->ctl = p;
	(void)madvise(p, CTL_MAP_LEN, MADV_DONTFORK);
	err = populate(as->ctl, PAGE_SIZE);
	if (err)
		goto fail;
	req_init(as);
	s.ctl_fd = as->ctl_fd;
	as->pid = stub_spawn(&s);
	if (as->pid < 0) {
		err = as->pid;
		as->pid = 0;
		goto fail;
	}
	err = agent_wait(as); /* it says when it is ready */
	if (!err)
		err = add_parked(as);
	if (!err) {
		*out = as;
		return 0;
	}
fail:
	if (as->pid > 0) {
		kill(as->pid, SIGKILL);
		waitpid(as->pid, NULL, __WALL);
	}
	aspace_release(as);
	return err;
}

void
aspace_release(struct aspace *as)
{
	unpin(as);
	if (as->ctl)
		munmap(as->ctl, CTL_MAP_LEN);
	if (as->ctl_fd >= 0)
		close(as->ctl_fd);
	for (unsigned i = 0; i < as->nslots; i++) {
		if (as->slot[i] && tracer_backend->thread_fini)
			tracer_backend->thread_fini(as->slot[i]);
		free(as->slot[i]);
	}
	free(as->slot);
	pthread_mutex_destroy(&as->lock);
	free(as);
}

void
aspace_died(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);

	atomic_store(&as->is_dead, true);
	__atomic_store_n(&as->req->done, 1 + ESRCH, __ATOMIC_SEQ_CST);
	futex_wake(&as->req->done, FUTEX_FOR_VIV);
	for (unsigned i = 0; i < used; i++) {
		struct stub_ctl *ctl =
			(struct stub_ctl *)(as->ctl + CTL_AREAS +
					    (uint64_t)(i + 1) * AREA_SIZE -
					    CTL_LEN);

		__atomic_store_n(&ctl->turn, TURN_DEAD, __ATOMIC_SEQ_CST);
		futex_wake(&ctl->turn, FUTEX_FOR_VIV);
	}
}

/* Guest threads may lie about having exited; the host kernel does not. */
static int
await_exits(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);
	int64_t deadline = now_ns() + 50000000;

	for (unsigned i = 0; i < used; i++) {
		struct gthread *t = as->slot[i];

		while (t->state != SLOT_FREE) {
			if (gthread_is_gone(t))
				t->state = SLOT_FREE;
			else if (now_ns() > deadline)
				return -EBUSY;
			else
				usleep(100);
		}
	}
	return 0;
}

int
aspace_wipe(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);
	int err;

	pthread_mutex_lock(&as->lock);
	for (unsigned i = 0; i < used; i++) {
		if (as->slot[i]->state == SLOT_PARKED ||
		    as->slot[i]->state == SLOT_USED) {
			tracer_backend->thread_exit(as->slot[i]);
			as->slot[i]->state = SLOT_EXITING;
		}
	}
	settle(as);
	as->req->ops[0] = (struct agent_op){SYS_munmap, {0, STUB_CODE}, 0};
	as->req->ops[1] = (struct agent_op){
		SYS_munmap, {STUB_END, GUEST_TOP - STUB_END}, 0};
	err = agent_run(as, 2);
	if (!err)
		err = await_exits(as);
	pthread_mutex_unlock(&as->lock);
	if (err)
		return err;
	/* What they left in the areas is not for the next one to read. */
	if (madvise(as->ctl + CTL_AREAS, (uint64_t)as->nslots * AREA_SIZE,
		    MADV_REMOVE) < 0)
		return -errno;
	unpin(as);
	place_free(&as->agent_place, as->pid);
	return add_parked(as);
}
