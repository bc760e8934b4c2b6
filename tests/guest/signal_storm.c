/* SPDX-License-Identifier: MIT */
/* Signals in masses, into system calls, faults and computing; none that is
 * queued gets lost, and nothing they interrupt comes to harm. */
#include "tests/guest/check.h"

#include <pthread.h>

#define QUEUED 300

static volatile int seen, next_value, disorder;

static void
note(int sig, siginfo_t *info, void *uc)
{
	if (info->si_value.sival_int != next_value)
		disorder++;
	next_value = info->si_value.sival_int + 1;
	seen++;
}

static void
sender(pid_t to)
{
	for (int i = 0; i < QUEUED; i++)
		while (sigqueue(to, SIGRTMIN, (union sigval){i}) < 0)
			IS(EAGAIN, errno);
	_exit(0);
}

/* Works in all the ways there are, and checks what it has done. */
static void
work(int round)
{
	char *p = MMAP(16 * 4096, RW, MAP_PRIVATE);
	double x = 1;
	int fd[2];
	char back[5];

	OK(pipe(fd));
	for (int i = 0; i < 16; i++)
		p[i * 4096] = (char)(i + round);
	IS(5, write(fd[1], "hello", 5));
	IS(5, read(fd[0], back, 5));
	IS(0, memcmp(back, "hello", 5));
	for (int i = 0; i < 1000; i++)
		x = x * 1.0000001 + 0.5 - 0.5;
	CHECK(x > 1.00009 && x < 1.00011);
	for (int i = 0; i < 16; i++)
		IS((char)(i + round), p[i * 4096]);
	OK(munmap(p, 16 * 4096));
	OK(close(fd[0]));
	OK(close(fd[1]));
}

static void
one_sender(void)
{
	struct sigaction sa = {.sa_sigaction = note,
			       .sa_flags = SA_SIGINFO | SA_RESTART};
	pid_t me = getpid(), pid;

	OK(sigaction(SIGRTMIN, &sa, NULL));
	pid = OK(fork());
	if (!pid)
		sender(me);
	for (int round = 0; seen < QUEUED; round++)
		work(round);
	IS(0, disorder);
	REAPS(0, pid);
	IS(QUEUED, seen);
}

static volatile bool is_done;

static void *
worker(void *arg)
{
	while (!is_done)
		work((int)(long)arg);
	return NULL;
}

static void
at_threads(void)
{
	pthread_t t[3];

	catch_signal(SIGUSR1, SA_RESTART);
	catch_signal(SIGUSR2, SA_RESTART | SA_NODEFER);
	for (long i = 0; i < 3; i++)
		IS(0, pthread_create(&t[i], NULL, worker, (void *)i));
	for (int i = 0; i < 300; i++) {
		IS(0, pthread_kill(t[i % 3], SIGUSR1));
		OK(kill(getpid(), SIGUSR2));
	}
	is_done = true;
	for (int i = 0; i < 3; i++)
		IS(0, pthread_join(t[i], NULL));
	CHECK(caught[SIGUSR1] > 0 && caught[SIGUSR2] > 0);
}

int
main(void)
{
	one_sender();
	at_threads();
	return 0;
}
