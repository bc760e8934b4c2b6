/* SPDX-License-Identifier: MIT */
/*
 * syscalls/decode.h - a system call as strace(1) prints it, from its row in
 * syscalls.def, its registers and the caller's memory.  Knows no tasks: a
 * test can feed it anything.
 */
#ifndef SYSCALLS_DECODE_H
#define SYSCALLS_DECODE_H

#include "include/types.h"

struct lx_siginfo;
struct mm;
struct strbuf;
struct sys_desc;

#define DECODE_SCRATCH 4100 /* a path, and the NUL after it */

struct decode {
	const struct sys_desc *desc; /* NULL: a number nobody knows */
	uint64_t nr;
	uint64_t arg[6];
	uint64_t sp;   /* the caller's stack pointer */
	struct mm *mm; /* whose memory arguments point into */
	struct strbuf *out;
	char *scratch;	   /* DECODE_SCRATCH bytes of the caller's */
	uint64_t saved[6]; /* what an argument pointed at when called */
	int64_t ret;
	uint8_t done; /* arguments printed so far */
	bool is_exit, is_error;
	bool any; /* an argument was printed: the next needs ", " */
};

/* decode_enter - "openat(AT_FDCWD, ..." as far as known at the call; the
 * fields above out and scratch are the caller's to fill.  Sleeps: for I/O. */
void decode_enter(struct decode *d);

/* decode_exit - the arguments that the call filled in, and ")". */
void decode_exit(struct decode *d, int64_t ret);

/* decode_result - "= -1 ENOENT (No such file or directory)". */
void decode_result(struct decode *d);

/* decode_siginfo - "{si_signo=SIGCHLD, ...}". */
void decode_siginfo(struct strbuf *out, const struct lx_siginfo *info);

/* decode_kinds_ok - for tests: is there a decoder for every argument kind? */
bool decode_kinds_ok(void);

#endif /* SYSCALLS_DECODE_H */
