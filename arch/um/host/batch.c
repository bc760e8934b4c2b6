/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/batch.c - many orders on host files in one hypercall.
 *
 * An order is a hypercall of those on files.  Each word of it is read once,
 * then it is checked like any other: by the function that does it.
 */
#include "arch/um/host/host.h"

typedef int64_t order_fn(const uint64_t *a);

#define MAY(name) [HC_##name] = hc_##name

static order_fn *const may[HC_MAX] = {
	MAY(HOST_OPEN),	    MAY(HOST_CLOSE),	MAY(HOST_STAT),
	MAY(HOST_READDIR),  MAY(HOST_MKDIR),	MAY(HOST_UNLINK),
	MAY(HOST_RENAME),   MAY(HOST_LINK),	MAY(HOST_SYMLINK),
	MAY(HOST_READLINK), MAY(HOST_TRUNCATE), MAY(HOST_UTIMENS),
	MAY(HOST_CHMOD),    MAY(HOST_GETXATTR), MAY(HOST_SETXATTR),
	MAY(HOST_PREAD),    MAY(HOST_PWRITE),	MAY(HOST_REMOVEXATTR),
};

static int64_t
order_do(const volatile struct host_order *o, int64_t before)
{
	uint64_t nr = o->nr, a[7] = {0};

	for (int i = 0; i < 6; i++)
		a[i] = o->a[i];
	if (nr & ORDER_IF && before < 0)
		return -ECANCELED;
	nr &= ~ORDER_IF;
	if (nr >= HC_MAX || !may[nr])
		return -EINVAL;
	return may[nr](a);
}

int64_t
hc_HOST_BATCH(const uint64_t *a)
{
	struct host_order *o = (struct host_order *)a[0];
	int64_t r = 0;

	if (a[1] > HOST_BATCH_MAX)
		return -EINVAL;
	if (a[0] % 8 || !arena_writable(a[0], a[1] * sizeof *o))
		return -EFAULT;
	for (uint64_t i = 0; i < a[1]; i++) {
		r = order_do(&o[i], r);
		o[i].result = r;
	}
	return 0;
}
