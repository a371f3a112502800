/* SPDX-License-Identifier: Apache-2.0 */
/* What starting machines costs: from the file to the answer, against numbers by hand. */
#include "dispatch/explain.h"
#include "dispatch/validate.h"

#include "study.h"

#include <math.h>
#include <string.h>

enum { HOURS = 3 };

/* 5000 machines of 100 TH/s at 20 J/TH are 10 MW; 28.8 USD/PH/day / (20 x 0.024) = 60 USD/MWh. */
#define SITE(step, to, keys)                                                              \
    "ampacity: 1\n"                                                                       \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T0" to ":00:00Z, step: " step "}\n" \
    "series:\n"                                                                           \
    "  price: {file: series.csv, column: price}\n"                                        \
    "  up: {file: series.csv, column: up}\n"                                              \
    "bitcoin: {hashprice: 28.8 USD/PH/day}\n"                                             \
    "sites:\n"                                                                            \
    "  - id: one\n"                                                                       \
    "    grid: {import_limit: 20 MW}\n"                                                   \
    "    supply: {energy_price: price}\n"                                                 \
    "    mining: [{id: s21, machines: 5000, hashrate: 100 TH/s, efficiency: 20 J/TH" keys "}]\n"

#define ROWS(a, b, c, up)                                                                         \
    "time,price [USD/MWh],up [%]\n2025-01-01T00:00:00Z," a ",100\n2025-01-01T01:00:00Z," b "," up \
    "\n2025-01-01T02:00:00Z," c ",100\n"

typedef struct {
    const char *yaml, *csv;
    double mining_mw[HOURS];
    double objective_usd;
    double started_mw, fleets, lost_usd, wear_usd;
} start_case;

static void check(const start_case *c)
{
    study s = study_open(c->yaml, c->csv);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *one = &answer->site[0];
    const amp_restart_bill bill = amp_accounts_restart(&one->problem, &one->schedule, 0);
    const amp_settled_schedule settled = {.portfolio = s.portfolio,
                                          .market = s.market,
                                          .order = &one->problem,
                                          .schedule = &one->schedule,
                                          .accounts = &one->accounts};
    amp_violation off;

    assert_true(answer->is_feasible);
    assert_int_equal(one->problem.restart_count, 1);
    assert_near(one->objective_usd, c->objective_usd, 1e-6);
    assert_near(one->bound_usd, c->objective_usd, 1e-6);
    for (size_t t = 0; t < HOURS; t++)
        assert_near(one->schedule.load_mw[0][t], c->mining_mw[t], 1e-6);
    assert_near(bill.started_mw, c->started_mw, 1e-6);
    assert_near(bill.fleets, c->fleets, 1e-6);
    assert_near(bill.lost_usd, c->lost_usd, 1e-6);
    assert_near(bill.wear_usd, c->wear_usd, 1e-6);
    assert_near(one->accounts.cost_usd.wear, c->wear_usd, 1e-6);
    assert_int_equal(amp_schedule_validate(&settled, s.diagnostics, &off), AMP_OK);
    amp_answer_free(answer);
    study_close(&s);
}

/* 12 minutes without hashing are 0.2 h x 60 = 12 USD a MW, and wear 0.5: 12.5 to start. */
static void test_a_start_is_worth_an_hour_at_a_loss_or_not(void **state)
{
    static const start_case cases[] = {
        /* 6 USD of loss a MW are less: 10 x (20 - 6 + 20). */
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW"),
         ROWS("40", "66", "40", "100"),
         {10, 10, 10},
         340,
         0,
         0,
         0,
         0},
        /* 20 USD are more: 10 x (20 + 0 + 20 - 12.5). */
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW"),
         ROWS("40", "80", "40", "100"),
         {10, 0, 10},
         275,
         10,
         1,
         120,
         5},
        /* What never runs again need not be kept warm: 10 x 20. */
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW"),
         ROWS("40", "66", "66", "100"),
         {10, 0, 0},
         200,
         0,
         0,
         0,
         0},
        /* A quarter runs before: the rest starts, which pays: 10 x 20 x 3 - 7.5 x 12.5. */
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW, initial_running: 25 %"),
         ROWS("40", "40", "40", "100"),
         {10, 10, 10},
         600 - 93.75,
         7.5,
         0.75,
         90,
         3.75},
        /* Cold, and 13 USD to earn with a start of 12.5: 10 x 0.5. */
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW, initial_running: 0 %"),
         ROWS("80", "47", "80", "100"),
         {0, 10, 0},
         5,
         10,
         1,
         120,
         5},
        /* Machines that fail for an hour start again: 4 MW x 12.5. 20 x (10 + 6 + 10) - 50. */
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW, availability: up"),
         ROWS("40", "40", "40", "60"),
         {10, 6, 10},
         470,
         4,
         0.4,
         48,
         2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

/* A restart of 90 min at a step of 1 h takes 60 min of its hour and 30 of the next: 90 USD a MW.
 * From the last hour only what the horizon holds is lost: 60. */
static void test_a_restart_may_be_longer_than_the_step(void **state)
{
    static const start_case cases[] = {
        /* 60 + 60 - 5 - 5 earned a MW, 90 lost; without a start nothing. */
        {SITE("1 h", "3", ", restart: 90 min, initial_running: 0 %"),
         ROWS("80", "5", "5", "100"),
         {0, 10, 10},
         200,
         10,
         1,
         900,
         0},
        /* Paid 1 USD/MWh to take power for the last hour: all that it would hash is lost. */
        {SITE("1 h", "3", ", restart: 90 min, initial_running: 0 %"),
         ROWS("80", "80", "-1", "100"),
         {0, 0, 10},
         10,
         10,
         1,
         600,
         0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

/* A mode of 75 TH/s at 16 J/TH takes 1200 W: 6 MW at 28.8 / (16 x 0.024) = 75 USD/MWh. The step up
 * takes 800 W for 25 TH/s, 32 J/TH: 4 MW at 37.5 USD/MWh. At full power an hour of a MW brings 60
 * USD, and 12 minutes 12 USD, in whatever mode machines start. */
static void test_higher_modes_are_of_machines_that_run(void **state)
{
#define LOW ", restart: 12 min, modes: [{id: low, hashrate: 75 TH/s, efficiency: 16 J/TH}]"
    static const start_case cases[] = {
        /* A change of mode is no start: down to 6 MW at a price of 50, and up again. */
        {SITE("1 h", "3", LOW),
         ROWS("30", "50", "30", "100"),
         {10, 6, 10},
         6.0 * (45 + 25 + 45) + 4.0 * (7.5 + 7.5),
         0,
         0,
         0,
         0},
        /* Cold, one good hour: 10 x 12 = 120 USD to start all, which earn 6 x 45 + 4 x 7.5. */
        {SITE("1 h", "3", LOW ", initial_running: 0 %"),
         ROWS("90", "30", "90", "100"),
         {0, 10, 0},
         270 + 30 - 120,
         10,
         1,
         120,
         0},
        /* At 53.75 the lowest mode earns 6 x 21.25 = 127.5, more than 120; at 56.25 it does not:
         * the 112.5 that are left do not pay for the start. */
        {SITE("1 h", "3", LOW ", initial_running: 0 %"),
         ROWS("90", "53.75", "90", "100"),
         {0, 6, 0},
         7.5,
         10,
         1,
         120,
         0},
        {SITE("1 h", "3", LOW ", initial_running: 0 %"),
         ROWS("90", "56.25", "90", "100"),
         {0, 0, 0},
         0,
         0,
         0,
         0,
         0},
    };
#undef LOW
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

/* 8 MW of import for 10 MW of machines, and a hall of 4 MW in the second hour that pays 500: 4 MW
 * of machines make room, and start again. */
static void test_a_full_connection_stops_machines(void **state)
{
    static const char *const yaml =
        "ampacity: 1\n"
        "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T03:00:00Z, step: 1 h}\n"
        "series: {want: {file: series.csv, column: want}}\n"
        "bitcoin: {hashprice: 28.8 USD/PH/day}\n"
        "sites:\n"
        "  - id: one\n"
        "    grid: {import_limit: 8 MW}\n"
        "    supply: {energy_price: 40 USD/MWh}\n"
        "    mining: [{id: s21, machines: 5000, hashrate: 100 TH/s, efficiency: 20 J/TH,\n"
        "              restart: 12 min, wear: 0.5 USD/MW}]\n"
        "    halls: [{id: h, it_power: 4 MW, pue: 1,\n"
        "             inference: {demand: want, value: [[100 %, 500 USD/MWh]]}}]\n";
    static const char *const csv = "time,want [MW]\n2025-01-01T00:00:00Z,0\n"
                                   "2025-01-01T01:00:00Z,4\n2025-01-01T02:00:00Z,0\n";
    /* 8 x 20 in the first and last hour, 4 x 20 + 4 x 460 between, 4 MW start again: 4 x 12.5. */
    const start_case c = {yaml, csv, {8, 4, 8}, 160 + 80 + 1840 + 160 - 50, 4, 0.4, 48, 2};
    (void)state;
    check(&c);
}

/* What explain says of the hour at a loss: 10 MW lose 6 USD each, and 125 USD start them; and of
 * two hours in which they stand still: 10 x (20 + 20) USD, and 605 to start. */
static void test_explained(void **state)
{
    static const struct {
        const char *yaml, *csv;
        size_t at;
        amp_explained_start want;
    } cases[] = {
        {SITE("1 h", "3", ", restart: 12 min, wear: 0.5 USD/MW"),
         ROWS("40", "66", "40", "100"),
         1,
         {"s21", true, 10, -6, 1, 10, 60, 125}},
        {SITE("1 h", "3", ", restart: 60 min, wear: 0.5 USD/MW, initial_running: 0 %"),
         ROWS("80", "40", "40", "100"),
         2,
         {"s21", false, 10, 20, 2, 10, 400, 605}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, cases[i].csv);
        amp_answer *answer = study_answer(&s, NULL);
        amp_explanation *found = NULL;
        const amp_explained_start *want = &cases[i].want;
        const amp_explain_request request = {.portfolio = s.portfolio,
                                             .market = s.market,
                                             .answer = &answer->site[0],
                                             .has_at = true,
                                             .at = cases[i].at};
        assert_int_equal(amp_explain(&request, &found), AMP_OK);
        assert_int_equal(found->interval.start_count, 1);
        const amp_explained_start *start = &found->interval.start[0];
        assert_string_equal(start->id, want->id);
        assert_int_equal(start->keeps_running, want->keeps_running);
        assert_near(start->mw, want->mw, 1e-6);
        assert_near(start->hours, want->hours, 1e-9);
        assert_near(start->stretch_mw, want->stretch_mw, 1e-6);
        assert_near(start->start_usd, want->start_usd, 1e-3);
        if (want->keeps_running) {
            assert_near(start->gain_usd_per_mwh, want->gain_usd_per_mwh, 1e-6);
            assert_near(start->stretch_usd, want->stretch_usd, 1e-3);
        }
        amp_explanation_free(found);
        amp_answer_free(answer);
        study_close(&s);
    }
}

/* Without both keys nothing is coordinated. */
static void test_nothing_where_starts_cost_nothing(void **state)
{
    study s = study_open(SITE("1 h", "3", ", restart: 0 min, initial_running: 0 %"),
                         ROWS("40", "80", "40", "100"));
    amp_answer *answer = study_answer(&s, NULL);
    (void)state;
    assert_int_equal(answer->site[0].problem.restart_count, 0);
    assert_int_equal(answer->site[0].calls, 1);
    assert_near(answer->objective_usd, 400.0, 1e-9);
    amp_answer_free(answer);
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_start_is_worth_an_hour_at_a_loss_or_not),
        cmocka_unit_test(test_a_restart_may_be_longer_than_the_step),
        cmocka_unit_test(test_higher_modes_are_of_machines_that_run),
        cmocka_unit_test(test_a_full_connection_stops_machines),
        cmocka_unit_test(test_nothing_where_starts_cost_nothing),
        cmocka_unit_test(test_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
