/* SPDX-License-Identifier: Apache-2.0 */
/** @file billing.h  What peaks are billed on: ratchets, tiers; private to dispatch. Pure. */
#ifndef AMP_DISPATCH_BILLING_H
#define AMP_DISPATCH_BILLING_H

#include "dispatch/problem.h"

/** How peak @p k is billed where that is more than import and start at one charge; else NULL. */
static inline const amp_billing *amp_billing_of(const amp_site_problem *problem, size_t k)
{
    const bool has_looks = problem->billing != NULL && problem->billing[k].look_count > 0;
    return has_looks ? &problem->billing[k] : NULL;
}

/** Looks of all peaks. */
size_t amp_billing_look_count(const amp_site_problem *problem);

/** The least that a peak can be in a master: its start, or 0 where the start is of the bill. */
double amp_billing_least_mw(const amp_site_problem *problem, size_t k);

/** What a MW more on a bill as large as it can be costs, USD. */
double amp_billing_top_usd_per_mw(const amp_site_problem *problem, size_t k);

/** The most that a MW more of peak @p k costs on all bills, USD. */
double amp_billing_raise_usd_per_mw(const amp_site_problem *problem, size_t k);

/** What a MW more of peak @p k costs on all bills at peaks @p peak_mw, [peak_count], all others as
 *  they are, USD; peaks that differ by rounding are the same. */
double amp_billing_next_usd_per_mw(const amp_site_problem *problem, size_t k,
                                   const double *peak_mw);

/** What peak @p k is billed on at peaks @p peak_mw, [peak_count].
 *  @param set_by NULL, or out: the peak that sets it, AMP_SET_BY_START for the start */
double amp_billing_billed_mw(const amp_site_problem *problem, size_t k, const double *peak_mw,
                             size_t *set_by);
#define AMP_SET_BY_START SIZE_MAX

/** What peak @p k is charged on @p billed_mw. */
double amp_billing_charge_usd(const amp_site_problem *problem, size_t k, double billed_mw);

/** What all peaks are charged at @p peak_mw, [peak_count]. */
double amp_billing_usd(const amp_site_problem *problem, const double *peak_mw);

/** max over B >= start of usd_per_mw B - charge(B), for 0 <= @p usd_per_mw <= the top's charge. */
double amp_billing_conjugate_usd(const amp_site_problem *problem, size_t k, double usd_per_mw);

#endif
