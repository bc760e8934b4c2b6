/* SPDX-License-Identifier: MIT */
/* /proc/sys/fs/protected_symlinks, _fifos, _regular: in a directory like /tmp
 * nobody is led astray by what another left there.  link.c has _hardlinks. */
#include "tests/guest/check.h"

static int
setting(const char *name)
{
	char path[64], c = '0';
	int fd;

	snprintf(path, sizeof path, "/proc/sys/fs/protected_%s", name);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		OK(read(fd, &c, 1));
	return c - '0';
}

static void
links(bool is_on)
{
	put_file("f", "x");
	OK(mkdir("target", 0755));
	put_file("target/f", "y");
	OK(symlink("../f", "tmp/l"));
	OK(symlink("../target", "tmp/d"));
	OK(lchown("tmp/l", 1234, 1234));
	OK(lchown("tmp/d", 1234, 1234));
	OK(symlink("tmp/l", "outer"));
	OK(access("tmp/d/f", F_OK)); /* only the last component counts */
	OK(open("tmp/l", O_PATH | O_NOFOLLOW));
	if (!is_on) {
		OK(open("tmp/l", O_RDONLY));
		return;
	}
	/* Root too: it is the follower who is protected. */
	FAILS(EACCES, open("tmp/l", O_RDONLY));
	FAILS(EACCES, open("outer", O_RDONLY));
	FAILS(EACCES, open("tmp/d/", O_RDONLY));
	FAILS(EACCES, chdir("tmp/d"));
	OK(chmod("tmp", 0777)); /* not sticky */
	OK(open("tmp/l", O_RDONLY));
	OK(chmod("tmp", 01775)); /* not everybody's */
	OK(open("tmp/l", O_RDONLY));
	OK(chmod("tmp", 01777));
	OK(lchown("tmp/l", 0, 0)); /* the directory's owner's */
	AS_NOBODY(OK(open("tmp/l", O_RDONLY)));
	OK(chown("tmp", 4321, 0)); /* the follower's own */
	OK(open("tmp/l", O_RDONLY));
	OK(chown("tmp", 0, 0));
}

static void
creats(const char *what, int level)
{
	OK(chown(what, 1234, 1234));
	OK(chmod(what, 0666));
	OK(open(what, O_RDWR)); /* without O_CREAT anything goes */
	if (level)
		FAILS(EACCES, open(what, O_RDWR | O_CREAT, 0600));
	else
		OK(open(what, O_RDWR | O_CREAT, 0600));
	OK(chmod("tmp", 01775));
	if (level > 1)
		FAILS(EACCES, open(what, O_RDWR | O_CREAT, 0600));
	else
		OK(open(what, O_RDWR | O_CREAT, 0600));
	OK(chmod("tmp", 01777));
	OK(chown(what, 0, 0));
	OK(open(what, O_RDWR | O_CREAT, 0600));
}

/* Is this a kernel whose settings are this test's to change? */
static bool
may_change(void)
{
	char text[8] = "";
	int fd = open("/etc/hostname", O_RDONLY);

	return getpid() == 1 && fd >= 0 && read(fd, text, 8) > 0 &&
	       !strncmp(text, "viv\n", 4);
}

static void
set(const char *name, int level)
{
	char path[64], c = (char)('0' + level);
	int fd;

	snprintf(path, sizeof path, "/proc/sys/fs/protected_%s", name);
	fd = OK(open(path, O_WRONLY));
	IS(1, write(fd, &c, 1));
	OK(close(fd));
	IS(level, setting(name));
}

int
main(void)
{
	umask(0);
	if (geteuid() != 0)
		return 0;
	OK(mkdir("tmp", 01777));
	OK(chmod("tmp", 01777));
	put_file("tmp/r", "x");
	OK(mkfifo("tmp/p", 0666));
	links(setting("symlinks"));
	creats("tmp/r", setting("regular"));
	creats("tmp/p", setting("fifos"));
	if (!may_change())
		return 0;
	for (int level = 1; level <= 2; level++) {
		set("regular", level);
		set("fifos", level);
		creats("tmp/r", level);
		creats("tmp/p", level);
	}
	return 0;
}
