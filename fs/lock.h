/* SPDX-License-Identifier: MIT */
/*
 * fs/lock.h - advisory locks: flock(2), fcntl(2) record locks (POSIX ones,
 * owned by a descriptor table, and OFD ones, owned by an open file).
 *
 * Nothing sleeps here: -EAGAIN, and inode->lock_wq is woken whenever a lock
 * goes.  The two families do not see each other, as on Linux.
 */
#ifndef FS_LOCK_H
#define FS_LOCK_H

#include "include/annotate.h"
#include "include/types.h"

struct file;
struct inode;

enum lock_type { LOCK_READ, LOCK_WRITE, LOCK_NONE };

/* One record lock, asked for or found. */
struct lock_range {
	enum lock_type type;
	uint64_t start, end; /* [start, end); UINT64_MAX: to infinity */
	const void *owner;   /* the struct fdtable, or the struct file */
	int32_t pid;	     /* for F_GETLK; -1 for OFD locks */
};

/* lock_set - take, change or drop (LOCK_NONE) a record lock.
 * Returns: 0; -EAGAIN: in conflict; -ENOMEM (ENOLCK to the guest). */
MUST_CHECK int lock_set(struct inode *i, const struct lock_range *want);

/* lock_test - the first lock in conflict with *@l goes there, else its type
 * becomes LOCK_NONE. */
void lock_test(struct inode *i, struct lock_range *l);

/* lock_flock - flock(2).  Returns: 0, -EAGAIN, -ENOMEM. */
MUST_CHECK int lock_flock(struct file *f, enum lock_type type);

/*
 * A task about to sleep for a POSIX lock says so: lock_wait_begin returns
 * -EDEADLK if the owner in the way waits, over however many others, for
 * @want's owner.  lock_wait_end after each sleep.
 */
struct lock_wait {
	const void *waiter, *holder;
	struct lock_wait *next;
};
MUST_CHECK int lock_wait_begin(struct inode *i, const struct lock_range *want,
			       struct lock_wait *lw);
void lock_wait_end(struct lock_wait *lw);

/* lock_drop_owner - all of @owner's record locks on @i (a descriptor was
 * closed).  lock_drop_file - all that @f itself has: OFD and flock. */
void lock_drop_owner(struct inode *i, const void *owner);
void lock_drop_file(struct file *f);

/* lock_each - for /proc/locks: every lock of every inode. */
struct lock_info {
	bool is_flock, is_ofd;
	struct lock_range range;
	const struct inode *inode;
};
void lock_each(void (*fn)(const struct lock_info *li, void *arg), void *arg);

#endif /* FS_LOCK_H */
