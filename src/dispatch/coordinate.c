/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/coordinate.h"

#include "dispatch/inner.h"
#include "dispatch/outer.h"
#include "dispatch/pricing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS_AT_MOST = 400 };

/* Shares of a mix below this are rounding. */
static const double least_weight = 1e-12;

struct amp_coordination {
    const amp_site_problem *problem;
    const amp_host *host;
    double tolerance;
    size_t calls_at_most;
    amp_pricing *pricing;
    amp_outer *outer;
    amp_inner *inner; /**< NULL without jobs */
    amp_cut *cut;     /**< [block_count] of the last call */
    amp_point *point;
    double *number;  /**< what cuts and points and the arrays below hold */
    double *peak_mw; /**< [peak_count] where to ask next */
    double *job_usd; /**< [job_count] */
    double *asked;   /**< [calls][peak_count + job_count] every query, in their order */
    size_t asked_count;
    double *best_peak_mw; /**< [peak_count] of the schedule to be made */
    double best_usd;      /**< what it earns as far as is known */
    double **job_mw;      /**< [job_count][interval_count] */
    double *job_number;
    amp_coordinated result;
};

/* ---- making one ---- */

static size_t query_size(const amp_site_problem *p)
{
    return p->peak_count + p->job_count;
}

static bool take_numbers(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    const size_t per_block = 2 * query_size(p);
    const size_t count = p->block_count * per_block + 2 * p->peak_count + p->job_count;
    c->number = calloc(count + 1, sizeof(double));
    c->cut = calloc(p->block_count + 1, sizeof *c->cut);
    c->point = calloc(p->block_count + 1, sizeof *c->point);
    c->asked = calloc(c->calls_at_most * query_size(p) + 1, sizeof(double));
    c->job_mw = calloc(p->job_count + 1, sizeof *c->job_mw);
    c->job_number = calloc(p->job_count * p->interval_count + 1, sizeof(double));
    if (c->number == NULL || c->cut == NULL || c->point == NULL || c->asked == NULL ||
        c->job_mw == NULL || c->job_number == NULL)
        return false;
    double *next = c->number;
    for (size_t b = 0; b < p->block_count; b++) {
        c->cut[b].peak = next;
        c->cut[b].job = next + p->peak_count;
        c->point[b].peak_mw = c->cut[b].job + p->job_count;
        c->point[b].job_mwh = c->point[b].peak_mw + p->peak_count;
        next += per_block;
    }
    c->peak_mw = next;
    c->best_peak_mw = next + p->peak_count;
    c->job_usd = c->best_peak_mw + p->peak_count;
    for (size_t j = 0; j < p->job_count; j++)
        c->job_mw[j] = c->job_number + j * p->interval_count;
    return true;
}

void amp_coordination_free(amp_coordination *c)
{
    if (c == NULL)
        return;
    amp_pricing_free(c->pricing);
    amp_outer_free(c->outer);
    amp_inner_free(c->inner);
    free(c->cut);
    free(c->point);
    free(c->number);
    free(c->asked);
    free(c->job_mw);
    free(c->job_number);
    free(c);
}

const amp_coordinated *amp_coordination_result(const amp_coordination *c)
{
    return &c->result;
}

static amp_status make(const amp_site_problem *problem, const amp_host *host,
                       const amp_coordination_options *options, amp_coordination **out)
{
    amp_coordination *c = calloc(1, sizeof *c);
    if (c == NULL)
        return AMP_NOMEM;
    c->problem = problem;
    c->host = host;
    c->tolerance = options->tolerance;
    c->calls_at_most = options->calls_at_most > 0 ? options->calls_at_most : CALLS_AT_MOST;
    c->best_usd = -HUGE_VAL;
    if (!take_numbers(c) || amp_pricing_new(problem, &c->pricing) != AMP_OK ||
        amp_outer_new(problem, &c->outer) != AMP_OK ||
        (problem->job_count > 0 && amp_inner_new(problem, &c->inner) != AMP_OK)) {
        amp_coordination_free(c);
        return AMP_NOMEM;
    }
    *out = c;
    return AMP_OK;
}

/* ---- the loop ---- */

/* The first question: no peak binds, and no job is worth its price. */
static void first_query(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    for (size_t k = 0; k < p->peak_count; k++)
        c->peak_mw[k] = amp_peak_most_mw(p, &p->peak[k]);
    for (size_t j = 0; j < p->job_count; j++)
        c->job_usd[j] = amp_job_most_usd_per_mwh(p, &p->job[j]);
}

static double peaks_usd(const amp_site_problem *p, const double *peak_mw)
{
    double usd = 0.0;
    for (size_t k = 0; k < p->peak_count; k++)
        usd += p->peak[k].charge_usd_per_mw * fmax(peak_mw[k], p->peak[k].start_mw);
    return usd;
}

static void remember_query(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    double *query = c->asked + c->asked_count++ * query_size(p);
    memcpy(query, c->peak_mw, p->peak_count * sizeof(double));
    memcpy(query + p->peak_count, c->job_usd, p->job_count * sizeof(double));
}

static amp_query query_of(const amp_coordination *c, size_t call)
{
    const double *query = c->asked + call * query_size(c->problem);
    return (amp_query){.peak_mw = query, .job_usd_per_mwh = query + c->problem->peak_count};
}

/* Without jobs a call at peaks D is a schedule within D: what it earns is a lower bound. */
static void keep_best_peaks(amp_coordination *c, const amp_query *query)
{
    const amp_site_problem *p = c->problem;
    const double usd = amp_pricing_value_usd(c->pricing) - peaks_usd(p, query->peak_mw);
    if (usd <= c->best_usd)
        return;
    c->best_usd = usd;
    memcpy(c->best_peak_mw, query->peak_mw, p->peak_count * sizeof(double));
}

static bool is_time_up(const amp_coordination *c)
{
    return c->asked_count >= c->calls_at_most || (c->host != NULL && c->host->should_stop != NULL &&
                                                  c->host->should_stop(c->host->context));
}

static bool is_close(const amp_coordination *c, double below_usd, double above_usd, double share)
{
    return above_usd - below_usd <= share * c->tolerance * fmax(1.0, fabs(above_usd));
}

/* Whether any schedule exists does not depend on peaks, which may be overrun, nor on jobs: the
 * first call shows it. */
static void note_shortage(amp_coordination *c)
{
    const amp_solution *solution = amp_pricing_solution(c->pricing);
    c->result.shortage = solution->shortage;
    c->result.shortage_interval = solution->shortage_interval;
    c->result.shortage_amount = solution->shortage_amount;
}

/* One call, fed to both masters. Sets the next query, the bound and the best known value. */
static amp_status improve(amp_coordination *c)
{
    remember_query(c);
    const amp_query query = query_of(c, c->asked_count - 1);
    if (!amp_pricing_ask(c->pricing, &query, c->cut, c->point)) {
        note_shortage(c);
        return AMP_OK;
    }
    if (amp_outer_add(c->outer, c->cut) != AMP_OK)
        return AMP_NOMEM;
    double bound_usd = 0.0;
    if (!amp_outer_solve(c->outer, c->peak_mw, &bound_usd))
        return AMP_INTERNAL;
    c->result.bound_usd = fmin(c->result.bound_usd, bound_usd);
    if (c->inner == NULL) {
        keep_best_peaks(c, &query);
        return AMP_OK;
    }
    amp_inner_add(c->inner, c->point);
    return amp_inner_solve(c->inner, c->job_usd, &c->best_usd) ? AMP_OK : AMP_INTERNAL;
}

/* ---- the schedule ---- */

/* Jobs' power and the peaks of the best mix of all calls, whose points are made once more: keeping
 * them all would take a hundred times the memory. */
static void mix_points(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    memset(c->job_number, 0, p->job_count * p->interval_count * sizeof(double));
    memset(c->best_peak_mw, 0, p->peak_count * sizeof(double));
    for (size_t call = 0; call < c->asked_count; call++) {
        double largest = 0.0;
        for (size_t b = 0; b < p->block_count; b++)
            largest = fmax(largest, amp_inner_weight(c->inner, call, b));
        const amp_query query = query_of(c, call);
        if (largest <= least_weight || !amp_pricing_ask(c->pricing, &query, c->cut, c->point))
            continue;
        c->result.calls++;
        for (size_t b = 0; b < p->block_count; b++) {
            const double weight = amp_inner_weight(c->inner, call, b);
            const size_t end = b + 1 < p->block_count ? p->block_first[b + 1] : p->interval_count;
            for (size_t k = 0; k < p->peak_count; k++)
                c->best_peak_mw[k] += weight * c->point[b].peak_mw[k];
            for (size_t j = 0; j < p->job_count; j++)
                for (size_t t = p->block_first[b]; t < end; t++)
                    c->job_mw[j][t] += weight * amp_pricing_job_mw(c->pricing, j, t);
        }
    }
}

/* A mix takes no more than a job's energy or than supply can give, but for rounding, which must not
 * make a schedule impossible: @p kept is a little less than 1, and dust is swept away. */
static void trim_jobs(amp_coordination *c, double kept)
{
    const amp_site_problem *p = c->problem;
    const double dust = 1e-9;
    for (size_t j = 0; j < p->job_count; j++) {
        const double wanted_mwh = p->job[j].energy_mwh;
        double energy_mwh = 0.0;
        for (size_t t = 0; t < p->interval_count; t++) {
            if (c->job_mw[j][t] < dust * p->job[j].power_mw)
                c->job_mw[j][t] = 0.0;
            energy_mwh += c->job_mw[j][t] * p->interval_h;
        }
        const double share = energy_mwh > wanted_mwh ? wanted_mwh / energy_mwh : 1.0;
        for (size_t t = 0; t < p->interval_count; t++)
            c->job_mw[j][t] *= fmin(share, kept);
    }
}

/* What the jobs earn as they are scheduled, penalties paid. */
static double jobs_usd(const amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    double usd = 0.0;
    for (size_t j = 0; j < p->job_count; j++) {
        const amp_job *job = &p->job[j];
        double energy_mwh = 0.0;
        for (size_t t = job->first; t < job->end; t++)
            energy_mwh += c->job_mw[j][t] * p->interval_h;
        const double left = job->energy_mwh > 0.0 ? 1.0 - energy_mwh / job->energy_mwh : 0.0;
        usd += job->value_usd_per_mwh * energy_mwh - job->penalty_usd * left;
    }
    return usd;
}

/* The last dispatch, which belongs to the schedule. Jobs that leave no schedule by more than
 * rounding (the solver of CLP stopped short) give way. */
static void dispatch(amp_coordination *c)
{
    static const double kept[] = {1.0 - 1e-10, 1.0 - 1e-6, 0.0};
    const amp_site_problem *p = c->problem;
    if (c->inner != NULL)
        mix_points(c);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        trim_jobs(c, kept[i]);
        amp_pricing_dispatch(c->pricing, c->best_peak_mw, c->job_mw, &c->result.solution);
        c->result.calls++;
        if (c->result.solution.shortage == AMP_FEASIBLE)
            break;
    }
    c->result.relaxed_usd =
        c->result.solution.bound_usd + jobs_usd(c) - peaks_usd(p, c->best_peak_mw);
}

static amp_status run(amp_coordination *c)
{
    double last_gap_usd = HUGE_VAL;
    bool is_done = false;
    while (!is_done) {
        const amp_status status = improve(c);
        if (status != AMP_OK || c->result.shortage != AMP_FEASIBLE)
            return status;
        c->result.calls++;
        c->result.was_stopped = is_time_up(c);
        is_done = c->result.was_stopped;
        if (!is_close(c, c->best_usd, c->result.bound_usd, 0.5) && !is_done)
            continue;
        dispatch(c);
        const double gap_usd = c->result.bound_usd - c->result.relaxed_usd;
        const bool is_good = is_close(c, c->result.relaxed_usd, c->result.bound_usd, 1.0);
        is_done = is_done || is_good || gap_usd >= last_gap_usd;
        last_gap_usd = gap_usd;
    }
    return AMP_OK;
}

amp_status amp_coordinate(const amp_site_problem *problem, const amp_host *host,
                          const amp_coordination_options *options, amp_coordination **out)
{
    amp_coordination *c = NULL;
    amp_status status = make(problem, host, options, &c);
    if (status != AMP_OK)
        return status;
    c->result = (amp_coordinated){
        .shortage = AMP_FEASIBLE,
        .bound_usd = HUGE_VAL,
        .relaxed_usd = -HUGE_VAL,
        .problem = amp_pricing_problem(c->pricing),
        .job_mw = c->job_mw,
    };
    first_query(c);
    status = run(c);
    if (status != AMP_OK) {
        amp_coordination_free(c);
        return status;
    }
    *out = c;
    return AMP_OK;
}
