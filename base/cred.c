/* SPDX-License-Identifier: MIT */
/* base/cred.c - copying and asking credentials. */
#include "base/cred.h"

#include "base/slab.h"

void
cred_copy(struct cred *dst, const struct cred *src)
{
	*dst = *src;
	if (dst->groups)
		dst->groups->refs++;
}

void
cred_fini(struct cred *c)
{
	if (c->groups && --c->groups->refs == 0)
		kfree(c->groups);
	c->groups = NULL;
}

bool
cred_in_group(const struct cred *c, uint32_t gid)
{
	if (c->fsgid == gid)
		return true;
	for (uint32_t i = 0; c->groups && i < c->groups->n; i++)
		if (c->groups->gid[i] == gid)
			return true;
	return false;
}
