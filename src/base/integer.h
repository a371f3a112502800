/* SPDX-License-Identifier: Apache-2.0 */
/** @file integer.h  Private to base: division that rounds down, also before 1970. */
#ifndef AMP_BASE_INTEGER_H
#define AMP_BASE_INTEGER_H

#include <stdint.h>

/** The greatest whole number at most @p number / @p divisor. @p divisor > 0. */
static inline int64_t amp_floor_quotient(int64_t number, int64_t divisor)
{
    return number / divisor - (number % divisor < 0 ? 1 : 0);
}

#endif
