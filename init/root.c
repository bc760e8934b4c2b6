/* SPDX-License-Identifier: MIT */
/*
 * init/root.c - the tree a guest starts with: the root file system, what the
 * kernel provides below it (/proc, /sys, /dev ...), the user's -v mounts.
 *
 * A root that lacks a directory to mount on gets it made where it can be
 * written, and does without the mount where not.
 */
#include "arch/um/layout.h"
#include "base/cred.h"
#include "base/log.h"
#include "base/panic.h"
#include "base/str.h"
#include "fs/hostfs/hostfs.h"
#include "fs/initramfs/initramfs.h"
#include "fs/mount.h"
#include "fs/overlay/overlay.h"
#include "fs/path.h"
#include "fs/tmpfs/tmpfs.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"
#include "init/internal.h"
#include "kernel/task.h"

static struct fs_ctx *root_fs;

/* What everybody expects to find mounted. */
static const struct {
	const char *where, *type, *source, *data;
	uint32_t flags;
} builtin[] = {
	{"/proc", "proc", "proc", NULL,
	 LX_MS_NOSUID | LX_MS_NODEV | LX_MS_NOEXEC},
	{"/sys", "sysfs", "sysfs", NULL,
	 LX_MS_NOSUID | LX_MS_NODEV | LX_MS_NOEXEC},
	{"/dev", "devtmpfs", "devtmpfs", NULL, LX_MS_NOSUID},
	{"/dev/pts", "devpts", "devpts", "mode=620,ptmxmode=666,gid=5",
	 LX_MS_NOSUID | LX_MS_NOEXEC},
	{"/dev/shm", "tmpfs", "tmpfs", "mode=1777", LX_MS_NOSUID | LX_MS_NODEV},
	{"/run", "tmpfs", "tmpfs", "mode=755", LX_MS_NOSUID | LX_MS_NODEV},
	{"/tmp", "tmpfs", "tmpfs", "mode=1777", LX_MS_NOSUID | LX_MS_NODEV},
};

static int
open_root(struct super **out)
{
	struct hostfs_opts o = {
		.root = boot->root,
		.read_only = boot->flags & (BOOT_READ_ONLY | BOOT_EPHEMERAL),
		.host_euid = boot->host_euid,
		.host_egid = boot->host_egid,
		.source = boot->root_source,
	};
	struct super *lower;
	int err;

	if (boot->flags & BOOT_INITRD)
		return tmpfs_super("rootfs", "mode=755", out);
	err = hostfs_super(&o, &lower);
	if (err || !(boot->flags & BOOT_EPHEMERAL)) {
		*out = lower;
		return err;
	}
	err = overlay_super(lower, out);
	super_put(lower);
	return err;
}

void
init_files(void)
{
	bool read_only = (boot->flags & BOOT_READ_ONLY) &&
			 !(boot->flags & (BOOT_INITRD | BOOT_EPHEMERAL));
	struct path root = {0};
	struct super *sb;
	int err;

	err = open_root(&sb);
	if (!err)
		err = mount_root(sb, read_only ? LX_MS_RDONLY : 0, &root.mnt);
	if (!err)
		err = fs_ctx_new(&root_fs);
	if (err)
		panic("cannot mount the root file system: %s", str_errno(-err));
	root.dentry = root.mnt->root;
	fs_set_root(root_fs, &root);
	fs_set_cwd(root_fs, &root);
	root_fs->umask = 022;
}

struct fs_ctx *
init_root(void)
{
	return root_fs;
}

/* The directories down to @path; what exists is fine, what can't be is too. */
static void
make_dirs(const struct walk *w, const char *path)
{
	char part[512];

	for (size_t i = 1; path[i] && i < sizeof(part) - 1; i++) {
		if (path[i] != '/')
			continue;
		str_copy(part, path, i + 1);
		(void)!vfs_mkdir(w, part, 0755);
	}
	(void)!vfs_mkdir(w, path, 0755);
}

static void
mount_builtin(const struct walk *w)
{
	bool is_initrd = boot->flags & BOOT_INITRD;

	for (uint32_t i = 0; i < ARRAY_LEN(builtin); i++) {
		bool is_volatile = !strcmp(builtin[i].where, "/tmp") ||
				   !strcmp(builtin[i].where, "/run");
		int err;

		/* A directory's own /tmp and /run are its user's to keep; the
		 * archive is in memory anyway.  A read-only root needs both. */
		if (is_volatile &&
		    (is_initrd || !(boot->flags & BOOT_READ_ONLY)))
			continue;
		make_dirs(w, builtin[i].where);
		err = mount_do(w, builtin[i].source, builtin[i].where,
			       builtin[i].type, builtin[i].flags,
			       builtin[i].data);
		if (err)
			log_warn("no %s on %s: %s", builtin[i].type,
				 builtin[i].where, str_errno(-err));
	}
}

/* -v: a directory, or a file on a file. */
static int
mount_volume(const struct walk *w, const struct boot_mount *m)
{
	struct hostfs_opts o = {
		.root = m->dir,
		.is_file = m->is_file,
		.read_only = m->read_only,
		.host_euid = boot->host_euid,
		.host_egid = boot->host_egid,
		.source = m->source,
	};
	struct super *sb;
	struct path at;
	int err;

	err = path_lookup(w, m->target, &at);
	if (err == -ENOENT) {
		if (m->is_file) {
			char dir[512];
			const char *slash = strrchr(m->target, '/');

			str_copy(dir, m->target,
				 (size_t)(slash - m->target) + 1);
			if (dir[0])
				make_dirs(w, dir);
			(void)!vfs_mknod(w, m->target, LX_S_IFREG | 0644, 0);
		} else {
			make_dirs(w, m->target);
		}
		err = path_lookup(w, m->target, &at);
	}
	if (err)
		return err;
	err = hostfs_super(&o, &sb);
	if (!err) {
		err = mount_at(sb, &at, m->read_only ? LX_MS_RDONLY : 0);
		super_put(sb);
	}
	path_put(&at);
	return err;
}

int
init_unpack(struct task *t)
{
	struct walk w = {.fs = t->fs, .cred = &t->cred, .flags = WALK_FOLLOW};
	int err;

	if (boot->flags & BOOT_INITRD) {
		err = initramfs_unpack((const void *)INITRD_BASE,
				       boot->initrd_len, t->fs);
		if (err) {
			log_error("the embedded guest is damaged: %s",
				  str_errno(-err));
			return err;
		}
	}
	mount_builtin(&w);
	for (uint32_t i = 0; i < boot->nmounts; i++) {
		const struct boot_mount *m = &boot->mounts[i];

		err = mount_volume(&w, m);
		if (err) {
			log_error("cannot mount %s on %s: %s", m->source,
				  m->target, str_errno(-err));
			return err;
		}
	}
	return 0;
}
