/* SPDX-License-Identifier: MIT */
/* tests/guest/unix.h - addresses and sockets of AF_UNIX, for its tests. */
#ifndef TESTS_GUEST_UNIX_H
#define TESTS_GUEST_UNIX_H

#include "tests/guest/check.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

/* An address and its length, as two arguments: a path, or after @ a name
 * that is in no file system. */
#define UNIX_ADDR(name) (struct sockaddr *)unix_addr(name), unix_len(name)

static inline struct sockaddr_un *
unix_addr(const char *name)
{
	static struct sockaddr_un un;

	un = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(un.sun_path, name, strnlen(name, sizeof un.sun_path));
	if (name[0] == '@')
		un.sun_path[0] = 0;
	return &un;
}

/* A path's length includes its NUL, a name's has none. */
static inline socklen_t
unix_len(const char *name)
{
	return offsetof(struct sockaddr_un, sun_path) + strlen(name) +
	       (name[0] != '@');
}

/* A socket bound to @name; it listens, unless it is for datagrams. */
static inline int
unix_server(int type, const char *name)
{
	int fd = OK(socket(AF_UNIX, type, 0));

	OK(bind(fd, UNIX_ADDR(name)));
	if ((type & 0xf) != SOCK_DGRAM)
		OK(listen(fd, 5));
	return fd;
}

/* A socket connected to @name. */
static inline int
unix_client(int type, const char *name)
{
	int fd = OK(socket(AF_UNIX, type, 0));

	OK(connect(fd, UNIX_ADDR(name)));
	return fd;
}

/* @fd's own name, or its peer's; returns its length. */
static inline socklen_t
unix_name(int fd, struct sockaddr_un *un, bool peer)
{
	socklen_t len = sizeof *un;

	memset(un, 0, sizeof *un);
	OK(peer ? getpeername(fd, (struct sockaddr *)un, &len)
		: getsockname(fd, (struct sockaddr *)un, &len));
	IS(AF_UNIX, un->sun_family);
	return len;
}

#endif /* TESTS_GUEST_UNIX_H */
