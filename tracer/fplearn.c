/* SPDX-License-Identifier: MIT */
/* tracer/fplearn.c - what FP state is like here, from a signal frame. */
#include "tracer/fpstate.h"
#include "tracer/internal.h"

#include <cpuid.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define LEGACY_LEN 512

size_t fp_size;
uint64_t fp_features;
uint32_t fp_pkru_at;

#define CPUID_XSTATE 0xd
#define XSTATE_PKRU  9

static struct fp_sw_bytes learned;

static void
on_signal(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	char *fp = (char *)uc->uc_mcontext.fpregs;

	(void)sig, (void)si;
	if (fp)
		memcpy(&learned, fp + FP_OFF_SW, sizeof learned);
}

static uint32_t
find_pkru(void)
{
	unsigned eax, at, ecx, edx;

	if (!(learned.xfeatures & FP_PKRU) ||
	    !__get_cpuid_count(CPUID_XSTATE, XSTATE_PKRU, &eax, &at, &ecx,
			       &edx))
		return 0;
	return at + sizeof(uint32_t) <= learned.extended_size ? at : 0;
}

int
fpstate_learn(size_t *size, uint64_t *xfeatures)
{
	struct sigaction sa = {.sa_sigaction = on_signal,
			       .sa_flags = SA_SIGINFO};
	struct sigaction old;
	sigset_t set, old_set;

	sigemptyset(&set);
	sigaddset(&set, KICK_SIGNAL);
	if (sigaction(KICK_SIGNAL, &sa, &old) < 0)
		return -errno;
	pthread_sigmask(SIG_UNBLOCK, &set, &old_set);
	syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), KICK_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &old_set, NULL);
	sigaction(KICK_SIGNAL, &old, NULL);
	/* Without xsave the image is the bare legacy one: no such x86-64
	 * machine is left to run on. */
	if (learned.magic1 != FP_MAGIC1 ||
	    learned.extended_size < LEGACY_LEN + 64 ||
	    learned.extended_size > AREA_SIZE / 2)
		return -ENODEV;
	*size = learned.extended_size;
	*xfeatures = learned.xfeatures;
	fp_pkru_at = find_pkru();
	return 0;
}
