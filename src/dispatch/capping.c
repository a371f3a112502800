/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/capping.h"

#include <math.h>

/* Throughputs that differ by less are the same. */
static const double same_yield = 1e-12;

size_t amp_capping_corners(const amp_cap_curve *curve, bool is_pausable, amp_hull_point *corner)
{
    const amp_cap_point *full = &curve->point[curve->count - 1];
    size_t count = 0;
    if (is_pausable)
        corner[count++] = (amp_hull_point){0.0, 0.0};
    for (size_t i = 0; i < curve->count; i++)
        corner[count++] = (amp_hull_point){curve->point[i].power / full->power,
                                           curve->point[i].throughput / full->throughput};
    return amp_hull_keep(corner, count);
}

double amp_capping_must_share(const amp_caps *caps, double floor, amp_hull_point *corner)
{
    const size_t count = amp_capping_corners(&caps->curve, caps->is_pausable, corner);
    return amp_hull_power(corner, count, fmax(floor, corner[0].yield));
}

/* The same from the power on that gives the floor. */
static size_t keep_above(amp_hull_point *corner, size_t count, double floor)
{
    const double must = fmax(floor, corner[0].yield);
    const amp_hull_point first = {amp_hull_power(corner, count, must), must};
    size_t next = 0;
    while (next < count && corner[next].yield <= must + same_yield)
        next++;
    const size_t shift = next - 1; /* the first corner's yield is at most the floor */
    for (size_t i = next; i < count; i++)
        corner[i - shift] = corner[i];
    corner[0] = next == count ? (amp_hull_point){1.0, 1.0} : first;
    return count - shift;
}

/* A piece of the work: between two throughputs and between two shares of what is wanted. */
typedef struct {
    double low_yield, high_yield;
    double low_share, high_share;
} slice;

/* Work of the slice, MW at full power. Of what is wanted only full_mw can be done. */
static amp_column slice_mw(const amp_capping_input *in, const amp_capping *capping, slice piece)
{
    const amp_column wanted = in->load->demand_mw;
    const size_t stride = wanted.stride | capping->full_mw.stride;
    const size_t count = stride == 0 ? 1 : in->columns->count;
    double *work_mw = amp_columns_room(in->columns, stride);
    if (work_mw == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < count; t++) {
        const double full_mw = amp_column_at(capping->full_mw, t);
        const double wanted_mw = amp_column_at(wanted, t);
        const double low = fmax(piece.low_yield * full_mw, piece.low_share * wanted_mw);
        const double high = fmin(piece.high_yield * full_mw, piece.high_share * wanted_mw);
        work_mw[t] = fmax(0.0, high - low);
    }
    return (amp_column){.value = work_mw, .stride = stride};
}

/* What a MWh of work is worth at the bus. */
static amp_column bus_worth(const amp_capping_input *in, size_t step)
{
    return amp_columns_multiply(in->columns, in->step[step].worth_usd_per_mwh,
                                in->load->it_per_mwh);
}

static double low_share(const amp_capping_input *in, size_t step)
{
    return step == 0 ? 0.0 : in->step[step - 1].share;
}

/* What must run earns its share of every step; no work pays all of the penalty. */
static amp_column base_usd_per_h(const amp_capping_input *in, const amp_capping *capping)
{
    amp_columns *c = in->columns;
    const amp_column tax = in->load->tax_usd_per_mwh;
    amp_column base = amp_columns_subtract(
        c, amp_column_zero(),
        amp_columns_multiply(c, capping->penalty_usd_per_mwh, in->load->demand_mw));
    for (size_t k = 0; k < in->step_count; k++) {
        const slice must = {0.0, capping->corner[0].yield, low_share(in, k), in->step[k].share};
        base = amp_columns_add(
            c, base, amp_columns_multiply(c, slice_mw(in, capping, must), bus_worth(in, k)));
    }
    if (tax.value == NULL)
        return base;
    return amp_columns_subtract(c, base, amp_columns_multiply(c, tax, capping->must_mw));
}

static size_t add_tiers(const amp_capping_input *in, const amp_capping *capping, amp_tier *tier)
{
    amp_columns *c = in->columns;
    size_t count = 0;
    for (size_t k = 0; k < in->step_count; k++) {
        const amp_column worth = bus_worth(in, k);
        for (size_t i = 1; i < capping->corner_count; i++) {
            const amp_hull_point *from = &capping->corner[i - 1];
            const amp_hull_point *to = &capping->corner[i];
            const amp_column work_per_mwh = amp_columns_constant(c, amp_hull_slope(from, to));
            const slice piece = {from->yield, to->yield, low_share(in, k), in->step[k].share};
            tier[count++] = (amp_tier){
                .power_mw = amp_columns_divide(c, slice_mw(in, capping, piece), work_per_mwh),
                .value_usd_per_mwh = amp_columns_multiply(c, worth, work_per_mwh),
            };
        }
    }
    return count;
}

size_t amp_capping_tiers_most(const amp_caps *caps, size_t step_count)
{
    return caps->curve.count * step_count;
}

amp_capping *amp_capping_make(const amp_capping_input *in, amp_tier *tier, size_t *tier_count)
{
    const amp_caps *caps = in->caps;
    amp_columns *c = in->columns;
    amp_capping *capping = AMP_ARENA_NEW(in->arena, amp_capping, 1);
    amp_hull_point *corner = AMP_ARENA_NEW(in->arena, amp_hull_point, caps->curve.count + 1);
    if (capping == NULL || corner == NULL)
        return NULL;
    const size_t count = amp_capping_corners(&caps->curve, caps->is_pausable, corner);
    *capping = (amp_capping){
        .workload = AMP_NONE,
        .corner = corner,
        .corner_count = keep_above(corner, count, caps->floor.number),
        .full_mw = amp_columns_min(c, in->load->demand_mw, in->load->capacity_mw),
        .penalty_usd_per_mwh = in->penalty_usd_per_mwh,
    };
    capping->must_mw =
        amp_columns_multiply(c, capping->full_mw, amp_columns_constant(c, corner[0].power));
    capping->base_usd_per_h = base_usd_per_h(in, capping);
    *tier_count = add_tiers(in, capping, tier);
    return capping;
}
