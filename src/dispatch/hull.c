/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/hull.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Powers and slopes that differ by less than this share are the same: products round. */
static const double same_power_share = 1e-9;
static const double same_slope_share = 1e-12;

static int compare_points(const void *left, const void *right)
{
    const amp_hull_point *a = left;
    const amp_hull_point *b = right;
    const int order = (a->power > b->power) - (a->power < b->power);
    const int higher_first = (a->yield < b->yield) - (a->yield > b->yield);
    return order != 0 ? order : higher_first;
}

double amp_hull_slope(const amp_hull_point *from, const amp_hull_point *to)
{
    return (to->yield - from->yield) / (to->power - from->power);
}

/* Whether the last corner of [0, count) stays when the hull goes on to @p point. */
static bool keeps_last(const amp_hull_point *corner, size_t count, const amp_hull_point *point)
{
    const amp_hull_point *last = &corner[count - 1];
    if (count == 1)
        return true;
    if (point->power <= last->power * (1.0 + same_power_share))
        return false; /* as much power, and a higher yield */
    const double before = amp_hull_slope(&corner[count - 2], last);
    return amp_hull_slope(last, point) < before - same_slope_share * fabs(before);
}

size_t amp_hull_keep(amp_hull_point *point, size_t count)
{
    size_t kept = 1;
    qsort(point + 1, count - 1, sizeof *point, compare_points);
    for (size_t i = 1; i < count; i++) {
        const amp_hull_point *last = &point[kept - 1];
        if (point[i].power <= last->power * (1.0 + same_power_share) &&
            (kept == 1 || point[i].yield <= last->yield))
            continue;
        while (!keeps_last(point, kept, &point[i]))
            kept--;
        point[kept++] = point[i];
    }
    return kept;
}

double amp_hull_yield(const amp_hull_point *corner, size_t count, double power)
{
    size_t i = 1;
    if (power <= corner[0].power)
        return corner[0].yield;
    while (i < count && corner[i].power < power)
        i++;
    if (i == count)
        return corner[count - 1].yield;
    return corner[i - 1].yield +
           (power - corner[i - 1].power) * amp_hull_slope(&corner[i - 1], &corner[i]);
}

double amp_hull_power(const amp_hull_point *corner, size_t count, double yield)
{
    size_t i = 1;
    if (yield <= corner[0].yield)
        return corner[0].power;
    while (i < count && corner[i].yield < yield)
        i++;
    if (i == count)
        return corner[count - 1].power;
    return corner[i - 1].power +
           (yield - corner[i - 1].yield) / amp_hull_slope(&corner[i - 1], &corner[i]);
}
