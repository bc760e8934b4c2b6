/* SPDX-License-Identifier: MIT */
/* syscalls/decode_signal.c - actions, sets, siginfo, alternate stacks. */
#include "include/abi/signal.h"
#include "include/abi/ucontext.h"
#include "syscalls/internal_decode.h"

static void
put_handler(struct decode *d, uint64_t handler)
{
	if (handler == LX_SIG_DFL)
		put(d, "SIG_DFL");
	else if (handler == LX_SIG_IGN)
		put(d, "SIG_IGN");
	else if (handler == LX_SIG_ERR)
		put(d, "SIG_ERR");
	else
		put(d, "%#lx", (unsigned long)handler);
}

static void
sigaction_at(struct decode *d, uint64_t at)
{
	struct lx_sigaction sa;

	if (!dec_get(d, &sa, at, sizeof(sa)))
		return;
	put(d, "{sa_handler=");
	put_handler(d, sa.handler);
	put(d, ", sa_mask=");
	name_sigset(d->out, sa.mask);
	put(d, ", sa_flags=");
	name_flags(d->out, ARG_SA_FLAGS, sa.flags);
	if (sa.flags & LX_SA_RESTORER) {
		put(d, ", sa_restorer=");
		dec_addr(d, sa.restorer);
	}
	put(d, "}");
}

void
dec_SIGACTION_IN(struct decode *d, int i)
{
	sigaction_at(d, d->arg[i]);
}

void
dec_SIGACTION_OUT(struct decode *d, int i)
{
	sigaction_at(d, d->arg[i]);
}

void
dec_sigset_at(struct decode *d, uint64_t at, uint64_t size)
{
	uint64_t set;

	if (size != sizeof(set))
		dec_addr(d, at);
	else if (dec_get(d, &set, at, sizeof(set)))
		name_sigset(d->out, set);
}

/* Its size is the next SIZE argument, not always the very next. */
static uint64_t
sigset_size(const struct decode *d, int i)
{
	while (++i < d->desc->nargs)
		if (d->desc->arg[i].kind == ARG_SIZE)
			return d->arg[i];
	return sizeof(uint64_t);
}

void
dec_SIGSET_IN(struct decode *d, int i)
{
	dec_sigset_at(d, d->arg[i], sigset_size(d, i));
}

void
dec_SIGSET_OUT(struct decode *d, int i)
{
	dec_sigset_at(d, d->arg[i], sigset_size(d, i));
}

static void
stack_at(struct decode *d, uint64_t at)
{
	struct lx_sigaltstack ss;

	if (!dec_get(d, &ss, at, sizeof(ss)))
		return;
	put(d, "{ss_sp=");
	dec_addr(d, ss.ss_sp);
	put(d, ", ss_flags=");
	name_flags(d->out, ARG_SS_FLAGS, (uint64_t)ss.ss_flags);
	put(d, ", ss_size=%lu}", (unsigned long)ss.ss_size);
}

void
dec_STACK_IN(struct decode *d, int i)
{
	stack_at(d, d->arg[i]);
}

void
dec_STACK_OUT(struct decode *d, int i)
{
	stack_at(d, d->arg[i]);
}

void
dec_SIGEVENT_IN(struct decode *d, int i)
{
	struct lx_sigevent ev;

	if (!dec_get(d, &ev, d->arg[i], sizeof(ev)))
		return;
	put(d, "{");
	if (ev.sigev_value.sival_ptr)
		put(d, "sigev_value={sival_int=%d, sival_ptr=%#lx}, ",
		    ev.sigev_value.sival_int,
		    (unsigned long)ev.sigev_value.sival_ptr);
	put(d, "sigev_signo=");
	name_signal(d->out, ev.sigev_signo);
	put(d, ", sigev_notify=");
	name_value(d->out, ARG_SIGEV, (uint64_t)ev.sigev_notify);
	if (ev.sigev_notify == LX_SIGEV_THREAD_ID)
		put(d, ", sigev_notify_thread_id=%d", ev.sigev_tid);
	put(d, "}");
}

/* The words for si_code depend on the signal, unless anyone may send it. */
static enum sysarg_kind
code_group(const struct lx_siginfo *si)
{
	if (si->si_code <= 0 || si->si_code == LX_SI_KERNEL)
		return ARG_SI_CODE;
	switch (si->si_signo) {
	case LX_SIGILL:
		return ARG_ILL_CODE;
	case LX_SIGFPE:
		return ARG_FPE_CODE;
	case LX_SIGSEGV:
		return ARG_SEGV_CODE;
	case LX_SIGBUS:
		return ARG_BUS_CODE;
	case LX_SIGTRAP:
		return ARG_TRAP_CODE;
	case LX_SIGCHLD:
		return ARG_CLD_CODE;
	case LX_SIGIO:
		return ARG_POLL_CODE;
	case LX_SIGSYS:
		return ARG_SYS_CODE;
	default:
		return ARG_SI_CODE;
	}
}

static void
put_sigval(struct strbuf *out, const union lx_sigval *v)
{
	strbuf_add(out, ", si_int=%d, si_ptr=", v->sival_int);
	strbuf_add(out, v->sival_ptr ? "%#lx" : "NULL",
		   (unsigned long)v->sival_ptr);
}

static void
put_child(struct strbuf *out, const struct lx_siginfo *si)
{
	strbuf_add(out, ", si_pid=%d, si_uid=%u, si_status=", si->chld.pid,
		   si->chld.uid);
	if (si->si_code == LX_CLD_EXITED)
		strbuf_add(out, "%d", si->chld.status);
	else
		name_signal(out, si->chld.status);
	strbuf_add(out, ", si_utime=");
	dec_ticks(out, si->chld.utime);
	strbuf_add(out, ", si_stime=");
	dec_ticks(out, si->chld.stime);
}

/* What came from the kernel itself, by signal. */
static void
put_kernel_fields(struct strbuf *out, const struct lx_siginfo *si)
{
	switch (si->si_signo) {
	case LX_SIGCHLD:
		put_child(out, si);
		break;
	case LX_SIGILL:
	case LX_SIGFPE:
	case LX_SIGSEGV:
	case LX_SIGBUS:
	case LX_SIGTRAP:
		strbuf_add(out,
			   si->fault.addr ? ", si_addr=%#lx" : ", si_addr=NULL",
			   (unsigned long)si->fault.addr);
		break;
	case LX_SIGIO:
		strbuf_add(out, ", si_band=%ld, si_fd=%d", (long)si->poll.band,
			   si->poll.fd);
		break;
	case LX_SIGSYS:
		strbuf_add(out,
			   ", si_call_addr=%#lx, si_syscall=%d, si_arch=%#x",
			   (unsigned long)si->sys.call_addr, si->sys.syscall,
			   si->sys.arch);
		break;
	default:
		break;
	}
}

void
decode_siginfo(struct strbuf *out, const struct lx_siginfo *si)
{
	strbuf_add(out, "{si_signo=");
	name_signal(out, si->si_signo);
	strbuf_add(out, ", si_code=");
	name_value(out, code_group(si), (uint64_t)si->si_code);
	if (si->si_errno)
		strbuf_add(out, ", si_errno=%d", si->si_errno);
	if (si->si_code == LX_SI_KERNEL) {
		/* nothing more, but where a fault was */
		if (si->si_signo == LX_SIGSEGV || si->si_signo == LX_SIGBUS)
			put_kernel_fields(out, si);
	} else if (si->si_code > 0) {
		put_kernel_fields(out, si);
	} else if (si->si_code == LX_SI_TIMER) {
		strbuf_add(out, ", si_timerid=%#x, si_overrun=%d",
			   si->timer.tid, si->timer.overrun);
		put_sigval(out, &si->timer.value);
	} else {
		strbuf_add(out, ", si_pid=%d, si_uid=%u", si->kill.pid,
			   si->kill.uid);
		if (si->si_code != LX_SI_USER && si->si_code != LX_SI_TKILL)
			put_sigval(out, &si->rt.value);
	}
	strbuf_add(out, "}");
}

static void
siginfo_at(struct decode *d, uint64_t at)
{
	struct lx_siginfo si;

	if (dec_get(d, &si, at, sizeof(si)))
		decode_siginfo(d->out, &si);
}

void
dec_SIGINFO_IN(struct decode *d, int i)
{
	siginfo_at(d, d->arg[i]);
}

/* waitid(2) with WNOHANG leaves it empty. */
void
dec_SIGINFO_OUT(struct decode *d, int i)
{
	int32_t signo;

	if (dec_peek(d, &signo, d->arg[i], sizeof(signo)) && !signo)
		put(d, "{}");
	else
		siginfo_at(d, d->arg[i]);
}
