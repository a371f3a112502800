/* SPDX-License-Identifier: Apache-2.0 */
/** @file capping.h  Loads of GPUs whose power may be capped; private to dispatch. */
#ifndef AMP_DISPATCH_CAPPING_H
#define AMP_DISPATCH_CAPPING_H

#include "dispatch/column.h"
#include "dispatch/problem.h"

/** What a share of the wanted work is worth. */
typedef struct {
    double share;                 /**< cumulative; the last is 1 */
    amp_column worth_usd_per_mwh; /**< of IT work, with the penalty that doing it avoids */
} amp_capping_step;

/** From what a load is made. */
typedef struct {
    amp_columns *columns;
    amp_arena *arena;
    const amp_caps *caps;           /**< with a curve */
    const amp_load *load;           /**< demand, capacity, it_per_mwh and tax are known */
    amp_column penalty_usd_per_mwh; /**< at the bus, of work */
    const amp_capping_step *step;   /**< [step_count] */
    size_t step_count;
} amp_capping_input;

/**
 * The hull of the curve from the smallest cap (or off) up, what of it must run, and a tier for each
 * of its segments in each step of value.
 *
 * @param tier       room for amp_capping_tiers_most(); receives power and value before tax, of
 *                   falling value
 * @param tier_count receives how many there are
 * @return NULL when there is no memory
 */
amp_capping *amp_capping_make(const amp_capping_input *in, amp_tier *tier, size_t *tier_count);
size_t amp_capping_tiers_most(const amp_caps *caps, size_t step_count);

/** The corners of the hull of @p curve, as shares, from the smallest cap, or from off when
 *  @p is_pausable. @p corner has room for all its points and one. @return how many. */
size_t amp_capping_corners(const amp_cap_curve *curve, bool is_pausable, amp_hull_point *corner);

/** Share of full power that must run to keep @p floor, a share of full throughput, or the smallest
 *  cap. @p corner has room as for amp_capping_corners(), and is overwritten. */
double amp_capping_must_share(const amp_caps *caps, double floor, amp_hull_point *corner);

/** Work that is done at the bus power @p load_mw: MW at full power that would do the same. */
static inline double amp_capping_work_mw(const amp_capping *capping, size_t t, double load_mw)
{
    const double full_mw = amp_column_at(capping->full_mw, t);
    if (!(full_mw > 0.0))
        return 0.0;
    return full_mw * amp_hull_yield(capping->corner, capping->corner_count, load_mw / full_mw);
}

#endif
