/* SPDX-License-Identifier: MIT */
/*
 * bench/micro.c - what basic operations cost, in nanoseconds each.
 *
 *   micro [SECONDS] [NAME...]
 *
 * Each operation is repeated for about SECONDS (default 0.2); the output is
 * one line each, "name<tab>ns".  The same static program runs on the host and
 * in guests: bench/run.py compares.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGES 512
#define PAGE  4096

static const char *self;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Every operation runs itself n times and says how many that were. */

static long
op_getppid(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	return n;
}

static long
op_clock_gettime(long n)
{
	struct timespec ts;

	for (long i = 0; i < n; i++)
		clock_gettime(CLOCK_MONOTONIC, &ts);
	return n;
}

static long
op_stat(long n)
{
	struct stat st;

	for (long i = 0; i < n; i++)
		if (stat("bench-file", &st) < 0)
			die("stat");
	return n;
}

static long
op_open_close(long n)
{
	for (long i = 0; i < n; i++) {
		int fd = open("bench-file", O_RDONLY);

		if (fd < 0)
			die("open");
		close(fd);
	}
	return n;
}

static long
op_read_4k(long n)
{
	static char buf[PAGE];
	int fd = open("bench-file", O_RDONLY);

	for (long i = 0; i < n; i++)
		if (pread(fd, buf, PAGE, (i % 16) * PAGE) != PAGE)
			die("pread");
	close(fd);
	return n;
}

static long
op_write_4k(long n)
{
	static char buf[PAGE];
	int fd = open("bench-file", O_WRONLY);

	for (long i = 0; i < n; i++)
		if (pwrite(fd, buf, PAGE, (i % 16) * PAGE) != PAGE)
			die("pwrite");
	close(fd);
	return n;
}

static long
op_list(long n)
{
	static char buf[32768];

	for (long i = 0; i < n; i++) {
		int fd = open("bench-dir", O_RDONLY | O_DIRECTORY);

		while (syscall(SYS_getdents64, fd, buf, sizeof buf) > 0)
			;
		close(fd);
	}
	return n;
}

static void
echo_bytes(int from, int to)
{
	char c;

	while (read(from, &c, 1) == 1)
		if (write(to, &c, 1) != 1)
			_exit(1);
	_exit(0);
}

/* A byte there and back between two processes. */
static long
op_pipe_pingpong(long n)
{
	int there[2], back[2];
	char c = 'x';
	pid_t pid;

	if (pipe(there) < 0 || pipe(back) < 0)
		die("pipe");
	pid = fork();
	if (pid == 0) {
		close(there[1]);
		echo_bytes(there[0], back[1]);
	}
	close(there[0]);
	for (long i = 0; i < n; i++)
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("ping-pong");
	close(there[1]);
	close(back[0]);
	close(back[1]);
	waitpid(pid, NULL, 0);
	return n;
}

static long
op_mmap_64k(long n)
{
	for (long i = 0; i < n; i++) {
		void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			die("mmap");
		munmap(p, 65536);
	}
	return n;
}

static char *
anonymous(void)
{
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void
touch(char *p)
{
	for (long i = 0; i < PAGES; i++)
		*(volatile char *)(p + i * PAGE) = 1;
}

/* A page of anonymous memory, written for the first time. */
static long
op_first_touch(long n)
{
	long done = 0;

	while (done < n) {
		char *p = anonymous();

		touch(p);
		munmap(p, PAGES * PAGE);
		done += PAGES;
	}
	return done;
}

/* A page that a forked child writes; the fork is not in these figures. */
static long cow_pages;
static double cow_ns;

static long
op_cow_page(long n)
{
	double *spent = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	cow_pages = 0;
	cow_ns = 0;
	while (cow_pages < n) {
		char *p = anonymous();
		pid_t pid;

		touch(p);
		pid = fork();
		if (pid == 0) {
			double start = now();

			touch(p);
			*spent = now() - start;
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		cow_ns += *spent;
		cow_pages += PAGES;
		munmap(p, PAGES * PAGE);
	}
	munmap(spent, PAGE);
	return cow_pages;
}

static sigjmp_buf landing;

static void
on_segv(int sig)
{
	siglongjmp(landing, sig);
}

static long
op_segv_handler(long n)
{
	struct sigaction sa = {.sa_handler = on_segv, .sa_flags = SA_NODEFER};
	char *nowhere =
		mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	sigaction(SIGSEGV, &sa, NULL);
	for (volatile long i = 0; i < n; i++)
		if (!sigsetjmp(landing, 0))
			*(volatile char *)nowhere = 1;
	signal(SIGSEGV, SIG_DFL);
	munmap(nowhere, PAGE);
	return n;
}

static void *
nothing(void *arg)
{
	return arg;
}

static long
op_thread(long n)
{
	for (long i = 0; i < n; i++) {
		pthread_t t;

		if (pthread_create(&t, NULL, nothing, NULL))
			die("pthread_create");
		pthread_join(t, NULL);
	}
	return n;
}

static long
op_fork_exit(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid < 0)
			die("fork");
		waitpid(pid, NULL, 0);
	}
	return n;
}

static long
op_fork_exec(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			execl(self, self, "exit", NULL);
			_exit(1);
		}
		if (pid < 0)
			die("fork");
		waitpid(pid, NULL, 0);
	}
	return n;
}

static const struct op {
	const char *name;
	long (*run)(long n);
} ops[] = {
	{"getppid", op_getppid},
	{"clock_gettime", op_clock_gettime},
	{"stat", op_stat},
	{"open+close", op_open_close},
	{"read 4 KiB", op_read_4k},
	{"write 4 KiB", op_write_4k},
	{"list 100 files", op_list},
	{"pipe ping-pong", op_pipe_pingpong},
	{"mmap+munmap 64 KiB", op_mmap_64k},
	{"first touch of a page", op_first_touch},
	{"copy-on-write page", op_cow_page},
	{"SIGSEGV to handler", op_segv_handler},
	{"thread create+join", op_thread},
	{"fork+exit+wait", op_fork_exit},
	{"fork+exec+wait", op_fork_exec},
};

#define NOPS (sizeof(ops) / sizeof(ops[0]))

/* More of it, until one run takes long enough to be trusted. */
static double
measure(const struct op *op, double seconds)
{
	double ns = 0;
	long n = 1, done = 1;

	while (ns < seconds * 1e9) {
		double start = now();

		if (ns > 0)
			n = (long)((double)done * seconds * 1.2e9 / ns) + 1;
		done = op->run(n);
		ns = now() - start;
	}
	if (op->run == op_cow_page)
		return cow_ns / (double)cow_pages;
	return ns / (double)done;
}

static void
make_files(void)
{
	static char zeros[16 * PAGE];
	int fd = open("bench-file", O_CREAT | O_WRONLY, 0600);
	char name[64];

	if (fd < 0 || write(fd, zeros, sizeof zeros) < 0)
		die("bench-file");
	close(fd);
	mkdir("bench-dir", 0700);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "bench-dir/file%d", i);
		fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd >= 0)
			close(fd);
	}
}

static int
is_wanted(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (strstr(name, *names))
			return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	double seconds = 0.2;

	if (argc == 2 && !strcmp(argv[1], "exit"))
		return 0;
	self = argv[0];
	if (argc > 1)
		seconds = atof(argv[1]);
	make_files();
	for (size_t i = 0; i < NOPS; i++) {
		if (argc > 2 && !is_wanted(ops[i].name, argv + 2))
			continue;
		printf("%s\t%.1f\n", ops[i].name, measure(&ops[i], seconds));
		fflush(stdout);
	}
	return 0;
}
