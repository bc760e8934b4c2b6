/* SPDX-License-Identifier: MIT */
/* arch/um/host/panic.c - the end of a guest kernel: what it said, where it
 * was. */
#include "arch/um/host/host.h"
#include "arch/um/host/symbols.h"
#include "arch/um/host/unwind.h"

#include <string.h>

struct image_source {
	struct unwind_source src; /* first */
	struct symbols *symbols;
};

/* Only what is surely mapped: no fault may happen here. */
static bool
image_read(struct unwind_source *s, uint64_t addr, uint64_t *out)
{
	if (!arena_readable(addr, 8) || (addr >= KSTACK_BASE + KSTACK_AREA))
		return false;
	memcpy(out, (const void *)addr, 8);
	return true;
}

static bool
image_module(struct unwind_source *s, uint64_t ip, struct unwind_module *out)
{
	struct image_source *i = (struct image_source *)s;

	if (ip < IMAGE_BASE || ip >= IMAGE_BASE + IMAGE_MAX || !i->symbols)
		return false;
	*out = (struct unwind_module){IMAGE_BASE, IMAGE_BASE + IMAGE_MAX,
				      symbols_eh_frame_hdr(i->symbols)};
	return true;
}

static bool
image_frame(struct unwind_source *s, unsigned depth, uint64_t ip)
{
	struct image_source *i = (struct image_source *)s;
	char line[320], what[256] = "";

	/* Below the first frame of the image is the machine. */
	if (depth && (ip < IMAGE_BASE || ip >= IMAGE_BASE + IMAGE_MAX))
		return false;
	if (i->symbols)
		symbols_describe(i->symbols, ip, what, sizeof what);
	snprintf(line, sizeof line, "  #%-2u %#llx %s", depth,
		 (unsigned long long)ip, what);
	host_write_log(line, strlen(line));
	return true;
}

void
backtrace_kernel(uint64_t rip, uint64_t rsp, uint64_t rbp)
{
	struct image_source i = {
		.src = {.regs = {.rip = rip, .rsp = rsp, .rbp = rbp},
			.read = image_read,
			.module = image_module,
			.frame = image_frame},
		.symbols = kernel_image_symbols(),
	};

	unwind(&i.src);
	symbols_close(i.symbols);
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

int64_t
hc_CRASH(const uint64_t *a)
{
	char line[128];

	snprintf(line, sizeof line, "the guest kernel got %s at %#llx",
		 strsignal((int)(a[0] & 0x7f)), (unsigned long long)a[1]);
	machine_panic(line, strlen(line), a[2], a[3], a[4]);
	return 0;
}

/* a[6]: hyper_entry's frame: the caller's rbp and its return address. */
int64_t
hc_PANIC(const uint64_t *a)
{
	const uint64_t *frame = (const uint64_t *)a[6];

	if (!arena_readable(a[0], a[1]))
		machine_panic("(no text)", 9, frame[1], a[6] + 16, frame[0]);
	machine_panic((const char *)a[0], a[1], frame[1], a[6] + 16, frame[0]);
	return 0;
}
