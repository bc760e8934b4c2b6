/* SPDX-License-Identifier: MIT */
/* mmap(2), mprotect(2), mremap(2), madvise(2), munmap(2) of code whose system
 * calls were made often. */
#include "tests/guest/hot.h"

#define LEN 8192

/* mov $NUMBER, %eax; syscall; ret - then the same at the page's very end. */
static const uint8_t code[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3};

typedef long fn(void);

static void
fill(uint8_t *page, uint8_t nr)
{
	memset(page, 0xcc, LEN);
	memcpy(page, code, sizeof code);
	memcpy(page + 4096 - 4, code, sizeof code);
	page[1] = page[4096 - 3] = nr;
}

static int
code_file(const char *name, uint8_t nr)
{
	int fd = (int)OK(
		open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));
	uint8_t page[LEN];

	fill(page, nr);
	IS(LEN, write(fd, page, LEN));
	return fd;
}

static uint8_t *
map_code(int fd, void *at)
{
	return MAPPED(mmap(at, LEN, PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, 0));
}

static void
call_both(const uint8_t *p, long want)
{
	TIMES(HOT)
	{
		IS(want, ((fn *)p)());
		IS(want, ((fn *)(p + 4096 - 4))());
	}
}

static void
becomes_writable(int fd)
{
	uint8_t want[LEN], *p = map_code(fd, NULL);

	fill(want, SYS_getpid);
	call_both(p, getpid());
	OK(mprotect(p, LEN, RW | PROT_EXEC));
	IS(0, memcmp(p, want, LEN));
	call_both(p, getpid());
	p[1] = p[4096 - 3] = SYS_getppid;
	call_both(p, getppid());
	OK(mprotect(p, LEN, PROT_READ | PROT_EXEC));
	call_both(p, getppid());
	OK(munmap(p, LEN));
}

static void
comes_and_goes(int fd, int other)
{
	uint8_t *p = map_code(fd, NULL);

	TIMES(3)
	{
		call_both(p, getpid());
		map_code(other, p);
		call_both(p, getppid());
		OK(munmap(p, LEN));
		map_code(fd, p);
	}
	OK(madvise(p, LEN, MADV_DONTNEED));
	call_both(p, getpid());
	OK(munmap(p, LEN));
}

static void
moves(int fd)
{
	uint8_t *p = map_code(fd, NULL);
	uint8_t *q = MMAP(LEN, PROT_NONE, MAP_PRIVATE)
			     ? MAPPED(mmap(NULL, LEN, PROT_NONE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
			     : NULL;

	call_both(p, getpid());
	p = MAPPED(mremap(p, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, q));
	call_both(p, getpid());
	OK(munmap(p, LEN));
}

/* Its file changes: so does a page that was never written. */
static void
file_changes(int fd)
{
	const uint8_t to = SYS_getppid, back = SYS_getpid;
	uint8_t *p = map_code(fd, NULL);

	call_both(p, getpid());
	IS(1, pwrite(fd, &to, 1, 1));
	IS(1, pwrite(fd, &to, 1, 4096 - 3));
	call_both(p, getppid());
	IS(1, pwrite(fd, &back, 1, 1));
	IS(1, pwrite(fd, &back, 1, 4096 - 3));
	call_both(p, getpid());
	OK(munmap(p, LEN));
}

static void
shared_and_anonymous(int fd)
{
	uint8_t *p = MAPPED(
		mmap(NULL, LEN, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));

	call_both(p, getpid());
	OK(munmap(p, LEN));
	p = MAPPED(mmap(NULL, LEN, RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0));
	fill(p, SYS_getpid);
	call_both(p, getpid());
	p[1] = p[4096 - 3] = SYS_getppid;
	call_both(p, getppid());
	OK(munmap(p, LEN));
}

/* What a kernel may have mapped for itself can be unmapped like all else. */
static void
helpers_go(int fd)
{
	uint8_t *p = map_code(fd, NULL);
	unsigned long lo, hi;
	char line[512];
	FILE *f;

	call_both(p, getpid());
	make_hot();
	f = fopen("/proc/self/maps", "re");
	CHECK(f);
	while (fgets(line, sizeof line, f))
		if (strstr(line, "[viv]") &&
		    sscanf(line, "%lx-%lx", &lo, &hi) == 2)
			OK(munmap((void *)lo, hi - lo));
	fclose(f);
	call_both(p, getpid());
	make_hot();
	OK(munmap(p, LEN));
}

static void
in_children(int fd)
{
	uint8_t *p = map_code(fd, NULL);

	call_both(p, getpid());
	EXITS(0, {
		call_both(p, getpid());
		EXITS(0, {
			call_both(p, getpid());
			OK(mprotect(p, LEN, RW | PROT_EXEC));
			p[1] = p[4096 - 3] = SYS_getppid;
			call_both(p, getppid());
		});
		call_both(p, getpid());
	});
	call_both(p, getpid());
	/* Those of a child are not the parent's. */
	OK(munmap(p, LEN));
	p = map_code(fd, NULL);
	EXITS(0, call_both(p, getpid()));
	call_both(p, getpid());
	OK(madvise(p, LEN, MADV_DONTFORK));
	EXITS(0, make_hot());
	call_both(p, getpid());
	OK(munmap(p, LEN));
}

int
main(void)
{
	int fd = code_file("code", SYS_getpid);
	int other = code_file("other", SYS_getppid);

	becomes_writable(fd);
	comes_and_goes(fd, other);
	moves(fd);
	file_changes(fd);
	shared_and_anonymous(fd);
	in_children(fd);
	EXITS(0, helpers_go(fd));
	return 0;
}
