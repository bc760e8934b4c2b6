/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/handle.c - the handle table: how the kernel names host
 * resources.
 *
 * A handle's struct lives until its last reference goes, so that a close in
 * one vCPU does not pull the descriptor from under a read in another.
 */
#include "arch/um/host/host.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FDS_USUAL 8192 /* of files and listings; 64 KiB of host memory */

static struct {
	pthread_mutex_t lock;
	struct handle **h;
	uint32_t n, next_free; /* no free slot below next_free */
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

static atomic_int nfds; /* of handles */

int
fds_bound(void)
{
	struct rlimit rl;
	int lowest;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur > INT_MAX)
		rl.rlim_cur = INT_MAX;
	lowest = fcntl(mach.arena_fd, F_DUPFD_CLOEXEC, 0);
	if (lowest < 0)
		return 1;
	close(lowest);
	return MAX(((int)rl.rlim_cur - lowest) / 4 * 3, 1);
}

/*
 * The host's table of our descriptors doubles when it is full; with threads
 * about, whoever opened the file too many waits some 10 ms until no core looks
 * at the old one (synchronize_rcu).  So it gets its size while there are none.
 */
void
fds_reserve(void)
{
	struct rlimit rl;
	int fd;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return;
	fd = fcntl(0, F_DUPFD_CLOEXEC,
		   (int)MIN(rl.rlim_cur, (rlim_t)FDS_USUAL) - 1);
	if (fd >= 0)
		close(fd);
}

bool
fds_are_spent(void)
{
	static atomic_int bound; /* the limit does not change any more */
	int n = atomic_load(&bound);

	if (!n)
		atomic_store(&bound, n = fds_bound());
	return atomic_load(&nfds) >= n;
}

static int
table_grow(void)
{
	uint32_t n = table.n ? table.n * 2 : 64;
	struct handle **p = realloc(table.h, n * sizeof *p);

	if (!p)
		return -ENOMEM;
	memset(p + table.n, 0, (n - table.n) * sizeof *p);
	table.h = p;
	table.n = n;
	return 0;
}

static int
table_insert(struct handle *h)
{
	uint32_t i;
	int err = 0;

	pthread_mutex_lock(&table.lock);
	for (i = table.next_free; i < table.n && table.h[i]; i++)
		;
	if (i == table.n)
		err = table_grow();
	if (!err) {
		table.h[i] = h;
		table.next_free = i + 1;
	}
	pthread_mutex_unlock(&table.lock);
	return err ? err : (int)i;
}

int
handle_list_open(struct handle *h)
{
	if (fds_are_spent())
		return -EMFILE;
	h->list_fd = openat(h->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h->list_fd < 0)
		return -errno;
	atomic_fetch_add(&nfds, 1);
	h->list_pos = 0;
	return 0;
}

int
handle_new(enum handle_kind kind, int fd, int flags, bool is_read_only)
{
	struct handle *h = calloc(1, sizeof *h);
	int n;

	if (!h) {
		close(fd);
		return -ENOMEM;
	}
	h->kind = kind;
	h->fd = fd;
	h->flags = flags;
	h->is_read_only = is_read_only;
	h->is_owned = true;
	h->list_fd = -1;
	atomic_fetch_add(&nfds, 1);
	atomic_store(&h->refs, 1);
	pthread_mutex_init(&h->lock, NULL);
	n = table_insert(h);
	if (n < 0)
		handle_put(h);
	return n;
}

struct handle *
handle_get(uint64_t n)
{
	struct handle *h = NULL;

	pthread_mutex_lock(&table.lock);
	if (n < table.n)
		h = table.h[n];
	if (h)
		atomic_fetch_add(&h->refs, 1);
	pthread_mutex_unlock(&table.lock);
	return h;
}

void
handle_put(struct handle *h)
{
	if (!h || atomic_fetch_sub(&h->refs, 1) != 1)
		return;
	if (h->is_owned)
		close(h->fd);
	if (h->list_fd >= 0)
		close(h->list_fd);
	atomic_fetch_sub(&nfds, 1 + (h->list_fd >= 0));
	pthread_mutex_destroy(&h->lock);
	free(h);
}

int
handle_close(uint64_t n)
{
	struct handle *h = NULL;

	pthread_mutex_lock(&table.lock);
	if (n < table.n)
		h = table.h[n];
	if (h) {
		table.h[n] = NULL;
		if (n < table.next_free)
			table.next_free = (uint32_t)n;
	}
	pthread_mutex_unlock(&table.lock);
	if (!h)
		return -EBADF;
	handle_put(h);
	return 0;
}
