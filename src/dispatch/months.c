/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/months.h"

#include "base/calendar.h"

#include <assert.h>

enum { SHORTEST_MONTH_S = 27 * AMP_SECONDS_PER_DAY }; /* 28 days without a skipped one */

/* The first interval that starts at @p unix_s or later; interval_count when there is none. */
static size_t interval_from(const amp_horizon *horizon, int64_t unix_s)
{
    const int64_t begun_s = unix_s - horizon->from_unix_s;
    const int64_t t = (begun_s + horizon->step_s - 1) / horizon->step_s;
    return (size_t)t < horizon->interval_count ? (size_t)t : horizon->interval_count;
}

static amp_month month_at(amp_calendar *calendar, const amp_horizon *horizon, size_t first)
{
    const int64_t unix_s = horizon->from_unix_s + (int64_t)first * horizon->step_s;
    const amp_civil local = amp_calendar_civil(calendar, unix_s);
    amp_month month = {.year = local.year,
                       .month = local.month,
                       .start_unix_s = amp_calendar_month_start(calendar, unix_s, 0),
                       .end_unix_s = amp_calendar_month_start(calendar, unix_s, 1),
                       .first = first};
    month.end = interval_from(horizon, month.end_unix_s);
    assert(month.end > first);
    return month;
}

amp_status amp_months_find(const char *zone, const amp_horizon *horizon, amp_arena *arena,
                           const amp_month **out, size_t *count)
{
    const int64_t length_s = horizon->to_unix_s - horizon->from_unix_s;
    const size_t most = (size_t)(length_s / SHORTEST_MONTH_S) + 2;
    amp_month *month = AMP_ARENA_NEW(arena, amp_month, most);
    amp_calendar *calendar = NULL;
    if (month == NULL)
        return AMP_NOMEM;
    const amp_status status = amp_calendar_open(zone, &calendar, NULL);
    if (status != AMP_OK)
        return status;
    size_t found = 0;
    for (size_t t = 0; t < horizon->interval_count; t = month[found++].end) {
        assert(found < most);
        month[found] = month_at(calendar, horizon, t);
    }
    amp_calendar_close(calendar);
    *out = month;
    *count = found;
    return AMP_OK;
}

/* Seconds since local midnight. */
static int32_t clock_s(amp_calendar *calendar, const amp_horizon *horizon, size_t t)
{
    const int64_t unix_s = horizon->from_unix_s + (int64_t)t * horizon->step_s;
    const amp_civil at = amp_calendar_civil(calendar, unix_s);
    return (at.hour * 60 + at.minute) * 60 + at.second;
}

/* Months begin at midnight, where a metering interval does. */
amp_status amp_metering_find(const char *zone, const amp_horizon *horizon, int64_t metering_s,
                             amp_arena *arena, const uint32_t **out)
{
    const size_t count = horizon->interval_count;
    amp_calendar *calendar = NULL;
    uint32_t *end = AMP_ARENA_NEW(arena, uint32_t, count);
    if (end == NULL)
        return AMP_NOMEM;
    const amp_status status = amp_calendar_open(zone, &calendar, NULL);
    if (status != AMP_OK)
        return status;
    int64_t before_s = 0;
    for (size_t t = 0, first = 0; t < count; t++) {
        const int64_t now_s = clock_s(calendar, horizon, t);
        const bool is_on = now_s == before_s + horizon->step_s; /* the clock did not change */
        if (t > 0 && (!is_on || now_s / metering_s != before_s / metering_s))
            first = t;
        for (size_t i = first; i <= t; i++)
            end[i] = (uint32_t)(t + 1);
        before_s = now_s;
    }
    amp_calendar_close(calendar);
    *out = end;
    return AMP_OK;
}

double amp_month_share(const amp_month *month, const amp_horizon *horizon)
{
    const int64_t from_s =
        month->start_unix_s > horizon->from_unix_s ? month->start_unix_s : horizon->from_unix_s;
    const int64_t to_s =
        month->end_unix_s < horizon->to_unix_s ? month->end_unix_s : horizon->to_unix_s;
    return (double)(to_s - from_s) / (double)(month->end_unix_s - month->start_unix_s);
}

amp_status amp_years_held(const char *zone, const amp_horizon *horizon, double *out)
{
    enum { MONTHS = 12 };
    amp_calendar *calendar = NULL;
    const amp_status status = amp_calendar_open(zone, &calendar, NULL);
    if (status != AMP_OK)
        return status;
    double years = 0.0;
    for (int64_t at_s = horizon->from_unix_s; at_s < horizon->to_unix_s;) {
        const int months = amp_calendar_civil(calendar, at_s).month - 1;
        const int64_t start_s = amp_calendar_month_start(calendar, at_s, -months);
        const int64_t next_s = amp_calendar_month_start(calendar, at_s, MONTHS - months);
        const int64_t end_s = next_s < horizon->to_unix_s ? next_s : horizon->to_unix_s;
        years += (double)(end_s - at_s) / (double)(next_s - start_s);
        at_s = end_s;
    }
    amp_calendar_close(calendar);
    *out = years;
    return AMP_OK;
}
