/* SPDX-License-Identifier: MIT */
/* arch/um/host/io.c - bytes of host files: into and out of arena and guest
 * RAM, now or by completion. */
#include "arch/um/host/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define IO_MAX 0x7ffff000ull /* as the host bounds it */

static int64_t
result(int64_t r)
{
	return r < 0 ? -errno : r;
}

int64_t
hc_HOST_PREAD(const uint64_t *a)
{
	struct handle *h;
	int64_t n;

	if (!memory_writable(a[1], a[2]))
		return -EFAULT;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	do
		n = result(pread(h->fd, (void *)a[1], MIN(a[2], IO_MAX),
				 (off_t)a[3]));
	while (n == -EINTR);
	handle_put(h);
	return n;
}

int64_t
hc_HOST_PREAD_NOWAIT(const uint64_t *a)
{
	struct iovec iov = {(void *)a[1], MIN(a[2], IO_MAX)};
	struct handle *h;
	int64_t n;

	if (!memory_writable(a[1], a[2]))
		return -EFAULT;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	n = result(preadv2(h->fd, &iov, 1, (off_t)a[3], RWF_NOWAIT));
	handle_put(h);
	return n == -EOPNOTSUPP || n == -ENOSYS ? -EAGAIN : n;
}

int64_t
hc_HOST_PWRITE(const uint64_t *a)
{
	struct handle *h;
	int64_t n;

	if (!memory_readable(a[1], a[2]))
		return -EFAULT;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	do
		n = result(pwrite(h->fd, (const void *)a[1], MIN(a[2], IO_MAX),
				  (off_t)a[3]));
	while (n == -EINTR);
	handle_put(h);
	return n;
}

static int64_t
sync_fd(int fd, const uint64_t *a)
{
	switch (a[1]) {
	case HOST_SYNC_ALL:
		return result(fsync(fd));
	case HOST_SYNC_DATA:
		return result(fdatasync(fd));
	case HOST_SYNC_FS:
		return result(syncfs(fd));
	case HOST_SYNC_START:
		return result(sync_file_range(fd, (off_t)a[2], (off_t)a[3],
					      SYNC_FILE_RANGE_WRITE));
	}
	return -EINVAL;
}

int64_t
hc_HOST_SYNC(const uint64_t *a)
{
	struct handle *h;
	char path[64];
	int64_t r;
	int fd;

	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	r = sync_fd(h->fd, a);
	if (r == -EBADF) { /* by O_PATH it cannot be synced itself */
		proc_fd_path(path, sizeof path, h->fd, "");
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		r = fd < 0 ? -errno : sync_fd(fd, a);
		if (fd >= 0)
			close(fd);
	}
	handle_put(h);
	return r;
}

int64_t
hc_HOST_TRUNCATE(const uint64_t *a)
{
	struct handle *h;
	int64_t r;

	if (a[1] > INT64_MAX)
		return -EINVAL;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	r = result(ftruncate(h->fd, (off_t)a[1]));
	handle_put(h);
	return r;
}

int64_t
hc_HOST_FALLOCATE(const uint64_t *a)
{
	struct handle *h;
	int64_t r;

	if (a[1] > 0xff || a[2] > INT64_MAX || a[3] > INT64_MAX)
		return -EINVAL;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	do
		r = result(
			fallocate(h->fd, (int)a[1], (off_t)a[2], (off_t)a[3]));
	while (r == -EINTR);
	handle_put(h);
	return r;
}

int64_t
hc_HOST_SEEK(const uint64_t *a)
{
	struct handle *h;
	int64_t r;

	if (a[2] != SEEK_DATA && a[2] != SEEK_HOLE)
		return -EINVAL;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	r = result(lseek(h->fd, (off_t)a[1], (int)a[2]));
	handle_put(h);
	return r;
}

/* --- by completion --- */

static int
check_io(const uint64_t *a)
{
	switch (a[0]) {
	case IO_READ:
		return memory_writable(a[2], a[3]) ? 0 : -EFAULT;
	case IO_WRITE:
		return memory_readable(a[2], a[3]) ? 0 : -EFAULT;
	case IO_FSYNC:
	case IO_FDATASYNC:
		return 0;
	}
	return -EINVAL;
}

int64_t
hc_IO_SUBMIT(const uint64_t *a)
{
	struct io_req *r;
	int err;

	if (a[0] == IO_BATCH)
		return batch_later(a);
	err = check_io(a);
	if (!err)
		err = event_reserve();
	if (err)
		return err;
	r = malloc(sizeof *r);
	if (!r) {
		event_unreserve();
		return -ENOMEM;
	}
	*r = (struct io_req){.op = (uint32_t)a[0],
			     .buf = a[2],
			     .len = MIN(a[3], IO_MAX),
			     .off = a[4],
			     .cookie = a[5],
			     .h = handle_get_file(a[1])};
	err = r->h ? 0 : -EBADF;
	if (!err) {
		r->fd = r->h->fd;
		err = loop_submit(r);
	}
	if (err) {
		handle_put(r->h);
		free(r);
		event_unreserve();
	}
	return err;
}

/* The event takes over the reserved place in the ring. */
void
loop_io_done(struct io_req *r, int64_t res)
{
	uint64_t cookie = r->cookie;

	handle_put(r->h);
	free(r);
	event_unreserve();
	event_raise(EVENT_IO_DONE, cookie, res);
}
