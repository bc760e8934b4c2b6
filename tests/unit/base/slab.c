/* SPDX-License-Identifier: MIT */
/* tests/unit/base/slab.c - the allocator: what it gives is the caller's. */
#include "base/slab.h"
#include "include/types.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define N 2000

static struct {
	unsigned char *p;
	size_t size;
	unsigned char fill;
} got[N];

static void
check_and_free(int i)
{
	for (size_t k = 0; k < got[i].size; k++)
		if (got[i].p[k] != got[i].fill)
			cr_assert_fail("byte %zu of %zu", k, got[i].size);
	kfree(got[i].p);
	got[i].p = NULL;
}

static size_t
some_size(void)
{
	switch (rand() % 4) {
	case 0:
		return 1 + (size_t)rand() % 64;
	case 1:
		return 1 + (size_t)rand() % 1024;
	case 2:
		return 1 + (size_t)rand() % 8192;
	default:
		return 1 + (size_t)rand() % 100000;
	}
}

Test(slab, objects_never_overlap)
{
	srand(3);
	for (int step = 0; step < 40000; step++) {
		int i = rand() % N;

		if (got[i].p) {
			check_and_free(i);
			continue;
		}
		got[i].size = some_size();
		got[i].p = kmalloc(got[i].size);
		cr_assert_not_null(got[i].p);
		cr_assert_eq((uintptr_t)got[i].p % 16, 0);
		if (got[i].size >= PAGE_SIZE)
			cr_assert_eq((uintptr_t)got[i].p % PAGE_SIZE, 0);
		got[i].fill = (unsigned char)rand();
		memset(got[i].p, got[i].fill, got[i].size);
	}
	for (int i = 0; i < N; i++)
		if (got[i].p)
			check_and_free(i);
	cr_assert_lt(kmem_used(), 1 << 20); /* spare pages only */
}

Test(slab, cleared_memory_is_clear_when_it_is_reused)
{
	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 40000; size = size * 3 + 1) {
			unsigned char *p = kzalloc(size);

			for (size_t i = 0; i < size; i++)
				cr_assert_eq(p[i], 0);
			memset(p, 0xaa, size);
			kfree(p);
		}
	}
}

Test(slab, realloc_keeps_the_bytes)
{
	unsigned char *p = NULL;

	for (size_t size = 1; size < 200000; size = size * 2 + 1) {
		p = krealloc(p, size);
		cr_assert_not_null(p);
		for (size_t i = 0; i < size / 2; i++)
			cr_assert_eq(p[i], (unsigned char)i);
		for (size_t i = 0; i < size; i++)
			p[i] = (unsigned char)i;
	}
	p = krealloc(p, 100);
	for (size_t i = 0; i < 100; i++)
		cr_assert_eq(p[i], (unsigned char)i);
	kfree(p);
	cr_assert_lt(kmem_used(), 1 << 20); /* spare pages only */
}

static bool
refuse_big(size_t size)
{
	return size > 100;
}

Test(slab, refuses_when_told_to)
{
	char *p = kmalloc(50), *q;

	kmem_refuse = refuse_big;
	cr_assert_eq(kmalloc(101), NULL);
	cr_assert_eq(krealloc(p, 200), NULL);
	q = kstrdup("still here");
	cr_assert_str_eq(q, "still here");
	kfree(q);
	kfree(p);
}

Test(slab, an_absurd_size_is_refused)
{
	cr_assert_eq(kmalloc(1ull << 40), NULL);
	cr_assert_eq(kmalloc(SIZE_MAX), NULL);
	cr_assert_eq(kzalloc(SIZE_MAX - 4096), NULL);
}
