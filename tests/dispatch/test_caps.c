/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GPUs whose power may be capped, against linear programmes that CLP solves over the measured
 * points themselves: weights on caps that add up to 1, no hull. The figures of the Phoenix field
 * test are those of dvfs_sweep.csv and SRP_exp_performance.csv of Emerald AI (Apache-2.0): watts of
 * a GPU and share of full throughput at caps of 100, 200, 250, 300, 350 and 400 W.
 */
#include <Clp_C_Interface.h>

#include "dispatch/capping.h"
#include "market/synthetic.h"

#include "study.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { POINTS_MAX = 8, WORKLOADS = 6, COLUMNS_MAX = WORKLOADS * POINTS_MAX, RANDOM_HALLS = 400 };

static const double w_per_mw = 1e6;
static const double energy_usd_per_mwh = 60.0;

typedef struct {
    double power_w, throughput;
} measured;

typedef struct {
    const char *id, *use;
    double gpus;
    double floor;
    bool is_pausable;
    double usd_per_mwh;
    size_t count;
    measured point[POINTS_MAX];
} workload;

/* Flex 1, 2 and 3 keep 90, 75 and 50 %. A job has the GPUs that its curve was measured with: their
 * power together over that of one. */
static const workload phoenix[WORKLOADS] = {
    {"finetune-8b",
     "training",
     32.0,
     0.75,
     false,
     5000.0,
     6,
     {{100.11568008463533, 0.22798295454545456},
      {195.37413708385373, 0.784090909090909},
      {239.8239191269841, 0.8778409090909091},
      {285.5416641104498, 0.9374999999999999},
      {317.0761557148546, 0.9673295454545454},
      {343.3614077325251, 1.0}}}, /* ft_llama_8b_p3 */
    {"chat-a",
     "inference",
     32.0,
     0.5,
     false,
     5000.0,
     6,
     {{97.9375, 0.2252252252252252},
      {194.625, 0.7807807807807806},
      {241.75, 0.8708708708708708},
      {288.9375, 0.9309309309309308},
      {332.875, 0.975975975975976},
      {368.375, 1.0}}}, /* infer_llama_8b_32g */
    {"chat-b",
     "inference",
     48.0,
     0.9,
     false,
     5000.0,
     6,
     {{97.9375, 0.2252252252252252},
      {194.625, 0.7807807807807807},
      {241.75, 0.8708708708708708},
      {288.9375, 0.9309309309309309},
      {332.875, 0.975975975975976},
      {368.375, 1.0}}}, /* infer_llama_8b_48g */
    {"chat-c",
     "inference",
     48.0,
     0.75,
     false,
     5000.0,
     6,
     {{97.9375, 0.2252252252252252},
      {194.625, 0.7807807807807807},
      {241.75, 0.8708708708708708},
      {288.9375, 0.9309309309309309},
      {332.875, 0.975975975975976},
      {368.375, 1.0}}}, /* infer_llama_8b_48g */
    {"pretrain-13b",
     "training",
     48.0,
     0.5,
     false,
     5000.0,
     6,
     {{102.90833825075129, 0.19060773480662982},
      {195.42136293629997, 0.638121546961326},
      {243.1787103441022, 0.7831491712707183},
      {287.1038303741149, 0.8660220994475138},
      {330.9657277272788, 0.9116022099447514},
      {376.82521929554076, 1.0}}}, /* pt_mpt_13b_sm */
    {"pretrain-7b",
     "training",
     48.0,
     0.5,
     false,
     5000.0,
     6,
     {{99.97692476996532, 0.17488789237668162},
      {198.42475995395918, 0.6255605381165918},
      {247.46579923211175, 0.7869955156950672},
      {295.71144557869246, 0.874439461883408},
      {343.28519556584683, 0.9349775784753362},
      {387.8466524247686, 1.0}}}, /* pt_mpt_7b_fast */
};

/* ---- the judge ---- */

/* Columns are weights on measured points (and on off); rows: their sum and throughput for each
 * workload, then the power of all. */
typedef struct {
    const workload *w;
    size_t count;
    int column_count;
    double cost[COLUMNS_MAX], lower[COLUMNS_MAX], upper[COLUMNS_MAX];
    CoinBigIndex start[COLUMNS_MAX + 1];
    int row[3 * COLUMNS_MAX];
    double value[3 * COLUMNS_MAX];
} programme;

static double full_w(const workload *w)
{
    return w->gpus * w->point[w->count - 1].power_w;
}

static void add_weight(programme *lp, size_t k, measured point, double cost)
{
    const workload *w = &lp->w[k];
    const double full = w->point[w->count - 1].throughput;
    const int n = lp->column_count;
    const int at = 3 * n;
    lp->row[at] = (int)(2 * k);
    lp->value[at] = 1.0;
    lp->row[at + 1] = (int)(2 * k) + 1;
    lp->value[at + 1] = point.throughput / full;
    lp->row[at + 2] = (int)(2 * lp->count);
    lp->value[at + 2] = w->gpus * point.power_w;
    lp->cost[n] = cost;
    lp->upper[n] = DBL_MAX;
    lp->start[n + 1] = at + 3;
    lp->column_count = n + 1;
}

/* What a weight of 1 on a point earns in an hour, USD; or takes, in W. */
static double cost_of(const workload *w, measured point, bool of_power)
{
    const double full = w->point[w->count - 1].throughput;
    const double power_w = w->gpus * point.power_w;
    const double earned_usd = w->usd_per_mwh * full_w(w) / w_per_mw * point.throughput / full;
    return of_power ? power_w : energy_usd_per_mwh * power_w / w_per_mw - earned_usd;
}

static double solve(programme *lp, double limit_w)
{
    double row_lower[2 * WORKLOADS + 1];
    double row_upper[2 * WORKLOADS + 1];
    Clp_Simplex *model = Clp_newModel();
    for (size_t k = 0; k < lp->count; k++) {
        row_lower[2 * k] = row_upper[2 * k] = 1.0;
        row_lower[2 * k + 1] = lp->w[k].floor;
        row_upper[2 * k + 1] = DBL_MAX;
    }
    row_lower[2 * lp->count] = -DBL_MAX;
    row_upper[2 * lp->count] = limit_w;
    Clp_setLogLevel(model, 0);
    Clp_loadProblem(model, lp->column_count, (int)(2 * lp->count) + 1, lp->start, lp->row,
                    lp->value, lp->lower, lp->upper, lp->cost, row_lower, row_upper);
    Clp_setPrimalTolerance(model, 1e-10);
    Clp_setDualTolerance(model, 1e-10);
    assert_int_equal(Clp_dual(model, 0), 0);
    assert_true(Clp_isProvenOptimal(model));
    const double least = Clp_objectiveValue(model);
    Clp_deleteModel(model);
    return least;
}

static double judge(const workload *w, size_t count, double limit_w, bool of_power)
{
    programme lp = {.w = w, .count = count};
    for (size_t k = 0; k < count; k++) {
        const measured off = {0.0, 0.0};
        for (size_t i = 0; i < w[k].count; i++)
            add_weight(&lp, k, w[k].point[i], cost_of(&w[k], w[k].point[i], of_power));
        if (w[k].is_pausable)
            add_weight(&lp, k, off, 0.0);
    }
    return solve(&lp, limit_w);
}

/* ---- the site ---- */

static void put_workload(FILE *out, const workload *w)
{
    (void)fprintf(out,
                  "          - {id: %s, use: %s, gpus: %.17g, floor: %.17g, pausable: %s, value: "
                  "%.17g USD/MWh, curve: [",
                  w->id, w->use, w->gpus, w->floor, w->is_pausable ? "true" : "false",
                  w->usd_per_mwh);
    for (size_t i = 0; i < w->count; i++)
        (void)fprintf(out, "%s[%.17g W, %.17g]", i == 0 ? "" : ", ", w->point[i].power_w,
                      w->point[i].throughput);
    (void)fprintf(out, "]}\n");
}

static double all_w(const workload *w, size_t count)
{
    double sum_w = 0.0;
    for (size_t k = 0; k < count; k++)
        sum_w += full_w(&w[k]);
    return sum_w;
}

static study open_hall(const workload *w, size_t count, double limit_w)
{
    golden_capture text;
    golden_capture_open(&text);
    (void)fprintf(text.file,
                  "ampacity: 1\ntime: {from: 2025-05-04, to: 2025-05-04T01:00Z, step: 1 h}\n"
                  "sites:\n  - id: phoenix\n    grid: {import_limit: %.17g W}\n"
                  "    supply: {energy_price: %g USD/MWh}\n    halls:\n"
                  "      - id: gpus\n        it_power: %.17g W\n        pue: 1\n"
                  "        workloads:\n",
                  limit_w, energy_usd_per_mwh, all_w(w, count));
    for (size_t k = 0; k < count; k++)
        put_workload(text.file, &w[k]);
    study s = study_open(golden_capture_text(&text), NULL);
    golden_capture_free(&text);
    return s;
}

/* Dispatches, and holds objective, bound and least power against the judge. */
static void expect_judged(const workload *w, size_t count, double limit_w)
{
    study s = open_hall(w, count, limit_w);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *site = &answer->site[0];
    const double most_usd = -judge(w, count, limit_w, false);
    const double tolerance_usd = 1e-9 * fmax(1.0, fabs(most_usd));
    assert_true(answer->is_feasible);
    assert_near(site->objective_usd, most_usd, tolerance_usd);
    assert_near(site->bound_usd, most_usd, tolerance_usd);
    assert_true(site->bound_usd >= site->objective_usd - 1e-12 * fabs(most_usd));
    const double least_w = judge(w, count, DBL_MAX, true);
    assert_near(*site->problem.must_mw.value * w_per_mw, least_w, 1e-9 * fmax(1.0, least_w));
    amp_answer_free(answer);
    study_close(&s);
}

/* ---- Phoenix ---- */

/* 32 x 343.3614 + 32 x 368.375 + 2 x 48 x 368.375 + 48 x 376.8252 + 48 x 387.8467 W. */
static void test_full_power_is_that_of_the_field_test(void **state)
{
    (void)state;
    assert_near(all_w(phoenix, WORKLOADS), 94843.815, 1e-3);
}

static void test_cuts_agree_with_the_linear_programme(void **state)
{
    static const double kept[] = {1.0, 0.9, 0.75, 0.7, 0.6, 0.52};
    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        expect_judged(phoenix, WORKLOADS, kept[i] * all_w(phoenix, WORKLOADS));
}

/* What a quarter less power costs: the schedule keeps every floor, and uses all there is. */
static void test_a_quarter_less_power_costs_a_tenth_of_the_throughput(void **state)
{
    const double full = all_w(phoenix, WORKLOADS);
    study s = open_hall(phoenix, WORKLOADS, 0.75 * full);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *site = &answer->site[0];
    double power_w = 0.0;
    double work_w = 0.0;
    (void)state;
    for (size_t k = 0; k < WORKLOADS; k++) {
        const amp_workload_bill bill = amp_accounts_workload(&site->problem, &site->schedule, k);
        assert_true(bill.least_throughput >= phoenix[k].floor - 1e-12);
        assert_near(bill.full_it_mwh * w_per_mw, full_w(&phoenix[k]), 1e-6);
        assert_near(bill.value_usd, 5000.0 * bill.work_it_mwh, 1e-9);
        power_w += bill.it_mwh * w_per_mw;
        work_w += bill.work_it_mwh * w_per_mw;
    }
    assert_near(power_w, 0.75 * full, 1e-6);
    assert_near(work_w / full, 0.8975, 5e-4);
    assert_near(site->accounts.unserved_it_mwh, 0.0, 0.0);
    amp_answer_free(answer);
    study_close(&s);
}

/* The floors allow this much and no less. */
static void test_deepest_cut_is_found(void **state)
{
    const double least_w = judge(phoenix, WORKLOADS, DBL_MAX, true);
    (void)state;
    assert_near(least_w, 48734.0, 1.0);
    expect_judged(phoenix, WORKLOADS, least_w * (1.0 + 1e-12));
    study s = open_hall(phoenix, WORKLOADS, least_w - 1.0);
    amp_answer *answer = study_answer(&s, NULL);
    assert_int_equal(answer->site[0].shortage, AMP_SHORT_OF_SUPPLY);
    assert_near(answer->site[0].shortage_amount * w_per_mw, 1.0, 1e-6);
    amp_answer_free(answer);
    study_close(&s);
}

/* Half of the power is short by what the floors need more, and the limit alone would have to give
 * it. */
static void test_half_the_power_is_refused(void **state)
{
    const double half_w = 0.5 * all_w(phoenix, WORKLOADS);
    const double short_w = judge(phoenix, WORKLOADS, DBL_MAX, true) - half_w;
    study s = open_hall(phoenix, WORKLOADS, half_w);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *site = &answer->site[0];
    (void)state;
    assert_false(answer->is_feasible);
    assert_int_equal(site->shortage, AMP_SHORT_OF_SUPPLY);
    assert_near(site->shortage_amount * w_per_mw, short_w, 1e-6);
    assert_near(short_w, 1312.0, 1.0);
    assert_true(site->change_count > 0);
    assert_string_equal(site->change[0].value->key, "sites[0].grid.import_limit");
    assert_true(site->change[0].change * w_per_mw >= short_w);
    assert_near(site->change[0].change * w_per_mw, short_w, 10.0); /* rounded to four digits */
    amp_answer_free(answer);
    study_close(&s);
}

/* ---- any halls ---- */

static void draw(amp_random *random, workload *w)
{
    double power_w = 20.0;
    double throughput = 0.0;
    w->id = NULL;
    w->use = amp_random_uniform(random) < 0.5 ? "training" : "inference";
    w->gpus = 1.0 + floor(100.0 * amp_random_uniform(random));
    w->count = 2 + (size_t)(amp_random_uniform(random) * (POINTS_MAX - 3));
    w->is_pausable = amp_random_uniform(random) < 0.3;
    w->floor = amp_random_uniform(random) < 0.4 ? 0.0 : amp_random_uniform(random);
    w->usd_per_mwh = amp_random_uniform(random) < 0.1 ? 0.0 : 400.0 * amp_random_uniform(random);
    for (size_t i = 0; i < w->count; i++) {
        power_w += 1.0 + 100.0 * amp_random_uniform(random);
        throughput += 0.01 + amp_random_uniform(random);
        w->point[i] = (measured){power_w, throughput};
    }
}

static void test_any_halls_agree_with_the_linear_programme(void **state)
{
    static const char *const ids[WORKLOADS] = {"a", "b", "c", "d", "e", "f"};
    (void)state;
    for (uint64_t seed = 1; seed <= RANDOM_HALLS; seed++) {
        amp_random random = amp_random_seeded(seed);
        workload w[WORKLOADS] = {{0}};
        const size_t count = 1 + (size_t)(amp_random_uniform(&random) * WORKLOADS);
        for (size_t k = 0; k < count; k++) {
            draw(&random, &w[k]);
            w[k].id = ids[k];
        }
        const double least_w = judge(w, count, DBL_MAX, true);
        const double share = amp_random_uniform(&random);
        print_message("hall %d\n", (int)seed);
        expect_judged(w, count, least_w + 1e-6 + share * (all_w(w, count) - least_w));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_power_is_that_of_the_field_test),
        cmocka_unit_test(test_cuts_agree_with_the_linear_programme),
        cmocka_unit_test(test_a_quarter_less_power_costs_a_tenth_of_the_throughput),
        cmocka_unit_test(test_deepest_cut_is_found),
        cmocka_unit_test(test_half_the_power_is_refused),
        cmocka_unit_test(test_any_halls_agree_with_the_linear_programme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
