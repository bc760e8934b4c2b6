/* SPDX-License-Identifier: MIT */
/*
 * drivers/char/kmsg.c - /dev/kmsg: the kernel's messages, one a read(2), as
 * "priority,number,microseconds,-;text"; what is written becomes one.
 */
#include "base/klog.h"
#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "drivers/internal.h"
#include "fs/chrdev.h"
#include "fs/file.h"
#include "include/abi/fcntl.h"
#include "mm/uio.h"

#define LINE_MAX (KLOG_TEXT_MAX * 4 + 64) /* every byte escaped */

/* Each opening reads on by itself. */
static int
kmsg_open(struct inode *i, struct file *f)
{
	struct klog_pos *p = KNEW(struct klog_pos);

	(void)i;
	if (!p)
		return -ENOMEM;
	*p = klog_first();
	f->priv = p;
	f->wq = &klog_wq;
	return 0;
}

/* Linux: what no terminal should see is escaped. */
static void
add_text(struct strbuf *sb, const char *s, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];

		if (c < ' ' || c >= 127 || c == '\\')
			strbuf_add(sb, "\\x%02x", c);
		else
			strbuf_add(sb, "%c", c);
	}
	strbuf_add(sb, "\n");
}

static int
kmsg_read(struct file *f, struct uio *u, uint64_t *pos)
{
	char line[LINE_MAX];
	struct klog_record r;
	struct strbuf sb;
	int64_t n;
	int err = klog_next(f->priv, &r);

	(void)pos;
	if (err)
		return err;
	strbuf_init(&sb, line, sizeof(line));
	strbuf_add(&sb, "%u,%lu,%lu,-;", r.prio, (unsigned long)r.seq,
		   (unsigned long)(r.at_ns / 1000));
	add_text(&sb, r.text, r.len);
	/* Linux: whole, or not at all; then it is lost. */
	if (sb.len > u->left)
		return -EINVAL;
	n = uio_copy(u, sb.buf, sb.len);
	return n < 0 ? (int)n : 0;
}

/* "<PRIORITY>TEXT"; without it, a notice of user space. */
static int
kmsg_write(struct file *f, struct uio *u, uint64_t *pos)
{
	char line[KLOG_TEXT_MAX + 8];
	uint32_t prio = KLOG_WARNING, i = 1;
	int64_t n;

	(void)f, (void)pos;
	n = uio_copy(u, line, MIN(u->left, sizeof(line)));
	if (n < 0)
		return (int)n;
	uio_skip(u, u->left);
	while (n && line[n - 1] == '\n')
		n--;
	if (n && line[0] == '<') {
		uint32_t v = 0;

		for (; i < n && line[i] >= '0' && line[i] <= '9'; i++)
			v = MIN(v * 10 + (uint32_t)(line[i] - '0'),
				(uint32_t)KLOG_PRIO_MAX);
		i = i > 1 && i < n && line[i] == '>' ? i + 1 : 0;
		if (i)
			prio = v;
	} else {
		i = 0;
	}
	if (prio < KLOG_USER)
		prio += KLOG_USER; /* Linux: the kernel's own can't be forged */
	klog_add(prio, line + i, (size_t)n - i);
	return 0;
}

static int64_t
kmsg_seek(struct file *f, int64_t off, int whence)
{
	struct klog_pos *p = f->priv;

	if (off)
		return -ESPIPE;
	switch (whence) {
	case LX_SEEK_SET:
	case LX_SEEK_DATA: /* Linux: since it was cleared */
		*p = klog_first();
		return 0;
	case LX_SEEK_END:
		*p = klog_end();
		return 0;
	}
	return -EINVAL;
}

static uint32_t
kmsg_poll(struct file *f)
{
	struct klog_pos *p = f->priv;

	return p->seq < klog_end().seq ? WAIT_IN | WAIT_OUT : WAIT_OUT;
}

static void
kmsg_release(struct file *f)
{
	kfree(f->priv);
	f->priv = NULL;
}

static const struct file_ops kmsg_ops = {
	.kind = "kmsg",
	.read = kmsg_read,
	.write = kmsg_write,
	.seek = kmsg_seek,
	.poll = kmsg_poll,
	.release = kmsg_release,
};

void
kmsg_init(void)
{
	static struct chrdev kmsg = {
		.name = "kmsg",
		.major = 1,
		.minor = 11,
		.mode = 0644,
		.count = 1,
		.fops = &kmsg_ops,
		.open = kmsg_open,
	};

	chrdev_register(&kmsg);
}
