/* SPDX-License-Identifier: MIT */
/*
 * mm/internal.h - an address space from the inside.
 *
 *   vmas    what should be mapped where            mm/vma.c
 *   ptes    which frame each page has              mm/ptable.c
 *   resvs   where in physmem new pages go          mm/resv.c
 *   ops     what the host has yet to be told       mm/aspace.c
 *
 * A page table entry says what the host has mapped *once the pending ops have
 * reached it*.  The order in every operation is: change vmas, change ptes and
 * queue ops; frames that go away are handed to as_drop(), which lets go of
 * them only when the host has.
 */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include "arch/um/trap.h"
#include "base/block.h"
#include "base/imap.h"
#include "base/list.h"
#include "include/abi/mman.h"
#include "include/types.h"
#include "mm/mappable.h"
#include "mm/mm.h"
#include "mm/page.h"
#include "mm/pagecache.h"
#include "mm/radix.h"

#define MMAP_MIN_ADDR 65536ull
#define MAP_COUNT_MAX 65530u
#define STACK_GAP     (256 * PAGE_SIZE)

/* --- VMAs ---------------------------------------------------------------- */

enum vma_flags {
	VMA_SHARED = 1 << 0,
	VMA_GROWSDOWN = 1 << 1,
	VMA_LOCKED = 1 << 2,
	VMA_LOCKONFAULT = 1 << 3,
	VMA_DONTFORK = 1 << 4,
	VMA_WIPEONFORK = 1 << 5,
	VMA_DONTDUMP = 1 << 6,
	VMA_NORESERVE = 1 << 7,
	VMA_SEQ = 1 << 8,
	VMA_RANDOM = 1 << 9,
	VMA_STACK = 1 << 10,   /* the main stack */
	VMA_CHARGED = 1 << 11, /* was private and writable; vma.c */
};

struct vma {
	struct imap_node n;
	struct mm *mm;
	uint32_t prot;	      /* LX_PROT_READ | _WRITE | _EXEC */
	uint32_t flags;	      /* VMA_* */
	struct mappable *map; /* counted; NULL: private anonymous */
	struct pagecache *pc; /* map's; NULL: private anonymous */
	uint64_t pgoff;	      /* page of pc at n.start */
	struct list pc_link;  /* in pc->mappings */
	/* Where the last window of anonymous memory was opened, and its size
	 * in pages; mm/anon.c. */
	uint64_t win_start, win_end;
	uint32_t win_len;
	uint32_t jumps; /* faults that did not walk on */
};

static inline struct vma *
vma_from(struct imap_node *n)
{
	return n ? CONTAINER_OF(n, struct vma, n) : NULL;
}

static inline uint64_t
vma_pages(const struct vma *v)
{
	return (v->n.end - v->n.start) / PAGE_SIZE;
}

/* Page of the cache behind @va. */
static inline uint64_t
vma_index(const struct vma *v, uint64_t va)
{
	return v->pgoff + (va - v->n.start) / PAGE_SIZE;
}

/* --- page table entries -------------------------------------------------- */

typedef uint64_t pte_t; /* frame << PAGE_SHIFT | flags; 0: nothing */

enum {
	PTE_READ = 1 << 0,    /* the guest may read (the VMA's PROT says so) */
	PTE_WRITE = 1 << 1,   /* it may write without a fault */
	PTE_HOST = 1 << 2,    /* the host has it mapped */
	PTE_ANON = 1 << 3,    /* a frame of our own, not the page cache's */
	PTE_AHEAD = 1 << 4,   /* mapped ahead of need: perhaps never used */
	PTE_SHM = 1 << 5,     /* of a cache that is storage (rss_shmem) */
	PTE_COPIED = 1 << 6,  /* copied from a file before it was written */
	PTE_HOT = 1 << 7,     /* written soon after a fork; fork.c */
	PTE_PATCHED = 1 << 8, /* it has system calls made jumps; patch.c */
	PTE_BLANK = 1 << 9,   /* with PTE_AHEAD: nor populated, but mapped */
};

#define PTE_FLAGS (PAGE_SIZE - 1)

static inline uint64_t
pte_fn(pte_t p)
{
	return p >> PAGE_SHIFT;
}

static inline bool
pte_is_blank(pte_t p)
{
	return (p & PTE_AHEAD) && (p & PTE_BLANK);
}

static inline pte_t
pte_make(uint64_t fn, uint32_t flags)
{
	return fn << PAGE_SHIFT | flags;
}

/* --- reservations -------------------------------------------------------- */

/* Page at va in [n.start, n.end) has its natural place at
 * fn + (va - n.start) / PAGE_SIZE. */
struct resv {
	struct imap_node n; /* guest addresses */
	struct range *range;
	uint64_t fn;
};

/* --- the address space --------------------------------------------------- */

#define OPS_INLINE 24
#define OP_LAZY	   (1u << 31) /* in prot: may wait, and nothing lies below */

struct op_list {
	struct as_op *v; /* fix, or on the heap */
	uint32_t n, room;
	struct as_op fix[OPS_INLINE];
};

struct drop_run {
	uint64_t fn, n;
};

struct drop_list {
	struct drop_run *v;
	uint32_t n, room;
};

/* What is guessed of a process's use of memory; ahead.c. */
struct ahead {
	int8_t dense, small; /* scores: > 0, >= 0: yes */
	uint32_t turn;
	uint64_t watch_fn, watch_n; /* frames mapped but not populated */
	uint64_t probe_va;	    /* a small mapping of that kind */
	int8_t files;		    /* a score as small */
	uint32_t file_turn;
	uint64_t file_va; /* a small mapping of a file that was left to wait */
};

enum ahead_plan { AHEAD_NOTHING, AHEAD_MAP, AHEAD_POPULATE };

#define LEAF_SHIFT 18 /* bytes one leaf covers: 256 KiB */
#define LEAF_PTES  64

struct leaf {
	uint32_t used;
	pte_t pte[LEAF_PTES];
};

#define MM_WAITING_MAX 4u

struct mm {
	uint32_t refs;
	int users;
	int as_id; /* < 0: none, on the host nothing is mapped */
	/* home.c: host threads made in it; those without a task. */
	uint32_t nthreads, nwaiting;
	uint64_t kin; /* whose host process to prefer */
	struct mm_slides slides;
	/* remains.c: what is mapped there, until the first batch; from then on
	 * what is so without any access, in the hope of use. */
	struct remains *remains, *parked;
	struct mm_thread waiting[MM_WAITING_MAX];
	struct list all_link; /* every mm, for reclaim */
	struct mm *parent;    /* it was forked from, while that lives */
	struct list children, sibling;

	struct imap vmas;
	struct radix ptes; /* leaves by address >> LEAF_SHIFT */
	struct leaf *last_leaf;
	uint64_t last_key;
	struct imap resvs;

	/* Ops not yet with the host; those a run has taken. */
	struct op_list ops, pops; /* pops: populates, done last */
	struct op_list taken;
	struct drop_list drops, taken_drops;
	bool is_taken;		 /* they travel with a run */
	struct mutex taken_lock; /* held meanwhile */
	uint32_t running;	 /* threads that may be in guest code */
	int runner;		 /* the machine's number of one of them */
	bool takes_away;	 /* ops make something unreachable or other */
	bool is_taking_away;	 /* so do those on their way to the host */
	bool is_urgent;		 /* ops must go before guest code runs on */
	bool needs_reset;	 /* an op was lost: unmap all, start over */
	struct mutex sync_lock;
	uint32_t unlocked; /* who writes to its frames without the lock */
	void *forker;	   /* waits for them; others do not begin then */
	struct mutex forker_lock;

	struct mm_layout layout;
	struct mm_limits limits;
	uint64_t mmap_base;
	uint64_t rss_anon, rss_file, rss_shmem, peak_rss; /* pages */
	uint64_t blank; /* of rss_anon: who knows whether they are there */
	uint64_t total_vm, data_vm, stack_vm, exec_vm, locked_vm, peak_vm;
	uint64_t min_faults, maj_faults;
	uint64_t batches, batch_ops; /* taken to the host so far */
	struct ahead ahead;
	uint32_t lock_future;	 /* VMA_LOCKED, VMA_LOCKONFAULT: mlockall(2) */
	struct patches *patches; /* NULL: none yet */
};

extern struct list mm_all;

/* ptable.c - entries by address */
pte_t pte_get(struct mm *mm, uint64_t va);
/* pte_set - enter @p (not 0).  -ENOMEM only if there was no leaf. */
MUST_CHECK int pte_set(struct mm *mm, uint64_t va, pte_t p);
/* pte_change - as pte_set() where an entry is already. */
void pte_change(struct mm *mm, uint64_t va, pte_t p);
/* pte_fill - enter @p at @va and its successors for @n pages, with the frames
 * that follow; after pte_prepare(), where nothing is entered. */
void pte_fill(struct mm *mm, uint64_t va, uint64_t n, pte_t p);
void pte_clear(struct mm *mm, uint64_t va);
/* pte_run - how many entries from @va on and below @end, at least, differ by
 * their frames only, which follow each other; there is one at @va. */
uint64_t pte_run(struct mm *mm, uint64_t va, uint64_t end);
/* pte_clear_run - clear as many.  Returns: how many. */
MUST_CHECK uint64_t pte_clear_run(struct mm *mm, uint64_t va, uint64_t end);
/* pte_next - the first entry at or after *@va and below @end; *@va becomes
 * its address.  0: none. */
pte_t pte_next(struct mm *mm, uint64_t *va, uint64_t end);
/* pte_gap_below - the lowest address from @floor on from which up to @va there
 * is no entry. */
uint64_t pte_gap_below(struct mm *mm, uint64_t va, uint64_t floor);
/* pte_prepare - make the leaves of [va, end), so that pte_set() succeeds. */
MUST_CHECK int pte_prepare(struct mm *mm, uint64_t va, uint64_t end);

/* resv.c - where new private pages go */
/* resv_place - up to @n free slots in a row for the pages from @va on (at
 * least one); *@fn is the first.  Returns: their number, or -ENOMEM. */
MUST_CHECK int64_t resv_place(struct mm *mm, const struct vma *v, uint64_t va,
			      uint64_t n, struct range **r, uint64_t *fn);
/* resv_avoid_dead - the @n pages from @va on, most of which nobody will touch,
 * are to get places where no memory waits to be used again: the same, if what
 * waits is little, and goes; best effort. */
void resv_avoid_dead(struct mm *mm, const struct vma *v, uint64_t va,
		     uint64_t n);
/* resv_drop - VMAs in [start, end) went: free what no VMA lies over now. */
void resv_drop(struct mm *mm, uint64_t start, uint64_t end);
/* resv_move - what was for [from, from+len) is for [to, to+len). */
void resv_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len);
/* resv_free_all - free those in @resvs, which were some mm's. */
void resv_free_all(struct imap *resvs);

/* aspace.c, aspace_lazy.c - telling the host */
void as_map(struct mm *mm, uint64_t va, uint64_t n, uint64_t fn, uint32_t prot);
/* as_map_lazily - the same where nothing is mapped; it may wait for other ops.
 */
void as_map_lazily(struct mm *mm, uint64_t va, uint64_t n, uint64_t fn,
		   uint32_t prot);
/* as_unmap - @mapped: the pages in [start, end) that have PTE_HOST. */
void as_unmap(struct mm *mm, uint64_t start, uint64_t end, uint64_t mapped);
/* as_forget - does the host have nothing of [start, end) yet, while lazy maps
 * of it wait?  Then they are forgotten. */
bool as_forget(struct mm *mm, uint64_t start, uint64_t end);
/* as_forget_lazy - forget lazy maps of pages in [start, end), if nothing else
 * is pending for it.  Returns: how many there were. */
uint64_t as_forget_lazy(struct mm *mm, uint64_t start, uint64_t end);
/* as_harden - an unmap follows that lazy maps in part of [start, end) must not
 * outlive. */
void as_harden(struct mm *mm, uint64_t start, uint64_t end);
/* as_waits - does a lazy map of the page at @va wait, and nothing else? */
bool as_waits(struct mm *mm, uint64_t va);
void as_protect(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot);
/* as_populate - @fresh: some frames have no memory yet.  Where all have, the
 * host maps them many at a time, and what may be written so that it can be. */
void as_populate(struct mm *mm, uint64_t start, uint64_t end, bool fresh);
/* as_populate_block - the same for a block, for which the host may take a large
 * page. */
void as_populate_block(struct mm *mm, uint64_t start);
void as_populate_lazily(struct mm *mm, uint64_t start, uint64_t end,
			bool fresh);
/* as_drop - drop one reference to each of @n frames once the ops queued so far
 * are with the host. */
void as_drop(struct mm *mm, uint64_t fn, uint64_t n);
void as_init(struct mm *mm);
/* as_fini - nothing is mapped on the host any more; and what waited for that.
 */
void as_fini(struct mm *mm);
/* as_list_add - room for one more op at the end of @l.  NULL: no memory. */
struct as_op *as_list_add(struct op_list *l);
/* as_queue - one more op at the end of @l; if that cannot be, a reset. */
void as_queue(struct mm *mm, struct op_list *l, struct as_op op);
/* remains_of - what the host has mapped of @mm, which is not to run any more.
 * NULL: too much, or it is not known. */
struct remains *remains_of(struct mm *mm);
void remains_free(struct remains *r);
/* remains_are_kins - they are of a program that was much like the next. */
void remains_are_kins(struct remains *r);
/* remains_expect - @mm, which has nothing yet, will have at the same addresses
 * what its kin before it had, if there was one. */
void remains_expect(struct mm *mm);
/* remains_change - make what is pending the difference between what the host
 * has and what page tables say. */
void remains_change(struct mm *mm);
/* remains_use - queue in `taken` what is pending; what is parked, and is to be
 * mapped as it was, gets its protection back instead. */
void remains_use(struct mm *mm);
/* home_fini - give back the host's side: home.c. */
void home_fini(struct mm *mm);
/* as_settle - flush if other threads may see what was taken away; wait if what
 * another takes away may still be there in place of what was made. */
void as_settle(struct mm *mm);

/* What the host is to allow: AS_* of LX_PROT_*; write only if @writable. */
static inline uint32_t
host_prot(uint32_t prot, bool writable)
{
	uint32_t p = 0;

	if (prot & (LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC))
		p |= AS_READ;
	if ((prot & LX_PROT_WRITE) && writable)
		p |= AS_WRITE;
	if (prot & LX_PROT_EXEC)
		p |= AS_EXEC;
	return p;
}

/* vma.c */
struct vma *vma_find(struct mm *mm, uint64_t va);    /* holding @va */
struct vma *vma_from_on(struct mm *mm, uint64_t va); /* first with end > va */
struct vma *vma_next(struct vma *v);
struct vma *vma_prev(struct vma *v);
/* vma_new - like @like (or empty), for [start, end); not yet in the map. */
struct vma *vma_new(struct mm *mm, uint64_t start, uint64_t end,
		    const struct vma *like);
void vma_link(struct vma *v);
void vma_free(struct vma *v); /* out of the map, and gone */
/* vma_split - @v ends at @at, a new one goes on from there.  -ENOMEM (also
 * past MAP_COUNT_MAX). */
MUST_CHECK int vma_split(struct vma *v, uint64_t at);
/* vma_bounds - make [start, end) begin and end at VMA bounds. */
MUST_CHECK int vma_bounds(struct mm *mm, uint64_t start, uint64_t end);
/* vma_merge - join what is alike around and inside [start, end). */
void vma_merge(struct mm *mm, uint64_t start, uint64_t end);
/* vma_resize - change a linked VMA's bounds (pgoff follows the start). */
void vma_resize(struct vma *v, uint64_t start, uint64_t end);
/* vma_retype - change prot and flags of a linked VMA, with accounting. */
void vma_retype(struct vma *v, uint32_t prot, uint32_t flags);
/* vm_may_grow - RLIMIT_AS and RLIMIT_DATA allow @pages more of such, and it is
 * no obvious overcommitment. */
bool vm_may_grow(struct mm *mm, uint32_t prot, uint32_t flags, uint64_t pages);
/* vm_is_sane - could guest RAM hold @pages of such? */
bool vm_is_sane(uint32_t prot, uint32_t flags, uint64_t pages);
bool vma_is_data(uint32_t prot, uint32_t flags);

/* unmap.c */
/* zap_range - take all pages of [start, end) away; @even_private: also a
 * file mapping's own copies. */
void zap_range(struct mm *mm, uint64_t start, uint64_t end, bool even_private);
MUST_CHECK int unmap_range(struct mm *mm, uint64_t start, uint64_t end);
/* in_hole - does [start, end) touch the fixed region? */
bool in_hole(uint64_t start, uint64_t end);

/* map.c */
MUST_CHECK int find_space(struct mm *mm, uint64_t hint, uint64_t len,
			  uint32_t flags, uint64_t *out);
/* find_gap - the highest place for @len bytes in [lo, hi). */
MUST_CHECK int find_gap(struct mm *mm, uint64_t lo, uint64_t hi, uint64_t len,
			uint64_t *out);
/* locked_ok - RLIMIT_MEMLOCK allows @pages more. */
bool locked_ok(struct mm *mm, uint64_t pages);

/* anon.c, cow.c, filemap.c, fault.c */
MUST_CHECK int anon_fault(struct vma *v, uint64_t va);
/* anon_ahead - map [start, end) at once, populate the first @populate bytes
 * of it; best effort.  @lazily: it may wait for other ops. */
void anon_ahead(struct vma *v, uint64_t start, uint64_t end, uint64_t populate,
		bool lazily);
MUST_CHECK int cow_fault(struct vma *v, uint64_t va, pte_t p);
MUST_CHECK int file_fault(struct vma *v, uint64_t va, bool write);
/* share_changes - @va's block, shared, is about to become writable.  Returns:
 * whether it slept; then start over. */
bool share_changes(struct vma *v, uint64_t va);
/* file_ahead - map what is in the cache already. */
void file_ahead(struct vma *v, uint64_t start, uint64_t end);
/* own_page - make @va's page a private frame with @src's bytes. */
MUST_CHECK int own_page(struct vma *v, uint64_t va, const void *src);

/* fork.c - after a fork */
/* fork_note - @va, which was frame @fn, was written after a fork. */
void fork_note(struct mm *mm, uint64_t va, uint64_t fn);
/* fork_forget - @mm goes: its children have no parent any more. */
void fork_forget(struct mm *mm);

/* patch.c - system calls made jumps */
/* patch_drop - [start, end) is about to be written, or to move: the program's
 * own bytes show again. */
void patch_drop(struct mm *mm, uint64_t start, uint64_t end);
/* patch_disturb - something is done to [start, end): if trampolines are there,
 * nothing may jump to them any more. */
void patch_disturb(struct mm *mm, uint64_t start, uint64_t end);
/* patch_owns - is @v a mapping of trampolines? */
bool patch_owns(const struct vma *v);
/* patch_forget - the patched page at @va is no more; ptable.c. */
void patch_forget(struct mm *mm, uint64_t va);
/* patch_hide - @buf holds [va, va + n) as the guest runs it: make it what the
 * program has there. */
void patch_hide(const struct mm *mm, uint64_t va, void *buf, size_t n);
/* patch_fork - after its pages, @dst gets what @src knows of patches. */
MUST_CHECK int patch_fork(const struct mm *src, struct mm *dst);
void patch_free(struct mm *mm);
/* shelf_show - map the pages of @v, which is new, that have jumps. */
void shelf_show(struct vma *v);
/* shelf_drop - @pc's pages change, or go: no more jumps from before. */
void shelf_drop(struct pagecache *pc);
/* shelf_pages - frames that all of them hold. */
uint64_t shelf_pages(void);
/* patch_count - how many there were. */
uint32_t patch_count(const struct mm *mm);

/* copies.c - private copies made ahead */
void copies_note(struct vma *v, uint64_t va);
void copies_make(struct vma *v);
/* copies_may_be - may pages of @v's file be copied before they are written? */
bool copies_may_be(const struct vma *v);

/* ahead.c - guessing */
/* ahead_watch - @n frames from @fn on were mapped but not populated; _judge:
 * were they used since? */
void ahead_watch(struct mm *mm, uint64_t fn, uint64_t n);
void ahead_judge(struct mm *mm);
/* ahead_is_dense - is all of a block worth populating? */
bool ahead_is_dense(struct mm *mm);
/* ahead_small - what to do for a new small mapping; if AHEAD_MAP is done,
 * ahead_probe(). */
enum ahead_plan ahead_small(struct mm *mm);
void ahead_probe(struct mm *mm, uint64_t va);
/* ahead_missed - AHEAD_NOTHING was done, and a fault came. */
void ahead_missed(struct mm *mm);
/* ahead_file - is @v, a new small mapping of a file, worth telling the host at
 * once?  ahead_file_missed: it was left to wait, and a fault came. */
bool ahead_file(const struct vma *v);
void ahead_file_missed(const struct vma *v);
void ahead_unmapping(struct mm *mm, uint64_t start, uint64_t end);
/* ahead_count - find out which blank pages have been touched, if there are
 * many. */
void ahead_count(struct mm *mm);
/* fault_in - make @va usable for the kernel.  @force: whatever the PROT.
 * Returns: 0, -EFAULT, -ENOMEM.  Sleeps. */
MUST_CHECK int fault_in(struct mm *mm, uint64_t va, bool write, bool force);
/* populate - fault in [start, end), as mlock(2) does.  Sleeps. */
MUST_CHECK int populate(struct mm *mm, uint64_t start, uint64_t end,
			bool write);

/* usercopy.c */
/* usercopy_settle - nobody writes to the frames of @mm without the kernel lock
 * any more, until the caller sleeps or returns.  Sleeps. */
void usercopy_settle(struct mm *mm);

/* shm.c - MAP_SHARED | MAP_ANONYMOUS */
MUST_CHECK int shm_new(uint64_t len, struct mappable **out);

/* pagecache.c, for filemap.c and reclaim.c */
/* pc_get - the frame of page @index, read if need be; referenced for the
 * caller.  -ENOMEM, -EIO; -ERANGE past the end.  Sleeps: *@slept. */
MUST_CHECK int pc_get(struct pagecache *pc, uint64_t index, uint64_t *fn,
		      bool *slept);
/* pc_peek - the frame of page @index if it is there, else 0. */
uint64_t pc_peek(struct pagecache *pc, uint64_t index);
void pc_mark_dirty(struct pagecache *pc, uint64_t index);
/* pc_shrink - drop up to @pages clean pages nobody maps. Returns: dropped. */
uint64_t pc_shrink(uint64_t pages);
/* pc_shrink_mapped - the same of clean pages that are mapped.  Sleeps. */
uint64_t pc_shrink_mapped(uint64_t pages);

/* --- program.c ------------------------------------------------------------ */

/* program_trim - the frames that programs yet to come would share are given to
 * the host, if none came since this was called last.  program_shares - are
 * there any? */
void program_trim(void);
bool program_shares(void);

#endif /* MM_INTERNAL_H */
