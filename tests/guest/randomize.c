/* SPDX-License-Identifier: MIT */
/* Address space randomization, and what one program finds of another that had
 * the same addresses: nothing. */
#include "tests/guest/check.h"

#include <sys/personality.h>

#define PAGES 24
#define LEN   (PAGES * 4096ul)
#define RUNS  80 /* enough for any habit of handing addresses on */
#define AT    ((char *)0x7e0000000000) /* where nothing ever is */

struct place {
	uintptr_t stack, mmap, heap;
};

/* As another program: where are we? */
static void
tell(void)
{
	struct place p;

	p.stack = (uintptr_t)&p & ~4095ul;
	p.mmap = (uintptr_t)MMAP(LEN, RW, MAP_PRIVATE);
	p.heap = (uintptr_t)sbrk(0);
	CHECK(write(1, &p, sizeof(p)) == sizeof(p));
}

static struct place
ask(unsigned long persona, bool is_nobody)
{
	struct place p;
	int end[2];

	OK(pipe(end));
	if (!check_fork()) {
		OK(dup2(end[1], 1));
		OK(personality(persona));
		if (is_nobody)
			check_drop_root();
		EXEC_SELF("tell");
	}
	OK(close(end[1]));
	CHECK(read(end[0], &p, sizeof(p)) == sizeof(p));
	OK(close(end[0]));
	REAPS(0, check_pid);
	return p;
}

static bool
is_same(struct place a, struct place b)
{
	return a.stack == b.stack && a.mmap == b.mmap && a.heap == b.heap;
}

static void
without_all_are_alike(void)
{
	struct place first = ask(ADDR_NO_RANDOMIZE, false);

	for (int i = 0; i < 4; i++)
		CHECK(is_same(first, ask(ADDR_NO_RANDOMIZE, false)));
}

static void
addresses_change(void)
{
	struct place first = ask(0, false), p = first;

	for (int i = 0; i < RUNS && is_same(first, p); i++)
		p = ask(0, false);
	CHECK(p.stack != first.stack);
	CHECK(p.mmap != first.mmap);
}

/* Nobody learns by programs of his own where another user's are. */
static void
users_differ(void)
{
	for (int i = 0; geteuid() == 0 && i < 4; i++) {
		struct place root = ask(0, false), nobody = ask(0, true);

		CHECK(root.stack != nobody.stack);
		CHECK(root.mmap != nobody.mmap);
	}
}

/* --- what was there before --- */

static sigjmp_buf back;

static void
faulted(int sig)
{
	siglongjmp(back, sig);
}

static int
touch_at(char *p, bool writes)
{
	int sig = sigsetjmp(back, 1);

	if (sig)
		return sig;
	if (writes)
		*(volatile char *)p = 1;
	else
		(void)*(volatile char *)p;
	return 0;
}

static void
expect_nothing(void)
{
	unsigned char vec[PAGES];

	for (unsigned long i = 0; i < 2 * LEN; i += 4096) {
		IS(SIGSEGV, touch_at(AT + i, false));
		IS(SIGSEGV, touch_at(AT + i, true));
	}
	FAILS(ENOMEM, mincore(AT, LEN, vec));
	FAILS(ENOMEM, mprotect(AT, LEN, PROT_READ));
}

/* Pages [from, to) of @p hold @byte, all of them. */
static void
expect_bytes(const char *p, int from, int to, char byte)
{
	for (long i = from * 4096l; i < to * 4096l; i++)
		CHECK(p[i] == byte);
}

/* As another program that has the same addresses as the one before: @how says
 * what it does with them. */
static void
reuse(int how)
{
	const int fixed = MAP_PRIVATE | MAP_FIXED;
	int fd = (int)OK(open("file", O_RDWR));
	char *file = AT + LEN;

	signal(SIGSEGV, faulted);
	expect_nothing();
	if (how == 2) /* leave it */
		return;
	OK(mmap(AT, LEN, RW, fixed | MAP_ANONYMOUS, -1, 0));
	expect_bytes(AT, 0, PAGES, 0);
	memset(AT, 's', LEN);
	if (how == 1) { /* another part of the file */
		OK(mmap(file, LEN / 2, RW, fixed, fd, LEN / 2));
		expect_bytes(file, 0, PAGES / 2, 'b');
		IS(SIGSEGV, touch_at(file + LEN / 2, false));
		return;
	}
	OK(mmap(file, LEN, PROT_READ, fixed, fd, 0));
	expect_bytes(file, 0, PAGES / 2, 'a');
	expect_bytes(file, PAGES / 2, PAGES, 'b');
	IS(SIGSEGV, touch_at(file, true));
	OK(mprotect(file, LEN, RW));
	memset(file, 's', LEN);
	OK(munmap(file + 4096, 4096));
	IS(SIGSEGV, touch_at(file + 4096, false));
	if (how == 3) /* in the middle */
		OK(mmap(AT + 4096, 4096, PROT_READ, fixed, fd, 0));
}

static void
nothing_is_left(void)
{
	static char *const hows[] = {"0", "1", "2", "3"};
	static char text[LEN];
	int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));

	memset(text, 'a', LEN / 2);
	memset(text + LEN / 2, 'b', LEN / 2);
	CHECK(write(fd, text, LEN) == (long)LEN);
	for (int i = 0; i < 40; i++)
		EXITS(0, {
			OK(personality(ADDR_NO_RANDOMIZE));
			EXEC_SELF(hows[i * 7 / 3 % 4]);
		});
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		if (strcmp(argv[1], "tell") == 0)
			tell();
		else
			reuse(atoi(argv[1]));
		return 0;
	}
	without_all_are_alike();
	addresses_change();
	users_differ();
	nothing_is_left();
	return 0;
}
