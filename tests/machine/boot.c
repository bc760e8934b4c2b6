/* SPDX-License-Identifier: MIT */
/* tests/machine/boot.c - run a kernel image: boot TRACER IMAGE [ARG]. */
#include "arch/um/host/machine.h"
#include "tracer/tracer.h"

#include <stdio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct machine_config cfg = {
		.choose_tracer = tracer_choose,
		.tracer = argv[1],
		.kernel = argv[2],
		.root = "/",
		.argv = (const char *const *)argv + 3,
		.memory = 64 << 20,
		.cpus = 2,
		.log_level = 3,
		.log_fd = -1,
		.strace_fd = -1,
	};
	char why[256];
	int r;

	if (argc < 3)
		return 2;
	alarm(60);
	r = machine_run(&cfg, why, sizeof why);
	if (r < 0)
		fprintf(stderr, "boot: %s\n", why);
	return r < 0 ? 125 : r;
}
