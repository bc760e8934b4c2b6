/* SPDX-License-Identifier: MIT */
/* syscalls/prctl.c - prctl(2), arch_prctl(2). */
#include "base/str.h"
#include "include/abi/capability.h"
#include "include/abi/prctl.h"
#include "include/abi/signal.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/patch.h"
#include "mm/usercopy.h"
#include "syscalls/seccomp.h"
#include "syscalls/sysdef.h"

#define SECUREBITS_ALL 0xffu
#define SECURE_LOCKS   0xaau /* each bit's lock is the next higher one */

static sysret_t
set_name(struct task *t, uaddr_t at)
{
	char name[TASK_COMM_LEN] = "";
	int64_t n = copy_str_in(t->mm, name, at, sizeof(name));

	if (n == -EFAULT)
		return n;
	name[sizeof(name) - 1] = 0; /* Linux: longer names are cut */
	task_set_comm(t, name);
	return 0;
}

static sysret_t
drop_bounding(struct task *t, uint64_t cap)
{
	if (!cred_capable(&t->cred, LX_CAP_SETPCAP))
		return -EPERM;
	if (cap > LX_CAP_CHECKPOINT_RESTORE)
		return -EINVAL;
	t->cred.cap_bounding &= ~(1ull << cap);
	return 0;
}

static sysret_t
set_securebits(struct task *t, uint64_t bits)
{
	struct cred *c = &t->cred;
	uint32_t locked = (c->securebits & SECURE_LOCKS) >> 1;

	if (!cred_capable(c, LX_CAP_SETPCAP))
		return -EPERM;
	if ((bits & ~(uint64_t)SECUREBITS_ALL) ||
	    ((bits ^ c->securebits) & locked) ||
	    (c->securebits & SECURE_LOCKS & ~bits))
		return -EPERM;
	c->securebits = (uint32_t)bits;
	return 0;
}

static sysret_t
ambient(struct task *t, uint64_t op, uint64_t cap)
{
	struct cred *c = &t->cred;
	uint64_t bit;

	if (op == LX_PR_CAP_AMBIENT_CLEAR_ALL) {
		if (cap)
			return -EINVAL;
		c->cap_ambient = 0;
		return 0;
	}
	if (cap > LX_CAP_CHECKPOINT_RESTORE)
		return -EINVAL;
	bit = 1ull << cap;
	switch (op) {
	case LX_PR_CAP_AMBIENT_IS_SET:
		return !!(c->cap_ambient & bit);
	case LX_PR_CAP_AMBIENT_LOWER:
		c->cap_ambient &= ~bit;
		return 0;
	case LX_PR_CAP_AMBIENT_RAISE:
		if (!(c->cap_permitted & c->cap_inheritable & bit) ||
		    (c->securebits & LX_SECBIT_NO_CAP_AMBIENT_RAISE))
			return -EPERM;
		c->cap_ambient |= bit;
		return 0;
	}
	return -EINVAL;
}

static sysret_t
keep_caps(struct task *t, uint64_t on)
{
	struct cred *c = &t->cred;

	if (on > 1)
		return -EINVAL;
	if (c->securebits & LX_SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	if (on)
		c->securebits |= LX_SECBIT_KEEP_CAPS;
	else
		c->securebits &= ~(uint32_t)LX_SECBIT_KEEP_CAPS;
	return 0;
}

/* What concerns ids and capabilities. */
static sysret_t
prctl_cred(struct task *t, int option, uint64_t a, uint64_t b)
{
	switch (option) {
	case LX_PR_GET_KEEPCAPS:
		return !!(t->cred.securebits & LX_SECBIT_KEEP_CAPS);
	case LX_PR_SET_KEEPCAPS:
		return keep_caps(t, a);
	case LX_PR_CAPBSET_READ:
		if (a > LX_CAP_CHECKPOINT_RESTORE)
			return -EINVAL;
		return t->cred.cap_bounding >> a & 1;
	case LX_PR_CAPBSET_DROP:
		return drop_bounding(t, a);
	case LX_PR_GET_SECUREBITS:
		return t->cred.securebits;
	case LX_PR_SET_SECUREBITS:
		return set_securebits(t, a);
	case LX_PR_CAP_AMBIENT:
		return ambient(t, a, b);
	case LX_PR_GET_NO_NEW_PRIVS:
		return t->cred.no_new_privs;
	case LX_PR_SET_NO_NEW_PRIVS:
		if (a != 1 || b)
			return -EINVAL;
		t->cred.no_new_privs = true;
		return 0;
	}
	return -EINVAL;
}

/* What is asked and answered through memory. */
static sysret_t
prctl_memory(struct task *t, int option, uint64_t a)
{
	int v;

	switch (option) {
	case LX_PR_SET_NAME:
		return set_name(t, uaddr(a));
	case LX_PR_GET_NAME:
		return copy_out(t->mm, uaddr(a), t->comm, TASK_COMM_LEN);
	case LX_PR_GET_PDEATHSIG:
		return put_user(t->mm, uaddr(a), &t->pdeath_sig);
	case LX_PR_GET_CHILD_SUBREAPER:
		v = t->proc->is_subreaper;
		return put_user(t->mm, uaddr(a), &v);
	case LX_PR_GET_TID_ADDRESS:
		return put_user(t->mm, uaddr(a), &t->clear_tid.v);
	}
	return -EINVAL;
}

sysret_t
sys_prctl(struct task *t, int option, uint64_t arg2, uint64_t arg3,
	  uint64_t arg4, uint64_t arg5)
{
	switch (option) {
	case LX_PR_SET_PDEATHSIG:
		if (arg2 > LX_NSIG)
			return -EINVAL;
		t->pdeath_sig = (int)arg2;
		return 0;
	case LX_PR_GET_DUMPABLE:
		return t->proc->is_dumpable;
	case LX_PR_SET_DUMPABLE:
		if (arg2 > 1)
			return -EINVAL;
		t->proc->is_dumpable = arg2;
		return 0;
	case LX_PR_SET_CHILD_SUBREAPER:
		t->proc->is_subreaper = arg2 != 0;
		return 0;
	case LX_PR_GET_TIMERSLACK:
		return (sysret_t)t->timer_slack_ns;
	case LX_PR_SET_TIMERSLACK:
		t->timer_slack_ns = arg2 ? arg2 : 50000;
		return 0;
	case LX_PR_GET_TIMING:
		return 0;
	case LX_PR_GET_SECCOMP:
		return t->seccomp_mode;
	case LX_PR_SET_SECCOMP:
		return prctl_set_seccomp(t, arg2, arg3);
	case LX_PR_SET_NAME:
	case LX_PR_GET_NAME:
	case LX_PR_GET_PDEATHSIG:
	case LX_PR_GET_CHILD_SUBREAPER:
	case LX_PR_GET_TID_ADDRESS:
		return prctl_memory(t, option, arg2);
	case LX_PR_SET_NO_NEW_PRIVS:
		if (arg3 || arg4 || arg5)
			return -EINVAL;
		return prctl_cred(t, option, arg2, arg3);
	case LX_PR_GET_NO_NEW_PRIVS:
		if (arg2 || arg3 || arg4 || arg5)
			return -EINVAL;
		return prctl_cred(t, option, arg2, arg3);
	}
	return prctl_cred(t, option, arg2, arg3);
}

sysret_t
sys_arch_prctl(struct task *t, int option, uint64_t addr)
{
	struct um_regs *r = &t->run.regs;

	switch (option) {
	case LX_ARCH_SET_FS:
	case LX_ARCH_SET_GS:
		if (addr >= USER_TOP)
			return -EPERM;
		if (option == LX_ARCH_SET_FS)
			r->fs_base = addr;
		else
			r->gs_base = addr;
		if (r->gs_base)
			patch_ban(t->mm); /* %gs is no longer ours */
		t->run.flags |= RUN_SET_TLS;
		return 0;
	case LX_ARCH_GET_FS:
		return put_user(t->mm, uaddr(addr), &r->fs_base);
	case LX_ARCH_GET_GS:
		return put_user(t->mm, uaddr(addr), &r->gs_base);
	}
	return -EINVAL;
}
