/* SPDX-License-Identifier: MIT */
/* What a process is told of itself, from places that ask often: true at once
 * for each thread and process, however it came to be, and after every change,
 * by whomever; and seen by who watches system calls. */
#include "tests/guest/hot.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static const int asked[] = {SYS_getpid, SYS_gettid,  SYS_getppid, SYS_getpgrp,
			    SYS_getuid, SYS_geteuid, SYS_getgid,  SYS_getegid};

static struct shared {
	volatile int stage, answer;
	volatile pid_t pid;
} * sh;

static void
ask_often(void)
{
	TIMES(HOT)
	for (unsigned i = 0; i < sizeof asked / sizeof asked[0]; i++)
		CHECK(hot_call(asked[i]) >= 0);
}

/* By calls that are not asked often, or by other ways. */
static void
all_true(pid_t pid, pid_t tid, pid_t ppid)
{
	uid_t u[3], g[3];

	OK(getresuid(&u[0], &u[1], &u[2]));
	OK(getresgid(&g[0], &g[1], &g[2]));
	IS(pid, hot_call(SYS_getpid));
	IS(pid, hot_getpid());
	IS(pid, hot_moved(SYS_getpid));
	IS(pid, hot_last(SYS_getpid));
	IS(tid, hot_call(SYS_gettid));
	IS(ppid, hot_call(SYS_getppid));
	IS(getpgid(0), hot_call(SYS_getpgrp));
	IS(u[0], hot_call(SYS_getuid));
	IS(u[1], hot_call(SYS_geteuid));
	IS(g[0], hot_call(SYS_getgid));
	IS(g[1], hot_call(SYS_getegid));
}

/* The caller's thread, as /proc has it. */
static pid_t
own_tid(void)
{
	char link[64] = "";

	OK(readlink("/proc/thread-self", link, sizeof link - 1));
	CHECK(strrchr(link, '/'));
	return atoi(strrchr(link, '/') + 1);
}

/* Without a system call, so that nobody has occasion to tell us. */
static void
await(int stage)
{
	while (sh->stage < stage)
		__builtin_ia32_pause();
}

/* --- by birth --- */

static int
in_clone(void *arg)
{
	pid_t parent = *(pid_t *)arg;

	sh->pid = own_tid();
	all_true(sh->pid, sh->pid, parent);
	_exit(0);
}

static void
processes(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t me = getpid(), up = getppid(), pid;

	TIMES(5)
	{
		EXITS(0, all_true(own_tid(), getpid(), me));
		REAPS(0, OK(clone(in_clone, stack + sizeof stack,
				  CLONE_VM | SIGCHLD, &me)));
		CHECK(sh->pid != me);
		pid = vfork();
		if (!pid) {
			sh->pid = own_tid();
			all_true(sh->pid, sh->pid, me);
			_exit(0);
		}
		IS(pid, sh->pid);
		all_true(me, me, up);
		REAPS(0, pid);
	}
}

static void *
in_thread(void *arg)
{
	pid_t tid = own_tid();

	CHECK(tid != getpid());
	TIMES(HOT) all_true(getpid(), tid, getppid());
	if (arg)
		EXITS(0, {
			tid = own_tid();
			all_true(tid, tid, *(pid_t *)arg);
		});
	return NULL;
}

static void
threads(void)
{
	pid_t me = getpid();
	pthread_t t[3];

	for (int i = 0; i < 3; i++)
		IS(0, pthread_create(&t[i], NULL, in_thread, i ? NULL : &me));
	TIMES(HOT) all_true(me, me, getppid());
	for (int i = 0; i < 3; i++)
		IS(0, pthread_join(t[i], NULL));
}

/* --- changed by others, unseen --- */

static void
orphan(void)
{
	sh->stage = sh->pid = 0;
	OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	EXITS(0, {
		pid_t parent = getpid();

		if (!check_fork()) {
			OK(prctl(PR_SET_PDEATHSIG, 0));
			sh->pid = getpid();
			while (!sh->stage)
				CHECK(hot_call(SYS_getppid) > 0);
			sh->answer = (int)hot_call(SYS_getppid);
			exit(0);
		}
		while (!sh->pid)
			usleep(1000);
		IS(parent, getpid());
	});
	sh->stage = 1; /* its parent is gone: we know */
	REAPS(0, sh->pid);
	IS(getpid(), sh->answer);
}

static void
put_in_group(void)
{
	pid_t pid;

	sh->stage = 0;
	pid = check_fork();
	if (!pid) {
		ask_often();
		sh->stage = 1;
		await(2);
		IS(getpid(), hot_call(SYS_getpgrp));
		EXITS(0, {
			OK(setsid());
			all_true(getpid(), getpid(), getppid());
		});
		exit(0);
	}
	await(1);
	OK(setpgid(pid, pid));
	sh->stage = 2;
	REAPS(0, pid);
}

/* --- ids --- */

static void *
other_ids(void *arg)
{
	(void)arg;
	ask_often();
	sh->stage = 1;
	await(2);
	IS(0, hot_call(SYS_geteuid)); /* they are each thread's own */
	IS(0, hot_call(SYS_setresuid, 78, -1, -1));
	IS(78, hot_call(SYS_getuid));
	IS(0, hot_call(SYS_geteuid));
	IS(0, hot_call(SYS_setresuid, -1, 77, -1));
	IS(77, hot_call(SYS_geteuid));
	return NULL;
}

static void
ids(void)
{
	pthread_t t;

	sh->stage = 0;
	IS(0, pthread_create(&t, NULL, other_ids, NULL));
	await(1);
	IS(0, syscall(SYS_setresgid, 40, 41, 42));
	IS(0, syscall(SYS_setresuid, 50, 51, 0));
	all_true(getpid(), getpid(), getppid());
	IS(50, hot_call(SYS_getuid));
	IS(51, hot_call(SYS_geteuid));
	IS(40, hot_call(SYS_getgid));
	IS(41, hot_call(SYS_getegid));
	sh->stage = 2;
	IS(0, pthread_join(t, NULL));
	IS(51, hot_call(SYS_geteuid));
	EXITS(0, IS(51, hot_call(SYS_geteuid)));
	IS(0, syscall(SYS_setresuid, -1, 0, -1));
	IS(0, syscall(SYS_setresuid, -2, -1, -1)); /* the largest there is */
	IS(0xfffffffe, hot_call(SYS_getuid));
}

/* --- another program --- */

static void *
execs(void *arg)
{
	char *args[] = {arg, (char *)"exec", NULL};

	ask_often();
	sh->stage = 1;
	execv("/proc/self/exe", args);
	return NULL;
}

static void
exec_in_thread(void)
{
	char pid[16], ppid[16];
	pthread_t t;

	snprintf(pid, sizeof pid, "%d", getpid());
	snprintf(ppid, sizeof ppid, "%d", getppid());
	OK(setenv("PID", pid, 1));
	OK(setenv("PPID", ppid, 1));
	OK(setenv("EUID", "0", 1));
	IS(0, pthread_create(&t, NULL, execs, (char *)"hot"));
	for (;;)
		CHECK(hot_call(SYS_getpid) == getpid());
}

static void
exec_setuid(void)
{
	char pid[16];

	OK(chmod(".", 0755)); /* so that it is in reach */
	copy_self("program", 0755);
	OK(chown("program", 60, 61));
	OK(chmod("program", 06755));
	OK(setenv("EUID", "60", 1));
	OK(setenv("PPID", "0", 1)); /* any */
	snprintf(pid, sizeof pid, "%d", getpid());
	OK(setenv("PID", pid, 1));
	IS(0, syscall(SYS_setresuid, 50, 50, 50));
	ask_often();
	execl("program", "program", "exec", NULL);
	CHECK(!"exec");
}

static int
in_exec(void)
{
	pid_t me = atoi(getenv("PID"));
	pid_t up = atoi(getenv("PPID"));

	TIMES(HOT)
	{
		all_true(me, me, up ? up : getppid());
		if (strcmp(getenv("EUID"), "0")) {
			IS(atoi(getenv("EUID")), hot_call(SYS_geteuid));
			IS(50, hot_call(SYS_getuid));
		}
	}
	return 0;
}

/* --- who watches --- */

#define EXIT_STOP (SIGTRAP | 0x80)

static void
next_stop(pid_t pid)
{
	int status;

	OK(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	IS(pid, waitpid(pid, &status, 0));
	CHECK(WIFSTOPPED(status));
	IS(EXIT_STOP, WSTOPSIG(status));
}

/* All calls are seen from the first moment, and can be bent. */
static void
traced(void)
{
	struct user_regs_struct r;
	int status;
	pid_t pid;

	sh->stage = 0;
	pid = check_fork();
	if (!pid) {
		ask_often();
		sh->stage = 1;
		while (hot_call(SYS_getpid) != 4242)
			CHECK(hot_call(SYS_getppid) > 0);
		exit(0);
	}
	await(1);
	OK(ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD));
	OK(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	IS(pid, waitpid(pid, &status, 0));
	CHECK(WIFSTOPPED(status));
	do {
		next_stop(pid);
		OK(ptrace(PTRACE_GETREGS, pid, NULL, &r));
		IS(-ENOSYS, (long)r.rax);
		next_stop(pid);
		OK(ptrace(PTRACE_GETREGS, pid, NULL, &r));
		CHECK(r.orig_rax == SYS_getppid || r.orig_rax == SYS_getpid);
		CHECK((long)r.rax ==
		      (r.orig_rax == SYS_getpid ? pid : getpid()));
	} while (r.orig_rax != SYS_getpid);
	r.rax = 4242;
	OK(ptrace(PTRACE_SETREGS, pid, NULL, &r));
	OK(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	REAPS(0, pid);
}

static void *
filtered(void *arg)
{
	(void)arg;
	ask_often();
	sh->stage = 1;
	await(2);
	IS(-1000, hot_call(SYS_getppid));
	IS(getpid(), hot_call(SYS_getpid));
	return NULL;
}

/* For another thread, too. */
static void
filter(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EBADE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {.len = 4, .filter = f};
	pthread_t t;

	sh->stage = 0;
	IS(0, pthread_create(&t, NULL, filtered, NULL));
	await(1);
	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	OK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		   SECCOMP_FILTER_FLAG_TSYNC, &prog));
	IS(-1000, hot_call(SYS_getppid));
	sh->stage = 2;
	IS(0, pthread_join(t, NULL));
	EXITS(0, IS(-1000, hot_call(SYS_getppid)));
}

int
main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exec"))
		return in_exec();
	if (argc > 1)
		exec_setuid();
	sh = (struct shared *)MMAP(4096, RW, MAP_SHARED);
	make_hot();
	ask_often();
	processes();
	threads();
	orphan();
	put_in_group();
	EXITS(0, exec_in_thread());
	traced();
	EXITS(0, filter());
	if (geteuid() == 0) {
		EXITS(0, ids());
		EXITS(0, exec_setuid());
		EXITS(0, EXEC_SELF("setuid"));
	}
	return 0;
}
