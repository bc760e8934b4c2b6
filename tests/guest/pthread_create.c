/* SPDX-License-Identifier: MIT */
/* Threads: created and joined in masses, ids, thread-local storage, what
 * belongs to the process and what to the thread. */
#include "tests/guest/check.h"

#include <pthread.h>

static __thread int local = 3;
static pid_t tids[8];
static pthread_barrier_t all;

static void *
identify(void *arg)
{
	long i = (long)arg;

	IS(3, local);
	local = (int)i;
	tids[i] = gettid();
	pthread_barrier_wait(&all);
	IS(i, local);
	for (int j = 0; j < 8; j++)
		CHECK(j == i || tids[j] != gettid());
	CHECK(gettid() != getpid());
	return (void *)(i * i);
}

static void
eight_at_once(void)
{
	pthread_t t[8];
	void *ret;

	pthread_barrier_init(&all, NULL, 8);
	for (long i = 0; i < 8; i++)
		IS(0, pthread_create(&t[i], NULL, identify, (void *)i));
	for (long i = 0; i < 8; i++) {
		IS(0, pthread_join(t[i], &ret));
		IS(i * i, ret);
	}
	IS(3, local);
	IS(getpid(), gettid());
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
one_after_another(void)
{
	for (long i = 0; i < 200; i++) {
		pthread_t t;
		void *ret;

		IS(0, pthread_create(&t, NULL, nothing, (void *)i));
		IS(0, pthread_join(t, &ret));
		IS(i, ret);
	}
}

static int fd = -1;
static char *mem;

static void *
shares(void *arg)
{
	sigset_t set;

	fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	mem = MMAP(4096, RW, MAP_PRIVATE);
	*mem = 'm';
	OK(chdir("/"));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	IS(0, pthread_sigmask(SIG_BLOCK, &set, NULL));
	OK(prctl(PR_SET_NAME, "worker"));
	return NULL;
}

static void
what_is_shared(void)
{
	char cwd[4096], name[16] = "";
	pthread_t t;
	sigset_t set;

	IS(0, pthread_create(&t, NULL, shares, NULL));
	IS(0, pthread_join(t, NULL));
	CHECK(getcwd(cwd, sizeof cwd) && !strcmp(cwd, "/"));
	IS('m', *mem);
	IS(1, write(fd, "x", 1));
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	IS(0, sigismember(&set, SIGUSR1));
	OK(prctl(PR_GET_NAME, name));
	CHECK(strcmp(name, "worker"));
}

static void *
detached(void *arg)
{
	__atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
nobody_joins(void)
{
	int count = 0;

	for (int i = 0; i < 30; i++) {
		pthread_t t;

		IS(0, pthread_create(&t, NULL, detached, &count));
		IS(0, pthread_detach(t));
	}
	while (__atomic_load_n(&count, __ATOMIC_SEQ_CST) < 30)
		sleep_ms(1);
}

int
main(void)
{
	eight_at_once();
	one_after_another();
	nobody_joins();
	EXITS(0, what_is_shared());
	return 0;
}
