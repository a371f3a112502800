/* SPDX-License-Identifier: Apache-2.0 */
/** @file refusal.h  Allocations that fail on purpose. A program that uses it is linked with
 *  refusal_dep, which sends its malloc(), calloc() and realloc() through the counter below. */
#ifndef AMP_TESTS_REFUSAL_H
#define AMP_TESTS_REFUSAL_H

#include <stddef.h>

/** Counts allocations anew, from 0; those numbered @p first to @p last fail. */
void refusal_start(size_t first, size_t last);

/** No allocation fails any more. @return how many there were since refusal_start(). */
size_t refusal_stop(void);

#endif
