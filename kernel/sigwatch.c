/* SPDX-License-Identifier: MIT */
/*
 * kernel/sigwatch.c - ignored signals, for whoever watches the guest.
 *
 * On Linux a tracer sees the signals that its tracee ignores as well.  Here
 * they change nothing, nobody wakes up: they are noted with the task, and told
 * when it next goes back to guest code.
 */
#include "base/slab.h"
#include "kernel/internal.h"
#include "kernel/signal.h"
#include "kernel/trap.h"

struct unseen {
	struct list link;
	struct lx_siginfo info;
};

static bool
is_noted(struct task *t, int sig)
{
	struct unseen *u;

	LIST_EACH(u, &t->unseen, link)
		if (u->info.si_signo == sig)
			return true;
	return false;
}

void
sigwatch_ignored(struct task *t, const struct lx_siginfo *info)
{
	struct unseen *u;

	if (!trap_observer || !t || !t->mm || is_noted(t, info->si_signo))
		return;
	u = KNEW(struct unseen);
	if (!u)
		return;
	u->info = *info;
	list_append(&t->unseen, &u->link);
}

void
sigwatch_show(struct task *t)
{
	while (!list_empty(&t->unseen)) {
		struct unseen *u = LIST_FIRST(&t->unseen, struct unseen, link);

		list_del(&u->link);
		if (trap_observer)
			trap_observer->signal(t, &u->info);
		kfree(u);
	}
}

void
sigwatch_forget(struct task *t)
{
	struct unseen *u, *tmp;

	LIST_EACH_SAFE(u, tmp, &t->unseen, link) {
		list_del(&u->link);
		kfree(u);
	}
}
