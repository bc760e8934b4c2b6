/* SPDX-License-Identifier: MIT */
/* signalfd4(2). */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

static sigset_t set;

static void
reads(void)
{
	struct signalfd_siginfo in[3];
	int fd = OK(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
	struct pollfd p = {.fd = fd, .events = POLLIN};

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(O_NONBLOCK, fcntl(fd, F_GETFL) & O_NONBLOCK);
	IS(0, poll(&p, 1, 0));
	FAILS(EAGAIN, read(fd, in, sizeof in));
	OK(sigqueue(getpid(), SIGRTMIN, (union sigval){31}));
	OK(kill(getpid(), SIGUSR1));
	IS(1, poll(&p, 1, 0));
	FAILS(EINVAL, read(fd, in, sizeof in[0] - 1));
	IS(2 * sizeof in[0], read(fd, in, sizeof in));
	IS(SIGUSR1, in[0].ssi_signo);
	IS(SI_USER, in[0].ssi_code);
	IS(getpid(), in[0].ssi_pid);
	IS(getuid(), in[0].ssi_uid);
	IS(SIGRTMIN, in[1].ssi_signo);
	IS(SI_QUEUE, in[1].ssi_code);
	IS(31, in[1].ssi_int);
	FAILS(EAGAIN, read(fd, in, sizeof in));
	FAILS(EINVAL, write(fd, in, sizeof in));
	IS(0, lseek(fd, 5, SEEK_SET)); /* Linux: no error */
	OK(close(fd));
}

static void
mask_can_change(void)
{
	struct signalfd_siginfo in;
	int fd = OK(signalfd(-1, &set, SFD_NONBLOCK));
	sigset_t other;

	sigemptyset(&other);
	sigaddset(&other, SIGUSR2);
	OK(sigprocmask(SIG_BLOCK, &other, NULL));
	OK(kill(getpid(), SIGUSR2));
	FAILS(EAGAIN, read(fd, &in, sizeof in));
	IS(fd, signalfd(fd, &other, 0));
	IS(sizeof in, read(fd, &in, sizeof in));
	IS(SIGUSR2, in.ssi_signo);
	OK(close(fd));
}

static void
blocks(void)
{
	struct signalfd_siginfo in;
	int fd = OK(signalfd(-1, &set, 0));
	int ep = OK(epoll_create1(0));
	struct epoll_event ev = {.events = EPOLLIN};
	pid_t me = getpid();

	OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	for (int how = 0; how < 2; how++) {
		if (!check_fork()) {
			sleep_ms(20);
			OK(kill(me, SIGUSR1));
			_exit(0);
		}
		if (how == 0)
			IS(1, epoll_wait(ep, &ev, 1, -1));
		IS(sizeof in, read(fd, &in, sizeof in));
		IS(check_pid, in.ssi_pid);
		REAPS(0, check_pid);
	}
	ticks_start(0);
	FAILS(EINTR, read(fd, &in, sizeof in));
	ticks_stop();
	OK(close(ep));
	OK(close(fd));
}

/* It reads the signals of the reader, not of who made it. */
static void
in_a_child(void)
{
	struct signalfd_siginfo in;
	int fd = OK(signalfd(-1, &set, SFD_NONBLOCK));

	OK(kill(getpid(), SIGUSR1));
	EXITS(0, {
		FAILS(EAGAIN, read(fd, &in, sizeof in));
		OK(sigqueue(getpid(), SIGRTMIN, (union sigval){1}));
		IS(sizeof in, read(fd, &in, sizeof in));
		IS(SIGRTMIN, in.ssi_signo);
	});
	IS(sizeof in, read(fd, &in, sizeof in));
	IS(SIGUSR1, in.ssi_signo);
	OK(close(fd));
}

static void
refuses(void)
{
	unsigned long mask = 1;
	int p[2];

	OK(pipe(p));
	FAILS(EINVAL, syscall(SYS_signalfd4, -1, &mask, 4, 0));
	FAILS(EINVAL, syscall(SYS_signalfd4, -1, &mask, 8, 1));
	FAILS(EFAULT, syscall(SYS_signalfd4, -1, unmapped_page(), 8, 0));
	FAILS(EBADF, syscall(SYS_signalfd4, 99, &mask, 8, 0));
	FAILS(EINVAL, syscall(SYS_signalfd4, p[0], &mask, 8, 0));
	OK(close(OK(syscall(SYS_signalfd, -1, &mask, 8))));
}

int
main(void)
{
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	reads();
	mask_can_change();
	blocks();
	in_a_child();
	refuses();
	return 0;
}
