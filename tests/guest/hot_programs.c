/* SPDX-License-Identifier: MIT */
/* A program run many times makes its calls where others made them before: each
 * does what the file says now, and shows what is in it. */
#include "tests/guest/hot.h"

#include <sys/ptrace.h>

#define RUNS 40
#define LEN  64
#define PROG "./prog"

/* Where in the file hot_getpid() is. */
static off_t
offset(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long lo, hi, off, at = (unsigned long)hot_getpid;
	char line[512];

	CHECK(f);
	while (fgets(line, sizeof line, f)) {
		CHECK(sscanf(line, "%lx-%lx %*s %lx", &lo, &hi, &off) == 3);
		if (lo <= at && at < hi)
			break;
	}
	CHECK(lo <= at && at < hi);
	fclose(f);
	return (off_t)(at - lo + off);
}

/* --- the program --- */

static long
answer(int nr)
{
	return nr == SYS_getpid	   ? getpid()
	       : nr == SYS_getppid ? getppid()
				   : (long)getuid();
}

static void
reads_itself(off_t at)
{
	int mem = (int)OK(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
	int exe = (int)OK(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	char a[LEN], b[LEN];

	IS(LEN, pread(mem, a, LEN, (off_t)hot_getpid));
	IS(LEN, pread(exe, b, LEN, at));
	IS(0, memcmp(a, b, LEN));
	OK(close(mem));
	OK(close(exe));
}

/* Who is traced has the file's bytes to load, too. */
static void
is_traced(off_t at)
{
	int exe = (int)OK(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	char b[LEN];

	IS(LEN, pread(exe, b, LEN, at));
	IS(0, memcmp((const char *)hot_getpid, b, LEN));
	OK(close(exe));
	OK(raise(SIGSTOP));
}

static int
program(const char *how, int nr)
{
	off_t at = offset();

	IS(answer(nr), hot_getpid());
	IS(getpid(), hot_getpid7());
	IS(getpid(), hot_call(SYS_getpid));
	IS(getpid(), hot_moved(SYS_getpid));
	IS(getpid(), hot_last(SYS_getpid));
	if (*how == 't')
		is_traced(at);
	if (*how == 'r')
		reads_itself(at);
	if (*how == 'f')
		EXITS(0, IS(answer(nr), hot_getpid()); reads_itself(at));
	return 0;
}

/* --- who runs it --- */

static void
run_as(const char *how, int nr)
{
	char number[8];

	snprintf(number, sizeof number, "%d", nr);
	execl(PROG, PROG, how, number, NULL);
	_exit(9);
}

static void
run(const char *how, int nr)
{
	EXITS(0, run_as(how, nr));
}

static void
run_often(int nr)
{
	TIMES(RUNS)
	run("-", nr);
	run("reads", nr);
	run("forks", nr);
}

static void
write_program(const char *name, off_t at, int nr)
{
	int from = (int)OK(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	int to = (int)OK(
		open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));
	static char buf[1 << 16];
	uint8_t byte = (uint8_t)nr;
	ssize_t n;

	while ((n = (ssize_t)OK(read(from, buf, sizeof buf))) > 0)
		IS(n, write(to, buf, (size_t)n));
	IS(1, pwrite(to, &byte, 1, at + 1));
	OK(fsync(to));
	OK(close(to));
	OK(close(from));
}

static void
set_number(off_t at, int nr)
{
	int fd = (int)OK(open(PROG, O_RDWR | O_CLOEXEC));
	uint8_t byte = (uint8_t)nr;

	IS(1, pwrite(fd, &byte, 1, at + 1));
	OK(close(fd));
}

static void
set_number_mapped(off_t at, int nr)
{
	int fd = (int)OK(open(PROG, O_RDWR | O_CLOEXEC));
	off_t page = at & -4096;
	uint8_t *p = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, page));

	p[at - page + 1] = (uint8_t)nr;
	OK(msync(p, 8192, MS_SYNC));
	OK(munmap(p, 8192));
	OK(close(fd));
}

static void
traced(int nr)
{
	pid_t pid = check_fork();
	int status;

	if (!pid) {
		OK(ptrace(PTRACE_TRACEME, 0, 0, 0));
		run_as("traced", nr);
	}
	IS(pid, waitpid(pid, &status, 0)); /* execve(2) */
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	TIMES(50)
	{
		OK(ptrace(PTRACE_SINGLESTEP, pid, 0, 0));
		IS(pid, waitpid(pid, &status, 0));
		CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	}
	OK(ptrace(PTRACE_CONT, pid, 0, 0));
	IS(pid, waitpid(pid, &status, 0));
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	OK(ptrace(PTRACE_DETACH, pid, 0, 0));
	IS(pid, waitpid(pid, &status, 0));
	IS(0, status);
}

/* A private mapping of the text follows the file. */
static void
changes_under_mapping(off_t at)
{
	int fd = (int)OK(open(PROG, O_RDONLY | O_CLOEXEC));
	off_t page = at & -4096;
	char *p = MAPPED(
		mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, page));
	long (*call)(void) = (long (*)(void))(p + (at - page));

	IS(getpid(), call());
	set_number(at, SYS_getppid);
	IS(getppid(), call());
	set_number_mapped(at, SYS_getpid);
	IS(getpid(), call());
	OK(mprotect(p, 8192, RW));
	IS(0xb8, *(uint8_t *)(p + (at - page)));
	OK(munmap(p, 8192));
	OK(fsync(fd));
	OK(close(fd));
}

int
main(int argc, char **argv)
{
	off_t at = offset();

	if (argc == 3)
		return program(argv[1], atoi(argv[2]));
	write_program(PROG, at, SYS_getpid);
	run_often(SYS_getpid);
	traced(SYS_getpid);
	changes_under_mapping(at);
	run_often(SYS_getpid);
	set_number(at, SYS_getppid); /* rewritten in place */
	run_often(SYS_getppid);
	set_number_mapped(at, SYS_getpid);
	run_often(SYS_getpid);
	write_program(PROG, at, SYS_getppid); /* from the start */
	run_often(SYS_getppid);
	write_program("other", at, SYS_getuid);
	OK(rename("other", PROG)); /* replaced */
	run_often(SYS_getuid);
	traced(SYS_getuid);
	return 0;
}
