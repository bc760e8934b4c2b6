/* SPDX-License-Identifier: MIT */
/* arch/um/vdso/blob.S - the vDSO's file inside the kernel. */
	.section .rodata.vdso_blob, "a", @progbits
	.p2align 3
	.globl	vdso_blob, vdso_blob_end
	.hidden	vdso_blob, vdso_blob_end
vdso_blob:
	.incbin	VDSO_FILE
vdso_blob_end:
	.section .note.GNU-stack, "", @progbits
