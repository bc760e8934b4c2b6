/* SPDX-License-Identifier: MIT */
/*
 * What stays whole when several processes do it at once: appending,
 * renaming over a file, O_EXCL, counting links.
 */
#include "tests/guest/check.h"

enum { PROCS = 4, TIMES = 200 };

/* Runs @fn(i) in each of PROCS processes at a time. */
static void
together(void (*fn)(int i))
{
	pid_t pid[PROCS];
	int i;

	for (i = 0; i < PROCS; i++) {
		pid[i] = check_fork();
		if (pid[i] == 0) {
			fn(i);
			exit(0);
		}
	}
	for (i = 0; i < PROCS; i++)
		REAPS(0, pid[i]);
}

static void
append(int i)
{
	char line[9] = "aaaaaaa\n";
	int fd = OK(open("log", O_WRONLY | O_APPEND)), n;

	memset(line, 'a' + i, 7);
	for (n = 0; n < TIMES; n++)
		IS(8, write(fd, line, 8));
}

static void
appending(void)
{
	char line[9];
	int fd, i, seen[PROCS] = {0};

	put_file("log", "");
	together(append);
	fd = OK(open("log", O_RDONLY));
	for (i = 0; i < PROCS * TIMES; i++) {
		IS(8, read(fd, line, 8));
		IS('\n', line[7]);
		for (int k = 0; k < 7; k++)
			IS(line[0], line[k]);
		seen[line[0] - 'a']++;
	}
	IS(0, read(fd, line, 1));
	for (i = 0; i < PROCS; i++)
		IS(TIMES, seen[i]);
}

/* Even ones replace the file, odd ones always find it, and whole. */
static void
replace(int i)
{
	char name[16], buf[8];
	int n, fd;

	snprintf(name, sizeof name, "new%d", i);
	for (n = 0; n < TIMES; n++) {
		if (i % 2 == 0) {
			put_file(name, "whole");
			OK(rename(name, "target"));
			continue;
		}
		fd = OK(open("target", O_RDONLY));
		IS(5, read(fd, buf, sizeof buf));
		OK(close(fd));
	}
}

static void
create_once(int i)
{
	char name[16];
	int n, fd, won = OK(open("won", O_WRONLY | O_APPEND));

	(void)i;
	for (n = 0; n < TIMES; n++) {
		snprintf(name, sizeof name, "once%d", n);
		fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
		if (fd < 0) {
			IS(EEXIST, errno);
			continue;
		}
		IS(1, write(won, "w", 1));
		OK(close(fd));
	}
}

static void
link_and_unlink(int i)
{
	char name[16];
	int n;

	snprintf(name, sizeof name, "link%d", i);
	for (n = 0; n < TIMES; n++) {
		OK(link("won", name));
		OK(unlink(name));
	}
}

int
main(void)
{
	struct stat st;

	appending();
	put_file("target", "whole");
	together(replace);
	put_file("won", "");
	together(create_once);
	OK(stat("won", &st));
	IS(TIMES, st.st_size);
	together(link_and_unlink);
	OK(stat("won", &st));
	IS(1, st.st_nlink);
	return 0;
}
