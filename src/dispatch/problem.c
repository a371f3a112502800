/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/problem.h"

#include "dispatch/capping.h"
#include "dispatch/column.h"
#include "dispatch/fleet_hull.h"
#include "dispatch/lease.h"
#include "dispatch/limits.h"
#include "dispatch/months.h"
#include "dispatch/problem_check.h"
#include "dispatch/reserve.h"
#include "dispatch/restart_build.h"
#include "dispatch/tariff.h"
#include "market/bitcoin.h"

#include <assert.h>
#include <math.h>

static const double w_per_mw = 1e6;
static const double kw_per_mw = 1e3;

/* What the steps of building share. */
typedef struct {
    amp_problem_check check;
    const amp_site *site;
    amp_columns columns;
    amp_arena *arena;
    amp_load *load;
    amp_tier *tier;
    amp_restart *restart;
    amp_source *source;
    amp_peak *peak;
    amp_job *job;
    amp_reserve *reserve;
    amp_tariff_build tariff;
    amp_site_problem problem;
} builder;

/* ---- the connection and its prices ---- */

/* Rows of a series kept their range in its own money; here they are in USD, @p unit. */
static amp_column money_of(builder *b, const amp_value *value, const char *unit)
{
    const amp_column column = amp_columns_value(&b->columns, value, NULL);
    amp_problem_check_size(&b->check, value, column, "in USD it", unit);
    return column;
}

static amp_column value_of(builder *b, const amp_value *value)
{
    if (value->unit.currency[0] != '\0')
        return money_of(b, value, "USD/MWh");
    return amp_columns_value(&b->columns, value, NULL);
}

static amp_column availability_of(builder *b, const amp_availability *availability)
{
    return amp_columns_availability(&b->columns, availability);
}

/* The tighter of @p limit (NULL: none) and what is energised, times availability. */
static amp_column connection_mw(builder *b, const amp_value *limit)
{
    const amp_grid *grid = &b->site->grid;
    const amp_column availability = availability_of(b, &grid->availability);
    amp_column power_mw = amp_column_zero();
    if (grid->energised_mw.count > 0)
        power_mw = amp_columns_steps_at_most(&b->columns, &grid->energised_mw, 0.0, limit);
    else if (limit != NULL)
        power_mw = value_of(b, limit);
    return amp_columns_multiply(&b->columns, power_mw, availability);
}

static void build_grid(builder *b)
{
    const amp_grid *grid = &b->site->grid;
    const amp_value *import = grid->import_limit_mw.is_set ? &grid->import_limit_mw : NULL;
    b->problem.import_limit_mw = connection_mw(b, import);
    b->problem.export_limit_mw = connection_mw(b, &grid->export_limit_mw);
}

/* Agreements without resale: what they cover of the import, which pays the adder alone. */
static amp_column covered_mw(builder *b)
{
    const amp_supply *supply = &b->site->supply;
    amp_column sum_mw = amp_column_zero();
    for (size_t i = 0; i < supply->block_count; i++) {
        const amp_column power_mw = value_of(b, &supply->block[i].power_mw);
        if (!supply->block[i].resale)
            sum_mw = amp_columns_add(&b->columns, sum_mw, power_mw);
    }
    if (amp_column_is(sum_mw, 0.0))
        return sum_mw;
    return amp_columns_min(&b->columns, sum_mw, b->problem.import_limit_mw);
}

/* What coincident peaks are expected to charge for a MWh; value NULL where they charge nothing. A
 * MW through all peaks of a year, peaks x h hours, costs the charge of a year. */
static amp_column coincident_price(builder *b)
{
    const amp_coincident_peak *peak = &b->site->supply.coincident_peak;
    amp_columns *c = &b->columns;
    if (!peak->is_set)
        return (amp_column){.value = NULL};
    const amp_column charge = money_of(b, &peak->charge_usd_per_kw_year, "USD/kW/year");
    const amp_column probability = value_of(b, &peak->probability);
    if (amp_column_is(charge, 0.0) || amp_column_is(probability, 0.0))
        return (amp_column){.value = NULL};
    const double peaks_h = (double)peak->peaks * b->problem.interval_h;
    const amp_column price = amp_columns_multiply(c, amp_columns_multiply(c, charge, probability),
                                                  amp_columns_constant(c, kw_per_mw / peaks_h));
    amp_problem_check_size(&b->check, &peak->charge_usd_per_kw_year, price,
                           "what an interval is expected to be charged", "USD/MWh");
    return price;
}

/* Both prices of import. */
static void build_import_prices(builder *b)
{
    const amp_supply *supply = &b->site->supply;
    const amp_column energy = value_of(b, &supply->energy_price_usd_per_mwh);
    amp_column adder = value_of(b, &supply->adder_usd_per_mwh);
    amp_column coincident = coincident_price(b);
    amp_tariff_prices(&b->tariff, &adder, &coincident);
    b->problem.import_price_usd_per_mwh = amp_columns_add(&b->columns, energy, adder);
    b->problem.block_price_usd_per_mwh = adder;
    b->problem.coincident_usd_per_mwh = coincident;
    if (coincident.value == NULL)
        return;
    b->problem.import_price_usd_per_mwh =
        amp_columns_add(&b->columns, b->problem.import_price_usd_per_mwh, coincident);
    b->problem.block_price_usd_per_mwh = amp_columns_add(&b->columns, adder, coincident);
}

static void build_supply(builder *b)
{
    const amp_supply *supply = &b->site->supply;
    build_import_prices(b);
    b->problem.block_mw = covered_mw(b);
    b->problem.export_price_usd_per_mwh = value_of(b, &supply->export_price_usd_per_mwh);
}

/* ---- the battery and the generators ---- */

/* Values of a battery never vary (portfolio.h). */
static double constant_of(builder *b, const amp_value *value)
{
    return value_of(b, value).value[0];
}

static void build_storage(builder *b)
{
    const amp_battery *battery = &b->site->battery;
    amp_storage *storage = &b->problem.storage;
    const amp_column zero = amp_column_zero();
    *storage = (amp_storage){.charge_limit_mw = zero,
                             .discharge_limit_mw = zero,
                             .charge_efficiency = 1.0,
                             .discharge_efficiency = 1.0,
                             .retention = 1.0};
    if (!battery->is_set)
        return;
    const amp_column availability = availability_of(b, &battery->availability);
    const amp_column charge_mw = value_of(b, &battery->charge_power_mw);
    const amp_column discharge_mw = value_of(b, &battery->discharge_power_mw);
    const double energy_mwh = constant_of(b, &battery->energy_mwh);
    const double kept_per_day = 1.0 - constant_of(b, &battery->self_discharge_per_day);
    storage->is_present = true;
    storage->charge_limit_mw = amp_columns_multiply(&b->columns, charge_mw, availability);
    storage->discharge_limit_mw = amp_columns_multiply(&b->columns, discharge_mw, availability);
    storage->charge_efficiency = constant_of(b, &battery->charge_efficiency);
    storage->discharge_efficiency = constant_of(b, &battery->discharge_efficiency);
    storage->minimum_mwh = constant_of(b, &battery->minimum_soc) * energy_mwh;
    storage->maximum_mwh = constant_of(b, &battery->maximum_soc) * energy_mwh;
    storage->initial_mwh = constant_of(b, &battery->initial_soc) * energy_mwh;
    storage->final = battery->final;
    if (battery->final == AMP_FINAL_FREE)
        storage->terminal_value_usd_per_mwh = constant_of(b, &battery->terminal_value_usd_per_mwh);
    else
        storage->final_mwh = constant_of(b, &battery->final_soc) * energy_mwh;
    storage->wear_usd_per_mwh = constant_of(b, &battery->wear_usd_per_mwh);
    storage->retention = pow(kept_per_day, b->problem.interval_h / 24.0);
}

static void build_sources(builder *b)
{
    for (size_t i = 0; i < b->site->generator_count; i++) {
        const amp_generator *generator = &b->site->generator[i];
        const amp_column power_mw = value_of(b, &generator->power_mw);
        const amp_column availability = availability_of(b, &generator->availability);
        b->source[b->problem.source_count++] = (amp_source){
            .asset = (uint32_t)i,
            .id = generator->id,
            .power_mw = amp_columns_multiply(&b->columns, power_mw, availability),
            .cost_usd_per_mwh = value_of(b, &generator->cost_usd_per_mwh),
        };
    }
}

/* ---- loads ---- */

static amp_load *next_load(builder *b, amp_load_kind kind, size_t asset, const char *id)
{
    amp_load *load = &b->load[b->problem.load_count++];
    *load = (amp_load){.kind = kind,
                       .asset = (uint32_t)asset,
                       .id = id,
                       .penalty_usd_per_mwh = amp_column_zero(),
                       .it_per_mwh = amp_column_zero(),
                       .tax_usd_per_mwh = amp_tariff_tax_of(&b->tariff, kind),
                       .first_tier = (uint32_t)b->problem.tier_count};
    return load;
}

static void add_tier(builder *b, amp_load *load, amp_column power_mw, amp_column value_usd_per_mwh)
{
    const amp_column tax = load->tax_usd_per_mwh;
    const bool is_taxed = tax.value != NULL;
    b->tier[b->problem.tier_count++] = (amp_tier){
        .power_mw = power_mw,
        .value_usd_per_mwh = is_taxed ? amp_columns_subtract(&b->columns, value_usd_per_mwh, tax)
                                      : value_usd_per_mwh,
        .load = (uint32_t)(load - b->load),
    };
    load->tier_count++;
}

/* One fleet's columns. */
typedef struct {
    const amp_fleet *fleet;
    amp_column machines;
    amp_column site_share; /* MWh at the bus for one of the machines */
    amp_column availability;
} fleet_columns;

/* Value of a MWh at the bus where machines turn it into hashes with @p efficiency. */
static amp_column mining_value(builder *b, const fleet_columns *f, double efficiency_j_per_th)
{
    const amp_column hashprice = amp_columns_hashprice(&b->columns);
    const amp_column fee = value_of(b, &f->fleet->pool_fee);
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
static amp_column fleet_mw(builder *b, const fleet_columns *f, double machine_w)
{
    amp_columns *c = &b->columns;
    const amp_column machines_w =
        amp_columns_multiply(c, f->machines, amp_columns_constant(c, machine_w));
    const amp_column machines_mw =
        amp_columns_divide(c, machines_w, amp_columns_constant(c, w_per_mw));
    return amp_columns_multiply(c, amp_columns_multiply(c, machines_mw, f->site_share),
                                f->availability);
}

static void add_restart(builder *b, const fleet_columns *f, const amp_fleet_hull *hull,
                        const amp_load *load)
{
    const amp_restart_source source = {
        .fleet = f->fleet,
        .hull = hull,
        .machines = f->machines,
        .site_share = f->site_share,
        .pool_fee = value_of(b, &f->fleet->pool_fee),
        .wear_usd_per_mw = money_of(b, &f->fleet->wear_usd_per_mw, "USD/MW"),
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
static void build_fleet(builder *b, size_t i)
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
        .machines = value_of(b, &fleet->machines),
        .site_share =
            amp_columns_add(c, amp_columns_constant(c, 1.0), value_of(b, &fleet->overhead)),
        .availability = availability_of(b, &fleet->availability),
    };
    amp_load *load = next_load(b, AMP_LOAD_MINING, i, fleet->id);
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
        add_tier(b, load,
                 hull.segment_count == 1 ? load->demand_mw : fleet_mw(b, &f, segment->power_w),
                 value);
    }
    add_restart(b, &f, &hull, load);
}

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

static amp_column pue_of(builder *b, const amp_pue *pue)
{
    if (pue->point_count == 0)
        return value_of(b, &pue->value);
    return amp_columns_map(&b->columns, value_of(b, &pue->outdoor), pue_at, pue);
}

/* A load or demand in MW of IT power, whether it is written in MW or as a share of it_power. */
static amp_column it_demand_mw(builder *b, const amp_value *value, amp_column it_power_mw)
{
    bool is_share = false;
    const amp_column demand = amp_columns_value(&b->columns, value, &is_share);
    return is_share ? amp_columns_multiply(&b->columns, demand, it_power_mw) : demand;
}

/* The part of demand_mw between two cumulative shares that fits under capacity_mw. */
static amp_column slice_mw(builder *b, const amp_load *load, double from_share, double to_share)
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
static amp_column not_served_usd(builder *b, const amp_load *load, amp_column usd_per_mwh)
{
    const amp_column tax = load->tax_usd_per_mwh;
    return tax.value == NULL ? usd_per_mwh : amp_columns_subtract(&b->columns, usd_per_mwh, tax);
}

/* What a tenant lets the site cut is a source at the bus: up to @p power_mw for the credit. */
static void add_cut(builder *b, const amp_hall *hall, amp_load *load, amp_column power_mw)
{
    const amp_column credit = value_of(b, &hall->lease.flexible.credit_usd_per_mwh);
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
static void build_flexible(builder *b, const amp_hall *hall, amp_load *load, double firm_share)
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

static void build_lease(builder *b, const amp_hall *hall, amp_load *load)
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
        amp_columns_multiply(&b->columns, value_of(b, penalty), load->it_per_mwh);
    const amp_column price = amp_lease_energy_price(&b->columns, &hall->lease, load);
    add_tier(b, load, slice_mw(b, load, 0.0, firm_share),
             price.value == NULL ? load->penalty_usd_per_mwh
                                 : amp_columns_add(&b->columns, load->penalty_usd_per_mwh, price));
    if (is_flexible)
        build_flexible(b, hall, load, firm_share);
}

/* A load that may be capped: what must run is served whatever is dispatched, the rest by tiers. */
static void build_capped(builder *b, amp_load *load, const amp_capping_input *in, int32_t workload)
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
        add_tier(b, load, tier[k].power_mw, tier[k].value_usd_per_mwh);
}

static void check_worth(builder *b, const amp_load *load, const amp_value *value)
{
    for (uint32_t k = 0; k < load->tier_count; k++)
        amp_problem_check_size(&b->check, value, b->tier[load->first_tier + k].value_usd_per_mwh,
                               "the value of throughput", "USD/MWh");
}

static amp_capping_input capping_of(builder *b, const amp_caps *caps, const amp_load *load)
{
    return (amp_capping_input){.columns = &b->columns,
                               .arena = b->arena,
                               .caps = caps,
                               .load = load,
                               .penalty_usd_per_mwh = amp_column_zero()};
}

static void build_capped_inference(builder *b, const amp_inference *inference, amp_load *load)
{
    amp_columns *c = &b->columns;
    const amp_column penalty = value_of(b, &inference->penalty_usd_per_mwh);
    amp_capping_step *step = AMP_ARENA_NEW(b->arena, amp_capping_step, inference->step_count);
    if (step == NULL) {
        c->ok = false;
        return;
    }
    for (size_t k = 0; k < inference->step_count; k++) {
        const amp_value *value = &inference->step[k].value_usd_per_mwh;
        const amp_column worth = value_of(b, value);
        if (k > 0)
            amp_problem_check_not_rising(&b->check, value, worth,
                                         value_of(b, &inference->step[k - 1].value_usd_per_mwh));
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

static void build_inference(builder *b, const amp_hall *hall, amp_load *load)
{
    const amp_inference *inference = &hall->inference;
    amp_columns *c = &b->columns;
    if (inference->caps.curve.count > 0) {
        build_capped_inference(b, inference, load);
        return;
    }
    const amp_column penalty = value_of(b, &inference->penalty_usd_per_mwh);
    amp_column above = {0};
    double from_share = 0.0;
    load->penalty_usd_per_mwh = amp_columns_multiply(c, penalty, load->it_per_mwh);
    for (size_t k = 0; k < inference->step_count; k++) {
        const amp_inference_step *step = &inference->step[k];
        const amp_column value = value_of(b, &step->value_usd_per_mwh);
        const amp_column worth = amp_columns_add(c, value, penalty);
        if (k > 0)
            amp_problem_check_not_rising(&b->check, &step->value_usd_per_mwh, value, above);
        add_tier(b, load, slice_mw(b, load, from_share, step->share),
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

static void add_job(builder *b, const amp_training_job *job, const amp_load *load,
                    amp_column it_capacity_mw)
{
    amp_job *out = &b->job[b->problem.job_count++];
    *out = (amp_job){.id = job->id,
                     .load = (uint32_t)(load - b->load),
                     .power_mw = constant_of(b, &job->power_mw),
                     .energy_mwh = constant_of(b, &job->energy_mwh),
                     .value_usd_per_mwh = constant_of(b, &job->value_usd_per_mwh),
                     .penalty_usd = money_of(b, &job->penalty_usd, "USD").value[0]};
    set_window(&b->check.portfolio->horizon, job, out);
    const double worth = out->value_usd_per_mwh + out->penalty_usd / out->energy_mwh;
    amp_problem_check_size(&b->check, &job->penalty_usd, amp_columns_constant(&b->columns, worth),
                           "value + penalty / energy", "USD/MWh");
    amp_problem_check_reach(&b->check, &job->energy_mwh, out, it_capacity_mw);
}

/* Each workload is a load of its own. */
static void build_workload(builder *b, size_t i, size_t k)
{
    const amp_hall *hall = &b->site->hall[i];
    const amp_workload *workload = &hall->workload[k];
    amp_columns *c = &b->columns;
    const amp_column pue = pue_of(b, &hall->pue);
    const char *id = amp_arena_format(b->arena, "%s.%s", hall->id, workload->id);
    amp_load *load = next_load(
        b, workload->use == AMP_WORKLOAD_INFERENCE ? AMP_LOAD_INFERENCE : AMP_LOAD_TRAINING, i, id);
    c->ok = c->ok && id != NULL;
    load->it_per_mwh = amp_columns_divide(c, amp_columns_constant(c, 1.0), pue);
    load->demand_mw = amp_columns_multiply(
        c,
        amp_columns_multiply(c, amp_columns_constant(c, amp_workload_full_mw(workload)),
                             availability_of(b, &hall->availability)),
        pue);
    load->capacity_mw = load->demand_mw;
    const amp_capping_step step = {1.0, value_of(b, &workload->value_usd_per_mwh)};
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

static void build_hall(builder *b, size_t i)
{
    const amp_hall *hall = &b->site->hall[i];
    amp_columns *c = &b->columns;
    for (size_t k = 0; k < hall->workload_count; k++)
        build_workload(b, i, k);
    if (hall->workload_count > 0)
        return;
    const amp_column pue = pue_of(b, &hall->pue);
    const amp_column it_power_mw = value_of(b, &hall->it_power_mw);
    const amp_column it_capacity_mw =
        amp_columns_multiply(c, it_power_mw, availability_of(b, &hall->availability));
    const amp_value *wanted = wanted_by(hall);
    amp_load *load = next_load(b, kind_of(hall), i, hall->id);
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

/* ---- months ---- */

static double start_mw(builder *b, const amp_month *month)
{
    const amp_demand_charge *demand = &b->site->supply.demand_charge;
    for (size_t i = 0; i < demand->so_far_count; i++) {
        const amp_peak_so_far *peak = &demand->so_far[i];
        if (peak->year == month->year && peak->month == month->month)
            return constant_of(b, &peak->power_mw);
    }
    return 0.0;
}

/* A series of charges counts for a month with the number of its first interval. */
static void add_peak(builder *b, const amp_month *month, amp_column charge_usd_per_mw)
{
    const amp_horizon *horizon = &b->check.portfolio->horizon;
    const double charge = amp_column_at(charge_usd_per_mw, month->first);
    const double share =
        b->site->supply.demand_charge.prorate ? amp_month_share(month, horizon) : 1.0;
    const char *id = amp_arena_format(b->arena, "%04d%02d", month->year, month->month);
    if (charge <= 0.0)
        return;
    if (id == NULL) {
        b->columns.ok = false;
        return;
    }
    b->peak[b->problem.peak_count++] = (amp_peak){.id = id,
                                                  .first = month->first,
                                                  .end = month->end,
                                                  .charge_usd_per_mw = charge * share,
                                                  .start_mw = start_mw(b, month)};
}

static void add_peaks(builder *b, const amp_month *month, size_t count)
{
    const amp_value *charge = &b->site->supply.demand_charge.charge_usd_per_kw_month;
    amp_columns *c = &b->columns;
    if (!b->site->supply.demand_charge.is_set)
        return;
    const amp_column charge_usd_per_mw = amp_columns_multiply(
        c, money_of(b, charge, "USD/kW/month"), amp_columns_constant(c, kw_per_mw));
    amp_problem_check_size(&b->check, charge, charge_usd_per_mw, "the charge of a month", "USD/MW");
    for (size_t i = 0; i < count; i++)
        add_peak(b, &month[i], charge_usd_per_mw);
}

/* Demand charges of a month, at most. */
static size_t charges_of(const amp_supply *supply)
{
    return supply->demand_charge.is_set ? 1 : supply->tariff.demand_count;
}

static bool needs_months(const builder *b)
{
    return charges_of(&b->site->supply) > 0 || b->problem.job_count > 0 ||
           b->problem.budget_count > 0 || amp_reserve_wants_energy(&b->problem);
}

/* Where the meter averages over several intervals. */
static bool find_metering(builder *b)
{
    const amp_supply *supply = &b->site->supply;
    const amp_horizon *horizon = &b->check.portfolio->horizon;
    int64_t metering_s = supply->demand_charge.metering_s;
    if (supply->tariff.demand_count > 0)
        metering_s = supply->tariff.demand[0].demand.metering_s;
    if (charges_of(supply) == 0 || metering_s <= horizon->step_s)
        return true;
    return amp_metering_find(b->site->time_zone, horizon, metering_s, b->arena,
                             &b->problem.metered_end) == AMP_OK;
}

/* Peaks, and the months by which the coordination splits; neither where nothing couples them. */
static amp_status build_months(builder *b)
{
    const amp_month *month = NULL;
    size_t count = 0;
    if (!needs_months(b))
        return AMP_OK;
    const amp_status status =
        amp_months_find(b->site->time_zone, &b->check.portfolio->horizon, b->arena, &month, &count);
    if (status != AMP_OK)
        return amp_problem_check_no_memory(&b->check);
    size_t *first = AMP_ARENA_NEW(b->arena, size_t, count);
    b->peak = AMP_ARENA_NEW(b->arena, amp_peak, count * charges_of(&b->site->supply));
    if (first == NULL || b->peak == NULL)
        return amp_problem_check_no_memory(&b->check);
    if (!find_metering(b))
        return amp_problem_check_no_memory(&b->check);
    add_peaks(b, month, count);
    if (b->site->supply.tariff.demand_count > 0)
        b->problem.peak_count = amp_tariff_peaks(&b->tariff, month, count, b->peak);
    for (size_t i = 0; i < count; i++)
        first[i] = month[i].first;
    b->problem.peak = b->peak;
    if (b->problem.peak_count + b->problem.job_count + b->problem.budget_count == 0 &&
        !amp_reserve_wants_energy(&b->problem))
        return AMP_OK;
    b->problem.block_first = first;
    b->problem.block_count = count;
    return AMP_OK;
}

/* ---- reserves ---- */

static void build_reserves(builder *b)
{
    const amp_site *site = b->site;
    for (size_t i = 0; i < site->reserve_count; i++) {
        const amp_reserve_product *product = &site->reserve[i];
        b->reserve[i] = (amp_reserve){
            .id = product->id,
            .price_usd_per_mwh = money_of(b, &product->price_usd_per_mw_h, "USD/MW/h"),
            .limit_mw = value_of(b, &product->limit_mw),
            .duration_h = product->duration_h.number,
        };
        b->problem.reserve_from = product->from;
    }
    b->problem.reserve = b->reserve;
    b->problem.reserve_count = site->reserve_count;
}

/* ---- all of it ---- */

static size_t jobs_of(const amp_site *site)
{
    size_t count = 0;
    for (size_t i = 0; i < site->hall_count; i++)
        count += site->hall[i].job_count;
    return count;
}

/* Generators, and two for each lease of which some may be cut. */
static size_t sources_of(const amp_site *site)
{
    size_t count = site->generator_count;
    for (size_t i = 0; i < site->hall_count; i++)
        count += site->hall[i].lease.flexible.is_set ? 2 : 0;
    return count;
}

/* At most: modes that others outdo have none. */
static size_t tiers_of(const amp_site *site)
{
    size_t count = site->fleet_count;
    for (size_t i = 0; i < site->fleet_count; i++)
        count += site->fleet[i].mode_count;
    for (size_t i = 0; i < site->hall_count; i++) {
        const amp_hall *hall = &site->hall[i];
        for (size_t k = 0; k < hall->workload_count; k++)
            count += amp_capping_tiers_most(&hall->workload[k].caps, 1);
        if (hall->inference.caps.curve.count > 0)
            count += amp_capping_tiers_most(&hall->inference.caps, hall->inference.step_count);
        else if (hall->inference.is_set)
            count += hall->inference.step_count;
        else if (hall->lease.penalty_usd_per_mwh.is_set)
            count++;
    }
    return count;
}

/* A hall is one, or one for each workload. */
static size_t loads_of(const amp_site *site)
{
    size_t count = site->fleet_count;
    for (size_t i = 0; i < site->hall_count; i++)
        count += site->hall[i].workload_count > 0 ? site->hall[i].workload_count : 1;
    return count;
}

/* Takes the arrays from the arena. The solver sees a job as a tier. */
static amp_status make_room(builder *b)
{
    const amp_site *site = b->site;
    const size_t tier_count = tiers_of(site);
    const size_t job_count = jobs_of(site);
    const char *what = job_count > 0 ? "tiers of load and jobs" : "tiers of load";
    amp_status status = amp_problem_check_count(&b->check, &site->place, what,
                                                tier_count + job_count, AMP_TIERS_MAX);
    if (status == AMP_OK)
        status = amp_problem_check_count(&b->check, &site->place,
                                         sources_of(site) > site->generator_count
                                             ? "generators and flexible leases"
                                             : "generators",
                                         sources_of(site), AMP_SOURCES_MAX);
    if (status != AMP_OK)
        return status;
    b->load = AMP_ARENA_NEW(b->arena, amp_load, loads_of(site));
    b->tier = AMP_ARENA_NEW(b->arena, amp_tier, tier_count);
    b->restart = AMP_ARENA_NEW(b->arena, amp_restart, site->fleet_count);
    b->source = AMP_ARENA_NEW(b->arena, amp_source, sources_of(site));
    b->job = AMP_ARENA_NEW(b->arena, amp_job, job_count);
    b->reserve = AMP_ARENA_NEW(b->arena, amp_reserve, site->reserve_count);
    if (b->load == NULL || b->tier == NULL || b->source == NULL || b->job == NULL ||
        b->reserve == NULL || b->restart == NULL)
        return amp_problem_check_no_memory(&b->check);
    return AMP_OK;
}

static amp_status build_all(builder *b)
{
    build_grid(b);
    build_supply(b);
    build_storage(b);
    build_sources(b);
    build_reserves(b);
    b->problem.must_mw = amp_column_zero();
    for (size_t i = 0; i < b->site->fleet_count; i++)
        build_fleet(b, i);
    for (size_t i = 0; i < b->site->hall_count; i++)
        build_hall(b, i);
    b->problem.load = b->load;
    b->problem.tier = b->tier;
    b->problem.restart = b->restart;
    b->problem.source = b->source;
    b->problem.job = b->job;
    if (amp_limits_build(b->site, &b->check.portfolio->horizon, &b->columns, b->arena,
                         &b->problem) != AMP_OK ||
        amp_lease_build(b->site, &b->check, &b->columns, b->arena, &b->problem) != AMP_OK)
        return amp_problem_check_no_memory(&b->check);
    return build_months(b);
}

amp_status amp_site_problem_build(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  amp_arena *arena, amp_diagnostics *diagnostics,
                                  amp_site_problem *out)
{
    assert(site < portfolio->site_count);
    const amp_horizon *horizon = &portfolio->horizon;
    builder b = {
        .check = {.portfolio = portfolio, .diagnostics = diagnostics, .status = AMP_OK},
        .site = &portfolio->site[site],
        .columns = {.market = market, .count = horizon->interval_count, .ok = true},
        .arena = arena,
        .problem = {.site_id = portfolio->site[site].id,
                    .interval_count = horizon->interval_count,
                    .interval_h = horizon->interval_h,
                    .from_unix_s = horizon->from_unix_s,
                    .step_s = horizon->step_s},
    };
    b.tariff = (amp_tariff_build){.site = b.site,
                                  .check = &b.check,
                                  .columns = &b.columns,
                                  .arena = arena,
                                  .problem = &b.problem};
    amp_status status = make_room(&b);
    if (status == AMP_OK)
        status = build_all(&b);
    if (status != AMP_OK)
        return status;
    if (!b.columns.ok)
        return amp_problem_check_no_memory(&b.check);
    amp_problem_check_export_price(&b.check, &b.site->supply.export_price_usd_per_mwh, &b.problem);
    if (b.check.status != AMP_OK)
        return b.check.status;
    *out = b.problem;
    return AMP_OK;
}

amp_status amp_site_problems_build(const amp_portfolio *portfolio, amp_market *market,
                                   amp_arena *arena, amp_diagnostics *diagnostics,
                                   amp_site_problem **out)
{
    amp_problem_check check = {
        .portfolio = portfolio, .diagnostics = diagnostics, .status = AMP_OK};
    amp_site_problem *problem = AMP_ARENA_NEW(arena, amp_site_problem, portfolio->site_count);
    if (problem == NULL)
        return amp_problem_check_no_memory(&check);
    amp_status status = AMP_OK;
    for (size_t i = 0; i < portfolio->site_count; i++) {
        const amp_status one =
            amp_site_problem_build(portfolio, i, market, arena, diagnostics, &problem[i]);
        if (status == AMP_OK)
            status = one;
    }
    if (status == AMP_OK)
        *out = problem;
    return status;
}
