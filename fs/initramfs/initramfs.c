/* SPDX-License-Identifier: MIT */
/*
 * fs/initramfs/initramfs.c - unpack a cpio archive ("newc" format; see the
 * kernel's Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * Members are made through the VFS as root sees it, so that no name leads
 * anywhere a walk from there could not; every size is checked against what is
 * left of the archive before it is used.
 */
#include "fs/initramfs/initramfs.h"

#include "base/cred.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/chrdev.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

#define HEADER_LEN   110u
#define NAME_MAX_LEN 4096u

enum field {
	F_INO,
	F_MODE,
	F_UID,
	F_GID,
	F_NLINK,
	F_MTIME,
	F_SIZE,
	F_MAJOR,
	F_MINOR,
	F_RMAJOR,
	F_RMINOR,
	F_NAMESIZE,
	F_CHECK,
	FIELDS,
};

struct member {
	uint32_t f[FIELDS];
	const char *name, *data;
};

/* A file with several names, of which the first was seen. */
struct linked {
	struct hash_node node;
	uint32_t major, minor, ino;
	const char *name; /* in the archive */
};

struct unpack {
	const char *at, *end;
	struct walk w;
	struct hash links;
};

static const struct cred root_cred = {
	.cap_effective = ~0ull,
	.cap_permitted = ~0ull,
	.cap_bounding = ~0ull,
};

static int
hex_field(const char *s, uint32_t *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 8; i++) {
		char c = s[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return -EINVAL;
		v = v << 4 | digit;
	}
	*out = v;
	return 0;
}

/* Take @n bytes and the padding to a multiple of four that follows them;
 * @head: how far from such a multiple they began. */
static const char *
take(struct unpack *x, uint64_t n, uint64_t head)
{
	const char *was = x->at;
	uint64_t left = (uint64_t)(x->end - x->at);
	uint64_t pad = -(n + head) & 3;

	if (n > left)
		return NULL;
	x->at += MIN(n + pad, left);
	return was;
}

static int
read_member(struct unpack *x, struct member *m)
{
	const char *head = take(x, HEADER_LEN, 2);
	int err = 0;

	if (!head || (memcmp(head, "070701", 6) && memcmp(head, "070702", 6)))
		return -EINVAL;
	for (int i = 0; i < FIELDS && !err; i++)
		err = hex_field(head + 6 + 8 * i, &m->f[i]);
	if (err || !m->f[F_NAMESIZE] || m->f[F_NAMESIZE] > NAME_MAX_LEN)
		return -EINVAL;
	m->name = take(x, m->f[F_NAMESIZE], HEADER_LEN & 3);
	if (!m->name ||
	    strnlen(m->name, m->f[F_NAMESIZE]) + 1 != m->f[F_NAMESIZE])
		return -EINVAL;
	m->data = take(x, m->f[F_SIZE], 0);
	return m->data ? 0 : -EINVAL;
}

static int
write_contents(struct unpack *x, const struct member *m)
{
	AUTO_PUT(file) f = NULL;
	struct uio u;
	int err;

	err = vfs_open(&x->w, m->name, LX_O_WRONLY | LX_O_CREAT | LX_O_TRUNC,
		       0600, &f);
	if (err)
		return err;
	uio_init_kernel(&u, UIO_FROM_GUEST, (void *)(uintptr_t)m->data,
			m->f[F_SIZE]);
	err = file_write(f, &u);
	return !err && u.moved < m->f[F_SIZE] ? -ENOSPC : err;
}

static int
make_symlink(struct unpack *x, const struct member *m)
{
	char target[NAME_MAX_LEN];

	if (!m->f[F_SIZE] || m->f[F_SIZE] >= sizeof(target))
		return -EINVAL;
	memcpy(target, m->data, m->f[F_SIZE]);
	target[m->f[F_SIZE]] = '\0';
	return vfs_symlink(&x->w, target, m->name);
}

static int
make_new(struct unpack *x, const struct member *m)
{
	uint32_t mode = m->f[F_MODE];

	switch (mode & LX_S_IFMT) {
	case LX_S_IFDIR:
		return vfs_mkdir(&x->w, m->name, 0700);
	case LX_S_IFLNK:
		return make_symlink(x, m);
	case LX_S_IFREG:
		return write_contents(x, m);
	case LX_S_IFCHR:
	case LX_S_IFBLK:
	case LX_S_IFIFO:
	case LX_S_IFSOCK:
		return vfs_mknod(&x->w, m->name, mode,
				 dev_make(m->f[F_RMAJOR], m->f[F_RMINOR]));
	default:
		return -EINVAL;
	}
}

/* A later member of the same name replaces an earlier one. */
static int
make(struct unpack *x, const struct member *m)
{
	int err = make_new(x, m);

	if (err == -EEXIST && !LX_S_ISDIR(m->f[F_MODE])) {
		err = vfs_unlink(&x->w, m->name);
		return err ? err : make_new(x, m);
	}
	return err == -EEXIST ? 0 : err;
}

static int
set_attributes(struct unpack *x, const struct member *m)
{
	int64_t mtime = (int64_t)m->f[F_MTIME] * (int64_t)NSEC_PER_SEC;
	struct iattr owner = {
		.valid = ATTR_UID | ATTR_GID,
		.uid = m->f[F_UID],
		.gid = m->f[F_GID],
	};
	struct iattr rest = {
		.valid = ATTR_MODE | ATTR_ATIME | ATTR_MTIME | ATTR_TIMES_SET,
		.mode = m->f[F_MODE] & LX_S_IALLUGO,
		.atime_ns = mtime,
		.mtime_ns = mtime,
	};
	AUTO_PATH p = {0};
	int err = path_lookup(&x->w, m->name, &p);

	/* Owner first: changing it would take set-id bits away. */
	if (!err)
		err = vfs_setattr(&p, x->w.cred, &owner);
	return err ? err : vfs_setattr(&p, x->w.cred, &rest);
}

static uint64_t
link_hash(const struct member *m)
{
	return hash_u64((uint64_t)m->f[F_INO] << 32 ^
			(uint64_t)m->f[F_MAJOR] << 16 ^ m->f[F_MINOR]);
}

static struct linked *
find_link(struct unpack *x, const struct member *m)
{
	struct hash_node *n = hash_first(&x->links, link_hash(m));

	for (; n; n = hash_next(n)) {
		struct linked *l = CONTAINER_OF(n, struct linked, node);

		if (l->ino == m->f[F_INO] && l->major == m->f[F_MAJOR] &&
		    l->minor == m->f[F_MINOR])
			return l;
	}
	return NULL;
}

/*
 * A file with more names than one: link it if it was met before.  Its contents
 * come with any one of the names.
 * Returns: 1 if there is nothing more to make; 0; -errno.
 */
static int
try_link(struct unpack *x, const struct member *m)
{
	struct linked *l;
	AUTO_PATH old = {0};
	int err;

	if (m->f[F_NLINK] < 2 || LX_S_ISDIR(m->f[F_MODE]))
		return 0;
	l = find_link(x, m);
	if (!l) {
		l = KNEW(struct linked);
		if (!l)
			return -ENOMEM;
		l->ino = m->f[F_INO];
		l->major = m->f[F_MAJOR];
		l->minor = m->f[F_MINOR];
		l->name = m->name;
		hash_add(&x->links, &l->node, link_hash(m));
		return 0;
	}
	err = path_lookup(&x->w, l->name, &old);
	if (!err)
		err = vfs_link(&x->w, &old, m->name);
	if (err == -EEXIST) {
		err = vfs_unlink(&x->w, m->name);
		if (!err)
			err = vfs_link(&x->w, &old, m->name);
	}
	if (err)
		return err;
	return LX_S_ISREG(m->f[F_MODE]) && m->f[F_SIZE] ? 0 : 1;
}

static int
unpack_member(struct unpack *x, const struct member *m)
{
	int err = try_link(x, m);

	if (err)
		return err < 0 ? err : 0;
	err = make(x, m);
	return err ? err : set_attributes(x, m);
}

/* What was made in a directory changed its times: set them once more. */
static void
set_directory_times(struct unpack *x)
{
	struct member m;

	while (x->at < x->end) {
		if (!*x->at) {
			x->at++;
			continue;
		}
		if (read_member(x, &m))
			return;
		if (LX_S_ISDIR(m.f[F_MODE]))
			(void)!set_attributes(x, &m);
	}
}

static int
unpack_all(struct unpack *x)
{
	struct member m;
	int err;

	while (x->at < x->end) {
		/* Archives may follow each other, zeros between them. */
		if (!*x->at) {
			x->at++;
			continue;
		}
		err = read_member(x, &m);
		if (err)
			return err;
		if (!strcmp(m.name, "TRAILER!!!"))
			continue;
		if (!strcmp(m.name, "."))
			err = set_attributes(x, &m);
		else
			err = unpack_member(x, &m);
		if (err) {
			log_error("initramfs: %s: error %d", m.name, -err);
			return err;
		}
	}
	return 0;
}

static void
free_link(struct hash_node *n, void *arg)
{
	struct unpack *x = arg;

	hash_del(&x->links, n);
	kfree(CONTAINER_OF(n, struct linked, node));
}

int
initramfs_unpack(const void *archive, uint64_t len, struct fs_ctx *fs)
{
	struct unpack x = {
		.at = archive,
		.end = (const char *)archive + len,
		.w = {.fs = fs, .cred = &root_cred},
	};
	uint32_t umask = fs->umask;
	int err;

	if (!len)
		return -EINVAL;
	err = hash_init(&x.links);
	if (err)
		return err;
	fs->umask = 0;
	err = unpack_all(&x);
	x.at = archive;
	if (!err)
		set_directory_times(&x);
	fs->umask = umask;
	hash_each(&x.links, free_link, &x);
	hash_fini(&x.links);
	return err;
}
