/* SPDX-License-Identifier: MIT */
/*
 * tracer/life.c - making, wiping and burying guest processes: the keeper's
 * work on one of them.
 */
#include "arch/um/layout.h"
#include "include/types.h"
#include "tracer/fpstate.h"
#include "tracer/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CTL_MAP_LEN (CTL_AREAS + (uint64_t)SLOT_MAX * AREA_SIZE)

static void
req_init(struct aspace *as)
{
	as->req = (struct agent_req *)as->ctl;
	as->req->fsgsbase = tracer_env.has_fsgsbase;
	as->req->filter = !tracer_backend->is_ptraced;
	as->req->xstate = fp_features;
	as->req->direct = tracer_backend->ops.in_guest;
	as->req->keep[0] = as->req->direct ? REGION_BASE : STUB_CODE;
	as->req->keep[1] = as->req->direct ? REGION_END : STUB_END;
}

int
aspace_make(struct aspace **out)
{
	struct aspace *as = calloc(1, sizeof *as);
	struct spawn s = {
		.phys_fd = tracer_env.phys_fd,
		.arena_fd = -1,
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
	err = gthread_slots_grow(as, 0);
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
	err = ctl_populate(as->ctl, PAGE_SIZE);
	if (err)
		goto fail;
	req_init(as);
	s.ctl_fd = as->ctl_fd;
	if (tracer_backend->ops.in_guest)
		s.arena_fd = tracer_env.arena_fd;
	if (tracer_env.arena_fd >= 0 && tracer_backend->ops.call_entry &&
	    tracer_backend->ops.call_entry())
		as->facts = facts_page_get();
	s.facts_page = as->facts;
	as->pid = stub_spawn(&s);
	if (as->pid < 0) {
		err = as->pid;
		as->pid = 0;
		goto fail;
	}
	atomic_fetch_add(&guest_processes, 1);
	err = agent_wait(as); /* it says when it is ready */
	if (!err)
		err = gthread_prepare(as);
	if (!err) {
		*out = as;
		return 0;
	}
fail:
	if (as->pid > 0) {
		kill(as->pid, SIGKILL);
		waitpid(as->pid, NULL, __WALL);
		atomic_fetch_sub(&guest_processes, 1);
	}
	aspace_release(as);
	return err;
}

void
aspace_release(struct aspace *as)
{
	aspace_unpin(as);
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
	facts_page_put(as->facts);
	pthread_mutex_destroy(&as->lock);
	free(as);
}

/* With `direct`: does one of its threads run the kernel? */
static bool
is_in_kernel(const struct aspace *as)
{
	unsigned used = atomic_load(&as->used);

	for (unsigned i = 0; i < used; i++)
		if (__atomic_load_n(&as->slot[i]->ctl->in_kernel,
				    __ATOMIC_SEQ_CST) == KERNEL_RUNS)
			return true;
	return false;
}

void
aspace_died(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);
	char text[80];

	atomic_store(&as->is_dead, true);
	if (tracer_backend->ops.in_guest && is_in_kernel(as)) {
		snprintf(text, sizeof text, "%s (%s %d)", DIED_IN_KERNEL,
			 as->died_of ? "signal" : "exit", as->died_of);
		tracer_env.lost(text);
	}
	__atomic_store_n(&as->req->done, 1 + ESRCH, __ATOMIC_SEQ_CST);
	host_futex_wake(&as->req->done, FUTEX_FOR_VIV);
	if (tracer_backend->process_died)
		tracer_backend->process_died(as);
	for (unsigned i = 0; i < used; i++) {
		struct stub_ctl *ctl =
			(struct stub_ctl *)(as->ctl + CTL_AREAS +
					    (uint64_t)(i + 1) * AREA_SIZE -
					    CTL_LEN);

		__atomic_store_n(&ctl->turn, TURN_DEAD, __ATOMIC_SEQ_CST);
		host_futex_wake(&ctl->turn, FUTEX_FOR_VIV);
	}
}

/* With `direct` the first thread waits where guest code has no say, and its
 * process could have done worse: it is there for the next one. */
static bool
stays(const struct gthread *t)
{
	return t->slot == 0 && t->state == SLOT_PARKED && t->is_carried;
}

/* Guest threads may lie about having exited; the host kernel does not. */
static int
await_exits(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);
	int64_t deadline = now_ns() + 50000000;

	for (unsigned i = 0; i < used; i++) {
		struct gthread *t = as->slot[i];

		while (t->state != SLOT_FREE && !stays(t)) {
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

/* What they left in the areas is not for the next one to read. */
static int
clear_areas(struct aspace *as)
{
	unsigned used = atomic_load(&as->used), from = 0;
	struct gthread *t = as->slot[0];

	if (stays(t)) {
		memset(t->area + AREA_SIZE - AREA_HOT, 0, AREA_HOT - CTL_LEN);
		place_free(&t->place, t->tid);
		from = 1;
	}
	if (used > from &&
	    madvise(as->ctl + CTL_AREAS + from * AREA_SIZE,
		    (used - from) * (size_t)AREA_SIZE, MADV_REMOVE) < 0)
		return -errno;
	return 0;
}

static void
end_threads_locked(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);

	for (unsigned i = 0; i < used; i++) {
		struct gthread *t = as->slot[i];

		if ((t->state == SLOT_PARKED || t->state == SLOT_USED) &&
		    !stays(t)) {
			tracer_backend->thread_exit(t);
			t->state = SLOT_EXITING;
		}
	}
	as->nbusy = 0;
}

static int
unmap_all_locked(struct aspace *as)
{
	agent_settle(as);
	as->req->ops[0] =
		(struct agent_op){SYS_munmap, {0, as->req->keep[0]}, 0};
	as->req->ops[1] = (struct agent_op){
		SYS_munmap,
		{as->req->keep[1], GUEST_TOP - as->req->keep[1]},
		0};
	return agent_run(as, 2);
}

int
aspace_empty(struct aspace *as, struct gthread *t, bool keeps)
{
	int err = 0;

	pthread_mutex_lock(&as->lock);
	if (!keeps)
		err = unmap_all_locked(as);
	gthread_wipe(t);
	pthread_mutex_unlock(&as->lock);
	return err;
}

int
aspace_wipe(struct aspace *as)
{
	int err;

	pthread_mutex_lock(&as->lock);
	end_threads_locked(as);
	err = unmap_all_locked(as);
	if (!err)
		err = await_exits(as);
	if (!err)
		err = clear_areas(as);
	pthread_mutex_unlock(&as->lock);
	if (err)
		return err;
	aspace_unpin(as);
	place_free(&as->agent_place, as->pid);
	return stays(as->slot[0]) ? 0 : gthread_prepare(as);
}
