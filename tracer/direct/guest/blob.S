/* SPDX-License-Identifier: MIT */
/* tracer/direct/guest/blob.S - the linked code, inside viv. */
	.section .rodata.direct_blob, "a", @progbits
	.p2align 3
	.globl	direct_blob, direct_blob_end
direct_blob:
	.incbin	DIRECT_FILE
direct_blob_end:
	.section .note.GNU-stack, "", @progbits
