/* SPDX-License-Identifier: MIT */
/* base/log.h - messages to the user's log, by level. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "include/types.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

extern int log_level; /* messages above it are dropped */

/* log_at - one line (no newline) at @level; formats as str_format(). */
void log_at(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                                         \
	do {                                                                   \
		if (log_level >= LOG_DEBUG)                                    \
			log_at(LOG_DEBUG, __VA_ARGS__);                        \
	} while (0)

/* log_once - as log_warn(), the first time this line is reached. */
#define log_once(...)                                                          \
	do {                                                                   \
		static bool said_;                                             \
		if (!said_) {                                                  \
			said_ = true;                                          \
			log_warn(__VA_ARGS__);                                 \
		}                                                              \
	} while (0)

#endif /* BASE_LOG_H */
