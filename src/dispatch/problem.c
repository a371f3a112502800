/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/problem_parts.h"

#include "dispatch/capping.h"
#include "dispatch/lease.h"
#include "dispatch/limits.h"
#include "dispatch/months.h"
#include "dispatch/reserve.h"

#include <assert.h>
#include <math.h>

static const double kw_per_mw = 1e3;

/* ---- the connection and its prices ---- */

amp_column amp_builder_money(amp_builder *b, const amp_value *value, const char *unit)
{
    const amp_column column = amp_columns_value(&b->columns, value, NULL);
    amp_problem_check_size(&b->check, value, column, "in USD it", unit);
    return column;
}

amp_column amp_builder_value(amp_builder *b, const amp_value *value)
{
    if (value->unit.currency[0] != '\0')
        return amp_builder_money(b, value, "USD/MWh");
    return amp_columns_value(&b->columns, value, NULL);
}

amp_column amp_builder_availability(amp_builder *b, const amp_availability *availability)
{
    return amp_columns_availability(&b->columns, availability);
}

/* The tighter of @p limit (NULL: none) and what is energised, times availability. */
static amp_column connection_mw(amp_builder *b, const amp_value *limit)
{
    const amp_grid *grid = &b->site->grid;
    const amp_column availability = amp_builder_availability(b, &grid->availability);
    amp_column power_mw = amp_column_zero();
    if (grid->energised_mw.count > 0)
        power_mw = amp_columns_steps_at_most(&b->columns, &grid->energised_mw, 0.0, limit);
    else if (limit != NULL)
        power_mw = amp_builder_value(b, limit);
    return amp_columns_multiply(&b->columns, power_mw, availability);
}

static void build_grid(amp_builder *b)
{
    const amp_grid *grid = &b->site->grid;
    const amp_value *import = grid->import_limit_mw.is_set ? &grid->import_limit_mw : NULL;
    b->problem.import_limit_mw = connection_mw(b, import);
    b->problem.export_limit_mw = connection_mw(b, &grid->export_limit_mw);
}

/* Agreements without resale: what they cover of the import, which pays the adder alone. */
static amp_column covered_mw(amp_builder *b)
{
    const amp_supply *supply = &b->site->supply;
    amp_column sum_mw = amp_column_zero();
    for (size_t i = 0; i < supply->block_count; i++) {
        const amp_column power_mw = amp_builder_value(b, &supply->block[i].power_mw);
        if (!supply->block[i].resale)
            sum_mw = amp_columns_add(&b->columns, sum_mw, power_mw);
    }
    if (amp_column_is(sum_mw, 0.0))
        return sum_mw;
    return amp_columns_min(&b->columns, sum_mw, b->problem.import_limit_mw);
}

/* What coincident peaks are expected to charge for a MWh; value NULL where they charge nothing. A
 * MW through all peaks of a year, peaks x h hours, costs the charge of a year. */
static amp_column coincident_price(amp_builder *b)
{
    const amp_coincident_peak *peak = &b->site->supply.coincident_peak;
    amp_columns *c = &b->columns;
    if (!peak->is_set)
        return (amp_column){.value = NULL};
    const amp_column charge = amp_builder_money(b, &peak->charge_usd_per_kw_year, "USD/kW/year");
    const amp_column probability = amp_builder_value(b, &peak->probability);
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
static void build_import_prices(amp_builder *b)
{
    const amp_supply *supply = &b->site->supply;
    const amp_column energy = amp_builder_value(b, &supply->energy_price_usd_per_mwh);
    amp_column adder = amp_builder_value(b, &supply->adder_usd_per_mwh);
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

static void build_supply(amp_builder *b)
{
    const amp_supply *supply = &b->site->supply;
    build_import_prices(b);
    b->problem.block_mw = covered_mw(b);
    b->problem.export_price_usd_per_mwh = amp_builder_value(b, &supply->export_price_usd_per_mwh);
}

/* ---- the battery and the generators ---- */

double amp_builder_constant(amp_builder *b, const amp_value *value)
{
    return amp_builder_value(b, value).value[0];
}

static void build_storage(amp_builder *b)
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
    const amp_column availability = amp_builder_availability(b, &battery->availability);
    const amp_column charge_mw = amp_builder_value(b, &battery->charge_power_mw);
    const amp_column discharge_mw = amp_builder_value(b, &battery->discharge_power_mw);
    const double energy_mwh = amp_builder_constant(b, &battery->energy_mwh);
    const double kept_per_day = 1.0 - amp_builder_constant(b, &battery->self_discharge_per_day);
    storage->is_present = true;
    storage->charge_limit_mw = amp_columns_multiply(&b->columns, charge_mw, availability);
    storage->discharge_limit_mw = amp_columns_multiply(&b->columns, discharge_mw, availability);
    storage->charge_efficiency = amp_builder_constant(b, &battery->charge_efficiency);
    storage->discharge_efficiency = amp_builder_constant(b, &battery->discharge_efficiency);
    storage->minimum_mwh = amp_builder_constant(b, &battery->minimum_soc) * energy_mwh;
    storage->maximum_mwh = amp_builder_constant(b, &battery->maximum_soc) * energy_mwh;
    storage->initial_mwh = amp_builder_constant(b, &battery->initial_soc) * energy_mwh;
    storage->final = battery->final;
    if (battery->final == AMP_FINAL_FREE)
        storage->terminal_value_usd_per_mwh =
            amp_builder_constant(b, &battery->terminal_value_usd_per_mwh);
    else
        storage->final_mwh = amp_builder_constant(b, &battery->final_soc) * energy_mwh;
    storage->wear_usd_per_mwh = amp_builder_constant(b, &battery->wear_usd_per_mwh);
    storage->retention = pow(kept_per_day, b->problem.interval_h / 24.0);
}

static void build_sources(amp_builder *b)
{
    for (size_t i = 0; i < b->site->generator_count; i++) {
        const amp_generator *generator = &b->site->generator[i];
        const amp_column power_mw = amp_builder_value(b, &generator->power_mw);
        const amp_column availability = amp_builder_availability(b, &generator->availability);
        b->source[b->problem.source_count++] = (amp_source){
            .asset = (uint32_t)i,
            .id = generator->id,
            .power_mw = amp_columns_multiply(&b->columns, power_mw, availability),
            .cost_usd_per_mwh = amp_builder_value(b, &generator->cost_usd_per_mwh),
        };
    }
}

/* ---- loads ---- */

amp_load *amp_builder_next_load(amp_builder *b, amp_load_kind kind, size_t asset, const char *id)
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

void amp_builder_add_tier(amp_builder *b, amp_load *load, amp_column power_mw,
                          amp_column value_usd_per_mwh)
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

/* ---- months ---- */

static double start_mw(amp_builder *b, const amp_month *month)
{
    const amp_demand_charge *demand = &b->site->supply.demand_charge;
    for (size_t i = 0; i < demand->so_far_count; i++) {
        const amp_peak_so_far *peak = &demand->so_far[i];
        if (peak->year == month->year && peak->month == month->month)
            return amp_builder_constant(b, &peak->power_mw);
    }
    return 0.0;
}

/* A series of charges counts for a month with the number of its first interval. */
static void add_peak(amp_builder *b, const amp_month *month, amp_column charge_usd_per_mw)
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

static void add_peaks(amp_builder *b, const amp_month *month, size_t count)
{
    const amp_value *charge = &b->site->supply.demand_charge.charge_usd_per_kw_month;
    amp_columns *c = &b->columns;
    if (!b->site->supply.demand_charge.is_set)
        return;
    const amp_column charge_usd_per_mw = amp_columns_multiply(
        c, amp_builder_money(b, charge, "USD/kW/month"), amp_columns_constant(c, kw_per_mw));
    amp_problem_check_size(&b->check, charge, charge_usd_per_mw, "the charge of a month", "USD/MW");
    for (size_t i = 0; i < count; i++)
        add_peak(b, &month[i], charge_usd_per_mw);
}

/* Demand charges of a month, at most. */
static size_t charges_of(const amp_supply *supply)
{
    return supply->demand_charge.is_set ? 1 : supply->tariff.demand_count;
}

static bool needs_months(const amp_builder *b)
{
    return charges_of(&b->site->supply) > 0 || b->problem.job_count > 0 ||
           b->problem.budget_count > 0 || amp_reserve_wants_energy(&b->problem);
}

/* Where the meter averages over several intervals. */
static bool find_metering(amp_builder *b)
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
static amp_status build_months(amp_builder *b)
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

static void build_reserves(amp_builder *b)
{
    const amp_site *site = b->site;
    for (size_t i = 0; i < site->reserve_count; i++) {
        const amp_reserve_product *product = &site->reserve[i];
        b->reserve[i] = (amp_reserve){
            .id = product->id,
            .price_usd_per_mwh = amp_builder_money(b, &product->price_usd_per_mw_h, "USD/MW/h"),
            .limit_mw = amp_builder_value(b, &product->limit_mw),
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
static amp_status make_room(amp_builder *b)
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

static amp_status build_all(amp_builder *b)
{
    build_grid(b);
    build_supply(b);
    build_storage(b);
    build_sources(b);
    build_reserves(b);
    b->problem.must_mw = amp_column_zero();
    for (size_t i = 0; i < b->site->fleet_count; i++)
        amp_builder_fleet(b, i);
    for (size_t i = 0; i < b->site->hall_count; i++)
        amp_builder_hall(b, i);
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
    amp_builder b = {
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
