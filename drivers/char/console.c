/* SPDX-License-Identifier: MIT */
/*
 * drivers/char/console.c - the user's terminal as a tty: /dev/hvc0, and
 * /dev/console, which is the same here so that job control works on it.
 *
 * The machine keeps the host terminal raw; all editing is ours.  Output waits
 * in a buffer while the host does not take it.
 */
#include "arch/um/boot.h"
#include "arch/um/hypercall.h"
#include "base/log.h"
#include "drivers/console.h"
#include "drivers/internal.h"
#include "drivers/internal_tty.h"
#include "fs/chrdev.h"
#include "fs/fdtable.h"
#include "fs/hostfs/hostfs.h"
#include "fs/inode.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/resource.h"
#include "kernel/sched.h"
#include "kernel/task.h"

#define OUT_MAX 16384
#define IN_RUN	1024

static struct tty *console;
static struct stream in, out;
static uint8_t buf[OUT_MAX];
static uint32_t tail, head;

static void
drain(void)
{
	while (tail != head) {
		uint32_t at = tail % OUT_MAX;
		uint32_t n = MIN(head - tail, OUT_MAX - at);
		int64_t put = stream_write(&out, buf + at, n);

		if (put == -EAGAIN)
			return; /* on_ready comes */
		/* A terminal that is gone swallows everything. */
		tail += put > 0 ? (uint32_t)put : n;
	}
	waitq_wake(&console->wq, WAIT_OUT);
}

static uint32_t
console_room(struct tty *tty)
{
	(void)tty;
	return OUT_MAX - (head - tail);
}

static uint32_t
console_write(struct tty *tty, const uint8_t *from, uint32_t n)
{
	n = MIN(n, console_room(tty));
	for (uint32_t i = 0; i < n; i++)
		buf[head++ % OUT_MAX] = from[i];
	drain();
	return n;
}

static uint32_t
console_pending(struct tty *tty)
{
	(void)tty;
	return head - tail;
}

static void
console_flush(struct tty *tty)
{
	tail = head;
	waitq_wake(&tty->wq, WAIT_OUT);
}

/* Take what the host has for us, as far as there is room, and ask to be told
 * of more. */
static void
pump(void)
{
	uint8_t run[IN_RUN];

	while (!console->is_hung_up) {
		uint32_t room = tty_input_room(console);
		int64_t n;

		if (!room)
			return; /* unthrottle goes on */
		n = stream_read(&in, run, MIN(room, (uint32_t)IN_RUN));
		if (n == -EAGAIN)
			return;
		if (n <= 0) {
			tty_hangup(console);
			return;
		}
		(void)tty_input(console, run, (uint32_t)n);
	}
}

static void
console_unthrottle(struct tty *tty)
{
	(void)tty;
	if (!in.armed)
		pump();
}

static const struct tty_ops console_ops = {
	.write = console_write,
	.room = console_room,
	.pending = console_pending,
	.flush_output = console_flush,
	.unthrottle = console_unthrottle,
	.before_write = hostfs_barrier,
};

static void
input_ready(struct stream *s, uint32_t events)
{
	(void)s, (void)events;
	pump();
}

static void
output_ready(struct stream *s, uint32_t events)
{
	(void)s, (void)events;
	drain();
}

static void
read_size(void)
{
	struct host_winsize hw;
	struct lx_winsize ws;

	if (HYPER2(CONSOLE_SIZE, in.handle.n, &hw) < 0)
		return;
	ws = (struct lx_winsize){
		.ws_row = hw.rows,
		.ws_col = hw.cols,
		.ws_xpixel = hw.xpixel,
		.ws_ypixel = hw.ypixel,
	};
	tty_resize(console, &ws);
}

static void
winch(uint64_t cookie, int64_t result)
{
	(void)cookie, (void)result;
	read_size();
}

static int
console_open(struct inode *i, struct file *f)
{
	(void)i;
	if (!console)
		return -ENODEV;
	tty_attach(console, f, true);
	return 0;
}

static struct chrdev devices[] = {
	{.name = "console",
	 .major = 5,
	 .minor = 1,
	 .count = 1,
	 .mode = 0600,
	 .gid = 5,
	 .fops = &tty_file_ops,
	 .open = console_open},
	{.name = "hvc0",
	 .major = 229,
	 .minor = 0,
	 .count = 1,
	 .mode = 0620,
	 .gid = 5,
	 .fops = &tty_file_ops,
	 .open = console_open},
};

void
console_init(const struct boot_params *bp)
{
	for (uint32_t i = 0; i < ARRAY_LEN(devices); i++)
		chrdev_register(&devices[i]);
	if (!(bp->flags & BOOT_TTY))
		return;
	stream_init(&in, bp->stdio[0]);
	stream_init(&out, bp->stdio[1]);
	in.on_ready = input_ready;
	out.on_ready = output_ready;
	if (tty_new(&console_ops, dev_make(229, 0), NULL, &console)) {
		log_error("no memory for the console");
		return;
	}
	read_size();
	event_register(EVENT_WINCH, winch);
	pump();
}

int
console_tty_stdio(struct task *t)
{
	struct walk w = {.fs = t->fs, .cred = &t->cred, .flags = WALK_FOLLOW};
	AUTO_PUT(file) f = NULL;
	int err = vfs_open(&w, "/dev/console", LX_O_RDWR | LX_O_NOCTTY, 0, &f);

	for (int i = 0; !err && i < 3; i++) {
		err = fd_install(t->files, f, i, false,
				 rlimit_get(t, LX_RLIMIT_NOFILE));
		err = err < 0 ? err : 0;
	}
	if (!err && t->proc->is_session_leader && !process_is_init(t->proc))
		tty_set_controlling(console, t);
	return err;
}
