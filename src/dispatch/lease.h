/* SPDX-License-Identifier: Apache-2.0 */
/** @file lease.h  The clauses of a lease: what a tenant and a site pay each other by local month.
 *  docs/leases.md has the formulas. */
#ifndef AMP_DISPATCH_LEASE_H
#define AMP_DISPATCH_LEASE_H

#include "dispatch/column.h"
#include "dispatch/problem_check.h"
#include "dispatch/schedule.h"

/** What one lease comes to in one local month, or in the part of it that the horizon holds. Money
 *  is paid by the tenant, but for credit and penalty, which the site pays. None is below 0 unless
 *  prices are. */
typedef struct {
    double it_mwh;   /**< served */
    double bus_mwh;  /**< the same with what cooling takes */
    double pue;      /**< bus_mwh / it_mwh; NaN where nothing was served */
    double pue_paid; /**< at which energy was passed through: pue, at most the cap; NaN without */
    double fee_usd;
    double reimbursed_usd; /**< energy passed through */
    double energy_usd;     /**< energy at a fixed price */
    double demand_usd;     /**< demand charges and coincident peaks */
    double take_mwh;       /**< IT: what minimum_take asks for beyond what was wanted */
    double take_usd;
    double counted_h;    /**< hours that availability looks at */
    double outage_h;     /**< hours of them that count as not available, what is allowed not taken
                              off */
    double availability; /**< reached; 1 where nothing was looked at */
    double credit;       /**< share of the fee, after the cap */
    double credit_usd;
    double penalty_usd;  /**< for what was not served; 0 where credits are due in its place */
    double replaced_usd; /**< the penalty that dispatch saw where credits are due in its place */
    double net_usd;      /**< all that the tenant pays less credit and penalty */
} amp_lease_bill;

/** Settles month @p m of lease @p i of @p problem. Pure: no errors, safe from any thread. */
amp_lease_bill amp_lease_settle(const amp_site_problem *problem, const amp_schedule *schedule,
                                size_t i, size_t m);

/**
 * Makes the leases of @p problem from its loads, and warns where credits cost more than the penalty
 * that dispatch takes for them. Opens a calendar where there are leases.
 *
 * @param columns ok becomes false without memory
 * @param arena   receives the arrays
 * @return AMP_OK, AMP_NOMEM, or the status of amp_calendar_open()
 */
amp_status amp_lease_build(const amp_site *site, amp_problem_check *check, amp_columns *columns,
                           amp_arena *arena, amp_site_problem *problem);

/** What the tenant pays for a MWh at the bus where energy has a fixed price; value NULL where it
 *  has none. */
amp_column amp_lease_energy_price(amp_columns *columns, const amp_lease *lease,
                                  const amp_load *load);

/** Whether availability looks at interval @p t. */
bool amp_lease_counts(const amp_site_problem *problem, const amp_lease *lease, size_t t);

#endif
