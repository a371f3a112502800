/* SPDX-License-Identifier: Apache-2.0 */
/* Random sites of hundreds of intervals: many stretches, snapshots and blocks, more segments than
 * there is room for, and stored energy that decays by many powers of two. The bound is held against
 * an LP code, the schedule against every limit. */
#include "golden.h"
#include "oracle.h"
#include "random_site.h"
#include "schedule_check.h"

#include "dispatch/solver.h"

#include <math.h>

enum { SITES = 200, INTERVALS_MIN = 200, INTERVALS_MAX = 1500, COMPLAINTS_MAX = 5 };

/* What the whole run has seen: sites of each kind, of those that have a schedule. */
typedef struct {
    size_t complaints, solved, mixed;
    size_t rebuilt; /* pieces made anew in the forward pass */
    size_t absent;  /* a snapshot did not fit and modes were mixed */
    size_t epochs;  /* the coordinate of stored energy was rescaled */
    double worst_bound;
} tally;

/* One site under test. */
typedef struct {
    tally *tally;
    const random_site *site;
    const amp_solution *solution;
    double tolerance_usd;
} trial;

static void complain(trial *x, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(trial *x, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    random_site_complain(x->site, format, arguments);
    va_end(arguments);
    x->tally->complaints++;
}

static void check_bound(trial *x)
{
    oracle *judge = oracle_new(&x->site->problem);
    assert_non_null(judge);
    const oracle_answer answer = oracle_solve(judge);
    oracle_free(judge);
    if (!answer.is_feasible) {
        complain(x, "the solver has a schedule, CLP has none");
        return;
    }
    const double off = fabs(x->solution->bound_usd - answer.value_usd) / x->tolerance_usd;
    x->tally->worst_bound = fmax(x->tally->worst_bound, off);
    if (!(off <= 1.0))
        complain(x, "bound %.15g, CLP %.15g (its dual %.15g), off by %.3g tolerances",
                 x->solution->bound_usd, answer.value_usd, answer.bound_usd, off);
}

static void check_schedule(trial *x)
{
    amp_schedule schedule;
    const amp_solution *solution = x->solution;
    assert_int_equal(amp_schedule_build(&x->site->problem, solution, NULL, &schedule), AMP_OK);
    const schedule_facts facts = schedule_check(&x->site->problem, &schedule);
    amp_schedule_free(&schedule);
    x->tolerance_usd = 1e-9 * facts.turnover_usd + 1e-6;
    const double gap_usd = solution->bound_usd - solution->objective_usd;
    if (facts.broken != NULL)
        complain(x, "interval %zu: %s by %.6g", facts.interval, facts.broken, facts.size);
    if (!(fabs(facts.value_usd - solution->objective_usd) <= x->tolerance_usd))
        complain(x, "the schedule earns %.15g, the objective is %.15g", facts.value_usd,
                 solution->objective_usd);
    if (!(gap_usd >= 0.0 && isfinite(gap_usd)))
        complain(x, "objective %.17g, bound %.17g", solution->objective_usd, solution->bound_usd);
    if (solution->mixed_count == 0 && gap_usd > x->tolerance_usd)
        complain(x, "objective %.15g, bound %.15g, no mode mixed", solution->objective_usd,
                 solution->bound_usd);
}

/* Looks into the solver: whether the site was one that the test is for. */
static void count_kinds(tally *all, const amp_solver *solver, const amp_solution *solution)
{
    size_t rebuilt = 0;
    size_t epochs = 0;
    size_t absent = 0;
    const size_t count = solver->queue == NULL ? 0 : solver->interval_count;
    for (size_t t = 0; t < count; t++) {
        rebuilt += (solver->shape[t] & AMP_SHAPE_REBUILD) != 0;
        epochs += amp_solver_epoch_bits(solver, t) != 0;
        absent += solver->snapshot[t / AMP_SNAPSHOT_SPAN].count == AMP_SNAPSHOT_ABSENT;
    }
    all->solved++;
    all->mixed += solution->mixed_count > 0;
    all->rebuilt += rebuilt > 0;
    all->epochs += epochs > 0;
    all->absent += absent > 0 && solution->mixed_count > 0;
}

static void try_site(tally *all, uint64_t seed)
{
    amp_solver *solver = NULL;
    amp_solution solution;
    random_site *site = random_site_new_long(seed, INTERVALS_MIN, INTERVALS_MAX);
    assert_non_null(site);
    assert_int_equal(amp_solver_new(&site->problem, &solver, NULL), AMP_OK);
    amp_solver_solve(solver, &solution);
    if (solution.shortage == AMP_FEASIBLE) {
        trial x = {.tally = all, .site = site, .solution = &solution};
        count_kinds(all, solver, &solution);
        check_schedule(&x);
        check_bound(&x);
    }
    amp_solver_free(solver);
    random_site_free(site);
}

static void test_long_random_sites_agree_with_clp(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    tally all = {.solved = 0};
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++)
        try_site(&all, seed + i);
    (void)printf("seed %llu: %zu sites, %zu solved, %zu mix modes, %zu with pieces made anew, %zu "
                 "without room for a snapshot, %zu with epochs; bound off by %.3g tolerances at "
                 "worst\n",
                 (unsigned long long)seed, count, all.solved, all.mixed, all.rebuilt, all.absent,
                 all.epochs, all.worst_bound);
    assert_int_equal(all.complaints, 0);
    if (count < SITES) /* too few for every kind */
        return;
    assert_true(all.solved >= SITES / 3);
    assert_true(all.mixed >= SITES / 10);
    assert_true(all.rebuilt >= 5);
    assert_true(all.epochs >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_long_random_sites_agree_with_clp)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
