/* SPDX-License-Identifier: Apache-2.0 */
/** @file margins.h  What one more unit of a limit of a site is worth: from prices, and solved
 * again.
 */
#ifndef AMP_DISPATCH_MARGINS_H
#define AMP_DISPATCH_MARGINS_H

#include "dispatch/coordinate.h"

/** One limit, USD over the horizon, a unit of it: 1 MW or MWh, or amp_margins.unit_mw of it. more
 * <= marginal <= less up to the accuracy, wherever what the site earns is concave in the limit. */
typedef struct {
    double marginal_usd; /**< of the bound's prices, for one unit */
    double more_usd;     /**< what one unit more gains, solved again; NaN where it cannot be */
    double less_usd;     /**< what one unit less loses, solved again; NaN where there is no schedule
                              or the limit has no unit to lose */
} amp_margin;

/**
 * A limit may rise and fall in some intervals only. Import: a MW in each interval that has any
 * limit. Room: a MWh that the battery can hold, while its minimum, the energy at the start and the
 * energy asked for at the end stay the same MWh. Power: a MW of the battery's larger power limit,
 * the other one in proportion, in each interval as far as it is available.
 *
 * What it earns is concave in each, but for import where export pays more than import costs: then
 * one of two modes is chosen, and a MW more may be worth more than the MW before.
 */
typedef struct {
    double bound_usd;
    double unit_mw;          /**< 1; 0.001 for a site whose connection is below 1 MW: kW, kWh */
    double accuracy_usd;     /**< of differences: the largest gap between bound and schedule with
                                  modes mixed, of all that was solved, twice */
    amp_margin import_at;    /**< in the watched intervals alone */
    amp_margin import_month; /**< in the block that holds them */
    amp_margin import;       /**< over the horizon */
    amp_margin room;
    amp_margin power;
    double *peak_usd_per_mw; /**< [peak_count] see amp_duals */
    double *account_usd;     /**< [accounts] see amp_coordinated */
    void *memory;
} amp_margins;

/** Zero-initialise for defaults. */
typedef struct {
    const amp_host *host; /**< may be NULL; limits are solved again in parallel where it can */
    /** Called after each of @p total solves, in any order and on any thread; may be NULL. */
    void (*progress)(void *context, size_t done, size_t total);
    void *progress_context;
    double tolerance;     /**< relative, of each solve; 0: 1e-8 */
    size_t watched_first; /**< intervals [watched_first, watched_end); none: import_at and
                               import_month are 0 */
    size_t watched_end;
} amp_margins_options;

/**
 * Solves @p problem, then with each limit one unit higher and lower. Where nothing couples months,
 * block_first may be NULL: then the horizon is one block.
 *
 * @param out freed by amp_margins_free(); NaN throughout where the site has no schedule
 * @return AMP_OK, AMP_NOMEM, or AMP_INTERNAL as amp_coordinate() says
 */
amp_status amp_margins_make(const amp_site_problem *problem, const amp_margins_options *options,
                            amp_margins *out);
void amp_margins_free(amp_margins *margins);

/** What @p problem earns at most, and how far a schedule stays below that. NaN where there is none.
 */
typedef struct {
    double bound_usd;
    double gap_usd;
} amp_margins_value;
amp_status amp_margins_solve(const amp_site_problem *problem, const amp_margins_options *options,
                             amp_margins_value *out);

/** The MW of battery power that a unit of amp_margins.power is one of; 0 without a battery. */
double amp_margins_power_mw(const amp_site_problem *problem);

#endif
