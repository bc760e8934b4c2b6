/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <sys/wait.h>
#include <unistd.h>

/* Each hop is a process that adds one. */
int
pipes_through(int hops, int value)
{
	int in[2], out[2];

	if (pipe(in) < 0 || write(in[1], &value, sizeof value) < 0)
		return -1;
	close(in[1]);
	for (int i = 0; i < hops; i++) {
		if (pipe(out) < 0)
			return -1;
		if (fork() == 0) {
			if (read(in[0], &value, sizeof value) < 0)
				_exit(1);
			value++;
			_exit(write(out[1], &value, sizeof value) < 0);
		}
		close(in[0]);
		close(out[1]);
		in[0] = out[0];
	}
	if (read(in[0], &value, sizeof value) < 0)
		return -1;
	while (wait(0) > 0)
		;
	return value;
}
