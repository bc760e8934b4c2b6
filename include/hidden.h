/* SPDX-License-Identifier: MIT */
/* include/hidden.h - included before everything in kernel code (-include): all
 * symbols, declared ones too, are the image's own, so that no reference goes
 * through a global offset table. */
#pragma GCC visibility push(hidden)
