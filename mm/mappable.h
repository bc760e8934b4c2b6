/* SPDX-License-Identifier: MIT */
/* mm/mappable.h - what a thing must offer to be mapped by mmap(2); fs/file.h
 * embeds it in open files, so that mm/ knows nothing of files. */
#ifndef MM_MAPPABLE_H
#define MM_MAPPABLE_H

#include "include/types.h"

struct mappable;
struct pagecache;

struct mappable_ops {
	void (*get)(struct mappable *m);
	void (*put)(struct mappable *m);
	/* The pages; NULL: not mappable (-ENODEV).  A device such as
	 * /dev/zero answers NULL and says so by is_zero(). */
	struct pagecache *(*pages)(struct mappable *m);
	/* mmap of it is anonymous memory (/dev/zero). */
	bool (*is_zero)(struct mappable *m);
	/* May it be mapped so?  Access mode, noexec, seals, append-only.
	 * @shared, @prot (LX_PROT_*). Returns: 0, -EACCES, -EPERM. */
	int (*may_map)(struct mappable *m, bool shared, uint32_t prot);
	/* A writable shared mapping comes or goes (seals, ETXTBSY). */
	void (*shared_writer)(struct mappable *m, int delta);
	/* For /proc/PID/maps: path into @buf (always terminated); device and
	 * inode number. */
	void (*describe)(struct mappable *m, char *buf, size_t n, uint64_t *dev,
			 uint64_t *ino);
	/* Pages were used through a mapping: update atime/mtime. */
	void (*touched)(struct mappable *m, bool written);
};

struct mappable {
	const struct mappable_ops *ops;
};

#endif /* MM_MAPPABLE_H */
