/* SPDX-License-Identifier: MIT */
/* fs/dir.h - how a directory's entries reach getdents(2). */
#ifndef FS_DIR_H
#define FS_DIR_H

#include "include/types.h"

struct dir_sink {
	/* Take one entry; @next is the position to continue after it.
	 * Returns: 0, or -ENOSPC when full: stop, don't advance past it. */
	int (*emit)(struct dir_sink *s, const char *name, size_t len,
		    uint64_t ino, uint8_t type, uint64_t next);
};

struct file;

/* dir_emit - give @s one entry; if taken, f->pos = @next.  Returns: false when
 * the sink is full. */
bool dir_emit(struct file *f, struct dir_sink *s, const char *name, size_t len,
	      uint64_t ino, uint8_t type, uint64_t next);

/* dir_emit_dots - "." at position 0 and ".." at 1, if not yet given; the
 * entries proper start at 2.  Returns: false when the sink is full. */
bool dir_emit_dots(struct file *f, struct dir_sink *s);

#endif /* FS_DIR_H */
