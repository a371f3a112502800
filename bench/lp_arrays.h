/* SPDX-License-Identifier: Apache-2.0 */
/** @file lp_arrays.h  A site's relaxed problem as the arrays that every LP library takes. */
#ifndef AMP_BENCH_LP_ARRAYS_H
#define AMP_BENCH_LP_ARRAYS_H

#include "dispatch/problem.h"

/**
 * minimise cost x, row_low <= A x <= row_high, low <= x <= high; A by columns. Its optimum is minus
 * the bound. The row that keeps charging and discharging to one mode at a time stands only where
 * the price is negative: elsewhere no optimum breaks it, and the peers are faster without it.
 */
typedef struct {
    int column_count, row_count, nonzero_count;
    double *cost, *low, *high;
    double *row_low, *row_high;
    int *start; /**< [column_count + 1] */
    int *row;
    double *value;
} lp_arrays;

/** @p problem has a battery and no blocks or exports; its halls have room for all their jobs, and
 *  every interval is in one peak or in none. @return 0, or -1 without memory. */
int lp_arrays_build(const amp_site_problem *problem, lp_arrays *out);
void lp_arrays_free(lp_arrays *lp);

/** Writes all arrays as they lie in memory; highs.py reads them. @return 0 or -1. */
int lp_arrays_write(const lp_arrays *lp, const char *path);

#endif
