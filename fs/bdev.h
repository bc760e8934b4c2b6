/* SPDX-License-Identifier: MIT */
/* fs/bdev.h - block devices by number; drivers/ registers them. A device's
 * bytes are a page cache whose ops are the driver's. */
#ifndef FS_BDEV_H
#define FS_BDEV_H

#include "fs/chrdev.h"
#include "mm/pagecache.h"

struct bdev {
	const char *name; /* "vda"; its node in devtmpfs */
	uint32_t major, minor;
	uint32_t block_size;
	bool is_read_only;
	struct pagecache *pages; /* size is the device's */
	int (*sync)(struct bdev *b, bool data_only);
	sysret_t (*ioctl)(struct bdev *b, struct mm *mm, uint32_t cmd,
			  uint64_t arg);
	struct bdev *next;
};

void bdev_register(struct bdev *b);
struct bdev *bdev_find(uint64_t rdev);
struct bdev *bdev_first(void);

/* bdev_open - make @f read and write the device behind @i: -ENXIO, -EROFS. */
MUST_CHECK int bdev_open(struct inode *i, struct file *f);

#endif /* FS_BDEV_H */
