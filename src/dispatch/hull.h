/* SPDX-License-Identifier: Apache-2.0 */
/** @file hull.h  The upper hull of points of power and what it yields; private to dispatch. */
#ifndef AMP_DISPATCH_HULL_H
#define AMP_DISPATCH_HULL_H

#include <stddef.h>

/** A way to run: so much power, so much of what it is for. In any units. */
typedef struct {
    double power;
    double yield;
} amp_hull_point;

/**
 * Sorts [1, count) by power and keeps the corners of the upper hull that begins at the first point,
 * which no other is below in power. Powers that differ by rounding are one, with the higher yield.
 *
 * @return how many corners there are, at the start of @p point; 1 only where no point has more
 *         power than the first
 */
size_t amp_hull_keep(amp_hull_point *point, size_t count);

/** Yield per power from one corner to the next. */
double amp_hull_slope(const amp_hull_point *from, const amp_hull_point *to);

/** Yield of a hull of @p count corners at @p power; before the first corner that of the first,
 *  beyond the last that of the last. */
double amp_hull_yield(const amp_hull_point *corner, size_t count, double power);

/** The least power of a rising hull that yields @p yield; within its corners. */
double amp_hull_power(const amp_hull_point *corner, size_t count, double yield);

#endif
