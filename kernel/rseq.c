/* SPDX-License-Identifier: MIT */
/*
 * kernel/rseq.c - restartable sequences: an area of the thread's memory that
 * tells the processor it runs on, and critical sections that are left for
 * their abort handler when the thread was switched out or gets a signal;
 * rseq(2).
 *
 * Whatever may have moved the thread sets rseq_stale; the area is brought up
 * to date on the last steps back to guest code.
 */
#include "kernel/rseq.h"

#include "include/abi/process.h"
#include "include/abi/signal.h"
#include "kernel/internal.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "mm/usercopy.h"

#define AT(t, field) uaddr((t)->rseq.v + offsetof(struct lx_rseq, field))

/* The area's ids lie in two rows.  Linux without CONFIG_SCHED_MM_CID: a
 * thread's number among those that run is the processor's. */
static int
write_ids(struct task *t, uint32_t start, uint32_t cpu, uint32_t cid)
{
	uint32_t where[2] = {start, cpu}, near[2] = {0, cid};
	int err = put_user(t->mm, AT(t, cpu_id_start), &where);

	return err ? err : put_user(t->mm, AT(t, node_id), &near);
}

/* Linux: the word before the abort handler must be what was registered, so
 * that an attacker cannot have a thread jump anywhere. */
static int
check_abort(struct task *t, const struct lx_rseq_cs *cs)
{
	uint64_t end = cs->start_ip + cs->post_commit_offset;
	uint32_t sig;

	if (cs->version || cs->flags || cs->start_ip >= USER_TOP ||
	    end < cs->start_ip || end >= USER_TOP || cs->abort_ip >= USER_TOP ||
	    cs->abort_ip - cs->start_ip < cs->post_commit_offset)
		return -EINVAL;
	if (copy_in(t->mm, &sig, uaddr(cs->abort_ip - sizeof(sig)),
		    sizeof(sig)))
		return -EFAULT;
	return sig == t->rseq_sig ? 0 : -EINVAL;
}

/* Is the thread in a critical section?  Then it goes on at its abort. */
static int
leave_section(struct task *t)
{
	struct lx_rseq_cs cs;
	uint64_t at, none = 0;
	uint32_t flags;
	int err;

	if (copy_in(t->mm, &at, AT(t, rseq_cs), sizeof(at)))
		return -EFAULT;
	if (!at)
		return 0;
	if (copy_in(t->mm, &cs, uaddr(at), sizeof(cs)))
		return -EFAULT;
	err = check_abort(t, &cs);
	if (!err)
		err = copy_out(t->mm, AT(t, rseq_cs), &none, sizeof(none));
	if (err || t->run.regs.rip - cs.start_ip >= cs.post_commit_offset)
		return err;
	/* Linux: what once forbade a restart is refused. */
	if (copy_in(t->mm, &flags, AT(t, flags), sizeof(flags)) || flags)
		return -EINVAL;
	t->run.regs.rip = cs.abort_ip;
	t->run.flags |= RUN_SET_REGS;
	return 0;
}

void
rseq_signal(struct task *t)
{
	if (t->rseq.v && leave_section(t))
		signal_force_fault(t, LX_SIGSEGV, LX_SI_KERNEL, 0);
}

void
rseq_update(struct task *t)
{
	int cpu, err = 0;

	/* Writing may wait for a page, and go on elsewhere. */
	while (!err && t->rseq_stale && t->rseq.v) {
		t->rseq_stale = false;
		cpu = t->cpu;
		err = leave_section(t);
		if (!err && t->rseq_cpu != cpu)
			err = write_ids(t, (uint32_t)cpu, (uint32_t)cpu,
					(uint32_t)cpu);
		t->rseq_cpu = cpu;
	}
	t->rseq_stale = false;
	if (!err)
		return;
	t->rseq = uaddr(0);
	signal_force_fault(t, LX_SIGSEGV, LX_SI_KERNEL, 0);
}

static sysret_t
take_back(struct task *t, uaddr_t at, uint32_t len, uint32_t sig)
{
	if (!t->rseq.v || t->rseq.v != at.v || t->rseq_len != len)
		return -EINVAL;
	if (t->rseq_sig != sig)
		return -EPERM;
	if (write_ids(t, 0, (uint32_t)LX_RSEQ_CPU_ID_UNINITIALIZED, 0))
		return -EFAULT;
	t->rseq = uaddr(0);
	return 0;
}

sysret_t
rseq_set(struct task *t, uaddr_t at, uint32_t len, uint32_t flags, uint32_t sig)
{
	uint64_t none = 0;

	if (flags == LX_RSEQ_FLAG_UNREGISTER)
		return take_back(t, at, len, sig);
	if (flags)
		return -EINVAL;
	if (t->rseq.v) {
		if (t->rseq.v != at.v || t->rseq_len != len)
			return -EINVAL;
		return t->rseq_sig == sig ? -EBUSY : -EPERM;
	}
	if (!at.v || at.v % _Alignof(struct lx_rseq) || len < LX_RSEQ_SIZE_ORIG)
		return -EINVAL;
	if (at.v + len > USER_TOP)
		return -EFAULT;
	t->rseq = at;
	/* Linux: what an earlier owner left is no section of ours. */
	if (copy_out(t->mm, AT(t, rseq_cs), &none, sizeof(none))) {
		t->rseq = uaddr(0);
		return -EFAULT;
	}
	t->rseq_len = len;
	t->rseq_sig = sig;
	rseq_moved(t);
	return 0;
}

void
rseq_moved(struct task *t)
{
	t->rseq_stale = true;
	t->rseq_cpu = -1;
}
