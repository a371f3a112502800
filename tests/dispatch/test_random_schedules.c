/* SPDX-License-Identifier: Apache-2.0 */
/* Schedules of thousands of random sites: every limit kept, the money added up, and the internal
 * price held against what an LP code pays for a little more or less. */
#include "golden.h"
#include "oracle.h"
#include "random_site.h"
#include "schedule_check.h"

#include <math.h>
#include <stdlib.h>

enum { SITES = 10000, INTERVALS_MAX = 32, PRICES_EVERY = 3, COMPLAINTS_MAX = 5, FLOORS_FROM = 500 };

static const double step_mw = 0.01; /* of free supply, for finite differences */

/* What the whole run has seen. */
typedef struct {
    size_t complaints, solved, mixed;
    size_t prices;      /* compared with finite differences */
    size_t lowest;      /* of these, at the lower end of the range */
    double worst_money; /* |schedule - objective|, in tolerances */
} tally;

/* One site under test. */
typedef struct {
    tally *tally;
    const random_site *site;
    const amp_solution *solution;
    const amp_schedule *schedule;
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

/* Value of the relaxed optimum with @p mw more supply in interval t; -infinity when there is none.
 */
static double value_with(oracle *judge, size_t t, double mw)
{
    oracle_add_supply(judge, t, mw);
    const oracle_answer answer = oracle_solve(judge);
    oracle_add_supply(judge, t, 0.0);
    return answer.is_feasible ? answer.value_usd : -(double)INFINITY;
}

/* By concavity the slopes of finite steps enclose the range of prices. The price is the lower end:
 * what one more MW is worth, 0 where it could not be used. */
static void check_price(trial *x, oracle *judge, double here_usd, size_t t)
{
    const double h = x->site->problem.interval_h;
    const double price = x->schedule->internal_price_usd_per_mwh[t];
    const double more_usd = value_with(judge, t, step_mw);
    const double less_usd = value_with(judge, t, -step_mw);
    const double slack = 1e-4 + 2.0 * x->tolerance_usd / (step_mw * h);
    const double low = (more_usd - here_usd) / (step_mw * h);
    const double high = (here_usd - less_usd) / (step_mw * h);
    const bool is_unusable = isinf(low) && fabs(price) <= 0.0;
    x->tally->prices++;
    x->tally->lowest += is_unusable || fabs(price - low) <= slack;
    if (!is_unusable && !(price >= low - slack && price <= high + slack))
        complain(x, "interval %zu: internal price %.9g USD/MWh, finite steps say %.9g..%.9g", t,
                 price, low, high);
}

/* Energy sells for more than it costs somewhere: the relaxation then mixes buying and selling in
 * answer to the least change of supply, even where it does not mix them yet. */
static bool may_trade(const amp_site_problem *p)
{
    for (size_t t = 0; t < p->interval_count; t++) {
        const double sale = amp_column_at(p->export_price_usd_per_mwh, t);
        const bool has_block = amp_column_at(p->block_mw, t) > 0.0;
        if (amp_column_at(p->export_limit_mw, t) <= 0.0)
            continue;
        if (sale > amp_column_at(p->import_price_usd_per_mwh, t) ||
            (has_block && sale > amp_column_at(p->block_price_usd_per_mwh, t)))
            return true;
    }
    return false;
}

static void check_prices(trial *x)
{
    const size_t count = x->site->problem.interval_count;
    oracle *judge = oracle_new(&x->site->problem);
    assert_non_null(judge);
    const oracle_answer here = oracle_solve(judge);
    for (size_t t = 0; here.is_feasible && t < count; t += 1 + count / 4)
        check_price(x, judge, here.value_usd, t);
    oracle_free(judge);
}

static void check_schedule(trial *x, size_t i)
{
    const schedule_facts facts = schedule_check(&x->site->problem, x->schedule);
    if (facts.broken != NULL)
        complain(x, "interval %zu: %s by %.6g", facts.interval, facts.broken, facts.size);
    x->tolerance_usd = 1e-9 * facts.turnover_usd + 1e-6;
    const double off = fabs(facts.value_usd - x->solution->objective_usd) / x->tolerance_usd;
    x->tally->worst_money = fmax(x->tally->worst_money, off);
    if (!(off <= 1.0))
        complain(x, "the schedule earns %.15g, the objective is %.15g", facts.value_usd,
                 x->solution->objective_usd);
    if (i % PRICES_EVERY == 0 && x->solution->mixed_count == 0 && !may_trade(&x->site->problem))
        check_prices(x);
}

static void try_site(tally *all, uint64_t seed, size_t i)
{
    amp_solver *solver = NULL;
    amp_solution solution;
    amp_schedule schedule;
    random_site *site = random_site_new(seed, random_site_intervals(INTERVALS_MAX));
    assert_non_null(site);
    assert_int_equal(amp_solver_new(&site->problem, &solver, NULL), AMP_OK);
    amp_solver_solve(solver, &solution);
    if (solution.shortage == AMP_FEASIBLE) {
        trial x = {.tally = all, .site = site, .solution = &solution, .schedule = &schedule};
        all->solved++;
        all->mixed += solution.mixed_count > 0;
        assert_int_equal(amp_schedule_build(&site->problem, &solution, NULL, &schedule), AMP_OK);
        check_schedule(&x, i);
        amp_schedule_free(&schedule);
    }
    amp_solver_free(solver);
    random_site_free(site);
}

static void test_schedules_of_random_sites_keep_every_limit(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    tally all = {.solved = 0};
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++)
        try_site(&all, seed + i, i);
    (void)printf("seed %llu: %zu sites, %zu solved, %zu with mixed modes; money off by %.3g "
                 "tolerances at worst\n",
                 (unsigned long long)seed, count, all.solved, all.mixed, all.worst_money);
    (void)printf("%zu internal prices, %zu at the lower end of their range\n", all.prices,
                 all.lowest);
    assert_int_equal(all.complaints, 0);
    if (count < FLOORS_FROM)
        return;
    assert_true(all.solved >= count / 3);
    assert_true(all.mixed >= count / 20);
    assert_true(all.prices >= count / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedules_of_random_sites_keep_every_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
