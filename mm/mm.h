/* SPDX-License-Identifier: MIT */
/*
 * mm/mm.h - a guest address space: mmap(2) and kin as functions.
 *
 * An mm is shared by the tasks of a process (and by vfork(2), CLONE_VM) and
 * counted.  Its VMAs say what should be mapped where; its page table which
 * frame each page has; mm/aspace.c what the host has mapped of it, and the
 * batch of changes that still has to reach the host.
 *
 * All under the kernel lock; functions that may read pages from disk sleep.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "arch/um/trap.h"
#include "include/annotate.h"
#include "include/types.h"

struct mappable;
struct mappable_ops;
struct mm;
struct remains;
struct strbuf;

/* Sizes and addresses of an executed program, for /proc and prctl(2). */
struct mm_layout {
	uint64_t start_code, end_code, start_data, end_data;
	uint64_t start_brk, brk, start_stack;
	uint64_t arg_start, arg_end, env_start, env_end;
	uint64_t auxv[64];
	uint32_t nauxv;
};

/* Limits the task layer sets (bytes, RLIM_INFINITY = UINT64_MAX). */
struct mm_limits {
	uint64_t as, data, stack, memlock;
};

/* How far a program's parts are from where they would be without address space
 * randomization, in bytes. */
struct mm_slides {
	uint64_t mmap, exe, brk, stack;
	uint64_t owner; /* as mm_randomize() got it */
	bool is_random; /* else all are 0 */
	uint32_t left;	/* how many more programs may have the same */
};

#define MM_OWNER_ALONE UINT64_MAX

/* mm_new - an empty address space, one reference, without slides. */
MUST_CHECK int mm_new(struct mm **out);
/* mm_need_home - have a host side, if it has none yet; best that of a former
 * program with the same @kin.  Sleeps (a host process may have to be made).
 * -EAGAIN: the host's limits allow no more; -ENOMEM. */
MUST_CHECK int mm_need_home(struct mm *mm, uint64_t kin);
/* homes_init - @host_files: how many the host lets be open; a process is one.
 */
void homes_init(uint32_t host_files);
/* host_room_hook - the host said @err to making a process: called to have room
 * made; returns whether that is worth another try.  NULL: nobody can. */
extern bool (*host_room_hook)(int64_t err);
/*
 * mm_randomize - @mm, which is empty, gets its slides, and its base of mmap(2).
 * They are those of the program before in its host process if that was of the
 * same kin and @owner, so that much is mapped already; drawn now if not, or
 * after some turns, and if @owner is MM_OWNER_ALONE.
 */
const struct mm_slides *mm_randomize(struct mm *mm, uint64_t owner,
				     bool is_random);
struct mm *mm_get(struct mm *mm);
void mm_put(struct mm *mm);

/* A host thread: the machine's number, and its carrier if the kernel runs on
 * it; else 0, and nothing below is of use. */
struct mm_thread {
	int id;
	uint32_t carrier;
	uint32_t facts; /* which entry it answers from: arch/um/facts.h */
};

/* What a task has left, while it may still be on that thread. */
struct mm_left {
	struct mm *mm; /* counted: one of its threads.  NULL: .. */
	int as_id;     /* .. the one in an address space that nobody has */
	struct mm_thread thread; /* .carrier 0: nothing was left */
	uint64_t kin;
	struct mm_slides slides;
	struct remains *remains;
};

/* mm_take_thread - a host thread of @mm's that waits.  False: none does. */
bool mm_take_thread(struct mm *mm, struct mm_thread *out);
/* mm_thread_made - the machine made one. */
void mm_thread_made(struct mm *mm);
/* mm_leave - the calling task gives up @mm and @t, where it may be; before
 * mm_unuse().  False: then THREAD_FREE is for the caller.  Sleeps. */
bool mm_leave(struct mm *mm, const struct mm_thread *t, struct mm_left *left);
/* mm_left_alone - if it is of no use to anyone any more, free it.  Returns
 * whether it did; then it may have slept. */
bool mm_left_alone(struct mm_left *left);
/* mm_left_done - others may have it: the caller is off it, or will be before
 * it gives up the kernel lock.  mm_left_alone() has just returned false. */
void mm_left_done(struct mm_left *left);
/* mm_may_move - is mm_move() from @mm, whose task has @t, the thing to do for a
 * program of @kin? */
bool mm_may_move(const struct mm *mm, const struct mm_thread *t, uint64_t kin);
/* mm_move - give @to, which has none, the host side of @from, whose only task
 * calls, and with it the thread, as new.  False: it cannot.  Sleeps. */
bool mm_move(struct mm *from, struct mm *to, uint64_t kin);

/* mm_fork - a copy-on-write copy of @src, with a host side. */
MUST_CHECK int mm_fork(struct mm *src, struct mm **out);

struct mm_layout *mm_layout(struct mm *mm);
struct mm_limits *mm_limits(struct mm *mm);

/* mm_as_id - the machine's number of its host address space. */
int mm_as_id(struct mm *mm);

/*
 * mm_map - mmap(2). @prot LX_PROT_*, @flags LX_MAP_*; @m is the file's
 * mappable for file mappings, else NULL; @off in bytes.
 * Returns: 0 and *@out, or mmap(2)'s errors.
 */
MUST_CHECK int mm_map(struct mm *mm, uaddr_t hint, uint64_t len, uint32_t prot,
		      uint32_t flags, struct mappable *m, uint64_t off,
		      uaddr_t *out);
MUST_CHECK int mm_unmap(struct mm *mm, uaddr_t at, uint64_t len);
/* mm_detach - shmdt(2): unmap all that is left of the mapping made at @at of a
 * whole mappable with these @ops. Returns: 0, -EINVAL. */
MUST_CHECK int mm_detach(struct mm *mm, uaddr_t at,
			 const struct mappable_ops *ops);
MUST_CHECK int mm_protect(struct mm *mm, uaddr_t at, uint64_t len,
			  uint32_t prot);
MUST_CHECK int mm_remap(struct mm *mm, uaddr_t old_at, uint64_t old_len,
			uint64_t new_len, uint32_t flags, uaddr_t new_at,
			uaddr_t *out);
/* mm_brk - brk(2): returns the new or, if refused, the present break. */
uaddr_t mm_brk(struct mm *mm, uaddr_t want);
MUST_CHECK int mm_advise(struct mm *mm, uaddr_t at, uint64_t len, int advice);
MUST_CHECK int mm_sync(struct mm *mm, uaddr_t at, uint64_t len, int flags);
/* mm_incore - one byte per page into kernel buffer @vec. */
MUST_CHECK int mm_incore(struct mm *mm, uaddr_t at, uint64_t len, uint8_t *vec);
MUST_CHECK int mm_lock(struct mm *mm, uaddr_t at, uint64_t len, bool lock,
		       bool on_fault);
MUST_CHECK int mm_lock_all(struct mm *mm, int flags, bool lock);

/* mm_map_stack - the main stack, growing down from @top. */
MUST_CHECK int mm_map_stack(struct mm *mm, uint64_t top, uint64_t initial,
			    uint32_t prot);

/* What a fault the guest took comes to. */
struct fault_result {
	int signo; /* 0: resolved, run on */
	int code;  /* SEGV_MAPERR, SEGV_ACCERR, BUS_ADRERR */
	uint64_t addr;
	bool oom; /* memory is out: the OOM killer must act, then retry */
};

/* mm_fault - resolve a page fault for a neighbourhood.  @sp: the guest's
 * stack pointer (stack growth).  Sleeps: for I/O. */
void mm_fault(struct mm *mm, uint64_t addr, uint32_t error_code, uint64_t sp,
	      struct fault_result *res);

/* mm_host_error - the host itself refused to give a page (SIGBUS in our own
 * mapping, ENOMEM): what the guest must get. */
void mm_host_error(struct mm *mm, uint64_t addr, struct fault_result *res);

/*
 * mm_take_ops - the changes that must reach the host before guest code runs
 * on, to travel with the run of @thread (the machine's number), or none; valid
 * until mm_ops_done(), which must follow in any case.  If others share the
 * mm or a flush is under way they may not travel: mm_must_flush() says so
 * beforehand.  mm_flush - apply them now.  Sleeps.
 */
uint32_t mm_take_ops(struct mm *mm, int thread, const struct as_op **ops);
bool mm_must_flush(const struct mm *mm);
void mm_ops_done(struct mm *mm);
/* mm_ops_failed - instead of mm_ops_done(), when the host refused the batch:
 * everything is unmapped and faults in again.  To be tried a few times. */
void mm_ops_failed(struct mm *mm);
MUST_CHECK int mm_flush(struct mm *mm);

/*
 * mm_oom - set by the task layer: memory is out while the kernel itself
 * touches guest memory for @mm's task.  Returns: true to try again (something
 * was killed and is gone), false: the access fails with -EFAULT.
 */
extern bool (*mm_oom)(struct mm *mm);

/* mm_users - tasks that use it (set by the task layer by mm_use/unuse). */
void mm_use(struct mm *mm);
void mm_unuse(struct mm *mm);
int mm_users(const struct mm *mm);

/* For /proc and rusage. */
struct mm_stat {
	uint64_t total_vm, rss_anon, rss_file, rss_shmem, data_vm, stack_vm;
	uint64_t exec_vm, locked_vm, peak_vm, peak_rss; /* all in pages */
};
void mm_stat(struct mm *mm, struct mm_stat *out);
uint64_t mm_min_faults(struct mm *mm);
uint64_t mm_maj_faults(struct mm *mm);

/* One VMA, for /proc/PID/maps and kin. */
struct vma_info {
	uint64_t start, end, off, dev, ino;
	uint32_t prot;	    /* LX_PROT_* */
	uint32_t flags;	    /* LX_MAP_SHARED, _GROWSDOWN, ... */
	uint64_t rss, anon; /* pages */
	char name[256];
};
/* mm_vma_at - the first VMA with end > @at. Returns: false when none. */
bool mm_vma_at(struct mm *mm, uint64_t at, struct vma_info *out);

/* mm_backtrace - log, at @level, the frames of the guest code that stopped with
 * @regs. */
void mm_backtrace(struct mm *mm, const struct um_regs *regs, uint32_t level);

/* mm_init - set up frames and accounting; @limit_bytes is --memory, @has_large:
 * the host may have large pages for us. */
void mm_init(uint64_t limit_bytes, bool has_large);

/* Memory of the whole guest, bytes, for meminfo and sysinfo. */
struct mm_totals {
	uint64_t total, free, anon, cached, dirty, shmem, kernel, mapped;
	uint64_t ahead; /* of anon: populated before it was asked for */
	uint64_t spare; /* of free: the host's memory, for use again */
};
void mm_totals(struct mm_totals *out);

/* mm_reclaim - try to free at least @bytes (clean page cache, populated and
 * never used pages). Returns: bytes freed. */
uint64_t mm_reclaim(uint64_t bytes);

#endif /* MM_MM_H */
