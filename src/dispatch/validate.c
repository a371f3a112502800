/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/validate.h"

#include "base/time.h"
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdlib.h>

/* ---- findings ---- */

typedef enum { BALANCE_MW, LIMIT_MW, SOC_MWH, JOB_MWH, BUDGET_UNITS, MODES_MW } measure;

static measure measure_of(amp_validate_kind kind)
{
    static const measure by_kind[] = {
#define X(name, measure, text) measure,
        AMP_VALIDATE_LIST(X)
#undef X
    };
    return by_kind[kind];
}

static double tolerance_of(const amp_validation *v, amp_validate_kind kind)
{
    switch (measure_of(kind)) {
    case BALANCE_MW:
    case LIMIT_MW:
        return v->tolerance_mw;
    case SOC_MWH:
        return v->tolerance_mwh;
    case JOB_MWH:
        return v->tolerance_job_mwh;
    case BUDGET_UNITS: /* has a tolerance of its own */
    case MODES_MW:
        break;
    }
    return 0.0;
}

void amp_validate_note(amp_validation *v, amp_validate_kind kind, size_t t, double size,
                       const char *name)
{
    amp_validate_finding *finding = &v->finding[kind];
    const double off = isnan(size) ? (double)INFINITY : size;
    if (off <= tolerance_of(v, kind))
        return;
    if (finding->count == 0 || t < finding->first) {
        finding->first = t;
        finding->first_size = off;
        finding->name = name;
    }
    finding->count++;
    finding->worst = fmax(finding->worst, off);
}

/* 0 <= power <= limit in every interval. */
void amp_validate_powers(amp_validation *v, amp_validate_kind kind, const double *power_mw,
                         const double *limit_mw, const char *name)
{
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, kind, t, power_mw[t] - limit_mw[t], name);
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -power_mw[t], name);
    }
}

double amp_validate_earn(amp_validation *v, double usd)
{
    v->flow_usd += fabs(usd);
    return usd;
}

double amp_validate_deliver(amp_validation *v, double mwh)
{
    v->flow_mwh += fabs(mwh);
    return mwh;
}

/* ---- limits of each asset, from the file ---- */

double amp_validate_constant(amp_validation *v, const amp_value *value)
{
    return *amp_validate_column(v, value).value;
}

void amp_validate_power_limits(amp_validation *v, const amp_value *value,
                               const amp_availability *availability, double *limit_mw)
{
    const amp_column number = amp_validate_column(v, value);
    const amp_column share = amp_validate_availability(v, availability);
    for (size_t t = 0; t < v->count; t++)
        limit_mw[t] = amp_column_at(number, t) * amp_column_at(share, t);
}

/* The tighter of @p limit (NULL: none) and what is energised, times availability. */
static void connection_limits(amp_validation *v, const amp_value *limit, double *limit_mw)
{
    const amp_grid *grid = &v->site->grid;
    const amp_column share = amp_validate_availability(v, &grid->availability);
    amp_column power_mw = {.value = NULL};
    if (grid->energised_mw.count > 0) {
        power_mw = amp_market_steps_at_most(v->market, &grid->energised_mw, 0.0, limit);
        if (power_mw.value == NULL)
            v->status = AMP_NOMEM;
    } else if (limit != NULL) {
        power_mw = amp_validate_column(v, limit);
    }
    for (size_t t = 0; t < v->count; t++)
        limit_mw[t] =
            power_mw.value == NULL ? 0.0 : amp_column_at(power_mw, t) * amp_column_at(share, t);
}

static void import_limits(amp_validation *v, double *limit_mw)
{
    const amp_value *limit = &v->site->grid.import_limit_mw;
    connection_limits(v, limit->is_set ? limit : NULL, limit_mw);
}

static void export_limits(amp_validation *v, double *limit_mw)
{
    connection_limits(v, &v->site->grid.export_limit_mw, limit_mw);
}

/* The largest power that anything on the site can have: what the tolerance is a share of. */
static double largest(const double *limit_mw, size_t count, double so_far_mw)
{
    for (size_t t = 0; t < count; t++)
        so_far_mw = fmax(so_far_mw, limit_mw[t]);
    return so_far_mw;
}

static double largest_mwh(const amp_validation *v)
{
    return v->site->battery.is_set ? v->site->battery.energy_mwh.number : 0.0;
}

static double largest_job_mwh(amp_validation *v)
{
    double most_mwh = 0.0;
    for (size_t i = 0; i < v->site->hall_count; i++)
        for (size_t k = 0; k < v->site->hall[i].job_count; k++)
            most_mwh =
                fmax(most_mwh, amp_validate_constant(v, &v->site->hall[i].job[k].energy_mwh));
    return most_mwh;
}

static double largest_mw(amp_validation *v)
{
    const amp_site *site = v->site;
    const amp_battery *battery = &site->battery;
    double most_mw = 0.0;
    import_limits(v, v->limit_mw);
    most_mw = largest(v->limit_mw, v->count, most_mw);
    export_limits(v, v->limit_mw);
    most_mw = largest(v->limit_mw, v->count, most_mw);
    for (size_t i = 0; i < site->generator_count; i++) {
        amp_validate_power_limits(v, &site->generator[i].power_mw, &site->generator[i].availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    for (size_t i = 0; i < site->fleet_count; i++) {
        amp_validate_fleet_limits(v, &site->fleet[i], v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    for (size_t i = 0; i < site->hall_count; i++) {
        amp_validate_power_limits(v, &site->hall[i].it_power_mw, &site->hall[i].availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    if (battery->is_set) {
        amp_validate_power_limits(v, &battery->charge_power_mw, &battery->availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
        amp_validate_power_limits(v, &battery->discharge_power_mw, &battery->availability,
                                  v->limit_mw);
        most_mw = largest(v->limit_mw, v->count, most_mw);
    }
    return most_mw;
}

/* ---- the connection ---- */

static void check_import(amp_validation *v)
{
    const amp_supply *supply = &v->site->supply;
    const double *import_mw = v->schedule->import_mw;
    const double *block_mw = v->schedule->block_mw;
    const amp_column energy = amp_validate_column(v, &supply->energy_price_usd_per_mwh);
    const amp_column adder = amp_validate_column(v, &supply->adder_usd_per_mwh);
    amp_calendar *calendar = amp_validate_tariff_open(v);
    import_limits(v, v->limit_mw);
    amp_validate_powers(v, AMP_VALIDATE_IMPORT, import_mw, v->limit_mw, "import");
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, AMP_VALIDATE_BLOCK_IMPORT, t, block_mw[t] - import_mw[t], "block");
        /* Energy under an agreement is paid already; the adder is due on all of it. */
        const double bought_mwh = (import_mw[t] - block_mw[t]) * v->interval_h;
        const double mwh = amp_validate_deliver(v, import_mw[t] * v->interval_h);
        v->surplus_mw[t] += import_mw[t];
        v->anew.energy_mwh.import += mwh;
        v->anew.peak_import_mw = fmax(v->anew.peak_import_mw, import_mw[t]);
        const double added = amp_column_at(adder, t) + amp_validate_tariff_price(v, calendar, t);
        v->anew.cost_usd.energy += amp_validate_earn(v, bought_mwh * amp_column_at(energy, t)) +
                                   amp_validate_earn(v, mwh * added);
    }
    amp_calendar_close(calendar);
}

static void check_blocks(amp_validation *v)
{
    const amp_supply *supply = &v->site->supply;
    for (size_t t = 0; t < v->count; t++)
        v->limit_mw[t] = 0.0;
    for (size_t i = 0; i < supply->block_count; i++) {
        const amp_column power_mw = amp_validate_column(v, &supply->block[i].power_mw);
        for (size_t t = 0; t < v->count && !supply->block[i].resale; t++)
            v->limit_mw[t] += amp_column_at(power_mw, t);
    }
    amp_validate_powers(v, AMP_VALIDATE_BLOCK, v->schedule->block_mw, v->limit_mw, "block");
}

static void check_export(amp_validation *v)
{
    const double *export_mw = v->schedule->export_mw;
    const amp_column price = amp_validate_column(v, &v->site->supply.export_price_usd_per_mwh);
    export_limits(v, v->limit_mw);
    amp_validate_powers(v, AMP_VALIDATE_EXPORT, export_mw, v->limit_mw, "export");
    for (size_t t = 0; t < v->count; t++) {
        const double mwh = amp_validate_deliver(v, export_mw[t] * v->interval_h);
        v->surplus_mw[t] -= export_mw[t];
        v->anew.energy_mwh.export += mwh;
        v->anew.revenue_usd.export += amp_validate_earn(v, mwh * amp_column_at(price, t));
        amp_validate_note(v, AMP_VALIDATE_GRID_MODES, t,
                          fmin(export_mw[t], v->schedule->import_mw[t]), "the connection");
    }
}

/* ---- generators ---- */

static void check_source(amp_validation *v, size_t i)
{
    if (v->order->source[i].kind != AMP_SOURCE_GENERATOR)
        return; /* load that is not served: its hall has it */
    const amp_generator *generator = &v->site->generator[v->order->source[i].asset];
    const double *source_mw = v->schedule->source_mw[i];
    const amp_column cost = amp_validate_column(v, &generator->cost_usd_per_mwh);
    amp_validate_power_limits(v, &generator->power_mw, &generator->availability, v->limit_mw);
    amp_validate_powers(v, AMP_VALIDATE_SOURCE, source_mw, v->limit_mw, generator->id);
    for (size_t t = 0; t < v->count; t++) {
        const double mwh = amp_validate_deliver(v, source_mw[t] * v->interval_h);
        const double usd_per_mwh = amp_column_at(cost, t);
        v->surplus_mw[t] += source_mw[t];
        v->anew.energy_mwh.generation += mwh;
        v->anew.cost_usd.generation += amp_validate_earn(v, mwh * usd_per_mwh);
        if (!(fabs(usd_per_mwh) > 0.0))
            v->anew.curtailed_mwh += fmax(0.0, v->limit_mw[t] * v->interval_h - mwh);
    }
}

/* ---- all of it ---- */

static void check_prices(amp_validation *v)
{
    const double *price = v->schedule->internal_price_usd_per_mwh;
    double sum = 0.0;
    v->anew.price_max_usd_per_mwh = price[0];
    for (size_t t = 0; t < v->count; t++) {
        sum += price[t];
        v->anew.price_max_usd_per_mwh = fmax(v->anew.price_max_usd_per_mwh, price[t]);
    }
    v->anew.price_mean_usd_per_mwh = sum / (double)v->count;
}

static void check_all(amp_validation *v)
{
    v->tolerance_mw = 1e-7 * largest_mw(v);
    v->tolerance_mwh = 1e-6 + 1e-9 * largest_mwh(v);
    v->tolerance_job_mwh = 1e-6 + 1e-9 * largest_job_mwh(v);
    check_import(v);
    check_blocks(v);
    check_export(v);
    for (size_t i = 0; i < v->order->source_count; i++)
        check_source(v, i);
    for (size_t i = 0; i < v->order->load_count; i++)
        amp_validate_load(v, i);
    amp_validate_battery(v);
    for (size_t t = 0; t < v->count; t++)
        amp_validate_note(v, AMP_VALIDATE_BALANCE, t, fabs(v->surplus_mw[t]), "the bus");
    check_prices(v);
    amp_validate_budgets(v);
    amp_validate_reserves(v);
    amp_validate_demand_charge(v);
    amp_validate_coincident_peak(v);
    amp_validate_tariff(v);
    amp_validate_fixed(v);
    amp_validate_leases(v);
}

static const char *unit_of(measure what)
{
    switch (what) {
    case BALANCE_MW:
    case LIMIT_MW:
    case MODES_MW:
        return " MW";
    case SOC_MWH:
    case JOB_MWH:
        return " MWh";
    case BUDGET_UNITS: /* the budget's own, which has no name here */
        break;
    }
    return "";
}

static void report(const amp_validation *v, amp_validate_kind kind, amp_diagnostics *diagnostics)
{
    static const char *const text[] = {
#define X(name, measure, text) text,
        AMP_VALIDATE_LIST(X)
#undef X
    };
    const amp_validate_finding *found = &v->finding[kind];
    const amp_finding finding = {.code = AMP_CODE_SCHEDULE_INVALID, .place = v->site->place};
    const char *unit = unit_of(measure_of(kind));
    const char *mark = text[kind];
    size_t before = 0;
    char start[AMP_TIME_TEXT_BYTES];
    const amp_horizon *horizon = &v->portfolio->horizon;
    (void)amp_time_format(horizon->from_unix_s + (int64_t)found->first * horizon->step_s, start);
    while (mark[before] != '%')
        before++;
    (void)amp_report(diagnostics, &finding,
                     "site '%s': %.*s%s%s by %.6g%s at %s; cases: %zu, at worst %.6g%s",
                     v->site->id, (int)before, mark, found->name, mark + before + 2,
                     found->first_size, unit, start, found->count, found->worst, unit);
}

/* Reports all kinds and fills @p worst. */
static bool report_all(const amp_validation *v, amp_diagnostics *diagnostics, amp_violation *worst)
{
    bool is_valid = true;
    for (size_t i = 0; i < AMP_VALIDATE_KINDS; i++) {
        const amp_validate_kind kind = (amp_validate_kind)i;
        const amp_validate_finding *found = &v->finding[kind];
        if (found->count == 0)
            continue;
        is_valid = false;
        report(v, kind, diagnostics);
        switch (measure_of(kind)) {
        case BALANCE_MW:
            worst->balance_mw = found->worst;
            break;
        case LIMIT_MW:
            worst->limit_mw = fmax(worst->limit_mw, found->worst);
            break;
        case SOC_MWH:
            worst->soc_mwh = fmax(worst->soc_mwh, found->worst);
            break;
        case JOB_MWH:
            worst->job_mwh = found->worst;
            break;
        case BUDGET_UNITS:
            worst->budget = found->worst;
            break;
        case MODES_MW:
            worst->both_modes += found->count;
            break;
        }
    }
    return is_valid;
}

static amp_status out_of_memory(amp_diagnostics *diagnostics, const amp_site *site)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY, .place = site->place};
    return amp_report(diagnostics, &finding, "no memory to check the schedule of site '%s'",
                      site->id);
}

amp_status amp_schedule_validate(const amp_settled_schedule *settled, amp_diagnostics *diagnostics,
                                 amp_violation *out)
{
    const size_t count = settled->schedule->interval_count;
    amp_validation v = {.portfolio = settled->portfolio,
                        .site = &settled->portfolio->site[settled->site],
                        .market = settled->market,
                        .order = settled->order,
                        .schedule = settled->schedule,
                        .count = count,
                        .interval_h = settled->portfolio->horizon.interval_h,
                        .status = AMP_OK,
                        .surplus_mw = calloc(count, sizeof *v.surplus_mw),
                        .limit_mw = calloc(count, sizeof *v.limit_mw),
                        .other_mw = calloc(count, sizeof *v.other_mw),
                        .firm_mw = calloc(count, sizeof *v.firm_mw)};
    amp_violation worst = {.balance_mw = 0.0};
    bool differs = false;
    amp_status status = AMP_NOMEM;
    if (v.surplus_mw != NULL && v.limit_mw != NULL && v.other_mw != NULL && v.firm_mw != NULL) {
        check_all(&v);
        status = v.status;
    }
    if (status == AMP_OK) {
        const bool is_valid = report_all(&v, diagnostics, &worst);
        worst.money_usd = amp_validate_accounts(&v, settled->accounts, diagnostics, &differs);
        amp_validate_lease_lines(&v, diagnostics, &differs);
        status = is_valid && !differs ? AMP_OK : AMP_INTERNAL;
        if (out != NULL)
            *out = worst;
    } else {
        status = out_of_memory(diagnostics, v.site);
    }
    free(v.surplus_mw);
    free(v.limit_mw);
    free(v.other_mw);
    free(v.firm_mw);
    free(v.lease_line);
    return status;
}
