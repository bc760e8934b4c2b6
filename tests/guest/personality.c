/* SPDX-License-Identifier: MIT */
/* personality(2). */
#include "tests/guest/check.h"

#include <sys/personality.h>

#define ASK 0xfffffffful

int
main(int argc, char **argv)
{
	if (argc > 1)
		return personality(ASK) == ADDR_NO_RANDOMIZE ? 0 : 1;
	IS(PER_LINUX, personality(ASK));
	EXITS(0, {
		IS(PER_LINUX, personality(ADDR_NO_RANDOMIZE));
		IS(ADDR_NO_RANDOMIZE, personality(ASK));
		EXITS(0, IS(ADDR_NO_RANDOMIZE, personality(ASK)));
		EXEC_SELF("check"); /* and by exec */
	});
	IS(PER_LINUX, personality(ASK));
	/* Linux: what it does not know is kept all the same. */
	EXITS(0, {
		OK(personality(0x0004));
		IS(4, personality(PER_LINUX));
	});
	return 0;
}
