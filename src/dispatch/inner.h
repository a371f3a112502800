/* SPDX-License-Identifier: Apache-2.0 */
/** @file inner.h  The master that mixes points: prices of accounts, and what a mix earns;
 *  private to dispatch. */
#ifndef AMP_DISPATCH_INNER_H
#define AMP_DISPATCH_INNER_H

#include "dispatch/pricing.h"

/**
 * The dual of mixing the points of all calls, block by block, so that neighbours agree on the
 * energy stored between them and no account is overdrawn:
 *   min  sum phi_b + sum limit_i mu_i
 * where phi_b lies above every point's profit - charge peak - mu e + ell' s' - ell s.
 */
typedef struct amp_inner amp_inner;

/** @p problem must outlive it. AMP_NOMEM. */
amp_status amp_inner_new(const amp_site_problem *problem, amp_inner **out);
void amp_inner_free(amp_inner *inner);

/** Adds a call's points, [block_count]. */
void amp_inner_add(amp_inner *inner, const amp_point *point);

/**
 * @param account_usd [amp_account_count()] out: prices at which to ask next
 * @param value_usd       out: what the best mix of points earns, peaks and penalties paid
 * @return false when CLP did not solve the master; nothing is written
 */
bool amp_inner_solve(amp_inner *inner, double *account_usd, double *value_usd);

/** Share of call @p call in block @p block of the best mix; sums to 1 over the calls. */
double amp_inner_weight(const amp_inner *inner, size_t call, size_t block);

#endif
