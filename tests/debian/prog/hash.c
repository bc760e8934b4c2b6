/* SPDX-License-Identifier: MIT */
#include "prog.h"

unsigned int
hash_text(const char *s)
{
	unsigned int h = 2166136261u;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h;
}
