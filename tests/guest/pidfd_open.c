/* SPDX-License-Identifier: MIT */
/* pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2). */
#include "tests/guest/check.h"

#include <poll.h>
#include <pthread.h>

static long
open_pid(pid_t pid, unsigned flags)
{
	return syscall(SYS_pidfd_open, pid, flags);
}

static long
send(int fd, int sig, siginfo_t *info, unsigned flags)
{
	return syscall(SYS_pidfd_send_signal, fd, sig, info, flags);
}

static pid_t
pausing(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void
polls_until_the_end(void)
{
	struct pollfd p = {.events = POLLIN};
	pid_t pid = pausing();

	p.fd = OK(open_pid(pid, 0));
	IS(FD_CLOEXEC, fcntl(p.fd, F_GETFD));
	IS(0, poll(&p, 1, 0));
	OK(send(p.fd, 0, NULL, 0));
	OK(send(p.fd, SIGTERM, NULL, 0));
	IS(1, poll(&p, 1, -1));
	IS(POLLIN, p.revents & POLLIN);
	OK(send(p.fd, SIGTERM, NULL, 0)); /* a zombie takes it */
	check_pid = pid;
	check_child(__FILE__, __LINE__, "child", SIGTERM);
	IS(1, poll(&p, 1, 0));
	FAILS(ESRCH, send(p.fd, SIGTERM, NULL, 0));
	FAILS(ESRCH, open_pid(pid, 0));
	FAILS(EINVAL, read(p.fd, &p, 1));
	OK(close(p.fd));
}

/* Signals go through a descriptor of /proc/PID as well; nothing else does. */
static void
proc_directories(void)
{
	pid_t pid = pausing();
	char path[64];
	int fd, sub;

	snprintf(path, sizeof path, "/proc/%d", pid);
	fd = OK(open(path, O_RDONLY | O_DIRECTORY));
	strcat(path, "/fd");
	sub = OK(open(path, O_RDONLY | O_DIRECTORY));
	FAILS(EBADF, send(sub, 0, NULL, 0));
	OK(close(sub));
	sub = OK(open("/proc", O_RDONLY | O_DIRECTORY));
	FAILS(EBADF, send(sub, 0, NULL, 0));
	OK(close(sub));
	sub = OK(open("/proc/self", O_PATH));
	FAILS(EBADF, send(sub, 0, NULL, 0));
	OK(close(sub));
	FAILS(EBADF, syscall(SYS_pidfd_getfd, fd, 0, 0));
	OK(send(fd, 0, NULL, 0));
	OK(send(fd, SIGTERM, NULL, 0));
	check_pid = pid;
	check_child(__FILE__, __LINE__, "child", SIGTERM);
	FAILS(ESRCH, send(fd, 0, NULL, 0));
	OK(close(fd));
}

static void *
tell_tid(void *out)
{
	*(pid_t *)out = gettid();
	pause();
	return NULL;
}

static void
refuses(void)
{
	siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_USER};
	volatile pid_t tid = 0;
	int fd = OK(open_pid(getpid(), 0)), other;
	pthread_t t;

	FAILS(EINVAL, open_pid(0, 0));
	FAILS(EINVAL, open_pid(-1, 0));
	FAILS(EINVAL, open_pid(getpid(), 1 << 20));
	FAILS(ESRCH, open_pid(0x3fffffff, 0));
	IS(0, pthread_create(&t, NULL, tell_tid, (void *)&tid));
	while (!tid)
		sleep_ms(1);
	CHECK(open_pid(tid, 0) < 0 && (errno == EINVAL || errno == ENOENT));
	IS(0, pthread_cancel(t));
	IS(0, pthread_join(t, NULL));

	FAILS(EBADF, send(99, SIGUSR1, NULL, 0));
	FAILS(EBADF, send(0, SIGUSR1, NULL, 0)); /* no pidfd */
	FAILS(EINVAL, send(fd, SIGUSR1, NULL, 1 << 20));
	FAILS(EINVAL, send(fd, 65, NULL, 0));
	FAILS(EFAULT, send(fd, SIGUSR1, unmapped_page(), 0));
	FAILS(EINVAL, send(fd, SIGUSR2, &info, 0)); /* numbers differ */
	catch_signal(SIGUSR1, 0);
	OK(send(fd, SIGUSR1, &info, 0));
	IS(1, caught[SIGUSR1]);
	other = OK(open_pid(getppid(), 0));
	FAILS(EPERM, send(other, SIGUSR1, &info, 0));
	OK(close(other));
	OK(close(fd));
}

static void
getfd(void)
{
	int p[2], pidfd, got, hold[2];
	pid_t pid;
	char c;

	OK(pipe(p));
	OK(pipe(hold));
	pid = OK(fork());
	if (!pid) {
		OK(dup2(p[1], 50));
		IS(1, write(hold[1], "", 1));
		for (;;)
			pause();
	}
	IS(1, read(hold[0], &c, 1));
	pidfd = OK(open_pid(pid, 0));
	got = OK(syscall(SYS_pidfd_getfd, pidfd, 50, 0));
	IS(FD_CLOEXEC, fcntl(got, F_GETFD));
	IS(1, write(got, "!", 1));
	IS(1, read(p[0], &c, 1));
	IS('!', c);
	FAILS(EBADF, syscall(SYS_pidfd_getfd, pidfd, 51, 0));
	FAILS(EINVAL, syscall(SYS_pidfd_getfd, pidfd, 50, 1));
	FAILS(EBADF, syscall(SYS_pidfd_getfd, 99, 50, 0));
	OK(kill(pid, SIGKILL));
	OK(waitpid(pid, NULL, 0));
	FAILS(ESRCH, syscall(SYS_pidfd_getfd, pidfd, 50, 0));
	OK(close(pidfd));
	pidfd = OK(open_pid(1, 0));
	AS_NOBODY(FAILS(EPERM, syscall(SYS_pidfd_getfd, pidfd, 0, 0)));
	AS_NOBODY(FAILS(EPERM, send(pidfd, SIGUSR1, NULL, 0)));
}

int
main(void)
{
	polls_until_the_end();
	proc_directories();
	refuses();
	getfd();
	return 0;
}
