/* SPDX-License-Identifier: Apache-2.0 */
/* Demand metered over several steps: which steps a meter averages, bills worked out by hand, and a
 * site of two hours whose optimum is in docs/mathematics.md. */
#include "dispatch/bill.h"
#include "dispatch/coordinate.h"
#include "dispatch/validate.h"

#include "study.h"

#include <string.h>

enum { TEXT_BYTES = 4096, SUPPLY_BYTES = 512, INTERVALS_MAX = 8 };

/* ---- what a meter averages ---- */

typedef struct {
    const char *name;
    const char *zone;
    const char *from;
    const char *to;
    const char *step;
    const char *metering;
    size_t count;
    uint32_t end[INTERVALS_MAX];
} clock_case;

static const clock_case clock_cases[] = {
    {"quarters, the first one cut by the horizon",
     "America/Chicago",
     "2024-07-01T20:05:00Z",
     "2024-07-01T20:35:00Z",
     "5 min",
     "15 min",
     6,
     {2, 2, 5, 5, 5, 6}},
    {"hours of a clock that is half an hour off",
     "Asia/Kolkata",
     "2024-03-10T00:00:00Z",
     "2024-03-10T01:45:00Z",
     "15 min",
     "1 h",
     7,
     {2, 2, 6, 6, 6, 6, 7}},
    /* 00:30, 01:00 and 01:30 of summer, 01:00 and 01:30 of winter, 02:00 */
    {"the clock is set back",
     "America/Chicago",
     "2024-11-03T05:30:00Z",
     "2024-11-03T08:30:00Z",
     "30 min",
     "2 h",
     6,
     {3, 3, 3, 5, 5, 6}},
    /* 01:00 and 01:30 of winter, then 03:00 of summer */
    {"the clock is set ahead",
     "America/Chicago",
     "2024-03-10T07:00:00Z",
     "2024-03-10T08:30:00Z",
     "30 min",
     "4 h",
     3,
     {2, 2, 3}},
    {"local midnight, where a month begins",
     "America/Chicago",
     "2024-08-01T04:00:00Z",
     "2024-08-01T06:00:00Z",
     "30 min",
     "1 day",
     4,
     {2, 2, 4, 4}},
};

static study open_study(const clock_case *c, const char *supply, const char *rows)
{
    char yaml[TEXT_BYTES];
    char csv[TEXT_BYTES];
    (void)snprintf(csv, sizeof csv, "time,l [MW]\n%s", rows);
    (void)snprintf(yaml, sizeof yaml,
                   "ampacity: 1\n"
                   "time: {from: %s, to: %s, step: %s}\n"
                   "series: {l: {file: series.csv, column: l, gaps: hold}}\n"
                   "sites:\n"
                   "  - id: one\n"
                   "    time_zone: %s\n"
                   "    grid: {import_limit: 100 MW}\n"
                   "    supply: {energy_price: 40 USD/MWh, %s}\n"
                   "    halls: [{id: h, it_power: 100 MW, pue: 1, lease: {load: l, energy: "
                   "included}}]\n",
                   c->from, c->to, c->step, c->zone, supply);
    return study_open(yaml, csv);
}

static const char flat_rows[] = "2024-01-01T00:00:00Z,1\n"
                                "2025-01-01T00:00:00Z,1\n";

static void test_a_meter_keeps_to_the_clock(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof clock_cases / sizeof clock_cases[0]; i++) {
        const clock_case *c = &clock_cases[i];
        char supply[SUPPLY_BYTES];
        (void)snprintf(supply, sizeof supply,
                       "demand_charge: {charge: 9 USD/kW/month, metering: %s}", c->metering);
        study s = open_study(c, supply, flat_rows);
        const amp_site_problem p = study_problem(&s, 0);
        assert_int_equal(p.interval_count, c->count);
        assert_non_null(p.metered_end);
        for (size_t t = 0; t < c->count; t++)
            if (p.metered_end[t] != c->end[t])
                fail_msg("%s: interval %zu ends at %u", c->name, t, (unsigned)p.metered_end[t]);
        study_close(&s);
    }
}

/* A meter of the step, or of less, averages nothing. */
static void test_a_meter_of_the_step_is_none(void **state)
{
    (void)state;
    static const char *const metering[] = {"5 min", "1 min"};
    for (size_t i = 0; i < 2; i++) {
        char supply[SUPPLY_BYTES];
        (void)snprintf(supply, sizeof supply,
                       "demand_charge: {charge: 9 USD/kW/month, metering: %s}", metering[i]);
        study s = open_study(&clock_cases[0], supply, flat_rows);
        assert_null(study_problem(&s, 0).metered_end);
        study_close(&s);
    }
}

/* ---- bills by hand ---- */

/* 15:00 to 15:30 in Chicago. */
static const char rows[] = "2024-07-01T20:00:00Z,20\n"
                           "2024-07-01T20:05:00Z,50\n"
                           "2024-07-01T20:10:00Z,35\n"
                           "2024-07-01T20:15:00Z,30\n"
                           "2024-07-01T20:20:00Z,30\n"
                           "2024-07-01T20:25:00Z,30\n";

static const struct {
    const char *from;
    const char *metering;
    double billed_mw;
    size_t interval;
    double usd;
} bills[] = {
    /* (20 + 50 + 35) / 3 = 35 MW; the second quarter has 30. 35,000 kW x 9 USD/kW */
    {"2024-07-01T20:00:00Z", "15 min", 35.0, 0, 315000.0},
    /* (50 + 35) / 2 = 42.5 MW: of the first quarter two steps are there */
    {"2024-07-01T20:05:00Z", "15 min", 42.5, 0, 382500.0},
    /* steps of ten minutes from :00 on: (20 + 50) / 2 = 35, (35 + 30) / 2 = 32.5, 30 */
    {"2024-07-01T20:00:00Z", "10 min", 35.0, 0, 315000.0},
    /* 50 alone, then (35 + 30) / 2, then 30 */
    {"2024-07-01T20:05:00Z", "10 min", 50.0, 0, 450000.0},
    /* (20 + 50 + 35 + 3 x 30) / 6 = 32.5 */
    {"2024-07-01T20:00:00Z", "30 min", 32.5, 0, 292500.0},
    {"2024-07-01T20:00:00Z", "5 min", 50.0, 1, 450000.0},
};

static void check_valid(study *s, const amp_answer *answer)
{
    const amp_site_answer *site = &answer->site[0];
    const amp_settled_schedule settled = {.portfolio = s->portfolio,
                                          .market = s->market,
                                          .order = &site->problem,
                                          .schedule = &site->schedule,
                                          .accounts = &site->accounts};
    if (amp_schedule_validate(&settled, s->diagnostics, NULL) != AMP_OK)
        fail_msg("%s", study_findings(s));
}

static void test_a_bill_is_due_on_the_highest_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bills / sizeof bills[0]; i++) {
        const clock_case c = {.zone = "America/Chicago",
                              .from = bills[i].from,
                              .to = "2024-07-01T20:30:00Z",
                              .step = "5 min"};
        const amp_answer_options options = {.tolerance = 1e-9};
        char supply[SUPPLY_BYTES];
        (void)snprintf(supply, sizeof supply,
                       "demand_charge: {charge: 9 USD/kW/month, metering: %s}", bills[i].metering);
        study s = open_study(&c, supply, rows);
        amp_answer *answer = study_answer(&s, &options);
        const amp_site_answer *site = &answer->site[0];
        const amp_peak_bill bill = amp_accounts_peak(&site->problem, &site->schedule, 0);
        assert_near(bill.billed_mw, bills[i].billed_mw, 1e-9);
        assert_int_equal(bill.interval, bills[i].interval);
        assert_near(bill.charge_usd, bills[i].usd, 1e-4);
        assert_near(site->accounts.cost_usd.demand_charge, bills[i].usd, 1e-4);
        assert_near(site->accounts.peak_import_mw, 50.0, 1e-9); /* the highest interval */
        check_valid(&s, answer);
        amp_answer_free(answer);
        study_close(&s);
    }
}

/* A second charge on some hours beside one on all. What a meter averages from 14:00 to 16:00, of
 * which the half hour from 15:00 is there, counts where that begins: (20 + 50 + 35 + 3 x 30) / 6
 * = 32.5 MW. Where no hour counts the minimum of 1 MW is due. */
static void test_windows_take_whole_metering_intervals(void **state)
{
    (void)state;
    static const struct {
        const char *hours;
        double billed_mw;
    } windows[] = {{"[[15, 16]]", 32.5}, {"[[0, 15]]", 1.0}, {"[[16, 24]]", 1.0}};
    const clock_case c = {.zone = "America/Chicago",
                          .from = "2024-07-01T20:00:00Z",
                          .to = "2024-07-01T20:30:00Z",
                          .step = "5 min"};
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        const amp_answer_options options = {.tolerance = 1e-9};
        golden_folder *folder = golden_folder_new();
        char tariff[SUPPLY_BYTES];
        char supply[SUPPLY_BYTES];
        (void)snprintf(tariff, sizeof tariff,
                       "tariff: 1\ndemand:\n"
                       "  - {id: all, charge: 2 USD/kW/month, metering: 2 h}\n"
                       "  - {id: d, charge: 9 USD/kW/month, metering: 2 h, hours: %s,\n"
                       "     minimum: {contracted: 1 MW}}\n",
                       windows[i].hours);
        (void)snprintf(supply, sizeof supply, "tariff: %s", golden_write(folder, "t.yaml", tariff));
        study s = open_study(&c, supply, rows);
        amp_answer *answer = study_answer(&s, &options);
        const amp_site_answer *site = &answer->site[0];
        assert_near(amp_accounts_peak(&site->problem, &site->schedule, 0).billed_mw, 32.5, 1e-9);
        assert_near(amp_accounts_peak(&site->problem, &site->schedule, 1).billed_mw,
                    windows[i].billed_mw, 1e-9);
        check_valid(&s, answer);
        amp_answer_free(answer);
        study_close(&s);
        golden_folder_free(folder);
    }
}

/* ---- two hours, one metering interval ---- */

static amp_column constant(const double *value)
{
    return (amp_column){.value = value, .stride = 0};
}

static const double zero = 0.0;
static const double one = 1.0;
static const double limit_mw = 20.0;
static const double use_mw = 10.0;
static const double use_usd = 60.0;
static const double price_usd[] = {20.0, 30.0};
static const uint32_t metered_end[] = {2, 2};
static const size_t block_first[] = {0};

typedef struct {
    double charge_usd_per_mw;
    double value_usd;
} two_hours;

/* V(D) = 80 D up to 5 MW, then 100 + 60 D up to 10, then 700: below a charge of 60 both hours are
 * used, below 80 the first alone, then none. */
static const two_hours two_hour_cases[] = {
    {40.0, 300.0},
    {70.0, 50.0},
    {90.0, 0.0},
};

static void test_two_hours(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof two_hour_cases / sizeof two_hour_cases[0]; i++) {
        const two_hours *c = &two_hour_cases[i];
        const amp_tier tier = {.power_mw = constant(&use_mw),
                               .value_usd_per_mwh = constant(&use_usd)};
        const amp_load load = {.kind = AMP_LOAD_INFERENCE,
                               .id = "h",
                               .demand_mw = constant(&use_mw),
                               .capacity_mw = constant(&use_mw),
                               .penalty_usd_per_mwh = constant(&zero),
                               .it_per_mwh = constant(&one),
                               .tier_count = 1};
        const amp_peak peak = {.id = "p", .end = 2, .charge_usd_per_mw = c->charge_usd_per_mw};
        const amp_site_problem problem = {
            .site_id = "two",
            .interval_count = 2,
            .interval_h = 1.0,
            .step_s = 3600,
            .import_limit_mw = constant(&limit_mw),
            .import_price_usd_per_mwh = {price_usd, 1},
            .block_mw = constant(&zero),
            .block_price_usd_per_mwh = constant(&zero),
            .export_limit_mw = constant(&zero),
            .export_price_usd_per_mwh = constant(&zero),
            .must_mw = constant(&zero),
            .load = &load,
            .load_count = 1,
            .tier = &tier,
            .tier_count = 1,
            .peak = &peak,
            .peak_count = 1,
            .metered_end = metered_end,
            .block_first = block_first,
            .block_count = 1,
        };
        const amp_coordination_options options = {.tolerance = 1e-9};
        amp_coordination *coordination = NULL;
        assert_int_equal(amp_coordinate(&problem, NULL, &options, &coordination), AMP_OK);
        const amp_coordinated *found = amp_coordination_result(coordination);
        assert_near(found->bound_usd, c->value_usd, 1e-6);
        assert_near(found->relaxed_usd, c->value_usd, 1e-6);
        amp_coordination_free(coordination);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_meter_keeps_to_the_clock),
        cmocka_unit_test(test_a_meter_of_the_step_is_none),
        cmocka_unit_test(test_a_bill_is_due_on_the_highest_mean),
        cmocka_unit_test(test_windows_take_whole_metering_intervals),
        cmocka_unit_test(test_two_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
