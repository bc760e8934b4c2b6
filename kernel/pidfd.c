/* SPDX-License-Identifier: MIT */
/* kernel/pidfd.c - pidfd_open(2): readable once the process has exited. */
#include "kernel/pidfd.h"

#include "base/str.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "include/abi/fcntl.h"
#include "include/abi/resource.h"
#include "kernel/pid.h"
#include "mm/usercopy.h"

static uint32_t
pidfd_poll(struct file *f)
{
	struct pid *pid = f->priv;

	if (!pid->process)
		return WAIT_IN | WAIT_HUP;
	return pid->process->is_zombie ? WAIT_IN : 0;
}

static void
pidfd_release(struct file *f)
{
	pid_put(f->priv);
}

static void
pidfd_fdinfo(struct file *f, struct strbuf *sb)
{
	struct pid *pid = f->priv;
	int nr = pid->process ? pid->nr : -1;

	strbuf_add(sb, "Pid:\t%d\nNSpid:\t%d\n", nr, nr);
}

static const struct file_ops pidfd_ops = {
	.kind = "pidfd",
	.poll = pidfd_poll,
	.release = pidfd_release,
	.show_fdinfo = pidfd_fdinfo,
};

int
pidfd_new(struct pid *pid, uint32_t flags, struct file **out)
{
	struct file *f;
	int err = file_new(&pidfd_ops, LX_O_RDWR | flags, &f);

	if (err)
		return err;
	f->priv = pid_get(pid);
	f->wq = &pid->wq;
	str_copy(f->label, "anon_inode:[pidfd]", sizeof(f->label));
	*out = f;
	return 0;
}

int
pidfd_install(struct task *t, struct pid *pid, uaddr_t at)
{
	AUTO_PUT(file) f = NULL;
	int fd, err;

	err = pidfd_new(pid, 0, &f);
	if (err)
		return err;
	fd = fd_install(t->files, f, 0, true, rlimit_get(t, LX_RLIMIT_NOFILE));
	if (fd < 0)
		return fd;
	err = put_user(t->mm, at, &fd);
	if (err)
		(void)!fd_close(t->files, fd);
	return err;
}

struct pid *
pidfd_pid(const struct file *f)
{
	return f->ops == &pidfd_ops ? f->priv : NULL;
}
