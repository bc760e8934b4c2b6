/* SPDX-License-Identifier: MIT */
/*
 * base/imap.c - an AVL tree of disjoint intervals.
 *
 * Each node knows the bounds of its subtree and the largest gap between two
 * neighbours in it, so that a gap of some length is found without visiting
 * subtrees that have none.  These three are functions of the node and its two
 * children only: every change is repaired on the way up to the root.
 */
#include "base/imap.h"

static int32_t
height(const struct imap_node *n)
{
	return n ? n->height : 0;
}

/* Recompute what @n keeps about its subtree. */
static void
update(struct imap_node *n)
{
	struct imap_node *l = n->left, *r = n->right;

	n->height = 1 + MAX(height(l), height(r));
	n->sub_start = l ? l->sub_start : n->start;
	n->sub_end = r ? r->sub_end : n->end;
	n->max_gap = 0;
	if (l)
		n->max_gap = MAX(l->max_gap, n->start - l->sub_end);
	if (r)
		n->max_gap =
			MAX(n->max_gap, MAX(r->max_gap, r->sub_start - n->end));
}

/* Put @to where @from hangs. */
static void
replace_child(struct imap *m, struct imap_node *from, struct imap_node *to)
{
	struct imap_node *p = from->parent;

	if (to)
		to->parent = p;
	if (!p)
		m->root = to;
	else if (p->left == from)
		p->left = to;
	else
		p->right = to;
}

static struct imap_node *
rotate_left(struct imap *m, struct imap_node *n)
{
	struct imap_node *r = n->right;

	replace_child(m, n, r);
	n->right = r->left;
	if (n->right)
		n->right->parent = n;
	r->left = n;
	n->parent = r;
	update(n);
	update(r);
	return r;
}

static struct imap_node *
rotate_right(struct imap *m, struct imap_node *n)
{
	struct imap_node *l = n->left;

	replace_child(m, n, l);
	n->left = l->right;
	if (n->left)
		n->left->parent = n;
	l->right = n;
	n->parent = l;
	update(n);
	update(l);
	return l;
}

static void
repair_from(struct imap *m, struct imap_node *n)
{
	for (; n; n = n->parent) {
		int32_t lean = height(n->left) - height(n->right);

		if (lean > 1) {
			if (height(n->left->left) < height(n->left->right))
				rotate_left(m, n->left);
			n = rotate_right(m, n);
		} else if (lean < -1) {
			if (height(n->right->right) < height(n->right->left))
				rotate_right(m, n->right);
			n = rotate_left(m, n);
		} else {
			update(n);
		}
	}
}

void
imap_insert(struct imap *m, struct imap_node *n)
{
	struct imap_node **at = &m->root, *parent = NULL;

	while (*at) {
		parent = *at;
		at = n->start < parent->start ? &parent->left : &parent->right;
	}
	n->parent = parent;
	n->left = n->right = NULL;
	*at = n;
	m->count++;
	repair_from(m, n);
}

void
imap_remove(struct imap *m, struct imap_node *n)
{
	struct imap_node *from;

	m->count--;
	if (!n->left || !n->right) {
		from = n->parent;
		replace_child(m, n, n->left ? n->left : n->right);
	} else {
		/* The successor, which has no left child, takes n's place. */
		struct imap_node *s = n->right;

		while (s->left)
			s = s->left;
		from = s->parent == n ? s : s->parent;
		replace_child(m, s, s->right);
		s->left = n->left;
		s->right = n->right;
		if (s->left)
			s->left->parent = s;
		if (s->right)
			s->right->parent = s;
		replace_child(m, n, s);
	}
	repair_from(m, from);
	n->parent = n->left = n->right = NULL;
}

void
imap_resized(struct imap *m, struct imap_node *n)
{
	(void)m;
	for (; n; n = n->parent)
		update(n);
}

struct imap_node *
imap_find(const struct imap *m, uint64_t at)
{
	struct imap_node *n = m->root;

	while (n) {
		if (at < n->start)
			n = n->left;
		else if (at >= n->end)
			n = n->right;
		else
			return n;
	}
	return NULL;
}

struct imap_node *
imap_first_from(const struct imap *m, uint64_t at)
{
	struct imap_node *n = m->root, *best = NULL;

	while (n) {
		if (n->end > at) {
			best = n;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	return best;
}

struct imap_node *
imap_next(const struct imap_node *n)
{
	struct imap_node *m = n->right;

	if (m) {
		while (m->left)
			m = m->left;
		return m;
	}
	while (n->parent && n->parent->right == n)
		n = n->parent;
	return n->parent;
}

struct imap_node *
imap_prev(const struct imap_node *n)
{
	struct imap_node *m = n->left;

	if (m) {
		while (m->right)
			m = m->right;
		return m;
	}
	while (n->parent && n->parent->left == n)
		n = n->parent;
	return n->parent;
}

/* What gap is wanted. */
struct want {
	uint64_t lo, hi, len, align;
};

/* Is there room in the gap [from, to)?  At its top, or its bottom. */
static bool
fits(const struct want *w, uint64_t from, uint64_t to, bool is_up,
     uint64_t *out)
{
	uint64_t at;

	from = MAX(from, w->lo);
	to = MIN(to, w->hi);
	if (from >= to || to - from < w->len)
		return false;
	if (is_up) {
		at = (from + w->align - 1) & ~(w->align - 1);
		if (at < from || at > to - w->len)
			return false;
	} else {
		at = (to - w->len) & ~(w->align - 1);
		if (at < from)
			return false;
	}
	*out = at;
	return true;
}

/* Look in the gaps of @n's subtree, which lies between the neighbours that
 * end at @from and start at @to. */
static bool
search(const struct want *w, const struct imap_node *n, uint64_t from,
       uint64_t to, bool is_up, uint64_t *out)
{
	if (from >= w->hi || to <= w->lo || to - from < w->len)
		return false;
	if (!n)
		return fits(w, from, to, is_up, out);
	if (n->max_gap < w->len && n->sub_start - from < w->len &&
	    to - n->sub_end < w->len)
		return false;
	if (is_up)
		return search(w, n->left, from, n->start, is_up, out) ||
		       search(w, n->right, n->end, to, is_up, out);
	return search(w, n->right, n->end, to, is_up, out) ||
	       search(w, n->left, from, n->start, is_up, out);
}

int
imap_gap_down(const struct imap *m, uint64_t lo, uint64_t hi, uint64_t len,
	      uint64_t align, uint64_t *out)
{
	struct want w = {lo, hi, len, align};

	if (!len)
		return -ENOMEM;
	return search(&w, m->root, 0, UINT64_MAX, false, out) ? 0 : -ENOMEM;
}

int
imap_gap_up(const struct imap *m, uint64_t lo, uint64_t hi, uint64_t len,
	    uint64_t align, uint64_t *out)
{
	struct want w = {lo, hi, len, align};

	if (!len)
		return -ENOMEM;
	return search(&w, m->root, 0, UINT64_MAX, true, out) ? 0 : -ENOMEM;
}
