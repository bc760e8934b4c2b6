/* SPDX-License-Identifier: MIT */
/*
 * tracer/pool.c - the keeper: one thread that makes, recycles and buries all
 * guest processes.
 *
 * They die with the thread that forked them (PDEATHSIG), so it lives as long
 * as viv.  Callers take a spare and never wait for a fork unless there is
 * none; what they give back is wiped by the keeper, off their path.  It sleeps
 * in sigwaitinfo(): SIGCHLD is a death, POKE_SIGNAL is work.
 */
#include "include/types.h"
#include "tracer/internal.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POKE_SIGNAL	(SIGRTMIN + 4)
#define SPARE_MIN	2u  /* kept warm always */
#define SPARE_MAX	24u /* recycled ones beyond are let go */
#define SPARE_SHARE	8u  /* of the descriptors we may open: each has one */
#define STOP_PATIENCE_S 1

static struct {
	pthread_mutex_t lock;
	pthread_cond_t has_spare;
	pthread_t keeper;
	pid_t keeper_tid;
	struct aspace *spare, *live, *freed; /* lists */
	unsigned nspare, target, most;	     /* most: the bound of target */
	unsigned wanted;		     /* callers that wait */
	unsigned failures;		     /* since the last success */
	int error; /* why the last one could not be made */
	bool is_poked, is_stopping;
} pool = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.has_spare = PTHREAD_COND_INITIALIZER,
	.target = SPARE_MIN,
};

static void
poke_locked(void)
{
	if (pool.is_poked || !pool.keeper_tid)
		return;
	pool.is_poked = true;
	syscall(SYS_tgkill, getpid(), pool.keeper_tid, POKE_SIGNAL);
}

static void
list_remove(struct aspace **list, struct aspace *as)
{
	for (; *list; list = &(*list)->next) {
		if (*list == as) {
			*list = as->next;
			return;
		}
	}
}

/* --- callers --- */

int
pool_get(struct aspace **out)
{
	struct aspace *as;
	int err = 0;

	pthread_mutex_lock(&pool.lock);
	pool.wanted++;
	if (!pool.spare && pool.target < pool.most)
		pool.target++; /* demand comes in bursts this large */
	while (!(as = pool.spare) && !pool.is_stopping) {
		unsigned failures = pool.failures;

		poke_locked();
		pthread_cond_wait(&pool.has_spare, &pool.lock);
		if (!pool.spare && pool.failures != failures) {
			err = pool.error;
			break;
		}
	}
	pool.wanted--;
	if (as) {
		pool.spare = as->next;
		pool.nspare--;
		as->next = pool.live;
		pool.live = as;
		*out = as;
		err = 0;
	} else if (!err) {
		err = -ESHUTDOWN;
	}
	if (pool.nspare < SPARE_MIN)
		poke_locked();
	pthread_mutex_unlock(&pool.lock);
	return err;
}

void
pool_put(struct aspace *as)
{
	pthread_mutex_lock(&pool.lock);
	list_remove(&pool.live, as);
	as->next = pool.freed;
	pool.freed = as;
	poke_locked();
	pthread_mutex_unlock(&pool.lock);
}

/* --- the keeper --- */

static void
add_spare(struct aspace *as)
{
	pthread_mutex_lock(&pool.lock);
	as->next = pool.spare;
	pool.spare = as;
	pool.nspare++;
	pthread_cond_broadcast(&pool.has_spare);
	pthread_mutex_unlock(&pool.lock);
}

atomic_uint guest_processes;

/* Dying processes whose struct is still needed; keeper only. */
static struct aspace *dying;

static void
bury(struct aspace *as)
{
	as->is_freed = true;
	if (as->is_reaped) {
		aspace_release(as);
		return;
	}
	kill(as->pid, SIGKILL);
	as->next = dying;
	dying = as;
}

static void
recycle(struct aspace *as)
{
	int err = atomic_load(&as->is_dead)	 ? -ESRCH
		  : atomic_load(&as->is_tainted) ? -EPERM
						 : 0;
	bool is_many;

	pthread_mutex_lock(&pool.lock);
	is_many = pool.nspare >= MIN(pool.target + SPARE_MIN, pool.most);
	pthread_mutex_unlock(&pool.lock);
	if (!err && !is_many)
		err = aspace_wipe(as);
	if (err || is_many)
		bury(as);
	else
		add_spare(as);
}

static struct aspace *
find_pid(struct aspace *list, pid_t pid)
{
	for (; list; list = list->next)
		if (list->pid == pid && !list->is_reaped)
			return list;
	return NULL;
}

static struct aspace *
find_anywhere(pid_t pid, bool *is_spare)
{
	struct aspace *as = find_pid(pool.live, pid);

	*is_spare = false;
	if (!as)
		as = find_pid(pool.freed, pid);
	if (!as)
		as = find_pid(dying, pid);
	if (!as) {
		as = find_pid(pool.spare, pid);
		*is_spare = as != NULL;
	}
	return as;
}

static void
reap(void)
{
	struct aspace *as;
	bool is_spare;
	siginfo_t si;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si,
			   WEXITED | WNOHANG | __WNOTHREAD | __WALL) < 0 ||
		    !si.si_pid)
			return;
		pthread_mutex_lock(&pool.lock);
		atomic_fetch_sub(&guest_processes, 1);
		pthread_cond_broadcast(&pool.has_spare);
		as = find_anywhere(si.si_pid, &is_spare);
		if (as) {
			as->is_reaped = true;
			as->died_of =
				si.si_code == CLD_EXITED ? 0 : si.si_status;
			aspace_died(as);
		}
		if (is_spare) {
			list_remove(&pool.spare, as);
			pool.nspare--;
		}
		pthread_mutex_unlock(&pool.lock);
		if (as && (as->is_freed || is_spare)) {
			list_remove(&dying, as);
			aspace_release(as);
		}
	}
}

static bool
recycle_one(void)
{
	struct aspace *as;

	pthread_mutex_lock(&pool.lock);
	as = pool.freed;
	if (as)
		pool.freed = as->next;
	pthread_mutex_unlock(&pool.lock);
	if (as)
		recycle(as);
	return as;
}

/* Make a process if one is missing.  Returns false when there is no more to
 * do for now. */
static bool
refill_one(void)
{
	struct aspace *as;
	bool is_short, is_missed;
	int err;

	pthread_mutex_lock(&pool.lock);
	is_short = !pool.is_stopping &&
		   (pool.nspare < pool.wanted || pool.nspare < SPARE_MIN);
	pthread_mutex_unlock(&pool.lock);
	if (!is_short)
		return false;
	err = aspace_make(&as);
	if (!err) {
		add_spare(as);
		return true;
	}
	/* What dies gives back what there is too little of: SIGCHLD comes. */
	if (dying)
		return false;
	pthread_mutex_lock(&pool.lock);
	is_missed = pool.wanted;
	pool.error = err;
	pool.failures++;
	pthread_cond_broadcast(&pool.has_spare);
	pthread_mutex_unlock(&pool.lock);
	if (is_missed)
		tracer_log(2, "no guest process: %s", strerror(-err));
	return false;
}

/* What pool_start() hands the keeper, and waits for. */
struct start {
	const struct backend *const *list;
	char *why;
	size_t whylen;
	bool is_done;
	int err;
};

static void
choose(struct start *st)
{
	struct aspace *as = NULL;
	int err = -ENODEV;

	for (; *st->list; st->list++) {
		err = backend_try(*st->list, &as, st->why, st->whylen);
		if (!err)
			break;
	}
	if (!err)
		add_spare(as);
	pthread_mutex_lock(&pool.lock);
	st->err = err;
	st->is_done = true;
	pthread_cond_broadcast(&pool.has_spare);
	pthread_mutex_unlock(&pool.lock);
}

static void *
keeper_main(void *arg)
{
	sigset_t set;

	prctl(PR_SET_NAME, "viv-keeper");
	is_keeper = true;
	choose(arg);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, POKE_SIGNAL);
	pthread_mutex_lock(&pool.lock);
	pool.keeper_tid = (pid_t)syscall(SYS_gettid);
	pthread_mutex_unlock(&pool.lock);
	for (;;) {
		pthread_mutex_lock(&pool.lock);
		pool.is_poked = false;
		pthread_mutex_unlock(&pool.lock);
		do
			reap();
		while (recycle_one() || refill_one());
		sigwaitinfo(&set, NULL);
	}
	return NULL;
}

int
pool_start(const struct backend *const *list, char *why, size_t whylen)
{
	struct sigaction sa = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	struct start st = {.list = list, .why = why, .whylen = whylen};
	unsigned share = tracer_env.host_files / SPARE_SHARE;
	sigset_t set;
	int err;

	pool.most = tracer_env.host_files
			    ? MIN(MAX(share, SPARE_MIN), SPARE_MAX)
			    : SPARE_MAX;

	/* Stops of traced threads are not news; no SIG_IGN: we wait. */
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, POKE_SIGNAL);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	err = pthread_create(&pool.keeper, NULL, keeper_main, &st);
	if (err)
		return -err;
	pthread_mutex_lock(&pool.lock);
	while (!st.is_done)
		pthread_cond_wait(&pool.has_spare, &pool.lock);
	pthread_mutex_unlock(&pool.lock);
	return st.err;
}

static void
kill_all_locked(void)
{
	struct aspace *lists[] = {pool.live, pool.spare, pool.freed};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (struct aspace *as = lists[i]; as; as = as->next)
			if (!as->is_reaped)
				kill(as->pid, SIGKILL);
}

void
pool_stop(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += STOP_PATIENCE_S;
	pthread_mutex_lock(&pool.lock);
	pool.is_stopping = true;
	pthread_cond_broadcast(&pool.has_spare);
	while (atomic_load(&guest_processes)) {
		/* Again each time: the keeper may have been making one. */
		kill_all_locked();
		if (pthread_cond_timedwait(&pool.has_spare, &pool.lock, &ts))
			break;
	}
	pthread_mutex_unlock(&pool.lock);
}
