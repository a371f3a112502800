/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/coordinate.h"

#include "dispatch/billing.h"
#include "dispatch/inner.h"
#include "dispatch/outer.h"
#include "dispatch/pricing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CALLS_AT_MOST = 400,
    STORED_CALLS_AT_MOST = 60,
    STORED_CALLS_BETWEEN = 10,
    STORED_CALLS_AT_LEAST = 30
};

/* A gap that is no less than this share of the last one is not worth the calls. */
static const double slow_share = 0.95;

/* Shares of a mix below this are rounding. */
static const double least_weight = 1e-12;

struct amp_coordination {
    const amp_site_problem *problem;
    const amp_host *host;
    double tolerance;
    size_t calls_at_most;
    bool is_stuck; /**< CLP did not solve a master */
    amp_pricing *pricing;
    amp_outer *outer;
    amp_inner *inner; /**< NULL without accounts */
    amp_cut *cut;     /**< [block_count] of the last call */
    amp_point *point;
    double *number;       /**< what cuts, points and the arrays below hold */
    double *peak_mw;      /**< [peak_count] where to ask next */
    double *account_usd;  /**< [accounts] */
    double *marginal_usd; /**< [accounts] what one more unit would earn, by the bound */
    double *asked;        /**< [calls][peak_count + accounts] every query, in their order */
    size_t asked_count;
    double *best_peak_mw; /**< [peak_count] of the schedule to be made */
    double best_usd;      /**< what it earns as far as is known */
    double **split_mw; /**< [calls] of each call, where peaks are metered over several intervals */
    double **flow_mw;  /**< [flow_count][interval_count] of the schedule; jobs come first */
    double *flow_number;
    size_t flow_count;
    amp_duals duals;
    amp_coordinated result;
};

/* ---- making one ---- */

static size_t query_size(const amp_site_problem *p)
{
    return p->peak_count + amp_account_count(p);
}

static bool take_numbers(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    const size_t per_block = 2 * query_size(p) + p->peak_count;
    const size_t count = p->block_count * per_block + 2 * query_size(p) + p->peak_count;
    c->duals.block = calloc(p->block_count + 1, sizeof *c->duals.block);
    c->number = calloc(count + 1, sizeof(double));
    c->cut = calloc(p->block_count + 1, sizeof *c->cut);
    c->point = calloc(p->block_count + 1, sizeof *c->point);
    c->asked = calloc(c->calls_at_most * query_size(p) + 1, sizeof(double));
    if (c->duals.block == NULL || c->number == NULL || c->cut == NULL || c->point == NULL ||
        c->asked == NULL)
        return false;
    double *next = c->number;
    for (size_t b = 0; b < p->block_count; b++) {
        c->cut[b].peak = next;
        c->cut[b].account = next + p->peak_count;
        c->point[b].peak_mw = c->cut[b].account + amp_account_count(p);
        c->point[b].use = c->point[b].peak_mw + p->peak_count;
        c->cut[b].watched_peak = c->point[b].use + amp_account_count(p);
        next += per_block;
    }
    c->peak_mw = next;
    c->best_peak_mw = next + p->peak_count;
    c->account_usd = c->best_peak_mw + p->peak_count;
    c->marginal_usd = c->account_usd + amp_account_count(p);
    c->duals.peak_usd_per_mw = c->marginal_usd + amp_account_count(p);
    return true;
}

/* After the pricing, which knows how many there are. */
static bool take_flows(amp_coordination *c)
{
    const size_t n = c->problem->interval_count;
    c->flow_count = amp_pricing_flow_count(c->pricing);
    c->split_mw = calloc(c->calls_at_most, sizeof *c->split_mw);
    c->flow_mw = calloc(c->flow_count + 1, sizeof *c->flow_mw);
    c->flow_number = calloc(c->flow_count * n + 1, sizeof(double));
    if (c->split_mw == NULL || c->flow_mw == NULL || c->flow_number == NULL)
        return false;
    for (size_t f = 0; f < c->flow_count; f++)
        c->flow_mw[f] = c->flow_number + f * n;
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
    free(c->duals.block);
    free(c->number);
    for (size_t i = 0; c->split_mw != NULL && i < c->asked_count; i++)
        free(c->split_mw[i]);
    free(c->split_mw);
    free(c->asked);
    free(c->flow_mw);
    free(c->flow_number);
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
    if (!take_numbers(c) || amp_pricing_new(problem, &c->pricing) != AMP_OK || !take_flows(c) ||
        amp_outer_new(problem, &c->outer) != AMP_OK ||
        (amp_account_count(problem) > 0 && amp_inner_new(problem, &c->inner) != AMP_OK)) {
        amp_coordination_free(c);
        return AMP_NOMEM;
    }
    *out = c;
    return AMP_OK;
}

/* ---- the loop ---- */

/* The first question: no peak binds, and no account is worth its price. */
static void first_query(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    for (size_t k = 0; k < p->peak_count; k++)
        c->peak_mw[k] = amp_peak_most_mw(p, k);
    for (size_t i = 0; i < amp_account_count(p); i++)
        c->account_usd[i] = amp_account_most_usd(p, i);
}

static void remember_query(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    double *query = c->asked + c->asked_count++ * query_size(p);
    memcpy(query, c->peak_mw, p->peak_count * sizeof(double));
    memcpy(query + p->peak_count, c->account_usd, amp_account_count(p) * sizeof(double));
}

static amp_query query_of(const amp_coordination *c, size_t call)
{
    const double *query = c->asked + call * query_size(c->problem);
    return (amp_query){.peak_mw = query,
                       .account_usd = query + c->problem->peak_count,
                       .split_mw = c->split_mw[call]};
}

/* Without accounts a call at peaks D is a schedule within D: what it earns is a lower bound. */
static void keep_best_peaks(amp_coordination *c, const amp_query *query)
{
    const amp_site_problem *p = c->problem;
    const double usd = amp_pricing_value_usd(c->pricing) - amp_billing_usd(p, query->peak_mw);
    if (usd <= c->best_usd)
        return;
    c->best_usd = usd;
    if (amp_pricing_is_metered(c->pricing))
        memcpy(c->flow_mw[c->flow_count - 1], amp_pricing_split_mw(c->pricing),
               p->interval_count * sizeof(double));
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

/* Whether any schedule exists depends neither on peaks, which may be overrun, nor on jobs: the
 * first call shows it. Only where supply is needed beyond its budgets does the last dispatch. */
static void note_shortage(amp_coordination *c, const amp_solution *solution)
{
    c->result.shortage = solution->shortage;
    c->result.shortage_interval = solution->shortage_interval;
    c->result.shortage_amount = solution->shortage_amount;
}

/* The lowest bound and its prices, and what it says one more unit of each account would earn. */
static void keep_bound(amp_coordination *c, double bound_usd)
{
    const amp_site_problem *p = c->problem;
    const amp_duals *duals = amp_outer_duals(c->outer);
    for (size_t i = 0; i < amp_account_count(p); i++)
        c->marginal_usd[i] = amp_outer_account_usd(c->outer, i);
    if (bound_usd > c->result.bound_usd)
        return;
    c->result.bound_usd = bound_usd;
    memcpy(c->duals.block, duals->block, p->block_count * sizeof *duals->block);
    memcpy(c->duals.peak_usd_per_mw, duals->peak_usd_per_mw, p->peak_count * sizeof(double));
}

/* Peaks come from the outer master and prices from the inner one. Where the two creep along each
 * other, a hair a call, prices half way to those of the outer master's own optimum jump ahead. Only
 * every second time: convergence rests on asking at the inner master's. */
static void mix_prices(amp_coordination *c)
{
    if (c->asked_count % 2 != 0)
        return;
    for (size_t i = 0; i < amp_account_count(c->problem); i++)
        c->account_usd[i] = 0.5 * (c->account_usd[i] + c->marginal_usd[i]);
}

/* Where peaks are metered over several intervals a call is as exact as the search needs. */
static double gap_wanted_usd(const amp_coordination *c)
{
    const double open_usd = c->result.bound_usd - c->best_usd;
    return isinf(open_usd) ? HUGE_VAL
                           : 0.2 * fmax(open_usd, 0.5 * c->tolerance * fabs(c->result.bound_usd));
}

/* How intervals shared the peaks in the last call. */
static bool remember_split(amp_coordination *c)
{
    if (c->inner == NULL || !amp_pricing_is_metered(c->pricing))
        return true;
    c->split_mw[c->asked_count - 1] = amp_pricing_copy_split(c->pricing);
    return c->split_mw[c->asked_count - 1] != NULL;
}

/* One call, fed to both masters. Sets the next query, the bound and the best known value. Where CLP
 * gives up on a master the search ends with what there is: the bound and the last dispatch hold. */
static amp_status improve(amp_coordination *c)
{
    remember_query(c);
    amp_query query = query_of(c, c->asked_count - 1);
    query.gap_usd = gap_wanted_usd(c);
    if (!amp_pricing_ask(c->pricing, &query, c->cut, c->point)) {
        note_shortage(c, amp_pricing_solution(c->pricing));
        return AMP_OK;
    }
    if (!remember_split(c) || amp_outer_add(c->outer, c->cut) != AMP_OK)
        return AMP_NOMEM;
    double bound_usd = 0.0;
    c->is_stuck = !amp_outer_solve(c->outer, c->peak_mw, &bound_usd);
    if (!c->is_stuck)
        keep_bound(c, bound_usd);
    if (c->inner == NULL) {
        keep_best_peaks(c, &query);
        return AMP_OK;
    }
    amp_inner_add(c->inner, c->point);
    c->is_stuck = !amp_inner_solve(c->inner, c->account_usd, &c->best_usd) || c->is_stuck;
    mix_prices(c);
    return AMP_OK;
}

/* Where reserves want energy behind them, calls at one query become better by what the paths before
 * them show: the search goes on while it is young. */
static bool may_improve(const amp_coordination *c)
{
    return c->asked_count < STORED_CALLS_AT_MOST;
}

/* Whether a search that gets no further may end. */
static bool is_old(const amp_coordination *c)
{
    return !amp_pricing_has_stored(c->pricing) || c->asked_count >= STORED_CALLS_AT_LEAST;
}

/* Whether the last dispatch may end the search. */
static bool is_worth_dispatch(const amp_coordination *c)
{
    const size_t between = c->inner != NULL ? STORED_CALLS_AT_LEAST : STORED_CALLS_BETWEEN;
    return amp_pricing_has_stored(c->pricing)
               ? (c->asked_count == 2 && c->inner == NULL) || c->asked_count % between == 0
               : is_close(c, c->best_usd, c->result.bound_usd, 0.5);
}

/* ---- the schedule ---- */

/* Flows and the peaks of the best mix of all calls, whose points are made once more: keeping
 * them all would take a hundred times the memory. */
static void mix_points(amp_coordination *c)
{
    const amp_site_problem *p = c->problem;
    memset(c->flow_number, 0, c->flow_count * p->interval_count * sizeof(double));
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
            for (size_t f = 0; f < c->flow_count; f++)
                for (size_t t = p->block_first[b]; t < end; t++)
                    c->flow_mw[f][t] += weight * amp_pricing_flow_mw(c->pricing, f, t);
        }
    }
}

/* What the flows of an account use of it. */
static double account_use(const amp_coordination *c, size_t account)
{
    double use = 0.0;
    amp_column weight;
    for (size_t f = 0; f < c->flow_count; f++) {
        if (!amp_pricing_flow_uses(c->pricing, f, account, &weight))
            continue;
        for (size_t t = 0; t < c->problem->interval_count; t++)
            use += c->flow_mw[f][t] * amp_column_at(weight, t);
    }
    return use * c->problem->interval_h;
}

/* But for what counts for nothing. */
static void scale_flows(amp_coordination *c, size_t account, double factor)
{
    amp_column weight;
    for (size_t f = 0; f < c->flow_count; f++) {
        if (!amp_pricing_flow_uses(c->pricing, f, account, &weight))
            continue;
        for (size_t t = 0; t < c->problem->interval_count; t++)
            if (amp_column_at(weight, t) > 0.0)
                c->flow_mw[f][t] *= factor;
    }
}

/* A mix takes no more than a job's power, an account's limit, or than supply can give, but for
 * rounding, which must not make a schedule impossible: @p kept of what jobs take is close to 1, and
 * dust is swept away. What is trimmed for one account uses less of all its others. */
static void trim_flows(amp_coordination *c, double kept)
{
    const amp_site_problem *p = c->problem;
    const double dust = 1e-9;
    for (size_t j = 0; j < p->job_count; j++)
        for (size_t t = 0; t < p->interval_count; t++)
            c->flow_mw[j][t] =
                c->flow_mw[j][t] < dust * p->job[j].power_mw ? 0.0 : c->flow_mw[j][t];
    for (size_t account = 0; account < amp_account_count(p); account++) {
        const double use = account_use(c, account);
        const double limit = amp_account_limit(p, account);
        const double share = use > limit ? limit / use : 1.0;
        scale_flows(c, account, amp_account_is_job(p, account) ? share * kept : share);
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
            energy_mwh += c->flow_mw[j][t] * p->interval_h;
        const double left = job->energy_mwh > 0.0 ? 1.0 - energy_mwh / job->energy_mwh : 0.0;
        usd += job->value_usd_per_mwh * energy_mwh - job->penalty_usd * left;
    }
    return usd;
}

/* The last dispatch, which belongs to the schedule. Jobs are served a hair less, or, where only
 * they can take what the battery must give, a hair more than the mix says. Jobs that leave no
 * schedule by more than rounding, because the search was ended early, give way. */
static void dispatch(amp_coordination *c)
{
    static const double kept[] = {1.0 - 1e-10, 1.0 + 1e-10, 1.0 - 1e-6, 0.0};
    const amp_site_problem *p = c->problem;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        trim_flows(c, kept[i]);
        amp_pricing_dispatch(c->pricing, c->best_peak_mw, c->flow_mw, &c->result.solution);
        c->result.calls++;
        if (c->result.solution.shortage == AMP_FEASIBLE)
            break;
    }
    note_shortage(c, &c->result.solution);
    double earned_usd = c->result.solution.bound_usd;
    if (amp_pricing_has_stored(c->pricing) && c->result.solution.shortage == AMP_FEASIBLE)
        earned_usd = amp_pricing_planned_usd(c->pricing, &c->result.solution);
    c->result.relaxed_usd = earned_usd + jobs_usd(c) - amp_billing_usd(p, c->best_peak_mw);
}

/* With what the battery held on the best path, and on average; the better of the two. */
static void dispatch_planned(amp_coordination *c)
{
    if (c->inner != NULL)
        mix_points(c);
    if (!amp_pricing_has_stored(c->pricing)) {
        dispatch(c);
        return;
    }
    amp_pricing_choose_plan(c->pricing, false);
    dispatch(c);
    const double mean_usd = c->result.relaxed_usd;
    amp_pricing_choose_plan(c->pricing, true);
    dispatch(c);
    if (c->result.relaxed_usd >= mean_usd && !isinf(c->result.relaxed_usd))
        return;
    amp_pricing_choose_plan(c->pricing, false);
    if (isinf(mean_usd))
        amp_pricing_drop_plan(c->pricing);
    dispatch(c);
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
        c->result.was_stopped = is_time_up(c) || c->is_stuck;
        is_done = c->result.was_stopped;
        const bool has_stored = amp_pricing_has_stored(c->pricing);
        if (has_stored)
            amp_pricing_follow_path(c->pricing);
        is_done = is_done || (has_stored && !may_improve(c));
        if (!is_done && !is_worth_dispatch(c))
            continue;
        dispatch_planned(c);
        const double gap_usd = c->result.bound_usd - c->result.relaxed_usd;
        const bool is_good = is_close(c, c->result.relaxed_usd, c->result.bound_usd, 1.0);
        is_done = is_done || is_good ||
                  (gap_usd >= last_gap_usd * (has_stored ? slow_share : 1.0) && is_old(c));
        last_gap_usd = gap_usd;
    }
    return isinf(c->result.bound_usd) ? AMP_INTERNAL : AMP_OK;
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
        .duals = c->duals,
        .problem = amp_pricing_problem(c->pricing),
        .job_mw = c->flow_mw,
        .account_usd = c->marginal_usd,
    };
    amp_pricing_watch(c->pricing, options->watched_first, options->watched_end);
    first_query(c);
    status = run(c);
    if (status != AMP_OK) {
        amp_coordination_free(c);
        return status;
    }
    *out = c;
    return AMP_OK;
}
