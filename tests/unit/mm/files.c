/* SPDX-License-Identifier: MIT */
/* tests/unit/mm/files.c - see files.h. */
#include "tests/unit/mm/files.h"

#include "mm/uio.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct file *files[NFILES];

static struct file *
file_of(struct mappable *m)
{
	return CONTAINER_OF(m, struct file, map);
}

void
file_no_ref(struct mappable *m)
{
	(void)m;
}

static struct pagecache *
pages(struct mappable *m)
{
	return &file_of(m)->pc;
}

int
file_may_map(struct mappable *m, bool shared, uint32_t prot)
{
	(void)m;
	(void)shared;
	(void)prot;
	return 0;
}

static void
describe(struct mappable *m, char *buf, size_t n, uint64_t *dev, uint64_t *ino)
{
	(void)m;
	strncpy(buf, "file", n);
	*dev = *ino = 1;
}

static const struct mappable_ops map_ops = {
	.get = file_no_ref,
	.put = file_no_ref,
	.pages = pages,
	.may_map = file_may_map,
	.describe = describe,
};

static int
disk_read(struct pagecache *pc, uint64_t index, uint64_t n, void *buf)
{
	struct file *f = CONTAINER_OF(pc, struct file, pc);

	cr_assert_leq(index + n, FPAGES);
	memcpy(buf, f->disk + index * PAGE_SIZE, n * PAGE_SIZE);
	return 0;
}

static int
disk_write(struct pagecache *pc, uint64_t pos, const void *buf, uint64_t len)
{
	struct file *f = CONTAINER_OF(pc, struct file, pc);

	memcpy(f->disk + pos, buf, len);
	return 0;
}

static const struct pagecache_ops disk_ops = {
	.read = disk_read,
	.write = disk_write,
};

void
make_files(void)
{
	for (int i = 0; i < NFILES; i++) {
		struct file *f = files[i] = calloc(1, sizeof(*f));

		f->map.ops = &map_ops;
		pagecache_init(&f->pc, i ? &disk_ops : NULL, f, 0);
		f->obj.refs = 1;
		f->obj.is_file = true;
	}
}

void
file_look_like_program(struct file *f)
{
	char magic[] = {0x7f, 'E', 'L', 'F'};
	uint64_t pos = 0;
	struct uio u;

	uio_init_kernel(&u, UIO_FROM_GUEST, magic, sizeof(magic));
	(void)!pagecache_write(&f->pc, &u, &pos);
}
