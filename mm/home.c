/* SPDX-License-Identifier: MIT */
/*
 * mm/home.c - where an address space is on the host, and host threads that wait
 * there for guest threads.
 *
 * Where the kernel runs on those threads (they have carriers), asking the
 * machine for a host process, or giving one back, means to leave them.  So what
 * a program leaves at its end is kept: emptied by its own thread, and as new
 * for the next.  An execve(2) of a program that is alone keeps it at once,
 * unless one waits where the same file was run before: programs of one kin may
 * have the same addresses, so that much is mapped already.
 *
 * Invariant: what is kept for others has no task on it.  A task may be the last
 * to know of the thread it is on: that is its `mm_left`, until it is elsewhere.
 */
#include "mm/internal.h"

#include "arch/um/carrier.h"
#include "arch/um/hypercall.h"
#include "base/block.h"
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"

#define HOMES_MAX   20u
#define HOMES_SHARE 8 /* they take such a part of the host's files at most */

/* So many programs in a row may have the same slides. */
#define SLIDES_TURNS 32u

#define MMAP_SLIDES  (1ull << 28) /* pages: as Linux, x86-64 */
#define EXE_SLIDES   (1ull << 28)
#define BRK_SLIDES   (1ull << 13)
#define STACK_SLIDES (1ull << 22)

struct home {
	int as_id;
	struct mm_thread thread;
	uint64_t kin;		 /* of who left it */
	struct mm_slides slides; /* his */
	struct remains *remains; /* NULL: nothing */
};

static struct home homes[HOMES_MAX];
static uint32_t nhomes, nleaving; /* kept; to be kept soon */
static uint32_t homes_most = HOMES_MAX;

bool (*host_room_hook)(int64_t err);

/* The host has few descriptors: each process is one less for files. */
void
homes_init(uint32_t host_files)
{
	homes_most = MIN(MAX(host_files / HOMES_SHARE, 1u), HOMES_MAX);
}

static void
thread_free(const struct mm_thread *t)
{
	if (HYPER1(THREAD_FREE, t->id) < 0)
		log_once("the machine cannot free thread %d", t->id);
}

static bool
is_dead(const struct mm_thread *t)
{
	return atomic_load(&carrier_at(t->carrier)->is_dead);
}

static void
home_free(struct home *h)
{
	thread_free(&h->thread);
	HYPER1(AS_FREE, h->as_id);
	remains_free(h->remains);
}

/* The last that one of @kin left; `nhomes`: none did. */
static uint32_t
find_kin(uint64_t kin)
{
	for (uint32_t i = nhomes; i--;)
		if (homes[i].kin == kin)
			return i;
	return nhomes;
}

static struct home
take_at(uint32_t i)
{
	struct home h = homes[i];

	nhomes--;
	memmove(&homes[i], &homes[i + 1], (nhomes - i) * sizeof(homes[0]));
	return h;
}

/* One that is kept: where most may be mapped already; or, if there can be no
 * more (as @is_last knows), that has waited longest.  False: there is none. */
static bool
take_home(struct mm *mm, bool is_last)
{
	for (;;) {
		uint32_t i = find_kin(mm->kin);
		bool is_kin = i < nhomes;
		struct home h;

		if (!nhomes ||
		    (!is_kin && !is_last && nhomes + nleaving < homes_most))
			return false;
		h = take_at(is_kin ? i : 0);
		if (is_dead(&h.thread)) {
			home_free(&h);
			continue;
		}
		mm->as_id = h.as_id;
		mm->remains = h.remains;
		mm->waiting[0] = h.thread;
		mm->nwaiting = mm->nthreads = 1;
		if (is_kin) {
			mm->slides = h.slides;
			remains_are_kins(h.remains);
		}
		return true;
	}
}

int
mm_need_home(struct mm *mm, uint64_t kin)
{
	int64_t id;

	if (mm->as_id >= 0)
		return 0;
	mm->kin = kin;
	if (take_home(mm, false))
		return 0;
	do {
		klock_drop();
		id = HYPER0(AS_NEW);
		klock_take();
		if (id < 0 && take_home(mm, true))
			return 0;
	} while (id < 0 && host_room_hook && host_room_hook(id));
	if (id < 0)
		log_once("the host has no process more for the guest: %s",
			 str_errno((int)-id));
	/* Linux: a limit is EAGAIN here, whichever it is. */
	if (id == -EMFILE || id == -ENFILE)
		id = -EAGAIN;
	if (id < 0)
		return (int)id;
	mm->as_id = (int)id;
	return 0;
}

const struct mm_slides *
mm_randomize(struct mm *mm, uint64_t owner, bool is_random)
{
	struct mm_slides *s = &mm->slides;
	uint64_t r[4] = {0};

	if (s->left && s->owner == owner && s->is_random == is_random) {
		s->left--;
		remains_expect(mm);
	} else {
		if (is_random)
			entropy(r, sizeof(r));
		*s = (struct mm_slides){
			.mmap = r[0] % MMAP_SLIDES * PAGE_SIZE,
			.exe = r[1] % EXE_SLIDES * PAGE_SIZE,
			.brk = r[2] % BRK_SLIDES * PAGE_SIZE,
			.stack = r[3] % STACK_SLIDES * PAGE_SIZE,
			.owner = owner,
			.is_random = is_random,
			.left = owner == MM_OWNER_ALONE ? 0 : SLIDES_TURNS - 1,
		};
	}
	mm->mmap_base -= s->mmap;
	return s;
}

void
home_fini(struct mm *mm)
{
	while (mm->nwaiting)
		thread_free(&mm->waiting[--mm->nwaiting]);
	if (mm->as_id >= 0)
		HYPER1(AS_FREE, mm->as_id);
	mm->as_id = -1;
	remains_free(mm->remains);
	remains_free(mm->parked);
}

/* --- threads --- */

bool
mm_take_thread(struct mm *mm, struct mm_thread *out)
{
	if (!mm->nwaiting)
		return false;
	*out = mm->waiting[--mm->nwaiting];
	return true;
}

void
mm_thread_made(struct mm *mm)
{
	mm->nthreads++;
}

/* Does nobody know @mm but the one thread it ever had? */
static bool
is_sole(const struct mm *mm)
{
	return mm->refs == 1 && mm->users == 1 && mm->nthreads == 1 &&
	       mm->as_id >= 0;
}

/* Threads of @mm's that nobody is on, who had company once, go. */
static void
be_alone(struct mm *mm)
{
	if (mm->refs != 1 || mm->users != 1 || mm->nthreads != mm->nwaiting + 1)
		return;
	for (; mm->nwaiting; mm->nthreads--)
		thread_free(&mm->waiting[--mm->nwaiting]);
}

/* Nobody needs what the host has of @mm, who has nothing from now on.  *@out is
 * what is still mapped there, or NULL. */
static bool
move_out(struct mm *mm, struct remains **out)
{
	int64_t r;

	mutex_lock(&mm->sync_lock);
	*out = remains_of(mm);
	klock_drop();
	r = HYPER2(AS_WIPE, mm->as_id, *out != NULL);
	klock_take();
	if (!r)
		mm->as_id = -1;
	else
		mm->remains = *out;
	mutex_unlock(&mm->sync_lock);
	return !r;
}

bool
mm_leave(struct mm *mm, const struct mm_thread *t, struct mm_left *left)
{
	struct remains *remains;
	int as_id = mm->as_id;

	if (!t->carrier || is_dead(t))
		return false;
	if (nhomes + nleaving < homes_most)
		be_alone(mm);
	if (is_sole(mm)) {
		if (nhomes + nleaving >= homes_most)
			return false;
		nleaving++; /* move_out() sleeps: the place is taken */
		if (!move_out(mm, &remains)) {
			nleaving--;
			return false;
		}
		*left = (struct mm_left){.as_id = as_id,
					 .thread = *t,
					 .kin = mm->kin,
					 .slides = mm->slides,
					 .remains = remains};
		return true;
	}
	if (mm->users < 2 || mm->nwaiting >= MM_WAITING_MAX)
		return false;
	*left = (struct mm_left){.mm = mm_get(mm), .thread = *t};
	return true;
}

bool
mm_left_alone(struct mm_left *left)
{
	if (!left->mm ||
	    (left->mm->refs > 1 && left->mm->nwaiting < MM_WAITING_MAX))
		return false;
	thread_free(&left->thread);
	mm_put(left->mm);
	left->mm = NULL;
	left->thread.carrier = 0;
	return true;
}

void
mm_left_done(struct mm_left *left)
{
	if (!left->thread.carrier)
		return;
	if (left->mm) {
		left->mm->waiting[left->mm->nwaiting++] = left->thread;
		mm_put(left->mm); /* not the last */
	} else {
		nleaving--;
		homes[nhomes++] = (struct home){.as_id = left->as_id,
						.thread = left->thread,
						.kin = left->kin,
						.slides = left->slides,
						.remains = left->remains};
	}
	*left = (struct mm_left){0};
}

bool
mm_may_move(const struct mm *mm, const struct mm_thread *t, uint64_t kin)
{
	bool is_copy = mm->parent && nhomes + nleaving < homes_most;

	return t->carrier && is_sole(mm) && !is_copy && find_kin(kin) == nhomes;
}

bool
mm_move(struct mm *from, struct mm *to, uint64_t kin)
{
	int as_id = from->as_id;

	if (to->as_id >= 0 || !is_sole(from) || !move_out(from, &to->remains))
		return false;
	to->as_id = as_id;
	to->kin = kin;
	to->nthreads = 1;
	return true;
}
