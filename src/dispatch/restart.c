/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/restart.h"

#include <math.h>
#include <string.h>

/* ---- plans ---- */

static double *new_row(const amp_site_problem *problem, amp_arena *arena)
{
    return AMP_ARENA_NEW(arena, double, problem->interval_count);
}

amp_status amp_restart_plan_new(const amp_site_problem *problem, amp_arena *arena,
                                amp_restart_plan *out)
{
    amp_restart_plan plan = {.price_usd = AMP_ARENA_NEW(arena, double *, problem->restart_count),
                             .tier_mw = AMP_ARENA_NEW(arena, double *, problem->tier_count)};
    if (plan.price_usd == NULL || plan.tier_mw == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < problem->restart_count; i++) {
        const amp_load *load = &problem->load[problem->restart[i].load];
        plan.price_usd[i] = new_row(problem, arena);
        if (plan.price_usd[i] == NULL)
            return AMP_NOMEM;
        for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
            plan.tier_mw[k] = new_row(problem, arena);
            if (plan.tier_mw[k] == NULL)
                return AMP_NOMEM;
        }
    }
    *out = plan;
    return AMP_OK;
}

static double within(double number, double low, double high)
{
    return fmax(low, fmin(number, high));
}

static void clean_interval(const amp_site_problem *problem, const amp_load *load, size_t t,
                           amp_restart_plan *plan)
{
    const double dust = 1e-9;
    const uint32_t first = load->first_tier;
    const double lowest_mw = amp_column_at(problem->tier[first].power_mw, t);
    for (uint32_t k = first; k < first + load->tier_count; k++) {
        const double most_mw = amp_column_at(problem->tier[k].power_mw, t);
        const double running_mw = k == first || lowest_mw <= 0.0
                                      ? most_mw
                                      : plan->tier_mw[first][t] / lowest_mw * most_mw;
        double *mw = &plan->tier_mw[k][t];
        if (*mw < dust * most_mw)
            *mw = 0.0;
        else if (*mw > (1.0 - dust) * most_mw)
            *mw = most_mw;
        *mw = within(*mw, 0.0, running_mw);
    }
}

void amp_restart_plan_clean(const amp_site_problem *problem, amp_restart_plan *plan)
{
    for (size_t i = 0; i < problem->restart_count; i++)
        for (size_t t = 0; t < problem->interval_count; t++)
            clean_interval(problem, &problem->load[problem->restart[i].load], t, plan);
}

/* ---- money ---- */

static double starts_usd(const amp_site_problem *problem, const amp_restart *restart,
                         const double *tier_mw)
{
    double before_mw = restart->initial_mw;
    double usd = 0.0;
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double running_mw = amp_restart_running_mw(restart, t, tier_mw[t]);
        usd += fmax(0.0, running_mw - before_mw) * amp_restart_cost_usd(restart, t);
        before_mw = running_mw;
    }
    return usd;
}

double amp_restart_plan_usd(const amp_site_problem *problem, const amp_restart_plan *plan)
{
    double usd = 0.0;
    for (size_t i = 0; i < problem->restart_count; i++) {
        const amp_load *load = &problem->load[problem->restart[i].load];
        usd -= starts_usd(problem, &problem->restart[i], plan->tier_mw[load->first_tier]);
        for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++)
            for (size_t t = 0; t < problem->interval_count; t++)
                usd += plan->tier_mw[k][t] * problem->interval_h *
                       amp_column_at(problem->tier[k].value_usd_per_mwh, t);
    }
    return usd;
}

/* ---- the site at prices of starts ---- */

/* The price in interval t, cut to where a bound is one. At the end of the horizon it is 0. */
static double price_at(const amp_site_problem *problem, const amp_restart_plan *plan, size_t i,
                       size_t t)
{
    if (t == problem->interval_count)
        return 0.0;
    return within(plan->price_usd[i][t], 0.0, amp_restart_cost_usd(&problem->restart[i], t));
}

/* What the first tier is worth when its starts have a price. A higher mode cannot do without it:
 * where it would be worth more than the first, the two are one tier of their mean value. */
static void price_interval(const amp_site_problem *problem, const amp_load *load, size_t t,
                           double change_usd, double *const *value)
{
    const uint32_t first = load->first_tier;
    const uint32_t end = first + load->tier_count;
    for (uint32_t k = first; k < end; k++)
        value[k][t] = amp_column_at(problem->tier[k].value_usd_per_mwh, t);
    value[first][t] += change_usd;
    double width_mw = amp_column_at(problem->tier[first].power_mw, t);
    double mean = value[first][t];
    uint32_t pooled = first + 1;
    for (; pooled < end && value[pooled][t] > mean; pooled++) {
        const double next_mw = amp_column_at(problem->tier[pooled].power_mw, t);
        if (width_mw + next_mw <= 0.0)
            break;
        mean = (mean * width_mw + value[pooled][t] * next_mw) / (width_mw + next_mw);
        width_mw += next_mw;
    }
    for (uint32_t k = first; k < pooled; k++)
        value[k][t] = mean;
}

static void price_fleet(const amp_site_problem *problem, const amp_restart_plan *plan, size_t i,
                        double *const *value)
{
    const amp_restart *restart = &problem->restart[i];
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double change_usd =
            (price_at(problem, plan, i, t + 1) - price_at(problem, plan, i, t)) *
            amp_column_at(restart->running_per_mw, t) / problem->interval_h;
        price_interval(problem, &problem->load[restart->load], t, change_usd, value);
    }
}

/* A copy of the tiers. Those of fleets whose starts cost get columns of their own: @p value, or a
 * power of 0 where it is NULL. */
static amp_tier *copy_tiers(const amp_site_problem *problem, amp_arena *arena, double **value)
{
    static const double zero = 0.0;
    amp_tier *tier = AMP_ARENA_NEW(arena, amp_tier, problem->tier_count);
    if (tier == NULL)
        return NULL;
    if (problem->tier_count > 0)
        memcpy(tier, problem->tier, problem->tier_count * sizeof *tier);
    for (size_t i = 0; i < problem->restart_count; i++) {
        const amp_load *load = &problem->load[problem->restart[i].load];
        for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
            if (value == NULL) {
                tier[k].power_mw = (amp_column){.value = &zero, .stride = 0};
                continue;
            }
            value[k] = new_row(problem, arena);
            if (value[k] == NULL)
                return NULL;
            tier[k].value_usd_per_mwh = (amp_column){.value = value[k], .stride = 1};
        }
    }
    return tier;
}

amp_status amp_restart_price(const amp_site_problem *problem, const amp_restart_plan *plan,
                             amp_arena *arena, amp_site_problem *out, double *constant_usd)
{
    double **value = AMP_ARENA_NEW(arena, double *, problem->tier_count);
    amp_tier *tier = value == NULL ? NULL : copy_tiers(problem, arena, value);
    if (tier == NULL)
        return AMP_NOMEM;
    *constant_usd = 0.0;
    for (size_t i = 0; i < problem->restart_count; i++) {
        price_fleet(problem, plan, i, value);
        *constant_usd += price_at(problem, plan, i, 0) * problem->restart[i].initial_mw;
    }
    *out = *problem;
    out->tier = tier;
    out->restart_count = 0;
    return AMP_OK;
}

amp_status amp_restart_price_at(const amp_site_problem *problem, const double *start_usd,
                                amp_arena *arena, amp_site_problem *out)
{
    amp_restart_plan plan = {0};
    double constant_usd = 0.0;
    if (problem->restart_count == 0) {
        *out = *problem;
        return AMP_OK;
    }
    if (amp_restart_plan_new(problem, arena, &plan) != AMP_OK)
        return AMP_NOMEM;
    for (size_t i = 0; i < problem->restart_count && start_usd != NULL; i++)
        memcpy(plan.price_usd[i], start_usd + i * problem->interval_count,
               problem->interval_count * sizeof(double));
    return amp_restart_price(problem, &plan, arena, out, &constant_usd);
}

/* ---- the site with a path ---- */

amp_status amp_restart_fix(const amp_site_problem *problem, const amp_restart_plan *plan,
                           double kept, amp_arena *arena, amp_site_problem *out)
{
    amp_tier *tier = copy_tiers(problem, arena, NULL);
    double *must_mw = new_row(problem, arena);
    if (tier == NULL || must_mw == NULL)
        return AMP_NOMEM;
    for (size_t t = 0; t < problem->interval_count; t++) {
        must_mw[t] = amp_column_at(problem->must_mw, t);
        for (uint32_t k = 0; k < problem->tier_count; k++)
            if (plan->tier_mw[k] != NULL)
                must_mw[t] += kept * plan->tier_mw[k][t];
    }
    *out = *problem;
    out->tier = tier;
    out->must_mw = (amp_column){.value = must_mw, .stride = 1};
    out->restart_count = 0;
    return AMP_OK;
}

static double highest(amp_column column, size_t count)
{
    double most = amp_column_at(column, 0);
    for (size_t t = 1; t < count && column.stride != 0; t++)
        most = fmax(most, amp_column_at(column, t));
    return most;
}

/* More than a MWh can be worth to anything else. */
static double most_usd_per_mwh(const amp_site_problem *p)
{
    const double margin_usd_per_mwh = 1e3;
    const size_t n = p->interval_count;
    double most =
        fmax(highest(p->import_price_usd_per_mwh, n), highest(p->export_price_usd_per_mwh, n));
    double peaks_usd = 0.0;
    for (size_t k = 0; k < p->tier_count; k++)
        most = fmax(most, highest(p->tier[k].value_usd_per_mwh, n));
    for (size_t i = 0; i < p->source_count; i++)
        most = fmax(most, highest(p->source[i].cost_usd_per_mwh, n));
    for (size_t k = 0; k < p->peak_count; k++)
        peaks_usd += p->peak[k].charge_usd_per_mw / p->interval_h;
    return most + peaks_usd + margin_usd_per_mwh;
}

amp_status amp_restart_hold(const amp_site_problem *problem, const amp_restart_plan *plan,
                            amp_arena *arena, amp_site_problem *out, double *constant_usd)
{
    amp_tier *tier = copy_tiers(problem, arena, NULL);
    double *value = AMP_ARENA_NEW(arena, double, 1);
    double held_mwh = 0.0;
    if (tier == NULL || value == NULL)
        return AMP_NOMEM;
    *value = most_usd_per_mwh(problem);
    for (size_t k = 0; k < problem->tier_count; k++) {
        if (plan->tier_mw[k] == NULL)
            continue;
        tier[k].value_usd_per_mwh = (amp_column){.value = value, .stride = 0};
        tier[k].power_mw = (amp_column){.value = plan->tier_mw[k], .stride = 1};
        for (size_t t = 0; t < problem->interval_count; t++)
            held_mwh += plan->tier_mw[k][t] * problem->interval_h;
    }
    *constant_usd = amp_restart_plan_usd(problem, plan) - held_mwh * *value;
    *out = *problem;
    out->tier = tier;
    out->restart_count = 0;
    return AMP_OK;
}
