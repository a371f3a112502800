/* SPDX-License-Identifier: Apache-2.0 */
/* What one interval adds to the cut of its block. */
#include "dispatch/pricing_parts.h"
#include "dispatch/reserve.h"

#include <math.h>

amp_interval_view amp_pricing_view(amp_pricing *pricing, size_t t, size_t i)
{
    const amp_site_problem *seen = &pricing->seen;
    const amp_merit_scan *scan = pricing->scan;
    const double charge_mw =
        seen->storage.is_present ? amp_column_at(seen->storage.charge_limit_mw, t) : 0.0;
    const double discharge_mw =
        seen->storage.is_present ? amp_column_at(seen->storage.discharge_limit_mw, t) : 0.0;
    amp_interval_view view = {.t = t, .price = scan->price_usd_per_mwh[i]};
    /* Export at the very price would be part of the range, but is no import. */
    const bool exports = amp_column_at(seen->export_limit_mw, t) > 0.0 &&
                         amp_column_at(seen->export_price_usd_per_mwh, t) >= view.price;
    view.is_ruled = scan->low_mw[i] <= -charge_mw && scan->high_mw[i] >= discharge_mw && !exports;
    if (!view.is_ruled) {
        amp_merit_build(pricing->merit, t, AMP_MODE_RELAXED, scan->lost_usd_per_h[i],
                        &pricing->list);
        return view;
    }
    const bool is_beyond = pricing->problem->peak_count > 0 && view.price >= pricing->beyond_usd[t];
    view.need_mw = scan->high_mw[i] + (is_beyond ? pricing->within_mw[t] : 0.0);
    if (amp_pricing_has_within(pricing))
        view.need_mw = scan->high_mw[i] + scan->below_mw[i];
    view.profit_usd_per_h = scan->profit_usd_per_h[i];
    return view;
}

/* What a MW of peak is worth where import and export share a part, USD per hour: by the parts'
 * widths and by what they cost in full, both linear in the peak (merit.c, pool_plain_block()). */
static double pooled_slope(const amp_pricing *pricing, size_t t, double price)
{
    const amp_site_problem *p = pricing->problem;
    const double import_mw = amp_column_at(p->import_limit_mw, t);
    const double export_mw = amp_column_at(p->export_limit_mw, t);
    const double export_usd = amp_column_at(p->export_price_usd_per_mwh, t);
    const double within_usd = amp_column_at(p->import_price_usd_per_mwh, t);
    const double beyond_usd = pricing->beyond_usd[t];
    const double width = (export_mw + import_mw) / import_mw; /* MW of part for a MW of peak */
    const double shared =
        (within_usd * import_mw + export_usd * export_mw) / (import_mw + export_mw);
    double slope = beyond_usd - within_usd + fmax(0.0, shared - price) * width;
    if (beyond_usd >= export_usd)
        return slope - fmax(0.0, export_usd - price) * (width - 1.0) -
               fmax(0.0, beyond_usd - price);
    const double later =
        (beyond_usd * import_mw + export_usd * export_mw) / (import_mw + export_mw);
    return slope - fmax(0.0, later - price) * width;
}

/* The price of the last MW within the peaks: the agreement's, where they do not cover all of it. */
static double within_usd_per_mwh(const amp_pricing *pricing, size_t t)
{
    const double market_usd = amp_column_at(pricing->problem->import_price_usd_per_mwh, t);
    if (!amp_pricing_has_within(pricing))
        return market_usd;
    const amp_connection c = amp_pricing_connection(pricing, t);
    return c.within_mw < amp_connection_block_mw(&c) ? c.block_usd : market_usd;
}

/* What the connection earns at a bus price by the parts of the list, USD per hour; what reserves
 * took off their values is given back. */
static double listed_usd_per_h(const amp_pricing *pricing, const amp_connection *c, double price)
{
    const amp_merit_list *list = &pricing->list;
    double usd = (c->export_usd - price) * c->export_mw;
    for (size_t i = 0; i < list->count; i++) {
        const amp_merit_step *step = &list->step[i];
        const double fall_usd = step->fall > 0 ? list->fall_usd[step->fall - 1] : 0.0;
        if (step->what >= AMP_MERIT_CONNECTION)
            usd += amp_larger(0.0, price - step->value_usd_per_mwh - fall_usd) * step->power_mw;
    }
    return usd;
}

/* The cut's slope where agreements, export and peaks come together. Any multiplier of the peak
 * gives a bound; what it is above the list's value, rounding or more, is in it. */
static double agreed_slope(const amp_pricing *pricing, size_t t, double price, amp_cut *cut)
{
    const double h = pricing->problem->interval_h;
    const amp_connection c = amp_pricing_connection(pricing, t);
    double usd_per_h = 0.0;
    const double worth_usd = amp_connection_within_worth(&c, price, &usd_per_h);
    cut->constant += amp_larger(0.0, usd_per_h - listed_usd_per_h(pricing, &c, price)) * h;
    return worth_usd;
}

/* All prices that make the same cut. Where a peak binds, the cut's slope in it tells them apart. */
static amp_price_range same_cut(const amp_pricing *pricing, const amp_interval_view *view,
                                amp_price_range range, double price)
{
    const size_t t = view->t;
    const double within_usd = within_usd_per_mwh(pricing, t);
    const double beyond_usd = pricing->beyond_usd[t];
    if (pricing->binding[t] == AMP_NO_PEAK)
        return range;
    if (pricing->list.is_pooled || pricing->list.has_reserve ||
        (price > within_usd && price < beyond_usd))
        return (amp_price_range){price, price};
    if (price >= beyond_usd)
        return (amp_price_range){amp_larger(range.low, beyond_usd), range.high};
    return (amp_price_range){range.low, amp_smaller(range.high, within_usd)};
}

/* What a MW more of import adds to an interval: what the bus pays above the last MW's price. Where
 * import and export share a step, only if import is the better of the two. */
double amp_cut_import_usd_per_mwh(const amp_pricing *pricing, size_t t, double price,
                                  double last_usd)
{
    const amp_site_problem *p = pricing->problem;
    const double limit_mw = amp_column_at(p->import_limit_mw, t);
    const double worth_usd = amp_larger(0.0, price - last_usd);
    const double export_usd = amp_column_at(p->export_price_usd_per_mwh, t) - price;
    const double export_mw = amp_column_at(p->export_limit_mw, t);
    if (limit_mw <= 0.0)
        return 0.0;
    return export_usd * export_mw > worth_usd * limit_mw * (1.0 + 1e-9) ? 0.0 : worth_usd;
}

/* The battery rests at any price between its bids; of @p range the one nearest to them is taken. */
double amp_cut_resting_price(amp_battery_bids bids, amp_price_range range)
{
    const double width_mw = bids.charge_mw + bids.discharge_mw;
    amp_price_range rest = {bids.buy_usd, bids.sell_usd};
    if (rest.low > rest.high && width_mw > 0.0) {
        rest.low = (bids.charge_mw * bids.buy_usd + bids.discharge_mw * bids.sell_usd) / width_mw;
        rest.high = rest.low;
    }
    const double resting = amp_larger(rest.low, amp_smaller(rest.high, range.low));
    return amp_larger(range.low, amp_smaller(range.high, resting));
}

/* What a MW at the bus is worth where one from the battery is worth @p price. */
static double bus_price(const amp_pricing *pricing, const amp_interval_view *view, double price)
{
    if (view->is_ruled || !pricing->list.has_reserve)
        return price;
    return price + amp_reserve_scarcity_usd(&pricing->list, price);
}

static void add_marginals(const amp_pricing *pricing, const amp_interval_view *view,
                          amp_battery_bids bids, amp_price_range range, amp_marginals *marginal)
{
    const double h = pricing->problem->interval_h;
    const size_t t = view->t;
    const bool is_bound = pricing->binding[t] != AMP_NO_PEAK;
    const double last_usd = is_bound ? pricing->beyond_usd[t]
                                     : amp_column_at(pricing->problem->import_price_usd_per_mwh, t);
    const double import_usd =
        amp_cut_import_usd_per_mwh(pricing, t, bus_price(pricing, view, range.low), last_usd) * h;
    const double price = amp_cut_resting_price(bids, range);
    const double held_usd = bus_price(pricing, view, price) - price;
    marginal->import_usd += import_usd;
    if (amp_is_watched(pricing, t))
        marginal->watched_import_usd += import_usd;
    marginal->battery_power_usd +=
        (amp_bids_usd_per_h(bids, price) + held_usd * bids.discharge_mw) * h;
}

void amp_cut_add(amp_pricing *pricing, const amp_interval_view *view, double stored_usd,
                 amp_cut *cut)
{
    const double h = pricing->problem->interval_h;
    const size_t t = view->t;
    const uint32_t binding = pricing->binding[t];
    const amp_battery_bids bids = amp_bids_at(&pricing->problem->storage, t, stored_usd);
    amp_price_range range = {view->price, view->price};
    double price = view->price;
    if (view->is_ruled) {
        cut->constant += (view->profit_usd_per_h + amp_bids_usd_per_h(bids, price)) * h;
    } else {
        range = amp_clear(&pricing->list, bids);
        price = 0.5 * (range.low + range.high);
        cut->constant +=
            (amp_list_usd_per_h(&pricing->list, price) + amp_bids_usd_per_h(bids, price)) * h;
        range = same_cut(pricing, view, range, price);
    }
    add_marginals(pricing, view, bids, range, &cut->marginal);
    if (binding == AMP_NO_PEAK)
        return;
    price = bus_price(pricing, view, price);
    const double within_usd = within_usd_per_mwh(pricing, t);
    const double clamped = amp_larger(within_usd, amp_smaller(price, pricing->beyond_usd[t]));
    double slope = (clamped - within_usd) * h;
    if (!view->is_ruled && amp_pricing_has_within(pricing))
        slope = agreed_slope(pricing, t, price, cut) * h;
    else if (!view->is_ruled && pricing->list.is_pooled)
        slope = pooled_slope(pricing, t, price) * h;
    cut->peak[binding] += slope;
    if (amp_is_watched(pricing, t))
        cut->watched_peak[binding] += slope;
    cut->constant -= slope * pricing->within_mw[t];
}
