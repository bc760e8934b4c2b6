/* SPDX-License-Identifier: MIT */
/* base/log.c - one line at a time to the machine's log. */
#include "base/log.h"

#include "arch/um/hypercall.h"
#include "base/str.h"

#define LINE_MAX_LEN 512

int log_level = LOG_WARN;

void
log_at(int level, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;
	int n;

	if (level > log_level)
		return;
	va_start(ap, fmt);
	n = str_vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	HYPER3(LOG, level, line, n);
}
