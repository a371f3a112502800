/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of random portfolio files, read, solved and settled; the validator, which looks at
 * nothing but the file and its series, accepts every schedule, and the LP code every bound. */
#include "golden.h"
#include "oracle.h"
#include "random_file.h"
#include "random_site.h"

#include "dispatch/validate.h"

#include <math.h>
#include <stdlib.h>

enum { FILES = 5000, COMPLAINTS_MAX = 5 };

/* What the whole run has seen. */
typedef struct {
    size_t complaints, solved, infeasible, mixed;
    amp_violation worst;
    double worst_bound; /* |bound - CLP|, in tolerances */
} tally;

/* One portfolio, from file to validation. */
typedef struct {
    uint64_t seed;
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
    amp_arena *arena;
    amp_site_problem problem;
    amp_solver *solver;
    amp_schedule schedule;
} chain;

static bool load(chain *c, const char *path)
{
    c->diagnostics = amp_diagnostics_new();
    c->arena = amp_arena_new((size_t)16 << 20);
    return c->diagnostics != NULL && c->arena != NULL &&
           amp_portfolio_load(path, NULL, c->diagnostics, &c->portfolio) == AMP_OK &&
           amp_market_load(c->portfolio, c->diagnostics, &c->market) == AMP_OK &&
           amp_site_problem_build(c->portfolio, 0, c->market, c->arena, c->diagnostics,
                                  &c->problem) == AMP_OK &&
           amp_solver_new(&c->problem, &c->solver, NULL) == AMP_OK;
}

static void unload(chain *c)
{
    amp_schedule_free(&c->schedule);
    amp_solver_free(c->solver);
    amp_market_free(c->market);
    amp_portfolio_free(c->portfolio);
    amp_arena_free(c->arena);
    amp_diagnostics_free(c->diagnostics);
}

static void complain(tally *all, const chain *c, const char *what)
{
    (void)fprintf(stderr, "file of seed %llu: %s\n", (unsigned long long)c->seed, what);
    for (size_t i = 0; i < amp_diagnostics_count(c->diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(c->diagnostics, i), false, stderr);
    all->complaints++;
}

static void validate(tally *all, chain *c, const amp_solution *solution)
{
    amp_violation off;
    assert_int_equal(amp_schedule_build(&c->problem, solution, NULL, &c->schedule), AMP_OK);
    amp_accounts accounts = amp_accounts_settle(&c->portfolio->site[0], &c->problem, &c->schedule);
    assert_int_equal(amp_accounts_add_fixed(c->portfolio, 0, c->market, &accounts), AMP_OK);
    const amp_settled_schedule settled = {.portfolio = c->portfolio,
                                          .market = c->market,
                                          .order = &c->problem,
                                          .schedule = &c->schedule,
                                          .accounts = &accounts};
    if (amp_schedule_validate(&settled, c->diagnostics, &off) != AMP_OK) {
        complain(all, c, "the validator refuses the schedule");
        return;
    }
    all->worst.balance_mw = fmax(all->worst.balance_mw, off.balance_mw);
    all->worst.limit_mw = fmax(all->worst.limit_mw, off.limit_mw);
    all->worst.soc_mwh = fmax(all->worst.soc_mwh, off.soc_mwh);
    all->worst.money_usd = fmax(all->worst.money_usd, off.money_usd);
    oracle *judge = oracle_new(&c->problem);
    assert_non_null(judge);
    const oracle_answer answer = oracle_solve(judge);
    oracle_free(judge);
    const double tolerance = 1e-9 * answer.turnover_usd + 1e-6;
    const double bound_off = fabs(answer.value_usd - solution->bound_usd) / tolerance;
    all->worst_bound = fmax(all->worst_bound, bound_off);
    if (!answer.is_feasible || !(bound_off <= 1.0))
        complain(all, c, "bound is not CLP's optimum");
    if (!(fabs(accounts.objective_usd - solution->objective_usd) <= tolerance))
        complain(all, c, "the accounts do not add up to the objective");
}

static void try_file(tally *all, golden_folder *folder, uint64_t seed)
{
    chain c = {.seed = seed};
    amp_solution solution;
    assert_true(random_file_write(seed, golden_path(folder, "")));
    if (!load(&c, golden_path(folder, "portfolio.yaml"))) {
        complain(all, &c, "not read");
        unload(&c);
        return;
    }
    amp_solver_solve(c.solver, &solution);
    if (solution.shortage == AMP_FEASIBLE) {
        all->solved++;
        all->mixed += solution.mixed_count > 0;
        validate(all, &c, &solution);
    } else {
        all->infeasible++;
    }
    unload(&c);
}

static void test_validator_accepts_the_schedule_of_every_random_file(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(FILES);
    tally all = {.solved = 0};
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++) {
        golden_folder *folder = golden_folder_new();
        try_file(&all, folder, seed + i);
        golden_folder_free(folder);
    }
    (void)printf("seed %llu: %zu files, %zu solved, %zu infeasible, %zu with mixed modes\n",
                 (unsigned long long)seed, count, all.solved, all.infeasible, all.mixed);
    (void)printf("bound off by %.3g tolerances at worst, accounts by %.3g USD\n", all.worst_bound,
                 all.worst.money_usd);
    assert_int_equal(all.complaints, 0);
    assert_true(2 * all.solved > count); /* or the files say too little */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validator_accepts_the_schedule_of_every_random_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
