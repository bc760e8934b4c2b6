/* SPDX-License-Identifier: MIT */
/* arch/um/host/kernel_blob.S - the guest kernel's image inside viv. */
	.section .rodata.kernel_blob, "a", @progbits
	.p2align 12
	.globl	kernel_blob, kernel_blob_end
kernel_blob:
#ifdef KERNEL_IMAGE
	.incbin	KERNEL_IMAGE
#endif
kernel_blob_end:
	.byte	0
	.section .note.GNU-stack, "", @progbits
