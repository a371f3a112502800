/* SPDX-License-Identifier: Apache-2.0 */
/* Power caps from the file to the accounts, against numbers by hand. */
#include "dispatch/capping.h"
#include "dispatch/validate.h"

#include "study.h"

#include <string.h>

#define HEAD(limit, price)                                                \
    "ampacity: 1\n"                                                       \
    "time: {from: 2025-01-01T00:00Z, to: 2025-01-01T02:00Z, step: 1 h}\n" \
    "sites:\n"                                                            \
    "  - id: a\n"                                                         \
    "    grid: {import_limit: " limit "}\n"                               \
    "    supply: {energy_price: " price "}\n"                             \
    "    halls:\n"

/* 100 GPUs of 400 W: 40 kW, worth 40 USD an hour. */
#define TUNE(keys)                                                              \
    "      - id: gpus\n"                                                        \
    "        it_power: 40 kW\n"                                                 \
    "        pue: 1\n"                                                          \
    "        workloads:\n"                                                      \
    "          - {id: tune, use: training, gpus: 100, value: 1000 USD/MWh" keys \
    ", curve: [[100 W, 25 %], [200 W, 75 %], [300 W, 90 %], [400 W, 100 %]]}\n"

static void check(amp_column column, double number)
{
    assert_near(amp_column_at(column, 0), number, 1e-12);
}

/* From 100 W on each 100 W are 10 kW: 50 %, 15 % and 10 % of 40 USD an hour. */
static void test_a_workload_becomes_must_and_tiers(void **state)
{
    static const struct {
        const char *yaml;
        double must_mw, base_usd_per_h;
        size_t tier_count;
        double power_mw[3], value[3];
    } cases[] = {
        {HEAD("1 MW", "9 USD/MWh") TUNE(""), 0.01, 10.0, 3, {0.01, 0.01, 0.01}, {2000, 600, 400}},
        /* 80 %: 5 of the 15 % that the second 10 kW bring. */
        {HEAD("1 MW", "9 USD/MWh") TUNE(", floor: 80 %"),
         0.02 + 0.01 / 3.0,
         32.0,
         2,
         {0.02 / 3.0, 0.01},
         {600, 400}},
        {HEAD("1 MW", "9 USD/MWh") TUNE(", floor: 90 %"), 0.03, 36.0, 1, {0.01}, {400}},
        {HEAD("1 MW", "9 USD/MWh") TUNE(", floor: 100 %"), 0.04, 40.0, 0, {0}, {0}},
        {HEAD("1 MW", "9 USD/MWh") TUNE(", floor: 10 %"),
         0.01,
         10.0,
         3,
         {0.01, 0.01, 0.01},
         {2000, 600, 400}},
        /* Off: 20 kW bring 75 %; the smallest cap lies below that line. */
        {HEAD("1 MW", "9 USD/MWh") TUNE(", pausable: true"),
         0.0,
         0.0,
         3,
         {0.02, 0.01, 0.01},
         {1500, 600, 400}},
        {HEAD("1 MW", "9 USD/MWh") TUNE(", pausable: true, floor: 30 %"),
         0.008,
         12.0,
         3,
         {0.012, 0.01, 0.01},
         {1500, 600, 400}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, NULL);
        const amp_site_problem p = study_problem(&s, 0);
        assert_int_equal(p.load_count, 1);
        assert_int_equal(p.load[0].kind, AMP_LOAD_TRAINING);
        assert_string_equal(p.load[0].id, "gpus.tune");
        check(p.must_mw, cases[i].must_mw);
        check(p.load[0].capping->must_mw, cases[i].must_mw);
        check(p.load[0].capping->base_usd_per_h, cases[i].base_usd_per_h);
        assert_int_equal(p.tier_count, cases[i].tier_count);
        for (size_t k = 0; k < p.tier_count; k++) {
            check(p.tier[k].power_mw, cases[i].power_mw[k]);
            assert_near(amp_column_at(p.tier[k].value_usd_per_mwh, 0), cases[i].value[k], 1e-9);
        }
        study_close(&s);
    }
}

/* What is dispatched in two hours, and what it earns. */
static void test_caps_follow_price_and_limit(void **state)
{
    static const struct {
        const char *yaml;
        double power_kw, throughput, objective_usd;
    } cases[] = {
        {HEAD("1 MW", "9 USD/MWh") TUNE(""), 40.0, 1.0, 2.0 * (40.0 - 0.36)},
        {HEAD("1 MW", "500 USD/MWh") TUNE(""), 30.0, 0.9, 2.0 * (36.0 - 15.0)},
        {HEAD("25 kW", "500 USD/MWh") TUNE(""), 25.0, 0.825, 2.0 * (33.0 - 12.5)},
        /* What must run runs at any price. */
        {HEAD("1 MW", "5000 USD/MWh") TUNE(""), 10.0, 0.25, 2.0 * (10.0 - 50.0)},
        {HEAD("1 MW", "5000 USD/MWh") TUNE(", pausable: true"), 0.0, 0.0, 0.0},
        {HEAD("1 MW", "1000 USD/MWh") TUNE(", pausable: true"), 20.0, 0.75, 2.0 * (30.0 - 20.0)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, NULL);
        amp_answer *answer = study_answer(&s, NULL);
        const amp_site_answer *site = &answer->site[0];
        const amp_workload_bill bill = amp_accounts_workload(&site->problem, &site->schedule, 0);
        assert_near(bill.it_mwh, 0.002 * cases[i].power_kw, 1e-12);
        assert_near(bill.full_it_mwh, 0.08, 1e-12);
        assert_near(bill.work_it_mwh, 0.08 * cases[i].throughput, 1e-12);
        assert_near(bill.least_throughput, cases[i].throughput, 1e-12);
        assert_near(site->accounts.revenue_usd.training, 80.0 * cases[i].throughput, 1e-9);
        assert_near(site->accounts.energy_mwh.training, 0.002 * cases[i].power_kw, 1e-12);
        assert_near(site->accounts.unserved_it_mwh, 0.0, 0.0);
        assert_near(site->objective_usd, cases[i].objective_usd, 1e-9);
        assert_near(site->bound_usd, cases[i].objective_usd, 1e-9);
        amp_answer_free(answer);
        study_close(&s);
    }
}

/*
 * Demand of 20 MW at the bus and GPUs for 12.5: half of them give 70 %. 6.25 MW must run and do the
 * work of 8.75 MW, which all lies in the first 10 MW of the demand: 8.75 x (300 + 20) x 0.8 = 2240
 * USD, less 20 x 16 = 320 of penalty. The rest does 0.6 MW of work a MW: 1.25 MW of work to the
 * first step, for 2.08 MW, and 2.5 beyond it. In the second hour 4 MW of IT are wanted, 5 at the
 * bus: 2.5 do 3.5, of which 2.5 are of the first step; 1.5 of work are left, for 2.5 MW.
 */
static const char inference[] =
    HEAD("100 MW", "100 USD/MWh") "      - id: serving\n"
                                  "        it_power: 10 MW\n"
                                  "        pue: 1.25\n"
                                  "        inference:\n"
                                  "          demand: wanted\n"
                                  "          value: [[50 %, 300 USD/MWh], [100 %, 100 USD/MWh]]\n"
                                  "          penalty: 20 USD/MWh\n"
                                  "          curve: [[50 %, 70 %], [100 %, 100 %]]\n"
                                  "series:\n"
                                  "  wanted: {file: series.csv, column: wanted}\n"
                                  "  worth: {file: series.csv, column: worth}\n";
static const char wanted[] =
    "time,wanted [MW],worth [USD/MWh]\n2025-01-01T00:00Z,16,16\n2025-01-01T01:00Z,4,-4\n";

static void check_two(amp_column column, double first, double second)
{
    assert_near(amp_column_at(column, 0), first, 1e-9);
    assert_near(amp_column_at(column, 1), second, 1e-9);
}

static void test_inference_does_the_dearest_work_first(void **state)
{
    study s = study_open(inference, wanted);
    const amp_site_problem p = study_problem(&s, 0);
    (void)state;
    check_two(p.must_mw, 6.25, 2.5);
    check_two(p.load[0].capping->base_usd_per_h, 1920.0, 656.0);
    assert_int_equal(p.tier_count, 2);
    check_two(p.tier[0].power_mw, 1.25 / 0.6, 0.0);
    check_two(p.tier[0].value_usd_per_mwh, 153.6, 153.6);
    check_two(p.tier[1].power_mw, 2.5 / 0.6, 2.5);
    check_two(p.tier[1].value_usd_per_mwh, 57.6, 57.6);
    study_close(&s);
}

/* At 100 USD/MWh only the first step is worth its energy: 10 MW of work, 8 of IT, in the first
 * hour; in the second 3.5, 2.5 of them of the first step. */
static void test_inference_pays_for_work_that_is_not_done(void **state)
{
    study s = study_open(inference, wanted);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_accounts *a = &answer->site[0].accounts;
    const double revenue_usd = 8.0 * 300.0 + 2.0 * 300.0 + 0.8 * 100.0;
    const double penalty_usd = 20.0 * (8.0 + 1.2);
    const double energy_usd = 100.0 * (6.25 + 1.25 / 0.6 + 2.5);
    (void)state;
    assert_near(a->revenue_usd.inference, revenue_usd, 1e-9);
    assert_near(a->cost_usd.penalty, penalty_usd, 1e-9);
    assert_near(a->cost_usd.energy, energy_usd, 1e-9);
    assert_near(a->unserved_it_mwh, 9.2, 1e-9);
    assert_near(answer->site[0].bound_usd, revenue_usd - penalty_usd - energy_usd, 1e-9);
    amp_answer_free(answer);
    study_close(&s);
}

/* A value that falls below 0 in a series is told with its time. */
static void test_values_below_zero_are_refused(void **state)
{
    char text[1024];
    (void)state;
    (void)snprintf(text, sizeof text, "%s", inference);
    char *value = strstr(text, "100 USD/MWh]]");
    assert_non_null(value);
    memcpy(value, "worth      ]]", 13);
    study s = study_open(text, wanted);
    assert_int_equal(study_problem_status(&s, 0), AMP_PARSE);
    assert_non_null(strstr(study_findings(&s),
                           "the value is -4 USD/MWh at 2025-01-01T01:00:00Z; beside 'curve' 0 or "
                           "more is expected"));
    study_close(&s);
}

/* ---- the validator ---- */

/* Moves @p mw of the load's first tier and of import in the first hour, settles, and validates. */
static void expect_finding(const char *yaml, double mw, bool money_only, const char *want)
{
    study s = study_open(yaml, NULL);
    amp_answer *answer = study_answer(&s, NULL);
    amp_site_answer *site = &answer->site[0];
    amp_accounts accounts = site->accounts;
    if (!money_only) {
        site->schedule.load_mw[0][0] += mw;
        site->schedule.tier_mw[0][0] += mw;
        site->schedule.import_mw[0] += mw;
        accounts = amp_accounts_settle(&site->problem, &site->schedule);
    } else {
        accounts.revenue_usd.training += mw;
    }
    const amp_settled_schedule settled = {.portfolio = s.portfolio,
                                          .market = s.market,
                                          .order = &site->problem,
                                          .schedule = &site->schedule,
                                          .accounts = &accounts};
    (void)amp_schedule_validate(&settled, s.diagnostics, NULL);
    const char *findings = study_findings(&s);
    if (strstr(findings, want) == NULL)
        print_error("%s", findings);
    assert_non_null(strstr(findings, want));
    amp_answer_free(answer);
    study_close(&s);
}

static void test_validator_names_what_breaks_a_cap(void **state)
{
    (void)state;
    /* 10 kW must run, 30 do. */
    expect_finding(HEAD("1 MW", "500 USD/MWh") TUNE(""), -0.025, false,
                   "workload 'tune' is capped below its floor by 0.005 MW at 2025-01-01T00:00:00Z");
    expect_finding(HEAD("1 MW", "500 USD/MWh") TUNE(", floor: 80 %"), -0.01, false,
                   "workload 'tune' is capped below its floor by 0.00333333 MW");
    expect_finding(HEAD("1 MW", "9 USD/MWh") TUNE(""), 0.01, false,
                   "workload 'tune' is given more than full power by 0.01 MW");
    expect_finding(HEAD("1 MW", "500 USD/MWh") TUNE(""), 0.01, true, "revenue_usd.training");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_workload_becomes_must_and_tiers),
        cmocka_unit_test(test_caps_follow_price_and_limit),
        cmocka_unit_test(test_inference_does_the_dearest_work_first),
        cmocka_unit_test(test_inference_pays_for_work_that_is_not_done),
        cmocka_unit_test(test_values_below_zero_are_refused),
        cmocka_unit_test(test_validator_names_what_breaks_a_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
