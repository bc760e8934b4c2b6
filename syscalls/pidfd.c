/* SPDX-License-Identifier: MIT */
/* syscalls/pidfd.c - pidfd_open(2) and kin; process_vm_readv(2). */
#include "kernel/pidfd.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/fdtable.h"
#include "fs/proc/proc.h"
#include "include/abi/fcntl.h"
#include "include/abi/process.h"
#include "include/abi/resource.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "mm/mm.h"
#include "mm/uio.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define BOUNCE_MAX (16 * PAGE_SIZE)

sysret_t
sys_pidfd_open(struct task *t, int pid, uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	struct pid *p;
	int err;

	if (flags & ~(uint32_t)LX_PIDFD_NONBLOCK)
		return -EINVAL;
	if (pid <= 0)
		return -EINVAL;
	p = pid_find(pid);
	if (!p || (!p->task && !p->process))
		return -ESRCH;
	/* A thread that is no process: PIDFD_THREAD is not there. */
	if (!p->process)
		return -EINVAL;
	err = pidfd_new(p, flags, &f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, true,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

/* @may_be_dir: /proc/PID is as good. */
static int
get_pidfd(struct task *t, int fd, bool may_be_dir, struct process **out)
{
	AUTO_PUT(file) f = NULL;
	struct pid *pid;
	int err = fd_get(t->files, fd, &f);

	if (err)
		return err;
	pid = pidfd_pid(f);
	if (!pid && may_be_dir)
		pid = proc_dir_pid(f);
	if (!pid)
		return -EBADF;
	if (!pid->process)
		return -ESRCH;
	*out = pid->process;
	return 0;
}

sysret_t
sys_pidfd_send_signal(struct task *t, int pidfd, int sig, uaddr_t info,
		      uint32_t flags)
{
	struct lx_siginfo si;
	struct process *p;
	int err;

	if (flags)
		return -EINVAL;
	err = get_pidfd(t, pidfd, true, &p);
	if (err)
		return err;
	memset(&si, 0, sizeof(si));
	if (uaddr_is_null(info)) {
		si.si_signo = sig;
		si.si_code = LX_SI_USER;
		si.kill.pid = t->proc->pid;
		si.kill.uid = t->cred.uid;
	} else {
		if (get_user(t->mm, &si, info))
			return -EFAULT;
		if (si.si_signo != sig)
			return -EINVAL;
		if ((si.si_code >= 0 || si.si_code == LX_SI_TKILL) &&
		    p != t->proc)
			return -EPERM;
	}
	if (sig < 0 || sig > LX_NSIG)
		return -EINVAL;
	if (!signal_may(t, p->leader, sig))
		return -EPERM;
	return sig ? signal_process_info(p, &si) : 0;
}

sysret_t
sys_pidfd_getfd(struct task *t, int pidfd, int targetfd, uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	struct process *p;
	int err;

	if (flags)
		return -EINVAL;
	err = get_pidfd(t, pidfd, false, &p);
	if (err)
		return err;
	if (!task_may_trace(t, p->leader))
		return -EPERM;
	if (!p->leader->files)
		return -ESRCH;
	err = fd_get_path(p->leader->files, targetfd, &f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, true,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

/* --- process_vm_readv(2) --- */

static struct mm *
other_mm(struct task *t, int pid, int *err)
{
	struct task *o = task_find(pid);

	*err = -ESRCH;
	if (!o)
		return NULL;
	*err = -EPERM;
	if (!task_may_trace(t, o))
		return NULL;
	*err = -ESRCH;
	return o->mm ? mm_get(o->mm) : NULL;
}

/* Between two transfers, through a bounce buffer.  What faults on either side
 * ends it; what was moved counts. */
static sysret_t
move(struct uio *from, struct uio *to)
{
	uint64_t size = MIN(MIN(from->left, to->left), BOUNCE_MAX);
	uint8_t *bounce = kmalloc(MAX(size, 1ull));
	int64_t err = 0;

	if (!bounce)
		return -ENOMEM;
	while (from->left && to->left) {
		uint64_t want = MIN(MIN(from->left, to->left), size);
		int64_t got = uio_copy_unlocked(from, bounce, want), put;

		if (got <= 0) {
			err = got;
			break;
		}
		put = uio_copy_unlocked(to, bounce, (uint64_t)got);
		if (put < got) {
			err = put < 0 ? put : -EFAULT;
			break;
		}
	}
	kfree(bounce);
	return to->moved ? (sysret_t)to->moved : err;
}

/* The remote vector lies in our memory and points into the other's. */
static int
remote_uio(struct task *t, struct mm *mm, enum uio_dir dir, uaddr_t vec,
	   uint64_t count, struct uio *u)
{
	int err = uio_init_iov(u, t->mm, dir, vec, count);

	if (!err)
		u->mm = mm;
	return err;
}

static sysret_t
process_vm(struct task *t, int pid, uaddr_t lvec, uint64_t liovcnt,
	   uaddr_t rvec, uint64_t riovcnt, bool write)
{
	enum uio_dir in = UIO_FROM_GUEST, out = UIO_TO_GUEST;
	struct uio local, remote;
	struct mm *mm;
	sysret_t ret;
	int err;

	err = uio_init_iov(&local, t->mm, write ? in : out, lvec, liovcnt);
	if (err)
		return err;
	mm = other_mm(t, pid, &err);
	ret = err;
	if (mm) {
		ret = remote_uio(t, mm, write ? out : in, rvec, riovcnt,
				 &remote);
		if (!ret) {
			ret = write ? move(&local, &remote)
				    : move(&remote, &local);
			uio_fini(&remote);
		}
		mm_put(mm);
	}
	uio_fini(&local);
	return ret;
}

sysret_t
sys_process_vm_readv(struct task *t, int pid, uaddr_t lvec, uint64_t liovcnt,
		     uaddr_t rvec, uint64_t riovcnt, uint64_t flags)
{
	if (flags)
		return -EINVAL;
	return process_vm(t, pid, lvec, liovcnt, rvec, riovcnt, false);
}

sysret_t
sys_process_vm_writev(struct task *t, int pid, uaddr_t lvec, uint64_t liovcnt,
		      uaddr_t rvec, uint64_t riovcnt, uint64_t flags)
{
	if (flags)
		return -EINVAL;
	return process_vm(t, pid, lvec, liovcnt, rvec, riovcnt, true);
}
