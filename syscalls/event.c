/* SPDX-License-Identifier: MIT */
/* syscalls/event.c - eventfd(2). */
#include "fs/eventfd.h"
#include "fs/fdtable.h"
#include "include/abi/poll.h"
#include "kernel/task.h"
#include "syscalls/sysdef.h"

/* eventfd2(2). */
sysret_t
sys_eventfd2(struct task *t, uint32_t initval, uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (flags &
	    ~(uint32_t)(LX_EFD_SEMAPHORE | LX_EFD_CLOEXEC | LX_EFD_NONBLOCK))
		return -EINVAL;
	err = eventfd_new(initval, flags & LX_EFD_SEMAPHORE,
			  flags & LX_EFD_NONBLOCK, &f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, flags & LX_EFD_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

/* eventfd(2). */
sysret_t
sys_eventfd(struct task *t, uint32_t initval)
{
	return sys_eventfd2(t, initval, 0);
}
