/* SPDX-License-Identifier: Apache-2.0 */
/** @file stored.h  Energy that is worth something for being stored; private to the solver. */
#ifndef AMP_DISPATCH_STORED_H
#define AMP_DISPATCH_STORED_H

#include "dispatch/solver.h"

/*
 * V at the end of interval t and the worth J of what is stored then are both concave, so their sum
 * is: the dearest segments of V, as many units as J has, become dearer. Going forward, the slope s
 * of V + J at the path says where the path is: in a part of J, beyond it, or pinned to the end of a
 * part, where V alone has no slope s. Slopes are rounded to a grid on which sums are exact.
 */

/** A slope on the grid; forbidden ones stay. */
double amp_stored_round(double slope);

/** Takes memory for @p solver where its problem has such a worth. @return false without memory. */
bool amp_stored_init(amp_solver *solver);
void amp_stored_fini(amp_solver *solver);

/** The queue holds V at time t + 1; it becomes V + J of interval t. */
void amp_stored_raise(amp_solver *solver, size_t t);

/** Where the slope @p slope of V + J at time @p time leads. */
typedef struct {
    bool is_pinned;
    int64_t low; /**< levels that the path can have there */
    int64_t high;
    double next_slope; /**< of V alone, in the units at @p time */
} amp_stored_step;
amp_stored_step amp_stored_follow(const amp_solver *solver, size_t time, double slope);

#endif
