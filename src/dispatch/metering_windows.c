/* SPDX-License-Identifier: Apache-2.0 */
/* Which parts of the horizon are to be solved as one. */
#include "dispatch/metering_parts.h"

#include <math.h>
#include <string.h>

/* Intervals: what is solved as one is no shorter, but for pins that come to nothing, and no longer.
 */
enum { WINDOW_LEAST = 36, WINDOW_MOST = 20000 };

/* What the price of a metering interval adds to the dual function above prices of its own for each
 * interval, USD per hour: 0 where these agree. */
static double local_gap(amp_pricing *pricing, size_t first, size_t end)
{
    amp_metering *m = pricing->metering;
    double gap = m->rho_usd[first] * m->cap_mw[first] * (double)(end - first);
    if (pricing->binding[first] == AMP_NO_PEAK)
        return 0.0;
    for (size_t t = first; t < end; t++) {
        const amp_battery_bids bids =
            amp_bids_at(&pricing->problem->storage, t, pricing->stored_usd[t]);
        amp_merit_build(m->priced_merit, t, AMP_MODE_RELAXED, 0.0, &m->priced_list);
        amp_merit_build(pricing->merit, t, AMP_MODE_RELAXED, 0.0, &pricing->list);
        gap += amp_metering_list_usd_per_h(&m->priced_list, bids) -
               amp_metering_list_usd_per_h(&pricing->list, bids);
    }
    return gap;
}

/* Whether the battery is full or empty after interval t: what comes before hangs together with what
 * comes after by nothing else. */
static bool is_pinned(const amp_pricing *pricing, size_t t)
{
    const amp_storage *s = &pricing->problem->storage;
    const double slack_mwh = 1e-9 * s->maximum_mwh;
    const double soc_mwh = pricing->solution.soc_mwh[t];
    return !s->is_present || soc_mwh <= s->minimum_mwh + slack_mwh ||
           soc_mwh >= s->maximum_mwh - slack_mwh;
}

/* What two parts that meet at a pin disagree on: stored energy may be worth more after an empty
 * battery, less after a full one, but no less and no more. */
static double clash_usd(const amp_pricing *pricing, size_t end)
{
    const amp_storage *s = &pricing->problem->storage;
    const double *stored_usd = pricing->metering->stored_usd;
    const double rise_usd = s->retention * stored_usd[end] - stored_usd[end - 1];
    if (!s->is_present)
        return 0.0;
    return amp_between_usd(s, rise_usd) - rise_usd * pricing->solution.soc_mwh[end - 1];
}

/* From pin to pin. @return how many */
static size_t make_windows(amp_pricing *pricing, double open_usd_per_h)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering_window *window = pricing->metering->window;
    size_t count = 0;
    size_t first = 0;
    bool is_open = false;
    for (size_t t = 0, end; t < p->interval_count; t = end) {
        end = amp_metered_end(p, t);
        is_open = is_open || local_gap(pricing, t, end) > open_usd_per_h;
        if (end < p->interval_count && end - first < WINDOW_MOST &&
            (end - first < WINDOW_LEAST || !is_pinned(pricing, end - 1)))
            continue;
        window[count++] = (amp_metering_window){end, is_open};
        first = end;
        is_open = false;
    }
    return count;
}

static bool solve_open(amp_pricing *pricing, size_t count)
{
    amp_metering_window *window = pricing->metering->window;
    bool is_solved = true;
    for (size_t i = 0, first = 0; i < count; first = window[i++].end) {
        if (window[i].is_open)
            is_solved = amp_metering_exact(pricing, first, window[i].end) && is_solved;
        window[i].is_open = false;
    }
    return is_solved;
}

/* Parts that disagree become one. @return how many there are then */
static size_t merge(amp_pricing *pricing, size_t count, double clash_most_usd)
{
    amp_metering_window *window = pricing->metering->window;
    size_t kept = 0;
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        const bool clashes = i + 1 < count && clash_usd(pricing, window[i].end) > clash_most_usd &&
                             window[i + 1].end - first <= WINDOW_MOST;
        if (clashes) {
            window[i + 1].is_open = true;
            continue;
        }
        first = window[i].end;
        window[kept++] = window[i];
    }
    return kept;
}

bool amp_metering_windows(amp_pricing *pricing, double gap_usd)
{
    const size_t intervals = pricing->problem->interval_count;
    amp_metering *m = pricing->metering;
    memcpy(m->stored_usd, pricing->stored_usd, intervals * sizeof(double));
    memcpy(m->split_mw, pricing->within_mw, intervals * sizeof(double));
    size_t count =
        make_windows(pricing, 0.1 * gap_usd / (double)intervals / pricing->problem->interval_h);
    for (;;) {
        if (!solve_open(pricing, count))
            return false;
        const size_t left = merge(pricing, count, 0.1 * gap_usd / (double)count);
        if (left == count)
            return true;
        count = left;
    }
}
