/* SPDX-License-Identifier: Apache-2.0 */
/** @file limits.h  Budgets of a site, from the limits in its file; private to dispatch. */
#ifndef AMP_DISPATCH_LIMITS_H
#define AMP_DISPATCH_LIMITS_H

#include "dispatch/column.h"
#include "dispatch/problem.h"

/**
 * Makes @p problem's budgets: one for each generator with a limit of its own, one for the site's
 * emissions, one or two for each lease of which some may be cut. Generators are its first sources,
 * in their order.
 *
 * @param horizon of which limits by the year get their share
 * @param columns makes what a MWh counts where that varies
 * @param arena   receives the arrays
 * @return AMP_OK, AMP_NOMEM, or the status of amp_calendar_open()
 */
amp_status amp_limits_build(const amp_site *site, const amp_horizon *horizon, amp_columns *columns,
                            amp_arena *arena, amp_site_problem *problem);

#endif
