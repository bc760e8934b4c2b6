/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/locks.c - record locks against a model of bytes; deadlocks. */
#include "fs/lock.h"
#include "tests/unit/fs/tree.h"

#include <stdlib.h>

TestSuite(locks, .init = tree_up, .fini = tree_down);

static struct file *f;
static struct inode *i;
static char who[4]; /* their addresses are owners */

static void
open_one(void)
{
	OK(vfs_open(&w, "/f", LX_O_CREAT | LX_O_RDWR, 0600, &f));
	i = f->inode;
}

static int
set(int owner, enum lock_type type, uint64_t start, uint64_t end)
{
	struct lock_range r = {type, start, end, &who[owner], owner};

	return lock_set(i, &r);
}

static enum lock_type
seen_by(int owner, uint64_t start, uint64_t end)
{
	struct lock_range r = {LOCK_WRITE, start, end, &who[owner], owner};

	lock_test(i, &r);
	return r.type;
}

static void
drop_all(void)
{
	for (int n = 0; n < 4; n++)
		lock_drop_owner(i, &who[n]);
	file_put(f);
}

Test(locks, split_and_join)
{
	open_one();
	OK(set(0, LOCK_WRITE, 0, 100));
	IS(-EAGAIN, set(1, LOCK_READ, 99, 100));
	OK(set(0, LOCK_NONE, 40, 60));
	OK(set(1, LOCK_WRITE, 40, 60));
	IS(-EAGAIN, set(1, LOCK_WRITE, 39, 41));
	IS(LOCK_WRITE, seen_by(1, 0, 1));
	OK(set(0, LOCK_READ, 0, 40));
	OK(set(2, LOCK_READ, 10, 20));
	IS(-EAGAIN, set(0, LOCK_WRITE, 0, 40));
	OK(set(1, LOCK_NONE, 0, UINT64_MAX));
	OK(set(0, LOCK_READ, 0, UINT64_MAX));
	IS(LOCK_NONE, seen_by(0, 30, UINT64_MAX));
	IS(LOCK_READ, seen_by(0, 0, 30));
	drop_all();
}

/* Random calls; what each owner has, byte by byte, tells what must happen. */
Test(locks, agree_with_a_model)
{
	enum lock_type has[3][64];

	for (int o = 0; o < 3; o++)
		for (int b = 0; b < 64; b++)
			has[o][b] = LOCK_NONE;
	open_one();
	srand(7);
	for (int n = 0; n < 100000; n++) {
		int o = rand() % 3, start = rand() % 64;
		int end = start + 1 + rand() % (64 - start);
		enum lock_type type = (enum lock_type)(rand() % 3);
		bool clash = false;

		for (int p = 0; p < 3; p++)
			for (int b = start; b < end && p != o; b++)
				clash |= type != LOCK_NONE &&
					 has[p][b] != LOCK_NONE &&
					 (type == LOCK_WRITE ||
					  has[p][b] == LOCK_WRITE);
		IS(clash ? -EAGAIN : 0,
		   set(o, type, (uint64_t)start, (uint64_t)end));
		for (int b = start; b < end && !clash; b++)
			has[o][b] = type;
	}
	drop_all();
}

Test(locks, deadlock_is_seen)
{
	struct lock_range a = {LOCK_WRITE, 0, 1, &who[0], 0};
	struct lock_range b = {LOCK_WRITE, 1, 2, &who[1], 1};
	struct lock_range c = {LOCK_WRITE, 2, 3, &who[2], 2};
	struct lock_wait wa, wb, wc;

	open_one();
	OK(lock_set(i, &a));
	OK(lock_set(i, &b));
	OK(lock_set(i, &c));
	/* 0 wants 1's, 1 wants 2's, 2 wants 0's. */
	a.start = 1, a.end = 2;
	OK(lock_wait_begin(i, &a, &wa));
	b.start = 2, b.end = 3;
	OK(lock_wait_begin(i, &b, &wb));
	c.start = 0, c.end = 1;
	IS(-EDEADLK, lock_wait_begin(i, &c, &wc));
	lock_wait_end(&wb);
	OK(lock_wait_begin(i, &c, &wc));
	lock_wait_end(&wc);
	lock_wait_end(&wa);
	drop_all();
}

Test(locks, flock_is_of_the_open_file)
{
	struct file *g, *h;

	open_one();
	OK(vfs_open(&w, "/f", LX_O_RDONLY, 0, &g));
	OK(vfs_open(&w, "/f", LX_O_RDONLY, 0, &h));
	OK(lock_flock(f, LOCK_READ));
	OK(lock_flock(g, LOCK_READ));
	OK(set(0, LOCK_WRITE, 0, UINT64_MAX)); /* another world */
	IS(-EAGAIN, lock_flock(h, LOCK_WRITE));
	IS(-EAGAIN, lock_flock(f, LOCK_WRITE)); /* and f's own is gone */
	file_put(g);
	OK(lock_flock(h, LOCK_WRITE));
	file_put(h);
	OK(lock_flock(f, LOCK_WRITE));
	drop_all();
}
