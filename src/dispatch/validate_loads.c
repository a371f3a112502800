/* SPDX-License-Identifier: Apache-2.0 */
/* Fleets and halls, from the file: what they can take and what they earn. */
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdlib.h>

static const double w_per_mw = 1e6;
static const double mwh_per_ph_day = 0.024; /* at 1 J/TH */

/* One machine in a mode. */
typedef struct {
    double power_w;
    double hashrate_th_per_s;
} operation;

/* In its normal mode for 0, else in mode @p k - 1 of the file. */
static operation machine_in(amp_validation *v, const amp_fleet *fleet, size_t k)
{
    const amp_value *hashrate =
        k == 0 ? &fleet->hashrate_th_per_s : &fleet->mode[k - 1].hashrate_th_per_s;
    const amp_value *efficiency =
        k == 0 ? &fleet->efficiency_j_per_th : &fleet->mode[k - 1].efficiency_j_per_th;
    const double th_per_s = amp_validate_constant(v, hashrate);
    return (operation){th_per_s * amp_validate_constant(v, efficiency), th_per_s};
}

/* The largest W of a machine in any of its modes, TH/s x J/TH, for all machines; the site adds its
 * overhead. */
void amp_validate_fleet_limits(amp_validation *v, const amp_fleet *fleet, double *limit_mw)
{
    const amp_column machines = amp_validate_column(v, &fleet->machines);
    const amp_column overhead = amp_validate_column(v, &fleet->overhead);
    const amp_column share = amp_validate_availability(v, &fleet->availability);
    double most_w = 0.0;
    for (size_t k = 0; k <= fleet->mode_count; k++)
        most_w = fmax(most_w, machine_in(v, fleet, k).power_w);
    for (size_t t = 0; t < v->count; t++)
        limit_mw[t] = amp_column_at(machines, t) * most_w / w_per_mw *
                      (1.0 + amp_column_at(overhead, t)) * amp_column_at(share, t);
}

/* Where hashrate rises steepest with more power from @p from on: the next corner of what machines
 * in several modes can do together. @return whether a mode has more power */
static bool next_corner(amp_validation *v, const amp_fleet *fleet, operation from, operation *next)
{
    const double same_power_share = 1e-9;
    double steepest = -(double)INFINITY;
    for (size_t k = 0; k <= fleet->mode_count; k++) {
        const operation mode = machine_in(v, fleet, k);
        if (mode.power_w <= from.power_w * (1.0 + same_power_share))
            continue;
        const double slope =
            (mode.hashrate_th_per_s - from.hashrate_th_per_s) / (mode.power_w - from.power_w);
        if (slope > steepest) {
            steepest = slope;
            *next = mode;
        }
    }
    return !isinf(steepest);
}

/* One fleet's columns, and the corners of its modes. */
typedef struct {
    amp_column machines;
    amp_column availability;
    amp_column overhead;
    amp_column hashprice;
    amp_column fee;
    operation *corner; /* off is the first */
    size_t corner_count;
    amp_validate_fleet starts; /* lowest_mw NULL where starts cost nothing */
} fleet_check;

/* All that work may run; where starts cost, the schedule says which do. */
static double machines_in_use(amp_validation *v, const fleet_check *c, size_t t)
{
    if (c->starts.lowest_mw != NULL)
        return amp_validate_running(v, &c->starts, t);
    return amp_column_at(c->machines, t) * amp_column_at(c->availability, t);
}

/* What @p bus_mwh earn in an interval, the best use of a machine's power first. */
static double mining_usd(amp_validation *v, const fleet_check *c, size_t t, double bus_mwh)
{
    const double mwh_per_w = machines_in_use(v, c, t) / w_per_mw * v->interval_h;
    const double usd_per_ph_day = amp_column_at(c->hashprice, t) * (1.0 - amp_column_at(c->fee, t));
    double left_mwh = bus_mwh / (1.0 + amp_column_at(c->overhead, t));
    double sum_usd = 0.0;
    for (size_t i = 1; i < c->corner_count; i++) {
        const operation low = c->corner[i - 1];
        const operation high = c->corner[i];
        const double width_w = high.power_w - low.power_w;
        const bool is_last = i + 1 == c->corner_count;
        const double mwh = is_last ? left_mwh : fmin(left_mwh, width_w * mwh_per_w);
        const double ph_days =
            mwh * (high.hashrate_th_per_s - low.hashrate_th_per_s) / (width_w * mwh_per_ph_day);
        sum_usd += amp_validate_earn(v, ph_days * usd_per_ph_day);
        left_mwh -= mwh;
    }
    return sum_usd;
}

static void find_corners(amp_validation *v, const amp_fleet *fleet, fleet_check *c)
{
    c->corner[0] = (operation){0.0, 0.0};
    c->corner_count = 1;
    while (c->corner_count < fleet->mode_count + 2 &&
           next_corner(v, fleet, c->corner[c->corner_count - 1], &c->corner[c->corner_count]))
        c->corner_count++;
}

/* The least power at which machines run: that of the corner with most hashrate for its power, of
 * several alike the one with most of both. */
static operation lowest_mode(const fleet_check *c)
{
    const double same_share = 1e-11;
    operation lowest = c->corner[1];
    for (size_t i = 2; i < c->corner_count; i++)
        if (c->corner[i].hashrate_th_per_s * lowest.power_w >=
            lowest.hashrate_th_per_s * c->corner[i].power_w * (1.0 - same_share))
            lowest = c->corner[i];
    return lowest;
}

/* What the validator of starts needs, and its check. A fleet without power starts nothing. */
static void check_starts(amp_validation *v, size_t i, fleet_check *c)
{
    const amp_load *load = &v->order->load[i];
    const amp_fleet *fleet = &v->site->fleet[load->asset];
    const operation highest = c->corner[c->corner_count - 1];
    if (!amp_validate_has_starts(fleet) || highest.power_w <= 0.0)
        return;
    c->starts = (amp_validate_fleet){
        .fleet = fleet,
        .lowest_mw = v->schedule->tier_mw[load->first_tier],
        .lowest_w = lowest_mode(c).power_w,
        .highest_w = highest.power_w,
        .highest_th_per_s = highest.hashrate_th_per_s,
    };
    amp_validate_starts(v, &c->starts, v->schedule->load_mw[i]);
}

static void check_fleet(amp_validation *v, size_t i)
{
    const amp_fleet *fleet = &v->site->fleet[v->order->load[i].asset];
    const double *load_mw = v->schedule->load_mw[i];
    fleet_check c = {
        .machines = amp_validate_column(v, &fleet->machines),
        .availability = amp_validate_availability(v, &fleet->availability),
        .overhead = amp_validate_column(v, &fleet->overhead),
        .hashprice = amp_market_hashprice(v->market),
        .fee = amp_validate_column(v, &fleet->pool_fee),
        .corner = calloc(fleet->mode_count + 2, sizeof *c.corner),
    };
    if (c.hashprice.value == NULL || c.corner == NULL) {
        v->status = AMP_NOMEM;
        free(c.corner);
        return;
    }
    find_corners(v, fleet, &c);
    amp_validate_fleet_limits(v, fleet, v->limit_mw);
    amp_validate_powers(v, AMP_VALIDATE_FLEET, load_mw, v->limit_mw, fleet->id);
    check_starts(v, i, &c);
    for (size_t t = 0; t < v->count; t++) {
        const double bus_mwh = amp_validate_deliver(v, load_mw[t] * v->interval_h);
        v->surplus_mw[t] -= load_mw[t];
        v->anew.energy_mwh.mining += bus_mwh;
        v->anew.revenue_usd.mining += mining_usd(v, &c, t, bus_mwh);
    }
    free(c.corner);
}

/* One hall's columns. */
typedef struct {
    const amp_hall *hall;
    const double *load_mw;
    double *pue; /* [count] */
    amp_column penalty;
    amp_column credit;
    const double *cut_mw; /* of a flexible lease, at the bus; NULL: nothing may be cut */
    double cut_share;     /* of what is wanted */
    amp_column *step;     /* [step_count] value of inference */
} hall_check;

/* What users pay for @p served_mwh of IT energy when @p wanted_mwh were wanted: the dearest share
 * of the demand first. */
static double inference_usd(amp_validation *v, const hall_check *c, size_t t, double served_mwh,
                            double wanted_mwh)
{
    const amp_inference *inference = &c->hall->inference;
    double sum_usd = 0.0;
    double below_mwh = 0.0;
    for (size_t k = 0; k < inference->step_count; k++) {
        const double upto_mwh = fmin(served_mwh, inference->step[k].share * wanted_mwh);
        if (upto_mwh > below_mwh)
            sum_usd += amp_validate_earn(v, (upto_mwh - below_mwh) * amp_column_at(c->step[k], t));
        below_mwh = fmax(below_mwh, upto_mwh);
    }
    return sum_usd;
}

/* What a hall wants and may take in IT power, into other_mw and limit_mw. */
static void hall_limits(amp_validation *v, const amp_hall *hall, const amp_value *wanted)
{
    bool is_share = false;
    const amp_column number = amp_validate_share(v, wanted, &is_share);
    const amp_column it_mw = amp_validate_column(v, &hall->it_power_mw);
    amp_validate_power_limits(v, &hall->it_power_mw, &hall->availability, v->limit_mw);
    for (size_t t = 0; t < v->count; t++)
        v->other_mw[t] = amp_column_at(number, t) * (is_share ? amp_column_at(it_mw, t) : 1.0);
}

static void check_hall_power(amp_validation *v, const hall_check *c)
{
    const amp_lease *lease = &c->hall->lease;
    const bool is_hard = lease->is_set && !lease->penalty_usd_per_mwh.is_set;
    for (size_t t = 0; t < v->count; t++) {
        const double load_mw = c->load_mw[t];
        const double wanted_mw = v->other_mw[t] * c->pue[t];
        const double cut_mw = c->cut_mw == NULL ? 0.0 : c->cut_mw[t];
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -load_mw, c->hall->id);
        /* What is cut could have been served. */
        amp_validate_note(v, AMP_VALIDATE_HALL, t, load_mw + cut_mw - v->limit_mw[t] * c->pue[t],
                          c->hall->id);
        amp_validate_note(v, AMP_VALIDATE_DEMAND, t, load_mw + cut_mw - wanted_mw, c->hall->id);
        amp_validate_note(v, AMP_VALIDATE_CUT, t, cut_mw - c->cut_share * wanted_mw, c->hall->id);
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -cut_mw, c->hall->id);
        if (is_hard)
            amp_validate_note(v, AMP_VALIDATE_HARD, t, wanted_mw - cut_mw - load_mw, c->hall->id);
    }
}

static void check_hall_money(amp_validation *v, const hall_check *c)
{
    const bool is_lease = c->hall->lease.is_set;
    for (size_t t = 0; t < v->count; t++) {
        const double bus_mwh = amp_validate_deliver(v, c->load_mw[t] * v->interval_h);
        const double it_mwh = bus_mwh / c->pue[t];
        const double wanted_mwh = v->other_mw[t] * v->interval_h;
        const double cut_mwh = c->cut_mw == NULL ? 0.0 : c->cut_mw[t] * v->interval_h / c->pue[t];
        const double unserved_mwh = fmax(0.0, wanted_mwh - it_mwh - cut_mwh);
        v->anew.cut_it_mwh += cut_mwh;
        if (c->cut_mw != NULL)
            v->anew.cost_usd.penalty += amp_validate_earn(v, cut_mwh * amp_column_at(c->credit, t));
        v->surplus_mw[t] -= c->load_mw[t];
        v->flow_mwh += wanted_mwh;
        v->anew.unserved_it_mwh += unserved_mwh;
        v->anew.cost_usd.penalty +=
            amp_validate_earn(v, unserved_mwh * amp_column_at(c->penalty, t));
        *(is_lease ? &v->anew.energy_mwh.lease : &v->anew.energy_mwh.inference) += bus_mwh;
        *(is_lease ? &v->anew.it_mwh.lease : &v->anew.it_mwh.inference) += it_mwh;
        if (!is_lease)
            v->anew.revenue_usd.inference += inference_usd(v, c, t, it_mwh, wanted_mwh);
    }
}

/* What is cut of load @p i, as the schedule has it. */
static void find_cut(amp_validation *v, size_t i, hall_check *c)
{
    const amp_flexible *flexible = &c->hall->lease.flexible;
    if (!c->hall->lease.is_set || !flexible->is_set)
        return;
    for (size_t k = 0; k < v->order->source_count; k++)
        if (v->order->source[k].kind == AMP_SOURCE_CUT && v->order->source[k].asset == i)
            c->cut_mw = v->schedule->source_mw[k];
    c->cut_share = *amp_validate_column(v, &flexible->share).value;
    c->credit = amp_validate_column(v, &flexible->credit_usd_per_mwh);
}

static void check_hall(amp_validation *v, size_t i)
{
    const amp_hall *hall = &v->site->hall[v->order->load[i].asset];
    const amp_inference *inference = &hall->inference;
    const bool is_lease = hall->lease.is_set;
    hall_check c = {.hall = hall,
                    .load_mw = v->schedule->load_mw[i],
                    .pue = calloc(v->count, sizeof *c.pue),
                    .step = calloc(inference->step_count + 1, sizeof *c.step)};
    if (c.pue == NULL || c.step == NULL) {
        v->status = AMP_NOMEM;
        goto out;
    }
    for (size_t k = 0; k < inference->step_count; k++)
        c.step[k] = amp_validate_column(v, &inference->step[k].value_usd_per_mwh);
    c.penalty = amp_validate_column(v, is_lease ? &hall->lease.penalty_usd_per_mwh
                                                : &inference->penalty_usd_per_mwh);
    find_cut(v, i, &c);
    amp_validate_pue(v, &hall->pue, c.pue);
    hall_limits(v, hall, is_lease ? &hall->lease.load : &inference->demand);
    check_hall_power(v, &c);
    check_hall_money(v, &c);
out:
    free(c.pue);
    free(c.step);
}

void amp_validate_load(amp_validation *v, size_t i)
{
    const amp_load *load = &v->order->load[i];
    if (load->kind != AMP_LOAD_MINING &&
        (v->site->hall[load->asset].workload_count > 0 ||
         v->site->hall[load->asset].inference.caps.curve.count > 0)) {
        amp_validate_capped(v, i);
        return;
    }
    switch (v->order->load[i].kind) {
    case AMP_LOAD_MINING:
        check_fleet(v, i);
        break;
    case AMP_LOAD_LEASE:
    case AMP_LOAD_INFERENCE:
        check_hall(v, i);
        break;
    case AMP_LOAD_TRAINING:
        amp_validate_training(v, i);
        break;
    }
}
