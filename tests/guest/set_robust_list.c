/* SPDX-License-Identifier: MIT */
/* set_robust_list(2), get_robust_list(2): locks held by the dead. */
#include "tests/guest/check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>

struct lock {
	struct robust_list list;
	unsigned word;
};

static struct robust_list_head head;
static struct lock *locks; /* shared */

static void
set_and_get(void)
{
	void *got = NULL;
	size_t len = 0;

	FAILS(EINVAL, syscall(SYS_set_robust_list, &head, sizeof head - 1));
	OK(syscall(SYS_set_robust_list, &head, sizeof head));
	OK(syscall(SYS_get_robust_list, 0, &got, &len));
	CHECK(got == &head);
	IS(sizeof head, len);
	OK(syscall(SYS_get_robust_list, getpid(), &got, &len));
	FAILS(ESRCH, syscall(SYS_get_robust_list, 0x3fffffff, &got, &len));
	FAILS(EFAULT, syscall(SYS_get_robust_list, 0, unmapped_page(), &len));
	AS_NOBODY(FAILS(EPERM, syscall(SYS_get_robust_list, 1, &got, &len)));
}

static void
chain(int n)
{
	head.futex_offset = offsetof(struct lock, word);
	head.list.next = n ? &locks[0].list : &head.list;
	for (int i = 0; i < n; i++) {
		locks[i].list.next =
			i + 1 < n ? &locks[i + 1].list : &head.list;
		locks[i].word = gettid();
	}
	OK(syscall(SYS_set_robust_list, &head, sizeof head));
}

/* At death the words say so, and who waits is woken. */
static void
owner_dies(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		chain(3);
		locks[1].word = 1; /* another's: not to be touched */
		locks[2].word |= FUTEX_WAITERS;
		locks[9].word = 1;
		sleep_ms(40);
		_exit(0);
	}
	while (!*(volatile unsigned *)&locks[9].word)
		sleep_ms(1);
	while ((*(volatile unsigned *)&locks[2].word & FUTEX_TID_MASK) != 0)
		syscall(SYS_futex, &locks[2].word, FUTEX_WAIT,
			pid | FUTEX_WAITERS, NULL, NULL, 0);
	REAPS(0, pid);
	IS(FUTEX_OWNER_DIED, locks[0].word);
	IS(1, locks[1].word);
	IS(FUTEX_OWNER_DIED | FUTEX_WAITERS, locks[2].word);
}

/* Also the one it was about to take; and an endless list ends. */
static void
pending_and_endless(void)
{
	EXITS(0, {
		chain(0);
		locks[5].word = gettid();
		head.list_op_pending = &locks[5].list;
	});
	IS(FUTEX_OWNER_DIED, locks[5].word);
	EXITS(0, {
		chain(2);
		locks[1].list.next = &locks[0].list;
	});
	IS(FUTEX_OWNER_DIED, locks[0].word);
	EXITS(0, {
		chain(1);
		locks[0].list.next = unmapped_page();
	});
	IS(FUTEX_OWNER_DIED, locks[0].word);
}

/* exec ends it too. */
static void
by_exec(void)
{
	EXITS(0, {
		chain(1);
		EXEC_SELF("exit");
	});
	IS(FUTEX_OWNER_DIED, locks[0].word);
}

static void *
takes_and_dies(void *mutex)
{
	IS(0, pthread_mutex_lock(mutex));
	return NULL;
}

static void
by_pthreads(void)
{
	pthread_mutex_t *m = (pthread_mutex_t *)MMAP(4096, RW, MAP_SHARED);
	pthread_mutexattr_t attr;
	pthread_t t;

	pthread_mutexattr_init(&attr);
	IS(0, pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	IS(0, pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	IS(0, pthread_mutex_init(m, &attr));
	IS(0, pthread_create(&t, NULL, takes_and_dies, m));
	IS(0, pthread_join(t, NULL));
	IS(EOWNERDEAD, pthread_mutex_lock(m));
	IS(0, pthread_mutex_consistent(m));
	IS(0, pthread_mutex_unlock(m));
	DIES(SIGKILL, {
		IS(0, pthread_mutex_lock(m));
		raise(SIGKILL);
	});
	IS(EOWNERDEAD, pthread_mutex_lock(m));
	IS(0, pthread_mutex_unlock(m)); /* not made consistent */
	IS(ENOTRECOVERABLE, pthread_mutex_lock(m));
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	locks = (struct lock *)MMAP(4096, RW, MAP_SHARED);
	by_pthreads();
	EXITS(0, set_and_get());
	owner_dies();
	pending_and_endless();
	by_exec();
	return 0;
}
