/* SPDX-License-Identifier: MIT */
/* sigaltstack(2). */
#include "tests/guest/check.h"

#include <pthread.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

static char alt[65536], alt2[65536];
static volatile bool was_on, refused, was_disabled;
static volatile int depth;

static bool
on(const char *stack, const void *p)
{
	return (const char *)p >= stack && (const char *)p < stack + 65536;
}

static void
look(int sig)
{
	stack_t ss, other = {.ss_sp = alt2, .ss_size = sizeof alt2};
	char here;

	was_on = on(alt, &here);
	sigaltstack(NULL, &ss);
	was_disabled = ss.ss_flags & SS_DISABLE;
	if (was_on && !was_disabled)
		CHECK(ss.ss_flags == SS_ONSTACK);
	refused = sigaltstack(&other, NULL) < 0 && errno == EPERM;
	if (depth++ == 0)
		raise(SIGUSR2); /* nested: goes on, does not start anew */
}

static void
handle(int sig, void (*fn)(int), int flags)
{
	struct sigaction sa = {.sa_handler = fn, .sa_flags = flags};

	OK(sigaction(sig, &sa, NULL));
}

static void
used_and_guarded(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt}, old;

	OK(sigaltstack(&ss, NULL));
	OK(sigaltstack(NULL, &old));
	CHECK(old.ss_sp == alt);
	IS(sizeof alt, old.ss_size);
	IS(0, old.ss_flags);
	handle(SIGUSR1, look, SA_ONSTACK);
	handle(SIGUSR2, look, SA_ONSTACK);
	depth = 0;
	OK(raise(SIGUSR1));
	CHECK(was_on && refused && depth == 2);
	/* Not asked for, not used. */
	handle(SIGUSR1, look, 0);
	depth = 1;
	OK(raise(SIGUSR1));
	CHECK(!was_on);
}

static void
refuses(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt};

	ss.ss_flags = 8;
	FAILS(EINVAL, sigaltstack(&ss, NULL));
	ss.ss_flags = SS_ONSTACK; /* taken as 0 */
	OK(sigaltstack(&ss, NULL));
	ss.ss_flags = 0;
	ss.ss_size = 2047; /* MINSIGSTKSZ of the ABI */
	FAILS(ENOMEM, sigaltstack(&ss, NULL));
	FAILS(EFAULT, sigaltstack(unmapped_page(), NULL));
	FAILS(EFAULT, sigaltstack(NULL, unmapped_page()));
	ss.ss_flags = SS_DISABLE;
	ss.ss_size = 0;
	OK(sigaltstack(&ss, NULL));
	OK(sigaltstack(NULL, &ss));
	IS(SS_DISABLE, ss.ss_flags);
	handle(SIGUSR1, look, SA_ONSTACK);
	depth = 1;
	OK(raise(SIGUSR1)); /* none set: the ordinary one */
	CHECK(!was_on);
}

static void
autodisarm(void)
{
	stack_t ss = {.ss_sp = alt,
		      .ss_size = sizeof alt,
		      .ss_flags = (int)SS_AUTODISARM};

	OK(sigaltstack(&ss, NULL));
	depth = 1;
	OK(raise(SIGUSR1));
	CHECK(was_on && was_disabled && !refused);
	OK(sigaltstack(NULL, &ss));
	IS(SS_AUTODISARM, (unsigned)ss.ss_flags); /* back by sigreturn */
}

static void *
in_a_thread(void *arg)
{
	stack_t ss;

	OK(sigaltstack(NULL, &ss));
	IS(SS_DISABLE, ss.ss_flags); /* each has its own */
	return NULL;
}

static void
inheritance(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt}, got;
	pthread_t t;

	OK(sigaltstack(&ss, NULL));
	IS(0, pthread_create(&t, NULL, in_a_thread, NULL));
	IS(0, pthread_join(t, NULL));
	EXITS(0, {
		OK(sigaltstack(NULL, &got));
		CHECK(got.ss_sp == alt);
	});
}

/* A frame that does not fit is a SIGSEGV that no handler can take. */
static void
too_small(void)
{
	char *p = MMAP(8192, RW, MAP_PRIVATE);
	stack_t ss = {.ss_sp = p + 4096, .ss_size = 4096};

	OK(mprotect(p, 8192, PROT_NONE));
	OK(sigaltstack(&ss, NULL));
	handle(SIGUSR1, count_signal, SA_ONSTACK);
	handle(SIGSEGV, count_signal, SA_ONSTACK);
	OK(raise(SIGUSR1));
}

int
main(void)
{
	used_and_guarded();
	refuses();
	autodisarm();
	inheritance();
	DIES(SIGSEGV, too_small());
	return 0;
}
