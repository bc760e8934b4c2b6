/* SPDX-License-Identifier: MIT */
/*
 * mm/pagecache.h - pages of one file (or shared anonymous object) by index,
 * in guest RAM.  read(2), write(2) and every mapping see these pages.
 *
 * Frames of neighbouring indices are neighbours in physmem wherever possible,
 * so that mapping a file takes few host mappings.  A cache without ops is the
 * storage itself (tmpfs, memfd, MAP_SHARED|MAP_ANONYMOUS): its pages are
 * never reclaimed.
 */
#ifndef MM_PAGECACHE_H
#define MM_PAGECACHE_H

#include "base/block.h"
#include "base/list.h"
#include "include/annotate.h"
#include "include/types.h"
#include "mm/radix.h"

struct pagecache;
struct range;
struct shelf;
struct uio;

struct pagecache_ops {
	/* Fill @n pages from page @index on; they lie at @buf, contiguous in
	 * the window.  What lies past the end of the file becomes zeros.
	 * Sleeps: for I/O. Returns: 0 or -errno (-EIO). */
	int (*read)(struct pagecache *pc, uint64_t index, uint64_t n,
		    void *buf);
	/* Write back @len bytes at file offset @pos.  Sleeps. */
	int (*write)(struct pagecache *pc, uint64_t pos, const void *buf,
		     uint64_t len);
	/* Have what was written of [pos, pos+len) begin its way to the disk,
	 * soon; may be NULL.  Sleeps.  Returns: 0, or what went wrong with
	 * write-back before; of this one, whoever waits for it is told. */
	int (*start)(struct pagecache *pc, uint64_t pos, uint64_t len);
	/* The first page became dirty; may be NULL.  Must not sleep. */
	void (*dirtied)(struct pagecache *pc);
};

struct pagecache {
	const struct pagecache_ops *ops; /* NULL: memory only */
	void *owner;			 /* the inode */
	uint64_t size;			 /* bytes; pages past it: SIGBUS */
	struct radix chunks;		 /* of 64 pages; pagecache.c's */
	struct range *range;		 /* where new pages go, from page */
	uint64_t range_index;		 /* range_index on */
	uint64_t npages, ndirty;
	struct list mappings; /* VMAs that map it .. */
	uint64_t nshared;     /* .. and how many of them are shared */
	struct list lru_link; /* all caches with pages, for reclaim */
	struct mutex io_lock; /* filling and writing back */
	int wb_error;	      /* first error of write-back not yet reported */
	uint32_t fails;	      /* memory-only: charges refused */
	uint32_t nwriters;    /* changing pages that are there */
	struct shelf *shelf;  /* calls in it made jumps; patch_shelf.c */
};

void pagecache_init(struct pagecache *pc, const struct pagecache_ops *ops,
		    void *owner, uint64_t size);
/* pagecache_fini - drop all pages; nothing maps it any more.  Dirty pages are
 * lost unless pagecache_sync() was called before.  Sleeps. */
void pagecache_fini(struct pagecache *pc);

/* pagecache_read - move bytes at *@pos to @u, to the end of file at most.
 * Sleeps: for I/O. Returns: 0 or -errno; progress is in u->moved. */
MUST_CHECK int pagecache_read(struct pagecache *pc, struct uio *u,
			      uint64_t *pos);

/* pagecache_write - move bytes from @u to *@pos, growing pc->size; pages
 * become dirty.  The caller has checked limits. -ENOSPC when memory is out. */
MUST_CHECK int pagecache_write(struct pagecache *pc, struct uio *u,
			       uint64_t *pos);

/* pagecache_resize - set the size: drop and unmap pages past the new end,
 * zero the tail of the last page. */
void pagecache_resize(struct pagecache *pc, uint64_t size);

/* pagecache_punch - drop the bytes of [pos, pos+len): pages inside become
 * holes (zeros), edges are zeroed.  Mappings are unmapped. */
MUST_CHECK int pagecache_punch(struct pagecache *pc, uint64_t pos,
			       uint64_t len);

/* pagecache_allocate - make pages of [pos, pos+len) present (zeros). */
MUST_CHECK int pagecache_allocate(struct pagecache *pc, uint64_t pos,
				  uint64_t len);

/* pagecache_seek - SEEK_DATA/SEEK_HOLE among present pages (memory-only
 * caches).  Returns: offset or -ENXIO. */
MUST_CHECK int64_t pagecache_seek(struct pagecache *pc, uint64_t pos,
				  bool for_data);

/* pagecache_sync - write dirty pages of [pos, pos+len) back.  Sleeps.
 * Pages mapped writable and shared count as dirty while they are. */
MUST_CHECK int pagecache_sync(struct pagecache *pc, uint64_t pos, uint64_t len);

/* pagecache_write_out - dirty bytes that are all there are, in one piece and
 * mapped nowhere: the caller writes them at *@pos, and says with
 * pagecache_written() what became of that (0 or -errno).  Nobody else writes
 * back or cuts meanwhile.  Returns: false if they are not so, or others are at
 * it: pagecache_sync() then. */
MUST_CHECK bool pagecache_write_out(struct pagecache *pc, uint64_t *pos,
				    const void **buf, uint64_t *len);
void pagecache_written(struct pagecache *pc, uint64_t pos, uint64_t len,
		       int err);

/* pagecache_forget - drop clean, unmapped pages (POSIX_FADV_DONTNEED; the
 * host changed the file). */
void pagecache_forget(struct pagecache *pc, uint64_t pos, uint64_t len);

/* pagecache_prefetch - start reading [pos, pos+len), best effort. */
void pagecache_prefetch(struct pagecache *pc, uint64_t pos, uint64_t len);

/* pagecache_total, pagecache_dirty_total, pagecache_shm_total - pages of all
 * caches of files; dirty ones; pages of caches that are storage. */
uint64_t pagecache_total(void);
uint64_t pagecache_shm_total(void);
uint64_t pagecache_dirty_total(void);

#endif /* MM_PAGECACHE_H */
