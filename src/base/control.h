/* SPDX-License-Identifier: Apache-2.0 */
/** @file control.h  Private to base: which bytes of a text would steer a terminal or forge a line.
 */
#ifndef AMP_BASE_CONTROL_H
#define AMP_BASE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

/** True when the UTF-8 character of @p bytes > 0 bytes at @p text is a control character. */
static inline bool amp_control_is(const char *text, size_t bytes)
{
    const unsigned char first = (unsigned char)text[0];
    if (bytes == 1)
        return first < 0x20 || first == 0x7F;
    return first == 0xC2 && (unsigned char)text[1] < 0xA0;
}

/** True when byte @p i of the NUL-terminated @p text belongs to a control character: below space,
 *  DEL, or one of the C1 controls, which UTF-8 writes as C2 80 to C2 9F (C2 9B opens an escape
 *  sequence in terminals). @p i is before the NUL. */
static inline bool amp_control_at(const char *text, size_t i)
{
    const unsigned char byte = (unsigned char)text[i];
    const unsigned char after = (unsigned char)text[i + 1];
    const unsigned char before = i > 0 ? (unsigned char)text[i - 1] : 0;
    if (byte == 0xC2)
        return after >= 0x80 && after <= 0x9F;
    if (before == 0xC2 && byte >= 0x80 && byte <= 0x9F)
        return true;
    return byte < 0x20 || byte == 0x7F;
}

#endif
