/* SPDX-License-Identifier: MIT */
/*
 * tracer/fpstate.h - x87/SSE/AVX state as Linux lays it out in signal frames:
 * an uncompacted xsave image whose software bytes name its size and contents,
 * closed by a magic word.
 */
#ifndef TRACER_FPSTATE_H
#define TRACER_FPSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At FP_OFF_SW of an image: what the host's kernel says about it. */
#define FP_OFF_SW 464
#define FP_MAGIC1 0x46505853u

struct fp_sw_bytes {
	uint32_t magic1, extended_size;
	uint64_t xfeatures;
	uint32_t xstate_size, pad[7];
};

/* The beginning of an image of the state that programs start with, enough for
 * the processor to load it. */
struct fp_head {
	uint16_t fcw, fsw, ftw_fop[2];
	uint64_t fip, fdp;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t regs[480];
	uint64_t header[8];
};

#define FP_HEAD_INITIAL                                                        \
	{                                                                      \
		.fcw = FCW_INITIAL, .mxcsr = MXCSR_INITIAL,                    \
		.mxcsr_mask = MXCSR_MASK_SAFE                                  \
	}
#define FCW_INITIAL	0x37f
#define MXCSR_INITIAL	0x1f80
#define MXCSR_MASK_SAFE 0xffffu

/* What fpstate_learn() found; constants in a guest process. */
extern size_t fp_size;
extern uint64_t fp_features;
extern uint32_t fp_pkru_at; /* where images have PKRU; 0: nowhere */

#define FP_PKRU	     (1ull << 9) /* of the components, PKRU */
#define PKRU_CLOSED  0x55555555u /* each key: the lower of its two bits */
#define PKRU_INITIAL (PKRU_CLOSED & ~1u) /* Linux's: all but key 0 */

/* fpstate_size - bytes of an image here, magic word included. */
size_t fpstate_size(void);

/* fpstate_initial - the state a program starts with. */
void fpstate_initial(void *image);

/* fpstate_is_sane - @image holds only components this CPU has switched on, in
 * the format above, with no reserved bit set: loading it cannot fault. */
bool fpstate_is_sane(const void *image, size_t len);

/* fpstate_seal - fill in the software bytes and the magic word of an image
 * that came from elsewhere (ptrace). */
void fpstate_seal(void *image);

/* fpstate_learn - what the host's own signal frames look like: size of the
 * image and component mask, by taking a signal.  0 or -errno. */
int fpstate_learn(size_t *size, uint64_t *xfeatures);

#endif /* TRACER_FPSTATE_H */
