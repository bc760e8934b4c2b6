/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/fdtable.c - numbers: the lowest free one, limits, copies. */
#include "fs/fdtable.h"

#include <criterion/criterion.h>

static int closes;

static int
count_flush(struct file *f)
{
	(void)f;
	closes++;
	return -EIO;
}

static const struct file_ops ops = {.kind = "test", .flush = count_flush};

static struct file *
a_file(void)
{
	struct file *f;

	cr_assert_eq(file_new(&ops, 2, &f), 0);
	return f;
}

Test(fdtable, gives_the_lowest_number)
{
	struct fdtable *t;
	struct file *f = a_file();

	cr_assert_eq(fdtable_new(&t), 0);
	for (int i = 0; i < 300; i++)
		cr_assert_eq(fd_install(t, f, 0, false, 1000), i);
	cr_assert_eq(fd_close(t, 7), -EIO);
	cr_assert_eq(fd_close(t, 130), -EIO);
	cr_assert_eq(fd_close(t, 130), -EBADF);
	cr_assert_eq(fd_install(t, f, 100, false, 1000), 130);
	cr_assert_eq(fd_install(t, f, 0, false, 1000), 7);
	cr_assert_eq(fd_install(t, f, 0, false, 1000), 300);
	cr_assert_eq(fd_install(t, f, 0, false, 301), -EMFILE);
	cr_assert_eq(fd_install(t, f, 301, false, 301), -EINVAL);
	cr_assert_eq(fd_install(t, f, 500, false, 1000), 500);
	fdtable_put(t);
	cr_assert_eq(closes, 304);
	cr_assert_eq(file_count(), 1);
	file_put(f);
	cr_assert_eq(file_count(), 0);
}

Test(fdtable, reserved_numbers_are_not_open)
{
	struct file *f = a_file(), *g;
	struct fdtable *t, *copy;

	cr_assert_eq(fdtable_new(&t), 0);
	cr_assert_eq(fd_reserve(t, 0, true, 10), 0);
	cr_assert_eq(fd_get(t, 0, &g), -EBADF);
	cr_assert_eq(fd_close(t, 0), -EBADF);
	cr_assert_eq(fd_replace(t, 0, f, false, 10), -EBUSY);
	cr_assert_eq(fd_install(t, f, 0, false, 10), 1);
	cr_assert_eq(fdtable_copy(t, &copy), 0);
	cr_assert_eq(fd_install(copy, f, 0, false, 10), 0);
	fdtable_put(copy);
	fd_fill(t, 0, f);
	cr_assert_eq(fd_get_cloexec(t, 0), 1);
	fd_close_on_exec(t);
	cr_assert_eq(fd_get_cloexec(t, 0), -EBADF);
	cr_assert_eq(fd_next(t, 0), 1);
	cr_assert_eq(fd_reserve(t, 0, false, 10), 0);
	fd_unreserve(t, 0);
	cr_assert_eq(fd_install(t, f, 0, false, 10), 0);
	fdtable_put(t);
	file_put(f);
	cr_assert_eq(file_count(), 0);
}

Test(fdtable, replaces_and_closes_ranges)
{
	struct file *f = a_file(), *g;
	struct fdtable *t;

	cr_assert_eq(fdtable_new(&t), 0);
	cr_assert_eq(fd_replace(t, 900, f, true, 1000), 0);
	cr_assert_eq(fd_replace(t, 1000, f, true, 1000), -EBADF);
	cr_assert_eq(fd_replace(t, -1, f, true, 1000), -EBADF);
	cr_assert_eq(fd_get_cloexec(t, 900), 1);
	cr_assert_eq(fd_replace(t, 900, f, false, 1000), 0);
	cr_assert_eq(fd_get_cloexec(t, 900), 0);
	for (int i = 0; i < 9; i++)
		cr_assert_eq(fd_install(t, f, 0, false, 1000), i);
	fd_close_range(t, 3, 5, false);
	cr_assert_eq(fd_next(t, 3), 6);
	fd_close_range(t, 6, UINT32_MAX, true);
	cr_assert_eq(fd_get_cloexec(t, 8), 1);
	cr_assert_eq(fd_get_cloexec(t, 2), 0);
	fd_close_on_exec(t);
	cr_assert_eq(fd_next(t, 3), -1);
	cr_assert_eq(fd_get(t, 0x7fffffff, &g), -EBADF);
	cr_assert_eq(fd_get(t, -5, &g), -EBADF);
	fdtable_put(t);
	file_put(f);
	cr_assert_eq(file_count(), 0);
}
