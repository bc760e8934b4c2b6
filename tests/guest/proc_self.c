/* SPDX-License-Identifier: MIT */
/* /proc/self: the links and texts programs look up about themselves. */
#include "tests/guest/proc.h"

static void
whose(void)
{
	char a[64] = "", b[64], self[64];

	OK(readlink("/proc/self", a, sizeof a - 1));
	IS(getpid(), atoi(a));
	EXITS(0, char c[64] = ""; OK(readlink("/proc/self", c, sizeof c - 1));
	      IS(getpid(), atoi(c)));
	memset(b, 0, sizeof b);
	OK(readlink("/proc/thread-self", b, sizeof b - 1));
	snprintf(self, sizeof self, "%d/task/%d", getpid(), gettid());
	IS(0, strcmp(b, self));
	FAILS(ENOENT, access("/proc/0", F_OK));
	FAILS(ENOENT, access("/proc/1234567890", F_OK));
}

static void
links(void)
{
	char cwd[4096], link[4096];
	struct stat st, via;

	OK(getcwd(cwd, sizeof cwd) ? 0 : -1);
	IS(0, strcmp(proc_link("/proc/self/cwd", link), cwd));
	OK(mkdir("d", 0755));
	OK(chdir("d"));
	CHECK(strlen(proc_link("/proc/self/cwd", link)) == strlen(cwd) + 2);
	OK(stat(".", &st));
	OK(stat("/proc/self/cwd", &via));
	IS(st.st_ino, via.st_ino);
	OK(rmdir("../d"));
	CHECK(strstr(proc_link("/proc/self/cwd", link), "/d (deleted)"));
	OK(chdir(cwd));
	IS(0, strcmp(proc_link("/proc/self/root", link), "/"));
	OK(stat(proc_link("/proc/self/exe", link), &st));
	OK(stat("/proc/self/exe", &via));
	IS(st.st_ino, via.st_ino);
	OK(lstat("/proc/self/exe", &via));
	CHECK(S_ISLNK(via.st_mode));
	OK(close(OK(open("/proc/self/exe", O_RDONLY))));
	IS(-1, open("/proc/self/exe", O_WRONLY));
	CHECK(errno == ETXTBSY || errno == EACCES || errno == EROFS);
}

static void
command(char **argv)
{
	static char buf[PROC_MAX];
	long n = proc_read("/proc/self/cmdline", buf);

	IS(strlen(argv[0]) + 1, n); /* NULs and all */
	IS(0, strcmp(buf, argv[0]));
	proc_read("/proc/self/comm", buf);
	OK(prctl(PR_SET_NAME, "fifteen chars and more"));
	proc_read("/proc/self/comm", buf);
	IS(0, strcmp(buf, "fifteen chars a\n"));
	int fd = OK(open("/proc/self/comm", O_WRONLY));

	IS(5, write(fd, "new\nx", 5));
	proc_read("/proc/self/comm", buf);
	IS(0, strcmp(buf, "new\nx\n"));
	/* The environment as exec set it up, not what became of it. */
	OK(setenv("VIV_TEST_LATER", "1", 1));
	n = proc_read("/proc/self/environ", buf);
	CHECK(memmem(buf, n, "VIV_TEST_LATER", 14) == NULL);
	EXITS(0, char *arg[] = {"x", "environ", NULL};
	      char *env[] = {"A=1", "BB=22", NULL};
	      execve("/proc/self/exe", arg, env); OK(-1));
}

static int
after_exec(void)
{
	static char buf[PROC_MAX];

	IS(10, proc_read("/proc/self/environ", buf));
	IS(0, memcmp(buf, "A=1\0BB=22\0", 10));
	IS(10, proc_read("/proc/self/cmdline", buf));
	IS(0, memcmp(buf, "x\0environ\0", 10));
	return 0;
}

static void
tasks(void)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", gettid());
	OK(access(path, F_OK));
	OK(stat("/proc/self/task", &st));
	if (st.st_nlink > 1)
		IS(3, st.st_nlink);
	FAILS(ENOENT, access("/proc/self/task/1234567890", F_OK));
}

int
main(int argc, char **argv)
{
	if (argc == 2)
		return after_exec();
	whose();
	links();
	command(argv);
	tasks();
	return 0;
}
