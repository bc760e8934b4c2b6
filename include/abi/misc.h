/* SPDX-License-Identifier: MIT */
/* include/abi/misc.h - getrandom(2), setxattr(2), preadv2(2), mbind(2). */
#ifndef ABI_MISC_H
#define ABI_MISC_H

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/misc.def"
#undef ABI
};

#define LX_XATTR_NAME_MAX 255
#define LX_XATTR_SIZE_MAX 65536
#define LX_XATTR_LIST_MAX 65536
#define LX_PATH_MAX	  4096
#define LX_NAME_MAX	  255
#define LX_MAXSYMLINKS	  40

#endif /* ABI_MISC_H */
