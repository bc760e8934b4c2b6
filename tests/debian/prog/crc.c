/* SPDX-License-Identifier: MIT */
#include "prog.h"

unsigned int
crc32_of(const void *p, unsigned long n)
{
	const unsigned char *s = p;
	unsigned int crc = ~0u;

	while (n--) {
		crc ^= *s++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}
