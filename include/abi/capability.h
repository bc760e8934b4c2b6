/* SPDX-License-Identifier: MIT */
/*
 * include/abi/capability.h - capabilities(7), capget(2), the
 * security.capability attribute.
 */
#ifndef ABI_CAPABILITY_H
#define ABI_CAPABILITY_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/capability.def"
#undef ABI
};

#define LX_CAP_LAST_CAP LX_CAP_CHECKPOINT_RESTORE

struct lx_cap_user_header {
	uint32_t version;
	int32_t pid;
};

/* One for version 1, two (low word, high word) for versions 2 and 3. */
struct lx_cap_user_data {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

/* The value of security.capability; revision 2 lacks the rootid. */
struct lx_vfs_cap_data {
	uint32_t magic_etc; /* LX_VFS_CAP_REVISION_*, _FLAGS_EFFECTIVE */
	struct {
		uint32_t permitted;
		uint32_t inheritable;
	} data[2];
	uint32_t rootid;
};

#endif /* ABI_CAPABILITY_H */
