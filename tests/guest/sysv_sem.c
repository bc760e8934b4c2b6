/* SPDX-License-Identifier: MIT */
/* semget(2), semop(2), semctl(2): System V semaphores. */
#include "tests/guest/check.h"

#include <sys/ipc.h>
#include <sys/sem.h>

union arg {
	int val;
	struct semid_ds *ds;
	unsigned short *array;
	struct seminfo *info;
};

static int key;

#define OP(num, op, flg) ((struct sembuf){num, op, flg})
#define OPS(...)                                                               \
	((struct sembuf[]){__VA_ARGS__}),                                      \
		sizeof((struct sembuf[]){__VA_ARGS__}) / sizeof(struct sembuf)

static int
make(int n)
{
	return (int)OK(semget(IPC_PRIVATE, n, 0600));
}

static int
value(int id, int num)
{
	return (int)OK(semctl(id, num, GETVAL));
}

static void
set(int id, int num, int v)
{
	OK(semctl(id, num, SETVAL, (union arg){.val = v}));
}

static void
getting(void)
{
	int id = (int)OK(semget(key, 3, IPC_CREAT | IPC_EXCL | 0620));
	struct semid_ds ds;

	IS(id, semget(key, 0, 0));
	IS(id, semget(key, 3, 0));
	FAILS(EINVAL, semget(key, 4, 0));
	FAILS(EEXIST, semget(key, 3, IPC_CREAT | IPC_EXCL));
	FAILS(ENOENT, semget(key + 1, 1, 0));
	FAILS(EINVAL, semget(IPC_PRIVATE, 0, 0600));
	FAILS(EINVAL, semget(IPC_PRIVATE, -1, 0600));
	OK(semctl(id, 0, IPC_STAT, (union arg){.ds = &ds}));
	IS(3, ds.sem_nsems);
	IS(0620, ds.sem_perm.mode);
	IS(0, ds.sem_otime);
	CHECK(ds.sem_ctime > 0);
	for (int i = 0; i < 3; i++)
		IS(0, value(id, i));
	OK(semctl(id, 0, IPC_RMID));
	FAILS(EINVAL, semctl(id, 0, GETVAL));
}

static void
values(void)
{
	unsigned short in[3] = {5, 0, 32767}, out[3];
	int id = make(3);
	struct semid_ds ds;

	OK(semctl(id, 0, SETALL, (union arg){.array = in}));
	OK(semctl(id, 0, GETALL, (union arg){.array = out}));
	IS(0, memcmp(in, out, sizeof in));
	IS(getpid(), semctl(id, 2, GETPID));
	FAILS(ERANGE, semctl(id, 0, SETVAL, (union arg){.val = 32768}));
	FAILS(ERANGE, semctl(id, 0, SETVAL, (union arg){.val = -1}));
	FAILS(EINVAL, semctl(id, 3, GETVAL));
	FAILS(EINVAL, semctl(id, -1, GETVAL));
	FAILS(EINVAL, semctl(id, 0, 99));
	in[1] = 40000;
	FAILS(ERANGE, semctl(id, 0, SETALL, (union arg){.array = in}));
	IS(0, value(id, 1));
	FAILS(EFAULT,
	      semctl(id, 0, GETALL, (union arg){.array = unmapped_page()}));
	OK(semctl(id, 0, IPC_STAT, (union arg){.ds = &ds}));
	ds.sem_perm.mode = 0400;
	OK(semctl(id, 0, IPC_SET, (union arg){.ds = &ds}));
	OK(semctl(id, 0, IPC_STAT, (union arg){.ds = &ds}));
	IS(0400, ds.sem_perm.mode);
	OK(semctl(id, 0, IPC_RMID));
}

static void
all_or_nothing(void)
{
	int id = make(2);

	set(id, 0, 2);
	OK(semop(id, OPS(OP(0, -1, 0), OP(1, 3, 0))));
	IS(1, value(id, 0));
	IS(3, value(id, 1));
	FAILS(EAGAIN, semop(id, OPS(OP(1, -3, 0), OP(0, -2, IPC_NOWAIT))));
	IS(3, value(id, 1));
	/* In order: what an operation sees is what those before it did. */
	OK(semop(id, OPS(OP(1, -3, IPC_NOWAIT), OP(1, 0, IPC_NOWAIT),
			 OP(1, 1, 0))));
	IS(1, value(id, 1));
	FAILS(ERANGE, semop(id, OPS(OP(0, 1, 0), OP(1, 32767, 0))));
	IS(1, value(id, 0));
	FAILS(EFBIG, semop(id, OPS(OP(2, 1, 0))));
	FAILS(EINVAL, semop(id, NULL, 0));
	FAILS(EINVAL, semop(-1, OPS(OP(0, 1, 0))));
	FAILS(EFAULT, semop(id, unmapped_page(), 1));
	FAILS(E2BIG, semop(id, unmapped_page(), 501));
	OK(semctl(id, 0, IPC_RMID));
}

static pid_t
child_op(int id, struct sembuf op)
{
	pid_t pid = (pid_t)OK(fork());

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(semop(id, &op, 1) ? errno : 0);
	}
	return pid;
}

static void
waiting(void)
{
	int id = make(2);
	pid_t down = child_op(id, OP(0, -2, 0)), zero;

	until_asleep(down);
	IS(1, semctl(id, 0, GETNCNT));
	IS(0, semctl(id, 0, GETZCNT));
	OK(semop(id, OPS(OP(0, 1, 0))));
	until_asleep(down);
	OK(semop(id, OPS(OP(0, 2, 0))));
	REAPS(0, down);
	IS(1, value(id, 0));
	IS(down, semctl(id, 0, GETPID));

	zero = child_op(id, OP(0, 0, 0));
	until_asleep(zero);
	IS(1, semctl(id, 0, GETZCNT));
	set(id, 0, 0);
	REAPS(0, zero);

	down = child_op(id, OP(1, -1, 0));
	until_asleep(down);
	OK(semctl(id, 0, IPC_RMID));
	REAPS(EIDRM, down);
}

static void
ignore(int sig)
{
	(void)sig;
}

static void
interrupted(void)
{
	struct sigaction sa = {.sa_handler = ignore, .sa_flags = SA_RESTART};
	int id = make(1);
	pid_t pid;

	OK(sigaction(SIGUSR1, &sa, NULL));
	pid = child_op(id, OP(0, -1, 0));
	until_asleep(pid);
	OK(kill(pid, SIGUSR1));
	REAPS(EINTR, pid);
	OK(semctl(id, 0, IPC_RMID));
}

static void
timed(void)
{
	struct timespec ts = {0, 20000000}, bad = {0, 1000000000}, a, b;
	struct sembuf op = OP(0, -1, 0);
	int id = make(1);

	OK(clock_gettime(CLOCK_MONOTONIC, &a));
	FAILS(EAGAIN, semtimedop(id, &op, 1, &ts));
	OK(clock_gettime(CLOCK_MONOTONIC, &b));
	CHECK((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >=
	      20000000);
	FAILS(EINVAL, semtimedop(id, &op, 1, &bad));
	FAILS(EFAULT, semtimedop(id, &op, 1, unmapped_page()));
	set(id, 0, 1);
	OK(semtimedop(id, &op, 1, &ts));
	OK(semctl(id, 0, IPC_RMID));
}

static void
undo(void)
{
	int id = make(2);

	set(id, 0, 5);
	EXITS(0, {
		OK(semop(id, OPS(OP(0, -3, SEM_UNDO), OP(1, 4, SEM_UNDO))));
		OK(semop(id, OPS(OP(0, -1, SEM_UNDO))));
		IS(1, value(id, 0));
	});
	IS(5, value(id, 0));
	IS(0, value(id, 1));
	/* SETVAL forgets what is owed. */
	EXITS(0, {
		OK(semop(id, OPS(OP(0, -3, SEM_UNDO))));
		set(id, 0, 9);
	});
	IS(9, value(id, 0));
	/* It is not inherited. */
	EXITS(0, {
		OK(semop(id, OPS(OP(0, -1, SEM_UNDO))));
		EXITS(0, IS(8, value(id, 0)));
		IS(8, value(id, 0));
	});
	IS(9, value(id, 0));
	/* Somebody is waiting for a debt to be paid. */
	set(id, 0, 1);
	EXITS(0, {
		pid_t pid;

		OK(semop(id, OPS(OP(0, -1, SEM_UNDO))));
		pid = child_op(id, OP(0, -1, 0));
		until_asleep(pid);
	});
	while (value(id, 0))
		sched_yield();
	OK(semctl(id, 0, IPC_RMID));
}

static void
by_nobody(int id)
{
	FAILS(EACCES, semctl(id, 0, SETVAL, (union arg){.val = 1}));
	FAILS(EACCES, semop(id, OPS(OP(0, 1, 0))));
	IS(0, value(id, 0));
	OK(semop(id, OPS(OP(0, 0, 0))));
	FAILS(EPERM, semctl(id, 0, IPC_RMID));
}

static void
rights(void)
{
	struct seminfo si;
	int id = (int)OK(semget(key, 1, IPC_CREAT | 0604));

	if (geteuid() == 0)
		AS_NOBODY(by_nobody(id));
	OK(semctl(0, 0, IPC_INFO, (union arg){.info = &si}));
	CHECK(si.semvmx == 32767 && si.semopm >= 32);
	OK(semctl(0, 0, SEM_INFO, (union arg){.info = &si}));
	CHECK(si.semusz >= 1 && si.semaem >= 1);
	OK(semctl(id, 0, IPC_RMID));
}

int
main(void)
{
	key = 0x57000000 + getpid();
	getting();
	values();
	all_or_nothing();
	waiting();
	interrupted();
	timed();
	undo();
	rights();
	return 0;
}
