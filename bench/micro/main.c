/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/main.c - what basic operations cost, in nanoseconds each.
 *
 *   micro [SECONDS [NAME...]]     repeat each operation for about SECONDS
 *   micro -c|-w NAME              a counting run of one; only its warm-up
 *   micro -l                      list the operations
 *   micro poweroff                turn the machine off (for an init)
 *
 * Part of a NAME picks an operation, "=NAME" exactly that one.  Output: a line
 * each, "name<tab>ns", or "name<tab>-<tab>why" for what this system can't do.
 *
 * A counting run prints how many operations it did instead; what the host was
 * asked for meanwhile, less what the run that only warms up asks for, is
 * theirs.  The same static program runs on the host and in guests:
 * bench/run.py compares.
 */
#include "bench/micro/micro.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DIR_FILES 100
#define WARM_UP	  32 /* often enough for a call to become a jump */

static const struct op *const groups[] = {
	call_ops,   file_ops, name_ops, memory_ops,
	signal_ops, ipc_ops,  wait_ops, task_ops,
};

double spent_ns;
const char *self;

static const struct op *current;
static jmp_buf next_op;

double
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

void
die(const char *what)
{
	perror(what);
	exit(1);
}

void
skip(const char *what)
{
	printf("%s\t-\t%s: %s\n", current->name, what, strerror(errno));
	fflush(stdout);
	longjmp(next_op, 1);
}

char *
anonymous(long size)
{
	char *p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

int
start_child(void)
{
	int pid = fork();

	if (pid < 0)
		die("fork");
	return pid;
}

static void
file_name(char name[64], int i)
{
	snprintf(name, 64, "bench-dir/file%d", i);
}

static void
remove_files(void)
{
	char name[64];

	for (int i = 0; i < DIR_FILES; i++) {
		file_name(name, i);
		unlink(name);
	}
	rmdir("bench-dir");
	unlink("bench-file");
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
	if (mkdir("bench-dir", 0700) < 0)
		return;
	for (int i = 0; i < DIR_FILES; i++) {
		file_name(name, i);
		fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd < 0)
			die(name);
		close(fd);
	}
}

/* More of it, until one run takes long enough to be trusted. */
static void
measure(const struct op *op, double seconds)
{
	double ns = 0, whole = 0;
	long n = 1, done = 1;

	while (whole < seconds * 1e9) {
		double start = now_ns();

		if (whole > 0)
			n = (long)((double)done * seconds * 1.2e9 / whole) + 1;
		spent_ns = 0;
		done = op->run(n);
		whole = now_ns() - start;
		ns = spent_ns > 0 ? spent_ns : whole;
	}
	printf("%s\t%.1f\n", op->name, ns / (double)done);
	fflush(stdout);
}

static void
count(const struct op *op, int only_warm_up)
{
	long done;

	op->run(WARM_UP);
	done = only_warm_up ? 0 : op->run(op->many ? op->many : 1000);
	printf("%s\t%ld\n", op->name, done);
}

static int
is_wanted(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (**names == '=' ? !strcmp(name, *names + 1)
				   : strstr(name, *names) != NULL)
			return 1;
	return 0;
}

static void
do_op(const struct op *op, const char *how)
{
	current = op;
	if (setjmp(next_op))
		return;
	if (!strcmp(how, "-l"))
		puts(op->name);
	else if (*how == '-')
		count(op, !strcmp(how, "-w"));
	else
		measure(op, atof(how));
}

int
main(int argc, char **argv)
{
	static char *all[] = {NULL};
	const char *how = argc > 1 ? argv[1] : "0.1";

	self = argv[0];
	if (!strcmp(how, "exit"))
		return 0;
	if (!strcmp(how, "poweroff"))
		return reboot(RB_POWER_OFF);
	if (strcmp(how, "-l") != 0)
		make_files();
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (const struct op *op = groups[g]; op->name; op++)
			if (is_wanted(op->name, argc > 2 ? argv + 2 : all))
				do_op(op, how);
	if (strcmp(how, "-l") != 0)
		remove_files();
	return 0;
}
