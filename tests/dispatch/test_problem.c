/* SPDX-License-Identifier: Apache-2.0 */
/* From a portfolio to the numbers of one site. Powers and values are at the bus. */
#include "four_hours.h"

/* ---- connection and supply ---- */

static void test_limits_are_the_tighter_one_times_availability(void **state)
{
    study s =
        study_open(HEAD "    grid: {import_limit: a, export_limit: 50 MW, availability: b,\n"
                        "           energised: [{from: 2025-01-01T01:00:00Z, power: 80 MW},\n"
                        "                       {from: 2025-01-01T02:30:00Z, power: 100 MW}]}\n"
                        "    supply: {energy_price: 40 USD/MWh, export_price: 30 USD/MWh}\n",
                   CSV("a [MW],b [%]", "90,100", "70,100", "95,50", "99,100"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    /* Energised: 0, 80, half the hour 80 and half 100, 100; the limit is 95 in the third hour,
     * which leaves (80 + 95) / 2. */
    CHECK_VARYING(p.import_limit_mw, 0.0, 70.0, 0.5 * 87.5, 99.0);
    CHECK_VARYING(p.export_limit_mw, 0.0, 50.0, 0.5 * 50.0, 50.0);
    study_close(&s);
}

/* The smaller holds at each instant: half an hour of 0, then 8 and 3 of 100 MW; a quarter of 0,
 * then three of 8 and of 3 out of 10 MW. */
static void test_the_tighter_limit_holds_at_each_instant(void **state)
{
    static const struct {
        const char *step;
        double import_mw, export_mw;
    } cases[] = {
        {"{from: 2025-01-01T00:30:00Z, power: 100 MW}", 4.0, 1.5},
        {"{from: 2025-01-01T00:15:00Z, power: 10 MW}", 6.0, 2.25},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char yaml[1024];
        const int length = snprintf(yaml, sizeof yaml,
                                    "%s    grid: {import_limit: 8 MW, export_limit: 3 MW,\n"
                                    "           energised: [%s]}\n"
                                    "    supply: {energy_price: 40 USD/MWh, export_price: 30 "
                                    "USD/MWh}\n",
                                    HEAD, cases[i].step);
        assert_true(length > 0 && (size_t)length < sizeof yaml);
        study s = study_open(yaml, FLAT);
        const amp_site_problem p = study_problem(&s, 0);
        CHECK_VARYING(p.import_limit_mw, cases[i].import_mw, 8.0, 8.0, 8.0);
        CHECK_VARYING(p.export_limit_mw, cases[i].export_mw, 3.0, 3.0, 3.0);
        study_close(&s);
    }
}

static void test_energised_alone_is_the_limit(void **state)
{
    study s =
        study_open(HEAD "    grid: {energised: [{from: 2024-01-01, power: 80 MW}]}\n" SUPPLY, FLAT);
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    check_constant(p.import_limit_mw, 80.0);
    check_constant(p.export_limit_mw, 0.0);
    study_close(&s);
}

static void test_prices_and_agreements(void **state)
{
    study s = study_open(HEAD "    grid: {import_limit: a}\n"
                              "    supply:\n"
                              "      energy_price: b\n"
                              "      adder: 4.5 USD/MWh\n"
                              "      export_price: 20 USD/MWh\n"
                              "      blocks:\n"
                              "        - {power: 10 MW, price: 30 USD/MWh, resale: false}\n"
                              "        - {power: 15 MW, price: 31 USD/MWh, resale: false}\n"
                              "        - {power: 70 MW, price: 32 USD/MWh, resale: true}\n",
                         CSV("a [MW],b [USD/MWh]", "100,30", "20,-60", "25,31", "0,32"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    CHECK_VARYING(p.import_price_usd_per_mwh, 34.5, -55.5, 35.5, 36.5);
    check_constant(p.block_price_usd_per_mwh, 4.5);
    CHECK_VARYING(p.block_mw, 25.0, 20.0, 25.0, 0.0); /* 10 + 15, within the import limit */
    check_constant(p.export_price_usd_per_mwh, 20.0);
    check_constant(p.must_mw, 0.0);
    assert_false(p.storage.is_present);
    study_close(&s);
}

/* ---- battery and generators ---- */

static void test_battery_in_mwh(void **state)
{
    study s = study_open(
        HEAD GRID SUPPLY
        "    battery: {power: 50 MW, discharge_power: 40 MW, energy: 200 MWh, minimum_soc: 10 %,\n"
        "              maximum_soc: 90 %, initial_soc: 50 %, final_soc: {minimum: 60 %},\n"
        "              charge_efficiency: 95 %, discharge_efficiency: 90 %, wear: 6 USD/MWh,\n"
        "              self_discharge: 36 %/day, availability: a}\n",
        CSV("a [1],b [1]", "1,1", "0.5,1", "0,1", "1,1"));
    const amp_site_problem p = study_problem(&s, 0);
    const amp_storage *b = &p.storage;
    double day = 1.0;

    (void)state;
    assert_true(b->is_present);
    CHECK_VARYING(b->charge_limit_mw, 50.0, 25.0, 0.0, 50.0);
    CHECK_VARYING(b->discharge_limit_mw, 40.0, 20.0, 0.0, 40.0);
    assert_near(b->charge_efficiency, 0.95, 1e-15);
    assert_near(b->discharge_efficiency, 0.9, 1e-15);
    assert_near(b->minimum_mwh, 20.0, 1e-12);
    assert_near(b->maximum_mwh, 180.0, 1e-12);
    assert_near(b->initial_mwh, 100.0, 1e-12);
    assert_int_equal(b->final, AMP_FINAL_MINIMUM);
    assert_near(b->final_mwh, 120.0, 1e-12);
    assert_near(b->wear_usd_per_mwh, 6.0, 0.0);
    assert_near(b->terminal_value_usd_per_mwh, 0.0, 0.0);
    /* After 24 steps of an hour 64 % are left. */
    for (int h = 0; h < 24; h++)
        day *= b->retention;
    assert_near(day, 0.64, 1e-12);
    study_close(&s);
}

static void test_battery_with_a_free_end(void **state)
{
    study s = study_open(HEAD GRID SUPPLY "    battery: {power: 5 MW, energy: 20 MWh,\n"
                                          "              minimum_soc: 25 %,\n"
                                          "              terminal_value: 33 USD/MWh}\n",
                         FLAT);
    const amp_storage b = study_problem(&s, 0).storage;

    (void)state;
    assert_int_equal(b.final, AMP_FINAL_FREE);
    assert_near(b.terminal_value_usd_per_mwh, 33.0, 0.0);
    assert_near(b.initial_mwh, 5.0, 1e-12); /* initial_soc is minimum_soc unless given */
    assert_near(b.maximum_mwh, 20.0, 0.0);
    assert_near(b.retention, 1.0, 0.0);
    check_constant(b.charge_limit_mw, 5.0);
    study_close(&s);
}

static void test_generators(void **state)
{
    study s = study_open(HEAD GRID SUPPLY
                         "    generators:\n"
                         "      - {id: gas, power: 40 MW, cost: a}\n"
                         "      - {id: sun, power: 30 MW, cost: 0 USD/MWh, availability: b}\n",
                         CSV("a [USD/MWh],b [%]", "60,0", "61,50", "62,100", "63,20"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    assert_int_equal(p.source_count, 2);
    assert_string_equal(p.source[0].id, "gas");
    check_constant(p.source[0].power_mw, 40.0);
    CHECK_VARYING(p.source[0].cost_usd_per_mwh, 60.0, 61.0, 62.0, 63.0);
    assert_int_equal(p.source[1].asset, 1);
    CHECK_VARYING(p.source[1].power_mw, 0.0, 15.0, 30.0, 6.0);
    check_constant(p.source[1].cost_usd_per_mwh, 0.0);
    study_close(&s);
}

/* ---- loads ---- */

static void test_mining_at_the_bus(void **state)
{
    study s =
        study_open(HEAD GRID SUPPLY
                   "    mining:\n"
                   "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH,\n"
                   "         pool_fee: 1 %, overhead: 10 %}\n"
                   "      - {id: s19, machines: 10000, hashrate: 100 TH/s, efficiency: 30 J/TH,\n"
                   "         availability: a}\n",
                   CSV("a [1],b [1]", "1,1", "0.5,1", "0,1", "1,1"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    assert_int_equal(p.load_count, 2);
    assert_int_equal(p.tier_count, 2);
    assert_int_equal(p.load[1].first_tier, 1);
    assert_int_equal(p.load[0].kind, AMP_LOAD_MINING);
    /* 20000 x 200 TH/s x 17.5 J/TH = 70 MW, with overhead 77 MW. */
    check_constant(p.tier[0].power_mw, 77.0);
    check_constant(p.load[0].demand_mw, 77.0);
    /* 42 x 0.99 / (17.5 x 0.024) / 1.1 = 99 / 1.1 = 90. */
    check_constant(p.tier[0].value_usd_per_mwh, 90.0);
    check_constant(p.load[0].penalty_usd_per_mwh, 0.0);
    check_constant(p.load[0].it_per_mwh, 0.0);
    /* 10000 x 100 x 30 = 30 MW; 42 / (30 x 0.024) = 58.333... */
    CHECK_VARYING(p.tier[1].power_mw, 30.0, 15.0, 0.0, 30.0);
    check_constant(p.tier[1].value_usd_per_mwh, 42.0 / 0.72);
    study_close(&s);
}

enum { HULL_MAX = 3 };

/* 20,000 machines of 200 TH/s at 17.5 J/TH, 3500 W, with other modes; a MW at the machines is 1.25
 * MW at the bus. A hull's segment is worth 42 x its TH/s / (its W x 0.024) / 1.25. */
static const struct {
    const char *modes;
    size_t count;
    double mw[HULL_MAX];
    double usd[HULL_MAX];
    const char *findings;
} hulls[] = {
    /* 2250 W give 150 TH/s, 1250 more 50. */
    {"{id: low, hashrate: 150 TH/s, efficiency: 15 J/TH}",
     2,
     {56.25, 31.25},
     {42.0 / 0.36 / 1.25, 42.0 / 0.6 / 1.25},
     ""},
    /* 1100 W more give 30 TH/s. The 2890 W of 'mid' give 150 + 640 / 25 = 175.6 TH/s otherwise. */
    {"{id: high, hashrate: 230 TH/s, efficiency: 20 J/TH}, {id: mid, hashrate: 170 TH/s, "
     "efficiency: 17 J/TH}, {id: low, hashrate: 150 TH/s, efficiency: 15 J/TH}",
     3,
     {56.25, 31.25, 27.5},
     {42.0 / 0.36 / 1.25, 42.0 / 0.6 / 1.25, 42.0 * 30.0 / 26.4 / 1.25},
     "warning mode-unused at 16, sites[0].mining[0].modes[1].hashrate: the mode 'mid' of 's21' "
     "gives 170 TH/s for 2890 W a machine, but other modes together give 175.6 TH/s for that | it "
     "is never used; correct its numbers, or leave it out\n"},
    /* More hashrate with less power: 350 W more take 10 TH/s away, and are worth taking only where
     * energy costs less than nothing. */
    {"{id: eco, hashrate: 210 TH/s, efficiency: 15 J/TH}",
     2,
     {78.75, 8.75},
     {42.0 / 0.36 / 1.25, -42.0 * 10.0 / 8.4 / 1.25},
     ""},
    /* As much hashrate with 500 W more. */
    {"{id: hot, hashrate: 200 TH/s, efficiency: 20 J/TH}", 2, {87.5, 12.5}, {80.0, 0.0}, ""},
    /* Less hashrate with as much power; half of both. */
    {"{id: bad, hashrate: 175 TH/s, efficiency: 20 J/TH}",
     1,
     {87.5},
     {80.0},
     "warning mode-unused at 16, sites[0].mining[0].modes[0].hashrate: the mode 'bad' of 's21' "
     "gives 175 TH/s for 3500 W a machine, but other modes together give 200 TH/s for that | it is "
     "never used; correct its numbers, or leave it out\n"},
    {"{id: half, hashrate: 100 TH/s, efficiency: 17.5 J/TH}", 1, {87.5}, {80.0}, ""},
    /* 1000 W give 100 TH/s, 5000 more 300: 3500 W give 100 + 2500 x 0.06. */
    {"{id: low, hashrate: 100 TH/s, efficiency: 10 J/TH}, {id: new, hashrate: 400 TH/s, "
     "efficiency: 15 J/TH}",
     2,
     {25.0, 125.0},
     {140.0, 84.0},
     "warning mode-unused at 15, sites[0].mining[0].hashrate: the mode 'normal' of 's21' gives 200 "
     "TH/s for 3500 W a machine, but other modes together give 250 TH/s for that | it is never "
     "used; correct its numbers, or leave it out\n"},
};

static void test_power_modes_are_tiers(void **state)
{
    char yaml[2048];

    (void)state;
    for (size_t i = 0; i < sizeof hulls / sizeof hulls[0]; i++) {
        double sum_mw = 0.0;
        (void)snprintf(yaml, sizeof yaml,
                       "%s    mining:\n"
                       "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 "
                       "J/TH, overhead: 25 %%,\n"
                       "         modes: [%s]}\n",
                       HEAD GRID SUPPLY, hulls[i].modes);
        study s = study_open(yaml, FLAT);
        const amp_site_problem p = study_problem(&s, 0);
        assert_int_equal(p.tier_count, hulls[i].count);
        assert_int_equal(p.load[0].tier_count, hulls[i].count);
        for (size_t k = 0; k < p.tier_count; k++) {
            check_constant(p.tier[k].power_mw, hulls[i].mw[k]);
            check_constant(p.tier[k].value_usd_per_mwh, hulls[i].usd[k]);
            sum_mw += hulls[i].mw[k];
        }
        check_constant(p.load[0].capacity_mw, sum_mw);
        check_constant(p.load[0].demand_mw, sum_mw);
        assert_golden(study_findings(&s), hulls[i].findings);
        study_close(&s);
    }
}

/* What varies multiplies every segment. */
static void test_power_modes_of_a_fleet_that_varies(void **state)
{
    study s =
        study_open(HEAD GRID SUPPLY
                   "    mining:\n"
                   "      - {id: s21, machines: a, hashrate: 200 TH/s, efficiency: 17.5 J/TH,\n"
                   "         availability: b, overhead: 25 %,\n"
                   "         modes: [{id: low, hashrate: 150 TH/s, efficiency: 15 J/TH}]}\n",
                   CSV("a [1],b [1]", "20000,1", "20000,0.5", "0,1", "10000,1"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    CHECK_VARYING(p.tier[0].power_mw, 56.25, 28.125, 0.0, 28.125);
    CHECK_VARYING(p.tier[1].power_mw, 31.25, 15.625, 0.0, 15.625);
    CHECK_VARYING(p.load[0].capacity_mw, 87.5, 43.75, 0.0, 43.75);
    check_constant(p.tier[1].value_usd_per_mwh, 56.0);
    study_close(&s);
}

static void test_hard_lease_is_must(void **state)
{
    study s =
        study_open(HEAD GRID SUPPLY "    halls:\n"
                                    "      - {id: x, it_power: 60 MW, pue: 1.2,\n"
                                    "         lease: {load: 85 %, fee: 130 USD/kW/month}}\n"
                                    "      - {id: y, it_power: 20 MW, pue: b, availability: 50 %,\n"
                                    "         lease: {load: a, fee: 130 USD/kW/month}}\n",
                   CSV("a [MW],b [1]", "8,1", "9,1.25", "10,1.5", "12,1"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    assert_int_equal(p.tier_count, 0);
    assert_true(p.load[0].is_hard);
    check_constant(p.load[0].demand_mw, 61.2);   /* 60 x 0.85 x 1.2 */
    check_constant(p.load[0].capacity_mw, 72.0); /* 60 x 1.2 */
    CHECK_VARYING(p.load[1].demand_mw, 8.0, 11.25, 15.0, 12.0);
    CHECK_VARYING(p.load[1].capacity_mw, 10.0, 12.5, 15.0, 10.0); /* too small in the last hour */
    CHECK_VARYING(p.load[1].it_per_mwh, 1.0, 0.8, 1.0 / 1.5, 1.0);
    CHECK_VARYING(p.must_mw, 69.2, 72.45, 76.2, 73.2);
    study_close(&s);
}

static void test_lease_with_a_penalty_is_a_tier(void **state)
{
    study s =
        study_open(HEAD GRID SUPPLY "    halls:\n"
                                    "      - {id: x, it_power: 20 MW, pue: 1.25, availability: a,\n"
                                    "         lease: {load: 16 MW, fee: 130 USD/kW/month,\n"
                                    "                 penalty: 4000 USD/MWh}}\n",
                   CSV("a [1],b [1]", "1,1", "0.5,1", "0.8,1", "0,1"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    assert_false(p.load[0].is_hard);
    assert_int_equal(p.load[0].kind, AMP_LOAD_LEASE);
    check_constant(p.load[0].demand_mw, 20.0);                /* 16 x 1.25 */
    CHECK_VARYING(p.tier[0].power_mw, 20.0, 12.5, 20.0, 0.0); /* at most 20 x a x 1.25 */
    check_constant(p.tier[0].value_usd_per_mwh, 3200.0);      /* 4000 / 1.25 */
    check_constant(p.load[0].penalty_usd_per_mwh, 3200.0);
    check_constant(p.must_mw, 0.0);
    study_close(&s);
}

static void test_inference_is_cut_into_tiers(void **state)
{
    study s =
        study_open(HEAD GRID SUPPLY
                   "    halls:\n"
                   "      - {id: x, it_power: 40 MW, pue: 1.25,\n"
                   "         inference: {demand: a, value: [[60 %, 420 USD/MWh], [100 %, b]],\n"
                   "                     penalty: 16 USD/MWh}}\n",
                   CSV("a [MW],b [USD/MWh]", "20,180", "50,420", "80,-16", "0,0"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    assert_int_equal(p.load[0].kind, AMP_LOAD_INFERENCE);
    assert_int_equal(p.load[0].tier_count, 2);
    CHECK_VARYING(p.load[0].demand_mw, 25.0, 62.5, 100.0, 0.0);
    check_constant(p.load[0].capacity_mw, 50.0);
    /* IT: 12 and 8; 30 and 10 of 20 (40 in all); 40 of 48 and none; nothing. Times 1.25. */
    CHECK_VARYING(p.tier[0].power_mw, 15.0, 37.5, 50.0, 0.0);
    CHECK_VARYING(p.tier[1].power_mw, 10.0, 12.5, 0.0, 0.0);
    check_constant(p.tier[0].value_usd_per_mwh, 348.8); /* (420 + 16) / 1.25 */
    CHECK_VARYING(p.tier[1].value_usd_per_mwh, 156.8, 348.8, 0.0, 12.8);
    check_constant(p.load[0].penalty_usd_per_mwh, 12.8);
    study_close(&s);
}

static void test_demand_as_a_share_of_the_hall(void **state)
{
    study s = study_open(HEAD GRID SUPPLY
                         "    halls:\n"
                         "      - {id: x, it_power: 40 MW, pue: 1,\n"
                         "         inference: {demand: a, value: [[100 %, 420 USD/MWh]]}}\n",
                         CSV("a [1],b [1]", "0.5,1", "1,1", "1.5,1", "0,1"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    CHECK_VARYING(p.load[0].demand_mw, 20.0, 40.0, 60.0, 0.0);
    CHECK_VARYING(p.tier[0].power_mw, 20.0, 40.0, 40.0, 0.0);
    study_close(&s);
}

static void test_pue_follows_the_weather(void **state)
{
    study s =
        study_open(HEAD GRID SUPPLY
                   "    halls:\n"
                   "      - {id: x, it_power: 100 MW,\n"
                   "         pue: {outdoor: a, curve: [[-10, 1.12], [20, 1.18], [40, 1.34]]},\n"
                   "         lease: {load: 100 %, fee: 1 USD/kW/month}}\n",
                   CSV("a [degC],b [1]", "-20,1", "5,1", "30,1", "50,1"));
    const amp_site_problem p = study_problem(&s, 0);

    (void)state;
    /* Half way between the points is 1.15 and 1.26; outside it is constant. */
    CHECK_VARYING(p.must_mw, 112.0, 115.0, 126.0, 134.0);
    study_close(&s);
}

/* ---- findings ---- */

static void test_findings_of_the_numbers(void **state)
{
    static const struct {
        const char *site;
        const char *csv;
        amp_status status;
        const char *findings;
    } cases[] = {
        {GRID SUPPLY "    halls:\n"
                     "      - id: x\n"
                     "        it_power: 10 MW\n"
                     "        pue: a\n"
                     "        inference:\n"
                     "          demand: 5 MW\n"
                     "          value: [[50 %, 100 USD/MWh], [100 %, b]]\n",
         CSV("a [1],b [USD/MWh]", "1.1,90", "1.1,100", "1.2,100", "1,101"), AMP_PARSE,
         "error range at 20, sites[0].halls[0].inference.value[1][1]: the value rises from 100 to "
         "101 USD/MWh at 2025-01-01T03:00:00Z; values that do not rise are expected | order the "
         "steps so that their values do not rise at any time\n"},
        {"    grid: {import_limit: 9 MW, export_limit: a}\n"
         "    supply: {energy_price: 40 USD/MWh, adder: 2 USD/MWh, export_price: b}\n",
         CSV("a [MW],b [USD/MWh]", "9,42", "0,50", "9,43", "9,44"), AMP_OK,
         "warning export-above-import at 13, sites[0].supply.export_price: export_price is above "
         "energy_price + adder in 2 of 4 intervals, first at 2025-01-01T02:00:00Z | energy is not "
         "bought and sold at once; the bound may lie above the objective\n"},
        /* Bought at 45 and sold at 30 nothing is earned, but what an agreement delivers costs 5. */
        {"    grid: {import_limit: 9 MW, export_limit: 9 MW}\n"
         "    supply: {energy_price: 40 USD/MWh, adder: 5 USD/MWh, export_price: 30 USD/MWh,\n"
         "             blocks: [{power: a, price: 1 USD/MWh, resale: false}]}\n",
         CSV("a [MW],b [1]", "0,1", "4,1", "0,1", "4,1"), AMP_OK,
         "warning export-above-import at 13, sites[0].supply.export_price: export_price is above "
         "the adder, all that energy of agreements without resale costs, in 2 of 4 intervals, "
         "first at 2025-01-01T01:00:00Z | energy is not bought and sold at once; the bound may "
         "lie above the objective\n"},
        /* 3.6e9 MW from numbers that are each within their range. */
        {GRID SUPPLY "    halls: [{id: x, it_power: 1000000 MW, pue: a, lease: {load: 1 MW}}]\n",
         CSV("a [1],b [USD/MWh]", "1,1", "1,1", "3600,1", "1,1"), AMP_PARSE,
         "error range at 14, sites[0].halls[0].it_power: the power at the bus is 3600000000 MW at "
         "2025-01-01T02:00:00Z; at most 1000000000 is expected | correct this number, or what "
         "multiplies it\n"},
        {"    grid: {import_limit: 9 MW, export_limit: 9 MW}\n"
         "    supply: {energy_price: 40 USD/MWh, export_price: b,\n"
         "             coincident_peak: {charge: 1 USD/kW/year, peaks: 4, probability: a},\n"
         "             blocks: [{power: 1 MW, price: 1 USD/MWh, resale: false}]}\n",
         CSV("a [%],b [USD/MWh]", "10,64", "10,66", "10,64", "0,41"), AMP_OK,
         "warning export-above-import at 13, sites[0].supply.export_price: export_price is above "
         "energy_price + adder + coincident_peak in 2 of 4 intervals, first at "
         "2025-01-01T01:00:00Z | energy is not bought and sold at once; the bound may lie above "
         "the objective\n"
         "warning export-above-import at 13, sites[0].supply.export_price: export_price is above "
         "adder + coincident_peak, all that energy of agreements without resale costs, in 4 of 4 "
         "intervals, first at 2025-01-01T00:00:00Z | energy is not bought and sold at once; the "
         "bound may lie above the objective\n"},
        /* 2e6 USD/kW are 2e9 USD/MW. */
        {GRID "    supply: {energy_price: 40 USD/MWh, demand_charge: 2000000 USD/kW/month}\n", NULL,
         AMP_PARSE,
         "error range at 13, sites[0].supply.demand_charge: the charge of a month is 2000000000 "
         "USD/MW at 2025-01-01T00:00:00Z; at most 1000000000 is expected | correct this number, or "
         "what multiplies it\n"},
        {GRID "    supply:\n"
              "      energy_price: 40 USD/MWh\n"
              "      coincident_peak: {charge: 2000000 USD/kW/year, peaks: 1, probability: a}\n",
         CSV("a [1],b [1]", "0.1,1", "0.4,1", "0.6,1", "1,1"), AMP_PARSE,
         "error range at 15, sites[0].supply.coincident_peak.charge: what an interval is expected "
         "to be charged is 1200000000 USD/MWh at 2025-01-01T02:00:00Z; at most 1000000000 is "
         "expected | correct this number, or what multiplies it\n"},
        {GRID SUPPLY "    halls:\n"
                     "      - {id: x, it_power: 9 MW, pue: 1, jobs: [\n"
                     "         {id: p, energy: 0.001 MWh, power: 1 MW, penalty: 2000000 USD}]}\n",
         NULL, AMP_PARSE,
         "error range at 16, sites[0].halls[0].jobs[0].penalty: value + penalty / energy is "
         "2000000000 USD/MWh at 2025-01-01T00:00:00Z; at most 1000000000 is expected | correct "
         "this number, or what multiplies it\n"},
        /* Two whole hours at 5 MW and at 20 x 0.1 MW; a job that the four hours just hold; one of
         * which the horizon holds nothing. */
        {GRID SUPPLY "    halls:\n"
                     "      - id: x\n"
                     "        it_power: 20 MW\n"
                     "        pue: 1\n"
                     "        availability: a\n"
                     "        jobs:\n"
                     "          - {id: p, energy: 8 MWh, power: 5 MW, release: "
                     "2025-01-01T00:30Z, deadline: 2025-01-01T03:30Z}\n"
                     "          - {id: q, energy: 17 MWh, power: 5 MW}\n"
                     "          - {id: r, energy: 1 MWh, power: 5 MW, release: 2025-02-01}\n",
         CSV("a [1],b [1]", "1,1", "1,1", "0.1,1", "1,1"), AMP_OK,
         "warning job-too-large at 20, sites[0].halls[0].jobs[0].energy: the job 'p' wants 8 MWh, "
         "but its power and hall can give at most 7 MWh in the 2 intervals of the horizon between "
         "release and deadline | give it more power or more time; what is not served earns nothing "
         "and pays its share of the penalty\n"
         "warning job-too-large at 22, sites[0].halls[0].jobs[2].energy: the job 'r' wants 1 MWh, "
         "but its power and hall can give at most 0 MWh in the 0 intervals of the horizon between "
         "release and deadline | give it more power or more time; what is not served earns nothing "
         "and pays its share of the penalty\n"},
    };
    char yaml[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(yaml, sizeof yaml, "%s%s", HEAD, cases[i].site);

        study s = study_open(yaml, cases[i].csv != NULL ? cases[i].csv : FLAT);

        assert_int_equal(study_problem_status(&s, 0), cases[i].status);
        assert_golden(study_findings(&s), cases[i].findings);
        study_close(&s);
    }
}

/* ---- all sites ---- */

#define SITE(id, pue)                                                               \
    "  - id: " id "\n"                                                              \
    "    country: US\n"                                                             \
    "    time_zone: UTC\n" GRID SUPPLY "    halls: [{id: x, it_power: 1000000 MW, " \
    "pue: " pue ", lease: {load: 1 MW}}]\n"

static void test_every_site_in_order(void **state)
{
    study s = study_open(HEAD GRID SUPPLY SITE("two", "2") SITE("three", "1.5"), FLAT);
    amp_site_problem *problem = NULL;
    (void)state;
    assert_int_equal(
        amp_site_problems_build(s.portfolio, s.market, s.arena, s.diagnostics, &problem), AMP_OK);
    assert_string_equal(problem[0].site_id, "one");
    assert_string_equal(problem[1].site_id, "two");
    assert_string_equal(problem[2].site_id, "three");
    check_constant(problem[0].must_mw, 0.0);
    check_constant(problem[1].must_mw, 2.0); /* 1 MW x PUE 2 */
    check_constant(problem[2].must_mw, 1.5); /* 1 MW x PUE 1.5 */
    study_close(&s);
}

/* The second and the third site are wrong; both are told, and no array is handed out. */
static void test_every_site_is_told(void **state)
{
    study s = study_open(HEAD GRID SUPPLY SITE("two", "a") SITE("three", "a"),
                         CSV("a [1],b [1]", "1,1", "3600,1", "1,1", "1,1"));
    amp_site_problem *problem = NULL;
    (void)state;
    assert_int_equal(
        amp_site_problems_build(s.portfolio, s.market, s.arena, s.diagnostics, &problem),
        AMP_PARSE);
    assert_null(problem);
    assert_golden(study_findings(&s),
                  "error range at 19, sites[1].halls[0].it_power: the power at the bus is "
                  "3600000000 MW at 2025-01-01T01:00:00Z; at most 1000000000 is expected | correct "
                  "this number, or what multiplies it\n"
                  "error range at 25, sites[2].halls[0].it_power: the power at the bus is "
                  "3600000000 MW at 2025-01-01T01:00:00Z; at most 1000000000 is expected | correct "
                  "this number, or what multiplies it\n");
    study_close(&s);
}

/* An arena without room: nothing is read from the market and the lack is told once. */
static void test_no_room_for_the_sites(void **state)
{
    study s = study_open(HEAD GRID SUPPLY, FLAT);
    amp_arena *small = amp_arena_new(1);
    amp_site_problem *problem = NULL;
    (void)state;
    assert_non_null(small);
    assert_int_equal(amp_site_problems_build(s.portfolio, s.market, small, s.diagnostics, &problem),
                     AMP_NOMEM);
    assert_null(problem);
    assert_int_equal(amp_diagnostics_count(s.diagnostics), 1);
    assert_int_equal(amp_diagnostics_get(s.diagnostics, 0)->code, AMP_CODE_NO_MEMORY);
    amp_arena_free(small);
    study_close(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_are_the_tighter_one_times_availability),
        cmocka_unit_test(test_the_tighter_limit_holds_at_each_instant),
        cmocka_unit_test(test_energised_alone_is_the_limit),
        cmocka_unit_test(test_prices_and_agreements),
        cmocka_unit_test(test_battery_in_mwh),
        cmocka_unit_test(test_battery_with_a_free_end),
        cmocka_unit_test(test_generators),
        cmocka_unit_test(test_mining_at_the_bus),
        cmocka_unit_test(test_power_modes_are_tiers),
        cmocka_unit_test(test_power_modes_of_a_fleet_that_varies),
        cmocka_unit_test(test_hard_lease_is_must),
        cmocka_unit_test(test_lease_with_a_penalty_is_a_tier),
        cmocka_unit_test(test_inference_is_cut_into_tiers),
        cmocka_unit_test(test_demand_as_a_share_of_the_hall),
        cmocka_unit_test(test_pue_follows_the_weather),
        cmocka_unit_test(test_findings_of_the_numbers),
        cmocka_unit_test(test_every_site_in_order),
        cmocka_unit_test(test_every_site_is_told),
        cmocka_unit_test(test_no_room_for_the_sites),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
