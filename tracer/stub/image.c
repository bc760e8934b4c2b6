/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/image.c - the stub's code and constants, as one sealed memfd
 * that every guest process maps.
 */
#include "arch/um/carrier.h"
#include "arch/um/facts.h"
#include "arch/um/layout.h"
#include "arch/um/vcpu_words.h"
#include "tracer/fpstate.h"
#include "tracer/internal.h"
#include "tracer/stub/filter.h"
#include "tracer/stub/hostclock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static_assert(STUB_CODE == STUB_BASE, "the stub is where layout.h has it");
static_assert(STUB_END == STUB_BASE + STUB_SIZE, "and ends there");
static_assert(sizeof(struct stub_ctl) == CTL_LEN, "stub_ctl");
static_assert(offsetof(struct stub_ctl, turn) == CT_TURN, "turn");
static_assert(offsetof(struct stub_ctl, guest_sleeps) == CT_GSLEEPS, "");
static_assert(offsetof(struct stub_ctl, spin) == CT_SPIN, "");
static_assert(offsetof(struct stub_ctl, cmd) == CT_CMD, "");
static_assert(offsetof(struct stub_ctl, fs_base) == CT_FS, "");
static_assert(offsetof(struct stub_ctl, gs_base) == CT_GS, "");
static_assert(offsetof(struct stub_ctl, viv_sleeps) == CT_VSLEEPS, "");
static_assert(offsetof(struct stub_ctl, sig) == CT_SIG, "");
static_assert(offsetof(struct stub_ctl, uc) == CT_UC, "");
static_assert(offsetof(struct stub_ctl, fs_out) == CT_FS_OUT, "");
static_assert(offsetof(struct stub_ctl, gs_out) == CT_GS_OUT, "");
static_assert(offsetof(struct stub_ctl, self) == CT_SELF, "");
static_assert(offsetof(struct stub_ctl, kick) == CT_KICK, "");
static_assert(offsetof(struct stub_ctl, cont) == CT_CONT, "");
static_assert(offsetof(struct stub_uc, r8) == UC_R8, "");
static_assert(offsetof(struct stub_uc, r15) == UC_R15, "");
static_assert(offsetof(struct stub_uc, rdi) == UC_RDI, "");
static_assert(offsetof(struct stub_uc, rbx) == UC_RBX, "");
static_assert(offsetof(struct stub_uc, rip) == UC_RIP, "");
static_assert(offsetof(struct stub_uc, eflags) == UC_EFLAGS, "");
static_assert(STUB_KICK == KICK_SIGNAL, "");
static_assert(offsetof(struct stub_ctl, in_kernel) == CT_IN_KERNEL, "");
static_assert(offsetof(struct stub_ctl, by_call) == CT_BY_CALL, "");
static_assert(offsetof(struct stub_ctl, ksp) == CT_KSP, "");
static_assert(offsetof(struct stub_ctl, moved_sp) == CT_MOVED_SP, "");
static_assert(offsetof(struct stub_ctl, carrier) == CT_CARRIER, "");
static_assert(offsetof(struct stub_ctl, next) == CT_NEXT, "");
static_assert(offsetof(struct stub_ctl, words) == CT_WORDS, "");
static_assert(offsetof(struct stub_ctl, owner) == CT_OWNER, "");
static_assert(offsetof(struct stub_ctl, ticket) == CT_TICKET, "");
static_assert(offsetof(struct stub_ctl, pkru) == CT_PKRU, "");
static_assert(offsetof(struct stub_ctl, facts) == CT_FACTS, "");
static_assert(offsetof(struct carrier, ticket) == CR_TICKET, "");
static_assert(offsetof(struct carrier, seen) == CR_SEEN, "");
static_assert(offsetof(struct carrier, sleeps) == CR_SLEEPS, "");
static_assert(offsetof(struct carrier, is_dead) == CR_DEAD, "");
static_assert(offsetof(struct carrier, sp) == CR_SP, "");
static_assert(offsetof(struct carrier, rest) == CR_REST, "");
static_assert(sizeof(struct carrier) == CARRIER_LEN, "");
static_assert(offsetof(struct vcpu_words, wake) == VW_WAKE, "");
static_assert(offsetof(struct vcpu_words, owner) == VW_OWNER, "");
static_assert(offsetof(struct vcpu_words, viv_sleeps) == VW_VIV_SLEEPS, "");
static_assert(offsetof(struct agent_req, viv_sleeps) == RQ_VSLEEPS, "");
static_assert(offsetof(struct agent_req, spin) == RQ_SPIN, "");
static_assert(offsetof(struct agent_req, nops) == RQ_NOPS, "");
static_assert(offsetof(struct agent_req, wake_addr) == RQ_WAKE_ADDR, "");
static_assert(offsetof(struct agent_req, fsgsbase) == RQ_FSGSBASE, "");
static_assert(offsetof(struct agent_req, filter) == RQ_FILTER, "");
static_assert(offsetof(struct agent_req, xstate) == RQ_XSTATE, "");
static_assert(offsetof(struct agent_req, entry) == RQ_ENTRY, "");
static_assert(offsetof(struct agent_req, direct) == RQ_DIRECT, "");
static_assert(offsetof(struct agent_req, keep) == RQ_KEEP, "");
static_assert(offsetof(struct agent_req, done) == RQ_DONE, "");
static_assert(offsetof(struct agent_req, tid) == RQ_TID, "");
static_assert(offsetof(struct agent_req, ops) == RQ_OPS, "");
static_assert(sizeof(struct agent_req) <= CTL_REQ_LEN, "");
static_assert(sizeof(struct agent_op) == OP_LEN, "");
static_assert(sizeof(struct stub_uc) == 304, "ucontext of the kernel");
static_assert(sizeof(struct stub_siginfo) == 128, "siginfo");
static_assert(CTL_SS + SLOT_MAX * SS_LEN <= CTL_AREAS, "");

int stub_image_fd = -1;
int stub_pkey;

/* A key for guest processes, which inherit it, and what they need to use it.
 */
static void
put_pkey(char *consts)
{
	uint32_t bits = 0;

	if (fp_pkru_at && !stub_pkey) {
		stub_pkey = pkey_alloc(0, 0);
		if (stub_pkey < 0)
			stub_pkey = 0;
	}
	if (stub_pkey)
		bits = 3u << 2 * stub_pkey;
	memcpy(consts + CONST_PKEY, &bits, sizeof bits);
}

static void
put_filter(char *consts, unsigned fprog_off, unsigned insn_off,
	   const struct filter *f)
{
	struct sock_fprog fprog = {
		.len = f->len,
		.filter = (void *)(STUB_CONST + insn_off),
	};

	memcpy(consts + fprog_off, &fprog, sizeof fprog);
	memcpy(consts + insn_off, f->insn, f->len * sizeof f->insn[0]);
}

static_assert(CONST_NO_FACTS + sizeof(struct facts) <= CONST_FACT_AT, "");
static_assert(CONST_FACT_AT + FACT_NR_MAX < CONST_AGENT_FILTER, "");

/* By the number of a call, where the answer is; else `none`, which is 0. */
static void
put_facts(char *consts)
{
#define FACT(nr, name)                                                         \
	static_assert((nr) <= FACT_NR_MAX, "");                                \
	consts[CONST_FACT_AT + (nr)] = (char)offsetof(struct facts, name);
	FACTS
#undef FACT
}

/* What runs where the kernel does: tracer/direct/guest. */
static void
put_direct(char *image)
{
	static const char jump[] = {'\xff', '\x25', 0, 0, 0, 0};
	const uint64_t hyper = STUB_DIRECT_HYPER, clock = hostclock_entry();
	const uint64_t sigset = KERNEL_SIGSET;
	char *consts = image + STUB_CODE_LEN;

	memcpy(image + STUB_IMAGE_DIRECT, direct_blob,
	       (size_t)(direct_blob_end - direct_blob));
	memcpy(image + STUB_IMAGE_HYPER, jump, sizeof jump);
	memcpy(image + STUB_IMAGE_HYPER + sizeof jump, &hyper, sizeof hyper);
	memcpy(consts + CONST_FP_SIZE, &fp_size, sizeof fp_size);
	memcpy(consts + CONST_FP_FEATURES, &fp_features, sizeof fp_features);
	memcpy(consts + CONST_PKRU_AT, &fp_pkru_at, sizeof fp_pkru_at);
	memcpy(consts + CONST_CLOCK, &clock, sizeof clock);
	memcpy(consts + CONST_KERNEL_SIGSET, &sigset, sizeof sigset);
}

int
stub_image_make(const struct backend *b)
{
	static char page[STUB_IMAGE_LEN];
	char *consts = page + STUB_CODE_LEN;
	struct filter f;
	int fd;

	_Static_assert(sizeof f.insn <= 0x1000, "filters fit their pages");
	memset(page, 0xcc, STUB_CODE_LEN);
	memcpy(page, stub_begin, stub_end - stub_begin);
	for (uint32_t i = 0; i < 256; i++)
		memcpy(consts + CONST_BYTES + 4 * i, &i, 4);
	put_facts(consts);
	put_direct(page);
	if (b->ops.in_guest)
		put_pkey(consts);
	filter_agent(&f, b->is_ptraced, b->ops.in_guest);
	put_filter(consts, CONST_AGENT_FPROG, CONST_AGENT_FILTER, &f);
	if (b->ops.in_guest)
		filter_direct(&f);
	else
		filter_guest(&f);
	put_filter(consts, CONST_GUEST_FPROG, CONST_GUEST_FILTER, &f);

	fd = memfd_create("viv-stub", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	if (write(fd, page, sizeof page) != sizeof page) {
		close(fd);
		return -EIO;
	}
	(void)fcntl(fd, F_ADD_SEALS,
		    F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	stub_image_fd = fd;
	return 0;
}
