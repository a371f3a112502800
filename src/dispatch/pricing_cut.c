/* SPDX-License-Identifier: Apache-2.0 */
/* What one interval adds to the cut of its block. */
#include "dispatch/pricing_parts.h"

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

void amp_cut_add(amp_pricing *pricing, const amp_interval_view *view, double stored_usd,
                 amp_cut *cut)
{
    const double h = pricing->problem->interval_h;
    const size_t t = view->t;
    const uint32_t binding = pricing->binding[t];
    const amp_battery_bids bids = amp_bids_at(&pricing->problem->storage, t, stored_usd);
    double price = view->price;
    if (view->is_ruled) {
        cut->constant += (view->profit_usd_per_h + amp_bids_usd_per_h(bids, price)) * h;
    } else {
        const amp_price_range range = amp_clear(&pricing->list, bids);
        price = 0.5 * (range.low + range.high);
        cut->constant +=
            (amp_list_usd_per_h(&pricing->list, price) + amp_bids_usd_per_h(bids, price)) * h;
    }
    if (binding == AMP_NO_PEAK)
        return;
    const double within_usd = amp_column_at(pricing->problem->import_price_usd_per_mwh, t);
    const double clamped = amp_larger(within_usd, amp_smaller(price, pricing->beyond_usd[t]));
    const bool is_pooled = !view->is_ruled && pricing->list.is_pooled;
    const double slope = (is_pooled ? pooled_slope(pricing, t, price) : clamped - within_usd) * h;
    cut->peak[binding] += slope;
    cut->constant -= slope * pricing->within_mw[t];
}
