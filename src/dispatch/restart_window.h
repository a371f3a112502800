/* SPDX-License-Identifier: Apache-2.0 */
/** @file restart_window.h  Paths and prices of fleets whose starts cost over a long horizon, window
 *  by window; private to dispatch. */
#ifndef AMP_DISPATCH_RESTART_WINDOW_H
#define AMP_DISPATCH_RESTART_WINDOW_H

#include "dispatch/restart.h"
#include "dispatch/schedule.h"

/**
 * Writes prices and path into @p plan as restart_lp.h finds them for windows of @p length
 * intervals, the first half of each of which is kept. Where CLP finds no optimum the plan stays as
 * it was from there on. Nothing rests on it, as there.
 *
 * @param schedule of the whole horizon: its peaks, jobs, budgets and worth of stored energy hold
 * @return AMP_OK or AMP_NOMEM
 */
amp_status amp_restart_window_find(const amp_site_problem *problem, const amp_schedule *schedule,
                                   size_t length, const amp_host *host, amp_restart_plan *plan);

#endif
