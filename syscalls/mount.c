/* SPDX-License-Identifier: MIT */
/* syscalls/mount.c - mount(2), umount2(2), pivot_root(2). */
#include "fs/mount.h"

#include "base/slab.h"
#include "include/abi/mount.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

/* A string argument that may be missing: *@out is NULL then.  kfree() it. */
static int
string_in(struct task *t, uaddr_t at, char **out)
{
	int64_t len;
	char *s;

	*out = NULL;
	if (uaddr_is_null(at))
		return 0;
	s = kmalloc(AT_PATH_MAX);
	if (!s)
		return -ENOMEM;
	len = copy_str_in(t->mm, s, at, AT_PATH_MAX);
	if (len < 0) {
		kfree(s);
		return len == -ENAMETOOLONG ? -EINVAL : (int)len;
	}
	*out = s;
	return 0;
}

/* Options: at most a page, which need not all be there nor end in a NUL. */
static int
options_in(struct task *t, uaddr_t at, char **out)
{
	size_t n = PAGE_SIZE - (at.v & (PAGE_SIZE - 1));
	char *s;

	*out = NULL;
	if (uaddr_is_null(at))
		return 0;
	s = kzalloc(PAGE_SIZE + 1);
	if (!s)
		return -ENOMEM;
	if (copy_in(t->mm, s, at, n)) {
		kfree(s);
		return -EFAULT;
	}
	/* The next page, if there is one. */
	if (copy_in(t->mm, s + n, uaddr_add(at, n), PAGE_SIZE - n))
		s[n] = '\0';
	s[PAGE_SIZE - 1] = '\0';
	*out = s;
	return 0;
}

sysret_t
sys_mount(struct task *t, uaddr_t source, uaddr_t target, uaddr_t fstype,
	  uint64_t flags, uaddr_t data)
{
	char *src = NULL, *type = NULL, *opts = NULL;
	AUTO_AT a;
	int err;

	a.w.start = (struct path){0};
	err = string_in(t, fstype, &type);
	if (!err)
		err = string_in(t, source, &src);
	if (!err)
		err = options_in(t, data, &opts);
	if (!err)
		err = at_init(&a, t, LX_AT_FDCWD, target, 0);
	if (!err)
		err = mount_do(&a.w, src, a.name, type, flags, opts);
	kfree(src);
	kfree(type);
	kfree(opts);
	return err;
}

sysret_t
sys_umount2(struct task *t, uaddr_t target, uint32_t flags)
{
	AUTO_AT a;
	int err = at_init(&a, t, LX_AT_FDCWD, target, 0);

	return err ? err : mount_undo(&a.w, a.name, (int)flags);
}

sysret_t
sys_pivot_root(struct task *t, uaddr_t new_root, uaddr_t put_old)
{
	AUTO_AT to;
	AUTO_AT put;
	int err;

	put.w.start = (struct path){0};
	err = at_init(&to, t, LX_AT_FDCWD, new_root, 0);
	if (!err)
		err = at_init(&put, t, LX_AT_FDCWD, put_old, 0);
	return err ? err : mount_pivot(&to.w, to.name, put.name);
}
