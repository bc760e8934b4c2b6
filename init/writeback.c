/* SPDX-License-Identifier: MIT */
/*
 * init/writeback.c - a task of the kernel's own that writes dirty files back
 * when they have been so for some seconds.  It sleeps without a timer while
 * nothing is dirty: an idle guest is idle.
 */
#include "base/log.h"
#include "base/time.h"
#include "fs/hostfs/hostfs.h"
#include "init/internal.h"
#include "kernel/block.h"

#define LINGER_NS 10000000ull

static struct task *writer;
static uint64_t until; /* it sleeps */
static bool was_told;  /* of something dirty, since it last looked */

static int
writeback_main(struct task *t)
{
	for (;;) {
		bool is_busy = was_told;
		uint64_t ns;

		was_told = false;
		until = TIME_NEVER;
		ns = hostfs_writeback();
		/* Where one thing is made dirty others are: it looks again,
		 * so that they need not wake it. */
		if (is_busy)
			ns = MIN(ns, LINGER_NS);
		if (ns != UINT64_MAX)
			until = MIN(until, clock_monotonic_ns() + ns);
		(void)!task_sleep(t, "writeback", until);
	}
	return 0;
}

static void
something_dirty(uint64_t due)
{
	was_told = true;
	if (due >= until)
		return;
	until = due;
	task_wake(writer);
}

void
init_writeback(void)
{
	if (task_spawn_kernel("writeback", writeback_main, &writer))
		log_warn("no memory for write-back: files are written back "
			 "when closed only");
	else
		hostfs_dirty_hook = something_dirty;
}
