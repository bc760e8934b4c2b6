/* SPDX-License-Identifier: MIT */
/*
 * inotify_init1(2), inotify_add_watch(2), inotify_rm_watch(2),
 * inotify_init(2).
 */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

static int in;
static char buf[8192] __attribute__((aligned(8)));
static struct inotify_event *ev;
static long left;

/* The next event must be this one. */
static void
event_at(int line, int wd, uint32_t mask, const char *name)
{
	if (left == 0) {
		left = OK(read(in, buf, sizeof buf));
		ev = (struct inotify_event *)buf;
	}
	check_is(__FILE__, line, "watch", ev->wd, wd);
	check_is(__FILE__, line, "mask", ev->mask, mask);
	if (name)
		check_is(__FILE__, line, name, strcmp(ev->name, name), 0);
	else
		check_is(__FILE__, line, "no name", ev->len, 0);
	left -= (long)sizeof *ev + ev->len;
	ev = (struct inotify_event *)((char *)ev + sizeof *ev + ev->len);
}
#define EVENT(wd, mask, name) event_at(__LINE__, wd, mask, name)

static void
no_more(void)
{
	IS(0, left);
	FAILS(EAGAIN, read(in, buf, sizeof buf));
}

static void
directory(void)
{
	int wd, fd;
	uint32_t cookie;

	OK(mkdir("d", 0755));
	wd = OK(inotify_add_watch(in, "d", IN_ALL_EVENTS));
	fd = OK(open("d/f", O_CREAT | O_WRONLY, 0600));
	IS(1, write(fd, "x", 1));
	OK(close(fd));
	EVENT(wd, IN_CREATE, "f");
	EVENT(wd, IN_OPEN, "f");
	EVENT(wd, IN_MODIFY, "f");
	EVENT(wd, IN_CLOSE_WRITE, "f");
	fd = OK(open("d/f", O_RDONLY));
	IS(1, read(fd, buf, 1));
	OK(close(fd));
	EVENT(wd, IN_OPEN, "f");
	EVENT(wd, IN_ACCESS, "f");
	EVENT(wd, IN_CLOSE_NOWRITE, "f");
	OK(chmod("d/f", 0644));
	EVENT(wd, IN_ATTRIB, "f");
	OK(rename("d/f", "d/g"));
	EVENT(wd, IN_MOVED_FROM, "f");
	cookie = ((struct inotify_event *)buf)->cookie;
	CHECK(cookie != 0);
	IS(cookie, ev->cookie); /* by this the two belong together */
	EVENT(wd, IN_MOVED_TO, "g");
	OK(mkdir("d/sub", 0755));
	EVENT(wd, IN_CREATE | IN_ISDIR, "sub");
	OK(rename("d/g", "out"));
	EVENT(wd, IN_MOVED_FROM, "g");
	OK(rmdir("d/sub"));
	EVENT(wd, IN_DELETE | IN_ISDIR, "sub");
	OK(rmdir("d"));
	EVENT(wd, IN_DELETE_SELF, NULL);
	EVENT(wd, IN_IGNORED, NULL);
	no_more();
}

static void
file_itself(void)
{
	int wd, fd;

	put_file("f", "hello");
	wd = OK(inotify_add_watch(in, "f",
				  IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF |
					  IN_ATTRIB));
	OK(truncate("f", 2));
	EVENT(wd, IN_MODIFY, NULL);
	OK(rename("f", "g"));
	EVENT(wd, IN_MOVE_SELF, NULL);
	fd = OK(open("g", O_RDWR));
	IS(1, write(fd, "a", 1));
	IS(1, write(fd, "b", 1)); /* the same again is said once */
	EVENT(wd, IN_MODIFY, NULL);
	OK(unlink("g"));
	EVENT(wd, IN_ATTRIB, NULL); /* a link less; open, it lives on */
	no_more();
	OK(close(fd));
	EVENT(wd, IN_DELETE_SELF, NULL);
	EVENT(wd, IN_IGNORED, NULL);
	no_more();
}

static void
masks(void)
{
	int wd, again;

	put_file("f", "");
	wd = OK(inotify_add_watch(in, "f", IN_OPEN));
	again = OK(inotify_add_watch(in, "f", IN_ATTRIB));
	IS(wd, again); /* replaced */
	OK(close(OK(open("f", O_RDONLY))));
	no_more();
	IS(wd, inotify_add_watch(in, "f", IN_OPEN | IN_MASK_ADD));
	OK(close(OK(open("f", O_RDONLY))));
	EVENT(wd, IN_OPEN, NULL);
	FAILS(EEXIST, inotify_add_watch(in, "f", IN_OPEN | IN_MASK_CREATE));
	OK(inotify_rm_watch(in, wd));
	EVENT(wd, IN_IGNORED, NULL);
	FAILS(EINVAL, inotify_rm_watch(in, wd));
	wd = OK(inotify_add_watch(in, "f", IN_OPEN | IN_ONESHOT));
	OK(close(OK(open("f", O_RDONLY))));
	EVENT(wd, IN_OPEN, NULL);
	EVENT(wd, IN_IGNORED, NULL);
	FAILS(ENOTDIR, inotify_add_watch(in, "f", IN_OPEN | IN_ONLYDIR));
	OK(symlink("f", "l"));
	OK(inotify_add_watch(in, "l", IN_OPEN | IN_DONT_FOLLOW));
	OK(close(OK(open("f", O_RDONLY))));
	no_more();
}

static void
reading(void)
{
	struct pollfd pf = {in, POLLIN, 0};
	int wd = OK(inotify_add_watch(in, ".", IN_CREATE)), n;

	IS(0, poll(&pf, 1, 0));
	put_file("a-name", "");
	IS(1, poll(&pf, 1, 0));
	OK(ioctl(in, FIONREAD, &n));
	IS(sizeof *ev + 16, n); /* names are padded */
	FAILS(EINVAL, read(in, buf, 16));
	EVENT(wd, IN_CREATE, "a-name");
	FAILS(ENOENT, inotify_add_watch(in, "no", IN_OPEN));
	FAILS(EINVAL, inotify_add_watch(in, ".", 0));
	FAILS(EFAULT, inotify_add_watch(in, unmapped_page(), IN_OPEN));
	FAILS(EBADF, inotify_add_watch(-1, ".", IN_OPEN));
	FAILS(EINVAL, inotify_add_watch(0, ".", IN_OPEN));
	FAILS(EINVAL, inotify_init1(1));
	put_file("secret", "");
	OK(chmod("secret", 0));
	AS_NOBODY(FAILS(EACCES, inotify_add_watch(in, "secret", IN_OPEN)));
}

int
main(void)
{
	in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (in < 0 && errno == ENOSYS)
		SKIP("this kernel has no inotify");
	OK(in);
	IS(FD_CLOEXEC, fcntl(in, F_GETFD));
	IS(O_NONBLOCK, fcntl(in, F_GETFL));
	IS(0, fcntl(OK(syscall(SYS_inotify_init)), F_GETFL));
	directory();
	file_itself();
	masks();
	reading();
	return 0;
}
