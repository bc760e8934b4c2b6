/* SPDX-License-Identifier: MIT */
/* fork(2) again and again, with writes between: what the children have of the
 * pages written is theirs, to write, unmap, protect and move. */
#include "tests/guest/check.h"

#define PAGES 8
#define PAGE  4096
#define FORKS 70

static char *mem;

static void
write_all(char with)
{
	for (int i = 0; i < PAGES; i++)
		mem[i * PAGE] = with;
}

static bool
is_all(char c)
{
	for (int i = 0; i < PAGES; i++)
		if (mem[i * PAGE] != c)
			return false;
	return true;
}

int
main(void)
{
	mem = MMAP(PAGES * PAGE, RW, MAP_PRIVATE);
	/* Both write after the fork, then the parent alone, the child alone. */
	for (int i = 1; i <= FORKS; i++) {
		write_all((char)i);
		EXITS(0, {
			CHECK(is_all((char)i));
			write_all('c');
			CHECK(is_all('c'));
		});
		CHECK(is_all((char)i));
	}
	for (int i = 0; i < FORKS; i++) {
		EXITS(0, {
			CHECK(is_all(FORKS));
			write_all('c');
		});
		CHECK(is_all(FORKS));
	}
	write_all('p');
	DIES(SIGSEGV, {
		OK(munmap(mem, PAGES * PAGE));
		mem[PAGE] = 'x';
	});
	DIES(SIGSEGV, {
		OK(mprotect(mem, PAGES * PAGE, PROT_READ));
		mem[PAGE] = 'x';
	});
	EXITS(0, {
		char *other = MMAP(PAGES * PAGE, RW, MAP_PRIVATE);

		OK(mremap(mem, PAGES * PAGE, PAGES * PAGE,
			  MREMAP_MAYMOVE | MREMAP_FIXED, other));
		mem = other;
		CHECK(is_all('p'));
	});
	DIES(SIGSEGV, {
		char *other = MMAP(PAGES * PAGE, RW, MAP_PRIVATE);

		OK(mremap(mem, PAGES * PAGE, PAGES * PAGE,
			  MREMAP_MAYMOVE | MREMAP_FIXED, other));
		mem[0] = 'x';
	});
	CHECK(is_all('p'));
	return 0;
}
