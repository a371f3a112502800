/* SPDX-License-Identifier: Apache-2.0 */
/* Mining fleets as loads. */
#include "dispatch/problem_parts.h"

#include "dispatch/fleet_hull.h"
#include "dispatch/restart_build.h"
#include "market/bitcoin.h"

static const double w_per_mw = 1e6;

/* One fleet's columns. */
typedef struct {
    const amp_fleet *fleet;
    amp_column machines;
    amp_column site_share; /* MWh at the bus for one of the machines */
    amp_column availability;
} fleet_columns;

/* Value of a MWh at the bus where machines turn it into hashes with @p efficiency. */
static amp_column mining_value(amp_builder *b, const fleet_columns *f, double efficiency_j_per_th)
{
    const amp_column hashprice = amp_columns_hashprice(&b->columns);
    const amp_column fee = amp_builder_value(b, &f->fleet->pool_fee);
    const size_t stride = hashprice.stride | fee.stride | f->site_share.stride;
    const size_t count = stride == 0 ? 1 : b->columns.count;
    double *value = amp_columns_room(&b->columns, stride);
    if (value == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < count; t++)
        value[t] = amp_bitcoin_value_usd_per_mwh(amp_column_at(hashprice, t), amp_column_at(fee, t),
                                                 efficiency_j_per_th) /
                   amp_column_at(f->site_share, t);
    return (amp_column){.value = value, .stride = stride};
}

/* Power at the bus where each machine takes @p machine_w. */
static amp_column fleet_mw(amp_builder *b, const fleet_columns *f, double machine_w)
{
    amp_columns *c = &b->columns;
    const amp_column machines_w =
        amp_columns_multiply(c, f->machines, amp_columns_constant(c, machine_w));
    const amp_column machines_mw =
        amp_columns_divide(c, machines_w, amp_columns_constant(c, w_per_mw));
    return amp_columns_multiply(c, amp_columns_multiply(c, machines_mw, f->site_share),
                                f->availability);
}

static void add_restart(amp_builder *b, const fleet_columns *f, const amp_fleet_hull *hull,
                        const amp_load *load)
{
    const amp_restart_source source = {
        .fleet = f->fleet,
        .hull = hull,
        .machines = f->machines,
        .site_share = f->site_share,
        .pool_fee = amp_builder_value(b, &f->fleet->pool_fee),
        .wear_usd_per_mw = amp_builder_money(b, &f->fleet->wear_usd_per_mw, "USD/MW"),
        .interval_h = b->problem.interval_h,
    };
    amp_restart *next = &b->restart[b->problem.restart_count];
    if (!amp_restart_build(&b->columns, &source, (uint32_t)(load - b->load), next))
        return;
    b->problem.restart_count++;
    amp_problem_check_size(&b->check, &f->fleet->restart_min, next->lost_usd_per_mw,
                           "what a start does without", "USD/MW");
}

/* A tier for each segment of the hull of its modes. */
void amp_builder_fleet(amp_builder *b, size_t i)
{
    const amp_fleet *fleet = &b->site->fleet[i];
    amp_columns *c = &b->columns;
    amp_fleet_hull hull;
    if (amp_fleet_hull_make(fleet, b->arena, &hull) != AMP_OK) {
        c->ok = false;
        return;
    }
    const fleet_columns f = {
        .fleet = fleet,
        .machines = amp_builder_value(b, &fleet->machines),
        .site_share = amp_columns_add(c, amp_columns_constant(c, 1.0),
                                      amp_builder_value(b, &fleet->overhead)),
        .availability = amp_builder_availability(b, &fleet->availability),
    };
    amp_load *load = amp_builder_next_load(b, AMP_LOAD_MINING, i, fleet->id);
    load->demand_mw = fleet_mw(b, &f, hull.power_w);
    load->capacity_mw = load->demand_mw;
    amp_problem_check_modes(&b->check, fleet, &hull);
    amp_problem_check_size(&b->check, &fleet->machines, load->demand_mw, "the power of the fleet",
                           "MW");
    for (size_t k = 0; k < hull.segment_count; k++) {
        const amp_hull_segment *segment = &hull.segment[k];
        const amp_column value = mining_value(b, &f, segment->efficiency_j_per_th);
        amp_problem_check_size(&b->check, &fleet->efficiency_j_per_th, value, "the value of mining",
                               "USD/MWh");
        amp_builder_add_tier(
            b, load, hull.segment_count == 1 ? load->demand_mw : fleet_mw(b, &f, segment->power_w),
            value);
    }
    add_restart(b, &f, &hull, load);
}
