/* SPDX-License-Identifier: MIT */
/* include/abi/sysinfo.h - sysinfo(2). */
#ifndef ABI_SYSINFO_H
#define ABI_SYSINFO_H

#include <stdint.h>

struct lx_sysinfo {
	int64_t uptime;
	uint64_t loads[3]; /* times 65536 */
	uint64_t totalram;
	uint64_t freeram;
	uint64_t sharedram;
	uint64_t bufferram;
	uint64_t totalswap;
	uint64_t freeswap;
	uint16_t procs;
	uint16_t pad0;
	uint32_t pad1;
	uint64_t totalhigh;
	uint64_t freehigh;
	uint32_t mem_unit;
	uint32_t pad2;
};

#endif /* ABI_SYSINFO_H */
