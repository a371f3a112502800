/* SPDX-License-Identifier: Apache-2.0 */
/* Random sites whose fleets cost something to start, beside all else that couples intervals: bound
 * and schedule against an LP code. */
#include "golden.h"
#include "oracle.h"
#include "random_coupled.h"
#include "schedule_check.h"

#include "dispatch/restart.h"
#include "dispatch/restart_solve.h"

#include <math.h>

enum { SITES = 2000, INTERVALS_MAX = 48, COMPLAINTS_MAX = 5 };

static const double tolerance = 1e-6;

typedef struct {
    size_t complaints, solved, infeasible, burnt, calls, calls_most, open;
    double worst_gap, worst_bound, gap_sum;
    size_t window_intervals; /* 0: the whole horizon, and the gap must close */
} tally;

static void complain(tally *all, const random_coupled *site, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(tally *all, const random_coupled *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    random_site_complain(site->base, format, arguments);
    va_end(arguments);
    all->complaints++;
}

/* Load that a tenant lets the site cut comes with a budget, and in sources of its own. */
static bool has_flexible_load(const amp_site_problem *p)
{
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source[i].kind != AMP_SOURCE_GENERATOR)
            return true;
    return false;
}

/* What a schedule earns, counted anew: all that its flows earn, less starts, peaks, and with jobs.
 * The last two are the coordination's to answer for, so only sites without them are counted. */
static void check_schedule(tally *all, const random_coupled *site, const amp_site_solution *found)
{
    const amp_site_problem *p = &site->problem;
    if (p->peak_count + p->job_count > 0 || has_flexible_load(p))
        return;
    const amp_restart_plan path = {.tier_mw = found->schedule.tier_mw};
    amp_site_problem bare = *p;
    bare.restart_count = 0;
    const schedule_facts facts = schedule_check(&bare, &found->schedule);
    double starts_usd = amp_restart_plan_usd(p, &path);
    for (size_t i = 0; i < p->restart_count; i++) {
        const amp_load *load = &p->load[p->restart[i].load];
        for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++)
            for (size_t t = 0; t < p->interval_count; t++)
                starts_usd -= path.tier_mw[k][t] * p->interval_h *
                              amp_column_at(p->tier[k].value_usd_per_mwh, t);
    }
    double usd = facts.value_usd + starts_usd;
    for (size_t r = 0; r < p->reserve_count; r++)
        for (size_t t = 0; t < p->interval_count; t++)
            usd += found->schedule.reserve_mw[r][t] * p->interval_h *
                   amp_column_at(p->reserve[r].price_usd_per_mwh, t);
    if (facts.broken != NULL)
        complain(all, site, "%s in interval %zu by %g", facts.broken, facts.interval, facts.size);
    if (!(fabs(usd - found->one_mode_usd) <= 1e-9 * facts.turnover_usd + 1e-5))
        complain(all, site, "the schedule earns %.12g, not %.12g", usd, found->one_mode_usd);
}

static void check(tally *all, const random_coupled *site, const amp_site_solution *found)
{
    oracle *judge = oracle_new(&site->problem);
    assert_non_null(judge);
    const oracle_answer answer = oracle_solve(judge);
    oracle_free(judge);
    if (!answer.is_feasible || found->shortage != AMP_FEASIBLE) {
        all->infeasible++;
        /* The relaxation may burn what one mode at a time cannot get rid of. */
        const bool may_burn = site->problem.storage.is_present && answer.is_feasible;
        all->burnt += may_burn ? 1 : 0;
        if (!may_burn && answer.is_feasible != (found->shortage == AMP_FEASIBLE))
            complain(all, site, "solved %d, CLP %d", found->shortage, answer.is_feasible);
        return;
    }
    all->solved++;
    all->calls += found->calls;
    all->calls_most = found->calls > all->calls_most ? found->calls : all->calls_most;
    all->open += found->was_stopped ? 1 : 0;
    const double allowed_usd = 1e-9 * answer.turnover_usd + 1e-6;
    const double gap = (found->bound_usd - found->relaxed_usd) / fmax(1.0, fabs(found->bound_usd));
    all->worst_gap = fmax(all->worst_gap, gap);
    all->worst_bound = fmax(all->worst_bound, (answer.value_usd - found->bound_usd) / allowed_usd);
    if (found->bound_usd < answer.value_usd - allowed_usd)
        complain(all, site, "bound %.12g is below CLP's %.12g", found->bound_usd, answer.value_usd);
    if (fmax(found->relaxed_usd, found->one_mode_usd) > answer.value_usd + allowed_usd)
        complain(all, site, "the schedule earns %.12g, CLP %.12g", found->relaxed_usd,
                 answer.value_usd);
    all->gap_sum += fmax(0.0, gap);
    if (!(gap <= tolerance) && all->window_intervals == 0)
        complain(all, site,
                 "gap %.3g after %zu calls: %.9g .. %.9g, CLP %.9g, %zu peaks %zu jobs %zu starts",
                 gap, found->calls, found->relaxed_usd, found->bound_usd, answer.value_usd,
                 site->problem.peak_count, site->problem.job_count, site->problem.restart_count);
    check_schedule(all, site, found);
}

static void drop_couplings(random_coupled *site)
{
    site->problem.peak_count = 0;
    site->problem.job_count = 0;
    site->problem.budget_count = 0;
    if (site->problem.reserve_count == 0)
        site->problem.block_count = 0;
}

/* Two of three with all that couples intervals, the third with restarts alone. */
static void try_site(tally *all, uint64_t seed)
{
    random_coupled *site = random_coupled_new(seed, random_site_intervals(INTERVALS_MAX));
    assert_non_null(site);
    assert_true(random_coupled_add_restarts(seed, site));
    if (seed % 3 == 0 && !has_flexible_load(&site->problem))
        drop_couplings(site);
    if (site->problem.restart_count > 0) {
        amp_site_solution found = {0};
        if (amp_restart_solve_by_windows(&site->problem, NULL, tolerance, all->window_intervals,
                                         &found) == AMP_OK)
            check(all, site, &found);
        else
            complain(all, site, "not solved");
        amp_schedule_free(&found.schedule);
    }
    random_coupled_free(site);
}

static void try_sites(tally *all, size_t count)
{
    const uint64_t base = random_site_base_seed();
    print_message("seed %llu\n", (unsigned long long)base);
    for (size_t i = 0; i < count && all->complaints < COMPLAINTS_MAX; i++)
        try_site(all, base + i);
    print_message("%zu solved, %zu infeasible (%zu but for both modes at once), %.1f calls on "
                  "average, %zu at most, %zu left open; "
                  "gap %.2g on average, %.2g at worst, bound off by %.2g tolerances\n",
                  all->solved, all->infeasible, all->burnt,
                  (double)all->calls / fmax(1.0, (double)all->solved), all->calls_most, all->open,
                  all->gap_sum / fmax(1.0, (double)all->solved), all->worst_gap, all->worst_bound);
    assert_int_equal(all->complaints, 0);
    assert_true(all->solved > count / 4);
    assert_true(all->burnt <= count / 200);
}

static void test_random_restarts(void **state)
{
    tally all = {0};
    (void)state;
    try_sites(&all, random_site_count(SITES));
}

/* Windows far too short: the bound is one and the schedule keeps every limit all the same. */
static void test_random_restarts_by_windows(void **state)
{
    tally all = {.window_intervals = 6};
    (void)state;
    try_sites(&all, random_site_count(SITES) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_restarts),
        cmocka_unit_test(test_random_restarts_by_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
