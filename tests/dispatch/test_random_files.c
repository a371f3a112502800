/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of random portfolio files, read, solved and settled; the validator, which looks at
 * nothing but the file and its series, accepts every schedule, and the LP code every bound. */
#include "golden.h"
#include "oracle.h"
#include "random_file.h"
#include "random_site.h"

#include "dispatch/answer.h"
#include "dispatch/bill.h"
#include "dispatch/reserve.h"
#include "dispatch/validate.h"

#include <math.h>
#include <stdlib.h>

enum { FILES = 5000, COMPLAINTS_MAX = 5 };

/* What the whole run has seen. */
typedef struct {
    size_t complaints, solved, infeasible, mixed, coupled, billed, restarted;
    amp_violation worst;
    double worst_bound; /* CLP's optimum above the bound, in tolerances */
    double worst_left;  /* relative gap of coordination */
} tally;

/* One portfolio, from file to validation. */
typedef struct {
    uint64_t seed;
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
    amp_answer *answer;
} chain;

static bool load(chain *c, const char *path)
{
    c->diagnostics = amp_diagnostics_new();
    return c->diagnostics != NULL &&
           amp_portfolio_load(path, NULL, c->diagnostics, &c->portfolio) == AMP_OK &&
           amp_market_load(c->portfolio, c->diagnostics, &c->market) == AMP_OK &&
           amp_answer_make(c->portfolio, c->market, NULL, c->diagnostics, &c->answer) == AMP_OK;
}

static void unload(chain *c)
{
    amp_answer_free(c->answer);
    amp_market_free(c->market);
    amp_portfolio_free(c->portfolio);
    amp_diagnostics_free(c->diagnostics);
}

static void complain(tally *all, const chain *c, const char *what)
{
    (void)fprintf(stderr, "file of seed %llu: %s\n", (unsigned long long)c->seed, what);
    for (size_t i = 0; i < amp_diagnostics_count(c->diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(c->diagnostics, i), false, stderr);
    all->complaints++;
}

/* The bound is CLP's optimum, or no more above it than coordination may leave. */
static void check_bound(tally *all, const chain *c)
{
    const amp_site_answer *site = &c->answer->site[0];
    oracle *judge = oracle_new(&site->problem);
    assert_non_null(judge);
    const oracle_answer answer = oracle_solve(judge);
    oracle_free(judge);
    const double allowed_usd = 1e-9 * answer.turnover_usd + 1e-6;
    const double left_usd = site->bound_usd - site->relaxed_usd;
    const double above_usd = site->bound_usd - answer.value_usd;
    all->worst_bound = fmax(all->worst_bound, -above_usd / allowed_usd);
    all->worst_left = fmax(all->worst_left, left_usd / fmax(1.0, fabs(site->bound_usd)));
    if (!answer.is_feasible || !(above_usd >= -allowed_usd))
        complain(all, c, "the bound is below CLP's optimum");
    if (!(above_usd <= left_usd + allowed_usd))
        complain(all, c, "the bound is further from CLP's optimum than it says");
    /* The energy behind reserves is priced by a search that need not close the gap. */
    const bool is_searched = amp_reserve_wants_energy(&site->problem);
    if (!is_searched && !(left_usd <= 1e-6 * fmax(1.0, fabs(site->bound_usd)) + allowed_usd))
        complain(all, c, "coordination leaves more than its tolerance");
    if (!(site->objective_usd <= answer.value_usd + allowed_usd))
        complain(all, c, "the schedule earns more than CLP's optimum");
}

/* The validator made the sums anew: the lines must come to them, and each to its quantity. */
static void check_bill(tally *all, const chain *c)
{
    const amp_site_answer *site = &c->answer->site[0];
    const amp_accounts *a = &site->accounts;
    const amp_bill_line *line = NULL;
    size_t count = 0;
    double sum_usd = 0.0;
    amp_arena *arena = amp_arena_new(SIZE_MAX);
    assert_non_null(arena);
    assert_int_equal(amp_bill_make(&site->problem, &site->schedule, arena, &line, &count), AMP_OK);
    for (size_t i = 0; i < count; i++) {
        sum_usd += line[i].usd;
        if (fabs(line[i].quantity) > 0.0 &&
            !(fabs(line[i].quantity * line[i].rate_usd - line[i].usd) < 0.005))
            complain(all, c, "a line of the bill is not its quantity times its rate");
    }
    all->billed += count > 0;
    if (count > 0 && !(fabs(sum_usd - (a->cost_usd.energy + a->cost_usd.demand_charge +
                                       a->cost_usd.coincident_peak + a->cost_usd.tax -
                                       a->fixed_usd.tariff)) < 0.005))
        complain(all, c, "the lines of the bill are not what the accounts hold");
    amp_arena_free(arena);
}

static void validate(tally *all, chain *c)
{
    const amp_site_answer *site = &c->answer->site[0];
    amp_violation off;
    const amp_settled_schedule settled = {.portfolio = c->portfolio,
                                          .market = c->market,
                                          .order = &site->problem,
                                          .schedule = &site->schedule,
                                          .accounts = &site->accounts};
    if (amp_schedule_validate(&settled, c->diagnostics, &off) != AMP_OK) {
        complain(all, c, "the validator refuses the schedule");
        return;
    }
    check_bill(all, c);
    all->worst.balance_mw = fmax(all->worst.balance_mw, off.balance_mw);
    all->worst.limit_mw = fmax(all->worst.limit_mw, off.limit_mw);
    all->worst.soc_mwh = fmax(all->worst.soc_mwh, off.soc_mwh);
    all->worst.money_usd = fmax(all->worst.money_usd, off.money_usd);
    check_bound(all, c);
}

static void try_file(tally *all, golden_folder *folder, uint64_t seed)
{
    chain c = {.seed = seed};
    assert_true(random_file_write(seed, golden_path(folder, "")));
    if (!load(&c, golden_path(folder, "portfolio.yaml"))) {
        complain(all, &c, "not read or not solved");
        unload(&c);
        return;
    }
    const amp_site_answer *site = &c.answer->site[0];
    if (site->shortage == AMP_FEASIBLE) {
        all->solved++;
        all->mixed += site->mixed_count > 0;
        all->coupled +=
            site->problem.peak_count + site->problem.job_count + site->problem.budget_count > 0;
        all->restarted += site->problem.restart_count > 0;
        validate(all, &c);
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
    (void)printf("seed %llu: %zu files, %zu solved, %zu infeasible, %zu coupled, %zu with bills, "
                 "%zu with starts, %zu "
                 "with mixed modes\n",
                 (unsigned long long)seed, count, all.solved, all.infeasible, all.coupled,
                 all.billed, all.restarted, all.mixed);
    (void)printf(
        "bound off by %.3g tolerances at worst, coordination by %.3g, accounts by %.3g USD\n",
        all.worst_bound, all.worst_left, all.worst.money_usd);
    assert_int_equal(all.complaints, 0);
    assert_true(2 * all.solved > count); /* or the files say too little */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validator_accepts_the_schedule_of_every_random_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
