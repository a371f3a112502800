/* SPDX-License-Identifier: Apache-2.0 */
/* The validator: a schedule and accounts made by hand, which it accepts, and every way to break
 * them, each of which it names. */
#include "validate_bench.h"

#include <stdlib.h>
#include <string.h>

/* 40 MW of machines (10,000 x 200 TH/s x 20 J/TH), 50 MW at the bus; a hard lease of 8 MW IT, 12 MW
 * at the bus; sun of 5 MW. */
static const char portfolio_text[] =
    "ampacity: 1\n"
    "name: By hand\n"
    "currency: USD\n"
    "time: {from: 2024-03-01, to: 2024-03-01T04:00Z, step: 60 min}\n"
    "bitcoin: {hashprice: 48 USD/PH/day}\n"
    "sites:\n"
    "  - id: hand\n"
    "    country: US\n"
    "    time_zone: UTC\n"
    "    grid: {import_limit: 100 MW, export_limit: 20 MW}\n"
    "    supply: {energy_price: 40 USD/MWh, adder: 5 USD/MWh, export_price: 60 USD/MWh, blocks: [\n"
    "      {power: 10 MW, price: 30 USD/MWh, resale: false},\n"
    "      {power: 5 MW, price: 38 USD/MWh, resale: true}]}\n"
    "    battery: {power: 10 MW, energy: 20 MWh, charge_efficiency: 80 %, discharge_efficiency: 50 "
    "%, initial_soc: 50 %, minimum_soc: 10 %, maximum_soc: 90 %, wear: 2 USD/MWh, final_soc: 50 "
    "%}\n"
    "    generators:\n"
    "      - {id: gas, power: 12 MW, cost: 50 USD/MWh}\n"
    "      - {id: sun, power: 10 MW, cost: 0 USD/MWh, availability: 50 %}\n"
    "    mining:\n"
    "      - {id: s21, machines: 10000, hashrate: 200 TH/s, efficiency: 20 J/TH, pool_fee: 1 %, "
    "overhead: 25 %}\n"
    "    halls:\n"
    "      - {id: firm, it_power: 10 MW, pue: 1.5, lease: {load: 80 %, fee: 100 USD/kW/month}}\n"
    "      - {id: soft, it_power: 6 MW, pue: 1.2, lease: {load: 5 MW, fee: 0 USD/kW/month, "
    "penalty: 1000 USD/MWh}}\n"
    "      - {id: serving, it_power: 10 MW, pue: 1.25, inference: {demand: 8 MW, value: [[50 %, "
    "400 "
    "USD/MWh], [100 %, 200 USD/MWh]], penalty: 50 USD/MWh}}\n";

/* Every column adds up. Stored: 10 + 10 x 0.8 = 18; 18 - 4 / 0.5 = 10 MWh.
 * Uses: 10 + 50 + 12 + 6 + 10 = 88; 38 + 12 + 6 + 10 = 66; 12 + 3 + 5 = 20; 4 + 12 = 16. */
static const double by_hand[ARRAYS][INTERVALS] = {
    [IMPORT] = {84, 50, 0, 0},   [BLOCK] = {10, 10, 0, 0},   [EXPORT] = {0, 0, 0, 4},
    [CHARGE] = {10, 0, 0, 0},    [DISCHARGE] = {0, 0, 4, 0}, [SOC] = {18, 18, 10, 10},
    [PRICE] = {100, 45, 50, 60}, [STORED] = {0, 0, 0, 0},    [MINED] = {50, 38, 0, 0},
    [FIRM] = {12, 12, 12, 12},   [SOFT] = {6, 6, 3, 0},      [SERVING] = {10, 10, 5, 0},
    [GAS] = {0, 12, 12, 12},     [SUN] = {4, 4, 4, 4},       [TIER_MINED] = {50, 38, 0, 0},
    [TIER_SOFT] = {6, 6, 3, 0},  [TIER_DEAR] = {5, 5, 5, 0}, [TIER_CHEAP] = {5, 5, 0, 0},
};

static const amp_accounts accounts_by_hand = {
    /* 6969.6 + 6400 + 240 - 5230 - 1800 - 28 - 8100 */
    .objective_usd = -1548.4,
    /* 88 MWh / 1.25 x 48 x 0.99 / (20 x 0.024); (4 x 400 + 4 x 200) x 2 + 4 x 400; 4 x 60 */
    .revenue_usd = {.mining = 6969.6, .inference = 6400.0, .export = 240.0},
    /* 114 x 40 + 134 x 5; 36 x 50; 14 x 2; 12 x 50 + 7.5 x 1000 */
    .cost_usd = {.energy = 5230.0, .generation = 1800.0, .wear = 28.0, .penalty = 8100.0},
    /* 10,000 kW x 100 x 4 h / 744 h; (48 + 15) MWh x 45; -10 x 4 x 30 + 5 x 4 x (40 - 38) */
    .fixed_usd = {.lease_fee = 1e6 * 4.0 / 744.0, .energy_reimbursed = 2835.0, .blocks = -1160.0},
    .energy_mwh = {.import = 134.0,
                   .export = 4.0,
                   .mining = 88.0,
                   .lease = 63.0,
                   .inference = 25.0,
                   .charge = 10.0,
                   .discharge = 4.0,
                   .generation = 52.0},
    .it_mwh = {.lease = 44.5, .inference = 20.0},
    .unserved_it_mwh = 19.5, /* 2.5 + 5 + 4 + 8 */
    .curtailed_mwh = 4.0,    /* 1 MW of the sun's 5 in each hour */
    .peak_import_mw = 84.0,
    .price_mean_usd_per_mwh = 63.75,
    .price_max_usd_per_mwh = 100.0,
};

static void lay_out(bench *b)
{
    memcpy(b->number, by_hand, sizeof b->number);
    for (size_t i = 0; i < LOADS; i++)
        b->load[i] = b->number[MINED + i];
    for (size_t i = 0; i < SOURCES; i++)
        b->source[i] = b->number[GAS + i];
    for (size_t i = 0; i < TIERS; i++)
        b->tier[i] = b->number[TIER_MINED + i];
    b->schedule = (amp_schedule){.interval_count = INTERVALS,
                                 .load_count = LOADS,
                                 .source_count = SOURCES,
                                 .import_mw = b->number[IMPORT],
                                 .block_mw = b->number[BLOCK],
                                 .export_mw = b->number[EXPORT],
                                 .charge_mw = b->number[CHARGE],
                                 .discharge_mw = b->number[DISCHARGE],
                                 .soc_mwh = b->number[SOC],
                                 .internal_price_usd_per_mwh = b->number[PRICE],
                                 .stored_usd_per_mwh = b->number[STORED],
                                 .load_mw = b->load,
                                 .source_mw = b->source,
                                 .tier_mw = b->tier};
}

static void bench_open(bench *b, const char *from, const char *to)
{
    bench_read(b, portfolio_text, from, to);
    lay_out(b);
}

static void test_validate_accepts_a_schedule_made_by_hand(void **state)
{
    bench b;
    (void)state;
    bench_open(&b, NULL, NULL);
    const amp_violation off = bench_expect(&b, &accounts_by_hand, "");
    assert_near(off.balance_mw, 0.0, 0.0);
    assert_near(off.limit_mw, 0.0, 0.0);
    assert_near(off.soc_mwh, 0.0, 0.0);
    assert_near(off.money_usd, 0.0, 1e-9);
    assert_int_equal(off.both_modes, 0);
    bench_close(&b);
}

/* 24 MW of machines at 16 J/TH, and 16 MW more at 32: hours of 40 and of 30.4 MWh earn 24 MWh / (16
 * x 0.024) = 62.5 PH/s days each, and 16 and 6.4 MWh / (32 x 0.024) = 22.4 / 0.768. A mode that
 * others outdo, at 12 MW less for less, changes nothing. */
static void test_validate_follows_power_modes(void **state)
{
    static const char fleet[] = "efficiency: 20 J/TH, ";
    static const char low[] = "efficiency: 20 J/TH, modes: [{id: low, hashrate: 150 TH/s, "
                              "efficiency: 16 J/TH}], ";
    static const char poor[] = "efficiency: 20 J/TH, modes: [{id: poor, hashrate: 100 TH/s, "
                               "efficiency: 28 J/TH}], ";
    amp_accounts accounts = accounts_by_hand;
    bench b;
    (void)state;
    bench_open(&b, fleet, poor);
    (void)bench_expect(&b, &accounts, "");
    bench_close(&b);
    bench_open(&b, fleet, low);
    (void)bench_expect(
        &b, &accounts,
        "site 'hand': revenue_usd.mining of the accounts is 6969.6, but the schedule gives "
        "7326\n");
    accounts.revenue_usd.mining = (125.0 + 22.4 / 0.768) * 48.0 * 0.99;
    accounts.objective_usd += accounts.revenue_usd.mining - 6969.6;
    (void)bench_expect(&b, &accounts, "");
    b.number[MINED][0] += 1.0;
    b.number[IMPORT][0] += 1.0;
    accounts = accounts_by_hand;
    const amp_settled_schedule settled = bench_settled(&b, &accounts);
    amp_violation off = {0};
    assert_int_equal(amp_schedule_validate(&settled, b.diagnostics, &off), AMP_INTERNAL);
    assert_near(off.limit_mw, 1.0, 1e-9);
    bench_close(&b);
}

/* A hundred million MWh: a double near 50 million MWh is 7e-9 apart, and 0.1 MWh is what rounding
 * may add up to (1e-9 of the energy). 0.05 MWh pass, 0.2 MWh do not. */
static void test_validate_allows_rounding_by_the_size_of_the_battery(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, "energy: 20 MWh", "energy: 100000000 MWh");
    for (size_t t = 0; t < INTERVALS; t++)
        b.number[SOC][t] += 5e7 - 10.0;
    b.number[SOC][1] += 0.05;
    (void)bench_expect(&b, &accounts_by_hand, "");
    b.number[SOC][1] += 0.15;
    const amp_violation off = bench_expect(
        &b, &accounts_by_hand,
        "site 'hand': stored energy does not follow from charge and discharge by 0.2 MWh at "
        "2024-03-01T01:00:00Z; cases: 2, at worst 0.2 MWh\n");
    assert_near(off.soc_mwh, 0.2, 1e-6);
    bench_close(&b);
}

static const broken broken_schedules[] = {
    {.edit = {{IMPORT, 1, 0.5}},
     .want = "site 'hand': what comes to the bus differs from what leaves it by 0.5 MW at "
             "2024-03-01T01:00:00Z; cases: 1, at worst 0.5 MW\n"},
    {.from = "import_limit: 100 MW",
     .to = "import_limit: 45 MW", /* 84 - 45, 50 - 45 */
     .want = "site 'hand': import is above the import limit by 39 MW at 2024-03-01T00:00:00Z; "
             "cases: 2, at worst 39 MW\n"},
    {.from = "export_limit: 20 MW",
     .to = "energised: [{from: 2024-01-01, power: 84 MW}], export_limit: 3.5 MW",
     .want = "site 'hand': export is above the export limit by 0.5 MW at 2024-03-01T03:00:00Z; "
             "cases: 1, at worst 0.5 MW\n"},
    {.edit = {{BLOCK, 0, 1.0}},
     .want = "site 'hand': block is above what the agreements cover by 1 MW at "
             "2024-03-01T00:00:00Z; cases: 1, at worst 1 MW\n"},
    {.edit = {{BLOCK, 2, 2.0}},
     .want = "site 'hand': block is above all import by 2 MW at 2024-03-01T02:00:00Z; cases: "
             "1, at worst 2 MW\n"},
    {.edit = {{BLOCK, 2, -2.0}},
     .want = "site 'hand': block is below zero by 2 MW at 2024-03-01T02:00:00Z; cases: 1, at "
             "worst 2 MW\n"},
    {.from = "id: gas, power: 12 MW",
     .to = "id: gas, power: 11 MW",
     .want = "site 'hand': generator 'gas' is above its power by 1 MW at 2024-03-01T01:00:00Z; "
             "cases: 3, at worst 1 MW\n"},
    {.from = "{power: 10 MW, energy",
     .to = "{power: 10 MW, charge_power: 8 MW, energy",
     .want = "site 'hand': charge is above the charging limit by 2 MW at 2024-03-01T00:00:00Z; "
             "cases: 1, at worst 2 MW\n"},
    {.from = "{power: 10 MW, energy",
     .to = "{power: 10 MW, discharge_power: 3 MW, energy",
     .want = "site 'hand': discharge is above the discharging limit by 1 MW at "
             "2024-03-01T02:00:00Z; cases: 1, at worst 1 MW\n"},
    {.from = "machines: 10000", /* 47.5 MW at the bus */
     .to = "machines: 9500",
     .want = "site 'hand': fleet 's21' is above its power by 2.5 MW at 2024-03-01T00:00:00Z; "
             "cases: 1, at worst 2.5 MW\n"},
    {.from = "id: serving, it_power: 10 MW",
     .to = "id: serving, it_power: 7 MW", /* 10 - 7 x 1.25 */
     .want = "site 'hand': hall 'serving' is above its power by 1.25 MW at 2024-03-01T00:00:00Z; "
             "cases: 2, at worst 1.25 MW\n"},
    {.from = "load: 5 MW",
     .to = "load: 4.5 MW", /* 6 - 4.5 x 1.2 */
     .want = "site 'hand': hall 'soft' is given more than is wanted by 0.6 MW at "
             "2024-03-01T00:00:00Z; cases: 2, at worst 0.6 MW\n"},
    {.from = "load: 80 %",
     .to = "load: 90 %", /* 9 x 1.5 - 12 */
     .want = "site 'hand': hall 'firm' is not given what its lease must have by 1.5 MW at "
             "2024-03-01T00:00:00Z; cases: 4, at worst 1.5 MW\n"},
    {.from = "charge_efficiency: 80 %",
     .to = "charge_efficiency: 70 %", /* 10 + 7 is not 18 */
     .want = "site 'hand': stored energy does not follow from charge and discharge by 1 MWh at "
             "2024-03-01T00:00:00Z; cases: 1, at worst 1 MWh\n"},
    {.from = ", final_soc: 50 %", /* 4.5 MW / 0.5 more in the last hour: 10 - 9 < 2 */
     .to = "",
     .edit = {{DISCHARGE, 3, 4.5}, {GAS, 3, -4.5}, {SOC, 3, -9.0}},
     .want = "site 'hand': stored energy is below minimum_soc by 1 MWh at 2024-03-01T03:00:00Z; "
             "cases: 1, at worst 1 MWh\n"},
    {.from = "maximum_soc: 90 %",
     .to = "maximum_soc: 80 %",
     .want = "site 'hand': stored energy is above maximum_soc by 2 MWh at 2024-03-01T00:00:00Z; "
             "cases: 2, at worst 2 MWh\n"},
    {.from = "final_soc: 50 %",
     .to = "final_soc: 60 %",
     .want = "site 'hand': stored energy is not what final_soc asks for by 2 MWh at "
             "2024-03-01T03:00:00Z; cases: 1, at worst 2 MWh\n"},
    {.from = "final_soc: 50 %",
     .to = "final_soc: {minimum: 60 %}",
     .want = "site 'hand': stored energy is not what final_soc asks for by 2 MWh at "
             "2024-03-01T03:00:00Z; cases: 1, at worst 2 MWh\n"},
    /* 2 x 0.8 in, 0.8 / 0.5 out. */
    {.edit = {{CHARGE, 1, 2.0}, {DISCHARGE, 1, 0.8}, {IMPORT, 1, 1.2}},
     .want = "site 'hand': the battery charges and discharges at once by 0.8 MW at "
             "2024-03-01T01:00:00Z; cases: 1, at worst 0.8 MW\n"},
    {.edit = {{IMPORT, 3, 1.0}, {EXPORT, 3, 1.0}},
     .want = "site 'hand': the connection imports and exports at once by 1 MW at "
             "2024-03-01T03:00:00Z; cases: 1, at worst 1 MW\n"},
};

static void test_validate_names_what_breaks_a_schedule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken_schedules / sizeof broken_schedules[0]; i++) {
        const broken *c = &broken_schedules[i];
        bench b;
        bench_open(&b, c->from, c->to);
        bench_break(&b, c);
        bench_close(&b);
    }
}

static void test_validate_measures_every_kind(void **state)
{
    bench b;
    (void)state;
    bench_open(&b, "import_limit: 100 MW", "import_limit: 80 MW");
    amp_accounts accounts = accounts_by_hand;
    accounts.fixed_usd.blocks += 7.0;
    b.number[SUN][0] += 0.25;
    accounts.energy_mwh.generation += 0.25;
    accounts.curtailed_mwh -= 0.25;
    b.number[SOC][1] += 0.5;
    b.number[CHARGE][2] += 0.125;
    accounts.energy_mwh.charge += 0.125;
    accounts.cost_usd.wear += 0.25;
    accounts.objective_usd -= 0.25;
    /* 84 - 80 MW of import; 0.25 MW of sun and 0.125 MW of charging that no one balances; stored
     * energy is off by 0.5 in the second hour, by 0.5 + 0.1 in the third. */
    const amp_violation off = bench_expect(
        &b, &accounts,
        "site 'hand': what comes to the bus differs from what leaves it by 0.25 MW at "
        "2024-03-01T00:00:00Z; cases: 2, at worst 0.25 MW\n"
        "site 'hand': import is above the import limit by 4 MW at 2024-03-01T00:00:00Z; "
        "cases: 1, at worst 4 MW\n"
        "site 'hand': stored energy does not follow from charge and discharge by 0.5 MWh at "
        "2024-03-01T01:00:00Z; cases: 2, at worst 0.6 MWh\n"
        "site 'hand': stored energy is above maximum_soc by 0.5 MWh at 2024-03-01T01:00:00Z; "
        "cases: 1, at worst 0.5 MWh\n"
        "site 'hand': the battery charges and discharges at once by 0.125 MW at "
        "2024-03-01T02:00:00Z; cases: 1, at worst 0.125 MW\n"
        "site 'hand': fixed_usd.blocks of the accounts is -1153, but the schedule gives -1160\n");
    assert_near(off.balance_mw, 0.25, 1e-12);
    assert_near(off.limit_mw, 4.0, 1e-12);
    assert_near(off.soc_mwh, 0.6, 1e-12);
    assert_near(off.money_usd, 7.0, 1e-9);
    assert_int_equal(off.both_modes, 1);
    bench_close(&b);
}

static const wrong_account wrong_accounts[] = {
    {offsetof(amp_accounts, objective_usd), 0.5,
     "site 'hand': objective_usd of the accounts is -1547.9, but the schedule gives -1548.4\n"},
    {offsetof(amp_accounts, revenue_usd.mining), 0.4,
     "site 'hand': revenue_usd.mining of the accounts is 6970, but the schedule gives 6969.6\n"
     "site 'hand': objective_usd of the accounts is -1548.4, but the schedule gives -1548\n"},
    {offsetof(amp_accounts, fixed_usd.blocks), 1.0,
     "site 'hand': fixed_usd.blocks of the accounts is -1159, but the schedule gives -1160\n"},
    {offsetof(amp_accounts, fixed_usd.energy_reimbursed), 1.0,
     "site 'hand': fixed_usd.energy_reimbursed of the accounts is 2836, but the schedule gives "
     "2835\n"},
    {offsetof(amp_accounts, energy_mwh.lease), 1e-3,
     "site 'hand': energy_mwh.lease of the accounts is 63.001, but the schedule gives 63\n"},
    {offsetof(amp_accounts, it_mwh.inference), -1.0,
     "site 'hand': it_mwh.inference of the accounts is 19, but the schedule gives 20\n"},
    {offsetof(amp_accounts, peak_import_mw), 1.0,
     "site 'hand': peak_import_mw of the accounts is 85, but the schedule gives 84\n"},
    {offsetof(amp_accounts, price_mean_usd_per_mwh), 0.01,
     "site 'hand': price_mean_usd_per_mwh of the accounts is 63.76, but the schedule gives "
     "63.75\n"},
};

static void test_validate_names_wrong_accounts(void **state)
{
    bench b;
    (void)state;
    bench_open(&b, NULL, NULL);
    for (size_t i = 0; i < sizeof wrong_accounts / sizeof wrong_accounts[0]; i++) {
        amp_accounts accounts = accounts_by_hand;
        bench_add_at(&accounts, wrong_accounts[i].offset, wrong_accounts[i].by);
        (void)bench_expect(&b, &accounts, wrong_accounts[i].want);
        amp_diagnostics_free(b.diagnostics); /* what was said before is not said again */
        b.diagnostics = amp_diagnostics_new();
        assert_non_null(b.diagnostics);
    }
    bench_close(&b);
}

/* A new number in the accounts that nobody checks would slip through here. */
static void test_validate_checks_every_number_of_the_accounts(void **state)
{
    bench b;
    (void)state;
    bench_open(&b, NULL, NULL);
    for (size_t offset = 0; offset < sizeof(amp_accounts); offset += sizeof(double)) {
        amp_accounts accounts = accounts_by_hand;
        bench_add_at(&accounts, offset, 1.0);
        const amp_settled_schedule settled = bench_settled(&b, &accounts);
        assert_int_equal(amp_schedule_validate(&settled, NULL, NULL), AMP_INTERNAL);
    }
    bench_close(&b);
}

static void test_validate_refuses_numbers_that_are_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAYS; i++) {
        bench b;
        /* The worth of what is stored and the split into tiers are no part of the model. */
        if (i == STORED || i >= TIER_MINED)
            continue;
        bench_open(&b, NULL, NULL);
        b.number[i][1] = strtod("nan", NULL);
        const amp_settled_schedule settled = bench_settled(&b, &accounts_by_hand);
        assert_int_equal(amp_schedule_validate(&settled, b.diagnostics, NULL), AMP_INTERNAL);
        bench_close(&b);
    }
}

/* Gas gives 12 MWh in all hours but the first, the sun 4 in each, and gas weighs 2: 4, 32, 60, 88.
 */
static void test_validate_says_what_overdraws_a_budget(void **state)
{
    static const uint32_t source[] = {1, 0};
    static const double one = 1.0;
    static const double two = 2.0;
    static const amp_column weight[] = {{&one, 0}, {&two, 0}};
    static const struct {
        double limit, over;
        const char *want;
    } cases[] = {
        {88.0, 0.0, ""},
        {88.0 - 1e-7, 0.0, ""},
        {87.0, 1.0,
         "site 'hand': more is drawn on budget 'fuel' than it holds by 1 at 2024-03-01T03:00:00Z; "
         "cases: 1, at worst 1\n"},
        {32.0, 56.0,
         "site 'hand': more is drawn on budget 'fuel' than it holds by 56 at "
         "2024-03-01T02:00:00Z; cases: 1, at worst 56\n"},
        {0.0, 88.0,
         "site 'hand': more is drawn on budget 'fuel' than it holds by 88 at "
         "2024-03-01T00:00:00Z; cases: 1, at worst 88\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        bench_open(&b, NULL, NULL);
        const amp_budget budget = {.id = "fuel",
                                   .source = source,
                                   .weight = weight,
                                   .source_count = 2,
                                   .limit = cases[i].limit};
        b.problem.budget = &budget;
        b.problem.budget_count = 1;
        const amp_violation off = bench_expect(&b, &accounts_by_hand, cases[i].want);
        assert_near(off.budget, cases[i].over, 1e-9);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validate_accepts_a_schedule_made_by_hand),
        cmocka_unit_test(test_validate_allows_rounding_by_the_size_of_the_battery),
        cmocka_unit_test(test_validate_follows_power_modes),
        cmocka_unit_test(test_validate_names_what_breaks_a_schedule),
        cmocka_unit_test(test_validate_measures_every_kind),
        cmocka_unit_test(test_validate_names_wrong_accounts),
        cmocka_unit_test(test_validate_checks_every_number_of_the_accounts),
        cmocka_unit_test(test_validate_refuses_numbers_that_are_none),
        cmocka_unit_test(test_validate_says_what_overdraws_a_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
