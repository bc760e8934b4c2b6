/* SPDX-License-Identifier: MIT */
/* tracer/fpstate.c - see the header; Intel SDM 1, 13.4 for the layout. */
#include "tracer/fpstate.h"

#include <string.h>

#define FP_MAGIC2 0x46505845u

#define OFF_FCW	       0
#define OFF_MXCSR      24
#define OFF_MXCSR_MASK 28
#define OFF_HEADER     512

struct xsave_header {
	uint64_t xfeatures, xcomp, reserved[6];
};

size_t
fpstate_size(void)
{
	return fp_size;
}

void
fpstate_seal(void *image)
{
	const uint32_t magic2 = FP_MAGIC2;
	size_t size = fpstate_size();
	struct fp_sw_bytes sw = {
		.magic1 = FP_MAGIC1,
		.extended_size = (uint32_t)size,
		.xfeatures = fp_features,
		.xstate_size = (uint32_t)size - 4,
	};

	memcpy((char *)image + FP_OFF_SW, &sw, sizeof sw);
	memcpy((char *)image + size - 4, &magic2, sizeof magic2);
}

void
fpstate_initial(void *image)
{
	const uint16_t fcw = FCW_INITIAL;
	const uint32_t mxcsr = MXCSR_INITIAL, mask = MXCSR_MASK_SAFE;
	struct xsave_header *h =
		(struct xsave_header *)((char *)image + OFF_HEADER);

	memset(image, 0, fpstate_size());
	memcpy((char *)image + OFF_FCW, &fcw, sizeof fcw);
	memcpy((char *)image + OFF_MXCSR, &mxcsr, sizeof mxcsr);
	memcpy((char *)image + OFF_MXCSR_MASK, &mask, sizeof mask);
	if (fp_pkru_at) {
		h->xfeatures = FP_PKRU;
		*(uint32_t *)((char *)image + fp_pkru_at) = PKRU_INITIAL;
	}
	fpstate_seal(image);
}

bool
fpstate_is_sane(const void *image, size_t len)
{
	struct xsave_header h;
	struct fp_sw_bytes sw;
	uint32_t magic2, mxcsr;

	if (len != fpstate_size())
		return false;
	memcpy(&sw, (const char *)image + FP_OFF_SW, sizeof sw);
	memcpy(&h, (const char *)image + OFF_HEADER, sizeof h);
	memcpy(&magic2, (const char *)image + len - 4, sizeof magic2);
	memcpy(&mxcsr, (const char *)image + OFF_MXCSR, sizeof mxcsr);
	if (sw.magic1 != FP_MAGIC1 || magic2 != FP_MAGIC2 ||
	    sw.extended_size != len || sw.xstate_size != len - 4 ||
	    sw.xfeatures & ~fp_features)
		return false;
	if (h.xfeatures & ~fp_features || h.xcomp)
		return false;
	for (int i = 0; i < 6; i++)
		if (h.reserved[i])
			return false;
	return !(mxcsr & ~MXCSR_MASK_SAFE);
}
