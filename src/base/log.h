/* SPDX-License-Identifier: Apache-2.0 */
/** @file log.h  Log lines for programs that run long: `<6>message key=value`, as systemd reads
 * them. */
#ifndef AMP_BASE_LOG_H
#define AMP_BASE_LOG_H

#include <stdio.h>

/** sd-daemon(3) priorities that we use. */
typedef enum {
    AMP_LOG_ERROR = 3,
    AMP_LOG_WARN = 4,
    AMP_LOG_INFO = 6,
    AMP_LOG_DEBUG = 7
} amp_log_level;

/** Where lines go. Plain data; the caller keeps it and the stream alive. */
typedef struct {
    FILE *out;
    amp_log_level level; /**< lines above this number are dropped */
} amp_log;

/** Writes one line; newlines and control bytes in the text are escaped, so that one call is one
 *  line whatever the arguments hold. NULL @p log drops it. */
void amp_log_write(const amp_log *log, amp_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** "error", "warn", "info", "debug" to a level. Returns 0, or -1 for any other word. */
int amp_log_level_parse(const char *word, amp_log_level *level);

#endif
