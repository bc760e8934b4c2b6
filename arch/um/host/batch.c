/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/batch.c - many orders on host files in one hypercall.
 *
 * An order is a hypercall of those on files.  Each word of it is read once,
 * then it is checked like any other: by the function that does it.
 *
 * Batches whose sender does not wait are done by vCPUs' threads while they look
 * out for their vCPU, order by order: that time is spent anyway, and what the
 * vCPU wants comes first.
 */
#include "arch/um/host/host.h"

#include <stdlib.h>

typedef int64_t order_fn(const uint64_t *a);

#define MAY(name) [HC_##name] = hc_##name

static order_fn *const may[HC_MAX] = {
	MAY(HOST_OPEN),	    MAY(HOST_CLOSE),	MAY(HOST_STAT),
	MAY(HOST_READDIR),  MAY(HOST_MKDIR),	MAY(HOST_UNLINK),
	MAY(HOST_RENAME),   MAY(HOST_LINK),	MAY(HOST_SYMLINK),
	MAY(HOST_READLINK), MAY(HOST_TRUNCATE), MAY(HOST_UTIMENS),
	MAY(HOST_CHMOD),    MAY(HOST_GETXATTR), MAY(HOST_SETXATTR),
	MAY(HOST_PREAD),    MAY(HOST_PWRITE),	MAY(HOST_REMOVEXATTR),
	MAY(HOST_SYNC),
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

static int
check(const uint64_t *orders, uint64_t n)
{
	if (n > HOST_BATCH_MAX)
		return -EINVAL;
	if (*orders % 8 ||
	    !arena_writable(*orders, n * sizeof(struct host_order)))
		return -EFAULT;
	return 0;
}

int64_t
hc_HOST_BATCH(const uint64_t *a)
{
	struct host_order *o = (struct host_order *)a[0];
	int64_t r = 0, err = check(&a[0], a[1]);

	if (err)
		return err;
	for (uint64_t i = 0; i < a[1]; i++) {
		r = order_do(&o[i], r);
		o[i].result = r;
	}
	return 0;
}

/* --- later --- */

struct later {
	struct later *next;
	struct host_order *orders;
	uint64_t n, at; /* how many, and are done */
	int64_t before; /* the last one's result */
	uint64_t cookie;
	int64_t since_ns;
};

static struct {
	pthread_mutex_t lock;
	struct later *first, **last;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .last = &queue.first};

static atomic_uint nlater;

int
batch_later(const uint64_t *a)
{
	struct later *l;
	int err = check(&a[2], a[3]);

	if (!mach.tracer->in_guest)
		return -ENOSYS;
	if (err || !a[3])
		return err ? err : -EINVAL;
	err = event_reserve();
	if (err)
		return err;
	l = malloc(sizeof *l);
	if (!l) {
		event_unreserve();
		return -ENOMEM;
	}
	*l = (struct later){.orders = (struct host_order *)a[2],
			    .n = a[3],
			    .cookie = a[5],
			    .since_ns = host_now_ns()};
	pthread_mutex_lock(&queue.lock);
	*queue.last = l;
	queue.last = &l->next;
	atomic_fetch_add(&nlater, 1);
	pthread_mutex_unlock(&queue.lock);
	return 0;
}

/* Returns: @l if that was its last order. */
static struct later *
next_order_locked(struct later *l)
{
	l->before = order_do(&l->orders[l->at], l->before);
	l->orders[l->at].result = l->before;
	if (++l->at < l->n)
		return NULL;
	queue.first = l->next;
	if (!queue.first)
		queue.last = &queue.first;
	atomic_fetch_sub(&nlater, 1);
	return l;
}

bool
batch_some(int64_t by_ns)
{
	struct later *l, *done = NULL;

	if (!atomic_load(&nlater) || pthread_mutex_trylock(&queue.lock))
		return false;
	l = queue.first;
	if (l && l->since_ns > by_ns)
		l = NULL;
	if (l)
		done = next_order_locked(l);
	pthread_mutex_unlock(&queue.lock);
	if (done) {
		event_unreserve();
		event_raise(EVENT_IO_DONE, done->cookie, 0);
		free(done);
	}
	return l;
}
