/* SPDX-License-Identifier: MIT */
/* userfaultfd(2): a missing page is supplied by a thread of the process. */
#include "tests/guest/check.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static int fd;

static void *
supplier(void *page)
{
	struct uffd_msg msg;
	struct uffdio_copy copy = {.src = (unsigned long)page, .len = 4096};

	IS(sizeof msg, read(fd, &msg, sizeof msg));
	IS(UFFD_EVENT_PAGEFAULT, msg.event);
	copy.dst = msg.arg.pagefault.address & -4096ul;
	OK(ioctl(fd, UFFDIO_COPY, &copy));
	IS(4096, copy.copy);
	return NULL;
}

int
main(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	char *page = MMAP(4096, RW, MAP_PRIVATE);
	char *p = MMAP(8192, RW, MAP_PRIVATE);
	pthread_t t;

	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (fd < 0 && errno == ENOSYS)
		SKIP("no userfaultfd");
	if (fd < 0 && errno == EPERM && geteuid() != 0)
		SKIP("needs root");
	OK(fd);
	FAILS(EINVAL, syscall(SYS_userfaultfd, 1 << 30));
	reg.range = (struct uffdio_range){(unsigned long)p, 8192};
	FAILS(EINVAL, ioctl(fd, UFFDIO_REGISTER, &reg)); /* no API yet */
	OK(ioctl(fd, UFFDIO_API, &api));
	OK(ioctl(fd, UFFDIO_REGISTER, &reg));
	memset(page, 'u', 4096);
	IS(0, pthread_create(&t, NULL, supplier, page));
	IS('u', p[4096 + 7]);
	IS(0, pthread_join(t, NULL));
	return 0;
}
