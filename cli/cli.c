/* SPDX-License-Identifier: MIT */
/* cli/cli.c - complaining, and memory that is there or ends us. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
say(const char *fmt, va_list ap)
{
	char line[1024];

	/* One write a line, so that lines of several processes don't mix. */
	vsnprintf(line, sizeof line - 1, fmt, ap);
	fprintf(stderr, "viv: %s\n", line);
}

int
cli_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return EXIT_OURS;
}

void
cli_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void *
xrealloc(void *p, unsigned long size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		exit(cli_fail("out of memory"));
	return q;
}

char *
xstrdup(const char *s)
{
	return strcpy(xrealloc(NULL, strlen(s) + 1), s);
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		exit(cli_fail("out of memory"));
	va_end(ap);
	return s;
}
