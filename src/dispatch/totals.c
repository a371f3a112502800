/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/totals.h"

static void clear(double *out, size_t count)
{
    for (size_t t = 0; t < count; t++)
        out[t] = 0.0;
}

static void add(double *out, const double *power_mw, size_t count)
{
    for (size_t t = 0; t < count; t++)
        out[t] += power_mw[t];
}

void amp_totals_load_mw(const amp_site_problem *problem, const amp_schedule *schedule,
                        amp_load_kind kind, double *out)
{
    clear(out, schedule->interval_count);
    for (size_t i = 0; i < problem->load_count; i++) {
        if (problem->load[i].kind == kind)
            add(out, schedule->load_mw[i], schedule->interval_count);
    }
}

void amp_totals_source_mw(const amp_site_problem *problem, const amp_schedule *schedule,
                          double *out)
{
    clear(out, schedule->interval_count);
    for (size_t i = 0; i < problem->source_count; i++)
        if (problem->source[i].kind == AMP_SOURCE_GENERATOR)
            add(out, schedule->source_mw[i], schedule->interval_count);
}
