/* SPDX-License-Identifier: MIT */
/*
 * syscalls/table.c - syscalls.def unfolded into thunks and descriptors, and
 * absent.def into descriptors of what we say we were built without.
 */
#include "syscalls/sysdef.h"

#define SYS_UNPACK(i, kind, name) , sysget_##kind(regs[i])
#define SYSCALL(nr, name, args, ret, class, inject, support, note)             \
	static sysret_t call_##name(struct task *t, const uint64_t regs[6])    \
	{                                                                      \
		(void)regs;                                                    \
		return sys_##name(t SYS_EACH(SYS_UNPACK, args));               \
	}
#include "syscalls/syscalls.def"
#undef SYSCALL

#define SYS_DESC(i, kind, name)	 [i] = {ARG_##kind, #name},
#define SYS_COUNT(i, kind, name) +1
#define SYSCALL(nr, sname, args, sret, sclass, sinject, ssupport, snote)       \
	[nr] = {                                                               \
		.name = #sname,                                                \
		.call = call_##sname,                                          \
		.arg = {SYS_EACH(SYS_DESC, args)},                             \
		.nargs = 0 SYS_EACH(SYS_COUNT, args),                          \
		.ret = sret,                                                   \
		.support = ssupport,                                           \
		.class = sclass,                                               \
		.inject = sinject,                                             \
		.note = snote,                                                 \
	},
#define ABSENT(nr, sname, count, errnum, why)                                  \
	[nr] = {                                                               \
		.name = #sname,                                                \
		.nargs = (count),                                              \
		.support = SUP_ABSENT,                                         \
		.err = (errnum),                                               \
		.note = (why),                                                 \
	},
const struct sys_desc sys_table[SYS_MAX] = {
#include "syscalls/syscalls.def"
#include "syscalls/absent.def"
};
