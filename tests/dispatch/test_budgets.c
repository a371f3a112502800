/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of generators over the horizon: from the file to the answer, against numbers by hand. */
#include "dispatch/answer.h"
#include "dispatch/months.h"

#include "study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 20 MW must be served; a generator of 10 MW at 50 USD/MWh with @p keys. */
#define SITE(keys, rest)                                                         \
    "ampacity: 1\n"                                                              \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T02:00:00Z, step: 1 h}\n"  \
    "series: {price: {file: series.csv, column: price}}\n"                       \
    "sites:\n"                                                                   \
    "  - id: one\n"                                                              \
    "    grid: {import_limit: 20 MW}\n"                                          \
    "    supply: {energy_price: price}\n"                                        \
    "    halls: [{id: h, it_power: 20 MW, pue: 1, lease: {load: 20 MW}}]\n" rest \
    "    generators:\n"                                                          \
    "      - {id: gas, power: 10 MW, cost: 50 USD/MWh" keys "}\n"

static const char *const prices =
    "time,price [USD/MWh]\n2025-01-01T00:00:00Z,80\n2025-01-01T01:00:00Z,200\n";

/* Energy alone costs 20 x (80 + 200) = 5600 USD. A MWh of gas saves 150 USD in the second hour, of
 * which there are 10, then 30 USD in the first. */
static void test_budget_buys_the_dear_hour(void **state)
{
    static const struct {
        const char *yaml;
        double gas_mw[2];
        double objective_usd;
        double limit, used;
        double low_usd, high_usd; /* the price lies between W(x+1) - W(x) and W(x) - W(x-1) */
    } cases[] = {
        {SITE(", energy_limit: 10 MWh", ""), {0.0, 10.0}, -5600.0 + 1500.0, 10, 10, 30.0, 150.0},
        {SITE(", energy_limit: 8000 kWh", ""), {0.0, 8.0}, -5600.0 + 1200.0, 8, 8, 150.0, 150.0},
        {SITE(", hours: 1 h", ""), {0.0, 10.0}, -5600.0 + 1500.0, 10, 10, 30.0, 150.0},
        {SITE(", hours: 90 min", ""), {5.0, 10.0}, -5600.0 + 1650.0, 15, 15, 30.0, 30.0},
        {SITE(", hours: 3 h", ""), {10.0, 10.0}, -5600.0 + 1800.0, 30, 20, 0.0, 0.0},
        {SITE(", hours: 0 h", ""), {0.0, 0.0}, -5600.0, 0, 0, 0.0, 0.0},
        /* 108 GJ at 9 GJ/MWh are 12 MWh; the tightest of three holds. */
        {SITE(", fuel_limit: 108 GJ, heat_rate: 9 GJ/MWh", ""),
         {2.0, 10.0},
         -5600.0 + 1560.0,
         12,
         12,
         30.0,
         30.0},
        {SITE(", fuel_limit: 108 GJ, heat_rate: 9 GJ/MWh, hours: 2 h, energy_limit: 6 MWh", ""),
         {0.0, 6.0},
         -5600.0 + 900.0,
         6,
         6,
         150.0,
         150.0},
        /* 4 t at 0.5 t/MWh are 8 MWh; a ton more buys 2 of them, worth 150 USD each. */
        {SITE(", emission: 500 kg/MWh", "    emissions: {limit: 4 t}\n"),
         {0.0, 8.0},
         -5600.0 + 1200.0,
         4,
         4,
         300.0,
         300.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, prices);
        amp_answer *answer = study_answer(&s, NULL);
        const amp_site_answer *one = &answer->site[0];
        const amp_budget_bill bill = amp_accounts_budget(&one->problem, &one->schedule, 0);

        assert_true(answer->is_feasible);
        assert_int_equal(one->problem.budget_count, 1);
        assert_near(one->problem.budget[0].limit, cases[i].limit, 1e-9);
        assert_near(one->objective_usd, cases[i].objective_usd, 1e-2);
        assert_true(one->bound_usd >= cases[i].objective_usd - 1e-6);
        assert_true(one->bound_usd <= cases[i].objective_usd + 1e-2);
        for (size_t t = 0; t < 2; t++)
            assert_near(one->schedule.source_mw[0][t], cases[i].gas_mw[t], 1e-4);
        assert_near(bill.used, cases[i].used, 1e-4);
        assert_true(bill.used <= cases[i].limit * (1.0 + 1e-12));
        if (cases[i].limit > 0.0) {
            assert_true(bill.price_usd >= cases[i].low_usd - 1e-3);
            assert_true(bill.price_usd <= cases[i].high_usd + 1e-3);
        } else {
            assert_true(isnan(bill.price_usd));
        }
        amp_answer_free(answer);
        study_close(&s);
    }
}

/* 5 t: coal saves 60 USD/MWh in the first hour and 180 in the second, 180 USD a ton; gas 30 and
 * 150, 300 USD a ton. Gas runs in the second hour for its 10 MWh, 5 t; with 7 t coal gets 2 MWh. */
static void test_generators_share_emissions(void **state)
{
    static const struct {
        const char *limit;
        double coal_mwh;
        double objective_usd;
    } cases[] = {{"    emissions: {limit: 5 t}\n", 0.0, -5600.0 + 1500.0},
                 {"    emissions: {limit: 7 t}\n", 2.0, -5600.0 + 1500.0 + 360.0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char yaml[1024];
        (void)snprintf(yaml, sizeof yaml, "%s%s%s", SITE(", emission: 0.5 t/MWh", ""),
                       "      - {id: coal, power: 10 MW, cost: 20 USD/MWh, emission: 1 t/MWh}\n"
                       "      - {id: sun, power: 0 MW, cost: 0 USD/MWh}\n",
                       cases[i].limit);
        study s = study_open(yaml, prices);
        amp_answer *answer = study_answer(&s, NULL);
        const amp_site_answer *one = &answer->site[0];
        const double *coal_mw = one->schedule.source_mw[1];

        assert_int_equal(one->problem.budget_count, 1);
        assert_int_equal(one->problem.budget[0].kind, AMP_BUDGET_EMISSION);
        assert_int_equal(one->problem.budget[0].source_count, 2);
        assert_near(one->objective_usd, cases[i].objective_usd, 1e-2);
        assert_near(one->schedule.source_mw[0][1], 10.0, 1e-4);
        assert_near(coal_mw[0] + coal_mw[1], cases[i].coal_mwh, 1e-4);
        /* 5 t last 10 x 0.5 + 10 x 1 = 15 t/h: a third of an hour. */
        assert_near(amp_budget_full_power_h(&one->problem, 0), i == 0 ? 5.0 / 15.0 : 7.0 / 15.0,
                    1e-12);
        amp_answer_free(answer);
        study_close(&s);
    }
}

/* Gas may give 8 MWh and emits 4 t of the 5 t; what is left is 1 MWh of coal in the second hour:
 * 8 x 150 + 180 = 1380 USD. A ton more is another MWh of coal, 180 USD; a MWh more of gas saves 150
 * USD and takes half a ton from coal, 60 USD. */
static void test_generator_in_two_budgets(void **state)
{
    (void)state;
    study s =
        study_open(SITE(", emission: 0.5 t/MWh, energy_limit: 8 MWh",
                        "    emissions: {limit: 5 t}\n") "      - {id: coal, power: 10 MW, cost: "
                                                         "20 USD/MWh, emission: 1 t/MWh}\n",
                   prices);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *one = &answer->site[0];
    const amp_budget_bill gas = amp_accounts_budget(&one->problem, &one->schedule, 0);
    const amp_budget_bill emissions = amp_accounts_budget(&one->problem, &one->schedule, 1);

    assert_int_equal(one->problem.budget_count, 2);
    assert_near(one->objective_usd, -5600.0 + 1380.0, 1e-2);
    assert_true(one->bound_usd <= -5600.0 + 1380.0 + 1e-2);
    assert_near(one->schedule.source_mw[0][1], 8.0, 1e-4);
    assert_near(one->schedule.source_mw[1][1], 1.0, 1e-4);
    assert_near(gas.used, 8.0, 1e-4);
    assert_near(emissions.used, 5.0, 1e-4);
    assert_near(gas.price_usd, 60.0, 1e-3);
    assert_near(emissions.price_usd, 180.0, 1e-3);
    amp_answer_free(answer);
    study_close(&s);
}

/* A connection of 15 MW and 5 MW of gas in each hour; 9 MWh of gas are one too few. */
static void test_budget_that_does_not_last(void **state)
{
    char yaml[1024];
    (void)state;
    for (int limit = 9; limit <= 10; limit++) {
        (void)snprintf(yaml, sizeof yaml, "%s, energy_limit: %d MWh}\n",
                       "ampacity: 1\n"
                       "time: {from: 2025-01-01, to: 2025-01-01T02:00:00Z, step: 1 h}\n"
                       "sites:\n"
                       "  - id: one\n"
                       "    grid: {import_limit: 15 MW}\n"
                       "    supply: {energy_price: 80 USD/MWh}\n"
                       "    halls: [{id: h, it_power: 20 MW, pue: 1, lease: {load: 20 MW}}]\n"
                       "    generators:\n"
                       "      - {id: gas, power: 10 MW, cost: 50 USD/MWh",
                       limit);
        study s = study_open(yaml, NULL);
        amp_answer *answer = study_answer(&s, NULL);
        assert_int_equal(answer->is_feasible, limit == 10);
        assert_int_equal(answer->site[0].shortage,
                         limit == 10 ? AMP_FEASIBLE : AMP_SHORT_OF_SUPPLY);
        amp_answer_free(answer);
        study_close(&s);
    }
}

/* ---- years ---- */

static void test_years_held(void **state)
{
    static const struct {
        const char *zone;
        int64_t from_unix_s, to_unix_s;
        double years;
    } cases[] = {
        {"UTC", 1704067200, 1735689600, 1.0}, /* 2024, 366 days */
        {"UTC", 1735689600, 1767225600, 1.0}, /* 2025 */
        {"UTC", 1704067200, 1767225600, 2.0}, /* both */
        {"UTC", 1735689600, 1735689600 + 86400, 1.0 / 365.0},
        {"UTC", 1704067200, 1704067200 + 86400, 1.0 / 366.0},
        /* 6 hours of 2024 and 6 of 2025 in Chicago, whose year begins at 06:00Z */
        {"America/Chicago", 1735689600, 1735689600 + 12 * 3600,
         6.0 / (366.0 * 24.0) + 6.0 / (365.0 * 24.0)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const amp_horizon horizon = {.from_unix_s = cases[i].from_unix_s,
                                     .to_unix_s = cases[i].to_unix_s};
        double years = 0.0;
        assert_int_equal(amp_years_held(cases[i].zone, &horizon, &years), AMP_OK);
        assert_near(years, cases[i].years, 1e-12);
    }
    double years = 7.0;
    assert_int_not_equal(amp_years_held("Mars/Olympus", &(amp_horizon){.to_unix_s = 1}, &years),
                         AMP_OK);
    assert_near(years, 7.0, 0.0);
}

/* 43,800 h a year of 8,760: two hours get 10 h of them, 100 MWh; 8,760 MWh a year are 2 MWh; 4,380
 * t a year are 1 t. */
static void test_limits_by_the_year(void **state)
{
    static const struct {
        const char *yaml;
        double limit;
    } cases[] = {
        {SITE(", hours: 43800 h, per: year", ""), 100.0},
        {SITE(", energy_limit: 8760 MWh, per: year", ""), 2.0},
        {SITE(", energy_limit: 8760 MWh, per: horizon", ""), 8760.0},
        {SITE(", emission: 1 t/MWh", "    emissions: {limit: 4.38 kt, per: year}\n"), 1.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, prices);
        const amp_site_problem problem = study_problem(&s, 0);
        assert_int_equal(problem.budget_count, 1);
        assert_int_equal(problem.block_count, 1);
        assert_near(problem.budget[0].limit, cases[i].limit, 1e-9);
        study_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget_buys_the_dear_hour),
        cmocka_unit_test(test_generators_share_emissions),
        cmocka_unit_test(test_generator_in_two_budgets),
        cmocka_unit_test(test_budget_that_does_not_last),
        cmocka_unit_test(test_years_held),
        cmocka_unit_test(test_limits_by_the_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
