/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/mm/program.c - programs are read by the block: how much, into
 * which frames, and what happens if not all of it can be read.
 */
#include "mm/internal_pc.h"

#include "mm/uio.h"
#include "tests/unit/mm/fake_host.h"
#include "tests/unit/mm/files.h"

#include <criterion/criterion.h>
#include <string.h>

#define NONE UINT64_MAX

struct disk {
	struct mappable map;
	struct pagecache pc;
	uint64_t reads, pages; /* asked for since this was last cleared */
	uint64_t bad;	       /* a page that cannot be read */
};

static struct disk *
disk_of(struct pagecache *pc)
{
	return CONTAINER_OF(pc, struct disk, pc);
}

/* Page @i holds its number, from byte 8 on. */
static int
disk_read(struct pagecache *pc, uint64_t index, uint64_t n, void *buf)
{
	struct disk *d = disk_of(pc);

	d->reads++;
	d->pages += n;
	if (d->bad - index < n)
		return -EIO;
	memset(buf, 0, n * PAGE_SIZE);
	for (uint64_t i = 0; i < n; i++) {
		char *page = (char *)buf + i * PAGE_SIZE;
		uint64_t number = index + i;

		memcpy(page + 8, &number, sizeof(number));
		if (!number)
			memcpy(page, "\177ELF", 4);
	}
	return 0;
}

static const struct pagecache_ops disk_ops = {.read = disk_read};

static struct pagecache *
pages(struct mappable *m)
{
	return &CONTAINER_OF(m, struct disk, map)->pc;
}

static const struct mappable_ops map_ops = {
	.get = file_no_ref,
	.put = file_no_ref,
	.pages = pages,
	.may_map = file_may_map,
};

static uint64_t
read_number(struct disk *d, uint64_t index)
{
	uint64_t pos = index * PAGE_SIZE + 8, number = NONE;
	struct uio u;

	uio_init_kernel(&u, UIO_TO_GUEST, &number, sizeof(number));
	cr_assert_eq(pagecache_read(&d->pc, &u, &pos), 0);
	return number;
}

/* A program of @n pages, whose header was read. */
static void
disk_init(struct disk *d, uint64_t n)
{
	*d = (struct disk){.map.ops = &map_ops, .bad = NONE};
	pagecache_init(&d->pc, &disk_ops, d, n * PAGE_SIZE);
	cr_assert_eq(read_number(d, 0), 0);
	cr_assert_leq(d->pc.npages, 16);
	d->reads = d->pages = 0;
}

static void
check_numbers(struct disk *d, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++) {
		uint64_t fn = pc_peek(&d->pc, i), number;

		cr_assert(fn, "page %lu", i);
		memcpy(&number, (char *)frame_addr(fn) + 8, sizeof(number));
		cr_assert_eq(number, i);
		cr_assert_eq(fn - pc_peek(&d->pc, first), i - first);
	}
}

/* The page @index is missing, and fetched. */
static int
fault(struct disk *d, uint64_t index)
{
	uint64_t fn;
	bool slept;
	int err = pc_get(&d->pc, index, &fn, &slept);

	if (!err)
		frame_put(fn, 1);
	return err;
}

Test(mm_program, small_ones_share_a_block)
{
	struct disk a, b;

	host_start(MiB(128));
	disk_init(&a, 40);
	disk_init(&b, 200);
	program_map(&a.pc);
	program_map(&b.pc);
	cr_assert_eq(a.reads, 1);
	cr_assert_eq(b.reads, 1);
	check_numbers(&a, 0, 40);
	check_numbers(&b, 0, 200);
	cr_assert_eq(host_blocks, 1);
	cr_assert_eq(pc_peek(&a.pc, 0) / BLOCK_PAGES,
		     pc_peek(&b.pc, 0) / BLOCK_PAGES);
	check_ram();
	pagecache_fini(&a.pc);
	pagecache_fini(&b.pc);
	page_give_back(0);
	check_ram();
}

/* Nobody keeps what is left of that block for those that never come. */
Test(mm_program, what_is_left_goes)
{
	struct disk a, b;
	uint64_t before;

	host_start(MiB(128));
	disk_init(&a, 40);
	program_map(&a.pc);
	before = page_used_by_host();
	cr_assert_geq(before, BLOCK_SIZE);
	for (int i = 0; i < 2; i++) {
		cr_assert(program_shares());
		(void)spare_trim();
	}
	cr_assert_not(program_shares());
	cr_assert_leq(page_used_by_host(), before - 400 * PAGE_SIZE);
	check_ram();
	check_numbers(&a, 0, 40);
	disk_init(&b, 200);
	program_map(&b.pc);
	check_numbers(&b, 0, 200);
	check_ram();
	pagecache_fini(&a.pc);
	pagecache_fini(&b.pc);
}

Test(mm_program, large_ones_come_by_the_block)
{
	struct disk d;

	host_start(MiB(128));
	disk_init(&d, 1500);
	program_map(&d.pc);
	cr_assert_eq(d.reads, 1);
	cr_assert_leq(d.pages, BLOCK_PAGES);
	check_numbers(&d, 0, BLOCK_PAGES);
	cr_assert_eq(fault(&d, 1400), 0);
	cr_assert_eq(d.reads, 2);
	check_numbers(&d, 2 * BLOCK_PAGES, 1500);
	cr_assert_not(pc_peek(&d.pc, BLOCK_PAGES));
	cr_assert_eq(host_blocks, 2);
	program_map(&d.pc);
	cr_assert_eq(d.reads, 2);
	check_ram();
	pagecache_fini(&d.pc);
	page_give_back(0);
	check_ram();
}

/* What is mapped already stays where it is. */
Test(mm_program, mapped_before)
{
	struct mm *mm;
	struct disk d;
	uint64_t fn;
	uaddr_t at;
	uint8_t byte;

	host_start(MiB(128));
	cr_assert_eq(mm_new(&mm), 0);
	mm_use(mm);
	cr_assert_eq(mm_need_home(mm, 0), 0);
	disk_init(&d, 300);
	fn = pc_peek(&d.pc, 0);
	cr_assert_eq(mm_map(mm, uaddr(0), PAGE_SIZE, LX_PROT_READ,
			    LX_MAP_SHARED, &d.map, 0, &at),
		     0);
	cr_assert_eq(guest_read(mm, at.v + 1, &byte), 0);
	cr_assert_eq(byte, 'E');
	program_map(&d.pc);
	cr_assert_eq(pc_peek(&d.pc, 0), fn);
	cr_assert_eq(d.pc.npages, 300);
	check_numbers(&d, 0, 300);
	check_mm(mm);
	mm_put(mm);
	pagecache_fini(&d.pc);
}

/* Others than the one that cannot be read can. */
Test(mm_program, bad_page)
{
	struct disk d;

	host_start(MiB(128));
	disk_init(&d, 300);
	d.bad = 100;
	program_map(&d.pc);
	cr_assert_eq(fault(&d, 100), -EIO);
	cr_assert_eq(fault(&d, 99), 0);
	cr_assert_eq(fault(&d, 299), 0);
	cr_assert_eq(read_number(&d, 99), 99);
	check_ram();
	d.bad = NONE;
	cr_assert_eq(fault(&d, 100), 0);
	for (uint64_t i = 0; i < 300; i++)
		cr_assert_eq(read_number(&d, i), i);
	pagecache_fini(&d.pc);
	page_give_back(0);
	check_ram();
}

Test(mm_program, little_memory)
{
	struct disk d;

	host_start(MiB(8));
	disk_init(&d, 1500);
	program_map(&d.pc);
	cr_assert_eq(d.reads, 0);
	cr_assert_eq(fault(&d, 700), 0);
	cr_assert_leq(d.pages, 64);
	pagecache_fini(&d.pc);
}

/* Others are read as before. */
Test(mm_program, no_program)
{
	struct disk d;
	uint64_t pos = 0;
	struct uio u;

	host_start(MiB(128));
	disk_init(&d, 600);
	uio_init_kernel(&u, UIO_FROM_GUEST, "text", 4);
	cr_assert_eq(pagecache_write(&d.pc, &u, &pos), 0);
	program_map(&d.pc);
	cr_assert_eq(d.reads, 0);
	cr_assert_eq(fault(&d, 300), 0);
	cr_assert_leq(d.pages, 64);
	pagecache_fini(&d.pc);
}
