/* SPDX-License-Identifier: Apache-2.0 */
/* What a tariff charges, worked out from its own words: nothing here is shared with tariff.c. */
#include "dispatch/validate_parts.h"

#include <math.h>

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

static void check_tax(walk *w, const amp_tariff_tax *tax)
{
    amp_validation *v = w->v;
    const amp_column rate = amp_validate_column(v, &tax->rate_usd_per_mwh);
    for (size_t i = 0; i < v->order->load_count; i++) {
        const amp_load *load = &v->order->load[i];
        const bool is_mining = load->kind == AMP_LOAD_MINING;
        if (tax->use != (is_mining ? AMP_TAXED_MINING : AMP_TAXED_COMPUTE))
            continue;
        const bool is_hard = load->kind == AMP_LOAD_LEASE &&
                             !v->site->hall[load->asset].lease.penalty_usd_per_mwh.is_set;
        for (size_t t = 0; t < v->count; t++) {
            const double usd = amp_validate_earn(v, v->schedule->load_mw[i][t] * v->interval_h *
                                                        amp_column_at(rate, t));
            if (is_hard)
                v->anew.fixed_usd.tariff -= usd;
            else
                v->anew.cost_usd.tax += usd;
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

/* Charges the local month in which interval @p t starts. @return the first interval of the next */
static size_t charge_month(walk *w, const amp_tariff_demand *charge, size_t t)
{
    amp_validation *v = w->v;
    const amp_horizon *horizon = &v->portfolio->horizon;
    const int64_t start_s = amp_calendar_month_start(w->calendar, start_of(v, t), 0);
    const int64_t end_s = amp_calendar_month_start(w->calendar, start_of(v, t), 1);
    const amp_civil first = amp_calendar_civil(w->calendar, start_of(v, t));
    const amp_column rate = amp_validate_column(v, &charge->demand.charge_usd_per_kw_month);
    double usd_per_mw = amp_column_at(rate, t) * kw_per_mw;
    double highest_mw = least_mw(v, charge, start_s, &first);
    for (; t < v->count && start_of(v, t) < end_s; t++) {
        const amp_civil at = amp_calendar_civil(w->calendar, start_of(v, t));
        if (applies(&charge->window, &at))
            highest_mw = fmax(highest_mw, v->schedule->import_mw[t]);
    }
    if (charge->demand.prorate) {
        const int64_t begin_s = start_s > horizon->from_unix_s ? start_s : horizon->from_unix_s;
        const int64_t stop_s = end_s < horizon->to_unix_s ? end_s : horizon->to_unix_s;
        usd_per_mw *= (double)(stop_s - begin_s) / (double)(end_s - start_s);
    }
    if (charge->window.months == 0 || (charge->window.months >> (first.month - 1)) % 2 == 1)
        v->anew.cost_usd.demand_charge += amp_validate_earn(v, highest_mw * usd_per_mw);
    return t;
}

/* ---- fixed charges ---- */

static void check_fixed(walk *w, const amp_tariff_fixed *fixed)
{
    amp_validation *v = w->v;
    const amp_horizon *horizon = &v->portfolio->horizon;
    const bool is_daily = fixed->power_mw.is_set;
    const double usd =
        is_daily ? constant_of(v, &fixed->power_mw) * constant_of(v, &fixed->price_usd_per_mw_day)
                 : constant_of(v, &fixed->charge_usd_per_month);
    for (int64_t at_s = horizon->from_unix_s; at_s < horizon->to_unix_s;) {
        int64_t (*const start)(amp_calendar *, int64_t, int) =
            is_daily ? amp_calendar_day_start : amp_calendar_month_start;
        const int64_t begin_s = start(w->calendar, at_s, 0);
        const int64_t end_s = start(w->calendar, at_s, 1);
        const int64_t stop_s = end_s < horizon->to_unix_s ? end_s : horizon->to_unix_s;
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
    for (size_t i = 0; i < w.tariff->demand_count; i++) {
        for (size_t t = 0; t < v->count;)
            t = charge_month(&w, &w.tariff->demand[i], t);
    }
    for (size_t i = 0; i < w.tariff->fixed_count; i++)
        check_fixed(&w, &w.tariff->fixed[i]);
    amp_calendar_close(w.calendar);
}
