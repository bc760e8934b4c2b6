/* SPDX-License-Identifier: MIT */
/* setgid(2), setregid(2), setresgid(2), setfsgid(2), setgroups(2),
 * getgroups(2). */
#include "tests/guest/check.h"

#include <sys/fsuid.h>

static void
are(gid_t r, gid_t e, gid_t s)
{
	gid_t a, b, c;

	OK(getresgid(&a, &b, &c));
	IS(r, a);
	IS(e, b);
	IS(s, c);
	IS(r, getgid());
	IS(e, getegid());
	IS(e, setfsgid(-1));
}

static void
by_root(void)
{
	EXITS(0, {
		OK(setgid(1000));
		are(1000, 1000, 1000);
		OK(setgid(0)); /* it is the uid that gives the right */
	});
	EXITS(0, {
		OK(setresgid(1, 2, 3));
		are(1, 2, 3);
		OK(setregid(7, -1));
		are(7, 2, 2);
		IS(2, setfsgid(5));
		IS(5, setfsgid(-1));
		OK(setresuid(9, 9, 9));
		OK(setresgid(2, 7, -1));
		are(2, 7, 2);
		FAILS(EPERM, setresgid(5, -1, -1));
		FAILS(EPERM, setgid(5));
		OK(setgid(2)); /* now the effective one alone */
		are(2, 2, 2);
	});
}

static void
supplementary(void)
{
	gid_t many[100], got[100];

	for (int i = 0; i < 100; i++)
		many[i] = 5000 - i;
	OK(setgroups(100, many));
	IS(100, getgroups(0, NULL));
	IS(100, getgroups(100, got));
	for (int i = 0; i < 100; i++) { /* in whatever order */
		bool has = false;

		for (int j = 0; j < 100; j++)
			has |= got[j] == many[i];
		CHECK(has);
	}
	FAILS(EINVAL, getgroups(99, got));
	FAILS(EINVAL, getgroups(-1, got));
	FAILS(EFAULT, getgroups(100, unmapped_page()));
	FAILS(EINVAL, syscall(SYS_setgroups, 65537, many));
	FAILS(EFAULT, syscall(SYS_setgroups, 10, unmapped_page()));
	EXITS(0, IS(100, getgroups(0, NULL)));
	OK(setgroups(0, NULL));
	IS(0, getgroups(0, NULL));
}

/* They give access. */
static void
used(void)
{
	gid_t group = 4242;
	int fd = OK(open("g", O_CREAT | O_WRONLY, 0600));

	OK(fchown(fd, 0, group));
	OK(fchmod(fd, 0640));
	OK(chmod(".", 0755));
	EXITS(0, {
		OK(setgroups(1, &group));
		OK(setresgid(1, 1, 1));
		OK(setresuid(1, 1, 1));
		OK(close(OK(open("g", O_RDONLY))));
		FAILS(EACCES, open("g", O_RDWR));
	});
	EXITS(0, {
		OK(setgroups(0, NULL));
		OK(setresgid(1, 1, 1));
		OK(setresuid(1, 1, 1));
		FAILS(EACCES, open("g", O_RDONLY));
	});
	OK(unlink("g"));
}

static void
by_a_user(void)
{
	gid_t me = getgid(), other = me + 1;

	OK(setgid(me));
	OK(setresgid(me, me, me));
	OK(setresgid(-1, -1, -1));
	FAILS(EPERM, setgid(other));
	FAILS(EPERM, setregid(-1, other));
	FAILS(EPERM, setresgid(other, -1, -1));
	FAILS(EPERM, setgroups(0, NULL));
	FAILS(EPERM, setgroups(1, &me));
	OK(getgroups(0, NULL));
}

int
main(void)
{
	FAILS(EINVAL, syscall(SYS_setgid, -1));
	FAILS(EFAULT, syscall(SYS_getresgid, unmapped_page(), NULL, NULL));
	if (geteuid() == 0) {
		by_root();
		EXITS(0, supplementary());
		EXITS(0, used());
	}
	AS_NOBODY(by_a_user());
	return 0;
}
