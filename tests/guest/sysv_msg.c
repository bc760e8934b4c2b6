/* SPDX-License-Identifier: MIT */
/* msgget(2), msgop(2), msgctl(2): System V message queues. */
#include "tests/guest/check.h"

#include <sys/ipc.h>
#include <sys/msg.h>

struct msg {
	long type;
	char text[64];
};

static int
make(void)
{
	return (int)OK(msgget(IPC_PRIVATE, 0600));
}

static void
say(int id, long type, const char *text)
{
	struct msg m = {.type = type};

	strcpy(m.text, text);
	IS(0, msgsnd(id, &m, strlen(text), IPC_NOWAIT));
}

static void
hear(int id, long want, int flags, long type, const char *text)
{
	struct msg m = {0};

	IS(strlen(text),
	   msgrcv(id, &m, sizeof m.text, want, flags | IPC_NOWAIT));
	IS(type, m.type);
	IS(0, strcmp(m.text, text));
}

static void
getting(void)
{
	int key = 0x58000000 + getpid();
	int id = (int)OK(msgget(key, IPC_CREAT | IPC_EXCL | 0640));
	struct msqid_ds ds;

	IS(id, msgget(key, 0));
	FAILS(EEXIST, msgget(key, IPC_CREAT | IPC_EXCL));
	FAILS(ENOENT, msgget(key + 1, 0));
	OK(msgctl(id, IPC_STAT, &ds));
	IS(0640, ds.msg_perm.mode);
	IS(0, ds.msg_qnum);
	CHECK(ds.msg_qbytes > 0 && ds.msg_ctime > 0 && !ds.msg_stime);
	OK(msgctl(id, IPC_RMID, NULL));
	FAILS(EINVAL, msgctl(id, IPC_STAT, &ds));
}

static void
types(void)
{
	int id = make();
	struct msg m;

	say(id, 3, "three");
	say(id, 1, "one");
	say(id, 2, "two");
	say(id, 1, "one again");
	hear(id, 2, 0, 2, "two");
	hear(id, -3, 0, 1, "one");
	hear(id, 3, MSG_EXCEPT, 1, "one again");
	hear(id, 0, 0, 3, "three");
	FAILS(ENOMSG, msgrcv(id, &m, sizeof m.text, 0, IPC_NOWAIT));
	say(id, 5, "");
	hear(id, 5, 0, 5, "");
	OK(msgctl(id, IPC_RMID, NULL));
}

static void
lengths(void)
{
	struct msg m = {.type = 1};
	int id = make();

	say(id, 7, "0123456789");
	FAILS(E2BIG, msgrcv(id, &m, 4, 0, IPC_NOWAIT));
	IS(4, msgrcv(id, &m, 4, 0, IPC_NOWAIT | MSG_NOERROR));
	IS(0, memcmp(m.text, "0123", 4));
	FAILS(ENOMSG, msgrcv(id, &m, 4, 0, IPC_NOWAIT));
	FAILS(EINVAL, msgrcv(id, &m, (size_t)-1, 0, IPC_NOWAIT));
	m.type = 0;
	FAILS(EINVAL, msgsnd(id, &m, 1, 0));
	m.type = 1;
	FAILS(EINVAL, msgsnd(id, &m, (size_t)-1, 0));
	FAILS(EINVAL, msgsnd(-1, &m, 1, 0));
	FAILS(EFAULT, msgsnd(id, unmapped_page(), 1, 0));
	OK(msgctl(id, IPC_RMID, NULL));
}

static void
full(void)
{
	struct msg m = {.type = 1};
	struct msqid_ds ds;
	int id = make();
	pid_t pid;

	OK(msgctl(id, IPC_STAT, &ds));
	ds.msg_qbytes = 100;
	OK(msgctl(id, IPC_SET, &ds));
	IS(0, msgsnd(id, &m, 60, IPC_NOWAIT));
	FAILS(EAGAIN, msgsnd(id, &m, 60, IPC_NOWAIT));
	OK(msgctl(id, IPC_STAT, &ds));
	IS(1, ds.msg_qnum);
	IS(60, ds.msg_cbytes);
	IS(getpid(), ds.msg_lspid);
	CHECK(ds.msg_stime > 0);
	pid = check_fork();
	if (!pid)
		_exit(msgsnd(id, &m, 60, 0) ? errno : 0);
	until_asleep(pid);
	IS(60, msgrcv(id, &m, 60, 0, 0));
	REAPS(0, pid);
	IS(60, msgrcv(id, &m, 60, 0, IPC_NOWAIT));
	OK(msgctl(id, IPC_RMID, NULL));
}

static void
ignore(int sig)
{
	(void)sig;
}

static void
waiting(void)
{
	struct sigaction sa = {.sa_handler = ignore, .sa_flags = SA_RESTART};
	struct msg m;
	int id = make();
	pid_t pid;

	pid = check_fork();
	if (!pid) {
		IS(2, msgrcv(id, &m, sizeof m.text, 9, 0));
		_exit(0);
	}
	until_asleep(pid);
	say(id, 8, "no");
	until_asleep(pid);
	say(id, 9, "me");
	REAPS(0, pid);
	hear(id, 0, 0, 8, "no");

	OK(sigaction(SIGUSR1, &sa, NULL));
	pid = check_fork();
	if (!pid)
		_exit(msgrcv(id, &m, 1, 0, 0) < 0 ? errno : 0);
	until_asleep(pid);
	OK(kill(pid, SIGUSR1));
	REAPS(EINTR, pid);

	pid = check_fork();
	if (!pid)
		_exit(msgrcv(id, &m, 1, 0, 0) < 0 ? errno : 0);
	until_asleep(pid);
	OK(msgctl(id, IPC_RMID, NULL));
	REAPS(EIDRM, pid);
}

static void
by_nobody(int id)
{
	struct msg m = {.type = 1};
	struct msqid_ds ds;

	FAILS(EACCES, msgsnd(id, &m, 1, IPC_NOWAIT));
	FAILS(EACCES, msgrcv(id, &m, 1, 0, IPC_NOWAIT));
	FAILS(EACCES, msgctl(id, IPC_STAT, &ds));
	FAILS(EPERM, msgctl(id, IPC_RMID, NULL));
}

static void
rights(void)
{
	struct msginfo info;
	int id = make();

	if (geteuid() == 0)
		AS_NOBODY(by_nobody(id));
	OK(msgctl(0, IPC_INFO, (void *)&info));
	CHECK(info.msgmax > 0 && info.msgmnb > 0 && info.msgmni > 0);
	OK(msgctl(0, MSG_INFO, (void *)&info));
	CHECK(info.msgpool >= 1);
	OK(msgctl(id, IPC_RMID, NULL));
}

int
main(void)
{
	getting();
	types();
	lengths();
	full();
	waiting();
	rights();
	return 0;
}
