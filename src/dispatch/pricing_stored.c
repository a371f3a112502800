/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The energy behind what the battery holds of reserves: a row an interval, each with a price. The
 * bound needs no search for them: given the worths of stored energy, the best price of a row is how
 * far they fall over the interval, as far as reserves pay. The schedule follows what the last path
 * says: how much more the battery could hold if more were stored, and at which prices.
 */
#include "dispatch/pricing_parts.h"
#include "dispatch/reserve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* MWh stored for each MW that is held. */
static double mwh_per_mw(const amp_site_problem *p)
{
    return p->reserve[0].duration_h / p->storage.discharge_efficiency;
}

bool amp_pricing_has_stored(const amp_pricing *pricing)
{
    return pricing->held_usd != NULL;
}

bool amp_pricing_take_stored(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    if (!amp_reserve_wants_energy(p))
        return true;
    const size_t parts = n * p->reserve_count;
    double *next = calloc(7 * n + 4 * parts + 1, sizeof *next);
    if (next == NULL)
        return false;
    double **const arrays[] = {
        &pricing->held_usd,  &pricing->mean_held_usd, &pricing->mean_net_mw,  &pricing->plan_mw,
        &pricing->plan_mwh,  &pricing->best_plan_mw,  &pricing->mean_plan_mw, &pricing->worth_usd,
        &pricing->worth_mwh, &pricing->kept_usd,      &pricing->kept_mwh};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = next;
        next += i < 7 ? n : parts;
    }
    return true;
}

void amp_pricing_see_stored(amp_pricing *pricing)
{
    if (!amp_pricing_has_stored(pricing))
        return;
    pricing->seen_worth = (amp_stored_worth){.count = pricing->problem->reserve_count,
                                             .length_mwh = pricing->worth_mwh,
                                             .usd_per_mwh = pricing->worth_usd};
    pricing->seen.storage.stored = &pricing->seen_worth;
    pricing->seen.storage.held_usd_per_mwh = (amp_column){.value = pricing->held_usd, .stride = 1};
}

void amp_pricing_free_stored(amp_pricing *pricing)
{
    free(pricing->held_usd); /* the first of all arrays */
}

/* What stored energy is worth just after interval t. */
static double worth_after(const amp_pricing *pricing, size_t t)
{
    const amp_storage *storage = &pricing->problem->storage;
    if (t + 1 < pricing->problem->interval_count)
        return storage->retention * pricing->stored_usd[t + 1];
    return storage->final == AMP_FINAL_FREE ? storage->terminal_value_usd_per_mwh : -HUGE_VAL;
}

/* What the last MWh stored at the end of interval t earns, and the next one: USD for a MW and hour
 * that it backs. */
typedef struct {
    double last_usd;
    double next_usd;
} edge_prices;

static edge_prices prices_around(const amp_pricing *pricing, size_t t)
{
    const amp_site_problem *p = pricing->problem;
    const size_t count = p->reserve_count;
    const double scale = mwh_per_mw(p) / p->interval_h;
    const double sliver_mwh = 1e-9 * p->storage.maximum_mwh;
    const double stored_mwh = pricing->solution.soc_mwh[t] - p->storage.minimum_mwh;
    edge_prices around = {.last_usd = stored_mwh <= sliver_mwh ? HUGE_VAL : 0.0};
    double end_mwh = 0.0;
    for (size_t k = 0; k < count; k++) {
        const double usd = pricing->worth_usd[t * count + k] * scale;
        if (pricing->worth_mwh[t * count + k] <= 0.0)
            continue;
        if (around.next_usd <= 0.0 && stored_mwh >= end_mwh - sliver_mwh &&
            stored_mwh < end_mwh + pricing->worth_mwh[t * count + k] - sliver_mwh)
            around.next_usd = usd;
        end_mwh += pricing->worth_mwh[t * count + k];
        if (around.last_usd <= 0.0 && stored_mwh <= end_mwh + sliver_mwh)
            around.last_usd = usd;
    }
    return around;
}

void amp_pricing_price_rows(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const double per_mw = p->interval_h / mwh_per_mw(p);
    for (size_t t = 0; t < p->interval_count && !pricing->is_all_priced; t++) {
        const double after_usd = worth_after(pricing, t);
        const edge_prices around = prices_around(pricing, t);
        const double fall_usd =
            isinf(after_usd) ? around.next_usd : (pricing->stored_usd[t] - after_usd) / per_mw;
        const double usd = fmax(around.next_usd, fmin(around.last_usd, fall_usd));
        pricing->held_usd[t] = fmax(0.0, fmin(usd, amp_reserve_most_usd(p, t)));
    }
}

double amp_pricing_row_usd(const amp_pricing *pricing, size_t t)
{
    const amp_site_problem *p = pricing->problem;
    return pricing->held_usd == NULL ? 0.0 : pricing->held_usd[t] * p->interval_h / mwh_per_mw(p);
}

/* What the battery could hold in interval t if enough were stored, in parts by price. */
void amp_pricing_note_held(amp_pricing *pricing, size_t t, double net_mw)
{
    const amp_site_problem *p = pricing->problem;
    const size_t count = p->reserve_count;
    const double spare_mw = fmax(0.0, amp_column_at(p->storage.discharge_limit_mw, t) - net_mw);
    const double load_mw = amp_reserve_used_mw(&pricing->list, net_mw);
    amp_reserve_parts parts = amp_reserve_beyond(p, t, load_mw, spare_mw);
    for (size_t k = 0; k < count; k++) {
        const bool is_part = k < parts.count;
        pricing->worth_mwh[t * count + k] = is_part ? parts.power_mw[k] * mwh_per_mw(p) : 0.0;
        pricing->worth_usd[t * count + k] =
            is_part ? parts.usd_per_mwh[k] * p->interval_h / mwh_per_mw(p) : 0.0;
    }
}

double amp_pricing_held_usd(amp_pricing *pricing, size_t t, double net_mw, double soc_mwh)
{
    const double lost = amp_merit_lost_usd_per_h(pricing->merit, t);
    amp_merit_build(pricing->merit, t, AMP_MODE_RELAXED, lost, &pricing->list);
    return amp_reserve_true_usd_per_h(&pricing->seen, t, &pricing->list, net_mw,
                                      soc_mwh - pricing->problem->storage.minimum_mwh);
}

double amp_pricing_path_usd(amp_pricing *pricing, const amp_solution *path)
{
    const amp_site_problem *p = pricing->problem;
    const amp_storage *storage = &p->storage;
    double usd_per_h = 0.0;
    for (size_t t = 0; t < p->interval_count; t++)
        usd_per_h += amp_pricing_held_usd(pricing, t, path->net_mw[t], path->soc_mwh[t]) -
                     storage->wear_usd_per_mwh * fabs(path->net_mw[t]);
    return usd_per_h * p->interval_h +
           storage->terminal_value_usd_per_mwh * path->soc_mwh[p->interval_count - 1];
}

/* Means over the calls: what one path shows counts less the more there were. */
static void take_means(amp_pricing *pricing, double weight)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = 0; t < p->interval_count; t++) {
        double *mean_usd = &pricing->mean_held_usd[t];
        double *mean_mw = &pricing->mean_net_mw[t];
        *mean_usd += weight * (pricing->held_usd[t] - *mean_usd);
        *mean_mw += weight * (pricing->solution.net_mw[t] - *mean_mw);
    }
}

/* What the battery could hold, beside the loads of the last path, at its mean output. */
static void price_parts(amp_pricing *pricing, double weight)
{
    const amp_site_problem *p = pricing->problem;
    const bool is_best = pricing->path_usd > pricing->best_usd || pricing->follows == 0;
    if (is_best)
        pricing->best_usd = pricing->path_usd;
    for (size_t t = 0; t < p->interval_count; t++) {
        const double lost = amp_merit_lost_usd_per_h(pricing->merit, t);
        amp_merit_build(pricing->merit, t, AMP_MODE_RELAXED, lost, &pricing->list);
        const double spare_mw =
            amp_column_at(p->storage.discharge_limit_mw, t) - pricing->solution.net_mw[t];
        const double stored_mwh = pricing->solution.soc_mwh[t] - p->storage.minimum_mwh;
        const double backed_mw = fmax(0.0, fmin(spare_mw, stored_mwh / mwh_per_mw(p)));
        const double loads_mw = amp_reserve_used_mw(&pricing->list, pricing->solution.net_mw[t]);
        const double wanted_mw = amp_reserve_wanted_mw(p, t) - loads_mw;
        const double held_mw = fmax(0.0, fmin(backed_mw, wanted_mw));
        pricing->mean_plan_mw[t] += weight * (held_mw - pricing->mean_plan_mw[t]);
        if (is_best)
            pricing->best_plan_mw[t] = held_mw;
        amp_pricing_note_held(pricing, t, pricing->mean_net_mw[t]);
    }
}

/* All stored energy at the mean price: what the call finds is the best that the bound can be at
 * these prices. */
static void price_all(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const amp_storage *storage = &p->storage;
    const size_t count = p->reserve_count;
    memset(pricing->worth_mwh, 0, p->interval_count * count * sizeof(double));
    for (size_t t = 0; t < p->interval_count; t++) {
        pricing->worth_mwh[t * count] = storage->maximum_mwh - storage->minimum_mwh;
        pricing->worth_usd[t * count] = amp_pricing_row_usd(pricing, t);
    }
}

/* Keeps what the next call sees of parts, or gives it back. */
static void keep_parts(amp_pricing *pricing, bool gives_back)
{
    const size_t bytes =
        pricing->problem->interval_count * pricing->problem->reserve_count * sizeof(double);
    memcpy(gives_back ? pricing->worth_mwh : pricing->kept_mwh,
           gives_back ? pricing->kept_mwh : pricing->worth_mwh, bytes);
    memcpy(gives_back ? pricing->worth_usd : pricing->kept_usd,
           gives_back ? pricing->kept_usd : pricing->worth_usd, bytes);
}

void amp_pricing_follow_path(amp_pricing *pricing)
{
    enum { BOUND_EVERY = 5 };
    const double slowness = 4.0;
    const double weight = 1.0 / (1.0 + (double)pricing->follows / slowness);
    if (pricing->is_all_priced) {
        keep_parts(pricing, true);
    } else {
        take_means(pricing, weight);
        price_parts(pricing, weight);
    }
    memcpy(pricing->held_usd, pricing->mean_held_usd,
           pricing->problem->interval_count * sizeof(double));
    pricing->is_all_priced = ++pricing->follows % BOUND_EVERY == 0;
    if (!pricing->is_all_priced)
        return;
    keep_parts(pricing, false);
    price_all(pricing);
}

void amp_pricing_choose_plan(amp_pricing *pricing, bool is_best)
{
    const double *plan_mw = is_best ? pricing->best_plan_mw : pricing->mean_plan_mw;
    memcpy(pricing->plan_mw, plan_mw, pricing->problem->interval_count * sizeof(double));
}

void amp_pricing_drop_plan(amp_pricing *pricing)
{
    memset(pricing->plan_mw, 0, pricing->problem->interval_count * sizeof(double));
}

void amp_pricing_set_plan(amp_pricing *pricing, bool is_on)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = 0; t < p->interval_count; t++)
        pricing->plan_mwh[t] = pricing->plan_mw[t] * mwh_per_mw(p);
    pricing->seen.storage.plan_mw = is_on ? pricing->plan_mw : NULL;
    pricing->seen.storage.plan_mwh = is_on ? pricing->plan_mwh : NULL;
}

/* Rounding, or modes that the plan wants mixed, may leave no path that keeps it. */
static bool is_within_limits(const amp_site_problem *p, const amp_solution *path)
{
    const amp_storage *storage = &p->storage;
    const double sliver_mwh = 1e-9 * (1.0 + storage->maximum_mwh);
    for (size_t t = 0; t < p->interval_count; t++)
        if (path->soc_mwh[t] < storage->minimum_mwh - sliver_mwh ||
            path->soc_mwh[t] > storage->maximum_mwh + sliver_mwh)
            return false;
    return true;
}

/* Supply can charge no more, uses can take no more, and the plan leaves no more. */
static bool is_within_list(const amp_merit_list *list, double net_mw, double most_mw)
{
    const double sliver_mw = 1e-7 * (1.0 + fabs(list->offset_mw));
    return net_mw >= -list->offset_mw - sliver_mw &&
           net_mw <= fmin(most_mw, amp_merit_most_net_mw(list)) + sliver_mw;
}

double amp_pricing_planned_usd(amp_pricing *pricing, const amp_solution *path)
{
    const amp_site_problem *p = pricing->problem;
    const amp_storage *storage = &p->storage;
    double usd_per_h = 0.0;
    if (!is_within_limits(p, path))
        return -HUGE_VAL;
    for (size_t t = 0; t < p->interval_count; t++) {
        const double lost = amp_merit_lost_usd_per_h(pricing->merit, t);
        amp_merit_build(pricing->merit, t, AMP_MODE_RELAXED, lost, &pricing->list);
        const double net_mw = path->net_mw[t];
        const double most_mw = amp_column_at(storage->discharge_limit_mw, t) - pricing->plan_mw[t];
        if (!is_within_list(&pricing->list, net_mw, most_mw))
            return -HUGE_VAL;
        const double loads_mw = amp_reserve_used_mw(&pricing->list, net_mw);
        const double planned_mw = pricing->plan_mw[t];
        const double spare_mw = amp_column_at(storage->discharge_limit_mw, t) - net_mw;
        const double stored_mwh = path->soc_mwh[t] - storage->minimum_mwh;
        const double held_mw = fmax(0.0, fmin(spare_mw, stored_mwh / mwh_per_mw(p)));
        usd_per_h += amp_merit_profit_usd_per_h(&pricing->list, net_mw) -
                     amp_reserve_earned_usd_per_h(p, t, planned_mw + loads_mw) +
                     amp_reserve_earned_usd_per_h(p, t, planned_mw) +
                     amp_reserve_earned_usd_per_h(p, t, held_mw + loads_mw) -
                     storage->wear_usd_per_mwh * fabs(net_mw);
    }
    return usd_per_h * p->interval_h +
           storage->terminal_value_usd_per_mwh * path->soc_mwh[p->interval_count - 1];
}
