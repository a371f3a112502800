/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/restart_solve.h"

#include "dispatch/restart.h"
#include "dispatch/restart_lp.h"
#include "dispatch/restart_window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Horizons with at most so many columns are one linear programme; longer ones are cut into windows
 * of so many intervals, and longer ones up to so many times that. */
enum { WHOLE_COLUMNS = 40000, WINDOW_INTERVALS = 576, LONGEST_WINDOW = 4 };

/* Of the gap that may be left, what each of the two solves may leave. */
#define SHARE_OF_SOLVE 0.4

/* One site under way. */
typedef struct {
    const amp_site_problem *problem;
    const amp_host *host;
    double tolerance; /* of each of the two solves */
    amp_arena *arena;
    amp_restart_plan plan;
    double bound_usd;  /* the lowest so far */
    double *start_usd; /* [restart_count][T] prices of starts of that */
    size_t calls;
    bool was_stopped;
    amp_site_solution best; /* the schedule that earns most so far */
    bool has_best;
    size_t window_intervals; /* 0: the whole horizon at once */
} search;

static bool has_starts(const amp_restart_plan *plan, size_t tier)
{
    return plan->tier_mw[tier] != NULL;
}

/* ---- schedules ---- */

/* Keeps the better of two schedules, and frees the other. */
static void keep_better(search *s, amp_site_solution *found)
{
    if (s->has_best && found->one_mode_usd <= s->best.one_mode_usd) {
        amp_schedule_free(&found->schedule);
        s->best.relaxed_usd = fmax(s->best.relaxed_usd, found->relaxed_usd);
        return;
    }
    if (s->has_best) {
        found->relaxed_usd = fmax(s->best.relaxed_usd, found->relaxed_usd);
        amp_schedule_free(&s->best.schedule);
    }
    s->best = *found;
    s->has_best = true;
}

/* Where a site at prices took a part of a mode that is one tier with the modes below it, all of
 * them take that part. */
static void even_out(const amp_site_problem *p, const amp_load *load, amp_schedule *schedule)
{
    const uint32_t first = load->first_tier;
    const uint32_t end = first + load->tier_count;
    for (size_t t = 0; t < p->interval_count; t++) {
        const double lowest_mw = amp_column_at(p->tier[first].power_mw, t);
        double taken_mw = 0.0;
        double most_mw = 0.0;
        bool is_possible = true;
        for (uint32_t k = first; k < end; k++) {
            const double power_mw = amp_column_at(p->tier[k].power_mw, t);
            taken_mw += schedule->tier_mw[k][t];
            most_mw += power_mw;
            is_possible = is_possible && schedule->tier_mw[k][t] * lowest_mw <=
                                             schedule->tier_mw[first][t] * power_mw;
        }
        for (uint32_t k = first; k < end && !is_possible; k++)
            schedule->tier_mw[k][t] = amp_column_at(p->tier[k].power_mw, t) * taken_mw / most_mw;
    }
}

/* What the fleets of a schedule earn at the values of @p valued. */
static double fleets_usd(const search *s, const amp_site_problem *valued,
                         const amp_schedule *schedule)
{
    double usd = 0.0;
    for (size_t k = 0; k < valued->tier_count; k++)
        for (size_t t = 0; has_starts(&s->plan, k) && t < valued->interval_count; t++)
            usd += schedule->tier_mw[k][t] * valued->interval_h *
                   amp_column_at(valued->tier[k].value_usd_per_mwh, t);
    return usd;
}

/* A schedule whose fleets chose at the values of @p priced, with their own values, and starts paid.
 * With modes mixed it earns @p relaxed_usd at least. */
static void keep_recounted(search *s, const amp_site_problem *priced, double relaxed_usd,
                           amp_site_solution *found)
{
    const amp_site_problem *p = s->problem;
    const double at_prices_usd = fleets_usd(s, priced, &found->schedule);
    amp_restart_plan path = {.tier_mw = found->schedule.tier_mw};
    for (size_t i = 0; i < p->restart_count; i++)
        even_out(p, &p->load[p->restart[i].load], &found->schedule);
    found->one_mode_usd += amp_restart_plan_usd(p, &path) - at_prices_usd;
    found->relaxed_usd = fmax(relaxed_usd, found->one_mode_usd);
    keep_better(s, found);
}

/* Puts the path into a schedule that took it as load. */
static void put_path(search *s, double kept, amp_schedule *schedule)
{
    const amp_site_problem *p = s->problem;
    for (size_t k = 0; k < p->tier_count; k++)
        for (size_t t = 0; has_starts(&s->plan, k) && t < p->interval_count; t++) {
            schedule->tier_mw[k][t] = kept * s->plan.tier_mw[k][t];
            schedule->load_mw[p->tier[k].load][t] += schedule->tier_mw[k][t];
        }
}

/* One more MW could also go to machines that have room for it. */
static void lift_prices(const search *s, const amp_site_problem *priced, amp_schedule *schedule)
{
    const double sliver = 1e-9;
    const amp_site_problem *p = s->problem;
    for (size_t k = 0; k < p->tier_count; k++)
        for (size_t t = 0; has_starts(&s->plan, k) && t < p->interval_count; t++) {
            const double power_mw = amp_column_at(p->tier[k].power_mw, t);
            double *price = &schedule->internal_price_usd_per_mwh[t];
            if (power_mw - schedule->tier_mw[k][t] > sliver * (1.0 + power_mw))
                *price = fmax(*price, amp_column_at(priced->tier[k].value_usd_per_mwh, t));
        }
}

/* ---- the two solves ---- */

static amp_status solve_once(search *s, const amp_site_problem *problem, double tolerance,
                             amp_site_solution *out)
{
    const amp_status status = amp_site_solve(problem, s->host, tolerance, out);
    if (status != AMP_OK)
        return status;
    s->calls += out->calls;
    s->was_stopped = s->was_stopped || out->was_stopped;
    return AMP_OK;
}

/* Solves a site without restarts that earns @p constant_usd less than the site itself. The
 * tolerance is relative: where the part is larger than the whole it is not tight enough, and it is
 * solved again. */
static amp_status solve_part(search *s, const amp_site_problem *problem, double constant_usd,
                             amp_site_solution *out)
{
    amp_site_solution found = {0};
    amp_status status = solve_once(s, problem, s->tolerance, &found);
    if (status != AMP_OK)
        return status;
    const double whole_usd = fmax(1.0, fabs(found.bound_usd + constant_usd));
    const double part_usd = fmax(1.0, fabs(found.bound_usd));
    const double left_usd = found.bound_usd - found.relaxed_usd;
    if (found.shortage == AMP_FEASIBLE && !found.was_stopped &&
        left_usd > s->tolerance * whole_usd) {
        amp_schedule_free(&found.schedule);
        status = solve_once(s, problem, s->tolerance * whole_usd / part_usd, &found);
    }
    if (status == AMP_OK)
        *out = found;
    return status;
}

static void keep_bound(search *s, double bound_usd)
{
    const size_t n = s->problem->interval_count;
    if (bound_usd >= s->bound_usd)
        return;
    s->bound_usd = bound_usd;
    for (size_t i = 0; i < s->problem->restart_count; i++)
        memcpy(s->start_usd + i * n, s->plan.price_usd[i], n * sizeof(double));
}

/* The site at the plan's prices: a bound, and a schedule. */
static amp_status solve_priced(search *s, amp_site_problem *priced)
{
    amp_site_solution found = {0};
    double constant_usd = 0.0;
    amp_status status = amp_restart_price(s->problem, &s->plan, s->arena, priced, &constant_usd);
    if (status == AMP_OK)
        status = solve_part(s, priced, constant_usd, &found);
    if (status != AMP_OK)
        return status;
    if (found.shortage != AMP_FEASIBLE) {
        s->best = found;
        return AMP_OK;
    }
    keep_bound(s, found.bound_usd + constant_usd);
    keep_recounted(s, priced, -HUGE_VAL, &found);
    return AMP_OK;
}

/* The site with the plan's path as tiers, which may hold reserves. */
static amp_status solve_held(search *s, const amp_site_problem *priced)
{
    amp_site_problem held = {0};
    amp_site_solution found = {0};
    double constant_usd = 0.0;
    amp_status status = amp_restart_hold(s->problem, &s->plan, s->arena, &held, &constant_usd);
    if (status == AMP_OK)
        status = solve_part(s, &held, constant_usd, &found);
    if (status != AMP_OK || found.shortage != AMP_FEASIBLE)
        return status;
    const double relaxed_usd = found.relaxed_usd + constant_usd;
    lift_prices(s, priced, &found.schedule);
    keep_recounted(s, &held, relaxed_usd, &found);
    return AMP_OK;
}

/* The site beside the plan's path. The path gives way by a hair where rounding leaves no schedule,
 * up or down. Where one mode at a time leaves none, it is not used. */
static amp_status solve_fixed(search *s, const amp_site_problem *priced)
{
    static const double kept[] = {1.0, 1.0 - 1e-10, 1.0 + 1e-10, 1.0 - 1e-8};
    const double path_usd = amp_restart_plan_usd(s->problem, &s->plan);
    if (s->problem->reserve_count > 0)
        return solve_held(s, priced);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        amp_site_problem fixed = {0};
        amp_site_solution found = {0};
        amp_status status = amp_restart_fix(s->problem, &s->plan, kept[i], s->arena, &fixed);
        if (status == AMP_OK)
            status = solve_part(s, &fixed, path_usd, &found);
        if (status != AMP_OK)
            return status;
        if (found.shortage != AMP_FEASIBLE)
            continue;
        put_path(s, kept[i], &found.schedule);
        lift_prices(s, priced, &found.schedule);
        found.one_mode_usd += path_usd;
        found.relaxed_usd += path_usd;
        keep_better(s, &found);
        break;
    }
    return AMP_OK;
}

/* One linear programme for the whole horizon. */
static amp_status run_whole(search *s)
{
    amp_site_problem priced = {0};
    amp_status status = amp_restart_lp_find(s->problem, &s->plan, NULL);
    if (status == AMP_OK || status == AMP_INTERNAL)
        status = solve_priced(s, &priced);
    if (status == AMP_OK && s->best.shortage == AMP_FEASIBLE)
        status = solve_fixed(s, &priced);
    return status;
}

static bool is_stopped(const search *s)
{
    return s->host != NULL && s->host->should_stop != NULL &&
           s->host->should_stop(s->host->context);
}

static bool is_open(const search *s)
{
    const double allowed_usd = s->tolerance / SHARE_OF_SOLVE * fmax(1.0, fabs(s->bound_usd));
    return s->bound_usd - s->best.relaxed_usd > allowed_usd && !is_stopped(s);
}

/* The path and schedule to start from: machines that start for nothing. */
static amp_status run_free(search *s)
{
    amp_site_problem priced = {0};
    const amp_status status = solve_priced(s, &priced);
    for (size_t k = 0; k < s->problem->tier_count && s->has_best; k++)
        if (has_starts(&s->plan, k))
            memcpy(s->plan.tier_mw[k], s->best.schedule.tier_mw[k],
                   s->problem->interval_count * sizeof(double));
    return status;
}

/* Windows, from the best schedule so far; longer ones while the gap is open. */
static amp_status run_windows(search *s)
{
    amp_status status = run_free(s);
    for (size_t length = s->window_intervals; status == AMP_OK && s->has_best && is_open(s) &&
                                              length <= s->window_intervals * LONGEST_WINDOW;
         length *= 2) {
        amp_site_problem priced = {0};
        status = amp_restart_window_find(s->problem, &s->best.schedule, length, s->host, &s->plan);
        if (status == AMP_OK)
            status = solve_priced(s, &priced);
        if (status == AMP_OK)
            status = solve_fixed(s, &priced);
    }
    s->was_stopped = s->was_stopped || is_stopped(s);
    return status;
}

static amp_status run(search *s)
{
    const amp_status status = amp_restart_plan_new(s->problem, s->arena, &s->plan);
    if (status != AMP_OK)
        return status;
    return s->window_intervals == 0 ? run_whole(s) : run_windows(s);
}

amp_status amp_restart_solve_by_windows(const amp_site_problem *problem, const amp_host *host,
                                        double tolerance, size_t window_intervals,
                                        amp_site_solution *out)
{
    search s = {.problem = problem,
                .host = host,
                .tolerance = SHARE_OF_SOLVE * tolerance,
                .arena = amp_arena_new(SIZE_MAX),
                .bound_usd = HUGE_VAL,
                .window_intervals = window_intervals};
    s.start_usd = calloc(problem->restart_count * problem->interval_count + 1, sizeof(double));
    const bool has_memory = s.arena != NULL && s.start_usd != NULL;
    const amp_status status = has_memory ? run(&s) : AMP_NOMEM;
    amp_arena_free(s.arena);
    if (status != AMP_OK || !s.has_best)
        free(s.start_usd);
    else
        s.best.schedule.start_usd = s.start_usd;
    if (status != AMP_OK) {
        if (s.has_best)
            amp_schedule_free(&s.best.schedule);
        return status;
    }
    *out = s.best;
    out->bound_usd = s.bound_usd;
    out->calls = s.calls;
    out->was_stopped = s.was_stopped;
    return AMP_OK;
}

amp_status amp_restart_solve(const amp_site_problem *problem, const amp_host *host,
                             double tolerance, amp_site_solution *out)
{
    const bool is_small = amp_restart_lp_size(problem) <= WHOLE_COLUMNS;
    return amp_restart_solve_by_windows(problem, host, tolerance, is_small ? 0 : WINDOW_INTERVALS,
                                        out);
}
