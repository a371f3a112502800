/* SPDX-License-Identifier: Apache-2.0 */
/** @file status.h  The one list of statuses; the public header, logs and exit statuses use it. */
#ifndef AMP_BASE_STATUS_H
#define AMP_BASE_STATUS_H

#include "ampacity.h"

#include <stdarg.h>
#include <stddef.h>

/** What went wrong, without a place. Plain data: no ownership, copy freely. For small functions
 *  that do not know which file they serve; whoever knows turns it into an amp_diagnostic. */
typedef struct {
    amp_status status;
    char message[240]; /**< what was found and what was wanted; no trailing dot */
    char advice[160];  /**< what to write instead; may be empty */
} amp_error;

/** Fills @p err when it is not NULL (the advice becomes empty) and returns @p status, so that a
 *  caller can write `return amp_fail(err, AMP_PARSE, "...")`. */
amp_status amp_fail(amp_error *err, amp_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Adds advice to an error that amp_fail() has filled. NULL is allowed. */
void amp_advise(amp_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** amp_fail() with AMP_IO and the text of @p errnum after @p what; the only caller of
 *  strerror_r(). ENOENT becomes AMP_NOT_FOUND, ENOMEM becomes AMP_NOMEM. */
amp_status amp_fail_errno(amp_error *err, int errnum, const char *what);

/** The same for a place to write to, where nothing was expected to be there: ENOENT is AMP_IO. */
amp_status amp_fail_output(amp_error *err, int errnum, const char *what);

#endif
