/* SPDX-License-Identifier: MIT */
/* ptrace(2): what a stop is told by, register sets, group-stops, and the
 * tracee's memory by other ways. */
#include "tests/guest/tracee.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#define GET_SYSCALL_INFO 0x420e

/* struct ptrace_syscall_info, which not every <linux/ptrace.h> has. */
struct call_info {
	uint8_t op;
	uint32_t arch;
	uint64_t ip, sp;
	uint64_t v[7]; /* number and arguments; or value and is_error */
};

static volatile long word = 0x1234;

/* A child that stops itself and then makes one odd call. */
static pid_t
traced(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		FAILS(EBADF, lseek(777, 5, 6));
		_exit(word & 0xff);
	}
	IS(SIGSTOP, stopped(pid));
	return pid;
}

static void
call_info(void)
{
	struct call_info i = {0};
	pid_t pid = traced();

	OK(ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD));
	IS(24, ptrace(GET_SYSCALL_INFO, pid, sizeof i, &i));
	IS(0, i.op); /* in no call */
	do {
		OK(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		IS(SIGTRAP | 0x80, stopped(pid));
		OK(ptrace(GET_SYSCALL_INFO, pid, sizeof i, &i));
	} while (i.op != 1 || i.v[0] != SYS_lseek);
	IS(777, i.v[1]);
	IS(5, i.v[2]);
	IS(6, i.v[3]);
	CHECK(i.ip && i.sp);
	OK(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	IS(SIGTRAP | 0x80, stopped(pid));
	IS(33, ptrace(GET_SYSCALL_INFO, pid, sizeof i, &i));
	IS(2, i.op);
	IS(-EBADF, i.v[0]);
	IS(1, i.v[1] & 0xff);
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	REAPS(0x34, pid);
}

static void
register_sets(void)
{
	struct user_regs_struct regs, set;
	struct user_fpregs_struct fp, fpset;
	struct iovec iov = {&set, sizeof set};
	pid_t pid = traced();

	OK(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	OK(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	IS(sizeof set, iov.iov_len);
	IS(0, memcmp(&regs, &set, sizeof set));
	iov.iov_len = 16; /* as much as there is room */
	OK(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	IS(16, iov.iov_len);
	OK(ptrace(PTRACE_GETFPREGS, pid, NULL, &fp));
	iov = (struct iovec){&fpset, sizeof fpset};
	OK(ptrace(PTRACE_GETREGSET, pid, NT_PRFPREG, &iov));
	IS(0, memcmp(&fp, &fpset, sizeof fp));
	fp.xmm_space[60] = 0x7654321; /* xmm15 */
	OK(ptrace(PTRACE_SETFPREGS, pid, NULL, &fp));
	OK(ptrace(PTRACE_GETFPREGS, pid, NULL, &fpset));
	IS(0x7654321, fpset.xmm_space[60]);
	FAILS(EINVAL, ptrace(PTRACE_GETREGSET, pid, 0x7777, &iov));
	OK(kill(pid, SIGKILL));
	CHECK(waitpid(pid, NULL, 0) == pid);
}

static void
other_ways(void)
{
	char path[64], text[4096];
	long value = 0x99;
	pid_t pid = traced();
	int fd;
	struct iovec here = {&value, sizeof value};
	struct iovec there = {(void *)&word, sizeof word};

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	fd = OK(open(path, O_RDONLY));
	memset(text, 0, sizeof text);
	OK(read(fd, text, sizeof text - 1));
	OK(close(fd));
	IS(getpid(), atoi(strstr(text, "TracerPid:") + 10));
	CHECK(strstr(text, "t (tracing stop)"));

	IS(8, process_vm_writev(pid, &here, 1, &there, 1, 0));
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	fd = OK(open(path, O_RDWR));
	IS(8, pread(fd, &value, 8, (off_t)&word));
	IS(0x99, value);
	value = 0x77;
	IS(8, pwrite(fd, &value, 8, (off_t)&word));
	FAILS(EIO, pread(fd, &value, 8, (off_t)unmapped_page()));
	OK(close(fd));
	IS(8, process_vm_readv(pid, &here, 1, &there, 1, 0));
	IS(0x77, value);
	IS(0x1234, word);
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	REAPS(0x77, pid);
}

/* PTRACE_SEIZE: a group-stop is seen, listened to, and ends by SIGCONT. */
static void
group_stop(void)
{
	siginfo_t info;
	pid_t pid = OK(fork());

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	until_asleep(pid);
	FAILS(EIO, ptrace(PTRACE_SEIZE, pid, NULL, (void *)0x4000));
	OK(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	OK(kill(pid, SIGSTOP));
	IS(SIGSTOP, stopped(pid)); /* the signal's delivery */
	OK(ptrace(PTRACE_GETSIGINFO, pid, NULL, &info));
	IS(getpid(), info.si_pid);
	OK(ptrace(PTRACE_CONT, pid, NULL, (void *)SIGSTOP));
	IS(SIGSTOP | PTRACE_EVENT_STOP << 8, stopped(pid));
	OK(ptrace(PTRACE_LISTEN, pid, NULL, NULL));
	FAILS(ESRCH, ptrace(PTRACE_CONT, pid, NULL, NULL));
	IS(0, waitpid(pid, NULL, WNOHANG));
	OK(kill(pid, SIGCONT));
	IS(SIGTRAP | PTRACE_EVENT_STOP << 8, stopped(pid));
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	IS(SIGCONT, stopped(pid));
	OK(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	OK(kill(pid, SIGKILL));
	IS(pid, waitpid(pid, NULL, 0));
}

int
main(void)
{
	if (ptrace(PTRACE_PEEKDATA, 0, NULL, NULL) < 0 && errno == ENOSYS)
		SKIP("no ptrace");
	call_info();
	register_sets();
	other_ways();
	group_stop();
	return 0;
}
