/* SPDX-License-Identifier: MIT */
/* syscalls/decode_poll.c - poll(2), select(2), epoll(7): what is waited for,
 * and what their results say. */
#include "include/abi/poll.h"
#include "syscalls/internal_decode.h"

static void
pollfd_elem(struct decode *d, uint64_t at, const void *elem)
{
	const struct lx_pollfd *p = elem;

	(void)at;
	put(d, "{fd=%d", p->fd);
	if (p->fd >= 0) {
		put(d, ", events=");
		name_flags(d->out, ARG_POLL_EVENTS, (uint16_t)p->events);
	}
	put(d, "}");
}

void
dec_POLLFDS(struct decode *d, int i)
{
	if (!d->arg[i + 1])
		dec_addr(d, d->arg[i]);
	else
		dec_array(d, d->arg[i], (uint32_t)d->arg[i + 1],
			  sizeof(struct lx_pollfd), pollfd_elem);
}

/* "left {tv_sec=...}" after @gap, where the call counts down its timeout. */
static void
put_left(struct decode *d, const char *gap)
{
	for (int i = 0; i < d->desc->nargs; i++) {
		enum sysarg_kind k = d->desc->arg[i].kind;
		uint64_t tv[2];

		if (k != ARG_TIMESPEC_INOUT && k != ARG_TIMEVAL_INOUT)
			continue;
		if (dec_peek(d, tv, d->arg[i], sizeof(tv)))
			put(d, "%sleft {tv_sec=%ld, tv_%csec=%lu}", gap,
			    (long)tv[0], k == ARG_TIMESPEC_INOUT ? 'n' : 'u',
			    (unsigned long)tv[1]);
	}
}

void
dec_poll_result(struct decode *d)
{
	uint32_t n = (uint32_t)d->arg[1], shown = 0;
	struct lx_pollfd p;

	if (!d->ret) {
		put(d, "0 (Timeout)");
		return;
	}
	put(d, "%ld ([", (long)d->ret);
	for (uint32_t k = 0; k < n; k++) {
		if (!dec_peek(d, &p, d->arg[0] + k * sizeof(p), sizeof(p)))
			break;
		if (!p.revents)
			continue;
		if (shown == DEC_MAX) {
			put(d, ", ...");
			break;
		}
		put(d, "%s{fd=%d, revents=", shown++ ? ", " : "", p.fd);
		name_flags(d->out, ARG_POLL_EVENTS, (uint16_t)p.revents);
		put(d, "}");
	}
	put(d, "]");
	put_left(d, ", ");
	put(d, ")");
}

/* A set as far as the call looks at it.  Returns: its length in bits, or -1
 * if there is none. */
static int
get_fdset(struct decode *d, uint64_t at, uint8_t set[LX_FD_SETSIZE / 8])
{
	int nfds = (int)d->arg[0];

	if (nfds > LX_FD_SETSIZE)
		nfds = LX_FD_SETSIZE;
	if (nfds < 0 || !dec_peek(d, set, at, (size_t)(nfds + 7) / 8))
		return -1;
	return nfds;
}

static bool
has_any(const uint8_t *set, int nfds)
{
	for (int fd = 0; fd < nfds; fd++)
		if (set[fd / 8] >> fd % 8 & 1)
			return true;
	return false;
}

static void
put_fdset(struct decode *d, const uint8_t *set, int nfds)
{
	const char *gap = "";

	put(d, "[");
	for (int fd = 0; fd < nfds; fd++) {
		if (!(set[fd / 8] >> fd % 8 & 1))
			continue;
		put(d, "%s%d", gap, fd);
		gap = " ";
	}
	put(d, "]");
}

void
dec_FDSET(struct decode *d, int i)
{
	uint8_t set[LX_FD_SETSIZE / 8];
	int nfds = get_fdset(d, d->arg[i], set);

	if (nfds < 0)
		dec_addr(d, d->arg[i]);
	else
		put_fdset(d, set, nfds);
}

void
dec_select_result(struct decode *d)
{
	static const char *const which[] = {"in ", "out ", "except "};
	uint8_t set[LX_FD_SETSIZE / 8];
	const char *gap = "";

	if (!d->ret) {
		put(d, "0 (Timeout)");
		return;
	}
	put(d, "%ld (", (long)d->ret);
	for (int k = 0; k < 3; k++) {
		int nfds = get_fdset(d, d->arg[1 + k], set);

		if (nfds < 0 || !has_any(set, nfds))
			continue;
		put(d, "%s%s", gap, which[k]);
		put_fdset(d, set, nfds);
		gap = ", ";
	}
	put_left(d, gap);
	put(d, ")");
}

void
dec_SIGSET_PACK(struct decode *d, int i)
{
	struct lx_sigset_argpack pack;

	if (!dec_get(d, &pack, d->arg[i], sizeof(pack)))
		return;
	put(d, "{sigmask=");
	dec_sigset_at(d, pack.p, pack.size);
	put(d, ", sigsetsize=%lu}", (unsigned long)pack.size);
}

static void
event_elem(struct decode *d, uint64_t at, const void *elem)
{
	const struct lx_epoll_event *ev = elem;

	(void)at;
	put(d, "{events=");
	name_flags(d->out, ARG_EPOLL_EVENTS, ev->events);
	put(d, ", data={u32=%u, u64=%lu}}", (uint32_t)ev->data,
	    (unsigned long)ev->data);
}

void
dec_EPOLL_EVENT_IN(struct decode *d, int i)
{
	struct lx_epoll_event ev;

	if (dec_get(d, &ev, d->arg[i], sizeof(ev)))
		event_elem(d, d->arg[i], &ev);
}

void
dec_EPOLL_EVENTS_OUT(struct decode *d, int i)
{
	dec_array(d, d->arg[i], (uint64_t)d->ret, sizeof(struct lx_epoll_event),
		  event_elem);
}
