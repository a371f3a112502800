/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/figures.h"

#include "base/calendar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double least_flow_mw = 1e-6; /* less is rounding */

amp_buckets amp_buckets_choose(const amp_site_problem *problem, size_t most)
{
    static const int64_t hours[] = {1,   2,   3,   4,   6,   8,   12,   24,   48,   72,   96,
                                    120, 168, 240, 336, 504, 720, 1440, 2160, 4320, 8760, 17520};
    const size_t count = problem->interval_count;

    if (count <= most)
        return (amp_buckets){.count = count, .intervals = 1, .length_s = problem->step_s};
    for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++) {
        const int64_t length_s = hours[i] * AMP_SECONDS_PER_HOUR;
        const size_t intervals = (size_t)(length_s / problem->step_s);
        if (length_s % problem->step_s != 0)
            continue;
        const size_t parts = (count + intervals - 1) / intervals;
        if (parts <= most && 4 * parts >= most) /* odd steps fit only much too long parts */
            return (amp_buckets){parts, intervals, length_s};
    }
    const size_t intervals = (count + most - 1) / most;
    return (amp_buckets){.count = (count + intervals - 1) / intervals,
                         .intervals = intervals,
                         .length_s = (int64_t)intervals * problem->step_s};
}

/* What kind of load a flow is, or -1. */
static int load_kind(amp_flow flow)
{
    switch (flow) {
    case AMP_FLOW_MINING:
        return AMP_LOAD_MINING;
    case AMP_FLOW_LEASE:
        return AMP_LOAD_LEASE;
    case AMP_FLOW_INFERENCE:
        return AMP_LOAD_INFERENCE;
    case AMP_FLOW_TRAINING:
        return AMP_LOAD_TRAINING;
    case AMP_FLOW_IMPORT:
    case AMP_FLOW_GENERATION:
    case AMP_FLOW_DISCHARGE:
    case AMP_FLOW_CHARGE:
    case AMP_FLOW_EXPORT:
    case AMP_FLOW_COUNT:
        break;
    }
    return -1;
}

/* What a load of kind @p kind can take, or could at most be given, in interval @p t. */
static double kind_capacity_mw(const amp_site_problem *problem, int kind, size_t t)
{
    double sum = 0.0;

    for (size_t i = 0; i < problem->load_count; i++)
        if ((int)problem->load[i].kind == kind)
            sum += amp_column_at(problem->load[i].capacity_mw, t);
    return sum;
}

static double capacity_mw(const amp_site_problem *problem, amp_flow flow, size_t t)
{
    double sum = 0.0;

    switch (flow) {
    case AMP_FLOW_IMPORT:
        return amp_column_at(problem->import_limit_mw, t);
    case AMP_FLOW_EXPORT:
        return amp_column_at(problem->export_limit_mw, t);
    case AMP_FLOW_CHARGE:
        return problem->storage.is_present ? amp_column_at(problem->storage.charge_limit_mw, t)
                                           : 0.0;
    case AMP_FLOW_DISCHARGE:
        return problem->storage.is_present ? amp_column_at(problem->storage.discharge_limit_mw, t)
                                           : 0.0;
    case AMP_FLOW_GENERATION:
        for (size_t i = 0; i < problem->source_count; i++)
            if (problem->source[i].kind == AMP_SOURCE_GENERATOR)
                sum += amp_column_at(problem->source[i].power_mw, t);
        return sum;
    case AMP_FLOW_LEASE:
    case AMP_FLOW_INFERENCE:
    case AMP_FLOW_TRAINING:
    case AMP_FLOW_MINING:
        return kind_capacity_mw(problem, load_kind(flow), t);
    case AMP_FLOW_COUNT:
        break;
    }
    return 0.0;
}

static void add(double *sum, const double *value, size_t count)
{
    for (size_t t = 0; t < count; t++)
        sum[t] += value[t];
}

/* The flow in every interval, MW. */
static void gather(const amp_site_answer *site, amp_flow flow, double *mw)
{
    const amp_schedule *const schedule = &site->schedule;
    const size_t count = schedule->interval_count;
    const int kind = load_kind(flow);

    memset(mw, 0, count * sizeof *mw);
    if (flow == AMP_FLOW_IMPORT)
        add(mw, schedule->import_mw, count);
    else if (flow == AMP_FLOW_EXPORT)
        add(mw, schedule->export_mw, count);
    else if (flow == AMP_FLOW_CHARGE)
        add(mw, schedule->charge_mw, count);
    else if (flow == AMP_FLOW_DISCHARGE)
        add(mw, schedule->discharge_mw, count);
    else if (flow == AMP_FLOW_GENERATION)
        for (size_t i = 0; i < schedule->source_count; i++)
            if (site->problem.source[i].kind == AMP_SOURCE_GENERATOR)
                add(mw, schedule->source_mw[i], count);
    for (size_t i = 0; kind >= 0 && i < schedule->load_count; i++)
        if ((int)site->problem.load[i].kind == kind)
            add(mw, schedule->load_mw[i], count);
}

static amp_flow_figures measure(const amp_site_problem *problem, amp_flow flow, const double *mw)
{
    amp_flow_figures out = {0};
    size_t active = 0;

    for (size_t t = 0; t < problem->interval_count; t++) {
        out.energy_mwh += mw[t] * problem->interval_h;
        out.capacity_mwh += capacity_mw(problem, flow, t) * problem->interval_h;
        out.peak_mw = fmax(out.peak_mw, mw[t]);
        active += mw[t] > least_flow_mw;
    }
    out.time_share = (double)active / (double)problem->interval_count;
    return out;
}

/* The use that a flow is part of, or -1. */
static int use_of(amp_flow flow)
{
    switch (flow) {
    case AMP_FLOW_LEASE:
        return AMP_USE_LEASE;
    case AMP_FLOW_INFERENCE:
        return AMP_USE_INFERENCE;
    case AMP_FLOW_TRAINING:
        return AMP_USE_TRAINING;
    case AMP_FLOW_MINING:
        return AMP_USE_MINING;
    case AMP_FLOW_CHARGE:
        return AMP_USE_CHARGE;
    case AMP_FLOW_EXPORT:
        return AMP_USE_EXPORT;
    case AMP_FLOW_IMPORT:
    case AMP_FLOW_GENERATION:
    case AMP_FLOW_DISCHARGE:
    case AMP_FLOW_COUNT:
        break;
    }
    return -1;
}

/* The local hour, 0..23, in which each interval starts. */
static amp_status find_hours(const amp_site_answer *site, unsigned char *hour)
{
    const amp_site_problem *const problem = &site->problem;
    amp_calendar *calendar = NULL;
    const amp_status status = amp_calendar_open(site->site->time_zone, &calendar, NULL);
    int64_t next_s = INT64_MIN;
    unsigned char current = 0;

    if (status != AMP_OK)
        return status;
    for (size_t t = 0; t < problem->interval_count; t++) {
        const int64_t unix_s = problem->from_unix_s + (int64_t)t * problem->step_s;
        if (unix_s >= next_s) {
            current = (unsigned char)amp_calendar_hour_of_day(calendar, unix_s);
            next_s = amp_calendar_hour_start(calendar, unix_s, 1);
        }
        hour[t] = current;
    }
    amp_calendar_close(calendar);
    return AMP_OK;
}

static void average_hours(const double *mw, const unsigned char *hour, size_t count, int use,
                          amp_site_figures *out)
{
    double sum[AMP_DAY_HOURS] = {0.0};
    size_t seen[AMP_DAY_HOURS] = {0};

    for (size_t t = 0; t < count; t++) {
        sum[hour[t]] += mw[t];
        seen[hour[t]]++;
    }
    for (int i = 0; i < AMP_DAY_HOURS; i++)
        out->hour_mw[i][use] = seen[i] > 0 ? sum[i] / (double)seen[i] : (double)NAN;
}

/* Whether what a load lacks of its demand costs a penalty by the MWh. */
static bool has_penalty(const amp_load *load)
{
    return (load->kind == AMP_LOAD_LEASE && !load->is_hard) || load->kind == AMP_LOAD_INFERENCE;
}

/* What interval @p t earns, USD: the summand of the objective, but for what is due once. A tier's
 * value holds the penalty that serving it avoids, so that the penalty is due on the whole demand.
 */
static double money_usd(const amp_site_answer *site, size_t t)
{
    const amp_site_problem *const problem = &site->problem;
    const amp_schedule *const schedule = &site->schedule;
    double rate = 0.0; /* USD/h */

    for (size_t i = 0; i < problem->tier_count; i++)
        rate += schedule->tier_mw[i][t] * amp_column_at(problem->tier[i].value_usd_per_mwh, t);
    for (size_t i = 0; i < problem->load_count; i++) {
        const amp_load *const load = &problem->load[i];
        if (load->capping != NULL)
            rate += amp_column_at(load->capping->base_usd_per_h, t);
        else if (has_penalty(load))
            rate -= amp_column_at(load->penalty_usd_per_mwh, t) *
                    amp_column_at(amp_load_firm_mw(load), t);
    }
    for (size_t i = 0; i < problem->job_count; i++)
        rate += schedule->job_mw[i][t] * problem->job[i].value_usd_per_mwh;
    for (size_t i = 0; i < problem->source_count; i++)
        rate -= schedule->source_mw[i][t] * amp_column_at(problem->source[i].cost_usd_per_mwh, t);
    rate += schedule->export_mw[t] * amp_column_at(problem->export_price_usd_per_mwh, t);
    rate -= schedule->block_mw[t] * amp_column_at(problem->block_price_usd_per_mwh, t);
    rate -= (schedule->import_mw[t] - schedule->block_mw[t]) *
            amp_column_at(problem->import_price_usd_per_mwh, t);
    rate -=
        (schedule->charge_mw[t] + schedule->discharge_mw[t]) * problem->storage.wear_usd_per_mwh;
    return rate * problem->interval_h;
}

/* What is due for intervals [first, end), in equal parts; at @p first where there are none. */
static void spread(double usd, size_t first, size_t end, amp_buckets buckets, amp_site_figures *out)
{
    const size_t from = first / buckets.intervals;
    const size_t last = end > first ? end : first + 1;

    for (size_t i = from; i < buckets.count && i * buckets.intervals < last; i++) {
        const size_t start = i * buckets.intervals > first ? i * buckets.intervals : first;
        const size_t next = (i + 1) * buckets.intervals;
        const size_t stop = next < last && i + 1 < buckets.count ? next : last;
        out->bucket_usd[i] += usd * (double)(stop - start) / (double)(last - first);
    }
}

static void spread_dues(const amp_site_answer *site, amp_buckets buckets, amp_site_figures *out)
{
    const amp_site_problem *const problem = &site->problem;
    const size_t final = problem->interval_count - 1;

    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_peak_bill bill = amp_accounts_peak(problem, &site->schedule, k);
        spread(-bill.charge_usd, problem->peak[k].first, problem->peak[k].end, buckets, out);
    }
    for (size_t j = 0; j < problem->job_count; j++) {
        const amp_job_bill bill = amp_accounts_job(problem, &site->schedule, j);
        const size_t first = problem->job[j].first < final ? problem->job[j].first : final;
        spread(-bill.penalty_usd, first, problem->job[j].end, buckets, out);
    }
}

static void fill_buckets(const amp_site_answer *site, amp_buckets buckets, amp_site_figures *out)
{
    const size_t count = site->problem.interval_count;

    for (size_t i = 0; i < buckets.count; i++) {
        const size_t from = i * buckets.intervals;
        const size_t to = from + buckets.intervals < count ? from + buckets.intervals : count;
        double usd = 0.0;
        double price = 0.0;
        for (size_t t = from; t < to; t++) {
            usd += money_usd(site, t);
            price += site->schedule.internal_price_usd_per_mwh[t];
        }
        out->bucket_usd[i] = usd;
        out->bucket_price_usd_per_mwh[i] = price / (double)(to - from);
    }
    spread_dues(site, buckets, out);
}

amp_status amp_figures_make(const amp_site_answer *site, amp_buckets buckets, amp_site_figures *out)
{
    const size_t count = site->problem.interval_count;
    double *const mw = calloc(count, sizeof *mw);
    unsigned char *const hour = calloc(count, 1);
    amp_status status = AMP_NOMEM;

    if (mw == NULL || hour == NULL)
        goto out;
    status = find_hours(site, hour);
    if (status != AMP_OK)
        goto out;
    for (int flow = 0; flow < AMP_FLOW_COUNT; flow++) {
        const int use = use_of((amp_flow)flow);
        gather(site, (amp_flow)flow, mw);
        out->flow[flow] = measure(&site->problem, (amp_flow)flow, mw);
        if (use >= 0)
            average_hours(mw, hour, count, use, out);
    }
    fill_buckets(site, buckets, out);
out:
    free(hour);
    free(mw);
    return status;
}
