/* SPDX-License-Identifier: MIT */
/* SA_RESTART: which calls go on after a handler, which say EINTR even so, and
 * that a signal without a handler interrupts nothing. */
#include "tests/guest/check.h"

#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>

static int p[2];

/* In a child: after 110 ms, a byte into the pipe. */
static pid_t
write_later(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		sleep_ms(110);
		IS(1, write(p[1], "!", 1));
		_exit(0);
	}
	return pid;
}

static void
goes_on(void)
{
	int *word = (int *)MMAP(4096, RW, MAP_SHARED);
	pid_t pid;
	char c;

	ticks_start(SA_RESTART);
	pid = write_later();
	IS(1, read(p[0], &c, 1));
	CHECK(caught[SIGALRM] >= 2);
	REAPS(0, pid);
	caught[SIGALRM] = 0;
	pid = write_later();
	IS(pid, waitpid(pid, NULL, 0));
	IS(1, read(p[0], &c, 1));
	CHECK(caught[SIGALRM] >= 2);
	pid = OK(fork());
	if (!pid) {
		sleep_ms(110);
		/* It may be in its handler just now. */
		while (!OK(
			syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0)))
			sleep_ms(1);
		_exit(0);
	}
	caught[SIGALRM] = 0;
	OK(syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0));
	CHECK(caught[SIGALRM] >= 2);
	ticks_stop();
	REAPS(0, pid);
}

static void
locks_go_on(void)
{
	int a = OK(open("f", O_CREAT | O_RDWR, 0600));
	int b = OK(open("f", O_RDWR));
	int hold[2];
	pid_t pid;

	OK(flock(a, LOCK_EX));
	OK(pipe(hold));
	pid = OK(fork());
	if (!pid) {
		struct flock l = {.l_type = F_WRLCK};

		OK(fcntl(a, F_SETLK, &l));
		IS(1, write(hold[1], "", 1));
		sleep_ms(110);
		OK(flock(a, LOCK_UN));
		_exit(0);
	}
	IS(1, read(hold[0], &(char){0}, 1));
	ticks_start(0);
	FAILS(EINTR, flock(b, LOCK_EX));
	FAILS(EINTR, fcntl(b, F_SETLKW, &(struct flock){.l_type = F_WRLCK}));
	ticks_start(SA_RESTART);
	OK(flock(b, LOCK_EX));
	OK(fcntl(b, F_SETLKW, &(struct flock){.l_type = F_WRLCK}));
	ticks_stop();
	REAPS(0, pid);
}

static void
stops_even_so(void)
{
	struct pollfd pf = {.fd = p[0], .events = POLLIN};
	struct epoll_event ev = {.events = EPOLLIN};
	struct timespec t = {5, 0};
	int ep = OK(epoll_create1(0)), word = 0;
	fd_set set;
	sigset_t sigs;

	OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	sigemptyset(&sigs);
	sigaddset(&sigs, SIGUSR1);
	ticks_start(SA_RESTART);
	FAILS(EINTR, poll(&pf, 1, -1));
	FAILS(EINTR, poll(&pf, 1, 5000));
	FAILS(EINTR, ppoll(&pf, 1, NULL, NULL));
	FAILS(EINTR, select(p[0] + 1, &set, NULL, NULL, NULL));
	FAILS(EINTR, epoll_wait(ep, &ev, 1, -1));
	FAILS(EINTR, nanosleep(&t, NULL));
	IS(EINTR, clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL));
	FAILS(EINTR, syscall(SYS_futex, &word, FUTEX_WAIT, 0, &t, NULL, 0));
	FAILS(EINTR, pause());
	FAILS(EINTR, sigtimedwait(&sigs, NULL, &t));
	FAILS(EINTR, sigsuspend(&sigs));
	ticks_stop();
	OK(close(ep));
}

static void
without_the_flag(void)
{
	static int word;
	char c;

	ticks_start(0);
	FAILS(EINTR, read(p[0], &c, 1));
	FAILS(EINTR, syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0));
	ticks_stop();
}

/* Ignored signals, and SIGCONT after a stop, are not noticed. */
static void
unnoticed(void)
{
	pid_t me = getpid(), pid, nudger;
	char c;

	signal(SIGUSR1, SIG_IGN);
	nudger = OK(fork());
	if (!nudger) {
		for (int i = 0; i < 5; i++) {
			OK(kill(me, SIGUSR1));
			OK(kill(me, SIGURG)); /* ignored by default */
			OK(kill(me, SIGSTOP));
			sleep_ms(10);
			OK(kill(me, SIGCONT));
			sleep_ms(10);
		}
		_exit(0);
	}
	pid = write_later();
	IS(1, read(p[0], &c, 1));
	REAPS(0, pid);
	REAPS(0, nudger);
}

/* A blocked signal does not wake a sleeper either. */
static void
blocked(void)
{
	struct timespec t = {0, 60000000};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	ticks_start(0);
	OK(nanosleep(&t, NULL));
	IS(0, caught[SIGALRM]);
	ticks_stop();
	OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	IS(1, caught[SIGALRM]);
}

int
main(void)
{
	OK(pipe(p));
	goes_on();
	locks_go_on();
	stops_even_so();
	without_the_flag();
	EXITS(0, unnoticed());
	blocked();
	return 0;
}
