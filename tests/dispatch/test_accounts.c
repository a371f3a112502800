/* SPDX-License-Identifier: Apache-2.0 */
/* Money and energy of schedules that are written by hand. */
#include "dispatch/accounts.h"

#include "study.h"

enum { HOURS = 2, ARRAYS_MAX = 24 };

/* A schedule of two half hours; every number is 0 until it is set. */
typedef struct {
    double fixed[8][HOURS];
    double number[ARRAYS_MAX][HOURS];
    double *pointer[ARRAYS_MAX];
    amp_schedule schedule;
} plan;

static void plan_init(plan *p, const amp_site_problem *problem)
{
    double **source = p->pointer + problem->load_count;

    for (size_t i = 0; i < ARRAYS_MAX; i++)
        p->pointer[i] = p->number[i];
    p->schedule = (amp_schedule){
        .interval_count = HOURS,
        .load_count = problem->load_count,
        .source_count = problem->source_count,
        .import_mw = p->fixed[0],
        .block_mw = p->fixed[1],
        .export_mw = p->fixed[2],
        .charge_mw = p->fixed[3],
        .discharge_mw = p->fixed[4],
        .soc_mwh = p->fixed[5],
        .internal_price_usd_per_mwh = p->fixed[6],
        .stored_usd_per_mwh = p->fixed[7],
        .load_mw = p->pointer,
        .source_mw = source,
        .tier_mw = source + problem->source_count,
    };
}

static void set(double *array, double first, double second)
{
    array[0] = first;
    array[1] = second;
}

#define HEAD(from, to, step)                               \
    "ampacity: 1\n"                                        \
    "currency: USD\n"                                      \
    "time: {from: " from ", to: " to ", step: " step "}\n" \
    "bitcoin: {hashprice: 42 USD/PH/day}\n"                \
    "series:\n"                                            \
    "  a: {file: series.csv, column: a}\n"                 \
    "sites:\n"                                             \
    "  - id: one\n"                                        \
    "    country: US\n"                                    \
    "    grid: {import_limit: 100 MW, export_limit: 100 MW}\n"

#define HALF_HOURS \
    HEAD("2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", "30 min") "    time_zone: UTC\n"

static const char *const prices =
    "time,a [USD/MWh]\n2025-01-01T00:00:00Z,30\n2025-01-01T00:30:00Z,50\n";

static amp_accounts settle(study *s, const amp_site_problem *problem, const amp_schedule *schedule)
{
    amp_accounts accounts = amp_accounts_settle(problem, schedule);

    assert_int_equal(amp_accounts_add_fixed(s->portfolio, 0, s->market, &accounts), AMP_OK);
    return accounts;
}

/* The objective is exactly what adding up the printed numbers gives. */
static void check_objective(const amp_accounts *a)
{
    const double revenue = a->revenue_usd.mining + a->revenue_usd.lease + a->revenue_usd.inference +
                           a->revenue_usd.training + a->revenue_usd.export + a->revenue_usd.reserve;
    const double cost = a->cost_usd.energy + a->cost_usd.demand_charge +
                        a->cost_usd.coincident_peak + a->cost_usd.generation + a->cost_usd.wear +
                        a->cost_usd.penalty;

    assert_near(a->objective_usd, revenue - cost + a->stored_energy_usd, 0.0);
}

static void test_energy_and_export(void **state)
{
    study s = study_open(HALF_HOURS "    supply:\n"
                                    "      energy_price: a\n"
                                    "      adder: 4 USD/MWh\n"
                                    "      export_price: 25 USD/MWh\n"
                                    "      blocks:\n"
                                    "        - {power: 10 MW, price: 20 USD/MWh, resale: false}\n"
                                    "        - {power: 6 MW, price: 45 USD/MWh, resale: true}\n",
                         prices);
    const amp_site_problem problem = study_problem(&s, 0);
    amp_accounts a;
    plan p = {0};

    (void)state;
    plan_init(&p, &problem);
    set(p.schedule.import_mw, 30.0, 0.0);
    set(p.schedule.block_mw, 10.0, 0.0);
    set(p.schedule.export_mw, 0.0, 8.0);
    set(p.schedule.internal_price_usd_per_mwh, 34.0, 25.0);
    a = settle(&s, &problem, &p.schedule);
    /* 0.5 h x (20 MW x 34 + 10 MW x 4) = 360. */
    assert_near(a.cost_usd.energy, 360.0, 1e-12);
    assert_near(a.revenue_usd.export, 0.5 * 8.0 * 25.0, 1e-12);
    assert_near(a.objective_usd, 100.0 - 360.0, 1e-12);
    check_objective(&a);
    assert_near(a.energy_mwh.import, 15.0, 1e-12);
    assert_near(a.energy_mwh.export, 4.0, 1e-12);
    assert_near(a.peak_import_mw, 30.0, 0.0);
    assert_near(a.price_mean_usd_per_mwh, 29.5, 1e-12);
    assert_near(a.price_max_usd_per_mwh, 34.0, 0.0);
    /* Sunk: 1 h x 10 x 20 = 200. Resale: 0.5 x 6 x (30 - 45 + 50 - 45) = -30. */
    assert_near(a.fixed_usd.blocks, -230.0, 1e-12);
    assert_near(a.fixed_usd.lease_fee, 0.0, 0.0);
    study_close(&s);
}

static void test_battery_and_generators(void **state)
{
    study s =
        study_open(HALF_HOURS "    supply: {energy_price: a, export_price: 25 USD/MWh}\n"
                              "    battery: {power: 50 MW, energy: 100 MWh, wear: 6 USD/MWh,\n"
                              "              initial_soc: 50 %, terminal_value: 40 USD/MWh}\n"
                              "    generators:\n"
                              "      - {id: gas, power: 20 MW, cost: 60 USD/MWh}\n"
                              "      - {id: sun, power: 8 MW, cost: 0 USD/MWh}\n",
                   prices);
    const amp_site_problem problem = study_problem(&s, 0);
    amp_accounts a;
    plan p = {0};

    (void)state;
    plan_init(&p, &problem);
    set(p.schedule.charge_mw, 10.0, 0.0);
    set(p.schedule.discharge_mw, 0.0, 4.0);
    set(p.schedule.soc_mwh, 55.0, 53.0);
    set(p.schedule.source_mw[0], 7.0, 0.0);
    set(p.schedule.source_mw[1], 3.0, 2.0);
    a = settle(&s, &problem, &p.schedule);
    assert_near(a.cost_usd.wear, 0.5 * 14.0 * 6.0, 1e-12);
    assert_near(a.cost_usd.generation, 0.5 * 7.0 * 60.0, 1e-12);
    assert_near(a.stored_energy_usd, 53.0 * 40.0, 1e-12);
    assert_near(a.energy_mwh.charge, 5.0, 1e-12);
    assert_near(a.energy_mwh.discharge, 2.0, 1e-12);
    assert_near(a.energy_mwh.generation, 6.0, 1e-12);
    assert_near(a.curtailed_mwh, 0.5 * (5.0 + 6.0), 1e-12); /* of the sun alone */
    check_objective(&a);
    study_close(&s);
}

static void test_loads_and_penalties(void **state)
{
    study s = study_open(
        HALF_HOURS "    supply: {energy_price: a, export_price: 25 USD/MWh}\n"
                   "    mining:\n"
                   "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH,\n"
                   "         pool_fee: 1 %, overhead: 10 %}\n"
                   "    halls:\n"
                   "      - {id: leased, it_power: 20 MW, pue: 1.25,\n"
                   "         lease: {load: 80 %, fee: 130 USD/kW/month, penalty: 4000 USD/MWh}}\n"
                   "      - {id: serving, it_power: 8 MW, pue: 1.25,\n"
                   "         inference: {demand: 10 MW, penalty: 20 USD/MWh,\n"
                   "                     value: [[60 %, 420 USD/MWh], [100 %, 180 USD/MWh]]}}\n",
        prices);
    const amp_site_problem problem = study_problem(&s, 0);
    amp_accounts a;
    plan p = {0};

    (void)state;
    plan_init(&p, &problem);
    set(p.schedule.load_mw[0], 11.0, 22.0); /* mining, worth 90 USD/MWh at the bus */
    set(p.schedule.tier_mw[0], 11.0, 22.0);
    set(p.schedule.load_mw[1], 20.0, 15.0); /* leased: 20 at the bus are wanted */
    set(p.schedule.tier_mw[1], 20.0, 15.0);
    set(p.schedule.load_mw[2], 10.0, 5.0); /* serving: 12.5 wanted; tiers of 7.5 and 2.5 */
    set(p.schedule.tier_mw[2], 7.5, 5.0);
    set(p.schedule.tier_mw[3], 2.5, 0.0);
    a = settle(&s, &problem, &p.schedule);
    assert_near(a.revenue_usd.mining, 0.5 * 33.0 * 90.0, 1e-9);
    assert_near(a.revenue_usd.lease, 0.0, 0.0);
    /* IT: 0.5 h x (6 x 420 + 2 x 180 + 4 x 420). */
    assert_near(a.revenue_usd.inference, 0.5 * (2520.0 + 360.0 + 1680.0), 1e-9);
    /* Unserved IT: leased 4 MW in the second half hour; serving 2 MW (its hall is too small) and
     * 6 MW. 0.5 x 4 x 4000 + 0.5 x 8 x 20 = 8080. */
    assert_near(a.cost_usd.penalty, 8080.0, 1e-9);
    assert_near(a.unserved_it_mwh, 6.0, 1e-12);
    assert_near(a.energy_mwh.mining, 16.5, 1e-12);
    assert_near(a.energy_mwh.lease, 17.5, 1e-12);
    assert_near(a.energy_mwh.inference, 7.5, 1e-12);
    assert_near(a.it_mwh.lease, 14.0, 1e-12);
    assert_near(a.it_mwh.inference, 6.0, 1e-12);
    check_objective(&a);
    study_close(&s);
}

/* ---- peaks and jobs ---- */

static const double import_usd[] = {50.0, 46.0};
static const double ten[] = {10.0, 10.0};
static const double six[] = {6.0};
static const double zero[] = {0.0};
static const double it_share[] = {0.8};

/* Two half hours of a training hall with a PUE of 1.25, two months of one half hour each. */
static const amp_load training_hall = {.kind = AMP_LOAD_TRAINING,
                                       .id = "hall",
                                       .demand_mw = {zero, 0},
                                       .capacity_mw = {ten, 1},
                                       .penalty_usd_per_mwh = {zero, 0},
                                       .it_per_mwh = {it_share, 0}};
static const amp_peak two_months[] = {
    {.id = "202501", .first = 0, .end = 1, .charge_usd_per_mw = 1000.0},
    {.id = "202502", .first = 1, .end = 2, .charge_usd_per_mw = 500.0, .start_mw = 26.0},
};
static const amp_job two_jobs[] = {
    {.id = "llm",
     .end = 2,
     .power_mw = 16.0,
     .energy_mwh = 10.0,
     .value_usd_per_mwh = 260.0,
     .penalty_usd = 9000.0},
    {.id = "tune",
     .end = 2,
     .power_mw = 4.0,
     .energy_mwh = 4.0,
     .value_usd_per_mwh = 100.0,
     .penalty_usd = 1e6},
};

static amp_site_problem coupled_problem(void)
{
    return (amp_site_problem){
        .site_id = "one",
        .interval_count = HOURS,
        .interval_h = 0.5,
        .step_s = 1800,
        .import_price_usd_per_mwh = {import_usd, 1},
        .block_price_usd_per_mwh = {ten, 1},
        .coincident_usd_per_mwh = {six, 0},
        .export_price_usd_per_mwh = {zero, 0},
        .load = &training_hall,
        .load_count = 1,
        .peak = two_months,
        .peak_count = 2,
        .job = two_jobs,
        .job_count = 2,
    };
}

/* 30 MW, of which an agreement covers 8, then 24 MW. The jobs take 20 and 7.2 MW of IT, 25 and 9 MW
 * at the bus; the second one lacks what rounding has taken. */
static void fill_coupled(plan *p, const amp_site_problem *problem)
{
    const double rounded = 1.0 - 1e-10;

    plan_init(p, problem);
    p->schedule.job_mw = p->pointer + ARRAYS_MAX - 2;
    p->schedule.job_count = 2;
    set(p->schedule.import_mw, 30.0, 24.0);
    set(p->schedule.block_mw, 8.0, 0.0);
    set(p->schedule.load_mw[0], 25.0, 9.0);
    set(p->schedule.job_mw[0], 16.0, 3.2);
    set(p->schedule.job_mw[1], 4.0 * rounded, 4.0 * rounded);
}

static void test_peaks_are_billed_on_the_highest_import(void **state)
{
    const amp_site_problem problem = coupled_problem();
    plan p = {0};

    (void)state;
    fill_coupled(&p, &problem);
    const amp_accounts a = amp_accounts_settle(&problem, &p.schedule);
    const amp_peak_bill first = amp_accounts_peak(&problem, &p.schedule, 0);
    const amp_peak_bill second = amp_accounts_peak(&problem, &p.schedule, 1);

    assert_near(first.billed_mw, 30.0, 0.0);
    assert_near(first.charge_usd, 30000.0, 0.0);
    assert_int_equal(first.interval, 0);
    /* Its import of 24 MW is below the 26 MW that the month had before. */
    assert_near(second.import_mw, 24.0, 0.0);
    assert_near(second.billed_mw, 26.0, 0.0);
    assert_near(second.charge_usd, 13000.0, 0.0);
    assert_int_equal(second.interval, 1);
    assert_near(a.cost_usd.demand_charge, 43000.0, 0.0);
    assert_near(a.peak_import_mw, 30.0, 0.0);
    check_objective(&a);
}

/* Only the second half hour counts; then none does, and what the month had before is billed. */
static void test_peaks_of_some_hours_only(void **state)
{
    static const uint8_t second_only[] = {0, 1};
    static const uint8_t none[] = {0, 0};
    static const amp_peak peaks[] = {
        {.id = "day", .end = 2, .counts = second_only, .charge_usd_per_mw = 100.0},
        {.id = "never", .end = 2, .counts = none, .charge_usd_per_mw = 100.0, .start_mw = 3.0},
    };
    amp_site_problem problem = coupled_problem();
    plan p = {0};

    (void)state;
    problem.peak = peaks;
    fill_coupled(&p, &problem);
    const amp_peak_bill day = amp_accounts_peak(&problem, &p.schedule, 0);
    const amp_peak_bill never = amp_accounts_peak(&problem, &p.schedule, 1);
    assert_near(day.billed_mw, 24.0, 0.0);
    assert_near(day.charge_usd, 2400.0, 0.0);
    assert_int_equal(day.interval, 1);
    assert_near(never.import_mw, 0.0, 0.0);
    assert_near(never.charge_usd, 300.0, 0.0);
}

/* Of 50 and 46 USD/MWh of import, and of the 10 that energy of the agreement costs, 6 are for
 * coincident peaks: 0.5 x (22 x 44 + 8 x 4 + 24 x 40) = 980, and 0.5 x 54 x 6 = 162. */
static void test_coincident_peaks_have_a_line_of_their_own(void **state)
{
    amp_site_problem problem = coupled_problem();
    plan p = {0};

    (void)state;
    fill_coupled(&p, &problem);
    const amp_accounts apart = amp_accounts_settle(&problem, &p.schedule);
    problem.coincident_usd_per_mwh = (amp_column){.value = NULL};
    const amp_accounts none = amp_accounts_settle(&problem, &p.schedule);

    assert_near(apart.cost_usd.energy, 980.0, 1e-12);
    assert_near(apart.cost_usd.coincident_peak, 162.0, 1e-12);
    assert_near(none.cost_usd.energy, 1142.0, 1e-12);
    assert_near(none.cost_usd.coincident_peak, 0.0, 0.0);
    assert_near(none.objective_usd, apart.objective_usd, 1e-9);
}

/* Served 0.5 x (16 + 3.2) = 9.6 of 10 MWh: 9.6 x 260 = 2496, and 4 % of 9000 is due. The other job
 * has all of 4 MWh: 400, and no penalty for a share of 1e-10. */
static void test_jobs_earn_and_pay_by_their_share(void **state)
{
    const amp_site_problem problem = coupled_problem();
    plan p = {0};

    (void)state;
    fill_coupled(&p, &problem);
    const amp_accounts a = amp_accounts_settle(&problem, &p.schedule);
    const amp_job_bill llm = amp_accounts_job(&problem, &p.schedule, 0);
    const amp_job_bill tune = amp_accounts_job(&problem, &p.schedule, 1);

    assert_near(llm.served_mwh, 9.6, 1e-12);
    assert_near(llm.unserved_mwh, 0.4, 1e-12);
    assert_near(llm.value_usd, 2496.0, 1e-9);
    assert_near(llm.penalty_usd, 360.0, 1e-9);
    assert_near(tune.served_mwh, 4.0, 1e-9);
    assert_near(tune.unserved_mwh, 0.0, 0.0);
    assert_near(tune.penalty_usd, 0.0, 0.0);
    assert_near(a.revenue_usd.training, 2896.0, 1e-6);
    assert_near(a.cost_usd.penalty, 360.0, 1e-9);
    assert_near(a.unserved_it_mwh, 0.4, 1e-12);
    assert_near(a.energy_mwh.training, 17.0, 1e-12);
    assert_near(a.it_mwh.training, 13.6, 1e-12);
    /* 2896 - (980 + 43000 + 162 + 360) */
    assert_near(a.objective_usd, 2896.0 - 44502.0, 1e-6);
    check_objective(&a);
}

/* A job whose window lies outside the horizon, and one that wants nothing. */
static void test_jobs_without_energy(void **state)
{
    static const amp_job jobs[] = {
        {.id = "late", .first = 2, .end = 2, .energy_mwh = 5.0, .penalty_usd = 700.0},
        {.id = "empty", .end = 2, .penalty_usd = 900.0},
    };
    amp_site_problem problem = coupled_problem();
    plan p = {0};

    (void)state;
    problem.job = jobs;
    plan_init(&p, &problem);
    p.schedule.job_mw = p.pointer + ARRAYS_MAX - 2;
    assert_near(amp_accounts_job(&problem, &p.schedule, 0).penalty_usd, 700.0, 0.0);
    assert_near(amp_accounts_job(&problem, &p.schedule, 0).unserved_mwh, 5.0, 0.0);
    assert_near(amp_accounts_job(&problem, &p.schedule, 1).penalty_usd, 0.0, 0.0);
}

/* ---- leases ---- */

/* Of three leases one has its energy in the fee. At the bus: 10 MW, then 6 MW at 34, then 54
 * USD/MWh of import, price and adder, for half an hour each: 0.5 x (340 + 324) = 332 for each lease
 * that passes it on. The objective is the same. */
static void test_energy_that_tenants_pay_back(void **state)
{
    study s = study_open(
        HALF_HOURS "    supply: {energy_price: a, adder: 4 USD/MWh, export_price: 25 USD/MWh}\n"
                   "    mining:\n"
                   "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH}\n"
                   "    halls:\n"
                   "      - {id: x, it_power: 20 MW, pue: 1.25, lease: {load: 40 %, fee: 0 "
                   "USD/kW/month, energy: pass_through}}\n"
                   "      - {id: y, it_power: 20 MW, pue: 1.25, lease: {load: 40 %, fee: 0 "
                   "USD/kW/month, energy: included}}\n"
                   "      - {id: z, it_power: 20 MW, pue: 1.25, lease: {load: 40 %, fee: 0 "
                   "USD/kW/month}}\n",
        prices);
    const amp_site_problem problem = study_problem(&s, 0);
    plan p = {0};

    (void)state;
    plan_init(&p, &problem);
    set(p.schedule.load_mw[0], 70.0, 70.0); /* machines are no tenants */
    for (size_t i = 1; i < problem.load_count; i++)
        set(p.schedule.load_mw[i], 10.0, 6.0);

    const amp_accounts a = settle(&s, &problem, &p.schedule);

    assert_near(a.fixed_usd.energy_reimbursed, 2.0 * 332.0, 1e-9);
    check_objective(&a);
    study_close(&s);
}

/* ---- fees by local months ---- */

#define LEASED(zone, fee)                                              \
    "    time_zone: " zone "\n"                                        \
    "    supply: {energy_price: 1 USD/MWh, export_price: 0 USD/MWh}\n" \
    "    halls:\n"                                                     \
    "      - {id: x, it_power: 10 MW, pue: 1, lease: {load: 0 %, fee: " fee "}}\n"

/* An empty schedule of any length: fees do not depend on it. */
static double fee_usd(study *s)
{
    const amp_site_problem problem = study_problem(s, 0);
    const size_t count = problem.interval_count;
    double *nothing = amp_arena_alloc(s->arena, count, sizeof *nothing);
    double *load[] = {nothing};
    const amp_schedule schedule = {
        .interval_count = count,
        .load_count = 1,
        .import_mw = nothing,
        .block_mw = nothing,
        .export_mw = nothing,
        .charge_mw = nothing,
        .discharge_mw = nothing,
        .soc_mwh = nothing,
        .internal_price_usd_per_mwh = nothing,
        .stored_usd_per_mwh = nothing,
        .load_mw = load,
    };

    assert_non_null(nothing);
    return settle(s, &problem, &schedule).fixed_usd.lease_fee;
}

static void test_fee_by_hours_of_the_local_month(void **state)
{
    static const struct {
        const char *yaml;
        double fee_usd;
    } cases[] = {
        /* A whole month, whatever its length: 10,000 kW x 130 USD. */
        {HEAD("2025-02-01", "2025-03-01", "1 h") LEASED("UTC", "130 USD/kW/month"), 1300000.0},
        /* 24 of 720 hours of September. */
        {HEAD("2025-09-10", "2025-09-11", "1 h") LEASED("UTC", "72 USD/kW/month"), 24000.0},
        /* March has 743 hours in Chicago, whose clocks go forward; it starts at 06:00 UTC and ends
         * at 05:00 UTC. One hour of February (672), then one of March. */
        {HEAD("2025-03-01T05:00Z", "2025-03-01T07:00Z", "1 h")
             LEASED("America/Chicago", "499296 USD/kW/month"),
         10000.0 * (743.0 + 672.0)}, /* 499296 = 672 x 743 */
        {HEAD("2025-03-01T06:00Z", "2025-04-01T05:00Z", "1 h")
             LEASED("America/Chicago", "1 USD/kW/month"),
         10000.0},
        /* A year is twelve months; the month starts within an interval in Kolkata (18:30 UTC). */
        {HEAD("2024-12-31T18:00Z", "2025-01-31T18:00Z", "1 h")
             LEASED("Asia/Kolkata", "12 USD/kW/year"),
         10000.0 * (0.5 / 744.0 + 743.5 / 744.0)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study s = study_open(cases[i].yaml, NULL);

        assert_near(fee_usd(&s), cases[i].fee_usd, 1e-9 * cases[i].fee_usd);
        study_close(&s);
    }
}

/* A fee that varies counts by the hours of each value, also where a month begins within an
 * interval: in Kolkata September begins at 18:30 UTC. August has 744 hours, September 720, so that
 * 10,000 kW pay 0.5 / 744 x 720 + 0.5 / 720 x 720 + 1 / 720 x 1440. */
static void test_fee_that_varies(void **state)
{
    study s = study_open(HEAD("2025-08-31T18:00Z", "2025-08-31T20:00Z", "1 h")
                             LEASED("Asia/Kolkata", "a"),
                         "time,a [USD/kW/month]\n2025-08-31T18:00Z,720\n2025-08-31T19:00Z,1440\n");

    (void)state;
    assert_near(fee_usd(&s), 10000.0 * (0.5 / 744.0 * 720.0 + 0.5 + 2.0), 1e-6);
    study_close(&s);
}

/* Two million tenths that are added plainly come out wrong in the tenth digit. */
static void test_long_sums_do_not_drift(void **state)
{
    enum { COUNT = 2000000 };
    study s = study_open(
        HEAD("2025-01-01", "2025-01-24T03:33:20Z", "1 s") LEASED("UTC", "0 USD/kW/month"), NULL);
    const amp_site_problem problem = study_problem(&s, 0);
    double *tenth = test_malloc(COUNT * sizeof *tenth);
    double *nothing = test_calloc(COUNT, sizeof *nothing);
    double *load[] = {nothing};
    amp_schedule schedule = {
        .interval_count = COUNT,
        .load_count = 1,
        .import_mw = tenth,
        .block_mw = nothing,
        .export_mw = nothing,
        .charge_mw = nothing,
        .discharge_mw = nothing,
        .soc_mwh = nothing,
        .internal_price_usd_per_mwh = nothing,
        .stored_usd_per_mwh = nothing,
        .load_mw = load,
    };

    (void)state;
    assert_int_equal(problem.interval_count, COUNT);
    for (size_t t = 0; t < COUNT; t++)
        tenth[t] = 0.1;

    const amp_accounts a = settle(&s, &problem, &schedule);

    assert_near(a.energy_mwh.import, 200000.0 / 3600.0, 1e-13);
    assert_near(a.cost_usd.energy, 200000.0 / 3600.0, 1e-13);
    test_free(tenth);
    test_free(nothing);
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_and_export),
        cmocka_unit_test(test_battery_and_generators),
        cmocka_unit_test(test_loads_and_penalties),
        cmocka_unit_test(test_peaks_are_billed_on_the_highest_import),
        cmocka_unit_test(test_peaks_of_some_hours_only),
        cmocka_unit_test(test_coincident_peaks_have_a_line_of_their_own),
        cmocka_unit_test(test_jobs_earn_and_pay_by_their_share),
        cmocka_unit_test(test_jobs_without_energy),
        cmocka_unit_test(test_energy_that_tenants_pay_back),
        cmocka_unit_test(test_fee_by_hours_of_the_local_month),
        cmocka_unit_test(test_fee_that_varies),
        cmocka_unit_test(test_long_sums_do_not_drift),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
