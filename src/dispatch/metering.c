/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/billing.h"
#include "dispatch/metering_parts.h"
#include "dispatch/outer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static amp_column column_of(const double *number)
{
    return (amp_column){.value = number, .stride = 1};
}

/* ---- making one ---- */

static size_t longest(const amp_site_problem *p)
{
    size_t most = 0;
    for (size_t t = 0; t < p->interval_count; t = amp_metered_end(p, t))
        most = amp_metered_end(p, t) - t > most ? amp_metered_end(p, t) - t : most;
    return most;
}

static bool take_memory(amp_metering *m, const amp_site_problem *seen)
{
    enum { COLUMNS = 8, BIDS = 2 };
    const size_t n = seen->interval_count;
    const size_t wishes = seen->tier_count + seen->source_count + AMP_CONNECTION_STEPS + BIDS + 1;
    m->memory = calloc(COLUMNS * n + 1, sizeof(double));
    m->scan = calloc(1, sizeof *m->scan);
    m->window = calloc(n + 1, sizeof *m->window);
    m->wish = calloc(longest(seen) * wishes + 1, sizeof *m->wish);
    if (m->memory == NULL || m->scan == NULL || m->window == NULL || m->wish == NULL ||
        !amp_metering_take_basis(m))
        return false;
    double **const column[COLUMNS] = {&m->price_usd, &m->rho_usd,  &m->most_usd,   &m->stored_usd,
                                      &m->cap_mw,    &m->split_mw, &m->certain_mw, &m->tied_mw};
    for (size_t i = 0; i < COLUMNS; i++)
        *column[i] = m->memory + i * n;
    return true;
}

amp_status amp_metering_new(const amp_pricing *pricing, amp_metering **out)
{
    static const double zero = 0.0;
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = calloc(1, sizeof *m);
    if (m == NULL)
        return AMP_NOMEM;
    m->bare = pricing->seen;
    m->bare.block_mw = (amp_column){&zero, 0};
    m->bare.import_limit_mw = (amp_column){&zero, 0};
    if (!take_memory(m, &pricing->seen))
        goto no_memory;
    m->priced = pricing->seen;
    m->priced.is_block_plain = p->is_block_plain;
    m->priced.block_mw = p->block_mw;
    m->priced.block_price_usd_per_mwh = p->block_price_usd_per_mwh;
    m->priced.import_price_usd_per_mwh = column_of(m->price_usd);
    if (amp_merit_new(&m->bare, &m->bare_merit, NULL) != AMP_OK ||
        amp_merit_new(&m->priced, &m->priced_merit, NULL) != AMP_OK ||
        !amp_merit_list_init(m->bare_merit, &m->bare_list) ||
        !amp_merit_list_init(m->priced_merit, &m->priced_list))
        goto no_memory;
    *out = m;
    return AMP_OK;
no_memory:
    amp_metering_free(m);
    return AMP_NOMEM;
}

void amp_metering_free(amp_metering *m)
{
    if (m == NULL)
        return;
    amp_merit_list_fini(&m->bare_list);
    amp_merit_list_fini(&m->priced_list);
    amp_merit_free(m->bare_merit);
    amp_merit_free(m->priced_merit);
    free(m->scan);
    free(m->memory);
    free(m->window);
    free(m->basis);
    free(m->wish);
    free(m);
}

/* ---- what an interval wants ---- */

typedef struct {
    size_t t;
    double price_usd; /* of import, and so on */
    double import_mw;
    double export_usd;
    double export_mw;
    double most_usd; /* rho is never higher */
    double taken_mw; /* net import so far: of the connection, export is negative */
} walk;

static void want(amp_metering *m, const walk *w, double rho_usd, double width_mw)
{
    if (width_mw <= 0.0 || rho_usd <= 0.0)
        return;
    m->wish[m->wish_count++] = (amp_wish){fmin(rho_usd, w->most_usd), width_mw, w->t};
}

/* A use of value @p value takes @p power_mw more: what of that is imported while import and export
 * keep out of each other's way, which they do as long as import costs more. */
static void walk_apart(amp_metering *m, walk *w, double value, double power_mw)
{
    const double from_mw = amp_larger(0.0, w->taken_mw);
    w->taken_mw += power_mw;
    want(m, w, value - w->price_usd, amp_smaller(w->taken_mw, w->import_mw) - from_mw);
}

/* Where import, its rho paid, is cheaper than export, they share one part of the connection. */
static void walk_shared(amp_metering *m, walk *w, double value, double power_mw)
{
    const double width_mw = w->export_mw + w->import_mw;
    const double from_mw = amp_larger(-w->export_mw, w->taken_mw);
    w->taken_mw += power_mw;
    want(m, w, (value * width_mw - w->export_usd * w->export_mw) / w->import_mw - w->price_usd,
         (amp_smaller(w->taken_mw, w->import_mw) - from_mw) * w->import_mw / width_mw);
}

static bool is_shared(const walk *w)
{
    return w->export_mw > 0.0 && w->export_usd > w->price_usd;
}

/* At the price of export the connection goes from one to the other. */
static void walk_switch(amp_metering *m, walk *w)
{
    const double width_mw = w->export_mw + w->import_mw;
    const double net_mw = fmin(fmax(w->taken_mw, -w->export_mw), w->import_mw);
    want(m, w, w->export_usd - w->price_usd,
         (net_mw + w->export_mw) * w->import_mw / width_mw - amp_larger(0.0, net_mw));
}

/* The next use of the merit list and of the battery's bids, dearest first. */
typedef struct {
    const amp_merit_list *list;
    size_t i;
    double bid_usd[2];
    double bid_mw[2];
    size_t bid;
} use_order;

static bool next_use(use_order *order, bool skips_export, double *value, double *power_mw)
{
    const amp_merit_list *list = order->list;
    while (order->i < list->count && skips_export &&
           list->step[order->i].what >= AMP_MERIT_CONNECTION)
        order->i++;
    const bool has_step = order->i < list->count;
    const double step_usd = has_step ? list->step[order->i].value_usd_per_mwh : 0.0;
    if (order->bid < 2 && (!has_step || order->bid_usd[order->bid] >= step_usd)) {
        *value = order->bid_usd[order->bid];
        *power_mw = order->bid_mw[order->bid++];
        return true;
    }
    if (has_step) {
        *value = step_usd;
        *power_mw = list->step[order->i++].power_mw;
    }
    return has_step;
}

const amp_merit_list *amp_metering_bare_list(amp_pricing *pricing, size_t t)
{
    amp_metering *m = pricing->metering;
    amp_merit_build(m->bare_merit, t, AMP_MODE_RELAXED, 0.0, &m->bare_list);
    return &m->bare_list;
}

/* @p is_fixed: the battery does what its path says; else it bids. */
static void add_wishes(amp_pricing *pricing, size_t t, bool is_fixed)
{
    amp_metering *m = pricing->metering;
    const amp_site_problem *p = pricing->problem;
    const amp_battery_bids fixed = {.discharge_mw = pricing->solution.net_mw[t]};
    const amp_battery_bids bids =
        is_fixed ? fixed : amp_bids_in_order(amp_bids_at(&p->storage, t, pricing->stored_usd[t]));
    walk w = {
        .t = t,
        .price_usd = amp_column_at(p->import_price_usd_per_mwh, t),
        .import_mw = amp_column_at(p->import_limit_mw, t),
        .export_usd = amp_column_at(p->export_price_usd_per_mwh, t),
        .export_mw = amp_column_at(p->export_limit_mw, t),
        .most_usd = m->most_usd[t],
    };
    double value = 0.0;
    double power_mw = 0.0;
    if (w.import_mw <= 0.0)
        return;
    (void)amp_metering_bare_list(pricing, t);
    use_order order = {.list = &m->bare_list,
                       .bid_usd = {bids.sell_usd, bids.buy_usd},
                       .bid_mw = {bids.discharge_mw, bids.charge_mw},
                       .bid = p->storage.is_present && !is_fixed ? 0 : 2};
    const double own_mw = m->bare_list.offset_mw + bids.discharge_mw;
    bool was_switched = false;
    w.taken_mw = -own_mw;
    if (own_mw < 0.0)
        want(m, &w, HUGE_VAL, amp_smaller(-own_mw, w.import_mw));
    const bool shares = is_shared(&w);
    while (next_use(&order, shares, &value, &power_mw)) {
        if (!shares || value >= w.export_usd) {
            walk_apart(m, &w, value, power_mw);
            continue;
        }
        if (!was_switched)
            walk_switch(m, &w);
        was_switched = true;
        walk_shared(m, &w, value, power_mw);
    }
    if (shares && !was_switched)
        walk_switch(m, &w);
}

/* ---- a metering interval ---- */

static int compare_wishes(const void *one, const void *other)
{
    const amp_wish *a = one;
    const amp_wish *b = other;
    if (a->rho_usd < b->rho_usd || a->rho_usd > b->rho_usd)
        return a->rho_usd < b->rho_usd ? 1 : -1;
    return a->t < b->t ? -1 : a->t > b->t ? 1 : 0;
}

/* The price at which the intervals [first, end) want no more than their peak, and how they share
 * it. */
static double clear(amp_pricing *pricing, size_t first, size_t end, bool is_fixed)
{
    amp_metering *m = pricing->metering;
    const double all_mw = m->cap_mw[first] * (double)(end - first);
    double left_mw = all_mw;
    double tied_mw = 0.0;
    double rho_usd = 0.0;
    m->wish_count = 0;
    for (size_t t = first; t < end; t++) {
        add_wishes(pricing, t, is_fixed);
        m->certain_mw[t] = 0.0;
        m->tied_mw[t] = 0.0;
    }
    qsort(m->wish, m->wish_count, sizeof *m->wish, compare_wishes);
    for (size_t i = 0, next; i < m->wish_count && left_mw > 0.0; i = next) {
        tied_mw = 0.0;
        for (next = i; next < m->wish_count && m->wish[next].rho_usd >= m->wish[i].rho_usd; next++)
            tied_mw += m->wish[next].width_mw;
        const bool is_last = tied_mw >= left_mw;
        for (size_t k = i; k < next; k++)
            *(is_last ? &m->tied_mw[m->wish[k].t] : &m->certain_mw[m->wish[k].t]) +=
                m->wish[k].width_mw;
        if (is_last) {
            rho_usd = m->wish[i].rho_usd;
            break;
        }
        left_mw -= tied_mw;
        tied_mw = 0.0;
    }
    if (all_mw <= 0.0 && m->wish_count > 0)
        rho_usd = m->wish[0].rho_usd;
    const double share = tied_mw > 0.0 ? left_mw / tied_mw : 0.0;
    const double spare_mw = tied_mw > 0.0 ? 0.0 : left_mw / (double)(end - first);
    for (size_t t = first; t < end; t++)
        m->split_mw[t] = m->certain_mw[t] + share * m->tied_mw[t] + spare_mw;
    return rho_usd;
}

/* ---- a call ---- */

void amp_metering_set_beyond(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = pricing->metering;
    for (size_t k = 0; k < p->peak_count; k++) {
        const double usd_per_mwh = amp_billing_raise_usd_per_mw(p, k) / p->interval_h;
        for (size_t t = p->peak[k].first, end; t < p->peak[k].end; t = end) {
            end = amp_metered_end(p, t);
            for (size_t i = t; i < end && amp_peak_counts(&p->peak[k], t); i++)
                m->most_usd[i] += usd_per_mwh / (double)(end - t);
        }
    }
    for (size_t t = 0; t < p->interval_count; t++)
        pricing->beyond_usd[t] = amp_column_at(p->import_price_usd_per_mwh, t) + m->most_usd[t];
}

static void bind(amp_pricing *pricing, const double *peak_mw, size_t first, size_t end)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = pricing->metering;
    double limit_mw = 0.0;
    uint32_t binding = AMP_NO_PEAK;
    for (size_t t = first; t < end; t++)
        limit_mw += amp_column_at(p->import_limit_mw, t);
    double cap_mw = limit_mw / (double)(end - first);
    for (uint32_t k = 0; k < p->peak_count; k++) {
        if (!amp_peak_counts(&p->peak[k], first) || peak_mw[k] >= cap_mw)
            continue;
        cap_mw = fmax(0.0, peak_mw[k]);
        binding = k;
    }
    for (size_t t = first; t < end; t++) {
        m->cap_mw[t] = cap_mw;
        m->rho_usd[t] = 0.0;
        pricing->binding[t] = binding;
    }
}

void amp_metering_set_peaks(amp_pricing *pricing, const double *peak_mw)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = pricing->metering;
    const bool is_first = pricing->solution.stored_usd_per_mwh == NULL;
    amp_merit_refresh(m->bare_merit);
    for (size_t t = 0, end; t < p->interval_count; t = end) {
        end = amp_metered_end(p, t);
        bind(pricing, peak_mw, t, end);
        if (pricing->binding[t] == AMP_NO_PEAK || is_first)
            for (size_t i = t; i < end; i++)
                m->split_mw[i] = m->cap_mw[i];
        else
            (void)clear(pricing, t, end, true);
        for (size_t i = t; i < end; i++)
            pricing->within_mw[i] =
                pricing->binding[t] == AMP_NO_PEAK
                    ? amp_column_at(p->import_limit_mw, i)
                    : fmin(m->split_mw[i], amp_column_at(p->import_limit_mw, i));
    }
}

static void clear_fixed(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = 0; t < p->interval_count; t = amp_metered_end(p, t))
        if (pricing->binding[t] != AMP_NO_PEAK)
            (void)clear(pricing, t, amp_metered_end(p, t), true);
}

static void resplit(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = 0; t < p->interval_count; t++)
        if (pricing->binding[t] != AMP_NO_PEAK)
            pricing->within_mw[t] =
                fmin(pricing->metering->split_mw[t], amp_column_at(p->import_limit_mw, t));
}

void amp_metering_set_split(amp_pricing *pricing, const double *peak_mw, const double *split_mw,
                            bool spreads)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = pricing->metering;
    amp_merit_refresh(m->bare_merit);
    for (size_t t = 0, end; t < p->interval_count; t = end) {
        double left_mw = 0.0;
        end = amp_metered_end(p, t);
        bind(pricing, peak_mw, t, end);
        for (size_t i = t; i < end && spreads; i++)
            left_mw += m->cap_mw[t] - split_mw[i];
        for (size_t i = t; i < end; i++)
            pricing->within_mw[i] = pricing->binding[t] == AMP_NO_PEAK
                                        ? amp_column_at(p->import_limit_mw, i)
                                        : fmin(split_mw[i] + fmax(0.0, left_mw) / (double)(end - t),
                                               amp_column_at(p->import_limit_mw, i));
    }
}

void amp_metering_fit_split(amp_pricing *pricing, size_t first, size_t end)
{
    amp_metering *m = pricing->metering;
    for (size_t t = first, next; t < end; t = next) {
        double sum_mw = 0.0;
        next = amp_metered_end(pricing->problem, t);
        const double all_mw = m->cap_mw[t] * (double)(next - t);
        for (size_t i = t; i < next; i++)
            sum_mw += m->split_mw[i];
        for (size_t i = t; i < next; i++)
            m->split_mw[i] = sum_mw > all_mw
                                 ? m->split_mw[i] * (all_mw / sum_mw)
                                 : m->split_mw[i] + (all_mw - sum_mw) / (double)(next - t);
    }
}

static void set_prices(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = pricing->metering;
    for (size_t t = 0, end; t < p->interval_count; t = end) {
        end = amp_metered_end(p, t);
        const double rho_usd =
            pricing->binding[t] != AMP_NO_PEAK ? clear(pricing, t, end, false) : 0.0;
        for (size_t i = t; i < end; i++) {
            m->rho_usd[i] = rho_usd;
            m->price_usd[i] = amp_column_at(p->import_price_usd_per_mwh, i) + rho_usd;
        }
    }
    amp_merit_refresh(m->priced_merit);
}

static double gap_above(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    amp_metering *m = pricing->metering;
    const amp_storage *s = &p->storage;
    double usd = 0.0;
    for (size_t t = 0, end; t < p->interval_count; t = end) {
        end = amp_metered_end(p, t);
        usd += m->rho_usd[t] * m->cap_mw[t] * (double)(end - t) * p->interval_h;
        for (size_t i = t; i < end; i++) {
            amp_merit_build(m->priced_merit, i, AMP_MODE_RELAXED,
                            amp_merit_lost_usd_per_h(m->priced_merit, i), &m->priced_list);
            usd += amp_metering_list_usd_per_h(&m->priced_list,
                                               amp_bids_at(s, i, pricing->stored_usd[i])) *
                   p->interval_h;
        }
    }
    if (!s->is_present)
        return usd - pricing->solution.bound_usd;
    const size_t n = p->interval_count;
    const amp_stored_range range = amp_border_range(p, p->block_count);
    usd += pricing->stored_usd[0] * s->retention * s->initial_mwh;
    for (size_t t = 1; t < n; t++)
        usd +=
            amp_between_usd(s, s->retention * pricing->stored_usd[t] - pricing->stored_usd[t - 1]);
    const double last_usd = s->terminal_value_usd_per_mwh - pricing->stored_usd[n - 1];
    usd += fmax(last_usd * range.low, last_usd * range.high);
    return usd - pricing->solution.bound_usd;
}

/* Shares anew what the battery's path leaves, which loses nothing, and asks again. */
static double share_anew(amp_pricing *pricing)
{
    clear_fixed(pricing);
    resplit(pricing);
    (void)amp_pricing_relax(pricing);
    set_prices(pricing);
    return gap_above(pricing);
}

static bool solve_exactly(amp_pricing *pricing, double gap_usd)
{
    amp_metering *m = pricing->metering;
    if (!amp_metering_windows(pricing, gap_usd))
        return false;
    resplit(pricing);
    (void)amp_pricing_relax(pricing);
    memcpy(pricing->stored_usd, m->stored_usd, pricing->problem->interval_count * sizeof(double));
    set_prices(pricing);
    return true;
}

void amp_metering_settle(amp_pricing *pricing, double gap_usd)
{
    set_prices(pricing);
    double gap = gap_above(pricing);
    if (gap > gap_usd)
        gap = share_anew(pricing);
    if (gap > gap_usd)
        (void)solve_exactly(pricing, gap_usd);
}

/* ---- the cut ---- */

/* Whether one price of import rules the interval, whatever the battery does. */
static bool is_ruled(const amp_pricing *pricing, size_t t, size_t i, amp_battery_bids bids)
{
    const amp_merit_scan *scan = pricing->metering->scan;
    const amp_site_problem *p = pricing->problem;
    const bool exports =
        amp_column_at(p->export_limit_mw, t) > 0.0 &&
        amp_column_at(p->export_price_usd_per_mwh, t) >= scan->price_usd_per_mwh[i];
    return scan->low_mw[i] <= -bids.charge_mw && scan->high_mw[i] >= bids.discharge_mw && !exports;
}

static void add_marginals(const amp_pricing *pricing, size_t t, amp_battery_bids bids,
                          amp_price_range range, amp_marginals *marginal)
{
    const double h = pricing->problem->interval_h;
    const double import_usd =
        h * amp_cut_import_usd_per_mwh(pricing, t, range.low, pricing->metering->price_usd[t]);
    marginal->import_usd += import_usd;
    if (amp_is_watched(pricing, t))
        marginal->watched_import_usd += import_usd;
    marginal->battery_power_usd += amp_bids_usd_per_h(bids, amp_cut_resting_price(bids, range)) * h;
}

static void add_interval(amp_pricing *pricing, size_t t, size_t i, amp_cut *cut)
{
    amp_metering *m = pricing->metering;
    const double h = pricing->problem->interval_h;
    const uint32_t binding = pricing->binding[t];
    const amp_battery_bids bids =
        amp_bids_at(&pricing->problem->storage, t, pricing->stored_usd[t]);
    amp_price_range range = {m->scan->price_usd_per_mwh[i], m->scan->price_usd_per_mwh[i]};
    if (is_ruled(pricing, t, i, bids)) {
        cut->constant += (m->scan->profit_usd_per_h[i] + amp_bids_usd_per_h(bids, range.low)) * h;
    } else {
        amp_merit_build(m->priced_merit, t, AMP_MODE_RELAXED, m->scan->lost_usd_per_h[i],
                        &m->priced_list);
        range = amp_clear(&m->priced_list, bids);
        cut->constant += amp_metering_list_usd_per_h(&m->priced_list, bids) * h;
    }
    add_marginals(pricing, t, bids, range, &cut->marginal);
    if (binding == AMP_NO_PEAK)
        return;
    cut->peak[binding] += m->rho_usd[t] * h;
    if (amp_is_watched(pricing, t))
        cut->watched_peak[binding] += m->rho_usd[t] * h;
}

void amp_metering_cut(amp_pricing *pricing, size_t first, size_t count, amp_cut *cut)
{
    amp_metering *m = pricing->metering;
    amp_merit_scan_block(m->priced_merit, first, count, m->scan);
    for (size_t i = 0; i < count; i++)
        add_interval(pricing, first + i, i, cut);
}

/* ---- the point ---- */

void amp_metering_point(const amp_pricing *pricing, size_t first, size_t end, amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = first, next; t < end; t = next) {
        double sum_mw = 0.0;
        next = amp_metered_end(p, t);
        for (size_t i = t; i < next; i++)
            sum_mw += pricing->import_mw[i];
        for (size_t k = pricing->peak_first; k < pricing->peak_end; k++)
            if (amp_peak_counts(&p->peak[k], t))
                point->peak_mw[k] = amp_larger(point->peak_mw[k], sum_mw / (double)(next - t));
    }
}
