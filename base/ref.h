/* SPDX-License-Identifier: MIT */
/* base/ref.h - reference counts, with a count of live objects by kind that is
 * reported at shutdown. */
#ifndef BASE_REF_H
#define BASE_REF_H

#include "base/panic.h"
#include "include/types.h"

struct ref {
	uint32_t n;
};

/* A kind of counted object; define one per type with REF_KIND. */
struct ref_kind {
	const char *name;
	int64_t live;
	struct ref_kind *next; /* set on first use */
	bool is_listed;
};

void ref_init(struct ref *r, struct ref_kind *kind);

static inline void
ref_get(struct ref *r)
{
	kassert(r->n > 0);
	r->n++;
}

/* ref_put - drop one. Returns: true if it was the last (kind->live drops). */
bool ref_put(struct ref *r, struct ref_kind *kind);

/* ref_report - log every kind with live objects.  Returns: their number. */
int64_t ref_report(void);

#endif /* BASE_REF_H */
