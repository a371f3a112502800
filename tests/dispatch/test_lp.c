/* SPDX-License-Identifier: Apache-2.0 */
/* The files that dispatch/lp.h writes, judged by programs that read them: CLP and GLPK. */
#include "dispatch/lp.h"

#include "dispatch/solve.h"
#include "golden.h"
#include "oracle.h"
#include "random_coupled.h"

#include <Clp_C_Interface.h>
#include <glpk.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_SITES = 200, RANDOM_INTERVALS = 12 };

static const double nothing = 0.0;
static const double one = 1.0;

/* What a reader found in a file: the optimum of the programme that minimises. */
typedef struct {
    bool is_optimal;
    double optimum;
    int rows;
    int columns;
    int nonzeros;
} reading;

/* ---- readers ---- */

static reading read_with_clp(const char *path)
{
    Clp_Simplex *clp = Clp_newModel();
    reading found = {0};

    Clp_setLogLevel(clp, 0);
    assert_int_equal(Clp_readMps(clp, path, 1, 0), 0);
    Clp_setPrimalTolerance(clp, 1e-9);
    Clp_setDualTolerance(clp, 1e-9);
    (void)Clp_dual(clp, 0); /* not initialSolve(): the presolve of 1.17 leaks */
    found = (reading){.is_optimal = Clp_status(clp) == 0,
                      .optimum = Clp_objectiveValue(clp),
                      .rows = Clp_numberRows(clp),
                      .columns = Clp_numberColumns(clp),
                      .nonzeros = (int)Clp_getNumElements(clp)};
    Clp_deleteModel(clp);
    return found;
}

static reading read_with_glpk(const char *path, amp_lp_format format)
{
    glp_prob *glpk = glp_create_prob();
    glp_smcp parameters;
    reading found = {0};

    (void)glp_term_out(GLP_OFF);
    if (format == AMP_LP_MPS)
        assert_int_equal(glp_read_mps(glpk, GLP_MPS_FILE, NULL, path), 0);
    else
        assert_int_equal(glp_read_lp(glpk, NULL, path), 0);
    assert_int_equal(glp_get_obj_dir(glpk), GLP_MIN);
    assert_near(glp_get_obj_coef(glpk, 0), 0.0, 0.0); /* no constant */
    glp_init_smcp(&parameters);
    parameters.tol_bnd = 1e-9;
    parameters.tol_dj = 1e-9;
    (void)glp_simplex(glpk, &parameters);
    found = (reading){.is_optimal = glp_get_status(glpk) == GLP_OPT,
                      .optimum = glp_get_obj_val(glpk),
                      .rows = glp_get_num_rows(glpk),
                      .columns = glp_get_num_cols(glpk),
                      .nonzeros = glp_get_num_nz(glpk)};
    glp_delete_prob(glpk);
    return found;
}

static const char *write_file(golden_folder *folder, const char *name,
                              const amp_site_problem *problem, size_t count, amp_lp_format format)
{
    const char *path = golden_path(folder, name);
    amp_error err = {0};

    assert_int_equal(amp_lp_write(problem, count, format, path, &err), AMP_OK);
    return path;
}

/* Both formats, plain and gzip, through both readers: each finds @p optimum and the sizes that
 * amp_lp_measure() tells. */
static void check_optimum(const amp_site_problem *problem, size_t count, double optimum,
                          double tolerance)
{
    static const struct {
        const char *name;
        amp_lp_format format;
        bool by_clp;
    } files[] = {
        {"a.mps", AMP_LP_MPS, true},      {"b.mps", AMP_LP_MPS, false},
        {"c.mps.gz", AMP_LP_MPS, false},  {"d.lp", AMP_LP_CPLEX, false},
        {"e.lp.gz", AMP_LP_CPLEX, false},
    };
    golden_folder *folder = golden_folder_new();
    amp_lp_size size = {0};

    assert_int_equal(amp_lp_measure(problem, count, &size), AMP_OK);

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *path = write_file(folder, files[i].name, problem, count, files[i].format);
        const reading found =
            files[i].by_clp ? read_with_clp(path) : read_with_glpk(path, files[i].format);

        assert_true(found.is_optimal);
        assert_near(found.optimum, optimum, tolerance);
        /* GLPK counts the objective of an MPS file as a free row with its coefficients. */
        if (files[i].by_clp || files[i].format == AMP_LP_CPLEX) {
            assert_int_equal(found.rows, size.rows);
            assert_int_equal(found.columns, size.columns);
            assert_int_equal(found.nonzeros, size.nonzeros);
        }
    }
    golden_folder_free(folder);
}

/* ---- problems with known answers ---- */

static amp_column constant(const double *number)
{
    return (amp_column){.value = number, .stride = 0};
}

static amp_column varying(const double *number)
{
    return (amp_column){.value = number, .stride = 1};
}

/* A site of @p count hours from 2025-08-01T05:00:00Z on with nothing in it. */
static amp_site_problem empty_site(const char *id, size_t count)
{
    const amp_column zero = constant(&nothing);

    return (amp_site_problem){
        .site_id = id,
        .interval_count = count,
        .interval_h = 1.0,
        .from_unix_s = 1754024400,
        .step_s = 3600,
        .import_limit_mw = zero,
        .import_price_usd_per_mwh = zero,
        .block_mw = zero,
        .block_price_usd_per_mwh = zero,
        .export_limit_mw = zero,
        .export_price_usd_per_mwh = zero,
        .must_mw = zero,
        .storage = {.charge_limit_mw = zero,
                    .discharge_limit_mw = zero,
                    .charge_efficiency = 1.0,
                    .discharge_efficiency = 1.0,
                    .retention = 1.0},
    };
}

/* One zone of PyPSA's documentation (simple electricity market examples): 42 GW of demand; coal
 * 35 GW at 30, wind 3 GW at 0, gas 8 GW at 60, oil 2 GW at 80 USD/MWh. Wind and coal give 38 GW,
 * gas the rest: 35000 x 30 + 4000 x 60 = 1,290,000. */
static void test_one_zone_of_generators(void **state)
{
    static const double power[] = {35000.0, 3000.0, 8000.0, 2000.0};
    static const double cost[] = {30.0, 0.0, 60.0, 80.0};
    static const double demand = 42000.0;
    static const char *const id[] = {"coal", "wind", "gas", "oil"};
    amp_source source[4];
    const amp_load load = {.kind = AMP_LOAD_LEASE,
                           .id = "demand",
                           .is_hard = true,
                           .demand_mw = constant(&demand),
                           .capacity_mw = constant(&demand),
                           .penalty_usd_per_mwh = constant(&nothing),
                           .it_per_mwh = constant(&one)};
    amp_site_problem problem = empty_site("za", 1);

    (void)state;
    for (uint32_t i = 0; i < 4; i++)
        source[i] = (amp_source){.asset = i,
                                 .id = id[i],
                                 .power_mw = constant(&power[i]),
                                 .cost_usd_per_mwh = constant(&cost[i])};
    problem.source = source;
    problem.source_count = 4;
    problem.load = &load;
    problem.load_count = 1;
    problem.must_mw = constant(&demand);
    check_optimum(&problem, 1, 1290000.0, 1e-6);
}

/* 1 MW / 2 MWh, 90 % each way, empty at first and free at the end, against prices that allow two
 * round trips. The optimum was computed once by another LP code: 100.6790123. */
static const double arbitrage_price[] = {20.0, 10.0, 15.0, 60.0, 40.0, 80.0, 30.0, 25.0};

static amp_site_problem arbitrage_site(const char *id)
{
    amp_site_problem problem = empty_site(id, 8);

    problem.import_limit_mw = constant(&one);
    problem.export_limit_mw = constant(&one);
    problem.import_price_usd_per_mwh = varying(arbitrage_price);
    problem.export_price_usd_per_mwh = varying(arbitrage_price);
    problem.storage = (amp_storage){.is_present = true,
                                    .charge_limit_mw = constant(&one),
                                    .discharge_limit_mw = constant(&one),
                                    .charge_efficiency = 0.9,
                                    .discharge_efficiency = 0.9,
                                    .maximum_mwh = 2.0,
                                    .retention = 1.0};
    return problem;
}

static void test_battery_against_prices(void **state)
{
    const amp_site_problem problem = arbitrage_site("battery");

    (void)state;
    check_optimum(&problem, 1, -100.6790123, 5e-8);
}

static void test_sites_add_up_in_one_file(void **state)
{
    /* Ids that the LP format cannot hold, or that become one when it is cut to fit. */
    static const char *const id[] = {"a-b",
                                     "a_b",
                                     "1st",
                                     "e5",
                                     "a-site-with-a-name-that-goes-on-and-on-and-on-1",
                                     "a-site-with-a-name-that-goes-on-and-on-and-on-2"};
    enum { SITES = sizeof id / sizeof id[0] };
    amp_site_problem problem[SITES];

    (void)state;
    for (size_t i = 0; i < SITES; i++)
        problem[i] = arbitrage_site(id[i]);
    check_optimum(problem, SITES, -100.6790123 * SITES, 5e-8 * SITES);
}

/* A lease of 3 MW in a hall that takes 2.5, with a penalty of 4000, and 2 MW of import at 50: 2 MW
 * are served. 1 h: 2 x 50 + 1 x 4000 = 4100. */
static void test_unserved_demand_needs_no_constant(void **state)
{
    static const double demand = 3.0;
    static const double capacity = 2.5;
    static const double penalty = 4000.0;
    static const double limit = 2.0;
    static const double price = 50.0;
    const amp_load load = {.kind = AMP_LOAD_LEASE,
                           .id = "hall",
                           .demand_mw = constant(&demand),
                           .capacity_mw = constant(&capacity),
                           .penalty_usd_per_mwh = constant(&penalty),
                           .it_per_mwh = constant(&one),
                           .tier_count = 1};
    const amp_tier tier = {.power_mw = constant(&capacity),
                           .value_usd_per_mwh = constant(&penalty)};
    amp_site_problem problem = empty_site("pecos", 1);

    (void)state;
    problem.import_limit_mw = constant(&limit);
    problem.import_price_usd_per_mwh = constant(&price);
    problem.load = &load;
    problem.load_count = 1;
    problem.tier = &tier;
    problem.tier_count = 1;
    check_optimum(&problem, 1, 4100.0, 1e-9);
}

/* What is stored at first, kept and asked for at the end. 10 MWh at first, 80 % kept an hour, so
 * that 8 of them are there after one hour and 6.4 after two. Import costs 10, charging is perfect.
 */
static void test_first_and_last_energy(void **state)
{
    static const double limit = 5.0;
    static const double price = 10.0;
    static const struct {
        amp_final final;
        double final_mwh;
        double terminal_value;
        double optimum;
    } cases[] = {
        {AMP_FINAL_EXACT, 9.4, 0.0, 30.0},   /* 3 MWh in the second hour */
        {AMP_FINAL_MINIMUM, 9.4, 0.0, 30.0}, /* the same: more would cost more */
        {AMP_FINAL_MINIMUM, 5.0, 0.0, 0.0},  /* is there anyhow */
        {AMP_FINAL_FREE, 0.0, 9.0, -57.6},   /* 6.4 x 9; buying at 10 is too dear */
        {AMP_FINAL_FREE, 0.0, 12.0, -86.8},  /* (6.4 + 5) x 12 - 5 x 10; not in hour 1: 12 x 0.8 */
    };
    amp_site_problem problem = empty_site("pecos", 2);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        problem.import_limit_mw = constant(&limit);
        problem.import_price_usd_per_mwh = constant(&price);
        problem.storage = (amp_storage){.is_present = true,
                                        .charge_limit_mw = constant(&limit),
                                        .discharge_limit_mw = constant(&nothing),
                                        .charge_efficiency = 1.0,
                                        .discharge_efficiency = 1.0,
                                        .maximum_mwh = 20.0,
                                        .initial_mwh = 10.0,
                                        .final = cases[i].final,
                                        .final_mwh = cases[i].final_mwh,
                                        .terminal_value_usd_per_mwh = cases[i].terminal_value,
                                        .retention = 0.8};
        check_optimum(&problem, 1, cases[i].optimum, 1e-9);
    }
}

/* A hall with one job, of 4 MW and 6 MWh of IT worth 100 and 10 more in penalties, that is 1.25 as
 * much at the bus; two hours at 20 and 40. Each MW at the bus in both hours serves 1.6 MWh, which
 * are worth 176, and costs 60 and the peak. */
static void test_peaks_and_jobs(void **state)
{
    static const double limit = 10.0;
    static const double price[] = {20.0, 40.0};
    static const double it_per_mwh = 0.8;
    static const struct {
        double charge, start_mw, capacity_mw, optimum;
    } cases[] = {
        /* 210 is more than 176: the 2 MW that are due anyhow. 300 + 120 - 320 + 28 */
        {150.0, 2.0, 10.0, 128.0},
        /* All of it with 3.75 MW: 393.75 + 225 - 600 */
        {105.0, 2.0, 10.0, 18.75},
        /* The hall has room for 3 MW: 315 + 180 - 480 + 12 */
        {105.0, 2.0, 3.0, 27.0},
        /* More than can be imported is due: 2100 + 5 x 20 + 2.5 x 40 - 600 */
        {105.0, 20.0, 10.0, 1700.0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const amp_load load = {.kind = AMP_LOAD_TRAINING,
                               .id = "training",
                               .demand_mw = constant(&nothing),
                               .capacity_mw = constant(&cases[i].capacity_mw),
                               .penalty_usd_per_mwh = constant(&nothing),
                               .it_per_mwh = constant(&it_per_mwh)};
        const amp_peak peak = {.id = "202508",
                               .end = 2,
                               .charge_usd_per_mw = cases[i].charge,
                               .start_mw = cases[i].start_mw};
        const amp_job job = {.id = "llm",
                             .end = 2,
                             .power_mw = 4.0,
                             .energy_mwh = 6.0,
                             .value_usd_per_mwh = 100.0,
                             .penalty_usd = 60.0};
        amp_site_problem problem = empty_site("pecos", 2);
        problem.import_limit_mw = constant(&limit);
        problem.import_price_usd_per_mwh = varying(price);
        problem.load = &load;
        problem.load_count = 1;
        problem.peak = &peak;
        problem.peak_count = 1;
        problem.job = &job;
        problem.job_count = 1;
        check_optimum(&problem, 1, cases[i].optimum, 1e-9);
    }
}

/* 5 MW that must run, two hours. Gas gives up to 5 MW at 10, weighing 2, as far as 8 of fuel go: 4
 * MWh; import costs 50, and its highest hour of those that count 30 a MW. Where only the first hour
 * counts, it takes what gas there is: 1 MW is left, 4 x 10 + 6 x 50 + 1 x 30. Where both count, the
 * 6 MWh are spread, 3 MW each. Where none does, when gas runs does not matter; 2 MW are due. */
static void test_hours_and_budgets(void **state)
{
    static const double limit = 10.0;
    static const double price = 50.0;
    static const double power = 5.0;
    static const double cost = 10.0;
    static const uint32_t gas[] = {0};
    static const double two = 2.0;
    static const amp_column weight[] = {{&two, 0}};
    static const struct {
        uint8_t counts[2];
        double start_mw, optimum;
    } cases[] = {
        {{1, 0}, 0.0, 370.0},
        {{1, 1}, 0.0, 430.0},
        {{0, 0}, 2.0, 400.0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const amp_source source = {
            .id = "gas", .power_mw = constant(&power), .cost_usd_per_mwh = constant(&cost)};
        const amp_peak peak = {.id = "202508",
                               .end = 2,
                               .charge_usd_per_mw = 30.0,
                               .start_mw = cases[i].start_mw,
                               .counts = cases[i].counts};
        const amp_budget budget = {
            .id = "fuel", .source = gas, .weight = weight, .source_count = 1, .limit = 8.0};
        amp_site_problem problem = empty_site("pecos", 2);
        problem.import_limit_mw = constant(&limit);
        problem.import_price_usd_per_mwh = constant(&price);
        problem.must_mw = constant(&power);
        problem.source = &source;
        problem.source_count = 1;
        problem.peak = &peak;
        problem.peak_count = 1;
        problem.budget = &budget;
        problem.budget_count = 1;
        check_optimum(&problem, 1, cases[i].optimum, 1e-9);
    }
}

/* ---- the text itself ---- */

/* Two hours with everything: block, export, battery, a generator, a fleet and a hall. */
typedef struct {
    amp_site_problem problem;
    amp_load load[2];
    amp_tier tier[3];
    amp_source source;
} full_site;

static void fill_full_site(full_site *site)
{
    static const double import[] = {10.0, 0.0};
    static const double price[] = {30.1, 31.0};
    static const double block[] = {4.0, 0.0};
    static const double adder = 4.5;
    static const double export = 8.0;
    static const double mine_value = 55.0;
    static const double demand = 3.0;
    static const double slice[] = {1.8, 1.2};
    static const double value[] = {436.0, 196.0}; /* 420 and 180 with the penalty of 16 */
    static const double penalty = 16.0;
    static const double cost = 62.0;
    amp_site_problem *p = &site->problem;

    *p = empty_site("pecos", 2);
    p->interval_h = 0.5;
    p->step_s = 1800;
    p->import_limit_mw = varying(import);
    p->import_price_usd_per_mwh = varying(price);
    p->block_mw = varying(block);
    p->block_price_usd_per_mwh = constant(&adder);
    p->export_limit_mw = constant(&export);
    p->export_price_usd_per_mwh = varying(price);
    p->must_mw = constant(&one);
    p->storage = (amp_storage){.is_present = true,
                               .charge_limit_mw = constant(&demand),
                               .discharge_limit_mw = constant(&demand),
                               .charge_efficiency = 0.96,
                               .discharge_efficiency = 0.8,
                               .minimum_mwh = 1.0,
                               .maximum_mwh = 8.0,
                               .initial_mwh = 2.0,
                               .final = AMP_FINAL_EXACT,
                               .final_mwh = 3.0,
                               .wear_usd_per_mwh = 6.0,
                               .retention = 0.75};
    site->load[0] = (amp_load){.kind = AMP_LOAD_MINING,
                               .id = "s21",
                               .demand_mw = constant(&demand),
                               .capacity_mw = constant(&demand),
                               .penalty_usd_per_mwh = constant(&nothing),
                               .it_per_mwh = constant(&nothing),
                               .tier_count = 1};
    site->load[1] = (amp_load){.kind = AMP_LOAD_INFERENCE,
                               .id = "serving",
                               .demand_mw = constant(&demand),
                               .capacity_mw = constant(&demand),
                               .penalty_usd_per_mwh = constant(&penalty),
                               .it_per_mwh = constant(&one),
                               .first_tier = 1,
                               .tier_count = 2};
    site->tier[0] =
        (amp_tier){.power_mw = constant(&demand), .value_usd_per_mwh = constant(&mine_value)};
    for (size_t k = 0; k < 2; k++)
        site->tier[1 + k] = (amp_tier){
            .power_mw = constant(&slice[k]), .value_usd_per_mwh = constant(&value[k]), .load = 1};
    site->source = (amp_source){
        .id = "gas", .power_mw = constant(&export), .cost_usd_per_mwh = constant(&cost)};
    p->load = site->load;
    p->load_count = 2;
    p->tier = site->tier;
    p->tier_count = 3;
    p->source = &site->source;
    p->source_count = 1;
}

static const char *reference_path(golden_folder *folder, const char *name)
{
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    char path[512];

    assert_non_null(root);
    (void)snprintf(path, sizeof path, "%s/tests/dispatch/reference/%s", root, name);
    return golden_read(folder, path);
}

static void test_text_of_both_formats(void **state)
{
    golden_folder *folder = golden_folder_new();
    full_site site;

    (void)state;
    fill_full_site(&site);
    assert_golden(golden_read(folder, write_file(folder, "full.mps", &site.problem, 1, AMP_LP_MPS)),
                  reference_path(folder, "full.mps"));
    assert_golden(
        golden_read(folder, write_file(folder, "full.lp", &site.problem, 1, AMP_LP_CPLEX)),
        reference_path(folder, "full.lp"));
    golden_folder_free(folder);
}

/* Three half hours with an agreement, peaks that overlap, one of which counts some of its
 * intervals, a generator with a budget, which has no power at first, two jobs of one name in a hall
 * that does not hold both, and jobs without power or energy. */
static void test_text_of_peaks_and_jobs(void **state)
{
    static const double import = 10.0;
    static const double price[] = {30.0, 31.0, 32.0};
    static const double block = 4.0;
    static const double adder = 4.5;
    static const double capacity = 10.0;
    static const double it_per_mwh[] = {0.8, 0.625, 0.5};
    static const double gas_mw[] = {0.0, 2.0, 2.0};
    static const double gas_cost = 62.0;
    static const uint32_t gas = 0;
    static const double three = 3.0;
    static const amp_column weight = {&three, 0};
    static const uint8_t counts[] = {0, 1};
    static const amp_budget budget = {
        .id = "fuel-gas", .source = &gas, .weight = &weight, .source_count = 1, .limit = 4.5};
    const amp_source source = {
        .id = "gas", .power_mw = varying(gas_mw), .cost_usd_per_mwh = constant(&gas_cost)};
    static const amp_peak peak[] = {
        {.id = "202507", .first = 0, .end = 2, .charge_usd_per_mw = 3900.0, .start_mw = 2.5},
        {.id = "summer",
         .first = 1,
         .end = 3,
         .charge_usd_per_mw = 0.0,
         .start_mw = 12.0,
         .counts = counts},
    };
    static const amp_job job[] = {
        {.id = "llm-7b",
         .first = 0,
         .end = 3,
         .power_mw = 4.0,
         .energy_mwh = 3.0,
         .value_usd_per_mwh = 260.0,
         .penalty_usd = 90.0},
        {.id = "llm_7b",
         .first = 1,
         .end = 2,
         .power_mw = 5.0,
         .energy_mwh = 2.0,
         .value_usd_per_mwh = 100.0},
        {.id = "stalled", .first = 0, .end = 3, .energy_mwh = 8.0, .penalty_usd = 16.0},
        {.id = "empty", .first = 0, .end = 3, .power_mw = 6.0, .value_usd_per_mwh = 100.0},
    };
    const amp_load load = {.kind = AMP_LOAD_TRAINING,
                           .id = "training",
                           .demand_mw = constant(&nothing),
                           .capacity_mw = constant(&capacity),
                           .penalty_usd_per_mwh = constant(&nothing),
                           .it_per_mwh = varying(it_per_mwh)};
    amp_site_problem problem = empty_site("pecos", 3);
    golden_folder *folder = golden_folder_new();

    (void)state;
    problem.interval_h = 0.5;
    problem.step_s = 1800;
    problem.import_limit_mw = constant(&import);
    problem.import_price_usd_per_mwh = varying(price);
    problem.block_mw = constant(&block);
    problem.block_price_usd_per_mwh = constant(&adder);
    problem.source = &source;
    problem.source_count = 1;
    problem.budget = &budget;
    problem.budget_count = 1;
    problem.load = &load;
    problem.load_count = 1;
    problem.peak = peak;
    problem.peak_count = 2;
    problem.job = job;
    problem.job_count = 4;
    assert_golden(golden_read(folder, write_file(folder, "a.mps", &problem, 1, AMP_LP_MPS)),
                  reference_path(folder, "coupled.mps"));
    assert_golden(golden_read(folder, write_file(folder, "a.lp", &problem, 1, AMP_LP_CPLEX)),
                  reference_path(folder, "coupled.lp"));
    golden_folder_free(folder);
}

static void test_numbers_read_back_the_same(void **state)
{
    static const double price[] = {1.0 / 3.0, 0.1 + 0.2, 1e-9, 123456789.123456789, -1e20 / 7.0};
    enum { COUNT = sizeof price / sizeof price[0] };
    golden_folder *folder = golden_folder_new();
    amp_site_problem problem = empty_site("pecos", COUNT);
    glp_prob *glpk = glp_create_prob(); /* reads numbers with strtod(); CLP's reader loses a bit */

    (void)state;
    problem.import_limit_mw = constant(&one);
    problem.import_price_usd_per_mwh = varying(price);
    assert_int_equal(glp_read_mps(glpk, GLP_MPS_FILE, NULL,
                                  write_file(folder, "a.mps", &problem, 1, AMP_LP_MPS)),
                     0);
    for (size_t t = 0; t < COUNT; t++)
        assert_near(glp_get_obj_coef(glpk, (int)t + 1), price[t], 0.0);
    glp_delete_prob(glpk);
    golden_folder_free(folder);
}

/* ---- files that cannot be written ---- */

static void test_missing_folder_is_said(void **state)
{
    golden_folder *folder = golden_folder_new();
    const char *path = golden_path(folder, "no/such/a.mps");
    const amp_site_problem problem = arbitrage_site("battery");
    amp_error err = {0};
    char want[512];

    (void)state;
    (void)snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_int_equal(amp_lp_write(&problem, 1, AMP_LP_MPS, path, &err), AMP_IO);
    assert_golden(err.message, want);
    golden_folder_free(folder);
}

static void test_full_disk_is_said(void **state)
{
    const amp_site_problem problem = arbitrage_site("battery");
    amp_error err = {0};

    (void)state;
    assert_int_equal(amp_lp_write(&problem, 1, AMP_LP_MPS, "/dev/full", &err), AMP_IO);
    assert_golden(err.message, "/dev/full: No space left on device");
}

/* ---- random sites ---- */

static void complain(const random_site *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(const random_site *site, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    random_site_complain(site, format, arguments);
    va_end(arguments);
    fail();
}

/* Where the solver, which does not know the file, finds a schedule, its bound is the optimum of the
 * file. (The relaxation may be feasible where no schedule of one mode is.) */
static void check_bound(const random_site *site, double optimum, double tolerance)
{
    amp_solver *solver = NULL;
    amp_solution solution = {0};

    assert_int_equal(amp_solver_new(&site->problem, &solver, NULL), AMP_OK);
    amp_solver_solve(solver, &solution);
    amp_solver_free(solver);
    if (solution.shortage == AMP_FEASIBLE && fabs(optimum - solution.bound_usd) > tolerance)
        complain(site, "MPS gives %.12g, the bound is %.12g", optimum, solution.bound_usd);
}

/* Both formats have the oracle's optimum; returns what MPS gives. */
static bool check_files(const random_site *site, const amp_site_problem *problem, double *optimum,
                        double *tolerance)
{
    oracle *judge = oracle_new(problem);
    const oracle_answer want = oracle_solve(judge);
    golden_folder *folder = golden_folder_new();
    const reading mps = read_with_clp(write_file(folder, "a.mps", problem, 1, AMP_LP_MPS));
    const reading lp =
        read_with_glpk(write_file(folder, "a.lp", problem, 1, AMP_LP_CPLEX), AMP_LP_CPLEX);
    amp_lp_size size = {0};
    assert_int_equal(amp_lp_measure(problem, 1, &size), AMP_OK);
    *tolerance = 1e-9 * want.turnover_usd + 1e-6;
    *optimum = -mps.optimum;
    if (mps.rows != (int)size.rows || mps.columns != (int)size.columns ||
        mps.nonzeros != (int)size.nonzeros || lp.rows != mps.rows || lp.columns != mps.columns ||
        lp.nonzeros != mps.nonzeros)
        complain(site, "MPS has %d rows, %d columns, %d nonzeros; LP %d, %d, %d", mps.rows,
                 mps.columns, mps.nonzeros, lp.rows, lp.columns, lp.nonzeros);
    if (mps.is_optimal != want.is_feasible || lp.is_optimal != want.is_feasible)
        complain(site, "feasible %d, MPS %d, LP %d", want.is_feasible, mps.is_optimal,
                 lp.is_optimal);
    if (want.is_feasible && fabs(-mps.optimum - want.value_usd) > *tolerance)
        complain(site, "MPS gives %.12g, expected %.12g", -mps.optimum, want.value_usd);
    if (want.is_feasible && fabs(-lp.optimum - want.value_usd) > *tolerance)
        complain(site, "LP gives %.12g, expected %.12g", -lp.optimum, want.value_usd);
    golden_folder_free(folder);
    oracle_free(judge);
    return want.is_feasible;
}

static void check_random_site(uint64_t seed)
{
    random_site *site = random_site_new(seed, RANDOM_INTERVALS);
    double optimum = 0.0;
    double tolerance = 0.0;
    assert_non_null(site);
    if (check_files(site, &site->problem, &optimum, &tolerance))
        check_bound(site, optimum, tolerance);
    random_site_free(site);
}

static void test_random_sites_read_back(void **state)
{
    const uint64_t seed = random_site_base_seed();

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (uint64_t i = 0; i < random_site_count(RANDOM_SITES); i++)
        check_random_site(seed + i);
}

/* With peaks and jobs, and agreements beside them; every second one with starts that cost. */
static void test_random_coupled_sites_read_back(void **state)
{
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(RANDOM_SITES);
    size_t feasible = 0;
    size_t coupled = 0;
    double optimum = 0.0;
    double tolerance = 0.0;

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (uint64_t i = 0; i < count; i++) {
        random_coupled *site = random_coupled_new(seed + i, RANDOM_INTERVALS);
        assert_non_null(site);
        assert_true(i % 2 == 0 || random_coupled_add_restarts(seed + i, site));
        coupled += site->problem.peak_count > 0 && site->problem.job_count > 0 ? 1 : 0;
        feasible += check_files(site->base, &site->problem, &optimum, &tolerance) ? 1 : 0;
        random_coupled_free(site);
    }
    assert_true(2 * feasible > count);
    assert_true(4 * coupled > count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_zone_of_generators),
        cmocka_unit_test(test_battery_against_prices),
        cmocka_unit_test(test_sites_add_up_in_one_file),
        cmocka_unit_test(test_unserved_demand_needs_no_constant),
        cmocka_unit_test(test_first_and_last_energy),
        cmocka_unit_test(test_peaks_and_jobs),
        cmocka_unit_test(test_hours_and_budgets),
        cmocka_unit_test(test_text_of_both_formats),
        cmocka_unit_test(test_text_of_peaks_and_jobs),
        cmocka_unit_test(test_numbers_read_back_the_same),
        cmocka_unit_test(test_missing_folder_is_said),
        cmocka_unit_test(test_full_disk_is_said),
        cmocka_unit_test(test_random_sites_read_back),
        cmocka_unit_test(test_random_coupled_sites_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
