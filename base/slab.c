/* SPDX-License-Identifier: MIT */
/*
 * base/slab.c - objects of equal size in pages.
 *
 * Up to OBJECT_MAX bytes, a request is rounded to a size class and gets a
 * slot of a page that holds only that class; the page's slots are handed out
 * in order at first (so that memory is touched as needed) and then from a list
 * threaded through the free ones.  A page with nothing in use goes back to
 * the heap unless it is its class's only one.  Larger requests are runs of
 * whole pages.
 *
 * Freed objects are poisoned in debug builds and, in ASan builds, hidden
 * from everybody but this file.
 */
#include "base/slab.h"

#include "base/heap.h"
#include "base/panic.h"
#include "base/str.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN
void __asan_poison_memory_region(const volatile void *p, size_t n);
void __asan_unpoison_memory_region(const volatile void *p, size_t n);
#define HIDE(p, n) __asan_poison_memory_region(p, n)
#define SHOW(p, n) __asan_unpoison_memory_region(p, n)
#else
#define HIDE(p, n) ((void)0)
#define SHOW(p, n) ((void)0)
#endif

#if defined(HAS_ASAN) || !defined(__OPTIMIZE__)
#define KMEM_POISON
#endif

#define OBJECT_MAX 2048
#define POISON	   0x6b

static const uint16_t class_size[] = {
	16,  32,  48,  64,  80,	 96,  112, 128, 144, 160,  192,	 224,
	256, 288, 336, 400, 448, 512, 576, 672, 800, 1008, 1360, 2048,
};

#define NCLASSES ARRAY_LEN(class_size)

/* Per class: pages with a free slot, in no order. */
static uint32_t partial[NCLASSES];
/* Class of a request, by its size in units of 16 bytes, rounded up. */
static uint8_t class_of_units[OBJECT_MAX / 16 + 1];

bool (*kmem_refuse)(size_t size);

static uint32_t
class_of(size_t size)
{
	if (!class_of_units[OBJECT_MAX / 16]) {
		uint8_t c = 0;

		for (uint32_t u = 0; u <= OBJECT_MAX / 16; u++) {
			c += u * 16 > class_size[c];
			class_of_units[u] = c;
		}
	}
	return class_of_units[(size + 15) / 16];
}

static uint32_t
slots_of(uint32_t class)
{
	return PAGE_SIZE / class_size[class];
}

static void
link_partial(uint32_t at)
{
	struct heap_page *p = heap_page(at);

	p->prev = 0;
	p->next = partial[p->class];
	if (p->next)
		heap_page(p->next)->prev = at;
	partial[p->class] = at;
}

static void
unlink_partial(uint32_t at)
{
	struct heap_page *p = heap_page(at);

	if (p->prev)
		heap_page(p->prev)->next = p->next;
	else
		partial[p->class] = p->next;
	if (p->next)
		heap_page(p->next)->prev = p->prev;
}

static uint32_t
new_slab(uint32_t class)
{
	uint32_t at = heap_take(1, NULL);
	struct heap_page *p;

	if (!at)
		return 0;
	p = heap_page(at);
	*p = (struct heap_page){.kind = HEAP_SLAB, .class = class};
	HIDE(heap_addr(at), PAGE_SIZE);
	link_partial(at);
	return at;
}

static void *
slot_addr(uint32_t at, uint32_t slot)
{
	return (char *)heap_addr(at) + slot * class_size[heap_page(at)->class];
}

static void *
object_take(uint32_t class, size_t size)
{
	uint32_t at = partial[class];
	struct heap_page *p;
	void *obj;

	if (!at)
		at = new_slab(class);
	if (!at)
		return NULL;
	p = heap_page(at);
	if (p->free) {
		obj = slot_addr(at, p->free - 1);
		SHOW(obj, 16);
		p->free = *(uint16_t *)obj;
		HIDE(obj, 16);
	} else {
		obj = slot_addr(at, p->fresh++);
	}
	p->used++;
	if (!p->free && p->fresh == slots_of(class))
		unlink_partial(at);
	SHOW(obj, size);
	return obj;
}

static void
object_give(uint32_t at, void *obj)
{
	struct heap_page *p = heap_page(at);
	uint32_t size = class_size[p->class];
	uint32_t off = (char *)obj - (char *)heap_addr(at), slot = off / size;

	kassert(off % size == 0 && slot < p->fresh && p->used);
	if (!p->free && p->fresh == slots_of(p->class))
		link_partial(at);
	SHOW(obj, size);
#ifdef KMEM_POISON
	memset(obj, POISON, size);
#endif
	*(uint16_t *)obj = p->free;
	HIDE(obj, size);
	p->free = slot + 1;
	if (--p->used || (partial[p->class] == at && !p->next))
		return;
	unlink_partial(at);
	SHOW(heap_addr(at), PAGE_SIZE);
	heap_give(at, 1);
}

static void *
run_take(size_t size, bool *is_zero)
{
	uint32_t at = 0;

	if (size <= UINT32_MAX)
		at = heap_take(page_up(size) / PAGE_SIZE, is_zero);
	if (!at)
		return NULL;
	heap_page(at)->kind = HEAP_RUN;
	heap_page(at)->len = page_up(size) / PAGE_SIZE;
	heap_page(at)->bytes = size;
	return heap_addr(at);
}

static void *
take(size_t size, bool *is_zero)
{
	*is_zero = false;
	if (kmem_refuse && kmem_refuse(size))
		return NULL;
	return size <= OBJECT_MAX ? object_take(class_of(size), size)
				  : run_take(size, is_zero);
}

/* Bytes that may be used at @p without moving it. */
static size_t
room_at(const void *p)
{
	struct heap_page *page = heap_page(heap_index(p));

	return page->kind == HEAP_SLAB ? class_size[page->class]
				       : page->len * PAGE_SIZE;
}

void *
kmalloc(size_t size)
{
	bool is_zero;

	return take(size, &is_zero);
}

void *
kzalloc(size_t size)
{
	bool is_zero;
	void *p = take(size, &is_zero);

	if (p && !is_zero)
		memset(p, 0, size);
	return p;
}

void *
krealloc(void *p, size_t size)
{
	size_t room = p ? room_at(p) : 0;
	void *q;

	/* Stay, unless that would waste more than half. */
	if (p && size <= room && (size > room / 2 || room <= 64)) {
		SHOW(p, size);
		return p;
	}
	q = kmalloc(size);
	if (!q || !p)
		return q;
	SHOW(p, room);
	memcpy(q, p, MIN(room, size));
	kfree(p);
	return q;
}

void
kfree(void *p)
{
	uint32_t at;
	struct heap_page *page;

	if (!p)
		return;
	at = heap_index(p);
	page = heap_page(at);
	if (page->kind == HEAP_SLAB) {
		object_give(at, p);
		return;
	}
	kassert(page->kind == HEAP_RUN && heap_addr(at) == p);
	heap_give(at, page->len);
}

char *
kstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = kmalloc(n);

	if (p)
		memcpy(p, s, n);
	return p;
}

uint64_t
kmem_used(void)
{
	return heap_pages_used() * PAGE_SIZE;
}
