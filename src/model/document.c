/* SPDX-License-Identifier: Apache-2.0 */
#include "model/document.h"

#include <stdio.h>
#include <string.h>

enum {
    EXCERPT_BYTES_MAX = 2000, /* beyond it no column is pointed at; nobody writes such lines */
    MESSAGE_BYTES_MAX = 1000
};

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80U;
}

amp_shown amp_show(const char *text, size_t length)
{
    amp_shown shown = {.text = ""};
    (void)amp_text_quote(text, length, shown.text);
    return shown;
}

/* First byte of the 1-based @p line, or NULL past the end. */
static const char *find_line(const amp_document *document, size_t line)
{
    const char *at = document->text;
    const char *const end = document->text + document->length;
    for (size_t i = 1; i < line; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            return NULL;
        at = newline + 1;
    }
    return at;
}

static size_t line_length(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    size_t length = (size_t)((newline != NULL ? newline : end) - line);
    if (length > 0 && line[length - 1] == '\r')
        length--;
    return length;
}

/* Copies the line of @p place into @p buffer; empty when it is unknown or the place too far right.
 */
static void copy_excerpt(const amp_document *document, const amp_place *place, char *buffer)
{
    buffer[0] = '\0';
    if (place->line == 0 || place->column > EXCERPT_BYTES_MAX)
        return;
    const char *line = find_line(document, place->line);
    if (line == NULL)
        return;
    size_t length = line_length(line, document->text + document->length);
    if (length >= EXCERPT_BYTES_MAX)
        length = EXCERPT_BYTES_MAX - 1;
    memcpy(buffer, line, length);
    for (size_t i = 0; i < length; i++) {
        if (buffer[i] == '\0')
            buffer[i] = ' ';
    }
    buffer[length] = '\0';
}

amp_status amp_document_report_list(amp_document *document, amp_finding finding, const char *format,
                                    va_list arguments)
{
    char message[MESSAGE_BYTES_MAX] = "";
    char excerpt[EXCERPT_BYTES_MAX];
    (void)vsnprintf(message, sizeof message, format, arguments);
    if (finding.excerpt == NULL && document->error_count < AMP_DIAGNOSTICS_MAX) {
        copy_excerpt(document, &finding.place, excerpt);
        finding.excerpt = excerpt;
    }
    const amp_status status = amp_report(document->diagnostics, &finding, "%s", message);
    if (status != AMP_OK)
        document->error_count++;
    return status;
}

amp_status amp_document_report(amp_document *document, amp_finding finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const amp_status status = amp_document_report_list(document, finding, format, arguments);
    va_end(arguments);
    return status;
}

void amp_cursor_advance(amp_cursor *cursor, const amp_document *document, size_t character)
{
    if (character < cursor->character)
        *cursor = (amp_cursor){0};
    while (cursor->character < character && cursor->byte < document->length) {
        if (document->text[cursor->byte] == '\n') {
            cursor->line++;
            cursor->line_byte = cursor->byte + 1;
        }
        do
            cursor->byte++;
        while (cursor->byte < document->length && is_continuation(document->text[cursor->byte]));
        cursor->character++;
    }
}

amp_place amp_cursor_place(const amp_cursor *cursor, const amp_document *document, size_t length)
{
    const char *at = document->text + cursor->byte;
    const size_t left = document->length - cursor->byte;
    const size_t in_line = line_length(at, at + (length < left ? length : left));
    size_t column = cursor->byte - cursor->line_byte + 1;
    /* The end of a Windows line is before its carriage return, which no excerpt shows. */
    if (column > 1 && at[-1] == '\r' && (left == 0 || at[0] == '\n'))
        column--;
    return (amp_place){
        .file = document->file,
        .line = (uint32_t)(cursor->line + 1),
        .column = (uint32_t)column,
        .length = (uint32_t)in_line,
    };
}
