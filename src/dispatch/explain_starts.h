/* SPDX-License-Identifier: Apache-2.0 */
/** @file explain_starts.h  Why machines run at a loss, or stand still where they would earn;
 *  private to dispatch. */
#ifndef AMP_DISPATCH_EXPLAIN_STARTS_H
#define AMP_DISPATCH_EXPLAIN_STARTS_H

#include "dispatch/explain.h"

/** Explains what each fleet whose starts cost does in interval @p t against the price of that
 *  interval; those for whom the two agree have no entry. @return false when there is no memory */
bool amp_explain_starts(const amp_site_problem *problem, const amp_schedule *schedule, size_t t,
                        amp_arena *arena, amp_explained_interval *out);

#endif
