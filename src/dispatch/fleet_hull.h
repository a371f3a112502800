/* SPDX-License-Identifier: Apache-2.0 */
/** @file fleet_hull.h  What a fleet's power modes can do together; private to dispatch. */
#ifndef AMP_DISPATCH_FLEET_HULL_H
#define AMP_DISPATCH_FLEET_HULL_H

#include "base/arena.h"
#include "dispatch/hull.h"
#include "model/portfolio.h"

/** From one mode on the hull to the next: what more power brings. */
typedef struct {
    double power_w;             /**< more power, of one machine */
    double efficiency_j_per_th; /**< more power over more hashrate, rising along the hull; infinite
                                     where there is no more of it, negative where there is less */
} amp_hull_segment;

/** The most hashrate for each power of one machine, where machines count as a continuous fleet:
 *  the upper hull of (power, hashrate) through off and the modes, up to the largest power. */
typedef struct {
    const amp_hull_point *mode; /**< [mode_count] W and TH/s of one machine: the normal mode, then
                                     those of the file */
    size_t mode_count;
    const amp_hull_segment *segment; /**< from off on */
    size_t segment_count;            /**< at least 1 */
    double power_w;                  /**< of all segments */
} amp_fleet_hull;

/** Arrays live in @p arena. AMP_OK or AMP_NOMEM. */
amp_status amp_fleet_hull_make(const amp_fleet *fleet, amp_arena *arena, amp_fleet_hull *out);

/** Hashrate of the hull at @p power_w of one machine, from 0 to hull->power_w. */
double amp_fleet_hull_th_per_s(const amp_fleet_hull *hull, double power_w);

#endif
