/* SPDX-License-Identifier: Apache-2.0 */
/* What the solver sees of a query: columns. */
#include "dispatch/billing.h"
#include "dispatch/metering.h"

#include <math.h>
#include <string.h>

static amp_column column_of(const double *number)
{
    return (amp_column){.value = number, .stride = 1};
}

/* What budgets say of source @p s, from @p charge on. @return how many hold it */
static size_t find_charges(const amp_site_problem *p, size_t s, amp_charge *charge)
{
    size_t count = 0;
    for (size_t b = 0; b < p->budget_count; b++)
        for (size_t i = 0; i < p->budget[b].source_count; i++)
            if (p->budget[b].source[i] == s)
                charge[count++] = (amp_charge){p->job_count + b, p->budget[b].weight[i]};
    return count;
}

/* Sources under a budget have columns of their own. */
static void make_sources(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    amp_charge *charge = pricing->charge;
    const double *left_mw = NULL; /* by the source before */
    uint32_t k = 0;
    for (uint32_t s = 0; s < p->source_count; s++) {
        const size_t count = find_charges(p, s, charge);
        pricing->source[s] = p->source[s];
        if (left_mw != NULL)
            pricing->source[s].power_mw = column_of(left_mw);
        left_mw = NULL;
        pricing->slot[s] = AMP_NO_SLOT;
        if (count == 0)
            continue;
        amp_priced_source *priced = &pricing->priced[k];
        priced->source = s;
        priced->charge = charge;
        priced->charge_count = count;
        charge += count;
        pricing->slot[s] = k++;
        pricing->source[s].power_mw = column_of(priced->power_mw);
        pricing->source[s].cost_usd_per_mwh = column_of(priced->cost_usd);
        if (s + 1 < p->source_count && p->source[s + 1].shared_mw.value != NULL)
            left_mw = priced->left_mw;
        else
            priced->left_mw = NULL;
    }
}

/* Beyond its peak a MWh costs what raising the peak for one interval does, or more: one price for
 * all of them, so that the many that lie close together are one to the solver. */
static void set_beyond(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    double dearest = 0.0;
    for (size_t k = 0; k < p->peak_count; k++) {
        const double usd_per_mwh = amp_billing_raise_usd_per_mw(p, k) / p->interval_h;
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            if (amp_peak_counts(&p->peak[k], t))
                pricing->beyond_usd[t] += usd_per_mwh;
    }
    for (size_t t = 0; t < p->interval_count; t++)
        dearest = fmax(dearest, pricing->beyond_usd[t]);
    for (size_t k = 0; k < p->peak_count; k++)
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            pricing->beyond_usd[t] = dearest;
}

bool amp_pricing_has_agreement(const amp_site_problem *problem)
{
    for (size_t t = 0; t < problem->interval_count; t++)
        if (amp_column_at(problem->block_mw, t) > 0.0)
            return true;
    return false;
}

/* The same site with a tier a job, and import up to the peaks as an agreement at the market's price
 * beside a market at which one overruns them. Where there are agreements, import within the peaks
 * has two prices, and the solver is told where the peaks are. */
void amp_pricing_make_seen(amp_pricing *pricing)
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
    if (p->peak_count > 0 && amp_pricing_has_agreement(p)) {
        pricing->seen.within_mw = column_of(pricing->within_mw);
        pricing->seen.beyond_usd_per_mwh = column_of(pricing->beyond_usd);
    } else if (p->peak_count > 0) {
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

/* ---- a query as columns ---- */

/* Where several peaks cover an interval the tightest one binds. */
static void set_peaks(amp_pricing *pricing, const double *peak_mw)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t t = 0; t < p->interval_count; t++) {
        pricing->within_mw[t] = amp_column_at(p->import_limit_mw, t);
        pricing->binding[t] = AMP_NO_PEAK;
    }
    for (uint32_t k = 0; k < p->peak_count; k++) {
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++) {
            if (peak_mw[k] >= pricing->within_mw[t] || !amp_peak_counts(&p->peak[k], t))
                continue;
            pricing->within_mw[t] = fmax(0.0, peak_mw[k]);
            pricing->binding[t] = k;
        }
    }
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
                if (p->job[other].load == job->load && amp_job_is_active(&p->job[other], t))
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

/* What sources under budgets may give, and what they cost at the prices of those budgets. */
static void set_budgets(amp_pricing *pricing, const double *account_usd)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t k = 0; k < pricing->priced_count; k++) {
        const amp_priced_source *priced = &pricing->priced[k];
        const amp_source *source = &p->source[priced->source];
        for (size_t t = 0; t < p->interval_count; t++) {
            priced->power_mw[t] = amp_column_at(source->power_mw, t);
            priced->cost_usd[t] = amp_column_at(source->cost_usd_per_mwh, t);
        }
        for (size_t i = 0; i < priced->charge_count && account_usd != NULL; i++) {
            const double price = account_usd[priced->charge[i].account];
            for (size_t t = 0; t < p->interval_count; t++)
                priced->cost_usd[t] += price * amp_column_at(priced->charge[i].weight, t);
        }
    }
}

/* Of two sources that share what they may give, the cheaper one gives what it can. */
static void share_sources(amp_pricing *pricing)
{
    const amp_site_problem *p = pricing->problem;
    for (size_t k = 0; k < pricing->priced_count; k++) {
        const amp_priced_source *priced = &pricing->priced[k];
        if (priced->left_mw == NULL)
            continue;
        const amp_source *next = &p->source[priced->source + 1];
        for (size_t t = 0; t < p->interval_count; t++) {
            const double shared_mw = amp_column_at(next->shared_mw, t);
            const double next_mw = fmin(amp_column_at(next->power_mw, t), shared_mw);
            const bool is_cheaper = priced->cost_usd[t] <= amp_column_at(next->cost_usd_per_mwh, t);
            const double taken_mw = is_cheaper ? 0.0 : next_mw;
            priced->power_mw[t] = fmin(priced->power_mw[t], shared_mw - taken_mw);
            priced->left_mw[t] = fmin(next_mw, shared_mw - priced->power_mw[t]);
        }
    }
}

static void set_must(amp_pricing *pricing)
{
    for (size_t t = 0; t < pricing->problem->interval_count; t++)
        pricing->must_mw[t] = amp_column_at(pricing->problem->must_mw, t);
}

void amp_pricing_set_query(amp_pricing *pricing, const amp_query *query)
{
    set_jobs(pricing, query->account_usd);
    set_budgets(pricing, query->account_usd);
    share_sources(pricing);
    set_must(pricing);
    if (pricing->metering == NULL)
        set_peaks(pricing, query->peak_mw);
    else if (query->split_mw == NULL)
        amp_metering_set_peaks(pricing, query->peak_mw);
    else
        amp_metering_set_split(pricing, query->peak_mw, query->split_mw, false);
}

/* It gives its flow at most; the one that shares its power gives what that leaves. */
static void set_source_flow(amp_pricing *pricing, const amp_priced_source *priced,
                            const double *flow_mw)
{
    const amp_site_problem *p = pricing->problem;
    memcpy(priced->power_mw, flow_mw, p->interval_count * sizeof(double));
    if (priced->left_mw == NULL)
        return;
    const amp_source *next = &p->source[priced->source + 1];
    for (size_t t = 0; t < p->interval_count; t++)
        priced->left_mw[t] = fmax(0.0, fmin(amp_column_at(next->power_mw, t),
                                            amp_column_at(next->shared_mw, t) - flow_mw[t]));
}

void amp_pricing_set_flows(amp_pricing *pricing, const double *peak_mw, double *const *flow_mw)
{
    const amp_site_problem *p = pricing->problem;
    const size_t n = p->interval_count;
    if (pricing->metering == NULL)
        set_peaks(pricing, peak_mw);
    else
        amp_metering_set_split(pricing, peak_mw, flow_mw[p->job_count + pricing->priced_count],
                               true);
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
        set_source_flow(pricing, &pricing->priced[k], flow_mw[p->job_count + k]);
}
