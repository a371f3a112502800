/* SPDX-License-Identifier: Apache-2.0 */
/* The sorted list of one interval. */
#include "dispatch/merit_parts.h"
#include "dispatch/reserve.h"

#include <math.h>
#include <stdlib.h>

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
    const amp_connection c = amp_merit_connection_at(merit, t, mode);
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
