/* SPDX-License-Identifier: MIT */
/*
 * tracer/gthread.c - guest threads: slots of a process and the host threads
 * in them.
 *
 * A slot is free again only when the host kernel says that its thread is
 * gone: guest code may lie about that.  Within one process a stopped host
 * thread is parked and used for the next guest thread.
 */
#include "tracer/internal.h"

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
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

#define FIRST_SLOTS 8

bool
gthread_is_gone(const struct gthread *t)
{
	return syscall(SYS_tgkill, t->as->pid, t->tid, 0) < 0 && errno == ESRCH;
}

int
gthread_slots_grow(struct aspace *as, unsigned slot)
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

int
ctl_populate(char *from, size_t len)
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
	*err = gthread_slots_grow(as, i);
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

	err = ctl_populate(t->area + AREA_SIZE - AREA_HOT, AREA_HOT);
	if (err)
		return err;
	memset(t->ctl, 0, CTL_LEN);
	t->ctl->turn = TURN_VIV;
	*ss = (stack_t){.ss_sp = (void *)area,
			.ss_flags = (int)SS_AUTODISARM,
			.ss_size = top};
	agent_settle(as);
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
	if (gthread_is_gone(t)) /* with direct it may be anybody's */
		return -ESRCH;
	t->place = as->agent_place; /* inherited */
	t->state = SLOT_PARKED;
	t->is_attached = t->at_entry = t->is_carried = false;
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

void
aspace_unpin(struct aspace *as)
{
	if (as->pin >= 0)
		atomic_fetch_sub(&pinned[as->pin], 1);
	as->pin = -1;
}

/* @delta threads more: how will patched calls find their area?  While the first
 * is alone, without %gs.  If it is in guest code when a second one comes it is
 * told by a fault. */
static void
count_busy(struct aspace *as, int delta)
{
	bool is_alone;

	as->nbusy += (unsigned)delta;
	is_alone = as->nbusy == 1 && as->slot[0]->state == SLOT_USED;
	__atomic_store_n(&as->req->entry,
			 is_alone ? STUB_ADDR(stub_call_first)
				  : STUB_ADDR(stub_call_gs),
			 __ATOMIC_RELEASE);
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
	count_busy(as, 1);
	atomic_store(&t->is_kicked, 0);
	t->last_rip = t->last_addr = 0;
	tracer_backend->thread_init(t, regs);
	pin(as);
	err = 0;
	*out = t;
out:
	pthread_mutex_unlock(&as->lock);
	return err;
}

void
gthread_wipe(struct gthread *t)
{
	memset(t->area + AREA_SIZE - AREA_HOT, 0, AREA_HOT - CTL_LEN);
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
		if (t->carrier) /* the program in its process may change */
			gthread_wipe(t);
	}
	count_busy(as, -1);
	pthread_mutex_unlock(&as->lock);
}

static uint64_t
process_cpu_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
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
		return process_cpu_ns(t->as->pid);
	text[n] = 0;
	return strtoull(text, NULL, 10);
}

int
gthread_prepare(struct aspace *as)
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
