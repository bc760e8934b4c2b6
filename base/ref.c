/* SPDX-License-Identifier: MIT */
/* base/ref.c - counts of live objects by kind. */
#include "base/ref.h"

#include "base/log.h"

static struct ref_kind *kinds;

void
ref_init(struct ref *r, struct ref_kind *kind)
{
	if (!kind->is_listed) {
		kind->is_listed = true;
		kind->next = kinds;
		kinds = kind;
	}
	r->n = 1;
	kind->live++;
}

bool
ref_put(struct ref *r, struct ref_kind *kind)
{
	kassert(r->n > 0);
	if (--r->n)
		return false;
	kind->live--;
	return true;
}

int64_t
ref_report(void)
{
	int64_t sum = 0;

	for (struct ref_kind *k = kinds; k; k = k->next) {
		if (!k->live)
			continue;
		log_warn("%lld %s left", (long long)k->live, k->name);
		sum += k->live;
	}
	return sum;
}
