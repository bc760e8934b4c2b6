/* SPDX-License-Identifier: MIT */
/*
 * arch/um/layout.h - the fixed region: one TiB of address space that the
 * machine, the guest kernel and the stub pages of guest processes share out.
 *
 * 0x680000000000 is used by no mainstream program, and lies outside what the
 * ASan allocator (0x600000000000, 4 TiB), TSan (trace and heap areas) and
 * MSan (application and shadow areas) map; see docs/decisions.  The guest
 * sees 47-bit addresses with this hole: nothing of its own is ever mapped
 * here.
 *
 * The arena is one memfd mapped MAP_SHARED from ARENA_BASE: offset in the
 * memfd = address - ARENA_BASE.  The image's segments are copied into it.
 */
#ifndef ARCH_UM_LAYOUT_H
#define ARCH_UM_LAYOUT_H

#define KiB(n) ((n)*1024ull)
#define MiB(n) ((n)*1024ull * 1024)
#define GiB(n) ((n)*1024ull * 1024 * 1024)

#define REGION_BASE 0x680000000000ull
#define REGION_SIZE GiB(1024)
#define REGION_END  (REGION_BASE + REGION_SIZE)

#define ARENA_BASE REGION_BASE
#define ARENA_SIZE GiB(64)

/* Inside the arena. */
#define IMAGE_BASE  ARENA_BASE /* text, rodata, data, bss of vmviv */
#define IMAGE_MAX   MiB(64)
#define HYPER_PAGE  (ARENA_BASE + MiB(64)) /* private to each host process */
#define BOOT_PARAMS (ARENA_BASE + MiB(80)) /* struct boot_params + strings */
#define BOOT_MAX    MiB(16)
#define EVENT_RING  (ARENA_BASE + MiB(96))  /* struct event_ring */
#define VCPU_WORDS  (ARENA_BASE + MiB(98))  /* struct vcpu_words of each */
#define CARRIERS    (ARENA_BASE + MiB(128)) /* struct carrier by number */
#define FACTS_BASE  (ARENA_BASE + MiB(512)) /* struct facts: arch/um/facts.h */
#define FACTS_SIZE  MiB(512)
#define KHEAP_BASE  (ARENA_BASE + GiB(1)) /* page allocator of base/slab.c */
#define KHEAP_SIZE  GiB(15)
#define KSTACK_BASE (ARENA_BASE + GiB(16)) /* KSTACK_SIZE each */
#define KSTACK_AREA GiB(16)
#define KSTACK_SIZE KiB(64) /* sparse: touched pages only; aligned */
#define FRAME_TABLE (ARENA_BASE + GiB(32)) /* struct frame by frame number */
#define FRAME_AREA  GiB(16)

/* Beside the arena. */
#define INITRD_BASE (REGION_BASE + GiB(96)) /* read-only archive, if any */
#define INITRD_MAX  GiB(4)
#define STUB_BASE   (REGION_BASE + GiB(128)) /* in guest processes only */
#define STUB_SIZE   GiB(64)

/* Guest RAM (physmem), in the kernel's host processes only: offset in its
 * memfd = address - PHYS_WINDOW. */
#define PHYS_WINDOW (REGION_BASE + GiB(512))
#define PHYS_SIZE   GiB(512)

#endif /* ARCH_UM_LAYOUT_H */
