/* SPDX-License-Identifier: MIT */
/*
 * base/klog.h - the kernel's messages, kept for those who ask in the guest:
 * syslog(2), /dev/kmsg.  The oldest go when there is no room.
 */
#ifndef BASE_KLOG_H
#define BASE_KLOG_H

#include "base/waitq.h"
#include "include/annotate.h"
#include "include/types.h"

#define KLOG_SIZE     131072
#define KLOG_TEXT_MAX 512

/* Priorities: facility * 8 + level. */
enum {
	KLOG_ERR = 3,
	KLOG_WARNING = 4,
	KLOG_INFO = 6,
	KLOG_DEBUG = 7,
	KLOG_USER = 8, /* facility of what user space writes */
	KLOG_PRIO_MAX = 1023,
};

struct klog_record {
	uint64_t seq;
	uint64_t at_ns; /* monotonic */
	uint16_t prio;
	uint16_t len;
	char text[KLOG_TEXT_MAX];
};

/* A place between two records. */
struct klog_pos {
	uint64_t seq, at;
};

/* klog_wq - woken for each message. */
extern struct waitq klog_wq;

/* klog_restrict - only the privileged may read; /proc/sys/kernel. */
extern int klog_restrict;

/* klog_add - one line; longer than KLOG_TEXT_MAX, it is cut. */
void klog_add(uint32_t prio, const char *text, size_t len);

/* klog_first, klog_end - before the oldest, behind the newest. */
struct klog_pos klog_first(void);
struct klog_pos klog_end(void);

/* klog_next - the record at *@pos, which is moved on.  Returns: 0; -EAGAIN: it
 * is the end; -EPIPE: it was lost, *@pos is the oldest now. */
MUST_CHECK int klog_next(struct klog_pos *pos, struct klog_record *out);

#endif /* BASE_KLOG_H */
