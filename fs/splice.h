/* SPDX-License-Identifier: MIT */
/*
 * fs/splice.h - bytes from one open file to another inside the kernel:
 * splice(2), tee(2), sendfile(2), copy_file_range(2).
 *
 * A step moves what can be moved now; the loop that waits is
 * syscalls/pipe.c's.
 */
#ifndef FS_SPLICE_H
#define FS_SPLICE_H

#include "fs/file.h"

struct cred;

struct splice {
	struct file *in, *out;
	const struct cred *cred;    /* who writes; NULL: no limits to check */
	uint64_t fsize_limit;	    /* RLIMIT_FSIZE */
	uint64_t *in_pos, *out_pos; /* NULL: the file's own position */
	uint64_t left, moved;
	/* With -EAGAIN: which file must have which events first. */
	struct file *wait_on;
	uint32_t wait_for;
	char *buf; /* splice_copy()'s; splice_fini() frees it */
};

/*
 * splice_from_pipe, splice_to_pipe, splice_pipes - splice(2), by which side is
 * a pipe (both).
 * Returns: 0 when there is no more to do now (left > 0: end of file, or some
 * was moved and the rest is not ready); -EAGAIN when nothing was moved;
 * another -errno (-EPIPE: no reader).  Sleeps: for disk I/O.
 */
MUST_CHECK int splice_from_pipe(struct splice *s);
MUST_CHECK int splice_to_pipe(struct splice *s);
MUST_CHECK int splice_pipes(struct splice *s);

/* splice_tee - as splice_pipes(), without taking the bytes out of s->in. */
MUST_CHECK int splice_tee(struct splice *s);

/* splice_copy - a piece (up to 64 KiB) of a seekable file to any other.
 * Returns: 0 (moved unchanged: end of file), -EAGAIN: wait for s->out; else
 * as above. */
MUST_CHECK int splice_copy(struct splice *s);
void splice_fini(struct splice *s);

#endif /* FS_SPLICE_H */
