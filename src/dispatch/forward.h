/* SPDX-License-Identifier: Apache-2.0 */
/** @file forward.h  Private to dispatch/: the pass that turns slopes into a path and a bound. */
#ifndef AMP_DISPATCH_FORWARD_H
#define AMP_DISPATCH_FORWARD_H

#include "dispatch/solver.h"

/** What the relaxation's path is worth. */
typedef struct {
    double bound_usd;    /**< dual function at the slopes along the path */
    double relaxed_usd;  /**< the path itself, modes mixed; equals the bound but for rounding */
    double gross_usd;    /**< sum of magnitudes, to which rounding is relative */
    double one_mode_usd; /**< the same stored energy with one mode an interval; dead ones count 0 */
    size_t dead_count;   /**< intervals in which one mode cannot follow the path at all */
    size_t mixed_count;
} amp_path;

/**
 * Fills net_mw, soc_mwh and stored_usd_per_mwh after amp_backward_record() over the whole horizon.
 * @param level stored energy at the start, units; some path from there meets every limit
 */
void amp_forward(amp_solver *solver, int64_t level, amp_path *out);

/** After amp_forward(): no less than what the site earns with the battery at rest, wherever it
 *  ends; tells cheaply when that need not be looked at. */
double amp_forward_rest_usd(amp_solver *solver);

#endif
