/* SPDX-License-Identifier: Apache-2.0 */
/* Demand charges that look back and that rise with the peak, each worked out by hand. */
#include "dispatch/bill.h"
#include "dispatch/validate.h"

#include "study.h"

#include <string.h>

enum { TEXT_BYTES = 4096 };

/* A site of 100 MW that pays 40 USD/MWh and a tariff. More of its supply may stand before its
 * halls. */
static study open_site(const char *time, const char *zone, const char *tariff, const char *halls,
                       const char *rows)
{
    char yaml[TEXT_BYTES];
    char csv[TEXT_BYTES];
    golden_folder *folder = golden_folder_new();
    const char *path = golden_write(folder, "tariff.yaml", tariff);
    (void)snprintf(csv, sizeof csv, "time,l [MW]\n%s", rows);
    (void)snprintf(yaml, sizeof yaml,
                   "ampacity: 1\n"
                   "time: {%s, step: 1 h}\n"
                   "series: {l: {file: series.csv, column: l, gaps: hold}}\n"
                   "sites:\n"
                   "  - id: one\n"
                   "    time_zone: %s\n"
                   "    grid: {import_limit: 100 MW}\n"
                   "    supply:\n"
                   "      energy_price: 40 USD/MWh\n"
                   "      tariff: %s\n%s",
                   time, zone, path, halls);
    study s = study_open(yaml, csv);
    golden_folder_free(folder);
    return s;
}

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

/* What is wanted of one line. */
typedef struct {
    const char *id;
    double kw;
    double rate_usd;
    double usd;
    const char *note;
} wanted_line;

/* The last lines of the bill. */
static void check_lines(study *s, const amp_answer *answer, const wanted_line *wanted, size_t count)
{
    const amp_site_answer *site = &answer->site[0];
    const amp_bill_line *line = NULL;
    size_t lines = 0;
    assert_int_equal(amp_bill_make(&site->problem, &site->schedule, s->arena, &line, &lines),
                     AMP_OK);
    assert_true(lines > count); /* the first is energy_price */
    for (size_t i = 0; i < count; i++) {
        const amp_bill_line *got = &line[lines - count + i];
        assert_string_equal(got->id, wanted[i].id);
        assert_near(got->quantity, wanted[i].kw, 1e-3);
        assert_near(got->rate_usd, wanted[i].rate_usd, 1e-9);
        assert_near(got->usd, wanted[i].usd, 0.005);
        assert_string_equal(got->note != NULL ? got->note : "",
                            wanted[i].note != NULL ? wanted[i].note : "");
    }
}

static void check_bill(const char *time, const char *zone, const char *tariff, const char *rows,
                       const wanted_line *wanted, size_t count)
{
    study s = open_site(time, zone, tariff,
                        "    halls: [{id: h, it_power: 100 MW, pue: 1, lease: {load: l, energy: "
                        "included}}]\n",
                        rows);
    const amp_answer_options options = {.tolerance = 1e-9};
    amp_answer *answer = study_answer(&s, &options);
    assert_true(answer->is_feasible);
    check_lines(&s, answer, wanted, count);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

#define COUNT(lines) (sizeof(lines) / sizeof((lines)[0]))

static void test_a_summer_peak_sets_the_winter(void **state)
{
    (void)state;
    /* 20 MW, and 50 MW in an hour of July. August 2024 had 40 MW: 85 % of it, 34 MW, are due until
     * July 2025, eleven months later; then 85 % of 50 MW = 42.5 MW. */
    static const wanted_line wanted[] = {
        {"demand.202506", 34000, 12, 408000, "85 % of 2024-08"},
        {"demand.202507", 50000, 12, 600000, NULL},
        {"demand.202508", 42500, 12, 510000, "85 % of 2025-07"},
        {"demand.202509", 42500, 12, 510000, "85 % of 2025-07"},
    };
    check_bill("from: 2025-06-01, to: 2025-10-01", "UTC",
               "tariff: 1\n"
               "demand:\n"
               "  - id: demand\n"
               "    charge: 12 USD/kW/month\n"
               "    peak_so_far: [{month: 2024-08, power: 40 MW}]\n"
               "    ratchet: [{share: 85 %, months: [6, 7, 8, 9]}]\n",
               "2025-06-01,20\n2025-06-02,20\n2025-07-10,50\n2025-07-10T01:00Z,20\n2025-10-01,20\n",
               wanted, COUNT(wanted));
}

static void test_a_look_back_ends(void **state)
{
    (void)state;
    /* 50 MW in January count for two months; March has 30 MW, which is below 80 % of 50 = 40, and
     * of which 24 MW are due in May, when January counts no more. In April 24 < 40 x ... January
     * is three months back: 80 % of March's 30 = 24 MW. */
    static const wanted_line wanted[] = {
        {"d.202501", 50000, 10, 500000, NULL},
        {"d.202502", 40000, 10, 400000, "80 % of 2025-01"},
        {"d.202503", 40000, 10, 400000, "80 % of 2025-01"},
        {"d.202504", 24000, 10, 240000, "80 % of 2025-03"},
        {"d.202505", 24000, 10, 240000, "80 % of 2025-03"},
    };
    check_bill("from: 2025-01-01, to: 2025-06-01", "UTC",
               "tariff: 1\n"
               "demand:\n"
               "  - id: d\n"
               "    charge: 10 USD/kW/month\n"
               "    ratchet: [{share: 80 %, look_back: 2 month}]\n",
               "2025-01-01,50\n2025-01-01T01:00Z,20\n2025-03-10,30\n2025-03-10T01:00Z,20\n"
               "2025-06-01,20\n",
               wanted, COUNT(wanted));
}

static void test_two_ratchets_and_a_charge_of_some_months(void **state)
{
    (void)state;
    /* The charge is due from October on. Summer's highest on weekdays from 12:00 to 20:00, 60 MW on
     * Tuesday the 9th of September, counts with 90 %: 54 MW. On Sunday the 14th 80 MW do not count.
     * October's own 56 MW count with 100 % in November. */
    static const wanted_line wanted[] = {
        {"d.202510", 56000, 10, 560000, NULL},
        {"d.202511", 56000, 10, 560000, "100 % of 2025-10"},
    };
    check_bill("from: 2025-09-01, to: 2025-12-01", "UTC",
               "tariff: 1\n"
               "demand:\n"
               "  - id: d\n"
               "    charge: 10 USD/kW/month\n"
               "    months: [10, 11, 12]\n"
               "    days: weekdays\n"
               "    hours: [[12, 20]]\n"
               "    ratchet:\n"
               "      - {share: 90 %, months: [6, 7, 8, 9], look_back: 11 month}\n"
               "      - {share: 100 %, months: [10, 11], look_back: 1 month}\n",
               "2025-09-01,20\n2025-09-02,20\n2025-09-09T13:00Z,60\n2025-09-09T14:00Z,20\n"
               "2025-09-14T13:00Z,80\n2025-09-14T14:00Z,20\n2025-10-14T13:00Z,56\n"
               "2025-10-14T14:00Z,20\n2025-12-01,20\n",
               wanted, COUNT(wanted));
}

static void test_tiers(void **state)
{
    (void)state;
    /* 50 MW: 20 MW at 4 USD/kW, 15 MW at 6, 15 MW at 9. In June, of which the horizon holds 10 of
     * 30 days, a third of it on 25 MW: 20 at 4/3, 5 at 2. */
    static const wanted_line wanted[] = {
        {"d.202505", 20000, 4, 80000, NULL},
        {"d.202505", 15000, 6, 90000, "above 20 MW"},
        {"d.202505", 15000, 9, 135000, "above 35 MW"},
        {"d.202506", 20000, 4.0 / 3.0, 80000.0 / 3.0, NULL},
        {"d.202506", 5000, 2, 10000, "above 20 MW"},
    };
    check_bill("from: 2025-05-01, to: 2025-06-11", "UTC",
               "tariff: 1\n"
               "demand:\n"
               "  - id: d\n"
               "    charge: 4 USD/kW/month\n"
               "    prorate: true\n"
               "    tiers:\n"
               "      - {above: 20 MW, charge: 6 USD/kW/month}\n"
               "      - {above: 35 MW, charge: 9 USD/kW/month}\n",
               "2025-05-01,50\n2025-05-02,25\n2025-06-11,25\n", wanted, COUNT(wanted));
}

/* ---- clock changes ---- */

static void test_the_hour_that_is_repeated_counts_twice(void **state)
{
    (void)state;
    /* New York, November 2025: 721 h, of which the horizon holds the first 15 days, 361 h. From
     * 1:00 to 2:00 there are 16 hours, two of them on the 2nd. 10 MW, but 30 MW in the second of
     * those two, at 06:00Z: 10 x 361 + 20 = 3,630 MWh in all and 180 in the window. Months by
     * 361/721, days by 15. */
    static const wanted_line wanted[] = {
        {"night", 180, 5, 900, NULL},
        {"customer", 361.0 / 721.0, 721, 361, NULL},
        {"tag", 150, 2, 300, NULL},
        {"d.202511", 30000, 7.21 * 361.0 / 721.0, 108300, NULL},
    };
    check_bill("from: 2025-11-01T04:00:00Z, to: 2025-11-16T05:00:00Z", "America/New_York",
               "tariff: 1\n"
               "energy: [{id: night, price: 5 USD/MWh, hours: [[1, 2]]}]\n"
               "demand: [{id: d, charge: 7.21 USD/kW/month, hours: [[1, 2]], prorate: true}]\n"
               "fixed:\n"
               "  - {id: customer, charge: 721 USD/month}\n"
               "  - {id: tag, power: 10 MW, price: 2 USD/MW/day}\n",
               "2025-11-01T04:00Z,10\n2025-11-01T05:00Z,10\n2025-11-02T06:00Z,30\n"
               "2025-11-02T07:00Z,10\n2025-11-16T05:00Z,10\n",
               wanted, COUNT(wanted));
}

static void test_the_hour_that_is_skipped_does_not_count(void **state)
{
    (void)state;
    /* March 2025: 743 h. From 2:00 to 3:00 there are 30 hours, none on the 9th, 300 MWh. */
    static const wanted_line wanted[] = {
        {"night", 300, 5, 1500, NULL},
        {"customer", 1, 743, 743, NULL},
        {"tag", 310, 2, 620, NULL},
        {"d.202503", 10000, 7.43, 74300, NULL},
    };
    check_bill("from: 2025-03-01T05:00:00Z, to: 2025-04-01T04:00:00Z", "America/New_York",
               "tariff: 1\n"
               "energy: [{id: night, price: 5 USD/MWh, hours: [[2, 3]]}]\n"
               "demand: [{id: d, charge: 7.43 USD/kW/month, prorate: true}]\n"
               "fixed:\n"
               "  - {id: customer, charge: 743 USD/month}\n"
               "  - {id: tag, power: 10 MW, price: 2 USD/MW/day}\n",
               "2025-03-01T05:00Z,10\n2025-03-02T05:00Z,10\n2025-04-01T04:00Z,10\n", wanted,
               COUNT(wanted));
}

/* ---- cases of others ---- */

/* NREL/REopt.jl, test/runtests.jl, "Rate Structures" (Apache-2.0): a flat load of 10,000 kWh a year
 * at 10 USD/kW a month pays 10,000/8760 x 10 x 12 = 136.99 USD; one of 1 kW pays 10 USD/kW for a
 * first group of system peaks and 5 for a second, 15.00 USD. */
static void test_rates_of_reopt(void **state)
{
    (void)state;
    static const char *const year = "from: 2023-01-01, to: 2024-01-01";
    static const char *const halls =
        "    halls: [{id: h, it_power: 1 MW, pue: 1, lease: {load: %s, energy: included}}]\n";
    char text[256];
    (void)snprintf(text, sizeof text, halls, "0.00114155251141552511 MW");
    study s = open_site(year, "UTC",
                        "tariff: 1\n"
                        "energy: [{id: e, price: 60 USD/MWh}]\n"
                        "demand: [{id: d, charge: 10 USD/kW/month}]\n",
                        text, "2023-01-01,0\n2024-01-01,0\n");
    amp_answer *answer = study_answer(&s, NULL);
    /* 40 + 60 USD/MWh is 0.10 USD/kWh. */
    assert_near(answer->site[0].accounts.cost_usd.energy, 1000.00, 0.005);
    assert_near(answer->site[0].accounts.cost_usd.demand_charge, 136.99, 0.005);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);

    (void)snprintf(text, sizeof text, halls, "1 kW");
    s = open_site(year, "UTC",
                  "tariff: 1\n"
                  "coincident:\n"
                  "  - {id: a, charge: 10 USD/kW/year, peaks: 3, intervals: [2023-01-01T00:00Z,\n"
                  "     2023-01-01T01:00Z, 2023-01-05T03:00Z]}\n"
                  "  - {id: b, charge: 5 USD/kW/year, peaks: 2, intervals: [2023-09-07T23:00Z,\n"
                  "     2023-10-19T15:00Z]}\n",
                  text, "2023-01-01,0\n2024-01-01,0\n");
    answer = study_answer(&s, NULL);
    assert_near(answer->site[0].accounts.cost_usd.coincident_peak, 15.00, 0.005);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

/* ---- what they do to the dispatch ---- */

/* 4 MW that must be served, and in one hour of July up to 6 MW worth 12,040 USD/MWh: 12,000 after
 * energy. */
static const char *const one_hour_of_july =
    "    halls:\n"
    "      - {id: h, it_power: 4 MW, pue: 1, lease: {load: 4 MW, energy: included}}\n"
    "      - {id: i, it_power: 6 MW, pue: 1, inference: {demand: l, value: 12040 USD/MWh}}\n";
static const char *const july_rows =
    "2025-07-01,0\n2025-07-10,6\n2025-07-10T01:00Z,0\n2025-10-01,0\n";

static void check_peaks(const char *tariff, const double *billed_mw, size_t count,
                        double served_mwh)
{
    study s =
        open_site("from: 2025-07-01, to: 2025-10-01", "UTC", tariff, one_hour_of_july, july_rows);
    const amp_answer_options options = {.tolerance = 1e-9};
    amp_answer *answer = study_answer(&s, &options);
    const amp_site_answer *site = &answer->site[0];
    assert_true(answer->is_feasible);
    assert_int_equal(site->problem.peak_count, count);
    for (size_t k = 0; k < count; k++)
        assert_near(amp_accounts_peak(&site->problem, &site->schedule, k).billed_mw, billed_mw[k],
                    1e-6);
    assert_near(site->accounts.energy_mwh.inference, served_mwh, 1e-6);
    assert_near(site->bound_usd, site->objective_usd, 0.01);
    check_valid(&s, answer);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_the_hour_is_worth_the_month_but_not_the_months_after(void **state)
{
    (void)state;
    /* A MW more costs 10,000 USD in July; above 8 MW it costs 50 % of that in August too, where
     * half of July's peak is then above the 4 MW of August itself. 12,000 USD pay the first, not
     * both. September looks back on August alone: 50 % of 4 MW. */
    static const double ratcheted[] = {8, 4, 4};
    /* Without a ratchet all 6 MW are worth it. */
    static const double plain[] = {10, 4, 4};
    check_peaks(
        "tariff: 1\n"
        "demand:\n"
        "  - {id: d, charge: 10 USD/kW/month, ratchet: [{share: 50 %, look_back: 1 month}]}\n",
        ratcheted, 3, 4.0);
    check_peaks("tariff: 1\ndemand: [{id: d, charge: 10 USD/kW/month}]\n", plain, 3, 6.0);
}

static void test_the_hour_is_worth_the_first_tier_only(void **state)
{
    (void)state;
    /* 10,000 USD for a MW up to 7 MW, 13,000 above. */
    static const double tiered[] = {7, 4, 4};
    check_peaks("tariff: 1\n"
                "demand:\n"
                "  - {id: d, charge: 10 USD/kW/month,\n"
                "     tiers: [{above: 7 MW, charge: 13 USD/kW/month}]}\n",
                tiered, 3, 3.0);
}

static void test_what_history_bills_is_free(void **state)
{
    (void)state;
    /* June's 30 MW make 9 MW due in July: 5 MW of the hour cost nothing, the sixth 10,000 USD. */
    static const double history[] = {10, 4, 4};
    check_peaks(
        "tariff: 1\n"
        "demand:\n"
        "  - {id: d, charge: 10 USD/kW/month, peak_so_far: [{month: 2025-06, power: 30 MW}],\n"
        "     ratchet: [{share: 30 %, look_back: 1 month}]}\n",
        history, 3, 6.0);
}

static void test_agreements_count_for_the_peak(void **state)
{
    (void)state;
    /* Two days, 48 h. 20 MW would be worth 50 USD/MWh. An agreement gives 10 MW for nothing more,
     * so each of those earns 48 x 50 = 2,400 USD; at the market's 40 USD/MWh the others earn 480.
     * At 0.4 USD/kW, 400 USD/MW, all 20 MW pay: 48,000 - 10 x 48 x 40 - 8,000 = 20,800. At 1 USD/kW
     * the agreement pays: 24,000 - 10,000 = 14,000. At 3 USD/kW nothing does. */
    static const struct {
        const char *charge;
        double billed_mw, block_mwh, objective_usd;
    } cases[] = {{"0.4", 20, 480, 20800}, {"1", 10, 480, 14000}, {"3", 0, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char tariff[256];
        (void)snprintf(tariff, sizeof tariff,
                       "tariff: 1\ndemand: [{id: d, charge: %s USD/kW/month}]\n", cases[i].charge);
        study s = open_site("from: 2025-07-01, to: 2025-07-03", "UTC", tariff,
                            "      blocks: [{power: 10 MW, price: 25 USD/MWh, resale: false}]\n"
                            "    halls: [{id: i, it_power: 20 MW, pue: 1,\n"
                            "      inference: {demand: 20 MW, value: 50 USD/MWh}}]\n",
                            "2025-07-01,0\n2025-07-03,0\n");
        amp_answer *answer = study_answer(&s, NULL);
        const amp_site_answer *site = &answer->site[0];
        double block_mwh = 0.0;
        for (size_t t = 0; t < site->problem.interval_count; t++)
            block_mwh += site->schedule.block_mw[t];
        assert_near(amp_accounts_peak(&site->problem, &site->schedule, 0).billed_mw,
                    cases[i].billed_mw, 1e-6);
        assert_near(block_mwh, cases[i].block_mwh, 1e-4);
        assert_near(site->objective_usd, cases[i].objective_usd, 0.05);
        assert_near(site->bound_usd, cases[i].objective_usd, 0.05);
        check_valid(&s, answer);
        amp_answer_free(answer);
        study_close(&s);
    }
}

static void test_falling_tiers_are_refused(void **state)
{
    (void)state;
    study s = open_site("from: 2025-07-01, to: 2025-07-02", "UTC",
                        "tariff: 1\n"
                        "demand:\n"
                        "  - {id: d, charge: 10 USD/kW/month,\n"
                        "     tiers: [{above: 7 MW, charge: 8.5 USD/kW/month}]}\n",
                        one_hour_of_july, july_rows);
    assert_int_not_equal(study_problem_status(&s, 0), AMP_OK);
    const char *text = study_findings(&s);
    assert_non_null(strstr(text, "the charge falls from 10 to 8.5 USD/kW/month above this size; "
                                 "tiers that do not fall are expected"));
    assert_non_null(strstr(text, "write the charge of the tier that the peak will be in as "
                                 "'charge', where it begins as 'minimum: {contracted: 20 MW}', and "
                                 "what the kW below cost more as a 'fixed' charge"));
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_summer_peak_sets_the_winter),
        cmocka_unit_test(test_a_look_back_ends),
        cmocka_unit_test(test_two_ratchets_and_a_charge_of_some_months),
        cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_the_hour_that_is_repeated_counts_twice),
        cmocka_unit_test(test_the_hour_that_is_skipped_does_not_count),
        cmocka_unit_test(test_rates_of_reopt),
        cmocka_unit_test(test_the_hour_is_worth_the_month_but_not_the_months_after),
        cmocka_unit_test(test_the_hour_is_worth_the_first_tier_only),
        cmocka_unit_test(test_what_history_bills_is_free),
        cmocka_unit_test(test_agreements_count_for_the_peak),
        cmocka_unit_test(test_falling_tiers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
