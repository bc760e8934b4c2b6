/* SPDX-License-Identifier: MIT */
/* syscalls/wait.c - wait4(2), waitid(2). */
#include "kernel/wait.h"

#include "base/str.h"
#include "fs/fdtable.h"
#include "include/abi/fcntl.h"
#include "include/abi/resource.h"
#include "include/abi/signal.h"
#include "include/abi/wait.h"
#include "kernel/pid.h"
#include "kernel/pidfd.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/rusage.h"
#include "syscalls/sysdef.h"

#define WAIT4_OPTIONS                                                          \
	(LX_WNOHANG | LX_WUNTRACED | LX_WCONTINUED | LX___WNOTHREAD |          \
	 LX___WCLONE | LX___WALL)
#define WAITID_OPTIONS                                                         \
	(LX_WNOHANG | LX_WNOWAIT | LX_WEXITED | LX_WSTOPPED | LX_WCONTINUED |  \
	 LX___WNOTHREAD | LX___WCLONE | LX___WALL)

static void
rusage_of(const struct wait_result *r, struct lx_rusage *ru)
{
	memset(ru, 0, sizeof(*ru));
	rusage_times(ru, r->utime_ns, r->stime_ns);
	ru->ru_maxrss = (int64_t)(r->maxrss_pages * (PAGE_SIZE / 1024));
	ru->ru_minflt = (int64_t)r->minflt;
	ru->ru_majflt = (int64_t)r->majflt;
	ru->ru_nvcsw = (int64_t)r->nvcsw;
	ru->ru_nivcsw = (int64_t)r->nivcsw;
}

static int
put_rusage(struct task *t, const struct wait_result *r, uaddr_t rusage)
{
	struct lx_rusage ru;

	if (uaddr_is_null(rusage))
		return 0;
	rusage_of(r, &ru);
	return put_user(t->mm, rusage, &ru);
}

sysret_t
sys_wait4(struct task *t, int pid, uaddr_t status, uint32_t options,
	  uaddr_t rusage)
{
	struct wait_req w = {.type = LX_P_ALL, .options = options | LX_WEXITED};
	struct wait_result r;
	int err;

	if (options & ~(uint32_t)WAIT4_OPTIONS)
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	if (pid > 0) {
		w.type = LX_P_PID;
		w.id = pid;
	} else if (pid != -1) {
		w.type = LX_P_PGID;
		w.id = pid ? -pid : t->proc->pgrp_pid->nr;
	}
	err = task_wait(t, &w, &r);
	if (err || !r.pid)
		return err;
	if (!uaddr_is_null(status))
		err = put_user(t->mm, status, &r.raw);
	if (!err)
		err = put_rusage(t, &r, rusage);
	return err ? err : r.pid;
}

static int
resolve(struct task *t, int idtype, int id, struct wait_req *w)
{
	AUTO_PUT(file) f = NULL;
	struct pid *pid;
	int err;

	w->type = idtype;
	w->id = id;
	switch (idtype) {
	case LX_P_ALL:
		return 0;
	case LX_P_PID:
		return id > 0 ? 0 : -EINVAL;
	case LX_P_PGID:
		if (!id)
			w->id = t->proc->pgrp_pid->nr;
		return id >= 0 ? 0 : -EINVAL;
	case LX_P_PIDFD:
		if (id < 0)
			return -EINVAL;
		err = fd_get(t->files, id, &f);
		if (err)
			return err;
		pid = pidfd_pid(f);
		if (!pid)
			return -EBADF;
		if (f->flags & LX_O_NONBLOCK)
			w->options |= LX_WNOHANG;
		w->type = LX_P_PID;
		w->id = pid->nr;
		return 0;
	}
	return -EINVAL;
}

sysret_t
sys_waitid(struct task *t, int idtype, int id, uaddr_t info, uint32_t options,
	   uaddr_t rusage)
{
	struct wait_req w = {.options = options};
	struct lx_siginfo si;
	struct wait_result r;
	int err;

	if ((options & ~(uint32_t)WAITID_OPTIONS) ||
	    !(options & (LX_WEXITED | LX_WSTOPPED | LX_WCONTINUED)))
		return -EINVAL;
	err = resolve(t, idtype, id, &w);
	if (err)
		return err;
	err = task_wait(t, &w, &r);
	if (err)
		return err;
	if (!r.pid && !(options & LX_WNOHANG) && (w.options & LX_WNOHANG))
		return -EAGAIN; /* pidfd_open(2): PIDFD_NONBLOCK */
	if (r.pid)
		err = put_rusage(t, &r, rusage);
	if (err || uaddr_is_null(info))
		return err;
	memset(&si, 0, sizeof(si));
	if (r.pid) {
		si.si_signo = LX_SIGCHLD;
		si.si_code = r.code;
		si.chld.pid = r.pid;
		si.chld.uid = r.uid;
		si.chld.status = r.status;
	}
	/* Linux writes these fields alone. */
	err = copy_out(t->mm, info, &si, 12);
	if (!err)
		err = copy_out(
			t->mm,
			uaddr_add(info, offsetof(struct lx_siginfo, chld)),
			&si.chld, 12);
	return err;
}
