/* SPDX-License-Identifier: MIT */
/*
 * Where a kernel could have its memory in our address space there is nothing
 * for us: before and after calls made often from one place, in a handler, in a
 * child, and with a frame that opens all protection keys.  What we do to other
 * keys ourselves (pkeys(7)) is kept.
 */
#include "tests/guest/hot.h"

#include <cpuid.h>
#include <ucontext.h>

#define GiB(n)	   ((n)*1024ull * 1024 * 1024)
#define BASE	   0x680000000000ull /* arch/um/layout.h */
#define WINDOW	   (BASE + GiB(512))
#define KEY_15	   0xc0000000u
#define PKRU_BIT   (1u << 9)
#define OFF_XSTATE 512

static const uint64_t places[] = {
	BASE,
	BASE + 0x5000000, /* boot parameters */
	BASE + 0x6000000, /* events */
	BASE + GiB(1),	  /* heap */
	BASE + GiB(16),	  /* stacks */
	BASE + GiB(32),	  /* frames */
	WINDOW,
	WINDOW + 0x100000,
};

static sigjmp_buf back;
static unsigned pkru_at;

static void
on_fault(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)si, (void)uc;
	siglongjmp(back, 1);
}

static bool
faults(uint64_t at, bool is_write)
{
	volatile char *p = (volatile char *)at;

	if (sigsetjmp(back, 1))
		return true;
	if (is_write)
		*p = 1;
	else
		(void)*p;
	return false;
}

static void
nothing_there(void)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		CHECK(faults(places[i], false));
		CHECK(faults(places[i], true));
	}
}

static unsigned
rdpkru(void)
{
	unsigned eax, edx;

	__asm__ volatile(".byte 0x0f, 0x01, 0xee"
			 : "=a"(eax), "=d"(edx)
			 : "c"(0));
	return eax;
}

static void
wrpkru(unsigned pkru)
{
	__asm__ volatile(".byte 0x0f, 0x01, 0xef"
			 :
			 : "a"(pkru), "c"(0), "d"(0)
			 : "memory");
}

static void
on_signal(int sig, siginfo_t *si, void *ctx)
{
	char *image = (char *)((ucontext_t *)ctx)->uc_mcontext.fpregs;

	(void)sig, (void)si;
	IS(0x55555554, rdpkru());
	nothing_there();
	*(uint64_t *)(image + OFF_XSTATE) |= PKRU_BIT;
	*(unsigned *)(image + pkru_at) = 0;
}

static void
own_keys_are_kept(void)
{
	unsigned mine = 0x55555554 & ~KEY_15;
	int status;

	TIMES(HOT)
	{
		wrpkru(mine);
		IS(getpid(), hot_getpid());
		IS(0, rdpkru() & KEY_15);
	}
	int pid = OK(fork());

	IS(0, rdpkru() & KEY_15);
	if (!pid)
		_exit(0);
	OK(waitpid(pid, &status, 0));
	IS(0, status);
	wrpkru(0x55555554);
}

int
main(void)
{
	struct sigaction sa = {.sa_sigaction = on_fault,
			       .sa_flags = SA_SIGINFO};
	unsigned eax, ebx, ecx, edx;

	if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) ||
	    !(ecx & 1u << 4))
		return 0; /* the host has no keys */
	if (!__get_cpuid_count(0xd, 9, &eax, &pkru_at, &ecx, &edx) || !pkru_at)
		return 0;
	OK(sigaction(SIGSEGV, &sa, NULL));
	sa.sa_sigaction = on_signal;
	OK(sigaction(SIGUSR1, &sa, NULL));

	nothing_there();
	make_hot();
	nothing_there();
	TIMES(HOT)
	{
		IS(0, hot_call(SYS_kill, getpid(), SIGUSR1));
		nothing_there();
		IS(getpid(), hot_getpid());
	}
	EXITS(0, nothing_there());
	own_keys_are_kept();
	return 0;
}
