/* SPDX-License-Identifier: MIT */
/* kernel/power.h - switching the machine off. */
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H

/* power_off - PID 1 has ended with wait(2) status word @status, or reboot(2)
 * was called: end the others, write everything back, stop the machine.
 * Returns, since an exiting task calls it; the machine stops soon after. */
void power_off(int status);

/* What is done between the last process's end and the stop: init/ registers
 * write-back, leak reports. */
extern void (*power_off_hook)(void);

/* power_exit_status - viv's own: the code, or 128 + signal. */
int power_exit_status(int status);

#endif /* KERNEL_POWER_H */
