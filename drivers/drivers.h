/* SPDX-License-Identifier: MIT */
/* drivers/drivers.h - all drivers' start. */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

struct boot_params;

/* drivers_init - register every device; before devtmpfs is first mounted. */
void drivers_init(const struct boot_params *bp);

#endif /* DRIVERS_DRIVERS_H */
