/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/explain_starts.h"

#include "dispatch/restart.h"

#include <math.h>

/* Prices and powers that differ by less than this share are the same. */
static const double same_share = 1e-5;

/* One fleet. */
typedef struct {
    const amp_site_problem *problem;
    const amp_schedule *schedule;
    const amp_restart *restart;
    uint32_t tier;
} fleet;

/* What a MWh of mining earns above the price of interval t; below 0 a loss. */
static double gain_usd_per_mwh(const fleet *f, size_t t)
{
    const double value = amp_column_at(f->problem->tier[f->tier].value_usd_per_mwh, t);
    const double gain = value - f->schedule->internal_price_usd_per_mwh[t];
    return fabs(gain) > same_share * fmax(1.0, fabs(value)) ? gain : 0.0;
}

/* MW that run at a loss, or stand still where they would earn. */
static double odd_mw(const fleet *f, bool keeps_running, size_t t)
{
    const double most_mw = amp_column_at(f->problem->tier[f->tier].power_mw, t);
    const double mw = keeps_running ? f->schedule->tier_mw[f->tier][t]
                                    : most_mw - f->schedule->tier_mw[f->tier][t];
    const double gain = gain_usd_per_mwh(f, t);
    const bool is_odd = keeps_running ? gain < 0.0 : gain > 0.0;
    return is_odd && mw > same_share * fmax(1.0, most_mw) ? mw : 0.0;
}

/* The stretch around interval t in which the fleet goes on like that. */
static amp_explained_start stretch(const fleet *f, bool keeps_running, size_t t)
{
    const amp_site_problem *p = f->problem;
    size_t first = t;
    size_t end = t + 1;
    double mw = odd_mw(f, keeps_running, t);
    amp_explained_start out = {.id = p->load[f->restart->load].id,
                               .keeps_running = keeps_running,
                               .mw = mw,
                               .gain_usd_per_mwh = gain_usd_per_mwh(f, t)};
    while (first > 0 && odd_mw(f, keeps_running, first - 1) > 0.0)
        first--;
    while (end < p->interval_count && odd_mw(f, keeps_running, end) > 0.0)
        end++;
    for (size_t k = first; k < end; k++)
        mw = fmin(mw, odd_mw(f, keeps_running, k));
    for (size_t k = first; k < end; k++)
        out.stretch_usd += mw * p->interval_h * fabs(gain_usd_per_mwh(f, k));
    const size_t start = keeps_running ? end : first;
    if (start < p->interval_count)
        out.start_usd =
            amp_restart_running_mw(f->restart, start, mw) * amp_restart_cost_usd(f->restart, start);
    out.hours = (double)(end - first) * p->interval_h;
    out.stretch_mw = mw;
    return out;
}

bool amp_explain_starts(const amp_site_problem *problem, const amp_schedule *schedule, size_t t,
                        amp_arena *arena, amp_explained_interval *out)
{
    amp_explained_start *start = AMP_ARENA_NEW(arena, amp_explained_start, problem->restart_count);
    if (start == NULL)
        return false;
    out->start = start;
    for (size_t i = 0; i < problem->restart_count; i++) {
        const amp_restart *restart = &problem->restart[i];
        const fleet f = {problem, schedule, restart, problem->load[restart->load].first_tier};
        const bool keeps_running = odd_mw(&f, true, t) > 0.0;
        if (keeps_running || odd_mw(&f, false, t) > 0.0)
            start[out->start_count++] = stretch(&f, keeps_running, t);
    }
    return true;
}
