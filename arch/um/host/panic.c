/* SPDX-License-Identifier: MIT */
/* arch/um/host/panic.c - the end of a guest kernel: what it said, where it
 * was. */
#include "arch/um/host/host.h"

#include <string.h>

#define STATUS_PANIC 125
#define FRAMES_MAX   48

static void
print_frame(unsigned i, uint64_t rip)
{
	uint64_t off;
	const char *name = kernel_image_symbol(rip, &off);
	char line[256];

	if (name)
		snprintf(line, sizeof line, "  #%-2u %#llx %s+%#llx", i,
			 (unsigned long long)rip, name,
			 (unsigned long long)off);
	else
		snprintf(line, sizeof line, "  #%-2u %#llx", i,
			 (unsigned long long)rip);
	host_write_log(line, strlen(line));
}

/* The kernel keeps frame pointers: return addresses lie above saved ones. */
void
backtrace_kernel(uint64_t rip, uint64_t rsp, uint64_t rbp)
{
	unsigned i = 0;

	print_frame(i++, rip);
	while (i < FRAMES_MAX && rbp % 8 == 0 && rbp >= KSTACK_BASE &&
	       rbp + 16 <= KSTACK_BASE + KSTACK_AREA) {
		const uint64_t *f = (const uint64_t *)rbp;

		if (!f[1])
			break;
		print_frame(i++, f[1] - 1);
		if (f[0] <= rbp)
			break;
		rbp = f[0];
	}
}

void
machine_panic(const char *text, size_t len, uint64_t rip, uint64_t rsp,
	      uint64_t rbp)
{
	static atomic_flag is_told = ATOMIC_FLAG_INIT;
	char line[64];

	if (atomic_flag_test_and_set(&is_told))
		machine_park();
	tty_restore();
	host_write_log("viv: kernel panic:", 18);
	host_write_log(text, len);
	snprintf(line, sizeof line, "vCPU %u:", this_cpu ? this_cpu->id : 0);
	host_write_log(line, strlen(line));
	backtrace_kernel(rip, rsp, rbp);
	machine_stop(STATUS_PANIC);
	machine_park();
}

/* a[6]: hyper_entry's frame: the caller's rbp and its return address. */
int64_t
hc_PANIC(const uint64_t *a)
{
	const uint64_t *frame = (const uint64_t *)a[6];

	if (!arena_readable(a[0], a[1]))
		machine_panic("(no text)", 9, frame[1], a[6] + 16, frame[0]);
	machine_panic((const char *)a[0], a[1], frame[1], a[6] + 16, frame[0]);
}

int64_t
hc_BACKTRACE(const uint64_t *a)
{
	return -ENOSYS;
}
