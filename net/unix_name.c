/* SPDX-License-Identifier: MIT */
/*
 * net/unix_name.c - names of AF_UNIX sockets: paths, whose inode knows the
 * socket bound to it, and abstract names (first byte 0), which are in a table
 * by type and go with their socket.
 */
#include "base/panic.h"
#include "base/str.h"
#include "fs/inode.h"
#include "fs/dentry.h"
#include "fs/path.h"
#include "include/abi/stat.h"
#include "net/internal_unix.h"

#define FAMILY_LEN 2u

static struct hash names;

void
unix_names_init(void)
{
	if (hash_init(&names))
		panic("no memory for socket names");
}

int
unix_check_addr(const struct sock_addr *addr)
{
	if (addr->len <= FAMILY_LEN || addr->len > sizeof(addr->un) ||
	    addr->family != LX_AF_UNIX)
		return -EINVAL;
	return 0;
}

static bool
is_abstract(const struct sock_addr *addr)
{
	return !addr->un.sun_path[0];
}

static uint64_t
name_hash(const struct sock_addr *addr, int type)
{
	return hash_bytes(addr->un.sun_path, addr->len - FAMILY_LEN,
			  (uint64_t)type);
}

static struct unix_sock *
abstract_find(const struct sock_addr *addr, int type)
{
	struct hash_node *at = hash_first(&names, name_hash(addr, type));

	for (; at; at = hash_next(at)) {
		struct unix_sock *us = CONTAINER_OF(at, struct unix_sock, name);

		if (us->sk.type == type && us->addr.len == addr->len &&
		    !memcmp(us->addr.raw, addr->raw, addr->len))
			return us;
	}
	return NULL;
}

/* The path in @addr, which need not be terminated there. */
static void
path_of(const struct sock_addr *addr, char path[LX_UNIX_PATH_MAX + 1])
{
	size_t n = strnlen(addr->un.sun_path, addr->len - FAMILY_LEN);

	memcpy(path, addr->un.sun_path, n);
	path[n] = '\0';
}

static int
path_find(const struct walk *w, const struct sock_addr *addr,
	  struct unix_sock **out)
{
	char name[LX_UNIX_PATH_MAX + 1];
	struct walk walk = *w;
	struct inode *i;
	AUTO_PATH p = {0};
	int err;

	path_of(addr, name);
	walk.flags = WALK_FOLLOW;
	err = path_lookup(&walk, name, &p);
	if (err)
		return err;
	i = p.dentry->inode;
	err = inode_permission(i, w->cred, MAY_WRITE);
	if (err)
		return err;
	if (!inode_is(i, LX_S_IFSOCK) || !i->binding)
		return -ECONNREFUSED;
	*out = unix_get(i->binding);
	return 0;
}

int
unix_find(const struct walk *w, const struct sock_addr *addr, int type,
	  struct unix_sock **out)
{
	struct unix_sock *us;
	int err;

	if (is_abstract(addr)) {
		us = abstract_find(addr, type);
		if (!us)
			return -ECONNREFUSED;
		*out = unix_get(us);
		return 0;
	}
	err = path_find(w, addr, &us);
	if (err)
		return err;
	if (us->sk.type != type) {
		unix_put(us);
		return -EPROTOTYPE;
	}
	*out = us;
	return 0;
}

static void
set_abstract(struct unix_sock *us, const struct sock_addr *addr)
{
	us->addr = *addr;
	us->is_hashed = true;
	hash_add(&names, &us->name, name_hash(addr, us->sk.type));
}

/* unix(7): a name of five hexadecimal digits that is free. */
int
unix_autobind(struct unix_sock *us)
{
	static uint32_t next;
	struct sock_addr a = {.len = FAMILY_LEN + 6};

	a.un.sun_family = LX_AF_UNIX;
	for (uint32_t tries = 0; tries <= 0xfffff; tries++) {
		str_format(a.un.sun_path + 1, 6, "%05x", next++ & 0xfffff);
		if (!abstract_find(&a, us->sk.type)) {
			set_abstract(us, &a);
			return 0;
		}
	}
	return -ENOSPC;
}

static int
bind_path(struct unix_sock *us, const struct walk *w,
	  const struct sock_addr *addr)
{
	char name[LX_UNIX_PATH_MAX + 1];
	struct inode *i;
	int err;

	path_of(addr, name);
	err = vfs_bind(w, name, 0777, &i);
	if (err)
		return err;
	/* Making it slept. */
	if (us->addr.len || us->is_dead) {
		inode_put(i);
		return -EINVAL;
	}
	us->inode = i;
	i->binding = us;
	us->addr = *addr;
	us->addr.len = FAMILY_LEN + (uint32_t)strlen(name) + 1;
	str_copy(us->addr.un.sun_path, name, sizeof(us->addr.un.sun_path));
	return 0;
}

int
unix_bind(struct sock *sk, const struct walk *w, const struct sock_addr *addr)
{
	struct unix_sock *us = unix_of(sk);
	int err;

	if (addr->len == FAMILY_LEN && addr->family == LX_AF_UNIX)
		return us->addr.len ? 0 : unix_autobind(us);
	err = unix_check_addr(addr);
	if (!err && us->addr.len)
		err = -EINVAL;
	if (err)
		return err;
	if (!is_abstract(addr))
		return bind_path(us, w, addr);
	if (abstract_find(addr, sk->type))
		return -EADDRINUSE;
	set_abstract(us, addr);
	return 0;
}

void
unix_unbind(struct unix_sock *us)
{
	if (us->is_hashed)
		hash_del(&names, &us->name);
	us->is_hashed = false;
	if (!us->inode)
		return;
	us->inode->binding = NULL;
	inode_put(us->inode);
	us->inode = NULL;
}

int
unix_name(struct sock *sk, struct sock_addr *out, bool of_peer)
{
	struct unix_sock *us = unix_of(sk);

	if (of_peer) {
		us = us->peer;
		if (!us)
			return -ENOTCONN;
	}
	if (us->addr.len) {
		*out = us->addr;
		return 0;
	}
	out->len = FAMILY_LEN;
	out->family = LX_AF_UNIX;
	return 0;
}
