/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/fs/fake_mm.c - what fs/ needs of mm/ and of the allocator: page
 * caches as arrays of pages, transfers between kernel buffers, malloc(), so
 * that ASan sees every object of its own.
 */
#include "base/slab.h"
#include "mm/mm.h"
#include "mm/pagecache.h"
#include "mm/uio.h"
#include "mm/usercopy.h"

#include <stdlib.h>
#include <string.h>

#define PAGES_MAX 4096u

void *
kmalloc(size_t size)
{
	return malloc(size);
}

void *
kzalloc(size_t size)
{
	return calloc(1, size);
}

void *
krealloc(void *p, size_t size)
{
	return realloc(p, size);
}

void
kfree(void *p)
{
	free(p);
}

char *
kstrdup(const char *s)
{
	return strdup(s);
}

uint64_t
kmem_used(void)
{
	return 0;
}

void
mm_totals(struct mm_totals *out)
{
	*out = (struct mm_totals){.total = 64 << 20, .free = 64 << 20};
}

int
copy_in(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	memcpy(dst, (void *)(uintptr_t)src.v, n);
	return 0;
}

int
copy_out(struct mm *mm, uaddr_t dst, const void *src, size_t n)
{
	memcpy((void *)(uintptr_t)dst.v, src, n);
	return 0;
}

void
uio_init_kernel(struct uio *u, enum uio_dir dir, void *buf, uint64_t len)
{
	*u = (struct uio){.dir = dir, .left = len, .nseg = 1};
	u->one = (struct uio_seg){(uintptr_t)buf, len};
	u->seg = &u->one;
}

void
uio_fini(struct uio *u)
{
	(void)u;
}

int64_t
uio_copy(struct uio *u, void *buf, uint64_t n)
{
	char *at = (char *)(uintptr_t)u->one.base + u->moved;

	n = MIN(n, u->left);
	if (u->dir == UIO_FROM_GUEST)
		memcpy(buf, at, n);
	else
		memcpy(at, buf, n);
	u->left -= n;
	u->moved += n;
	return (int64_t)n;
}

void
uio_rewind(struct uio *u, uint64_t n)
{
	u->left += n;
	u->moved -= n;
}

static uint8_t **
pages_of(struct pagecache *pc)
{
	if (!pc->chunks.root)
		pc->chunks.root = calloc(PAGES_MAX, sizeof(uint8_t *));
	return pc->chunks.root;
}

static uint8_t *
page_at(struct pagecache *pc, uint64_t index, bool make)
{
	uint8_t **page = pages_of(pc);

	if (index >= PAGES_MAX)
		return NULL;
	if (!page[index] && make) {
		page[index] = calloc(1, PAGE_SIZE);
		pc->npages++;
	}
	return page[index];
}

static void
drop_from(struct pagecache *pc, uint64_t first, uint64_t end)
{
	uint8_t **page = pc->chunks.root;

	for (uint64_t i = first; page && i < end && i < PAGES_MAX; i++) {
		pc->npages -= page[i] != NULL;
		free(page[i]);
		page[i] = NULL;
	}
}

void
pagecache_init(struct pagecache *pc, const struct pagecache_ops *ops,
	       void *owner, uint64_t size)
{
	*pc = (struct pagecache){.ops = ops, .owner = owner, .size = size};
}

void
pagecache_fini(struct pagecache *pc)
{
	drop_from(pc, 0, PAGES_MAX);
	free(pc->chunks.root);
}

int
pagecache_read(struct pagecache *pc, struct uio *u, uint64_t *pos)
{
	static uint8_t zeros[PAGE_SIZE];

	while (u->left && *pos < pc->size) {
		uint64_t off = *pos % PAGE_SIZE, n = PAGE_SIZE - off;
		uint8_t *page = page_at(pc, *pos / PAGE_SIZE, false);

		n = MIN(n, pc->size - *pos);
		*pos += (uint64_t)uio_copy(u, page ? page + off : zeros, n);
	}
	return 0;
}

int
pagecache_write(struct pagecache *pc, struct uio *u, uint64_t *pos)
{
	while (u->left) {
		uint64_t off = *pos % PAGE_SIZE;
		uint8_t *page = page_at(pc, *pos / PAGE_SIZE, true);

		if (!page)
			return -ENOSPC;
		*pos += (uint64_t)uio_copy(u, page + off, PAGE_SIZE - off);
		pc->size = MAX(pc->size, *pos);
	}
	return 0;
}

void
pagecache_resize(struct pagecache *pc, uint64_t size)
{
	uint8_t *last = page_at(pc, size / PAGE_SIZE, false);

	drop_from(pc, page_up(size) / PAGE_SIZE, PAGES_MAX);
	if (last && size % PAGE_SIZE)
		memset(last + size % PAGE_SIZE, 0,
		       PAGE_SIZE - size % PAGE_SIZE);
	pc->size = size;
}

int
pagecache_punch(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	drop_from(pc, page_up(pos) / PAGE_SIZE, (pos + len) / PAGE_SIZE);
	return 0;
}

int
pagecache_allocate(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	for (uint64_t at = page_down(pos); at < pos + len; at += PAGE_SIZE)
		if (!page_at(pc, at / PAGE_SIZE, true))
			return -ENOSPC;
	return 0;
}

int64_t
pagecache_seek(struct pagecache *pc, uint64_t pos, bool for_data)
{
	for (; pos < pc->size; pos = page_down(pos) + PAGE_SIZE)
		if ((page_at(pc, pos / PAGE_SIZE, false) != NULL) == for_data)
			return (int64_t)pos;
	return for_data ? -ENXIO : (int64_t)pc->size;
}

int
pagecache_sync(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	return 0;
}

void
pagecache_forget(struct pagecache *pc, uint64_t pos, uint64_t len)
{
}

uint64_t
pagecache_dirty_total(void)
{
	return 0;
}
