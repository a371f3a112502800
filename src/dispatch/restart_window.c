/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/restart_window.h"

#include "dispatch/accounts.h"
#include "dispatch/restart_lp.h"

#include <math.h>
#include <string.h>

/* ---- the site with all else held ---- */

/* Numbers of its own for every interval, of @p column. */
static double *own_column(const amp_site_problem *p, amp_arena *arena, amp_column *column)
{
    double *number = AMP_ARENA_NEW(arena, double, p->interval_count);
    for (size_t t = 0; number != NULL && t < p->interval_count; t++)
        number[t] = amp_column_at(*column, t);
    if (number != NULL)
        *column = (amp_column){.value = number, .stride = 1};
    return number;
}

/* Import stays within what each peak is billed for. */
static bool hold_peaks(const amp_site_problem *p, const amp_schedule *schedule, amp_arena *arena,
                       amp_site_problem *out)
{
    double *import_mw = own_column(p, arena, &out->import_limit_mw);
    double *block_mw = own_column(p, arena, &out->block_mw);
    if (import_mw == NULL || block_mw == NULL)
        return false;
    for (size_t k = 0; k < p->peak_count; k++) {
        const double billed_mw = amp_accounts_peak(p, schedule, k).billed_mw;
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            if (amp_peak_counts(&p->peak[k], t))
                import_mw[t] = fmin(import_mw[t], fmax(billed_mw, schedule->import_mw[t]));
    }
    for (size_t t = 0; t < p->interval_count; t++)
        block_mw[t] = fmin(block_mw[t], import_mw[t]);
    out->peak_count = 0;
    return true;
}

/* Jobs are load that must be served. */
static bool hold_jobs(const amp_site_problem *p, const amp_schedule *schedule, amp_arena *arena,
                      amp_site_problem *out)
{
    double *must_mw = own_column(p, arena, &out->must_mw);
    if (must_mw == NULL)
        return false;
    for (size_t j = 0; j < p->job_count; j++)
        for (size_t t = p->job[j].first; t < p->job[j].end; t++)
            must_mw[t] +=
                schedule->job_mw[j][t] / amp_column_at(p->load[p->job[j].load].it_per_mwh, t);
    out->job_count = 0;
    return true;
}

/* What has a budget gives at most what it gave. */
static bool hold_budgets(const amp_site_problem *p, const amp_schedule *schedule, amp_arena *arena,
                         amp_site_problem *out)
{
    amp_source *source = AMP_ARENA_NEW(arena, amp_source, p->source_count);
    if (source == NULL)
        return false;
    if (p->source_count > 0)
        memcpy(source, p->source, p->source_count * sizeof *source);
    for (size_t i = 0; i < p->budget_count; i++)
        for (size_t k = 0; k < p->budget[i].source_count; k++) {
            const uint32_t which = p->budget[i].source[k];
            source[which].power_mw = (amp_column){.value = schedule->source_mw[which], .stride = 1};
        }
    out->source = source;
    out->budget_count = 0;
    return true;
}

/* Tiers hold what penalties avoid; the penalties themselves are a constant. */
static bool drop_penalties(const amp_site_problem *p, amp_arena *arena, amp_site_problem *out)
{
    static const double zero = 0.0;
    amp_load *load = AMP_ARENA_NEW(arena, amp_load, p->load_count);
    if (load == NULL)
        return false;
    memcpy(load, p->load, p->load_count * sizeof *load);
    for (size_t i = 0; i < p->load_count; i++)
        load[i].penalty_usd_per_mwh = (amp_column){.value = &zero, .stride = 0};
    out->load = load;
    return true;
}

static amp_status hold(const amp_site_problem *p, const amp_schedule *schedule, amp_arena *arena,
                       amp_site_problem *out)
{
    amp_site_problem held = *p;
    held.block_count = 0;
    held.metered_end = NULL;
    if (p->peak_count > 0 && !hold_peaks(p, schedule, arena, &held))
        return AMP_NOMEM;
    if (p->job_count > 0 && !hold_jobs(p, schedule, arena, &held))
        return AMP_NOMEM;
    if (!hold_budgets(p, schedule, arena, &held) || !drop_penalties(p, arena, &held))
        return AMP_NOMEM;
    *out = held;
    return AMP_OK;
}

/* ---- a window of it ---- */

/* Where the next window begins. */
typedef struct {
    size_t first;
    double stored_mwh;
} standing;

static void shift(amp_column *column, size_t first)
{
    if (column->value != NULL)
        column->value += column->stride * first;
}

/* What runs of a fleet before interval @p first. */
static double running_before(const amp_site_problem *held, size_t i, size_t first,
                             const amp_restart_plan *plan)
{
    const amp_restart *restart = &held->restart[i];
    const uint32_t tier = held->load[restart->load].first_tier;
    if (first == 0)
        return restart->initial_mw;
    return amp_restart_running_mw(restart, first - 1, plan->tier_mw[tier][first - 1]);
}

static bool shift_assets(const amp_site_problem *held, size_t first, const amp_restart_plan *plan,
                         amp_arena *arena, amp_site_problem *out)
{
    amp_tier *tier = AMP_ARENA_NEW(arena, amp_tier, held->tier_count);
    amp_source *source = AMP_ARENA_NEW(arena, amp_source, held->source_count);
    amp_restart *restart = AMP_ARENA_NEW(arena, amp_restart, held->restart_count);
    if (tier == NULL || source == NULL || restart == NULL)
        return false;
    for (size_t k = 0; k < held->tier_count; k++) {
        tier[k] = held->tier[k];
        shift(&tier[k].power_mw, first);
        shift(&tier[k].value_usd_per_mwh, first);
    }
    for (size_t i = 0; i < held->source_count; i++) {
        source[i] = held->source[i];
        shift(&source[i].power_mw, first);
        shift(&source[i].cost_usd_per_mwh, first);
        shift(&source[i].shared_mw, first);
    }
    for (size_t i = 0; i < held->restart_count; i++) {
        restart[i] = held->restart[i];
        shift(&restart[i].running_per_mw, first);
        shift(&restart[i].lost_usd_per_mw, first);
        restart[i].initial_mw = running_before(held, i, first, plan);
    }
    out->tier = tier;
    out->source = source;
    out->restart = restart;
    return true;
}

static void shift_site(size_t first, amp_site_problem *out)
{
    amp_column *const columns[] = {
        &out->import_limit_mw,
        &out->import_price_usd_per_mwh,
        &out->block_mw,
        &out->block_price_usd_per_mwh,
        &out->coincident_usd_per_mwh,
        &out->export_limit_mw,
        &out->export_price_usd_per_mwh,
        &out->must_mw,
        &out->storage.charge_limit_mw,
        &out->storage.discharge_limit_mw,
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        shift(columns[i], first);
    out->from_unix_s += (int64_t)first * out->step_s;
}

/* What all windows share. */
typedef struct {
    const amp_site_problem *held;
    const amp_schedule *schedule;
    size_t length;
    amp_restart_plan *plan;
} walk;

/* Intervals [at.first, end), from what is stored and running there. What is stored at
 * the end is worth what the schedule says. */
static bool window_of(const walk *w, standing at, size_t end, amp_arena *arena,
                      amp_site_problem *out)
{
    amp_site_problem window = *w->held;
    if (!shift_assets(w->held, at.first, w->plan, arena, &window))
        return false;
    shift_site(at.first, &window);
    window.interval_count = end - at.first;
    window.storage.initial_mwh = at.stored_mwh;
    if (end < w->held->interval_count) {
        window.storage.final = AMP_FINAL_FREE;
        window.storage.terminal_value_usd_per_mwh = w->schedule->stored_usd_per_mwh[end - 1];
    }
    *out = window;
    return true;
}

/* ---- windows one after the other ---- */

/* How far the prices of two windows differ in interval @p t of the later one. */
static double price_difference(const amp_restart_plan *before, const amp_restart_plan *later,
                               size_t restarts, size_t first, size_t t)
{
    double difference = 0.0;
    for (size_t i = 0; i < restarts; i++)
        difference += fabs(before->price_usd[i][first + t] - later->price_usd[i][t]);
    return difference;
}

/* Prices change from one window's to the next one's where the two agree best, the sooner the
 * better: any other change would cost the bound what they differ by. */
static void join(const amp_site_problem *held, const amp_restart_plan *later, size_t first,
                 size_t overlap, size_t count, amp_restart_plan *plan)
{
    size_t best = 0;
    double least = HUGE_VAL;
    for (size_t t = 0; t < overlap && least > 0.0; t++) {
        const double difference = price_difference(plan, later, held->restart_count, first, t);
        if (difference < least) {
            least = difference;
            best = t;
        }
    }
    for (size_t i = 0; i < held->restart_count; i++)
        memcpy(plan->price_usd[i] + first + best, later->price_usd[i] + best,
               (count - best) * sizeof(double));
    for (size_t k = 0; k < held->tier_count; k++)
        if (plan->tier_mw[k] != NULL)
            memcpy(plan->tier_mw[k] + first, later->tier_mw[k], count * sizeof(double));
}

static bool is_stopped(const amp_host *host)
{
    return host != NULL && host->should_stop != NULL && host->should_stop(host->context);
}

/* Solves the window that begins at @p at, and moves on. */
static amp_status solve_window(const walk *w, standing *at)
{
    const size_t n = w->held->interval_count;
    const size_t end = n - at->first > w->length ? at->first + w->length : n;
    const size_t keep = end < n ? w->length / 2 : end - at->first;
    amp_arena *arena = amp_arena_new(SIZE_MAX);
    amp_site_problem window = {0};
    amp_restart_plan found = {0};
    amp_status status = AMP_NOMEM;
    if (arena == NULL)
        return AMP_NOMEM;
    double *stored_mwh = AMP_ARENA_NEW(arena, double, end - at->first);
    if (stored_mwh != NULL && window_of(w, *at, end, arena, &window))
        status = amp_restart_plan_new(&window, arena, &found);
    if (status == AMP_OK)
        status = amp_restart_lp_find(&window, &found, stored_mwh);
    if (status == AMP_OK) {
        join(w->held, &found, at->first, at->first > 0 ? w->length - w->length / 2 : 1,
             end - at->first, w->plan);
        at->first += keep;
        at->stored_mwh = stored_mwh[keep - 1];
    }
    amp_arena_free(arena);
    return status;
}

amp_status amp_restart_window_find(const amp_site_problem *problem, const amp_schedule *schedule,
                                   size_t length, const amp_host *host, amp_restart_plan *plan)
{
    amp_site_problem held = {0};
    amp_arena *arena = amp_arena_new(SIZE_MAX);
    if (arena == NULL)
        return AMP_NOMEM;
    amp_status status = hold(problem, schedule, arena, &held);
    const walk w = {.held = &held, .schedule = schedule, .length = length, .plan = plan};
    standing at = {.first = 0, .stored_mwh = problem->storage.initial_mwh};
    while (status == AMP_OK && at.first < problem->interval_count && !is_stopped(host))
        status = solve_window(&w, &at);
    amp_arena_free(arena);
    return status == AMP_INTERNAL ? AMP_OK : status;
}
