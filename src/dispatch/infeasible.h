/* SPDX-License-Identifier: Apache-2.0 */
/** @file infeasible.h  When no schedule meets every limit: where, by how much, and what would help.
 */
#ifndef AMP_DISPATCH_INFEASIBLE_H
#define AMP_DISPATCH_INFEASIBLE_H

#include "dispatch/feasible.h"

/** The least change of one limit that alone makes the site feasible. */
typedef struct {
    const amp_value *value; /**< the limit in the file, with place, key and unit */
    double from;            /**< its number (its extreme over the horizon when it varies) */
    double to;              /**< the number that works, in the same unit */
    double change;          /**< to - from: added to every interval when it varies */
    bool is_share;          /**< the numbers are shares, as the file or the series writes them */
} amp_change;

enum { AMP_CHANGES_MAX = 64 };

/**
 * Finds, for every limit of an infeasible site alone (import and export limits, generators, hard
 * loads and their halls, battery power and energy, SoC limits, initial and final SoC), the least
 * change that removes the infeasibility, by bisection on an exact test of feasibility; @p out is
 * sorted by the size of the change relative to the value, and rounded so that the rounded value
 * works. Of more than AMP_CHANGES_MAX the best are kept.
 *
 * @param out  room for AMP_CHANGES_MAX
 * @return AMP_OK; *count 0 when no single limit helps. AMP_NOMEM.
 */
amp_status amp_infeasible_changes(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  const amp_site_problem *problem, amp_change *out, size_t *count);

#endif
