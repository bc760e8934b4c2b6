/* SPDX-License-Identifier: MIT */
/*
 * kernel/vdso.c - the vDSO: one page cache that is storage, which holds the
 * object's pages and behind them the page of arch/um/vdso/data.h; every
 * program maps it privately.
 */
#include "kernel/vdso.h"

#include "arch/um/vdso/data.h"
#include "base/log.h"
#include "base/str.h"
#include "include/abi/mman.h"
#include "mm/mappable.h"
#include "mm/mm.h"
#include "mm/pagecache.h"
#include "mm/uio.h"

extern const char vdso_blob[], vdso_blob_end[];

static struct pagecache pages;
static uint64_t data_at, len; /* len 0: there is none */

/* It lives as long as the kernel. */
static void
no_ref(struct mappable *m)
{
	(void)m;
}

static struct pagecache *
vdso_pages(struct mappable *m)
{
	(void)m;
	return &pages;
}

static int
vdso_may_map(struct mappable *m, bool shared, uint32_t prot)
{
	(void)m;
	(void)shared;
	(void)prot;
	return 0;
}

static void
vdso_describe(struct mappable *m, char *buf, size_t n, uint64_t *dev,
	      uint64_t *ino)
{
	(void)m;
	str_copy(buf, "[vdso]", n);
	*dev = *ino = 0;
}

static const struct mappable_ops ops = {
	.get = no_ref,
	.put = no_ref,
	.pages = vdso_pages,
	.may_map = vdso_may_map,
	.describe = vdso_describe,
};
static struct mappable vdso = {.ops = &ops};

static int
store(const void *from, uint64_t n, uint64_t pos)
{
	struct uio u;

	uio_init_kernel(&u, UIO_FROM_GUEST, (void *)from, n);
	return pagecache_write(&pages, &u, &pos);
}

void
vdso_init(uint64_t host_clock)
{
	uint64_t n = (uint64_t)(vdso_blob_end - vdso_blob);
	const struct vdso_data data = {.clock = host_clock};
	int err;

	data_at = page_up(n);
	pagecache_init(&pages, NULL, NULL, data_at + PAGE_SIZE);
	err = pagecache_allocate(&pages, 0, data_at + PAGE_SIZE);
	if (!err)
		err = store(vdso_blob, n, 0);
	if (!err)
		err = store(&data, sizeof(data), data_at);
	if (err)
		log_warn("no vDSO: error %d", -err);
	else
		len = data_at + PAGE_SIZE;
}

int
vdso_map(struct mm *mm, uint64_t *ehdr)
{
	uaddr_t got;
	int err;

	*ehdr = 0;
	if (!len)
		return 0;
	err = mm_map(mm, uaddr(0), len, LX_PROT_READ | LX_PROT_EXEC,
		     LX_MAP_PRIVATE, &vdso, 0, &got);
	if (err)
		return err;
	*ehdr = got.v;
	/* Its symbols are about to be looked up. */
	return mm_advise(mm, got, len, LX_MADV_POPULATE_READ);
}

void
vdso_realtime_was_set(void)
{
	const uint8_t yes = 1;

	/* A byte: nobody sees half of it. */
	if (len && store(&yes, sizeof(yes),
			 data_at + offsetof(struct vdso_data, is_realtime_set)))
		log_warn("vDSO: programs may read the time before it was set");
}
