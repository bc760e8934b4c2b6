/* SPDX-License-Identifier: MIT */
/*
 * tracer/ptrace/thread.c - guest threads under ptrace(2).
 *
 * A thread is attached to the vCPU that runs it first (AS_PIN names the one
 * that should) and belongs to that host thread from then on: only it may
 * resume and wait for it.  The agent is not traced.
 *
 * ptrace:         PTRACE_SYSEMU: a call stops and is not carried out
 * ptrace-nullify: PTRACE_SYSCALL: the number is replaced at entry; the host
 *                 carries out a harmless call; at its exit the registers are
 *                 put in.
 */
#include "tracer/fpstate.h"
#include "tracer/ptrace/internal.h"
#include "tracer/stub/hostclock.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <linux/ptrace.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PTRACE_SYSEMU_REQ      31
#define PTRACE_SYSEMU_STEP_REQ 32
#define USER_CS		       0x33
#define USER_SS		       0x2b
#define XSTATE_MAX	       16384

long ptrace(int request, ...);

static_assert(offsetof(struct user_regs_struct, gs_base) ==
		      offsetof(struct um_regs, gs_base),
	      "um_regs are the first part of the host's");

static pid_t
self(void)
{
	static __thread pid_t tid;

	if (!tid)
		tid = (pid_t)syscall(SYS_gettid);
	return tid;
}

/* The number that is put in for a call stopped at its entry. */
static uint64_t
harmless(const struct gthread *t)
{
	return t->is_compat ? I386_GETPID : SYS_getpid;
}

/* --- registers --- */

static int
put_regs(struct gthread *t)
{
	struct user_regs_struct u = {0};

	memcpy(&u, &t->regs, sizeof t->regs);
	/* No restart logic of the host's; a call about to be carried out is
	 * one that passes the agent's filter. */
	u.orig_rax = t->at_entry ? harmless(t) : ~0ull;
	u.cs = USER_CS;
	u.ss = USER_SS;
	u.eflags = (t->regs.eflags & UM_EFLAGS_USER) | 0x202;
	return ptrace(PTRACE_SETREGS, t->tid, 0, &u) < 0 ? -errno : 0;
}

static int
fetch_regs(struct gthread *t)
{
	struct user_regs_struct u;

	if (ptrace(PTRACE_GETREGS, t->tid, 0, &u) < 0)
		return -errno;
	memcpy(&t->regs, &u, sizeof t->regs);
	t->fs_base = u.fs_base;
	t->gs_base = u.gs_base;
	return 0;
}

/* The host wants its own size of image, which may be larger than a frame's. */
static int
put_fp(struct gthread *t, const void *image)
{
	static __thread char buf[XSTATE_MAX];
	struct iovec iov = {buf, sizeof buf};
	size_t len = fpstate_size() - 4;

	if (ptrace(PTRACE_GETREGSET, t->tid, NT_X86_XSTATE, &iov) < 0)
		return -errno;
	if (iov.iov_len < len)
		return -EINVAL;
	memset(buf, 0, iov.iov_len);
	memcpy(buf, image, len);
	memset(buf + 464, 0, 48); /* software bytes */
	return ptrace(PTRACE_SETREGSET, t->tid, NT_X86_XSTATE, &iov) < 0
		       ? -errno
		       : 0;
}

static int
ptrace_get_fp(struct gthread *t, void *out, size_t size)
{
	static __thread char buf[XSTATE_MAX];
	struct iovec iov = {buf, sizeof buf};
	uint64_t features;

	if (size < fpstate_size())
		return -ERANGE;
	if (!t->is_attached) {
		if (t->fp_image)
			memcpy(out, t->fp_image, fpstate_size());
		else
			fpstate_initial(out);
		return (int)fpstate_size();
	}
	if (ptrace(PTRACE_GETREGSET, t->tid, NT_X86_XSTATE, &iov) < 0)
		return -errno;
	memcpy(out, buf, fpstate_size() - 4);
	memcpy(&features, (char *)out + 512, 8);
	features &= fp_features;
	memcpy((char *)out + 512, &features, 8);
	fpstate_seal(out);
	return (int)fpstate_size();
}

static int
ptrace_set_fp(struct gthread *t, const void *image, size_t len)
{
	void *copy;

	if (len && (len != fpstate_size() || !fpstate_is_sane(image, len)))
		return -EINVAL;
	copy = malloc(fpstate_size());
	if (!copy)
		return -ENOMEM;
	if (len)
		memcpy(copy, image, len);
	else
		fpstate_initial(copy);
	if (t->is_attached) {
		int err = put_fp(t, copy);

		free(copy);
		return err;
	}
	free(t->fp_image);
	t->fp_image = copy;
	return 0;
}

/* --- attaching --- */

static int
wait_stop(struct gthread *t, int *status)
{
	pid_t pid;

	do
		pid = waitpid(t->tid, status, __WALL);
	while (pid < 0 && errno == EINTR);
	if (pid < 0 || !WIFSTOPPED(*status)) {
		t->is_attached = false;
		return -ESRCH;
	}
	return 0;
}

static int
attach(struct gthread *t)
{
	char initial[XSTATE_MAX];
	uint64_t none = 0;
	int status, err;

	if (ptrace(PTRACE_SEIZE, t->tid, 0,
		   PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD) < 0)
		return -errno;
	t->is_attached = true;
	t->tracer_tid = self();
	if (ptrace(PTRACE_INTERRUPT, t->tid, 0, 0) < 0)
		return -errno;
	err = wait_stop(t, &status);
	if (err)
		return err;
	if (ptrace(PTRACE_SETSIGMASK, t->tid, sizeof none, &none) < 0)
		return -errno;
	fpstate_initial(initial);
	err = put_fp(t, t->fp_image ? t->fp_image : initial);
	free(t->fp_image);
	t->fp_image = NULL;
	return err;
}

static void
ptrace_thread_init(struct gthread *t, const struct um_regs *regs)
{
	t->fs_base = regs->fs_base;
	t->gs_base = regs->gs_base;
	t->regs = *regs;
	free(t->fp_image);
	t->fp_image = NULL;
}

static void
ptrace_thread_fini(struct gthread *t)
{
	free(t->fp_image);
}

/* --- threads another vCPU must wait for: it alone can reap them --- */

static struct {
	pthread_mutex_t lock;
	unsigned n, max;
	struct orphan {
		pid_t tracer, tid;
	} * list;
} orphans = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
orphan_add(struct gthread *t)
{
	pthread_mutex_lock(&orphans.lock);
	if (orphans.n == orphans.max) {
		unsigned max = orphans.max * 2 + 16;
		void *p = realloc(orphans.list, max * sizeof *orphans.list);

		if (p) {
			orphans.list = p;
			orphans.max = max;
		}
	}
	if (orphans.n < orphans.max)
		orphans.list[orphans.n++] =
			(struct orphan){t->tracer_tid, t->tid};
	pthread_mutex_unlock(&orphans.lock);
}

static void
orphans_reap(void)
{
	pid_t me = self(), pid;
	int status;

	if (!__atomic_load_n(&orphans.n, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&orphans.lock);
	for (unsigned i = 0; i < orphans.n;) {
		struct orphan *o = &orphans.list[i];

		if (o->tracer == me) {
			pid = waitpid(o->tid, &status, __WALL | WNOHANG);
			if ((pid > 0 && !WIFSTOPPED(status)) || pid < 0) {
				*o = orphans.list[--orphans.n];
				continue;
			}
		}
		i++;
	}
	pthread_mutex_unlock(&orphans.lock);
}

static void
ptrace_thread_exit(struct gthread *t)
{
	if (!t->is_attached) {
		t->ctl->cmd = CMD_EXIT;
		__atomic_store_n(&t->ctl->turn, TURN_GUEST, __ATOMIC_SEQ_CST);
		host_futex_wake(&t->ctl->turn, FUTEX_FOR_GUEST);
		return;
	}
	if (t->tracer_tid != self()) {
		atomic_store(&t->as->is_tainted, true);
		orphan_add(t);
		return;
	}
	t->regs = (struct um_regs){.rip = STUB_ADDR(stub_exit)};
	if (put_regs(t) || ptrace(PTRACE_DETACH, t->tid, 0, 0) < 0) {
		atomic_store(&t->as->is_tainted, true);
		orphan_add(t);
	}
	t->is_attached = t->at_entry = false;
}

/* --- running --- */

static bool
is_nullify(void)
{
	return tracer_backend == &nullify_backend;
}

static int
resume(struct gthread *t, bool is_step)
{
	int req = is_nullify() ? is_step ? PTRACE_SINGLESTEP : PTRACE_SYSCALL
		  : is_step    ? PTRACE_SYSEMU_STEP_REQ
			       : PTRACE_SYSEMU_REQ;

	return ptrace(req, t->tid, 0, 0) < 0 ? -errno : 0;
}

/* From a call's entry to its exit: the host does getpid(2) in its stead. */
static int
pass_call(struct gthread *t)
{
	int status, err;

	t->at_entry = false;
	if (ptrace(PTRACE_POKEUSR, t->tid,
		   offsetof(struct user_regs_struct, orig_rax),
		   harmless(t)) < 0 ||
	    ptrace(PTRACE_SYSCALL, t->tid, 0, 0) < 0)
		return -errno;
	do {
		err = wait_stop(t, &status);
		if (err)
			return err;
		if ((status >> 8 & 0xff) == (SIGTRAP | 0x80))
			return 0;
	} while (ptrace(PTRACE_SYSCALL, t->tid, 0, 0) == 0);
	return -errno;
}

/* Before anything that makes it run on: its registers, if they changed. */
static int
load(struct gthread *t, const struct thread_run *run, bool is_new)
{
	bool is_dirty = run->flags & (RUN_SET_REGS | RUN_SET_RAX);
	bool was_call = t->at_entry;
	uint64_t fs = t->fs_base, gs = t->gs_base;
	int err;

	if (is_dirty)
		t->regs = run->regs;
	if (run->flags & RUN_SET_TLS) {
		fs = run->regs.fs_base;
		gs = run->regs.gs_base;
		is_dirty = true;
	}
	t->regs.fs_base = t->fs_base = fs;
	t->regs.gs_base = t->gs_base = gs;
	if (was_call) {
		err = pass_call(t);
		if (err)
			return err;
	}
	return is_dirty || was_call || is_new ? put_regs(t) : 0;
}

static int
run_until_stop(struct gthread *t, struct thread_run *run)
{
	bool is_step = run->flags & RUN_SINGLESTEP;
	int status, err;

	for (;;) {
		err = resume(t, is_step);
		if (!err)
			err = wait_stop(t, &status);
		if (!err)
			err = fetch_regs(t);
		if (err)
			return err;
		if (!stop_classify(t, status, &run->stop))
			continue;
		t->at_entry = is_nullify() &&
			      (status >> 8 & 0xff) == (SIGTRAP | 0x80);
		return 0;
	}
}

static int
ptrace_run(struct gthread *t, struct thread_run *run, int cpu)
{
	bool is_new = !t->is_attached;
	int err = 0;

	orphans_reap();
	if (run->spare)
		tracer_env.wake_spare(run);
	if (run->nops)
		err = aspace_sync(t->as, run->ops, run->nops, NULL);
	if (err && !atomic_load(&t->as->is_dead))
		return err;
	if (!err && is_new) {
		err = attach(t);
		if (err && err != -ESRCH)
			return err; /* the host does not let us */
	}
	if (!err && t->tracer_tid != self())
		return -EXDEV;
	if (!err)
		err = load(t, run, is_new);
	atomic_store(&t->is_running, 1);
	if (!err && atomic_exchange(&t->is_kicked, 0)) {
		atomic_store(&t->is_running, 0);
		run->stop = (struct stop){.kind = STOP_KICKED};
		return 0;
	}
	if (!err)
		err = run_until_stop(t, run);
	atomic_store(&t->is_running, 0);
	atomic_store(&t->is_kicked, 0);
	run->regs = t->regs;
	if (run->stop.kind != STOP_SYSCALL)
		run->regs.orig_rax = ~0ull;
	if (err) {
		atomic_store(&t->as->is_tainted, true);
		run->stop = (struct stop){.kind = STOP_DIED, .signo = SIGKILL};
	}
	return 0;
}

static void
ptrace_kick(struct gthread *t)
{
	atomic_store(&t->is_kicked, 1);
	if (atomic_load(&t->is_running))
		syscall(SYS_tgkill, t->as->pid, t->tid, KICK_SIGNAL);
}

#define PTRACE_OPS(n)                                                          \
	{                                                                      \
		.name = n, .is_pinned = true, .stop = pool_stop,               \
		.as_new = pool_get, .as_free = pool_put,                       \
		.as_sync = aspace_op_sync, .as_pin = aspace_pin,               \
		.thread_new = gthread_new, .thread_free = gthread_free,        \
		.thread_run = ptrace_run, .thread_kick = ptrace_kick,          \
		.get_fp = ptrace_get_fp, .set_fp = ptrace_set_fp,              \
		.thread_facts = gthread_facts, .xstate_size = fpstate_size,    \
		.clock_entry = hostclock_entry,                                \
	}

const struct backend ptrace_backend = {
	.ops = PTRACE_OPS("ptrace"),
	.is_ptraced = true,
	.thread_init = ptrace_thread_init,
	.thread_exit = ptrace_thread_exit,
	.thread_fini = ptrace_thread_fini,
};

const struct backend nullify_backend = {
	.ops = PTRACE_OPS("ptrace-nullify"),
	.is_ptraced = true,
	.thread_init = ptrace_thread_init,
	.thread_exit = ptrace_thread_exit,
	.thread_fini = ptrace_thread_fini,
};
