/* SPDX-License-Identifier: MIT */
/* capget(2), capset(2), and what changes of ids do to capabilities. */
#include "tests/guest/check.h"

#include <linux/capability.h>

#define CHOWN (1u << CAP_CHOWN)
#define KILL  (1u << CAP_KILL)

static struct __user_cap_header_struct h;
static struct __user_cap_data_struct d[2];

static long
get(void)
{
	h.version = _LINUX_CAPABILITY_VERSION_3;
	h.pid = 0;
	return syscall(SYS_capget, &h, d);
}

static long
set(void)
{
	h.version = _LINUX_CAPABILITY_VERSION_3;
	h.pid = 0;
	return syscall(SYS_capset, &h, d);
}

static void
versions(void)
{
	h.version = 0x12345678;
	FAILS(EINVAL, syscall(SYS_capget, &h, d));
	IS(_LINUX_CAPABILITY_VERSION_3, h.version); /* what it would like */
	h.version = 0;
	OK(syscall(SYS_capget, &h, NULL)); /* a question for that */
	IS(_LINUX_CAPABILITY_VERSION_3, h.version);
	h.version = _LINUX_CAPABILITY_VERSION_1;
	OK(syscall(SYS_capget, &h, d));
	h.version = _LINUX_CAPABILITY_VERSION_2;
	OK(syscall(SYS_capget, &h, d));
	FAILS(EFAULT, syscall(SYS_capget, unmapped_page(), d));
	h.version = _LINUX_CAPABILITY_VERSION_3;
	FAILS(EFAULT, syscall(SYS_capget, &h, unmapped_page()));
	h.pid = -1;
	FAILS(EINVAL, syscall(SYS_capget, &h, d));
	h.pid = 0x3fffffff;
	FAILS(ESRCH, syscall(SYS_capget, &h, d));
	h.pid = 1;
	OK(syscall(SYS_capget, &h, d));		  /* everyone may look */
	FAILS(EPERM, syscall(SYS_capset, &h, d)); /* oneself only */
}

static void
by_root(void)
{
	OK(get());
	CHECK(d[0].effective & CHOWN && d[0].permitted & CHOWN);
	d[0].effective &= ~CHOWN;
	OK(set());
	put_file("f", "");
	FAILS(EPERM, chown("f", 5, 5));
	d[0].effective |= CHOWN;
	OK(set());
	OK(chown("f", 5, 5));
	d[0].effective &= ~KILL;
	d[0].permitted &= ~KILL;
	OK(set());
	d[0].permitted |= KILL;
	FAILS(EPERM, set()); /* gone for good */
	d[0].permitted &= ~KILL;
	d[0].effective |= KILL;
	FAILS(EPERM, set());
	d[0].effective &= ~KILL;
	d[0].inheritable = CHOWN;
	OK(set());
	OK(get());
	IS(CHOWN, d[0].inheritable);
	EXITS(0, {
		OK(get());
		IS(0, d[0].permitted & KILL);
		IS(CHOWN, d[0].inheritable);
	});
	OK(unlink("f"));
}

static void
with_ids(void)
{
	EXITS(0, {
		OK(seteuid(1000)); /* effective ones go */
		OK(get());
		IS(0, d[0].effective);
		CHECK(d[0].permitted & CHOWN);
		OK(seteuid(0)); /* and come back */
		OK(get());
		CHECK(d[0].effective & CHOWN);
		OK(setresuid(1, 1, 1)); /* no root id left: all go */
		OK(get());
		IS(0, d[0].permitted | d[0].effective);
	});
	EXITS(0, {
		OK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
		OK(setresuid(1, 1, 1));
		OK(get());
		IS(0, d[0].effective);
		CHECK(d[0].permitted & CHOWN);
		d[0].effective = CHOWN;
		OK(set());
		put_file("g", "");
		OK(chown("g", 77, 77));
	});
	OK(unlink("g"));
}

/* The ambient set: for programs without capabilities of their own. */
static void
ambient(void)
{
	OK(get());
	d[0].inheritable = CHOWN;
	OK(set());
	OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	IS(1, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0));
	FAILS(EPERM,
	      prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	OK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	OK(setresuid(1, 1, 1));
	IS(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0));
	OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	EXEC_SELF("ambient");
}

static int
after_exec(void)
{
	OK(get());
	IS(CHOWN, d[0].effective);
	IS(CHOWN, d[0].permitted);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return after_exec();
	versions();
	if (geteuid() == 0) {
		OK(chmod(".", 0777));
		EXITS(0, by_root());
		with_ids();
		EXITS(0, ambient());
	}
	AS_NOBODY({
		OK(get());
		IS(0, d[0].effective | d[0].permitted);
		OK(set());
		d[0].permitted = CHOWN;
		FAILS(EPERM, set());
	});
	return 0;
}
