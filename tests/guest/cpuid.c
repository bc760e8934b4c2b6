/* SPDX-License-Identifier: MIT */
/* Instructions that ask the processor: CPUID, XGETBV, RDTSC, RDTSCP. */
#include "tests/guest/check.h"

#include <cpuid.h>

static uint64_t
tsc(void)
{
	unsigned lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

int
main(void)
{
	unsigned a, b, c, d, most = __get_cpuid_max(0, NULL);
	uint64_t first = tsc(), last = first, now;

	CHECK(most >= 1);
	IS(1, __get_cpuid(1, &a, &b, &c, &d));
	CHECK(d & bit_SSE2 && d & bit_FXSAVE && d & bit_CMOV);
	IS(1, __get_cpuid(0x80000001, &a, &b, &c, &d));
	CHECK(d & bit_LM);
	__get_cpuid(1, &a, &b, &c, &d);
	if (c & bit_OSXSAVE) {
		unsigned lo, hi;

		__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
		IS(3, lo & 3); /* x87 and SSE are on */
	}
	for (int i = 0; i < 1000; i++) {
		now = tsc();
		CHECK(now >= last);
		last = now;
	}
	sleep_ms(20);
	CHECK(tsc() - first > 1000000);
	IS(1, __get_cpuid(0x80000001, &a, &b, &c, &d));
	if (d & 1 << 27) {
		unsigned aux;

		__asm__ volatile("rdtscp" : "=a"(a), "=d"(b), "=c"(aux));
		CHECK((aux & 0xfff) < 4096);
	}
	return 0;
}
