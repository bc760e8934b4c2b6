/* SPDX-License-Identifier: MIT */
/* tests/unit/base/imap.c - intervals, against an array that says the same. */
#include "base/imap.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define SLOTS 512 /* the model: one byte a unit of address space */

static struct imap map;
static struct imap_node *owner[SLOTS];
static struct imap_node nodes[SLOTS];

static void
add(uint64_t start, uint64_t end)
{
	struct imap_node *n = &nodes[start];

	n->start = start;
	n->end = end;
	imap_insert(&map, n);
	for (uint64_t i = start; i < end; i++)
		owner[i] = n;
}

static void
drop(struct imap_node *n)
{
	imap_remove(&map, n);
	for (uint64_t i = n->start; i < n->end; i++)
		owner[i] = NULL;
}

static bool
is_free(uint64_t start, uint64_t end)
{
	for (uint64_t i = start; i < end; i++)
		if (owner[i])
			return false;
	return true;
}

/* The map and the model agree on every address and in both directions. */
static void
agree(void)
{
	struct imap_node *n, *last = NULL;
	uint64_t count = 0;

	for (uint64_t at = 0; at < SLOTS; at++) {
		uint64_t i = at;

		cr_assert_eq(imap_find(&map, at), owner[at]);
		while (i < SLOTS && !owner[i])
			i++;
		cr_assert_eq(imap_first_from(&map, at),
			     i < SLOTS ? owner[i] : NULL);
	}
	for (n = imap_first_from(&map, 0); n; n = imap_next(n)) {
		cr_assert_eq(imap_prev(n), last);
		cr_assert(!last || last->end <= n->start);
		last = n;
		count++;
	}
	cr_assert_eq(count, map.count);
}

Test(imap, agrees_with_an_array)
{
	srand(1);
	for (int step = 0; step < 4000; step++) {
		uint64_t start = (uint64_t)rand() % SLOTS;
		uint64_t end = start + 1 + (uint64_t)rand() % 8;

		if (owner[start])
			drop(owner[start]);
		else if (end <= SLOTS && is_free(start, end))
			add(start, end);
		if (step % 50 == 0)
			agree();
	}
	agree();
}

Test(imap, finds_the_gaps_an_array_has)
{
	srand(2);
	for (int i = 0; i < 40; i++) {
		uint64_t s = (uint64_t)rand() % (SLOTS - 8);

		if (is_free(s, s + 5))
			add(s, s + 5);
	}
	for (int step = 0; step < 4000; step++) {
		uint64_t lo = (uint64_t)rand() % SLOTS;
		uint64_t hi = lo + (uint64_t)rand() % (SLOTS - lo + 1);
		uint64_t len = 1 + (uint64_t)rand() % 24;
		uint64_t align = 1ull << (rand() % 4);
		uint64_t up = 0, down = 0, at, want_up = ~0ull,
			 want_down = ~0ull;

		for (at = lo; at + len <= hi; at++) {
			if (at % align || !is_free(at, at + len))
				continue;
			if (want_up == ~0ull)
				want_up = at;
			want_down = at;
		}
		if (want_up == ~0ull) {
			cr_assert_eq(imap_gap_up(&map, lo, hi, len, align, &up),
				     -ENOMEM);
			cr_assert_eq(
				imap_gap_down(&map, lo, hi, len, align, &down),
				-ENOMEM);
			continue;
		}
		cr_assert_eq(imap_gap_up(&map, lo, hi, len, align, &up), 0);
		cr_assert_eq(imap_gap_down(&map, lo, hi, len, align, &down), 0);
		cr_assert_eq(up, want_up);
		cr_assert_eq(down, want_down);
	}
}

Test(imap, follows_a_node_that_was_resized)
{
	uint64_t out = 0;

	add(10, 20);
	add(40, 50);
	nodes[10].end = 35;
	imap_resized(&map, &nodes[10]);
	cr_assert_eq(imap_find(&map, 30), &nodes[10]);
	cr_assert_eq(imap_gap_up(&map, 10, 60, 6, 1, &out), 0);
	cr_assert_eq(out, 50);
	nodes[10].end = 20;
	imap_resized(&map, &nodes[10]);
	cr_assert_eq(imap_gap_up(&map, 10, 60, 6, 1, &out), 0);
	cr_assert_eq(out, 20);
}

Test(imap, takes_addresses_up_to_the_last)
{
	static struct imap_node high = {.start = ~0ull - 4096, .end = ~0ull};
	uint64_t out;

	imap_insert(&map, &high);
	cr_assert_eq(imap_find(&map, ~0ull - 1), &high);
	cr_assert_eq(imap_find(&map, ~0ull), NULL);
	cr_assert_eq(imap_gap_up(&map, ~0ull - 4096, ~0ull, 1, 1, &out),
		     -ENOMEM);
}
