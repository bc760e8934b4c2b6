/* SPDX-License-Identifier: MIT */
/* fs/eventfd.h - eventfd(2): a counter one can wait for. */
#ifndef FS_EVENTFD_H
#define FS_EVENTFD_H

#include "fs/file.h"

/* eventfd_new - @flags: LX_O_NONBLOCK; @is_semaphore: reads take one. */
MUST_CHECK int eventfd_new(uint32_t count, bool is_semaphore, uint32_t flags,
			   struct file **out);

#endif /* FS_EVENTFD_H */
