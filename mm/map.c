/* SPDX-License-Identifier: MIT */
/*
 * mm/map.c - mmap(2): where, whether, and what is mapped at once.
 *
 * The order of checks is Linux's do_mmap(), so that a call with two faults
 * gets the same error.
 */
#include "mm/internal_pc.h"

#include "arch/um/layout.h"

#define SMALL_MAX KiB(64) /* small mappings may come populated, or mapped */
#define BLOCK_MAX MiB(2)  /* so may others, up to this */

/* Flags MAP_SHARED_VALIDATE knows (Linux: LEGACY_MAP_MASK). */
#define KNOWN                                                                  \
	(LX_MAP_TYPE | LX_MAP_FIXED | LX_MAP_ANONYMOUS | LX_MAP_DENYWRITE |    \
	 LX_MAP_EXECUTABLE | LX_MAP_GROWSDOWN | LX_MAP_LOCKED |                \
	 LX_MAP_NORESERVE | LX_MAP_POPULATE | LX_MAP_NONBLOCK | LX_MAP_STACK | \
	 LX_MAP_HUGETLB | LX_MAP_32BIT | LX_MAP_FIXED_NOREPLACE |              \
	 (uint32_t)LX_MAP_HUGE_MASK << LX_MAP_HUGE_SHIFT)

struct request {
	uint64_t at, len, off;
	uint32_t prot, flags, vflags;
	struct mappable *map;
	struct pagecache *pc;
};

bool
locked_ok(struct mm *mm, uint64_t pages)
{
	return mm->limits.memlock == UINT64_MAX ||
	       mm->locked_vm + pages <= mm->limits.memlock / PAGE_SIZE;
}

/* Where a stack above keeps others from. */
static uint64_t
gap_start(const struct vma *v)
{
	if (!(v->flags & VMA_GROWSDOWN))
		return v->n.start;
	return v->n.start > STACK_GAP ? v->n.start - STACK_GAP : 0;
}

static bool
is_free(struct mm *mm, uint64_t at, uint64_t len)
{
	struct vma *v = vma_from_on(mm, at);

	return !in_hole(at, at + len) && (!v || at + len <= gap_start(v));
}

/* The highest or lowest fitting gap that keeps clear of stacks. */
static int
gap_in(struct mm *mm, uint64_t lo, uint64_t hi, uint64_t len, bool is_up,
       uint64_t *out)
{
	uint64_t at;

	while (lo < hi) {
		struct vma *v;

		if (is_up ? imap_gap_up(&mm->vmas, lo, hi, len, PAGE_SIZE, &at)
			  : imap_gap_down(&mm->vmas, lo, hi, len, PAGE_SIZE,
					  &at))
			return -ENOMEM;
		v = vma_from_on(mm, at);
		if (!v || at + len <= gap_start(v)) {
			*out = at;
			return 0;
		}
		if (is_up)
			lo = v->n.end;
		else
			hi = gap_start(v);
	}
	return -ENOMEM;
}

/* As gap_in(), around the fixed region. */
static int
gap_around(struct mm *mm, uint64_t lo, uint64_t hi, uint64_t len, bool is_up,
	   uint64_t *out)
{
	uint64_t hi1 = MIN(hi, REGION_BASE), lo2 = MAX(lo, REGION_END);

	if (is_up)
		return gap_in(mm, lo, hi1, len, true, out) == 0
			       ? 0
			       : gap_in(mm, lo2, hi, len, true, out);
	return gap_in(mm, lo2, hi, len, false, out) == 0
		       ? 0
		       : gap_in(mm, lo, hi1, len, false, out);
}

int
find_gap(struct mm *mm, uint64_t lo, uint64_t hi, uint64_t len, uint64_t *out)
{
	return gap_around(mm, lo, hi, len, false, out);
}

int
find_space(struct mm *mm, uint64_t hint, uint64_t len, uint32_t flags,
	   uint64_t *out)
{
	hint = page_up(hint);
	if (len > USER_TOP)
		return -ENOMEM;
	if (hint && hint <= USER_TOP - len && is_free(mm, hint, len)) {
		*out = MAX(hint, MMAP_MIN_ADDR);
		if (*out == hint || is_free(mm, *out, len))
			return 0;
	}
	if (flags & LX_MAP_32BIT)
		return gap_in(mm, 0x40000000, 0x80000000, len, true, out);
	if (gap_around(mm, MMAP_MIN_ADDR, mm->mmap_base, len, false, out) == 0)
		return 0;
	/* Linux: what does not fit below mmap_base may go above. */
	return gap_around(mm, USER_TOP / 3 & PAGE_MASK, USER_TOP, len, true,
			  out);
}

/* Linux: thp_get_unmapped_area() - where blocks of a file are blocks of
 * addresses, so that the host may use large pages. */
static int
find_blocks(struct mm *mm, struct request *q)
{
	uint64_t at, first = (q->off + BLOCK_SIZE - 1) & ~(BLOCK_SIZE - 1);
	int err;

	if (!page_large || !q->map || q->off + q->len < first + BLOCK_SIZE ||
	    (q->flags & LX_MAP_32BIT))
		return -ENOMEM;
	err = find_space(mm, 0, q->len + BLOCK_SIZE, q->flags, &at);
	if (err)
		return err;
	q->at = at + BLOCK_SIZE - (at - q->off) % BLOCK_SIZE;
	return 0;
}

static int
pick_address(struct mm *mm, struct request *q)
{
	uint64_t hint = q->at;

	if (q->len > USER_TOP)
		return -ENOMEM;
	if (!(q->flags & LX_MAP_FIXED)) {
		hint &= PAGE_MASK;
		if (hint && hint < MMAP_MIN_ADDR)
			hint = MMAP_MIN_ADDR;
		if (!hint && find_blocks(mm, q) == 0)
			return 0;
		return find_space(mm, hint, q->len, q->flags, &q->at);
	}
	if (q->at > USER_TOP - q->len)
		return -ENOMEM;
	if (q->at & ~PAGE_MASK)
		return -EINVAL;
	if (q->at < MMAP_MIN_ADDR)
		return -EPERM;
	if (in_hole(q->at, q->at + q->len) && q->prot != LX_PROT_NONE)
		return -ENOMEM;
	return 0;
}

static int
check_file(struct request *q)
{
	const struct mappable_ops *ops = q->map->ops;
	uint32_t type = q->flags & LX_MAP_TYPE;
	int err;

	if (type == LX_MAP_SHARED_VALIDATE && (q->flags & ~KNOWN))
		return -EOPNOTSUPP;
	if (type != LX_MAP_SHARED && type != LX_MAP_SHARED_VALIDATE &&
	    type != LX_MAP_PRIVATE)
		return -EINVAL;
	if (type != LX_MAP_PRIVATE)
		q->vflags |= VMA_SHARED;
	err = ops->may_map(q->map, q->vflags & VMA_SHARED, q->prot);
	if (err)
		return err;
	q->pc = ops->pages(q->map);
	if (!q->pc && !(ops->is_zero && ops->is_zero(q->map)))
		return -ENODEV;
	if (q->flags & LX_MAP_GROWSDOWN)
		return -EINVAL;
	return 0;
}

static int
check_anonymous(struct request *q)
{
	switch (q->flags & LX_MAP_TYPE) {
	case LX_MAP_SHARED:
		if (q->flags & LX_MAP_GROWSDOWN)
			return -EINVAL;
		q->vflags |= VMA_SHARED;
		return 0;
	case LX_MAP_PRIVATE:
		return 0;
	default:
		return -EINVAL;
	}
}

static int
check_locked(struct mm *mm, struct request *q)
{
	if (q->flags & LX_MAP_LOCKED) {
		if (!mm->limits.memlock)
			return -EPERM;
		q->vflags |= VMA_LOCKED;
	}
	q->vflags |= mm->lock_future;
	if ((q->vflags & VMA_LOCKED) && !locked_ok(mm, q->len / PAGE_SIZE))
		return -EAGAIN;
	return 0;
}

static void
flags_of(struct request *q)
{
	if (q->flags & LX_MAP_GROWSDOWN)
		q->vflags |= VMA_GROWSDOWN;
	if (q->flags & LX_MAP_NORESERVE)
		q->vflags |= VMA_NORESERVE;
}

static int
check(struct mm *mm, struct request *q)
{
	int err;

	if (!q->len)
		return -EINVAL;
	q->len = page_up(q->len);
	if (!q->len)
		return -ENOMEM;
	if (q->off / PAGE_SIZE + q->len / PAGE_SIZE > UINT64_MAX / PAGE_SIZE)
		return -EOVERFLOW;
	if (mm->vmas.count > MAP_COUNT_MAX)
		return -ENOMEM;
	if (q->flags & LX_MAP_FIXED_NOREPLACE)
		q->flags |= LX_MAP_FIXED;
	err = pick_address(mm, q);
	if (err)
		return err;
	if (q->flags & LX_MAP_FIXED_NOREPLACE) {
		struct vma *v = vma_from_on(mm, q->at);

		if (v && v->n.start < q->at + q->len)
			return -EEXIST;
	}
	err = check_locked(mm, q);
	if (err)
		return err;
	flags_of(q);
	return q->map ? check_file(q) : check_anonymous(q);
}

/* Pages that [at, at+len) has mapped: they count no longer. */
static uint64_t
pages_replaced(struct mm *mm, uint64_t at, uint64_t len)
{
	struct vma *v = vma_from_on(mm, at);
	uint64_t sum = 0;

	for (; v && v->n.start < at + len; v = vma_next(v))
		sum += MIN(v->n.end, at + len) - MAX(v->n.start, at);
	return sum / PAGE_SIZE;
}

/* Make the object behind shared anonymous memory.  Takes or makes a reference
 * that the VMA will own. */
static int
find_object(struct request *q)
{
	int err;

	if (q->map && q->pc) {
		q->map->ops->get(q->map);
		return 0;
	}
	q->off = 0;
	q->map = NULL;
	if (!(q->vflags & VMA_SHARED))
		return 0;
	if (!vm_is_sane(LX_PROT_WRITE, q->vflags & VMA_NORESERVE,
			q->len / PAGE_SIZE))
		return -ENOMEM;
	err = shm_new(q->len, &q->map);
	if (!err)
		q->pc = q->map->ops->pages(q->map);
	return err;
}

/*
 * Fresh memory: small mappings whole, larger ones if the process uses what it
 * gets.  At a fixed place (a library's bss) it is mostly one of several steps,
 * and goes to the host with the next.
 */
static void
map_anon_ahead(struct vma *v, bool is_fixed)
{
	uint64_t start = v->n.start, end = v->n.end, len = end - start;
	struct mm *mm = v->mm;

	if (len > SMALL_MAX) {
		ahead_judge(mm);
		if (len <= BLOCK_MAX && ahead_is_dense(mm))
			anon_ahead(v, start, end, len, is_fixed);
		return;
	}
	switch (ahead_small(mm)) {
	case AHEAD_POPULATE:
		anon_ahead(v, start, end, len, is_fixed);
		break;
	case AHEAD_MAP:
		anon_ahead(v, start, end, 0, is_fixed);
		ahead_probe(mm, start);
		break;
	case AHEAD_NOTHING:
		break;
	}
}

/* A library's data comes after its code, and is written at once.  Much that
 * is small is looked at at once; what a loader maps whole, to find a place for
 * its parts, is not. */
static void
map_file_ahead(struct vma *v, uint32_t flags)
{
	bool is_fixed = flags & LX_MAP_FIXED;

	shelf_show(v);
	file_ahead(v, v->n.start, v->n.end);
	if (!is_fixed && !(flags & LX_MAP_DENYWRITE) &&
	    v->n.end - v->n.start <= SMALL_MAX && as_waits(v->mm, v->n.start) &&
	    ahead_file(v))
		v->mm->is_urgent = true;
	if (is_fixed && (v->prot & LX_PROT_WRITE) && !(v->flags & VMA_SHARED) &&
	    v->mm->ops.n)
		v->mm->is_urgent = true;
}

static void
map_ahead(struct vma *v, uint32_t flags)
{
	if (v->prot == LX_PROT_NONE)
		return;
	if (v->pc)
		map_file_ahead(v, flags);
	else if ((v->prot & LX_PROT_WRITE) &&
		 !(flags & (LX_MAP_NORESERVE | LX_MAP_STACK)))
		map_anon_ahead(v, flags & LX_MAP_FIXED);
}

static int
map_checked(struct mm *mm, struct request *q)
{
	uint64_t pages = q->len / PAGE_SIZE, old;
	struct vma *v;
	int err;

	old = q->flags & LX_MAP_FIXED ? pages_replaced(mm, q->at, q->len) : 0;
	if (!vm_may_grow(mm, q->prot, q->vflags, pages - old))
		return -ENOMEM;
	err = find_object(q);
	if (err)
		return err;
	v = vma_new(mm, q->at, q->at + q->len, NULL);
	err = v ? unmap_range(mm, q->at, q->at + q->len) : -ENOMEM;
	if (err) {
		if (q->map)
			q->map->ops->put(q->map);
		if (v)
			vma_free(v);
		return err;
	}
	v->prot = q->prot;
	v->flags = q->vflags;
	v->map = q->map;
	v->pc = q->pc;
	v->pgoff = q->off / PAGE_SIZE;
	vma_link(v);
	map_ahead(v, q->flags);
	vma_merge(mm, q->at, q->at + q->len);
	return 0;
}

/* What is to be done while addresses are not chosen yet, as it sleeps: a shared
 * mapping will change pages of storage unseen; a private one may be that of a
 * program, which is read. */
static void
prepare_file(const struct request *q)
{
	struct pagecache *pc = q->map->ops->pages(q->map);

	if (!pc)
		return;
	if ((q->flags & LX_MAP_TYPE) == LX_MAP_PRIVATE) {
		if (q->off < BLOCK_SIZE && q->prot != LX_PROT_NONE)
			program_map(pc);
		return;
	}
	while (!pc->ops && copies_break(pc, 0, UINT64_MAX / PAGE_SIZE))
		;
}

int
mm_map(struct mm *mm, uaddr_t hint, uint64_t len, uint32_t prot, uint32_t flags,
       struct mappable *m, uint64_t off, uaddr_t *out)
{
	struct request q = {
		.at = hint.v,
		.len = len,
		.off = off,
		.prot = prot & (LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC),
		.flags = flags,
		.map = flags & LX_MAP_ANONYMOUS ? NULL : m,
	};
	bool want;
	int err;

	if (off & ~PAGE_MASK)
		return -EINVAL;
	if (q.map)
		prepare_file(&q);
	err = check(mm, &q);
	if (!err)
		err = map_checked(mm, &q);
	as_settle(mm);
	if (err)
		return err;
	/* Linux: MAP_NONBLOCK takes MAP_POPULATE back. */
	want = (flags & (LX_MAP_POPULATE | LX_MAP_NONBLOCK)) == LX_MAP_POPULATE;
	if (want || (q.vflags & (VMA_LOCKED | VMA_LOCKONFAULT)) == VMA_LOCKED)
		(void)!populate(mm, q.at, q.at + q.len, true);
	*out = uaddr(q.at);
	return 0;
}
