/* SPDX-License-Identifier: MIT */
/* fs/xattr.h - extended attributes kept in memory: what a file system without
 * a disk behind it uses for its getxattr ops. */
#ifndef FS_XATTR_H
#define FS_XATTR_H

#include "base/list.h"
#include "include/annotate.h"
#include "include/types.h"

#define XATTR_SIZE_MAX 65536
#define XATTR_LIST_MAX 65536
#define XATTR_NAME_MAX 255

struct xattr_store {
	struct list entries;
	uint64_t bytes; /* bounded: -ENOSPC */
};

void xattr_store_init(struct xattr_store *xs);
void xattr_store_fini(struct xattr_store *xs);

/* As the inode ops of the same name. */
MUST_CHECK int64_t xattr_store_get(const struct xattr_store *xs,
				   const char *name, void *buf, size_t n);
MUST_CHECK int xattr_store_set(struct xattr_store *xs, const char *name,
			       const void *buf, size_t n, int flags);
MUST_CHECK int64_t xattr_store_list(const struct xattr_store *xs, char *buf,
				    size_t n);
MUST_CHECK int xattr_store_remove(struct xattr_store *xs, const char *name);

#endif /* FS_XATTR_H */
