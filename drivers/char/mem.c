/* SPDX-License-Identifier: MIT */
/* drivers/char/mem.c - null(4), zero, full, random(4), urandom. */
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "drivers/internal.h"
#include "fs/chrdev.h"
#include "fs/inode.h"
#include "mm/uio.h"

#define MAJOR_MEM  1
#define RANDOM_RUN 512

static int
null_read(struct file *f, struct uio *u, uint64_t *pos)
{
	(void)f, (void)u, (void)pos;
	return 0;
}

static int
null_write(struct file *f, struct uio *u, uint64_t *pos)
{
	(void)f, (void)pos;
	uio_skip(u, u->left);
	return 0;
}

static int64_t
mem_seek(struct file *f, int64_t off, int whence)
{
	(void)f, (void)off, (void)whence;
	return 0;
}

static int
zero_read(struct file *f, struct uio *u, uint64_t *pos)
{
	(void)f, (void)pos;
	while (u->left) {
		int64_t n = uio_zero(u, u->left);

		if (n <= 0)
			return u->moved ? 0 : (int)n;
	}
	return 0;
}

static int
full_write(struct file *f, struct uio *u, uint64_t *pos)
{
	(void)f, (void)u, (void)pos;
	return -ENOSPC;
}

static int
random_read(struct file *f, struct uio *u, uint64_t *pos)
{
	uint8_t buf[RANDOM_RUN];

	(void)f, (void)pos;
	while (u->left) {
		uint64_t n = MIN(u->left, (uint64_t)sizeof(buf));
		int64_t got;

		entropy(buf, n);
		got = uio_copy(u, buf, n);
		if (got <= 0)
			return u->moved ? 0 : (int)got;
	}
	return 0;
}

static const struct file_ops null_ops = {
	.kind = "null",
	.read = null_read,
	.write = null_write,
	.seek = mem_seek,
};
static const struct file_ops zero_ops = {
	.kind = "zero",
	.maps_zero = true,
	.maps_zero = true,
	.read = zero_read,
	.write = null_write,
	.seek = mem_seek,
};
static const struct file_ops full_ops = {
	.kind = "full",
	.read = zero_read,
	.write = full_write,
	.seek = mem_seek,
};
static const struct file_ops random_ops = {
	.kind = "random",
	.read = random_read,
	.write = null_write,
	.seek = mem_seek,
};
static struct chrdev devices[] = {
	{.name = "null", .minor = 3, .mode = 0666, .fops = &null_ops},
	{.name = "zero", .minor = 5, .mode = 0666, .fops = &zero_ops},
	{.name = "full", .minor = 7, .mode = 0666, .fops = &full_ops},
	{.name = "random", .minor = 8, .mode = 0666, .fops = &random_ops},
	{.name = "urandom", .minor = 9, .mode = 0666, .fops = &random_ops},
};

void
mem_devices_init(void)
{
	for (uint32_t i = 0; i < ARRAY_LEN(devices); i++) {
		devices[i].major = MAJOR_MEM;
		devices[i].count = 1;
		chrdev_register(&devices[i]);
	}
}
