/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/names.c - making and removing names, on the root and on tmpfs.
 */
#include "bench/micro/micro.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static int
is_tmpfs(const char *dir)
{
	struct statfs fs;

	return statfs(dir, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
	       access(dir, W_OK) == 0;
}

static char dir[64]; /* ours, on a tmpfs */

static void
remove_dir(void)
{
	rmdir(dir);
}

static char own[64];

static void
remove_own(void)
{
	rmdir(own);
}

/* A new directory of our own on the root: what others removed lately must not
 * be in our way (see spread() in systems.py). */
static const char *
root_dir(void)
{
	struct timespec now;

	if (own[0])
		return own;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(own, sizeof own, "bench-%lld-%ld", (long long)now.tv_sec,
		 now.tv_nsec);
	if (mkdir(own, 0700) < 0)
		die(own);
	atexit(remove_own);
	return own;
}

/* A directory of our own on a tmpfs; one that is there, or a new mount. */
static const char *
tmpfs_dir(void)
{
	static const char *const usual[] = {"/dev/shm", "/tmp", "/run"};

	if (dir[0])
		return dir;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (!is_tmpfs(usual[i]))
			continue;
		snprintf(dir, sizeof dir, "%s/bench-%d", usual[i],
			 (int)getpid());
		if (mkdir(dir, 0700) == 0) {
			atexit(remove_dir);
			return dir;
		}
	}
	dir[0] = 0;
	mkdir("bench-tmpfs", 0700);
	if (mount("tmpfs", "bench-tmpfs", "tmpfs", 0, NULL) < 0)
		skip("tmpfs");
	snprintf(dir, sizeof dir, "bench-tmpfs");
	return dir;
}

struct names {
	char a[96], b[96];
};

static struct names
names_in(const char *where)
{
	struct names at;

	snprintf(at.a, sizeof at.a, "%s/bench-a", where);
	snprintf(at.b, sizeof at.b, "%s/bench-b", where);
	return at;
}

static long
create_unlink(long n, const char *where)
{
	struct names at = names_in(where);

	for (long i = 0; i < n; i++) {
		int fd = open(at.a, O_CREAT | O_EXCL | O_WRONLY, 0600);

		if (fd < 0)
			die(at.a);
		close(fd);
		unlink(at.a);
	}
	return n;
}

static long
mkdir_rmdir(long n, const char *where)
{
	struct names at = names_in(where);

	for (long i = 0; i < n; i++)
		if (mkdir(at.a, 0700) < 0 || rmdir(at.a) < 0)
			die(at.a);
	return n;
}

/* One rename each: there, and back. */
static long
rename_file(long n, const char *where)
{
	struct names at = names_in(where);
	int fd = open(at.a, O_CREAT | O_WRONLY, 0600);

	if (fd < 0)
		die(at.a);
	close(fd);
	n += n & 1;
	for (long i = 0; i < n; i += 2)
		if (rename(at.a, at.b) < 0 || rename(at.b, at.a) < 0)
			die(at.a);
	unlink(at.a);
	return n;
}

static long
op_create_tmpfs(long n)
{
	return create_unlink(n, tmpfs_dir());
}

static long
op_create_root(long n)
{
	return create_unlink(n, root_dir());
}

static long
op_mkdir_tmpfs(long n)
{
	return mkdir_rmdir(n, tmpfs_dir());
}

static long
op_mkdir_root(long n)
{
	return mkdir_rmdir(n, root_dir());
}

static long
op_rename_tmpfs(long n)
{
	return rename_file(n, tmpfs_dir());
}

static long
op_rename_root(long n)
{
	return rename_file(n, root_dir());
}

const struct op name_ops[] = {
	{"create+unlink on tmpfs", op_create_tmpfs, 0},
	{"create+unlink on the root", op_create_root, 200},
	{"mkdir+rmdir on tmpfs", op_mkdir_tmpfs, 0},
	{"mkdir+rmdir on the root", op_mkdir_root, 200},
	{"rename on tmpfs", op_rename_tmpfs, 0},
	{"rename on the root", op_rename_root, 200},
	{NULL, NULL, 0},
};
