/* SPDX-License-Identifier: MIT */
/*
 * syscalls/table.c - syscalls.def unfolded into thunks and descriptors, and
 * absent.def into descriptors of what we say we were built without.
 *
 * A row whose sys_NAME() nobody has written yet is answered by a weak
 * function: ENOSYS, said once by name.  tools/check/table.py lists them.
 */
#include "base/log.h"
#include "syscalls/sysdef.h"

static sysret_t
sys_unwritten(const char *name)
{
	log_warn("system call %s is not written yet", name);
	return -ENOSYS;
}

#define SYS_UNUSED(i, kind, name) , sysarg_##kind name __attribute__((unused))
#define SYSCALL(nr, sname, args, ret, class, inject, support, note)            \
	__attribute__((weak))                                                  \
	sysret_t sys_##sname(struct task *t SYS_EACH(SYS_UNUSED, args))        \
	{                                                                      \
		static bool said;                                              \
                                                                               \
		(void)t;                                                       \
		if (said)                                                      \
			return -ENOSYS;                                        \
		said = true;                                                   \
		return sys_unwritten(#sname);                                  \
	}
#include "syscalls/syscalls.def"
#undef SYSCALL

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
