/* SPDX-License-Identifier: MIT */
/* sysinfo(2). */
#include "tests/guest/check.h"

#include <sys/sysinfo.h>

int
main(void)
{
	struct sysinfo s, t;
	struct timespec up;
	unsigned long unit;

	memset(&s, 0xff, sizeof s);
	OK(sysinfo(&s));
	OK(clock_gettime(CLOCK_BOOTTIME, &up));
	CHECK(s.uptime >= 0 && s.uptime <= up.tv_sec + 2);
	unit = s.mem_unit;
	CHECK(unit >= 1);
	CHECK(s.totalram * unit >= 16ul << 20);
	CHECK(s.freeram <= s.totalram && s.freeswap <= s.totalswap);
	CHECK(s.procs >= 1);
	FAILS(EFAULT, syscall(SYS_sysinfo, unmapped_page()));
	FAILS(EFAULT, syscall(SYS_sysinfo, edge_of_memory(64)));

	/* Memory taken is memory not free, give or take. */
	memset(MMAP(64 << 20, RW, MAP_PRIVATE | MAP_POPULATE), 1, 64 << 20);
	OK(sysinfo(&t));
	IS(s.totalram, t.totalram);
	CHECK(t.freeram * unit < t.totalram * unit);
	CHECK(t.uptime >= s.uptime);
	return 0;
}
