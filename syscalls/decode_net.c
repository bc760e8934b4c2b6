/* SPDX-License-Identifier: MIT */
/* syscalls/decode_net.c - addresses, messages, control data, options. */
#include "include/abi/socket.h"
#include "mm/usercopy.h"
#include "syscalls/internal_decode.h"

void
dec_SOCK_PROTO(struct decode *d, int i)
{
	switch ((int)d->arg[i - 2]) {
	case LX_AF_INET:
	case LX_AF_INET6:
		name_value(d->out, ARG_IPPROTO, d->arg[i]);
		break;
	case LX_AF_NETLINK:
		name_value(d->out, ARG_NETLINK_PROTO, d->arg[i]);
		break;
	default:
		put(d, "%d", (int)d->arg[i]);
		break;
	}
}

static uint16_t
be16(uint16_t v)
{
	return (uint16_t)(v << 8 | v >> 8);
}

/* "::1": the longest run of zero words is left out (RFC 5952). */
static void
put_ipv6(struct decode *d, const uint8_t a[16])
{
	int best = -1, best_len = 1;

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && !a[2 * (i + n)] && !a[2 * (i + n) + 1])
			n++;
		if (n > best_len) {
			best = i;
			best_len = n;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			put(d, "::");
			i += best_len - 1;
			continue;
		}
		put(d, "%s%x", i && i != best + best_len ? ":" : "",
		    a[2 * i] << 8 | a[2 * i + 1]);
	}
}

static void
put_unix(struct decode *d, const char *addr, uint64_t len)
{
	const char *path = addr + sizeof(uint16_t);
	size_t n = (size_t)len - sizeof(uint16_t);

	if (!n)
		return;
	put(d, ", sun_path=");
	if (!path[0] && n > 1) {
		put(d, "@");
		dec_quote(d, path + 1, n - 1, false);
	} else {
		dec_quote(d, path, strnlen(path, n), false);
	}
}

static void
put_inet(struct decode *d, const char *addr)
{
	struct lx_sockaddr_in in;
	const uint8_t *a = (const uint8_t *)&in.sin_addr;

	memcpy(&in, addr, sizeof(in));
	put(d, ", sin_port=htons(%u), sin_addr=inet_addr(\"%u.%u.%u.%u\")",
	    be16(in.sin_port), a[0], a[1], a[2], a[3]);
}

static void
put_inet6(struct decode *d, const char *addr)
{
	struct lx_sockaddr_in6 in;

	memcpy(&in, addr, sizeof(in));
	put(d,
	    ", sin6_port=htons(%u), sin6_flowinfo=htonl(%u), "
	    "inet_pton(AF_INET6, \"",
	    be16(in.sin6_port), __builtin_bswap32(in.sin6_flowinfo));
	put_ipv6(d, in.sin6_addr);
	put(d, "\", &sin6_addr), sin6_scope_id=%u", in.sin6_scope_id);
}

void
dec_sockaddr(struct decode *d, uint64_t at, uint64_t len)
{
	char addr[sizeof(struct lx_sockaddr_storage) + 1] = {0};
	uint16_t family;

	if (len > sizeof(struct lx_sockaddr_storage))
		len = sizeof(struct lx_sockaddr_storage);
	if (len < sizeof(family) || !at) {
		dec_addr(d, at);
		return;
	}
	if (!dec_get(d, addr, at, (size_t)len))
		return;
	memcpy(&family, addr, sizeof(family));
	put(d, "{sa_family=");
	name_value(d->out, ARG_AF, family);
	if (family == LX_AF_UNIX) {
		put_unix(d, addr,
			 len < sizeof(struct lx_sockaddr_un)
				 ? len
				 : sizeof(struct lx_sockaddr_un));
	} else if (family == LX_AF_INET && len >= 16) {
		put_inet(d, addr);
	} else if (family == LX_AF_INET6 && len >= 24) {
		put_inet6(d, addr);
	} else if (family == LX_AF_NETLINK && len >= 12) {
		struct lx_sockaddr_nl nl;

		memcpy(&nl, addr, sizeof(nl));
		put(d, ", nl_pid=%d, nl_groups=%08x", (int)nl.nl_pid,
		    nl.nl_groups);
	} else if (len > sizeof(family)) {
		put(d, ", sa_data=");
		dec_quote(d, addr + 2, (size_t)len - 2, false);
	}
	put(d, "}");
}

void
dec_SOCKADDR_IN(struct decode *d, int i)
{
	dec_sockaddr(d, d->arg[i], d->arg[i + 1] & INT32_MAX);
}

/* Its length is what the next argument points at, now and when called. */
void
dec_SOCKADDR_OUT(struct decode *d, int i)
{
	uint32_t len;

	if (dec_peek(d, &len, d->arg[i + 1], sizeof(len)))
		dec_sockaddr(d, d->arg[i],
			     len < d->saved[i + 1] ? len : d->saved[i + 1]);
	else
		dec_addr(d, d->arg[i]);
}

void
dec_SOCKLEN_INOUT(struct decode *d, int i)
{
	int32_t len;

	if (!dec_get(d, &len, d->arg[i], sizeof(len)))
		return;
	if (!d->is_error && len != (int)d->saved[i])
		put(d, "[%d => %d]", (int)d->saved[i], len);
	else
		put(d, "[%d]", (int)d->saved[i]);
}

static enum sysarg_kind
option_group(const struct decode *d)
{
	switch ((int)d->arg[1]) {
	case LX_SOL_SOCKET:
		return ARG_SO_OPT;
	case LX_SOL_TCP:
		return ARG_TCP_OPT;
	case LX_SOL_IP:
		return ARG_IP_OPT;
	case LX_SOL_IPV6:
		return ARG_IPV6_OPT;
	default:
		return ARG_GROUPS;
	}
}

void
dec_SOCKOPT_NAME(struct decode *d, int i)
{
	enum sysarg_kind group = option_group(d);

	if (group == ARG_GROUPS)
		put(d, "%d", (int)d->arg[i]);
	else
		name_value(d->out, group, d->arg[i]);
}

static void
put_ucred(struct decode *d, const struct lx_ucred *uc)
{
	put(d, "{pid=%d, uid=%u, gid=%u}", uc->pid, uc->uid, uc->gid);
}

/* Options that are structures; the others are an int, or bytes. */
static bool
option_struct(struct decode *d, uint64_t at, uint64_t len)
{
	struct lx_linger l;
	struct lx_ucred uc;

	if ((int)d->arg[1] != LX_SOL_SOCKET)
		return false;
	switch ((int)d->arg[2]) {
	case LX_SO_LINGER:
		if (len < sizeof(l) || !dec_peek(d, &l, at, sizeof(l)))
			return false;
		put(d, "{l_onoff=%d, l_linger=%d}", l.l_onoff, l.l_linger);
		return true;
	case LX_SO_PEERCRED:
		if (len < sizeof(uc) || !dec_peek(d, &uc, at, sizeof(uc)))
			return false;
		put_ucred(d, &uc);
		return true;
	default:
		return false;
	}
}

static void
option_at(struct decode *d, uint64_t at, uint64_t len)
{
	int32_t v;

	if (option_struct(d, at, len))
		return;
	if (len != sizeof(v))
		dec_bytes(d, at, len);
	else if (dec_get(d, &v, at, sizeof(v)))
		put(d, "[%d]", v);
}

void
dec_SOCKOPT_IN(struct decode *d, int i)
{
	option_at(d, d->arg[i], d->arg[i + 1] & INT32_MAX);
}

void
dec_SOCKOPT_OUT(struct decode *d, int i)
{
	uint32_t len;

	if (dec_get(d, &len, d->arg[i + 1], sizeof(len)))
		option_at(d, d->arg[i], len);
}

static void
put_rights(struct decode *d, uint64_t at, uint64_t n)
{
	int32_t fd;

	put(d, ", cmsg_data=[");
	for (uint64_t k = 0; k < n && k < DEC_MAX; k++) {
		if (!dec_peek(d, &fd, at + k * sizeof(fd), sizeof(fd)))
			break;
		put(d, "%s%d", k ? ", " : "", fd);
	}
	put(d, n > DEC_MAX ? ", ...]" : "]");
}

static void
put_cmsg(struct decode *d, uint64_t at, const struct lx_cmsghdr *c)
{
	uint64_t data = at + sizeof(*c), len = c->cmsg_len - sizeof(*c);
	struct lx_ucred uc;

	put(d, "{cmsg_len=%lu, cmsg_level=", (unsigned long)c->cmsg_len);
	name_value(d->out, ARG_SOL, (uint64_t)c->cmsg_level);
	put(d, ", cmsg_type=");
	if (c->cmsg_level == LX_SOL_SOCKET)
		name_value(d->out, ARG_SCM, (uint64_t)c->cmsg_type);
	else
		put(d, "%#x", (uint32_t)c->cmsg_type);
	if (c->cmsg_level == LX_SOL_SOCKET && c->cmsg_type == LX_SCM_RIGHTS) {
		put_rights(d, data, len / 4);
	} else if (c->cmsg_level == LX_SOL_SOCKET &&
		   c->cmsg_type == LX_SCM_CREDENTIALS && len >= sizeof(uc) &&
		   dec_peek(d, &uc, data, sizeof(uc))) {
		put(d, ", cmsg_data=");
		put_ucred(d, &uc);
	} else if (len) {
		put(d, ", cmsg_data=");
		dec_bytes(d, data, len);
	}
	put(d, "}");
}

static void
put_control(struct decode *d, uint64_t at, uint64_t len)
{
	struct lx_cmsghdr c;
	uint64_t end = at + len;
	const char *gap = "[";

	while (at + sizeof(c) <= end && dec_peek(d, &c, at, sizeof(c))) {
		put(d, "%s", gap);
		gap = ", ";
		if (c.cmsg_len < sizeof(c) || c.cmsg_len > end - at) {
			put(d, "{cmsg_len=%lu}", (unsigned long)c.cmsg_len);
			break;
		}
		put_cmsg(d, at, &c);
		at += LX_CMSG_ALIGN(c.cmsg_len);
	}
	if (*gap == '[')
		dec_addr(d, at);
	else
		put(d, "]");
}

/* @data: bytes the call moved, as for dec_iovecs(); @namelen: how long the
 * name's buffer was, or -1 where the call does not change it. */
static void
put_msghdr(struct decode *d, const struct lx_msghdr *m, int64_t data,
	   int64_t namelen)
{
	uint64_t room = namelen < 0 ? (uint64_t)(uint32_t)m->msg_namelen
				    : (uint64_t)namelen;

	put(d, "{msg_name=");
	dec_sockaddr(d, uaddr_bits(m->msg_name),
		     (uint32_t)m->msg_namelen < room ? (uint32_t)m->msg_namelen
						     : room);
	if (namelen >= 0 && namelen != m->msg_namelen)
		put(d, ", msg_namelen=%ld => %d", (long)namelen,
		    m->msg_namelen);
	else
		put(d, ", msg_namelen=%d", m->msg_namelen);
	put(d, ", msg_iov=");
	dec_iovecs(d, uaddr_bits(m->msg_iov), m->msg_iovlen, data);
	put(d, ", msg_iovlen=%lu", (unsigned long)m->msg_iovlen);
	if (!uaddr_is_null(m->msg_control) && m->msg_controllen) {
		put(d, ", msg_control=");
		put_control(d, uaddr_bits(m->msg_control), m->msg_controllen);
	}
	put(d, ", msg_controllen=%lu, msg_flags=",
	    (unsigned long)m->msg_controllen);
	name_flags(d->out, ARG_MSG_FLAGS, m->msg_flags);
	put(d, "}");
}

void
dec_MSGHDR_IN(struct decode *d, int i)
{
	struct lx_msghdr m;

	if (dec_get(d, &m, d->arg[i], sizeof(m)))
		put_msghdr(d, &m, INT64_MAX, -1);
}

void
dec_MSGHDR_OUT(struct decode *d, int i)
{
	struct lx_msghdr m;

	if (!dec_get(d, &m, d->arg[i], sizeof(m)))
		return;
	if (d->is_error)
		put(d, "{msg_namelen=%d}", (int)d->saved[i]);
	else
		put_msghdr(d, &m, d->ret, (int64_t)d->saved[i]);
}

static void
put_mmsghdrs(struct decode *d, int i, uint64_t n, bool is_sent)
{
	struct lx_mmsghdr m;
	uint64_t at = d->arg[i];

	if (!n || !dec_peek(d, &m, at, sizeof(m))) {
		if (at && !n)
			put(d, "[]");
		else
			dec_addr(d, at);
		return;
	}
	for (uint64_t k = 0; k < n; k++, at += sizeof(m)) {
		if (k == DEC_MAX || !dec_peek(d, &m, at, sizeof(m))) {
			put(d, ", ...");
			break;
		}
		put(d, k ? ", {msg_hdr=" : "[{msg_hdr=");
		put_msghdr(d, &m.msg_hdr, is_sent ? INT64_MAX : m.msg_len, -1);
		if (!is_sent || (int64_t)k < d->ret)
			put(d, ", msg_len=%u", m.msg_len);
		put(d, "}");
	}
	put(d, "]");
}

void
dec_MMSGHDR_IN(struct decode *d, int i)
{
	put_mmsghdrs(d, i, (uint32_t)d->arg[i + 1], true);
}

void
dec_MMSGHDR_OUT(struct decode *d, int i)
{
	put_mmsghdrs(d, i, (uint64_t)d->ret, false);
}
