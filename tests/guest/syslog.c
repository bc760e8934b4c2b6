/* SPDX-License-Identifier: MIT */
/* syslog(2), the kernel's log. */
#include "tests/guest/check.h"

#include <sys/klog.h>

static char buf[1 << 18];

/* What is written to /dev/kmsg is read there, and by syslog(2). */
static void
round_trip(void)
{
	static const char text[] = "<13>hello from syslog.c";
	int fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK);
	long n;

	if (fd < 0)
		return;
	OK(lseek(fd, 0, SEEK_END));
	FAILS(EAGAIN, read(fd, buf, sizeof buf));
	IS(sizeof text - 1, write(fd, text, sizeof text - 1));
	if (read(fd, buf, 5) < 0 && errno == EAGAIN)
		return;	   /* printk.devkmsg=off: it is dropped */
	IS(EINVAL, errno); /* the whole, or nothing */
	FAILS(EAGAIN, read(fd, buf, sizeof buf));
	IS(sizeof text - 1, write(fd, text, sizeof text - 1));
	do {
		n = OK(read(fd, buf, sizeof buf - 1));
		buf[n] = 0;
	} while (!strstr(buf, ";hello from syslog.c\n"));
	IS(13, atoi(buf));
	n = OK(klogctl(3, buf, sizeof buf - 1));
	buf[n] = 0;
	CHECK(strstr(buf, "hello from syslog.c\n"));
	OK(lseek(fd, 0, SEEK_SET));
	CHECK(read(fd, buf, sizeof buf) > 0);
	OK(close(fd));
}

int
main(void)
{

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
		round_trip();
	}
	AS_NOBODY({
		FAILS(EPERM, klogctl(5, NULL, 0)); /* to clear it */
		FAILS(EPERM, klogctl(2, buf, 10));
		FAILS(EPERM, klogctl(8, NULL, 1));
	});
	return 0;
}
