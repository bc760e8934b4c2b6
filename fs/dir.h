/* SPDX-License-Identifier: MIT */
/* fs/dir.h - how a directory's entries reach getdents(2). */
#ifndef FS_DIR_H
#define FS_DIR_H

#include "include/annotate.h"
#include "include/types.h"

struct dir_sink {
	/* Take one entry; @next is the position to continue after it.
	 * Returns: 0, or -ENOSPC when full: stop, don't advance past it. */
	int (*emit)(struct dir_sink *s, const char *name, size_t len,
		    uint64_t ino, uint8_t type, uint64_t next);
};

#endif /* FS_DIR_H */
