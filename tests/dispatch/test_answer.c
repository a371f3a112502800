/* SPDX-License-Identifier: Apache-2.0 */
/* Whole portfolios dispatched, and their schedules as files. */
#include "dispatch/answer.h"

#include "study.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define HEAD                                                                    \
    "ampacity: 1\n"                                                             \
    "currency: USD\n"                                                           \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T03:00:00Z, step: 1 h}\n" \
    "bitcoin: {hashprice: 42 USD/PH/day}\n"                                     \
    "series:\n"                                                                 \
    "  price: {file: series.csv, column: price}\n"                              \
    "sites:\n"

/* 77 MW at the bus worth 90 USD/MWh, beside a lease of 8 MW that must be served. */
#define MINE                                                                          \
    "  - id: mine\n"                                                                  \
    "    country: US\n"                                                               \
    "    time_zone: UTC\n"                                                            \
    "    grid: {import_limit: 100 MW}\n"                                              \
    "    supply: {energy_price: price}\n"                                             \
    "    mining:\n"                                                                   \
    "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH,\n" \
    "         pool_fee: 1 %, overhead: 10 %}\n"                                       \
    "    halls:\n"                                                                    \
    "      - {id: leased, it_power: 8 MW, pue: 1, lease: {load: 100 %, fee: 1 USD/kW/month}}\n"

/* A battery that buys the first hour's energy for the second, and a generator that never runs. */
#define STORE                                                                                \
    "  - id: store\n"                                                                        \
    "    country: NO\n"                                                                      \
    "    time_zone: UTC\n"                                                                   \
    "    grid: {import_limit: 10 MW, export_limit: 10 MW}\n"                                 \
    "    supply: {energy_price: price, adder: 2 USD/MWh, export_price: price,\n"             \
    "             blocks: [{power: 1 MW, price: 20 USD/MWh, resale: false}]}\n"              \
    "    battery: {power: 4 MW, energy: 10 MWh, charge_efficiency: 80 %, wear: 1 USD/MWh,\n" \
    "              minimum_soc: 10 %, final_soc: 10 %}\n"                                    \
    "    generators: [{id: gas, power: 5 MW, cost: 500 USD/MWh}]\n"                          \
    "    halls:\n"                                                                           \
    "      - {id: serving, it_power: 2 MW, pue: 1.25,\n"                                     \
    "         inference: {demand: 1 MW, value: [[50 %, 400 USD/MWh], [100 %, 50 USD/MWh]]}}\n"

static const char *const prices =
    "time,price [USD/MWh]\n"
    "2025-01-01T00:00:00Z,30.25\n2025-01-01T01:00:00Z,100\n2025-01-01T02:00:00Z,40\n";

/* ---- answers ---- */

static void test_sites_add_up(void **state)
{
    study s = study_open(HEAD MINE STORE, prices);
    amp_answer *answer = study_answer(&s, NULL);

    (void)state;
    assert_true(answer->is_feasible);
    assert_int_equal(answer->site_count, 2);
    /* Mining in hours 1 and 3: 77 x (90 - 30.25 + 90 - 40); the lease buys at any price:
     * 8 x 170.25. */
    assert_near(answer->site[0].objective_usd, 77.0 * 109.75 - 8.0 * 170.25, 1e-9);
    assert_near(answer->site[0].bound_usd, answer->site[0].objective_usd, 1e-9);
    /* The block gives 1 MW at 2 USD/MWh in each hour. Serving: 0.625 MW at the bus worth 320 and
     * 0.625 worth 40. Charging 4 MW in hour 1 (32.25 but for what the block has left) stores
     * 3.2 MWh, sold at 100 in hour 2.
     * Hour 1: block 1 at 2; market 4.25 at 32.25; serves 1.25. Cost 2 + 137.0625, revenue 225,
     * wear 4.
     * Hour 2: discharge 3.2, wear 3.2. With export there is no import: 3.2 - 0.625 = 2.575 are
     * sold at 100 (the tier worth 40 is not served); revenue 200 + 257.5.
     * Hour 3: block 1 at 2 and 0.25 at 42 serve 0.625 x 320 = 200 and 0.375 x 40 = 15. */
    assert_near(answer->site[1].objective_usd,
                225.0 - 2.0 - 137.0625 - 4.0 + 457.5 - 3.2 + 215.0 - 2.0, 1e-9);
    assert_true(answer->site[1].bound_usd >= answer->site[1].objective_usd);
    assert_near(answer->objective_usd,
                answer->site[0].objective_usd + answer->site[1].objective_usd, 0.0);
    assert_near(answer->bound_usd, answer->site[0].bound_usd + answer->site[1].bound_usd, 0.0);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_infeasible_site_is_an_outcome(void **state)
{
    study s = study_open(HEAD MINE "  - id: short\n"
                                   "    country: US\n"
                                   "    time_zone: UTC\n"
                                   "    grid: {import_limit: 40 MW}\n"
                                   "    supply: {energy_price: price}\n"
                                   "    halls: [{id: x, it_power: 50 MW, pue: 1,\n"
                                   "             lease: {load: 45 MW, fee: 1 USD/kW/month}}]\n",
                         prices);
    amp_answer *answer = study_answer(&s, NULL);
    amp_error err = {0};

    (void)state;
    assert_false(answer->is_feasible);
    assert_int_equal(answer->site[0].shortage, AMP_FEASIBLE);
    assert_int_equal(answer->site[1].shortage, AMP_SHORT_OF_SUPPLY);
    assert_int_equal(answer->site[1].shortage_interval, 0);
    assert_near(answer->site[1].shortage_amount, 5.0, 1e-9);
    assert_true(answer->site[1].change_count >= 1);
    assert_near(answer->objective_usd, 0.0, 0.0);
    assert_near(answer->bound_usd, 0.0, 0.0);
    assert_int_equal(amp_answer_write_csv(answer, false, "never.csv", &err), AMP_ARGUMENT);
    assert_golden(err.message, "never.csv: there is no schedule to write");
    amp_answer_free(answer);
    study_close(&s);
}

/* ---- power modes ---- */

/* 45 MW at 15 J/TH, worth 42 / 0.36; 25 MW at 25 J/TH, worth 42 / 0.6 = 70; 25 MW more that take 10
 * of 200 TH/s away, worth -42 x 10 / (1250 x 0.024) = -14. At -30 USD/MWh all run, 6650 + 2850; at
 * 60 two, 7000 - 4200; at 80 one, 5250 - 3600. */
static void test_power_modes_follow_the_price(void **state)
{
    study s = study_open(HEAD "  - id: mine\n"
                              "    grid: {import_limit: 100 MW}\n"
                              "    supply: {energy_price: price}\n"
                              "    mining:\n"
                              "      - id: s21\n"
                              "        machines: 20000\n"
                              "        hashrate: 200 TH/s\n"
                              "        efficiency: 17.5 J/TH\n"
                              "        modes:\n"
                              "          - {id: hot, hashrate: 190 TH/s, efficiency: 25 J/TH}\n"
                              "          - {id: low, hashrate: 150 TH/s, efficiency: 15 J/TH}\n",
                         "time,price [USD/MWh]\n2025-01-01T00:00:00Z,-30\n"
                         "2025-01-01T01:00:00Z,60\n2025-01-01T02:00:00Z,80\n");
    static const double mined_mw[] = {95.0, 70.0, 45.0};
    amp_answer *answer = study_answer(&s, NULL);

    (void)state;
    assert_near(answer->objective_usd, 9500.0 + 2800.0 + 1650.0, 1e-9);
    assert_near(answer->bound_usd, answer->objective_usd, 1e-9);
    assert_near(answer->site[0].accounts.revenue_usd.mining, 6650.0 + 7000.0 + 5250.0, 1e-9);
    for (size_t t = 0; t < 3; t++)
        assert_near(answer->site[0].schedule.load_mw[0][t], mined_mw[t], 1e-9);
    amp_answer_free(answer);
    study_close(&s);
}

/* ---- peaks and jobs ---- */

#define TWO_HOURS(charge)                                                       \
    "ampacity: 1\n"                                                             \
    "currency: USD\n"                                                           \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T02:00:00Z, step: 1 h}\n" \
    "series:\n"                                                                 \
    "  first: {file: series.csv, column: first}\n"                              \
    "  second: {file: series.csv, column: second}\n"                            \
    "sites:\n"                                                                  \
    "  - id: one\n"                                                             \
    "    country: US\n"                                                         \
    "    time_zone: UTC\n"                                                      \
    "    grid: {import_limit: 20 MW}\n"                                         \
    "    supply: {energy_price: 20 USD/MWh" charge "}\n"                        \
    "    halls:\n"

#define CHARGED ", demand_charge: 0.1 USD/kW/month"

static const char *const two_hours =
    "time,first [MW],second [MW]\n2025-01-01T00:00:00Z,10,0\n2025-01-01T01:00:00Z,0,6\n";

/* The worked example of docs/mathematics.md: the first 6 MW of peak earn 40 + 80 USD/MW and cost
 * 100, the next 4 earn 40. Five calls and the last dispatch. */
static void test_year_of_two_hours(void **state)
{
    study s =
        study_open(TWO_HOURS(CHARGED) "      - {id: a, it_power: 20 MW, pue: 1,\n"
                                      "         inference: {demand: first,\n"
                                      "                     value: [[100 %, 60 USD/MWh]]}}\n"
                                      "      - {id: b, it_power: 20 MW, pue: 1,\n"
                                      "         inference: {demand: second,\n"
                                      "                     value: [[100 %, 100 USD/MWh]]}}\n",
                   two_hours);
    amp_answer *answer = study_answer(&s, NULL);
    const amp_site_answer *one = &answer->site[0];

    (void)state;
    assert_near(one->objective_usd, 120.0, 1e-6);
    assert_near(one->bound_usd, 120.0, 1e-6);
    assert_near(one->relaxed_usd, 120.0, 1e-6);
    assert_int_equal(one->calls, 6);
    assert_false(one->was_stopped);
    assert_near(one->accounts.cost_usd.demand_charge, 600.0, 1e-6);
    assert_near(one->accounts.revenue_usd.inference, 960.0, 1e-6);
    assert_near(one->accounts.cost_usd.energy, 240.0, 1e-6);
    amp_answer_free(answer);
    study_close(&s);
}

static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

/* One call is made whatever the clock says, and its schedule is kept: with no peak bound, all that
 * is worth more than 20 USD/MWh runs, 880 USD less 1000 of demand charge. */
static void test_stopped_at_once(void **state)
{
    study s =
        study_open(TWO_HOURS(CHARGED) "      - {id: a, it_power: 20 MW, pue: 1,\n"
                                      "         inference: {demand: first,\n"
                                      "                     value: [[100 %, 60 USD/MWh]]}}\n"
                                      "      - {id: b, it_power: 20 MW, pue: 1,\n"
                                      "         inference: {demand: second,\n"
                                      "                     value: [[100 %, 100 USD/MWh]]}}\n",
                   two_hours);
    const amp_host host = {.should_stop = stop_at_once};
    const amp_answer_options options = {.host = &host};
    amp_answer *answer = study_answer(&s, &options);
    const amp_site_answer *one = &answer->site[0];

    (void)state;
    assert_true(one->was_stopped);
    assert_near(one->objective_usd, 880.0 - 1000.0, 1e-6);
    assert_near(one->bound_usd, 880.0, 1e-6);
    assert_near(one->relaxed_usd, one->objective_usd, 1e-6);
    amp_answer_free(answer);
    study_close(&s);
}

/* Two jobs in a hall of 8 MW with a PUE of 1.25, worth more than their import: one takes 4 MW in
 * both hours, the other 4 MW before its deadline. */
static void test_schedule_file_with_jobs(void **state)
{
    study s = study_open(TWO_HOURS("") "      - {id: h, it_power: 8 MW, pue: 1.25,\n"
                                       "         jobs: [{id: llm, energy: 8 MWh, power: 4 MW,\n"
                                       "                 value: 900 USD/MWh},\n"
                                       "                {id: tune, energy: 4 MWh, power: 4 MW,\n"
                                       "                 deadline: 2025-01-01T01:00:00Z,\n"
                                       "                 value: 800 USD/MWh}]}\n",
                         two_hours);
    amp_answer *answer = study_answer(&s, NULL);
    const char *path = golden_path(s.folder, "out.csv");
    const char *duals = golden_path(s.folder, "duals.csv");

    (void)state;
    assert_int_equal(amp_answer_write_csv(answer, false, path, NULL), AMP_OK);
    assert_golden(golden_read(s.folder, path),
                  "time,site,import_mw,export_mw,charge_mw,discharge_mw,generation_mw,mining_mw,"
                  "lease_mw,inference_mw,training_mw,soc_mwh,internal_price_usd_per_mwh,hall.h_mw\n"
                  "2025-01-01T00:00:00Z,one,10,0,0,0,0,0,0,0,10,0,20,10\n"
                  "2025-01-01T01:00:00Z,one,5,0,0,0,0,0,0,0,5,0,20,5\n");
    assert_int_equal(amp_answer_write_csv(answer, true, duals, NULL), AMP_OK);
    assert_golden(golden_read(s.folder, duals),
                  "time,site,import_mw,export_mw,charge_mw,discharge_mw,generation_mw,mining_mw,"
                  "lease_mw,inference_mw,training_mw,soc_mwh,internal_price_usd_per_mwh,hall.h_mw,"
                  "stored_usd_per_mwh,block_mw,hall.h.llm_it_mw,hall.h.tune_it_mw\n"
                  "2025-01-01T00:00:00Z,one,10,0,0,0,0,0,0,0,10,0,20,10,0,0,4,4\n"
                  "2025-01-01T01:00:00Z,one,5,0,0,0,0,0,0,0,5,0,20,5,0,0,4,0\n");
    amp_answer_free(answer);
    study_close(&s);
}

/* ---- on threads ---- */

typedef struct {
    void (*job)(void *argument, size_t i);
    void *argument;
    size_t i;
} thread_job;

static void *run_job(void *argument)
{
    const thread_job *job = argument;

    job->job(job->argument, job->i);
    return NULL;
}

/* One thread a job, the last one first. */
static void run_parallel(void *context, size_t count, void (*job)(void *argument, size_t i),
                         void *argument)
{
    enum { THREADS_MAX = 8 };
    pthread_t thread[THREADS_MAX];
    thread_job jobs[THREADS_MAX];

    (void)context;
    assert_true(count <= THREADS_MAX);
    for (size_t k = 0; k < count; k++) {
        jobs[k] = (thread_job){job, argument, count - 1 - k};
        assert_int_equal(pthread_create(&thread[k], NULL, run_job, &jobs[k]), 0);
    }
    for (size_t k = 0; k < count; k++)
        assert_int_equal(pthread_join(thread[k], NULL), 0);
}

typedef struct {
    atomic_size_t calls;
    atomic_size_t sum;
} progress_count;

static void count_progress(void *context, size_t done, size_t total)
{
    progress_count *count = context;

    assert_int_equal(total, 2);
    (void)atomic_fetch_add(&count->calls, 1);
    (void)atomic_fetch_add(&count->sum, done);
}

static void test_threads_change_nothing(void **state)
{
    study s = study_open(HEAD MINE STORE, prices);
    const amp_host host = {.parallel = run_parallel};
    progress_count count = {0};
    const amp_answer_options options = {
        .host = &host, .progress = count_progress, .progress_context = &count};
    amp_answer *alone = study_answer(&s, NULL);
    amp_answer *together = study_answer(&s, &options);
    const char *paths[] = {golden_path(s.folder, "a.csv"), golden_path(s.folder, "b.csv")};

    (void)state;
    assert_int_equal(amp_answer_write_csv(alone, true, paths[0], NULL), AMP_OK);
    assert_int_equal(amp_answer_write_csv(together, true, paths[1], NULL), AMP_OK);
    assert_golden(golden_read(s.folder, paths[1]), golden_read(s.folder, paths[0]));
    assert_memory_equal(&alone->site[1].accounts, &together->site[1].accounts,
                        sizeof(amp_accounts));
    assert_int_equal(atomic_load(&count.calls), 2);
    assert_int_equal(atomic_load(&count.sum), 1 + 2);
    amp_answer_free(alone);
    amp_answer_free(together);
    study_close(&s);
}

/* ---- files ---- */

static const char *const schedule =
    "time,site,import_mw,export_mw,charge_mw,discharge_mw,generation_mw,mining_mw,lease_mw,"
    "inference_mw,training_mw,soc_mwh,internal_price_usd_per_mwh,mining.s21_mw,hall.leased_mw,"
    "hall.serving_mw,generator.gas_mw\n"
    "2025-01-01T00:00:00Z,mine,85,0,0,0,0,77,8,0,0,0,30.25,77,8,,\n"
    "2025-01-01T00:00:00Z,store,5.25,0,4,0,0,0,0,1.25,0,4.2,32.25,,,1.25,0\n"
    "2025-01-01T01:00:00Z,mine,8,0,0,0,0,0,8,0,0,0,100,0,8,,\n"
    "2025-01-01T01:00:00Z,store,0,2.575,0,3.2,0,0,0,0.625,0,1,100,,,0.625,0\n"
    "2025-01-01T02:00:00Z,mine,85,0,0,0,0,77,8,0,0,0,40,77,8,,\n"
    "2025-01-01T02:00:00Z,store,1,0,0,0,0,0,0,1,0,1,40,,,1,0\n";

static void test_schedule_file(void **state)
{
    study s = study_open(HEAD MINE STORE, prices);
    amp_answer *answer = study_answer(&s, NULL);
    /* What lies there is replaced; nothing else stays behind. */
    const char *path = golden_write(s.folder, "out.csv", "old");

    (void)state;
    assert_int_equal(amp_answer_write_csv(answer, false, path, NULL), AMP_OK);
    assert_golden(golden_read(s.folder, path), schedule);
    assert_int_not_equal(access(golden_path(s.folder, "out.csv.partial-0"), F_OK), 0);
    amp_answer_free(answer);
    study_close(&s);
}

/* What is stored is priced by the relaxation, which in hour 2 mixes the block's import with export:
 * of one more MW, 1 / 1.1 is sold at 100 and 0.1 / 1.1 takes the place of the block at 2; less 1 of
 * wear, 90.0909. In hour 3 it would serve what 40 are paid for, less 1 of wear. */
static void test_schedule_file_with_duals(void **state)
{
    study s = study_open(HEAD STORE, prices);
    amp_answer *answer = study_answer(&s, NULL);
    const char *path = golden_path(s.folder, "out.csv");

    (void)state;
    assert_int_equal(amp_answer_write_csv(answer, true, path, NULL), AMP_OK);
    assert_golden(
        golden_read(s.folder, path),
        "time,site,import_mw,export_mw,charge_mw,discharge_mw,generation_mw,mining_mw,lease_mw,"
        "inference_mw,training_mw,soc_mwh,internal_price_usd_per_mwh,hall.serving_mw,"
        "generator.gas_mw,stored_usd_per_mwh,block_mw,hall.serving.tier1_mw,hall.serving.tier2_mw\n"
        "2025-01-01T00:00:00Z,store,5.25,0,4,0,0,0,0,1.25,0,4.2,32.25,1.25,0,90.090909,1,0.625,0."
        "625\n"
        "2025-01-01T01:00:00Z,store,0,2.575,0,3.2,0,0,0,0.625,0,1,100,0.625,0,90.090909,0,0.625,0\n"
        "2025-01-01T02:00:00Z,store,1,0,0,0,0,0,0,1,0,1,40,1,0,39,1,0.625,0.375\n");
    amp_answer_free(answer);
    study_close(&s);
}

static void test_gzip_holds_the_same(void **state)
{
    study s = study_open(HEAD MINE STORE, prices);
    amp_answer *answer = study_answer(&s, NULL);
    const char *path = golden_path(s.folder, "out.csv.gz");
    char text[4096] = "";
    unsigned char magic[2] = {0};
    FILE *raw = NULL;
    gzFile file = NULL;

    (void)state;
    assert_int_equal(amp_answer_write_csv(answer, false, path, NULL), AMP_OK);
    raw = fopen(path, "rb");
    assert_non_null(raw);
    assert_int_equal(fread(magic, 1, 2, raw), 2);
    assert_int_equal(fclose(raw), 0);
    assert_int_equal(magic[0], 0x1f);
    assert_int_equal(magic[1], 0x8b);
    file = gzopen(path, "rb");
    assert_non_null(file);
    assert_true(gzread(file, text, sizeof text - 1) > 0);
    assert_int_equal(gzclose(file), Z_OK);
    assert_golden(text, schedule);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_devices_and_links_stay(void **state)
{
    study s = study_open(HEAD MINE STORE, prices);
    amp_answer *answer = study_answer(&s, NULL);
    const char *target = golden_write(s.folder, "target.csv", "old");
    const char *link = golden_path(s.folder, "link.csv");
    struct stat info;

    (void)state;
    assert_int_equal(amp_answer_write_csv(answer, false, "/dev/null", NULL), AMP_OK);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_int_equal(symlink(target, link), 0);
    assert_int_equal(amp_answer_write_csv(answer, false, link, NULL), AMP_OK);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_golden(golden_read(s.folder, target), schedule);
    amp_answer_free(answer);
    study_close(&s);
}

static void test_files_that_cannot_be_written(void **state)
{
    study s = study_open(HEAD MINE STORE, prices);
    amp_answer *answer = study_answer(&s, NULL);
    const char *folder = golden_path(s.folder, "");
    amp_error err = {0};
    char want[512];

    (void)state;
    assert_int_equal(amp_answer_write_csv(answer, false, "/dev/full", &err), AMP_IO);
    assert_golden(err.message, "/dev/full: No space left on device");
    assert_int_equal(amp_answer_write_csv(answer, false, folder, &err), AMP_IO);
    (void)snprintf(want, sizeof want, "%s: Is a directory", folder);
    assert_golden(err.message, want);
    amp_answer_free(answer);
    study_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sites_add_up),
        cmocka_unit_test(test_power_modes_follow_the_price),
        cmocka_unit_test(test_infeasible_site_is_an_outcome),
        cmocka_unit_test(test_year_of_two_hours),
        cmocka_unit_test(test_stopped_at_once),
        cmocka_unit_test(test_schedule_file_with_jobs),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_schedule_file),
        cmocka_unit_test(test_schedule_file_with_duals),
        cmocka_unit_test(test_gzip_holds_the_same),
        cmocka_unit_test(test_devices_and_links_stay),
        cmocka_unit_test(test_files_that_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
