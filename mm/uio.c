/* SPDX-License-Identifier: MIT */
/*
 * mm/uio.c - transfers in pieces.
 *
 * A transfer is a list of segments and a place in it.  Everything moves
 * through move(), which stops short where guest memory does.
 */
#include "mm/uio.h"

#include "base/block.h"
#include "base/slab.h"
#include "base/str.h"
#include "mm/usercopy.h"

struct lx_iovec_words {
	uint64_t base, len;
};

static bool
is_guest_range(uint64_t at, uint64_t len)
{
	return at <= USER_TOP && len <= USER_TOP - at;
}

static void
init_one(struct uio *u, struct mm *mm, enum uio_dir dir, uint64_t base,
	 uint64_t len)
{
	/* Each by itself: clearing all first takes longer than a short read. */
	u->mm = mm;
	u->dir = dir;
	u->rwf = 0;
	u->left = len;
	u->moved = 0;
	u->seg = &u->one;
	u->nseg = 1;
	u->cur = 0;
	u->cur_off = 0;
	u->one = (struct uio_seg){base, len};
	u->heap = NULL;
}

int
uio_init(struct uio *u, struct mm *mm, enum uio_dir dir, uaddr_t at,
	 uint64_t len)
{
	if (!is_guest_range(at.v, len))
		return -EFAULT;
	init_one(u, mm, dir, at.v, MIN(len, UIO_MAX_RW));
	return 0;
}

void
uio_init_kernel(struct uio *u, enum uio_dir dir, void *buf, uint64_t len)
{
	init_one(u, NULL, dir, (uint64_t)buf, len);
}

/* Linux: import_iovec().  Later segments are clamped once the sum reaches
 * MAX_RW_COUNT. */
static int
check_segments(struct uio *u)
{
	for (uint32_t i = 0; i < u->nseg; i++) {
		struct uio_seg *s = &u->seg[i];

		if ((int64_t)s->len < 0)
			return -EINVAL;
		if (!is_guest_range(s->base, s->len))
			return -EFAULT;
		s->len = MIN(s->len, UIO_MAX_RW - u->left);
		u->left += s->len;
	}
	return 0;
}

int
uio_init_iov(struct uio *u, struct mm *mm, enum uio_dir dir, uaddr_t iov,
	     uint64_t iovcnt)
{
	int err;

	init_one(u, mm, dir, 0, 0);
	if (iovcnt > UIO_IOV_MAX)
		return -EINVAL;
	u->nseg = iovcnt;
	if (iovcnt > 1) {
		u->heap = kmalloc(iovcnt * sizeof(*u->heap));
		if (!u->heap)
			return -ENOMEM;
		u->seg = u->heap;
	}
	_Static_assert(sizeof(struct uio_seg) == sizeof(struct lx_iovec_words),
		       "segments are read as iovecs");
	err = copy_in(mm, u->seg, iov, iovcnt * sizeof(*u->seg));
	if (!err)
		err = check_segments(u);
	if (err)
		uio_fini(u);
	return err;
}

void
uio_fini(struct uio *u)
{
	kfree(u->heap);
	u->heap = NULL;
}

static void
advance(struct uio *u, uint64_t n)
{
	u->left -= n;
	u->moved += n;
	u->cur_off += n;
	while (u->cur < u->nseg && u->cur_off >= u->seg[u->cur].len) {
		if (u->cur + 1 == u->nseg)
			break; /* stay, so that rewinding finds the way */
		u->cur_off -= u->seg[u->cur].len;
		u->cur++;
	}
}

/* Move @n bytes at guest address @at.  Returns: bytes before a fault. */
static uint64_t
move_guest(struct uio *u, uint64_t at, char *buf, uint64_t n)
{
	uint64_t done = 0;

	while (done < n) {
		uint64_t part =
			MIN(n - done, PAGE_SIZE - (at + done) % PAGE_SIZE);
		char *k = buf ? buf + done : NULL;
		uaddr_t va = uaddr(at + done);
		int err;

		if (u->dir == UIO_FROM_GUEST)
			err = copy_in(u->mm, k, va, part);
		else if (k)
			err = copy_out(u->mm, va, k, part);
		else
			err = copy_clear(u->mm, va, part);
		if (err)
			break;
		done += part;
	}
	return done;
}

static uint64_t
move_guest_unlocked(struct uio *u, uint64_t at, char *buf, uint64_t n)
{
	if (u->dir == UIO_FROM_GUEST)
		return copy_in_unlocked(u->mm, buf, uaddr(at), n);
	return copy_out_unlocked(u->mm, uaddr(at), buf, n);
}

static uint64_t
move_kernel(struct uio *u, uint64_t at, char *buf, uint64_t n)
{
	if (u->dir == UIO_FROM_GUEST)
		memcpy(buf, (void *)at, n);
	else if (buf)
		memcpy((void *)at, buf, n);
	else
		memset((void *)at, 0, n);
	return n;
}

static uint64_t
move_kernel_unlocked(struct uio *u, uint64_t at, char *buf, uint64_t n)
{
	klock_drop();
	n = move_kernel(u, at, buf, n);
	klock_take();
	return n;
}

typedef uint64_t mover(struct uio *u, uint64_t at, char *buf, uint64_t n);

/* @buf NULL: zeros. */
static int64_t
move(struct uio *u, char *buf, uint64_t n, bool unlocked)
{
	uint64_t done = 0;

	n = MIN(n, u->left);
	while (done < n) {
		struct uio_seg *s = &u->seg[u->cur];
		uint64_t part = MIN(n - done, s->len - u->cur_off), got;
		char *k = buf ? buf + done : NULL;
		mover *fn = u->mm ? move_guest : move_kernel;

		if (!part) {
			advance(u, 0);
			continue;
		}
		if (unlocked && part >= UNLOCKED_MIN)
			fn = u->mm ? move_guest_unlocked : move_kernel_unlocked;
		got = fn(u, s->base + u->cur_off, k, part);
		advance(u, got);
		done += got;
		if (got < part)
			break;
	}
	return done || !n ? (int64_t)done : -EFAULT;
}

int64_t
uio_copy(struct uio *u, void *buf, uint64_t n)
{
	return move(u, buf, n, false);
}

int64_t
uio_copy_unlocked(struct uio *u, void *buf, uint64_t n)
{
	return move(u, buf, n, true);
}

int64_t
uio_zero(struct uio *u, uint64_t n)
{
	return move(u, NULL, n, true);
}

void
uio_skip(struct uio *u, uint64_t n)
{
	advance(u, n);
}

void
uio_rewind(struct uio *u, uint64_t n)
{
	u->left += n;
	u->moved -= n;
	while (n > u->cur_off) {
		n -= u->cur_off;
		u->cur--;
		u->cur_off = u->seg[u->cur].len;
	}
	u->cur_off -= n;
}
