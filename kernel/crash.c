/* SPDX-License-Identifier: MIT */
/* kernel/crash.c - a guest process died of a fault of its own: say so, with
 * what its registers and stack tell. */
#include "base/log.h"
#include "kernel/internal.h"
#include "kernel/signal.h"
#include "mm/mm.h"

void
crash_report(struct task *t, const struct lx_siginfo *info)
{
	const struct um_regs *r = &t->run.regs;
	int sig = info->si_signo;

	/* A signal somebody sent is no crash. */
	if (info->si_code <= 0)
		return;
	log_info("%s[%d]: %s (code %d) at %#lx: rip %#lx rsp %#lx", t->comm,
		 t->tid, signal_names[sig], info->si_code,
		 (unsigned long)info->fault.addr, (unsigned long)r->rip,
		 (unsigned long)r->rsp);
	if (t->mm && log_level >= LOG_INFO)
		mm_backtrace(t->mm, r, LOG_INFO);
}

const char *const signal_names[LX_NSIG + 1] = {
#define ABI(group, name, value) ABI_##group(name, value)
#define ABI_SIGNAL(name, value) [value] = #name,
#define ABI_SA_FLAGS(name, value)
#define ABI_SIG_HOW(name, value)
#define ABI_SS_FLAGS(name, value)
#define ABI_SI_CODE(name, value)
#define ABI_ILL_CODE(name, value)
#define ABI_FPE_CODE(name, value)
#define ABI_SEGV_CODE(name, value)
#define ABI_BUS_CODE(name, value)
#define ABI_TRAP_CODE(name, value)
#define ABI_CLD_CODE(name, value)
#define ABI_POLL_CODE(name, value)
#define ABI_SYS_CODE(name, value)
#define ABI_SIGEV(name, value)
#include "include/abi/signal.def"
#undef ABI
};
