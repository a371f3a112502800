/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/merit.h"

#include "base/text.h"
#include "dispatch/connection.h"
#include "dispatch/reserve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A column as the scan reads it: a constant one is spread over a block, so that every inner loop
 * runs over plain arrays of one stride. */
typedef struct {
    amp_column column;
    double *spread; /* AMP_MERIT_BLOCK equal numbers, for a constant */
} scan_column;

/* Two columns that belong together: width and worth. */
typedef struct {
    scan_column power_mw;
    scan_column usd_per_mwh;
} scan_pair;

struct amp_merit {
    const amp_site_problem *problem;
    scan_pair market; /* import limit and price */
    scan_pair block;
    scan_pair export;
    scan_pair within; /* import that costs as usual, and the price beyond; has_within */
    scan_column must_mw;
    bool has_block, has_export, has_must, has_within;
    scan_pair *tier;    /* [tier_count] */
    scan_pair *source;  /* [source_count] */
    scan_pair *penalty; /* [penalty_count]: demand and penalty of loads that have one, or less
                           what a load earns while only what must run runs */
    size_t penalty_count;
    bool *penalty_is_used; /* [penalty_count] */
    bool *backs;           /* [tier_count] may back reserves; NULL without them */
    double *spread;        /* all spreads, one allocation */
    size_t spread_count;
};

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

static const double *scan_at(scan_column column, size_t first)
{
    return column.spread != NULL ? column.spread : column.column.value + first;
}

/* Load worth at least the market price is served before the market's own step is reached. The
 * comparison becomes a mask, so that the loop has no branch and runs on vectors. */
static void scan_tier(const scan_pair *tier, size_t first, size_t count, amp_merit_scan *out)
{
    const double *restrict power_mw = scan_at(tier->power_mw, first);
    const double *restrict value = scan_at(tier->usd_per_mwh, first);
    const double *restrict price = out->price_usd_per_mwh;
    double *restrict low_mw = out->low_mw;
    double *restrict profit = out->profit_usd_per_h;
    for (size_t i = 0; i < count; i++) {
        const double tier_mw = power_mw[i];
        const double served_mw = value[i] >= price[i] ? tier_mw : 0.0;
        low_mw[i] += served_mw;
        profit[i] += served_mw * value[i];
    }
}

static void scan_source(const scan_pair *source, size_t first, size_t count, amp_merit_scan *out)
{
    const double *restrict power_mw = scan_at(source->power_mw, first);
    const double *restrict cost = scan_at(source->usd_per_mwh, first);
    const double *restrict price = out->price_usd_per_mwh;
    double *restrict low_mw = out->low_mw;
    double *restrict profit = out->profit_usd_per_h;
    for (size_t i = 0; i < count; i++) {
        const double source_mw = power_mw[i];
        const double running_mw = cost[i] < price[i] ? source_mw : 0.0;
        low_mw[i] -= running_mw;
        profit[i] -= running_mw * cost[i];
    }
}

/* Which step of import the range is looked for in: the agreement where it is the wider one and
 * cheaper than the market, else the market. */
static void scan_price(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out)
{
    const double *price = scan_at(merit->market.usd_per_mwh, first);
    if (!merit->has_block) {
        memcpy(out->price_usd_per_mwh, price, count * sizeof *price);
        return;
    }
    const double *limit_mw = scan_at(merit->market.power_mw, first);
    const double *block_mw = scan_at(merit->block.power_mw, first);
    const double *adder = scan_at(merit->block.usd_per_mwh, first);
    for (size_t i = 0; i < count; i++) {
        const bool is_block = adder[i] < price[i] && block_mw[i] > limit_mw[i] - block_mw[i];
        out->price_usd_per_mwh[i] = is_block ? adder[i] : price[i];
    }
}

/* An agreement that is cheaper than the market is used first; the market's step is what is left
 * of the limit. Without it the step is the whole limit. high_mw holds the width until the end. */
static void scan_block_and_width(const amp_merit *merit, size_t first, size_t count,
                                 amp_merit_scan *out)
{
    const double *limit_mw = scan_at(merit->market.power_mw, first);
    if (!merit->has_block) {
        memcpy(out->high_mw, limit_mw, count * sizeof *limit_mw);
        return;
    }
    const double *price = scan_at(merit->market.usd_per_mwh, first);
    const double *block_mw = scan_at(merit->block.power_mw, first);
    const double *adder = scan_at(merit->block.usd_per_mwh, first);
    for (size_t i = 0; i < count; i++) {
        const bool is_block = out->price_usd_per_mwh[i] < price[i];
        const double used_mw = adder[i] < price[i] && !is_block ? block_mw[i] : 0.0;
        out->low_mw[i] -= used_mw;
        out->profit_usd_per_h[i] -= used_mw * adder[i];
        out->high_mw[i] = is_block ? block_mw[i] : limit_mw[i] - used_mw;
    }
}

static double at(scan_column column, size_t t)
{
    return amp_column_at(column.column, t);
}

/* The connection of an interval as connection.h has it. */
static amp_connection connection_at(const amp_merit *merit, size_t t, amp_connection_mode mode)
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

/* The same as scan_price(), with the width of the step and what is cheaper: the widest of the
 * agreement, the market within and all that is beyond. */
static void scan_within(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out)
{
    for (size_t i = 0; i < count; i++) {
        const amp_connection c = connection_at(merit, first + i, AMP_MODE_IMPORT_ONLY);
        const double block_mw = fmin(amp_connection_block_mw(&c), c.within_mw);
        const double market_mw = c.within_mw - block_mw;
        const double beyond_mw = c.import_mw - c.within_mw;
        out->price_usd_per_mwh[i] = c.block_usd;
        out->below_mw[i] = 0.0;
        out->high_mw[i] = block_mw;
        if (market_mw >= block_mw) {
            out->price_usd_per_mwh[i] = c.market_usd;
            out->below_mw[i] = block_mw;
            out->high_mw[i] = market_mw;
        }
        if (beyond_mw > out->high_mw[i]) {
            out->price_usd_per_mwh[i] = c.beyond_usd;
            out->below_mw[i] = c.within_mw;
            out->high_mw[i] = beyond_mw;
        }
        out->below_usd[i] = amp_connection_within_usd(&c, out->below_mw[i]);
    }
}

static void take_below(size_t count, amp_merit_scan *out)
{
    for (size_t i = 0; i < count; i++) {
        out->low_mw[i] -= out->below_mw[i];
        out->profit_usd_per_h[i] -= out->below_usd[i];
    }
}

/* Cheapest first step of import: where export earns more, the connection is pooled. */
static double cheapest_import(const amp_merit *merit, const amp_merit_scan *scan, size_t first,
                              size_t i)
{
    const double price = scan->price_usd_per_mwh[i];
    if (merit->has_within) {
        const amp_connection c = connection_at(merit, first + i, AMP_MODE_IMPORT_ONLY);
        return amp_connection_cheapest_usd(&c);
    }
    if (!merit->has_block || scan_at(merit->block.power_mw, first)[i] <= 0.0)
        return price;
    return fmin(price, scan_at(merit->block.usd_per_mwh, first)[i]);
}

/* Export at exactly the market price lengthens the range upwards; below it, it changes nothing;
 * above the cheapest import there is no range. */
static void scan_export(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out)
{
    const double *limit_mw = scan_at(merit->export.power_mw, first);
    const double *export_price = scan_at(merit->export.usd_per_mwh, first);
    const double *import_mw = scan_at(merit->market.power_mw, first);
    for (size_t i = 0; i < count; i++) {
        const bool is_open = limit_mw[i] > 0.0;
        const bool pools = is_open && import_mw[i] > 0.0 &&
                           export_price[i] > cheapest_import(merit, out, first, i);
        const bool is_above = is_open && export_price[i] > out->price_usd_per_mwh[i];
        if (is_open && export_price[i] >= out->price_usd_per_mwh[i])
            out->high_mw[i] += limit_mw[i];
        if (pools || is_above)
            out->high_mw[i] = -HUGE_VAL;
    }
}

/* Pairs whose penalty is 0 throughout lose nothing. */
static void scan_penalties(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out)
{
    memset(out->lost_usd_per_h, 0, count * sizeof out->lost_usd_per_h[0]);
    for (size_t k = 0; k < merit->penalty_count; k++) {
        if (!merit->penalty_is_used[k])
            continue;
        const double *restrict demand_mw = scan_at(merit->penalty[k].power_mw, first);
        const double *restrict penalty = scan_at(merit->penalty[k].usd_per_mwh, first);
        double *restrict lost = out->lost_usd_per_h;
        for (size_t i = 0; i < count; i++)
            lost[i] += demand_mw[i] * penalty[i];
    }
}

/* Reserves shift values, so that no price of import rules. */
static void scan_reserves(size_t count, amp_merit_scan *out)
{
    for (size_t i = 0; i < count; i++) {
        out->low_mw[i] = HUGE_VAL;
        out->high_mw[i] = -HUGE_VAL;
    }
}

void amp_merit_scan_block(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out)
{
    const amp_site_problem *problem = merit->problem;
    if (merit->has_within)
        scan_within(merit, first, count, out);
    else
        scan_price(merit, first, count, out);
    scan_penalties(merit, first, count, out);
    for (size_t i = 0; i < count; i++)
        out->profit_usd_per_h[i] = -out->lost_usd_per_h[i];
    if (merit->has_must)
        memcpy(out->low_mw, scan_at(merit->must_mw, first), count * sizeof(double));
    else
        memset(out->low_mw, 0, count * sizeof(double));
    for (size_t k = 0; k < problem->tier_count; k++)
        scan_tier(&merit->tier[k], first, count, out);
    for (size_t j = 0; j < problem->source_count; j++)
        scan_source(&merit->source[j], first, count, out);
    if (merit->has_within)
        take_below(count, out);
    else
        scan_block_and_width(merit, first, count, out);

    /* low_mw is now the power that the market must bring when the battery rests. With output n it
     * brings low - n, which lies in [0, width] for n in [low - width, low]. */
    for (size_t i = 0; i < count; i++) {
        const double need_mw = out->low_mw[i];
        out->profit_usd_per_h[i] -= need_mw * out->price_usd_per_mwh[i];
        out->low_mw[i] = need_mw - out->high_mw[i];
        out->high_mw[i] = need_mw;
    }
    if (merit->has_export)
        scan_export(merit, first, count, out);
    if (merit->backs != NULL)
        scan_reserves(count, out);
}

/* One part of the connection, cheapest first: what one more MW of import (or less export) costs. */
typedef struct {
    double cost_usd_per_mwh;
    double power_mw;
} connection_part;

/* Pools parts that are out of order (dear before cheap) into their mean: pool adjacent violators,
 * which gives the lower convex hull of the cost. Parts without power take no part. */
static bool pool(connection_part part[AMP_CONNECTION_STEPS])
{
    connection_part group[AMP_CONNECTION_STEPS];
    int last_of[AMP_CONNECTION_STEPS];
    int groups = 0;
    bool is_pooled = false;
    for (int i = 0; i < AMP_CONNECTION_STEPS; i++) {
        if (part[i].power_mw <= 0.0)
            continue;
        group[groups] = part[i];
        last_of[groups++] = i;
        for (;
             groups > 1 && group[groups - 2].cost_usd_per_mwh > group[groups - 1].cost_usd_per_mwh;
             groups--) {
            const connection_part *a = &group[groups - 2];
            const connection_part *b = &group[groups - 1];
            const double power_mw = a->power_mw + b->power_mw;
            const double cost_usd_per_h =
                a->cost_usd_per_mwh * a->power_mw + b->cost_usd_per_mwh * b->power_mw;
            group[groups - 2] = (connection_part){cost_usd_per_h / power_mw, power_mw};
            last_of[groups - 2] = i;
            is_pooled = true;
        }
    }
    for (int g = 0, i = 0; g < groups; g++) {
        for (; i <= last_of[g]; i++) {
            if (part[i].power_mw > 0.0)
                part[i].cost_usd_per_mwh = group[g].cost_usd_per_mwh;
        }
    }
    return is_pooled;
}

/* Export, agreement, market. Where the market is cheaper than the agreement's adder, the agreement
 * is left alone. */
static void connection_parts(const amp_merit *merit, size_t t, amp_connection_mode mode,
                             connection_part part[AMP_CONNECTION_STEPS])
{
    const double import_mw = mode == AMP_MODE_EXPORT_ONLY ? 0.0 : at(merit->market.power_mw, t);
    const double price = at(merit->market.usd_per_mwh, t);
    double block_mw = 0.0;
    double adder = 0.0;
    if (merit->has_block && import_mw > 0.0) {
        adder = at(merit->block.usd_per_mwh, t);
        block_mw = adder < price ? at(merit->block.power_mw, t) : 0.0;
    }
    const bool exports = merit->has_export && mode != AMP_MODE_IMPORT_ONLY;
    part[0] = (connection_part){
        .cost_usd_per_mwh = exports ? at(merit->export.usd_per_mwh, t) : 0.0,
        .power_mw = exports ? at(merit->export.power_mw, t) : 0.0,
    };
    part[1] = (connection_part){.cost_usd_per_mwh = adder, .power_mw = block_mw};
    part[2] = (connection_part){.cost_usd_per_mwh = price, .power_mw = import_mw - block_mw};
}

/* The same where the block has no mode of its own: while import grows at the block's price, export
 * shrinks as the connection's mode row asks. Then the rest of export gives way, if that is cheaper
 * than more import with it.
 * @return whether import and export share a part. */
static bool pool_plain_block(connection_part part[AMP_CONNECTION_STEPS])
{
    const connection_part export = part[0];
    const connection_part block = part[1];
    const connection_part market = part[2];
    const double import_mw = block.power_mw + market.power_mw;
    const double width_mw = export.power_mw + import_mw;
    const double share = import_mw > 0.0 ? block.power_mw / import_mw : 0.0;
    if (block.power_mw <= 0.0)
        return pool(part);
    if (export.power_mw <= 0.0 || export.cost_usd_per_mwh <= block.cost_usd_per_mwh)
        return false;
    const double export_usd = export.cost_usd_per_mwh * export.power_mw;
    part[0] = (connection_part){
        .cost_usd_per_mwh = (block.cost_usd_per_mwh * import_mw + export_usd) / width_mw,
        .power_mw = width_mw * share,
    };
    if (market.cost_usd_per_mwh >= export.cost_usd_per_mwh) {
        part[1] = (connection_part){
            .cost_usd_per_mwh = export.cost_usd_per_mwh,
            .power_mw = export.power_mw * (1.0 - share),
        };
        return true;
    }
    part[1].power_mw = 0.0;
    part[2] = (connection_part){
        .cost_usd_per_mwh = (market.cost_usd_per_mwh * import_mw + export_usd) / width_mw,
        .power_mw = width_mw * (1.0 - share),
    };
    return true;
}

/* Parts that have power, cheapest first; pooled ones share their cost. */
typedef struct {
    double cost_usd_per_mwh[AMP_CONNECTION_STEPS_MAX]; /* without a part: below every value */
    double power_mw[AMP_CONNECTION_STEPS_MAX];
    uint32_t what[AMP_CONNECTION_STEPS_MAX];
    size_t count;
} connection;

static void add_part(connection *out, connection_part part, uint32_t number, amp_merit_list *list)
{
    if (part.power_mw <= 0.0)
        return;
    out->cost_usd_per_mwh[out->count] = part.cost_usd_per_mwh;
    out->power_mw[out->count] = part.power_mw;
    out->what[out->count++] = AMP_MERIT_CONNECTION + number;
    list->offset_mw += part.power_mw;
    list->base_usd_per_h -= part.power_mw * part.cost_usd_per_mwh;
}

static void make_connection(const amp_merit *merit, size_t t, amp_connection_mode mode,
                            amp_merit_list *list, connection *out)
{
    connection_part part[AMP_CONNECTION_STEPS];
    out->count = 0;
    for (size_t k = 0; k < AMP_CONNECTION_STEPS; k++)
        out->cost_usd_per_mwh[k] = -HUGE_VAL;
    connection_parts(merit, t, mode, part);
    list->offset_mw = -part[0].power_mw;
    list->base_usd_per_h = part[0].power_mw * part[0].cost_usd_per_mwh;
    list->is_pooled =
        merit->has_export && (merit->problem->is_block_plain ? pool_plain_block(part) : pool(part));
    for (uint32_t k = 0; k < AMP_CONNECTION_STEPS; k++)
        add_part(out, part[k], k, list);
}

/* The same where import beyond some power costs more. */
static void make_within(const amp_merit *merit, size_t t, amp_connection_mode mode,
                        amp_merit_list *list, connection *out)
{
    amp_connection_part part[AMP_CONNECTION_STEPS_MAX];
    const amp_connection c = connection_at(merit, t, mode);
    out->count = 0;
    for (size_t k = 0; k < AMP_CONNECTION_STEPS_MAX; k++)
        out->cost_usd_per_mwh[k] = -HUGE_VAL;
    list->is_pooled = amp_connection_parts(&c, part);
    list->offset_mw = -c.export_mw;
    list->base_usd_per_h = c.export_mw * c.export_usd;
    for (uint32_t k = 0; k < AMP_CONNECTION_STEPS_MAX; k++) {
        add_part(out, (connection_part){part[k].cost_usd_per_mwh, part[k].power_mw}, k, list);
        list->import_share[k] = part[k].import_share;
        list->excess_usd[k] = part[k].excess_usd;
    }
}

/* Dearest first; equal ones by number: whatever order there was before, the result is the same. */
static void sort_assets(size_t t, amp_merit_asset *asset, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const amp_merit_asset moved = asset[i];
        const double value = amp_column_at(moved.usd_per_mwh, t);
        size_t j = i;
        for (; j > 0; j--) {
            const double before = amp_column_at(asset[j - 1].usd_per_mwh, t);
            if (before > value || (before >= value && asset[j - 1].what < moved.what))
                break;
            asset[j] = asset[j - 1];
        }
        asset[j] = moved;
    }
    for (size_t i = 1; i < count; i++)
        asset[i].is_inverse = asset[i].what < asset[i - 1].what ? 1 : 0;
    asset[0].is_inverse = 0;
}

/* The two loops below put tiers and sources into the list, each after the parts of the connection
 * that are dearer. Comparisons become numbers, so that no branch depends on prices. Both return
 * false when the assets are not in order any more. */

static bool place_around_market(size_t t, double price, amp_merit_list *list, size_t assets,
                                size_t *assets_before)
{
    double last = HUGE_VAL;
    size_t below = 0;
    uint32_t misplaced = 0;
    for (size_t i = 0; i < assets; i++) {
        const amp_merit_asset *asset = &list->asset[i];
        const double value = amp_column_at(asset->usd_per_mwh, t);
        const size_t is_below = value < price;
        list->step[i + is_below] = (amp_merit_step){
            .value_usd_per_mwh = value,
            .power_mw = amp_column_at(asset->power_mw, t),
            .what = asset->what,
        };
        below += is_below;
        misplaced |= (uint32_t)(value > last) | ((uint32_t)(value >= last) & asset->is_inverse);
        last = value;
    }
    *assets_before = assets - below;
    return misplaced == 0;
}

static bool place_around_parts(size_t t, const connection *parts, amp_merit_list *list,
                               size_t assets, size_t assets_before[AMP_CONNECTION_STEPS])
{
    double last = HUGE_VAL;
    uint32_t misplaced = 0;
    for (size_t k = 0; k < AMP_CONNECTION_STEPS; k++)
        assets_before[k] = assets;
    for (size_t i = 0; i < assets; i++) {
        const amp_merit_asset *asset = &list->asset[i];
        const double value = amp_column_at(asset->usd_per_mwh, t);
        size_t place = i;
        for (size_t k = 0; k < AMP_CONNECTION_STEPS; k++) {
            const size_t is_below = value < parts->cost_usd_per_mwh[k];
            place += is_below;
            assets_before[k] -= is_below;
        }
        list->step[place] = (amp_merit_step){
            .value_usd_per_mwh = value,
            .power_mw = amp_column_at(asset->power_mw, t),
            .what = asset->what,
        };
        misplaced |= (uint32_t)(value > last) | ((uint32_t)(value >= last) & asset->is_inverse);
        last = value;
    }
    return misplaced == 0;
}

/* The same for any number of parts. */
static bool place_around_many(size_t t, const connection *parts, amp_merit_list *list,
                              size_t assets, size_t assets_before[AMP_CONNECTION_STEPS_MAX])
{
    double last = HUGE_VAL;
    bool misplaced = false;
    for (size_t k = 0; k < parts->count; k++)
        assets_before[k] = assets;
    for (size_t i = 0; i < assets; i++) {
        const amp_merit_asset *asset = &list->asset[i];
        const double value = amp_column_at(asset->usd_per_mwh, t);
        size_t place = i;
        for (size_t k = 0; k < parts->count; k++) {
            const size_t is_below = value < parts->cost_usd_per_mwh[k];
            place += is_below;
            assets_before[k] -= is_below;
        }
        list->step[place] = (amp_merit_step){
            .value_usd_per_mwh = value,
            .power_mw = amp_column_at(asset->power_mw, t),
            .what = asset->what,
        };
        misplaced = misplaced || value > last || (value >= last && asset->is_inverse != 0);
        last = value;
    }
    return !misplaced;
}

/* Parts cost more towards the end of the connection, so they stand in the list the other way. */
static void place_parts(const connection *parts, const size_t *assets_before, amp_merit_list *list)
{
    for (size_t k = 0; k < parts->count; k++) {
        const size_t place = assets_before[k] + parts->count - 1 - k;
        list->step[place] = (amp_merit_step){
            .value_usd_per_mwh = parts->cost_usd_per_mwh[k],
            .power_mw = parts->power_mw[k],
            .what = parts->what[k],
        };
    }
}

/* The whole connection is one step: import at the market's price. */
static void build_around_market(const amp_merit *merit, size_t t, amp_merit_list *list,
                                size_t assets)
{
    const double price = at(merit->market.usd_per_mwh, t);
    const double power_mw = at(merit->market.power_mw, t);
    size_t assets_before = 0;
    if (!place_around_market(t, price, list, assets, &assets_before)) {
        sort_assets(t, list->asset, assets);
        (void)place_around_market(t, price, list, assets, &assets_before);
    }
    list->step[assets_before] = (amp_merit_step){
        .value_usd_per_mwh = price,
        .power_mw = power_mw,
        .what = AMP_MERIT_CONNECTION + AMP_CONNECTION_STEPS - 1,
    };
    list->count = assets + 1;
    list->offset_mw = power_mw;
    list->base_usd_per_h = -power_mw * price;
    list->is_pooled = false;
}

static void build_around_parts(const amp_merit *merit, size_t t, amp_connection_mode mode,
                               amp_merit_list *list, size_t assets)
{
    size_t assets_before[AMP_CONNECTION_STEPS];
    connection parts;
    make_connection(merit, t, mode, list, &parts);
    if (!place_around_parts(t, &parts, list, assets, assets_before)) {
        sort_assets(t, list->asset, assets);
        (void)place_around_parts(t, &parts, list, assets, assets_before);
    }
    place_parts(&parts, assets_before, list);
    list->count = assets + parts.count;
}

static void build_around_many(const amp_merit *merit, size_t t, amp_connection_mode mode,
                              amp_merit_list *list, size_t assets)
{
    size_t assets_before[AMP_CONNECTION_STEPS_MAX];
    connection parts;
    make_within(merit, t, mode, list, &parts);
    if (!place_around_many(t, &parts, list, assets, assets_before)) {
        sort_assets(t, list->asset, assets);
        (void)place_around_many(t, &parts, list, assets, assets_before);
    }
    place_parts(&parts, assets_before, list);
    list->count = assets + parts.count;
}

void amp_merit_build(const amp_merit *merit, size_t t, amp_connection_mode mode,
                     double lost_usd_per_h, amp_merit_list *list)
{
    const size_t sources = merit->problem->source_count;
    const size_t assets = merit->problem->tier_count + sources;
    if (merit->has_within)
        build_around_many(merit, t, mode, list, assets);
    else if (!merit->has_block && !merit->has_export && mode != AMP_MODE_EXPORT_ONLY)
        build_around_market(merit, t, list, assets);
    else
        build_around_parts(merit, t, mode, list, assets);
    for (size_t j = 0; j < sources; j++) {
        const double power_mw = at(merit->source[j].power_mw, t);
        list->offset_mw += power_mw;
        list->base_usd_per_h -= power_mw * at(merit->source[j].usd_per_mwh, t);
    }
    list->offset_mw -= merit->has_must ? at(merit->must_mw, t) : 0.0;
    list->base_usd_per_h -= lost_usd_per_h;
    if (merit->backs != NULL)
        amp_reserve_apply(merit->problem, merit->backs, t, list);
}

bool amp_merit_has_block(const amp_merit *merit)
{
    return merit->has_block || merit->has_within;
}

bool amp_merit_list_init(const amp_merit *merit, amp_merit_list *list)
{
    const amp_site_problem *p = merit->problem;
    const size_t assets = p->tier_count + p->source_count;
    *list = (amp_merit_list){
        .step = calloc(amp_merit_step_count(merit), sizeof *list->step),
        .asset = calloc(assets + 1, sizeof *list->asset),
    };
    if (merit->backs != NULL)
        list->spare = calloc(amp_merit_step_count(merit), sizeof *list->spare);
    if (list->step == NULL || list->asset == NULL || (merit->backs != NULL && list->spare == NULL))
        return false;
    for (size_t k = 0; k < p->tier_count; k++)
        list->asset[k] = (amp_merit_asset){
            .usd_per_mwh = p->tier[k].value_usd_per_mwh,
            .power_mw = p->tier[k].power_mw,
            .what = (uint32_t)k,
        };
    for (size_t j = 0, i = p->tier_count; j < p->source_count; j++, i++)
        list->asset[i] = (amp_merit_asset){
            .usd_per_mwh = p->source[j].cost_usd_per_mwh,
            .power_mw = p->source[j].power_mw,
            .what = (uint32_t)i,
        };
    return true;
}

void amp_merit_list_fini(amp_merit_list *list)
{
    free(list->step);
    free(list->spare);
    free(list->asset);
    *list = (amp_merit_list){0};
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

double amp_merit_most_net_mw(const amp_merit_list *list)
{
    double most_mw = -list->offset_mw;
    for (size_t i = 0; i < list->count; i++)
        most_mw += list->step[i].power_mw;
    return most_mw;
}

double amp_merit_profit_usd_per_h(const amp_merit_list *list, double net_mw)
{
    double left_mw = list->offset_mw + net_mw;
    double profit = list->base_usd_per_h;
    for (size_t i = 0; i < list->count && left_mw > 0.0; i++) {
        const double used_mw = fmin(left_mw, list->step[i].power_mw);
        profit += used_mw * list->step[i].value_usd_per_mwh;
        left_mw -= used_mw;
    }
    return profit;
}
