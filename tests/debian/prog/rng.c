/* SPDX-License-Identifier: MIT */
#include "prog.h"

unsigned int
rng_next(unsigned int *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
