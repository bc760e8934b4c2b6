/* SPDX-License-Identifier: MIT */
/* syscalls/names.h - numbers of the guest ABI as the words of man pages. */
#ifndef SYSCALLS_NAMES_H
#define SYSCALLS_NAMES_H

#include "syscalls/sysdef.h"

struct strbuf;

/* A group of names is an argument kind below ARG_GROUPS. */

/* name_find - what @group calls @value; NULL if it has no word for it. */
const char *name_find(enum sysarg_kind group, uint64_t value);

/* name_value - one word, or "0x7 (comment)". */
void name_value(struct strbuf *sb, enum sysarg_kind group, uint64_t value);

/* name_flags - A|B|0x40; "0" or the word for 0 when there are none. */
void name_flags(struct strbuf *sb, enum sysarg_kind group, uint64_t flags);

/* name_group - whichever of the two @group is printed as. */
void name_group(struct strbuf *sb, enum sysarg_kind group, uint64_t value);

/* name_flags_only - the words for @flags with '|' before each but the first
 * if @is_first; takes from *@flags what has a word.  Returns: were there? */
bool name_flags_only(struct strbuf *sb, enum sysarg_kind group, uint64_t *flags,
		     bool is_first);

/* name_signal - SIGCHLD, SIGRT_3; a number beyond 1..64. */
void name_signal(struct strbuf *sb, int sig);

/* name_sigset - [INT CHLD], or ~[KILL STOP] when more are in than out. */
void name_sigset(struct strbuf *sb, uint64_t set);

/* name_error - "ENOENT (No such file or directory)" for ENOENT. */
void name_error(struct strbuf *sb, int err);

/* name_groups_ok - for tests: every group's names lie together. */
bool name_groups_ok(void);

#endif /* SYSCALLS_NAMES_H */
