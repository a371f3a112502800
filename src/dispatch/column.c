/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/column.h"

#include "base/text.h"

amp_column amp_column_zero(void)
{
    static const double zero = 0.0;
    return (amp_column){.value = &zero, .stride = 0};
}

bool amp_column_is(amp_column column, double number)
{
    return column.stride == 0 && amp_same(column.value[0], number);
}

/* Hands a column on, or 0 and the end of memory when there is none. */
static amp_column kept(amp_columns *columns, const amp_column *column)
{
    if (column->value != NULL)
        return *column;
    columns->ok = false;
    return amp_column_zero();
}

double *amp_columns_room(amp_columns *columns, size_t stride)
{
    double *number = NULL;
    if (columns->ok)
        number = amp_market_new_numbers(columns->market, stride == 0 ? 1 : columns->count);
    if (number == NULL)
        columns->ok = false;
    return number;
}

static amp_column combine(amp_columns *columns, amp_column a, amp_column b,
                          double (*function)(double a, double b))
{
    const size_t stride = a.stride | b.stride;
    const size_t count = stride == 0 ? 1 : columns->count;
    double *number = amp_columns_room(columns, stride);
    if (number == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < count; t++)
        number[t] = function(amp_column_at(a, t), amp_column_at(b, t));
    return (amp_column){.value = number, .stride = stride};
}

static double product(double a, double b)
{
    return a * b;
}

static double quotient(double a, double b)
{
    return a / b;
}

static double sum(double a, double b)
{
    return a + b;
}

static double difference(double a, double b)
{
    return a - b;
}

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

amp_column amp_columns_multiply(amp_columns *columns, amp_column a, amp_column b)
{
    if (amp_column_is(b, 1.0))
        return a;
    if (amp_column_is(a, 1.0))
        return b;
    return combine(columns, a, b, product);
}

amp_column amp_columns_divide(amp_columns *columns, amp_column a, amp_column b)
{
    return amp_column_is(b, 1.0) ? a : combine(columns, a, b, quotient);
}

amp_column amp_columns_add(amp_columns *columns, amp_column a, amp_column b)
{
    if (amp_column_is(b, 0.0))
        return a;
    if (amp_column_is(a, 0.0))
        return b;
    return combine(columns, a, b, sum);
}

amp_column amp_columns_subtract(amp_columns *columns, amp_column a, amp_column b)
{
    return amp_column_is(b, 0.0) ? a : combine(columns, a, b, difference);
}

amp_column amp_columns_min(amp_columns *columns, amp_column a, amp_column b)
{
    return combine(columns, a, b, lesser);
}

amp_column amp_columns_map(amp_columns *columns, amp_column a,
                           double (*function)(double number, const void *context),
                           const void *context)
{
    const size_t count = a.stride == 0 ? 1 : columns->count;
    double *number = amp_columns_room(columns, a.stride);
    if (number == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < count; t++)
        number[t] = function(amp_column_at(a, t), context);
    return (amp_column){.value = number, .stride = a.stride};
}

amp_column amp_columns_constant(amp_columns *columns, double number)
{
    double *only = amp_columns_room(columns, 0);
    if (only == NULL)
        return amp_column_zero();
    *only = number;
    return (amp_column){.value = only, .stride = 0};
}

amp_column amp_columns_value(amp_columns *columns, const amp_value *value, bool *is_share)
{
    const amp_column column = amp_market_column(columns->market, value, is_share);
    return kept(columns, &column);
}

amp_column amp_columns_availability(amp_columns *columns, const amp_availability *availability)
{
    const amp_column column = amp_market_availability(columns->market, availability);
    return kept(columns, &column);
}

amp_column amp_columns_steps_at_most(amp_columns *columns, const amp_steps *steps, double before,
                                     const amp_value *cap)
{
    const amp_column column = amp_market_steps_at_most(columns->market, steps, before, cap);
    return kept(columns, &column);
}

amp_column amp_columns_hashprice(amp_columns *columns)
{
    const amp_column column = amp_market_hashprice(columns->market);
    return kept(columns, &column);
}
