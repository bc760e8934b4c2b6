/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/ram.c - a file for guest RAM that the host may back with large
 * pages, where it lets us have one.
 *
 * A memfd gets them only if the host's administrator said so for all of them
 * (shmem_enabled).  A tmpfs of our own gets them where they are asked for, but
 * to mount one takes a user namespace.  So a child makes one, mounts a tmpfs
 * that has no place in any tree, and leaves a nameless file of it in the table
 * of descriptors that it shares with us; namespace and child are gone then.
 * Hosts that refuse any of this cost nothing but large pages.
 */
#include "arch/um/host/host.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/mount.h, which older headers lack. */
#define OWN_FSOPEN     430
#define OWN_FSCONFIG   431
#define OWN_FSMOUNT    432
#define OWN_CLOEXEC    1 /* FSOPEN_ and FSMOUNT_ */
#define OWN_SET_STRING 1
#define OWN_CMD_CREATE 6

static bool
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n > 0;
}

/* In the namespace, files need owners that are there. */
static bool
map_ids(uid_t uid, gid_t gid)
{
	char text[32];

	snprintf(text, sizeof text, "0 %u 1", uid);
	if (!put("/proc/self/uid_map", text))
		return false;
	snprintf(text, sizeof text, "0 %u 1", gid);
	return put("/proc/self/setgroups", "deny") &&
	       put("/proc/self/gid_map", text);
}

static bool
set(int fs, const char *key, const char *value)
{
	return syscall(OWN_FSCONFIG, fs, OWN_SET_STRING, key, value, 0) == 0;
}

/* A tmpfs that gives large pages where asked; or -1. */
static int
mount_tmpfs(void)
{
	int fs = (int)syscall(OWN_FSOPEN, "tmpfs", OWN_CLOEXEC), dir = -1;

	if (fs < 0)
		return -1;
	if (set(fs, "huge", "advise") && set(fs, "size", "0") &&
	    !syscall(OWN_FSCONFIG, fs, OWN_CMD_CREATE, NULL, NULL, 0))
		dir = (int)syscall(OWN_FSMOUNT, fs, OWN_CLOEXEC, 0);
	close(fs);
	return dir;
}

/* A nameless file there, or -1.  Descriptors are viv's: none is left behind. */
static int
make_file(void)
{
	int dir = mount_tmpfs(), file;

	if (dir < 0)
		return -1;
	file = openat(dir, ".", O_TMPFILE | O_RDWR, 0600);
	close(dir);
	return file;
}

/* Code is mapped from it, too. */
static bool
may_execute(int fd)
{
	return ftruncate(fd, PAGE_SIZE) == 0 &&
	       mmap(NULL, PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd,
		    0) != MAP_FAILED;
}

static void
child(int fd, uid_t uid, gid_t gid)
{
	int own = map_ids(uid, gid) ? make_file() : -1;
	bool is_fit =
		own >= 0 && may_execute(own) && dup3(own, fd, O_CLOEXEC) >= 0;

	if (own >= 0)
		close(own);
	_exit(!is_fit);
}

bool
host_ram_large(int fd)
{
	const unsigned long flags =
		CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int status;
	long pid;

	pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
	if (pid == 0)
		child(fd, uid, gid);
	if (pid < 0)
		return false;
	while (waitpid((pid_t)pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
