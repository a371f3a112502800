/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/lease.h"

#include "base/calendar.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>

static const double kw_per_mw = 1000.0;

enum { NUMBER_BYTES = 32, ADVICE_BYTES = 160 };

/* What the steps share. */
typedef struct {
    const amp_site *site;
    amp_problem_check *check;
    amp_columns *columns;
    amp_arena *arena;
    amp_site_problem *problem;
    amp_lease_month *month; /* of the site, without fees */
    size_t month_count;
} maker;

/* ---- months ---- */

static int64_t start_of(const amp_site_problem *problem, size_t t)
{
    return problem->from_unix_s + (int64_t)t * problem->step_s;
}

/* The first interval that starts at @p unix_s or later. */
static size_t interval_from(const amp_site_problem *problem, int64_t unix_s)
{
    const int64_t after_s = unix_s - problem->from_unix_s;
    const int64_t t = after_s <= 0 ? 0 : (after_s + problem->step_s - 1) / problem->step_s;
    return (size_t)t < problem->interval_count ? (size_t)t : problem->interval_count;
}

/* Seconds of [from, to) that lie in the month. */
static int64_t overlap_s(const amp_lease_month *month, int64_t from_s, int64_t to_s)
{
    const int64_t first_s = from_s > month->start_unix_s ? from_s : month->start_unix_s;
    const int64_t last_s = to_s < month->end_unix_s ? to_s : month->end_unix_s;
    return last_s > first_s ? last_s - first_s : 0;
}

static double share_of(const amp_lease_month *month, int64_t from_s, int64_t to_s)
{
    return (double)overlap_s(month, from_s, to_s) /
           (double)(month->end_unix_s - month->start_unix_s);
}

static amp_lease_month month_at(amp_calendar *calendar, const amp_site_problem *problem,
                                int64_t start_s)
{
    const amp_civil local = amp_calendar_civil(calendar, start_s);
    amp_lease_month month = {.year = local.year,
                             .month = local.month,
                             .start_unix_s = start_s,
                             .end_unix_s = amp_calendar_month_start(calendar, start_s, 1)};
    month.first = interval_from(problem, month.start_unix_s);
    month.end = interval_from(problem, month.end_unix_s);
    month.share =
        share_of(&month, problem->from_unix_s, start_of(problem, problem->interval_count));
    return month;
}

/* The local months that the horizon touches; into @p out unless it is NULL. */
static size_t walk_months(amp_calendar *calendar, const amp_site_problem *problem,
                          amp_lease_month *out)
{
    const int64_t end_s = start_of(problem, problem->interval_count);
    int64_t start_s = amp_calendar_month_start(calendar, problem->from_unix_s, 0);
    size_t count = 0;
    while (start_s < end_s) {
        if (out != NULL)
            out[count] = month_at(calendar, problem, start_s);
        count++;
        start_s = amp_calendar_month_start(calendar, start_s, 1);
    }
    return count;
}

static amp_status find_months(maker *m)
{
    amp_calendar *calendar = NULL;
    const amp_status status = amp_calendar_open(m->site->time_zone, &calendar, NULL);
    if (status != AMP_OK)
        return status;
    m->month_count = walk_months(calendar, m->problem, NULL);
    m->month = AMP_ARENA_NEW(m->arena, amp_lease_month, m->month_count);
    if (m->month != NULL)
        (void)walk_months(calendar, m->problem, m->month);
    amp_calendar_close(calendar);
    return m->month != NULL ? AMP_OK : AMP_NOMEM;
}

/* ---- fees ---- */

/* Fee times kW over the part of the month that the horizon holds. An interval in which two months
 * meet counts for each by its seconds. */
static double fee_usd(const amp_site_problem *problem, const amp_lease_month *month, amp_column fee,
                      amp_column it_power_mw)
{
    double sum_usd = 0.0;
    if ((fee.stride | it_power_mw.stride) == 0)
        return fee.value[0] * it_power_mw.value[0] * kw_per_mw * month->share;
    for (size_t t = month->first > 0 ? month->first - 1 : 0; t < problem->interval_count; t++) {
        const int64_t start_s = start_of(problem, t);
        if (start_s >= month->end_unix_s)
            break;
        sum_usd += amp_column_at(fee, t) * amp_column_at(it_power_mw, t) * kw_per_mw *
                   share_of(month, start_s, start_s + problem->step_s);
    }
    return sum_usd;
}

/* The months of one hall, with its fees; NULL without memory. */
static const amp_lease_month *months_of(maker *m, const amp_hall *hall)
{
    const amp_column fee = amp_columns_value(m->columns, &hall->lease.fee_usd_per_kw_month, NULL);
    const amp_column it_power_mw = amp_columns_value(m->columns, &hall->it_power_mw, NULL);
    amp_lease_month *month = AMP_ARENA_NEW(m->arena, amp_lease_month, m->month_count);
    for (size_t k = 0; k < m->month_count && month != NULL; k++) {
        month[k] = m->month[k];
        month[k].fee_usd = fee_usd(m->problem, &month[k], fee, it_power_mw);
    }
    return month;
}

/* ---- what credits cost ---- */

/* The dearest way to miss a promise. */
typedef struct {
    const amp_lease_month *month; /* NULL: none */
    double usd;
    double mwh; /* IT */
    double usd_per_mwh;
    bool is_beyond; /* what the promise allows */
} worst_credit;

/* What is wanted of the hours of a month that availability looks at. */
typedef struct {
    double hours;
    double it_mw;           /* mean */
    double penalty_per_mwh; /* the least, of IT */
} wanted;

static wanted wanted_in(const amp_site_problem *problem, const amp_lease_terms *terms,
                        const amp_lease_month *month)
{
    const amp_load *load = &problem->load[terms->load];
    wanted w = {.penalty_per_mwh = HUGE_VAL};
    double sum_mwh = 0.0;
    for (size_t t = month->first; t < month->end; t++) {
        const double it_per_mwh = amp_column_at(load->it_per_mwh, t);
        if (!amp_lease_counts(problem, terms->clause, t))
            continue;
        w.hours += problem->interval_h;
        sum_mwh += amp_column_at(load->demand_mw, t) * it_per_mwh * problem->interval_h;
        w.penalty_per_mwh =
            fmin(w.penalty_per_mwh, amp_column_at(load->penalty_usd_per_mwh, t) / it_per_mwh);
    }
    w.it_mw = w.hours > 0.0 ? sum_mwh / w.hours : 0.0;
    return w;
}

/* Credits by the hour cost the same for each hour after those that are allowed. */
static void look_at_hour(const amp_lease *clause, const amp_lease_month *month, const wanted *w,
                         worst_credit *worst)
{
    const double usd =
        fmin(clause->credit_per_hour.number, clause->credit_cap.number) * month->fee_usd;
    if (usd / w->it_mw <= fmax(worst->usd_per_mwh, w->penalty_per_mwh * (1.0 + 1e-9)))
        return;
    *worst = (worst_credit){.month = month,
                            .usd = usd,
                            .mwh = w->it_mw,
                            .usd_per_mwh = usd / w->it_mw,
                            .is_beyond = true};
}

/* A tier is reached when all of the load is missing for the time that the tier before allows, or
 * for one interval where it allows none. */
static void look_at_month(const amp_site_problem *problem, const amp_lease_terms *terms,
                          const amp_lease_month *month, worst_credit *worst)
{
    const amp_lease *clause = terms->clause;
    const wanted w = wanted_in(problem, terms, month);
    double from = amp_lease_promise(clause);
    if (clause->credit_per_hour.is_set && w.it_mw > 0.0)
        look_at_hour(clause, month, &w, worst);
    for (size_t k = 0; k < clause->credit_count && w.it_mw > 0.0; k++) {
        const double allowed_h =
            (1.0 - from) * w.hours + clause->maintenance_h.number * month->share;
        const double mwh = fmax(allowed_h, problem->interval_h) * w.it_mw;
        const double usd =
            fmin(clause->credit[k].credit, clause->credit_cap.number) * month->fee_usd;
        from = fmin(from, clause->credit[k].availability);
        if (usd / mwh <= fmax(worst->usd_per_mwh, w.penalty_per_mwh * (1.0 + 1e-9)))
            continue;
        *worst = (worst_credit){.month = month, .usd = usd, .mwh = mwh, .usd_per_mwh = usd / mwh};
    }
}

/* Three digits, not below @p number. */
static double round_up(double number)
{
    const double unit = pow(10.0, floor(log10(number)) - 2.0);
    return ceil(number / unit * (1.0 - 1e-12)) * unit;
}

static void warn_of_penalty(maker *m, const amp_lease_terms *terms)
{
    const amp_lease *clause = terms->clause;
    worst_credit worst = {.month = NULL};
    char number[NUMBER_BYTES];
    char advice[ADVICE_BYTES];
    if (!amp_lease_has_credits(clause) || !clause->penalty_usd_per_mwh.is_set || !m->columns->ok)
        return;
    for (size_t k = 0; k < terms->month_count; k++)
        look_at_month(m->problem, terms, &terms->month[k], &worst);
    if (worst.month == NULL)
        return;
    (void)snprintf(advice, sizeof advice,
                   "write 'penalty: %s USD/MWh', or dispatch may cut load for less than the "
                   "credits cost",
                   amp_text_format_number(round_up(worst.usd_per_mwh), number));
    (void)amp_portfolio_report(m->check->portfolio, m->check->diagnostics,
                               AMP_CODE_PENALTY_BELOW_CREDITS, &clause->penalty_usd_per_mwh, advice,
                               "the penalty is below what %s cost: %.4g MWh not served in "
                               "%04d-%02d%s bring a credit of %.0f USD, %.0f USD/MWh",
                               worst.is_beyond ? "credits by the hour" : "service_credits",
                               worst.mwh, (int)worst.month->year, (int)worst.month->month,
                               worst.is_beyond ? " beyond the promise" : "", worst.usd,
                               worst.usd_per_mwh);
}

/* ---- all of it ---- */

amp_column amp_lease_energy_price(amp_columns *columns, const amp_lease *lease,
                                  const amp_load *load)
{
    if (lease->energy != AMP_LEASE_FIXED)
        return (amp_column){.value = NULL};
    const amp_column price = amp_columns_value(columns, &lease->energy_price_usd_per_mwh, NULL);
    return lease->energy_per == AMP_LEASE_PER_BUS
               ? price
               : amp_columns_multiply(columns, price, load->it_per_mwh);
}

static amp_column contracted_mw(maker *m, const amp_hall *hall)
{
    const amp_lease *lease = &hall->lease;
    bool is_share = false;
    if (!lease->minimum_take.is_set)
        return (amp_column){.value = NULL};
    const amp_column it_power_mw = amp_columns_value(m->columns, &hall->it_power_mw, NULL);
    if (!lease->contracted_mw.is_set)
        return it_power_mw;
    const amp_column number = amp_columns_value(m->columns, &lease->contracted_mw, &is_share);
    return is_share ? amp_columns_multiply(m->columns, number, it_power_mw) : number;
}

/* Prices in USD keep the range of all numbers, whatever their currency. */
static void check_sizes(maker *m, const amp_lease *lease, const amp_lease_terms *terms)
{
    if (terms->energy_usd_per_mwh.value != NULL)
        amp_problem_check_size(m->check, &lease->energy_price_usd_per_mwh,
                               terms->energy_usd_per_mwh, "in USD it", "USD/MWh");
    if (terms->contracted_mw.value != NULL)
        amp_problem_check_size(m->check, &lease->contracted_mw, terms->contracted_mw,
                               "what is contracted", "MW");
}

static amp_status make_lease(maker *m, uint32_t load, amp_lease_terms *out)
{
    const amp_hall *hall = &m->site->hall[m->problem->load[load].asset];
    *out = (amp_lease_terms){.load = load,
                             .clause = &hall->lease,
                             .energy_usd_per_mwh = amp_lease_energy_price(m->columns, &hall->lease,
                                                                          &m->problem->load[load]),
                             .contracted_mw = contracted_mw(m, hall),
                             .month = months_of(m, hall),
                             .month_count = m->month_count};
    if (out->month == NULL)
        return AMP_NOMEM;
    check_sizes(m, &hall->lease, out);
    warn_of_penalty(m, out);
    return AMP_OK;
}

static size_t count_leases(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t i = 0; i < problem->load_count; i++)
        count += problem->load[i].kind == AMP_LOAD_LEASE ? 1U : 0U;
    return count;
}

amp_status amp_lease_build(const amp_site *site, amp_problem_check *check, amp_columns *columns,
                           amp_arena *arena, amp_site_problem *problem)
{
    maker m = {
        .site = site, .check = check, .columns = columns, .arena = arena, .problem = problem};
    const size_t count = count_leases(problem);
    if (count == 0)
        return AMP_OK;
    amp_lease_terms *terms = AMP_ARENA_NEW(arena, amp_lease_terms, count);
    amp_status status = terms != NULL ? find_months(&m) : AMP_NOMEM;
    size_t made = 0;
    for (uint32_t i = 0; i < problem->load_count && status == AMP_OK; i++) {
        if (problem->load[i].kind == AMP_LOAD_LEASE)
            status = make_lease(&m, i, &terms[made++]);
    }
    if (status != AMP_OK)
        return status;
    problem->lease = terms;
    problem->lease_count = count;
    return AMP_OK;
}
