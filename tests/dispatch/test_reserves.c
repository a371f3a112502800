/* SPDX-License-Identifier: Apache-2.0 */
/* Reserves from the file to the answer, against numbers by hand. */
#include "dispatch/answer.h"

#include "study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Mining earns 70 USD/MWh with 30 MW, 50 with 35 MW: 42 / (25 x 0.024) and 42 / (35 x 0.024). */
#define SITE(hours, battery, reserves)                                                  \
    "ampacity: 1\n"                                                                     \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T0" hours ":00:00Z, step: 1 h}\n" \
    "series: {price: {file: series.csv, column: price}}\n"                              \
    "bitcoin: {hashprice: 42 USD/PH/day}\n"                                             \
    "sites:\n"                                                                          \
    "  - id: one\n"                                                                     \
    "    grid: {import_limit: 100 MW}\n"                                                \
    "    supply: {energy_price: price}\n" battery "    mining:\n"                       \
    "      - {id: new, machines: 6000, hashrate: 200 TH/s, efficiency: 25 J/TH}\n"      \
    "      - {id: old, machines: 5000, hashrate: 200 TH/s, efficiency: 35 J/TH}\n"      \
    "    reserves:\n" reserves

#define BATTERY(keys) "    battery: {power: 20 MW, energy: 40 MWh" keys "}\n"
#define TWO(duration, from)                                                                      \
    "      - {id: ecrs, price: 12 USD/MW/h, limit: 50 MW, duration: " duration ", from: " from   \
    "}\n"                                                                                        \
    "      - {id: nonspin, price: 4 USD/MW/h, limit: 30 MW, duration: " duration ", from: " from \
    "}\n"

static const char *const prices =
    "time,price [USD/MWh]\n2025-01-01T00:00:00Z,60\n2025-01-01T01:00:00Z,60\n";

typedef struct {
    const char *yaml;
    double mining_mw;
    double held_mw[2];
    double battery_mw[2];
    double objective_usd;
    double price; /* internal */
} a_case;

static void check_case(const a_case *want)
{
    study s = study_open(want->yaml, prices);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *one = &answer->site[0];
    double mining_mw = 0.0;

    assert_true(answer->is_feasible);
    assert_near(one->objective_usd, want->objective_usd, 1e-6);
    assert_near(one->bound_usd, want->objective_usd, 1e-6);
    for (size_t i = 0; i < one->problem.load_count; i++)
        mining_mw += one->schedule.load_mw[i][0];
    assert_near(mining_mw, want->mining_mw, 1e-9);
    for (size_t r = 0; r < one->problem.reserve_count; r++) {
        const amp_reserve_bill bill = amp_accounts_reserve(&one->problem, &one->schedule, r);
        assert_near(one->schedule.reserve_mw[r][0], want->held_mw[r], 1e-9);
        assert_near(one->schedule.reserve_battery_mw[r][0], want->battery_mw[r], 1e-9);
        assert_near(bill.held_mwh, bill.mining_mwh + bill.battery_mwh + bill.inference_mwh, 1e-9);
    }
    assert_near(one->schedule.internal_price_usd_per_mwh[0], want->price, 1e-9);
    amp_answer_free(answer);
    study_close(&s);
}

/* docs/reserves.md has the sums. With the battery alone nothing is gained by less load. */
static void test_one_hour(void **state)
{
    static const a_case cases[] = {
        {SITE("1", "", TWO("1 h", "[mining]")), 50.0, {50.0, 0.0}, {0.0, 0.0}, 700.0, 60.0},
        {SITE("1", BATTERY(""), TWO("0 h", "[mining, battery]")),
         30.0,
         {50.0, 0.0},
         {20.0, 0.0},
         900.0,
         60.0},
        {SITE("1", BATTERY(""), TWO("0 h", "[battery]")),
         30.0,
         {20.0, 0.0},
         {20.0, 0.0},
         540.0,
         60.0},
        /* Nobody of 'from' is there. */
        {SITE("1", "", TWO("1 h", "[inference, battery]")),
         30.0,
         {0.0, 0.0},
         {0.0, 0.0},
         300.0,
         60.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
}

/* 10 MWh are stored and nothing else will ever be: a MWh saves 60 USD of import, and costs the 12
 * of the reserve that its MW no longer holds. 300 + 10 x 60 + 10 x 12 with the battery alone. */
static void test_what_is_discharged_is_not_held(void **state)
{
    const a_case want = {SITE("1", BATTERY(", initial_soc: 25 %"), TWO("0 h", "[battery]")),
                         30.0,
                         {10.0, 0.0},
                         {10.0, 0.0},
                         1020.0,
                         60.0};
    (void)state;
    check_case(&want);
}

/* 10 MWh are stored. They are sold for 60 USD/MWh rather than held for 12; at 10 USD/MWh they are
 * held, and 20 more are bought: 30 MWh hold 30 MW, which stopping to charge can give. Mining takes
 * 30 MW at 60 USD/MWh, both fleets at 10: 30 x 60 + 35 x 40. */
static void test_energy_is_not_held_twice(void **state)
{
    static const char *const cheap = "time,price [USD/MWh]\n2025-01-01T00:00:00Z,10\n"
                                     "2025-01-01T01:00:00Z,10\n";
    static const struct {
        const char *prices;
        double held_mw, objective_usd;
    } cases[] = {{NULL, 0.0, 300.0 + 600.0}, {cheap, 30.0, 1800.0 + 1400.0 + 360.0 - 200.0}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        study s = study_open(SITE("1", BATTERY(", initial_soc: 25 %"), TWO("1 h", "[battery]")),
                             cases[i].prices == NULL ? prices : cases[i].prices);
        amp_answer *answer = study_answer(&s, NULL);
        const amp_site_answer *one = &answer->site[0];
        assert_near(one->objective_usd, cases[i].objective_usd, 1e-6);
        assert_near(one->bound_usd, cases[i].objective_usd, 1e-3);
        assert_near(one->schedule.reserve_battery_mw[0][0], cases[i].held_mw, 1e-9);
        amp_answer_free(answer);
        study_close(&s);
    }
}

/* Where import is full, a megawatt at the bus runs the older fleet, 50 USD, and holds ecrs, 12. */
static void test_price_holds_what_reserve_pays(void **state)
{
    static const char yaml[] =
        "ampacity: 1\n"
        "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T01:00:00Z, step: 1 h}\n"
        "bitcoin: {hashprice: 42 USD/PH/day}\n"
        "sites:\n"
        "  - id: one\n"
        "    grid: {import_limit: 40 MW}\n"
        "    supply: {energy_price: 20 USD/MWh}\n"
        "    mining:\n"
        "      - {id: new, machines: 6000, hashrate: 200 TH/s, efficiency: 25 J/TH}\n"
        "      - {id: old, machines: 5000, hashrate: 200 TH/s, efficiency: 35 J/TH}\n"
        "    reserves:\n" TWO("1 h", "[mining]");
    /* 30 x 50 + 10 x 30 + 40 x 12 */
    const a_case want = {yaml, 40.0, {40.0, 0.0}, {0.0, 0.0}, 2280.0, 62.0};
    (void)state;
    check_case(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_hour),
        cmocka_unit_test(test_what_is_discharged_is_not_held),
        cmocka_unit_test(test_energy_is_not_held_twice),
        cmocka_unit_test(test_price_holds_what_reserve_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
