/* SPDX-License-Identifier: MIT */
/* syscalls/seccomp.c - seccomp(2), and prctl(2)'s older form of it. */
#include "kernel/seccomp.h"

#include "base/slab.h"
#include "include/abi/seccomp.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/seccomp.h"
#include "syscalls/sysdef.h"

/* Linux before 5.0: nobody can listen to what a filter wants to be asked. */
#define FLAGS                                                                  \
	(LX_SECCOMP_FILTER_FLAG_TSYNC | LX_SECCOMP_FILTER_FLAG_LOG |           \
	 LX_SECCOMP_FILTER_FLAG_SPEC_ALLOW |                                   \
	 LX_SECCOMP_FILTER_FLAG_TSYNC_ESRCH)

static sysret_t
set_filter(struct task *t, uint32_t flags, uaddr_t args)
{
	struct lx_sock_fprog prog;
	struct lx_sock_filter *f;
	uint64_t size;
	int err;

	if (flags & ~(uint32_t)FLAGS)
		return -EINVAL;
	if (get_user(t->mm, &prog, args))
		return -EFAULT;
	if (!prog.len || prog.len > LX_BPF_MAXINSNS)
		return -EINVAL;
	err = seccomp_may_filter(t);
	if (err)
		return err;
	size = prog.len * sizeof(*f);
	f = kmalloc(size);
	if (!f)
		return -ENOMEM;
	err = copy_in(t->mm, f, prog.filter, size);
	if (!err)
		err = seccomp_add(t, f, prog.len, flags);
	kfree(f);
	return err;
}

static sysret_t
is_action(struct task *t, uaddr_t args)
{
	uint32_t action;

	if (get_user(t->mm, &action, args))
		return -EFAULT;
	switch (action) {
	case LX_SECCOMP_RET_KILL_PROCESS:
	case LX_SECCOMP_RET_KILL_THREAD:
	case LX_SECCOMP_RET_TRAP:
	case LX_SECCOMP_RET_ERRNO:
	case LX_SECCOMP_RET_TRACE:
	case LX_SECCOMP_RET_LOG:
	case LX_SECCOMP_RET_ALLOW:
		return 0;
	}
	return -EOPNOTSUPP;
}

sysret_t
sys_seccomp(struct task *t, int op, uint32_t flags, uaddr_t args)
{
	switch (op) {
	case LX_SECCOMP_SET_MODE_STRICT:
		if (flags || !uaddr_is_null(args))
			return -EINVAL;
		return seccomp_set_strict(t);
	case LX_SECCOMP_SET_MODE_FILTER:
		return set_filter(t, flags, args);
	case LX_SECCOMP_GET_ACTION_AVAIL:
		return flags ? -EINVAL : is_action(t, args);
	}
	return -EINVAL;
}

sysret_t
prctl_set_seccomp(struct task *t, uint64_t mode, uint64_t filter)
{
	if (mode == LX_SECCOMP_MODE_STRICT)
		return seccomp_set_strict(t);
	return mode == LX_SECCOMP_MODE_FILTER ? set_filter(t, 0, uaddr(filter))
					      : -EINVAL;
}
