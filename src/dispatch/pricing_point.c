/* SPDX-License-Identifier: Apache-2.0 */
/* What one interval adds to the point of its block. */
#include "dispatch/pricing_parts.h"

#include <math.h>

/* What the battery does on the relaxation's path: output at the bus, and what passes through it. */
typedef struct {
    double net_mw;
    double through_mw; /**< charged + discharged */
} battery_flow;

/* Output up to which the list is worth at least @p price. */
static double output_down_to(const amp_merit_list *list, double price)
{
    double net_mw = -list->offset_mw;
    for (size_t i = 0; i < list->count && list->step[i].value_usd_per_mwh >= price; i++)
        net_mw += list->step[i].power_mw;
    return net_mw;
}

/* The solver gives the path's stored energy and the output of one mode. Where that output would be
 * worth less than energy burned, the relaxation charges and discharges at once: as much as its
 * mode row allows, or until output is worth burning no more. */
static battery_flow relaxed_flow(const amp_pricing *pricing, const amp_interval_view *view)
{
    const amp_storage *storage = &pricing->problem->storage;
    const size_t t = view->t;
    const double burn_usd = pricing->solver->burn_usd_per_mwh;
    const double net_mw = pricing->solution.net_mw[t];
    const battery_flow one_mode = {net_mw, fabs(net_mw)};
    if (!storage->is_present || (view->is_ruled && view->price >= burn_usd))
        return one_mode;
    const double charge_mw = amp_column_at(storage->charge_limit_mw, t);
    const double discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    const double stays_mw = view->is_ruled ? -charge_mw : output_down_to(&pricing->list, burn_usd);
    const double loss = 1.0 / storage->discharge_efficiency - storage->charge_efficiency;
    if (net_mw <= stays_mw || charge_mw <= 0.0 || discharge_mw <= 0.0 || loss <= 0.0)
        return one_mode;
    const double before_mwh = t == 0 ? storage->initial_mwh : pricing->solution.soc_mwh[t - 1];
    const double drawn_mw = (storage->retention * before_mwh - pricing->solution.soc_mwh[t]) /
                            pricing->problem->interval_h;
    const double full_charge_mw = charge_mw * storage->charge_efficiency;
    const double full_discharge_mw = discharge_mw / storage->discharge_efficiency;
    const double share = (drawn_mw + full_charge_mw) / (full_charge_mw + full_discharge_mw);
    const double least_mw = share * discharge_mw - (1.0 - share) * charge_mw;
    const double output_mw = fmin(net_mw, fmax(stays_mw, least_mw));
    const double out_mw = (drawn_mw - storage->charge_efficiency * output_mw) / loss;
    return (battery_flow){output_mw, fmax(fabs(output_mw), 2.0 * out_mw - output_mw)};
}

/* Import that a part of the connection stands for when @p given_mw of it are not used by others. A
 * part that import and export share imports the share that the connection's mode row leaves. */
static double imported_mw(const amp_pricing *pricing, size_t t, uint32_t part, double given_mw)
{
    const amp_site_problem *p = pricing->problem;
    const double import_mw = amp_column_at(p->import_limit_mw, t);
    const double export_mw = amp_column_at(p->export_limit_mw, t);
    const double export_usd = amp_column_at(p->export_price_usd_per_mwh, t);
    const double share = import_mw / (import_mw + export_mw);
    if (amp_pricing_has_within(pricing))
        return given_mw * pricing->list.import_share[part];
    if (!pricing->list.is_pooled)
        return part == 0 ? 0.0 : given_mw;
    if (part == 2)
        return pricing->beyond_usd[t] >= export_usd ? given_mw : given_mw * share;
    return part == 0 ? given_mw * share : 0.0;
}

/* What a point's interval imports and earns, USD per hour, at the prices of `seen`. */
typedef struct {
    double import_mw;
    double usd_per_h;
    double paid_back_usd; /**< per hour, of what overruns cost; beside agreements */
} interval_sum;

/* A job takes @p used_mw at the bus: its price is paid back. */
static void add_job(amp_pricing *pricing, size_t t, size_t j, double used_mw, amp_point *point,
                    interval_sum *sum)
{
    const amp_site_problem *p = pricing->problem;
    const double it_mw = used_mw * amp_column_at(p->load[p->job[j].load].it_per_mwh, t);
    pricing->job_used_mw[j * p->interval_count + t] += used_mw;
    point->use[j] += it_mw * p->interval_h;
    sum->usd_per_h += it_mw * (amp_job_worth_usd_per_mwh(&p->job[j]) - pricing->worth[j]);
}

/* A source under budgets gives @p given_mw: their prices are paid back. */
static void add_given(amp_pricing *pricing, size_t t, uint32_t slot, double given_mw,
                      amp_point *point, interval_sum *sum)
{
    const amp_site_problem *p = pricing->problem;
    const amp_priced_source *priced = &pricing->priced[slot];
    const double cost_usd = amp_column_at(p->source[priced->source].cost_usd_per_mwh, t);
    priced->given_mw[t] += given_mw;
    for (size_t i = 0; i < priced->charge_count; i++)
        point->use[priced->charge[i].account] +=
            given_mw * p->interval_h * amp_column_at(priced->charge[i].weight, t);
    sum->usd_per_h += given_mw * (priced->cost_usd[t] - cost_usd);
}

static interval_sum sum_ruled(amp_pricing *pricing, const amp_interval_view *view, double net_mw,
                              amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    interval_sum sum = {
        .import_mw = view->need_mw - net_mw,
        .usd_per_h = view->profit_usd_per_h + view->price * net_mw,
    };
    for (size_t j = 0; j < p->job_count; j++) {
        const bool is_worth = pricing->job_value[j * n + view->t] >= view->price;
        if (amp_job_is_active(&p->job[j], view->t))
            add_job(pricing, view->t, j, is_worth ? pricing->job_power_mw[j * n + view->t] : 0.0,
                    point, &sum);
    }
    for (uint32_t k = 0; k < pricing->priced_count; k++) {
        const amp_priced_source *priced = &pricing->priced[k];
        const bool runs = priced->cost_usd[view->t] < view->price;
        add_given(pricing, view->t, k, runs ? priced->power_mw[view->t] : 0.0, point, &sum);
    }
    return sum;
}

static void add_supply(amp_pricing *pricing, size_t t, const amp_merit_step *step, double given_mw,
                       amp_point *point, interval_sum *sum)
{
    const uint32_t slot = pricing->slot[step->what - pricing->seen.tier_count];
    if (slot != AMP_NO_SLOT)
        add_given(pricing, t, slot, given_mw, point, sum);
}

/* Where agreements stand beside peaks, what an overrun costs is paid back part by part. */
static void add_imported(const amp_pricing *pricing, size_t t, const amp_merit_step *step,
                         double given_mw, interval_sum *sum)
{
    const uint32_t part = step->what - AMP_MERIT_CONNECTION;
    sum->import_mw += imported_mw(pricing, t, part, given_mw);
    if (amp_pricing_has_within(pricing))
        sum->paid_back_usd += given_mw * pricing->list.excess_usd[part];
}

static interval_sum sum_list(amp_pricing *pricing, size_t t, double net_mw, amp_point *point)
{
    const size_t tiers = pricing->problem->tier_count;
    const amp_merit_list *list = &pricing->list;
    interval_sum sum = {.usd_per_h = list->base_usd_per_h};
    double left_mw = list->offset_mw + net_mw;
    for (size_t i = 0; i < list->count; i++) {
        const amp_merit_step *step = &list->step[i];
        const double used_mw = amp_larger(0.0, amp_smaller(left_mw, step->power_mw));
        left_mw -= used_mw;
        sum.usd_per_h += used_mw * step->value_usd_per_mwh;
        if (step->what >= AMP_MERIT_CONNECTION)
            add_imported(pricing, t, step, step->power_mw - used_mw, &sum);
        else if (step->what >= pricing->seen.tier_count)
            add_supply(pricing, t, step, step->power_mw - used_mw, point, &sum);
        else if (step->what >= tiers)
            add_job(pricing, t, step->what - tiers, used_mw, point, &sum);
    }
    return sum;
}

/* A step of the list may be split, so what jobs and sources do is added up. */
static void clear_flows(amp_pricing *pricing, size_t t)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t j = 0; j < p->job_count; j++)
        pricing->job_used_mw[j * p->interval_count + t] = 0.0;
    for (size_t k = 0; k < pricing->priced_count; k++)
        pricing->priced[k].given_mw[t] = 0.0;
}

/* What import beyond the peaks costs more than it would within. */
static double overrun_usd_per_h(const amp_pricing *pricing, size_t t, double import_mw)
{
    const amp_connection c = amp_pricing_connection(pricing, t);
    if (import_mw <= c.within_mw)
        return 0.0;
    return c.beyond_usd * (import_mw - c.within_mw) -
           (amp_connection_within_usd(&c, import_mw) - amp_connection_within_usd(&c, c.within_mw));
}

void amp_point_add(amp_pricing *pricing, const amp_interval_view *view, amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    const size_t t = view->t;
    const battery_flow flow = relaxed_flow(pricing, view);
    clear_flows(pricing, t);
    const interval_sum sum = view->is_ruled ? sum_ruled(pricing, view, flow.net_mw, point)
                                            : sum_list(pricing, t, flow.net_mw, point);
    double held_usd_per_h = 0.0;
    if (amp_pricing_has_stored(pricing))
        held_usd_per_h =
            amp_pricing_held_usd(pricing, t, flow.net_mw, pricing->solution.soc_mwh[t]) -
            amp_merit_profit_usd_per_h(&pricing->list, flow.net_mw);
    const double paid_back_usd =
        amp_pricing_has_within(pricing)
            ? (view->is_ruled ? overrun_usd_per_h(pricing, t, sum.import_mw) : sum.paid_back_usd)
            : amp_larger(0.0, sum.import_mw - pricing->within_mw[t]) *
                  (pricing->beyond_usd[t] - amp_column_at(p->import_price_usd_per_mwh, t));
    point->profit_usd += (sum.usd_per_h + held_usd_per_h + paid_back_usd -
                          p->storage.wear_usd_per_mwh * flow.through_mw) *
                         p->interval_h;
    pricing->import_mw[t] = sum.import_mw;
    if (pricing->metering != NULL)
        return;
    for (size_t k = pricing->peak_first; k < pricing->peak_end; k++)
        if (amp_peak_counts(&p->peak[k], t))
            point->peak_mw[k] = amp_larger(point->peak_mw[k], sum.import_mw);
}
