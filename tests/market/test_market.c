/* SPDX-License-Identifier: Apache-2.0 */
#include "market_fixture.h"

static void assert_column(amp_column column, const double *expected, size_t stride)
{
    assert_non_null(column.value);
    assert_int_equal(column.stride, stride);
    for (size_t t = 0; t < (stride > 0 ? 4 : 1); t++)
        assert_near(amp_column_at(column, t), expected[t], 1e-12);
}

/* ---- what is delivered ---- */

static void test_series_reaches_its_key(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv", "time,other [MW],price [USD/MWh]\n" HOURS("1,30", "2,-4.5"));
    assert_golden(market_fixture_load(f, ONE_PRICE), "");
    const amp_value *price = &f->portfolio->site[0].supply.energy_price_usd_per_mwh;
    bool is_share = true;
    assert_column(amp_market_column(f->market, price, &is_share), (double[]){30, 30, -4.5, -4.5},
                  1);
    assert_false(is_share);

    amp_series_facts facts = {0};
    assert_true(amp_market_facts(f->market, 0, &facts));
    assert_int_equal(facts.row_count, 2);
    assert_int_equal(facts.own_step_s, 3600);
    assert_int_equal(facts.first_unix_s, 1735689600);
    assert_int_equal(facts.end_unix_s, 1735689600 + 7200);
    assert_int_equal(facts.filled_count, 0);
    assert_near(facts.minimum, -4.5, 0.0);
    assert_near(facts.mean, 12.75, 1e-12);
    assert_near(facts.maximum, 30.0, 0.0);
    assert_string_equal(facts.unit, "USD/MWh");
}

static void test_constants_need_no_file(void **state)
{
    market_fixture *f = *state;
    assert_golden(market_fixture_load(f, HEAD "series:\n"
                                              "  unused: {file: absent.csv, column: c}\n" SITE GRID
                                              "    supply: {energy_price: 0.03 USD/kWh}\n"),
                  "");
    const amp_value *price = &f->portfolio->site[0].supply.energy_price_usd_per_mwh;
    assert_column(amp_market_column(f->market, price, NULL), (double[]){30}, 0);
    amp_series_facts facts = {0};
    assert_false(amp_market_facts(f->market, 0, &facts));
}

static void test_units_and_shares_are_converted(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "s.csv",
                 "time,price [USD/kWh],air [degF],fee [%],load [%],demand [kW]\n"
                 "2025-01-01T00:00Z,0.03,50,1,80,1500\n"
                 "2025-01-01T01:00Z,0.05,14,2,90,2500\n");
    assert_golden(
        market_fixture_load(
            f, HEAD
            "series:\n"
            "  p: {file: s.csv, column: price}\n"
            "  air: {file: s.csv, column: air}\n"
            "  fee: {file: s.csv, column: fee}\n"
            "  load: {file: s.csv, column: load}\n"
            "  demand: {file: s.csv, column: demand}\n"
            "bitcoin: {hashprice: 50 USD/PH/day}\n" SITE GRID
            "    supply: {energy_price: p, adder: p}\n"
            "    mining: [{id: m, machines: 1, hashrate: 1 TH/s, efficiency: 20 J/TH, "
            "pool_fee: fee}]\n"
            "    halls:\n"
            "      - {id: a, it_power: 5 MW, pue: {outdoor: air, curve: [[0, 1.1], [9, 1.2]]}, "
            "lease: {load: load}}\n"
            "      - {id: b, it_power: 5 MW, pue: 1, inference: {demand: demand, "
            "value: 9 USD/MWh}}\n"),
        "");
    const amp_site *site = &f->portfolio->site[0];
    bool is_share = true;
    const amp_column price =
        amp_market_column(f->market, &site->supply.energy_price_usd_per_mwh, NULL);
    assert_column(price, (double[]){30, 30, 50, 50}, 1);
    /* Another key that wants the same has the same column. */
    assert_ptr_equal(amp_market_column(f->market, &site->supply.adder_usd_per_mwh, NULL).value,
                     price.value);
    assert_column(amp_market_column(f->market, &site->hall[0].pue.outdoor, NULL),
                  (double[]){10, 10, -10, -10}, 1);
    assert_column(amp_market_column(f->market, &site->fleet[0].pool_fee, NULL),
                  (double[]){0.01, 0.01, 0.02, 0.02}, 1);
    assert_column(amp_market_column(f->market, &site->hall[0].lease.load, &is_share),
                  (double[]){0.8, 0.8, 0.9, 0.9}, 1);
    assert_true(is_share);
    assert_column(amp_market_column(f->market, &site->hall[1].inference.demand, &is_share),
                  (double[]){1.5, 1.5, 2.5, 2.5}, 1);
    assert_false(is_share);
}

static void test_money_becomes_usd(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv",
                 "time,price [NOK/MWh],rate [USD/CAD]\n" HOURS("300,0.7", "200,0.8"));
    assert_golden(market_fixture_load(f,
                                      HEAD "currencies: {NOK: 0.1 USD/NOK, CAD: rate}\n"
                                           "series:\n"
                                           "  p: {file: p.csv, column: price}\n"
                                           "  rate: {file: p.csv, column: rate}\n" SITE
                                           "    grid: {import_limit: 10 MW, export_limit: 1 MW}\n"
                                           "    supply: {energy_price: p, adder: 10 CAD/MWh, "
                                           "export_price: 5 NOK/MWh}\n"),
                  "");
    const amp_supply *supply = &f->portfolio->site[0].supply;
    assert_column(amp_market_column(f->market, &supply->energy_price_usd_per_mwh, NULL),
                  (double[]){30, 30, 20, 20}, 1);
    assert_column(amp_market_column(f->market, &supply->adder_usd_per_mwh, NULL),
                  (double[]){7, 7, 8, 8}, 1);
    const amp_column export_price =
        amp_market_column(f->market, &supply->export_price_usd_per_mwh, NULL);
    assert_int_equal(export_price.stride, 0);
    assert_near(export_price.value[0], 0.5, 1e-15);
}

static void test_gaps_are_filled_as_declared(void **state)
{
    market_fixture *f = *state;
    /* 00:30 is not there, 01:00 is empty in price. */
    golden_write(f->folder, "p.csv",
                 "time,price [USD/MWh],other [USD/MWh]\n"
                 "2025-01-01T00:00Z,40,1\n"
                 "2025-01-01T01:00Z,,5\n"
                 "2025-01-01T01:30Z,10,2\n");
    assert_golden(market_fixture_load(
                      f, HEAD "series:\n"
                              "  held: {file: p.csv, column: price, gaps: hold}\n"
                              "  line: {file: p.csv, column: price, gaps: interpolate}\n"
                              "  other: {file: p.csv, column: other, gaps: interpolate}\n" SITE
                              "    grid: {import_limit: 10 MW, export_limit: 1 MW}\n"
                              "    supply: {energy_price: held, adder: line, "
                              "export_price: other}\n"),
                  "");
    const amp_supply *supply = &f->portfolio->site[0].supply;
    assert_column(amp_market_column(f->market, &supply->energy_price_usd_per_mwh, NULL),
                  (double[]){40, 40, 40, 10}, 1);
    assert_column(amp_market_column(f->market, &supply->adder_usd_per_mwh, NULL),
                  (double[]){40, 30, 20, 10}, 1);
    assert_column(amp_market_column(f->market, &supply->export_price_usd_per_mwh, NULL),
                  (double[]){1, 3, 5, 2}, 1);
    amp_series_facts facts = {0};
    assert_true(amp_market_facts(f->market, 0, &facts));
    assert_int_equal(facts.filled_count, 2);
    assert_int_equal(facts.row_count, 2);
}

static void test_gaps_outside_the_horizon_do_not_matter(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv",
                 "time,price [USD/MWh]\n"
                 "2024-12-01T00:00Z,1\n"
                 "2025-01-01T00:00Z,2\n"
                 "2025-01-01T01:00Z,3\n"
                 "2025-01-01T02:00Z,4\n"
                 "2025-03-01T00:00Z,5\n");
    assert_golden(market_fixture_load(f, ONE_PRICE), "");
}

static void test_quoted_cells_and_spaces_in_headers(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv",
                 "\"time\",\"price  [ USD / MWh ]\"\n"
                 "\"2025-01-01 00:00:00Z\",\"1e1\"\n"
                 "2024-12-31T20:00:00-05:00,2.5\n");
    assert_golden(market_fixture_load(f, ONE_PRICE), "");
    assert_column(
        amp_market_column(f->market, &f->portfolio->site[0].supply.energy_price_usd_per_mwh, NULL),
        (double[]){10, 10, 2.5, 2.5}, 1);
}

/* ---- dates ---- */

static void test_steps_are_weighted_by_time(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv", "time,price [USD/MWh]\n" HOURS("1", "2"));
    assert_golden(market_fixture_load(
                      f, HEAD "series:\n"
                              "  p: {file: p.csv, column: price}\n" SITE "    grid:\n"
                              "      energised: [{from: 2025-01-01T00:30Z, power: 10 MW}, "
                              "{from: 2025-01-01T01:10Z, power: 40 MW}]\n"
                              "      availability: [{from: 2025-01-01T01:45Z, share: 50 %}]\n"
                              "    supply: {energy_price: p}\n"
                              "    generators:\n"
                              "      - {id: g, power: 1 MW, cost: 1 USD/MWh, availability: "
                              "[{from: 2024-01-01, share: 20 %}, {from: 2024-06-01, share: 40 %}, "
                              "{from: 2026-01-01, share: 90 %}]}\n"
                              "      - {id: h, power: 1 MW, cost: 1 USD/MWh}\n"),
                  "");
    const amp_site *site = &f->portfolio->site[0];
    /* 0 before; 10; (10 x 10 min + 40 x 20 min) / 30 min = 30; 40 */
    assert_column(amp_market_steps(f->market, &site->grid.energised_mw, 0.0),
                  (double[]){0, 10, 30, 40}, 1);
    /* One column however often it is asked for, and another where something else comes before. */
    assert_ptr_equal(amp_market_steps(f->market, &site->grid.energised_mw, 0.0).value,
                     amp_market_steps(f->market, &site->grid.energised_mw, 0.0).value);
    assert_column(amp_market_steps(f->market, &site->grid.energised_mw, 1.0),
                  (double[]){1, 10, 30, 40}, 1);
    assert_column(amp_market_availability(f->market, &site->grid.availability),
                  (double[]){1, 1, 1, 0.75}, 1);
    assert_column(amp_market_availability(f->market, &site->generator[0].availability),
                  (double[]){0.4}, 0);
    assert_column(amp_market_availability(f->market, &site->generator[1].availability),
                  (double[]){1}, 0);
}

static void test_a_cap_holds_at_each_instant(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "c.csv", "time,cap [MW]\n" HOURS("8", "9"));
    assert_golden(market_fixture_load(
                      f, HEAD "series:\n"
                              "  cap: {file: c.csv, column: cap}\n" SITE "    grid:\n"
                              "      import_limit: 8 MW\n"
                              "      export_limit: cap\n"
                              "      energised: [{from: 2025-01-01T00:15Z, power: 100 MW}, "
                              "{from: 2025-01-01T00:40Z, power: 6 MW}, "
                              "{from: 2025-01-01T01:10Z, power: 40 MW}]\n"
                              "    supply: {energy_price: 1 USD/MWh, export_price: 1 USD/MWh}\n"),
                  "");
    const amp_grid *grid = &f->portfolio->site[0].grid;
    const amp_steps *steps = &grid->energised_mw;
    /* In MW x min of 30: (15 x 0 + 15 x 8), (10 x 8 + 20 x 6), (10 x 6 + 20 x 8), 30 x 8. */
    assert_column(amp_market_steps_at_most(f->market, steps, 0.0, &grid->import_limit_mw),
                  (double[]){4, 20.0 / 3.0, 22.0 / 3.0, 8}, 1);
    /* The cap is 9 from the third on: (10 x 6 + 20 x 9) and 30 x 9. */
    assert_column(amp_market_steps_at_most(f->market, steps, 0.0, &grid->export_limit_mw),
                  (double[]){4, 20.0 / 3.0, 8, 9}, 1);
    /* What comes before the first date is capped too: 30 x 8. */
    assert_column(amp_market_steps_at_most(f->market, steps, 10.0, &grid->import_limit_mw),
                  (double[]){8, 20.0 / 3.0, 22.0 / 3.0, 8}, 1);
    /* One column for one cap, and none for no cap: (15 x 100), (10 x 100 + 20 x 6), ... */
    assert_ptr_equal(amp_market_steps_at_most(f->market, steps, 0.0, &grid->import_limit_mw).value,
                     amp_market_steps_at_most(f->market, steps, 0.0, &grid->import_limit_mw).value);
    assert_column(amp_market_steps_at_most(f->market, steps, 0.0, NULL),
                  (double[]){50, 112.0 / 3.0, 86.0 / 3.0, 40}, 1);
}

static void test_a_cap_on_one_step_does_not_vary(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "c.csv", "time,cap [MW]\n" HOURS("8", "30"));
    assert_golden(market_fixture_load(
                      f, HEAD "series:\n"
                              "  cap: {file: c.csv, column: cap}\n" SITE "    grid:\n"
                              "      import_limit: 8 MW\n"
                              "      export_limit: cap\n"
                              "      energised: [{from: 2024-01-01, power: 10 MW}]\n"
                              "    supply: {energy_price: 1 USD/MWh, export_price: 1 USD/MWh}\n"),
                  "");
    const amp_grid *grid = &f->portfolio->site[0].grid;
    assert_column(
        amp_market_steps_at_most(f->market, &grid->energised_mw, 0.0, &grid->import_limit_mw),
        (double[]){8}, 0);
    assert_column(
        amp_market_steps_at_most(f->market, &grid->energised_mw, 0.0, &grid->export_limit_mw),
        (double[]){8, 8, 10, 10}, 1);
}

static void test_steps_after_the_horizon_leave_what_was_before(void **state)
{
    market_fixture *f = *state;
    assert_golden(market_fixture_load(f, HEAD SITE
                                      "    grid: {energised: [{from: 2026-01-01, power: 10 MW}]}\n"
                                      "    supply: {energy_price: 1 USD/MWh}\n"),
                  "");
    assert_column(amp_market_steps(f->market, &f->portfolio->site[0].grid.energised_mw, 0.0),
                  (double[]){0}, 0);
}

/* ---- hashprice ---- */

#define MINING SITE GRID "    supply: {energy_price: 1 USD/MWh}\n"

static void test_hashprice_given_is_passed_on(void **state)
{
    market_fixture *f = *state;
    assert_golden(market_fixture_load(f, HEAD "bitcoin: {hashprice: 50 USD/PH/day}\n" MINING), "");
    assert_column(amp_market_hashprice(f->market), (double[]){50}, 0);
}

/* 62.8643... at 1e14, 3.125 BTC and 100,000 USD; fees of 0.25 BTC make it 3.375 / 3.125 of that. */
static void test_hashprice_is_computed(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "b.csv",
                 "time,price [USD/BTC],fees [BTC/block]\n" HOURS("100000,0", "50000,0.25"));
    assert_golden(market_fixture_load(
                      f, HEAD "series:\n"
                              "  price: {file: b.csv, column: price}\n"
                              "  fees: {file: b.csv, column: fees}\n"
                              "bitcoin: {price: price, difficulty: 1e14, fees: fees}\n" MINING),
                  "");
    const double first = 86400.0 * 1e15 / (1e14 * 4294967296.0) * 3.125 * 100000.0;
    assert_near(first, 62.8643, 5e-5);
    const double second = first / 2 * 3.375 / 3.125;
    const amp_column column = amp_market_hashprice(f->market);
    assert_column(column, (double[]){first, first, second, second}, 1);
    assert_ptr_equal(amp_market_hashprice(f->market).value, column.value);
}

/* The anchor says that block 1,049,998 is there at 00:00, so 1,050,000 is at 00:20: the subsidy of
 * the interval from 00:00 is still 3.125, from 00:30 on it is 1.5625 BTC. */
static void test_hashprice_halves_by_height_from_an_anchor(void **state)
{
    market_fixture *f = *state;
    assert_golden(market_fixture_load(f, HEAD
                                      "bitcoin: {price: 100000 USD/BTC, difficulty: 1e14, "
                                      "height: {at: 2025-01-01T00:00Z, block: 1049998}}\n" MINING),
                  "");
    const double first = 86400.0 * 1e15 / (1e14 * 4294967296.0) * 3.125 * 100000.0;
    assert_column(amp_market_hashprice(f->market),
                  (double[]){first, first / 2, first / 2, first / 2}, 1);
}

/* Heights every 10 minutes: an interval's subsidy is that of its start, not of its mean. */
static void test_hashprice_halves_by_a_series_of_heights(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "h.csv",
                 "time,height [block]\n"
                 "2025-01-01T00:00Z,1049998\n2025-01-01T00:10Z,1049999\n"
                 "2025-01-01T00:20Z,1050001\n2025-01-01T00:30Z,1050002\n"
                 "2025-01-01T01:50Z,1050010\n");
    assert_golden(market_fixture_load(
                      f, HEAD
                      "series: {h: {file: h.csv, column: height, gaps: hold}}\n"
                      "bitcoin: {price: 100000 USD/BTC, difficulty: 1e14, height: h}\n" MINING),
                  "");
    const double first = 86400.0 * 1e15 / (1e14 * 4294967296.0) * 3.125 * 100000.0;
    assert_column(amp_market_hashprice(f->market),
                  (double[]){first, first / 2, first / 2, first / 2}, 1);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, market_fixture_set_up, market_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_series_reaches_its_key),
        TEST(test_constants_need_no_file),
        TEST(test_units_and_shares_are_converted),
        TEST(test_money_becomes_usd),
        TEST(test_gaps_are_filled_as_declared),
        TEST(test_gaps_outside_the_horizon_do_not_matter),
        TEST(test_quoted_cells_and_spaces_in_headers),
        TEST(test_steps_are_weighted_by_time),
        TEST(test_a_cap_holds_at_each_instant),
        TEST(test_a_cap_on_one_step_does_not_vary),
        TEST(test_steps_after_the_horizon_leave_what_was_before),
        TEST(test_hashprice_given_is_passed_on),
        TEST(test_hashprice_is_computed),
        TEST(test_hashprice_halves_by_height_from_an_anchor),
        TEST(test_hashprice_halves_by_a_series_of_heights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
