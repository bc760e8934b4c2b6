/* SPDX-License-Identifier: MIT */
/* syscalls/syslog.c - syslog(2): the kernel's messages, base/klog.h. */
#include "base/klog.h"
#include "base/slab.h"
#include "base/str.h"
#include "include/abi/capability.h"
#include "include/abi/reboot.h"
#include "kernel/block.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define LINE_MAX	  (KLOG_TEXT_MAX + 64)
#define CONSOLE_LEVEL_MAX 8

/* Where SYSLOG_ACTION_READ goes on, for all; and what was cleared. */
static struct klog_pos unread, cleared;

/* "<6>[    1.234567] text" */
static uint32_t
format(char line[LINE_MAX], const struct klog_record *r)
{
	uint64_t us = r->at_ns / 1000;
	int n = str_format(line, LINE_MAX, "<%u>[%5lu.%06lu] ", r->prio,
			   (unsigned long)(us / 1000000),
			   (unsigned long)(us % 1000000));

	memcpy(line + n, r->text, r->len);
	line[n + r->len] = '\n';
	return (uint32_t)n + r->len + 1;
}

/* The next line behind *@pos, or 0; lost ones are left out. */
static uint32_t
next_line(struct klog_pos *pos, char line[LINE_MAX])
{
	struct klog_record r;
	int err = klog_next(pos, &r);

	if (err == -EPIPE)
		err = klog_next(pos, &r);
	return err ? 0 : format(line, &r);
}

static uint64_t
total(struct klog_pos pos)
{
	char line[LINE_MAX];
	uint64_t n, sum = 0;

	while ((n = next_line(&pos, line)))
		sum += n;
	return sum;
}

/* Whole lines, as many as fit, to @buf; *@pos is moved on. */
static sysret_t
take(struct task *t, struct klog_pos *pos, uaddr_t buf, uint64_t len)
{
	char line[LINE_MAX];
	struct klog_pos at = *pos;
	uint64_t done = 0;
	uint32_t n;

	while ((n = next_line(&at, line)) && done + n <= len) {
		if (copy_out(t->mm, uaddr_add(buf, done), line, n))
			return -EFAULT;
		done += n;
		*pos = at;
	}
	return (sysret_t)done;
}

/* Linux: the last @len bytes of it. */
static sysret_t
read_all(struct task *t, uaddr_t buf, uint64_t len, bool clear)
{
	struct klog_pos pos = cleared, newest = klog_end();
	uint64_t sum = total(pos);
	char line[LINE_MAX];
	sysret_t ret;

	while (sum > len)
		sum -= next_line(&pos, line);
	ret = take(t, &pos, buf, len);
	if (ret >= 0 && clear)
		cleared = newest;
	return ret;
}

static sysret_t
read_new(struct task *t, uaddr_t buf, uint64_t len)
{
	struct waiter w;
	int err = 0;

	task_waiter_listen(&w, t, &klog_wq, WAIT_IN);
	while (!err && unread.seq >= klog_end().seq)
		err = task_block(t, &w);
	waitq_leave(&klog_wq, &w);
	return err ? err : take(t, &unread, buf, len);
}

static sysret_t
read_some(struct task *t, int type, uaddr_t buf, int len)
{
	if (uaddr_is_null(buf) || len < 0)
		return -EINVAL;
	if (!len)
		return 0;
	if (type == LX_SYSLOG_ACTION_READ)
		return read_new(t, buf, (uint64_t)len);
	return read_all(t, buf, (uint64_t)len,
			type == LX_SYSLOG_ACTION_READ_CLEAR);
}

static bool
may(const struct task *t, int type)
{
	bool is_open = type == LX_SYSLOG_ACTION_READ_ALL ||
		       type == LX_SYSLOG_ACTION_SIZE_BUFFER;

	return (is_open && !klog_restrict) ||
	       cred_capable(&t->cred, LX_CAP_SYSLOG) ||
	       cred_capable(&t->cred, LX_CAP_SYS_ADMIN);
}

sysret_t
sys_syslog(struct task *t, int type, uaddr_t buf, int len)
{
	if (!may(t, type))
		return -EPERM;
	switch (type) {
	case LX_SYSLOG_ACTION_CLOSE:
	case LX_SYSLOG_ACTION_OPEN:
		return 0;
	case LX_SYSLOG_ACTION_READ:
	case LX_SYSLOG_ACTION_READ_ALL:
	case LX_SYSLOG_ACTION_READ_CLEAR:
		return read_some(t, type, buf, len);
	case LX_SYSLOG_ACTION_CLEAR:
		cleared = klog_end();
		return 0;
	case LX_SYSLOG_ACTION_CONSOLE_OFF:
	case LX_SYSLOG_ACTION_CONSOLE_ON:
		return 0; /* no console shows them */
	case LX_SYSLOG_ACTION_CONSOLE_LEVEL:
		return len < 1 || len > CONSOLE_LEVEL_MAX ? -EINVAL : 0;
	case LX_SYSLOG_ACTION_SIZE_UNREAD:
		return (sysret_t)total(unread);
	case LX_SYSLOG_ACTION_SIZE_BUFFER:
		return KLOG_SIZE;
	}
	return -EINVAL;
}
