/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/fleet_hull.h"

#include "base/text.h"

#include <math.h>

/* The efficiency of the first segment is that of its mode, to the last bit. */
static double first_efficiency(const amp_fleet *fleet, const amp_fleet_hull *hull,
                               const amp_hull_point *corner)
{
    for (size_t k = 1; k < hull->mode_count; k++)
        if (amp_same(hull->mode[k].power, corner->power) &&
            amp_same(hull->mode[k].yield, corner->yield))
            return fleet->mode[k - 1].efficiency_j_per_th.number;
    return fleet->efficiency_j_per_th.number;
}

static void fill_segments(const amp_fleet *fleet, const amp_hull_point *corner, size_t count,
                          amp_hull_segment *segment, amp_fleet_hull *hull)
{
    segment[0] =
        (amp_hull_segment){.power_w = corner[1].power,
                           .efficiency_j_per_th = first_efficiency(fleet, hull, &corner[1])};
    for (size_t i = 2; i < count; i++)
        segment[i - 1] = (amp_hull_segment){
            .power_w = corner[i].power - corner[i - 1].power,
            .efficiency_j_per_th = 1.0 / amp_hull_slope(&corner[i - 1], &corner[i]),
        };
    hull->segment = segment;
    hull->segment_count = count - 1;
    hull->power_w = corner[count - 1].power;
}

static amp_hull_point point_of(const amp_value *hashrate, const amp_value *efficiency)
{
    return (amp_hull_point){.power = hashrate->number * efficiency->number,
                            .yield = hashrate->number};
}

amp_status amp_fleet_hull_make(const amp_fleet *fleet, amp_arena *arena, amp_fleet_hull *out)
{
    const size_t count = 1 + fleet->mode_count;
    amp_hull_point *mode = AMP_ARENA_NEW(arena, amp_hull_point, count);
    amp_hull_point *corner = AMP_ARENA_NEW(arena, amp_hull_point, count + 1);
    amp_hull_segment *segment = AMP_ARENA_NEW(arena, amp_hull_segment, count);
    amp_fleet_hull hull = {.mode = mode, .mode_count = count};
    size_t corners = 2;
    if (mode == NULL || corner == NULL || segment == NULL)
        return AMP_NOMEM;
    mode[0] = point_of(&fleet->hashrate_th_per_s, &fleet->efficiency_j_per_th);
    for (size_t k = 0; k < fleet->mode_count; k++)
        mode[k + 1] =
            point_of(&fleet->mode[k].hashrate_th_per_s, &fleet->mode[k].efficiency_j_per_th);
    corner[0] = (amp_hull_point){.power = 0.0};
    for (size_t k = 0; k < count; k++)
        corner[k + 1] = mode[k];
    if (fleet->mode_count > 0) /* a fleet without them may have a hashrate of 0 */
        corners = amp_hull_keep(corner, count + 1);
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
