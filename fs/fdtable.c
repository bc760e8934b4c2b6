/* SPDX-License-Identifier: MIT */
/*
 * fs/fdtable.c - descriptor numbers to open files.
 *
 * An array of files, a bitmap of numbers taken (a number may be reserved and
 * have no file yet) and one of close-on-exec marks; the first 64 lie in the
 * table itself.  No number below `next` is free.
 */
#include "fs/fdtable.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/lock.h"

#define FIRST_SIZE 64u
#define FDS_MAX	   (1u << 20) /* Linux: fs.nr_open */

struct fdtable {
	uint32_t refs;
	uint32_t size; /* numbers there is room for; a multiple of 64 */
	uint32_t next;
	struct file **file;
	uint64_t *taken, *cloexec;
	struct file *first_file[FIRST_SIZE];
	uint64_t first_taken, first_cloexec;
};

static inline bool
bit_get(const uint64_t *bits, uint32_t n)
{
	return bits[n / 64] >> n % 64 & 1;
}

static inline void
bit_put(uint64_t *bits, uint32_t n, bool on)
{
	if (on)
		bits[n / 64] |= 1ull << n % 64;
	else
		bits[n / 64] &= ~(1ull << n % 64);
}

int
fdtable_new(struct fdtable **out)
{
	struct fdtable *t = KNEW(struct fdtable);

	if (!t)
		return -ENOMEM;
	t->refs = 1;
	t->size = FIRST_SIZE;
	t->file = t->first_file;
	t->taken = &t->first_taken;
	t->cloexec = &t->first_cloexec;
	*out = t;
	return 0;
}

struct fdtable *
fdtable_get(struct fdtable *fdt)
{
	fdt->refs++;
	return fdt;
}

bool
fdtable_is_shared(const struct fdtable *fdt)
{
	return fdt->refs > 1;
}

static void
free_arrays(struct fdtable *t)
{
	if (t->file == t->first_file)
		return;
	kfree(t->file);
	kfree(t->taken);
	kfree(t->cloexec);
}

/* Make room for number @fd. */
static int
grow(struct fdtable *t, uint32_t fd)
{
	uint32_t size = t->size, nwords;
	struct file **file;
	uint64_t *taken, *cloexec;

	if (fd < size)
		return 0;
	while (size <= fd)
		size *= 2;
	nwords = size / 64;
	file = kzalloc(size * sizeof(*file));
	taken = kzalloc(nwords * sizeof(*taken));
	cloexec = kzalloc(nwords * sizeof(*cloexec));
	if (!file || !taken || !cloexec) {
		kfree(file);
		kfree(taken);
		kfree(cloexec);
		return -ENOMEM;
	}
	memcpy(file, t->file, t->size * sizeof(*file));
	memcpy(taken, t->taken, t->size / 8);
	memcpy(cloexec, t->cloexec, t->size / 8);
	free_arrays(t);
	t->file = file;
	t->taken = taken;
	t->cloexec = cloexec;
	t->size = size;
	return 0;
}

static inline struct file *
lookup(const struct fdtable *t, int fd)
{
	return (uint32_t)fd < t->size ? t->file[fd] : NULL;
}

/* The lowest free number >= @from; may be t->size. */
static uint32_t
lowest_free(const struct fdtable *t, uint32_t from)
{
	uint32_t w = from / 64;
	uint64_t free;

	if (from >= t->size)
		return from;
	free = ~t->taken[w] & (~0ull << from % 64);
	while (!free) {
		if (++w >= t->size / 64)
			return t->size;
		free = ~t->taken[w];
	}
	return w * 64 + (uint32_t)__builtin_ctzll(free);
}

static void
release_number(struct fdtable *t, uint32_t fd)
{
	t->file[fd] = NULL;
	bit_put(t->taken, fd, false);
	bit_put(t->cloexec, fd, false);
	t->next = MIN(t->next, fd);
}

/* What close(2) means to @f, which has left table @t; puts it. */
static int
let_go(struct fdtable *t, struct file *f)
{
	int err = 0;

	if (f->ops->flush)
		err = f->ops->flush(f);
	if (f->inode)
		lock_drop_owner(f->inode, t);
	file_put(f);
	return err;
}

void
fdtable_put(struct fdtable *fdt)
{
	if (!fdt || --fdt->refs)
		return;
	for (uint32_t fd = 0; fd < fdt->size; fd++) {
		struct file *f = fdt->file[fd];

		if (!f)
			continue;
		release_number(fdt, fd);
		(void)let_go(fdt, f);
	}
	free_arrays(fdt);
	kfree(fdt);
}

int
fdtable_copy(struct fdtable *src, struct fdtable **out)
{
	struct fdtable *t;
	uint32_t last = src->size;
	int err = fdtable_new(&t);

	while (last && !src->file[last - 1])
		last--;
	if (err)
		return err;
	err = last ? grow(t, last - 1) : 0;
	if (err) {
		fdtable_put(t);
		return err;
	}
	for (uint32_t fd = 0; fd < last; fd++) {
		if (!src->file[fd])
			continue;
		t->file[fd] = file_get(src->file[fd]);
		bit_put(t->taken, fd, true);
		bit_put(t->cloexec, fd, bit_get(src->cloexec, fd));
	}
	t->next = lowest_free(t, 0);
	*out = t;
	return 0;
}

int
fd_get_path(struct fdtable *fdt, int fd, struct file **out)
{
	struct file *f = lookup(fdt, fd);

	if (!f)
		return -EBADF;
	*out = file_get(f);
	return 0;
}

int
fd_get(struct fdtable *fdt, int fd, struct file **out)
{
	struct file *f = lookup(fdt, fd);

	if (!f || (f->flags & 010000000))
		return -EBADF;
	*out = file_get(f);
	return 0;
}

int
fd_reserve(struct fdtable *fdt, int from, bool cloexec, uint64_t limit)
{
	uint32_t fd, start = (uint32_t)from;
	int err;

	if (from < 0 || (uint64_t)from >= limit)
		return -EINVAL;
	fd = lowest_free(fdt, MAX(start, fdt->next));
	if (fd >= limit || fd >= FDS_MAX)
		return -EMFILE;
	err = grow(fdt, fd);
	if (err)
		return err;
	bit_put(fdt->taken, fd, true);
	bit_put(fdt->cloexec, fd, cloexec);
	if (start <= fdt->next)
		fdt->next = fd + 1;
	return (int)fd;
}

void
fd_fill(struct fdtable *fdt, int fd, struct file *f)
{
	kassert(!fdt->file[fd] && bit_get(fdt->taken, (uint32_t)fd));
	fdt->file[fd] = file_get(f);
}

void
fd_unreserve(struct fdtable *fdt, int fd)
{
	kassert(!fdt->file[fd]);
	release_number(fdt, (uint32_t)fd);
}

int
fd_install(struct fdtable *fdt, struct file *f, int from, bool cloexec,
	   uint64_t limit)
{
	int fd = fd_reserve(fdt, from, cloexec, limit);

	if (fd >= 0)
		fd_fill(fdt, fd, f);
	return fd;
}

int
fd_replace(struct fdtable *fdt, int fd, struct file *f, bool cloexec,
	   uint64_t limit)
{
	struct file *old;
	int err;

	if (fd < 0 || (uint64_t)fd >= limit || (uint32_t)fd >= FDS_MAX)
		return -EBADF;
	err = grow(fdt, (uint32_t)fd);
	if (err)
		return err;
	old = fdt->file[fd];
	if (!old && bit_get(fdt->taken, (uint32_t)fd))
		return -EBUSY;
	fdt->file[fd] = file_get(f);
	bit_put(fdt->taken, (uint32_t)fd, true);
	bit_put(fdt->cloexec, (uint32_t)fd, cloexec);
	if (old)
		(void)let_go(fdt, old);
	return 0;
}

static int
close_number(struct fdtable *fdt, uint32_t fd)
{
	struct file *f = fdt->file[fd];

	release_number(fdt, fd);
	return let_go(fdt, f);
}

int
fd_close(struct fdtable *fdt, int fd)
{
	return lookup(fdt, fd) ? close_number(fdt, (uint32_t)fd) : -EBADF;
}

int
fd_close_range(struct fdtable *fdt, uint32_t first, uint32_t last,
	       bool set_cloexec)
{
	for (uint32_t fd = first; fd < fdt->size && fd <= last; fd++) {
		if (set_cloexec && bit_get(fdt->taken, fd))
			bit_put(fdt->cloexec, fd, true);
		else if (fdt->file[fd])
			(void)close_number(fdt, fd);
	}
	return 0;
}

void
fd_close_on_exec(struct fdtable *fdt)
{
	for (uint32_t w = 0; w < fdt->size / 64; w++) {
		while (fdt->cloexec[w]) {
			uint32_t fd = w * 64 + (uint32_t)__builtin_ctzll(
						       fdt->cloexec[w]);

			bit_put(fdt->cloexec, fd, false);
			if (fdt->file[fd])
				(void)close_number(fdt, fd);
		}
	}
}

int
fd_get_cloexec(struct fdtable *fdt, int fd)
{
	return lookup(fdt, fd) ? bit_get(fdt->cloexec, (uint32_t)fd) : -EBADF;
}

int
fd_set_cloexec(struct fdtable *fdt, int fd, bool on)
{
	if (!lookup(fdt, fd))
		return -EBADF;
	bit_put(fdt->cloexec, (uint32_t)fd, on);
	return 0;
}

int
fd_next(struct fdtable *fdt, int from)
{
	for (uint32_t fd = from < 0 ? 0 : (uint32_t)from; fd < fdt->size; fd++)
		if (fdt->file[fd])
			return (int)fd;
	return -1;
}

int
fd_table_size(struct fdtable *fdt)
{
	return (int)fdt->size;
}
