/* SPDX-License-Identifier: MIT */
/* Many tasks that wake each other: tokens go round rings of processes and of
 * threads, while timers go off, some sleep, some compute, some come and go.  No
 * wake-up is lost, and nobody runs twice. */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sys/wait.h>

#define MEMBERS 7
#define TOKENS	3
#define ROUNDS	150

static int ring[MEMBERS][2];
static volatile sig_atomic_t ticks;

static void
on_tick(int sig)
{
	ticks++;
}

static void
full_read(int fd, unsigned *n)
{
	ssize_t r;

	do
		r = read(fd, n, sizeof *n);
	while (r < 0 && errno == EINTR);
	IS((ssize_t)sizeof *n, r);
}

static void
full_write(int fd, unsigned n)
{
	ssize_t r;

	do
		r = write(fd, &n, sizeof n);
	while (r < 0 && errno == EINTR);
	IS((ssize_t)sizeof n, r);
}

/* Takes each token on to the next, and counts what it saw. */
static void
member(int i, bool has_timer)
{
	struct itimerval it = {{0, 700}, {0, 700}};
	unsigned n, seen = 0;

	if (has_timer) {
		signal(SIGALRM, on_tick);
		OK(setitimer(ITIMER_REAL, &it, NULL));
	}
	while (seen < TOKENS * ROUNDS) {
		full_read(ring[i][0], &n);
		seen++;
		if (n % 97 == 0)
			sleep_ms(1);
		if (n % 31 == 0)
			for (volatile int k = 0; k < 20000; k++)
				;
		full_write(ring[(i + 1) % MEMBERS][1], n + 1);
	}
}

static void *
member_thread(void *arg)
{
	member((int)(long)arg, false);
	return NULL;
}

static void
open_ring(void)
{
	for (int i = 0; i < MEMBERS; i++)
		OK(pipe(ring[i]));
	for (unsigned i = 0; i < TOKENS; i++)
		full_write(ring[i * 2][1], i * 1000);
}

/* Each token was taken on by everybody, as often as there are rounds. */
static void
close_ring(void)
{
	unsigned n, sum = 0, want = 0;

	for (unsigned i = 0; i < TOKENS; i++) {
		full_read(ring[i * 2][0], &n);
		sum += n;
		want += i * 1000 + MEMBERS * ROUNDS;
	}
	IS(want, sum);
	for (int i = 0; i < MEMBERS; i++) {
		OK(close(ring[i][0]));
		OK(close(ring[i][1]));
	}
}

static void
processes(void)
{
	pid_t pid[MEMBERS], other;

	open_ring();
	for (int i = 0; i < MEMBERS; i++) {
		pid[i] = check_fork();
		if (!pid[i]) {
			member(i, i % 2);
			_exit(0);
		}
	}
	for (int i = 0; i < 20; i++) { /* those that come and go */
		other = check_fork();
		if (!other)
			_exit(i);
		REAPS(i, other);
	}
	for (int i = 0; i < MEMBERS; i++)
		REAPS(0, pid[i]);
	close_ring();
}

static void
threads(void)
{
	pthread_t t[MEMBERS];

	open_ring();
	for (long i = 0; i < MEMBERS; i++)
		IS(0, pthread_create(&t[i], NULL, member_thread, (void *)i));
	for (int i = 0; i < MEMBERS; i++)
		IS(0, pthread_join(t[i], NULL));
	close_ring();
}

int
main(void)
{
	processes();
	threads();
	return 0;
}
