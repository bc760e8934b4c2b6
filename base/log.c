/* SPDX-License-Identifier: MIT */
/* base/log.c - one line at a time to the machine's log, and to the
 * guest's own, which also has what --log-level hides from the other. */
#include "base/log.h"

#include "arch/um/hypercall.h"
#include "base/klog.h"
#include "base/str.h"

#define LINE_MAX_LEN 512

int log_level = LOG_WARN;

static const uint8_t priority[] = {
	[LOG_ERROR] = KLOG_ERR,
	[LOG_WARN] = KLOG_WARNING,
	[LOG_INFO] = KLOG_INFO,
	[LOG_DEBUG] = KLOG_DEBUG,
};

void
log_at(int level, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;
	int n;

	if (level > MAX(log_level, (int)LOG_INFO))
		return;
	va_start(ap, fmt);
	n = str_vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	klog_add(priority[level], line, (size_t)n);
	if (level <= log_level)
		HYPER3(LOG, level, line, n);
}
