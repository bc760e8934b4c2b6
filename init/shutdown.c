/* SPDX-License-Identifier: MIT */
/* init/shutdown.c - the end: write everything back, report what leaked. */
#include "base/log.h"
#include "base/ref.h"
#include "fs/mount.h"
#include "init/internal.h"
#include "kernel/power.h"

static void
shut_down(void)
{
	mount_sync_all();
	if (log_level >= LOG_DEBUG && ref_report())
		log_debug("objects were left at shutdown");
}

void
init_power(void)
{
	power_off_hook = shut_down;
}
