/* SPDX-License-Identifier: MIT */
/* mknod(2): files, FIFOs and sockets for all, devices for root. */
#include "tests/guest/check.h"

#include <sys/sysmacros.h>

static long
mknod_(const char *path, mode_t mode, dev_t dev)
{
	return syscall(SYS_mknod, path, mode, dev);
}

static struct stat
of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st;
}

static void
for_anybody(void)
{
	umask(022);
	OK(mknod_("f", S_IFREG | 0666, 0));
	IS(S_IFREG | 0644, of("f").st_mode);
	OK(mknod_("zero", 0600, 0)); /* no kind means a regular file */
	IS(S_IFREG | 0600, of("zero").st_mode);
	OK(mknod_("p", S_IFIFO | 0666, 0));
	IS(S_IFIFO | 0644, of("p").st_mode);
	IS(0, of("p").st_size);
	OK(mknod_("s", S_IFSOCK | 0777, 0));
	IS(S_IFSOCK | 0755, of("s").st_mode);
	FAILS(ENXIO, open("s", O_RDWR));
	FAILS(EEXIST, mknod_("f", S_IFIFO | 0600, 0));
	FAILS(EPERM, mknod_("d", S_IFDIR | 0700, 0));
	FAILS(EINVAL, mknod_("l", S_IFLNK | 0700, 0));
	FAILS(EINVAL, mknod_("l", 0170000, 0));
	FAILS(ENOENT, mknod_("no/x", S_IFREG, 0));
	FAILS(ENOENT, mknod_("x/", S_IFIFO, 0));
	FAILS(ENOENT, mknod_("", S_IFREG, 0));
	FAILS(ENOTDIR, mknod_("f/x", S_IFREG, 0));
	FAILS(EFAULT, mknod_(unmapped_page(), S_IFREG, 0));
	OK(symlink("nowhere", "dangling"));
	FAILS(EEXIST, mknod_("dangling", S_IFREG, 0));
}

static void
devices(void)
{
	char buf[4] = "xxx";
	int fd;

	OK(mknod_("null", S_IFCHR | 0666, makedev(1, 3)));
	IS(S_IFCHR | 0644, of("null").st_mode);
	IS(makedev(1, 3), of("null").st_rdev);
	OK(mknod_("zero-dev", S_IFCHR | 0644, makedev(1, 5)));
	OK(mknod_("disk", S_IFBLK | 0600, makedev(259, 70000)));
	IS(S_IFBLK | 0600, of("disk").st_mode);
	IS(makedev(259, 70000), of("disk").st_rdev);
	OK(mknod_("nothing", S_IFCHR | 0644, makedev(4000, 1)));

	/* It is the device, wherever the node lies; unless "nodev" is. */
	fd = open("zero-dev", O_RDWR);
	if (fd < 0) {
		IS(EACCES, errno);
		return;
	}
	IS(3, read(fd, buf, 3));
	IS(0, memcmp(buf, "\0\0\0", 3));
	FAILS(ENXIO, open("nothing", O_RDONLY));
	IS(1, write(OK(open("null", O_WRONLY | O_TRUNC)), "x", 1));
}

int
main(void)
{
	for_anybody();
	if (geteuid() == 0)
		devices();
	OK(chmod(".", 0777));
	AS_NOBODY(FAILS(EPERM, mknod_("mine", S_IFCHR | 0600, makedev(1, 3)));
		  FAILS(EPERM, mknod_("mine", S_IFBLK | 0600, makedev(1, 3)));
		  OK(mknod_("mine", S_IFIFO | 0600, 0));
		  FAILS(EEXIST, mknod_("mine", S_IFCHR | 0600, 1)));
	return 0;
}
