/* SPDX-License-Identifier: MIT */
/* tests/guest/proc.h - reading /proc, for its tests. */
#ifndef TESTS_GUEST_PROC_H
#define TESTS_GUEST_PROC_H

#include "tests/guest/check.h"

enum { PROC_MAX = 1 << 20 };

/* Reads @path to its end into @buf of PROC_MAX; ends it with a NUL. */
static inline long
proc_read(const char *path, char *buf)
{
	int fd = OK(open(path, O_RDONLY));
	long n = 0, got;

	while ((got = OK(read(fd, buf + n, PROC_MAX - 1 - n))) > 0)
		n += got;
	buf[n] = 0;
	OK(close(fd));
	return n;
}

/* Reads link @path into @buf of 4096. */
static inline char *
proc_link(const char *path, char *buf)
{
	buf[OK(readlink(path, buf, 4095))] = 0;
	return buf;
}

/* The text after "@key" at the start of a line, blanks skipped; or fails. */
static inline const char *
proc_field(const char *text, const char *key)
{
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (strncmp(line, key, strlen(key)) == 0)
			return line + strlen(key) +
			       strspn(line + strlen(key), " \t:");
	}
	check_fail(__FILE__, __LINE__, key, 0, 0);
}

#endif /* TESTS_GUEST_PROC_H */
