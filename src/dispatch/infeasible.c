/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/infeasible.h"

#include "dispatch/capping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* To which part of itself the least change is found. */
static const double precision_share = 1e-9;

/* The largest part of a battery that may be taken away: none left is no battery. */
static const double removable_share = 0.999;

static const double endless = (double)INFINITY;

/* Which limit changes; `index` says which load, source or dated step. */
typedef enum {
    IMPORT_LIMIT,
    ENERGISED_POWER,
    EXPORT_LIMIT,
    LEASE_LOAD,
    HALL_POWER,
    CAP_FLOOR,
    GENERATOR_POWER,
    CHARGE_POWER,
    DISCHARGE_POWER,
    BOTH_POWERS,
    BATTERY_ENERGY,
    MINIMUM_SOC,
    MAXIMUM_SOC,
    INITIAL_SOC,
    FINAL_SOC
} limit_kind;

/* One limit of the file and how far it may move. */
typedef struct {
    limit_kind kind;
    size_t load; /* index of the load, for LEASE_LOAD and HALL_POWER */
    const amp_value *value;
    double from;
    int direction; /* of the change that is tried: +1 or -1 */
    double reach;  /* the largest change that keeps the file valid */
    bool is_share; /* of a key that takes MW too */
    /* What the changed number is multiplied with or bounded by; unused ones are NULL. */
    amp_column number, availability, energised, cap, unchanged_mw;
} limit;

enum { SCRATCH_COLUMNS = 4 };

/* A site reduced to what feasibility depends on: one source, one tier, the hard loads. */
typedef struct {
    const amp_site *site;
    amp_market *market;
    const amp_site_problem *problem; /* as compiled */
    amp_site_problem base;           /* the same, condensed */
    amp_source source;
    amp_tier tier;
    amp_load *load; /* [problem->load_count] */
    double *supply_mw;
    double *outlet_mw;
    double *scratch[SCRATCH_COLUMNS];
    amp_hull_point *corner; /* room for the hull of any curve */
} bench;

/* What is written once: `power` of both limits of a battery, the floor of a flex tier. */
static bool is_one_key(const amp_value *a, const amp_value *b)
{
    return a->place.line == b->place.line && a->place.column == b->place.column;
}

static void bench_fini(bench *b)
{
    free(b->corner);
    free(b->load);
    free(b->supply_mw);
    free(b->outlet_mw);
    for (size_t i = 0; i < SCRATCH_COLUMNS; i++)
        free(b->scratch[i]);
}

static amp_column dense(const double *numbers)
{
    return (amp_column){.value = numbers, .stride = 1};
}

static void condense(bench *b)
{
    const amp_site_problem *p = b->problem;
    for (size_t t = 0; t < p->interval_count; t++) {
        b->supply_mw[t] = 0.0;
        b->outlet_mw[t] = 0.0;
        for (size_t i = 0; i < p->source_count; i++)
            b->supply_mw[t] += amp_source_adds_mw(p, i, t);
        for (size_t i = 0; i < p->tier_count; i++)
            b->outlet_mw[t] += amp_column_at(p->tier[i].power_mw, t);
    }
    b->source = (amp_source){.power_mw = dense(b->supply_mw)};
    b->tier = (amp_tier){.power_mw = dense(b->outlet_mw)};
    b->base = *p;
    b->base.source = &b->source;
    b->base.source_count = 1;
    b->base.tier = &b->tier;
    b->base.tier_count = 1;
    b->base.load = b->load;
    if (p->load_count > 0)
        memcpy(b->load, p->load, p->load_count * sizeof *b->load);
}

/* Corners of a hull at most. */
static size_t corners_most(const amp_site *site)
{
    size_t most = 0;
    for (size_t i = 0; i < site->hall_count; i++) {
        const amp_hall *hall = &site->hall[i];
        most = hall->inference.caps.curve.count > most ? hall->inference.caps.curve.count : most;
        for (size_t k = 0; k < hall->workload_count; k++)
            if (hall->workload[k].caps.curve.count > most)
                most = hall->workload[k].caps.curve.count;
    }
    return most + 1;
}

static amp_status bench_init(bench *b)
{
    const size_t count = b->problem->interval_count;
    b->corner = calloc(corners_most(b->site), sizeof *b->corner);
    bool has_memory = b->corner != NULL;
    b->load = calloc(b->problem->load_count + 1, sizeof *b->load);
    b->supply_mw = calloc(count, sizeof *b->supply_mw);
    b->outlet_mw = calloc(count, sizeof *b->outlet_mw);
    for (size_t i = 0; i < SCRATCH_COLUMNS; i++) {
        b->scratch[i] = calloc(count, sizeof *b->scratch[i]);
        has_memory = has_memory && b->scratch[i] != NULL;
    }
    if (!has_memory || b->load == NULL || b->supply_mw == NULL || b->outlet_mw == NULL)
        return AMP_NOMEM;
    condense(b);
    return AMP_OK;
}

/* The import limit when a dated step has moved by @p change. Export cannot be what a site is short
 * of through it. */
static void apply_step(bench *b, const limit *l, double change, amp_site_problem *trial)
{
    double *power_mw = b->scratch[0];
    for (size_t t = 0; t < trial->interval_count; t++) {
        const double held = b->scratch[1][t]; /* share of t that the step holds */
        const double step_mw = amp_column_at(l->number, t);
        const double cap_mw = l->cap.value != NULL ? amp_column_at(l->cap, t) : endless;
        const double more_mw = fmin(cap_mw, step_mw + change) - fmin(cap_mw, step_mw);
        power_mw[t] =
            (amp_column_at(l->energised, t) + held * more_mw) * amp_column_at(l->availability, t);
    }
    trial->import_limit_mw = dense(power_mw);
}

/* A limit of the connection when the number in the file has moved by @p change. */
static void apply_connection(bench *b, const limit *l, double change, amp_site_problem *trial)
{
    const amp_steps *steps = &b->site->grid.energised_mw;
    double *power_mw = b->scratch[0];
    double *number_mw = b->scratch[steps->count > 0 ? 1 : 0];
    for (size_t t = 0; t < trial->interval_count; t++)
        number_mw[t] = fmax(0.0, amp_column_at(l->number, t) + change);
    /* What the steps say was read when the site was compiled: nothing is left to run out of. */
    if (steps->count > 0)
        (void)amp_market_fill_steps(b->market, steps, 0.0, dense(number_mw), power_mw);
    for (size_t t = 0; t < trial->interval_count; t++)
        power_mw[t] *= amp_column_at(l->availability, t);
    if (l->kind == EXPORT_LIMIT)
        trial->export_limit_mw = dense(power_mw);
    else
        trial->import_limit_mw = dense(power_mw);
}

/* Demand follows the number that it is proportional to. */
static void apply_demand(bench *b, const limit *l, double change, amp_site_problem *trial)
{
    double *must_mw = b->scratch[0];
    double *demand_mw = b->scratch[1];
    double *supply_mw = b->scratch[3];
    const amp_load *load = &b->problem->load[l->load];
    for (size_t t = 0; t < trial->interval_count; t++) {
        const double number = amp_column_at(l->number, t);
        const double before_mw = amp_column_at(load->demand_mw, t);
        const double factor = number > 0.0 ? fmax(0.0, number + change) / number : 1.0;
        demand_mw[t] = before_mw * factor;
        must_mw[t] = amp_column_at(l->unchanged_mw, t) + demand_mw[t];
        supply_mw[t] = b->supply_mw[t];
        if (load->cut > 0) /* what may be cut follows the demand too */
            supply_mw[t] -=
                amp_column_at(b->problem->source[load->cut - 1].power_mw, t) * (1.0 - factor);
    }
    b->source.power_mw = dense(supply_mw);
    b->load[l->load].demand_mw = dense(demand_mw);
    trial->must_mw = dense(must_mw);
}

/* A larger hall; a load written as a share of it grows with it. */
static void apply_hall(bench *b, const limit *l, double change, amp_site_problem *trial)
{
    double *capacity_mw = b->scratch[2];
    const amp_load *load = &b->problem->load[l->load];
    bool is_share = false;
    const amp_value *wanted = &b->site->hall[load->asset].lease.load;
    (void)amp_market_column(b->market, wanted, &is_share);
    if (is_share)
        apply_demand(b, l, change, trial);
    for (size_t t = 0; t < trial->interval_count; t++) {
        const double it_mw =
            (amp_column_at(l->number, t) + change) * amp_column_at(l->availability, t);
        capacity_mw[t] = it_mw / amp_column_at(load->it_per_mwh, t);
    }
    b->load[l->load].capacity_mw = dense(capacity_mw);
}

static const amp_caps *caps_of(const bench *b, size_t load)
{
    const amp_load *l = &b->problem->load[load];
    const amp_hall *hall = &b->site->hall[l->asset];
    return l->capping->workload == AMP_NONE ? &hall->inference.caps
                                            : &hall->workload[l->capping->workload].caps;
}

/* A floor holds for all that name its flex tier. What need not run may. */
static void apply_floor(bench *b, const limit *l, double change, amp_site_problem *trial)
{
    double *must_mw = b->scratch[0];
    double *outlet_mw = b->scratch[1];
    for (size_t t = 0; t < trial->interval_count; t++) {
        must_mw[t] = amp_column_at(b->problem->must_mw, t);
        outlet_mw[t] = b->outlet_mw[t];
    }
    for (size_t i = 0; i < trial->load_count; i++) {
        const amp_capping *capping = b->problem->load[i].capping;
        if (capping == NULL || !is_one_key(&caps_of(b, i)->floor, l->value))
            continue;
        const double share = amp_capping_must_share(caps_of(b, i), l->from + change, b->corner);
        const double less = capping->corner[0].power - share;
        for (size_t t = 0; t < trial->interval_count; t++) {
            must_mw[t] -= less * amp_column_at(capping->full_mw, t);
            outlet_mw[t] += less * amp_column_at(capping->full_mw, t);
        }
    }
    trial->must_mw = dense(must_mw);
    b->tier.power_mw = dense(outlet_mw);
}

/* Number times availability, on top of what does not change. */
static amp_column applied_power(bench *b, const limit *l, double change, size_t scratch)
{
    double *power_mw = b->scratch[scratch];
    for (size_t t = 0; t < b->problem->interval_count; t++) {
        const double number = fmax(0.0, amp_column_at(l->number, t) + change);
        const double other_mw =
            l->unchanged_mw.value == NULL ? 0.0 : amp_column_at(l->unchanged_mw, t);
        power_mw[t] = other_mw + number * amp_column_at(l->availability, t);
    }
    return dense(power_mw);
}

/* Stored energies again from the shares in the file. */
static void apply_storage(const bench *b, const limit *l, double change, amp_site_problem *trial)
{
    const amp_battery *battery = &b->site->battery;
    amp_storage *s = &trial->storage;
    const double energy_change = l->kind == BATTERY_ENERGY ? change : 0.0;
    const double energy_mwh = battery->energy_mwh.number + energy_change;
    const double minimum = battery->minimum_soc.number + (l->kind == MINIMUM_SOC ? change : 0.0);
    const double maximum = battery->maximum_soc.number + (l->kind == MAXIMUM_SOC ? change : 0.0);
    const double initial = battery->initial_soc.number + (l->kind == INITIAL_SOC ? change : 0.0);
    const bool starts_empty = !battery->initial_soc.is_set && l->kind != INITIAL_SOC;
    s->minimum_mwh = minimum * energy_mwh;
    s->maximum_mwh = maximum * energy_mwh;
    s->initial_mwh = (starts_empty ? minimum : initial) * energy_mwh;
    if (s->final != AMP_FINAL_FREE)
        s->final_mwh =
            (battery->final_soc.number + (l->kind == FINAL_SOC ? change : 0.0)) * energy_mwh;
}

static void apply(bench *b, const limit *l, double change, amp_site_problem *trial)
{
    switch (l->kind) {
    case IMPORT_LIMIT:
    case EXPORT_LIMIT:
        apply_connection(b, l, change, trial);
        break;
    case ENERGISED_POWER:
        apply_step(b, l, change, trial);
        break;
    case LEASE_LOAD:
        apply_demand(b, l, change, trial);
        break;
    case HALL_POWER:
        apply_hall(b, l, change, trial);
        break;
    case CAP_FLOOR:
        apply_floor(b, l, change, trial);
        break;
    case GENERATOR_POWER:
        b->source.power_mw = applied_power(b, l, change, 0);
        break;
    case CHARGE_POWER:
        trial->storage.charge_limit_mw = applied_power(b, l, change, 0);
        break;
    case DISCHARGE_POWER:
        trial->storage.discharge_limit_mw = applied_power(b, l, change, 0);
        break;
    case BOTH_POWERS:
        trial->storage.charge_limit_mw = applied_power(b, l, change, 0);
        trial->storage.discharge_limit_mw = trial->storage.charge_limit_mw;
        break;
    case BATTERY_ENERGY:
    case MINIMUM_SOC:
    case MAXIMUM_SOC:
    case INITIAL_SOC:
    case FINAL_SOC:
        apply_storage(b, l, change, trial);
        break;
    }
}

static bool works(bench *b, const limit *l, double change)
{
    amp_site_problem trial = b->base;
    size_t interval = 0;
    double amount = 0.0;
    b->source.power_mw = dense(b->supply_mw);
    b->tier.power_mw = dense(b->outlet_mw);
    if (b->problem->load_count > 0)
        memcpy(b->load, b->problem->load, b->problem->load_count * sizeof *b->load);
    apply(b, l, change, &trial);
    const amp_storage *s = &trial.storage;
    const double slack_mwh = precision_share * s->maximum_mwh;
    const bool is_valid = !s->is_present || (s->minimum_mwh <= s->initial_mwh + slack_mwh &&
                                             s->initial_mwh <= s->maximum_mwh + slack_mwh);
    return is_valid && amp_feasibility_check(&trial, &interval, &amount) == AMP_FEASIBLE;
}

/* The least change that works, by doubling and then halving; 0 when none does. Beyond a million
 * times the limit nothing is worth suggesting. */
static double least_change(bench *b, const limit *l)
{
    const double scale = l->from > 0.0 ? l->from : 1.0;
    const double farthest = fmin(l->reach, scale * 0x1p20);
    double fails = 0.0;
    double helps = fmin(scale * 0x1p-20, farthest);
    if (!(farthest > 0.0))
        return 0.0;
    while (!works(b, l, l->direction * helps)) {
        if (helps >= farthest)
            return 0.0;
        fails = helps;
        helps = fmin(2.0 * helps, farthest);
    }
    while (helps - fails > precision_share * helps) {
        const double middle = 0.5 * (fails + helps);
        if (works(b, l, l->direction * middle))
            helps = middle;
        else
            fails = middle;
    }
    return l->direction * helps;
}

/* A multiple of a power of ten; dividing by a whole number gives the double nearest to the decimal
 * where multiplying by 0.01 does not. */
static double on_grain(double x, double grain, double (*to_whole)(double))
{
    if (grain >= 1.0)
        return to_whole(x / grain) * grain;
    const double per_unit = round(1.0 / grain);
    return to_whole(x * per_unit) / per_unit;
}

/* The new number made round: four digits of it, three at least of the change. The nearest round
 * number when that works, else the next one outward, else the number as it is. */
static double rounded_number(bench *b, const limit *l, double change)
{
    const double to = l->from + change;
    const double size = fmax(fabs(to), fabs(change));
    const double coarse = pow(10.0, floor(log10(size)) - 3.0);
    const double fine = pow(10.0, floor(log10(fabs(change))) - 2.0);
    const double grain = fmin(coarse, fine);
    const double nearest = on_grain(to, grain, round);
    const double outward = on_grain(to, grain, change > 0.0 ? ceil : floor);
    if (fabs(nearest - l->from) <= l->reach && works(b, l, nearest - l->from))
        return nearest;
    if (fabs(outward - l->from) <= l->reach && works(b, l, outward - l->from))
        return outward;
    return to;
}

static double lowest(amp_column column, size_t count)
{
    double low = amp_column_at(column, 0);
    for (size_t t = 1; t < count && column.stride != 0; t++)
        low = fmin(low, amp_column_at(column, t));
    return low;
}

static double highest(amp_column column, size_t count)
{
    double high = amp_column_at(column, 0);
    for (size_t t = 1; t < count && column.stride != 0; t++)
        high = fmax(high, amp_column_at(column, t));
    return high;
}

/* Where changes are collected: the best ones so far, by relative size. */
typedef struct {
    amp_change *change; /* [AMP_CHANGES_MAX] */
    size_t count;
} collection;

static double relative_size(const amp_change *change)
{
    return fabs(change->from) > 0.0 ? fabs(change->change / change->from) : endless;
}

/* Limits that tie stay in the order in which they were tried; the worst gives way to a better one
 * when there is no room. */
static void keep_change(collection *found, const amp_change *change)
{
    size_t k = found->count;
    while (k > 0 && relative_size(&found->change[k - 1]) > relative_size(change))
        k--;
    if (k == AMP_CHANGES_MAX)
        return;
    found->count += found->count < AMP_CHANGES_MAX ? 1 : 0;
    memmove(&found->change[k + 1], &found->change[k],
            (found->count - 1 - k) * sizeof found->change[k]);
    found->change[k] = *change;
}

/* @return whether some change of the limit works. */
static bool try_limit(bench *b, const limit *l, collection *found)
{
    const double change = least_change(b, l);
    if (!(fabs(change) > 0.0))
        return false;
    const double to = rounded_number(b, l, change);
    keep_change(found, &(amp_change){.value = l->value,
                                     .from = l->from,
                                     .to = to,
                                     .change = to - l->from,
                                     .is_share = l->is_share});
    return true;
}

/* The part of interval @p t in which a step holds that begins at @p from_s and ends at @p to_s. */
static double held_share(const amp_site_problem *p, size_t t, int64_t from_s, int64_t to_s)
{
    const int64_t start_s = p->from_unix_s + (int64_t)t * p->step_s;
    const int64_t end_s = start_s + p->step_s;
    const int64_t first_s = from_s > start_s ? from_s : start_s;
    const int64_t last_s = to_s < end_s ? to_s : end_s;
    return last_s > first_s ? (double)(last_s - first_s) / (double)p->step_s : 0.0;
}

static amp_status try_steps(bench *b, limit *l, collection *found)
{
    const amp_grid *grid = &b->site->grid;
    const amp_steps *steps = &grid->energised_mw;
    const amp_value *cap = grid->import_limit_mw.is_set ? &grid->import_limit_mw : NULL;
    const size_t count = b->problem->interval_count;
    if (steps->count == 0)
        return AMP_OK;
    l->energised = amp_market_steps_at_most(b->market, steps, 0.0, cap);
    if (cap != NULL)
        l->cap = amp_market_column(b->market, cap, NULL);
    if (l->energised.value == NULL || (cap != NULL && l->cap.value == NULL))
        return AMP_NOMEM;
    for (size_t i = 0; i < steps->count; i++) {
        const amp_value *value = &steps->step[i].value;
        l->number = amp_market_column(b->market, value, NULL);
        if (l->number.value == NULL)
            return AMP_NOMEM;
        const int64_t end_s = i + 1 < steps->count ? steps->step[i + 1].from_unix_s : INT64_MAX;
        for (size_t t = 0; t < count; t++)
            b->scratch[1][t] = held_share(b->problem, t, steps->step[i].from_unix_s, end_s);
        l->kind = ENERGISED_POWER;
        l->value = value;
        l->from = lowest(l->number, count);
        try_limit(b, l, found);
    }
    return AMP_OK;
}

static amp_status try_power_limit(bench *b, limit *l, limit_kind kind, const amp_value *value,
                                  collection *found)
{
    l->kind = kind;
    l->value = value;
    l->number = amp_market_column(b->market, value, NULL);
    if (l->number.value == NULL)
        return AMP_NOMEM;
    l->from = lowest(l->number, b->problem->interval_count);
    try_limit(b, l, found);
    return AMP_OK;
}

static amp_status try_connection(bench *b, collection *found)
{
    const amp_grid *grid = &b->site->grid;
    limit l = {.direction = 1,
               .reach = endless,
               .availability = amp_market_availability(b->market, &grid->availability)};
    amp_status status = AMP_OK;
    if (l.availability.value == NULL)
        return AMP_NOMEM;
    status = try_power_limit(b, &l, EXPORT_LIMIT, &grid->export_limit_mw, found);
    if (status == AMP_OK && grid->import_limit_mw.is_set)
        status = try_power_limit(b, &l, IMPORT_LIMIT, &grid->import_limit_mw, found);
    return status == AMP_OK ? try_steps(b, &l, found) : status;
}

/* must_mw without load @p i. In scratch of its own: the caller frees it. */
static double *other_must_mw(const bench *b, size_t i)
{
    const amp_site_problem *p = b->problem;
    double *other_mw = calloc(p->interval_count, sizeof *other_mw);
    for (size_t k = 0; other_mw != NULL && k < p->load_count; k++) {
        const amp_column must_mw = amp_load_must_mw(&p->load[k]);
        if (k == i || must_mw.value == NULL)
            continue;
        for (size_t t = 0; t < p->interval_count; t++)
            other_mw[t] += amp_column_at(must_mw, t);
    }
    return other_mw;
}

static amp_status try_lease(bench *b, size_t i, collection *found)
{
    const amp_hall *hall = &b->site->hall[b->problem->load[i].asset];
    const size_t count = b->problem->interval_count;
    double *other_mw = other_must_mw(b, i);
    limit l = {.kind = LEASE_LOAD,
               .load = i,
               .value = &hall->lease.load,
               .direction = -1,
               .availability = amp_market_availability(b->market, &hall->availability),
               .unchanged_mw = dense(other_mw)};
    const amp_column power = amp_market_column(b->market, &hall->it_power_mw, NULL);
    amp_status status = AMP_NOMEM;
    l.number = amp_market_column(b->market, &hall->lease.load, &l.is_share);
    if (other_mw == NULL || l.number.value == NULL || l.availability.value == NULL ||
        power.value == NULL)
        goto out;
    l.from = highest(l.number, count);
    l.reach = l.from;
    try_limit(b, &l, found);
    l.kind = HALL_POWER;
    l.is_share = false;
    l.value = &hall->it_power_mw;
    l.direction = 1;
    l.number = power;
    l.from = lowest(power, count);
    l.reach = endless;
    try_limit(b, &l, found);
    status = AMP_OK;
out:
    free(other_mw);
    return status;
}

/* The floor of load @p i, unless it is that of a load before. */
static void try_floor(bench *b, size_t i, collection *found)
{
    const amp_value *floor = &caps_of(b, i)->floor;
    for (size_t k = 0; k < i; k++)
        if (b->problem->load[k].capping != NULL && is_one_key(&caps_of(b, k)->floor, floor))
            return;
    if (!floor->is_set)
        return;
    try_limit(b,
              &(limit){.kind = CAP_FLOOR,
                       .load = i,
                       .value = floor,
                       .from = floor->number,
                       .direction = -1,
                       .reach = floor->number},
              found);
}

static amp_status try_generator(bench *b, size_t i, collection *found)
{
    const amp_source *source = &b->problem->source[i];
    const amp_generator *generator = &b->site->generator[source->asset];
    const size_t count = b->problem->interval_count;
    double *other_mw = calloc(count, sizeof *other_mw);
    const limit l = {.kind = GENERATOR_POWER,
                     .value = &generator->power_mw,
                     .direction = 1,
                     .reach = endless,
                     .number = amp_market_column(b->market, &generator->power_mw, NULL),
                     .availability = amp_market_availability(b->market, &generator->availability),
                     .unchanged_mw = dense(other_mw)};
    amp_status status = AMP_NOMEM;
    if (other_mw == NULL || l.number.value == NULL || l.availability.value == NULL)
        goto out;
    for (size_t t = 0; t < count; t++)
        other_mw[t] = b->supply_mw[t] - amp_column_at(source->power_mw, t);
    limit with_from = l;
    with_from.from = lowest(l.number, count);
    try_limit(b, &with_from, found);
    status = AMP_OK;
out:
    free(other_mw);
    return status;
}

static amp_status try_power(bench *b, limit_kind kind, const amp_value *value, collection *found)
{
    limit l = {.kind = kind,
               .value = value,
               .direction = 1,
               .reach = endless,
               .from = value->number,
               .number = amp_market_column(b->market, value, NULL),
               .availability = amp_market_availability(b->market, &b->site->battery.availability)};
    if (l.number.value == NULL || l.availability.value == NULL)
        return AMP_NOMEM;
    try_limit(b, &l, found);
    return AMP_OK;
}

static amp_status try_powers(bench *b, collection *found)
{
    const amp_battery *battery = &b->site->battery;
    const amp_value *charge = &battery->charge_power_mw;
    const amp_value *discharge = &battery->discharge_power_mw;
    if (is_one_key(charge, discharge))
        return try_power(b, BOTH_POWERS, charge, found);
    const amp_status status = try_power(b, CHARGE_POWER, charge, found);
    if (status != AMP_OK)
        return status;
    return try_power(b, DISCHARGE_POWER, discharge, found);
}

/* Both ways: less of a thing helps where more of it has to go somewhere. Shares stay in 0..1. */
static void try_share(bench *b, limit_kind kind, const amp_value *value, collection *found)
{
    limit l = {.kind = kind, .value = value, .from = value->number};
    if (kind == INITIAL_SOC && !value->is_set)
        l.from = b->site->battery.minimum_soc.number;
    const bool has_limit = kind != BATTERY_ENERGY;
    l.direction = 1;
    l.reach = has_limit ? 1.0 - l.from : endless;
    if (try_limit(b, &l, found))
        return;
    l.direction = -1;
    l.reach = has_limit ? l.from : l.from * removable_share;
    try_limit(b, &l, found);
}

static amp_status try_battery(bench *b, collection *found)
{
    const amp_battery *battery = &b->site->battery;
    const amp_status status = try_powers(b, found);
    if (status != AMP_OK)
        return status;
    try_share(b, BATTERY_ENERGY, &battery->energy_mwh, found);
    try_share(b, MINIMUM_SOC, &battery->minimum_soc, found);
    try_share(b, MAXIMUM_SOC, &battery->maximum_soc, found);
    try_share(b, INITIAL_SOC, &battery->initial_soc, found);
    if (battery->final != AMP_FINAL_FREE)
        try_share(b, FINAL_SOC, &battery->final_soc, found);
    return AMP_OK;
}

static amp_status try_all(bench *b, collection *found)
{
    amp_status status = try_connection(b, found);
    for (size_t i = 0; status == AMP_OK && i < b->problem->load_count; i++) {
        if (b->problem->load[i].is_hard)
            status = try_lease(b, i, found);
        else if (b->problem->load[i].capping != NULL)
            try_floor(b, i, found);
    }
    for (size_t i = 0; status == AMP_OK && i < b->problem->source_count; i++)
        if (b->problem->source[i].kind == AMP_SOURCE_GENERATOR)
            status = try_generator(b, i, found);
    if (status == AMP_OK && b->problem->storage.is_present)
        status = try_battery(b, found);
    return status;
}

amp_status amp_infeasible_changes(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  const amp_site_problem *problem, amp_change *out, size_t *count)
{
    bench b = {.site = &portfolio->site[site], .market = market, .problem = problem};
    collection found = {.change = out};
    amp_status status = bench_init(&b);
    if (status == AMP_OK)
        status = try_all(&b, &found);
    bench_fini(&b);
    if (status != AMP_OK)
        return status;
    *count = found.count;
    return AMP_OK;
}
