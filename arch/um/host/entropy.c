/* SPDX-License-Identifier: MIT */
/* arch/um/host/entropy.c - randomness, all of it from the host kernel. */
#include "arch/um/host/host.h"

#include <sys/random.h>

int64_t
hc_ENTROPY(const uint64_t *a)
{
	uint64_t done = 0;
	ssize_t n;

	if (!memory_writable(a[0], a[1]))
		return -EFAULT;
	while (done < a[1]) {
		n = getrandom((void *)(a[0] + done), a[1] - done, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (uint64_t)n;
	}
	return 0;
}
