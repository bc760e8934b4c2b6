/* SPDX-License-Identifier: MIT */
/* syscalls/filter.h - which system calls --strace shows. */
#ifndef SYSCALLS_FILTER_H
#define SYSCALLS_FILTER_H

#include "include/annotate.h"
#include "include/types.h"
#include "syscalls/sysdef.h"

struct sys_filter {
	uint64_t shown[SYS_MAX / 64]; /* a bit a number */
	bool shows_unknown;	      /* numbers nobody knows */
};

/*
 * filter_parse - @text as strace -e trace= has it: words with commas between,
 * each a call's name or %class (%file, %desc, %memory, %process, %signal,
 * %ipc, %network, %creds, %clock, %pure, %stat) or "all", '!' before one
 * takes it out.  "" is all; a first word with '!' starts from all.
 * Returns: 0, or -EINVAL with the word in @bad (cut to @n, if given).
 */
MUST_CHECK int filter_parse(struct sys_filter *f, const char *text, char *bad,
			    size_t n);

/* filter_shows - is number @nr to be shown? */
bool filter_shows(const struct sys_filter *f, uint64_t nr);

#endif /* SYSCALLS_FILTER_H */
