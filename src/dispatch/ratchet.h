/* SPDX-License-Identifier: Apache-2.0 */
/** @file ratchet.h  What ratchets and tiers add to the two masters; private to dispatch. */
#ifndef AMP_DISPATCH_RATCHET_H
#define AMP_DISPATCH_RATCHET_H

#include "dispatch/billing.h"
#include "dispatch/master.h"

/*
 * A peak with looks is billed on B >= start, B >= share_j D_j. The bill f is convex, so for any
 * y_j >= 0 whose sum Y is at most the charge of the top tier
 *
 *   f(B) >= Y B - f*(Y) >= sum_j y_j share_j D_j - f*(Y),  f*(Y) = max over B >= start: Y B - f(B)
 *
 * with equality at the best y. So above, y prices each D_j (ratchet_prices), whatever CLP's duals
 * are; below, y are columns, and f*(Y) is what they cost. Sites without looks add nothing to
 * either.
 */

/** The master above: columns of what is billed and of tiers; rows of looks and tiers. */
size_t amp_ratchet_outer_columns(const amp_site_problem *problem);
size_t amp_ratchet_outer_rows(const amp_site_problem *problem);

/** Bounds and costs of those columns, thousands of USD; upper bounds are infinite. */
void amp_ratchet_outer_set(const amp_site_problem *problem, double *lower, double *upper,
                           double *cost);

/** Adds the rows. @p first_peak and @p first_column are the master's columns of D and of these. */
void amp_ratchet_outer_add(const amp_site_problem *problem, amp_master *master, size_t first_peak,
                           size_t first_column);

/**
 * What D of each peak costs in the bound, [peak_count], from the duals of the rows, which begin at
 * @p first_row, made such that the bound holds whatever they are.
 * @return sum of f*(Y), USD, which the bound has besides
 */
double amp_ratchet_prices(const amp_site_problem *problem, const amp_master *master,
                          size_t first_row, double *usd_per_mw);

/** Room for a row. */
typedef struct {
    int *column; /**< [columns of the master] */
    double *coefficient;
} amp_ratchet_scratch;

/** The master below: a column a look, y in thousands of USD per MW, in the order of the peaks, then
 *  Y and f* of each peak that has looks. */
size_t amp_ratchet_inner_columns(const amp_site_problem *problem);
size_t amp_ratchet_inner_rows(const amp_site_problem *problem);
void amp_ratchet_inner_set(const amp_site_problem *problem, double *lower, double *upper,
                           double *cost);
void amp_ratchet_inner_add(const amp_site_problem *problem, amp_master *master, size_t first_column,
                           amp_ratchet_scratch scratch);

#endif
