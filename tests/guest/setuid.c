/* SPDX-License-Identifier: MIT */
/* setuid(2), seteuid(3), setreuid(2), setresuid(2), setfsuid(2),
 * getresuid(2): each rule, by root and by a user. */
#include "tests/guest/check.h"

#include <sys/fsuid.h>

/* The ids must be these: real, effective, saved, of the file system. */
static void
are(uid_t r, uid_t e, uid_t s)
{
	uid_t a, b, c;

	OK(getresuid(&a, &b, &c));
	IS(r, a);
	IS(e, b);
	IS(s, c);
	IS(r, getuid());
	IS(e, geteuid());
	IS(e, setfsuid(-1)); /* it follows the effective one */
}

static void
by_root(void)
{
	EXITS(0, {
		OK(setuid(1000)); /* all three, and no way back */
		are(1000, 1000, 1000);
		FAILS(EPERM, setuid(0));
	});
	EXITS(0, {
		OK(seteuid(1000));
		are(0, 1000, 0);
		FAILS(EPERM, setuid(5));
		OK(setuid(0)); /* the effective one only */
		are(0, 0, 0);
	});
	EXITS(0, {
		OK(setresuid(1, 2, 3));
		are(1, 2, 3);
		OK(setresuid(-1, 3, -1));
		are(1, 3, 3);
		OK(setresuid(3, 1, 1));
		are(3, 1, 1);
		FAILS(EPERM, setresuid(-1, 2, -1));
		FAILS(EPERM, setresuid(0, -1, -1));
	});
	EXITS(0, {
		OK(setreuid(1000, 2000)); /* a real one set: saved follows */
		are(1000, 2000, 2000);
		OK(setreuid(2000, 1000));
		are(2000, 1000, 1000);
		OK(setreuid(-1, 2000));
		are(2000, 2000, 1000); /* Linux: real again, saved stays */
	});
}

static void
by_a_user(void)
{
	uid_t me = getuid();

	OK(setuid(me));
	OK(setreuid(me, me));
	OK(setresuid(me, me, me));
	OK(setresuid(-1, -1, -1));
	FAILS(EPERM, setuid(me + 1));
	FAILS(EPERM, setuid(0));
	FAILS(EPERM, seteuid(0));
	FAILS(EPERM, setreuid(me + 1, -1));
	FAILS(EPERM, setreuid(-1, 0));
	FAILS(EPERM, setresuid(-1, -1, 0));
	are(me, me, me);
	/* Says what it was and nothing of refusal. */
	IS(me, setfsuid(0));
	IS(me, setfsuid(me));
	IS(me, setfsuid(me));
}

static void
of_the_file_system(void)
{
	OK(close(OK(open("r", O_CREAT | O_WRONLY, 0600))));
	OK(chmod(".", 0755));
	IS(0, setfsuid(1000));
	IS(1000, setfsuid(-1));
	FAILS(EACCES, open("r", O_RDONLY)); /* capabilities went along */
	IS(0, geteuid());
	OK(kill(getppid(), 0));
	IS(1000, setfsuid(0));
	OK(close(OK(open("r", O_RDONLY))));
	OK(unlink("r"));
}

int
main(void)
{
	uid_t id;

	FAILS(EFAULT, syscall(SYS_getresuid, unmapped_page(), &id, &id));
	FAILS(EFAULT, syscall(SYS_getresuid, &id, &id, unmapped_page()));
	FAILS(EINVAL, syscall(SYS_setuid, -1));
	FAILS(EINVAL, seteuid(-1));
	if (geteuid() == 0) {
		by_root();
		EXITS(0, of_the_file_system());
	}
	AS_NOBODY(by_a_user());
	return 0;
}
