/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/machine.c - building the machine, starting it, its end.
 */
#include "arch/um/host/host.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VCPU_STACK	MiB(1)
#define HWCAP2_FSGSBASE 2

struct machine mach = {.arena_fd = -1, .phys_fd = -1, .initrd_fd = -1};
__thread struct vcpu *this_cpu;

void vcpu_enter(image_entry_fn *entry, uint64_t cpu, uint64_t stack_top);

/* --- the end --- */

/* The thread ends without unwinding, so that what it traces is let go. */
void
machine_park(void)
{
	for (;;)
		syscall(SYS_exit, 0);
}

void
machine_stop(int status)
{
	if (!atomic_exchange(&mach.is_stopping, true))
		atomic_store(&mach.status, status);
	loop_poke();
	if (this_cpu)
		machine_park();
}

int64_t
hc_EXIT(const uint64_t *a)
{
	machine_stop((int)(a[0] & 0xff));
	return 0;
}

/* --- vCPUs --- */

static void *
vcpu_main(void *arg)
{
	struct vcpu *v = arg;
	uint64_t top = KSTACK_BASE + (v->id + 1ull) * KSTACK_SIZE;
	char name[16];

	this_cpu = v;
	v->tid = (pid_t)syscall(SYS_gettid);
	snprintf(name, sizeof name, "viv-cpu%u", v->id);
	prctl(PR_SET_NAME, name);
	crash_stack();
	if (mach.tracer->in_guest)
		mach.tracer->cpu_serve((int)v->id, (uint64_t)mach.entry, top);
	vcpu_enter(mach.entry, v->id, top);
	return NULL;
}

int
machine_vcpu_start(unsigned id)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct vcpu *v = &mach.cpu[id];
	pthread_attr_t attr;
	int err = 0;

	pthread_mutex_lock(&lock);
	if (!atomic_load(&v->is_started)) {
		v->id = id;
		v->w = vcpu_words(id);
		atomic_store(&v->w->state,
			     mach.tracer->in_guest ? VCPU_GUEST : VCPU_KERNEL);
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, VCPU_STACK);
		err = -pthread_create(&v->thread, &attr, vcpu_main, v);
		pthread_attr_destroy(&attr);
		if (err)
			atomic_store(&v->w->state, VCPU_OFF);
		atomic_store(&v->is_started, !err);
	}
	pthread_mutex_unlock(&lock);
	return err;
}

/* --- building --- */

static void
raise_limits(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < rl.rlim_max) {
		rl.rlim_cur = rl.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
}

/* What an image at work can't go on without is gone: a process that ran it. */
static void
machine_lost(const char *text)
{
	if (!atomic_load(&mach.is_stopping)) {
		tty_restore();
		host_log(LOG_LEVEL_ERROR, "kernel panic: %s", text);
	}
	machine_stop(STATUS_PANIC);
}

static unsigned
usable_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) < 0)
		return 1;
	return (unsigned)MAX(CPU_COUNT(&set), 1);
}

static int
choose_tracer(char *why, size_t whylen)
{
	struct tracer_env env = {
		.phys_fd = mach.phys_fd,
		.arena_fd = mach.arena_fd,
		.initrd_fd = mach.initrd_fd,
		.initrd_len = mach.initrd_len,
		.phys_size = PHYS_SIZE,
		.ncpus = mach.ncpus,
		.host_cpus = usable_cpus(),
		.host_files = (unsigned)fds_bound(),
		.has_fsgsbase = getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE,
		.no_patch = mach.cfg->no_patch,
		.log = host_log_line,
		.wake_spare = guest_wake_spare,
		.lost = machine_lost,
		.call = hypercall_serve,
		.work = batch_some,
	};
	int err;

	env.nsegs = kernel_image_segments(&env.segs);
	err = mach.cfg->choose_tracer(mach.cfg->tracer, &env, &mach.tracer,
				      mach.tracer_why, sizeof mach.tracer_why);

	if (err) {
		snprintf(why, whylen, "%s", mach.tracer_why);
		return err;
	}
	mach.has_fsgsbase = env.has_fsgsbase;
	mach.xstate_size = mach.tracer->xstate_size();
	host_log_line(LOG_LEVEL_INFO, mach.tracer_why);
	return 0;
}

static int
start_devices(char *why, size_t whylen)
{
	int err = loop_start(why, whylen);

	if (err)
		return err;
	err = time_start();
	if (!err)
		err = signals_start();
	if (err)
		snprintf(why, whylen, "no timer or signal descriptor: %s",
			 strerror(-err));
	return err;
}

#define FDS_LEAST 9 /* below, a shell's pipeline opens nothing at times */

/* A directory as root: its files take descriptors. */
static int
check_files(char *why, size_t whylen)
{
	int n = fds_bound();

	if (!mach.cfg->root || n >= FDS_LEAST)
		return 0;
	snprintf(why, whylen,
		 "too few files may be open at once (ulimit -n): "
		 "%d are left for a guest's, at least %d are needed",
		 n, FDS_LEAST);
	return -EMFILE;
}

static int
build(char *why, size_t whylen)
{
	const struct machine_config *c = mach.cfg;
	int err;

	err = host_mem_create(why, whylen);
	if (!err)
		err = kernel_image_load(c->kernel, why, whylen);
	if (!err && !c->root)
		err = c->initrd ? host_initrd_map(c->initrd, why, whylen)
				: -EINVAL;
	if (!err)
		err = choose_tracer(why, whylen);
	if (!err)
		err = start_devices(why, whylen);
	if (!err)
		err = boot_params_make(why, whylen);
	if (!err)
		err = check_files(why, whylen);
	return err;
}

int
machine_run(const struct machine_config *cfg, char *why, size_t whylen)
{
	int err;

	*why = 0;
	mach.cfg = cfg;
	mach.ncpus = MIN(MAX(cfg->cpus, 1u), (uint32_t)CPUS_MAX);
	raise_limits();
	fds_reserve();
	signals_block();
	crash_stack();
	crash_handlers_install();
	err = build(why, whylen);
	if (!err) {
		err = tty_start();
		if (err)
			snprintf(why, whylen, "stdin is no terminal: %s",
				 strerror(-err));
	}
	if (!err) {
		err = machine_vcpu_start(0);
		if (err)
			snprintf(why, whylen, "no thread for vCPU 0: %s",
				 strerror(-err));
	}
	if (!err)
		loop_run();
	if (mach.tracer)
		mach.tracer->stop();
	tty_end();
	if (err && !*why)
		snprintf(why, whylen, "%s", strerror(-err));
	return err ? err : atomic_load(&mach.status);
}
