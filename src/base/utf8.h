/* SPDX-License-Identifier: Apache-2.0 */
/** @file utf8.h  Private to base: characters of UTF-8 (Unicode, table 3-7). */
#ifndef AMP_BASE_UTF8_H
#define AMP_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** The longest character of UTF-8. As the length of NUL-terminated text it is always enough: a
 *  character does not go on after the NUL. */
enum { AMP_UTF8_BYTES_MAX = 4 };

/** True for the second and later bytes of a character. */
static inline bool amp_utf8_is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80U;
}

/** Bytes of the well-formed character at @p text, of which @p length > 0 bytes are there; 0 when
 *  it is none (overlong forms, surrogates and half characters too). */
static inline size_t amp_utf8_bytes(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    const unsigned first = byte[0];
    if (first < 0x80)
        return 1;
    const size_t wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || wanted > length)
        return 0;
    for (size_t i = 1; i < wanted; i++) {
        if (!amp_utf8_is_continuation(text[i]))
            return 0;
    }
    const unsigned second = byte[1];
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
        (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
        return 0;
    return wanted;
}

#endif
