/* SPDX-License-Identifier: Apache-2.0 */
/** @file months.h  Local months and the intervals of a horizon; private to dispatch. */
#ifndef AMP_DISPATCH_MONTHS_H
#define AMP_DISPATCH_MONTHS_H

#include "model/portfolio.h"

/** One local month of which the horizon holds an interval. An interval belongs to the month in
 *  which it starts, also where midnight falls inside it. */
typedef struct {
    int year;
    int month; /**< 1 .. 12 */
    int64_t start_unix_s;
    int64_t end_unix_s; /**< start of the next */
    size_t first;       /**< intervals [first, end); never empty */
    size_t end;
} amp_month;

/**
 * The months of @p horizon in @p zone, in their order: the intervals of each begin where those of
 * the one before end.
 *
 * @param zone  a name that amp_calendar_open() knows
 * @param arena receives the array
 * @return AMP_OK, AMP_NOMEM, or the status of amp_calendar_open()
 */
amp_status amp_months_find(const char *zone, const amp_horizon *horizon, amp_arena *arena,
                           const amp_month **out, size_t *count);

/**
 * Metering intervals of @p metering_s, a multiple of the step that divides the day, by the local
 * clock: those of an hour from 0 minutes on, of a quarter from 0, 15, 30 and 45. Where the horizon,
 * a month or a change of the clock cuts one, its part is one of its own.
 *
 * @param out [interval_count] end of the one that each interval starts in, in @p arena
 */
amp_status amp_metering_find(const char *zone, const amp_horizon *horizon, int64_t metering_s,
                             amp_arena *arena, const uint32_t **out);

/** Part of the time of @p month that @p horizon holds, 0 < x <= 1. Exact to the second, so that a
 *  day of 23 or 25 hours counts as what it is. */
double amp_month_share(const amp_month *month, const amp_horizon *horizon);

/** Local years of @p zone that @p horizon holds, each by the share of its time: 1 for a whole one,
 *  of 365 days or 366. @return AMP_OK or the status of amp_calendar_open() */
amp_status amp_years_held(const char *zone, const amp_horizon *horizon, double *out);

#endif
