/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/merit_parts.h"

#include "base/text.h"
#include "dispatch/reserve.h"

#include <math.h>
#include <stdlib.h>

static bool has_penalty(const amp_load *load)
{
    return !load->is_hard && load->kind != AMP_LOAD_MINING;
}

/* What must run earns is a loss below 0. */
static amp_column minus_one(void)
{
    static const double number = -1.0;
    return (amp_column){.value = &number, .stride = 0};
}

static size_t count_penalties(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t i = 0; i < problem->load_count; i++)
        count += has_penalty(&problem->load[i]) || problem->load[i].capping != NULL ? 1 : 0;
    return count;
}

static scan_column take_column(amp_merit *merit, amp_column column)
{
    scan_column out = {.column = column, .spread = NULL};
    if (column.stride == 0)
        out.spread = merit->spread + AMP_MERIT_BLOCK * merit->spread_count++;
    return out;
}

static scan_pair take_pair(amp_merit *merit, amp_column power_mw, amp_column usd_per_mwh)
{
    const scan_column power = take_column(merit, power_mw);
    return (scan_pair){.power_mw = power, .usd_per_mwh = take_column(merit, usd_per_mwh)};
}

static void take_columns(amp_merit *merit)
{
    const amp_site_problem *p = merit->problem;
    merit->market = take_pair(merit, p->import_limit_mw, p->import_price_usd_per_mwh);
    merit->block = take_pair(merit, p->block_mw, p->block_price_usd_per_mwh);
    merit->export = take_pair(merit, p->export_limit_mw, p->export_price_usd_per_mwh);
    merit->must_mw = take_column(merit, p->must_mw);
    merit->has_within = p->within_mw.value != NULL;
    if (merit->has_within)
        merit->within = take_pair(merit, p->within_mw, p->beyond_usd_per_mwh);
    for (size_t k = 0; k < p->tier_count; k++)
        merit->tier[k] = take_pair(merit, p->tier[k].power_mw, p->tier[k].value_usd_per_mwh);
    for (size_t j = 0; j < p->source_count; j++)
        merit->source[j] = take_pair(merit, p->source[j].power_mw, p->source[j].cost_usd_per_mwh);
    for (size_t i = 0; i < p->load_count; i++) {
        const amp_load *load = &p->load[i];
        if (load->capping != NULL)
            merit->penalty[merit->penalty_count++] =
                take_pair(merit, load->capping->base_usd_per_h, minus_one());
        else if (has_penalty(load))
            merit->penalty[merit->penalty_count++] =
                take_pair(merit, amp_load_firm_mw(load), load->penalty_usd_per_mwh);
    }
}

static bool take_reserves(amp_merit *merit)
{
    const amp_site_problem *p = merit->problem;
    if (p->reserve_count == 0)
        return true;
    merit->backs = calloc(p->tier_count + 1, sizeof *merit->backs);
    for (size_t k = 0; merit->backs != NULL && k < p->tier_count; k++)
        merit->backs[k] = amp_reserve_backs(p, k);
    return merit->backs != NULL;
}

amp_status amp_merit_new(const amp_site_problem *problem, amp_merit **out, amp_error *err)
{
    const size_t penalties = count_penalties(problem);
    const size_t pairs = problem->tier_count + problem->source_count + penalties + 5;
    amp_merit *merit = calloc(1, sizeof *merit);
    if (merit == NULL)
        goto no_memory;
    merit->problem = problem;
    merit->tier = calloc(problem->tier_count + 1, sizeof *merit->tier);
    merit->source = calloc(problem->source_count + 1, sizeof *merit->source);
    merit->penalty = calloc(penalties + 1, sizeof *merit->penalty);
    merit->penalty_is_used = calloc(penalties + 1, sizeof *merit->penalty_is_used);
    merit->spread = calloc(2 * pairs + 1, AMP_MERIT_BLOCK * sizeof *merit->spread);
    if (merit->tier == NULL || merit->source == NULL || merit->penalty == NULL ||
        merit->penalty_is_used == NULL || merit->spread == NULL || !take_reserves(merit))
        goto no_memory;
    take_columns(merit);
    amp_merit_refresh(merit);
    *out = merit;
    return AMP_OK;
no_memory:
    amp_merit_free(merit);
    return amp_fail(err, AMP_NOMEM, "no memory for the merit order of %s", problem->site_id);
}

void amp_merit_free(amp_merit *merit)
{
    if (merit == NULL)
        return;
    free(merit->tier);
    free(merit->source);
    free(merit->penalty);
    free(merit->penalty_is_used);
    free(merit->backs);
    free(merit->spread);
    free(merit);
}

size_t amp_merit_bytes(const amp_merit *merit)
{
    return sizeof *merit + AMP_MERIT_BLOCK * sizeof(double) * merit->spread_count;
}

size_t amp_merit_step_count(const amp_merit *merit)
{
    return merit->problem->tier_count + merit->problem->source_count + AMP_CONNECTION_STEPS_MAX +
           amp_reserve_step_count(merit->problem);
}

static void refresh_column(const scan_column *column)
{
    if (column->spread == NULL)
        return;
    for (size_t i = 0; i < AMP_MERIT_BLOCK; i++)
        column->spread[i] = column->column.value[0];
}

static void refresh_pairs(const scan_pair *pair, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        refresh_column(&pair[i].power_mw);
        refresh_column(&pair[i].usd_per_mwh);
    }
}

/* Whether a column is anywhere not 0. */
static bool counts(amp_column column, size_t count)
{
    const size_t numbers = column.stride == 0 ? 1 : count;
    size_t t = 0;
    while (t < numbers && amp_same(column.value[t], 0.0))
        t++;
    return t < numbers;
}

/* Whether a column is anywhere above 0: what a site does not have costs no time. */
static bool is_used(amp_column column, size_t count)
{
    const size_t numbers = column.stride == 0 ? 1 : count;
    size_t t = 0;
    while (t < numbers && column.value[t] <= 0.0)
        t++;
    return t < numbers;
}

void amp_merit_refresh(amp_merit *merit)
{
    const amp_site_problem *problem = merit->problem;
    merit->has_block = is_used(problem->block_mw, problem->interval_count);
    merit->has_export = is_used(problem->export_limit_mw, problem->interval_count);
    merit->has_must = is_used(problem->must_mw, problem->interval_count);
    for (size_t k = 0; k < merit->penalty_count; k++)
        merit->penalty_is_used[k] =
            counts(merit->penalty[k].usd_per_mwh.column, problem->interval_count);
    refresh_pairs(&merit->market, 1);
    refresh_pairs(&merit->block, 1);
    refresh_pairs(&merit->export, 1);
    refresh_column(&merit->must_mw);
    if (merit->has_within)
        refresh_pairs(&merit->within, 1);
    refresh_pairs(merit->tier, merit->problem->tier_count);
    refresh_pairs(merit->source, merit->problem->source_count);
    refresh_pairs(merit->penalty, merit->penalty_count);
}

bool amp_merit_has_block(const amp_merit *merit)
{
    return merit->has_block || merit->has_within;
}

double amp_merit_lost_usd_per_h(const amp_merit *merit, size_t t)
{
    double lost_usd_per_h = 0.0;
    for (size_t k = 0; k < merit->penalty_count; k++)
        lost_usd_per_h += at(merit->penalty[k].power_mw, t) * at(merit->penalty[k].usd_per_mwh, t);
    return lost_usd_per_h;
}

void amp_merit_range(const amp_merit *merit, size_t t, double *low_mw, double *high_mw)
{
    const double must_mw = merit->has_must ? at(merit->must_mw, t) : 0.0;
    double supply_mw = at(merit->market.power_mw, t);
    double sink_mw = merit->has_export ? at(merit->export.power_mw, t) : 0.0;
    for (size_t j = 0; j < merit->problem->source_count; j++)
        supply_mw += at(merit->source[j].power_mw, t);
    for (size_t k = 0; k < merit->problem->tier_count; k++)
        sink_mw += at(merit->tier[k].power_mw, t);
    *low_mw = must_mw - supply_mw;
    *high_mw = must_mw + sink_mw;
    const amp_storage *storage = &merit->problem->storage;
    if (storage->plan_mw != NULL)
        *high_mw =
            fmin(*high_mw, amp_column_at(storage->discharge_limit_mw, t) - storage->plan_mw[t]);
}

amp_connection amp_merit_connection_at(const amp_merit *merit, size_t t, amp_connection_mode mode)
{
    const bool imports = mode != AMP_MODE_EXPORT_ONLY;
    const bool exports = merit->has_export && mode != AMP_MODE_IMPORT_ONLY;
    const double import_mw = imports ? at(merit->market.power_mw, t) : 0.0;
    return (amp_connection){
        .export_mw = exports ? at(merit->export.power_mw, t) : 0.0,
        .export_usd = exports ? at(merit->export.usd_per_mwh, t) : 0.0,
        .import_mw = import_mw,
        .market_usd = at(merit->market.usd_per_mwh, t),
        .block_mw = at(merit->block.power_mw, t),
        .block_usd = at(merit->block.usd_per_mwh, t),
        .within_mw = fmin(import_mw, at(merit->within.power_mw, t)),
        .beyond_usd = at(merit->within.usd_per_mwh, t),
    };
}
