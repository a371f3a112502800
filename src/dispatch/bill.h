/* SPDX-License-Identifier: Apache-2.0 */
/** @file bill.h  The bill of a tariff, line by line. */
#ifndef AMP_DISPATCH_BILL_H
#define AMP_DISPATCH_BILL_H

#include "dispatch/accounts.h"

/** One line: quantity x rate_usd = usd, but for rounding. */
typedef struct {
    const char *id;
    const char *unit; /**< of the quantity: "MWh", "kW", "month", "MW-day" */
    double quantity;
    double rate_usd; /**< USD a unit; where it varies the mean over the quantity, 0 of nothing */
    double usd;      /**< what is paid; below 0 where prices are */
    const char
        *note; /**< what sets the quantity, where that is not the month's own import: "85 % of
                    demand.202207"; or which part of it this is: "above 20 MW"; NULL: none */
} amp_bill_line;

/**
 * The lines of the tariff of @p problem in the order of its file, energy price first, demand
 * charges by month last. None without a tariff. They add up to cost_usd.energy,
 * .coincident_peak, .tax and .demand_charge of the accounts, less fixed_usd.tariff. Pure.
 *
 * @param arena receives the lines; ids live as long as @p problem
 * @return AMP_OK, AMP_NOMEM
 */
amp_status amp_bill_make(const amp_site_problem *problem, const amp_schedule *schedule,
                         amp_arena *arena, const amp_bill_line **out, size_t *count);

/** What the tariff takes whatever is dispatched: fixed lines, and taxes on loads that must be
 *  served. Pure. */
double amp_bill_fixed_usd(const amp_site_problem *problem, const amp_schedule *schedule);

/** Taxes on what loads take that dispatch may choose to serve. Pure. */
double amp_bill_tax_usd(const amp_site_problem *problem, const amp_schedule *schedule);

#endif
