/* SPDX-License-Identifier: MIT */
/*
 * kernel/ptrace_regs.c - a stopped task's registers, read and written by its
 * tracer.
 *
 * General registers lie in task.run.  x87/SSE/AVX state stays with the guest
 * thread, and some back ends reach it only from the vCPU the thread is bound
 * to: so the stopped task is woken, on its own vCPU, to fetch or load it.
 */
#include "base/slab.h"
#include "base/str.h"
#include "include/abi/ptrace.h"
#include "include/abi/ucontext.h"
#include "kernel/internal.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "mm/mm.h"

/* CF PF AF ZF SF TF DF OF RF AC: what Linux lets a tracer change. */
#define EFLAGS_TRACER 0x50dd5ull
#define FP_INIT_CWD   0x37f
#define FP_INIT_MXCSR 0x1f80

/* What a stopped task is to do; on its tracer's stack. */
struct ptrace_job {
	struct task *tracer;
	bool is_set, is_done;
	void *buf; /* get: new, or NULL for the initial state */
	uint32_t len;
	int err;
};

void
ptrace_get_regs(const struct task *o, struct lx_user_regs *out)
{
	const struct um_regs *r = &o->run.regs;

	memset(out, 0, sizeof(*out));
	memcpy(out, r, sizeof(*r)); /* the same order, as far as it goes */
}

_Static_assert(offsetof(struct lx_user_regs, gs_base) ==
		       offsetof(struct um_regs, gs_base),
	       "um_regs are the head of user_regs");

int
ptrace_set_regs(struct task *o, const struct lx_user_regs *in)
{
	struct um_regs *r = &o->run.regs;
	uint64_t flags = r->eflags, cs = r->cs, ss = r->ss;

	/* 64-bit code only, and no segments of the guest's own. */
	if (in->cs != cs || in->ss != ss || in->ds || in->es || in->fs ||
	    in->gs)
		return -EIO;
	if (in->fs_base >= USER_TOP || in->gs_base >= USER_TOP)
		return -EIO;
	if (in->fs_base != r->fs_base || in->gs_base != r->gs_base)
		o->run.flags |= RUN_SET_TLS;
	memcpy(r, in, sizeof(*r));
	r->eflags = (flags & ~EFLAGS_TRACER) | (in->eflags & EFLAGS_TRACER);
	o->run.flags |= RUN_SET_REGS;
	return 0;
}

/* A task that has not run yet keeps the image it starts with. */
static int
get_unstarted(struct task *o, struct ptrace_job *job)
{
	if (!o->initial_fp)
		return 0;
	job->buf = kmalloc(o->initial_fp_len);
	if (!job->buf)
		return -ENOMEM;
	memcpy(job->buf, o->initial_fp, o->initial_fp_len);
	job->len = o->initial_fp_len;
	return 0;
}

static int
set_unstarted(struct task *o, struct ptrace_job *job)
{
	void *copy = kmalloc(job->len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, job->buf, job->len);
	kfree(o->initial_fp);
	o->initial_fp = copy;
	o->initial_fp_len = job->len;
	return 0;
}

void
ptrace_do_job(struct task *o, bool is_stopped)
{
	struct ptrace_job *job = o->ptrace ? o->ptrace->job : NULL;

	if (!job)
		return;
	o->ptrace->job = NULL;
	if (!is_stopped)
		job->err = -ESRCH;
	else if (job->is_set)
		job->err = o->thread < 0
				   ? set_unstarted(o, job)
				   : thread_fp_load(o, job->buf, job->len);
	else
		job->err = o->thread < 0
				   ? get_unstarted(o, job)
				   : thread_fp_save(o, &job->buf, &job->len);
	job->is_done = true;
	if (job->tracer->state == TASK_BLOCKED)
		sched_ready(job->tracer);
}

static int
run_job(struct task *t, struct task *o, struct ptrace_job *job)
{
	job->tracer = t;
	o->ptrace->job = job;
	if (o->state == TASK_TRACED)
		sched_ready(o);
	while (!job->is_done)
		sched_park(t, TASK_BLOCKED, "ptrace");
	return job->err;
}

/* The state a program starts with, in the form @t's own has. */
static int
initial_image(struct task *t, void **out, uint32_t *len)
{
	struct lx_fpx_sw_bytes sw;
	struct lx_fpstate *fp;
	int err = thread_fp_save(t, out, len);

	if (err)
		return err;
	fp = *out;
	if (!fp)
		return -EIO;
	sw = fp->sw;
	memset(fp, 0, *len - LX_FP_XSTATE_MAGIC2_SIZE);
	fp->sw = sw;
	fp->cwd = FP_INIT_CWD;
	fp->mxcsr = FP_INIT_MXCSR;
	fp->mxcsr_mask = 0xffff;
	return 0;
}

/* A signal frame's image, magic words and all. */
static int
get_image(struct task *t, struct task *o, void **out, uint32_t *len)
{
	struct ptrace_job job = {0};
	int err = run_job(t, o, &job);

	*out = job.buf;
	*len = job.len;
	if (!err && !job.buf)
		err = initial_image(t, out, len);
	return err;
}

int
ptrace_get_fp(struct task *t, struct task *o, void **out, uint32_t *len)
{
	struct lx_fpstate *fp;
	uint64_t xcr0;
	int err = get_image(t, o, out, len);

	if (err)
		return err;
	/* Linux: of the software bytes, the enabled features alone. */
	fp = *out;
	xcr0 = fp->sw.xfeatures;
	memset(&fp->sw, 0, sizeof(fp->sw));
	memcpy(&fp->sw, &xcr0, sizeof(xcr0));
	if (*len > sizeof(*fp) + LX_FP_XSTATE_MAGIC2_SIZE)
		*len -= LX_FP_XSTATE_MAGIC2_SIZE;
	return 0;
}

int
ptrace_set_fp(struct task *t, struct task *o, void *image, uint32_t len)
{
	struct ptrace_job job = {.is_set = true};
	struct lx_xstate_header *h;
	struct lx_fpstate *fp;
	struct lx_fpx_sw_bytes sw;
	uint32_t room;
	int tid = o->tid;
	int err = get_image(t, o, &job.buf, &job.len);

	if (!err)
		err = ptrace_of(t, tid, true, &o); /* it may have gone */
	if (err)
		goto out;
	fp = job.buf;
	sw = fp->sw;
	room = job.len - LX_FP_XSTATE_MAGIC2_SIZE;
	err = -EFAULT; /* Linux: all of it, or none */
	if (len > sizeof(*fp) && len < room)
		goto out;
	memcpy(fp, image, MIN(len, room));
	fp->sw = sw;
	h = (struct lx_xstate_header *)(fp + 1);
	if (len <= sizeof(*fp) && room > sizeof(*fp))
		h->xfeatures |= 3; /* x87 and SSE are not initial any more */
	err = run_job(t, o, &job);
	if (err && err != -ESRCH)
		err = -EINVAL;
out:
	kfree(job.buf);
	return err;
}
