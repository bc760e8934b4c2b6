/* SPDX-License-Identifier: MIT */
/* fs/internal_pipe.h - what splice(2) must know of a pipe's inside. */
#ifndef FS_INTERNAL_PIPE_H
#define FS_INTERNAL_PIPE_H

#include "base/block.h"
#include "base/waitq.h"
#include "fs/pipe.h"

/* One slot: at most a page of bytes, written by one write(2) or merged from
 * several. */
struct pipe_buf {
	char *page;
	uint32_t off, len;
	bool is_packet; /* O_DIRECT: read(2) takes one, whole, at a time */
};

#define PIPE_SPARES 2

/*
 * @lock is held while bytes are copied, since guest memory may have to be
 * read from disk; counters and wait queue need the kernel lock only.
 */
struct pipe {
	uint32_t files;		       /* open descriptions */
	uint32_t readers, writers;     /* of them */
	uint32_t r_counter, w_counter; /* opens so far; for FIFO opens */
	struct waitq wq;
	struct inode *inode; /* not counted: files hold it */
	bool is_named;	     /* a FIFO: open(2) waits for the other end */
	struct mutex lock;
	struct pipe_buf *ring GUARDED_BY(lock);
	uint32_t nslots GUARDED_BY(lock); /* a power of two */
	uint32_t head GUARDED_BY(lock);	  /* next to fill */
	uint32_t tail GUARDED_BY(lock);	  /* next to empty */
	char *spare[PIPE_SPARES];
};

static inline bool
pipe_is_empty(const struct pipe *p)
{
	return p->head == p->tail;
}

static inline bool
pipe_is_full(const struct pipe *p)
{
	return p->head - p->tail >= p->nslots;
}

static inline struct pipe_buf *
pipe_slot(struct pipe *p, uint32_t at)
{
	return &p->ring[at & (p->nslots - 1)];
}

/* pipe_page, pipe_page_free - a page for a slot, by way of the spares. */
MUST_CHECK char *pipe_page(struct pipe *p);
void pipe_page_free(struct pipe *p, char *page);

/* pipe_push - @page becomes the newest slot.  The pipe is not full. */
void pipe_push(struct pipe *p, char *page, uint32_t off, uint32_t len,
	       bool is_packet);

/* pipe_consume - @n bytes of the oldest slot are done with. */
void pipe_consume(struct pipe *p, uint32_t n);

/* pipe_of - the pipe behind @f, or NULL. */
struct pipe *pipe_of(struct file *f);

#endif /* FS_INTERNAL_PIPE_H */
