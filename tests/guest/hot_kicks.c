/* SPDX-License-Identifier: MIT */
/* Signals from elsewhere, at any moment of system calls that are made often
 * from the same place: registers and the red zone are as they were. */
#include "tests/guest/hot.h"

#include <pthread.h>

#define SIGNALS	    20000
#define PATIENCE_MS 600

/* @n calls, with the red zone filled; whether it stays so.  Of a number that a
 * kernel need not be asked for, and of what it must be. */
long zone_getpids(long n), zone_getsids(long n);

__asm__(".text\n"
	".macro zone_calls name, nr\n"
	"\\name:\n"
	".set zone, 8\n"
	".rept 16\n"
	"mov %rsp, -zone(%rsp)\n"
	".set zone, zone + 8\n"
	".endr\n"
	"1: mov $\\nr, %eax\n"
	"syscall\n"
	"dec %rdi\n"
	"jnz 1b\n"
	"mov $1, %eax\n"
	".set zone, 8\n"
	".rept 16\n"
	"cmp %rsp, -zone(%rsp)\n"
	"jne 2f\n"
	".set zone, zone + 8\n"
	".endr\n"
	"xor %eax, %eax\n"
	"2: ret\n"
	".endm\n"
	"zone_calls zone_getpids, 39\n"
	"zone_calls zone_getsids, 124\n");

static volatile int handled;
static volatile bool is_over;

static void
on_signal(int sig)
{
	(void)sig;
	handled++;
}

static void
calls(void)
{
	int64_t until = now_ms() + PATIENCE_MS;

	handled = 0;
	while (handled < SIGNALS && now_ms() < until) {
		IS(0, zone_getpids(500));
		IS(0, zone_getsids(100));
	}
	CHECK(handled > 0);
}

static void
from_a_process(void)
{
	pid_t me = getpid(), pid = fork();

	OK(pid);
	if (!pid) {
		OK(prctl(PR_SET_PDEATHSIG, SIGKILL));
		for (;;)
			OK(kill(me, SIGUSR1));
	}
	calls();
	OK(kill(pid, SIGKILL));
	IS(pid, waitpid(pid, NULL, 0));
}

static void *
sender(void *arg)
{
	pid_t tid = *(pid_t *)arg, me = getpid();

	while (!is_over)
		OK(syscall(SYS_tgkill, me, tid, SIGUSR1));
	return NULL;
}

static void
from_a_thread(void)
{
	pid_t tid = getpid();
	pthread_t t;

	IS(0, pthread_create(&t, NULL, sender, &tid));
	calls();
	is_over = true;
	IS(0, pthread_join(t, NULL));
}

static void
from_a_timer(void)
{
	struct itimerval it = {{0, 100}, {0, 100}}, none = {0};

	OK(setitimer(ITIMER_REAL, &it, NULL));
	calls();
	OK(setitimer(ITIMER_REAL, &none, NULL));
}

int
main(void)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	OK(sigaction(SIGUSR1, &sa, NULL));
	from_a_process();
	from_a_thread();
	OK(sigaction(SIGALRM, &sa, NULL));
	from_a_timer();
	return 0;
}
