/* SPDX-License-Identifier: MIT */
/* include/abi/statfs.h - statfs(2). */
#ifndef ABI_STATFS_H
#define ABI_STATFS_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/statfs.def"
#undef ABI
};

struct lx_fsid {
	int32_t val[2];
};

struct lx_statfs {
	int64_t f_type; /* LX_*_MAGIC */
	int64_t f_bsize;
	uint64_t f_blocks;
	uint64_t f_bfree;
	uint64_t f_bavail;
	uint64_t f_files;
	uint64_t f_ffree;
	struct lx_fsid f_fsid;
	int64_t f_namelen;
	int64_t f_frsize;
	int64_t f_flags; /* LX_ST_* */
	int64_t f_spare[4];
};

/* ustat(2). */
struct lx_ustat {
	int32_t f_tfree;
	uint64_t f_tinode;
	char f_fname[6];
	char f_fpack[6];
};

#endif /* ABI_STATFS_H */
