/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/billing.h"
#include "dispatch/metering_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- making one ---- */

static size_t count_charges(const amp_site_problem *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->budget_count; i++)
        count += p->budget[i].source_count;
    return count;
}

static bool is_priced(const amp_site_problem *p, size_t source)
{
    for (size_t i = 0; i < p->budget_count; i++)
        for (size_t k = 0; k < p->budget[i].source_count; k++)
            if (p->budget[i].source[k] == source)
                return true;
    return false;
}

static size_t count_priced(const amp_site_problem *p)
{
    size_t count = 0;
    for (size_t s = 0; s < p->source_count; s++)
        count += is_priced(p, s) ? 1 : 0;
    return count;
}

static bool take_memory(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    pricing->priced_count = count_priced(p);
    const size_t columns = 5 + 3 * p->job_count + 4 * pricing->priced_count;
    pricing->source = calloc(p->source_count + 1, sizeof *pricing->source);
    pricing->priced = calloc(pricing->priced_count + 1, sizeof *pricing->priced);
    pricing->charge = calloc(count_charges(p) + 1, sizeof *pricing->charge);
    pricing->slot = calloc(p->source_count + 1, sizeof *pricing->slot);
    pricing->memory = calloc(columns * n + 1, sizeof *pricing->memory);
    pricing->tier = calloc(p->tier_count + p->job_count + 1, sizeof *pricing->tier);
    pricing->binding = calloc(n + 1, sizeof *pricing->binding);
    pricing->by_worth = calloc(p->job_count + 1, sizeof *pricing->by_worth);
    pricing->worth = calloc(p->job_count + 1, sizeof *pricing->worth);
    pricing->scan = calloc(1, sizeof *pricing->scan);
    if (pricing->source == NULL || pricing->priced == NULL || pricing->charge == NULL ||
        pricing->slot == NULL || pricing->memory == NULL || pricing->tier == NULL ||
        pricing->binding == NULL || pricing->by_worth == NULL || pricing->worth == NULL ||
        pricing->scan == NULL)
        return false;
    pricing->within_mw = pricing->memory;
    pricing->beyond_usd = pricing->memory + n;
    pricing->must_mw = pricing->memory + 2 * n;
    pricing->stored_usd = pricing->memory + 3 * n;
    pricing->import_mw = pricing->memory + 4 * n;
    pricing->job_power_mw = pricing->memory + 5 * n;
    pricing->job_value = pricing->job_power_mw + p->job_count * n;
    pricing->job_used_mw = pricing->job_value + p->job_count * n;
    for (size_t k = 0; k < pricing->priced_count; k++) {
        pricing->priced[k].power_mw = pricing->job_used_mw + (p->job_count + 4 * k) * n;
        pricing->priced[k].cost_usd = pricing->priced[k].power_mw + n;
        pricing->priced[k].given_mw = pricing->priced[k].cost_usd + n;
        pricing->priced[k].left_mw = pricing->priced[k].given_mw + n;
    }
    return true;
}

static bool is_metered(const amp_site_problem *p)
{
    return p->metered_end != NULL && p->peak_count > 0;
}

amp_status amp_pricing_new(const amp_site_problem *problem, amp_pricing **out)
{
    amp_pricing *pricing = calloc(1, sizeof *pricing);
    if (pricing == NULL)
        return AMP_NOMEM;
    pricing->problem = problem;
    if (!take_memory(pricing) || !amp_pricing_take_stored(pricing))
        goto no_memory;
    amp_pricing_make_seen(pricing);
    amp_pricing_see_stored(pricing);
    if (is_metered(problem) && amp_metering_new(pricing, &pricing->metering) != AMP_OK)
        goto no_memory;
    if (pricing->metering != NULL)
        amp_metering_set_beyond(pricing);
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
    amp_metering_free(pricing->metering);
    amp_merit_list_fini(&pricing->list);
    amp_merit_free(pricing->merit);
    free(pricing->tier);
    free(pricing->source);
    free(pricing->priced);
    free(pricing->charge);
    free(pricing->slot);
    free(pricing->memory);
    free(pricing->binding);
    free(pricing->by_worth);
    free(pricing->worth);
    free(pricing->scan);
    amp_pricing_free_stored(pricing);
    free(pricing);
}

/* ---- a call ---- */

void amp_pricing_watch(amp_pricing *pricing, size_t first, size_t end)
{
    pricing->watched_first = first;
    pricing->watched_end = end;
}

static void clear_block(const amp_site_problem *p, amp_cut *cut, amp_point *point)
{
    cut->constant = 0.0;
    cut->stored_in = 0.0;
    cut->stored_out = 0.0;
    memset(cut->peak, 0, p->peak_count * sizeof *cut->peak);
    memset(cut->watched_peak, 0, p->peak_count * sizeof *cut->watched_peak);
    cut->marginal = (amp_marginals){0};
    memset(cut->account, 0, amp_account_count(p) * sizeof *cut->account);
    point->profit_usd = 0.0;
    memset(point->peak_mw, 0, p->peak_count * sizeof *point->peak_mw);
    memset(point->use, 0, amp_account_count(p) * sizeof *point->use);
}

static size_t block_end(const amp_site_problem *p, size_t block)
{
    return block + 1 < p->block_count ? p->block_first[block + 1] : p->interval_count;
}

/* Peaks of the block, which lie side by side: no others are looked at in its intervals. */
static void start_peaks(amp_pricing *pricing, size_t first, size_t end, amp_point *point)
{
    const amp_site_problem *p = pricing->problem;
    pricing->peak_first = p->peak_count;
    pricing->peak_end = 0;
    for (size_t k = 0; k < p->peak_count; k++) {
        if (p->peak[k].first >= end || p->peak[k].end <= first)
            continue;
        point->peak_mw[k] = amp_billing_least_mw(p, k);
        pricing->peak_first = k < pricing->peak_first ? k : pricing->peak_first;
        pricing->peak_end = k + 1;
    }
}

/* Intervals [first, first + count) of one block, count <= AMP_MERIT_BLOCK. */
static void fill_intervals(amp_pricing *pricing, size_t first, size_t count, amp_cut *cut,
                           amp_point *point)
{
    const bool has_meter = pricing->metering != NULL;
    if (has_meter)
        amp_metering_cut(pricing, first, count, cut);
    amp_merit_scan_block(pricing->merit, first, count, pricing->scan);
    for (size_t i = 0; i < count; i++) {
        const amp_interval_view view = amp_pricing_view(pricing, first + i, i);
        if (!has_meter)
            amp_cut_add(pricing, &view, pricing->stored_usd[first + i], cut);
        if (has_meter || amp_account_count(pricing->problem) > 0)
            amp_point_add(pricing, &view, point);
    }
}

static void fill_borders(const amp_pricing *pricing, size_t first, size_t end, amp_cut *cut,
                         amp_point *point)
{
    const amp_storage *storage = &pricing->problem->storage;
    const double *stored_usd = pricing->stored_usd;
    const double *soc_mwh = pricing->solution.soc_mwh;
    if (!storage->is_present)
        return;
    for (size_t t = first + 1; t < end; t++) {
        const double row_usd = amp_pricing_row_usd(pricing, t - 1);
        const double rise_usd = storage->retention * stored_usd[t] - stored_usd[t - 1] + row_usd;
        cut->constant += amp_between_usd(storage, rise_usd) - row_usd * storage->minimum_mwh;
        cut->marginal.stored_usd += amp_larger(0.0, rise_usd); /* it is pinned to the maximum */
    }
    cut->stored_in = storage->retention * stored_usd[first];
    const double last_usd = amp_pricing_row_usd(pricing, end - 1);
    cut->stored_out = stored_usd[end - 1] - last_usd;
    cut->constant -= last_usd * storage->minimum_mwh;
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
    start_peaks(pricing, first, end, point);
    for (size_t t = first; t < end; t += AMP_MERIT_BLOCK)
        fill_intervals(pricing, t, end - t < AMP_MERIT_BLOCK ? end - t : AMP_MERIT_BLOCK, cut,
                       point);
    if (pricing->metering != NULL)
        amp_metering_point(pricing, first, end, point);
    for (size_t i = 0; i < amp_account_count(p); i++)
        cut->account[i] = query->account_usd[i];
    fill_borders(pricing, first, end, cut, point);
}

static double within_reach(double usd_per_mwh)
{
    static const double far_usd_per_mwh = 1e8; /* beyond every price */
    return amp_larger(-far_usd_per_mwh, amp_smaller(far_usd_per_mwh, usd_per_mwh));
}

/* What stored energy is worth in each interval, at which the cuts are evaluated. They hold at any
 * worth, so where it only decays with the energy it does so to the last bit, from a worth that is
 * within reach: in a battery that can do nothing it may grow beyond all numbers, and its rounding
 * alone would be worth something. */
static void read_stored_worth(amp_pricing *pricing)
{
    static const double rounding = 1e-12;
    const double *solved_usd = pricing->solution.stored_usd_per_mwh;
    const double retention = pricing->problem->storage.retention;
    double *stored_usd = pricing->stored_usd;
    size_t t = pricing->problem->interval_count - 1;
    for (stored_usd[t] = within_reach(solved_usd[t]); t > 0; t--) {
        const double kept_usd = retention * solved_usd[t];
        const bool decays = fabs(solved_usd[t - 1] - kept_usd) <= rounding * fabs(kept_usd);
        stored_usd[t - 1] = decays ? retention * stored_usd[t] : within_reach(solved_usd[t - 1]);
    }
}

bool amp_pricing_relax(amp_pricing *pricing)
{
    if (amp_pricing_has_stored(pricing))
        amp_pricing_set_plan(pricing, false);
    amp_solver_relax(pricing->solver, &pricing->solution);
    if (pricing->solution.shortage != AMP_FEASIBLE)
        return false;
    read_stored_worth(pricing);
    amp_merit_refresh(pricing->merit);
    if (amp_pricing_has_stored(pricing)) {
        amp_pricing_price_rows(pricing);
        pricing->path_usd = amp_pricing_path_usd(pricing, &pricing->solution);
    }
    return true;
}

bool amp_pricing_ask(amp_pricing *pricing, const amp_query *query, amp_cut *cut, amp_point *point)
{
    amp_pricing_set_query(pricing, query);
    if (!amp_pricing_relax(pricing))
        return false;
    if (pricing->metering != NULL)
        amp_metering_settle(pricing, query->split_mw != NULL ? HUGE_VAL : query->gap_usd);
    for (size_t b = 0; b < pricing->problem->block_count; b++)
        fill_block(pricing, b, query, &cut[b], &point[b]);
    return true;
}

double amp_pricing_value_usd(const amp_pricing *pricing)
{
    return amp_pricing_has_stored(pricing) ? pricing->path_usd : pricing->solution.bound_usd;
}

const double *amp_pricing_split_mw(const amp_pricing *pricing)
{
    return pricing->within_mw;
}

double *amp_pricing_copy_split(const amp_pricing *pricing)
{
    const size_t size = pricing->problem->interval_count * sizeof(double);
    double *copy_mw = malloc(size);
    if (copy_mw != NULL)
        memcpy(copy_mw, pricing->within_mw, size);
    return copy_mw;
}

const amp_solution *amp_pricing_solution(const amp_pricing *pricing)
{
    return &pricing->solution;
}

size_t amp_pricing_flow_count(const amp_pricing *pricing)
{
    return pricing->problem->job_count + pricing->priced_count +
           (pricing->metering != NULL ? 1 : 0);
}

static bool is_import(const amp_pricing *pricing, size_t flow)
{
    return flow >= pricing->problem->job_count + pricing->priced_count;
}

bool amp_pricing_is_metered(const amp_pricing *pricing)
{
    return pricing->metering != NULL;
}

double amp_pricing_flow_mw(const amp_pricing *pricing, size_t flow, size_t t)
{
    const amp_site_problem *p = pricing->problem;
    if (is_import(pricing, flow))
        return pricing->import_mw[t];
    if (flow >= p->job_count)
        return pricing->priced[flow - p->job_count].given_mw[t];
    return pricing->job_used_mw[flow * p->interval_count + t] *
           amp_column_at(p->load[p->job[flow].load].it_per_mwh, t);
}

static const double one = 1.0;

bool amp_pricing_flow_uses(const amp_pricing *pricing, size_t flow, size_t account,
                           amp_column *weight)
{
    const size_t jobs = pricing->problem->job_count;
    *weight = (amp_column){.value = &one};
    if (flow < jobs || is_import(pricing, flow))
        return flow == account && flow < jobs;
    const amp_priced_source *priced = &pricing->priced[flow - jobs];
    for (size_t i = 0; i < priced->charge_count; i++) {
        *weight = priced->charge[i].weight;
        if (priced->charge[i].account == account)
            return true;
    }
    return false;
}

/* ---- the last dispatch ---- */

void amp_pricing_dispatch(amp_pricing *pricing, const double *peak_mw, double *const *flow_mw,
                          amp_solution *out)
{
    amp_pricing_set_flows(pricing, peak_mw, flow_mw);
    if (amp_pricing_has_stored(pricing))
        amp_pricing_set_plan(pricing, true);
    amp_solver_solve(pricing->solver, out);
    amp_merit_refresh(pricing->merit);
}

const amp_site_problem *amp_pricing_problem(const amp_pricing *pricing)
{
    return &pricing->seen;
}
