/* SPDX-License-Identifier: MIT */
/*
 * init/boot.c - the guest kernel's start: subsystems in rank order, the root
 * file system, then PID 1.  The entry is called once per vCPU.
 */
#include "arch/um/boot.h"

#include "arch/um/layout.h"
#include "base/block.h"
#include "base/log.h"
#include "base/panic.h"
#include "base/str.h"
#include "base/trace.h"
#include "drivers/drivers.h"
#include "fs/proc/proc.h"
#include "arch/um/hypercall.h"
#include "fs/hostfs/hostfs.h"
#include "fs/path.h"
#include "init/internal.h"
#include "kernel/block.h"
#include "kernel/exec_internal.h"
#include "kernel/futex.h"
#include "kernel/oom.h"
#include "kernel/pid.h"
#include "kernel/power.h"
#include "kernel/run.h"
#include "kernel/sched.h"
#include "kernel/uts.h"
#include "mm/mm.h"
#include "net/sock.h"
#include "syscalls/syscalls.h"

const struct boot_params *const boot = (const struct boot_params *)BOOT_PARAMS;

#define STATUS_FAILURE 125 /* as podman-run(1) has it */

void image_entry(uint64_t cpu);

/* Two words at a stack's base say whose it is: task, vCPU. */
static void
mark_stack(uint64_t cpu)
{
	uint64_t *base = (uint64_t *)(KSTACK_BASE + cpu * KSTACK_SIZE);

	base[0] = 0;
	base[1] = (uint64_t)&vcpus[cpu];
}

static void
print_trace(void)
{
	trace_print(64);
}

static void
strace_out(const char *text, size_t len)
{
	HYPER2(TRACE_OUT, text, len);
}

static void
dump_now(uint64_t cookie, int64_t result)
{
	(void)cookie, (void)result;
	panic_dump();
}

static void
start_kernel(void)
{
	if (boot->magic != BOOT_MAGIC || boot->version != BOOT_VERSION)
		panic("the machine speaks another version of the boot "
		      "protocol");
	log_level = (int)boot->log_level;
	vcpu_count = MAX(1u, MIN(boot->cpus, (uint32_t)VCPU_MAX));
	panic_hook(task_dump_all);
	panic_hook(print_trace);
	event_register(EVENT_DUMP, dump_now);
	log_info("viv " VIV_KERNEL_VERSION ": %u vCPUs, %lu MiB, tracer %s",
		 vcpu_count, (unsigned long)(boot->memory_bytes >> 20),
		 boot->tracer);

	mm_init(boot->memory_bytes, boot->flags & BOOT_LARGE);
	homes_init(boot->host_files);
	block_init();
	run_init(boot);
	exec_init(boot);
	uts_init(boot->hostname);
	pid_init(boot->pids_limit);
	futex_init();
	oom_init();
	spare_timer_init();
	fs_init();
	hostfs_init(boot->host_files);
	sock_init();
	drivers_init(boot);
	proc_init(boot);
	syscalls_init();
	if ((boot->flags & BOOT_STRACE) &&
	    syscalls_trace(boot->strace, strace_out))
		HYPER1(EXIT, STATUS_FAILURE);
	init_files();
	init_power();
	init_events();
	init_writeback();
	if (task_spawn_init(init_start, init_root()))
		panic("no memory for the first task");
}

void
image_entry(uint64_t cpu)
{
	mark_stack(cpu);
	klock_take();
	if (cpu == 0) {
		start_kernel();
		for (uint32_t i = 1; i < vcpu_count; i++)
			vcpu_start((int)i);
	}
	sched_main((int)cpu);
}
