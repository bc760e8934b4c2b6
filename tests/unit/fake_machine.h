/* SPDX-License-Identifier: MIT */
/* tests/unit/fake_machine.h - what a unit test may set and see of the fake
 * machine. */
#ifndef TESTS_UNIT_FAKE_MACHINE_H
#define TESTS_UNIT_FAKE_MACHINE_H

#include <stddef.h>
#include <stdint.h>

struct fake_machine {
	uint64_t clock_ns; /* what every clock says; 0: the host's time */
	char log[8192];	   /* what was logged, a line each */
	size_t log_len;

	/* Calls that are not faked; NULL: they end the test. */
	int64_t (*other)(uint64_t nr, uint64_t a, uint64_t b, uint64_t c,
			 uint64_t d, uint64_t e, uint64_t f);
};

extern struct fake_machine fake_machine;

#endif /* TESTS_UNIT_FAKE_MACHINE_H */
