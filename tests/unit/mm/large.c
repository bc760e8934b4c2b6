/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/mm/large.c - memory walked through in order comes in blocks for
 * which the host may take large pages; none of these ever gets a hole while it
 * is mapped so (fake_host.c looks), and what is used again is zero.
 */
#include "mm/internal.h"
#include "mm/uio.h"
#include "tests/unit/mm/fake_host.h"
#include "tests/unit/mm/homes.h"

#include <criterion/criterion.h>
#include <string.h>

#define BASE 0x10003000ull /* no block begins here */
#define LEN  MiB(16)
#define RW   (LX_PROT_READ | LX_PROT_WRITE)

static struct mm *
start(uint64_t memory)
{
	struct mm *mm;

	host_start(memory);
	cr_assert_eq(mm_new(&mm), 0);
	mm_use(mm);
	cr_assert_eq(mm_need_home(mm, 0), 0);
	home_enter(mm);
	return mm;
}

static void
map(struct mm *mm)
{
	uaddr_t out;

	cr_assert_eq(mm_map(mm, uaddr(BASE), LEN, RW,
			    LX_MAP_PRIVATE | LX_MAP_ANONYMOUS | LX_MAP_FIXED |
				    LX_MAP_NORESERVE,
			    NULL, 0, &out),
		     0);
}

/* Each page is found empty, and filled. */
static void
walk(struct mm *mm, uint64_t lo, uint64_t hi)
{
	uint8_t byte;

	for (uint64_t va = lo; va < hi; va += PAGE_SIZE) {
		cr_assert_eq(guest_read(mm, va + 5, &byte), 0);
		cr_assert_eq(byte, 0, "at %#lx", va);
		cr_assert_eq(guest_write(mm, va + 5, 0x5a), 0);
	}
}

static void
advise(struct mm *mm, uint64_t lo, uint64_t len, int advice)
{
	cr_assert_eq(mm_advise(mm, uaddr(lo), len, advice), 0);
}

Test(mm_large, in_order)
{
	struct mm *mm = start(MiB(128));

	map(mm);
	walk(mm, BASE, BASE + LEN);
	/* All but what comes before the windows have grown, and the end. */
	cr_assert_geq(host_blocks, 6);
	cr_assert_leq(host_blocks, LEN / BLOCK_SIZE - 1);
	check_mm(mm);
	check_ram();
	mm_put(mm);
}

Test(mm_large, holes)
{
	struct mm *mm = start(MiB(128));
	uint64_t mid = BASE + LEN / 2;

	map(mm);
	walk(mm, BASE, BASE + LEN);
	advise(mm, mid, PAGE_SIZE, LX_MADV_DONTNEED);
	advise(mm, mid + MiB(1), MiB(3), LX_MADV_DONTNEED);
	cr_assert_eq(mm_unmap(mm, uaddr(mid - MiB(5)), MiB(4)), 0);
	check_mm(mm);
	check_ram();
	walk(mm, mid, mid + PAGE_SIZE);
	walk(mm, mid + MiB(1), mid + MiB(4));
	check_mm(mm);
	check_ram();
	mm_put(mm);
}

Test(mm_large, again)
{
	struct mm *mm = start(MiB(128));

	for (int i = 0; i < 5; i++) {
		map(mm);
		walk(mm, BASE, BASE + LEN - i * MiB(1));
		cr_assert_eq(mm_unmap(mm, uaddr(BASE), LEN), 0);
		check_mm(mm);
		check_ram();
	}
	mm_put(mm);
}

Test(mm_large, forked)
{
	struct mm *mm = start(MiB(128)), *child;
	uint8_t byte;

	map(mm);
	walk(mm, BASE, BASE + LEN);
	cr_assert_eq(mm_fork(mm, &child), 0);
	mm_use(child);
	cr_assert_eq(mm_need_home(child, 0), 0);
	home_enter(child);
	for (uint64_t va = BASE; va < BASE + LEN; va += 3 * PAGE_SIZE)
		cr_assert_eq(guest_write(va & PAGE_SIZE ? mm : child, va, 1),
			     0);
	mm_unuse(mm);
	mm_put(mm);
	advise(child, BASE + MiB(2), MiB(9), LX_MADV_DONTNEED);
	check_mm(child);
	check_ram();
	walk(child, BASE + MiB(2), BASE + MiB(11));
	cr_assert_eq(guest_read(child, BASE + MiB(12) + 5, &byte), 0);
	cr_assert_eq(byte, 0x5a);
	mm_put(child);
	check_ram();
}

/* A file that grows gets blocks, too; what of them it never takes is charged
 * and given back. */
Test(mm_large, file)
{
	static uint8_t bytes[KiB(64)];
	struct mm *mm = start(MiB(128));
	struct pagecache pc;
	uint64_t pos = 0, live;
	struct uio u;

	pagecache_init(&pc, NULL, NULL, 0);
	while (pos < MiB(6) + KiB(64)) {
		memset(bytes, (int)(1 + pos / sizeof(bytes)), sizeof(bytes));
		uio_init_kernel(&u, UIO_FROM_GUEST, bytes, sizeof(bytes));
		cr_assert_eq(pagecache_write(&pc, &u, &pos), 0);
		check_ram();
	}
	cr_assert_eq(host_blocks, 4);
	for (uint64_t i = 0; i < MiB(6) / PAGE_SIZE; i++) {
		uint64_t fn = pc_peek(&pc, i);

		cr_assert(fn % BLOCK_PAGES == i % BLOCK_PAGES, "page %lu", i);
		cr_assert_eq(frame_at(fn)->refs, 1);
	}
	for (pos = 0; pos < MiB(6);) {
		uint8_t want = (uint8_t)(1 + pos / sizeof(bytes));

		uio_init_kernel(&u, UIO_TO_GUEST, bytes, sizeof(bytes));
		cr_assert_eq(pagecache_read(&pc, &u, &pos), 0);
		cr_assert_eq(bytes[0], want);
		cr_assert_eq(bytes[sizeof(bytes) - 1], want);
	}
	live = page_live;
	cr_assert_gt(page_dead, 0);
	page_give_back(0);
	cr_assert_lt(page_live, live);
	check_ram();
	pagecache_fini(&pc);
	page_give_back(0);
	cr_assert_eq(page_live, 0);
	check_ram();
	mm_put(mm);
}

/* What somebody holds does not move to a block. */
Test(mm_large, file_held)
{
	static uint8_t bytes[KiB(64)];
	struct mm *mm = start(MiB(128));
	uint64_t pos = 0, held = 0;
	struct pagecache pc;
	struct uio u;

	pagecache_init(&pc, NULL, NULL, 0);
	while (pos < MiB(2)) {
		memset(bytes, 7, sizeof(bytes));
		uio_init_kernel(&u, UIO_FROM_GUEST, bytes, sizeof(bytes));
		cr_assert_eq(pagecache_write(&pc, &u, &pos), 0);
		if (!held) {
			held = pc_peek(&pc, 3);
			frame_get(held);
		}
	}
	cr_assert_eq(pc_peek(&pc, 3), held);
	cr_assert_eq(host_blocks, 0);
	frame_put(held, 1);
	check_ram();
	pagecache_fini(&pc);
	mm_put(mm);
}

/* No more than --memory, whatever the host could take at once. */
Test(mm_large, little_memory)
{
	struct mm *mm = start(MiB(12));
	uint64_t va = BASE;
	int err;

	map(mm);
	while (va < BASE + LEN && !(err = guest_write(mm, va, 1)))
		va += PAGE_SIZE;
	cr_assert_eq(err, 9);
	cr_assert_geq(va, BASE + MiB(11));
	check_ram();
	mm_put(mm);
}
