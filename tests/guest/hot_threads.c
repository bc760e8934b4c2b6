/* SPDX-License-Identifier: MIT */
/* System calls made often from the same places by many at once: threads,
 * with signals in between, forks, vforks, spawns. */
#include "tests/guest/hot.h"

#include <pthread.h>
#include <spawn.h>

#define SITES	96
#define THREADS 4
#define ROUNDS	60

/* Sites at all alignments, of both forms, 32 bytes apart but for one. */
extern const char sites[];
__asm__(".text\n"
	".balign 4096\n"
	".globl sites\n"
	"sites:\n"
	".rept 48\n"
	"mov $39, %eax\n"
	"syscall\n"
	"ret\n"
	".fill 25, 1, 0xcc\n" /* 33 each */
	"mov %edi, %eax\n"
	"syscall\n"
	"cmp $0xfffffffffffff000, %rax\n"
	"ret\n"
	".fill 22, 1, 0xcc\n" /* 33 each */
	".endr\n");

typedef long site_fn(int nr);

static long
site(int i)
{
	return ((site_fn *)(sites + 33 * i))(SYS_getpid);
}

static volatile int stop, hits;
static pid_t pid;

static void
on_signal(int sig)
{
	(void)sig;
	IS(pid, hot_getpid());
	hits++;
}

static void *
calls(void *arg)
{
	for (int k = 0; k < ROUNDS; k++)
		for (int i = 0; i < SITES; i++)
			IS(pid, site((i + (int)(long)arg * 7) % SITES));
	return NULL;
}

static void
race(void)
{
	pthread_t t[THREADS];

	for (long i = 0; i < THREADS; i++)
		IS(0, pthread_create(&t[i], NULL, calls, (void *)i));
	for (int k = 0; k < 200; k++) {
		IS(0, pthread_kill(t[k % THREADS], SIGUSR1));
		IS(pid, hot_getpid());
	}
	for (int i = 0; i < THREADS; i++)
		IS(0, pthread_join(t[i], NULL));
}

static void *
calls_on(void *arg)
{
	(void)arg;
	while (!stop) {
		IS(pid, hot_call(SYS_getpid));
		for (int i = 0; i < SITES; i += 5)
			IS(pid, site(i));
	}
	return NULL;
}

/* Forks while another thread calls; the child has the same code. */
static void
forks(void)
{
	pthread_t t;

	stop = 0;
	IS(0, pthread_create(&t, NULL, calls_on, NULL));
	for (int k = 0; k < 10; k++) {
		EXITS(0, {
			pid = getpid();
			for (int i = 0; i < SITES; i++)
				TIMES(20) IS(pid, site(i));
		});
		IS(pid, hot_getpid());
	}
	stop = 1;
	IS(0, pthread_join(t, NULL));
}

static void
a_vfork(void)
{
	pid_t child = vfork();

	if (!child) {
		for (int i = 0; i < SITES; i++)
			if (site(i) != hot_getpid())
				_exit(1);
		_exit(0);
	}
	REAPS(0, child);
	IS(pid, site(0));
}

static void
vforks(char *self)
{
	char *args[] = {self, (char *)"hot", NULL};

	TIMES(20)
	a_vfork();
	TIMES(3)
	{
		pid_t child;

		IS(0, posix_spawn(&child, "/proc/self/exe", NULL, NULL, args,
				  environ));
		REAPS(0, child);
	}
}

int
main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	pid = getpid();
	if (argc > 1) {
		calls(NULL);
		return 0;
	}
	OK(sigaction(SIGUSR1, &sa, NULL));
	race();
	race();
	CHECK(hits > 0);
	forks();
	vforks(argv[0]);
	return 0;
}
