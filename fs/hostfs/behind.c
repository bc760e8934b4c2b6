/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/behind.c - what the guest thinks done and the host learns a moment
 * later: bytes, times, mode and record of files that nobody writes any more.
 *
 * They go to the host in batches: after BEHIND_NS, when there are many, before
 * anything is said to the host (hostfs_barrier()), before the name moves.
 * Invariant: who has waited for `flushing` finds nothing of what was queued
 * before on its way any more.
 */
#include "base/block.h"
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/stat.h"

void (*hostfs_dirty_hook)(uint64_t due);

bool
hnode_owes(const struct hnode *n)
{
	return n->i->pages.ndirty || n->wrote || n->mode_due || n->meta_due;
}

bool
hnode_may_owe(const struct hnode *n, uint32_t mode)
{
	return LX_S_ISREG(mode) && LX_S_ISREG(n->seen.mode) && !n->is_dying &&
	       (!n->fs->euid || n->seen.uid == n->fs->euid);
}

void
hnode_mark_dirty(struct hnode *n)
{
	if (!list_empty(&n->dirty) || n->is_dying)
		return;
	n->dirty_ns = clock_monotonic_ns();
	if (list_empty(&n->fs->dirty) && hostfs_dirty_hook)
		hostfs_dirty_hook(n->dirty_ns + DIRTY_MAX_NS);
	list_append(&n->fs->dirty, &n->dirty);
}

void
hnode_behind(struct hnode *n)
{
	struct hostfs *fs = n->fs;

	if (!list_empty(&n->behind) || n->is_dying)
		return;
	if (list_empty(&fs->behind)) {
		fs->behind_ns = clock_monotonic_ns();
		if (hostfs_dirty_hook)
			hostfs_dirty_hook(fs->behind_ns + BEHIND_NS);
	}
	list_append(&fs->behind, &n->behind);
	fs->nbehind++;
}

void
hnode_caught_up(struct hnode *n)
{
	if (list_empty(&n->behind))
		return;
	list_del(&n->behind);
	n->fs->nbehind--;
}

void
hnode_settle(struct hnode *n)
{
	struct hostfs *fs = n->fs;

	if (!n->in_flight || mutex_is_mine(&fs->flushing))
		return;
	mutex_lock(&fs->flushing);
	mutex_unlock(&fs->flushing);
}

void
hnode_writeback_later(struct hnode *n)
{
	int err = hnode_writeback(n);

	if (!err || n->wb_error)
		return;
	n->wb_error = err;
	if (!n->opens)
		log_warn("%s: write-back of inode %llu: %s", n->fs->sb->source,
			 (unsigned long long)n->i->ino, str_errno(-err));
}

static void
flush_first(struct hostfs *fs)
{
	struct hnode *n = LIST_FIRST(&fs->behind, struct hnode, behind);
	struct inode *i = n->i;

	hnode_caught_up(n);
	if (n->is_dying)
		return;
	inode_get(i);
	if (i->nlink)
		hnode_writeback_later(n);
	inode_put(i);
}

/* All that is queued, but not what is queued meanwhile again and again. */
static void
flush(struct hostfs *fs, bool is_patient)
{
	uint32_t left = fs->nbehind, n;

	while (left && !list_empty(&fs->behind)) {
		n = batch_next(fs, left, is_patient);
		if (!n)
			flush_first(fs);
		left -= MAX(n, 1u);
	}
}

static void
catch_up(struct hostfs *fs, bool is_patient)
{
	if (list_empty(&fs->behind) && !fs->flushing.owner)
		return;
	/* Write-back that closes a file's last name would wait for itself. */
	if (mutex_is_mine(&fs->flushing))
		return;
	mutex_lock(&fs->flushing);
	flush(fs, is_patient);
	mutex_unlock(&fs->flushing);
}

void
hostfs_catch_up(struct hostfs *fs)
{
	catch_up(fs, false);
}

/*
 * The writer does it beside the guest where that costs nobody a core.  Where it
 * would the two would only wake each other: who made the work does it.
 */
void
hostfs_hurry(struct hostfs *fs)
{
	bool has_writer = hostfs_dirty_hook && block_ops;
	bool has_room = has_writer && block_ops->has_room();
	bool by_writer = has_writer && (has_room || io_is_beside());

	closing_hurry(by_writer);
	if (fs->nbehind >= BEHIND_MAX * 8) {
		hostfs_catch_up(fs);
	} else if (fs->nbehind < BATCH_MAX || fs->flushing.owner) {
		return;
	} else if (by_writer) {
		fs->behind_ns = 0;
		hostfs_dirty_hook(0);
	} else if (mutex_trylock(&fs->flushing)) {
		flush(fs, false);
		mutex_unlock(&fs->flushing);
	}
}

uint64_t
behind_due(struct hostfs *fs, uint64_t now)
{
	if (list_empty(&fs->behind))
		return UINT64_MAX;
	if (fs->behind_ns + BEHIND_NS > now)
		return fs->behind_ns + BEHIND_NS - now;
	catch_up(fs, true);
	return list_empty(&fs->behind) ? UINT64_MAX : BEHIND_NS;
}
