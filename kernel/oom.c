/* SPDX-License-Identifier: MIT */
/*
 * kernel/oom.c - the guest's OOM killer: --memory is used up and nothing can
 * be reclaimed.  The largest process goes (proc(5), oom_score_adj).
 */
#include "kernel/oom.h"

#include "base/log.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/mm.h"

#define WAIT_NS 1000000000ull

static struct mm *
mm_of(const struct process *p)
{
	struct task *t;

	LIST_EACH(t, &p->threads, in_process)
		if (t->mm)
			return t->mm;
	return NULL;
}

int
oom_score(const struct process *p)
{
	struct mm_totals tot;
	struct mm_stat st;
	struct mm *mm = mm_of(p);
	int64_t score;

	if (!mm || p->oom_score_adj == -1000)
		return 0;
	mm_totals(&tot);
	mm_stat(mm, &st);
	score = (int64_t)((st.rss_anon + st.rss_shmem) * PAGE_SIZE * 1000 /
			  MAX(tot.total, 1ull));
	score += p->oom_score_adj;
	return (int)MAX(score, (int64_t)1);
}

struct search {
	struct process *worst;
	int score;
};

static void
consider(struct process *p, void *arg)
{
	struct search *s = arg;
	int score;

	if (p->is_zombie || process_is_init(p))
		return;
	score = oom_score(p);
	if (score > s->score) {
		s->worst = p;
		s->score = score;
	}
}

bool
oom_kill(struct task *t)
{
	struct search s = {0};
	struct process *p;
	int pid;

	process_each(consider, &s);
	p = s.worst;
	if (!p) {
		log_error("out of memory, and nobody to kill but init");
		signal_force_fault(t, LX_SIGKILL, LX_SI_KERNEL, 0);
		task_exit_group(t, LX_SIGKILL);
		return false;
	}
	pid = p->pid;
	if (!p->is_group_exit)
		log_warn("out of memory: killed process %d (%s)", pid,
			 p->leader->comm);
	(void)!signal_process(p, LX_SIGKILL, NULL);
	if (p == t->proc)
		return true;
	/* Wait for its memory. */
	for (uint64_t end = clock_monotonic_ns() + WAIT_NS;
	     clock_monotonic_ns() < end && !t->is_kill_pending;) {
		p = process_find(pid);
		if (!p || p->is_zombie)
			break;
		(void)!task_sleep_killable(t, "oom",
					   clock_monotonic_ns() + 1000000);
	}
	return true;
}

static bool
make_room(struct mm *mm)
{
	struct task *t = current_task();

	(void)mm;
	return t && oom_kill(t) && !t->is_kill_pending;
}

void
oom_init(void)
{
	mm_oom = make_room;
}
