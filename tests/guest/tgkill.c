/* SPDX-License-Identifier: MIT */
/* tgkill(2), tkill(2): a signal for one thread. */
#include "tests/guest/check.h"

#include <pthread.h>

static volatile pid_t handled_by, tid;
static volatile int code, from;
static volatile bool is_done;

static void
note(int sig, siginfo_t *info, void *uc)
{
	handled_by = gettid();
	code = info->si_code;
	from = info->si_pid;
}

static void *
thread(void *arg)
{
	tid = gettid();
	while (!is_done)
		sleep_ms(1);
	return NULL;
}

static void
refuses(void)
{
	FAILS(EINVAL, syscall(SYS_tgkill, 0, tid, 0));
	FAILS(EINVAL, syscall(SYS_tgkill, getpid(), 0, 0));
	FAILS(EINVAL, syscall(SYS_tgkill, -1, tid, 0));
	FAILS(EINVAL, syscall(SYS_tgkill, getpid(), tid, 65));
	FAILS(ESRCH, syscall(SYS_tgkill, getppid(), tid, 0));
	FAILS(ESRCH, syscall(SYS_tgkill, tid, tid, 0));
	FAILS(ESRCH, syscall(SYS_tgkill, getpid(), 0x3fffffff, 0));
	FAILS(EINVAL, syscall(SYS_tkill, 0, 0));
	FAILS(EINVAL, syscall(SYS_tkill, -1, SIGTERM));
	FAILS(EINVAL, syscall(SYS_tkill, tid, -1));
	FAILS(ESRCH, syscall(SYS_tkill, 0x3fffffff, 0));
	OK(syscall(SYS_tgkill, getpid(), tid, 0));
	OK(syscall(SYS_tkill, tid, 0));
	OK(kill(tid, 0)); /* Linux: a thread's id finds its process */
}

static void
reaches(pid_t who, long ret)
{
	IS(0, ret);
	while (handled_by != who)
		sleep_ms(1);
	IS(SI_TKILL, code);
	IS(getpid(), from);
	handled_by = 0;
}

int
main(void)
{
	struct sigaction sa = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
	pthread_t t;

	OK(sigaction(SIGUSR1, &sa, NULL));
	IS(0, pthread_create(&t, NULL, thread, NULL));
	while (!tid)
		sleep_ms(1);
	refuses();
	for (int i = 0; i < 10; i++) {
		reaches(tid, syscall(SYS_tgkill, getpid(), tid, SIGUSR1));
		reaches(getpid(), syscall(SYS_tkill, getpid(), SIGUSR1));
		reaches(tid, syscall(SYS_tkill, tid, SIGUSR1));
	}
	is_done = true;
	IS(0, pthread_join(t, NULL));
	while (syscall(SYS_tkill, tid, 0) == 0)
		sleep_ms(1);
	FAILS(ESRCH, syscall(SYS_tgkill, getpid(), tid, 0));
	/* A thread's fatal signal ends the process. */
	DIES(SIGTERM, syscall(SYS_tkill, gettid(), SIGTERM));
	return 0;
}
