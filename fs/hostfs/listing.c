/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/listing.c - directories as they were listed last.
 *
 * A listing is kept whole, as the host gave it, and is used again as long as
 * the directory's times on the host are those from before it was made.  Times
 * may be coarse: a directory that changed only just could change again without
 * showing it, and its listing serves to go on reading it only.  What the guest
 * changes drops it.
 */
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"

#define LISTING_STEP 32768u
#define LISTING_MAX  131072u
#define TOTAL_MAX    (4u << 20)

struct listing {
	struct list lru;
	struct hnode *of;
	int64_t mtime_ns, ctime_ns;
	bool is_sure; /* as long as the times stay */
	uint32_t users;
	uint32_t len, size;
	char buf[];
};

static struct list lru = LIST_INIT(lru); /* oldest first */
static uint32_t total;

void
listing_put(struct listing *l)
{
	if (!--l->users)
		kfree(l);
}

void
listing_drop(struct hnode *d)
{
	struct listing *l = d->listing;

	if (!l)
		return;
	d->listing = NULL;
	list_del(&l->lru);
	total -= l->size;
	listing_put(l);
}

static void
keep(struct hnode *d, struct listing *l)
{
	listing_drop(d);
	l->of = d;
	d->listing = l;
	list_append(&lru, &l->lru);
	total += l->size;
	while (total > TOTAL_MAX)
		listing_drop(LIST_FIRST(&lru, struct listing, lru)->of);
}

static struct listing *
listing_new(uint32_t size)
{
	struct listing *l = kmalloc(sizeof(*l) + size);

	if (!l)
		return NULL;
	*l = (struct listing){.size = size, .users = 1};
	list_init(&l->lru);
	return l;
}

/* @l in a place of @size. */
static struct listing *
resized(struct listing *l, uint32_t size)
{
	struct listing *to = listing_new(size);

	if (!to)
		return NULL;
	memcpy(to->buf, l->buf, l->len);
	to->len = l->len;
	kfree(l);
	return to;
}

/* More of what @h lists, after @cookie; *@st: its attributes before that. */
static int64_t
read_more(hosthandle_t h, uint64_t cookie, struct listing *l, uint64_t room,
	  struct host_stat *st)
{
	char *to = l->buf + l->len;
	struct host_order o[2] = {
		{.nr = HC_HOST_STAT, .a = {(uint64_t)h.n, HC_W(""), HC_W(st)}},
		{.nr = HC_HOST_READDIR | ORDER_IF,
		 .a = {(uint64_t)h.n, cookie, HC_W(to), room}},
	};
	int64_t r;

	if (cookie)
		return HYPER4(HOST_READDIR, h.n, cookie, to, room);
	r = HYPER2(HOST_BATCH, o, 2);
	return r ? r : o[1].result;
}

/* All of @d's entries, and what it was before.  Returns: NULL if they are too
 * many, or on any error: who lists without us will meet it too. */
static struct listing *
read_all(struct hnode *d, hosthandle_t h, struct host_stat *st)
{
	struct listing *l = listing_new(LISTING_STEP), *more = l;
	uint64_t cookie = 0;

	while (more) {
		uint64_t room = (l->size - l->len) & ~7u;
		int64_t n = read_more(h, cookie, l, room, st);
		const struct host_dirent *e;

		if (n < 0)
			break;
		for (int64_t at = 0; at < n; at += e->reclen) {
			e = (const void *)(l->buf + l->len + at);
			cookie = e->cookie;
		}
		l->len += (uint32_t)n;
		if (!n || room - (uint64_t)n >= READDIR_ROOM) {
			more = resized(l, MAX(l->len, 8u));
			return more ? more : l;
		}
		d->is_long = l->size >= LISTING_MAX;
		more = d->is_long ? NULL : resized(l, l->size * 2);
		l = more ? more : l;
	}
	kfree(l);
	return NULL;
}

static bool
is_current(const struct hnode *d, const struct listing *l)
{
	return l->is_sure && l->mtime_ns == d->seen.mtime_ns &&
	       l->ctime_ns == d->seen.ctime_ns;
}

/* A listing to begin with. */
static struct listing *
begin(struct hnode *d)
{
	struct host_stat st;
	struct listing *l;
	hosthandle_t h;

	if (d->listing && clock_monotonic_ns() - d->checked_ns > ATTR_VALID_NS)
		(void)!hostfs_revalidate(d->i);
	if (d->listing && is_current(d, d->listing))
		return d->listing;
	/* The times first: what changes from here on shows. */
	if (d->is_long || hnode_pin(d, false, &h))
		return NULL;
	l = read_all(d, h, &st);
	hnode_unpin(d);
	if (l && hnode_take(d, &st)) {
		kfree(l);
		l = NULL;
	}
	if (!l)
		return NULL;
	l->mtime_ns = d->seen.mtime_ns;
	l->ctime_ns = d->seen.ctime_ns;
	l->is_sure = hnode_is_settled(d);
	keep(d, l);
	return l;
}

struct listing *
listing_after(struct hnode *d, uint64_t cookie, const char **at, uint32_t *len)
{
	struct listing *l = cookie ? d->listing : begin(d);
	uint32_t skip = 0;

	if (!l)
		return NULL;
	while (cookie && skip < l->len) {
		const struct host_dirent *e = (const void *)(l->buf + skip);

		skip += e->reclen;
		if (e->cookie == cookie)
			cookie = 0;
	}
	if (cookie)
		return NULL;
	l->users++;
	*at = l->buf + skip;
	*len = l->len - skip;
	return l;
}
