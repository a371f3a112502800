/* SPDX-License-Identifier: Apache-2.0 */
/** @file text.h  Small text helpers that several parts share. */
#ifndef AMP_BASE_TEXT_H
#define AMP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

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

/** Columns that UTF-8 text takes (one a code point). */
size_t amp_text_columns(const char *text);

/**
 * Writes @p text to @p out, broken at spaces so that lines stay within @p width columns; longer
 * words stand alone, runs of spaces inside a line are kept. The first line starts at column
 * @p column already, further ones after @p indent spaces. No newline at the end.
 *
 * @param width 0 for no breaks
 * @return the column after the last character
 */
size_t amp_text_wrap(FILE *out, const char *text, size_t column, size_t indent, size_t width);

/** True when both are the same number; the one place where doubles are compared for equality. */
bool amp_same(double a, double b);

#endif
