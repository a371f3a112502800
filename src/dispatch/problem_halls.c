/* SPDX-License-Identifier: Apache-2.0 */
/* AI data halls as loads and jobs. */
#include "dispatch/problem_parts.h"

#include "dispatch/capping.h"
#include "dispatch/lease.h"

#include <math.h>

/* PUE at an outdoor temperature: linear between the points of the curve, constant outside. */
static double pue_at(double outdoor_degc, const void *context)
{
    const amp_pue *pue = context;
    const amp_pue_point *point = pue->point;
    size_t next = 0;
    while (next < pue->point_count && point[next].outdoor_degc <= outdoor_degc)
        next++;
    if (next == 0)
        return point[0].pue;
    if (next == pue->point_count)
        return point[next - 1].pue;
    const amp_pue_point low = point[next - 1];
    const amp_pue_point high = point[next];
    const double share = (outdoor_degc - low.outdoor_degc) / (high.outdoor_degc - low.outdoor_degc);
    return low.pue + share * (high.pue - low.pue);
}

static amp_column pue_of(amp_builder *b, const amp_pue *pue)
{
    if (pue->point_count == 0)
        return amp_builder_value(b, &pue->value);
    return amp_columns_map(&b->columns, amp_builder_value(b, &pue->outdoor), pue_at, pue);
}

/* A load or demand in MW of IT power, whether it is written in MW or as a share of it_power. */
static amp_column it_demand_mw(amp_builder *b, const amp_value *value, amp_column it_power_mw)
{
    bool is_share = false;
    const amp_column demand = amp_columns_value(&b->columns, value, &is_share);
    return is_share ? amp_columns_multiply(&b->columns, demand, it_power_mw) : demand;
}

/* The part of demand_mw between two cumulative shares that fits under capacity_mw. */
static amp_column slice_mw(amp_builder *b, const amp_load *load, double from_share, double to_share)
{
    const size_t stride = load->demand_mw.stride | load->capacity_mw.stride;
    const size_t count = stride == 0 ? 1 : b->columns.count;
    double *slice = amp_columns_room(&b->columns, stride);
    if (slice == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < count; t++) {
        const double demand_mw = amp_column_at(load->demand_mw, t);
        const double capacity_mw = amp_column_at(load->capacity_mw, t);
        const double from_mw = fmin(from_share * demand_mw, capacity_mw);
        slice[t] = fmin(to_share * demand_mw, capacity_mw) - from_mw;
    }
    return (amp_column){.value = slice, .stride = stride};
}

/* What load that is not served costs: @p usd_per_mwh, less the tax that it would pay. */
static amp_column not_served_usd(amp_builder *b, const amp_load *load, amp_column usd_per_mwh)
{
    const amp_column tax = load->tax_usd_per_mwh;
    return tax.value == NULL ? usd_per_mwh : amp_columns_subtract(&b->columns, usd_per_mwh, tax);
}

/* What a tenant lets the site cut is a source at the bus: up to @p power_mw for the credit. */
static void add_cut(amp_builder *b, const amp_hall *hall, amp_load *load, amp_column power_mw)
{
    const amp_column credit = amp_builder_value(b, &hall->lease.flexible.credit_usd_per_mwh);
    const amp_column cost = amp_columns_multiply(&b->columns, credit, load->it_per_mwh);
    b->source[b->problem.source_count++] = (amp_source){
        .kind = AMP_SOURCE_CUT,
        .asset = (uint32_t)(load - b->load),
        .id = load->id,
        .power_mw = power_mw,
        .cost_usd_per_mwh = not_served_usd(b, load, cost),
    };
    load->cut = (uint32_t)b->problem.source_count;
}

/* The part of a lease with a penalty that may be cut: a hard load, which two sources take away, at
 * the credit and at the penalty, and which they share. */
static void build_flexible(amp_builder *b, const amp_hall *hall, amp_load *load, double firm_share)
{
    load->flexible_mw = slice_mw(b, load, firm_share, 1.0);
    load->firm_mw = amp_columns_subtract(&b->columns, load->demand_mw, load->flexible_mw);
    b->problem.must_mw = amp_columns_add(&b->columns, b->problem.must_mw, load->flexible_mw);
    add_cut(b, hall, load, load->flexible_mw);
    b->source[b->problem.source_count++] = (amp_source){
        .kind = AMP_SOURCE_UNSERVED,
        .asset = (uint32_t)(load - b->load),
        .id = load->id,
        .power_mw = load->flexible_mw,
        .cost_usd_per_mwh = not_served_usd(b, load, load->penalty_usd_per_mwh),
        .shared_mw = load->flexible_mw,
    };
}

static void build_lease(amp_builder *b, const amp_hall *hall, amp_load *load)
{
    const amp_value *penalty = &hall->lease.penalty_usd_per_mwh;
    const bool is_flexible = hall->lease.flexible.is_set;
    const double firm_share = is_flexible ? 1.0 - hall->lease.flexible.share.number : 1.0;
    load->is_hard = !penalty->is_set;
    if (load->is_hard) {
        b->problem.must_mw = amp_columns_add(&b->columns, b->problem.must_mw, load->demand_mw);
        if (is_flexible)
            add_cut(b, hall, load,
                    amp_columns_multiply(&b->columns, load->demand_mw,
                                         amp_columns_constant(&b->columns, 1.0 - firm_share)));
        return;
    }
    load->penalty_usd_per_mwh =
        amp_columns_multiply(&b->columns, amp_builder_value(b, penalty), load->it_per_mwh);
    const amp_column price = amp_lease_energy_price(&b->columns, &hall->lease, load);
    amp_builder_add_tier(b, load, slice_mw(b, load, 0.0, firm_share),
                         price.value == NULL
                             ? load->penalty_usd_per_mwh
                             : amp_columns_add(&b->columns, load->penalty_usd_per_mwh, price));
    if (is_flexible)
        build_flexible(b, hall, load, firm_share);
}

/* A load that may be capped: what must run is served whatever is dispatched, the rest by tiers. */
static void build_capped(amp_builder *b, amp_load *load, const amp_capping_input *in,
                         int32_t workload)
{
    amp_tier *tier =
        AMP_ARENA_NEW(b->arena, amp_tier, amp_capping_tiers_most(in->caps, in->step_count));
    size_t count = 0;
    amp_capping *capping = tier == NULL ? NULL : amp_capping_make(in, tier, &count);
    if (capping == NULL) {
        b->columns.ok = false;
        return;
    }
    capping->workload = workload;
    load->capping = capping;
    b->problem.must_mw = amp_columns_add(&b->columns, b->problem.must_mw, capping->must_mw);
    for (size_t k = 0; k < count; k++)
        amp_builder_add_tier(b, load, tier[k].power_mw, tier[k].value_usd_per_mwh);
}

static void check_worth(amp_builder *b, const amp_load *load, const amp_value *value)
{
    for (uint32_t k = 0; k < load->tier_count; k++)
        amp_problem_check_size(&b->check, value, b->tier[load->first_tier + k].value_usd_per_mwh,
                               "the value of throughput", "USD/MWh");
}

static amp_capping_input capping_of(amp_builder *b, const amp_caps *caps, const amp_load *load)
{
    return (amp_capping_input){.columns = &b->columns,
                               .arena = b->arena,
                               .caps = caps,
                               .load = load,
                               .penalty_usd_per_mwh = amp_column_zero()};
}

static void build_capped_inference(amp_builder *b, const amp_inference *inference, amp_load *load)
{
    amp_columns *c = &b->columns;
    const amp_column penalty = amp_builder_value(b, &inference->penalty_usd_per_mwh);
    amp_capping_step *step = AMP_ARENA_NEW(b->arena, amp_capping_step, inference->step_count);
    if (step == NULL) {
        c->ok = false;
        return;
    }
    for (size_t k = 0; k < inference->step_count; k++) {
        const amp_value *value = &inference->step[k].value_usd_per_mwh;
        const amp_column worth = amp_builder_value(b, value);
        if (k > 0)
            amp_problem_check_not_rising(
                &b->check, value, worth,
                amp_builder_value(b, &inference->step[k - 1].value_usd_per_mwh));
        amp_problem_check_not_negative(&b->check, value, worth);
        step[k] = (amp_capping_step){inference->step[k].share, amp_columns_add(c, worth, penalty)};
    }
    amp_capping_input in = capping_of(b, &inference->caps, load);
    in.penalty_usd_per_mwh = amp_columns_multiply(c, penalty, load->it_per_mwh);
    in.step = step;
    in.step_count = inference->step_count;
    build_capped(b, load, &in, AMP_NONE);
    check_worth(b, load, &inference->step[0].value_usd_per_mwh);
}

static void build_inference(amp_builder *b, const amp_hall *hall, amp_load *load)
{
    const amp_inference *inference = &hall->inference;
    amp_columns *c = &b->columns;
    if (inference->caps.curve.count > 0) {
        build_capped_inference(b, inference, load);
        return;
    }
    const amp_column penalty = amp_builder_value(b, &inference->penalty_usd_per_mwh);
    amp_column above = {0};
    double from_share = 0.0;
    load->penalty_usd_per_mwh = amp_columns_multiply(c, penalty, load->it_per_mwh);
    for (size_t k = 0; k < inference->step_count; k++) {
        const amp_inference_step *step = &inference->step[k];
        const amp_column value = amp_builder_value(b, &step->value_usd_per_mwh);
        const amp_column worth = amp_columns_add(c, value, penalty);
        if (k > 0)
            amp_problem_check_not_rising(&b->check, &step->value_usd_per_mwh, value, above);
        amp_builder_add_tier(b, load, slice_mw(b, load, from_share, step->share),
                             amp_columns_multiply(c, worth, load->it_per_mwh));
        from_share = step->share;
        above = value;
    }
}

/* Intervals that lie wholly between release and deadline; none when the horizon holds none. */
static void set_window(const amp_horizon *horizon, const amp_training_job *job, amp_job *out)
{
    const int64_t count = (int64_t)horizon->interval_count;
    const int64_t release_s = job->release_unix_s - horizon->from_unix_s;
    const int64_t deadline_s = job->deadline_unix_s - horizon->from_unix_s;
    int64_t first = release_s > 0 ? (release_s + horizon->step_s - 1) / horizon->step_s : 0;
    int64_t end = deadline_s > 0 ? deadline_s / horizon->step_s : 0;
    first = first < count ? first : count;
    end = end < count ? end : count;
    out->first = (size_t)first;
    out->end = (size_t)(end > first ? end : first);
}

static void add_job(amp_builder *b, const amp_training_job *job, const amp_load *load,
                    amp_column it_capacity_mw)
{
    amp_job *out = &b->job[b->problem.job_count++];
    *out = (amp_job){.id = job->id,
                     .load = (uint32_t)(load - b->load),
                     .power_mw = amp_builder_constant(b, &job->power_mw),
                     .energy_mwh = amp_builder_constant(b, &job->energy_mwh),
                     .value_usd_per_mwh = amp_builder_constant(b, &job->value_usd_per_mwh),
                     .penalty_usd = amp_builder_money(b, &job->penalty_usd, "USD").value[0]};
    set_window(&b->check.portfolio->horizon, job, out);
    const double worth = out->value_usd_per_mwh + out->penalty_usd / out->energy_mwh;
    amp_problem_check_size(&b->check, &job->penalty_usd, amp_columns_constant(&b->columns, worth),
                           "value + penalty / energy", "USD/MWh");
    amp_problem_check_reach(&b->check, &job->energy_mwh, out, it_capacity_mw);
}

/* Each workload is a load of its own. */
static void build_workload(amp_builder *b, size_t i, size_t k)
{
    const amp_hall *hall = &b->site->hall[i];
    const amp_workload *workload = &hall->workload[k];
    amp_columns *c = &b->columns;
    const amp_column pue = pue_of(b, &hall->pue);
    const char *id = amp_arena_format(b->arena, "%s.%s", hall->id, workload->id);
    amp_load *load = amp_builder_next_load(
        b, workload->use == AMP_WORKLOAD_INFERENCE ? AMP_LOAD_INFERENCE : AMP_LOAD_TRAINING, i, id);
    c->ok = c->ok && id != NULL;
    load->it_per_mwh = amp_columns_divide(c, amp_columns_constant(c, 1.0), pue);
    load->demand_mw = amp_columns_multiply(
        c,
        amp_columns_multiply(c, amp_columns_constant(c, amp_workload_full_mw(workload)),
                             amp_builder_availability(b, &hall->availability)),
        pue);
    load->capacity_mw = load->demand_mw;
    const amp_capping_step step = {1.0, amp_builder_value(b, &workload->value_usd_per_mwh)};
    amp_capping_input in = capping_of(b, &workload->caps, load);
    in.step = &step;
    in.step_count = 1;
    build_capped(b, load, &in, (int32_t)k);
    check_worth(b, load, &workload->value_usd_per_mwh);
}

static amp_load_kind kind_of(const amp_hall *hall)
{
    if (hall->lease.is_set)
        return AMP_LOAD_LEASE;
    return hall->inference.is_set ? AMP_LOAD_INFERENCE : AMP_LOAD_TRAINING;
}

/* What the hall's power should follow; NULL for jobs, which choose their time. */
static const amp_value *wanted_by(const amp_hall *hall)
{
    if (hall->lease.is_set)
        return &hall->lease.load;
    return hall->inference.is_set ? &hall->inference.demand : NULL;
}

void amp_builder_hall(amp_builder *b, size_t i)
{
    const amp_hall *hall = &b->site->hall[i];
    amp_columns *c = &b->columns;
    for (size_t k = 0; k < hall->workload_count; k++)
        build_workload(b, i, k);
    if (hall->workload_count > 0)
        return;
    const amp_column pue = pue_of(b, &hall->pue);
    const amp_column it_power_mw = amp_builder_value(b, &hall->it_power_mw);
    const amp_column it_capacity_mw =
        amp_columns_multiply(c, it_power_mw, amp_builder_availability(b, &hall->availability));
    const amp_value *wanted = wanted_by(hall);
    amp_load *load = amp_builder_next_load(b, kind_of(hall), i, hall->id);
    load->demand_mw = amp_column_zero();
    load->capacity_mw = amp_columns_multiply(c, it_capacity_mw, pue);
    load->it_per_mwh = amp_columns_divide(c, amp_columns_constant(c, 1.0), pue);
    if (wanted != NULL) {
        load->demand_mw = amp_columns_multiply(c, it_demand_mw(b, wanted, it_power_mw), pue);
        amp_problem_check_size(&b->check, wanted, load->demand_mw, "the demand at the bus", "MW");
    }
    amp_problem_check_size(&b->check, &hall->it_power_mw, load->capacity_mw, "the power at the bus",
                           "MW");
    if (hall->lease.is_set)
        build_lease(b, hall, load);
    else if (hall->inference.is_set)
        build_inference(b, hall, load);
    for (size_t j = 0; j < hall->job_count; j++)
        add_job(b, &hall->job[j], load, it_capacity_mw);
}
