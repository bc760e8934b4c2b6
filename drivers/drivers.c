/* SPDX-License-Identifier: MIT */
/* drivers/drivers.c - every driver's start, and a process's first files. */
#include "drivers/drivers.h"

#include "arch/um/boot.h"
#include "base/log.h"
#include "drivers/char/pty.h"
#include "drivers/console.h"
#include "drivers/internal.h"
#include "drivers/tty.h"
#include "fs/fdtable.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/resource.h"
#include "kernel/task.h"

void
drivers_init(const struct boot_params *bp)
{
	mem_devices_init();
	kmsg_init();
	hostio_init(bp);
	tty_init();
	pty_init();
	console_init(bp);
}

static int
open_null(struct task *t, struct file **out)
{
	struct walk w = {.fs = t->fs, .cred = &t->cred, .flags = WALK_FOLLOW};

	return vfs_open(&w, "/dev/null", LX_O_RDWR, 0, out);
}

int
console_stdio(struct task *t, const struct boot_params *bp)
{
	if (bp->flags & BOOT_TTY)
		return console_tty_stdio(t);
	for (int i = 0; i < 3; i++) {
		AUTO_PUT(file) f = NULL;
		int err;

		if (i == 0 && !(bp->flags & BOOT_STDIN))
			err = open_null(t, &f);
		else
			err = hostio_file(i, i ? LX_O_WRONLY : LX_O_RDONLY, &f);
		if (!err)
			err = fd_install(t->files, f, i, false,
					 rlimit_get(t, LX_RLIMIT_NOFILE));
		if (err < 0) {
			log_error("cannot open descriptor %d: error %d", i,
				  -err);
			return err;
		}
	}
	return 0;
}
