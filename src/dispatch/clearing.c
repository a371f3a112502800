/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/clearing.h"

#include <math.h>

amp_battery_bids amp_bids_in_order(amp_battery_bids bids)
{
    const double width_mw = bids.charge_mw + bids.discharge_mw;
    if (bids.buy_usd <= bids.sell_usd || width_mw <= 0.0)
        return bids;
    const double mean =
        (bids.charge_mw * bids.buy_usd + bids.discharge_mw * bids.sell_usd) / width_mw;
    bids.buy_usd = mean;
    bids.sell_usd = mean;
    return bids;
}

/* What the battery asks for the next MW when it gives @p net_mw. */
static double next_bid(amp_battery_bids bids, double net_mw)
{
    if (net_mw >= bids.discharge_mw)
        return HUGE_VAL;
    return net_mw < 0.0 ? bids.buy_usd : bids.sell_usd;
}

/* Less than this is rounding of what the bus and the battery can do. */
static double sliver_mw(const amp_merit_list *list, amp_battery_bids bids)
{
    return 1e-12 * (fabs(list->offset_mw) + bids.charge_mw + bids.discharge_mw);
}

/* Walks from full charge towards full discharge while the next use is worth more than the battery
 * asks. */
static amp_price_range walk(const amp_merit_list *list, amp_battery_bids bids)
{
    double net_mw = -bids.charge_mw;
    double end_mw = -list->offset_mw; /* output at the end of step i */
    double before = HUGE_VAL;         /* the last use that is served */
    double asked = -HUGE_VAL;         /* the battery's last bid that is taken */
    size_t i = 0;
    for (; i < list->count; i++) {
        if (end_mw + list->step[i].power_mw > net_mw)
            break;
        end_mw += list->step[i].power_mw;
        before = list->step[i].value_usd_per_mwh;
    }
    if (end_mw > net_mw) { /* supply falls short of full charge */
        net_mw = fmin(end_mw, bids.discharge_mw);
        asked = net_mw <= sliver_mw(list, bids) ? bids.buy_usd : bids.sell_usd;
    }
    for (;;) {
        const bool is_within = i < list->count && end_mw < net_mw;
        const double value = i < list->count ? list->step[i].value_usd_per_mwh : -HUGE_VAL;
        const double limit_mw = net_mw < 0.0 ? 0.0 : bids.discharge_mw;
        const bool is_end = i == list->count;
        const double asks = next_bid(bids, net_mw + (is_end ? sliver_mw(list, bids) : 0.0));
        if (value <= asks)
            return (amp_price_range){fmax(value, asked), is_within ? value : fmin(before, asks)};
        const double step_end_mw = end_mw + list->step[i].power_mw;
        before = value;
        asked = asks;
        net_mw = fmin(step_end_mw, limit_mw);
        if (step_end_mw <= net_mw) {
            end_mw = step_end_mw;
            i++;
        }
    }
}

/* A battery that must not hold anything has a worth of stored energy beyond all prices, and a range
 * that reaches there clears as well nearer to them: sums with numbers like 1e12 would be rounded by
 * more than the bound may be wrong. */
static amp_price_range within_reach(amp_price_range range)
{
    static const double far_usd = 1e6;
    return (amp_price_range){fmax(range.low, fmin(range.high, -far_usd)),
                             fmin(range.high, fmax(range.low, far_usd))};
}

amp_price_range amp_clear(const amp_merit_list *list, amp_battery_bids bids)
{
    amp_price_range range = walk(list, amp_bids_in_order(bids));
    if (isinf(range.low))
        range.low = isinf(range.high) ? 0.0 : range.high;
    if (isinf(range.high))
        range.high = range.low;
    return within_reach(range);
}

double amp_list_usd_per_h(const amp_merit_list *list, double price)
{
    double usd = list->base_usd_per_h + price * list->offset_mw;
    for (size_t i = 0; i < list->count; i++)
        usd += amp_larger(0.0, list->step[i].value_usd_per_mwh - price) * list->step[i].power_mw;
    return usd;
}
