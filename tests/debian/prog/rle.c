/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdio.h>
#include <stdlib.h>

int
rle_pack(const char *in, char *out)
{
	char *start = out;

	while (*in) {
		int run = 1;

		while (in[run] == *in)
			run++;
		out += sprintf(out, "%d%c", run, *in);
		in += run;
	}
	return (int)(out - start);
}

int
rle_unpack(const char *in, char *out)
{
	char *start = out;

	while (*in) {
		char *end;
		long run = strtol(in, &end, 10);

		while (run--)
			*out++ = *end;
		in = end + 1;
	}
	*out = '\0';
	return (int)(out - start);
}
