/* SPDX-License-Identifier: MIT */
/*
 * fs/epoll.h - epoll(7): an interest list and a ready list.
 *
 * An entry listens on its file's wait queue; an event puts it on the ready
 * list, and only what is on that list is looked at by epoll_collect().
 */
#ifndef FS_EPOLL_H
#define FS_EPOLL_H

#include "fs/file.h"
#include "include/abi/poll.h"

MUST_CHECK int epoll_new(struct file **out);

/* file_is_epoll - was @f made by epoll_new()? */
bool file_is_epoll(const struct file *f);

/* epoll_ctl_op - epoll_ctl(2) on @ep; the target is @f, known to the guest as
 * @fd.  Returns: 0, -EEXIST, -ENOENT, -EPERM, -EINVAL, -ELOOP, -ENOMEM. */
MUST_CHECK int epoll_ctl_op(struct file *ep, int op, int fd, struct file *f,
			    const struct lx_epoll_event *ev);

/* epoll_collect - up to @max events that hold now, in @out.  One-shot entries
 * are disarmed, edge-triggered ones leave the ready list.
 * Returns: how many. */
int epoll_collect(struct file *ep, struct lx_epoll_event *out, int max);

/* epoll_waitq - where epoll_wait(2) listens for WAIT_IN, exclusively. */
struct waitq *epoll_waitq(struct file *ep);

/* epoll_wake_next - a waiter of @ep that was woken goes without having taken
 * what is ready: wake another. */
void epoll_wake_next(struct file *ep);

/* epoll_file_gone - the last reference to @f is gone: its entries leave every
 * epoll.  Called by file_put() before ops->release(). */
void epoll_file_gone(struct file *f);

#endif /* FS_EPOLL_H */
