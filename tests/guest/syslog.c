/* SPDX-License-Identifier: MIT */
/* syslog(2), the kernel's log. */
#include "tests/guest/check.h"

#include <sys/klog.h>

int
main(void)
{
	static char buf[4096];

	if (klogctl(10, NULL, 0) < 0 && errno == ENOSYS)
		SKIP("no kernel log");
	if (geteuid() == 0) {
		CHECK(klogctl(10, NULL, 0) >= 0); /* its size */
		CHECK(klogctl(3, buf, sizeof buf) >= 0);
		FAILS(EINVAL, klogctl(3, NULL, 10));
		FAILS(EINVAL, klogctl(3, buf, -1));
		IS(0, klogctl(3, buf, 0));
		FAILS(EFAULT, klogctl(3, unmapped_page(), 4096));
		FAILS(EINVAL, klogctl(8, NULL, 9)); /* no such level */
		FAILS(EINVAL, klogctl(99, NULL, 0));
	}
	AS_NOBODY({
		FAILS(EPERM, klogctl(5, NULL, 0)); /* to clear it */
		FAILS(EPERM, klogctl(2, buf, 10));
		FAILS(EPERM, klogctl(8, NULL, 1));
	});
	return 0;
}
