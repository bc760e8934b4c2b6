/* SPDX-License-Identifier: MIT */
/* ptrace(2): what a simple debugger and a simple strace need. */
#include "tests/guest/tracee.h"

#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static volatile long word = 0x1234;

static pid_t
traced(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		if (getppid() == 0x7777 && word == 0x5678)
			_exit(55);
		_exit((int)word & 0xff);
	}
	IS(SIGSTOP, stopped(pid));
	return pid;
}

static void
memory_and_registers(void)
{
	struct user_regs_struct regs, old;
	pid_t pid = traced();

	errno = 0;
	IS(0x1234, ptrace(PTRACE_PEEKDATA, pid, &word, NULL));
	IS(0, errno);
	OK(ptrace(PTRACE_POKEDATA, pid, &word, (void *)0x5678));
	FAILS(EIO, ptrace(PTRACE_PEEKDATA, pid, unmapped_page(), NULL));
	IS(0x1234, word);
	OK(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	IS((long)regs.rip,
	   ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), NULL));
	old = regs;
	for (int i = 0; i < 20; i++) {
		OK(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
		IS(SIGTRAP, stopped(pid));
		OK(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		CHECK(regs.rip != old.rip);
		old = regs;
	}
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	REAPS(0x78, pid);
}

static void
system_calls(void)
{
	struct user_regs_struct regs;
	pid_t pid = traced();
	bool is_exit = false;
	int status;

	OK(ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD));
	OK(ptrace(PTRACE_POKEDATA, pid, &word, (void *)0x5678));
	for (;;) {
		OK(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		IS(pid, waitpid(pid, &status, 0));
		if (!WIFSTOPPED(status))
			break;
		IS(SIGTRAP | 0x80, WSTOPSIG(status));
		OK(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		if (!is_exit)
			IS(-ENOSYS, (long)regs.rax);
		if (is_exit && regs.orig_rax == SYS_getppid) {
			IS(getpid(), regs.rax);
			regs.rax = 0x7777;
			OK(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
		}
		is_exit = !is_exit;
	}
	IS(55 << 8, status);
}

static void
signals(void)
{
	siginfo_t info;
	pid_t pid = OK(fork());

	if (!pid) {
		OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		catch_signal(SIGUSR1, 0);
		catch_signal(SIGUSR2, 0);
		kill(getpid(), SIGUSR1);
		_exit(caught[SIGUSR1] * 10 + caught[SIGUSR2]);
	}
	IS(SIGUSR1, stopped(pid));
	OK(ptrace(PTRACE_GETSIGINFO, pid, NULL, &info));
	IS(SI_USER, info.si_code);
	IS(pid, info.si_pid);
	OK(ptrace(PTRACE_CONT, pid, NULL, (void *)SIGUSR2)); /* another */
	REAPS(1, pid);
}

static void
exec_stops(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		EXEC_SELF("exit");
	}
	IS(SIGTRAP, stopped(pid));
	OK(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	REAPS(0, pid);
}

static void
attach(void)
{
	pid_t pid = OK(fork()), new;
	unsigned long msg;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	OK(ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	IS(SIGSTOP, stopped(pid));
	EXITS(0, FAILS(EPERM, ptrace(PTRACE_ATTACH, pid, NULL, NULL)));
	OK(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	FAILS(ESRCH, ptrace(PTRACE_CONT, pid, NULL, NULL)); /* not ours */

	OK(ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_O_TRACEEXIT));
	OK(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	IS(SIGTRAP | PTRACE_EVENT_STOP << 8, stopped(pid));
	OK(ptrace(PTRACE_CONT, pid, NULL, (void *)0));
	OK(kill(pid, SIGTERM));
	IS(SIGTERM, stopped(pid));
	OK(ptrace(PTRACE_CONT, pid, NULL, (void *)SIGTERM));
	IS(SIGTRAP | PTRACE_EVENT_EXIT << 8, stopped(pid));
	OK(ptrace(PTRACE_GETEVENTMSG, pid, NULL, &msg));
	IS(SIGTERM, msg);
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	IS(pid, waitpid(pid, (int *)&new, 0));
}

static void
follows_forks(void)
{
	unsigned long msg;
	pid_t pid = OK(fork());

	if (!pid) {
		OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		pid = OK(fork());
		if (!pid)
			_exit(3);
		REAPS(3, pid);
		_exit(4);
	}
	IS(SIGSTOP, stopped(pid));
	OK(ptrace(PTRACE_SETOPTIONS, pid, NULL,
		  PTRACE_O_TRACEFORK | PTRACE_O_EXITKILL));
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	IS(SIGTRAP | PTRACE_EVENT_FORK << 8, stopped(pid));
	OK(ptrace(PTRACE_GETEVENTMSG, pid, NULL, &msg));
	IS(SIGSTOP, stopped((pid_t)msg));
	OK(ptrace(PTRACE_CONT, (pid_t)msg, NULL, NULL));
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	REAPS(3, (pid_t)msg); /* the tracer first */
	IS(SIGCHLD, stopped(pid));
	OK(ptrace(PTRACE_CONT, pid, NULL, NULL));
	REAPS(4, pid);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	if (ptrace(PTRACE_PEEKDATA, 0, NULL, NULL) < 0 && errno == ENOSYS)
		SKIP("no ptrace");
	FAILS(ESRCH, ptrace(PTRACE_ATTACH, 0x3fffffff, NULL, NULL));
	FAILS(EPERM, ptrace(PTRACE_ATTACH, getpid(), NULL, NULL));
	AS_NOBODY(FAILS(EPERM, ptrace(PTRACE_ATTACH, 1, NULL, NULL)));
	memory_and_registers();
	system_calls();
	signals();
	exec_stops();
	attach();
	follows_forks();
	return 0;
}
