/* SPDX-License-Identifier: MIT */
/* membarrier(2). */
#include "tests/guest/check.h"

#include <linux/membarrier.h>

static long
barrier(int cmd, unsigned flags)
{
	return syscall(SYS_membarrier, cmd, flags, 0);
}

int
main(void)
{
	long can = barrier(MEMBARRIER_CMD_QUERY, 0);

	if (can < 0 && errno == ENOSYS)
		SKIP("no membarrier");
	OK(can);
	FAILS(EINVAL, barrier(MEMBARRIER_CMD_QUERY, 1));
	FAILS(EINVAL, barrier(1 << 30, 0));
	if (can & MEMBARRIER_CMD_GLOBAL)
		OK(barrier(MEMBARRIER_CMD_GLOBAL, 0));
	if (can & MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
		FAILS(EPERM, barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0));
		OK(barrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0));
		OK(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0));
		EXITS(0, OK(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0)));
	}
	if (can & MEMBARRIER_CMD_GLOBAL_EXPEDITED) {
		OK(barrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0));
		OK(barrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0));
	}
	return 0;
}
