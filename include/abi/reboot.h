/* SPDX-License-Identifier: MIT */
/* include/abi/reboot.h - reboot(2), syslog(2). */
#ifndef ABI_REBOOT_H
#define ABI_REBOOT_H

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/reboot.def"
#undef ABI
};

#endif /* ABI_REBOOT_H */
