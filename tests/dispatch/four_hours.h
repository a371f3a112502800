/* SPDX-License-Identifier: Apache-2.0 */
/** @file four_hours.h  A site of four hours: the text of a portfolio in pieces, and its columns. */
#ifndef AMP_TESTS_FOUR_HOURS_H
#define AMP_TESTS_FOUR_HOURS_H

#include "dispatch/problem.h"

#include "study.h"

#define HEAD                                                                    \
    "ampacity: 1\n"                                                             \
    "currency: USD\n"                                                           \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T04:00:00Z, step: 1 h}\n" \
    "bitcoin: {hashprice: 42 USD/PH/day}\n"                                     \
    "series:\n"                                                                 \
    "  a: {file: series.csv, column: a}\n"                                      \
    "  b: {file: series.csv, column: b}\n"                                      \
    "sites:\n"                                                                  \
    "  - id: one\n"                                                             \
    "    country: US\n"                                                         \
    "    time_zone: UTC\n"

#define GRID   "    grid: {import_limit: 100 MW}\n"
#define SUPPLY "    supply: {energy_price: 40 USD/MWh}\n"

#define CSV(header, zero, one, two, three) \
    "time," header "\n"                    \
    "2025-01-01T00:00:00Z," zero "\n"      \
    "2025-01-01T01:00:00Z," one "\n"       \
    "2025-01-01T02:00:00Z," two "\n"       \
    "2025-01-01T03:00:00Z," three "\n"

/** Two columns that change nothing. */
#define FLAT CSV("a [1],b [1]", "1,1", "1,1", "1,1", "1,1")

/** The four numbers of a column; a stride of 0 where a constant is expected is checked too. */
static inline void check_column(amp_column column, size_t stride, const double *want)
{
    assert_int_equal(column.stride, stride);
    for (size_t t = 0; t < 4; t++)
        assert_near(amp_column_at(column, t), want[t * stride], 1e-12);
}

static inline void check_constant(amp_column column, double want)
{
    check_column(column, 0, &want);
}

#define CHECK_VARYING(column, ...) check_column((column), 1, (const double[]){__VA_ARGS__})

#endif
