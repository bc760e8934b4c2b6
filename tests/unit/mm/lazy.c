/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/mm/lazy.c - when the host is told of a mapping of a file: at once
 * if it is small and such are used, else by the fault, once.
 */
#include "mm/internal.h"
#include "mm/uio.h"
#include "tests/unit/mm/fake_host.h"
#include "tests/unit/mm/files.h"
#include "tests/unit/mm/homes.h"

#include <criterion/criterion.h>
#include <string.h>

#define FIXED	0x10000000ull
#define LEN	(2 * PAGE_SIZE)
#define PRIVATE LX_MAP_PRIVATE
#define LOADER	(LX_MAP_PRIVATE | LX_MAP_DENYWRITE)

static struct mm *
start(void)
{
	static uint8_t bytes[LEN];
	uint64_t pos = 0;
	struct mm *mm;
	struct uio u;

	host_start(MiB(64));
	make_files();
	memset(bytes, 7, sizeof(bytes));
	uio_init_kernel(&u, UIO_FROM_GUEST, bytes, sizeof(bytes));
	cr_assert_eq(pagecache_write(&files[0]->pc, &u, &pos), 0);
	cr_assert_eq(mm_new(&mm), 0);
	mm_use(mm);
	cr_assert_eq(mm_need_home(mm, 0), 0);
	home_enter(mm);
	(void)mm_randomize(mm, 0, false);
	run_ops(mm);
	return mm;
}

static uint64_t
map(struct mm *mm, uint32_t flags)
{
	uaddr_t out;

	cr_assert_eq(mm_map(mm, uaddr(flags & LX_MAP_FIXED ? FIXED : 0), LEN,
			    LX_PROT_READ, flags, &files[0]->map, 0, &out),
		     0);
	run_ops(mm);
	return out.v;
}

static void
look(struct mm *mm, uint64_t va)
{
	uint8_t byte;

	cr_assert_eq(guest_read(mm, va + 5, &byte), 0);
	cr_assert_eq(byte, 7);
	check_mm(mm);
}

static void
unmap(struct mm *mm, uint64_t va)
{
	cr_assert_eq(mm_unmap(mm, uaddr(va), LEN), 0);
	run_ops(mm);
	cr_assert_null(host_find(mm_as_id(mm), va));
}

/* One op maps it, one takes it away, and no fault comes between; but for the
 * few that are left to wait, which a fault maps, by one op as well. */
Test(mm_lazy, used)
{
	struct mm *mm = start();
	uint64_t ops = host_ops;

	for (uint64_t i = 1; i <= 100; i++) {
		uint64_t va = map(mm, PRIVATE);

		look(mm, va);
		unmap(mm, va);
		cr_assert_eq(host_ops - ops, 2 * i);
	}
	cr_assert_geq(guest_faults, 1);
	cr_assert_leq(guest_faults, 100 / 8);
	mm_put(mm);
}

/* Who never looks at what he maps soon costs the host nothing. */
Test(mm_lazy, unused)
{
	struct mm *mm = start();
	uint64_t ops;

	for (int i = 0; i < 20; i++)
		unmap(mm, map(mm, PRIVATE));
	ops = host_ops;
	for (int i = 0; i < 20; i++)
		unmap(mm, map(mm, PRIVATE));
	cr_assert_eq(host_ops, ops);
	/* He does, after all. */
	for (int i = 0; i < 20; i++) {
		uint64_t va = map(mm, PRIVATE);

		look(mm, va);
		unmap(mm, va);
	}
	cr_assert_eq(host_ops - ops, 40);
	cr_assert_leq(guest_faults, 5);
	mm_put(mm);
}

/* What a loader maps, whole and then in parts, waits. */
Test(mm_lazy, loader)
{
	struct mm *mm = start();
	uint64_t ops = host_ops, at[2] = {map(mm, LOADER)};

	unmap(mm, at[0]);
	at[0] = map(mm, LOADER);
	at[1] = map(mm, PRIVATE | LX_MAP_FIXED);
	cr_assert_eq(host_ops, ops);
	look(mm, at[0]);
	look(mm, at[1]);
	cr_assert_eq(host_ops - ops, 2);
	cr_assert_eq(guest_faults, 1);
	mm_put(mm);
}
