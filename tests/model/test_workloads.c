/* SPDX-License-Identifier: Apache-2.0 */
/* GPUs whose power may be capped, key by key. */
#include "golden.h"

#include "model/portfolio.h"

#include <string.h>

static const char text[] =
    "ampacity: 1\n"
    "time: {from: 2025-01-01, to: 2025-01-02, step: 1 h}\n"
    "series: {worth: {file: s.csv, column: worth}}\n"
    "sites:\n"
    "  - id: a\n"
    "    grid: {import_limit: 1 MW}\n"
    "    supply: {energy_price: 30 USD/MWh}\n"
    "    halls:\n"
    "      - id: gpus\n"
    "        it_power: 200 kW\n"
    "        pue: 1\n"
    "        flex_tiers: [{id: flex_1, floor: 90 %}, {id: flex_2, floor: 0.75}]\n"
    "        workloads:\n"
    "          - {id: tune, use: training, gpus: 100, value: worth, flex_tier: flex_2,\n"
    "             curve: [[100 W, 31 %], [0.2 kW, 80 %], [400 W, 1]]}\n"
    "          - {id: chat, use: inference, power: 50 kW, value: 40 USD/MWh, pausable: true,\n"
    "             floor: 20 %, curve: [[25 %, 31], [100 %, 166.5]]}\n"
    "          - {id: slow, use: inference, power: 9 kW, value: 0 USD/MWh,\n"
    "             curve: [[100 W, 31], [300 W, 93]]}\n"
    "      - id: serving\n"
    "        it_power: 1 MW\n"
    "        pue: 1\n"
    "        flex_tiers: [{id: gold, floor: 95 %}]\n"
    "        inference: {demand: 50 %, value: 9 USD/MWh, flex_tier: gold, pausable: false,\n"
    "                    curve: [[25 %, 0], [100 %, 8]]}\n"
    "      - {id: plain, it_power: 1 MW, pue: 1, inference: {demand: 50 %, value: 9 USD/MWh}}\n";

static amp_portfolio *parse(void)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    const amp_status status =
        amp_portfolio_parse(text, strlen(text), "p.yaml", NULL, diagnostics, &portfolio);
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, stderr);
    assert_int_equal(status, AMP_OK);
    amp_diagnostics_free(diagnostics);
    return portfolio;
}

static void check_point(const amp_cap_curve *curve, size_t i, double power, double throughput)
{
    assert_near(curve->point[i].power, power, 1e-18);
    assert_near(curve->point[i].throughput, throughput, 1e-15);
}

static void test_workloads(void **state)
{
    amp_portfolio *p = parse();
    const amp_hall *hall = &p->site[0].hall[0];
    (void)state;
    assert_int_equal(hall->workload_count, 3);
    assert_int_equal(hall->flex_tier_count, 2);
    assert_near(hall->flex_tier[1].floor.number, 0.75, 0.0);

    const amp_workload *tune = &hall->workload[0];
    assert_string_equal(tune->id, "tune");
    assert_int_equal(tune->use, AMP_WORKLOAD_TRAINING);
    assert_near(tune->gpus.number, 100.0, 0.0);
    assert_false(tune->full_power_mw.is_set);
    assert_near(amp_workload_full_mw(tune), 0.04, 1e-15);
    assert_int_equal(tune->value_usd_per_mwh.series, 0);
    assert_int_equal(tune->caps.curve.count, 3);
    assert_false(tune->caps.curve.is_share);
    check_point(&tune->caps.curve, 0, 100e-6, 0.31);
    check_point(&tune->caps.curve, 1, 200e-6, 0.8);
    check_point(&tune->caps.curve, 2, 400e-6, 1.0);
    assert_string_equal(tune->caps.flex_tier, "flex_2");
    assert_near(tune->caps.floor.number, 0.75, 0.0); /* that of its tier, with its place and key */
    assert_string_equal(tune->caps.floor.key, "sites[0].halls[0].flex_tiers[1].floor");
    assert_int_equal(tune->caps.floor.place.line, 12);
    assert_false(tune->caps.is_pausable);
    amp_portfolio_free(p);
}

static void test_shares_and_defaults(void **state)
{
    amp_portfolio *p = parse();
    const amp_workload *chat = &p->site[0].hall[0].workload[1];
    const amp_workload *slow = &p->site[0].hall[0].workload[2];
    (void)state;
    assert_int_equal(chat->use, AMP_WORKLOAD_INFERENCE);
    assert_false(chat->gpus.is_set);
    assert_near(amp_workload_full_mw(chat), 0.05, 1e-15);
    assert_true(chat->caps.curve.is_share);
    check_point(&chat->caps.curve, 0, 0.25, 31.0);
    check_point(&chat->caps.curve, 1, 1.0, 166.5);
    assert_true(chat->caps.is_pausable);
    assert_near(chat->caps.floor.number, 0.2, 0.0);
    assert_string_equal(chat->caps.floor.key, "sites[0].halls[0].workloads[1].floor");
    assert_null(chat->caps.flex_tier);
    /* Watts of a GPU say how power falls beside 'power' too. */
    assert_near(amp_workload_full_mw(slow), 0.009, 1e-15);
    assert_false(slow->caps.curve.is_share);
    assert_near(slow->caps.floor.number, 0.0, 0.0);
    assert_false(slow->caps.floor.is_set);
    amp_portfolio_free(p);
}

static void test_inference_with_a_curve(void **state)
{
    amp_portfolio *p = parse();
    const amp_caps *caps = &p->site[0].hall[1].inference.caps;
    (void)state;
    assert_int_equal(caps->curve.count, 2);
    assert_near(caps->floor.number, 0.95, 0.0);
    check_point(&caps->curve, 0, 0.25, 0.0);
    assert_int_equal(p->site[0].hall[2].inference.caps.curve.count, 0);
    assert_int_equal(p->site[0].hall[2].workload_count, 0);
    amp_portfolio_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workloads),
        cmocka_unit_test(test_shares_and_defaults),
        cmocka_unit_test(test_inference_with_a_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
