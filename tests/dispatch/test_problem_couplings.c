/* SPDX-License-Identifier: Apache-2.0 */
/* From a portfolio to what couples the intervals of one site: months and their peaks, jobs. */
#include "four_hours.h"

/* ---- months and the bill ---- */

/* A site in a zone over a horizon with a supply and halls of its own. */
static study open_months(const char *zone, const char *time, const char *supply)
{
    char yaml[2048];
    const int length = snprintf(yaml, sizeof yaml,
                                "ampacity: 1\n"
                                "time: {%s}\n"
                                "currencies: {EUR: 1.25 USD/EUR}\n"
                                "sites:\n"
                                "  - id: one\n"
                                "    time_zone: %s\n"
                                "    grid: {import_limit: 100 MW}\n"
                                "    supply: {energy_price: 40 USD/MWh, %s}\n",
                                time, zone, supply);
    assert_true(length > 0 && (size_t)length < sizeof yaml);
    return study_open(yaml, NULL);
}

enum { MONTHS_MAX = 4 };

static const struct {
    const char *name, *zone, *time, *demand;
    amp_peak peak[MONTHS_MAX]; /* ends with an id of NULL */
} month_cases[] = {
    /* 4.2 USD/kW is 4200 USD/MW, in full although the horizon holds three hours. */
    {"part of a month is charged in full",
     "UTC",
     "from: 2023-08-09, to: 2023-08-09T03:00Z, step: 1 h",
     "4.2 USD/kW/month",
     {{"202308", 0, 3, 4200.0, 0.0, NULL}}},
    {"a year's charge and another currency",
     "UTC",
     "from: 2023-08-09, to: 2023-08-09T03:00Z, step: 1 h",
     "48 EUR/kW/year", /* 48 / 12 x 1.25 x 1000 */
     {{"202308", 0, 3, 5000.0, 0.0, NULL}}},
    /* Chicago: UTC-5 until November 5th, then UTC-6. October ends at 05:00Z, 53 h after the start;
     * November at 06:00Z of December 1st, 30 x 24 + 1 = 721 h later; 18 h of December remain. */
    {"months of 743 to 745 hours",
     "America/Chicago",
     "from: 2023-10-30, to: 2023-12-02, step: 1 h",
     "1 USD/kW/month",
     {{"202310", 0, 53, 1000.0, 0.0, NULL},
      {"202311", 53, 774, 1000.0, 0.0, NULL},
      {"202312", 774, 792, 1000.0, 0.0, NULL}}},
    /* October has 744 h, November 721, December 744. */
    {"by hours over the autumn change",
     "America/Chicago",
     "from: 2023-10-30, to: 2023-12-02, step: 1 h",
     "{charge: 1 USD/kW/month, prorate: true}",
     {{"202310", 0, 53, 53000.0 / 744.0, 0.0, NULL},
      {"202311", 53, 774, 1000.0, 0.0, NULL},
      {"202312", 774, 792, 18000.0 / 744.0, 0.0, NULL}}},
    /* March has 743 h there; the horizon holds the 48 of its first two days. */
    {"by hours of the month of the spring change",
     "America/Chicago",
     "from: 2023-03-01T06:00Z, to: 2023-03-03T06:00Z, step: 1 h",
     "{charge: 7.43 USD/kW/month, prorate: true}",
     {{"202303", 0, 48, 480.0, 0.0, NULL}}},
    /* Kolkata is UTC+5:30: September begins at 18:30Z, inside the interval of 18:00Z, which belongs
     * to August, where it starts. The share is exact: 18.5 of 744 h, and 1.5 of 720. */
    {"a half-hour zone",
     "Asia/Kolkata",
     "from: 2023-08-31, to: 2023-08-31T20:00Z, step: 1 h",
     "{charge: 1 USD/kW/month, prorate: true}",
     {{"202308", 0, 19, 18500.0 / 744.0, 0.0, NULL},
      {"202309", 19, 20, 1500.0 / 720.0, 0.0, NULL}}},
    /* The last interval starts in August: September holds none. */
    {"a month that holds no start of an interval",
     "Asia/Kolkata",
     "from: 2023-08-31, to: 2023-08-31T19:00Z, step: 1 h",
     "1 USD/kW/month",
     {{"202308", 0, 19, 1000.0, 0.0, NULL}}},
    {"what was metered before",
     "UTC",
     "from: 2023-08-31, to: 2023-09-02, step: 1 h",
     "{charge: 1 USD/kW/month, peak_so_far: 120 MW}",
     {{"202308", 0, 24, 1000.0, 120.0, NULL}, {"202309", 24, 48, 1000.0, 0.0, NULL}}},
    {"what was metered before, by month",
     "UTC",
     "from: 2023-08-31, to: 2023-09-02, step: 1 h",
     "{charge: 1 USD/kW/month, peak_so_far: [{month: 2023-07, power: 9 MW},\n"
     "             {month: 2023-09, power: 3 MW}, {month: 2023-10, power: 5 MW}]}",
     {{"202308", 0, 24, 1000.0, 0.0, NULL}, {"202309", 24, 48, 1000.0, 3.0, NULL}}},
    {"no charge, no peak",
     "UTC",
     "from: 2023-08-31, to: 2023-09-02, step: 1 h",
     "{charge: 0 USD/kW/month, peak_so_far: 120 MW}",
     {{NULL, 0, 0, 0.0, 0.0, NULL}}},
};

static void check_peaks(const amp_site_problem *p, const amp_peak *want, const char *name)
{
    size_t count = 0;
    while (count < MONTHS_MAX && want[count].id != NULL)
        count++;
    if (p->peak_count != count || p->block_count != count)
        fail_msg("%s: %zu peaks and %zu blocks", name, p->peak_count, p->block_count);
    for (size_t i = 0; i < count; i++) {
        const amp_peak *got = &p->peak[i];
        assert_string_equal(got->id, want[i].id);
        assert_int_equal(got->first, want[i].first);
        assert_int_equal(got->end, want[i].end);
        assert_near(got->charge_usd_per_mw, want[i].charge_usd_per_mw, 1e-9);
        assert_near(got->start_mw, want[i].start_mw, 0.0);
        assert_int_equal(p->block_first[i], want[i].first);
    }
}

static void test_each_local_month_has_a_peak(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof month_cases / sizeof month_cases[0]; i++) {
        char supply[512];
        (void)snprintf(supply, sizeof supply, "demand_charge: %s", month_cases[i].demand);
        study s = open_months(month_cases[i].zone, month_cases[i].time, supply);
        const amp_site_problem p = study_problem(&s, 0);
        check_peaks(&p, month_cases[i].peak, month_cases[i].name);
        study_close(&s);
    }
}

/* A charge that varies: the first number of a month is the month's, and 0 leaves it without a peak.
 * The months of local time in Chicago begin at 05:00Z in summer. */
static void test_a_charge_may_vary_by_month(void **state)
{
    study s = study_open("ampacity: 1\n"
                         "time: {from: 2023-05-01T05:00Z, to: 2023-08-01T05:00Z, step: 1 day}\n"
                         "series: {a: {file: series.csv, column: a, gaps: hold}}\n"
                         "sites:\n"
                         "  - id: one\n"
                         "    time_zone: America/Chicago\n"
                         "    grid: {import_limit: 100 MW}\n"
                         "    supply: {energy_price: 40 USD/MWh, demand_charge: a}\n",
                         "time,a [USD/kW/month]\n"
                         "2023-05-01T05:00:00Z,3\n"
                         "2023-05-02T05:00:00Z,2\n"
                         "2023-06-01T05:00:00Z,0\n"
                         "2023-06-02T05:00:00Z,9\n"
                         "2023-07-01T05:00:00Z,4\n"
                         "2023-07-31T05:00:00Z,4\n");
    const amp_site_problem p = study_problem(&s, 0);
    (void)state;
    assert_int_equal(p.peak_count, 2);
    assert_string_equal(p.peak[0].id, "202305");
    assert_near(p.peak[0].charge_usd_per_mw, 3000.0, 1e-9);
    assert_string_equal(p.peak[1].id, "202307");
    assert_near(p.peak[1].charge_usd_per_mw, 4000.0, 1e-9);
    assert_int_equal(p.peak[1].first, 61); /* 31 days of May, 30 of June */
    assert_int_equal(p.peak[1].end, 92);
    assert_int_equal(p.block_count, 3);
    assert_int_equal(p.block_first[1], 31);
    study_close(&s);
}

static void test_nothing_couples_months_unless_asked(void **state)
{
    study s = study_open(HEAD GRID SUPPLY, FLAT);
    const amp_site_problem p = study_problem(&s, 0);
    (void)state;
    assert_int_equal(p.peak_count + p.job_count + p.block_count, 0);
    assert_null(p.coincident_usd_per_mwh.value);
    study_close(&s);
}

/* 60 USD/kW/year is 60,000 USD/MW over 4 peaks of one hour: 15,000 USD/MWh when one is certain. */
static void test_coincident_peaks_are_an_adder(void **state)
{
    study s = study_open(
        HEAD GRID "    supply:\n"
                  "      energy_price: b\n"
                  "      adder: 5 USD/MWh\n"
                  "      coincident_peak: {charge: 60 USD/kW/year, peaks: 4, probability: a}\n"
                  "      blocks: [{power: 10 MW, price: 30 USD/MWh, resale: false}]\n",
        CSV("a [%],b [USD/MWh]", "0,30", "1,30", "20,40", "100,-50"));
    const amp_site_problem p = study_problem(&s, 0);
    (void)state;
    CHECK_VARYING(p.coincident_usd_per_mwh, 0.0, 150.0, 3000.0, 15000.0);
    CHECK_VARYING(p.import_price_usd_per_mwh, 35.0, 185.0, 3045.0, 14955.0);
    CHECK_VARYING(p.block_price_usd_per_mwh, 5.0, 155.0, 3005.0, 15005.0);
    assert_int_equal(p.block_count, 0);
    study_close(&s);
}

/* 30 EUR/kW/year is 37,500 USD/MW; 12 peaks of 5 minutes are an hour; 2 % of it are 750. */
static void test_coincident_peaks_of_minutes(void **state)
{
    static const struct {
        const char *peak;
        double usd_per_mwh; /* 0: none */
    } cases[] = {
        {"{charge: 30 EUR/kW/year, peaks: 12, probability: 2 %}", 750.0},
        {"{charge: 30 EUR/kW/year, peaks: 12, probability: 0 %}", 0.0},
        {"{charge: 0 USD/kW/year, peaks: 12, probability: 2 %}", 0.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char supply[256];
        (void)snprintf(supply, sizeof supply, "coincident_peak: %s", cases[i].peak);
        study s = open_months("UTC", "from: 2023-08-09, to: 2023-08-10, step: 5 min", supply);
        const amp_site_problem p = study_problem(&s, 0);
        assert_near(p.import_price_usd_per_mwh.value[0], 40.0 + cases[i].usd_per_mwh, 1e-9);
        if (cases[i].usd_per_mwh > 0.0)
            assert_near(p.coincident_usd_per_mwh.value[0], cases[i].usd_per_mwh, 1e-9);
        else
            assert_null(p.coincident_usd_per_mwh.value);
        study_close(&s);
    }
}

/* ---- jobs ---- */

static void test_a_training_hall(void **state)
{
    study s = study_open(HEAD GRID SUPPLY
                         "    halls:\n"
                         "      - {id: y, it_power: 5 MW, pue: 1, lease: {load: 1 MW}}\n"
                         "      - id: x\n"
                         "        it_power: 20 MW\n"
                         "        pue: 1.25\n"
                         "        availability: a\n"
                         "        jobs:\n"
                         "          - {id: p, energy: 30 MWh, power: 12 MW, value: 260 USD/MWh,\n"
                         "             penalty: 90000 USD}\n"
                         "          - {id: q, energy: 5 MWh, power: 5 MW}\n",
                         CSV("a [1],b [1]", "1,1", "0.5,1", "1,1", "0.8,1"));
    const amp_site_problem p = study_problem(&s, 0);
    const amp_load *load = &p.load[1];
    (void)state;
    assert_int_equal(p.load_count, 2);
    assert_int_equal(p.tier_count, 0);
    assert_int_equal(load->kind, AMP_LOAD_TRAINING);
    assert_int_equal(load->asset, 1);
    assert_string_equal(load->id, "x");
    assert_false(load->is_hard);
    assert_int_equal(load->tier_count, 0);
    check_constant(load->demand_mw, 0.0);
    check_constant(load->penalty_usd_per_mwh, 0.0);
    check_constant(load->it_per_mwh, 0.8);
    CHECK_VARYING(load->capacity_mw, 25.0, 12.5, 25.0, 20.0); /* 20 x 1.25 x a */
    check_constant(p.must_mw, 1.0);                           /* the lease alone */
    assert_int_equal(p.job_count, 2);
    assert_string_equal(p.job[0].id, "p");
    assert_int_equal(p.job[0].load, 1);
    assert_int_equal(p.job[0].first, 0);
    assert_int_equal(p.job[0].end, 4);
    assert_near(p.job[0].power_mw, 12.0, 0.0);
    assert_near(p.job[0].energy_mwh, 30.0, 0.0);
    assert_near(p.job[0].value_usd_per_mwh, 260.0, 0.0);
    assert_near(p.job[0].penalty_usd, 90000.0, 0.0);
    assert_near(p.job[1].value_usd_per_mwh + p.job[1].penalty_usd, 0.0, 0.0);
    assert_int_equal(p.peak_count, 0);
    assert_int_equal(p.block_count, 1);
    assert_int_equal(p.block_first[0], 0);
    assert_int_equal(amp_diagnostics_count(s.diagnostics), 0);
    study_close(&s);
}

/* Four intervals of an hour from 2025-01-01T00:00Z; only whole ones between the two times count. */
static void test_windows_of_jobs(void **state)
{
    static const struct {
        const char *times;
        size_t first, end;
    } cases[] = {
        {"", 0, 4},
        {", release: 2025-01-01T01:00Z", 1, 4},
        {", release: 2025-01-01T01:00:01Z", 2, 4},
        {", release: 2025-01-01T00:59:59Z", 1, 4},
        {", release: 2024-12-31T23:59:59Z", 0, 4},
        {", deadline: 2025-01-01T03:00Z", 0, 3},
        {", deadline: 2025-01-01T02:59:59Z", 0, 2},
        {", deadline: 2025-01-01T04:00:01Z", 0, 4},
        {", release: 2024-01-01, deadline: 2026-01-01", 0, 4},
        {", release: 2025-01-01T01:00+01:00, deadline: 2025-01-01T02:00+01:00", 0, 1},
        {", release: 2025-01-01T01:30Z, deadline: 2025-01-01T02:30Z", 2, 2}, /* none is whole */
        {", release: 2025-01-02", 4, 4},
        {", release: 2024-01-01, deadline: 2024-12-31", 0, 0},
        {", deadline: 2024-12-31", 0, 0},
    };
    char yaml[2048];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(yaml, sizeof yaml,
                       "%s%s%s    halls:\n      - {id: x, it_power: 20 MW, pue: 1,\n"
                       "         jobs: [{id: p, energy: 1 MWh, power: 1 MW%s}]}\n",
                       HEAD, GRID, SUPPLY, cases[i].times);
        study s = study_open(yaml, FLAT);
        const amp_site_problem p = study_problem(&s, 0);
        assert_int_equal(p.job[0].first, cases[i].first);
        assert_int_equal(p.job[0].end, cases[i].end);
        assert_near(p.job[0].energy_mwh, 1.0, 0.0); /* all of it stays */
        study_close(&s);
    }
}

/* A horizon that is narrowed cuts the window; what was left out keeps meaning the file's end. */
static void test_a_narrowed_horizon_cuts_jobs(void **state)
{
    static const char *const yaml =
        HEAD GRID SUPPLY "    halls:\n      - {id: x, it_power: 20 MW, pue: 1,\n"
                         "         jobs: [{id: p, energy: 1 MWh, power: 1 MW},\n"
                         "                {id: q, energy: 1 MWh, power: 1 MW,\n"
                         "                 release: 2025-01-01T02:00Z}]}\n";
    const amp_portfolio_options options = {.from = "2025-01-01T01:00Z", .to = "2025-01-01T03:00Z"};
    study s = study_open(yaml, FLAT);
    amp_portfolio *p = NULL;
    amp_market *market = NULL;
    amp_site_problem problem = {0};
    (void)state;
    assert_int_equal(amp_portfolio_load(s.path, &options, s.diagnostics, &p), AMP_OK);
    assert_int_equal(amp_market_load(p, s.diagnostics, &market), AMP_OK);
    assert_int_equal(amp_site_problem_build(p, 0, market, s.arena, s.diagnostics, &problem),
                     AMP_OK);
    assert_int_equal(problem.job[0].first, 0);
    assert_int_equal(problem.job[0].end, 2);
    assert_int_equal(problem.job[1].first, 1);
    assert_int_equal(problem.job[1].end, 2);
    amp_market_free(market);
    amp_portfolio_free(p);
    study_close(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_local_month_has_a_peak),
        cmocka_unit_test(test_a_charge_may_vary_by_month),
        cmocka_unit_test(test_nothing_couples_months_unless_asked),
        cmocka_unit_test(test_coincident_peaks_are_an_adder),
        cmocka_unit_test(test_coincident_peaks_of_minutes),
        cmocka_unit_test(test_a_training_hall),
        cmocka_unit_test(test_windows_of_jobs),
        cmocka_unit_test(test_a_narrowed_horizon_cuts_jobs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
