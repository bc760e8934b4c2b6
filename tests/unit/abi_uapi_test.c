/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/abi_uapi_test.c - what abi_test.c can't check, because the C
 * library shows its own version of it: include/abi against the kernel's own
 * exported headers.  The compiler does all of the checking.
 */
#include <stddef.h>
#include <stdint.h>

#include <asm/ioctls.h>
#include <asm/ptrace.h>
#include <asm/sigcontext.h>
#include <asm/signal.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <asm/ucontext.h>
#include <linux/eventpoll.h>
#include <linux/filter.h>
#include <linux/sched/types.h>
#include <linux/tty.h>

#include "include/abi/poll.h"
#include "include/abi/ptrace.h"
#include "include/abi/sched.h"
#include "include/abi/seccomp.h"
#include "include/abi/signal.h"
#include "include/abi/termios.h"
#include "include/abi/ucontext.h"

#define ABI(group, name, value)                                                \
	_Static_assert((uint32_t)(name) == (uint32_t)(value), #name);
#include "include/abi/termios.def"
#undef ABI

#define SIZE(lx, host) _Static_assert(sizeof(struct lx) == sizeof(host), #lx);
#define SAME(lx, member, host, theirs)                                         \
	_Static_assert(offsetof(struct lx, member) == offsetof(host, theirs),  \
		       #lx "." #member);                                       \
	_Static_assert(sizeof(((struct lx *)0)->member) ==                     \
			       sizeof(((host *)0)->theirs),                    \
		       #lx "." #member);

SIZE(lx_termios, struct termios)
SAME(lx_termios, c_iflag, struct termios, c_iflag)
SAME(lx_termios, c_oflag, struct termios, c_oflag)
SAME(lx_termios, c_cflag, struct termios, c_cflag)
SAME(lx_termios, c_lflag, struct termios, c_lflag)
SAME(lx_termios, c_line, struct termios, c_line)
SAME(lx_termios, c_cc, struct termios, c_cc)
SIZE(lx_termios2, struct termios2)
SAME(lx_termios2, c_cc, struct termios2, c_cc)
SAME(lx_termios2, c_ispeed, struct termios2, c_ispeed)
SAME(lx_termios2, c_ospeed, struct termios2, c_ospeed)
SIZE(lx_termio, struct termio)
SAME(lx_termio, c_iflag, struct termio, c_iflag)
SAME(lx_termio, c_line, struct termio, c_line)
SAME(lx_termio, c_cc, struct termio, c_cc)
SIZE(lx_sigaction, struct sigaction)
SAME(lx_sigaction, handler, struct sigaction, sa_handler)
SAME(lx_sigaction, flags, struct sigaction, sa_flags)
SAME(lx_sigaction, restorer, struct sigaction, sa_restorer)
SAME(lx_sigaction, mask, struct sigaction, sa_mask)
SIZE(lx_sigcontext, struct sigcontext)
SAME(lx_sigcontext, r8, struct sigcontext, r8)
SAME(lx_sigcontext, r15, struct sigcontext, r15)
SAME(lx_sigcontext, di, struct sigcontext, rdi)
SAME(lx_sigcontext, si, struct sigcontext, rsi)
SAME(lx_sigcontext, bp, struct sigcontext, rbp)
SAME(lx_sigcontext, bx, struct sigcontext, rbx)
SAME(lx_sigcontext, dx, struct sigcontext, rdx)
SAME(lx_sigcontext, ax, struct sigcontext, rax)
SAME(lx_sigcontext, cx, struct sigcontext, rcx)
SAME(lx_sigcontext, sp, struct sigcontext, rsp)
SAME(lx_sigcontext, ip, struct sigcontext, rip)
SAME(lx_sigcontext, flags, struct sigcontext, eflags)
SAME(lx_sigcontext, cs, struct sigcontext, cs)
SAME(lx_sigcontext, gs, struct sigcontext, gs)
SAME(lx_sigcontext, fs, struct sigcontext, fs)
SAME(lx_sigcontext, ss, struct sigcontext, ss)
SAME(lx_sigcontext, err, struct sigcontext, err)
SAME(lx_sigcontext, trapno, struct sigcontext, trapno)
SAME(lx_sigcontext, oldmask, struct sigcontext, oldmask)
SAME(lx_sigcontext, cr2, struct sigcontext, cr2)
SAME(lx_sigcontext, fpstate, struct sigcontext, fpstate)
SIZE(lx_fpx_sw_bytes, struct _fpx_sw_bytes)
SAME(lx_fpx_sw_bytes, magic1, struct _fpx_sw_bytes, magic1)
SAME(lx_fpx_sw_bytes, extended_size, struct _fpx_sw_bytes, extended_size)
SAME(lx_fpx_sw_bytes, xfeatures, struct _fpx_sw_bytes, xfeatures)
SAME(lx_fpx_sw_bytes, xstate_size, struct _fpx_sw_bytes, xstate_size)
SIZE(lx_fpstate, struct _fpstate_64)
SAME(lx_fpstate, cwd, struct _fpstate_64, cwd)
SAME(lx_fpstate, swd, struct _fpstate_64, swd)
SAME(lx_fpstate, twd, struct _fpstate_64, twd)
SAME(lx_fpstate, fop, struct _fpstate_64, fop)
SAME(lx_fpstate, rip, struct _fpstate_64, rip)
SAME(lx_fpstate, rdp, struct _fpstate_64, rdp)
SAME(lx_fpstate, mxcsr, struct _fpstate_64, mxcsr)
SAME(lx_fpstate, mxcsr_mask, struct _fpstate_64, mxcsr_mask)
SAME(lx_fpstate, st_space, struct _fpstate_64, st_space)
SAME(lx_fpstate, xmm_space, struct _fpstate_64, xmm_space)
SAME(lx_fpstate, sw, struct _fpstate_64, sw_reserved)
SIZE(lx_xstate_header, struct _header)
SAME(lx_xstate_header, xfeatures, struct _header, xfeatures)
SIZE(lx_ucontext, struct ucontext)
SAME(lx_ucontext, uc_flags, struct ucontext, uc_flags)
SAME(lx_ucontext, uc_link, struct ucontext, uc_link)
SAME(lx_ucontext, uc_stack, struct ucontext, uc_stack)
SAME(lx_ucontext, uc_mcontext, struct ucontext, uc_mcontext)
SAME(lx_ucontext, uc_sigmask, struct ucontext, uc_sigmask)
SIZE(lx_sched_attr, struct sched_attr)
SAME(lx_sched_attr, size, struct sched_attr, size)
SAME(lx_sched_attr, sched_policy, struct sched_attr, sched_policy)
SAME(lx_sched_attr, sched_flags, struct sched_attr, sched_flags)
SAME(lx_sched_attr, sched_nice, struct sched_attr, sched_nice)
SAME(lx_sched_attr, sched_priority, struct sched_attr, sched_priority)
SAME(lx_sched_attr, sched_runtime, struct sched_attr, sched_runtime)
SAME(lx_sched_attr, sched_deadline, struct sched_attr, sched_deadline)
SAME(lx_sched_attr, sched_period, struct sched_attr, sched_period)
SAME(lx_sched_attr, sched_util_min, struct sched_attr, sched_util_min)
SAME(lx_sched_attr, sched_util_max, struct sched_attr, sched_util_max)
SIZE(lx_sock_filter, struct sock_filter)
SAME(lx_sock_filter, code, struct sock_filter, code)
SAME(lx_sock_filter, jt, struct sock_filter, jt)
SAME(lx_sock_filter, jf, struct sock_filter, jf)
SAME(lx_sock_filter, k, struct sock_filter, k)
SIZE(lx_sock_fprog, struct sock_fprog)
SAME(lx_sock_fprog, len, struct sock_fprog, len)
SAME(lx_sock_fprog, filter, struct sock_fprog, filter)
SIZE(lx_epoll_event, struct epoll_event)
SAME(lx_epoll_event, events, struct epoll_event, events)
SAME(lx_epoll_event, data, struct epoll_event, data)

SAME(lx_user_regs, orig_rax, struct pt_regs, orig_rax)
SAME(lx_user_regs, ss, struct pt_regs, ss)

_Static_assert(sizeof(lx_sigset) == sizeof(sigset_t), "sigset");
_Static_assert(LX_NCCS == NCCS, "NCCS");
_Static_assert(LX_MINSIGSTKSZ == MINSIGSTKSZ, "MINSIGSTKSZ");
_Static_assert(LX_FP_XSTATE_MAGIC1 == FP_XSTATE_MAGIC1, "MAGIC1");
_Static_assert(LX_FP_XSTATE_MAGIC2 == FP_XSTATE_MAGIC2, "MAGIC2");
_Static_assert(LX_UC_FP_XSTATE == UC_FP_XSTATE, "FP_XSTATE");
_Static_assert(LX_UC_SIGCONTEXT_SS == UC_SIGCONTEXT_SS, "SIGCONTEXT_SS");
_Static_assert(LX_UC_STRICT_RESTORE_SS == UC_STRICT_RESTORE_SS, "RESTORE_SS");
/* Linux: struct rt_sigframe, which it exports to nobody. */
_Static_assert(offsetof(struct lx_rt_sigframe, uc) == 8, "sigframe.uc");
_Static_assert(offsetof(struct lx_rt_sigframe, info) == 312, "sigframe.info");
_Static_assert(sizeof(struct lx_rt_sigframe) == 440, "sigframe");

int
main(void)
{
	return 0;
}
