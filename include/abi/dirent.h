/* SPDX-License-Identifier: MIT */
/* include/abi/dirent.h - getdents(2), getdents64(2).  Types are in stat.def. */
#ifndef ABI_DIRENT_H
#define ABI_DIRENT_H

#include <stdint.h>

/* Records are padded to 8 bytes; the name ends with a NUL. */
struct lx_dirent64 {
	uint64_t d_ino;
	int64_t d_off; /* position after this entry, for lseek(2) */
	uint16_t d_reclen;
	uint8_t d_type; /* LX_DT_* */
	char d_name[];
};

/* The old getdents(2): the type is the record's last byte. */
struct lx_dirent {
	uint64_t d_ino;
	uint64_t d_off;
	uint16_t d_reclen;
	char d_name[];
};

#endif /* ABI_DIRENT_H */
