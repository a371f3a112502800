/* SPDX-License-Identifier: Apache-2.0 */
/* Small cases of others, recomputed by hand, and two months of Californian prices, four in ten of
 * them negative: how much of a battery's worth is lost to using one mode at a time. */
#include "oracle.h"
#include "random_site.h"
#include "schedule_check.h"
#include "study.h"

#include "base/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A problem solved, with its schedule. */
typedef struct {
    amp_site_problem problem;
    amp_solver *solver;
    amp_solution solution;
    amp_schedule schedule;
} solved;

static void solve(solved *s, const amp_site_problem *problem)
{
    s->problem = *problem;
    assert_int_equal(amp_solver_new(&s->problem, &s->solver, NULL), AMP_OK);
    amp_solver_solve(s->solver, &s->solution);
    assert_int_equal(s->solution.shortage, AMP_FEASIBLE);
    assert_int_equal(amp_schedule_build(&s->problem, &s->solution, NULL, &s->schedule), AMP_OK);
    const schedule_facts facts = schedule_check(&s->problem, &s->schedule);
    if (facts.broken != NULL)
        fail_msg("interval %zu: %s by %.6g", facts.interval, facts.broken, facts.size);
    assert_near(facts.value_usd, s->solution.objective_usd, 1e-9 * facts.turnover_usd + 1e-6);
    assert_true(s->solution.bound_usd >= s->solution.objective_usd);
}

static void solved_free(solved *s)
{
    amp_schedule_free(&s->schedule);
    amp_solver_free(s->solver);
}

static const char market_yaml[] =
    "ampacity: 1\n"
    "name: PyPSA, simple electricity market, one zone\n"
    "currency: USD\n"
    "time: {from: 2024-01-01, to: 2024-01-01T01:00Z, step: 60 min}\n"
    "sites:\n"
    "  - id: za\n"
    "    country: ZA\n"
    "    time_zone: Africa/Johannesburg\n"
    "    grid: {import_limit: 0 MW}\n"
    "    supply: {energy_price: 0 USD/MWh}\n"
    "    generators:\n"
    "      - {id: coal, power: 35000 MW, cost: 30 USD/MWh}\n"
    "      - {id: wind, power: 3000 MW, cost: 0 USD/MWh}\n"
    "      - {id: gas, power: 8000 MW, cost: 60 USD/MWh}\n"
    "      - {id: oil, power: 2000 MW, cost: 80 USD/MWh}\n"
    "    halls:\n"
    "      - {id: load, it_power: 42000 MW, pue: 1, lease: {load: 100 %, fee: 0 USD/kW/month}}\n";

static void test_market_of_one_zone_sets_the_price_of_gas(void **state)
{
    solved s;
    (void)state;
    study y = study_open(market_yaml, NULL);
    const amp_site_problem problem = study_problem(&y, 0);
    solve(&s, &problem);
    /* 42,000 - 3,000 - 35,000 = 4,000 MW of gas: 35,000 x 30 + 4,000 x 60. */
    assert_near(s.solution.objective_usd, -1290000.0, 1e-9 * 1290000.0);
    assert_near(s.solution.bound_usd, -1290000.0, 1e-9 * 1290000.0);
    assert_near(s.schedule.internal_price_usd_per_mwh[0], 60.0, 0.0);
    assert_near(s.schedule.source_mw[2][0], 4000.0, 1e-6);
    solved_free(&s);
    study_close(&y);
}

static const char arbitrage_yaml[] =
    "ampacity: 1\n"
    "name: Eight hours of arbitrage\n"
    "currency: USD\n"
    "time: {from: 2024-01-01, to: 2024-01-01T08:00Z, step: 60 min}\n"
    "series:\n"
    "  price: {file: series.csv, column: price}\n"
    "sites:\n"
    "  - id: s\n"
    "    country: US\n"
    "    time_zone: UTC\n"
    "    grid: {import_limit: 9 MW, export_limit: 9 MW}\n"
    "    supply: {energy_price: price, export_price: price}\n"
    "    battery: {power: 1 MW, energy: 2 MWh, charge_efficiency: 90 %, discharge_efficiency: 90 "
    "%}\n";

static const char arbitrage_csv[] = "time,price [USD/MWh]\n"
                                    "2024-01-01T00:00Z,20\n2024-01-01T01:00Z,10\n"
                                    "2024-01-01T02:00Z,15\n2024-01-01T03:00Z,60\n"
                                    "2024-01-01T04:00Z,40\n2024-01-01T05:00Z,80\n"
                                    "2024-01-01T06:00Z,30\n2024-01-01T07:00Z,25\n";

static void test_arbitrage_of_eight_hours(void **state)
{
    solved s;
    (void)state;
    study y = study_open(arbitrage_yaml, arbitrage_csv);
    const amp_site_problem problem = study_problem(&y, 0);
    solve(&s, &problem);
    /* Buy 1 MWh at 10 and at 15, store the last 0.2 MWh at 20; sell 1 MWh at 60 and at 80, between
     * them store at 40 what the second sale needs above the 2 MWh: 2 / 0.9 - 2. */
    const double best_usd =
        60.0 + 80.0 - 10.0 - 15.0 - 20.0 * 0.2 / 0.9 - 40.0 * (2.0 / 0.9 - 2.0) / 0.9;
    assert_near(best_usd, 100.6790123, 1e-7);
    assert_near(s.solution.objective_usd, best_usd, 1e-9 * best_usd);
    assert_near(s.solution.bound_usd, best_usd, 1e-9 * best_usd);
    assert_int_equal(s.solution.mixed_count, 0);
    /* One more MWh would spare the hour that fills the battery with a part of its power: hour 0 for
     * the first filling, hour 4 for the second. Then the battery is empty, and a range is right. */
    static const double worth[] = {20.0 / 0.9, 20.0 / 0.9, 20.0 / 0.9, 40.0 / 0.9, 40.0 / 0.9};
    for (size_t t = 0; t < sizeof worth / sizeof worth[0]; t++)
        assert_near(s.schedule.stored_usd_per_mwh[t], worth[t], 1e-9);
    for (size_t t = 0; t < 8; t++)
        assert_near(s.schedule.internal_price_usd_per_mwh[t],
                    amp_column_at(problem.import_price_usd_per_mwh, t), 1e-9);
    solved_free(&s);
    study_close(&y);
}

static const char refill_yaml[] =
    "ampacity: 1\n"
    "name: A store that leaks and cannot give\n"
    "currency: USD\n"
    "time: {from: 2024-01-01, to: 2024-01-01T02:00Z, step: 60 min}\n"
    "series:\n"
    "  price: {file: series.csv, column: price}\n"
    "sites:\n"
    "  - id: s\n"
    "    country: US\n"
    "    time_zone: UTC\n"
    "    grid: {import_limit: 50 MW}\n"
    "    supply: {energy_price: price}\n"
    "    battery: {charge_power: 20 MW, discharge_power: 0 MW, energy: 60 MWh, charge_efficiency: "
    "30 "
    "%, initial_soc: 90.5 %, final_soc: 100 %, self_discharge: 20 %/day}\n";

static const char refill_csv[] =
    "time,price [USD/MWh]\n2024-01-01T00:00Z,-15\n2024-01-01T01:00Z,-12\n";

/* Where charging is worth less than discharging, and the battery cannot discharge. */
static void test_leaking_store_without_discharge_is_filled(void **state)
{
    solved s;
    (void)state;
    study y = study_open(refill_yaml, refill_csv);
    const amp_site_problem problem = study_problem(&y, 0);
    solve(&s, &problem);
    /* Charging earns, more in the first hour: there at full power, 20 x 0.3 = 6 MWh, which does not
     * fill 54.3 MWh; the second hour buys the rest. */
    const double kept = pow(0.8, 1.0 / 24.0);
    const double rest_mwh = (60.0 - kept * (kept * 54.3 + 6.0)) / 0.3;
    const double best_usd = 15.0 * 20.0 + 12.0 * rest_mwh;
    assert_near(best_usd, 330.237, 1e-3);
    assert_near(s.solution.bound_usd, best_usd, 1e-6);
    assert_near(s.solution.objective_usd, best_usd, 1e-6);
    solved_free(&s);
    study_close(&y);
}

/* ---- California ---- */

#define CAISO_HEAD(to)                                                       \
    "ampacity: 1\n"                                                          \
    "name: CAISO SP15\n"                                                     \
    "currency: USD\n"                                                        \
    "time: {from: 2025-08-01, to: " to ", step: 5 min}\n"                    \
    "series:\n"                                                              \
    "  price: {file: series.csv, column: price, gaps: hold}\n"               \
    "sites:\n"                                                               \
    "  - id: sp15\n"                                                         \
    "    country: US\n"                                                      \
    "    time_zone: America/Los_Angeles\n"                                   \
    "    supply: {energy_price: price, export_price: price}\n"               \
    "    battery: {power: 50 MW, energy: 100 MWh, charge_efficiency: 95 %, " \
    "discharge_efficiency: 95 %}\n"
#define LOAD       \
    "    halls:\n" \
    "      - {id: h, it_power: 80 MW, pue: 1.25, lease: {load: 100 %, fee: 0 USD/kW/month}}\n"

/* What a mode at a time may cost of the battery's worth. */
static const double mode_gap_max = 1e-3;

/* The file of prices beside the repository as a series of ours; NULL when it is not there. */
static char *read_prices(void)
{
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    char path[4096];
    amp_csv *csv = NULL;
    golden_capture out;
    bool has_row = true;
    assert_non_null(root);
    (void)snprintf(path, sizeof path, "%s/../shared/data/prices/caiso_sp15_rt5_2025.csv.gz", root);
    if (access(path, R_OK) != 0)
        return NULL;
    assert_int_equal(amp_csv_open(path, &csv, NULL), AMP_OK);
    golden_capture_open(&out);
    (void)fprintf(out.file, "time,price [USD/MWh]\n");
    assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_OK); /* the header */
    while (amp_csv_next(csv, &has_row, NULL) == AMP_OK && has_row)
        (void)fprintf(out.file, "%s,%s\n", amp_csv_get(csv, 0).text, amp_csv_get(csv, 1).text);
    amp_csv_close(csv);
    char *text = strdup(golden_capture_text(&out));
    golden_capture_free(&out);
    assert_non_null(text);
    return text;
}

static double negative_share(amp_column price, size_t count)
{
    size_t negative = 0;
    for (size_t t = 0; t < count; t++)
        negative += amp_column_at(price, t) < 0.0;
    return (double)negative / (double)count;
}

static void check_mode_gap(const char *name, const char *yaml, const char *csv)
{
    solved with;
    solved without;
    study y = study_open(yaml, csv);
    const amp_site_problem problem = study_problem(&y, 0);
    const amp_site_problem bare = random_site_without_storage(&problem);
    solve(&with, &problem);
    solve(&without, &bare);
    const double worth_usd = with.solution.bound_usd - without.solution.bound_usd;
    const double gap_usd = with.solution.bound_usd - with.solution.objective_usd;
    (void)printf("%s: %zu intervals, %.1f %% negative, %zu mixed; battery worth %.2f USD, mode gap "
                 "%.2f USD, %.3g of it\n",
                 name, problem.interval_count,
                 100.0 * negative_share(problem.import_price_usd_per_mwh, problem.interval_count),
                 with.solution.mixed_count, worth_usd, gap_usd, gap_usd / worth_usd);
    assert_int_equal(problem.interval_count, 64 * 288);
    assert_true(worth_usd > 0.0 && gap_usd <= mode_gap_max * worth_usd);
    solved_free(&with);
    solved_free(&without);
    study_close(&y);
}

static void test_california_loses_little_to_one_mode_at_a_time(void **state)
{
    (void)state;
    char *csv = read_prices();
    if (csv == NULL) {
        (void)printf("skipped: no prices in ../shared/data/prices beside the repository\n");
        skip();
    }
    check_mode_gap("battery alone",
                   CAISO_HEAD("2025-10-04") "    grid: {import_limit: 50 MW, export_limit: 50 "
                                            "MW}\n",
                   csv);
    check_mode_gap("beside a load of 100 MW",
                   CAISO_HEAD("2025-10-04") "    grid: {import_limit: 200 MW, export_limit: 50 "
                                            "MW}\n" LOAD,
                   csv);
    check_mode_gap("a load of 100 MW, no export",
                   CAISO_HEAD("2025-10-04") "    grid: {import_limit: 200 MW}\n" LOAD, csv);
    free(csv);
}

static void test_california_for_three_days_agrees_with_clp(void **state)
{
    solved s;
    (void)state;
    char *csv = read_prices();
    if (csv == NULL) {
        (void)printf("skipped: no prices in ../shared/data/prices beside the repository\n");
        skip();
    }
    study y = study_open(
        CAISO_HEAD("2025-08-04") "    grid: {import_limit: 200 MW, export_limit: 50 MW}\n" LOAD,
        csv);
    const amp_site_problem problem = study_problem(&y, 0);
    solve(&s, &problem);
    oracle *judge = oracle_new(&problem);
    assert_non_null(judge);
    const oracle_answer answer = oracle_solve(judge);
    const double tolerance_usd = 1e-9 * answer.turnover_usd + 1e-6;
    assert_true(answer.is_feasible);
    assert_near(answer.bound_usd, answer.value_usd, tolerance_usd);
    assert_near(s.solution.bound_usd, answer.value_usd, tolerance_usd);
    (void)printf("three days: bound %.6f USD, CLP %.6f\n", s.solution.bound_usd, answer.value_usd);
    oracle_free(judge);
    solved_free(&s);
    study_close(&y);
    free(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_market_of_one_zone_sets_the_price_of_gas),
        cmocka_unit_test(test_arbitrage_of_eight_hours),
        cmocka_unit_test(test_leaking_store_without_discharge_is_filled),
        cmocka_unit_test(test_california_loses_little_to_one_mode_at_a_time),
        cmocka_unit_test(test_california_for_three_days_agrees_with_clp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
