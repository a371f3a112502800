/* SPDX-License-Identifier: Apache-2.0 */
/** @file validate.h  Checks a schedule against the model. Shares no code with the solver. */
#ifndef AMP_DISPATCH_VALIDATE_H
#define AMP_DISPATCH_VALIDATE_H

#include "dispatch/accounts.h"

/** How far a schedule was off, at worst. */
typedef struct {
    double balance_mw;
    double limit_mw;   /**< any power above its limit or below 0 */
    double soc_mwh;    /**< SoC against its recursion and its limits, final SoC included */
    double job_mwh;    /**< given to a job beyond its energy */
    double budget;     /**< drawn beyond a budget, in its unit */
    double money_usd;  /**< accounts against money added up anew from the model */
    size_t both_modes; /**< intervals that charge and discharge, or import and export, at once */
} amp_violation;

/** One site's schedule and what it is held against. Everything outlives the check. */
typedef struct {
    const amp_portfolio *portfolio;
    size_t site;
    amp_market *market;
    const amp_site_problem *order; /**< for the order of loads, sources and jobs in the schedule;
                                        and peaks of some hours, and budgets, as they stand there */
    const amp_schedule *schedule;
    const amp_accounts *accounts;
} amp_settled_schedule;

/**
 * Recomputes every limit, value and cost of a site from the portfolio and the market (not from the
 * compiled problem), and reports each kind of violation once, with the first interval and the
 * worst size, as SCHEDULE_INVALID. Tolerance: 1e-7 of the site's largest power (MW), 1e-6 MWh
 * plus 1e-9 of the energy of the battery or of the largest job, 1e-6 plus 1e-9 of a budget in its
 * unit, and 1e-9 of the money that flows plus 1e-6 USD.
 *
 * @param out     may be NULL
 * @return AMP_OK, AMP_INTERNAL when something is wrong, AMP_NOMEM
 */
amp_status amp_schedule_validate(const amp_settled_schedule *settled, amp_diagnostics *diagnostics,
                                 amp_violation *out);

#endif
