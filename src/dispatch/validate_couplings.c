/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/validate_parts.h"

#include "base/calendar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double kw_per_mw = 1000.0;

static int64_t start_of(const amp_validation *v, size_t t)
{
    return v->portfolio->horizon.from_unix_s + (int64_t)t * v->portfolio->horizon.step_s;
}

/* ---- jobs ---- */

/* One job with what it is given. */
typedef struct {
    const amp_training_job *job;
    const double *it_mw; /* NULL: nothing */
    double energy_mwh;
    double served_mwh;
} job_check;

/* The array of the job of load @p i that is called @p id; NULL when the schedule knows none. */
static const double *given_mw(const amp_validation *v, size_t i, const char *id)
{
    for (size_t j = 0; j < v->order->job_count; j++)
        if (v->order->job[j].load == i && strcmp(v->order->job[j].id, id) == 0)
            return v->schedule->job_mw[j];
    return NULL;
}

/* An interval counts when all of it lies between release and deadline. */
static bool is_within(const amp_validation *v, const amp_training_job *job, size_t t)
{
    return start_of(v, t) >= job->release_unix_s && start_of(v, t + 1) <= job->deadline_unix_s;
}

static void check_job_power(amp_validation *v, const job_check *c)
{
    const double most_mw = *amp_validate_column(v, &c->job->power_mw).value;
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -c->it_mw[t], c->job->id);
        amp_validate_note(v, AMP_VALIDATE_JOB, t, c->it_mw[t] - most_mw, c->job->id);
        if (!is_within(v, c->job, t))
            amp_validate_note(v, AMP_VALIDATE_JOB_WINDOW, t, fabs(c->it_mw[t]), c->job->id);
    }
}

/* What it is given in all; too much is noted where it becomes too much. */
static void check_job_energy(amp_validation *v, job_check *c)
{
    size_t over = v->count;
    for (size_t t = 0; t < v->count; t++) {
        c->served_mwh += c->it_mw[t] * v->interval_h;
        if (over == v->count && c->served_mwh > c->energy_mwh + v->tolerance_job_mwh)
            over = t;
    }
    if (over < v->count)
        amp_validate_note(v, AMP_VALIDATE_JOB_ENERGY, over, c->served_mwh - c->energy_mwh,
                          c->job->id);
}

static void check_job(amp_validation *v, const amp_training_job *job, const double *it_mw)
{
    const double value = *amp_validate_column(v, &job->value_usd_per_mwh).value;
    const double penalty_usd = *amp_validate_column(v, &job->penalty_usd).value;
    job_check c = {
        .job = job, .it_mw = it_mw, .energy_mwh = *amp_validate_column(v, &job->energy_mwh).value};
    if (it_mw != NULL) {
        check_job_power(v, &c);
        check_job_energy(v, &c);
    }
    const double unserved_mwh = fmax(0.0, c.energy_mwh - c.served_mwh);
    v->flow_mwh += c.energy_mwh;
    v->flow_usd += penalty_usd;
    v->anew.unserved_it_mwh += unserved_mwh;
    v->anew.revenue_usd.training += amp_validate_earn(v, c.served_mwh * value);
    if (unserved_mwh > 0.0)
        v->anew.cost_usd.penalty += penalty_usd * (unserved_mwh / c.energy_mwh);
}

/* The hall takes what its jobs do, in other_mw, and no more than it has. */
static void check_training_hall(amp_validation *v, const amp_hall *hall, const double *load_mw,
                                const double *pue)
{
    amp_validate_power_limits(v, &hall->it_power_mw, &hall->availability, v->limit_mw);
    for (size_t t = 0; t < v->count; t++) {
        const double bus_mwh = amp_validate_deliver(v, load_mw[t] * v->interval_h);
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -load_mw[t], hall->id);
        amp_validate_note(v, AMP_VALIDATE_HALL, t, load_mw[t] - v->limit_mw[t] * pue[t], hall->id);
        amp_validate_note(v, AMP_VALIDATE_JOBS, t, fabs(load_mw[t] - v->other_mw[t]), hall->id);
        v->surplus_mw[t] -= load_mw[t];
        v->anew.energy_mwh.training += bus_mwh;
        v->anew.it_mwh.training += bus_mwh / pue[t];
    }
}

void amp_validate_training(amp_validation *v, size_t i)
{
    const amp_hall *hall = &v->site->hall[v->order->load[i].asset];
    double *pue = calloc(v->count, sizeof *pue);
    if (pue == NULL) {
        v->status = AMP_NOMEM;
        return;
    }
    amp_validate_pue(v, &hall->pue, pue);
    for (size_t t = 0; t < v->count; t++)
        v->other_mw[t] = 0.0;
    for (size_t k = 0; k < hall->job_count; k++) {
        const double *it_mw = given_mw(v, i, hall->job[k].id);
        check_job(v, &hall->job[k], it_mw);
        for (size_t t = 0; t < v->count && it_mw != NULL; t++)
            v->other_mw[t] += it_mw[t] * pue[t];
    }
    check_training_hall(v, hall, v->schedule->load_mw[i], pue);
    free(pue);
}

/* ---- budgets ---- */

/* What sources draw on one budget in all; too much is noted where it becomes too much. */
static void check_budget(amp_validation *v, const amp_budget *budget)
{
    const double most = budget->limit + 1e-6 + 1e-9 * budget->limit;
    size_t over = v->count;
    double drawn = 0.0;
    for (size_t t = 0; t < v->count; t++) {
        for (size_t k = 0; k < budget->source_count; k++)
            drawn += amp_column_at(budget->weight[k], t) *
                     v->schedule->source_mw[budget->source[k]][t] * v->interval_h;
        if (over == v->count && drawn > most)
            over = t;
    }
    if (drawn > most)
        amp_validate_note(v, AMP_VALIDATE_BUDGET, over, drawn - budget->limit, budget->id);
}

void amp_validate_budgets(amp_validation *v)
{
    for (size_t i = 0; i < v->order->budget_count; i++)
        check_budget(v, &v->order->budget[i]);
}

/* ---- what peaks cost ---- */

/* Import that was metered in the month before the horizon began. */
static double metered_mw(amp_validation *v, const amp_civil *local)
{
    const amp_demand_charge *demand = &v->site->supply.demand_charge;
    for (size_t i = 0; i < demand->so_far_count; i++)
        if (demand->so_far[i].year == local->year && demand->so_far[i].month == local->month)
            return *amp_validate_column(v, &demand->so_far[i].power_mw).value;
    return 0.0;
}

/* Part of the seconds of a month that the horizon holds. */
static double share_of_month(const amp_horizon *horizon, int64_t start_s, int64_t end_s)
{
    const int64_t before_s = start_s < horizon->from_unix_s ? horizon->from_unix_s - start_s : 0;
    const int64_t after_s = end_s > horizon->to_unix_s ? end_s - horizon->to_unix_s : 0;
    return 1.0 - (double)(before_s + after_s) / (double)(end_s - start_s);
}

/* The number of the metering interval of the local day in which interval @p t starts. */
static int64_t slot_of(const amp_validation *v, amp_calendar *calendar, int64_t metering_s,
                       size_t t)
{
    const amp_civil at = amp_calendar_civil(calendar, start_of(v, t));
    return (at.hour * 3600 + at.minute * 60 + at.second) / metering_s;
}

/* Seconds by which the clock on the wall is ahead of UTC, but for whole days. */
static int64_t offset_s(const amp_validation *v, amp_calendar *calendar, size_t t)
{
    enum { DAY_S = 86400 };
    const amp_civil at = amp_calendar_civil(calendar, start_of(v, t));
    const int64_t ahead_s = at.hour * 3600 + at.minute * 60 + at.second - start_of(v, t) % DAY_S;
    return (ahead_s + DAY_S) % DAY_S;
}

size_t amp_validate_metered(const amp_validation *v, amp_calendar *calendar, int64_t metering_s,
                            size_t t, double *mean_mw)
{
    const size_t first = t;
    double sum_mw = v->schedule->import_mw[t++];
    if (metering_s > v->portfolio->horizon.step_s)
        for (; t < v->count && start_of(v, t) - start_of(v, first) < metering_s &&
               slot_of(v, calendar, metering_s, t) == slot_of(v, calendar, metering_s, first) &&
               offset_s(v, calendar, t) == offset_s(v, calendar, first);
             t++)
            sum_mw += v->schedule->import_mw[t];
    *mean_mw = sum_mw / (double)(t - first);
    return t;
}

/* Charges the local month in which interval @p t starts. @return the first interval of the next */
static size_t charge_month(amp_validation *v, amp_calendar *calendar, size_t t)
{
    const amp_demand_charge *demand = &v->site->supply.demand_charge;
    const amp_column charge = amp_validate_column(v, &demand->charge_usd_per_kw_month);
    const int64_t start_s = amp_calendar_month_start(calendar, start_of(v, t), 0);
    const int64_t end_s = amp_calendar_month_start(calendar, start_of(v, t), 1);
    const amp_civil local = amp_calendar_civil(calendar, start_of(v, t));
    const double share =
        demand->prorate ? share_of_month(&v->portfolio->horizon, start_s, end_s) : 1.0;
    const double usd_per_mw = amp_column_at(charge, t) * kw_per_mw * share;
    double highest_mw = metered_mw(v, &local);
    while (t < v->count && start_of(v, t) < end_s) {
        double mean_mw = 0.0;
        t = amp_validate_metered(v, calendar, demand->metering_s, t, &mean_mw);
        highest_mw = fmax(highest_mw, mean_mw);
    }
    v->anew.cost_usd.demand_charge += amp_validate_earn(v, highest_mw * usd_per_mw);
    return t;
}

/* Charges the highest import of the hours that count for @p peak. */
static void charge_hours(amp_validation *v, const amp_peak *peak)
{
    double highest_mw = peak->start_mw;
    for (size_t t = peak->first; t < peak->end;) {
        double sum_mw = 0.0;
        const size_t first = t;
        for (const size_t end = amp_metered_end(v->order, t); t < end; t++)
            sum_mw += v->schedule->import_mw[t];
        if (peak->counts[first - peak->first] != 0)
            highest_mw = fmax(highest_mw, sum_mw / (double)(t - first));
    }
    v->anew.cost_usd.demand_charge += amp_validate_earn(v, highest_mw * peak->charge_usd_per_mw);
}

void amp_validate_demand_charge(amp_validation *v)
{
    amp_calendar *calendar = NULL;
    for (size_t k = 0; k < v->order->peak_count; k++)
        if (v->order->peak[k].counts != NULL && !v->site->supply.tariff.is_set)
            charge_hours(v, &v->order->peak[k]);
    if (!v->site->supply.demand_charge.is_set)
        return;
    const amp_status status = amp_calendar_open(v->site->time_zone, &calendar, NULL);
    if (status != AMP_OK) {
        v->status = status;
        return;
    }
    for (size_t t = 0; t < v->count;)
        t = charge_month(v, calendar, t);
    amp_calendar_close(calendar);
}

void amp_validate_coincident_peak(amp_validation *v)
{
    const amp_coincident_peak *peak = &v->site->supply.coincident_peak;
    if (!peak->is_set)
        return;
    const amp_column charge = amp_validate_column(v, &peak->charge_usd_per_kw_year);
    const amp_column probability = amp_validate_column(v, &peak->probability);
    for (size_t t = 0; t < v->count; t++) {
        /* A peak interval charges its share of the year for the MW that it sees. */
        const double usd_per_mw = amp_column_at(charge, t) * kw_per_mw / (double)peak->peaks;
        const double expected_usd =
            v->schedule->import_mw[t] * usd_per_mw * amp_column_at(probability, t);
        v->anew.cost_usd.coincident_peak += amp_validate_earn(v, expected_usd);
    }
}
