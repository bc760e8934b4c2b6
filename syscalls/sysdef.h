/* SPDX-License-Identifier: MIT */
/*
 * syscalls/sysdef.h - the vocabulary of syscalls.def.
 *
 * One line of syscalls.def yields the handler's prototype, the thunk that
 * unpacks registers into typed arguments, and the descriptor that dispatch,
 * the built-in strace, fault injection and docs/syscalls.md all read.
 * Argument kinds, in turn, are lines of kinds.def and groups.def.
 */
#ifndef SYSCALLS_SYSDEF_H
#define SYSCALLS_SYSDEF_H

#include "include/types.h"

struct task;

/* sysarg_KIND is the type of such an argument, sysget_KIND() its value. */
#define SYS_KIND(k, type, expr)                                                \
	typedef type sysarg_##k;                                               \
	static inline type sysget_##k(uint64_t r)                              \
	{                                                                      \
		return expr;                                                   \
	}
#define GROUP(k, how, type, unknown) SYS_KIND(k, type, (type)r)
#define KIND(k, type)		     SYS_KIND(k, type, SYS_AS_##type)
#define PTR(k, when)		     SYS_KIND(k, uaddr_t, uaddr(r))
/* A uaddr_t is a structure: no cast makes one. */
#define SYS_AS_int	(int)r
#define SYS_AS_uint32_t (uint32_t) r
#define SYS_AS_int64_t	(int64_t) r
#define SYS_AS_uint64_t r
#define SYS_AS_uaddr_t	uaddr(r)
#include "syscalls/groups.def"
#include "syscalls/kinds.def"
#undef GROUP
#undef KIND
#undef PTR

#define GROUP(k, how, type, unknown) ARG_##k,
#define KIND(k, type)		     ARG_##k,
#define PTR(k, when)		     ARG_##k,
enum sysarg_kind {
#include "syscalls/groups.def"
	ARG_GROUPS, /* the kinds before it are names of include/abi */
#include "syscalls/kinds.def"
	ARG_KINDS,
};
#undef GROUP
#undef KIND
#undef PTR

/* What the return value is, for decoding. */
enum sysret_kind {
	RET_INT,
	RET_FD,
	RET_SIZE,
	RET_ADDR, /* an address: hexadecimal */
	RET_TID,
	RET_MODE, /* octal */
	RET_NONE, /* does not return */
	RET_POLL, /* how many are ready, and which */
	RET_SELECT,
	RET_SIGNAL,
	RET_TIME,
	RET_CLOCK,
	RET_SIGRETURN,
	RET_FCNTL, /* by its command */
	RET_FUTEX,
	RET_PRCTL,
	RET_SCHED,
	RET_IOPRIO,
	RET_TIMEX,
	RET_MEMBARRIER,
	RET_PERSONALITY,
};

/* Classes a trace filter can name: --strace=%desc,%file */
enum sys_class {
	SC_NONE = 0,
	SC_DESC = 1 << 0,
	SC_FILE = 1 << 1,
	SC_MEM = 1 << 2,
	SC_PROC = 1 << 3,
	SC_SIGNAL = 1 << 4,
	SC_IPC = 1 << 5,
	SC_NET = 1 << 6,
	SC_CREDS = 1 << 7,
	SC_CLOCK = 1 << 8,
	SC_PURE = 1 << 9,
	SC_STAT = 1 << 10,
};

/* Ways this call may honestly fail, for --inject and the torture tests. */
enum sys_inject {
	INJ_NONE = 0,	    /* the ABI says it never fails (getpid) */
	INJ_NOMEM = 1 << 0, /* any allocation it makes */
	INJ_FAULT = 1 << 1, /* any guest copy it makes */
	INJ_INTR = 1 << 2,  /* any point where it blocks */
	INJ_IO = 1 << 3,    /* short counts and EIO from the object below */
};

enum sys_support { SUP_FULL, SUP_PARTIAL, SUP_ABSENT };

struct sysarg_desc {
	enum sysarg_kind kind;
	const char *name;
};

struct sys_desc {
	const char *name; /* NULL: no such number */
	sysret_t (*call)(struct task *t, const uint64_t regs[6]);
	struct sysarg_desc arg[6];
	uint8_t nargs;
	uint8_t ret;	  /* enum sysret_kind */
	uint8_t support;  /* enum sys_support */
	uint8_t err;	  /* what SUP_ABSENT answers; its call is NULL */
	uint16_t class;	  /* enum sys_class */
	uint16_t inject;  /* enum sys_inject */
	const char *note; /* what is missing, when SUP_PARTIAL; why, ABSENT */
};

#define SYS_MAX 512
extern const struct sys_desc sys_table[SYS_MAX];

/*
 * SYS_EACH(M, ARGS((FD, fd), (SIZE, n))) -> M(0, FD, fd) M(1, SIZE, n).
 * Up to six pairs.  This is all the macro cleverness the tree contains.
 */
#define ARGS(...)	  (__VA_ARGS__)
#define SYS_EACH(M, args) SYS_EACH_(M, SYS_STRIP args)
#define SYS_STRIP(...)	  __VA_ARGS__
#define SYS_EACH_(M, ...) SYS_EACH__(M, __VA_ARGS__, , , , , , )
/* clang-format off */
#define SYS_EACH__(M, a, b, c, d, e, f, ...)                                   \
	SYS_ONE(M, 0, a) SYS_ONE(M, 1, b) SYS_ONE(M, 2, c)                     \
	SYS_ONE(M, 3, d) SYS_ONE(M, 4, e) SYS_ONE(M, 5, f)
/* clang-format on */
#define SYS_ONE(M, i, pair)  SYS_ONE_(M, i, SYS_PAIR pair)
#define SYS_PAIR(kind, name) SYS_ANY, kind, name
#define SYS_ONE_(...)                                                          \
	SYS_PICK(__VA_ARGS__, SYS_HAVE, SYS_NONE, SYS_NONE, )(__VA_ARGS__)
#define SYS_PICK(M, i, any, kind, name, pick, ...) pick
#define SYS_HAVE(M, i, any, kind, name)		   M(i, kind, name)
#define SYS_NONE(...)

/* Prototypes. */
#define SYS_PROTO(i, kind, name) , sysarg_##kind name
#define SYSCALL(nr, name, args, ret, class, inject, support, note)             \
	sysret_t sys_##name(struct task *t SYS_EACH(SYS_PROTO, args));
#include "syscalls/syscalls.def"
#undef SYSCALL

#endif /* SYSCALLS_SYSDEF_H */
