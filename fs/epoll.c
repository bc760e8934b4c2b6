/* SPDX-License-Identifier: MIT */
/*
 * fs/epoll.c - epoll(7).
 *
 * Invariants: an entry (struct epitem) is in its epoll's table and on its
 * file's `epolls` list for as long as it lives; it holds no reference to the
 * file, the last file_put() removes it.  It is on the ready list if an event
 * of interest came since epoll_collect() last found it idle; what is ready
 * for good stays there (level-triggered), so a wait costs what is ready and
 * not what is watched.
 *
 * Nothing here sleeps.
 */
#include "fs/epoll.h"

#include "base/hash.h"
#include "base/slab.h"
#include "base/str.h"
#include "fs/anon.h"
#include "include/abi/fcntl.h"

/* Linux: EP_MAX_NESTS; an epoll may watch epolls four deep. */
#define EP_MAX_NESTS 4

#define EP_PRIVATE                                                             \
	(LX_EPOLLWAKEUP | LX_EPOLLONESHOT | LX_EPOLLET | LX_EPOLLEXCLUSIVE)
#define EP_EXCLUSIVE_OK                                                        \
	(LX_EPOLLIN | LX_EPOLLOUT | LX_EPOLLERR | LX_EPOLLHUP |                \
	 LX_EPOLLWAKEUP | LX_EPOLLET | LX_EPOLLEXCLUSIVE)

struct epoll {
	struct file *file;
	struct waitq tasks; /* in epoll_wait(2); file->wq: poll(2), epolls */
	struct hash items;
	struct list all;   /* epitem.all */
	struct list ready; /* epitem.ready */
};

struct epitem {
	struct hash_node hash;
	struct list all, ready, on_file;
	struct epoll *ep;
	struct file *file;
	int fd;
	uint32_t events; /* of interest; only EP_PRIVATE bits: disarmed */
	uint64_t data;
	struct waiter w;
};

/* poll(2)'s names for the same two events. */
static uint32_t
ep_widen(uint32_t ready)
{
	if (ready & WAIT_IN)
		ready |= LX_EPOLLRDNORM;
	if (ready & WAIT_OUT)
		ready |= LX_EPOLLWRNORM;
	return ready;
}

static uint32_t
ep_interest(uint32_t events)
{
	uint32_t want = events & WAIT_ALL;

	if (events & LX_EPOLLRDNORM)
		want |= WAIT_IN;
	if (events & LX_EPOLLWRNORM)
		want |= WAIT_OUT;
	return want | WAIT_ERR | WAIT_HUP;
}

static uint32_t
ep_item_poll(struct epitem *it)
{
	return ep_widen(file_poll(it->file)) & it->events;
}

static void
ep_item_ready(struct epitem *it)
{
	if (list_empty(&it->ready))
		list_append(&it->ep->ready, &it->ready);
	waitq_wake(&it->ep->tasks, WAIT_IN);
	waitq_wake(it->ep->file->wq, WAIT_IN);
}

/* Is there a task that waits and has not been told of anything yet? */
static bool
ep_has_sleeper(const struct epoll *ep)
{
	const struct waiter *w;

	LIST_EACH(w, &ep->tasks.listeners, link) {
		if (!w->fired)
			return true;
	}
	return false;
}

static void
ep_item_wake(struct waiter *w, uint32_t events)
{
	struct epitem *it = w->arg;

	w->passes_on = !ep_has_sleeper(it->ep);
	if (it->events & ~(uint32_t)EP_PRIVATE)
		ep_item_ready(it);
}

static uint64_t
ep_hash(const struct file *f, int fd)
{
	return hash_u64((uint64_t)(uintptr_t)f ^ (uint64_t)(uint32_t)fd << 48);
}

static struct epitem *
ep_find(struct epoll *ep, const struct file *f, int fd)
{
	struct hash_node *n = hash_first(&ep->items, ep_hash(f, fd));

	for (; n; n = hash_next(n)) {
		struct epitem *it = CONTAINER_OF(n, struct epitem, hash);

		if (it->file == f && it->fd == fd)
			return it;
	}
	return NULL;
}

static void
ep_item_free(struct epitem *it)
{
	waitq_leave(it->file->wq, &it->w);
	hash_del(&it->ep->items, &it->hash);
	list_del(&it->all);
	list_del(&it->ready);
	list_del(&it->on_file);
	kfree(it);
}

static uint32_t
ep_poll(struct file *f)
{
	struct epoll *ep = f->priv;
	struct epitem *it, *next;

	LIST_EACH_SAFE(it, next, &ep->ready, ready) {
		if (ep_item_poll(it))
			return WAIT_IN;
		list_del(&it->ready);
	}
	return 0;
}

static void
ep_release(struct file *f)
{
	struct epoll *ep = f->priv;
	struct epitem *it, *next;

	LIST_EACH_SAFE(it, next, &ep->all, all) {
		ep_item_free(it);
	}
	hash_fini(&ep->items);
	kfree(ep);
}

static void
ep_show(struct file *f, struct strbuf *sb)
{
	struct epoll *ep = f->priv;
	struct epitem *it;

	LIST_EACH(it, &ep->all, all) {
		strbuf_add(sb, "tfd: %8d events: %8x data: %16llx\n", it->fd,
			   it->events, (unsigned long long)it->data);
	}
}

static const struct file_ops epoll_fops = {
	.kind = "epoll",
	.poll = ep_poll,
	.release = ep_release,
	.show_fdinfo = ep_show,
};

/* How many epolls lie below @f (0: it watches none); -1 if @stop is one of
 * them or there are too many. */
static int
ep_depth_below(const struct file *f, const struct file *stop, int level)
{
	const struct epoll *ep = f->priv;
	struct epitem *it;
	int deepest = 0;

	if (f == stop || level > EP_MAX_NESTS)
		return -1;
	LIST_EACH(it, &ep->all, all) {
		int d;

		if (!file_is_epoll(it->file))
			continue;
		d = ep_depth_below(it->file, stop, level + 1);
		if (d < 0)
			return -1;
		deepest = MAX(deepest, d + 1);
	}
	return deepest;
}

static int
ep_depth_above(const struct file *f)
{
	struct epitem *it;
	int deepest = 0;

	LIST_EACH(it, &f->epolls, on_file) {
		deepest = MAX(deepest, ep_depth_above(it->ep->file) + 1);
	}
	return deepest;
}

static int
ep_check_nesting(const struct file *epf, const struct file *f)
{
	int below = ep_depth_below(f, epf, 0);

	if (below < 0 || below + 1 + ep_depth_above(epf) > EP_MAX_NESTS)
		return -ELOOP;
	return 0;
}

/* From now on @it listens as its events say; what holds already counts. */
static void
ep_item_arm(struct epitem *it)
{
	it->w.exclusive = it->events & LX_EPOLLEXCLUSIVE;
	waitq_listen(it->file->wq, &it->w, ep_interest(it->events));
	if (ep_item_poll(it))
		ep_item_ready(it);
}

static int
ep_add(struct file *epf, int fd, struct file *f,
       const struct lx_epoll_event *ev)
{
	struct epoll *ep = epf->priv;
	struct epitem *it;
	int err;

	if (file_is_epoll(f)) {
		err = ep_check_nesting(epf, f);
		if (err)
			return err;
	}
	it = KNEW(struct epitem);
	if (!it)
		return -ENOMEM;
	it->ep = ep;
	it->file = f;
	it->fd = fd;
	it->events = ev->events | LX_EPOLLERR | LX_EPOLLHUP;
	it->data = ev->data;
	it->w.wake = ep_item_wake;
	it->w.arg = it;
	list_init(&it->w.link);
	list_init(&it->ready);
	list_append(&ep->all, &it->all);
	list_append(&f->epolls, &it->on_file);
	hash_add(&ep->items, &it->hash, ep_hash(f, fd));
	ep_item_arm(it);
	return 0;
}

static int
ep_mod(struct epitem *it, const struct lx_epoll_event *ev)
{
	waitq_leave(it->file->wq, &it->w);
	it->events = ev->events | LX_EPOLLERR | LX_EPOLLHUP;
	it->data = ev->data;
	ep_item_arm(it);
	return 0;
}

/* epoll_ctl(2): EPOLLEXCLUSIVE only with ADD, few other flags, and not for an
 * epoll. */
static int
ep_check_exclusive(int op, const struct file *f, const struct epitem *it,
		   const struct lx_epoll_event *ev)
{
	bool had = it && it->events & LX_EPOLLEXCLUSIVE;

	if (op == LX_EPOLL_CTL_MOD && (had || ev->events & LX_EPOLLEXCLUSIVE))
		return -EINVAL;
	if (op == LX_EPOLL_CTL_ADD && ev->events & LX_EPOLLEXCLUSIVE &&
	    (file_is_epoll(f) || ev->events & ~(uint32_t)EP_EXCLUSIVE_OK))
		return -EINVAL;
	return 0;
}

int
epoll_ctl_op(struct file *epf, int op, int fd, struct file *f,
	     const struct lx_epoll_event *ev)
{
	struct epitem *it;
	int err;

	/* Linux: files that are always ready can't be watched. */
	if (!f->ops->poll)
		return -EPERM;
	if (!file_is_epoll(epf) || epf == f)
		return -EINVAL;
	it = ep_find(epf->priv, f, fd);
	err = op == LX_EPOLL_CTL_DEL ? 0 : ep_check_exclusive(op, f, it, ev);
	if (err)
		return err;
	switch (op) {
	case LX_EPOLL_CTL_ADD:
		return it ? -EEXIST : ep_add(epf, fd, f, ev);
	case LX_EPOLL_CTL_MOD:
		return it ? ep_mod(it, ev) : -ENOENT;
	case LX_EPOLL_CTL_DEL:
		if (!it)
			return -ENOENT;
		ep_item_free(it);
		return 0;
	default:
		return -EINVAL;
	}
}

int
epoll_collect(struct file *epf, struct lx_epoll_event *out, int max)
{
	struct epoll *ep = epf->priv;
	struct list again = LIST_INIT(again);
	struct epitem *it, *next;
	int n = 0;

	LIST_EACH_SAFE(it, next, &ep->ready, ready) {
		uint32_t ready;

		if (n == max)
			break;
		ready = ep_item_poll(it);
		list_del(&it->ready);
		if (!ready)
			continue;
		out[n].events = ready;
		out[n++].data = it->data;
		if (it->events & LX_EPOLLONESHOT)
			it->events &= EP_PRIVATE;
		else if (!(it->events & LX_EPOLLET))
			list_append(&again, &it->ready);
	}
	/* Behind those that were not looked at: each gets its turn. */
	LIST_EACH_SAFE(it, next, &again, ready) {
		list_del(&it->ready);
		list_append(&ep->ready, &it->ready);
	}
	epoll_wake_next(epf);
	return n;
}

void
epoll_wake_next(struct file *epf)
{
	struct epoll *ep = epf->priv;

	if (!list_empty(&ep->ready))
		waitq_wake(&ep->tasks, WAIT_IN);
}

struct waitq *
epoll_waitq(struct file *epf)
{
	struct epoll *ep = epf->priv;

	return &ep->tasks;
}

void
epoll_file_gone(struct file *f)
{
	struct epitem *it, *next;

	LIST_EACH_SAFE(it, next, &f->epolls, on_file) {
		ep_item_free(it);
	}
}

int
epoll_new(struct file **out)
{
	struct epoll *ep = KNEW(struct epoll);
	int err;

	if (!ep)
		return -ENOMEM;
	waitq_init(&ep->tasks);
	list_init(&ep->all);
	list_init(&ep->ready);
	err = hash_init(&ep->items);
	if (!err)
		err = anon_file_new(&epoll_fops, LX_O_RDWR, "[eventpoll]", out);
	if (err) {
		if (ep->items.bucket)
			hash_fini(&ep->items);
		kfree(ep);
		return err;
	}
	ep->file = *out;
	(*out)->priv = ep;
	return 0;
}

bool
file_is_epoll(const struct file *f)
{
	return f->ops == &epoll_fops;
}
