/* SPDX-License-Identifier: Apache-2.0 */
/** @file output.h  Text files that are written whole or not at all. */
#ifndef AMP_BASE_OUTPUT_H
#define AMP_BASE_OUTPUT_H

#include "base/status.h"

#include <stddef.h>

/** A file being written. The first failure is kept: what is put after it is dropped, and
 *  amp_output_close() reports it. */
typedef struct amp_output amp_output;

/**
 * Opens @p path for text: gzip when it ends in ".gz", standard output when it is "-". A regular
 * file is written under another name beside it and takes its name in amp_output_close(); a device
 * or a pipe is written directly. AMP_IO, AMP_NOMEM.
 *
 * @param gzip_level 1 (fast) .. 9 (small)
 */
amp_status amp_output_open(const char *path, int gzip_level, amp_output **out, amp_error *err);

void amp_output_put(amp_output *output, const char *text, size_t length);
void amp_output_put_text(amp_output *output, const char *text);

/** The number with the fewest digits, at most 17, that read back the same; -0 is 0. */
void amp_output_put_number(amp_output *output, double number);

/** The number rounded to six decimals, without trailing zeros; -0 is 0. */
void amp_output_put_rounded(amp_output *output, double number);

/** Ends the file and frees @p output. When @p status is AMP_OK the file appears under its name;
 *  else, or when writing failed, nothing is left behind.
 *  @return @p status, or what went wrong with the file. */
amp_status amp_output_close(amp_output *output, amp_status status, amp_error *err);

#endif
