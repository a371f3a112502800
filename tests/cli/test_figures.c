/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "cli/figures.h"
#include "run.h"

typedef struct {
    golden_folder *folder;
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
    amp_answer *answer;
} fixture;

static fixture make_fixture(void)
{
    fixture f = {.folder = golden_folder_new(), .diagnostics = amp_diagnostics_new()};

    (void)run_write_series(f.folder);
    const char *const path = golden_write(f.folder, "portfolio.yaml", run_portfolio);
    assert_int_equal(amp_portfolio_load(path, NULL, f.diagnostics, &f.portfolio), AMP_OK);
    assert_int_equal(amp_market_load(f.portfolio, f.diagnostics, &f.market), AMP_OK);
    assert_int_equal(amp_answer_make(f.portfolio, f.market, NULL, f.diagnostics, &f.answer),
                     AMP_OK);
    assert_true(f.answer->is_feasible);
    return f;
}

static void free_fixture(fixture *f)
{
    amp_answer_free(f->answer);
    amp_market_free(f->market);
    amp_portfolio_free(f->portfolio);
    amp_diagnostics_free(f->diagnostics);
    golden_folder_free(f->folder);
}

/*
 * By hand, per day of six hours each at 20, 30, 150 and 60 USD/MWh with the adder:
 * mining 20 MW worth 48 / (20 x 0.024) = 100 USD/MWh runs 18 h; inference takes 5 MW for 12 h and
 * 10 MW for 12 h. The battery (10 of 20 MWh at both ends) gives 20 MWh to the hours at 150 on both
 * days, which takes 12.5 and 25 MWh at 20 and, to end as it began, 12.5 MWh at 60.
 */
static void test_flows_of_two_days(void **state)
{
    static const struct {
        amp_flow flow;
        double energy_mwh, capacity_mwh, hours, peak_mw;
    } cases[] = {
        {AMP_FLOW_IMPORT, 720.0 + 360.0 + 50.0 - 40.0, 48.0 * 40.0, 44.0, 40.0},
        {AMP_FLOW_MINING, 2.0 * 18.0 * 20.0, 48.0 * 20.0, 36.0, 20.0},
        {AMP_FLOW_INFERENCE, 2.0 * (60.0 + 120.0), 48.0 * 12.5, 48.0, 10.0},
        {AMP_FLOW_DISCHARGE, 40.0, 48.0 * 10.0, 4.0, 10.0},
        {AMP_FLOW_EXPORT, 0.0, 48.0 * 5.0, 0.0, 0.0},
        {AMP_FLOW_LEASE, 0.0, 0.0, 0.0, 0.0},
        {AMP_FLOW_GENERATION, 0.0, 0.0, 0.0, 0.0},
    };
    fixture f = make_fixture();
    amp_site_figures figures;
    const amp_buckets buckets = amp_buckets_choose(&f.answer->site[0].problem, 10);
    (void)state;

    assert_int_equal(amp_figures_make(&f.answer->site[0], buckets, &figures), AMP_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const amp_flow_figures *const flow = &figures.flow[cases[i].flow];
        assert_near(flow->energy_mwh, cases[i].energy_mwh, 1e-9);
        assert_near(flow->capacity_mwh, cases[i].capacity_mwh, 1e-9);
        assert_near(flow->time_share, cases[i].hours / 48.0, 1e-12);
        assert_near(flow->peak_mw, cases[i].peak_mw, 1e-9);
    }
    free_fixture(&f);
}

static void test_buckets_add_up_to_the_objective(void **state)
{
    fixture f = make_fixture();
    (void)state;

    for (size_t most = 1; most <= 60; most += 7) {
        const amp_buckets buckets = amp_buckets_choose(&f.answer->site[0].problem, most);
        amp_site_figures figures;
        double usd = 0.0;
        double price = 0.0;
        assert_int_equal(amp_figures_make(&f.answer->site[0], buckets, &figures), AMP_OK);
        assert_in_range(buckets.count, 1, most);
        for (size_t i = 0; i < buckets.count; i++) {
            const size_t left = 48 - i * buckets.intervals;
            const size_t size = left < buckets.intervals ? left : buckets.intervals;
            usd += figures.bucket_usd[i];
            price += figures.bucket_price_usd_per_mwh[i] * (double)size / 48.0;
        }
        /* 72,000 mining + 144,000 inference - 50,100 energy - 90 wear */
        assert_near(usd, 165810.0, 1e-6);
        assert_near(price, f.answer->site[0].accounts.price_mean_usd_per_mwh, 1e-9);
    }
    free_fixture(&f);
}

/*
 * The horizon starts at 18:00 CST; clocks go from 02:00 CST to 03:00 CDT on the second day, at
 * 08:00Z. So 18 h local is 00Z on both days (5 MW of inference) and 23Z on the second (10 MW), and
 * 2 h local comes once, 17 h twice.
 */
static void test_hours_are_local(void **state)
{
    fixture f = make_fixture();
    amp_site_figures figures;
    const amp_buckets buckets = amp_buckets_choose(&f.answer->site[0].problem, 10);
    (void)state;

    assert_int_equal(amp_figures_make(&f.answer->site[0], buckets, &figures), AMP_OK);
    assert_near(figures.hour_mw[18][AMP_USE_INFERENCE], (5.0 + 5.0 + 10.0) / 3.0, 1e-12);
    assert_near(figures.hour_mw[18][AMP_USE_MINING], 20.0, 1e-12);
    assert_near(figures.hour_mw[2][AMP_USE_INFERENCE], 5.0, 1e-12);
    assert_near(figures.hour_mw[17][AMP_USE_INFERENCE], 10.0, 1e-12);
    /* 06 h local is 12Z in winter (150 USD/MWh, no mining) and 11Z in summer (30 USD/MWh) */
    assert_near(figures.hour_mw[6][AMP_USE_MINING], (0.0 + 20.0) / 2.0, 1e-12);
    free_fixture(&f);
}

static void test_buckets_have_customary_lengths(void **state)
{
    static const struct {
        size_t intervals;
        int64_t step_s;
        size_t most;
        size_t count;
        int64_t length_s;
    } cases[] = {
        {105120, 300, 29, 27, 14 * 86400}, {10, 300, 12, 10, 300}, {48, 3600, 29, 24, 7200},
        {48, 3600, 1, 1, 48 * 3600},       {1000, 7, 10, 10, 700}, {8760, 3600, 60, 53, 7 * 86400},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const amp_site_problem problem = {.interval_count = cases[i].intervals,
                                          .step_s = cases[i].step_s};
        const amp_buckets buckets = amp_buckets_choose(&problem, cases[i].most);
        assert_int_equal(buckets.count, cases[i].count);
        assert_int_equal(buckets.length_s, cases[i].length_s);
        assert_int_equal((int64_t)buckets.intervals * cases[i].step_s, cases[i].length_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flows_of_two_days),
        cmocka_unit_test(test_buckets_add_up_to_the_objective),
        cmocka_unit_test(test_hours_are_local),
        cmocka_unit_test(test_buckets_have_customary_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
