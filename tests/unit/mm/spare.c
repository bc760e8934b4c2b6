/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/mm/spare.c - memory that was freed stays for a while: it is used
 * again wherever blocks are wanted, holds zeros then, and goes back to the host
 * when nobody wants it, or when the host is short of it.
 */
#include "mm/internal.h"
#include "tests/unit/mm/fake_host.h"
#include "tests/unit/mm/homes.h"

#include <criterion/criterion.h>

#define BASE  0x10000000ull
#define OTHER 0x30000000ull
#define RW    (LX_PROT_READ | LX_PROT_WRITE)
#define KEPT  MiB(8) /* for good */

static unsigned grown;

static void
grew(void)
{
	grown++;
}

static struct mm *
start(uint64_t memory)
{
	struct mm *mm;

	host_start(memory);
	spare_grew = grew;
	cr_assert_eq(mm_new(&mm), 0);
	mm_use(mm);
	cr_assert_eq(mm_need_home(mm, 0), 0);
	home_enter(mm);
	return mm;
}

/* Map @len bytes, find each page empty, fill it. */
static void
fill(struct mm *mm, uint64_t base, uint64_t len)
{
	uint8_t byte;
	uaddr_t out;

	cr_assert_eq(mm_map(mm, uaddr(base), len, RW,
			    LX_MAP_PRIVATE | LX_MAP_ANONYMOUS | LX_MAP_FIXED |
				    LX_MAP_NORESERVE,
			    NULL, 0, &out),
		     0);
	for (uint64_t va = base; va < base + len; va += PAGE_SIZE) {
		cr_assert_eq(guest_read(mm, va + 5, &byte), 0);
		cr_assert_eq(byte, 0, "at %#lx", va);
		cr_assert_eq(guest_write(mm, va + 5, 0x5a), 0);
	}
}

static void
empty(struct mm *mm, uint64_t base, uint64_t len)
{
	cr_assert_eq(mm_unmap(mm, uaddr(base), len), 0);
	check_mm(mm);
	check_ram();
}

static unsigned
trim_all(void)
{
	unsigned n = 1;

	while (spare_trim() && n < 1000)
		n++;
	check_ram();
	return n;
}

/* In another place, too, and though the lengths have nothing in common. */
Test(mm_spare, again)
{
	struct mm *mm = start(MiB(512));
	uint64_t blocks;

	fill(mm, BASE, MiB(64));
	empty(mm, BASE, MiB(64));
	cr_assert_gt(page_dead * PAGE_SIZE, MiB(48));
	blocks = host_blocks;
	fill(mm, OTHER, MiB(37));
	cr_assert_leq(host_blocks - blocks, 2);
	empty(mm, OTHER, MiB(37));
	fill(mm, BASE + MiB(1), MiB(20));
	fill(mm, OTHER + MiB(3), MiB(20));
	cr_assert_leq(host_blocks - blocks, 4);
	check_mm(mm);
	check_ram();
	mm_put(mm);
}

Test(mm_spare, not_needed)
{
	struct mm *mm = start(MiB(512));

	fill(mm, BASE, MiB(64));
	cr_assert_eq(grown, 0);
	empty(mm, BASE, MiB(64));
	cr_assert_eq(grown, 1);
	/* What has just been freed stays until the next look. */
	cr_assert_gt(spare_trim(), 0);
	cr_assert_gt(page_dead * PAGE_SIZE, MiB(48));
	cr_assert_lt(trim_all(), 1000);
	cr_assert_leq(page_dead * PAGE_SIZE, KEPT);
	cr_assert_eq(grown, 1);
	fill(mm, BASE, MiB(64));
	empty(mm, BASE, MiB(64));
	cr_assert_eq(grown, 2);
	mm_put(mm);
}

/* What is used time and again stays. */
Test(mm_spare, needed)
{
	struct mm *mm = start(MiB(512));

	for (int i = 0; i < 5; i++) {
		fill(mm, BASE, MiB(48));
		empty(mm, BASE, MiB(48));
		cr_assert_gt(spare_trim(), 0);
		cr_assert_gt(page_dead * PAGE_SIZE, MiB(32));
	}
	mm_put(mm);
}

Test(mm_spare, bounds)
{
	struct mm *mm = start(MiB(128));

	/* Of --memory. */
	fill(mm, BASE, MiB(96));
	empty(mm, BASE, MiB(96));
	cr_assert_leq(page_dead * PAGE_SIZE, MiB(32));
	/* All of it can be had. */
	fill(mm, OTHER, MiB(112));
	empty(mm, OTHER, MiB(112));
	/* Of what the host has. */
	host_room = MiB(16);
	cr_assert_lt(trim_all(), 1000);
	cr_assert_leq(page_dead * PAGE_SIZE, MiB(2));
	fill(mm, BASE, MiB(64));
	empty(mm, BASE, MiB(64));
	cr_assert_leq(page_dead * PAGE_SIZE, MiB(2));
	mm_put(mm);
}

/* Touch pages of @len bytes at BASE here and there.  Returns: the highest frame
 * that was taken. */
static uint64_t
scatter(struct mm *mm, uint64_t len, uint64_t touches)
{
	uint64_t pages = len / PAGE_SIZE, top = 0;
	uaddr_t out;

	cr_assert_eq(mm_map(mm, uaddr(BASE), len, RW,
			    LX_MAP_PRIVATE | LX_MAP_ANONYMOUS | LX_MAP_FIXED |
				    LX_MAP_NORESERVE,
			    NULL, 0, &out),
		     0);
	for (uint64_t i = 0; i < touches; i++) {
		uint64_t va = BASE + i * 40503 % pages * PAGE_SIZE;
		uint8_t byte;

		cr_assert_eq(guest_read(mm, va, &byte), 0);
		cr_assert_eq(byte, 0, "at %#lx", va);
		cr_assert_eq(guest_write(mm, va, 1), 0);
		top = MAX(top, pte_fn(pte_get(mm, va)));
	}
	return top;
}

/* Memory that is touched here and there leaves no pages to be zeroed. */
Test(mm_spare, scattered)
{
	struct mm *mm = start(GiB(1));

	scatter(mm, MiB(256), 4096);
	cr_assert_eq(mm_unmap(mm, uaddr(BASE), MiB(256)), 0);
	check_ram();
	fill(mm, BASE, MiB(64));
	check_mm(mm);
	mm_put(mm);
}

/* It is in the same places when that is done again: each new one costs the
 * kernel memory of its own. */
Test(mm_spare, scattered_again)
{
	struct mm *mm = start(GiB(1));
	uint64_t top = scatter(mm, MiB(256), 4096);

	for (int i = 0; i < 8; i++) {
		empty(mm, BASE, MiB(256));
		cr_assert_leq(scatter(mm, MiB(256), 4096), top);
		check_mm(mm);
		check_ram();
	}
	mm_put(mm);
}
