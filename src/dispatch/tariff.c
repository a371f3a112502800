/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/tariff.h"

#include "base/calendar.h"

#include <math.h>

static const double kw_per_mw = 1e3;

/* ---- windows ---- */

static bool is_always(const amp_tariff_window *window)
{
    const uint32_t months = window->months & AMP_MONTH_BITS;
    return (months == 0 || months == AMP_MONTH_BITS) && window->days == AMP_DAYS_ALL &&
           window->hours_count == 0;
}

static void fill_local(const amp_horizon *horizon, amp_calendar *calendar, amp_local_time *local)
{
    for (size_t t = 0; t < horizon->interval_count; t++) {
        const int64_t unix_s = horizon->from_unix_s + (int64_t)t * horizon->step_s;
        const amp_civil at = amp_calendar_civil(calendar, unix_s);
        local[t] = (amp_local_time){.month = (uint8_t)at.month,
                                    .weekday = (uint8_t)at.weekday,
                                    .second = (at.hour * 60 + at.minute) * 60 + at.second};
    }
}

/* False, and columns->ok too, when there is no memory. */
static bool find_local(amp_tariff_build *b)
{
    const amp_horizon *horizon = &b->check->portfolio->horizon;
    amp_calendar *calendar = NULL;
    if (b->local != NULL)
        return true;
    amp_local_time *local = AMP_ARENA_NEW(b->arena, amp_local_time, horizon->interval_count);
    if (local == NULL || amp_calendar_open(b->site->time_zone, &calendar, NULL) != AMP_OK) {
        b->columns->ok = false;
        return false;
    }
    fill_local(horizon, calendar, local);
    amp_calendar_close(calendar);
    b->local = local;
    return true;
}

static bool holds_month(const amp_tariff_window *window, int month)
{
    return window->months == 0 || (window->months >> (unsigned)(month - 1) & 1U) != 0;
}

static bool holds_day(const amp_tariff_window *window, int weekday)
{
    enum { SATURDAY = 5 };
    switch (window->days) {
    case AMP_DAYS_WEEKDAYS:
        return weekday < SATURDAY;
    case AMP_DAYS_WEEKENDS:
        return weekday >= SATURDAY;
    case AMP_DAYS_ALL:
        break;
    }
    return true;
}

static bool holds_hour(const amp_tariff_window *window, int32_t second)
{
    for (size_t i = 0; i < window->hours_count; i++) {
        if (second >= window->hours[i].from_s && second < window->hours[i].to_s)
            return true;
    }
    return window->hours_count == 0;
}

/* Whatever the month. */
static bool holds_clock(const amp_tariff_window *window, const amp_local_time *local)
{
    return holds_day(window, local->weekday) && holds_hour(window, local->second);
}

static bool holds(const amp_tariff_window *window, const amp_local_time *local)
{
    return holds_month(window, local->month) && holds_clock(window, local);
}

/* 1 in the intervals of the window; value NULL where it holds always, and without memory. */
static amp_column mask_of(amp_tariff_build *b, const amp_tariff_window *window)
{
    const amp_column all = {.value = NULL};
    if (is_always(window) || !find_local(b))
        return all;
    double *mask = amp_columns_room(b->columns, 1);
    if (mask == NULL)
        return all;
    for (size_t t = 0; t < b->columns->count; t++)
        mask[t] = holds(window, &b->local[t]) ? 1.0 : 0.0;
    return (amp_column){.value = mask, .stride = 1};
}

/* ---- parts of the bill ---- */

static amp_column money_of(amp_tariff_build *b, const amp_value *value, const char *unit)
{
    const amp_column column = amp_columns_value(b->columns, value, NULL);
    amp_problem_check_size(b->check, value, column, "in USD it", unit);
    return column;
}

/* The rate that a line is printed with; NAN where it varies. */
static double rate_of(amp_column column)
{
    return column.stride == 0 ? column.value[0] : (double)NAN;
}

static void add_part(amp_tariff_build *b, amp_bill_part part)
{
    b->part[b->problem->bill_part_count++] = part;
}

static amp_column add_columns(amp_tariff_build *b, amp_column sum, amp_column more)
{
    return sum.value == NULL ? more : amp_columns_add(b->columns, sum, more);
}

static void add_energy(amp_tariff_build *b, const amp_tariff_energy *energy, amp_column *adder)
{
    const amp_column price = money_of(b, &energy->price_usd_per_mwh, "USD/MWh");
    const amp_column mask = mask_of(b, &energy->window);
    const amp_column due =
        mask.value == NULL ? price : amp_columns_multiply(b->columns, price, mask);
    add_part(b, (amp_bill_part){.id = energy->id,
                                .due = AMP_DUE_IMPORT,
                                .usd_per_mwh = due,
                                .weight = mask,
                                .rate_usd = rate_of(price),
                                .unit = "MWh"});
    *adder = amp_columns_add(b->columns, *adder, due);
}

/* ---- taxes ---- */

static void add_tax(amp_tariff_build *b, const amp_tariff_tax *tax, amp_column *adder)
{
    const amp_column rate = money_of(b, &tax->rate_usd_per_mwh, "USD/MWh");
    add_part(b, (amp_bill_part){.id = tax->id,
                                .due = tax->use == AMP_TAXED_ALL ? AMP_DUE_IMPORT : AMP_DUE_LOADS,
                                .use = tax->use,
                                .usd_per_mwh = rate,
                                .rate_usd = rate_of(rate),
                                .unit = "MWh"});
    if (tax->use == AMP_TAXED_ALL)
        *adder = amp_columns_add(b->columns, *adder, rate);
    else
        b->tax_usd_per_mwh[tax->use] = add_columns(b, b->tax_usd_per_mwh[tax->use], rate);
}

amp_column amp_tariff_tax_of(const amp_tariff_build *build, amp_load_kind kind)
{
    return build->tax_usd_per_mwh[kind == AMP_LOAD_MINING ? AMP_TAXED_MINING : AMP_TAXED_COMPUTE];
}

/* ---- coincident peaks ---- */

/* Adds the part of each interval that [start, start + length) covers, as kW in a peak for a MWh. */
static void add_known(const amp_horizon *horizon, int64_t start_s, int64_t length_s,
                      double kw_per_peak, double *weight)
{
    const int64_t from_s = start_s - horizon->from_unix_s;
    const int64_t to_s = from_s + length_s;
    const int64_t count = (int64_t)horizon->interval_count;
    if (to_s <= 0)
        return;
    for (int64_t t = from_s > 0 ? from_s / horizon->step_s : 0; t < count; t++) {
        const int64_t begin_s = t * horizon->step_s > from_s ? t * horizon->step_s : from_s;
        const int64_t next_s = (t + 1) * horizon->step_s;
        const int64_t end_s = next_s < to_s ? next_s : to_s;
        if (end_s <= begin_s)
            return;
        /* Mean import of the peak: energy in it over its length; each interval holds
         * overlap / step of its energy there. */
        weight[t] += kw_per_peak * ((double)(end_s - begin_s) / (double)horizon->step_s) /
                     ((double)length_s / AMP_SECONDS_PER_HOUR);
    }
}

/* kW in peaks of a MWh, in each interval. */
static amp_column peak_weight(amp_tariff_build *b, const amp_tariff_coincident *coincident)
{
    const amp_horizon *horizon = &b->check->portfolio->horizon;
    const double kw_per_peak = kw_per_mw / (double)coincident->peaks;
    amp_columns *c = b->columns;
    if (coincident->instant_count == 0)
        return amp_columns_multiply(c, amp_columns_value(c, &coincident->probability, NULL),
                                    amp_columns_constant(c, kw_per_peak / horizon->interval_h));
    double *weight = amp_columns_room(c, 1);
    if (weight == NULL)
        return amp_column_zero();
    for (size_t t = 0; t < c->count; t++)
        weight[t] = 0.0;
    for (size_t i = 0; i < coincident->instant_count; i++)
        add_known(horizon, coincident->instant_unix_s[i], coincident->interval_s, kw_per_peak,
                  weight);
    return (amp_column){.value = weight, .stride = 1};
}

static void add_coincident(amp_tariff_build *b, const amp_tariff_coincident *coincident,
                           amp_column *sum)
{
    const amp_column charge = money_of(b, &coincident->charge_usd_per_kw_year, "USD/kW/year");
    const amp_column weight = peak_weight(b, coincident);
    const amp_column due = amp_columns_multiply(b->columns, charge, weight);
    amp_problem_check_size(b->check, &coincident->charge_usd_per_kw_year, due,
                           "what an interval is charged", "USD/MWh");
    add_part(b, (amp_bill_part){.id = coincident->id,
                                .due = AMP_DUE_COINCIDENT,
                                .usd_per_mwh = due,
                                .weight = weight,
                                .rate_usd = rate_of(charge),
                                .unit = "kW"});
    *sum = add_columns(b, *sum, due);
}

/* ---- what is due whatever is dispatched ---- */

/* Part of the local time [start, end) that the horizon holds. */
static double share_within(const amp_horizon *horizon, int64_t start_s, int64_t end_s)
{
    const int64_t from_s = start_s > horizon->from_unix_s ? start_s : horizon->from_unix_s;
    const int64_t to_s = end_s < horizon->to_unix_s ? end_s : horizon->to_unix_s;
    return (double)(to_s - from_s) / (double)(end_s - start_s);
}

/* Local months or days of @p fixed that the horizon holds, parts as their share. */
static double periods_within(amp_tariff_build *b, const amp_tariff_fixed *fixed,
                             int64_t (*start_of)(amp_calendar *, int64_t, int))
{
    const amp_horizon *horizon = &b->check->portfolio->horizon;
    const amp_tariff_window window = {.months = fixed->months};
    amp_calendar *calendar = NULL;
    double sum = 0.0;
    if (amp_calendar_open(b->site->time_zone, &calendar, NULL) != AMP_OK) {
        b->columns->ok = false;
        return 0.0;
    }
    int64_t start_s = start_of(calendar, horizon->from_unix_s, 0);
    while (start_s < horizon->to_unix_s) {
        const int64_t end_s = start_of(calendar, start_s, 1);
        if (holds_month(&window, amp_calendar_civil(calendar, start_s).month))
            sum += share_within(horizon, start_s, end_s);
        start_s = end_s;
    }
    amp_calendar_close(calendar);
    return sum;
}

static void add_fixed(amp_tariff_build *b, const amp_tariff_fixed *fixed)
{
    const amp_value *money = &fixed->charge_usd_per_month;
    amp_bill_part part = {.id = fixed->id, .due = AMP_DUE_FIXED, .unit = "month", .quantity = 1.0};
    const char *unit = "USD/month";
    if (fixed->power_mw.is_set)
        part.quantity = amp_columns_value(b->columns, &fixed->power_mw, NULL).value[0];
    if (fixed->power_mw.is_set && fixed->price_usd_per_kw_month.is_set) {
        money = &fixed->price_usd_per_kw_month;
        unit = "USD/kW/month";
        part.unit = "kW-month";
        part.quantity *= kw_per_mw;
    } else if (fixed->power_mw.is_set) {
        money = &fixed->price_usd_per_mw_day;
        unit = "USD/MW/day";
        part.unit = "MW-day";
    }
    part.quantity *= periods_within(
        b, fixed,
        money == &fixed->price_usd_per_mw_day ? amp_calendar_day_start : amp_calendar_month_start);
    part.rate_usd = money_of(b, money, unit).value[0];
    add_part(b, part);
}

/* ---- all of it ---- */

static void add_supply(amp_tariff_build *b)
{
    const amp_supply *supply = &b->site->supply;
    const amp_column energy =
        amp_columns_value(b->columns, &supply->energy_price_usd_per_mwh, NULL);
    const amp_column adder = amp_columns_value(b->columns, &supply->adder_usd_per_mwh, NULL);
    add_part(b, (amp_bill_part){.id = "energy_price",
                                .due = AMP_DUE_MARKET,
                                .usd_per_mwh = energy,
                                .rate_usd = rate_of(energy),
                                .unit = "MWh"});
    if (!amp_column_is(adder, 0.0))
        add_part(b, (amp_bill_part){.id = "adder",
                                    .due = AMP_DUE_IMPORT,
                                    .usd_per_mwh = adder,
                                    .rate_usd = rate_of(adder),
                                    .unit = "MWh"});
}

void amp_tariff_prices(amp_tariff_build *build, amp_column *adder, amp_column *coincident)
{
    const amp_tariff *tariff = &build->site->supply.tariff;
    const size_t count = 2 + tariff->energy_count + tariff->coincident_count + tariff->tax_count +
                         tariff->fixed_count;
    if (!tariff->is_set)
        return;
    build->part = AMP_ARENA_NEW(build->arena, amp_bill_part, count);
    if (build->part == NULL) {
        build->columns->ok = false;
        return;
    }
    build->problem->bill_part = build->part;
    add_supply(build);
    for (size_t i = 0; i < tariff->energy_count; i++)
        add_energy(build, &tariff->energy[i], adder);
    for (size_t i = 0; i < tariff->tax_count; i++)
        add_tax(build, &tariff->tax[i], adder);
    for (size_t i = 0; i < tariff->coincident_count; i++)
        add_coincident(build, &tariff->coincident[i], coincident);
    for (size_t i = 0; i < tariff->fixed_count; i++)
        add_fixed(build, &tariff->fixed[i]);
}

/* ---- peaks ---- */

/* Share of the contracted demand that counts in a month which begins at @p unix_s. */
static double ramp_at(amp_tariff_build *b, const amp_steps *ramp, int64_t unix_s)
{
    double share = ramp->count == 0 ? 1.0 : 0.0;
    for (size_t i = 0; i < ramp->count && ramp->step[i].from_unix_s <= unix_s; i++)
        share = amp_columns_value(b->columns, &ramp->step[i].value, NULL).value[0];
    return share;
}

static double minimum_mw(amp_tariff_build *b, const amp_tariff_minimum *minimum,
                         const amp_month *month)
{
    if (!minimum->is_set)
        return 0.0;
    return amp_columns_value(b->columns, &minimum->contracted_mw, NULL).value[0] *
           amp_columns_value(b->columns, &minimum->share, NULL).value[0] *
           ramp_at(b, &minimum->ramp, month->start_unix_s);
}

static double metered_mw(amp_tariff_build *b, const amp_demand_charge *demand,
                         const amp_month *month)
{
    for (size_t i = 0; i < demand->so_far_count; i++) {
        const amp_peak_so_far *peak = &demand->so_far[i];
        if (peak->year == month->year && peak->month == month->month)
            return amp_columns_value(b->columns, &peak->power_mw, NULL).value[0];
    }
    return 0.0;
}

/* Which intervals of the month count: what a meter averages counts where it begins; NULL: all, or
 * no memory. @p any says whether one does. */
static const uint8_t *counts_of(amp_tariff_build *b, const amp_tariff_window *window,
                                const amp_month *month, bool *any)
{
    *any = true;
    if ((window->days == AMP_DAYS_ALL && window->hours_count == 0) || !find_local(b))
        return NULL;
    uint8_t *counts = AMP_ARENA_NEW(b->arena, uint8_t, month->end - month->first);
    if (counts == NULL) {
        b->columns->ok = false;
        return NULL;
    }
    *any = false;
    for (size_t t = month->first; t < month->end; t++) {
        const size_t metered = amp_metered_first(b->problem, t);
        counts[t - month->first] = holds_clock(window, &b->local[metered]) ? 1 : 0;
        *any = *any || counts[t - month->first] != 0;
    }
    return counts;
}

/* What the charge is due on in @p month whatever is imported, and why. */
static double start_mw(amp_tariff_build *b, const amp_tariff_demand *charge, const amp_month *month,
                       const char **words)
{
    const double least_mw = minimum_mw(b, &charge->minimum, month);
    const double seen_mw = metered_mw(b, &charge->demand, month);
    const char *past = NULL;
    const double past_mw = amp_tariff_history_mw(b, charge, month, &past);
    const double start = fmax(least_mw, fmax(seen_mw, past_mw));
    *words = NULL;
    if (start > 0.0)
        *words = seen_mw >= start ? "peak_so_far" : least_mw >= start ? "minimum" : past;
    return start;
}

/* A charge of one month; false where nothing can be due, nor any ratchet look at it. */
static bool make_peak(amp_tariff_build *b, const amp_tariff_demand *charge, const amp_month *month,
                      amp_peak *peak, const char **words)
{
    const amp_horizon *horizon = &b->check->portfolio->horizon;
    const amp_value *value = &charge->demand.charge_usd_per_kw_month;
    const amp_column rate = amp_columns_multiply(b->columns, money_of(b, value, "USD/kW/month"),
                                                 amp_columns_constant(b->columns, kw_per_mw));
    const bool is_due = holds_month(&charge->window, month->month);
    const double usd_per_mw =
        is_due ? amp_column_at(rate, rate.stride == 0 ? 0 : month->first) : 0.0;
    bool any = false;
    amp_problem_check_size(b->check, value, rate, "the charge of a month", "USD/MW");
    *peak = (amp_peak){
        .id = amp_arena_format(b->arena, "%s.%04d%02d", charge->id, month->year, month->month),
        .first = month->first,
        .end = month->end,
        .charge_usd_per_mw =
            usd_per_mw * (charge->demand.prorate ? amp_month_share(month, horizon) : 1.0),
        .start_mw = is_due ? start_mw(b, charge, month, words) : 0.0,
        .counts = counts_of(b, &charge->window, month, &any),
    };
    if (peak->id == NULL)
        b->columns->ok = false;
    if (charge->ratchet_count > 0 || charge->tier_count > 0)
        return is_due || amp_tariff_is_looked_at(charge, month->month);
    return peak->charge_usd_per_mw > 0.0 && (any || peak->start_mw > 0.0);
}

size_t amp_tariff_peaks(amp_tariff_build *build, const amp_month *month, size_t months,
                        amp_peak *peak)
{
    const amp_tariff *tariff = &build->site->supply.tariff;
    const size_t room = months * tariff->demand_count;
    amp_tariff_origin *origin = AMP_ARENA_NEW(build->arena, amp_tariff_origin, room);
    amp_billing *billing = AMP_ARENA_NEW(build->arena, amp_billing, room);
    size_t count = 0;
    if (origin == NULL || billing == NULL) {
        build->columns->ok = false;
        return 0;
    }
    for (size_t i = 0; i < room && build->columns->ok; i++) {
        const amp_tariff_demand *charge = &tariff->demand[i % tariff->demand_count];
        const amp_month *at = &month[i / tariff->demand_count];
        billing[count] = (amp_billing){.look_count = 0};
        origin[count] = (amp_tariff_origin){charge, at, holds_month(&charge->window, at->month)};
        if ((charge->ratchet_count > 0 || origin[count].is_due) &&
            make_peak(build, charge, at, &peak[count], &billing[count].start_by))
            count++;
    }
    if (count > 0)
        amp_tariff_bill(build, origin, count, billing);
    return count;
}
