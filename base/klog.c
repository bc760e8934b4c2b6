/* SPDX-License-Identifier: MIT */
/* base/klog.c - a ring of bytes that holds records of many lengths, each a
 * header and its text; positions only ever grow. */
#include "base/klog.h"

#include "base/str.h"
#include "base/time.h"
#include "include/errno.h"

#define HEADER offsetof(struct klog_record, text)

static char ring[KLOG_SIZE];
static struct klog_pos first, end;

struct waitq klog_wq = WAITQ_INIT(klog_wq);
int klog_restrict;

static void
put(uint64_t at, const void *from, uint64_t n)
{
	uint64_t i = at % KLOG_SIZE, part = MIN(n, KLOG_SIZE - i);

	memcpy(ring + i, from, part);
	memcpy(ring, (const char *)from + part, n - part);
}

static void
get(uint64_t at, void *to, uint64_t n)
{
	uint64_t i = at % KLOG_SIZE, part = MIN(n, KLOG_SIZE - i);

	memcpy(to, ring + i, part);
	memcpy((char *)to + part, ring, n - part);
}

static void
drop_first(void)
{
	struct klog_record r;

	get(first.at, &r, HEADER);
	first.at += HEADER + r.len;
	first.seq++;
}

void
klog_add(uint32_t prio, const char *text, size_t len)
{
	struct klog_record r = {
		.seq = end.seq,
		.at_ns = clock_monotonic_ns(),
		.prio = (uint16_t)prio,
		.len = (uint16_t)MIN(len, (size_t)KLOG_TEXT_MAX),
	};

	while (end.at + HEADER + r.len - first.at > KLOG_SIZE)
		drop_first();
	put(end.at, &r, HEADER);
	put(end.at + HEADER, text, r.len);
	end.at += HEADER + r.len;
	end.seq++;
	waitq_wake_all(&klog_wq, WAIT_IN);
}

struct klog_pos
klog_first(void)
{
	return first;
}

struct klog_pos
klog_end(void)
{
	return end;
}

int
klog_next(struct klog_pos *pos, struct klog_record *out)
{
	if (pos->seq < first.seq) {
		*pos = first;
		return -EPIPE;
	}
	if (pos->seq == end.seq)
		return -EAGAIN;
	get(pos->at, out, HEADER);
	get(pos->at + HEADER, out->text, out->len);
	pos->at += HEADER + out->len;
	pos->seq++;
	return 0;
}
