/* SPDX-License-Identifier: MIT */
/* syscalls/mem.c - mmap(2) and kin. */
#include "base/slab.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "include/abi/capability.h"
#include "include/abi/mman.h"
#include "include/abi/resource.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

/* How much @t may lock now: its limit, unless CAP_IPC_LOCK lifts it. */
static void
set_lock_limit(struct task *t)
{
	mm_limits(t->mm)->memlock = cred_capable(&t->cred, LX_CAP_IPC_LOCK)
					    ? UINT64_MAX
					    : rlimit_get(t, LX_RLIMIT_MEMLOCK);
}

sysret_t
sys_mmap(struct task *t, uaddr_t addr, uint64_t len, uint32_t prot,
	 uint32_t flags, int fd, int64_t offset)
{
	AUTO_PUT(file) f = NULL;
	uaddr_t got;
	int err;

	if ((uint64_t)offset & ~PAGE_MASK)
		return -EINVAL;
	if (!(flags & LX_MAP_ANONYMOUS)) {
		err = fd_get(t->files, fd, &f);
		if (err)
			return err;
	}
	set_lock_limit(t);
	err = mm_map(t->mm, addr, len, prot, flags, f ? &f->map : NULL,
		     (uint64_t)offset, &got);
	return err ? err : (sysret_t)got.v;
}

sysret_t
sys_munmap(struct task *t, uaddr_t addr, uint64_t len)
{
	return mm_unmap(t->mm, addr, len);
}

sysret_t
sys_mprotect(struct task *t, uaddr_t addr, uint64_t len, uint32_t prot)
{
	return mm_protect(t->mm, addr, len, prot);
}

sysret_t
sys_mremap(struct task *t, uaddr_t addr, uint64_t old_len, uint64_t new_len,
	   uint32_t flags, uaddr_t new_addr)
{
	uaddr_t got;
	int err;

	set_lock_limit(t);
	err = mm_remap(t->mm, addr, old_len, new_len, flags, new_addr, &got);
	return err ? err : (sysret_t)got.v;
}

sysret_t
sys_brk(struct task *t, uaddr_t addr)
{
	return (sysret_t)mm_brk(t->mm, addr).v;
}

sysret_t
sys_madvise(struct task *t, uaddr_t addr, uint64_t len, int advice)
{
	return mm_advise(t->mm, addr, len, advice);
}

sysret_t
sys_msync(struct task *t, uaddr_t addr, uint64_t len, uint32_t flags)
{
	return mm_sync(t->mm, addr, len, (int)flags);
}

/* One byte a page; done in runs, so that the kernel copy stays small. */
sysret_t
sys_mincore(struct task *t, uaddr_t addr, uint64_t len, uaddr_t vec)
{
	uint64_t pages = page_up(len) >> PAGE_SHIFT;
	uint8_t *run;
	int err = 0;

	if (addr.v & ~PAGE_MASK)
		return -EINVAL;
	if (addr.v > USER_TOP || len > USER_TOP - addr.v)
		return -ENOMEM;
	run = kmalloc(PAGE_SIZE);
	if (!run)
		return -EAGAIN;
	for (uint64_t done = 0; done < pages && !err;) {
		uint64_t n = MIN(pages - done, PAGE_SIZE);

		err = mm_incore(t->mm, uaddr_add(addr, done << PAGE_SHIFT),
				n << PAGE_SHIFT, run);
		if (!err)
			err = copy_out(t->mm, uaddr_add(vec, done), run, n);
		done += n;
	}
	kfree(run);
	return err;
}

sysret_t
sys_mlock(struct task *t, uaddr_t addr, uint64_t len)
{
	set_lock_limit(t);
	return mm_lock(t->mm, addr, len, true, false);
}

sysret_t
sys_mlock2(struct task *t, uaddr_t addr, uint64_t len, uint32_t flags)
{
	if (flags & ~(uint32_t)LX_MLOCK_ONFAULT)
		return -EINVAL;
	set_lock_limit(t);
	return mm_lock(t->mm, addr, len, true, flags & LX_MLOCK_ONFAULT);
}

sysret_t
sys_munlock(struct task *t, uaddr_t addr, uint64_t len)
{
	return mm_lock(t->mm, addr, len, false, false);
}

sysret_t
sys_mlockall(struct task *t, uint32_t flags)
{
	if (!flags ||
	    (flags &
	     ~(uint32_t)(LX_MCL_CURRENT | LX_MCL_FUTURE | LX_MCL_ONFAULT)) ||
	    flags == LX_MCL_ONFAULT)
		return -EINVAL;
	set_lock_limit(t);
	return mm_lock_all(t->mm, (int)flags, true);
}

sysret_t
sys_munlockall(struct task *t)
{
	return mm_lock_all(t->mm, 0, false);
}
