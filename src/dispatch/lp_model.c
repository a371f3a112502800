/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/lp_model.h"

#include <math.h>

/* What the columns of one interval are made from. */
typedef struct {
    const amp_site_problem *problem;
    size_t t;
    double h;
    double import_limit_mw;
    double block_mw;
    double export_limit_mw;
    double charge_limit_mw;
    double discharge_limit_mw;
} interval;

static interval interval_at(const amp_site_problem *problem, size_t t)
{
    return (interval){
        .problem = problem,
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
           amp_column_at(load->demand_mw, at->t) > 0.0 &&
           amp_column_at(load->penalty_usd_per_mwh, at->t) > 0.0;
}

size_t amp_lp_rows(const amp_lp_site *site, size_t t, amp_lp_row *out)
{
    const amp_site_problem *problem = site->problem;
    const interval at = interval_at(problem, t);
    size_t count = 0;
    out[count++] = (amp_lp_row){AMP_LP_ROW_BALANCE, true, amp_column_at(problem->must_mw, t)};
    if (problem->storage.is_present) {
        const double carried_mwh =
            t == 0 ? problem->storage.retention * problem->storage.initial_mwh : 0.0;
        out[count++] = (amp_lp_row){AMP_LP_ROW_SOC, true, carried_mwh};
    }
    if (has_battery_mode(&at))
        out[count++] = (amp_lp_row){AMP_LP_ROW_BATTERY_MODE, false, at.charge_limit_mw};
    if (has_grid_mode(&at))
        out[count++] = (amp_lp_row){AMP_LP_ROW_GRID_MODE, false, at.import_limit_mw};
    if (has_block_mode(&at))
        out[count++] = (amp_lp_row){AMP_LP_ROW_BLOCK_MODE, false, at.block_mw};
    for (uint32_t i = 0; i < problem->load_count; i++) {
        const amp_load *load = &problem->load[i];
        if (has_demand(&at, load))
            out[count++] =
                (amp_lp_row){AMP_LP_ROW_DEMAND + i, true, amp_column_at(load->demand_mw, t)};
    }
    return count;
}

/* ---- columns ---- */

static void enter(amp_lp_column *column, uint32_t row, double coefficient)
{
    column->entry[column->entry_count++] = (amp_lp_entry){.row = row, .coefficient = coefficient};
}

/* A flow from 0 to @p upper with its coefficient in the balance of the bus. */
static amp_lp_column flow_column(uint32_t flow, double upper, double cost, double balance)
{
    amp_lp_column column = {.flow = flow, .upper = upper, .cost = cost};
    enter(&column, AMP_LP_ROW_BALANCE, balance);
    return column;
}

static size_t grid_columns(const interval *at, amp_lp_column *out)
{
    const amp_site_problem *problem = at->problem;
    size_t count = 0;
    amp_lp_column column =
        flow_column(AMP_LP_IMPORT, at->import_limit_mw,
                    at->h * amp_column_at(problem->import_price_usd_per_mwh, at->t), 1.0);
    if (has_grid_mode(at))
        enter(&column, AMP_LP_ROW_GRID_MODE, 1.0);
    out[count++] = column;
    if (at->block_mw > 0.0) {
        column = flow_column(AMP_LP_BLOCK, at->block_mw,
                             at->h * amp_column_at(problem->block_price_usd_per_mwh, at->t), 1.0);
        enter(&column, AMP_LP_ROW_GRID_MODE, 1.0);
        if (has_block_mode(at))
            enter(&column, AMP_LP_ROW_BLOCK_MODE, 1.0);
        out[count++] = column;
    }
    if (at->export_limit_mw > 0.0) {
        column =
            flow_column(AMP_LP_EXPORT, at->export_limit_mw,
                        -at->h * amp_column_at(problem->export_price_usd_per_mwh, at->t), -1.0);
        if (has_grid_mode(at))
            enter(&column, AMP_LP_ROW_GRID_MODE, at->import_limit_mw / at->export_limit_mw);
        if (has_block_mode(at))
            enter(&column, AMP_LP_ROW_BLOCK_MODE, at->block_mw / at->export_limit_mw);
        out[count++] = column;
    }
    return count;
}

static amp_lp_column stored_column(const interval *at)
{
    const amp_storage *storage = &at->problem->storage;
    const bool is_last = at->t + 1 == at->problem->interval_count;
    amp_lp_column column = {
        .flow = AMP_LP_STORED, .lower = storage->minimum_mwh, .upper = storage->maximum_mwh};
    enter(&column, AMP_LP_ROW_SOC, 1.0);
    if (!is_last) {
        column.entry[column.entry_count++] = (amp_lp_entry){
            .row = AMP_LP_ROW_SOC, .is_next = true, .coefficient = -storage->retention};
        return column;
    }
    switch (storage->final) {
    case AMP_FINAL_FREE:
        column.cost = -storage->terminal_value_usd_per_mwh;
        break;
    case AMP_FINAL_EXACT:
        column.lower = storage->final_mwh;
        column.upper = storage->final_mwh;
        break;
    case AMP_FINAL_MINIMUM:
        column.lower = fmax(storage->minimum_mwh, storage->final_mwh);
        break;
    }
    return column;
}

static size_t storage_columns(const interval *at, amp_lp_column *out)
{
    const amp_storage *storage = &at->problem->storage;
    const double wear_usd_per_mw = at->h * storage->wear_usd_per_mwh;
    size_t count = 0;
    if (!storage->is_present)
        return 0;
    if (at->charge_limit_mw > 0.0) {
        amp_lp_column column =
            flow_column(AMP_LP_CHARGE, at->charge_limit_mw, wear_usd_per_mw, -1.0);
        enter(&column, AMP_LP_ROW_SOC, -storage->charge_efficiency * at->h);
        if (has_battery_mode(at))
            enter(&column, AMP_LP_ROW_BATTERY_MODE, 1.0);
        out[count++] = column;
    }
    if (at->discharge_limit_mw > 0.0) {
        amp_lp_column column =
            flow_column(AMP_LP_DISCHARGE, at->discharge_limit_mw, wear_usd_per_mw, 1.0);
        enter(&column, AMP_LP_ROW_SOC, at->h / storage->discharge_efficiency);
        if (has_battery_mode(at))
            enter(&column, AMP_LP_ROW_BATTERY_MODE, at->charge_limit_mw / at->discharge_limit_mw);
        out[count++] = column;
    }
    out[count++] = stored_column(at);
    return count;
}

static size_t source_columns(const interval *at, amp_lp_column *out)
{
    const amp_site_problem *problem = at->problem;
    size_t count = 0;
    for (uint32_t i = 0; i < problem->source_count; i++) {
        const double power_mw = amp_column_at(problem->source[i].power_mw, at->t);
        if (power_mw > 0.0)
            out[count++] =
                flow_column(AMP_LP_SOURCE + i, power_mw,
                            at->h * amp_column_at(problem->source[i].cost_usd_per_mwh, at->t), 1.0);
    }
    return count;
}

static size_t tier_columns(const interval *at, uint32_t first_flow, amp_lp_column *out)
{
    const amp_site_problem *problem = at->problem;
    size_t count = 0;
    for (uint32_t k = 0; k < problem->tier_count; k++) {
        const amp_load *load = &problem->load[problem->tier[k].load];
        const double power_mw = amp_column_at(problem->tier[k].power_mw, at->t);
        /* The tier's value holds the penalty, which is on the unserved column here. */
        const double revenue = amp_column_at(problem->tier[k].value_usd_per_mwh, at->t) -
                               amp_column_at(load->penalty_usd_per_mwh, at->t);
        if (!(power_mw > 0.0))
            continue;
        out[count] = flow_column(first_flow + k, power_mw, -at->h * revenue, -1.0);
        if (has_demand(at, load))
            enter(&out[count], AMP_LP_ROW_DEMAND + problem->tier[k].load, 1.0);
        count++;
    }
    return count;
}

static size_t unserved_columns(const interval *at, uint32_t first_flow, amp_lp_column *out)
{
    const amp_site_problem *problem = at->problem;
    size_t count = 0;
    for (uint32_t i = 0; i < problem->load_count; i++) {
        if (!has_demand(at, &problem->load[i]))
            continue;
        out[count] = (amp_lp_column){
            .flow = first_flow + i,
            .upper = HUGE_VAL,
            .cost = at->h * amp_column_at(problem->load[i].penalty_usd_per_mwh, at->t)};
        enter(&out[count], AMP_LP_ROW_DEMAND + i, 1.0);
        count++;
    }
    return count;
}

size_t amp_lp_columns(const amp_lp_site *site, size_t t, amp_lp_column *out)
{
    const amp_site_problem *problem = site->problem;
    const interval at = interval_at(problem, t);
    const uint32_t first_tier = AMP_LP_SOURCE + (uint32_t)problem->source_count;
    const uint32_t first_unserved = first_tier + (uint32_t)problem->tier_count;
    size_t count = grid_columns(&at, out);
    count += storage_columns(&at, out + count);
    count += source_columns(&at, out + count);
    count += tier_columns(&at, first_tier, out + count);
    count += unserved_columns(&at, first_unserved, out + count);
    return count;
}
