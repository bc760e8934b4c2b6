/* SPDX-License-Identifier: MIT */
/*
 * syscalls/internal_decode.h - between the files of the decoder.
 *
 * A decoder prints argument @i of the call.  A dec_*() that is given an
 * address prints what lies there, or the address if nothing can be read.
 */
#ifndef SYSCALLS_INTERNAL_DECODE_H
#define SYSCALLS_INTERNAL_DECODE_H

#include "base/str.h"
#include "syscalls/decode.h"
#include "syscalls/names.h"
#include "syscalls/sysdef.h"

#define DEC_MAX 32 /* strace's -s: bytes of a string, elements of an array */

typedef void dec_fn(struct decode *d, int i);

#define put(d, ...) strbuf_add((d)->out, __VA_ARGS__)

/* decode.c: shared by all. */
void dec_addr(struct decode *d, uint64_t at); /* NULL or 0x... */
bool dec_get(struct decode *d, void *dst, uint64_t at, size_t n);
bool dec_peek(struct decode *d, void *dst, uint64_t at, size_t n);
void dec_quote(struct decode *d, const char *s, size_t n, bool all_hex);
void dec_bytes(struct decode *d, uint64_t at, uint64_t n);
void dec_string(struct decode *d, uint64_t at, uint32_t max);
void dec_path(struct decode *d, uint64_t at);
void dec_date(struct decode *d, int64_t sec, int64_t frac, int digits);

/* A list in brackets: of @n elements of @size bytes at @at, @one prints each
 * (it lies at d->scratch). */
typedef void dec_elem_fn(struct decode *d, uint64_t at, const void *elem);
void dec_array(struct decode *d, uint64_t at, uint64_t n, size_t size,
	       dec_elem_fn *one);

/* Used across files. */
void dec_open_flags(struct strbuf *out, uint64_t flags, bool with_access);
void dec_timespec_at(struct decode *d, uint64_t at);
void dec_sigset_at(struct decode *d, uint64_t at, uint64_t size);
void dec_iovecs(struct decode *d, uint64_t at, uint64_t n, int64_t data);
void dec_sockaddr(struct decode *d, uint64_t at, uint64_t len);
void dec_poll_result(struct decode *d);
void dec_select_result(struct decode *d);
void dec_fcntl_result(struct decode *d);
void dec_prctl_result(struct decode *d);
bool dec_fcntl_is_late(const struct decode *d);
bool dec_fcntl_has_arg(const struct decode *d);
bool dec_ioctl_is_late(const struct decode *d);
bool dec_ioctl_has_arg(const struct decode *d);
bool dec_prctl_is_late(const struct decode *d);
bool dec_prctl_has(const struct decode *d, int i);
bool dec_futex_has(const struct decode *d, int i);
void dec_clone_late(struct decode *d);
void dec_clone3_late(struct decode *d);
void dec_ticks(struct strbuf *out, int64_t ticks);
void dec_ioprio_value(struct decode *d, uint64_t v);
void dec_personality_value(struct decode *d, uint64_t v);
void dec_sigreturn(struct decode *d);

/* One a kind of kinds.def, in the file of its family. */
#define KIND(k, type) dec_fn dec_##k;
#define PTR(k, when)  dec_fn dec_##k;
#include "syscalls/kinds.def"
#undef KIND
#undef PTR

#endif /* SYSCALLS_INTERNAL_DECODE_H */
