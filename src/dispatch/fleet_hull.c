/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/fleet_hull.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

/* Powers and slopes that differ by less than this share are the same: hashrate times efficiency
 * rounds. */
static const double same_power_share = 1e-9;
static const double same_slope_share = 1e-12;

static int compare_points(const void *left, const void *right)
{
    const amp_mode_point *a = left;
    const amp_mode_point *b = right;
    const int order = (a->power_w > b->power_w) - (a->power_w < b->power_w);
    const int higher_first = (a->hashrate_th_per_s < b->hashrate_th_per_s) -
                             (a->hashrate_th_per_s > b->hashrate_th_per_s);
    return order != 0 ? order : higher_first;
}

static double slope_th_per_j(const amp_mode_point *from, const amp_mode_point *to)
{
    return (to->hashrate_th_per_s - from->hashrate_th_per_s) / (to->power_w - from->power_w);
}

/* Whether the last corner of [0, count) stays when the hull goes on to @p point. */
static bool keeps_last(const amp_mode_point *corner, size_t count, const amp_mode_point *point)
{
    const amp_mode_point *last = &corner[count - 1];
    if (count == 1)
        return true;
    if (point->power_w <= last->power_w * (1.0 + same_power_share))
        return false; /* as much power, and more hashrate */
    const double before = slope_th_per_j(&corner[count - 2], last);
    return slope_th_per_j(last, point) < before - same_slope_share * fabs(before);
}

/* Turns points in their order into the corners of their upper hull; the first stays. */
static size_t keep_corners(amp_mode_point *point, size_t count)
{
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        const amp_mode_point *last = &point[kept - 1];
        if (point[i].power_w <= last->power_w * (1.0 + same_power_share) &&
            (kept == 1 || point[i].hashrate_th_per_s <= last->hashrate_th_per_s))
            continue;
        while (!keeps_last(point, kept, &point[i]))
            kept--;
        point[kept++] = point[i];
    }
    return kept;
}

/* The efficiency of the first segment is that of its mode, to the last bit. */
static double first_efficiency(const amp_fleet *fleet, const amp_fleet_hull *hull,
                               const amp_mode_point *corner)
{
    for (size_t k = 1; k < hull->mode_count; k++)
        if (amp_same(hull->mode[k].power_w, corner->power_w) &&
            amp_same(hull->mode[k].hashrate_th_per_s, corner->hashrate_th_per_s))
            return fleet->mode[k - 1].efficiency_j_per_th.number;
    return fleet->efficiency_j_per_th.number;
}

static void fill_segments(const amp_fleet *fleet, const amp_mode_point *corner, size_t count,
                          amp_hull_segment *segment, amp_fleet_hull *hull)
{
    segment[0] =
        (amp_hull_segment){.power_w = corner[1].power_w,
                           .efficiency_j_per_th = first_efficiency(fleet, hull, &corner[1])};
    for (size_t i = 2; i < count; i++)
        segment[i - 1] = (amp_hull_segment){
            .power_w = corner[i].power_w - corner[i - 1].power_w,
            .efficiency_j_per_th = 1.0 / slope_th_per_j(&corner[i - 1], &corner[i]),
        };
    hull->segment = segment;
    hull->segment_count = count - 1;
    hull->power_w = corner[count - 1].power_w;
}

static amp_mode_point point_of(const amp_value *hashrate, const amp_value *efficiency)
{
    return (amp_mode_point){.power_w = hashrate->number * efficiency->number,
                            .hashrate_th_per_s = hashrate->number};
}

amp_status amp_fleet_hull_make(const amp_fleet *fleet, amp_arena *arena, amp_fleet_hull *out)
{
    const size_t count = 1 + fleet->mode_count;
    amp_mode_point *mode = AMP_ARENA_NEW(arena, amp_mode_point, count);
    amp_mode_point *corner = AMP_ARENA_NEW(arena, amp_mode_point, count + 1);
    amp_hull_segment *segment = AMP_ARENA_NEW(arena, amp_hull_segment, count);
    amp_fleet_hull hull = {.mode = mode, .mode_count = count};
    size_t corners = 2;
    if (mode == NULL || corner == NULL || segment == NULL)
        return AMP_NOMEM;
    mode[0] = point_of(&fleet->hashrate_th_per_s, &fleet->efficiency_j_per_th);
    for (size_t k = 0; k < fleet->mode_count; k++)
        mode[k + 1] =
            point_of(&fleet->mode[k].hashrate_th_per_s, &fleet->mode[k].efficiency_j_per_th);
    corner[0] = (amp_mode_point){.power_w = 0.0};
    for (size_t k = 0; k < count; k++)
        corner[k + 1] = mode[k];
    if (fleet->mode_count > 0) { /* a fleet without them may have a hashrate of 0 */
        qsort(corner + 1, count, sizeof *corner, compare_points);
        corners = keep_corners(corner, count + 1);
    }
    fill_segments(fleet, corner, corners, segment, &hull);
    *out = hull;
    return AMP_OK;
}

double amp_fleet_hull_th_per_s(const amp_fleet_hull *hull, double power_w)
{
    double th_per_s = 0.0;
    double left_w = power_w;
    for (size_t i = 0; i < hull->segment_count && left_w > 0.0; i++) {
        const amp_hull_segment *segment = &hull->segment[i];
        th_per_s += fmin(left_w, segment->power_w) / segment->efficiency_j_per_th;
        left_w -= segment->power_w;
    }
    return th_per_s;
}
