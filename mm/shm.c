/* SPDX-License-Identifier: MIT */
/* mm/shm.c - the object behind MAP_SHARED | MAP_ANONYMOUS: a page cache that
 * is storage, without a name, living as long as something maps it. */
#include "mm/internal.h"

#include "base/ref.h"
#include "base/slab.h"
#include "base/str.h"

struct shm {
	struct ref ref;
	struct mappable map;
	struct pagecache pc;
	uint64_t ino;
};

static struct ref_kind shm_kind = {.name = "shared memory object"};

static struct shm *
shm_from(struct mappable *m)
{
	return CONTAINER_OF(m, struct shm, map);
}

static void
shm_get(struct mappable *m)
{
	ref_get(&shm_from(m)->ref);
}

static void
shm_put(struct mappable *m)
{
	struct shm *s = shm_from(m);

	if (!ref_put(&s->ref, &shm_kind))
		return;
	pagecache_fini(&s->pc);
	kfree(s);
}

static struct pagecache *
shm_pages(struct mappable *m)
{
	return &shm_from(m)->pc;
}

static int
shm_may_map(struct mappable *m, bool shared, uint32_t prot)
{
	(void)m;
	(void)shared;
	(void)prot;
	return 0;
}

static void
shm_describe(struct mappable *m, char *buf, size_t n, uint64_t *dev,
	     uint64_t *ino)
{
	/* Linux: the name of the tmpfs file behind it. */
	str_copy(buf, "/dev/zero (deleted)", n);
	*dev = 1;
	*ino = shm_from(m)->ino;
}

static const struct mappable_ops shm_ops = {
	.get = shm_get,
	.put = shm_put,
	.pages = shm_pages,
	.may_map = shm_may_map,
	.describe = shm_describe,
};

int
shm_new(uint64_t len, struct mappable **out)
{
	static uint64_t last_ino;
	struct shm *s = KNEW(struct shm);

	if (!s)
		return -ENOMEM;
	ref_init(&s->ref, &shm_kind);
	s->map.ops = &shm_ops;
	s->ino = ++last_ino;
	pagecache_init(&s->pc, NULL, s, len);
	*out = &s->map;
	return 0;
}
