/* SPDX-License-Identifier: MIT */
/* arch_prctl(2): the FS and GS bases. */
#include "tests/guest/check.h"

#include <asm/prctl.h>
#include <pthread.h>

static unsigned long
gs_word(void)
{
	unsigned long w;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(w));
	return w;
}

static unsigned long area[2] = {0x1111, 0x2222};

static void *
thread(void *arg)
{
	unsigned long base = 1;

	OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
	OK(syscall(SYS_arch_prctl, ARCH_SET_GS, &area[1]));
	for (int i = 0; i < 20; i++) {
		IS(0x2222, gs_word());
		sleep_ms(1);
	}
	return NULL;
}

static void
gs(void)
{
	unsigned long base;
	pthread_t t;

	OK(syscall(SYS_arch_prctl, ARCH_SET_GS, area));
	OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
	CHECK(base == (unsigned long)area);
	IS(0x1111, gs_word());
	EXITS(0, IS(0x1111, gs_word()));
	IS(0, pthread_create(&t, NULL, thread, NULL));
	for (int i = 0; i < 20; i++) {
		IS(0x1111, gs_word()); /* each thread its own */
		sleep_ms(1);
	}
	IS(0, pthread_join(t, NULL));
	/* Over signals too. */
	ticks_start(0);
	while (caught[SIGALRM] < 3)
		IS(0x1111, gs_word());
	ticks_stop();
}

static void
fs(void)
{
	unsigned long base, word;

	OK(syscall(SYS_arch_prctl, ARCH_GET_FS, &base));
	__asm__("mov %%fs:0, %0" : "=r"(word));
	IS(base, word); /* glibc: it points to itself */
	/* Another for a moment, in which libc can't be used. */
	__asm__ volatile("syscall\n\t"
			 "mov %%fs:0, %%rbx\n\t"
			 "mov %3, %%rsi\n\t"
			 "mov $158, %%eax\n\t"
			 "syscall"
			 : "=b"(word)
			 : "a"(SYS_arch_prctl), "S"(area), "r"(base),
			   "D"(ARCH_SET_FS)
			 : "rcx", "r11", "memory");
	IS(0x1111, word);
}

/* By instruction, where the kernel says that it may be used. */
static void
by_instruction(void)
{
	unsigned long base;

	__asm__ volatile("wrgsbase %0" : : "r"(&area[1]));
	IS(0x2222, gs_word());
	OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
	CHECK(base == (unsigned long)&area[1]);
	sleep_ms(5);
	__asm__ volatile("rdgsbase %0" : "=r"(base));
	CHECK(base == (unsigned long)&area[1]);
}

static bool
has_fsgsbase(void)
{
	unsigned long v[2];
	int fd = OK(open("/proc/self/auxv", O_RDONLY));
	bool has = false;

	while (read(fd, v, sizeof v) == sizeof v)
		if (v[0] == 26 /* AT_HWCAP2 */)
			has = v[1] & 2;
	OK(close(fd));
	return has;
}

int
main(void)
{
	FAILS(EPERM, syscall(SYS_arch_prctl, ARCH_SET_GS, 1ul << 63));
	FAILS(EPERM, syscall(SYS_arch_prctl, ARCH_SET_FS, 0xffff800000000000));
	FAILS(EFAULT, syscall(SYS_arch_prctl, ARCH_GET_GS, unmapped_page()));
	FAILS(EFAULT, syscall(SYS_arch_prctl, ARCH_GET_FS, unmapped_page()));
	FAILS(EINVAL, syscall(SYS_arch_prctl, 0x9999, 0));
	gs();
	fs();
	if (has_fsgsbase())
		by_instruction();
	return 0;
}
