/* SPDX-License-Identifier: Apache-2.0 */
/** @file restart_lp.h  Paths and prices of fleets whose starts cost, from the linear programme of a
 *  horizon; private to dispatch. */
#ifndef AMP_DISPATCH_RESTART_LP_H
#define AMP_DISPATCH_RESTART_LP_H

#include "dispatch/restart.h"

/** How large the linear programme of @p problem is: columns of all intervals, about. */
size_t amp_restart_lp_size(const amp_site_problem *problem);

/**
 * @param stored_mwh [T] out: what is stored at the end of each interval; may be NULL
 *
 * Writes prices and path of the linear programme that `export` writes, as CLP solves it, into
 * @p plan. Nothing rests on them: a bound is evaluated at the prices, the path is dispatched.
 * @return AMP_OK, AMP_NOMEM, or AMP_INTERNAL where CLP found no optimum; nothing is written then
 */
amp_status amp_restart_lp_find(const amp_site_problem *problem, amp_restart_plan *plan,
                               double *stored_mwh);

#endif
