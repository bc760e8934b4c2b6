/* SPDX-License-Identifier: MIT */
/* include/abi/prctl.h - prctl(2), arch_prctl(2). */
#ifndef ABI_PRCTL_H
#define ABI_PRCTL_H

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/prctl.def"
#undef ABI
};

#define LX_SUID_DUMP_DISABLE  0
#define LX_SUID_DUMP_USER     1
#define LX_PR_SET_PTRACER_ANY (~0ull)
#define LX_TASK_COMM_LEN      16 /* PR_SET_NAME, with the NUL */

#endif /* ABI_PRCTL_H */
