/* SPDX-License-Identifier: MIT */
/*
 * tracer/facts.c - which entries of arch/um/facts.h a guest process and its
 * threads have: a page of the arena for each process that answers calls, an
 * entry for each of its first threads.
 */
#include "arch/um/facts.h"
#include "tracer/internal.h"

/* By page; page 0 would have entry 0. */
static struct {
	uint32_t next_free[FACTS_MAX];
	uint32_t free, used;
} pages = {.used = 1};

uint32_t
facts_page_get(void)
{
	uint32_t page = pages.free;

	if (page)
		pages.free = pages.next_free[page];
	else if (pages.used < FACTS_MAX)
		page = pages.used++;
	return page;
}

void
facts_page_put(uint32_t page)
{
	if (!page)
		return;
	pages.next_free[page] = pages.free;
	pages.free = page;
}

uint32_t
gthread_facts(const struct gthread *t)
{
	if (!t->as->facts || t->slot >= FACTS_EACH)
		return 0;
	return (uint32_t)(t->as->facts * FACTS_EACH + t->slot);
}

uint64_t
gthread_facts_addr(const struct gthread *t)
{
	uint32_t i = gthread_facts(t);

	if (!i)
		return STUB_CONST + CONST_NO_FACTS;
	return STUB_FACTS + i % FACTS_EACH * sizeof(struct facts);
}
