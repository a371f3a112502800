/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/restart_build.h"

#include "market/bitcoin.h"

#include <math.h>

static const double w_per_mw = 1e6;
static const double min_per_h = 60.0;

/* What a MW of machines at full power earns in an hour of interval t. */
static double hash_usd_per_h(const amp_restart_source *s, amp_column hashprice, double efficiency,
                             size_t t)
{
    return amp_bitcoin_value_usd_per_mwh(amp_column_at(hashprice, t), amp_column_at(s->pool_fee, t),
                                         efficiency);
}

/* A restart that is longer than an interval goes on in those after it, to the horizon's end. */
static double lost_usd_per_mw(const amp_restart_source *s, amp_column hashprice, size_t t,
                              size_t count)
{
    const double power_w = s->hull->power_w;
    const double efficiency = power_w / amp_fleet_hull_th_per_s(s->hull, power_w);
    double left_h = s->fleet->restart_min.number / min_per_h;
    double usd = 0.0;
    for (; t < count && left_h > 0.0; t++) {
        usd += fmin(left_h, s->interval_h) * hash_usd_per_h(s, hashprice, efficiency, t);
        left_h -= s->interval_h;
    }
    return usd;
}

static amp_column lost_column(amp_columns *columns, const amp_restart_source *s)
{
    const amp_column hashprice = amp_columns_hashprice(columns);
    const size_t count = columns->count;
    const double restart_h = s->fleet->restart_min.number / min_per_h;
    const bool is_cut_off = restart_h > s->interval_h; /* at the end of the horizon */
    const size_t stride = hashprice.stride | s->pool_fee.stride | (is_cut_off ? 1 : 0);
    double *lost = amp_columns_room(columns, stride);
    if (lost == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < (stride == 0 ? 1 : count); t++)
        lost[t] = lost_usd_per_mw(s, hashprice, t, count);
    return (amp_column){.value = lost, .stride = stride};
}

bool amp_restart_build(amp_columns *columns, const amp_restart_source *source, uint32_t load,
                       amp_restart *out)
{
    const amp_fleet *fleet = source->fleet;
    const double power_w = source->hull->power_w;
    const double wear = source->wear_usd_per_mw.value[0];
    if ((fleet->restart_min.number <= 0.0 && wear <= 0.0) || power_w <= 0.0)
        return false;
    const double per_lowest = power_w / source->hull->segment[0].power_w;
    *out = (amp_restart){
        .load = load,
        .running_per_mw = amp_columns_divide(columns, amp_columns_constant(columns, per_lowest),
                                             source->site_share),
        .lost_usd_per_mw = lost_column(columns, source),
        .wear_usd_per_mw = wear,
        .initial_mw =
            fleet->initial_running.number * amp_column_at(source->machines, 0) * power_w / w_per_mw,
    };
    return true;
}
