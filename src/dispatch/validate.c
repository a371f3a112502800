/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/validate.h"

#include "base/time.h"
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdlib.h>

static const double w_per_mw = 1e6;
static const double mwh_per_ph_day = 0.024; /* at 1 J/TH */
static const double hours_per_day = 24.0;

/* ---- findings ---- */

typedef enum { BALANCE_MW, LIMIT_MW, SOC_MWH, JOB_MWH, BUDGET_UNITS, MODES_MW } measure;

static measure measure_of(amp_validate_kind kind)
{
    static const measure by_kind[] = {
#define X(name, measure, text) measure,
        AMP_VALIDATE_LIST(X)
#undef X
    };
    return by_kind[kind];
}

static double tolerance_of(const amp_validation *v, amp_validate_kind kind)
{
    switch (measure_of(kind)) {
    case BALANCE_MW:
    case LIMIT_MW:
        return v->tolerance_mw;
    case SOC_MWH:
        return v->tolerance_mwh;
    case JOB_MWH:
        return v->tolerance_job_mwh;
    case BUDGET_UNITS: /* has a tolerance of its own */
    case MODES_MW:
        break;
    }
    return 0.0;
}

void amp_validate_note(amp_validation *v, amp_validate_kind kind, size_t t, double size,
                       const char *name)
{
    amp_validate_finding *finding = &v->finding[kind];
    const double off = isnan(size) ? (double)INFINITY : size;
    if (off <= tolerance_of(v, kind))
        return;
    if (finding->count == 0 || t < finding->first) {
        finding->first = t;
        finding->first_size = off;
        finding->name = name;
    }
    finding->count++;
    finding->worst = fmax(finding->worst, off);
}

/* 0 <= power <= limit in every interval. */
static void note_powers(amp_validation *v, amp_validate_kind kind, const double *power_mw,
                        const double *limit_mw, const char *name)
{
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, kind, t, power_mw[t] - limit_mw[t], name);
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -power_mw[t], name);
    }
}

double amp_validate_earn(amp_validation *v, double usd)
{
    v->flow_usd += fabs(usd);
    return usd;
}

double amp_validate_deliver(amp_validation *v, double mwh)
{
    v->flow_mwh += fabs(mwh);
    return mwh;
}

/* ---- limits of each asset, from the file ---- */

static double constant(amp_validation *v, const amp_value *value)
{
    return *amp_validate_column(v, value).value;
}

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
    const double th_per_s = constant(v, hashrate);
    return (operation){th_per_s * constant(v, efficiency), th_per_s};
}

void amp_validate_power_limits(amp_validation *v, const amp_value *value,
                               const amp_availability *availability, double *limit_mw)
{
    const amp_column number = amp_validate_column(v, value);
    const amp_column share = amp_validate_availability(v, availability);
    for (size_t t = 0; t < v->count; t++)
        limit_mw[t] = amp_column_at(number, t) * amp_column_at(share, t);
}

/* The tighter of @p limit (NULL: none) and what is energised, times availability. */
static void connection_limits(amp_validation *v, const amp_value *limit, double *limit_mw)
{
    const amp_grid *grid = &v->site->grid;
    const amp_column share = amp_validate_availability(v, &grid->availability);
    amp_column power_mw = {.value = NULL};
    if (grid->energised_mw.count > 0) {
        power_mw = amp_market_steps_at_most(v->market, &grid->energised_mw, 0.0, limit);
        if (power_mw.value == NULL)
            v->status = AMP_NOMEM;
    } else if (limit != NULL) {
        power_mw = amp_validate_column(v, limit);
    }
    for (size_t t = 0; t < v->count; t++)
        limit_mw[t] =
            power_mw.value == NULL ? 0.0 : amp_column_at(power_mw, t) * amp_column_at(share, t);
}

static void import_limits(amp_validation *v, double *limit_mw)
{
    const amp_value *limit = &v->site->grid.import_limit_mw;
    connection_limits(v, limit->is_set ? limit : NULL, limit_mw);
}

static void export_limits(amp_validation *v, double *limit_mw)
{
    connection_limits(v, &v->site->grid.export_limit_mw, limit_mw);
}

/* The largest W of a machine in any of its modes, TH/s x J/TH, for all machines; the site adds its
 * overhead. */
static void fleet_limits(amp_validation *v, const amp_fleet *fleet, double *limit_mw)
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

/* The largest power that anything on the site can have: what the tolerance is a share of. */
static double largest(const double *limit_mw, size_t count, double so_far_mw)
{
    for (size_t t = 0; t < count; t++)
        so_far_mw = fmax(so_far_mw, limit_mw[t]);
    return so_far_mw;
}

static double largest_mwh(const amp_validation *v)
{
    return v->site->battery.is_set ? v->site->battery.energy_mwh.number : 0.0;
}

static double largest_job_mwh(amp_validation *v)
{
    double most_mwh = 0.0;
    for (size_t i = 0; i < v->site->hall_count; i++)
        for (size_t k = 0; k < v->site->hall[i].job_count; k++)
            most_mwh = fmax(most_mwh, constant(v, &v->site->hall[i].job[k].energy_mwh));
    return most_mwh;
}

static double largest_mw(amp_validation *v)
{
    const amp_site *site = v->site;
    const amp_battery *battery = &site->battery;
    double most_mw = 0.0;
    import_limits(v, v->limit_mw);
    most_mw = largest(v->limit_mw, v->count, most_mw);
    export_limits(v, v->limit_mw);
    most_mw = largest(v->limit_mw, v->count, most_mw);
    for (size_t i = 0; i < site->generator_count; i++) {
        amp_validate_power_limits(v, &site->generator[i].power_mw, &site->generator[i].availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    for (size_t i = 0; i < site->fleet_count; i++) {
        fleet_limits(v, &site->fleet[i], v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    for (size_t i = 0; i < site->hall_count; i++) {
        amp_validate_power_limits(v, &site->hall[i].it_power_mw, &site->hall[i].availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    if (battery->is_set) {
        amp_validate_power_limits(v, &battery->charge_power_mw, &battery->availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
        amp_validate_power_limits(v, &battery->discharge_power_mw, &battery->availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    return most_mw;
}

/* ---- the connection ---- */

static void check_import(amp_validation *v)
{
    const amp_supply *supply = &v->site->supply;
    const double *import_mw = v->schedule->import_mw;
    const double *block_mw = v->schedule->block_mw;
    const amp_column energy = amp_validate_column(v, &supply->energy_price_usd_per_mwh);
    const amp_column adder = amp_validate_column(v, &supply->adder_usd_per_mwh);
    amp_calendar *calendar = amp_validate_tariff_open(v);
    import_limits(v, v->limit_mw);
    note_powers(v, AMP_VALIDATE_IMPORT, import_mw, v->limit_mw, "import");
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, AMP_VALIDATE_BLOCK_IMPORT, t, block_mw[t] - import_mw[t], "block");
        /* Energy under an agreement is paid already; the adder is due on all of it. */
        const double bought_mwh = (import_mw[t] - block_mw[t]) * v->interval_h;
        const double mwh = amp_validate_deliver(v, import_mw[t] * v->interval_h);
        v->surplus_mw[t] += import_mw[t];
        v->anew.energy_mwh.import += mwh;
        v->anew.peak_import_mw = fmax(v->anew.peak_import_mw, import_mw[t]);
        const double added = amp_column_at(adder, t) + amp_validate_tariff_price(v, calendar, t);
        v->anew.cost_usd.energy += amp_validate_earn(v, bought_mwh * amp_column_at(energy, t)) +
                                   amp_validate_earn(v, mwh * added);
    }
    amp_calendar_close(calendar);
}

static void check_blocks(amp_validation *v)
{
    const amp_supply *supply = &v->site->supply;
    for (size_t t = 0; t < v->count; t++)
        v->limit_mw[t] = 0.0;
    for (size_t i = 0; i < supply->block_count; i++) {
        const amp_column power_mw = amp_validate_column(v, &supply->block[i].power_mw);
        for (size_t t = 0; t < v->count && !supply->block[i].resale; t++)
            v->limit_mw[t] += amp_column_at(power_mw, t);
    }
    note_powers(v, AMP_VALIDATE_BLOCK, v->schedule->block_mw, v->limit_mw, "block");
}

static void check_export(amp_validation *v)
{
    const double *export_mw = v->schedule->export_mw;
    const amp_column price = amp_validate_column(v, &v->site->supply.export_price_usd_per_mwh);
    export_limits(v, v->limit_mw);
    note_powers(v, AMP_VALIDATE_EXPORT, export_mw, v->limit_mw, "export");
    for (size_t t = 0; t < v->count; t++) {
        const double mwh = amp_validate_deliver(v, export_mw[t] * v->interval_h);
        v->surplus_mw[t] -= export_mw[t];
        v->anew.energy_mwh.export += mwh;
        v->anew.revenue_usd.export += amp_validate_earn(v, mwh * amp_column_at(price, t));
        amp_validate_note(v, AMP_VALIDATE_GRID_MODES, t,
                          fmin(export_mw[t], v->schedule->import_mw[t]), "the connection");
    }
}

/* ---- generators and loads ---- */

static void check_source(amp_validation *v, size_t i)
{
    if (v->order->source[i].kind != AMP_SOURCE_GENERATOR)
        return; /* load that is not served: its hall has it */
    const amp_generator *generator = &v->site->generator[v->order->source[i].asset];
    const double *source_mw = v->schedule->source_mw[i];
    const amp_column cost = amp_validate_column(v, &generator->cost_usd_per_mwh);
    amp_validate_power_limits(v, &generator->power_mw, &generator->availability, v->limit_mw);
    note_powers(v, AMP_VALIDATE_SOURCE, source_mw, v->limit_mw, generator->id);
    for (size_t t = 0; t < v->count; t++) {
        const double mwh = amp_validate_deliver(v, source_mw[t] * v->interval_h);
        const double usd_per_mwh = amp_column_at(cost, t);
        v->surplus_mw[t] += source_mw[t];
        v->anew.energy_mwh.generation += mwh;
        v->anew.cost_usd.generation += amp_validate_earn(v, mwh * usd_per_mwh);
        if (!(fabs(usd_per_mwh) > 0.0))
            v->anew.curtailed_mwh += fmax(0.0, v->limit_mw[t] * v->interval_h - mwh);
    }
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
    fleet_limits(v, fleet, v->limit_mw);
    note_powers(v, AMP_VALIDATE_FLEET, load_mw, v->limit_mw, fleet->id);
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

static void check_load(amp_validation *v, size_t i)
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

/* ---- the battery ---- */

static void check_battery_power(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const amp_schedule *s = v->schedule;
    if (!battery->is_set) {
        for (size_t t = 0; t < v->count; t++)
            v->limit_mw[t] = 0.0;
        note_powers(v, AMP_VALIDATE_CHARGE, s->charge_mw, v->limit_mw, "charge");
        note_powers(v, AMP_VALIDATE_DISCHARGE, s->discharge_mw, v->limit_mw, "discharge");
        return;
    }
    amp_validate_power_limits(v, &battery->charge_power_mw, &battery->availability, v->limit_mw);
    note_powers(v, AMP_VALIDATE_CHARGE, s->charge_mw, v->limit_mw, "charge");
    amp_validate_power_limits(v, &battery->discharge_power_mw, &battery->availability, v->limit_mw);
    note_powers(v, AMP_VALIDATE_DISCHARGE, s->discharge_mw, v->limit_mw, "discharge");
    for (size_t t = 0; t < v->count; t++)
        amp_validate_note(v, AMP_VALIDATE_BATTERY_MODES, t,
                          fmin(s->charge_mw[t], s->discharge_mw[t]), "the battery");
}

static void check_stored_limits(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const double *stored_mwh = v->schedule->soc_mwh;
    const double energy_mwh = constant(v, &battery->energy_mwh);
    const double lowest_mwh = energy_mwh * constant(v, &battery->minimum_soc);
    const double highest_mwh = energy_mwh * constant(v, &battery->maximum_soc);
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, AMP_VALIDATE_SOC_LOW, t, lowest_mwh - stored_mwh[t], "stored energy");
        amp_validate_note(v, AMP_VALIDATE_SOC_HIGH, t, stored_mwh[t] - highest_mwh,
                          "stored energy");
    }
}

static void check_stored_end(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const size_t last = v->count - 1;
    const double stored_mwh = v->schedule->soc_mwh[last];
    const double asked_mwh = constant(v, &battery->energy_mwh) * constant(v, &battery->final_soc);
    switch (battery->final) {
    case AMP_FINAL_FREE:
        v->anew.stored_energy_usd =
            amp_validate_earn(v, stored_mwh * constant(v, &battery->terminal_value_usd_per_mwh));
        break;
    case AMP_FINAL_EXACT:
        amp_validate_note(v, AMP_VALIDATE_SOC_FINAL, last, fabs(stored_mwh - asked_mwh),
                          "stored energy");
        break;
    case AMP_FINAL_MINIMUM:
        amp_validate_note(v, AMP_VALIDATE_SOC_FINAL, last, asked_mwh - stored_mwh, "stored energy");
        break;
    }
}

static void check_battery(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const double h = v->interval_h;
    check_battery_power(v);
    if (!battery->is_set)
        return;
    const double energy_mwh = constant(v, &battery->energy_mwh);
    const double in = constant(v, &battery->charge_efficiency);
    const double out = constant(v, &battery->discharge_efficiency);
    const double wear = constant(v, &battery->wear_usd_per_mwh);
    const double kept = pow(1.0 - constant(v, &battery->self_discharge_per_day), h / hours_per_day);
    double stored_mwh =
        energy_mwh *
        constant(v, battery->initial_soc.is_set ? &battery->initial_soc : &battery->minimum_soc);
    for (size_t t = 0; t < v->count; t++) {
        const double charged_mwh = amp_validate_deliver(v, h * v->schedule->charge_mw[t]);
        const double given_mwh = amp_validate_deliver(v, h * v->schedule->discharge_mw[t]);
        const double expected_mwh = stored_mwh * kept + charged_mwh * in - given_mwh / out;
        stored_mwh = v->schedule->soc_mwh[t];
        amp_validate_note(v, AMP_VALIDATE_SOC_STEP, t, fabs(stored_mwh - expected_mwh),
                          "stored energy");
        v->surplus_mw[t] += v->schedule->discharge_mw[t] - v->schedule->charge_mw[t];
        v->anew.energy_mwh.charge += charged_mwh;
        v->anew.energy_mwh.discharge += given_mwh;
        v->anew.cost_usd.wear += amp_validate_earn(v, wear * (charged_mwh + given_mwh));
    }
    check_stored_limits(v);
    check_stored_end(v);
}

/* ---- all of it ---- */

static void check_prices(amp_validation *v)
{
    const double *price = v->schedule->internal_price_usd_per_mwh;
    double sum = 0.0;
    v->anew.price_max_usd_per_mwh = price[0];
    for (size_t t = 0; t < v->count; t++) {
        sum += price[t];
        v->anew.price_max_usd_per_mwh = fmax(v->anew.price_max_usd_per_mwh, price[t]);
    }
    v->anew.price_mean_usd_per_mwh = sum / (double)v->count;
}

static void check_all(amp_validation *v)
{
    v->tolerance_mw = 1e-7 * largest_mw(v);
    v->tolerance_mwh = 1e-6 + 1e-9 * largest_mwh(v);
    v->tolerance_job_mwh = 1e-6 + 1e-9 * largest_job_mwh(v);
    check_import(v);
    check_blocks(v);
    check_export(v);
    for (size_t i = 0; i < v->order->source_count; i++)
        check_source(v, i);
    for (size_t i = 0; i < v->order->load_count; i++)
        check_load(v, i);
    check_battery(v);
    for (size_t t = 0; t < v->count; t++)
        amp_validate_note(v, AMP_VALIDATE_BALANCE, t, fabs(v->surplus_mw[t]), "the bus");
    check_prices(v);
    amp_validate_budgets(v);
    amp_validate_reserves(v);
    amp_validate_demand_charge(v);
    amp_validate_coincident_peak(v);
    amp_validate_tariff(v);
    amp_validate_fixed(v);
    amp_validate_leases(v);
}

static const char *unit_of(measure what)
{
    switch (what) {
    case BALANCE_MW:
    case LIMIT_MW:
    case MODES_MW:
        return " MW";
    case SOC_MWH:
    case JOB_MWH:
        return " MWh";
    case BUDGET_UNITS: /* the budget's own, which has no name here */
        break;
    }
    return "";
}

static void report(const amp_validation *v, amp_validate_kind kind, amp_diagnostics *diagnostics)
{
    static const char *const text[] = {
#define X(name, measure, text) text,
        AMP_VALIDATE_LIST(X)
#undef X
    };
    const amp_validate_finding *found = &v->finding[kind];
    const amp_finding finding = {.code = AMP_CODE_SCHEDULE_INVALID, .place = v->site->place};
    const char *unit = unit_of(measure_of(kind));
    const char *mark = text[kind];
    size_t before = 0;
    char start[AMP_TIME_TEXT_BYTES];
    const amp_horizon *horizon = &v->portfolio->horizon;
    (void)amp_time_format(horizon->from_unix_s + (int64_t)found->first * horizon->step_s, start);
    while (mark[before] != '%')
        before++;
    (void)amp_report(diagnostics, &finding,
                     "site '%s': %.*s%s%s by %.6g%s at %s; cases: %zu, at worst %.6g%s",
                     v->site->id, (int)before, mark, found->name, mark + before + 2,
                     found->first_size, unit, start, found->count, found->worst, unit);
}

/* Reports all kinds and fills @p worst. */
static bool report_all(const amp_validation *v, amp_diagnostics *diagnostics, amp_violation *worst)
{
    bool is_valid = true;
    for (size_t i = 0; i < AMP_VALIDATE_KINDS; i++) {
        const amp_validate_kind kind = (amp_validate_kind)i;
        const amp_validate_finding *found = &v->finding[kind];
        if (found->count == 0)
            continue;
        is_valid = false;
        report(v, kind, diagnostics);
        switch (measure_of(kind)) {
        case BALANCE_MW:
            worst->balance_mw = found->worst;
            break;
        case LIMIT_MW:
            worst->limit_mw = fmax(worst->limit_mw, found->worst);
            break;
        case SOC_MWH:
            worst->soc_mwh = fmax(worst->soc_mwh, found->worst);
            break;
        case JOB_MWH:
            worst->job_mwh = found->worst;
            break;
        case BUDGET_UNITS:
            worst->budget = found->worst;
            break;
        case MODES_MW:
            worst->both_modes += found->count;
            break;
        }
    }
    return is_valid;
}

static amp_status out_of_memory(amp_diagnostics *diagnostics, const amp_site *site)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY, .place = site->place};
    return amp_report(diagnostics, &finding, "no memory to check the schedule of site '%s'",
                      site->id);
}

amp_status amp_schedule_validate(const amp_settled_schedule *settled, amp_diagnostics *diagnostics,
                                 amp_violation *out)
{
    const size_t count = settled->schedule->interval_count;
    amp_validation v = {.portfolio = settled->portfolio,
                        .site = &settled->portfolio->site[settled->site],
                        .market = settled->market,
                        .order = settled->order,
                        .schedule = settled->schedule,
                        .count = count,
                        .interval_h = settled->portfolio->horizon.interval_h,
                        .status = AMP_OK,
                        .surplus_mw = calloc(count, sizeof *v.surplus_mw),
                        .limit_mw = calloc(count, sizeof *v.limit_mw),
                        .other_mw = calloc(count, sizeof *v.other_mw),
                        .firm_mw = calloc(count, sizeof *v.firm_mw)};
    amp_violation worst = {.balance_mw = 0.0};
    bool differs = false;
    amp_status status = AMP_NOMEM;
    if (v.surplus_mw != NULL && v.limit_mw != NULL && v.other_mw != NULL && v.firm_mw != NULL) {
        check_all(&v);
        status = v.status;
    }
    if (status == AMP_OK) {
        const bool is_valid = report_all(&v, diagnostics, &worst);
        worst.money_usd = amp_validate_accounts(&v, settled->accounts, diagnostics, &differs);
        amp_validate_lease_lines(&v, diagnostics, &differs);
        status = is_valid && !differs ? AMP_OK : AMP_INTERNAL;
        if (out != NULL)
            *out = worst;
    } else {
        status = out_of_memory(diagnostics, v.site);
    }
    free(v.surplus_mw);
    free(v.limit_mw);
    free(v.other_mw);
    free(v.firm_mw);
    free(v.lease_line);
    return status;
}
