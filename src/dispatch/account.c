/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/account.h"

#include "dispatch/billing.h"

#include <math.h>

/* A battery that must be emptied, or a load that must be served, pushes prices beyond those of
 * supplies and uses. */
static const double margin_usd_per_mwh = 1e4;

static const amp_budget *budget_of(const amp_site_problem *p, size_t account)
{
    return &p->budget[account - p->job_count];
}

double amp_job_worth_usd_per_mwh(const amp_job *job)
{
    const double penalty = job->energy_mwh > 0.0 ? job->penalty_usd / job->energy_mwh : 0.0;
    return job->value_usd_per_mwh + penalty;
}

double amp_account_limit(const amp_site_problem *problem, size_t account)
{
    return amp_account_is_job(problem, account) ? problem->job[account].energy_mwh
                                                : budget_of(problem, account)->limit;
}

static double job_room(const amp_site_problem *p, const amp_job *job, size_t first, size_t end)
{
    const size_t from = job->first > first ? job->first : first;
    const size_t to = job->end < end ? job->end : end;
    return to > from ? (double)(to - from) * p->interval_h * job->power_mw : 0.0;
}

double amp_account_room(const amp_site_problem *problem, size_t account, size_t first, size_t end)
{
    if (amp_account_is_job(problem, account))
        return job_room(problem, &problem->job[account], first, end);
    const amp_budget *budget = budget_of(problem, account);
    double room = 0.0;
    for (size_t i = 0; i < budget->source_count; i++)
        for (size_t t = first; t < end; t++)
            room += amp_column_at(budget->weight[i], t) * problem->interval_h *
                    amp_column_at(problem->source[budget->source[i]].power_mw, t);
    return room;
}

/* The least that a MWh of supply costs at the bus in interval t. */
static double cheapest(const amp_site_problem *p, size_t t)
{
    double usd = amp_column_at(p->import_price_usd_per_mwh, t);
    if (amp_column_at(p->block_mw, t) > 0.0)
        usd = fmin(usd, amp_column_at(p->block_price_usd_per_mwh, t));
    if (amp_column_at(p->export_limit_mw, t) > 0.0)
        usd = fmin(usd, amp_column_at(p->export_price_usd_per_mwh, t));
    for (size_t i = 0; i < p->source_count; i++)
        usd = fmin(usd, amp_column_at(p->source[i].cost_usd_per_mwh, t));
    return usd;
}

/* The most that a MWh is worth at the bus in interval t. */
static double dearest(const amp_site_problem *p, size_t t)
{
    double usd = fmax(amp_column_at(p->import_price_usd_per_mwh, t),
                      amp_column_at(p->export_price_usd_per_mwh, t));
    for (size_t k = 0; k < p->tier_count; k++)
        usd = fmax(usd, amp_column_at(p->tier[k].value_usd_per_mwh, t));
    for (size_t j = 0; j < p->job_count; j++)
        if (t >= p->job[j].first && t < p->job[j].end)
            usd = fmax(usd, amp_job_worth_usd_per_mwh(&p->job[j]) *
                                amp_column_at(p->load[p->job[j].load].it_per_mwh, t));
    return usd;
}

static double most_job_usd(const amp_site_problem *p, const amp_job *job)
{
    const amp_column it_per_mwh = p->load[job->load].it_per_mwh;
    double gained = 0.0;
    for (size_t t = job->first; t < job->end; t++)
        gained = fmax(gained, -cheapest(p, t) / amp_column_at(it_per_mwh, t));
    return fmax(0.0, amp_job_worth_usd_per_mwh(job) + gained) + margin_usd_per_mwh;
}

/* Raising a peak may cost more than any MWh is worth. */
static double most_peak_usd(const amp_site_problem *p)
{
    double usd = 0.0;
    for (size_t k = 0; k < p->peak_count; k++)
        usd += amp_billing_raise_usd_per_mw(p, k) / p->interval_h;
    return usd;
}

/* Infinite where there is none. */
static double least_above_zero(amp_column column, size_t count)
{
    double least = HUGE_VAL;
    for (size_t t = 0; t < (column.stride == 0 ? 1 : count); t++)
        if (amp_column_at(column, t) > 0.0)
            least = fmin(least, amp_column_at(column, t));
    return least;
}

static double most_budget_usd(const amp_site_problem *p, const amp_budget *budget)
{
    double least_weight = HUGE_VAL;
    double usd = 0.0;
    for (size_t i = 0; i < budget->source_count; i++)
        least_weight = fmin(least_weight, least_above_zero(budget->weight[i], p->interval_count));
    for (size_t t = 0; t < p->interval_count; t++)
        usd = fmax(usd, dearest(p, t) - cheapest(p, t));
    if (isinf(least_weight))
        return 0.0;
    return (usd + most_peak_usd(p) + margin_usd_per_mwh) / least_weight;
}

double amp_account_most_usd(const amp_site_problem *problem, size_t account)
{
    return amp_account_is_job(problem, account)
               ? most_job_usd(problem, &problem->job[account])
               : most_budget_usd(problem, budget_of(problem, account));
}
