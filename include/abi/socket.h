/* SPDX-License-Identifier: MIT */
/*
 * include/abi/socket.h - socket(2), send(2), recv(2), getsockopt(2), cmsg(3),
 * and the addresses of unix(7), ip(7), ipv6(7), netlink(7).
 */
#ifndef ABI_SOCKET_H
#define ABI_SOCKET_H

#include "include/types.h"

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/socket.def"
#undef ABI
};

#define LX_SOCK_TYPE_MASK 0xf
#define LX_UNIX_PATH_MAX  108
#define LX_SCM_MAX_FD	  253
#define LX_SOMAXCONN	  4096

struct lx_sockaddr {
	uint16_t sa_family; /* LX_AF_* */
	char sa_data[14];
};

struct lx_sockaddr_storage {
	uint16_t ss_family;
	char pad[118];
	uint64_t align;
};

struct lx_sockaddr_un {
	uint16_t sun_family;
	char sun_path[LX_UNIX_PATH_MAX]; /* abstract if it starts with NUL */
};

/* Ports and addresses are big-endian. */
struct lx_sockaddr_in {
	uint16_t sin_family;
	uint16_t sin_port;
	uint32_t sin_addr;
	uint8_t sin_zero[8];
};

struct lx_sockaddr_in6 {
	uint16_t sin6_family;
	uint16_t sin6_port;
	uint32_t sin6_flowinfo;
	uint8_t sin6_addr[16];
	uint32_t sin6_scope_id;
};

struct lx_sockaddr_nl {
	uint16_t nl_family;
	uint16_t pad;
	uint32_t nl_pid;
	uint32_t nl_groups;
};

struct lx_msghdr {
	uaddr_t msg_name;
	int32_t msg_namelen;
	uint32_t pad0;
	uaddr_t msg_iov; /* struct lx_iovec[] */
	uint64_t msg_iovlen;
	uaddr_t msg_control; /* struct lx_cmsghdr, each 8-byte aligned */
	uint64_t msg_controllen;
	uint32_t msg_flags; /* LX_MSG_* */
	uint32_t pad1;
};

/* sendmmsg(2), recvmmsg(2). */
struct lx_mmsghdr {
	struct lx_msghdr msg_hdr;
	uint32_t msg_len;
	uint32_t pad;
};

struct lx_cmsghdr {
	uint64_t cmsg_len; /* with this header, without padding */
	int32_t cmsg_level;
	int32_t cmsg_type; /* LX_SCM_* */
};

#define LX_CMSG_ALIGN(len) (((len) + 7) & ~7ull)
#define LX_CMSG_SPACE(len) (sizeof(struct lx_cmsghdr) + LX_CMSG_ALIGN(len))
#define LX_CMSG_LEN(len)   (sizeof(struct lx_cmsghdr) + (len))

/* SO_PEERCRED, SCM_CREDENTIALS. */
struct lx_ucred {
	int32_t pid;
	uint32_t uid;
	uint32_t gid;
};

struct lx_linger {
	int32_t l_onoff;
	int32_t l_linger;
};

#endif /* ABI_SOCKET_H */
