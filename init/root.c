/* SPDX-License-Identifier: MIT */
/*
 * init/root.c - the tree a guest starts with: the root file system, what the
 * kernel provides below it (/proc, /sys, /dev ...), the user's -v mounts.
 *
 * A root that lacks a directory to mount on gets it made, in memory only: a
 * directory of the host is not changed by that.
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

/* Make one missing name of a path; what has names below it and can only be in
 * memory is a file system of its own. */
static int
make_place(const struct walk *w, const char *path, bool is_file, bool is_last)
{
	struct super *sb;
	struct path at;
	int err = mountpoint_make(w, path, is_file);

	if (err != 1 || is_last)
		return err < 0 ? err : 0;
	err = tmpfs_super("mountpoint", "mode=755", &sb);
	if (err)
		return err;
	err = path_lookup(w, path, &at);
	if (!err) {
		err = mount_at(sb, &at, LX_MS_NOSUID | LX_MS_NODEV);
		path_put(&at);
	}
	super_put(sb);
	return err;
}

/* See to it that @path, and all that leads to it, is there to mount on. */
static int
make_places(const struct walk *w, const char *path, bool is_file)
{
	char part[512];
	int err;

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t i = 1; path[i]; i++) {
		if (path[i] != '/' || path[i - 1] == '/')
			continue;
		str_copy(part, path, i + 1);
		err = make_place(w, part, false, !path[i + 1]);
		if (err)
			return err;
	}
	return path[strlen(path) - 1] == '/'
		       ? 0
		       : make_place(w, path, is_file, true);
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
		err = make_places(w, builtin[i].where, false);
		if (!err)
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

	err = make_places(w, m->target, m->is_file);
	if (!err)
		err = path_lookup(w, m->target, &at);
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
