/* SPDX-License-Identifier: MIT */
/*
 * arch/um/vdso/vdso.c - the shared object that the kernel maps into every
 * program: clocks read without a trap; vdso(7).
 *
 * Guest code.  The time comes from the host's own vDSO, which the machine puts
 * beside the stub of every guest process; where it can't, or where the guest's
 * clock has been set apart from the host's, the kernel is asked as before.
 * Each clock is the one that syscalls/time.c gives for it.
 */
#include "arch/um/vdso/data.h"

#include "include/abi/time.h"

#define NR_gettimeofday	 96
#define NR_time		 201
#define NR_clock_gettime 228
#define NR_clock_getres	 229
#define NR_getcpu	 309

#define BIT(clock) (1u << (clock))
#define IS_REALTIME                                                            \
	(BIT(LX_CLOCK_REALTIME) | BIT(LX_CLOCK_REALTIME_COARSE) |              \
	 BIT(LX_CLOCK_TAI))
#define IS_MONOTONIC                                                           \
	(BIT(LX_CLOCK_MONOTONIC) | BIT(LX_CLOCK_MONOTONIC_RAW) |               \
	 BIT(LX_CLOCK_MONOTONIC_COARSE) | BIT(LX_CLOCK_BOOTTIME))

#define PUBLIC __attribute__((visibility("default")))
#define ALIAS(name)                                                            \
	extern __typeof(__vdso_##name) name __attribute__((                    \
		weak, alias("__vdso_" #name), visibility("default")))

typedef int clock_fn(int clock, struct lx_timespec *ts);

/* Placed by vdso.lds, in the page after the last one of the object. */
extern const volatile struct vdso_data vdso_data
	__attribute__((visibility("hidden")));

PUBLIC int __vdso_clock_gettime(int clock, struct lx_timespec *ts);
PUBLIC int __vdso_clock_getres(int clock, struct lx_timespec *res);
PUBLIC int __vdso_gettimeofday(struct lx_timeval *tv, struct lx_timezone *tz);
PUBLIC int64_t __vdso_time(int64_t *t);
PUBLIC int64_t __vdso_getcpu(unsigned int *cpu, unsigned int *node,
			     void *unused);

static inline int64_t
kernel_call(int64_t nr, const void *a, const void *b, const void *c)
{
	int64_t ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline clock_fn *
monotonic_fn(void)
{
	return (clock_fn *)vdso_data.clock;
}

static inline clock_fn *
realtime_fn(void)
{
	return vdso_data.is_realtime_set ? 0 : (clock_fn *)vdso_data.clock;
}

int
__vdso_clock_gettime(int clock, struct lx_timespec *ts)
{
	uint32_t bit = (uint32_t)clock < 32 ? BIT(clock) : 0;
	clock_fn *fn = 0;

	if (bit & IS_MONOTONIC) {
		clock = LX_CLOCK_MONOTONIC;
		fn = monotonic_fn();
	} else if (bit & IS_REALTIME) {
		clock = LX_CLOCK_REALTIME;
		fn = realtime_fn();
	}
	if (fn)
		return fn(clock, ts);
	return (int)kernel_call(NR_clock_gettime, (void *)(int64_t)clock, ts,
				0);
}
ALIAS(clock_gettime);

int
__vdso_gettimeofday(struct lx_timeval *tv, struct lx_timezone *tz)
{
	clock_fn *fn = realtime_fn();
	struct lx_timespec ts;

	if (!fn || fn(LX_CLOCK_REALTIME, &ts))
		return (int)kernel_call(NR_gettimeofday, tv, tz, 0);
	if (tv) {
		tv->tv_sec = ts.tv_sec;
		tv->tv_usec = (int64_t)((uint32_t)ts.tv_nsec / 1000);
	}
	if (tz)
		*tz = (struct lx_timezone){0};
	return 0;
}
ALIAS(gettimeofday);

int64_t
__vdso_time(int64_t *t)
{
	clock_fn *fn = realtime_fn();
	struct lx_timespec ts;

	if (!fn || fn(LX_CLOCK_REALTIME, &ts))
		return kernel_call(NR_time, t, 0, 0);
	if (t)
		*t = ts.tv_sec;
	return ts.tv_sec;
}
ALIAS(time);

int
__vdso_clock_getres(int clock, struct lx_timespec *res)
{
	return (int)kernel_call(NR_clock_getres, (void *)(int64_t)clock, res,
				0);
}
ALIAS(clock_getres);

int64_t
__vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused)
{
	return kernel_call(NR_getcpu, cpu, node, unused);
}
ALIAS(getcpu);
