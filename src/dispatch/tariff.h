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

/** Appends the peaks of one month to @p peak, which has room for tariff.demand_count. @return how
 *  many */
size_t amp_tariff_peaks(amp_tariff_build *build, const amp_month *month, amp_peak *peak);

#endif
