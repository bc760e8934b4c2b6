/* SPDX-License-Identifier: MIT */
/* prlimit64(2), getrlimit(2), setrlimit(2). */
#include "tests/guest/check.h"

#include <linux/capability.h>
#include <sys/resource.h>

static long
prl(pid_t pid, int res, const void *new, void *old)
{
	return syscall(SYS_prlimit64, pid, res, new, old);
}

static void
set_and_get(void)
{
	struct rlimit lim, old;

	OK(getrlimit(RLIMIT_NOFILE, &lim));
	CHECK(lim.rlim_cur <= lim.rlim_max && lim.rlim_cur >= 64);
	lim.rlim_cur = 40;
	OK(setrlimit(RLIMIT_NOFILE, &lim));
	OK(getrlimit(RLIMIT_NOFILE, &old));
	IS(40, old.rlim_cur);
	IS(lim.rlim_max, old.rlim_max);
	lim.rlim_cur = lim.rlim_max = 50;
	OK(prl(getpid(), RLIMIT_NOFILE, &lim, &old));
	IS(40, old.rlim_cur);
	OK(syscall(SYS_getrlimit, RLIMIT_NOFILE, &old));
	IS(50, old.rlim_cur);
	EXITS(0, {
		OK(prl(0, RLIMIT_NOFILE, NULL, &old));
		IS(50, old.rlim_cur);
		EXEC_SELF("50");
	});
}

static void
of_another(void)
{
	struct rlimit lim = {1234, 5678}, got;
	pid_t parent = getpid();

	EXITS(0, OK(prl(parent, RLIMIT_CPU, &lim, NULL)));
	OK(getrlimit(RLIMIT_CPU, &got));
	IS(1234, got.rlim_cur);
	AS_NOBODY(FAILS(EPERM, prl(1, RLIMIT_CPU, NULL, &got)));
	FAILS(ESRCH, prl(0x3fffffff, RLIMIT_CPU, NULL, &got));
}

static void
refuses(void)
{
	struct rlimit lim = {11, 10};

	FAILS(EINVAL, setrlimit(RLIMIT_CORE, &lim));
	FAILS(EINVAL, prl(0, 16, NULL, &lim));
	FAILS(EINVAL, prl(0, -1, NULL, &lim));
	FAILS(EFAULT, prl(0, RLIMIT_CORE, unmapped_page(), NULL));
	FAILS(EFAULT, prl(0, RLIMIT_CORE, NULL, unmapped_page()));
	OK(prl(0, RLIMIT_CORE, NULL, NULL));
	/* More files than the system allows a process at all. */
	lim.rlim_cur = lim.rlim_max = 1ul << 40;
	FAILS(EPERM, setrlimit(RLIMIT_NOFILE, &lim));
}

static bool
may_raise(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];

	OK(syscall(SYS_capget, &h, d));
	return d[0].effective >> CAP_SYS_RESOURCE & 1;
}

static void
hard_limits_bind(void)
{
	struct rlimit lim = {5, 10};

	OK(setrlimit(RLIMIT_CORE, &lim));
	lim.rlim_max = 11;
	if (may_raise())
		OK(setrlimit(RLIMIT_CORE, &lim));
	else
		FAILS(EPERM, setrlimit(RLIMIT_CORE, &lim));
	AS_NOBODY({
		lim.rlim_max = 12;
		FAILS(EPERM, setrlimit(RLIMIT_CORE, &lim));
		lim.rlim_cur = lim.rlim_max = 9;
		OK(setrlimit(RLIMIT_CORE, &lim));
		lim.rlim_max = 10;
		FAILS(EPERM, setrlimit(RLIMIT_CORE, &lim));
	});
}

int
main(int argc, char **argv)
{
	struct rlimit lim;

	if (argc > 1) {
		OK(getrlimit(RLIMIT_NOFILE, &lim));
		return lim.rlim_cur == 50 ? 0 : 1;
	}
	for (int res = 0; res < 16; res++) {
		OK(getrlimit(res, &lim));
		CHECK(lim.rlim_cur <= lim.rlim_max);
	}
	EXITS(0, set_and_get());
	EXITS(0, of_another());
	refuses();
	EXITS(0, hard_limits_bind());
	return 0;
}
