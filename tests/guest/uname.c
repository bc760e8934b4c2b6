/* SPDX-License-Identifier: MIT */
/* uname(2), sethostname(2), setdomainname(2). */
#include "tests/guest/check.h"

#include <sched.h>
#include <sys/utsname.h>

static struct utsname u;

static void
set(void)
{
	struct utsname before;
	char longest[65];

	/* Not the name of this host, where there are namespaces. */
	if (unshare(CLONE_NEWUTS) < 0)
		CHECK(errno == ENOSYS || errno == EINVAL || errno == EPERM);
	OK(uname(&before));
	OK(sethostname("vivarium-test", 13));
	OK(setdomainname("example.org, not this", 11));
	OK(uname(&u));
	IS(0, strcmp(u.nodename, "vivarium-test"));
	IS(0, strcmp(u.domainname, "example.org"));
	OK(sethostname("", 0));
	OK(uname(&u));
	IS(0, u.nodename[0]);
	memset(longest, 'h', 64);
	longest[64] = 0;
	OK(sethostname(longest, 64));
	OK(uname(&u));
	IS(0, strcmp(u.nodename, longest));
	FAILS(EINVAL, sethostname(longest, 65));
	FAILS(EINVAL, syscall(SYS_sethostname, longest, -1));
	FAILS(EINVAL, setdomainname(longest, 65));
	FAILS(EFAULT, sethostname(unmapped_page(), 5));
	OK(sethostname(before.nodename, strlen(before.nodename)));
	OK(setdomainname(before.domainname, strlen(before.domainname)));
}

int
main(void)
{
	unsigned major, minor;

	memset(&u, 0xff, sizeof u);
	OK(uname(&u));
	IS(0, strcmp(u.sysname, "Linux"));
	IS(0, strcmp(u.machine, "x86_64"));
	IS(2, sscanf(u.release, "%u.%u", &major, &minor));
	CHECK(major >= 4);
	CHECK(memchr(u.version, 0, 65) && memchr(u.nodename, 0, 65));
	FAILS(EFAULT, uname(unmapped_page()));
	FAILS(EFAULT, uname((void *)edge_of_memory(100)));
	AS_NOBODY({
		FAILS(EPERM, sethostname("x", 1));
		FAILS(EPERM, setdomainname("x", 1));
		FAILS(EPERM, sethostname(NULL, -1)); /* right comes first */
	});
	if (geteuid() == 0)
		EXITS(0, set());
	return 0;
}
