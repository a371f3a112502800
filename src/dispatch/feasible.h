/* SPDX-License-Identifier: Apache-2.0 */
/** @file feasible.h  Whether any schedule of a site meets every limit. */
#ifndef AMP_DISPATCH_FEASIBLE_H
#define AMP_DISPATCH_FEASIBLE_H

#include "dispatch/solve.h"

/** Exact test in one pass over the horizon: the set of reachable stored energies, an interval. */
amp_shortage amp_feasibility_check(const amp_site_problem *problem, size_t *interval,
                                   double *amount);

#endif
