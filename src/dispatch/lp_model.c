/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/lp_model.h"

#include "base/text.h"
#include "dispatch/billing.h"
#include "dispatch/reserve.h"

#include <math.h>

/* What the columns of one interval are made from. */
typedef struct {
    const amp_site_problem *problem;
    amp_lp_interval *out;
    size_t t;
    double h;
    double import_limit_mw;
    double block_mw;
    double export_limit_mw;
    double charge_limit_mw;
    double discharge_limit_mw;
} interval;

static interval interval_at(const amp_site_problem *problem, size_t t, amp_lp_interval *out)
{
    return (interval){
        .problem = problem,
        .out = out,
        .t = t,
        .h = problem->interval_h,
        .import_limit_mw = amp_column_at(problem->import_limit_mw, t),
        .block_mw = amp_column_at(problem->block_mw, t),
        .export_limit_mw = amp_column_at(problem->export_limit_mw, t),
        .charge_limit_mw = amp_column_at(problem->storage.charge_limit_mw, t),
        .discharge_limit_mw = amp_column_at(problem->storage.discharge_limit_mw, t),
    };
}

/* ---- which rows there are ---- */

/* Without block and export the bound of import says all. */
static bool has_grid_mode(const interval *at)
{
    return at->import_limit_mw > 0.0 && (at->export_limit_mw > 0.0 || at->block_mw > 0.0);
}

static bool has_block_mode(const interval *at)
{
    return at->block_mw > 0.0 && at->export_limit_mw > 0.0;
}

static bool has_battery_mode(const interval *at)
{
    return at->problem->storage.is_present && at->charge_limit_mw > 0.0 &&
           at->discharge_limit_mw > 0.0;
}

/* What is not served matters only where it costs; its column keeps the objective without a
 * constant. */
static bool has_demand(const interval *at, const amp_load *load)
{
    return load->kind != AMP_LOAD_MINING && !load->is_hard &&
           amp_column_at(amp_load_firm_mw(load), at->t) > 0.0 &&
           amp_column_at(load->penalty_usd_per_mwh, at->t) > 0.0;
}

static bool is_active(const amp_job *job, size_t t)
{
    return t >= job->first && t < job->end && job->power_mw > 0.0 && job->energy_mwh > 0.0;
}

static double bus_per_it(const interval *at, const amp_job *job)
{
    return 1.0 / amp_column_at(at->problem->load[job->load].it_per_mwh, at->t);
}

/* A hall that has room for all its jobs together needs no row. */
static bool has_hall_row(const interval *at, uint32_t load)
{
    const amp_site_problem *problem = at->problem;
    double power_mw = 0.0;
    for (size_t j = 0; j < problem->job_count; j++)
        if (problem->job[j].load == load && is_active(&problem->job[j], at->t))
            power_mw += problem->job[j].power_mw * bus_per_it(at, &problem->job[j]);
    return power_mw > 0.0 && power_mw > amp_column_at(problem->load[load].capacity_mw, at->t);
}

/* Whether source i shares with the one before it, and both can give some. */
static bool has_shared_row(const interval *at, size_t i)
{
    const amp_source *source = &at->problem->source[i];
    return source->shared_mw.value != NULL && amp_column_at(source->power_mw, at->t) > 0.0 &&
           amp_column_at(source[-1].power_mw, at->t) > 0.0;
}

/* The source that shares what is flexible of a load; NULL without one, or where it gives nothing.
 */
static const amp_source *sharing_source(const interval *at, uint32_t load)
{
    for (size_t i = 0; i < at->problem->source_count; i++)
        if (at->problem->source[i].asset == load && has_shared_row(at, i))
            return &at->problem->source[i];
    return NULL;
}

uint32_t amp_lp_first_job_flow(const amp_site_problem *problem)
{
    return AMP_LP_SOURCE +
           (uint32_t)(problem->source_count + problem->tier_count + problem->load_count);
}

uint32_t amp_lp_first_peak_row(const amp_site_problem *problem)
{
    return AMP_LP_ROW_DEMAND + (uint32_t)problem->load_count;
}

uint32_t amp_lp_first_hall_row(const amp_site_problem *problem)
{
    return amp_lp_first_peak_row(problem) + (uint32_t)problem->peak_count;
}

uint32_t amp_lp_first_start_flow(const amp_site_problem *problem)
{
    return amp_lp_first_reserve_flow(problem) + 2 * (uint32_t)problem->reserve_count;
}

uint32_t amp_lp_first_reserve_flow(const amp_site_problem *problem)
{
    return amp_lp_first_job_flow(problem) + (uint32_t)problem->job_count;
}

uint32_t amp_lp_first_start_row(const amp_site_problem *problem)
{
    const uint32_t reserves = (uint32_t)problem->reserve_count;
    return amp_lp_first_reserve_row(problem) + reserves + (reserves > 0 ? AMP_LP_RESERVE_ROWS : 0);
}

uint32_t amp_lp_first_reserve_row(const amp_site_problem *problem)
{
    return amp_lp_first_hall_row(problem) + (uint32_t)problem->load_count;
}

static double reserve_limit_mw(const interval *at, uint32_t r)
{
    return amp_column_at(at->problem->reserve[r].limit_mw, at->t);
}

static bool has_reserve(const interval *at)
{
    for (uint32_t r = 0; r < at->problem->reserve_count; r++)
        if (reserve_limit_mw(at, r) > 0.0)
            return true;
    return false;
}

/* Whether loads, or the battery, can hold any. */
static bool loads_hold(const interval *at)
{
    for (uint32_t k = 0; k < at->problem->tier_count; k++)
        if (amp_reserve_backs(at->problem, k) &&
            amp_column_at(at->problem->tier[k].power_mw, at->t) > 0.0)
            return has_reserve(at);
    return false;
}

static bool battery_holds(const interval *at)
{
    return at->problem->storage.is_present &&
           (at->problem->reserve_from & AMP_RESERVE_BATTERY) != 0 && has_reserve(at);
}

static uint32_t reserve_row(const interval *at, uint32_t which)
{
    return amp_lp_first_reserve_row(at->problem) + (uint32_t)at->problem->reserve_count + which;
}

uint32_t amp_lp_first_mode_row(const amp_site_problem *problem)
{
    return amp_lp_first_start_row(problem) + (uint32_t)problem->restart_count;
}

static void add_row(const interval *at, uint32_t row, bool is_equal, double rhs)
{
    at->out->row[at->out->row_count++] = (amp_lp_row){row, is_equal, rhs};
}

static void add_demand_rows(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t i = 0; i < problem->load_count; i++)
        if (has_demand(at, &problem->load[i]))
            add_row(at, AMP_LP_ROW_DEMAND + i, true,
                    amp_column_at(amp_load_firm_mw(&problem->load[i]), at->t));
}

static void add_coupling_rows(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    const bool is_first = amp_metered_first(problem, at->t) == at->t;
    for (uint32_t k = 0; k < problem->peak_count && is_first; k++)
        if (amp_peak_counts(&problem->peak[k], at->t))
            add_row(at, amp_lp_first_peak_row(problem) + k, false, 0.0);
    for (uint32_t i = 0; i < problem->load_count; i++) {
        const amp_source *source = sharing_source(at, i);
        if (source != NULL)
            add_row(at, amp_lp_first_hall_row(problem) + i, false,
                    amp_column_at(source->shared_mw, at->t));
        else if (has_hall_row(at, i))
            add_row(at, amp_lp_first_hall_row(problem) + i, false,
                    amp_column_at(problem->load[i].capacity_mw, at->t));
    }
}

/* Where only one of the two holds a product, its limit is a bound. */
static void add_reserve_rows(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t r = 0; r < problem->reserve_count; r++)
        if (reserve_limit_mw(at, r) > 0.0 && loads_hold(at) && battery_holds(at))
            add_row(at, amp_lp_first_reserve_row(problem) + r, false, reserve_limit_mw(at, r));
    if (loads_hold(at))
        add_row(at, reserve_row(at, AMP_LP_RESERVE_LOADS), false, 0.0);
    if (!battery_holds(at))
        return;
    add_row(at, reserve_row(at, AMP_LP_RESERVE_POWER), false, at->discharge_limit_mw);
    add_row(at, reserve_row(at, AMP_LP_RESERVE_ENERGY), false, -problem->storage.minimum_mwh);
}

/* Whether tier @p k is there, and is a higher mode of machines whose starts cost. */
static bool has_mode_row(const interval *at, const amp_restart *restart, uint32_t k)
{
    const amp_site_problem *problem = at->problem;
    const amp_load *load = &problem->load[restart->load];
    return k > load->first_tier && k < load->first_tier + load->tier_count &&
           amp_column_at(problem->tier[k].power_mw, at->t) > 0.0;
}

static void add_restart_rows(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t i = 0; i < problem->restart_count; i++)
        add_row(at, amp_lp_first_start_row(problem) + i, false,
                at->t == 0 ? problem->restart[i].initial_mw : 0.0);
    for (uint32_t i = 0; i < problem->restart_count; i++)
        for (uint32_t k = 0; k < problem->tier_count; k++)
            if (has_mode_row(at, &problem->restart[i], k))
                add_row(at, amp_lp_first_mode_row(problem) + k, false, 0.0);
}

static void add_rows(const interval *at)
{
    const amp_storage *storage = &at->problem->storage;
    add_row(at, AMP_LP_ROW_BALANCE, true, amp_column_at(at->problem->must_mw, at->t));
    if (storage->is_present)
        add_row(at, AMP_LP_ROW_SOC, true,
                at->t == 0 ? storage->retention * storage->initial_mwh : 0.0);
    if (has_battery_mode(at))
        add_row(at, AMP_LP_ROW_BATTERY_MODE, false, at->charge_limit_mw);
    if (has_grid_mode(at))
        add_row(at, AMP_LP_ROW_GRID_MODE, false, at->import_limit_mw);
    if (has_block_mode(at))
        add_row(at, AMP_LP_ROW_BLOCK_MODE, false, at->block_mw);
    add_demand_rows(at);
    add_coupling_rows(at);
    add_reserve_rows(at);
    add_restart_rows(at);
}

/* ---- columns ---- */

/* Adds to the column that was begun last. */
static void enter_at(const interval *at, uint32_t row, amp_lp_where where, double coefficient)
{
    amp_lp_interval *out = at->out;
    out->entry[out->entry_count++] =
        (amp_lp_entry){.row = row, .where = where, .coefficient = coefficient};
    out->column[out->column_count - 1].entry_count++;
}

static void enter(const interval *at, uint32_t row, double coefficient)
{
    enter_at(at, row, AMP_LP_HERE, coefficient);
}

/* A column from 0 to @p upper without entries. */
static amp_lp_column *begin_column(const interval *at, uint32_t flow, double upper, double cost)
{
    amp_lp_interval *out = at->out;
    amp_lp_column *column = &out->column[out->column_count++];
    *column = (amp_lp_column){
        .flow = flow, .upper = upper, .cost = cost, .entry = out->entry + out->entry_count};
    return column;
}

/* A flow from 0 to @p upper with its coefficient in the balance of the bus. */
static void begin_flow(const interval *at, uint32_t flow, double upper, double cost, double balance)
{
    (void)begin_column(at, flow, upper, cost);
    enter(at, AMP_LP_ROW_BALANCE, balance);
}

/* Import counts for every peak of its interval, whoever sold it. */
static void enter_peaks(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    const bool is_first = amp_metered_first(problem, at->t) == at->t;
    for (uint32_t k = 0; k < problem->peak_count; k++)
        if (amp_peak_counts(&problem->peak[k], at->t))
            enter_at(at, amp_lp_first_peak_row(problem) + k,
                     is_first ? AMP_LP_HERE : AMP_LP_METERED, 1.0);
}

static void add_import_columns(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    begin_flow(at, AMP_LP_IMPORT, at->import_limit_mw,
               at->h * amp_column_at(problem->import_price_usd_per_mwh, at->t), 1.0);
    if (has_grid_mode(at))
        enter(at, AMP_LP_ROW_GRID_MODE, 1.0);
    enter_peaks(at);
    if (!(at->block_mw > 0.0))
        return;
    begin_flow(at, AMP_LP_BLOCK, at->block_mw,
               at->h * amp_column_at(problem->block_price_usd_per_mwh, at->t), 1.0);
    enter(at, AMP_LP_ROW_GRID_MODE, 1.0);
    if (has_block_mode(at))
        enter(at, AMP_LP_ROW_BLOCK_MODE, 1.0);
    enter_peaks(at);
}

static void add_export_column(const interval *at)
{
    const amp_column price = at->problem->export_price_usd_per_mwh;
    if (!(at->export_limit_mw > 0.0))
        return;
    begin_flow(at, AMP_LP_EXPORT, at->export_limit_mw, -at->h * amp_column_at(price, at->t), -1.0);
    if (has_grid_mode(at))
        enter(at, AMP_LP_ROW_GRID_MODE, at->import_limit_mw / at->export_limit_mw);
    if (has_block_mode(at))
        enter(at, AMP_LP_ROW_BLOCK_MODE, at->block_mw / at->export_limit_mw);
}

static void add_stored_column(const interval *at)
{
    const amp_storage *storage = &at->problem->storage;
    const bool is_last = at->t + 1 == at->problem->interval_count;
    amp_lp_column *column = begin_column(at, AMP_LP_STORED, storage->maximum_mwh, 0.0);
    column->lower = storage->minimum_mwh;
    enter(at, AMP_LP_ROW_SOC, 1.0);
    if (battery_holds(at))
        enter(at, reserve_row(at, AMP_LP_RESERVE_ENERGY), -1.0);
    if (!is_last) {
        enter_at(at, AMP_LP_ROW_SOC, AMP_LP_NEXT, -storage->retention);
        return;
    }
    switch (storage->final) {
    case AMP_FINAL_FREE:
        column->cost = -storage->terminal_value_usd_per_mwh;
        break;
    case AMP_FINAL_EXACT:
        column->lower = storage->final_mwh;
        column->upper = storage->final_mwh;
        break;
    case AMP_FINAL_MINIMUM:
        column->lower = fmax(storage->minimum_mwh, storage->final_mwh);
        break;
    }
}

static void add_storage_columns(const interval *at)
{
    const amp_storage *storage = &at->problem->storage;
    const double wear_usd_per_mw = at->h * storage->wear_usd_per_mwh;
    if (!storage->is_present)
        return;
    if (at->charge_limit_mw > 0.0) {
        begin_flow(at, AMP_LP_CHARGE, at->charge_limit_mw, wear_usd_per_mw, -1.0);
        enter(at, AMP_LP_ROW_SOC, -storage->charge_efficiency * at->h);
        if (has_battery_mode(at))
            enter(at, AMP_LP_ROW_BATTERY_MODE, 1.0);
        if (battery_holds(at))
            enter(at, reserve_row(at, AMP_LP_RESERVE_POWER), -1.0);
    }
    if (at->discharge_limit_mw > 0.0) {
        begin_flow(at, AMP_LP_DISCHARGE, at->discharge_limit_mw, wear_usd_per_mw, 1.0);
        enter(at, AMP_LP_ROW_SOC, at->h / storage->discharge_efficiency);
        if (has_battery_mode(at))
            enter(at, AMP_LP_ROW_BATTERY_MODE, at->charge_limit_mw / at->discharge_limit_mw);
        if (battery_holds(at))
            enter(at, reserve_row(at, AMP_LP_RESERVE_POWER), 1.0);
    }
    add_stored_column(at);
}

double amp_lp_budget_coefficient(const amp_site_problem *problem, const amp_budget *budget,
                                 size_t k, size_t t)
{
    const amp_source *source = &problem->source[budget->source[k]];
    const bool has_column = amp_column_at(source->power_mw, t) > 0.0;
    return has_column ? problem->interval_h * amp_column_at(budget->weight[k], t) : 0.0;
}

static void enter_budgets(const interval *at, uint32_t source)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t i = 0; i < problem->budget_count; i++) {
        const amp_budget *budget = &problem->budget[i];
        for (size_t k = 0; k < budget->source_count; k++) {
            const double coefficient = amp_lp_budget_coefficient(problem, budget, k, at->t);
            if (budget->source[k] == source && coefficient > 0.0)
                enter_at(at, i, AMP_LP_BUDGET, coefficient);
        }
    }
}

static void add_source_columns(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t i = 0; i < problem->source_count; i++) {
        const double power_mw = amp_column_at(problem->source[i].power_mw, at->t);
        if (!(power_mw > 0.0))
            continue;
        begin_flow(at, AMP_LP_SOURCE + i, power_mw,
                   at->h * amp_column_at(problem->source[i].cost_usd_per_mwh, at->t), 1.0);
        const bool shares_next = i + 1 < problem->source_count && has_shared_row(at, i + 1);
        if (shares_next || has_shared_row(at, i))
            enter(at, amp_lp_first_hall_row(problem) + problem->source[i].asset, 1.0);
        enter_budgets(at, i);
    }
}

/* The lowest mode of all machines that run: each interval's start row has it, and the next one's.
 * Higher modes are of machines that run. */
static void enter_restart(const interval *at, const amp_restart *restart, uint32_t i, uint32_t k)
{
    const amp_site_problem *problem = at->problem;
    const amp_load *load = &problem->load[restart->load];
    const double running_per_mw = amp_column_at(restart->running_per_mw, at->t);
    if (k == load->first_tier) {
        enter(at, amp_lp_first_start_row(problem) + i, running_per_mw);
        if (at->t + 1 < problem->interval_count)
            enter_at(at, amp_lp_first_start_row(problem) + i, AMP_LP_NEXT, -running_per_mw);
        for (uint32_t next = k + 1; next < k + load->tier_count; next++)
            if (has_mode_row(at, restart, next))
                enter(at, amp_lp_first_mode_row(problem) + next,
                      -amp_column_at(problem->tier[next].power_mw, at->t) /
                          amp_column_at(problem->tier[k].power_mw, at->t));
    } else if (has_mode_row(at, restart, k)) {
        enter(at, amp_lp_first_mode_row(problem) + k, 1.0);
    }
}

static void add_tier_columns(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    const uint32_t first_flow = AMP_LP_SOURCE + (uint32_t)problem->source_count;
    for (uint32_t k = 0; k < problem->tier_count; k++) {
        const amp_load *load = &problem->load[problem->tier[k].load];
        const double power_mw = amp_column_at(problem->tier[k].power_mw, at->t);
        /* The tier's value holds the penalty, which is on the unserved column here. */
        const double revenue = amp_column_at(problem->tier[k].value_usd_per_mwh, at->t) -
                               amp_column_at(load->penalty_usd_per_mwh, at->t);
        if (!(power_mw > 0.0))
            continue;
        begin_flow(at, first_flow + k, power_mw, -at->h * revenue, -1.0);
        if (has_demand(at, load))
            enter(at, AMP_LP_ROW_DEMAND + problem->tier[k].load, 1.0);
        if (amp_reserve_backs(problem, k) && loads_hold(at))
            enter(at, reserve_row(at, AMP_LP_RESERVE_LOADS), -1.0);
        for (uint32_t i = 0; i < problem->restart_count; i++)
            enter_restart(at, &problem->restart[i], i, k);
    }
}

/* MW of machines at full power that start in the interval. */
static void add_start_columns(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t i = 0; i < problem->restart_count; i++) {
        const amp_restart *restart = &problem->restart[i];
        (void)begin_column(at, amp_lp_first_start_flow(problem) + i, HUGE_VAL,
                           restart->wear_usd_per_mw +
                               amp_column_at(restart->lost_usd_per_mw, at->t));
        enter(at, amp_lp_first_start_row(problem) + i, -1.0);
    }
}

/* What must run earns whatever is dispatched: a column that is 1, in place of a constant. */
static void add_base_column(const interval *at, uint32_t flow, const amp_capping *capping)
{
    const double usd_per_h = amp_column_at(capping->base_usd_per_h, at->t);
    if (!amp_same(usd_per_h, 0.0))
        begin_column(at, flow, 1.0, -at->h * usd_per_h)->lower = 1.0;
}

static void add_unserved_columns(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    const uint32_t first_flow =
        AMP_LP_SOURCE + (uint32_t)(problem->source_count + problem->tier_count);
    for (uint32_t i = 0; i < problem->load_count; i++) {
        if (problem->load[i].capping != NULL)
            add_base_column(at, first_flow + i, problem->load[i].capping);
        if (!has_demand(at, &problem->load[i]))
            continue;
        (void)begin_column(at, first_flow + i, HUGE_VAL,
                           at->h * amp_column_at(problem->load[i].penalty_usd_per_mwh, at->t));
        enter(at, AMP_LP_ROW_DEMAND + i, 1.0);
    }
}

/* IT power of a job: the bus and its hall see it with what cooling takes. */
static void add_job_columns(const interval *at)
{
    const amp_site_problem *problem = at->problem;
    for (uint32_t j = 0; j < problem->job_count; j++) {
        const amp_job *job = &problem->job[j];
        if (!is_active(job, at->t))
            continue;
        begin_flow(at, amp_lp_first_job_flow(problem) + j, job->power_mw,
                   -at->h * job->value_usd_per_mwh, -bus_per_it(at, job));
        if (has_hall_row(at, job->load))
            enter(at, amp_lp_first_hall_row(problem) + job->load, bus_per_it(at, job));
        enter_at(at, j, AMP_LP_JOB, at->h);
    }
}

/* What loads hold of product @p r, or the battery. */
static void add_reserve_column(const interval *at, uint32_t r, bool by_battery)
{
    const amp_site_problem *problem = at->problem;
    const uint32_t count = (uint32_t)problem->reserve_count;
    const amp_reserve *reserve = &problem->reserve[r];
    const double limit_mw = reserve_limit_mw(at, r);
    if (!(limit_mw > 0.0) || !(by_battery ? battery_holds(at) : loads_hold(at)))
        return;
    (void)begin_column(at, amp_lp_first_reserve_flow(problem) + r + (by_battery ? count : 0),
                       limit_mw, -at->h * amp_column_at(reserve->price_usd_per_mwh, at->t));
    if (loads_hold(at) && battery_holds(at))
        enter(at, amp_lp_first_reserve_row(problem) + r, 1.0);
    enter(at, reserve_row(at, by_battery ? AMP_LP_RESERVE_POWER : AMP_LP_RESERVE_LOADS), 1.0);
    if (by_battery && reserve->duration_h > 0.0)
        enter(at, reserve_row(at, AMP_LP_RESERVE_ENERGY),
              reserve->duration_h / problem->storage.discharge_efficiency);
}

static void add_reserve_columns(const interval *at)
{
    for (uint32_t r = 0; r < at->problem->reserve_count; r++)
        add_reserve_column(at, r, false);
    for (uint32_t r = 0; r < at->problem->reserve_count; r++)
        add_reserve_column(at, r, true);
}

void amp_lp_interval_fill(const amp_lp_site *site, size_t t, amp_lp_interval *out)
{
    const interval at = interval_at(site->problem, t, out);
    out->column_count = 0;
    out->row_count = 0;
    out->entry_count = 0;
    add_rows(&at);
    add_import_columns(&at);
    add_export_column(&at);
    add_storage_columns(&at);
    add_source_columns(&at);
    add_tier_columns(&at);
    add_unserved_columns(&at);
    add_job_columns(&at);
    add_reserve_columns(&at);
    add_start_columns(&at);
}

/* Only import and block are in the rows of peaks, only sources in those of budgets; a lowest mode
 * is in the rows of two starts and of higher modes. */
static size_t coupling_entries(const amp_site_problem *problem)
{
    size_t entries = 2 * (problem->peak_count + problem->restart_count);
    if (problem->restart_count > 0)
        entries += 2 * problem->tier_count;
    for (size_t i = 0; i < problem->budget_count; i++)
        entries += problem->budget[i].source_count;
    return entries;
}

bool amp_lp_has_block(const amp_lp_site *site, size_t t)
{
    return amp_column_at(site->problem->block_mw, t) > 0.0;
}

amp_status amp_lp_interval_new(const amp_lp_site *site, size_t site_count, amp_arena *arena,
                               amp_lp_interval *out)
{
    enum { ENTRIES_WITHOUT_COUPLINGS = 4 }; /* of a column at most */
    size_t columns = 0;
    size_t rows = 0;
    size_t coupled = 0;
    for (size_t i = 0; i < site_count; i++) {
        columns = site[i].flow_count > columns ? site[i].flow_count : columns;
        rows = site[i].row_count > rows ? site[i].row_count : rows;
        const size_t couplings = coupling_entries(site[i].problem);
        coupled = couplings > coupled ? couplings : coupled;
    }
    const size_t entries = columns * ENTRIES_WITHOUT_COUPLINGS + coupled;
    amp_lp_interval made = {.column = AMP_ARENA_NEW(arena, amp_lp_column, columns),
                            .row = AMP_ARENA_NEW(arena, amp_lp_row, rows),
                            .entry = AMP_ARENA_NEW(arena, amp_lp_entry, entries)};
    if (made.column == NULL || made.row == NULL || made.entry == NULL)
        return AMP_NOMEM;
    *out = made;
    return AMP_OK;
}

/* ---- what spans intervals ---- */

static double highest_import_mw(const amp_site_problem *problem, size_t k)
{
    const amp_peak *peak = &problem->peak[k];
    double highest_mw = amp_billing_least_mw(problem, k);
    for (size_t t = peak->first; t < peak->end; t++)
        if (amp_peak_counts(peak, t))
            highest_mw = fmax(highest_mw, amp_column_at(problem->import_limit_mw, t));
    return highest_mw;
}

/* A peak for which no interval counts, and which is free, would be a column without an entry. */
static bool has_peak(const amp_site_problem *problem, size_t k)
{
    const amp_peak *peak = &problem->peak[k];
    if (amp_billing_of(problem, k) != NULL)
        return true;
    for (size_t t = peak->first; t < peak->end; t++)
        if (amp_peak_counts(peak, t))
            return true;
    return peak->charge_usd_per_mw > 0.0;
}

size_t amp_lp_span_count(const amp_lp_site *site)
{
    const amp_site_problem *problem = site->problem;
    return problem->peak_count + problem->job_count + amp_lp_billed_count(problem);
}

/* What a peak is billed on, or what of that is above a size. */
static bool billed_span(const amp_lp_site *site, size_t i, amp_lp_span *out)
{
    const amp_site_problem *problem = site->problem;
    size_t tier = 0;
    const size_t k = amp_lp_billed_of(problem, i, &tier);
    out->name = site->billed_name[i];
    out->upper = HUGE_VAL;
    out->lower = tier == 0 ? problem->peak[k].start_mw : 0.0;
    out->cost = tier == 0 ? problem->peak[k].charge_usd_per_mw
                          : problem->billing[k].tier[tier - 1].more_usd_per_mw;
    return true;
}

bool amp_lp_span_at(const amp_lp_site *site, size_t i, amp_lp_span *out)
{
    const amp_site_problem *problem = site->problem;
    if (i < problem->peak_count) {
        const amp_peak *peak = &problem->peak[i];
        const bool is_plain = amp_billing_of(problem, i) == NULL;
        *out = (amp_lp_span){.name = site->peak_name[i],
                             .index = i,
                             .lower = amp_billing_least_mw(problem, i),
                             .upper = highest_import_mw(problem, i),
                             .cost = is_plain ? peak->charge_usd_per_mw : 0.0,
                             .peak = peak,
                             .row = amp_lp_first_peak_row(problem) + (uint32_t)i,
                             .coefficient = -1.0};
        return has_peak(problem, i);
    }
    *out = (amp_lp_span){.index = i};
    i -= problem->peak_count;
    if (i >= problem->job_count)
        return billed_span(site, i - problem->job_count, out);
    const amp_job *job = &problem->job[i];
    if (!(job->energy_mwh > 0.0))
        return false;
    *out = (amp_lp_span){.name = site->unserved_name[i],
                         .index = problem->peak_count + i,
                         .is_job = true,
                         .upper = job->energy_mwh,
                         .cost = job->penalty_usd / job->energy_mwh,
                         .row = (uint32_t)i,
                         .coefficient = 1.0};
    return true;
}

bool amp_lp_job_row_at(const amp_lp_site *site, size_t j, amp_lp_job_row *out)
{
    const amp_site_problem *problem = site->problem;
    const amp_job *job = &problem->job[j];
    if (!(job->energy_mwh > 0.0))
        return false;
    *out = (amp_lp_job_row){.name = site->job_name[j],
                            .unserved_name = site->unserved_name[j],
                            .flow = amp_lp_first_job_flow(problem) + (uint32_t)j,
                            .first = job->first,
                            .end = job->power_mw > 0.0 ? job->end : job->first,
                            .coefficient = problem->interval_h,
                            .rhs = job->energy_mwh};
    return true;
}

bool amp_lp_budget_row_at(const amp_lp_site *site, size_t i, amp_lp_budget_row *out)
{
    const amp_site_problem *problem = site->problem;
    const amp_budget *budget = &problem->budget[i];
    bool has_entry = false;
    for (size_t k = 0; k < budget->source_count; k++)
        for (size_t t = 0; t < problem->interval_count && !has_entry; t++)
            has_entry = amp_lp_budget_coefficient(problem, budget, k, t) > 0.0;
    *out =
        (amp_lp_budget_row){.name = site->budget_name[i], .budget = budget, .rhs = budget->limit};
    return has_entry;
}
