/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/batch.c - what many nodes are owed, in one hypercall.
 *
 * Bytes, the start of their way to the disk, mode, record and times of a node,
 * in this order.  The marks that say what is due stay until the host has done
 * it, and longer where the guest has changed its mind meanwhile; what the host
 * refuses is done again one by one, which knows what to do about it
 * (hnode_writeback()).
 *
 * Who has bytes is named by a handle, and others run while the host is at
 * work.  Who has none and is not open is named by its name, so names may not
 * change meanwhile: the kernel lock stays.  A batch is of one kind.
 */
#include "base/block.h"
#include "base/slab.h"
#include "base/str.h"
#include "fs/hostfs/internal.h"

#define EACH	  6u /* orders */
#define BYTES_MAX (1ull << 20)

struct owed {
	struct hnode *n, *pinned;
	bool is_hard;					/* not for a batch */
	struct host_order *bytes, *mode, *meta, *times; /* NULL: not due */
	struct host_order *start, *look;
	struct host_stat st;
	uint64_t pos, len, size;
	int64_t mtime_ns, atime_ns;
	char text[META_LEN];
};

struct batch {
	bool by_name;
	uint32_t n, norders;
	struct owed who[BATCH_MAX];
	struct host_order orders[HOST_BATCH_MAX];
};

static struct host_order *
add(struct batch *b, uint64_t nr, hosthandle_t h, const void *arg)
{
	struct host_order *o = &b->orders[b->norders++];

	*o = (struct host_order){.nr = nr, .a = {(uint64_t)h.n, HC_W(arg)}};
	return o;
}

static bool
is_by_name(const struct hnode *n)
{
	return n->h.n < 0 && !n->i->pages.ndirty;
}

/* How the host is to find it, for as long as the batch takes. */
static int
reach(struct owed *w, bool by_name, hosthandle_t *h, const char **name)
{
	struct hnode *n = w->n;
	int err;

	*name = "";
	if (!by_name) {
		err = hnode_pin(n, n->i->pages.ndirty != 0, h);
		w->pinned = err ? NULL : n;
		return err;
	}
	err = hnode_at(n, h, name);
	if (err)
		return err;
	w->pinned = **name ? n->dir : n;
	w->pinned->pins++;
	return 0;
}

static void
add_bytes(struct batch *b, struct owed *w, hosthandle_t h)
{
	struct pagecache *pc = &w->n->i->pages;
	const void *buf;

	if (!pagecache_write_out(pc, &w->pos, &buf, &w->len)) {
		w->is_hard = true;
		return;
	}
	w->bytes = add(b, HC_HOST_PWRITE, h, buf);
	w->bytes->a[2] = w->len;
	w->bytes->a[3] = w->pos;
	w->n->wrote = w->n->needs_sync = true;
	if (!w->n->start_due)
		return;
	w->n->start_due = false;
	w->start = add(b, HC_HOST_SYNC | ORDER_IF, h,
		       (const void *)HOST_SYNC_START);
	w->start->a[2] = w->pos;
	w->start->a[3] = w->len;
}

static void
add_mode_meta(struct batch *b, struct owed *w, hosthandle_t h, const char *name)
{
	struct hnode *n = w->n;
	struct host_order o;

	if (n->mode_due) {
		w->mode = add(b, HC_HOST_CHMOD, h, name);
		w->mode->a[2] = n->seen.mode & 07777;
	}
	if (!n->meta_due)
		return;
	if (!meta_order(n, h, name, w->text, &o)) {
		w->is_hard = true;
		return;
	}
	if (!o.nr) { /* there is none, and none to make */
		n->meta_due = false;
		return;
	}
	w->meta = add(b, o.nr, h, name);
	*w->meta = o;
}

static void
add_times(struct batch *b, struct owed *w, hosthandle_t h, const char *name)
{
	struct hnode *n = w->n;

	w->mtime_ns = n->i->mtime_ns;
	w->atime_ns = n->atime_due ? n->i->atime_ns : INT64_MIN;
	w->size = n->i->pages.size;
	w->times = add(b, HC_HOST_UTIMENS, h, name);
	w->times->a[2] = (uint64_t)w->atime_ns;
	w->times->a[3] = (uint64_t)w->mtime_ns;
	/* How many blocks it takes now, the host knows. */
	if (!w->bytes || page_up(w->pos + w->len) <= n->seen.blocks * 512)
		return;
	w->look = add(b, HC_HOST_STAT, h, name);
	w->look->a[2] = HC_W(&w->st);
}

/* Take over what @n is owed. */
static void
gather(struct batch *b, struct hnode *n)
{
	struct owed *w = &b->who[b->n++];
	const char *name;
	hosthandle_t h;

	*w = (struct owed){.n = n};
	list_del(&n->dirty);
	if (n->i->pages.ndirty * PAGE_SIZE > BYTES_MAX ||
	    reach(w, b->by_name, &h, &name)) {
		w->is_hard = true;
		return;
	}
	n->in_flight = true;
	if (n->i->pages.ndirty)
		add_bytes(b, w, h);
	if (!w->is_hard)
		add_mode_meta(b, w, h, name);
	if (!w->is_hard && (n->wrote || w->mode || w->meta))
		add_times(b, w, h, name);
}

static void
bytes_done(struct owed *w)
{
	struct hnode *n = w->n;
	int64_t r = w->bytes->result;

	pagecache_written(&n->i->pages, w->pos, w->len,
			  r == (int64_t)w->len ? 0 : -EIO);
	w->is_hard |= r != (int64_t)w->len;
	/* The host says it once; whoever asks next hears of it. */
	if (w->start && w->start->result < 0 &&
	    w->start->result != -ECANCELED && !n->wb_error)
		n->wb_error = (int)w->start->result;
}

static void
meta_done(struct owed *w)
{
	struct hnode *n = w->n;
	int64_t r = w->meta->result;
	bool is_gone = w->meta->nr == HC_HOST_REMOVEXATTR &&
		       (r == -ENODATA || r == -EOPNOTSUPP);

	if (r && !is_gone)
		w->is_hard = true;
	else if (meta_ordered(n, w->text))
		n->meta_due = false;
	else
		n->had_record = true; /* for all we know */
}

static void
times_done(struct owed *w)
{
	struct hnode *n = w->n;

	if (w->times->result) {
		w->is_hard = true;
		return;
	}
	n->seen.mtime_ns = w->mtime_ns;
	if (n->i->pages.size == w->size)
		n->seen.size = w->size;
	if (w->look && !w->look->result)
		n->seen.blocks = n->i->blocks = w->st.blocks;
	else if (w->look)
		n->checked_ns = 0;
	if (n->i->mtime_ns != w->mtime_ns)
		return;
	if (n->atime_due && n->i->atime_ns != w->atime_ns)
		return;
	n->wrote = n->atime_due = false;
}

/* Returns: false if it takes more than a batch. */
static bool
done(struct owed *w)
{
	struct hnode *n = w->n;

	if (w->bytes)
		bytes_done(w);
	if (w->mode) {
		w->is_hard |= w->mode->result != 0;
		if (!w->mode->result && (n->seen.mode & 07777) == w->mode->a[2])
			n->mode_due = false;
		n->needs_sync = true;
	}
	if (w->meta) {
		meta_done(w);
		n->needs_sync = true;
	}
	if (w->times)
		times_done(w);
	hnode_did(n);
	if (!w->is_hard)
		n->was_cut = false;
	n->in_flight = false;
	if (w->pinned)
		hnode_unpin(w->pinned);
	if (n->i->pages.ndirty)
		hnode_mark_dirty(n);
	return !w->is_hard;
}

static void
carry_out(struct batch *b, bool is_patient)
{
	if (!b->norders)
		return;
	if (b->by_name)
		(void)HYPER2(HOST_BATCH, b->orders, b->norders);
	else
		(void)io_batch(b->orders, b->norders, is_patient);
}

bool
batch_starts(struct hnode *n)
{
	const struct pagecache *pc = &n->i->pages;

	if (!pc->ndirty || pc->ndirty * PAGE_SIZE > BYTES_MAX ||
	    !list_empty(&pc->mappings) || pc->wb_error || n->wb_error ||
	    n->was_cut || n->is_dying || !n->i->nlink)
		return false;
	n->start_due = true;
	hnode_behind(n);
	hostfs_hurry(n->fs);
	return true;
}

bool
batch_one(struct hnode *n)
{
	struct hostfs *fs = n->fs;
	struct batch *b;
	bool is_done;

	if (n->i->pages.ndirty * PAGE_SIZE > BYTES_MAX || !hnode_owes(n) ||
	    !list_empty(&n->i->pages.mappings) || !mutex_trylock(&fs->flushing))
		return false;
	b = kmalloc(sizeof(*b));
	is_done = b != NULL;
	if (is_done) {
		b->n = b->norders = 0;
		b->by_name = is_by_name(n);
		gather(b, n);
		carry_out(b, false);
		is_done = done(&b->who[0]);
		kfree(b);
	}
	mutex_unlock(&fs->flushing);
	return is_done;
}

uint32_t
batch_next(struct hostfs *fs, uint32_t max, bool is_patient)
{
	struct batch *b = kmalloc(sizeof(*b));
	uint32_t seen = 0, most = handles_share(BATCH_MAX);

	if (!b)
		return 0;
	b->n = b->norders = 0;
	for (; seen < max && b->n < most; seen++) {
		struct hnode *n;

		if (list_empty(&fs->behind) ||
		    b->norders > HOST_BATCH_MAX - EACH)
			break;
		n = LIST_FIRST(&fs->behind, struct hnode, behind);
		if (b->n && is_by_name(n) != b->by_name)
			break;
		hnode_caught_up(n);
		if (n->is_dying || !n->i->nlink || !hnode_owes(n))
			continue;
		b->by_name = is_by_name(n);
		inode_get(n->i);
		gather(b, n);
	}
	carry_out(b, is_patient);
	for (uint32_t i = 0; i < b->n; i++) {
		struct hnode *n = b->who[i].n;

		if (!done(&b->who[i]) && n->i->nlink)
			hnode_writeback_later(n);
		inode_put(n->i);
	}
	kfree(b);
	return MAX(seen, 1u);
}
