/* SPDX-License-Identifier: MIT */
/* pause(2). */
#include "tests/guest/check.h"

int
main(void)
{
	long begin = now_ms();

	ticks_start(SA_RESTART);
	for (int i = 1; i <= 3; i++) {
		FAILS(EINTR, pause());
		CHECK(caught[SIGALRM] >= i);
	}
	CHECK(now_ms() - begin >= 59);
	ticks_stop();
	DIES(SIGALRM, {
		struct itimerval it = {{0, 0}, {0, 20000}};

		signal(SIGALRM, SIG_DFL);
		OK(setitimer(ITIMER_REAL, &it, NULL));
		pause();
	});
	return 0;
}
