/* SPDX-License-Identifier: MIT */
/* include/abi/stat.h - stat(2), statx(2), mknod(2). */
#ifndef ABI_STAT_H
#define ABI_STAT_H

#include "include/abi/time.h"

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/stat.def"
#undef ABI
};

#define LX_S_IFMT      0170000
#define LX_S_IRWXUGO   00777
#define LX_S_IALLUGO   07777
#define LX_S_ISDIR(m)  (((m)&LX_S_IFMT) == LX_S_IFDIR)
#define LX_S_ISREG(m)  (((m)&LX_S_IFMT) == LX_S_IFREG)
#define LX_S_ISLNK(m)  (((m)&LX_S_IFMT) == LX_S_IFLNK)
#define LX_S_ISCHR(m)  (((m)&LX_S_IFMT) == LX_S_IFCHR)
#define LX_S_ISBLK(m)  (((m)&LX_S_IFMT) == LX_S_IFBLK)
#define LX_S_ISFIFO(m) (((m)&LX_S_IFMT) == LX_S_IFIFO)
#define LX_S_ISSOCK(m) (((m)&LX_S_IFMT) == LX_S_IFSOCK)

/* The type bits of a mode as d_type of getdents64(2), and back. */
#define LX_IFTODT(mode) (((mode)&LX_S_IFMT) >> 12)
#define LX_DTTOIF(type) ((uint32_t)(type) << 12)

#define LX_STATX__RESERVED 0x80000000u

/*
 * Device numbers in struct stat: the kernel's "new" encoding, which agrees
 * with glibc's makedev(3) for every major that fits 12 bits.
 */
static inline uint64_t
lx_makedev(uint32_t major, uint32_t minor)
{
	return (minor & 0xff) | (major & 0xfff) << 8 |
	       (uint64_t)(minor & ~0xffu) << 12 |
	       (uint64_t)(major & ~0xfffu) << 32;
}

static inline uint32_t
lx_major(uint64_t dev)
{
	return (dev >> 8 & 0xfff) | (uint32_t)(dev >> 32 & ~0xfffu);
}

static inline uint32_t
lx_minor(uint64_t dev)
{
	return (dev & 0xff) | (uint32_t)(dev >> 12 & ~0xffu);
}

struct lx_stat {
	uint64_t st_dev;
	uint64_t st_ino;
	uint64_t st_nlink;
	uint32_t st_mode;
	uint32_t st_uid;
	uint32_t st_gid;
	uint32_t pad0;
	uint64_t st_rdev;
	int64_t st_size;
	int64_t st_blksize;
	int64_t st_blocks; /* of 512 bytes */
	struct lx_timespec st_atim;
	struct lx_timespec st_mtim;
	struct lx_timespec st_ctim;
	int64_t unused[3];
};

struct lx_statx_timestamp {
	int64_t tv_sec;
	uint32_t tv_nsec;
	int32_t pad;
};

struct lx_statx {
	uint32_t stx_mask; /* what is filled in: LX_STATX_* */
	uint32_t stx_blksize;
	uint64_t stx_attributes; /* LX_STATX_ATTR_* */
	uint32_t stx_nlink;
	uint32_t stx_uid;
	uint32_t stx_gid;
	uint16_t stx_mode;
	uint16_t pad0;
	uint64_t stx_ino;
	uint64_t stx_size;
	uint64_t stx_blocks;
	uint64_t stx_attributes_mask;
	struct lx_statx_timestamp stx_atime;
	struct lx_statx_timestamp stx_btime;
	struct lx_statx_timestamp stx_ctime;
	struct lx_statx_timestamp stx_mtime;
	uint32_t stx_rdev_major;
	uint32_t stx_rdev_minor;
	uint32_t stx_dev_major;
	uint32_t stx_dev_minor;
	uint64_t stx_mnt_id;
	uint32_t stx_dio_mem_align;
	uint32_t stx_dio_offset_align;
	uint64_t stx_subvol;
	uint32_t stx_atomic_write_unit_min;
	uint32_t stx_atomic_write_unit_max;
	uint32_t stx_atomic_write_segments_max;
	uint32_t stx_dio_read_offset_align;
	uint32_t stx_atomic_write_unit_max_opt;
	uint32_t pad1;
	uint64_t pad2[8];
};

#endif /* ABI_STAT_H */
