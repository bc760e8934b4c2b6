/* SPDX-License-Identifier: MIT */
/* include/abi/wait.h - wait4(2), waitid(2): options and the status word. */
#ifndef ABI_WAIT_H
#define ABI_WAIT_H

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/wait.def"
#undef ABI
};

#define LX_W_EXITCODE(code)    (((code)&0xff) << 8)
#define LX_W_SIGNALED(sig)     ((sig)&0x7f)
#define LX_W_STOPCODE(sig)     (((sig) << 8) | 0x7f)
#define LX_W_CONTINUED	       0xffff
#define LX_WCOREFLAG	       0x80
#define LX_WTERMSIG(status)    ((status)&0x7f)
#define LX_WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define LX_WSTOPSIG(status)    LX_WEXITSTATUS(status)
#define LX_WIFEXITED(status)   (LX_WTERMSIG(status) == 0)
#define LX_WIFSTOPPED(status)  (((status)&0xff) == 0x7f)
#define LX_WIFCONTINUED(s)     ((s) == LX_W_CONTINUED)
#define LX_WIFSIGNALED(s)                                                      \
	(!LX_WIFSTOPPED(s) && !LX_WIFEXITED(s) && !LX_WIFCONTINUED(s))

#endif /* ABI_WAIT_H */
