/* SPDX-License-Identifier: MIT */
/* sync(2) always succeeds. */
#include "tests/guest/check.h"

int
main(void)
{
	put_file("f", "hello");
	IS(0, syscall(SYS_sync));
	return 0;
}
