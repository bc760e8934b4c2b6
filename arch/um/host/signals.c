/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/signals.c - signals sent to viv, and viv's own crashes.
 *
 * Ordinary signals are blocked everywhere and come through a signalfd to the
 * event loop.  Faults are handled where they happen, on a stack apart: one in
 * the kernel image is a panic of the guest; one of ours is ours.
 */
#include "arch/um/host/host.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <ucontext.h>
#include <unistd.h>

#define CRASH_STACK KiB(256)
#define STATUS_OURS 125

static struct watch watch;

static const int taken[] = {SIGTERM,  SIGHUP,  SIGINT,	SIGQUIT,
			    SIGWINCH, SIGTSTP, SIGUSR1, SIGUSR2};
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

static void
taken_set(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		sigaddset(set, taken[i]);
}

void
signals_block(void)
{
	sigset_t set;

	taken_set(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* The whole of viv stops, as asked, with the terminal in order. */
static void
suspend(void)
{
	tty_restore();
	raise(SIGSTOP);
	tty_raw_again();
	event_raise(EVENT_WINCH, 0, 0);
}

static void
on_signal(struct watch *w, int revents)
{
	struct signalfd_siginfo si;

	while (read(w->fd, &si, sizeof si) == sizeof si) {
		switch (si.ssi_signo) {
		case SIGWINCH:
			event_raise(EVENT_WINCH, 0, 0);
			break;
		case SIGQUIT:
			event_raise(EVENT_DUMP, 0, 0);
			break;
		case SIGTSTP:
			suspend();
			break;
		default:
			event_raise(EVENT_SIGNAL, 0, (int64_t)si.ssi_signo);
		}
	}
	loop_watch(w);
}

int
signals_start(void)
{
	sigset_t set;

	taken_set(&set);
	watch = (struct watch){
		.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
		.events = POLLIN,
		.fn = on_signal,
	};
	return watch.fd < 0 ? -errno : loop_watch(&watch);
}

/* --- crashes --- */

static bool
in_image(uint64_t rip)
{
	return rip >= IMAGE_BASE && rip < IMAGE_BASE + IMAGE_MAX;
}

static void
describe(char *line, size_t size, int sig, const siginfo_t *si, uint64_t rip)
{
	if (in_image(rip))
		snprintf(line, size, "the guest kernel got %s at %p",
			 strsignal(sig), si->si_addr);
	else if (in_hypercall)
		snprintf(line, size, "hypercall %llu got %s at %p",
			 (unsigned long long)in_hypercall, strsignal(sig),
			 si->si_addr);
	else
		snprintf(line, size, "viv itself got %s at %p (rip %#llx)",
			 strsignal(sig), si->si_addr, (unsigned long long)rip);
}

static void
on_crash(int sig, siginfo_t *si, void *ctx)
{
	static atomic_flag is_crashing = ATOMIC_FLAG_INIT;
	ucontext_t *uc = ctx;
	const greg_t *r = uc->uc_mcontext.gregs;
	char line[256];

	if (atomic_flag_test_and_set(&is_crashing)) {
		if (this_cpu && atomic_load(&mach.is_stopping))
			machine_park(); /* another's crash is being told */
		tty_restore();
		_exit(STATUS_OURS);
	}
	describe(line, sizeof line, sig, si, (uint64_t)r[REG_RIP]);
	if (this_cpu && in_image((uint64_t)r[REG_RIP]))
		machine_panic(line, strlen(line), (uint64_t)r[REG_RIP],
			      (uint64_t)r[REG_RSP], (uint64_t)r[REG_RBP]);
	/* Ours, with who knows which locks held: just leave. */
	tty_restore();
	host_log_line(LOG_LEVEL_ERROR, line);
	_exit(STATUS_OURS);
}

void
crash_handlers_install(void)
{
	struct sigaction sa = {
		.sa_sigaction = on_crash,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};

#if defined(__SANITIZE_ADDRESS__)
	return; /* its own reports are better */
#endif
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
}

void
crash_stack(void)
{
	void *p = mmap(NULL, CRASH_STACK, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	stack_t ss = {.ss_sp = p, .ss_size = CRASH_STACK};

	if (p != MAP_FAILED)
		sigaltstack(&ss, NULL);
}
