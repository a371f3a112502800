/* SPDX-License-Identifier: Apache-2.0 */
/** @file text.h  Small text helpers that several parts share. */
#ifndef AMP_BASE_TEXT_H
#define AMP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** The entry of @p words (of @p count) nearest to @p word by edit distance (transpositions count
 *  one), or NULL when none is near enough to be meant (distance over a third of the length, at
 * least 1). */
const char *amp_text_nearest(const char *word, const char *const *words, size_t count);

/** Parses a whole finite decimal number (`-1.5e3`, no hex, no inf, no nan, no spaces, locale-free).
 *  @return true and *number on success; on failure *number is unchanged. */
bool amp_text_parse_number(const char *text, size_t length, double *number);

/** Formats @p value with the fewest digits (at most 17) that read back the same; -0 becomes 0.
 *  @p buffer has at least 32 bytes. @return buffer. */
char *amp_text_format_number(double value, char *buffer);

enum { AMP_TEXT_QUOTE_BYTES = 48 };

/** Foreign text for a message: at most 44 bytes of @p length, cut with "...", with '?' for control
 *  characters and for bytes that are not UTF-8. @p buffer has AMP_TEXT_QUOTE_BYTES. @return buffer.
 */
char *amp_text_quote(const char *text, size_t length, char *buffer);

/** True when both are the same number; the one place where doubles are compared for equality. */
bool amp_same(double a, double b);

#endif
