/* SPDX-License-Identifier: MIT */
/* tests/unit/base/tables.c - ids, hash tables, lists. */
#include "base/hash.h"
#include "base/idalloc.h"
#include "base/list.h"
#include "base/slab.h"

#include <criterion/criterion.h>

Test(idalloc, gives_the_lowest_free_number)
{
	struct idalloc ia;
	uint32_t id;

	idalloc_init(&ia, 300);
	for (uint32_t i = 0; i < 300; i++) {
		cr_assert_eq(id_lowest(&ia, 0, &id), 0);
		cr_assert_eq(id, i);
	}
	cr_assert_eq(id_lowest(&ia, 0, &id), -ENOSPC);
	id_free(&ia, 7);
	id_free(&ia, 290);
	cr_assert_eq(id_lowest(&ia, 8, &id), 0);
	cr_assert_eq(id, 290);
	cr_assert_eq(id_lowest(&ia, 0, &id), 0);
	cr_assert_eq(id, 7);
	idalloc_fini(&ia);
}

Test(idalloc, goes_round_before_it_gives_a_number_again)
{
	struct idalloc ia;
	uint32_t id;

	idalloc_init(&ia, 10);
	for (uint32_t i = 2; i < 10; i++) {
		cr_assert_eq(id_cyclic(&ia, 2, &id), 0);
		cr_assert_eq(id, i);
		id_free(&ia, id);
	}
	cr_assert_eq(id_cyclic(&ia, 2, &id), 0);
	cr_assert_eq(id, 2);
	idalloc_fini(&ia);
}

static bool
refuse_all(size_t size)
{
	return size > 0;
}

Test(idalloc, says_when_there_is_no_memory)
{
	struct idalloc ia;
	uint32_t id;

	idalloc_init(&ia, 1000);
	kmem_refuse = refuse_all;
	cr_assert_eq(id_lowest(&ia, 0, &id), -ENOMEM);
	kmem_refuse = NULL;
	cr_assert_eq(id_lowest(&ia, 0, &id), 0);
	idalloc_fini(&ia);
}

struct item {
	struct hash_node node;
	uint64_t key;
};

static struct item *
lookup(struct hash *h, uint64_t key)
{
	struct hash_node *n = hash_first(h, hash_u64(key));

	for (; n; n = hash_next(n))
		if (((struct item *)n)->key == key)
			return (struct item *)n;
	return NULL;
}

Test(hash, keeps_what_was_added_while_it_grows)
{
	static struct item items[5000];
	struct hash h;

	cr_assert_eq(hash_init(&h), 0);
	for (uint64_t i = 0; i < 5000; i++) {
		items[i].key = i * 7;
		hash_add(&h, &items[i].node, hash_u64(i * 7));
	}
	for (uint64_t i = 0; i < 5000; i += 2)
		hash_del(&h, &items[i].node);
	for (uint64_t i = 0; i < 5000; i++)
		cr_assert_eq(lookup(&h, i * 7), i % 2 ? &items[i] : NULL);
	cr_assert_eq(h.count, 2500);
	hash_fini(&h);
}

Test(hash, works_on_without_memory_to_grow)
{
	static struct item items[1000];
	struct hash h;

	cr_assert_eq(hash_init(&h), 0);
	kmem_refuse = refuse_all;
	for (uint64_t i = 0; i < 1000; i++) {
		items[i].key = i;
		hash_add(&h, &items[i].node, hash_u64(i));
	}
	kmem_refuse = NULL;
	for (uint64_t i = 0; i < 1000; i++)
		cr_assert_eq(lookup(&h, i), &items[i]);
	hash_fini(&h);
}

struct entry {
	struct list link;
	int n;
};

Test(list, keeps_its_order_and_survives_removal)
{
	struct entry e[5], *pos, *tmp;
	struct list l;
	int seen = 0;

	list_init(&l);
	for (int i = 0; i < 5; i++) {
		e[i].n = i;
		list_append(&l, &e[i].link);
	}
	LIST_EACH_SAFE(pos, tmp, &l, link) {
		cr_assert_eq(pos->n, seen++);
		if (pos->n % 2)
			list_del(&pos->link);
	}
	cr_assert_eq(seen, 5);
	list_del(&e[1].link); /* again: no harm */
	seen = 0;
	LIST_EACH(pos, &l, link) {
		cr_assert_eq(pos->n, seen);
		seen += 2;
	}
	cr_assert_eq(seen, 6);
}
