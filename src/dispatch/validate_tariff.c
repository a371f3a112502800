/* SPDX-License-Identifier: Apache-2.0 */
/* What a tariff charges, worked out from its own words: nothing here is shared with tariff.c. */
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdlib.h>

static const double kw_per_mw = 1000.0;

/* The walk over the intervals. */
typedef struct {
    amp_validation *v;
    amp_calendar *calendar;
    const amp_tariff *tariff;
} walk;

static int64_t start_of(const amp_validation *v, size_t t)
{
    return v->portfolio->horizon.from_unix_s + (int64_t)t * v->portfolio->horizon.step_s;
}

/* Whether a line holds at a moment. */
static bool applies(const amp_tariff_window *window, const amp_civil *at)
{
    const int32_t second = at->hour * 3600 + at->minute * 60 + at->second;
    const bool is_weekend = at->weekday == 5 || at->weekday == 6;
    bool is_hour = window->hours_count == 0;
    for (size_t i = 0; i < window->hours_count && !is_hour; i++)
        is_hour = window->hours[i].from_s <= second && second < window->hours[i].to_s;
    if (window->months != 0 && (window->months & (1U << (unsigned)(at->month - 1))) == 0)
        return false;
    return is_hour && window->days != (is_weekend ? AMP_DAYS_WEEKDAYS : AMP_DAYS_WEEKENDS);
}

/* ---- prices ---- */

double amp_validate_tariff_price(amp_validation *v, amp_calendar *calendar, size_t t)
{
    const amp_tariff *tariff = &v->site->supply.tariff;
    double price = 0.0;
    if (calendar == NULL)
        return 0.0;
    const amp_civil at = amp_calendar_civil(calendar, start_of(v, t));
    for (size_t i = 0; i < tariff->energy_count; i++) {
        if (applies(&tariff->energy[i].window, &at))
            price += amp_column_at(amp_validate_column(v, &tariff->energy[i].price_usd_per_mwh), t);
    }
    for (size_t i = 0; i < tariff->tax_count; i++) {
        if (tariff->tax[i].use == AMP_TAXED_ALL)
            price += amp_column_at(amp_validate_column(v, &tariff->tax[i].rate_usd_per_mwh), t);
    }
    return price;
}

amp_calendar *amp_validate_tariff_open(amp_validation *v)
{
    amp_calendar *calendar = NULL;
    if (!v->site->supply.tariff.is_set)
        return NULL;
    const amp_status status = amp_calendar_open(v->site->time_zone, &calendar, NULL);
    if (status != AMP_OK)
        v->status = status;
    return calendar;
}

/* ---- taxes by use ---- */

/* The part of a lease whose tax is due whatever is dispatched: what must be served, cut or not. */
static double due_anyway_mw(const amp_validation *v, const amp_load *load, double load_mw, size_t t)
{
    if (load->kind != AMP_LOAD_LEASE)
        return 0.0;
    if (v->site->hall[load->asset].lease.penalty_usd_per_mwh.is_set)
        return load->flexible_mw.value == NULL ? 0.0 : amp_column_at(load->flexible_mw, t);
    return load->cut == 0 ? load_mw : load_mw + v->schedule->source_mw[load->cut - 1][t];
}

static void check_tax(walk *w, const amp_tariff_tax *tax)
{
    amp_validation *v = w->v;
    const amp_column rate = amp_validate_column(v, &tax->rate_usd_per_mwh);
    for (size_t i = 0; i < v->order->load_count; i++) {
        const amp_load *load = &v->order->load[i];
        const bool is_mining = load->kind == AMP_LOAD_MINING;
        if (tax->use != (is_mining ? AMP_TAXED_MINING : AMP_TAXED_COMPUTE))
            continue;
        for (size_t t = 0; t < v->count; t++) {
            const double load_mw = v->schedule->load_mw[i][t];
            const double due_mw = due_anyway_mw(v, load, load_mw, t);
            const double usd_per_mw = amp_column_at(rate, t) * v->interval_h;
            v->anew.fixed_usd.tariff -= amp_validate_earn(v, due_mw * usd_per_mw);
            v->anew.cost_usd.tax += amp_validate_earn(v, (load_mw - due_mw) * usd_per_mw);
        }
    }
}

/* ---- coincident peaks ---- */

/* Mean import from @p from_s to @p to_s; import outside the horizon is not known and counts 0. */
static double mean_import_mw(const amp_validation *v, int64_t from_s, int64_t to_s)
{
    double sum = 0.0;
    for (size_t t = 0; t < v->count; t++) {
        const int64_t begin_s = start_of(v, t) > from_s ? start_of(v, t) : from_s;
        const int64_t end_s = start_of(v, t + 1) < to_s ? start_of(v, t + 1) : to_s;
        if (end_s > begin_s)
            sum += v->schedule->import_mw[t] * (double)(end_s - begin_s);
    }
    return sum / (double)(to_s - from_s);
}

/* A known peak charges its share of a year's charge for its mean import. With a charge that varies
 * each interval has its own: a sum over intervals, as for probabilities. */
static void check_coincident(walk *w, const amp_tariff_coincident *coincident)
{
    amp_validation *v = w->v;
    const amp_column charge = amp_validate_column(v, &coincident->charge_usd_per_kw_year);
    const double peaks = (double)coincident->peaks;
    if (coincident->instant_count == 0) {
        const amp_column probability = amp_validate_column(v, &coincident->probability);
        for (size_t t = 0; t < v->count; t++)
            v->anew.cost_usd.coincident_peak += amp_validate_earn(
                v, v->schedule->import_mw[t] * kw_per_mw * amp_column_at(charge, t) *
                       amp_column_at(probability, t) / peaks);
        return;
    }
    for (size_t i = 0; i < coincident->instant_count; i++) {
        const int64_t from_s = coincident->instant_unix_s[i];
        const int64_t to_s = from_s + coincident->interval_s;
        if (charge.stride == 0)
            v->anew.cost_usd.coincident_peak += amp_validate_earn(
                v, mean_import_mw(v, from_s, to_s) * kw_per_mw * charge.value[0] / peaks);
        for (size_t t = 0; t < v->count && charge.stride != 0; t++) {
            const int64_t begin_s = start_of(v, t) > from_s ? start_of(v, t) : from_s;
            const int64_t end_s = start_of(v, t + 1) < to_s ? start_of(v, t + 1) : to_s;
            if (end_s > begin_s)
                v->anew.cost_usd.coincident_peak += amp_validate_earn(
                    v, v->schedule->import_mw[t] * kw_per_mw * charge.value[t] / peaks *
                           (double)(end_s - begin_s) / (double)(to_s - from_s));
        }
    }
}

/* ---- demand charges ---- */

static double constant_of(amp_validation *v, const amp_value *value)
{
    return *amp_validate_column(v, value).value;
}

/* What the charge is due on at least in the month that starts at @p start_s. */
static double least_mw(amp_validation *v, const amp_tariff_demand *charge, int64_t start_s,
                       const amp_civil *local)
{
    const amp_tariff_minimum *minimum = &charge->minimum;
    double least = 0.0;
    if (minimum->is_set) {
        double share = constant_of(v, &minimum->share);
        const amp_step *held = NULL;
        for (size_t i = 0; i < minimum->ramp.count; i++)
            if (minimum->ramp.step[i].from_unix_s <= start_s)
                held = &minimum->ramp.step[i];
        if (minimum->ramp.count > 0)
            share *= held == NULL ? 0.0 : constant_of(v, &held->value);
        least = constant_of(v, &minimum->contracted_mw) * share;
    }
    for (size_t i = 0; i < charge->demand.so_far_count; i++) {
        const amp_peak_so_far *peak = &charge->demand.so_far[i];
        if (peak->year == local->year && peak->month == local->month)
            least = fmax(least, constant_of(v, &peak->power_mw));
    }
    return least;
}

/* A local month as the meter saw it. */
typedef struct {
    int number; /* months since the year 0 */
    int of_year;
    double highest_mw; /* in the hours of the charge */
    double least_mw;
    double part; /* of a month's charge that is due */
    size_t first;
} metered_month;

enum { MONTHS_MAX = 1024 };

/* Reads the local month in which interval @p t starts. @return the first interval of the next */
static size_t meter_month(walk *w, const amp_tariff_demand *charge, size_t t, metered_month *month)
{
    amp_validation *v = w->v;
    const amp_horizon *horizon = &v->portfolio->horizon;
    const int64_t start_s = amp_calendar_month_start(w->calendar, start_of(v, t), 0);
    const int64_t end_s = amp_calendar_month_start(w->calendar, start_of(v, t), 1);
    const amp_civil first = amp_calendar_civil(w->calendar, start_of(v, t));
    amp_tariff_window clock = charge->window;
    clock.months = 0;
    *month = (metered_month){.number = first.year * 12 + first.month,
                             .of_year = first.month,
                             .least_mw = least_mw(v, charge, start_s, &first),
                             .part = 1.0,
                             .first = t};
    while (t < v->count && start_of(v, t) < end_s) {
        const amp_civil at = amp_calendar_civil(w->calendar, start_of(v, t));
        double mean_mw = 0.0;
        t = amp_validate_metered(v, w->calendar, charge->demand.metering_s, t, &mean_mw);
        if (applies(&clock, &at))
            month->highest_mw = fmax(month->highest_mw, mean_mw);
    }
    if (charge->demand.prorate) {
        const int64_t begin_s = start_s > horizon->from_unix_s ? start_s : horizon->from_unix_s;
        const int64_t stop_s = end_s < horizon->to_unix_s ? end_s : horizon->to_unix_s;
        month->part = (double)(stop_s - begin_s) / (double)(end_s - start_s);
    }
    return t;
}

static bool is_in(uint32_t months, int of_year)
{
    return months == 0 || (months >> (of_year - 1)) % 2 == 1;
}

/* The demand that one ratchet makes due in @p billed. */
static double ratcheted_mw(amp_validation *v, const amp_tariff_demand *charge,
                           const amp_tariff_ratchet *ratchet, const metered_month *month,
                           const metered_month *billed)
{
    const int oldest = billed->number - (int)constant_of(v, &ratchet->look_back_months);
    double highest_mw = 0.0;
    for (; month < billed; month++)
        if (month->number >= oldest && is_in(ratchet->months, month->of_year))
            highest_mw = fmax(highest_mw, month->highest_mw);
    for (size_t i = 0; i < charge->demand.so_far_count; i++) {
        const amp_peak_so_far *past = &charge->demand.so_far[i];
        const int number = past->year * 12 + past->month;
        if (number >= oldest && number < billed->number && is_in(ratchet->months, past->month))
            highest_mw = fmax(highest_mw, constant_of(v, &past->power_mw));
    }
    return highest_mw * constant_of(v, &ratchet->share);
}

/* Each kW at the charge of the tier that it is in. */
static double charge_of_usd(amp_validation *v, const amp_tariff_demand *charge, double billed_mw,
                            size_t t)
{
    double usd_per_kw =
        amp_column_at(amp_validate_column(v, &charge->demand.charge_usd_per_kw_month), t);
    double from_mw = 0.0;
    double usd = 0.0;
    for (size_t i = 0; i < charge->tier_count; i++) {
        const double above_mw = constant_of(v, &charge->tier[i].above_mw);
        if (billed_mw <= above_mw)
            break;
        usd += (above_mw - from_mw) * kw_per_mw * usd_per_kw;
        from_mw = above_mw;
        usd_per_kw =
            amp_column_at(amp_validate_column(v, &charge->tier[i].charge_usd_per_kw_month), t);
    }
    return usd + (billed_mw - from_mw) * kw_per_mw * usd_per_kw;
}

static void check_demand(walk *w, const amp_tariff_demand *charge)
{
    amp_validation *v = w->v;
    metered_month *month = calloc(MONTHS_MAX, sizeof *month);
    if (month == NULL) {
        v->status = AMP_NOMEM;
        return;
    }
    size_t count = 0;
    for (size_t t = 0; t < v->count && count < MONTHS_MAX; count++)
        t = meter_month(w, charge, t, &month[count]);
    for (size_t k = 0; k < count; k++) {
        double billed_mw = fmax(month[k].highest_mw, month[k].least_mw);
        for (size_t i = 0; i < charge->ratchet_count; i++)
            billed_mw =
                fmax(billed_mw, ratcheted_mw(v, charge, &charge->ratchet[i], month, &month[k]));
        if (is_in(charge->window.months, month[k].of_year))
            v->anew.cost_usd.demand_charge += amp_validate_earn(
                v, charge_of_usd(v, charge, billed_mw, month[k].first) * month[k].part);
    }
    free(month);
}

/* ---- fixed charges ---- */

static void check_fixed(walk *w, const amp_tariff_fixed *fixed)
{
    amp_validation *v = w->v;
    const amp_horizon *horizon = &v->portfolio->horizon;
    const bool is_daily = fixed->power_mw.is_set && !fixed->price_usd_per_kw_month.is_set;
    double usd = constant_of(v, &fixed->charge_usd_per_month);
    if (is_daily)
        usd = constant_of(v, &fixed->power_mw) * constant_of(v, &fixed->price_usd_per_mw_day);
    else if (fixed->power_mw.is_set)
        usd = constant_of(v, &fixed->power_mw) * kw_per_mw *
              constant_of(v, &fixed->price_usd_per_kw_month);
    for (int64_t at_s = horizon->from_unix_s; at_s < horizon->to_unix_s;) {
        int64_t (*const start)(amp_calendar *, int64_t, int) =
            is_daily ? amp_calendar_day_start : amp_calendar_month_start;
        const int64_t begin_s = start(w->calendar, at_s, 0);
        const int64_t end_s = start(w->calendar, at_s, 1);
        const int64_t stop_s = end_s < horizon->to_unix_s ? end_s : horizon->to_unix_s;
        if (is_in(fixed->months, amp_calendar_civil(w->calendar, begin_s).month))
            v->anew.fixed_usd.tariff -=
                amp_validate_earn(v, usd * (double)(stop_s - at_s) / (double)(end_s - begin_s));
        at_s = end_s;
    }
}

/* ---- all of it ---- */

void amp_validate_tariff(amp_validation *v)
{
    walk w = {.v = v, .tariff = &v->site->supply.tariff, .calendar = amp_validate_tariff_open(v)};
    if (w.calendar == NULL)
        return;
    for (size_t i = 0; i < w.tariff->tax_count; i++) {
        if (w.tariff->tax[i].use != AMP_TAXED_ALL)
            check_tax(&w, &w.tariff->tax[i]);
    }
    for (size_t i = 0; i < w.tariff->coincident_count; i++)
        check_coincident(&w, &w.tariff->coincident[i]);
    for (size_t i = 0; i < w.tariff->demand_count; i++)
        check_demand(&w, &w.tariff->demand[i]);
    for (size_t i = 0; i < w.tariff->fixed_count; i++)
        check_fixed(&w, &w.tariff->fixed[i]);
    amp_calendar_close(w.calendar);
}
