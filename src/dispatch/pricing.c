/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/pricing.h"

#include "dispatch/merit.h"
#include "dispatch/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Instead of an index. */
#define NO_PEAK UINT32_MAX
#define NO_SLOT UINT32_MAX

/* A source whose energy some budget counts. */
typedef struct {
    uint32_t source;
    size_t account;
    double weight;
    double *power_mw; /* [T] what it may give */
    double *cost_usd; /* [T] USD per MWh, the price of its budget included */
    double *given_mw; /* [T] in the last call's point */
} priced_source;

struct amp_pricing {
    const amp_site_problem *problem;
    amp_site_problem seen; /**< what the solver works on */
    amp_solver *solver;
    amp_merit *merit; /**< of `seen` */
    amp_merit_list list;
    amp_merit_scan *scan;
    amp_tier *tier;        /**< the problem's, then one a job */
    amp_source *source;    /**< the problem's, with the columns of `priced` */
    priced_source *priced; /**< [priced_count] */
    size_t priced_count;
    uint32_t *slot;       /**< [source_count] index into priced, or NO_SLOT */
    double *memory;       /**< all columns below */
    double *within_mw;    /**< [T] import that no peak charges for */
    double *beyond_usd;   /**< [T] price of import beyond that */
    double *must_mw;      /**< [T] */
    double *job_power_mw; /**< [job_count][T] at the bus */
    double *job_value;    /**< [job_count][T] USD per MWh at the bus */
    double *job_used_mw;  /**< [job_count][T] at the bus, of the last call's point */
    uint32_t *binding;    /**< [T] the peak that within_mw is of, or NO_PEAK */
    uint32_t *by_worth;   /**< [job_count] scratch: jobs of a hall, dearest first */
    double *worth;        /**< [job_count] value less price, USD per IT MWh */
    amp_solution solution;
};

/* ---- making one ---- */

static size_t count_priced(const amp_site_problem *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->budget_count; i++)
        count += p->budget[i].source_count;
    return count;
}

static bool take_memory(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    pricing->priced_count = count_priced(p);
    const size_t columns = 3 + 3 * (p->job_count + pricing->priced_count);
    pricing->source = calloc(p->source_count + 1, sizeof *pricing->source);
    pricing->priced = calloc(pricing->priced_count + 1, sizeof *pricing->priced);
    pricing->slot = calloc(p->source_count + 1, sizeof *pricing->slot);
    pricing->memory = calloc(columns * n + 1, sizeof *pricing->memory);
    pricing->tier = calloc(p->tier_count + p->job_count + 1, sizeof *pricing->tier);
    pricing->binding = calloc(n + 1, sizeof *pricing->binding);
    pricing->by_worth = calloc(p->job_count + 1, sizeof *pricing->by_worth);
    pricing->worth = calloc(p->job_count + 1, sizeof *pricing->worth);
    pricing->scan = calloc(1, sizeof *pricing->scan);
    if (pricing->source == NULL || pricing->priced == NULL || pricing->slot == NULL ||
        pricing->memory == NULL || pricing->tier == NULL || pricing->binding == NULL ||
        pricing->by_worth == NULL || pricing->worth == NULL || pricing->scan == NULL)
        return false;
    pricing->within_mw = pricing->memory;
    pricing->beyond_usd = pricing->memory + n;
    pricing->must_mw = pricing->memory + 2 * n;
    pricing->job_power_mw = pricing->memory + 3 * n;
    pricing->job_value = pricing->job_power_mw + p->job_count * n;
    pricing->job_used_mw = pricing->job_value + p->job_count * n;
    for (size_t k = 0; k < pricing->priced_count; k++) {
        pricing->priced[k].power_mw = pricing->job_used_mw + (p->job_count + 3 * k) * n;
        pricing->priced[k].cost_usd = pricing->priced[k].power_mw + n;
        pricing->priced[k].given_mw = pricing->priced[k].cost_usd + n;
    }
    return true;
}

static amp_column column_of(const double *number)
{
    return (amp_column){.value = number, .stride = 1};
}

/* Sources under a budget have columns of their own. */
static void make_sources(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    size_t k = 0;
    for (size_t s = 0; s < p->source_count; s++) {
        pricing->source[s] = p->source[s];
        pricing->slot[s] = NO_SLOT;
    }
    for (size_t b = 0; b < p->budget_count; b++) {
        for (size_t i = 0; i < p->budget[b].source_count; i++, k++) {
            priced_source *priced = &pricing->priced[k];
            priced->source = p->budget[b].source[i];
            priced->account = p->job_count + b;
            priced->weight = p->budget[b].weight[i];
            pricing->slot[priced->source] = (uint32_t)k;
            pricing->source[priced->source].power_mw = column_of(priced->power_mw);
            pricing->source[priced->source].cost_usd_per_mwh = column_of(priced->cost_usd);
        }
    }
}

/* Beyond its peak a MWh costs what raising the peak for one interval does, or more: one price for
 * all of them, so that the many that lie close together are one to the solver. */
static void set_beyond(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    double dearest = 0.0;
    for (size_t k = 0; k < p->peak_count; k++)
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            if (amp_peak_counts(&p->peak[k], t))
                pricing->beyond_usd[t] += p->peak[k].charge_usd_per_mw / p->interval_h;
    for (size_t t = 0; t < p->interval_count; t++)
        dearest = fmax(dearest, pricing->beyond_usd[t]);
    for (size_t k = 0; k < p->peak_count; k++)
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            pricing->beyond_usd[t] = dearest;
}

/* The same site with a tier a job, and import up to the peaks as an agreement at the market's price
 * beside a market at which one overruns them. */
static void make_seen(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    memcpy(pricing->tier, p->tier, p->tier_count * sizeof *pricing->tier);
    for (size_t j = 0; j < p->job_count; j++)
        pricing->tier[p->tier_count + j] = (amp_tier){
            .power_mw = column_of(pricing->job_power_mw + j * n),
            .value_usd_per_mwh = column_of(pricing->job_value + j * n),
            .load = p->job[j].load,
        };
    pricing->seen = *p;
    pricing->seen.tier = pricing->tier;
    pricing->seen.tier_count = p->tier_count + p->job_count;
    make_sources(pricing);
    pricing->seen.source = pricing->source;
    pricing->seen.budget_count = 0;
    if (p->peak_count > 0) {
        pricing->seen.is_block_plain = true;
        pricing->seen.block_mw = column_of(pricing->within_mw);
        pricing->seen.block_price_usd_per_mwh = p->import_price_usd_per_mwh;
        pricing->seen.import_price_usd_per_mwh = column_of(pricing->beyond_usd);
    }
    pricing->seen.must_mw = column_of(pricing->must_mw);
    pricing->seen.peak_count = 0;
    pricing->seen.job_count = 0;
    for (size_t t = 0; t < n; t++) {
        pricing->within_mw[t] = amp_column_at(p->import_limit_mw, t);
        pricing->beyond_usd[t] = amp_column_at(p->import_price_usd_per_mwh, t);
    }
    set_beyond(pricing);
}

amp_status amp_pricing_new(const amp_site_problem *problem, amp_pricing **out)
{
    amp_pricing *pricing = calloc(1, sizeof *pricing);
    if (pricing == NULL)
        return AMP_NOMEM;
    pricing->problem = problem;
    if (!take_memory(pricing))
        goto no_memory;
    make_seen(pricing);
    if (amp_merit_new(&pricing->seen, &pricing->merit, NULL) != AMP_OK ||
        !amp_merit_list_init(pricing->merit, &pricing->list) ||
        amp_solver_new(&pricing->seen, &pricing->solver, NULL) != AMP_OK)
        goto no_memory;
    *out = pricing;
    return AMP_OK;
no_memory:
    amp_pricing_free(pricing);
    return AMP_NOMEM;
}

void amp_pricing_free(amp_pricing *pricing)
{
    if (pricing == NULL)
        return;
    amp_solver_free(pricing->solver);
    amp_merit_list_fini(&pricing->list);
    amp_merit_free(pricing->merit);
    free(pricing->tier);
    free(pricing->source);
    free(pricing->priced);
    free(pricing->slot);
    free(pricing->memory);
    free(pricing->binding);
    free(pricing->by_worth);
    free(pricing->worth);
    free(pricing->scan);
    free(pricing);
}

/* ---- a query as columns ---- */

/* Where several peaks cover an interval the tightest one binds. */
static void set_peaks(amp_pricing *pricing, const double *peak_mw)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = 0; t < p->interval_count; t++) {
        pricing->within_mw[t] = amp_column_at(p->import_limit_mw, t);
        pricing->binding[t] = NO_PEAK;
    }
    for (uint32_t k = 0; k < p->peak_count; k++) {
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++) {
            if (peak_mw[k] >= pricing->within_mw[t] || !amp_peak_counts(&p->peak[k], t))
                continue;
            pricing->within_mw[t] = peak_mw[k];
            pricing->binding[t] = k;
        }
    }
}

static bool is_active(const amp_job *job, size_t t)
{
    return t >= job->first && t < job->end;
}

/* Jobs by what an MWh is worth after its price, dearest first; equal ones in their order. */
static void sort_jobs(amp_pricing *pricing)
{
    const size_t count = pricing->problem->job_count;
    for (size_t i = 0; i < count; i++) {
        size_t j = i;
        for (; j > 0 && pricing->worth[pricing->by_worth[j - 1]] < pricing->worth[i]; j--)
            pricing->by_worth[j] = pricing->by_worth[j - 1];
        pricing->by_worth[j] = (uint32_t)i;
    }
}

/* Jobs of one hall share its capacity: the dearest takes what it can, the next what is left. */
static void share_halls(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    for (size_t i = 0; i < p->job_count; i++) {
        const size_t j = pricing->by_worth[i];
        const amp_job *job = &p->job[j];
        const amp_load *hall = &p->load[job->load];
        for (size_t t = job->first; t < job->end; t++) {
            double left_mw = amp_column_at(hall->capacity_mw, t);
            for (size_t k = 0; k < i; k++) {
                const size_t other = pricing->by_worth[k];
                if (p->job[other].load == job->load && is_active(&p->job[other], t))
                    left_mw -= pricing->job_power_mw[other * n + t];
            }
            const double wanted_mw = job->power_mw / amp_column_at(hall->it_per_mwh, t);
            pricing->job_power_mw[j * n + t] = fmax(0.0, fmin(wanted_mw, left_mw));
        }
    }
}

static void set_jobs(amp_pricing *pricing, const double *price)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    for (size_t j = 0; j < p->job_count; j++) {
        const amp_job *job = &p->job[j];
        const amp_column it_per_mwh = p->load[job->load].it_per_mwh;
        pricing->worth[j] = amp_job_worth_usd_per_mwh(job) - price[j];
        for (size_t t = job->first; t < job->end; t++)
            pricing->job_value[j * n + t] = pricing->worth[j] * amp_column_at(it_per_mwh, t);
    }
    sort_jobs(pricing);
    share_halls(pricing);
}

/* What sources under a budget may give, and what they cost at the price of that budget. */
static void set_budgets(amp_pricing *pricing, const double *account_usd)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t k = 0; k < pricing->priced_count; k++) {
        const priced_source *priced = &pricing->priced[k];
        const amp_source *source = &p->source[priced->source];
        const double added =
            account_usd == NULL ? 0.0 : account_usd[priced->account] * priced->weight;
        for (size_t t = 0; t < p->interval_count; t++) {
            priced->power_mw[t] = amp_column_at(source->power_mw, t);
            priced->cost_usd[t] = amp_column_at(source->cost_usd_per_mwh, t) + added;
        }
    }
}

static void set_must(amp_pricing *pricing)
{
    for (size_t t = 0; t < pricing->problem->interval_count; t++)
        pricing->must_mw[t] = amp_column_at(pricing->problem->must_mw, t);
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* One interval of a call: either one price of import rules it, or its merit list is built. */
typedef struct {
    size_t t;
    bool is_ruled;
    double price;            /* the next three where it is ruled */
    double need_mw;          /* import when the battery rests, within the step that rules */
    double profit_usd_per_h; /* then */
} interval_view;

static interval_view view_interval(amp_pricing *pricing, size_t t, size_t i)
{
    const amp_site_problem *seen = &pricing->seen;
    const amp_merit_scan *scan = pricing->scan;
    const double charge_mw =
        seen->storage.is_present ? amp_column_at(seen->storage.charge_limit_mw, t) : 0.0;
    const double discharge_mw =
        seen->storage.is_present ? amp_column_at(seen->storage.discharge_limit_mw, t) : 0.0;
    interval_view view = {.t = t, .price = scan->price_usd_per_mwh[i]};
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

/* ---- clearing prices ---- */

/* What the battery bids at the bus when stored energy is worth some price: it buys up to charge_mw
 * below one price and sells up to discharge_mw above another. Where the first is above the second,
 * both modes at once would pay and the two are one bid at their mean. */
typedef struct {
    double buy_usd;
    double sell_usd;
    double charge_mw;
    double discharge_mw;
} battery_bids;

static battery_bids bids_at(const amp_storage *storage, size_t t, double stored_usd)
{
    battery_bids bids = {0};
    if (!storage->is_present)
        return bids;
    bids.charge_mw = amp_column_at(storage->charge_limit_mw, t);
    bids.discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    bids.buy_usd = stored_usd * storage->charge_efficiency - storage->wear_usd_per_mwh;
    bids.sell_usd = stored_usd / storage->discharge_efficiency + storage->wear_usd_per_mwh;
    return bids;
}

/* The bids in rising order of price, from full charge on. */
static battery_bids in_order(battery_bids bids)
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

/* Prices at which what the bus wants more of meets what the battery gives: all in [low, high]. */
typedef struct {
    double low;
    double high;
} price_range;

/* What the battery asks for the next MW when it gives @p net_mw. */
static double next_bid(battery_bids bids, double net_mw)
{
    if (net_mw >= bids.discharge_mw)
        return HUGE_VAL;
    return net_mw < 0.0 ? bids.buy_usd : bids.sell_usd;
}

/* Walks from full charge towards full discharge while the next use is worth more than the battery
 * asks. Any price gives a valid bound; one that clears gives a tight one. */
static price_range clear(const amp_merit_list *list, battery_bids bids)
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
        asked = net_mw <= 0.0 ? bids.buy_usd : bids.sell_usd;
    }
    for (;;) {
        const bool is_within = i < list->count && end_mw < net_mw;
        const double value = i < list->count ? list->step[i].value_usd_per_mwh : -HUGE_VAL;
        const double limit_mw = net_mw < 0.0 ? 0.0 : bids.discharge_mw;
        const double asks = next_bid(bids, net_mw);
        if (value <= asks)
            return (price_range){fmax(value, asked), is_within ? value : fmin(before, asks)};
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

/* Finite, and in order whatever rounding did. */
static price_range tidy(price_range range)
{
    if (isinf(range.low))
        range.low = isinf(range.high) ? 0.0 : range.high;
    if (isinf(range.high))
        range.high = range.low;
    return range;
}

/* ---- cuts ---- */

/* What the battery adds to the dual function at bus price @p price, USD per hour. */
static double battery_usd_per_h(battery_bids bids, double price)
{
    const double charging = bids.charge_mw * (bids.buy_usd - price);
    const double discharging = bids.discharge_mw * (price - bids.sell_usd);
    return larger(0.0, larger(charging, discharging));
}

/* What the merit order adds. */
static double list_usd_per_h(const amp_merit_list *list, double price)
{
    double usd = list->base_usd_per_h + price * list->offset_mw;
    for (size_t i = 0; i < list->count; i++)
        usd += larger(0.0, list->step[i].value_usd_per_mwh - price) * list->step[i].power_mw;
    return usd;
}

/* The same slope where import and export share a part: of the parts' widths and of what they cost
 * in full, both linear in the peak (merit.c, pool_plain_block()). */
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

static void add_to_cut(amp_pricing *pricing, const interval_view *view, double stored_usd,
                       amp_cut *cut)
{
    const double h = pricing->problem->interval_h;
    const size_t t = view->t;
    const uint32_t binding = pricing->binding[t];
    const battery_bids bids = bids_at(&pricing->problem->storage, t, stored_usd);
    double price = view->price;
    if (view->is_ruled) {
        cut->constant += (view->profit_usd_per_h + battery_usd_per_h(bids, price)) * h;
    } else {
        const price_range range = tidy(clear(&pricing->list, in_order(bids)));
        price = 0.5 * (range.low + range.high);
        cut->constant +=
            (list_usd_per_h(&pricing->list, price) + battery_usd_per_h(bids, price)) * h;
    }
    if (binding == NO_PEAK)
        return;
    const double within_usd = amp_column_at(pricing->problem->import_price_usd_per_mwh, t);
    const double clamped = larger(within_usd, smaller(price, pricing->beyond_usd[t]));
    const bool is_pooled = !view->is_ruled && pricing->list.is_pooled;
    const double slope = (is_pooled ? pooled_slope(pricing, t, price) : clamped - within_usd) * h;
    cut->peak[binding] += slope;
    cut->constant -= slope * pricing->within_mw[t];
}

/* What the limits of stored energy cost between two intervals with different worths. */
static double between_usd(const amp_storage *storage, double rise_usd)
{
    return larger(storage->minimum_mwh * rise_usd, storage->maximum_mwh * rise_usd);
}

/* ---- points ---- */

/* What the battery does on the relaxation's path: output at the bus, and what passes through it. */
typedef struct {
    double net_mw;
    double through_mw; /**< charged + discharged */
} battery_flow;

/* Output up to which the list is worth at least @p price. */
static double output_down_to(const amp_merit_list *list, double price)
{
    double net_mw = -list->offset_mw;
    for (size_t i = 0; i < list->count && list->step[i].value_usd_per_mwh >= price; i++)
        net_mw += list->step[i].power_mw;
    return net_mw;
}

/* The solver gives the path's stored energy and the output of one mode. Where that output would be
 * worth less than energy burned, the relaxation charges and discharges at once: as much as its
 * mode row allows, or until output is worth burning no more. */
static battery_flow relaxed_flow(const amp_pricing *pricing, const interval_view *view)
{
    const amp_storage *storage = &pricing->problem->storage;
    const size_t t = view->t;
    const double burn_usd = pricing->solver->burn_usd_per_mwh;
    const double net_mw = pricing->solution.net_mw[t];
    const battery_flow one_mode = {net_mw, fabs(net_mw)};
    if (!storage->is_present || (view->is_ruled && view->price >= burn_usd))
        return one_mode;
    const double charge_mw = amp_column_at(storage->charge_limit_mw, t);
    const double discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    const double stays_mw = view->is_ruled ? -charge_mw : output_down_to(&pricing->list, burn_usd);
    const double loss = 1.0 / storage->discharge_efficiency - storage->charge_efficiency;
    if (net_mw <= stays_mw || charge_mw <= 0.0 || discharge_mw <= 0.0 || loss <= 0.0)
        return one_mode;
    const double before_mwh = t == 0 ? storage->initial_mwh : pricing->solution.soc_mwh[t - 1];
    const double drawn_mw = (storage->retention * before_mwh - pricing->solution.soc_mwh[t]) /
                            pricing->problem->interval_h;
    const double full_charge_mw = charge_mw * storage->charge_efficiency;
    const double full_discharge_mw = discharge_mw / storage->discharge_efficiency;
    const double share = (drawn_mw + full_charge_mw) / (full_charge_mw + full_discharge_mw);
    const double least_mw = share * discharge_mw - (1.0 - share) * charge_mw;
    const double output_mw = fmin(net_mw, fmax(stays_mw, least_mw));
    const double out_mw = (drawn_mw - storage->charge_efficiency * output_mw) / loss;
    return (battery_flow){output_mw, fmax(fabs(output_mw), 2.0 * out_mw - output_mw)};
}

/* Import that a part of the connection stands for when @p given_mw of it are not used by others. A
 * part that import and export share imports the share that the connection's mode row leaves. */
static double imported_mw(const amp_pricing *pricing, size_t t, uint32_t part, double given_mw)
{
    const amp_site_problem *p = pricing->problem;
    const double import_mw = amp_column_at(p->import_limit_mw, t);
    const double export_mw = amp_column_at(p->export_limit_mw, t);
    const double export_usd = amp_column_at(p->export_price_usd_per_mwh, t);
    const double share = import_mw / (import_mw + export_mw);
    if (!pricing->list.is_pooled)
        return part == 0 ? 0.0 : given_mw;
    if (part == 2)
        return pricing->beyond_usd[t] >= export_usd ? given_mw : given_mw * share;
    return part == 0 ? given_mw * share : 0.0;
}

/* What a point's interval imports and earns, USD per hour, at the prices of `seen`. */
typedef struct {
    double import_mw;
    double usd_per_h;
} interval_sum;

/* A job takes @p used_mw at the bus: its price is paid back. */
static void add_job(amp_pricing *pricing, size_t t, size_t j, double used_mw, amp_point *point,
                    interval_sum *sum)
{
    const amp_site_problem *p = pricing->problem;
    const double it_mw = used_mw * amp_column_at(p->load[p->job[j].load].it_per_mwh, t);
    pricing->job_used_mw[j * p->interval_count + t] = used_mw;
    point->use[j] += it_mw * p->interval_h;
    sum->usd_per_h += it_mw * (amp_job_worth_usd_per_mwh(&p->job[j]) - pricing->worth[j]);
}

/* A source under a budget gives @p given_mw: the budget's price is paid back. */
static void add_given(amp_pricing *pricing, size_t t, uint32_t slot, double given_mw,
                      amp_point *point, interval_sum *sum)
{
    const amp_site_problem *p = pricing->problem;
    const priced_source *priced = &pricing->priced[slot];
    const double cost_usd = amp_column_at(p->source[priced->source].cost_usd_per_mwh, t);
    priced->given_mw[t] = given_mw;
    point->use[priced->account] += given_mw * p->interval_h * priced->weight;
    sum->usd_per_h += given_mw * (priced->cost_usd[t] - cost_usd);
}

static interval_sum sum_ruled(amp_pricing *pricing, const interval_view *view, double net_mw,
                              amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    interval_sum sum = {
        .import_mw = view->need_mw - net_mw,
        .usd_per_h = view->profit_usd_per_h + view->price * net_mw,
    };
    for (size_t j = 0; j < p->job_count; j++) {
        const bool is_worth = pricing->job_value[j * n + view->t] >= view->price;
        if (is_active(&p->job[j], view->t))
            add_job(pricing, view->t, j, is_worth ? pricing->job_power_mw[j * n + view->t] : 0.0,
                    point, &sum);
    }
    for (uint32_t k = 0; k < pricing->priced_count; k++) {
        const priced_source *priced = &pricing->priced[k];
        const bool runs = priced->cost_usd[view->t] < view->price;
        add_given(pricing, view->t, k, runs ? priced->power_mw[view->t] : 0.0, point, &sum);
    }
    return sum;
}

static void add_supply(amp_pricing *pricing, size_t t, const amp_merit_step *step, double given_mw,
                       amp_point *point, interval_sum *sum)
{
    const uint32_t slot = pricing->slot[step->what - pricing->seen.tier_count];
    if (slot != NO_SLOT)
        add_given(pricing, t, slot, given_mw, point, sum);
}

static interval_sum sum_list(amp_pricing *pricing, size_t t, double net_mw, amp_point *point)
{
    const size_t tiers = pricing->problem->tier_count;
    const amp_merit_list *list = &pricing->list;
    interval_sum sum = {.usd_per_h = list->base_usd_per_h};
    double left_mw = list->offset_mw + net_mw;
    for (size_t i = 0; i < list->count; i++) {
        const amp_merit_step *step = &list->step[i];
        const double used_mw = larger(0.0, smaller(left_mw, step->power_mw));
        left_mw -= used_mw;
        sum.usd_per_h += used_mw * step->value_usd_per_mwh;
        if (step->what >= AMP_MERIT_CONNECTION)
            sum.import_mw += imported_mw(pricing, t, step->what - AMP_MERIT_CONNECTION,
                                         step->power_mw - used_mw);
        else if (step->what >= pricing->seen.tier_count)
            add_supply(pricing, t, step, step->power_mw - used_mw, point, &sum);
        else if (step->what >= tiers)
            add_job(pricing, t, step->what - tiers, used_mw, point, &sum);
    }
    return sum;
}

static void add_to_point(amp_pricing *pricing, const interval_view *view, amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    const size_t t = view->t;
    const battery_flow flow = relaxed_flow(pricing, view);
    const interval_sum sum = view->is_ruled ? sum_ruled(pricing, view, flow.net_mw, point)
                                            : sum_list(pricing, t, flow.net_mw, point);
    const double beyond_mw = larger(0.0, sum.import_mw - pricing->within_mw[t]);
    const double paid_back_usd =
        pricing->beyond_usd[t] - amp_column_at(p->import_price_usd_per_mwh, t);
    point->profit_usd += (sum.usd_per_h + beyond_mw * paid_back_usd -
                          p->storage.wear_usd_per_mwh * flow.through_mw) *
                         p->interval_h;
    for (size_t k = 0; k < p->peak_count; k++)
        if (amp_peak_counts(&p->peak[k], t))
            point->peak_mw[k] = larger(point->peak_mw[k], sum.import_mw);
}

/* ---- a call ---- */

static void clear_block(const amp_site_problem *p, amp_cut *cut, amp_point *point)
{
    cut->constant = 0.0;
    cut->stored_in = 0.0;
    cut->stored_out = 0.0;
    memset(cut->peak, 0, p->peak_count * sizeof *cut->peak);
    memset(cut->account, 0, amp_account_count(p) * sizeof *cut->account);
    point->profit_usd = 0.0;
    memset(point->peak_mw, 0, p->peak_count * sizeof *point->peak_mw);
    memset(point->use, 0, amp_account_count(p) * sizeof *point->use);
}

static size_t block_end(const amp_site_problem *p, size_t block)
{
    return block + 1 < p->block_count ? p->block_first[block + 1] : p->interval_count;
}

static void start_peaks(const amp_site_problem *p, size_t first, size_t end, amp_point *point)
{
    for (size_t k = 0; k < p->peak_count; k++)
        if (p->peak[k].first < end && p->peak[k].end > first)
            point->peak_mw[k] = p->peak[k].start_mw;
}

/* Intervals [first, first + count) of one block, count <= AMP_MERIT_BLOCK. */
static void fill_intervals(amp_pricing *pricing, size_t first, size_t count, amp_cut *cut,
                           amp_point *point)
{
    const double *stored_usd = pricing->solution.stored_usd_per_mwh;
    amp_merit_scan_block(pricing->merit, first, count, pricing->scan);
    for (size_t i = 0; i < count; i++) {
        const interval_view view = view_interval(pricing, first + i, i);
        add_to_cut(pricing, &view, stored_usd[first + i], cut);
        if (amp_account_count(pricing->problem) > 0)
            add_to_point(pricing, &view, point);
    }
}

static void fill_borders(const amp_pricing *pricing, size_t first, size_t end, amp_cut *cut,
                         amp_point *point)
{
    const amp_storage *storage = &pricing->problem->storage;
    const double *stored_usd = pricing->solution.stored_usd_per_mwh;
    const double *soc_mwh = pricing->solution.soc_mwh;
    if (!storage->is_present)
        return;
    for (size_t t = first + 1; t < end; t++)
        cut->constant +=
            between_usd(storage, storage->retention * stored_usd[t] - stored_usd[t - 1]);
    cut->stored_in = storage->retention * stored_usd[first];
    cut->stored_out = stored_usd[end - 1];
    point->stored_in_mwh = first == 0 ? storage->initial_mwh : soc_mwh[first - 1];
    point->stored_out_mwh = soc_mwh[end - 1];
}

static void fill_block(amp_pricing *pricing, size_t block, const amp_query *query, amp_cut *cut,
                       amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    const size_t first = p->block_first[block];
    const size_t end = block_end(p, block);
    clear_block(p, cut, point);
    start_peaks(p, first, end, point);
    for (size_t t = first; t < end; t += AMP_MERIT_BLOCK)
        fill_intervals(pricing, t, end - t < AMP_MERIT_BLOCK ? end - t : AMP_MERIT_BLOCK, cut,
                       point);
    for (size_t i = 0; i < amp_account_count(p); i++)
        cut->account[i] = query->account_usd[i];
    fill_borders(pricing, first, end, cut, point);
}

bool amp_pricing_ask(amp_pricing *pricing, const amp_query *query, amp_cut *cut, amp_point *point)
{
    set_peaks(pricing, query->peak_mw);
    set_jobs(pricing, query->account_usd);
    set_budgets(pricing, query->account_usd);
    set_must(pricing);
    amp_solver_relax(pricing->solver, &pricing->solution);
    if (pricing->solution.shortage != AMP_FEASIBLE)
        return false;
    amp_merit_refresh(pricing->merit);
    for (size_t b = 0; b < pricing->problem->block_count; b++)
        fill_block(pricing, b, query, &cut[b], &point[b]);
    return true;
}

double amp_pricing_value_usd(const amp_pricing *pricing)
{
    return pricing->solution.bound_usd;
}

const amp_solution *amp_pricing_solution(const amp_pricing *pricing)
{
    return &pricing->solution;
}

size_t amp_pricing_flow_count(const amp_pricing *pricing)
{
    return pricing->problem->job_count + pricing->priced_count;
}

double amp_pricing_flow_mw(const amp_pricing *pricing, size_t flow, size_t t)
{
    const amp_site_problem *p = pricing->problem;
    if (flow >= p->job_count)
        return pricing->priced[flow - p->job_count].given_mw[t];
    return pricing->job_used_mw[flow * p->interval_count + t] *
           amp_column_at(p->load[p->job[flow].load].it_per_mwh, t);
}

size_t amp_pricing_flow_account(const amp_pricing *pricing, size_t flow)
{
    const size_t jobs = pricing->problem->job_count;
    return flow < jobs ? flow : pricing->priced[flow - jobs].account;
}

double amp_pricing_flow_weight(const amp_pricing *pricing, size_t flow)
{
    const size_t jobs = pricing->problem->job_count;
    return flow < jobs ? 1.0 : pricing->priced[flow - jobs].weight;
}

/* ---- the last dispatch ---- */

void amp_pricing_dispatch(amp_pricing *pricing, const double *peak_mw, double *const *flow_mw,
                          amp_solution *out)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    set_peaks(pricing, peak_mw);
    set_budgets(pricing, NULL);
    set_must(pricing);
    for (size_t j = 0; j < p->job_count; j++) {
        const amp_column it_per_mwh = p->load[p->job[j].load].it_per_mwh;
        for (size_t t = p->job[j].first; t < p->job[j].end; t++) {
            pricing->job_power_mw[j * n + t] = 0.0;
            pricing->must_mw[t] += flow_mw[j][t] / amp_column_at(it_per_mwh, t);
        }
    }
    for (size_t k = 0; k < pricing->priced_count; k++)
        memcpy(pricing->priced[k].power_mw, flow_mw[p->job_count + k], n * sizeof(double));
    amp_solver_solve(pricing->solver, out);
}

const amp_site_problem *amp_pricing_problem(const amp_pricing *pricing)
{
    return &pricing->seen;
}
