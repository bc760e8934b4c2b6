/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/hypercall.c - the dispatch: number to function.  Each function
 * checks its own arguments (arch/um/host/check.c).
 */
#include "arch/um/host/host.h"
#include "arch/um/hypercall_abi.h"

int64_t hypercall_dispatch(uint64_t nr, uint64_t a, uint64_t b, uint64_t c,
			   uint64_t d, uint64_t e, uint64_t f, uint64_t frame);

typedef int64_t hypercall_fn(const uint64_t *a);

static hypercall_fn *const table[HC_MAX] = {
#define HYPERCALL(nr, name, nargs) [nr] = hc_##name,
#include "arch/um/hypercall.def"
#undef HYPERCALL
};

__thread uint64_t in_hypercall;

/* @frame: a[6] for those few that want to know who called. */
int64_t
hypercall_dispatch(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		   uint64_t e, uint64_t f, uint64_t frame)
{
	const uint64_t args[7] = {a, b, c, d, e, f, frame};
	int64_t ret;

	if (atomic_load_explicit(&mach.is_stopping, memory_order_relaxed))
		machine_park();
	if (nr >= HC_MAX || !table[nr])
		return -ENOSYS;
	in_hypercall = nr;
	ret = table[nr](args);
	in_hypercall = 0;
	if (atomic_load_explicit(&mach.is_stopping, memory_order_relaxed))
		machine_park();
	return ret;
}

/* What the kernel's own side of the machine does where it runs in guest
 * processes: whoever asks viv for it is no kernel. */
static bool
is_done_there(uint64_t nr)
{
	return nr == HC_THREAD_RUN || nr == HC_CPU_IDLE ||
	       nr == HC_CPU_SWITCH || nr == HC_CPU_GIVE;
}

int64_t
hypercall_serve(const struct hyper_args *h, uint64_t frame)
{
	if (is_done_there(h->nr))
		return -EINVAL;
	return hypercall_dispatch(h->nr, h->a, h->b, h->c, h->d, h->e, h->f,
				  frame);
}
