/* SPDX-License-Identifier: Apache-2.0 */
/** @file outer.h  The master that bounds from above: cuts in peaks, boundary energy and accounts;
 *  private to dispatch. */
#ifndef AMP_DISPATCH_OUTER_H
#define AMP_DISPATCH_OUTER_H

#include "dispatch/pricing.h"

/**
 * max  sum theta_b - sum charge_p D_p + terminal_value s_end - sum penalty_j
 * over peaks D, stored energy s at the borders of blocks and shares e_ib of the accounts,
 * where theta_b lies below every cut of block b.
 */
typedef struct amp_outer amp_outer;

/** @p problem must outlive it. AMP_NOMEM. */
amp_status amp_outer_new(const amp_site_problem *problem, amp_outer **out);
void amp_outer_free(amp_outer *outer);

/** Adds a call's cuts, [block_count]. They are copied. AMP_NOMEM. */
amp_status amp_outer_add(amp_outer *outer, const amp_cut *cut);

/**
 * @param peak_mw   [peak_count] out: peaks at the maximum, where to ask next
 * @param bound_usd out: no schedule earns more. It is recomputed in closed form from the weights of
 *                  the cuts, and holds for any weights, so that no tolerance of CLP can falsify it
 * @return false when CLP did not solve the master; nothing is written
 */
bool amp_outer_solve(amp_outer *outer, double *peak_mw, double *bound_usd);

/** Of the last solve: what one more unit of account @p j would earn, USD, by the cuts found so far;
 *  at least that at a limit of 0. */
double amp_outer_account_usd(const amp_outer *outer, size_t j);

/** What the prices of the last bound say limits are worth; belongs to the outer. */
const amp_duals *amp_outer_duals(const amp_outer *outer);

/** Highest import that can be of use in the intervals of peak @p k, MW. */
double amp_peak_most_mw(const amp_site_problem *problem, size_t k);

/** Range of stored energy at border @p border: the start of that block, block_count for the end of
 *  the horizon. MWh. */
typedef struct {
    double low;
    double high;
} amp_stored_range;
amp_stored_range amp_border_range(const amp_site_problem *problem, size_t border);

#endif
