/* SPDX-License-Identifier: Apache-2.0 */
/* The tariffs of examples/tariffs, each with a bill that is worked out by hand in its comment. */
#include "dispatch/bill.h"
#include "dispatch/validate.h"

#include "study.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 8, TEXT_BYTES = 4096 };

/* A line of the bill as it is wanted. */
typedef struct {
    const char *id;
    const char *unit;
    double quantity;
    double rate_usd;
    double usd;
} wanted_line;

/* A site with a hall whose load is given: what is imported is known. */
typedef struct {
    const char *tariff;
    const char *zone;
    const char *from;
    const char *to;
    const char *step;
    const char *load; /* MW: a quantity, or "l" with rows */
    const char *rows; /* of the series l, held between them; NULL: none */
    const char *rest; /* more of the site */
    wanted_line line[LINES_MAX];
} bill_case;

static study open_case(const bill_case *c)
{
    char yaml[TEXT_BYTES];
    char csv[TEXT_BYTES];
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    assert_non_null(root);
    (void)snprintf(csv, sizeof csv, "time,l [MW]\n%s", c->rows != NULL ? c->rows : "");
    (void)snprintf(yaml, sizeof yaml,
                   "ampacity: 1\n"
                   "time: {from: %s, to: %s, step: %s}\n"
                   "currencies: {NOK: 0.1 USD/NOK, CAD: 0.7 USD/CAD, BTN: 0.012 USD/BTN}\n"
                   "bitcoin: {hashprice: 60 USD/PH/day}\n"
                   "series: {l: {file: series.csv, column: l, gaps: hold}}\n"
                   "sites:\n"
                   "  - id: one\n"
                   "    time_zone: %s\n"
                   "    grid: {import_limit: 100 MW}\n"
                   "    supply: {energy_price: 40 USD/MWh, tariff: %s/examples/tariffs/%s.yaml}\n"
                   "    halls: [{id: h, it_power: 100 MW, pue: 1, lease: {load: %s, energy: "
                   "included}}]\n%s",
                   c->from, c->to, c->step, c->zone, root, c->tariff, c->load,
                   c->rest != NULL ? c->rest : "");
    return study_open(yaml, csv);
}

/* The independent validator works every charge out anew. */
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

static void check_lines(const bill_case *c, const amp_bill_line *line, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wanted_line *wanted = &c->line[i];
        assert_non_null(wanted->id);
        assert_string_equal(line[i].id, wanted->id);
        assert_string_equal(line[i].unit, wanted->unit);
        assert_near(line[i].quantity, wanted->quantity, 1e-6 * wanted->quantity);
        assert_near(line[i].rate_usd, wanted->rate_usd, 1e-9);
        assert_near(line[i].usd, wanted->usd, 0.005);
    }
    assert_true(count == LINES_MAX || c->line[count].id == NULL);
}

static void check_case(const bill_case *c)
{
    study s = open_case(c);
    const amp_answer_options options = {.tolerance = 1e-9};
    amp_answer *answer = study_answer(&s, &options);
    const amp_site_answer *site = &answer->site[0];
    const amp_accounts *a = &site->accounts;
    const amp_bill_line *line = NULL;
    size_t count = 0;
    double sum_usd = 0.0;
    assert_true(answer->is_feasible);
    assert_int_equal(amp_bill_make(&site->problem, &site->schedule, s.arena, &line, &count),
                     AMP_OK);
    check_lines(c, line, count);
    for (size_t i = 0; i < count; i++)
        sum_usd += line[i].usd;
    assert_near(sum_usd,
                a->cost_usd.energy + a->cost_usd.demand_charge + a->cost_usd.coincident_peak +
                    a->cost_usd.tax - a->fixed_usd.tariff,
                0.005);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_ercot(void **state)
{
    (void)state;
    /* June: 720 h. 50 MW, and 20 MW in the hour of the peak: 50 x 720 - 30 = 35,970 MWh.
     * The one peak of the four: 20,000 kW / 4 = 5,000 kW. */
    static const bill_case shed = {
        "ercot-4cp",
        "America/Chicago",
        "2023-06-01T05:00:00Z",
        "2023-07-01T05:00:00Z",
        "15 min",
        "l",
        "2023-06-01T05:00:00Z,50\n2023-06-01T06:00:00Z,50\n2023-06-27T21:00:00Z,20\n"
        "2023-06-27T22:00:00Z,50\n2023-07-01T05:00:00Z,50\n",
        NULL,
        {{"energy_price", "MWh", 35970, 40, 1438800},
         {"4cp", "kW", 5000, 66, 330000},
         {"customer", "month", 1, 250, 250}}};
    /* An hour holds the quarter of the peak: flat 50 MW, 50,000 kW / 4 = 12,500 kW. */
    static const bill_case flat = {"ercot-4cp",
                                   "America/Chicago",
                                   "2023-06-01T05:00:00Z",
                                   "2023-07-01T05:00:00Z",
                                   "1 h",
                                   "50 MW",
                                   NULL,
                                   NULL,
                                   {{"energy_price", "MWh", 36000, 40, 1440000},
                                    {"4cp", "kW", 12500, 66, 825000},
                                    {"customer", "month", 1, 250, 250}}};
    check_case(&shed);
    check_case(&flat);
}

static void test_ercot_with_twelve_peaks(void **state)
{
    (void)state;
    /* Expected: 720 h x 0.07 % x 50,000 kW / (12 x 1 h) = 2,100 kW. */
    static const bill_case c = {"ercot-after-4cp",
                                "America/Chicago",
                                "2023-06-01T05:00:00Z",
                                "2023-07-01T05:00:00Z",
                                "1 h",
                                "50 MW",
                                NULL,
                                NULL,
                                {{"energy_price", "MWh", 36000, 40, 1440000},
                                 {"12cp", "kW", 2100, 66, 138600},
                                 {"customer", "month", 1, 250, 250}}};
    check_case(&c);
}

static void test_ohio(void **state)
{
    (void)state;
    /* July 2027: 744 h. 50 MW; 60 MW for an hour on Wednesday afternoon; 65 MW on Sunday at noon,
     * which is no weekday. Energy: 50 x 744 + 10 + 15 = 37,225 MWh. The charge is due on no less
     * than 100 MW x 85 % x 80 % = 68 MW; on peak on 60 MW. */
    static const bill_case july = {
        "ohio-large-load",
        "America/New_York",
        "2027-07-01T04:00:00Z",
        "2027-08-01T04:00:00Z",
        "1 h",
        "l",
        "2027-07-01T04:00:00Z,50\n2027-07-01T05:00:00Z,50\n2027-07-14T19:00:00Z,60\n"
        "2027-07-14T20:00:00Z,50\n2027-07-18T16:00:00Z,65\n2027-07-18T17:00:00Z,50\n"
        "2027-08-01T04:00:00Z,50\n",
        NULL,
        {{"energy_price", "MWh", 37225, 40, 1489000},
         {"rider", "MWh", 37225, 1.2, 44670},
         {"customer", "month", 1, 1060, 1060},
         {"demand.202707", "kW", 68000, 8.5, 578000},
         {"on_peak.202707", "kW", 60000, 3, 180000}}};
    /* November 2026 has 721 h. The minimum, 100 x 85 % x 50 % = 42.5 MW, is below 50 MW; on peak is
     * out of season. 50 x 721 = 36,050 MWh. */
    static const bill_case november = {"ohio-large-load",
                                       "America/New_York",
                                       "2026-11-01T04:00:00Z",
                                       "2026-12-01T05:00:00Z",
                                       "1 h",
                                       "50 MW",
                                       NULL,
                                       NULL,
                                       {{"energy_price", "MWh", 36050, 40, 1442000},
                                        {"rider", "MWh", 36050, 1.2, 43260},
                                        {"customer", "month", 1, 1060, 1060},
                                        {"demand.202611", "kW", 50000, 8.5, 425000}}};
    check_case(&july);
    check_case(&november);
}

static void test_pjm(void **state)
{
    (void)state;
    /* March 2027 has 743 h and 31 days: 90 MW x 31 = 2,790 MW-days. 50 x 743 = 37,150 MWh. */
    static const bill_case c = {"pjm-capacity-tag",
                                "America/New_York",
                                "2027-03-01T05:00:00Z",
                                "2027-04-01T04:00:00Z",
                                "1 h",
                                "50 MW",
                                NULL,
                                NULL,
                                {{"energy_price", "MWh", 37150, 40, 1486000},
                                 {"transmission", "MWh", 37150, 6, 222900},
                                 {"capacity", "MW-day", 2790, 329.17, 918384.30}}};
    check_case(&c);
}

static void test_nyiso(void **state)
{
    (void)state;
    /* October 2025, 744 h, and November, 721 h for the clock change: 1465 h of 50 MW, 73,250 MWh.
     * 66,000 kW are bought for one summer month and one winter month. */
    static const bill_case c = {"nyiso-icap",
                                "America/New_York",
                                "2025-10-01T04:00:00Z",
                                "2025-12-01T05:00:00Z",
                                "1 h",
                                "50 MW",
                                NULL,
                                NULL,
                                {{"energy_price", "MWh", 73250, 40, 2930000},
                                 {"delivery", "MWh", 73250, 5, 366250},
                                 {"summer_capacity", "kW-month", 66000, 3.62, 238920},
                                 {"winter_capacity", "kW-month", 66000, 1.2, 79200},
                                 {"delivery_demand.202510", "kW", 50000, 8, 400000},
                                 {"delivery_demand.202511", "kW", 50000, 8, 400000}}};
    check_case(&c);
}

static void test_alberta(void **state)
{
    (void)state;
    /* January and February: 59 days, 1416 h. 30 MW, and 10 MW in the hour of the second peak:
     * 30 x 1416 - 20 = 42,460 MWh. (30,000 + 10,000) kW / 12 at 11 x 12 CAD x 0.7 = 92.40 USD; that
     * is 40,000 kW x 11 CAD x 0.7. */
    static const bill_case c = {
        "alberta-12cp",
        "America/Edmonton",
        "2025-01-01T07:00:00Z",
        "2025-03-01T07:00:00Z",
        "15 min",
        "l",
        "2025-01-01T07:00:00Z,30\n2025-01-01T08:00:00Z,30\n2025-02-04T00:00:00Z,10\n"
        "2025-02-04T01:00:00Z,30\n2025-03-01T07:00:00Z,30\n",
        NULL,
        {{"energy_price", "MWh", 42460, 40, 1698400},
         {"bulk_energy", "MWh", 42460, 0.91, 38638.60},
         {"bulk", "kW", 40000.0 / 12.0, 92.4, 308000}}};
    check_case(&c);
}

static void test_ontario(void **state)
{
    (void)state;
    /* June and July: 61 days, 1464 h, 73,200 MWh. Four of the five hours are in it: 50,000 kW x 4/5
     * at 500 CAD x 0.7 = 350 USD. */
    static const bill_case c = {"ontario-5cp",
                                "America/Toronto",
                                "2024-06-01T04:00:00Z",
                                "2024-08-01T04:00:00Z",
                                "1 h",
                                "50 MW",
                                NULL,
                                NULL,
                                {{"energy_price", "MWh", 73200, 40, 2928000},
                                 {"wholesale_charges", "MWh", 73200, 4.2, 307440},
                                 {"global_adjustment", "kW", 40000, 350, 14000000}}};
    check_case(&c);
}

static void test_tva(void **state)
{
    (void)state;
    /* July 2025: 744 h with 23 weekdays. 15 MW; 18 MW on Tuesday the 8th from 14:00 to 15:00; 25 MW
     * from 20:00 to 21:00. Energy: 15 x 744 + 3 + 10 = 11,173 MWh; on peak 23 x 6 h x 15 + 3 =
     * 2,073; off peak 31 x 8 h x 15 = 3,720. Firm: 18 MW, below the contracted 20 MW. */
    static const bill_case c = {
        "tva-interruptible",
        "America/Chicago",
        "2025-07-01T05:00:00Z",
        "2025-08-01T05:00:00Z",
        "1 h",
        "l",
        "2025-07-01T05:00:00Z,15\n2025-07-01T06:00:00Z,15\n2025-07-08T19:00:00Z,18\n"
        "2025-07-08T20:00:00Z,15\n2025-07-09T01:00:00Z,25\n2025-07-09T02:00:00Z,15\n"
        "2025-08-01T05:00:00Z,15\n",
        NULL,
        {{"energy_price", "MWh", 11173, 40, 446920},
         {"on_peak", "MWh", 2073, 12, 24876},
         {"off_peak", "MWh", 3720, -2, -7440},
         {"firm.202507", "kW", 20000, 10.5, 210000},
         {"maximum.202507", "kW", 25000, 3, 75000}}};
    check_case(&c);
}

static const char *const fleet =
    "    mining: [{id: m, machines: 10000, hashrate: 200 TH/s, efficiency: 17.5 J/TH}]\n";

static void test_norway(void **state)
{
    (void)state;
    /* March 2025 in Oslo: 743 h. The hall takes 20 MW, the fleet 10,000 x 200 x 17.5 W = 35 MW,
     * worth 60 / (17.5 x 0.024) = 142.86 USD/MWh: more than all it pays. 55 x 743 = 40,865 MWh;
     * mining 26,005, the hall 14,860. Taxes: 164.4 and 5.8 NOK x 0.1. */
    const bill_case c = {"norway-nok",
                         "Europe/Oslo",
                         "2025-02-28T23:00:00Z",
                         "2025-03-31T22:00:00Z",
                         "1 h",
                         "20 MW",
                         NULL,
                         fleet,
                         {{"energy_price", "MWh", 40865, 40, 1634600},
                          {"energiledd", "MWh", 40865, 4, 163460},
                          {"elavgift_mining", "MWh", 26005, 16.44, 427522.20},
                          {"elavgift_compute", "MWh", 14860, 0.58, 8618.80},
                          {"fastledd", "month", 1, 1200, 1200},
                          {"effekt.202503", "kW", 55000, 5.5, 302500}}};
    check_case(&c);
}

static void test_bhutan(void **state)
{
    (void)state;
    /* January: 744 h at 30 MW, 22,320 MWh. 270 BTN x 0.012 = 3.24 USD, 262 BTN x 0.012 = 3.144. */
    static const bill_case c = {"bhutan-hydro",
                                "Asia/Thimphu",
                                "2024-12-31T18:00:00Z",
                                "2025-01-31T18:00:00Z",
                                "1 h",
                                "30 MW",
                                NULL,
                                NULL,
                                {{"energy_price", "MWh", 22320, 40, 892800},
                                 {"wheeling", "MWh", 22320, 3.24, 72316.80},
                                 {"high_voltage.202501", "kW", 30000, 3.144, 94320}}};
    check_case(&c);
}

/* ---- a tariff that moves the dispatch ---- */

/* Two days in July with a tariff beside the portfolio. */
static study open_small(const char *tariff, const char *rest)
{
    char yaml[TEXT_BYTES];
    golden_folder *folder = golden_folder_new();
    const char *path = golden_write(folder, "tariff.yaml", tariff);
    (void)snprintf(yaml, sizeof yaml,
                   "ampacity: 1\n"
                   "time: {from: 2025-07-01, to: 2025-07-03, step: 1 h}\n"
                   "bitcoin: {hashprice: 60 USD/PH/day}\n"
                   "sites:\n"
                   "  - id: one\n"
                   "    grid: {import_limit: 100 MW}\n"
                   "    supply: {energy_price: 40 USD/MWh, tariff: %s}\n%s",
                   path, rest);
    study s = study_open(yaml, NULL);
    golden_folder_free(folder);
    return s;
}

static void test_mining_stops_where_its_tax_exceeds_its_margin(void **state)
{
    (void)state;
    /* Mining is worth 142.86 USD/MWh before tax: at 40 + 110 it stops. */
    study s = open_small("tariff: 1\ntax: [{id: t, use: mining, rate: 110 USD/MWh}]\n", fleet);
    amp_answer *answer = study_answer(&s, NULL);
    assert_near(answer->site[0].accounts.energy_mwh.mining, 0.0, 0.0);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_windows_move_a_battery_and_count_apart(void **state)
{
    (void)state;
    /* 20 MW of load; 10 USD/kW on peak, 8 to 20 h, of which a battery of 5 MW and 60 MWh takes
     * 5 MW for 12 h each day: on peak 15 MW. It charges 60 MWh in the 12 hours off peak, 5 MW in
     * each: 25 MW there. */
    study s = open_small("tariff: 1\n"
                         "demand:\n"
                         "  - {id: on_peak, charge: 10 USD/kW/month, hours: [[8, 20]]}\n"
                         "  - {id: all, charge: 1 USD/kW/month}\n",
                         "    halls: [{id: h, it_power: 20 MW, pue: 1, lease: {load: 20 MW}}]\n"
                         "    battery: {power: 5 MW, energy: 60 MWh, initial_soc: 100 %, "
                         "final_soc: 0 %}\n");
    const amp_answer_options options = {.tolerance = 1e-9};
    amp_answer *answer = study_answer(&s, &options);
    const amp_site_answer *site = &answer->site[0];
    assert_int_equal(site->problem.peak_count, 2);
    assert_near(amp_accounts_peak(&site->problem, &site->schedule, 0).billed_mw, 15.0, 1e-6);
    assert_near(amp_accounts_peak(&site->problem, &site->schedule, 1).billed_mw, 25.0, 1e-6);
    assert_near(site->bound_usd, site->objective_usd, 1e-3);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_soft_loads_pay_tax_on_what_they_take(void **state)
{
    (void)state;
    /* PUE 1.25. The lease, 8 MW IT with a penalty, and inference, 4 MW IT at 200 USD, are served:
     * 15 MW at the bus, 48 h, 720 MWh; the tax on compute 5 USD/MWh: 3,600. */
    study s = open_small("tariff: 1\ntax: [{id: t, use: compute, rate: 5 USD/MWh}]\n",
                         "    halls:\n"
                         "      - {id: l, it_power: 8 MW, pue: 1.25,\n"
                         "         lease: {load: 8 MW, penalty: 900 USD/MWh}}\n"
                         "      - {id: i, it_power: 4 MW, pue: 1.25,\n"
                         "         inference: {demand: 4 MW, value: 200 USD/MWh}}\n");
    amp_answer *answer = study_answer(&s, NULL);
    const amp_accounts *a = &answer->site[0].accounts;
    assert_near(a->cost_usd.tax, 3600.0, 1e-6);
    assert_near(a->revenue_usd.inference, 4.0 * 48.0 * 200.0, 1e-6);
    /* 38,400 - 720 x 40 - 3,600. */
    assert_near(a->objective_usd, 6000.0, 1e-6);
    assert_near(answer->bound_usd, 6000.0, 1e-6);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_a_window_outside_the_horizon_is_due_on_its_minimum_alone(void **state)
{
    (void)state;
    /* The first two days of July 2025 are Tuesday and Wednesday: no weekend. */
    study s = open_small("tariff: 1\n"
                         "demand:\n"
                         "  - {id: none, charge: 9 USD/kW/month, days: weekends}\n"
                         "  - {id: least, charge: 9 USD/kW/month, days: weekends,\n"
                         "     minimum: {contracted: 3 MW}}\n",
                         fleet);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *site = &answer->site[0];
    assert_int_equal(site->problem.peak_count, 1);
    assert_string_equal(site->problem.peak[0].id, "least.202507");
    assert_near(site->accounts.cost_usd.demand_charge, 27000.0, 1e-6);
    assert_near(site->accounts.energy_mwh.mining, 35.0 * 48.0, 1e-6);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ercot),
        cmocka_unit_test(test_ercot_with_twelve_peaks),
        cmocka_unit_test(test_ohio),
        cmocka_unit_test(test_pjm),
        cmocka_unit_test(test_nyiso),
        cmocka_unit_test(test_alberta),
        cmocka_unit_test(test_ontario),
        cmocka_unit_test(test_tva),
        cmocka_unit_test(test_norway),
        cmocka_unit_test(test_bhutan),
        cmocka_unit_test(test_mining_stops_where_its_tax_exceeds_its_margin),
        cmocka_unit_test(test_windows_move_a_battery_and_count_apart),
        cmocka_unit_test(test_soft_loads_pay_tax_on_what_they_take),
        cmocka_unit_test(test_a_window_outside_the_horizon_is_due_on_its_minimum_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
