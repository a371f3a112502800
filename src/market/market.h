/* SPDX-License-Identifier: Apache-2.0 */
/** @file market.h  The series of a portfolio on its horizon: read, checked, resampled. */
#ifndef AMP_MARKET_MARKET_H
#define AMP_MARKET_MARKET_H

#include "model/portfolio.h"

/**
 * One number per interval, or one for all of them: the number of interval t is
 * `value[t * stride]`, with stride 1 or 0. Does not own what it points to.
 */
typedef struct {
    const double *value;
    size_t stride;
} amp_column;

static inline double amp_column_at(amp_column column, size_t t)
{
    return column.value[t * column.stride];
}

/** All series of one portfolio. What they say never changes after loading, but columns are made on
 *  first use and kept: the functions that return amp_column serve one thread at a time. A column
 *  that was returned never changes and may be read from any thread as long as the market lives. */
typedef struct amp_market amp_market;

/**
 * Reads every file that a series of @p portfolio names and that some key uses (each file once),
 * checks columns, units, times, gaps and coverage against the horizon, and resamples: intensive
 * quantities hold when the series is coarser than the step and are time-averaged when finer;
 * energies (MWh, J) are spread or summed. All findings are collected.
 *
 * @param out receives the market, owned by the caller, when there was no error. It keeps a pointer
 *            to @p portfolio, which must outlive it.
 * @return AMP_OK or amp_diagnostics_status().
 */
amp_status amp_market_load(const amp_portfolio *portfolio, amp_diagnostics *diagnostics,
                           amp_market **out);
void amp_market_free(amp_market *market);

/** What @p value is in each interval of the horizon, in the unit of its key, money in USD.
 *  @p is_share (may be NULL) tells whether it is a share where the key takes shares too.
 *  column.value is NULL when there is no memory. */
amp_column amp_market_column(amp_market *market, const amp_value *value, bool *is_share);

/** Share available in each interval (1 where the key is absent). */
amp_column amp_market_availability(amp_market *market, const amp_availability *availability);

/** What dated steps say in each interval: time-weighted where a date falls inside an interval, and
 *  @p before until the first date. Stride 0 when it never changes. Kept by the address of @p steps,
 *  which must be part of the portfolio. */
amp_column amp_market_steps(amp_market *market, const amp_steps *steps, double before);

/** The same where no more than @p cap (NULL: no cap) counts at any instant, not only on average: 0
 *  for half an hour and then 100 is 4 in that hour when @p cap is 8. @p cap is part of the
 * portfolio too. */
amp_column amp_market_steps_at_most(amp_market *market, const amp_steps *steps, double before,
                                    const amp_value *cap);

/** The same into @p out, one number an interval, with a cap of the caller's (value NULL: no cap);
 *  nothing is kept. False when there is no memory. */
bool amp_market_fill_steps(amp_market *market, const amp_steps *steps, double before,
                           amp_column cap, double *out);

/** Hashprice in USD/PH/day in each interval, given or computed from price, difficulty, fees and
 *  height. The portfolio must have bitcoin.is_set. */
amp_column amp_market_hashprice(amp_market *market);

/** Room for @p count numbers that lives as long as the market, or NULL. */
double *amp_market_new_numbers(amp_market *market, size_t count);

/** Facts about one series that was read, for `check`: rows, own step, first and last time, rows
 *  filled. @return false when the series was not needed. */
typedef struct {
    size_t row_count;
    int64_t own_step_s;
    int64_t first_unix_s;
    int64_t end_unix_s; /**< the last row lasts one own step */
    size_t filled_count;
    double minimum, mean, maximum; /**< over the horizon, in the unit of the header */
    const char *unit;              /**< as in the header */
} amp_series_facts;
bool amp_market_facts(const amp_market *market, size_t series, amp_series_facts *out);

#endif
