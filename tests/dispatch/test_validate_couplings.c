/* SPDX-License-Identifier: Apache-2.0 */
/* The validator on what couples intervals: a schedule of peaks and jobs made by hand, which it
 * accepts, and every way to break it, each of which it names. */
#include "validate_bench.h"

#include <stdlib.h>
#include <string.h>

/* The local March begins with the third hour; it has 743 hours, February 696. */
static const char coupled_text[] =
    "ampacity: 1\n"
    "name: By hand\n"
    "currency: USD\n"
    "time: {from: 2024-03-01T04:00Z, to: 2024-03-01T08:00Z, step: 60 min}\n"
    "\n"
    "sites:\n"
    "  - id: hand\n"
    "    country: US\n"
    "    time_zone: America/Chicago\n"
    "    grid: {import_limit: 30 MW}\n"
    "    supply:\n"
    "      energy_price: 40 USD/MWh\n"
    "      adder: 5 USD/MWh\n"
    "      blocks: [{power: 4 MW, price: 30 USD/MWh, resale: true}]\n"
    "      demand_charge: {charge: 2 USD/kW/month, peak_so_far: [{month: 2024-02, power: 12 MW}], "
    "prorate: true}\n"
    "      coincident_peak: {charge: 60 USD/kW/year, peaks: 4, probability: 1 %}\n"
    "    halls:\n"
    "      - id: training\n"
    "        it_power: 10 MW\n"
    "        pue: 1.25\n"
    "        jobs:\n"
    "          - {id: llm, energy: 12 MWh, power: 6 MW, release: 2024-03-01T05:00Z, deadline: "
    "2024-03-01T07:00Z, value: 260 USD/MWh, penalty: 600 USD}\n"
    "          - {id: small, energy: 10 MWh, power: 4 MW, value: 90 USD/MWh}\n";

/* The hall takes (4, 10, 7, 0) x 1.25. */
static const double coupled_by_hand[][INTERVALS] = {
    [IMPORT] = {5, 12.5, 8.75, 0}, [PRICE] = {100, 200, 300, 40}, [HALL] = {5, 12.5, 8.75, 0},
    [LLM] = {0, 6, 5, 0},          [SMALL] = {4, 4, 2, 0},
};

static const amp_accounts coupled_accounts = {
    /* 3760 - 1181.25 - 3937.5 - 50, less the demand charge */
    .objective_usd = -1408.75 - (50000.0 / 696.0 + 35000.0 / 743.0),
    .revenue_usd = {.training = 3760.0}, /* 11 x 260 + 10 x 90 */
    .cost_usd = {.energy = 1181.25,      /* 26.25 x 45 */
                 /* 12.5 x 2000 x 2 / 696 + 8.75 x 2000 x 2 / 743 */
                 .demand_charge = 50000.0 / 696.0 + 35000.0 / 743.0,
                 .coincident_peak = 3937.5, /* 26.25 x 60,000 x 0.01 / 4 */
                 .penalty = 50.0},          /* 600 / 12 */
    .fixed_usd = {.blocks = 160.0},         /* 16 x (40 - 30) */
    .energy_mwh = {.import = 26.25, .training = 26.25},
    .it_mwh = {.training = 21.0},
    .unserved_it_mwh = 1.0,
    .peak_import_mw = 12.5,
    .price_mean_usd_per_mwh = 160.0,
    .price_max_usd_per_mwh = 300.0,
};

static void coupled_open(bench *b, const char *from, const char *to)
{
    bench_read(b, coupled_text, from, to);
    memcpy(b->number, coupled_by_hand, sizeof coupled_by_hand);
    b->load[0] = b->number[HALL];
    b->job[0] = b->number[LLM];
    b->job[1] = b->number[SMALL];
    b->schedule = (amp_schedule){.interval_count = INTERVALS,
                                 .load_count = 1,
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
                                 .tier_mw = b->tier,
                                 .job_mw = b->job,
                                 .job_count = JOBS};
}

static void test_validate_accepts_peaks_and_jobs_made_by_hand(void **state)
{
    bench b;
    (void)state;
    coupled_open(&b, NULL, NULL);
    const amp_violation off = bench_expect(&b, &coupled_accounts, "");
    assert_near(off.job_mwh, 0.0, 0.0);
    assert_near(off.money_usd, 0.0, 1e-9);
    bench_close(&b);
}

static const broken coupled_cases[] = {
    /* What is charged where the file says otherwise, and the accounts with it. */
    {.from = ", prorate: true", .to = "", .want = ""},
    {.from = "power: 12 MW", .to = "power: 20 MW", .want = ""},
    {.from = "month: 2024-02", .to = "month: 2024-03", .want = ""},
    {.from = "time_zone: America/Chicago", .to = "time_zone: UTC", .want = ""},
    {.from = "time_zone: America/Chicago", .to = "time_zone: Asia/Kolkata", .want = ""},
    {.from = "{charge: 2 USD/kW/month", .to = "{charge: 0 USD/kW/month", .want = ""},
    {.from = "resale: true}]\n      demand_charge: {charge: 2 USD/kW/month, peak_so_far: [{month: "
             "2024-02, power: 12 MW}], prorate: true}\n",
     .to = "resale: false}]\n", /* the system's peaks charge for this import too */
     .edit = {{BLOCK, 0, 4.0}, {BLOCK, 1, 4.0}, {BLOCK, 2, 4.0}},
     .want = ""},
    {.from = "peaks: 4", .to = "peaks: 12", .want = ""},
    {.from = "pue: 1.25",
     .to = "pue: {curve: [[0, 1.25], [20, 1.25]], outdoor: 7 degC}",
     .want = ""},
    {.from = "release: 2024-03-01T05:00Z, ", .to = "", .want = ""},
    {.from = ", penalty: 600 USD", .to = "", .want = ""},
    /* What breaks it. */
    {.from = "power: 6 MW",
     .to = "power: 5 MW",
     .want = "site 'hand': job 'llm' is above its power by 1 MW at 2024-03-01T05:00:00Z; cases: "
             "1, at worst 1 MW\n"},
    {.from = "T07:00Z", /* an hour counts when all of it lies before the deadline */
     .to = "T06:30Z",
     .want = "site 'hand': job 'llm' runs outside its release and deadline by 5 MW at "
             "2024-03-01T06:00:00Z; cases: 1, at worst 5 MW\n"},
    {.from = "T05:00Z",
     .to = "T05:01Z",
     .want = "site 'hand': job 'llm' runs outside its release and deadline by 6 MW at "
             "2024-03-01T05:00:00Z; cases: 1, at worst 6 MW\n"},
    {.from = "energy: 12 MWh", /* 6, then 11 */
     .to = "energy: 8 MWh",
     .want = "site 'hand': job 'llm' is given more than its energy by 3 MWh at "
             "2024-03-01T06:00:00Z; cases: 1, at worst 3 MWh\n"},
    {.from = "it_power: 10 MW", /* 12.5 - 9 x 1.25 */
     .to = "it_power: 9 MW",
     .want = "site 'hand': hall 'training' is above its power by 1.25 MW at 2024-03-01T05:00:00Z; "
             "cases: 1, at worst 1.25 MW\n"},
    {.edit = {{HALL, 2, 0.5}, {IMPORT, 2, 0.5}},
     .want = "site 'hand': what hall 'training' takes differs from what its jobs take by 0.5 MW "
             "at 2024-03-01T06:00:00Z; cases: 1, at worst 0.5 MW\n"},
    {.edit = {{SMALL, 2, -3.0}, {HALL, 2, -3.75}, {IMPORT, 2, -3.75}},
     .want = "site 'hand': small is below zero by 1 MW at 2024-03-01T06:00:00Z; cases: 1, at "
             "worst 1 MW\n"},
};

static void test_validate_names_what_breaks_peaks_and_jobs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof coupled_cases / sizeof coupled_cases[0]; i++) {
        const broken *c = &coupled_cases[i];
        bench b;
        coupled_open(&b, c->from, c->to);
        bench_break(&b, c);
        bench_close(&b);
    }
}

static void test_validate_measures_what_a_job_is_given_too_much(void **state)
{
    bench b;
    (void)state;
    coupled_open(&b, "energy: 10 MWh", "energy: 9.5 MWh");
    const amp_violation off =
        bench_expect(&b, &coupled_accounts,
                     "site 'hand': job 'small' is given more than its energy by 0.5 MWh at "
                     "2024-03-01T06:00:00Z; cases: 1, at worst 0.5 MWh\n");
    assert_near(off.job_mwh, 0.5, 1e-12);
    assert_near(off.soc_mwh, 0.0, 0.0);
    bench_close(&b);
}

/* A cent, or 10 kWh, is seen. */
static const wrong_account wrong_coupled_accounts[] = {
    {offsetof(amp_accounts, revenue_usd.training), 0.01,
     "site 'hand': revenue_usd.training of the accounts is 3760.01, but the schedule gives 3760\n"
     "site 'hand': objective_usd of the accounts is -1527.69540617, but the schedule gives "
     "-1527.68540617\n"},
    {offsetof(amp_accounts, cost_usd.energy), 0.01,
     "site 'hand': cost_usd.energy of the accounts is 1181.26, but the schedule gives 1181.25\n"
     "site 'hand': objective_usd of the accounts is -1527.69540617, but the schedule gives "
     "-1527.70540617\n"},
    {offsetof(amp_accounts, cost_usd.demand_charge), 0.01,
     "site 'hand': cost_usd.demand_charge of the accounts is 118.955406166, but the schedule gives "
     "118.945406166\n"
     "site 'hand': objective_usd of the accounts is -1527.69540617, but the schedule gives "
     "-1527.70540617\n"},
    {offsetof(amp_accounts, cost_usd.coincident_peak), 0.01,
     "site 'hand': cost_usd.coincident_peak of the accounts is 3937.51, but the schedule gives "
     "3937.5\n"
     "site 'hand': objective_usd of the accounts is -1527.69540617, but the schedule gives "
     "-1527.70540617\n"},
    {offsetof(amp_accounts, cost_usd.penalty), 0.01,
     "site 'hand': cost_usd.penalty of the accounts is 50.01, but the schedule gives 50\n"
     "site 'hand': objective_usd of the accounts is -1527.69540617, but the schedule gives "
     "-1527.70540617\n"},
    {offsetof(amp_accounts, energy_mwh.training), 0.01,
     "site 'hand': energy_mwh.training of the accounts is 26.26, but the schedule gives 26.25\n"},
    {offsetof(amp_accounts, it_mwh.training), 0.01,
     "site 'hand': it_mwh.training of the accounts is 21.01, but the schedule gives 21\n"},
    {offsetof(amp_accounts, unserved_it_mwh), 0.01,
     "site 'hand': unserved_it_mwh of the accounts is 1.01, but the schedule gives 1\n"},
};

static void test_validate_names_wrong_accounts_of_peaks_and_jobs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_coupled_accounts / sizeof wrong_coupled_accounts[0]; i++) {
        bench b;
        amp_accounts accounts = coupled_accounts;
        coupled_open(&b, NULL, NULL);
        bench_add_at(&accounts, wrong_coupled_accounts[i].offset, wrong_coupled_accounts[i].by);
        (void)bench_expect(&b, &accounts, wrong_coupled_accounts[i].want);
        bench_close(&b);
    }
}

/* Hours of import: 5, 12.5, 8.75 and 0 MW. Those that count are charged 10 a MW, on 6 at least; the
 * month and the system's peaks cost what they did. */
static void test_validate_charges_the_hours_that_count(void **state)
{
    static const struct {
        uint8_t counts[INTERVALS];
        double due_mw;
    } cases[] = {
        {{1, 1, 1, 1}, 12.5},
        {{1, 0, 1, 1}, 8.75},
        {{1, 0, 0, 1}, 6.0},
        {{0, 0, 0, 0}, 6.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        amp_accounts accounts = coupled_accounts;
        coupled_open(&b, NULL, NULL);
        const amp_peak peak = {.id = "on-peak",
                               .end = INTERVALS,
                               .charge_usd_per_mw = 10.0,
                               .start_mw = 6.0,
                               .counts = cases[i].counts};
        b.problem.peak = &peak;
        b.problem.peak_count = 1;
        accounts.cost_usd.demand_charge += cases[i].due_mw * 10.0;
        accounts.objective_usd -= cases[i].due_mw * 10.0;
        (void)bench_expect(&b, &accounts, "");
        accounts.cost_usd.demand_charge += 0.5;
        accounts.objective_usd -= 0.5;
        const amp_settled_schedule settled = bench_settled(&b, &accounts);
        amp_violation off = {0};
        assert_int_equal(amp_schedule_validate(&settled, b.diagnostics, &off), AMP_INTERNAL);
        assert_near(off.money_usd, 0.5, 1e-9);
        bench_close(&b);
    }
}

static void test_validate_refuses_jobs_that_are_no_numbers(void **state)
{
    static const array arrays[] = {HALL, LLM, SMALL};
    (void)state;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        bench b;
        coupled_open(&b, NULL, NULL);
        b.number[arrays[i]][1] = strtod("nan", NULL);
        const amp_settled_schedule settled = bench_settled(&b, &coupled_accounts);
        assert_int_equal(amp_schedule_validate(&settled, b.diagnostics, NULL), AMP_INTERNAL);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validate_accepts_peaks_and_jobs_made_by_hand),
        cmocka_unit_test(test_validate_names_what_breaks_peaks_and_jobs),
        cmocka_unit_test(test_validate_measures_what_a_job_is_given_too_much),
        cmocka_unit_test(test_validate_names_wrong_accounts_of_peaks_and_jobs),
        cmocka_unit_test(test_validate_charges_the_hours_that_count),
        cmocka_unit_test(test_validate_refuses_jobs_that_are_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
