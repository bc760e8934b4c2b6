/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/overlay.h - a writable layer in memory over a file system that is
 * never written, as Linux's overlayfs: --ephemeral.
 */
#ifndef FS_OVERLAY_H
#define FS_OVERLAY_H

#include "fs/inode.h"

/* overlay_super - @lower, and a fresh tmpfs over it.  Refs: takes its own on
 * @lower; *@out is the caller's.  -ENOMEM. */
MUST_CHECK int overlay_super(struct super *lower, struct super **out);

#endif /* FS_OVERLAY_H */
