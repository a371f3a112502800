/* SPDX-License-Identifier: Apache-2.0 */
/* The public library, through its header alone. */
#include <ampacity.h>

#include "golden.h"

#include <string.h>

#define PORTFOLIO(limit, load)                                                        \
    "ampacity: 1\n"                                                                   \
    "time: {from: 2025-01-01T00:00:00Z, to: 2025-01-01T03:00:00Z, step: 1 h}\n"       \
    "bitcoin: {hashprice: 42 USD/PH/day}\n"                                           \
    "series: {price: {file: series.csv, column: price}}\n"                            \
    "sites:\n"                                                                        \
    "  - id: mine\n"                                                                  \
    "    country: US\n"                                                               \
    "    time_zone: UTC\n"                                                            \
    "    grid: {import_limit: " limit ", export_limit: 20 MW}\n"                      \
    "    supply: {energy_price: price, adder: 1 USD/MWh, export_price: price}\n"      \
    "    generators: [{id: gas, power: 5 MW, cost: 80 USD/MWh}]\n"                    \
    "    battery: {power: 10 MW, energy: 10 MWh}\n"                                   \
    "    mining:\n"                                                                   \
    "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH,\n" \
    "         pool_fee: 1 %, overhead: 10 %}\n"                                       \
    "    halls:\n"                                                                    \
    "      - {id: x, it_power: 50 MW, pue: 1,\n"                                      \
    "         lease: {load: " load ", fee: 1 USD/kW/month}}\n"                        \
    "      - {id: y, it_power: 4 MW, pue: 1.25,\n"                                    \
    "         inference: {demand: 4 MW, value: [[100 %, 500 USD/MWh]]}}\n"

static const char *const prices = "time,price [USD/MWh]\n"
                                  "2025-01-01T00:00:00Z,30\n"
                                  "2025-01-01T01:00:00Z,100\n"
                                  "2025-01-01T02:00:00Z,40\n";

static amp_status load(golden_folder *folder, const char *yaml, amp_study **out,
                       amp_messages **messages)
{
    (void)golden_write(folder, "series.csv", prices);
    return amp_study_load(golden_write(folder, "portfolio.yaml", yaml), out, messages);
}

static void check_series(const amp_result *result, amp_series series, double first, double second,
                         double third)
{
    const double *got = amp_result_series(result, 0, series);

    assert_non_null(got);
    assert_near(got[0], first, 1e-9);
    assert_near(got[1], second, 1e-9);
    assert_near(got[2], third, 1e-9);
}

/* Hour 1 buys at 31 for the mine (77 MW worth 90), the lease, the inference and the battery. In
 * hour 2 at 100 the mine rests: battery 10 and gas 5 (at 80) meet the 13 MW of both halls and sell
 * 2. Hour 3 buys at 41. */
static void test_study_is_loaded_and_dispatched(void **state)
{
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_messages *messages = NULL;
    amp_result *result = NULL;

    (void)state;
    assert_int_equal(load(folder, PORTFOLIO("200 MW", "8 MW"), &study, &messages), AMP_OK);
    assert_int_equal(amp_messages_count(messages), 0);
    assert_int_equal(amp_study_site_count(study), 1);
    assert_string_equal(amp_study_site_id(study, 0), "mine");
    assert_null(amp_study_site_id(study, 1));
    assert_int_equal(amp_study_interval_count(study), 3);
    assert_int_equal(amp_study_time_unix_s(study, 1), 1735693200);
    assert_int_equal(amp_study_time_unix_s(study, 3), 1735700400);

    assert_int_equal(amp_study_dispatch(study, &result, NULL), AMP_OK);
    check_series(result, AMP_SERIES_IMPORT_MW, 100.0, 0.0, 90.0);
    check_series(result, AMP_SERIES_EXPORT_MW, 0.0, 2.0, 0.0);
    check_series(result, AMP_SERIES_CHARGE_MW, 10.0, 0.0, 0.0);
    check_series(result, AMP_SERIES_DISCHARGE_MW, 0.0, 10.0, 0.0);
    check_series(result, AMP_SERIES_GENERATION_MW, 0.0, 5.0, 0.0);
    check_series(result, AMP_SERIES_MINING_MW, 77.0, 0.0, 77.0);
    check_series(result, AMP_SERIES_LEASE_MW, 8.0, 8.0, 8.0);
    check_series(result, AMP_SERIES_INFERENCE_MW, 5.0, 5.0, 5.0);
    check_series(result, AMP_SERIES_SOC_MWH, 10.0, 0.0, 0.0);
    check_series(result, AMP_SERIES_INTERNAL_PRICE_USD_PER_MWH, 31.0, 100.0, 41.0);
    assert_null(amp_result_series(result, 1, AMP_SERIES_IMPORT_MW));
    /* 2 x 77 x 90 + 3 x 4 x 500 + 2 x 100 - 100 x 31 - 90 x 41 - 5 x 80. */
    assert_near(amp_result_objective_usd(result),
                13860.0 + 6000.0 + 200.0 - 3100.0 - 3690.0 - 400.0, 1e-6);
    assert_true(amp_result_bound_usd(result) >= amp_result_objective_usd(result));
    amp_result_free(result);
    amp_study_free(study);
    amp_messages_free(messages);
    golden_folder_free(folder);
}

/* A result is the study's; a second one is the same, and neither disturbs the other. */
static void test_dispatched_twice(void **state)
{
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_result *result[2] = {NULL, NULL};

    (void)state;
    assert_int_equal(load(folder, PORTFOLIO("200 MW", "8 MW"), &study, NULL), AMP_OK);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(amp_study_dispatch(study, &result[i], NULL), AMP_OK);
    assert_memory_equal(amp_result_series(result[0], 0, AMP_SERIES_IMPORT_MW),
                        amp_result_series(result[1], 0, AMP_SERIES_IMPORT_MW), 3 * sizeof(double));
    assert_near(amp_result_bound_usd(result[0]), amp_result_bound_usd(result[1]), 0.0);
    amp_result_free(result[0]);
    check_series(result[1], AMP_SERIES_LEASE_MW, 8.0, 8.0, 8.0);
    amp_result_free(result[1]);
    amp_study_free(study);
    golden_folder_free(folder);
}

static void test_infeasible_has_no_series(void **state)
{
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_result *result = NULL;

    (void)state;
    assert_int_equal(load(folder, PORTFOLIO("20 MW", "40 MW"), &study, NULL), AMP_OK);
    assert_int_equal(amp_study_dispatch(study, &result, NULL), AMP_INFEASIBLE);
    assert_near(amp_result_objective_usd(result), 0.0, 0.0);
    assert_near(amp_result_bound_usd(result), 0.0, 0.0);
    assert_null(amp_result_series(result, 0, AMP_SERIES_IMPORT_MW));
    amp_result_free(result);
    amp_study_free(study);
    golden_folder_free(folder);
}

/* 40 MW of IT at PUE 1 behind 20 MW of grid, 5 MW of gas and an empty battery: 15 MW short. */
static void test_infeasible_says_why(void **state)
{
    static const struct {
        const char *key;
        const char *message;
        const char *advice;
    } changes[] = {
        {"sites[0].halls[0].lease.load", "a change from 40 MW to 25 MW would do", "write '25 MW'"},
        {"sites[0].grid.import_limit", "a change from 20 MW to 35 MW would do", "write '35 MW'"},
        {"sites[0].generators[0].power", "a change from 5 MW to 20 MW would do", "write '20 MW'"},
    };
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_result *result = NULL;
    amp_messages *messages = NULL;

    (void)state;
    assert_int_equal(load(folder, PORTFOLIO("20 MW", "40 MW"), &study, NULL), AMP_OK);
    assert_int_equal(amp_study_dispatch(study, &result, &messages), AMP_INFEASIBLE);
    assert_true(amp_messages_count(messages) > 0);

    const amp_message first = amp_messages_get(messages, 0);

    assert_int_equal(first.is_error, 1);
    assert_string_equal(first.id, "infeasible");
    assert_true(first.line > 0);
    assert_golden(
        first.message,
        "site 'mine': first in the interval from 2025-01-01T00:00:00Z, what must be served "
        "is 15 MW more than the connection, the generators and the battery can give");
    assert_string_equal(first.advice, "change any one of the limits that follow");
    assert_int_equal(amp_messages_count(messages), 1 + sizeof changes / sizeof changes[0]);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const amp_message m = amp_messages_get(messages, 1 + i);

        assert_int_equal(m.is_error, 0);
        assert_true(m.line > 0);
        assert_string_equal(m.key, changes[i].key);
        assert_golden(m.message, changes[i].message);
        assert_string_equal(m.advice, changes[i].advice);
    }
    amp_messages_free(messages);
    amp_result_free(result);
    amp_study_free(study);
    golden_folder_free(folder);
}

static void test_findings_come_with_their_place(void **state)
{
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_messages *messages = NULL;
    amp_message m;

    (void)state;
    assert_int_equal(load(folder, PORTFOLIO("200", "8 MW"), &study, &messages), AMP_PARSE);
    assert_null(study);
    assert_int_equal(amp_messages_count(messages), 1);
    m = amp_messages_get(messages, 0);
    assert_int_equal(m.is_error, 1);
    assert_string_equal(m.id, "unit-missing");
    assert_string_equal(m.file, golden_path(folder, "portfolio.yaml"));
    assert_int_equal(m.line, 9);
    assert_string_equal(m.key, "sites[0].grid.import_limit");
    assert_true(strlen(m.message) > 0);
    assert_true(strlen(m.advice) > 0);
    amp_messages_free(messages);
    golden_folder_free(folder);
}

static void test_warnings_come_with_a_study(void **state)
{
    /* Export at the price itself, import 5 USD/MWh below it. */
    static const char *const dear = "ampacity: 1\n"
                                    "time: {from: 2025-01-01, to: 2025-01-02, step: 1 h}\n"
                                    "sites:\n"
                                    "  - id: one\n"
                                    "    country: US\n"
                                    "    time_zone: UTC\n"
                                    "    grid: {import_limit: 1 MW, export_limit: 1 MW}\n"
                                    "    supply:\n"
                                    "      energy_price: 30 USD/MWh\n"
                                    "      adder: -5 USD/MWh\n"
                                    "      export_price: 30 USD/MWh\n";
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_messages *messages = NULL;

    (void)state;
    assert_int_equal(load(folder, dear, &study, &messages), AMP_OK);
    assert_int_equal(amp_messages_count(messages), 1);
    assert_string_equal(amp_messages_get(messages, 0).id, "export-above-import");
    assert_int_equal(amp_messages_get(messages, 0).is_error, 0);
    assert_int_equal(amp_messages_get(messages, 0).line, 11);
    amp_study_free(study);
    /* Messages outlive the study. */
    assert_golden(amp_messages_get(messages, 0).message,
                  "export_price is above energy_price + adder in 24 of 24 intervals, first at "
                  "2025-01-01T00:00:00Z");
    amp_messages_free(messages);
    golden_folder_free(folder);
}

static void test_missing_file(void **state)
{
    golden_folder *folder = golden_folder_new();
    amp_study *study = NULL;
    amp_messages *messages = NULL;

    (void)state;
    assert_int_equal(amp_study_load(golden_path(folder, "no.yaml"), &study, &messages),
                     AMP_NOT_FOUND);
    assert_null(study);
    assert_int_equal(amp_messages_count(messages), 1);
    assert_string_equal(amp_messages_get(messages, 0).id, "file-missing");
    amp_messages_free(messages);
    golden_folder_free(folder);
}

static void test_nothing_is_freed(void **state)
{
    (void)state;
    amp_messages_free(NULL);
    amp_study_free(NULL);
    amp_result_free(NULL);
    assert_int_equal(amp_messages_count(NULL), 0);
    assert_string_equal(amp_version(), "0.1.0");
    assert_string_equal(amp_status_text(AMP_INFEASIBLE), "no schedule meets every limit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_study_is_loaded_and_dispatched),
        cmocka_unit_test(test_dispatched_twice),
        cmocka_unit_test(test_infeasible_has_no_series),
        cmocka_unit_test(test_infeasible_says_why),
        cmocka_unit_test(test_findings_come_with_their_place),
        cmocka_unit_test(test_warnings_come_with_a_study),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_nothing_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
