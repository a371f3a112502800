/* SPDX-License-Identifier: Apache-2.0 */
/** @file restart_build.h  What starting a fleet costs, from its keys; private to dispatch. */
#ifndef AMP_DISPATCH_RESTART_BUILD_H
#define AMP_DISPATCH_RESTART_BUILD_H

#include "dispatch/column.h"
#include "dispatch/fleet_hull.h"
#include "dispatch/problem.h"

/** A fleet's columns. */
typedef struct {
    const amp_fleet *fleet;
    const amp_fleet_hull *hull;
    amp_column machines;
    amp_column site_share; /**< MWh at the bus for one of the machines */
    amp_column pool_fee;
    amp_column wear_usd_per_mw; /**< of one number */
    double interval_h;
} amp_restart_source;

/** Makes the restart of the fleet of load @p load.
 *  @return false, and nothing is written, where starts cost nothing */
bool amp_restart_build(amp_columns *columns, const amp_restart_source *source, uint32_t load,
                       amp_restart *out);

#endif
