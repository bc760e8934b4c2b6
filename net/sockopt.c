/* SPDX-License-Identifier: MIT */
/* net/sockopt.c - setsockopt(2), getsockopt(2) at SOL_SOCKET. */
#include "base/str.h"
#include "base/time.h"
#include "include/abi/time.h"
#include "net/sock.h"

/* Linux: what is asked for is doubled, for bookkeeping's sake. */
static uint32_t
buf_size(int32_t want, bool force)
{
	uint32_t v = want < 0 ? 0 : (uint32_t)want;

	v = MIN(v, force ? 0x3fffffffu : SOCK_BUF_DEFAULT);
	return MAX(v * 2, SOCK_BUF_MIN);
}

static int
set_timeout(uint64_t *out, const void *val, uint32_t len)
{
	struct lx_timeval tv;

	if (len < sizeof(tv))
		return -EINVAL;
	memcpy(&tv, val, sizeof(tv));
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EDOM;
	if (tv.tv_sec < 0) {
		*out = 0; /* Linux: negative is no waiting at all */
		return 0;
	}
	*out = SOCK_TIME_NEVER;
	if ((tv.tv_sec || tv.tv_usec) && tv.tv_sec < INT32_MAX)
		*out = (uint64_t)tv.tv_sec * NSEC_PER_SEC +
		       (uint64_t)tv.tv_usec * 1000;
	return 0;
}

static bool *
flag_option(struct sock *sk, int name)
{
	switch (name) {
	case LX_SO_DEBUG:
		return &sk->debug;
	case LX_SO_REUSEADDR:
		return &sk->reuseaddr;
	case LX_SO_REUSEPORT:
		return &sk->reuseport;
	case LX_SO_KEEPALIVE:
		return &sk->keepalive;
	case LX_SO_BROADCAST:
		return &sk->broadcast;
	case LX_SO_DONTROUTE:
		return &sk->dontroute;
	case LX_SO_OOBINLINE:
		return &sk->oobinline;
	case LX_SO_PASSCRED:
		return &sk->passcred;
	case LX_SO_TIMESTAMP:
		return &sk->timestamp;
	default:
		return NULL;
	}
}

static int
set_int(struct sock *sk, int name, int32_t v, bool may_force)
{
	bool *flag = flag_option(sk, name);

	if (flag) {
		*flag = v != 0;
		return 0;
	}
	switch (name) {
	case LX_SO_SNDBUFFORCE:
	case LX_SO_SNDBUF:
		if (name == LX_SO_SNDBUFFORCE && !may_force)
			return -EPERM;
		sk->sndbuf = buf_size(v, name == LX_SO_SNDBUFFORCE);
		waitq_wake(&sk->wq, WAIT_OUT);
		return 0;
	case LX_SO_RCVBUFFORCE:
	case LX_SO_RCVBUF:
		if (name == LX_SO_RCVBUFFORCE && !may_force)
			return -EPERM;
		sk->rcvbuf = buf_size(v, name == LX_SO_RCVBUFFORCE);
		return 0;
	case LX_SO_PRIORITY:
		if ((v < 0 || v > 6) && !may_force)
			return -EPERM;
		sk->priority = (uint32_t)v;
		return 0;
	case LX_SO_MARK:
		if (!may_force)
			return -EPERM;
		sk->mark = (uint32_t)v;
		return 0;
	case LX_SO_RCVLOWAT:
		sk->rcvlowat = v < 0 ? INT32_MAX : v ? (uint32_t)v : 1;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

int
sock_setopt(struct sock *sk, int level, int name, const void *val, uint32_t len,
	    bool may_force)
{
	int32_t v;

	if (level != LX_SOL_SOCKET)
		return sk->ops->setopt
			       ? sk->ops->setopt(sk, level, name, val, len)
			       : -EOPNOTSUPP;
	switch (name) {
	case LX_SO_RCVTIMEO:
	case LX_SO_RCVTIMEO_NEW:
		return set_timeout(&sk->rcvtimeo_ns, val, len);
	case LX_SO_SNDTIMEO:
	case LX_SO_SNDTIMEO_NEW:
		return set_timeout(&sk->sndtimeo_ns, val, len);
	case LX_SO_LINGER:
		if (len < sizeof(sk->linger))
			return -EINVAL;
		memcpy(&sk->linger, val, sizeof(sk->linger));
		return 0;
	}
	if (len < sizeof(v))
		return -EINVAL;
	memcpy(&v, val, sizeof(v));
	return set_int(sk, name, v, may_force);
}

static int
get_int(struct sock *sk, int name, int32_t *v)
{
	const bool *flag = flag_option(sk, name);

	if (flag) {
		*v = *flag;
		return 0;
	}
	switch (name) {
	case LX_SO_TYPE:
		*v = sk->type;
		return 0;
	case LX_SO_DOMAIN:
		*v = sk->family;
		return 0;
	case LX_SO_PROTOCOL:
		*v = sk->protocol;
		return 0;
	case LX_SO_ERROR:
		*v = -sock_take_error(sk);
		return 0;
	case LX_SO_ACCEPTCONN:
		*v = sk->is_listening;
		return 0;
	case LX_SO_SNDBUF:
		*v = (int32_t)sk->sndbuf;
		return 0;
	case LX_SO_RCVBUF:
		*v = (int32_t)sk->rcvbuf;
		return 0;
	case LX_SO_PRIORITY:
		*v = (int32_t)sk->priority;
		return 0;
	case LX_SO_MARK:
		*v = (int32_t)sk->mark;
		return 0;
	case LX_SO_RCVLOWAT:
		*v = (int32_t)sk->rcvlowat;
		return 0;
	case LX_SO_SNDLOWAT:
		*v = 1;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static void
give(void *val, uint32_t *len, const void *from, uint32_t size)
{
	*len = MIN(*len, size);
	memcpy(val, from, *len);
}

static void
give_timeout(void *val, uint32_t *len, uint64_t ns)
{
	struct lx_timeval tv = {0, 0};

	if (ns != SOCK_TIME_NEVER) {
		tv.tv_sec = (int64_t)(ns / NSEC_PER_SEC);
		tv.tv_usec = (int64_t)(ns % NSEC_PER_SEC / 1000);
	}
	give(val, len, &tv, sizeof(tv));
}

int
sock_getopt(struct sock *sk, int level, int name, void *val, uint32_t *len)
{
	int32_t v;
	int err;

	if (level == LX_SOL_SOCKET) {
		switch (name) {
		case LX_SO_RCVTIMEO:
		case LX_SO_RCVTIMEO_NEW:
			give_timeout(val, len, sk->rcvtimeo_ns);
			return 0;
		case LX_SO_SNDTIMEO:
		case LX_SO_SNDTIMEO_NEW:
			give_timeout(val, len, sk->sndtimeo_ns);
			return 0;
		case LX_SO_LINGER:
			give(val, len, &sk->linger, sizeof(sk->linger));
			return 0;
		}
		err = get_int(sk, name, &v);
		if (!err)
			give(val, len, &v, sizeof(v));
		if (err != -ENOPROTOOPT)
			return err;
	}
	return sk->ops->getopt ? sk->ops->getopt(sk, level, name, val, len)
			       : -EOPNOTSUPP;
}
