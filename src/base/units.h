/* SPDX-License-Identifier: Apache-2.0 */
/** @file units.h  Private to base: the table of units, and what people write in place of them. */
#ifndef AMP_BASE_UNITS_H
#define AMP_BASE_UNITS_H

#include "base/quantity.h"

/** One factor of a unit. numerator / denominator is its size in base units; both are whole numbers
 *  that a double holds exactly, so that one division at the end rounds once. */
typedef struct {
    amp_dimension dimension;
    double numerator;
    double denominator;
    double offset;
    bool is_alone;  /**< cannot be joined with others: degF, K */
    bool is_number; /**< can only stand first: 1, % */
} amp_unit_factor;

/** Finds `MW`, `h`, `%` by its exact spelling. @return false when there is no such unit. */
bool amp_unit_find(const char *text, size_t length, amp_unit_factor *out);

enum { AMP_UNIT_SPELLING_BYTES = 24 };

/** The unit that was probably meant by @p length bytes of @p text ("mwh": "MWh", "$": "USD"), or
 *  NULL. @p buffer has AMP_UNIT_SPELLING_BYTES. It may change the case of a prefix but leaves none
 *  out: "kUSD" does not give "USD". */
const char *amp_unit_suggest(const char *text, size_t length, char *buffer);

#endif
