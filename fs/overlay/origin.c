/* SPDX-License-Identifier: MIT */
/* fs/overlay/origin.c - where copied-up files came from. */
#include "base/slab.h"
#include "fs/overlay/internal.h"

#define UPPER_KEY (1ull << 63)

static uint64_t
key(uint64_t ino, bool is_upper)
{
	return hash_u64(ino ^ (is_upper ? UPPER_KEY : 0));
}

struct origin *
origin_find(struct ovl *o, const struct inode *real, bool is_upper)
{
	struct hash_node *at =
		hash_first(&o->origins, key(real->ino, is_upper));

	for (; at; at = hash_next(at)) {
		struct origin * or
			= is_upper ? CONTAINER_OF(at, struct origin, by_upper)
				   : CONTAINER_OF(at, struct origin, by_lower);

		if ((is_upper ? or->upper : or->lower) == real)
			return or ;
	}
	return NULL;
}

uint64_t
origin_ino(struct ovl *o, uint64_t ino)
{
	struct hash_node *at = hash_first(&o->origins, key(ino, true));

	for (; at; at = hash_next(at)) {
		struct origin * or = CONTAINER_OF(at, struct origin, by_upper);

		if (or->upper->ino == ino)
			return or->lower->ino;
	}
	return 0;
}

int
origin_add(struct ovl *o, struct inode *lower, struct inode *upper,
	   uint32_t nlink)
{
	struct origin * or = KNEW(struct origin);

	if (! or)
		return -ENOMEM;
	or->lower = inode_get(lower);
	or->upper = inode_get(upper);
	or->nlink = nlink;
	list_append(&o->all_origins, & or->all);
	hash_add(&o->origins, & or->by_lower, key(lower->ino, false));
	hash_add(&o->origins, & or->by_upper, key(upper->ino, true));
	return 0;
}

void
origin_drop(struct ovl *o, struct origin * or)
{
	list_del(& or->all);
	hash_del(&o->origins, & or->by_lower);
	hash_del(&o->origins, & or->by_upper);
	inode_put(or->lower);
	inode_put(or->upper);
	kfree(or);
}

void
origin_drop_all(struct ovl *o)
{
	while (!list_empty(&o->all_origins))
		origin_drop(o, LIST_FIRST(&o->all_origins, struct origin, all));
}
