/* SPDX-License-Identifier: MIT */
/*
 * fs/lock.c - advisory locks.
 *
 * An inode's locks are one list.  Record locks of one owner never overlap;
 * neighbours of one type are one lock.  flock(2)'s cover the whole file and
 * meet only each other.
 */
#include "fs/lock.h"

#include "base/slab.h"
#include "fs/inode.h"

/* Linux: MAX_DEADLK_ITERATIONS; longer chains are not looked into. */
#define CHAIN_MAX 10

struct lock {
	struct list link; /* inode->flocks */
	struct list all;
	struct inode *inode; /* not counted: it has no locks when it goes */
	bool is_flock;
	struct lock_range r;
};

static struct list all = LIST_INIT(all);
static struct lock_wait *waits;

static bool
overlaps(const struct lock_range *a, const struct lock_range *b)
{
	return a->start < b->end && b->start < a->end;
}

static void
lock_insert(struct inode *i, struct lock *l)
{
	l->inode = i;
	list_append(&i->flocks, &l->link);
	list_append(&all, &l->all);
}

static void
lock_remove(struct lock *l)
{
	list_del(&l->link);
	list_del(&l->all);
	kfree(l);
}

static void
lock_wake(struct inode *i)
{
	waitq_wake_all(&i->lock_wq, WAIT_IN);
}

/* The first lock of another owner that @want can't stand. */
static struct lock *
conflict(struct inode *i, const struct lock_range *want, bool is_flock)
{
	struct lock *l;

	LIST_EACH(l, &i->flocks, link) {
		if (l->is_flock != is_flock || l->r.owner == want->owner)
			continue;
		if (l->r.type == LOCK_READ && want->type == LOCK_READ)
			continue;
		if (overlaps(&l->r, want))
			return l;
	}
	return NULL;
}

/*
 * Make room for @want among its owner's locks; same-typed neighbours melt
 * into *@sum.  @tail: for what is left behind a hole in the middle; taken if
 * used.  Returns: whether anything was given up.
 */
static bool
carve(struct inode *i, const struct lock_range *want, struct lock_range *sum,
      struct lock **tail)
{
	struct lock *l, *next;
	bool freed = false;

	LIST_EACH_SAFE(l, next, &i->flocks, link) {
		struct lock_range *r = &l->r;

		if (l->is_flock || r->owner != want->owner)
			continue;
		if (r->type == want->type) {
			if (r->start > want->end || r->end < want->start)
				continue;
			sum->start = MIN(sum->start, r->start);
			sum->end = MAX(sum->end, r->end);
			lock_remove(l);
			continue;
		}
		if (!overlaps(r, want))
			continue;
		freed = true;
		if (r->start < want->start && r->end > want->end) {
			(*tail)->r = *r;
			(*tail)->r.start = want->end;
			lock_insert(i, *tail);
			*tail = NULL;
			r->end = want->start;
		} else if (r->start < want->start) {
			r->end = want->start;
		} else if (r->end > want->end) {
			r->start = want->end;
		} else {
			lock_remove(l);
		}
	}
	return freed;
}

int
lock_set(struct inode *i, const struct lock_range *want)
{
	struct lock_range sum = *want;
	struct lock *l, *tail;

	if (want->type == LOCK_NONE && list_empty(&i->flocks))
		return 0;
	if (want->type != LOCK_NONE && conflict(i, want, false))
		return -EAGAIN;
	l = KNEW(struct lock);
	tail = KNEW(struct lock);
	if (!l || !tail) {
		kfree(l);
		kfree(tail);
		return -ENOMEM;
	}
	if (carve(i, want, &sum, &tail))
		lock_wake(i);
	if (want->type != LOCK_NONE) {
		l->r = sum;
		lock_insert(i, l);
		l = NULL;
	}
	kfree(l);
	kfree(tail);
	return 0;
}

void
lock_test(struct inode *i, struct lock_range *l)
{
	struct lock *c = conflict(i, l, false);

	if (c)
		*l = c->r;
	else
		l->type = LOCK_NONE;
}

int
lock_flock(struct file *f, enum lock_type type)
{
	struct lock_range want = {type, 0, UINT64_MAX, f, 0};
	struct inode *i = f->inode;
	struct lock *l;

	LIST_EACH(l, &i->flocks, link) {
		if (!l->is_flock || l->r.owner != f)
			continue;
		if (l->r.type == type)
			return 0;
		/* Linux: a conversion is a release, then a request. */
		lock_remove(l);
		lock_wake(i);
		break;
	}
	if (type == LOCK_NONE)
		return 0;
	if (conflict(i, &want, true))
		return -EAGAIN;
	l = KNEW(struct lock);
	if (!l)
		return -ENOMEM;
	l->is_flock = true;
	l->r = want;
	lock_insert(i, l);
	return 0;
}

static const struct lock_wait *
wait_of(const void *owner)
{
	const struct lock_wait *w = waits;

	while (w && w->waiter != owner)
		w = w->next;
	return w;
}

int
lock_wait_begin(struct inode *i, const struct lock_range *want,
		struct lock_wait *lw)
{
	struct lock *c = conflict(i, want, false);
	const struct lock_wait *w;
	int n = 0;

	lw->waiter = lw->holder = NULL;
	/* Linux: an open file waits for nothing, so OFD locks don't count. */
	if (!c || want->pid < 0)
		return 0;
	for (w = wait_of(c->r.owner); w && n++ < CHAIN_MAX;
	     w = wait_of(w->holder))
		if (w->holder == want->owner)
			return -EDEADLK;
	lw->waiter = want->owner;
	lw->holder = c->r.owner;
	lw->next = waits;
	waits = lw;
	return 0;
}

void
lock_wait_end(struct lock_wait *lw)
{
	struct lock_wait **at = &waits;

	while (*at && *at != lw)
		at = &(*at)->next;
	if (*at)
		*at = lw->next;
}

static void
drop(struct inode *i, const void *owner)
{
	struct lock *l, *next;
	bool freed = false;

	LIST_EACH_SAFE(l, next, &i->flocks, link) {
		if (l->r.owner != owner)
			continue;
		lock_remove(l);
		freed = true;
	}
	if (freed)
		lock_wake(i);
}

void
lock_drop_owner(struct inode *i, const void *owner)
{
	if (!list_empty(&i->flocks))
		drop(i, owner);
}

void
lock_drop_file(struct file *f)
{
	if (!list_empty(&f->inode->flocks))
		drop(f->inode, f);
}

void
lock_each(void (*fn)(const struct lock_info *li, void *arg), void *arg)
{
	struct lock *l;

	LIST_EACH(l, &all, all) {
		struct lock_info li = {
			.is_flock = l->is_flock,
			.is_ofd = !l->is_flock && l->r.pid < 0,
			.range = l->r,
			.inode = l->inode,
		};

		fn(&li, arg);
	}
}
