/* SPDX-License-Identifier: MIT */
/* base/list.h - intrusive doubly linked lists.  Callers lock. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "include/types.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(l)                                                           \
	{                                                                      \
		&(l), &(l)                                                     \
	}

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void
list_insert(struct list *after, struct list *n)
{
	n->next = after->next;
	n->prev = after;
	after->next->prev = n;
	after->next = n;
}

/* list_push - add @n at the head of @l. */
static inline void
list_push(struct list *l, struct list *n)
{
	list_insert(l, n);
}

/* list_append - add @n at the tail of @l. */
static inline void
list_append(struct list *l, struct list *n)
{
	list_insert(l->prev, n);
}

/* list_del - take @n out; it is left as an empty list, so that taking it out
 * again does no harm. */
static inline void
list_del(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

#define LIST_ENTRY(ptr, type, member) CONTAINER_OF(ptr, type, member)
#define LIST_FIRST(l, type, member)   LIST_ENTRY((l)->next, type, member)

#define LIST_EACH(pos, l, member)                                              \
	for (pos = LIST_ENTRY((l)->next, __typeof__(*pos), member);            \
	     &pos->member != (l);                                              \
	     pos = LIST_ENTRY(pos->member.next, __typeof__(*pos), member))

/* As LIST_EACH, but @pos may be taken out or freed in the body. */
#define LIST_EACH_SAFE(pos, tmp, l, member)                                    \
	for (pos = LIST_ENTRY((l)->next, __typeof__(*pos), member),            \
	    tmp = LIST_ENTRY(pos->member.next, __typeof__(*pos), member);      \
	     &pos->member != (l); pos = tmp,                                   \
	    tmp = LIST_ENTRY(tmp->member.next, __typeof__(*tmp), member))

#endif /* BASE_LIST_H */
