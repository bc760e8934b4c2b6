/* SPDX-License-Identifier: MIT */
/* base/cred.h - who asks: ids and capabilities as plain data
 * (credentials(7), capabilities(7)).  Embedded in a task; changed only by its
 * own task, passed down as const. */
#ifndef BASE_CRED_H
#define BASE_CRED_H

#include "include/types.h"

#define CRED_GROUPS_MAX 65536

/* Capability numbers the kernel asks about are LX_CAP_* of
 * include/abi/capability.h. */
struct group_list {
	uint32_t refs;
	uint32_t n;
	uint32_t gid[];
};

struct cred {
	uint32_t uid, euid, suid, fsuid;
	uint32_t gid, egid, sgid, fsgid;
	struct group_list *groups; /* NULL: none */
	uint64_t cap_effective, cap_permitted, cap_inheritable;
	uint64_t cap_bounding, cap_ambient;
	uint32_t securebits;
	bool no_new_privs;
};

/* cred_copy - @dst becomes a copy of @src, sharing the group list. */
void cred_copy(struct cred *dst, const struct cred *src);

/* cred_fini - drop what @c holds. */
void cred_fini(struct cred *c);

/* cred_in_group - is @gid the fsgid or a supplementary group? */
bool cred_in_group(const struct cred *c, uint32_t gid);

/* cred_capable - does @c have capability number @cap in effect? */
static inline bool
cred_capable(const struct cred *c, int cap)
{
	return c->cap_effective >> cap & 1;
}

#endif /* BASE_CRED_H */
