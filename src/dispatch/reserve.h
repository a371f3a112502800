/* SPDX-License-Identifier: Apache-2.0 */
/** @file reserve.h  Reserves in the merit order of one interval; private to dispatch. */
#ifndef AMP_DISPATCH_RESERVE_H
#define AMP_DISPATCH_RESERVE_H

#include "dispatch/merit.h"

/*
 * Write y for the used MW of loads that may back reserves, o for all other used MW of the list, n
 * for the battery's output, C for what both can hold: C = y + discharge_limit - n, which is offset
 * + discharge_limit - o, a function of o alone. G(s) is what s MW of reserve earn, the dearest
 * product first: concave. When a MW that the battery holds costs k more than one that loads hold
 * (for the energy behind it), the best split of C earns A(y) + B(C) with slopes
 *
 *   A'(y) = min(k, G'(y)),   B'(C) = max(G'(C) - k, 0).
 *
 * So reserves make the loads' values rise by A' and all other values fall by B': two sorted lists
 * again, and merged they are a merit order like any other. Nothing else need know of reserves. If
 * the battery may not back them k is infinite; then values only rise.
 */

/** Whether loads of this tier may back reserves. */
bool amp_reserve_backs(const amp_site_problem *problem, size_t tier);

/** The most steps that reserves add to a list. */
size_t amp_reserve_step_count(const amp_site_problem *problem);

/** Changes the list of interval @p t, just built, to one that holds what reserves earn. @p backs
 *  [tier_count] as amp_reserve_backs(). */
void amp_reserve_apply(const amp_site_problem *problem, const bool *backs, size_t t,
                       amp_merit_list *list);

/** What one more MW that could be held would earn when the list is used down to @p price: by this
 *  much a MW at the bus is worth more than one from the battery. */
double amp_reserve_scarcity_usd(const amp_merit_list *list, double price);

/** What one more MW at the bus is worth at battery output @p net_mw, when the battery would pay
 *  @p battery_usd for it; -HUGE_VAL when nothing can use it. */
double amp_reserve_bus_usd(const amp_merit_list *list, double net_mw, double battery_usd);

/** Whether the battery may hold reserves that want energy stored behind them. */
bool amp_reserve_wants_energy(const amp_site_problem *problem);

/** The dearest price of interval @p t, at least 0. */
double amp_reserve_most_usd(const amp_site_problem *problem, size_t t);

/** All that products with a price would take, MW. */
double amp_reserve_wanted_mw(const amp_site_problem *problem, size_t t);

/** What @p held_mw earn, the dearest product first. */
double amp_reserve_earned_usd_per_h(const amp_site_problem *problem, size_t t, double held_mw);

/** Used MW of loads that back reserves, at battery output @p net_mw. */
double amp_reserve_used_mw(const amp_merit_list *list, double net_mw);

/** What @p power_mw beyond @p held_mw would earn, in parts of falling price. */
typedef struct {
    double power_mw[AMP_RESERVES_MAX];
    double usd_per_mwh[AMP_RESERVES_MAX];
    size_t count;
} amp_reserve_parts;
amp_reserve_parts amp_reserve_beyond(const amp_site_problem *problem, size_t t, double held_mw,
                                     double power_mw);

/** What an interval earns at battery output @p net_mw when the battery ends it with @p stored_mwh
 *  above its minimum: the list's own profit takes the energy as bought at a price. */
double amp_reserve_true_usd_per_h(const amp_site_problem *problem, size_t t,
                                  const amp_merit_list *list, double net_mw, double stored_mwh);

/** What @p load_mw of loads and @p battery_mw of the battery hold of each product. */
typedef struct {
    double load_mw[AMP_RESERVES_MAX];
    double battery_mw[AMP_RESERVES_MAX];
} amp_reserve_split;

/** The split that earns most, the battery holding @p stored_mwh above its minimum at the end of
 *  the interval. */
amp_reserve_split amp_reserve_divide(const amp_site_problem *problem, size_t t, double load_mw,
                                     double battery_mw, double stored_mwh);

#endif
