/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/answer.h"

#include "dispatch/single.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* How far rounding may put the bound below the objective: a share of the money that flows, and
 * USD. More than that is a defect of the solver. */
static const double rounding_share = 1e-9;
static const double rounding_usd = 1e-6;

/* Relative gap that coordination may leave. */
static const double default_tolerance = 1e-6;

/* What the jobs of one answer share; job i writes answer->site[i] and status[i] alone. */
typedef struct {
    amp_answer *answer;
    amp_status *status;
    const amp_answer_options *options;
    const amp_host *solver_host;
    atomic_size_t done;
} work;

/* ---- one site ---- */

/* Money that flows, penalties apart. */
static double flow_usd(const amp_accounts *a)
{
    return fabs(a->revenue_usd.mining) + fabs(a->revenue_usd.lease) +
           fabs(a->revenue_usd.inference) + fabs(a->revenue_usd.training) +
           fabs(a->revenue_usd.export) + fabs(a->revenue_usd.reserve) + fabs(a->cost_usd.energy) +
           fabs(a->cost_usd.demand_charge) + fabs(a->cost_usd.coincident_peak) +
           fabs(a->cost_usd.generation) + fabs(a->cost_usd.wear) + fabs(a->stored_energy_usd);
}

static amp_status take_money(amp_site_answer *site, double bound_usd, double relaxed_usd)
{
    site->accounts = amp_accounts_settle(&site->problem, &site->schedule);
    site->objective_usd = site->accounts.objective_usd;
    site->bound_usd = fmax(bound_usd, site->objective_usd);
    site->relaxed_usd = fmin(site->bound_usd, fmax(relaxed_usd, site->objective_usd));
    if (bound_usd < site->objective_usd - rounding_share * flow_usd(&site->accounts) - rounding_usd)
        return AMP_INTERNAL;
    return AMP_OK;
}

static amp_status solve_site(amp_site_answer *site, const amp_host *host, double tolerance)
{
    amp_site_solution found = {0};
    const amp_status status = amp_site_solve(
        &site->problem, host, tolerance > 0.0 ? tolerance : default_tolerance, &found);
    if (status != AMP_OK)
        return status;
    site->calls = found.calls;
    site->was_stopped = found.was_stopped;
    site->shortage = found.shortage;
    site->shortage_interval = found.shortage_interval;
    site->shortage_amount = found.shortage_amount;
    if (found.shortage != AMP_FEASIBLE)
        return AMP_OK;
    site->mixed_count = found.mixed_count;
    site->schedule = found.schedule;
    return take_money(site, found.bound_usd, found.relaxed_usd);
}

static void job(void *argument, size_t i)
{
    work *shared = argument;
    const amp_answer_options *options = shared->options;
    shared->status[i] =
        solve_site(&shared->answer->site[i], shared->solver_host, options->tolerance);
    const size_t done = atomic_fetch_add(&shared->done, 1) + 1;
    if (options->progress != NULL)
        options->progress(options->progress_context, done, shared->answer->site_count);
}

/* ---- all sites ---- */

static void run_jobs(work *shared, size_t count)
{
    const amp_host *host = shared->options->host;
    /* Several sites share the threads among them; one site has them to itself. */
    const amp_host alone = {.context = host == NULL ? NULL : host->context,
                            .should_stop = host == NULL ? NULL : host->should_stop};
    shared->solver_host = count > 1 ? &alone : host;
    if (count > 1 && host != NULL && host->parallel != NULL) {
        host->parallel(host->context, count, job, shared);
        return;
    }
    for (size_t i = 0; i < count; i++)
        job(shared, i);
}

static amp_status report_failure(const amp_site_answer *site, amp_status status,
                                 amp_diagnostics *diagnostics)
{
    const bool is_memory = status == AMP_NOMEM;
    const amp_finding finding = {.code =
                                     is_memory ? AMP_CODE_NO_MEMORY : AMP_CODE_SCHEDULE_INVALID};
    if (is_memory)
        (void)amp_report(diagnostics, &finding, "no memory to dispatch site '%s'",
                         site->problem.site_id);
    else
        (void)amp_report(
            diagnostics, &finding,
            "site '%s': the schedule earns %.9g USD, more than the bound of the solver",
            site->problem.site_id, site->objective_usd);
    return status;
}

/* What needs the market, which serves one thread at a time. */
static amp_status finish_site(const amp_portfolio *portfolio, amp_market *market, size_t i,
                              amp_answer *answer)
{
    amp_site_answer *site = &answer->site[i];
    if (site->shortage == AMP_FEASIBLE)
        return amp_accounts_add_fixed(portfolio, i, market, &site->accounts);
    answer->is_feasible = false;
    site->change = AMP_ARENA_NEW(answer->arena, amp_change, AMP_CHANGES_MAX);
    if (site->change == NULL)
        return AMP_NOMEM;
    return amp_infeasible_changes(portfolio, i, market, &site->problem, site->change,
                                  &site->change_count);
}

static void add_up(amp_answer *answer)
{
    if (!answer->is_feasible)
        return;
    for (size_t i = 0; i < answer->site_count; i++) {
        answer->objective_usd += answer->site[i].objective_usd;
        answer->bound_usd += answer->site[i].bound_usd;
    }
}

static amp_status solve_all(const amp_portfolio *portfolio, amp_market *market,
                            const amp_answer_options *options, amp_diagnostics *diagnostics,
                            amp_answer *answer)
{
    static const amp_answer_options none = {0};
    work shared = {
        .answer = answer,
        .status = AMP_ARENA_NEW(answer->arena, amp_status, answer->site_count),
        .options = options == NULL ? &none : options,
    };
    if (shared.status == NULL)
        return AMP_NOMEM;
    run_jobs(&shared, answer->site_count);
    for (size_t i = 0; i < answer->site_count; i++) {
        amp_status status = shared.status[i];
        if (status == AMP_OK)
            status = finish_site(portfolio, market, i, answer);
        if (status != AMP_OK)
            return report_failure(&answer->site[i], status, diagnostics);
    }
    add_up(answer);
    return AMP_OK;
}

/* ---- making and freeing ---- */

static amp_answer *new_answer(const amp_portfolio *portfolio)
{
    amp_answer *answer = calloc(1, sizeof *answer);
    if (answer == NULL)
        return NULL;
    answer->arena = amp_arena_new(SIZE_MAX);
    if (answer->arena != NULL)
        answer->site = AMP_ARENA_NEW(answer->arena, amp_site_answer, portfolio->site_count);
    if (answer->site == NULL) {
        amp_answer_free(answer);
        return NULL;
    }
    answer->is_feasible = true;
    answer->site_count = portfolio->site_count;
    for (size_t i = 0; i < answer->site_count; i++)
        answer->site[i].site = &portfolio->site[i];
    return answer;
}

void amp_answer_free(amp_answer *answer)
{
    if (answer == NULL)
        return;
    for (size_t i = 0; i < answer->site_count; i++)
        amp_schedule_free(&answer->site[i].schedule);
    amp_arena_free(answer->arena);
    free(answer);
}

static amp_status no_memory(amp_diagnostics *diagnostics)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY};
    (void)amp_report(diagnostics, &finding, "no memory to dispatch the portfolio");
    return AMP_NOMEM;
}

/* Solves what has been compiled; hands the answer on, or frees it. */
static amp_status finish(const amp_portfolio *portfolio, amp_market *market,
                         const amp_answer_options *options, amp_diagnostics *diagnostics,
                         amp_answer *answer, amp_answer **out)
{
    const amp_status status = solve_all(portfolio, market, options, diagnostics, answer);
    if (status == AMP_OK)
        *out = answer;
    else
        amp_answer_free(answer);
    return status;
}

static void take_problems(amp_answer *answer, const amp_site_problem *problem)
{
    for (size_t i = 0; i < answer->site_count; i++)
        answer->site[i].problem = problem[i];
}

amp_status amp_answer_make(const amp_portfolio *portfolio, amp_market *market,
                           const amp_answer_options *options, amp_diagnostics *diagnostics,
                           amp_answer **out)
{
    amp_answer *answer = new_answer(portfolio);
    amp_site_problem *problem = NULL;
    if (answer == NULL)
        return no_memory(diagnostics);
    const amp_status status =
        amp_site_problems_build(portfolio, market, answer->arena, diagnostics, &problem);
    if (status != AMP_OK) {
        amp_answer_free(answer);
        return status;
    }
    take_problems(answer, problem);
    return finish(portfolio, market, options, diagnostics, answer, out);
}

amp_status amp_answer_solve(const amp_portfolio *portfolio, amp_market *market,
                            const amp_site_problem *problem, const amp_answer_options *options,
                            amp_diagnostics *diagnostics, amp_answer **out)
{
    amp_answer *answer = new_answer(portfolio);
    if (answer == NULL)
        return no_memory(diagnostics);
    take_problems(answer, problem);
    return finish(portfolio, market, options, diagnostics, answer, out);
}
