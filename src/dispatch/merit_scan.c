/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals that one price rules, found many at a time and without sorting. */
#include "dispatch/merit_parts.h"

#include <math.h>
#include <string.h>

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

/* The same as scan_price(), with the width of the step and what is cheaper: the widest of the
 * agreement, the market within and all that is beyond. */
static void scan_within(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out)
{
    for (size_t i = 0; i < count; i++) {
        const amp_connection c = amp_merit_connection_at(merit, first + i, AMP_MODE_IMPORT_ONLY);
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
        const amp_connection c = amp_merit_connection_at(merit, first + i, AMP_MODE_IMPORT_ONLY);
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
