/* SPDX-License-Identifier: MIT */
/* tests/unit/mm/fake_host.c - see fake_host.h. */
#include "tests/unit/mm/fake_host.h"

#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "arch/um/trap.h"
#include "base/block.h"
#include "mm/internal.h"
#include "tests/unit/fake_machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define AS_MAX 256

#define REQUIRE(cond)                                                          \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
				#cond);                                        \
			abort();                                               \
		}                                                              \
	} while (0)

static struct host_as spaces[AS_MAX];
static int phys_fd = -1;

int host_fails;
uint64_t host_room = UINT64_MAX >> 1;
void (*host_wiping)(void);
int host_as_error;
uint64_t host_ops, host_syncs, host_punches, host_blocks, guest_faults;

struct host_as *
host_as(int id)
{
	REQUIRE(id >= 0 && id < AS_MAX && spaces[id].is_used);
	return &spaces[id];
}

static void
insert_at(struct host_as *as, uint32_t i, struct host_vma v)
{
	if (as->n == as->room) {
		as->room = as->room ? 2 * as->room : 64;
		as->v = realloc(as->v, as->room * sizeof(*as->v));
	}
	memmove(&as->v[i + 1], &as->v[i], (as->n - i) * sizeof(*as->v));
	as->v[i] = v;
	as->n++;
}

static void
remove_at(struct host_as *as, uint32_t i)
{
	as->n--;
	memmove(&as->v[i], &as->v[i + 1], (as->n - i) * sizeof(*as->v));
}

static void
split_at(struct host_as *as, uint64_t at)
{
	for (uint32_t i = 0; i < as->n; i++) {
		struct host_vma v = as->v[i];

		if (v.start >= at || v.end <= at)
			continue;
		as->v[i].end = at;
		v.phys += at - v.start;
		v.start = at;
		insert_at(as, i + 1, v);
		return;
	}
}

static void
unmap(struct host_as *as, uint64_t start, uint64_t end)
{
	split_at(as, start);
	split_at(as, end);
	for (uint32_t i = 0; i < as->n;) {
		if (as->v[i].start >= start && as->v[i].end <= end)
			remove_at(as, i);
		else
			i++;
	}
}

static void
merge(struct host_as *as)
{
	for (uint32_t i = 0; i + 1 < as->n;) {
		struct host_vma *a = &as->v[i], *b = a + 1;

		if (a->end == b->start && a->prot == b->prot &&
		    a->is_large == b->is_large &&
		    a->phys + (a->end - a->start) == b->phys) {
			a->end = b->end;
			remove_at(as, i + 1);
		} else {
			i++;
		}
	}
}

static void
map(struct host_as *as, const struct as_op *op)
{
	uint32_t i = 0;

	unmap(as, op->addr, op->addr + op->len);
	while (i < as->n && as->v[i].start < op->addr)
		i++;
	insert_at(as, i,
		  (struct host_vma){op->addr, op->addr + op->len, op->phys,
				    op->prot, false});
}

static void
protect(struct host_as *as, const struct as_op *op)
{
	uint64_t at = op->addr, end = op->addr + op->len;

	split_at(as, at);
	split_at(as, end);
	for (uint32_t i = 0; i < as->n && at < end; i++) {
		if (as->v[i].end <= at)
			continue;
		REQUIRE(as->v[i].start == at); /* else ENOMEM */
		as->v[i].prot = op->prot;
		at = as->v[i].end;
	}
	REQUIRE(at >= end);
}

/* As madvise(MADV_POPULATE_*) would, where it is allowed. */
static void
host_populate(struct host_as *as, const struct as_op *op)
{
	uint32_t need = op->kind == AS_POPULATE_WR ? AS_WRITE : AS_READ;

	for (uint32_t i = 0; i < as->n; i++) {
		struct host_vma *v = &as->v[i];
		uint64_t lo = v->start > op->addr ? v->start : op->addr;
		uint64_t hi = op->addr + op->len < v->end ? op->addr + op->len
							  : v->end;

		if (!(v->prot & need))
			continue;
		for (; lo < hi; lo += PAGE_SIZE)
			*(volatile char *)(PHYS_WINDOW + v->phys +
					   (lo - v->start)) += 0;
	}
}

/* A block, mapped as one: the host may take a large page for it. */
static void
host_large(struct host_as *as, const struct as_op *op)
{
	uint64_t end = op->addr + op->len;

	split_at(as, op->addr);
	split_at(as, end);
	for (uint32_t i = 0; i < as->n; i++) {
		struct host_vma *v = &as->v[i];

		if (v->start < op->addr || v->end > end)
			continue;
		REQUIRE(v->start == op->addr && v->end == end);
		REQUIRE(v->start % BLOCK_SIZE == 0 &&
			v->phys % BLOCK_SIZE == 0 && op->len == BLOCK_SIZE);
		v->is_large = true;
		host_blocks++;
	}
}

/* A touch of a hole there might cost the host more than is charged. */
static bool
is_mapped_large(uint64_t phys, uint64_t end)
{
	for (int id = 0; id < AS_MAX; id++) {
		const struct host_as *as = &spaces[id];

		for (uint32_t i = 0; as->is_used && i < as->n; i++) {
			const struct host_vma *v = &as->v[i];

			if (v->is_large && v->phys < end &&
			    v->phys + (v->end - v->start) > phys)
				return true;
		}
	}
	return false;
}

static void
apply(struct host_as *as, const struct as_op *op)
{
	host_ops++;
	REQUIRE(op->len && op->addr % PAGE_SIZE == 0 &&
		op->len % PAGE_SIZE == 0);
	REQUIRE(op->addr + op->len <= REGION_BASE || op->addr >= REGION_END);
	REQUIRE(op->addr + op->len <= USER_TOP);
	switch (op->kind) {
	case AS_MAP:
		REQUIRE(op->phys + op->len <= PHYS_SIZE);
		map(as, op);
		break;
	case AS_UNMAP:
		unmap(as, op->addr, op->addr + op->len);
		break;
	case AS_PROTECT:
		protect(as, op);
		break;
	case AS_POPULATE_RD:
	case AS_POPULATE_WR:
		host_populate(as, op);
		break;
	case AS_LARGE:
		host_large(as, op);
		break;
	default:
		REQUIRE(!"known op");
	}
}

static int64_t
apply_all(int id, const struct as_op *ops, uint64_t n)
{
	struct host_as *as = host_as(id);

	if (host_fails > 0) {
		host_fails--;
		n /= 2;
		for (uint64_t i = 0; i < n; i++)
			apply(as, &ops[i]);
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < n; i++)
		apply(as, &ops[i]);
	merge(as);
	return 0;
}

static int64_t
as_new(void)
{
	for (int i = 0; i < AS_MAX; i++) {
		if (spaces[i].is_used)
			continue;
		spaces[i].is_used = true;
		spaces[i].n = 0;
		return i;
	}
	return -ENOMEM;
}

static int64_t
resident(uint64_t off, uint64_t len, uint8_t *vec)
{
	if (mincore((void *)(PHYS_WINDOW + off), len, vec))
		return -ENOMEM;
	for (uint64_t i = 0; i < len / PAGE_SIZE; i++)
		vec[i] &= 1;
	return 0;
}

static uint64_t
ram_used(void)
{
	struct stat st;

	fstat(phys_fd, &st);
	return (uint64_t)st.st_blocks * 512;
}

static int64_t
call(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
     uint64_t f)
{
	switch (nr) {
	case HC_PHYS_PUNCH:
		host_punches++;
		REQUIRE(!is_mapped_large(a, a + b));
		return fallocate(phys_fd,
				 FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				 (off_t)a, (off_t)b);
	case HC_PHYS_POPULATE:
		return madvise((void *)(PHYS_WINDOW + a), b,
			       23 /* MADV_POPULATE_WRITE */);
	case HC_PHYS_LARGE:
		REQUIRE(a % BLOCK_SIZE == 0);
		host_blocks++;
		return fallocate(phys_fd, 0, (off_t)a, BLOCK_SIZE);
	case HC_MEM_ROOM:
		return (int64_t)host_room;
	case HC_PHYS_USED:
		return (int64_t)ram_used();
	case HC_PHYS_RESIDENT:
		return resident(a, b, (uint8_t *)c);
	case HC_AS_NEW:
		return host_as_error ? host_as_error : as_new();
	case HC_AS_FREE:
		host_as((int)a)->is_used = false;
		return 0;
	case HC_AS_WIPE:
		if (!b)
			host_as((int)a)->n = 0;
		if (host_wiping)
			host_wiping();
		return 0;
	case HC_THREAD_FREE:
		return 0;
	case HC_AS_SYNC:
		host_syncs++;
		return apply_all((int)a, (const struct as_op *)b, c);
	default:
		fprintf(stderr, "hypercall %d is not faked\n", (int)nr);
		abort();
	}
}

void
host_start(uint64_t memory_bytes)
{
	void *p;

	phys_fd = memfd_create("physmem", 0);
	REQUIRE(phys_fd >= 0 && ftruncate(phys_fd, PHYS_SIZE) == 0);
	p = mmap((void *)PHYS_WINDOW, PHYS_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, phys_fd, 0);
	REQUIRE(p == (void *)PHYS_WINDOW);
	fake_machine.other = call;
	mm_init(memory_bytes, true);
	klock_take();
}

const struct host_vma *
host_find(int id, uint64_t va)
{
	struct host_as *as = host_as(id);

	for (uint32_t i = 0; i < as->n; i++)
		if (as->v[i].start <= va && va < as->v[i].end)
			return &as->v[i];
	return NULL;
}

/* Until guest code may run: not before the host has done what it is told. */
void
run_ops(struct mm *mm)
{
	const struct as_op *ops;
	uint32_t n;

	for (;;) {
		while (mm_must_flush(mm))
			(void)!mm_flush(mm);
		n = mm_take_ops(mm, 1, &ops);
		if (!n || !apply_all(mm_as_id(mm), ops, n))
			break;
		mm_ops_failed(mm);
	}
	mm_ops_done(mm);
}

static int
access_byte(struct mm *mm, uint64_t va, uint32_t need, char **at)
{
	for (int i = 0; i < 12; i++) {
		const struct host_vma *h;
		struct fault_result res;

		run_ops(mm);
		h = host_find(mm_as_id(mm), va);
		if (h && (h->prot & need)) {
			*at = (char *)PHYS_WINDOW + h->phys + (va - h->start);
			return 0;
		}
		guest_faults++;
		mm_fault(mm, va,
			 FAULT_USER | (need == AS_WRITE ? FAULT_WRITE : 0), 0,
			 &res);
		if (res.oom)
			return 9;
		if (res.signo)
			return res.signo;
	}
	REQUIRE(!"the fault is resolved");
	return 0;
}

int
guest_read(struct mm *mm, uint64_t va, uint8_t *out)
{
	char *at;
	int sig = access_byte(mm, va, AS_READ, &at);

	if (!sig)
		*out = *(uint8_t *)at;
	return sig;
}

int
guest_write(struct mm *mm, uint64_t va, uint8_t byte)
{
	char *at;
	int sig = access_byte(mm, va, AS_WRITE, &at);

	if (!sig)
		*(uint8_t *)at = byte;
	return sig;
}

static void
check_entry(struct mm *mm, uint64_t va, const struct host_vma *h)
{
	pte_t p = pte_get(mm, va);

	REQUIRE(p && (p & PTE_HOST));
	REQUIRE(pte_fn(p) * PAGE_SIZE == h->phys + (va - h->start));
	REQUIRE(frame_at(pte_fn(p))->refs > 0 &&
		!(frame_at(pte_fn(p))->flags & FRAME_DEAD));
	REQUIRE(!!(h->prot & AS_WRITE) == !!(p & PTE_WRITE));
	if ((p & PTE_ANON) && (p & PTE_WRITE))
		REQUIRE(frame_at(pte_fn(p))->refs == 1);
}

void
check_mm(struct mm *mm)
{
	struct host_as *as = host_as(mm_as_id(mm));
	uint64_t va = 0, mapped = 0;
	pte_t p;

	(void)!mm_flush(mm); /* what may wait, too */
	for (uint32_t i = 0; i < as->n; i++) {
		const struct host_vma *h = &as->v[i];

		for (va = h->start; va < h->end; va += PAGE_SIZE) {
			/* What is parked nobody can touch. */
			if (h->prot)
				check_entry(mm, va, h);
			mapped += h->prot || (pte_get(mm, va) & PTE_HOST);
		}
	}
	for (va = 0; (p = pte_next(mm, &va, USER_TOP)); va += PAGE_SIZE) {
		REQUIRE(vma_find(mm, va));
		mapped -= !!(p & PTE_HOST);
	}
	REQUIRE(mapped == 0);
}

void
check_ram(void)
{
	REQUIRE(page_live <= page_limit && page_warm <= page_dead &&
		page_dead <= page_live);
	REQUIRE(ram_used() <= page_live * PAGE_SIZE);
}

unsigned
seed_or(unsigned usual)
{
	const char *s = getenv("SEED");

	return s ? (unsigned)atoi(s) : usual;
}
