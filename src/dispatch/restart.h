/* SPDX-License-Identifier: Apache-2.0 */
/** @file restart.h  Fleets whose starts cost something: what runs, what starts, and the site at
 *  prices of starts or with a given path; private to dispatch.
 */
#ifndef AMP_DISPATCH_RESTART_H
#define AMP_DISPATCH_RESTART_H

#include "base/arena.h"
#include "dispatch/problem.h"

/** What a MW of machines that start in interval @p t costs, USD. */
static inline double amp_restart_cost_usd(const amp_restart *restart, size_t t)
{
    return restart->wear_usd_per_mw + amp_column_at(restart->lost_usd_per_mw, t);
}

/** MW of machines at full power that run when the first tier of their fleet takes @p tier_mw. */
static inline double amp_restart_running_mw(const amp_restart *restart, size_t t, double tier_mw)
{
    return amp_column_at(restart->running_per_mw, t) * tier_mw;
}

/**
 * A path of all fleets whose starts cost, and prices at which it is wanted. Arrays of one number an
 * interval; they belong to whoever made them.
 */
typedef struct {
    double **price_usd; /**< [restart_count] what a MW more that ran in the interval before would
                             save, between 0 and the cost of a start */
    double **tier_mw;   /**< [tier_count] of the tiers of those fleets; NULL for others */
} amp_restart_plan;

/** Zeros, in @p arena. AMP_NOMEM. */
amp_status amp_restart_plan_new(const amp_site_problem *problem, amp_arena *arena,
                                amp_restart_plan *out);

/**
 * The site without restarts, whose fleets value power as the prices of starts have it. What it
 * earns at best plus @p constant_usd is a bound of what the site with restarts earns, for any
 * prices within [0, cost of a start], to which those of @p plan are cut. docs/mathematics.md has
 * the proof.
 * @param arena receives tiers and their columns
 */
amp_status amp_restart_price(const amp_site_problem *problem, const amp_restart_plan *plan,
                             amp_arena *arena, amp_site_problem *out, double *constant_usd);

/** The same at the prices of a schedule, [restart_count][interval_count]; NULL: none has any. A
 *  problem without restarts is what it is. */
amp_status amp_restart_price_at(const amp_site_problem *problem, const double *start_usd,
                                amp_arena *arena, amp_site_problem *out);

/**
 * The site without restarts, whose fleets take what the path of @p plan says as load that must be
 * served, times @p kept.
 */
amp_status amp_restart_fix(const amp_site_problem *problem, const amp_restart_plan *plan,
                           double kept, amp_arena *arena, amp_site_problem *out);

/**
 * The site without restarts, whose fleets may take what the path of @p plan says, which is worth
 * more to them than anything else: unlike load that must be served it may hold reserves.
 * @param constant_usd out: what the site earns more than the one that is written, with all of it
 */
amp_status amp_restart_hold(const amp_site_problem *problem, const amp_restart_plan *plan,
                            amp_arena *arena, amp_site_problem *out, double *constant_usd);

/** What the fleets of a path earn, starts paid: what its site without them does not know. */
double amp_restart_plan_usd(const amp_site_problem *problem, const amp_restart_plan *plan);

/** Cuts a path to what machines can do: powers within their limits, higher modes of machines that
 *  run. */
void amp_restart_plan_clean(const amp_site_problem *problem, amp_restart_plan *plan);

#endif
