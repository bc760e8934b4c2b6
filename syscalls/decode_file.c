/* SPDX-License-Identifier: MIT */
/*
 * syscalls/decode_file.c - what file calls pass: open flags, modes, stat and
 * its kin, directory entries, iovecs, fcntl(2)'s third argument, mount(2).
 */
#include "include/abi/dirent.h"
#include "include/abi/fcntl.h"
#include "include/abi/misc.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"
#include "include/abi/statfs.h"
#include "include/abi/uio.h"
#include "mm/usercopy.h"
#include "syscalls/internal_decode.h"

/* The access mode is a field; the rest are flags. */
void
dec_open_flags(struct strbuf *out, uint64_t flags, bool with_access)
{
	static const char *const access[] = {"O_RDONLY", "O_WRONLY", "O_RDWR",
					     "O_ACCMODE"};

	flags = (uint32_t)flags;
	if (!with_access) {
		name_flags(out, ARG_OPEN_FLAGS, flags);
		return;
	}
	strbuf_add(out, "%s", access[flags & LX_O_ACCMODE]);
	flags &= ~(uint64_t)LX_O_ACCMODE;
	name_flags_only(out, ARG_OPEN_FLAGS, &flags, false);
	if (flags)
		strbuf_add(out, "|%#lx", (unsigned long)flags);
}

void
dec_OPEN(struct decode *d, int i)
{
	dec_open_flags(d->out, d->arg[i], true);
}

void
dec_OPEN_FLAGS_ONLY(struct decode *d, int i)
{
	dec_open_flags(d->out, d->arg[i], false);
}

/* S_IFREG|S_ISUID|0755; the type's word only if there is a type. */
static void
put_mode(struct decode *d, uint32_t mode)
{
	uint64_t bits = mode & (LX_S_ISUID | LX_S_ISGID | LX_S_ISVTX);
	const char *type = name_find(ARG_FILE_TYPE, mode & LX_S_IFMT);

	if (mode & LX_S_IFMT) {
		if (type)
			put(d, "%s", type);
		else
			put(d, "%#o", mode & LX_S_IFMT);
		name_flags_only(d->out, ARG_FILE_MODE, &bits, false);
		put(d, "|%#03o", mode & LX_S_IRWXUGO);
	} else {
		put(d, "%#03o", mode);
	}
}

void
dec_MKNOD_MODE(struct decode *d, int i)
{
	put_mode(d, (uint32_t)d->arg[i]);
}

static void
put_dev(struct decode *d, uint64_t dev)
{
	put(d, "makedev(%#x, %#x)", lx_major(dev), lx_minor(dev));
}

void
dec_DEV(struct decode *d, int i)
{
	put_dev(d, (uint32_t)d->arg[i]);
}

void
dec_STAT_OUT(struct decode *d, int i)
{
	struct lx_stat st;

	if (!dec_get(d, &st, d->arg[i], sizeof(st)))
		return;
	put(d, "{st_mode=");
	put_mode(d, st.st_mode);
	if (LX_S_ISCHR(st.st_mode) || LX_S_ISBLK(st.st_mode)) {
		put(d, ", st_rdev=");
		put_dev(d, st.st_rdev);
	} else {
		put(d, ", st_size=%ld", (long)st.st_size);
	}
	put(d, ", ...}");
}

/* AT_EACCESS is the same bit as AT_REMOVEDIR. */
void
dec_FACCESSAT(struct decode *d, int i)
{
	uint64_t flags = (uint32_t)d->arg[i] & ~(uint64_t)LX_AT_EACCESS;
	bool any = name_flags_only(d->out, ARG_AT_FLAGS, &flags, true);

	if (d->arg[i] & LX_AT_EACCESS) {
		put(d, any ? "|AT_EACCESS" : "AT_EACCESS");
		any = true;
	}
	if (flags || !any)
		put(d, any ? "|%#lx" : "%#lx", (unsigned long)flags);
}

/* Linux: two of the flags are a field, whose 0 has a name too. */
void
dec_STATX_FLAGS(struct decode *d, int i)
{
	uint64_t flags = (uint32_t)d->arg[i];
	uint64_t sync =
		flags & (LX_AT_STATX_FORCE_SYNC | LX_AT_STATX_DONT_SYNC);

	put(d, "%s",
	    !sync			     ? "AT_STATX_SYNC_AS_STAT"
	    : sync == LX_AT_STATX_FORCE_SYNC ? "AT_STATX_FORCE_SYNC"
	    : sync == LX_AT_STATX_DONT_SYNC  ? "AT_STATX_DONT_SYNC"
					     : "AT_STATX_SYNC_TYPE");
	flags &= ~sync;
	name_flags_only(d->out, ARG_AT_FLAGS, &flags, false);
	if (flags)
		put(d, "|%#lx", (unsigned long)flags);
}

void
dec_STATX_OUT(struct decode *d, int i)
{
	struct lx_statx st;

	if (!dec_get(d, &st, d->arg[i], sizeof(st)))
		return;
	put(d, "{stx_mask=");
	name_flags(d->out, ARG_STATX_MASK, st.stx_mask);
	put(d, ", stx_attributes=");
	name_flags(d->out, ARG_STATX_ATTR, st.stx_attributes);
	put(d, ", stx_mode=");
	put_mode(d, st.stx_mode);
	put(d, ", stx_size=%lu, ...}", (unsigned long)st.stx_size);
}

void
dec_STATFS_OUT(struct decode *d, int i)
{
	struct lx_statfs st;

	if (!dec_get(d, &st, d->arg[i], sizeof(st)))
		return;
	put(d, "{f_type=");
	name_value(d->out, ARG_FS_MAGIC, (uint64_t)st.f_type);
	put(d, ", f_bsize=%ld, f_blocks=%lu, f_bfree=%lu, f_bavail=%lu",
	    (long)st.f_bsize, (unsigned long)st.f_blocks,
	    (unsigned long)st.f_bfree, (unsigned long)st.f_bavail);
	put(d, ", f_files=%lu, f_ffree=%lu, f_fsid={val=[%#x, %#x]}",
	    (unsigned long)st.f_files, (unsigned long)st.f_ffree,
	    (uint32_t)st.f_fsid.val[0], (uint32_t)st.f_fsid.val[1]);
	put(d, ", f_namelen=%ld, f_frsize=%ld, f_flags=", (long)st.f_namelen,
	    (long)st.f_frsize);
	name_flags(d->out, ARG_STATFS_FLAGS, (uint64_t)st.f_flags);
	put(d, "}");
}

void
dec_OPEN_HOW_IN(struct decode *d, int i)
{
	struct lx_open_how how;

	if (d->arg[i + 1] < LX_OPEN_HOW_SIZE_VER0) {
		dec_addr(d, d->arg[i]);
		return;
	}
	if (!dec_get(d, &how, d->arg[i], sizeof(how)))
		return;
	put(d, "{flags=");
	dec_open_flags(d->out, how.flags, true);
	if (how.mode || how.flags & (LX_O_CREAT | LX___O_TMPFILE))
		put(d, ", mode=%#03lo", (unsigned long)how.mode);
	put(d, ", resolve=");
	name_flags(d->out, ARG_RESOLVE_FLAGS, how.resolve);
	put(d, d->arg[i + 1] > sizeof(how) ? ", ...}" : "}");
}

/* How many entries getdents(2) returned; @reclen_at: where a record's length
 * lies in it, the same place in both layouts. */
static void
count_entries(struct decode *d, int i)
{
	uint64_t at = d->arg[i], end = at + (uint64_t)d->ret;
	uint16_t reclen;
	int n = 0;

	while (at < end &&
	       dec_peek(d, &reclen, at + offsetof(struct lx_dirent64, d_reclen),
			sizeof(reclen)) &&
	       reclen) {
		at += reclen;
		n++;
	}
	dec_addr(d, d->arg[i]);
	put(d, " /* %d entries */", n);
}

void
dec_DENTS_OUT(struct decode *d, int i)
{
	count_entries(d, i);
}

void
dec_DENTS64_OUT(struct decode *d, int i)
{
	count_entries(d, i);
}

/* An iovec's data is shown as far as the call moved it: @data bytes over all
 * of them, all there is if INT64_MAX, or addresses alone if negative. */
void
dec_iovecs(struct decode *d, uint64_t at, uint64_t n, int64_t data)
{
	struct lx_iovec iov;

	if (!at || !n) {
		dec_array(d, at, n, sizeof(iov), NULL);
		return;
	}
	for (uint64_t k = 0; k < n; k++) {
		int64_t part;

		if (k == DEC_MAX) {
			put(d, ", ...");
			break;
		}
		if (!dec_peek(d, &iov, at + k * sizeof(iov), sizeof(iov))) {
			if (!k) {
				dec_addr(d, at);
				return;
			}
			put(d, ", ... /* %#lx */",
			    (unsigned long)(at + k * sizeof(iov)));
			break;
		}
		put(d, k ? ", {iov_base=" : "[{iov_base=");
		part = (int64_t)iov.iov_len < data ? (int64_t)iov.iov_len
						   : data;
		if (data < 0)
			dec_addr(d, uaddr_bits(iov.iov_base));
		else
			dec_bytes(d, uaddr_bits(iov.iov_base), (uint64_t)part);
		if (data > 0 && data != INT64_MAX)
			data -= part;
		put(d, ", iov_len=%lu}", (unsigned long)iov.iov_len);
	}
	put(d, "]");
}

void
dec_IOVEC_IN(struct decode *d, int i)
{
	dec_iovecs(d, d->arg[i], d->arg[i + 1], INT64_MAX);
}

void
dec_IOVEC_OUT(struct decode *d, int i)
{
	dec_iovecs(d, d->arg[i], d->arg[i + 1], d->is_error ? -1 : d->ret);
}

void
dec_IOVEC_RAW(struct decode *d, int i)
{
	dec_iovecs(d, d->arg[i], d->arg[i + 1], -1);
}

void
dec_MINCORE_OUT(struct decode *d, int i)
{
	uint64_t pages = page_up(d->arg[i - 1]) >> PAGE_SHIFT;
	size_t n = pages > DEC_MAX ? DEC_MAX : (size_t)pages;
	char vec[DEC_MAX];

	if (!dec_get(d, vec, d->arg[i], n))
		return;
	put(d, "[");
	for (size_t k = 0; k < n; k++)
		put(d, "%s%d", k ? ", " : "", vec[k] & 1);
	put(d, n < pages ? ", ...]" : "]");
}

/* Most file systems' data is text; where it is not, an address does. */
void
dec_MOUNT_DATA(struct decode *d, int i)
{
	dec_string(d, d->arg[i], DEC_MAX);
}

/* Linux before 2.4 wanted a magic number in the upper half. */
void
dec_MOUNT(struct decode *d, int i)
{
	uint64_t flags = d->arg[i];

	if ((flags & LX_MS_MGC_MSK) != LX_MS_MGC_VAL) {
		name_flags(d->out, ARG_MOUNT_FLAGS, flags);
		return;
	}
	flags &= ~(uint64_t)LX_MS_MGC_MSK;
	put(d, "MS_MGC_VAL");
	name_flags_only(d->out, ARG_MOUNT_FLAGS, &flags, false);
	if (flags)
		put(d, "|%#lx", (unsigned long)flags);
}
