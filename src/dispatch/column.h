/* SPDX-License-Identifier: Apache-2.0 */
/** @file column.h  Arithmetic on columns; private to dispatch. What never changes stays one number.
 */
#ifndef AMP_DISPATCH_COLUMN_H
#define AMP_DISPATCH_COLUMN_H

#include "market/market.h"

/**
 * Makes columns that live as long as the market. A formula is written without checks: when memory
 * ends, ok becomes false, and every result from then on is a column of 0.
 */
typedef struct {
    amp_market *market;
    size_t count; /**< intervals */
    bool ok;
} amp_columns;

/** Two columns, number by number. The result has stride 0 when both have; a neutral constant
 *  (1 in a product, 0 in a sum) gives the other column itself. */
amp_column amp_columns_multiply(amp_columns *columns, amp_column a, amp_column b);
amp_column amp_columns_divide(amp_columns *columns, amp_column a, amp_column b);
amp_column amp_columns_add(amp_columns *columns, amp_column a, amp_column b);
amp_column amp_columns_subtract(amp_columns *columns, amp_column a, amp_column b);
amp_column amp_columns_min(amp_columns *columns, amp_column a, amp_column b);

/** @p function of every number of @p a; @p context is handed on. */
amp_column amp_columns_map(amp_columns *columns, amp_column a,
                           double (*function)(double number, const void *context),
                           const void *context);

/** Room for a result that varies when @p stride is 1 and does not when it is 0, for loops of one's
 *  own; NULL, and ok false, when there is no memory. */
double *amp_columns_room(amp_columns *columns, size_t stride);

/** The same number in every interval. */
amp_column amp_columns_constant(amp_columns *columns, double number);

/** The column of @p value, of an availability, of dated steps and of the hashprice
 * (amp_market_column() and its relatives) with the same treatment of memory. */
amp_column amp_columns_value(amp_columns *columns, const amp_value *value, bool *is_share);
amp_column amp_columns_availability(amp_columns *columns, const amp_availability *availability);
amp_column amp_columns_steps_at_most(amp_columns *columns, const amp_steps *steps, double before,
                                     const amp_value *cap);
amp_column amp_columns_hashprice(amp_columns *columns);

/** A column of 0 that needs no memory. */
amp_column amp_column_zero(void);

/** True when every number of the column is known to be @p number without looking at each. */
bool amp_column_is(amp_column column, double number);

#endif
