/* SPDX-License-Identifier: MIT */
/* /proc/self/fd and fdinfo: links to what is open, opening it again. */
#include "tests/guest/proc.h"

#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static char link_buf[4096], path[64];

static char *
link_of(int fd)
{
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return proc_link(path, link_buf);
}

static void
what_they_say(void)
{
	char want[4096 + 64];
	struct stat st;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2], s[2];

	OK(getcwd(want, 4096) ? 0 : -1);
	strcat(want, "/f");
	IS(0, strcmp(link_of(fd), want));
	OK(lstat(path, &st));
	IS(S_IFLNK | 0700, st.st_mode); /* the rights it was opened with */
	link_of(OK(open("f", O_RDONLY)));
	OK(lstat(path, &st));
	IS(S_IFLNK | 0500, st.st_mode);
	OK(rename("f", "g"));
	CHECK(strstr(link_of(fd), "/g"));
	OK(unlink("g"));
	CHECK(strstr(link_of(fd), "/g (deleted)"));
	OK(pipe(p));
	OK(fstat(p[0], &st));
	snprintf(want, sizeof want, "pipe:[%lu]", st.st_ino);
	IS(0, strcmp(link_of(p[1]), want));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	OK(fstat(s[0], &st));
	snprintf(want, sizeof want, "socket:[%lu]", st.st_ino);
	IS(0, strcmp(link_of(s[0]), want));
	IS(0, strcmp(link_of(OK(epoll_create1(0))), "anon_inode:[eventpoll]"));
	IS(0, strcmp(link_of(OK(eventfd(0, 0))), "anon_inode:[eventfd]"));
	IS(0, strcmp(link_of(OK(open("/dev/null", O_RDONLY))), "/dev/null"));
}

static void
opened_again(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), again, p[2], s[2];
	char buf[8];

	IS(5, write(fd, "hello", 5));
	OK(unlink("f"));
	link_of(fd);
	again = OK(open(path, O_RDONLY)); /* a new opening of the old file */
	IS(0, lseek(again, 0, SEEK_CUR));
	IS(5, read(again, buf, sizeof buf));
	OK(fchmod(fd, 0));
	link_of(again);
	AS_NOBODY(FAILS(EACCES, open(path, O_RDWR)));
	/* A pipe's ends can be turned around; a socket's can't. */
	OK(pipe2(p, O_NONBLOCK));
	link_of(p[0]);
	IS(1, write(OK(open(path, O_WRONLY)), "x", 1));
	IS(1, read(p[0], buf, 8));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	link_of(s[0]);
	FAILS(ENXIO, open(path, O_RDWR));
	/* A directory's leads on. */
	OK(mkdir("d", 0755));
	put_file("d/x", "");
	link_of(OK(open("d", O_PATH)));
	strcat(path, "/x");
	OK(access(path, F_OK));
}

static void
listed(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int open_fds[3], seen = 0, i;

	CHECK(dir);
	for (i = 0; i < 3; i++)
		open_fds[i] = OK(open(".", O_RDONLY));
	OK(close(open_fds[1]));
	rewinddir(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		IS(DT_LNK, e->d_type);
		OK(fcntl(atoi(e->d_name), F_GETFD));
		seen |= atoi(e->d_name) == open_fds[0];
		CHECK(atoi(e->d_name) != open_fds[1]);
	}
	CHECK(seen);
	FAILS(ENOENT, readlink("/proc/self/fd/999", link_buf, 10));
	OK(access("/dev/fd/0", F_OK));
	IS(0, strcmp(proc_link("/dev/fd", link_buf), "/proc/self/fd"));
}

static void
fdinfo(void)
{
	static char text[PROC_MAX];
	int fd = OK(open("i", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600));

	IS(3, write(fd, "abc", 3));
	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	proc_read(path, text);
	IS(3, atoi(proc_field(text, "pos")));
	IS(O_WRONLY | O_APPEND | O_CLOEXEC | 0100000,
	   strtol(proc_field(text, "flags"), NULL, 8));
	CHECK(atoi(proc_field(text, "mnt_id")) > 0);
}

int
main(void)
{
	umask(0);
	what_they_say();
	opened_again();
	listed();
	fdinfo();
	return 0;
}
