/* SPDX-License-Identifier: Apache-2.0 */
/** @file document.h  The text of a portfolio file: places, excerpts, findings. Private to model. */
#ifndef AMP_MODEL_DOCUMENT_H
#define AMP_MODEL_DOCUMENT_H

#include "base/diagnostic.h"
#include "base/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/** The bytes of one file and where findings about them go. Owns nothing. */
typedef struct {
    const char *file; /**< as the user wrote it; outlives all places */
    const char *text; /**< NUL-terminated; may hold other NULs */
    size_t length;
    amp_diagnostics *diagnostics;
    size_t error_count; /**< errors reported through this document */
} amp_document;

/** Text of a user for a message, by value: amp_show(...).text may stand among the arguments. */
typedef struct {
    char text[AMP_TEXT_QUOTE_BYTES];
} amp_shown;

/** amp_text_quote() of @p length bytes of @p text. */
amp_shown amp_show(const char *text, size_t length);

/** Reports @p finding with the line it is on as excerpt. @return the status of its code. */
amp_status amp_document_report(amp_document *document, amp_finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The same with the arguments in @p arguments. */
amp_status amp_document_report_list(amp_document *document, amp_finding finding, const char *format,
                                    va_list arguments) __attribute__((format(printf, 3, 0)));

/** Walks forward through the bytes and knows where it is. Zero-initialise for the start. */
typedef struct {
    size_t character; /**< characters (code points) before */
    size_t byte;      /**< bytes before */
    size_t line;      /**< line breaks before */
    size_t line_byte; /**< first byte of the line */
} amp_cursor;

/** Moves @p cursor forward to @p character, or to the end of the text. */
void amp_cursor_advance(amp_cursor *cursor, const amp_document *document, size_t character);

/** Where @p cursor is, @p length bytes long but never past the end of its line. */
amp_place amp_cursor_place(const amp_cursor *cursor, const amp_document *document, size_t length);

#endif
