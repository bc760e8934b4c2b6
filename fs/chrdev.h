/* SPDX-License-Identifier: MIT */
/* fs/chrdev.h - character devices by number; drivers/ registers them. */
#ifndef FS_CHRDEV_H
#define FS_CHRDEV_H

#include "fs/file.h"

/* makedev(3): the 64-bit encoding the kernel uses inside. */
static inline uint64_t
dev_make(uint32_t major, uint32_t minor)
{
	return (uint64_t)major << 32 | minor;
}

static inline uint32_t
dev_major(uint64_t d)
{
	return (uint32_t)(d >> 32);
}

static inline uint32_t
dev_minor(uint64_t d)
{
	return (uint32_t)d;
}

/* dev_encode - as stat(2) shows it; dev_decode - as mknod(2) gets it. */
uint64_t dev_encode(uint64_t d);
uint64_t dev_decode(uint64_t st_rdev);

struct chrdev {
	const char *name;
	uint32_t major, minor, count; /* minors [minor, minor + count) */
	uint32_t mode; /* of its node in devtmpfs (made if count is 1); 0: 0600
			*/
	uint32_t gid;  /* of the node */
	const struct file_ops *fops;
	/* Prepare @f (priv, wq, or other ops); NULL: nothing to do. */
	int (*open)(struct inode *i, struct file *f);
	struct chrdev *next;
};

void chrdev_register(struct chrdev *c);
struct chrdev *chrdev_find(uint64_t rdev);
struct chrdev *chrdev_first(void);

#endif /* FS_CHRDEV_H */
