/* SPDX-License-Identifier: MIT */
/* Programs' code, read: proc(5) mem, process_vm_readv(2), write(2), ptrace(2)
 * get what is in the file, however often calls were made from there. */
#include "tests/guest/hot.h"

#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#define LEN 128

static uint8_t original[LEN];

static void
memory_files(void)
{
	uint8_t got[LEN];
	int fd = (int)OK(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));

	IS(LEN, pread(fd, got, LEN, (off_t)hot_getpid));
	IS(0, memcmp(got, original, LEN));
	/* from the middle of the first to the middle of the last */
	IS(LEN - 5, pread(fd, got, LEN - 5, (off_t)hot_getpid + 3));
	IS(0, memcmp(got, original + 3, LEN - 5));
	OK(close(fd));
}

static void
other_ways(void)
{
	uint8_t got[LEN];
	struct iovec l = {got, LEN}, r = {(void *)hot_getpid, LEN};
	int fds[2];

	IS(LEN, process_vm_readv(getpid(), &l, 1, &r, 1, 0));
	IS(0, memcmp(got, original, LEN));
	OK(pipe(fds));
	IS(LEN, write(fds[1], (void *)hot_getpid, LEN));
	IS(LEN, read(fds[0], got, LEN));
	IS(0, memcmp(got, original, LEN));
	OK(close(fds[0]));
	OK(close(fds[1]));
}

static void
peek(pid_t pid)
{
	for (size_t i = 0; i < LEN; i += sizeof(long)) {
		long want, got;

		memcpy(&want, original + i, sizeof want);
		errno = 0;
		got = ptrace(PTRACE_PEEKTEXT, pid, (char *)hot_getpid + i, 0);
		IS(0, errno);
		IS(want, got);
	}
}

static void
waits_for_stop(pid_t pid, int sig)
{
	int status;

	IS(pid, waitpid(pid, &status, 0));
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == sig);
}

/* Its rip is in its text all the time, and its bytes there are the file's. */
static void
steps(pid_t pid, int n)
{
	struct user_regs_struct r;
	extern const char __executable_start, etext;

	while (n--) {
		OK(ptrace(PTRACE_SINGLESTEP, pid, 0, 0));
		waits_for_stop(pid, SIGTRAP);
		OK(ptrace(PTRACE_GETREGS, pid, 0, &r));
		CHECK(r.rip >= (uint64_t)&__executable_start &&
		      r.rip < (uint64_t)&etext);
	}
}

static void
looked_at(void)
{
	pid_t pid = check_fork();

	if (!pid)
		for (;;) {
			hot_getpid();
			hot_call(SYS_getpid);
		}
	TIMES(5)
	{
		ptrace(PTRACE_ATTACH, pid, 0, 0);
		waits_for_stop(pid, SIGSTOP);
		peek(pid);
		steps(pid, 60);
		peek(pid);
		OK(ptrace(PTRACE_DETACH, pid, 0, 0));
		for (int i = 0; i < 20; i++)
			sched_yield();
	}
	OK(kill(pid, SIGKILL));
	IS(pid, waitpid(pid, NULL, 0));
}

/* Breakpoints, as debuggers set them. */
static void
poked(void)
{
	pid_t pid = check_fork();
	long word;

	if (!pid) {
		make_hot();
		OK(raise(SIGSTOP));
		IS(-ENOSYS, hot_moved(SYS_getpid + 10000));
		hot_getpid();
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	OK(ptrace(PTRACE_ATTACH, pid, 0, 0));
	waits_for_stop(pid, SIGSTOP);
	peek(pid);
	word = ptrace(PTRACE_PEEKTEXT, pid, hot_getpid, 0);
	OK(ptrace(PTRACE_POKETEXT, pid, hot_getpid, (word & ~0xffl) | 0xcc));
	OK(kill(pid, SIGCONT));
	OK(ptrace(PTRACE_CONT, pid, 0, 0));
	for (int status;;) {
		IS(pid, waitpid(pid, &status, 0));
		CHECK(WIFSTOPPED(status));
		if (WSTOPSIG(status) == SIGTRAP)
			break;
		OK(ptrace(PTRACE_CONT, pid, 0, 0));
	}
	OK(ptrace(PTRACE_KILL, pid, 0, 0));
	IS(pid, waitpid(pid, NULL, 0));
}

int
main(void)
{
	memcpy(original, (void *)hot_getpid, LEN);
	make_hot();
	memory_files();
	other_ways();
	looked_at();
	poked();
	make_hot();
	memory_files();
	return 0;
}
