/* SPDX-License-Identifier: Apache-2.0 */
/** @file tariff.h  Compiles a tariff into prices, peaks and parts of the bill; private to dispatch.
 */
#ifndef AMP_DISPATCH_TARIFF_H
#define AMP_DISPATCH_TARIFF_H

#include "dispatch/column.h"
#include "dispatch/months.h"
#include "dispatch/problem_check.h"

/** Local month, day and time of the start of an interval. */
typedef struct {
    uint8_t month;   /**< 1 .. 12 */
    uint8_t weekday; /**< 0 Monday .. 6 Sunday */
    int32_t second;  /**< since 00:00 by the clock on the wall */
} amp_local_time;

/** What the steps of compiling share. Zero but for the pointers to begin with. */
typedef struct {
    const amp_site *site;
    amp_problem_check *check;
    amp_columns *columns; /**< ok becomes false without memory, also of the arena */
    amp_arena *arena;
    amp_site_problem *problem;
    const amp_local_time *local; /**< [interval_count] once a window asked for it */
    amp_bill_part *part;         /**< what problem->bill_part points to */
    amp_column tax_usd_per_mwh[AMP_TAXED_COMPUTE + 1]; /**< by use; value NULL: none */
} amp_tariff_build;

/** Adds energy lines and taxes on all uses to @p adder, and coincident peaks to @p coincident
 *  (value NULL: none so far); notes taxes by use. Makes the parts of the bill. */
void amp_tariff_prices(amp_tariff_build *build, amp_column *adder, amp_column *coincident);

/** What a load of @p kind pays for each MWh at the bus; value NULL: nothing. */
amp_column amp_tariff_tax_of(const amp_tariff_build *build, amp_load_kind kind);

/** The peaks of all months into @p peak, which has room for months x tariff.demand_count, month by
 *  month; and how they are billed into the problem. @return how many */
size_t amp_tariff_peaks(amp_tariff_build *build, const amp_month *month, size_t months,
                        amp_peak *peak);

/* tariff_billing.c: what of a charge looks at other months, and its tiers. */

/** A peak and what it came of. */
typedef struct {
    const amp_tariff_demand *charge;
    const amp_month *month;
    bool is_due; /**< the charge holds in the month; else a ratchet looks at it */
} amp_tariff_origin;

/** Whether some ratchet of @p charge looks at a calendar month, 1 .. 12. */
bool amp_tariff_is_looked_at(const amp_tariff_demand *charge, int month);

/** Share of the demand of @p month on which the charge is due in another month at least; 0: it does
 *  not look at it. */
double amp_tariff_look(amp_tariff_build *build, const amp_tariff_demand *charge, int32_t year,
                       int32_t month, const amp_month *billed);

/** The highest of what is metered before the horizon that months look back on, MW. @p words get
 *  what it is of, "85 % of 2022-08". */
double amp_tariff_history_mw(amp_tariff_build *build, const amp_tariff_demand *charge,
                             const amp_month *billed, const char **words);

/** Makes problem->billing of @p count peaks, which came of @p origin; its start_by are made. */
void amp_tariff_bill(amp_tariff_build *build, const amp_tariff_origin *origin, size_t count,
                     amp_billing *billing);

#endif
