/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/solve.h"

#include "dispatch/feasible.h"
#include "dispatch/forward.h"
#include "dispatch/solver.h"
#include "dispatch/stored.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A list interval needs about four segments where few tiers lie within the battery's reach; what
 * does not fit is made anew in the forward pass. */
enum { CACHE_SEGMENTS_PER_INTERVAL = 6, SNAPSHOT_SEGMENTS_PER_SPAN = 128 };

/* calloc() that counts; *ok becomes false when there is no memory. */
static void *take(amp_solver *solver, bool *ok, size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (memory == NULL)
        *ok = false;
    else
        solver->bytes += count * size;
    return memory;
}

static void take_answer(amp_solver *solver, bool *ok)
{
    const size_t n = solver->interval_count;
    solver->net_mw = take(solver, ok, n, sizeof(double));
    solver->soc_mwh = take(solver, ok, n, sizeof(double));
    solver->stored_usd_per_mwh = take(solver, ok, n, sizeof(double));
}

static void take_lists(amp_solver *solver, bool *ok)
{
    solver->scan = take(solver, ok, 1, sizeof *solver->scan);
    solver->piece = take(solver, ok, 2 * amp_solver_piece_room(solver), sizeof *solver->piece);
    *ok = amp_merit_list_init(solver->merit, &solver->list) && *ok;
    *ok = amp_merit_list_init(solver->merit, &solver->import_list) && *ok;
    *ok = amp_merit_list_init(solver->merit, &solver->export_list) && *ok;
}

static void take_battery(amp_solver *solver, bool *ok)
{
    const size_t n = solver->interval_count;
    solver->queue = take(solver, ok, 1, sizeof *solver->queue);
    solver->high = take(solver, ok, n + 1, sizeof(double));
    solver->low = take(solver, ok, n + 1, sizeof(double));
    solver->profit_usd = take(solver, ok, n, sizeof(double));
    solver->shape = take(solver, ok, n, sizeof *solver->shape);
    solver->cache_room = CACHE_SEGMENTS_PER_INTERVAL * n + amp_solver_piece_room(solver);
    solver->cache = take(solver, ok, solver->cache_room, sizeof *solver->cache);
    solver->least = take(solver, ok, n, sizeof *solver->least);
    solver->most = take(solver, ok, n, sizeof *solver->most);
    solver->reach = take(solver, ok, n, sizeof *solver->reach);
    solver->snapshot = take(solver, ok, amp_solver_span_count(solver), sizeof *solver->snapshot);
    solver->snapshot_room = SNAPSHOT_SEGMENTS_PER_SPAN * (amp_solver_span_count(solver) + 16);
    solver->snapshot_segment = take(solver, ok, solver->snapshot_room, sizeof(amp_segment));
    amp_value_store *store = &solver->store;
    store->room = AMP_QUEUE_BUCKETS + AMP_QUEUE_CHAIN_NODES;
    store->segment = take(solver, ok, store->room, sizeof *store->segment);
    store->first = take(solver, ok, AMP_SNAPSHOT_SPAN + 1, sizeof *store->first);
    store->count = take(solver, ok, AMP_SNAPSHOT_SPAN + 1, sizeof *store->count);
    solver->trial_net_mw = take(solver, ok, n, sizeof(double));
    solver->trial_soc_mwh = take(solver, ok, n, sizeof(double));
    solver->trial_stored_usd_per_mwh = take(solver, ok, n, sizeof(double));
    const amp_column block_mw = solver->problem->block_mw;
    if (solver->problem->import_price_usd_per_mwh.stride == 0 || block_mw.stride != 0 ||
        block_mw.value[0] > 0.0)
        solver->own_price = take(solver, ok, n, sizeof(double));
    if (solver->problem->storage.stored != NULL && solver->problem->storage.retention >= 1.0)
        solver->minimum_units = take(solver, ok, n + 1, sizeof *solver->minimum_units);
    if (solver->problem->storage.retention < 1.0) {
        solver->factor = take(solver, ok, n + 1, sizeof *solver->factor);
        solver->minimum_units = take(solver, ok, n + 1, sizeof *solver->minimum_units);
        solver->maximum_units = take(solver, ok, n + 1, sizeof *solver->maximum_units);
    }
}

/* The most energy that a number has to hold: what is stored and what one interval moves. */
static double largest_mwh(const amp_solver *solver)
{
    const amp_storage *storage = &solver->problem->storage;
    double largest_mw = 0.0;
    for (size_t t = 0; t < solver->interval_count; t++) {
        const double mw = amp_column_at(storage->charge_limit_mw, t) +
                          amp_column_at(storage->discharge_limit_mw, t);
        largest_mw = fmax(largest_mw, mw);
        if (storage->charge_limit_mw.stride == 0 && storage->discharge_limit_mw.stride == 0)
            break;
    }
    return storage->maximum_mwh + largest_mw * solver->interval_h / storage->discharge_efficiency;
}

/* Units are a power of two of a MWh, as fine as leaves room for every sum: 2^50 of them hold the
 * battery, so that they are exact as doubles too. */
static double units_for(double mwh)
{
    int exponent = 0;
    (void)frexp(fmax(mwh, 1e-6), &exponent);
    return ldexp(1.0, 50 - exponent);
}

static int64_t units_of(double mwh, double units_per_mwh)
{
    return (int64_t)floor(mwh * units_per_mwh + 0.5);
}

/* What is to be stored at time t beside the minimum. */
static double planned_mwh(const amp_storage *storage, size_t t)
{
    return storage->plan_mwh == NULL || t == 0 ? 0.0 : storage->plan_mwh[t - 1];
}

static void set_minimum(amp_solver *solver)
{
    const amp_storage *storage = &solver->problem->storage;
    for (size_t t = 0; t <= solver->interval_count; t++) {
        const int64_t units =
            units_of(storage->minimum_mwh + planned_mwh(storage, t), solver->units_per_mwh);
        solver->minimum_units[t] = units < solver->maximum ? units : solver->maximum - 1;
    }
}

/* The coordinate that does not decay, from the end backwards. */
static void set_factors(amp_solver *solver)
{
    const amp_storage *storage = &solver->problem->storage;
    double factor = 1.0;
    for (size_t t = solver->interval_count + 1; t-- > 0;) {
        const bool is_end = t == solver->interval_count;
        const double decayed = is_end ? 1.0 : factor * storage->retention;
        const bool is_epoch = decayed < ldexp(1.0, -AMP_EPOCH_BITS);
        const int64_t scale = is_epoch ? INT64_C(1) << AMP_EPOCH_BITS : 1;
        const double units = solver->units_per_mwh * decayed;
        const int64_t minimum = units_of(storage->minimum_mwh + planned_mwh(storage, t), units);
        const int64_t maximum = units_of(storage->maximum_mwh, units);
        solver->minimum_units[t] = minimum * scale;
        solver->maximum_units[t] = (maximum > minimum ? maximum : minimum + 1) * scale;
        factor = decayed * (double)scale;
        solver->factor[t] = factor;
    }
}

/* Whether a column says the same for every interval, whatever its stride. */
static bool is_constant(amp_column column, size_t count)
{
    size_t others = 0;
    for (size_t t = 1; t < count && column.stride != 0; t++)
        others += column.value[t] < column.value[0] || column.value[t] > column.value[0] ? 1 : 0;
    return others == 0;
}

/* The scan says more of it where there are blocks. */
static void set_price(amp_solver *solver)
{
    const amp_column price = solver->problem->import_price_usd_per_mwh;
    solver->price_usd_per_mwh = solver->own_price == NULL ? price.value : solver->own_price;
    for (size_t t = 0; solver->own_price != NULL && t < solver->interval_count; t++)
        solver->own_price[t] = amp_column_at(price, t);
}

static void set_constants(amp_solver *solver)
{
    const amp_storage *storage = &solver->problem->storage;
    const double roundtrip = storage->charge_efficiency * storage->discharge_efficiency;
    set_price(solver);
    solver->charge_efficiency = storage->charge_efficiency;
    solver->discharge_efficiency = storage->discharge_efficiency;
    solver->inverse_charge_efficiency = 1.0 / storage->charge_efficiency;
    solver->wear_usd_per_mwh = storage->wear_usd_per_mwh;
    const bool is_lossless = roundtrip >= 1.0;
    solver->burn_usd_per_mwh =
        is_lossless ? -HUGE_VAL
                    : -storage->wear_usd_per_mwh * (1.0 + roundtrip) / (1.0 - roundtrip);
    solver->flat_slope = is_lossless ? 0.0
                                     : -2.0 * storage->wear_usd_per_mwh *
                                           storage->discharge_efficiency / (1.0 - roundtrip);
    solver->units_per_mwh = units_for(largest_mwh(solver));
    solver->mwh_per_unit = 1.0 / solver->units_per_mwh;
    solver->minimum = units_of(storage->minimum_mwh, solver->units_per_mwh);
    solver->maximum = units_of(storage->maximum_mwh, solver->units_per_mwh);
    if (solver->maximum <= solver->minimum)
        solver->maximum = solver->minimum + 1;
    if (solver->factor != NULL)
        set_factors(solver);
    else if (solver->minimum_units != NULL)
        set_minimum(solver);
    solver->window_varies = solver->factor != NULL ||
                            !is_constant(storage->charge_limit_mw, solver->interval_count) ||
                            !is_constant(storage->discharge_limit_mw, solver->interval_count);
    amp_solver_make_window(solver, 0);
}

amp_status amp_solver_new(const amp_site_problem *problem, amp_solver **out, amp_error *err)
{
    amp_solver *solver = calloc(1, sizeof *solver);
    if (solver == NULL)
        return amp_fail(err, AMP_NOMEM, "no memory for the solver of %s", problem->site_id);
    solver->problem = problem;
    solver->interval_count = problem->interval_count;
    solver->interval_h = problem->interval_h;
    solver->bytes = sizeof *solver;
    amp_status status = amp_merit_new(problem, &solver->merit, err);
    if (status != AMP_OK)
        goto out;
    bool ok = true;
    take_answer(solver, &ok);
    take_lists(solver, &ok);
    if (problem->storage.is_present)
        take_battery(solver, &ok);
    ok = amp_stored_init(solver) && ok;
    if (!ok) {
        status = amp_fail(err, AMP_NOMEM, "no memory for %zu intervals of %s",
                          problem->interval_count, problem->site_id);
        goto out;
    }
    if (problem->storage.is_present)
        amp_queue_init(solver->queue);
    solver->bytes += amp_merit_bytes(solver->merit);
    amp_solver_prepare(solver);
    *out = solver;
out:
    if (status != AMP_OK)
        amp_solver_free(solver);
    return status;
}

void amp_solver_free(amp_solver *solver)
{
    if (solver == NULL)
        return;
    void *const owned[] = {
        solver->net_mw,        solver->soc_mwh,       solver->stored_usd_per_mwh,
        solver->scan,          solver->piece,         solver->queue,
        solver->high,          solver->low,           solver->profit_usd,
        solver->shape,         solver->cache,         solver->least,
        solver->most,          solver->snapshot,      solver->snapshot_segment,
        solver->store.segment, solver->store.first,   solver->store.count,
        solver->trial_net_mw,  solver->trial_soc_mwh, solver->trial_stored_usd_per_mwh,
        solver->reach,         solver->factor,        solver->minimum_units,
        solver->maximum_units, solver->own_price,
    };
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        free(owned[i]);
    amp_stored_fini(solver);
    amp_merit_list_fini(&solver->list);
    amp_merit_list_fini(&solver->import_list);
    amp_merit_list_fini(&solver->export_list);
    amp_merit_free(solver->merit);
    free(solver);
}

size_t amp_solver_bytes(const amp_solver *solver)
{
    return solver->bytes;
}

/* ---- without a battery ---- */

/* What the site earns over the horizon with an idle battery, or none. */
typedef struct {
    double relaxed_usd;
    double one_mode_usd;
    double gross_usd; /* sum of magnitudes */
    size_t mixed_count;
} rest_total;

/* Value of one interval at rest: relaxed, and with one mode of the connection. */
static void rest_usd(amp_solver *solver, size_t t, size_t i, double *relaxed_usd,
                     double *one_mode_usd)
{
    const amp_merit_scan *scan = solver->scan;
    if (scan->low_mw[i] <= 0.0 && scan->high_mw[i] >= 0.0) {
        *relaxed_usd = scan->profit_usd_per_h[i] * solver->interval_h;
        *one_mode_usd = *relaxed_usd;
        return;
    }
    amp_merit_build(solver->merit, t, AMP_MODE_RELAXED, scan->lost_usd_per_h[i], &solver->list);
    *relaxed_usd = amp_merit_profit_usd_per_h(&solver->list, 0.0) * solver->interval_h;
    const double tolerance_mw = 1e-9 * (1.0 + fabs(solver->list.offset_mw));
    const bool is_possible = solver->list.offset_mw >= -tolerance_mw &&
                             amp_merit_most_net_mw(&solver->list) >= -tolerance_mw;
    if (!is_possible)
        *one_mode_usd = -HUGE_VAL;
    else if (solver->list.is_pooled)
        *one_mode_usd = amp_one_mode_profit_usd(solver, t, 0.0);
    else
        *one_mode_usd = *relaxed_usd;
}

static rest_total rest_block(amp_solver *solver, size_t start, size_t count)
{
    rest_total block = {0};
    amp_merit_scan_block(solver->merit, start, count, solver->scan);
    for (size_t i = 0; i < count; i++) {
        double relaxed_usd = 0.0;
        double one_mode_usd = 0.0;
        rest_usd(solver, start + i, i, &relaxed_usd, &one_mode_usd);
        block.relaxed_usd += relaxed_usd;
        block.one_mode_usd += one_mode_usd;
        block.gross_usd += fabs(relaxed_usd);
        block.mixed_count += relaxed_usd - one_mode_usd > 1e-9 + 1e-11 * fabs(relaxed_usd) ? 1 : 0;
    }
    return block;
}

static rest_total rest_all(amp_solver *solver)
{
    rest_total total = {0};
    for (size_t start = 0; start < solver->interval_count; start += AMP_MERIT_BLOCK) {
        const size_t left = solver->interval_count - start;
        const rest_total block =
            rest_block(solver, start, left < AMP_MERIT_BLOCK ? left : AMP_MERIT_BLOCK);
        total.relaxed_usd += block.relaxed_usd;
        total.one_mode_usd += block.one_mode_usd;
        total.gross_usd += block.gross_usd;
        total.mixed_count += block.mixed_count;
    }
    return total;
}

/* Rounding may put the two a hair's breadth apart; anything more is a fault that must show. */
static void forgive_rounding(double gross_usd, amp_solution *out)
{
    const double rounding_usd = 1e-8 + 1e-11 * gross_usd;
    if (out->bound_usd < out->objective_usd && out->objective_usd - out->bound_usd <= rounding_usd)
        out->bound_usd = out->objective_usd;
}

static void publish(const amp_solver *solver, amp_solution *out)
{
    out->net_mw = solver->net_mw;
    out->soc_mwh = solver->soc_mwh;
    out->stored_usd_per_mwh = solver->stored_usd_per_mwh;
}

/* The exact test, for when something impossible lies within reach. @return false when no schedule
 * meets every limit; @p out then says where. */
static bool check_feasibility(const amp_solver *solver, amp_solution *out)
{
    out->shortage =
        amp_feasibility_check(solver->problem, &out->shortage_interval, &out->shortage_amount);
    return out->shortage == AMP_FEASIBLE;
}

static void solve_without_battery(amp_solver *solver, amp_solution *out)
{
    const size_t bytes = solver->interval_count * sizeof(double);
    memset(solver->net_mw, 0, bytes);
    memset(solver->soc_mwh, 0, bytes);
    memset(solver->stored_usd_per_mwh, 0, bytes);
    const rest_total total = rest_all(solver);
    if (isinf(total.one_mode_usd) && !check_feasibility(solver, out))
        return;
    out->bound_usd = total.relaxed_usd;
    out->objective_usd = total.one_mode_usd;
    out->mixed_count = total.mixed_count;
    forgive_rounding(total.gross_usd, out);
    publish(solver, out);
}

/* ---- with a battery ---- */

/* Leaving the battery alone is a schedule too, where it keeps its limits; a greedy one must not do
 * worse. @return its objective, or -HUGE_VAL. Fills the trial arrays. */
static double idle_schedule(amp_solver *solver)
{
    const amp_storage *storage = &solver->problem->storage;
    double level_mwh = storage->initial_mwh;
    for (size_t t = 0; t < solver->interval_count; t++) {
        level_mwh *= storage->retention;
        solver->trial_net_mw[t] = 0.0;
        solver->trial_soc_mwh[t] = level_mwh;
        solver->trial_stored_usd_per_mwh[t] = solver->stored_usd_per_mwh[t];
    }
    const double tolerance_mwh = 1e-12 * storage->maximum_mwh;
    const bool is_low = level_mwh < storage->minimum_mwh - tolerance_mwh;
    const bool is_wrong_end =
        (storage->final == AMP_FINAL_EXACT &&
         fabs(level_mwh - storage->final_mwh) > tolerance_mwh) ||
        (storage->final == AMP_FINAL_MINIMUM && level_mwh < storage->final_mwh - tolerance_mwh);
    if (is_low || is_wrong_end)
        return -HUGE_VAL;
    return rest_all(solver).one_mode_usd + storage->terminal_value_usd_per_mwh * level_mwh;
}

static void swap(double **a, double **b)
{
    double *held = *a;
    *a = *b;
    *b = held;
}

static void adopt_trial(amp_solver *solver, double usd, double *objective_usd)
{
    if (usd <= *objective_usd)
        return;
    *objective_usd = usd;
    swap(&solver->net_mw, &solver->trial_net_mw);
    swap(&solver->soc_mwh, &solver->trial_soc_mwh);
    swap(&solver->stored_usd_per_mwh, &solver->trial_stored_usd_per_mwh);
}

static int64_t initial_level(const amp_solver *solver)
{
    const double units = solver->units_per_mwh * amp_solver_factor(solver, 0);
    return units_of(solver->problem->storage.initial_mwh, units);
}

/* The most that a MWh could earn for being stored all the time. */
static double stored_all_the_time(const amp_solver *solver)
{
    const amp_stored_worth *stored = solver->problem->storage.stored;
    double usd = 0.0;
    for (size_t t = 0; stored != NULL && t < solver->interval_count; t++)
        usd += stored->count > 0 ? stored->usd_per_mwh[t * stored->count] : 0.0;
    return usd;
}

static double largest_magnitude(amp_column column, size_t count)
{
    double largest = fabs(column.value[0]);
    for (size_t t = 1; t < count && column.stride != 0; t++)
        largest = fmax(largest, fabs(column.value[t]));
    return largest;
}

/* Every slope of a value is some price, through the efficiencies. */
static double extreme_slope(const amp_solver *solver)
{
    const amp_site_problem *p = solver->problem;
    const size_t n = p->interval_count;
    double largest =
        1.0 + p->storage.wear_usd_per_mwh + fabs(p->storage.terminal_value_usd_per_mwh);
    const amp_column prices[] = {p->import_price_usd_per_mwh, p->block_price_usd_per_mwh,
                                 p->export_price_usd_per_mwh};
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++)
        largest = fmax(largest, largest_magnitude(prices[i], n));
    if (p->beyond_usd_per_mwh.value != NULL)
        largest = fmax(largest, largest_magnitude(p->beyond_usd_per_mwh, n));
    for (size_t k = 0; k < p->tier_count; k++)
        largest = fmax(largest, largest_magnitude(p->tier[k].value_usd_per_mwh, n));
    for (size_t j = 0; j < p->source_count; j++)
        largest = fmax(largest, largest_magnitude(p->source[j].cost_usd_per_mwh, n));
    largest += stored_all_the_time(solver);
    const double decay = solver->factor != NULL ? ldexp(1.0, AMP_EPOCH_BITS) : 1.0;
    const double roundtrip = solver->charge_efficiency * solver->discharge_efficiency;
    const double burn_gain = roundtrip < 1.0 ? 1.0 / (1.0 - roundtrip) : 1.0;
    return 4.0 * decay * burn_gain * largest / (roundtrip * solver->charge_efficiency);
}

static void solve_with_battery(amp_solver *solver, bool improves, amp_solution *out)
{
    set_constants(solver);
    const int64_t level = initial_level(solver);
    amp_backward_terminal(solver, solver->interval_count);
    amp_backward_record(solver, 0, solver->interval_count);
    solver->extreme_slope = AMP_MERIT_FORBIDDEN;
    if (solver->has_forbidden) {
        if (!check_feasibility(solver, out))
            return;
        solver->extreme_slope = extreme_slope(solver);
    }
    amp_path path = {0};
    amp_forward(solver, level, &path);
    out->bound_usd = path.bound_usd;
    out->mixed_count = path.mixed_count;
    out->objective_usd = path.dead_count == 0 ? path.one_mode_usd : -HUGE_VAL;
    if (path.mixed_count > 0 && improves) {
        const double greedy_usd = amp_one_mode_schedule(solver, level, path.one_mode_usd);
        adopt_trial(solver, greedy_usd, &out->objective_usd);
        if (amp_forward_rest_usd(solver) > out->objective_usd)
            adopt_trial(solver, idle_schedule(solver), &out->objective_usd);
    }
    forgive_rounding(path.gross_usd, out);
    publish(solver, out);
}

/* A hard lease above what its hall can take: no supply or battery helps. */
static bool is_short_of_hall(const amp_site_problem *problem)
{
    size_t short_count = 0;
    for (size_t i = 0; i < problem->load_count; i++) {
        const amp_load *load = &problem->load[i];
        const bool varies = load->demand_mw.stride != 0 || load->capacity_mw.stride != 0;
        const size_t count = load->is_hard ? (varies ? problem->interval_count : 1) : 0;
        for (size_t t = 0; t < count; t++)
            short_count += amp_column_at(load->demand_mw, t) > amp_column_at(load->capacity_mw, t);
    }
    return short_count > 0;
}

static void solve(amp_solver *solver, bool improves, amp_solution *out)
{
    *out = (amp_solution){.shortage = AMP_FEASIBLE};
    amp_merit_refresh(solver->merit);
    if (is_short_of_hall(solver->problem) && !check_feasibility(solver, out))
        return;
    if (solver->problem->storage.is_present)
        solve_with_battery(solver, improves, out);
    else
        solve_without_battery(solver, out);
}

void amp_solver_solve(amp_solver *solver, amp_solution *out)
{
    solve(solver, true, out);
}

void amp_solver_relax(amp_solver *solver, amp_solution *out)
{
    solve(solver, false, out);
}

void amp_solver_prepare(amp_solver *solver)
{
    amp_merit_refresh(solver->merit);
    if (solver->problem->storage.is_present)
        set_constants(solver);
}

/* Levels at the end of the first interval from which the relaxation reaches the window's end: what
 * the value function does not forbid. */
static amp_level_range allowed_levels(const amp_solver *solver, size_t t, const amp_segment *value,
                                      size_t count)
{
    amp_level_range range = {amp_solver_minimum(solver, t), amp_solver_maximum(solver, t)};
    for (size_t k = 0; k < count && value[k].slope >= AMP_MERIT_FORBIDDEN; k++)
        range.low += value[k].length;
    for (size_t k = count; k-- > 0 && value[k].slope <= -AMP_MERIT_FORBIDDEN;)
        range.high -= value[k].length;
    return range;
}

/* Why the first interval of a window, or what comes after it, cannot be had from @p level. */
static amp_shortage decision_shortage(const amp_solver *solver, size_t first, int64_t level,
                                      amp_level_range keep)
{
    const amp_window *window = &solver->window;
    double low_mw = 0.0;
    double high_mw = 0.0;
    amp_merit_range(solver->merit, first, &low_mw, &high_mw);
    const bool is_present = solver->problem->storage.is_present;
    const double battery_mw = is_present ? window->discharge_mw : 0.0;
    if (low_mw > battery_mw + 1e-9 * (1.0 + battery_mw))
        return AMP_SHORT_OF_SUPPLY;
    if (!is_present)
        return AMP_FEASIBLE;
    const double least =
        low_mw * (low_mw < 0.0 ? window->units_per_mw_charge : window->units_per_mw_discharge);
    const double most =
        high_mw * (high_mw < 0.0 ? window->units_per_mw_charge : window->units_per_mw_discharge);
    const double sliver = 64.0;
    const double highest = (double)level - fmax(least, -(double)window->charge);
    const double lowest = (double)level - fmin(most, (double)window->discharge);
    if (highest < (double)keep.low - sliver)
        return AMP_SHORT_OF_ENERGY;
    return lowest > (double)keep.high + sliver ? AMP_EXCESS_OF_ENERGY : AMP_FEASIBLE;
}

/* Rounding may leave the only level that is allowed a few units out of reach. */
static amp_level_range widen(amp_level_range keep, int64_t level, const amp_window *window)
{
    const int64_t highest = level + window->charge;
    const int64_t lowest = level - window->discharge;
    keep.low = keep.low > highest ? highest : keep.low;
    keep.high = keep.high < lowest ? lowest : keep.high;
    return keep;
}

void amp_solver_decide(amp_solver *solver, size_t first, size_t count, double initial_mwh,
                       amp_decision *out)
{
    assert(first + count <= solver->interval_count && count > 0);
    *out = (amp_decision){.end_mwh = initial_mwh};
    if (!solver->problem->storage.is_present) {
        out->shortage = decision_shortage(solver, first, 0, (amp_level_range){0, 0});
        return;
    }
    amp_backward_terminal(solver, first + count);
    amp_backward_decide(solver, first + 1, first + count);
    amp_merit_scan_block(solver->merit, first, 1, solver->scan);
    const amp_window window = *amp_solver_window(solver, first);
    solver->shape[first] =
        amp_scan_is_market(solver->scan, 0, &window) ? AMP_SHAPE_MARKET : AMP_SHAPE_REBUILD;
    solver->profit_usd[first] = solver->scan->profit_usd_per_h[0] * solver->interval_h;
    if (solver->own_price != NULL)
        solver->own_price[first] = solver->scan->price_usd_per_mwh[0];

    const double units = solver->units_per_mwh * amp_solver_factor(solver, first);
    const int64_t level = units_of(initial_mwh, units) >> amp_solver_epoch_bits(solver, first);
    const size_t segments =
        amp_queue_copy(solver->queue, solver->store.segment, solver->store.room);
    const amp_level_range keep = allowed_levels(solver, first + 1, solver->store.segment, segments);
    const amp_one_mode_choice choice = amp_one_mode_choose(
        solver, first, solver->store.segment, segments, level, widen(keep, level, &window));
    const double factor = amp_solver_factor(solver, first + 1);
    out->net_mw = amp_window_net_mw(&window, choice.y);
    out->end_mwh = (double)(level - choice.y) / (solver->units_per_mwh * factor);
    out->stored_usd_per_mwh = choice.stored_slope * factor;
    out->shortage = decision_shortage(solver, first, level, keep);
}
