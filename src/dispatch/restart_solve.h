/* SPDX-License-Identifier: Apache-2.0 */
/** @file restart_solve.h  A site whose fleets cost something to start; private to dispatch. */
#ifndef AMP_DISPATCH_RESTART_SOLVE_H
#define AMP_DISPATCH_RESTART_SOLVE_H

#include "dispatch/single.h"

/*
 * Prices of starts and a path of the fleets are found by a linear programme (restart_lp.h), of a
 * long horizon window by window (restart_window.h). The bound is what the site earns at those
 * prices, the schedule what it earns beside that path: both are sites without restarts, solved by
 * whatever solves those.
 */

/** amp_site_solve() of a problem with restarts. */
amp_status amp_restart_solve(const amp_site_problem *problem, const amp_host *host,
                             double tolerance, amp_site_solution *out);

/** The same with windows of @p window_intervals > 1, doubled twice while the gap is open, whatever
 *  the length of the horizon; 0: all of it at once. */
amp_status amp_restart_solve_by_windows(const amp_site_problem *problem, const amp_host *host,
                                        double tolerance, size_t window_intervals,
                                        amp_site_solution *out);

#endif
