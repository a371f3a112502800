/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/billing.h"

#include <math.h>

/* Powers that differ by less than this share are the same. */
static const double same_share = 1e-9;

size_t amp_billing_look_count(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count && problem->billing != NULL; k++)
        count += problem->billing[k].look_count;
    return count;
}

double amp_billing_least_mw(const amp_site_problem *problem, size_t k)
{
    return amp_billing_of(problem, k) != NULL ? 0.0 : problem->peak[k].start_mw;
}

double amp_billing_top_usd_per_mw(const amp_site_problem *problem, size_t k)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    double usd = problem->peak[k].charge_usd_per_mw;
    for (size_t i = 0; billing != NULL && i < billing->tier_count; i++)
        usd += billing->tier[i].more_usd_per_mw;
    return usd;
}

double amp_billing_raise_usd_per_mw(const amp_site_problem *problem, size_t k)
{
    double usd = 0.0;
    if (amp_billing_of(problem, k) == NULL)
        return problem->peak[k].charge_usd_per_mw;
    for (size_t i = 0; i < problem->peak_count; i++) {
        const amp_billing *billing = amp_billing_of(problem, i);
        for (size_t n = 0; billing != NULL && n < billing->look_count; n++)
            if (billing->look[n].peak == k)
                usd += billing->look[n].share * amp_billing_top_usd_per_mw(problem, i);
    }
    return usd;
}

double amp_billing_billed_mw(const amp_site_problem *problem, size_t k, const double *peak_mw,
                             size_t *set_by)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    const amp_look own = {.peak = (uint32_t)k, .share = 1.0};
    const amp_look *look = billing != NULL ? billing->look : &own;
    const size_t count = billing != NULL ? billing->look_count : 1;
    double billed_mw = problem->peak[k].start_mw;
    size_t by = AMP_SET_BY_START;
    for (size_t n = 0; n < count; n++) {
        const double mw = look[n].share * peak_mw[look[n].peak];
        if (mw > billed_mw || (by == AMP_SET_BY_START && mw >= billed_mw)) {
            billed_mw = mw;
            by = look[n].peak;
        }
    }
    if (set_by != NULL)
        *set_by = by;
    return billed_mw;
}

/* What a MW more of a bill on @p billed_mw costs. */
static double slope_usd_per_mw(const amp_site_problem *problem, size_t k, double billed_mw)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    double usd = problem->peak[k].charge_usd_per_mw;
    for (size_t i = 0; billing != NULL && i < billing->tier_count; i++)
        if (billed_mw >= billing->tier[i].above_mw * (1.0 - same_share))
            usd += billing->tier[i].more_usd_per_mw;
    return usd;
}

double amp_billing_next_usd_per_mw(const amp_site_problem *problem, size_t k, const double *peak_mw)
{
    double usd = 0.0;
    for (size_t i = 0; i < problem->peak_count; i++) {
        const amp_billing *billing = amp_billing_of(problem, i);
        const double billed_mw = amp_billing_billed_mw(problem, i, peak_mw, NULL);
        double share = billing == NULL && i == k ? 1.0 : 0.0;
        for (size_t n = 0; billing != NULL && n < billing->look_count; n++)
            if (billing->look[n].peak == k)
                share = billing->look[n].share;
        if (share > 0.0 && share * peak_mw[k] >= billed_mw * (1.0 - same_share))
            usd += share * slope_usd_per_mw(problem, i, billed_mw);
    }
    return usd;
}

double amp_billing_charge_usd(const amp_site_problem *problem, size_t k, double billed_mw)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    double usd = problem->peak[k].charge_usd_per_mw * billed_mw;
    for (size_t i = 0; billing != NULL && i < billing->tier_count; i++)
        usd += billing->tier[i].more_usd_per_mw * fmax(0.0, billed_mw - billing->tier[i].above_mw);
    return usd;
}

double amp_billing_usd(const amp_site_problem *problem, const double *peak_mw)
{
    double usd = 0.0;
    for (size_t k = 0; k < problem->peak_count; k++)
        usd += amp_billing_charge_usd(problem, k, amp_billing_billed_mw(problem, k, peak_mw, NULL));
    return usd;
}

double amp_billing_conjugate_usd(const amp_site_problem *problem, size_t k, double usd_per_mw)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    const double start_mw = problem->peak[k].start_mw;
    double most_usd = usd_per_mw * start_mw - amp_billing_charge_usd(problem, k, start_mw);
    for (size_t i = 0; billing != NULL && i < billing->tier_count; i++) {
        const double at_mw = fmax(start_mw, billing->tier[i].above_mw);
        most_usd = fmax(most_usd, usd_per_mw * at_mw - amp_billing_charge_usd(problem, k, at_mw));
    }
    return most_usd;
}
