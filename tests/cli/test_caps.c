/* SPDX-License-Identifier: Apache-2.0 */
/* examples/phoenix as a user runs it: a quarter less power, and half of it. */
#include "run.h"

#include <stdlib.h>
#include <string.h>

/* A folder with the example as p.yaml, its cut at @p limit. */
static golden_folder *phoenix(const char *limit)
{
    golden_folder *const folder = golden_folder_new();
    const char *const root = getenv("AMPACITY_SOURCE_ROOT");
    char path[4096];
    assert_non_null(root);
    (void)snprintf(path, sizeof path, "%s/examples/phoenix/portfolio.yaml", root);
    const char *const text = golden_read(folder, path);
    const char *const at = strstr(text, "71.1329 kW");
    golden_capture changed;

    assert_non_null(at);
    golden_capture_open(&changed);
    (void)fprintf(changed.file, "%.*s%s%s", (int)(at - text), text, limit,
                  at + strlen("71.1329 kW"));
    (void)golden_write(folder, "p.yaml", golden_capture_text(&changed));
    golden_capture_free(&changed);
    return folder;
}

static void test_a_cut_of_a_quarter(void **state)
{
    golden_folder *const folder = phoenix("71.1329 kW");
    const run_result got = run(folder, "dispatch p.yaml");
    (void)state;
    assert_int_equal(got.code, 0);
    assert_non_null(strstr(
        got.out, "Power caps         full kW  mean kW  power %  throughput %  least %  floor %\n"
                 "gpus.finetune-8b      11.0      9.6     87.1          94.8     87.8     75.0\n"
                 "gpus.chat-a           11.8     10.1     85.3          94.5     87.1     50.0\n"
                 "gpus.chat-b           17.7     15.5     87.9          95.7     90.0     90.0\n"
                 "gpus.chat-c           17.7     15.1     85.3          94.5     87.1     75.0\n"
                 "gpus.pretrain-13b     18.1     17.7     97.9          98.8     97.3     50.0\n"
                 "gpus.pretrain-7b      18.6     16.7     89.8          94.6     87.4     50.0\n"));
    assert_non_null(strstr(got.out, "from the grid      592.8     84.7     94.8"));
    golden_folder_free(folder);
}

/* 3 of 7 hours: (4 x 94.8 + 3 x 71.1) / 7 = 84.7 kW. */
static void test_a_cut_in_words(void **state)
{
    golden_folder *const folder = phoenix("71.1329 kW");
    const run_result got = run(folder, "explain p.yaml --at 2025-05-05T01:00Z");
    (void)state;
    assert_int_equal(got.code, 0);
    assert_non_null(
        strstr(got.out,
               "Uses by value       USD/MWh  takes kW  of kW  why not more\n"
               "gpus.pretrain-13b  2,813.56      17.2   18.1  the connection is full\n"
               "gpus.pretrain-7b   2,642.73      14.2   18.6  the connection is full\n"
               "gpus.chat-a        2,344.30       7.7   11.8  the connection is full\n"
               "gpus.chat-c        2,344.30      11.6   17.7  the connection is full\n"
               "gpus.chat-b        2,344.30      12.7   17.7  the connection is full\n"
               "gpus.finetune-8b   2,240.36       7.7   11.0  the connection is full\n"
               "\n"
               "Power caps         power %  throughput %  least %  least kW  why not less\n"
               "gpus.pretrain-13b     95.2          97.3     50.0       8.0  worth its energy\n"
               "gpus.pretrain-7b      76.2          87.4     50.0       8.2  worth its energy\n"
               "gpus.chat-a           65.6          87.1     50.0       4.7  worth its energy\n"
               "gpus.chat-c           65.6          87.1     75.0       9.1  worth its energy\n"
               "gpus.chat-b           71.8          90.0     90.0      12.7  at its least\n"
               "gpus.finetune-8b      69.8          87.8     75.0       6.1  worth its energy\n"));
    golden_folder_free(folder);
}

static void test_a_cut_for_programs(void **state)
{
    golden_folder *const folder = phoenix("71.1329 kW");
    const run_result got = run(folder, "dispatch p.yaml --json");
    json_t *const object = run_parse_json(got.out);
    json_t *const site = json_array_get(json_object_get(object, "sites"), 0);
    json_t *const list = json_object_get(site, "workloads");
    json_t *const chat = json_array_get(list, 2);
    json_t *const throughput = json_object_get(chat, "throughput");
    (void)state;
    assert_int_equal(got.code, 0);
    assert_int_equal(json_array_size(list), 6);
    assert_string_equal(json_string_value(json_object_get(chat, "id")), "chat-b");
    assert_string_equal(json_string_value(json_object_get(chat, "hall")), "gpus");
    assert_string_equal(json_string_value(json_object_get(chat, "use")), "inference");
    assert_near(json_real_value(json_object_get(chat, "full_power_mw")), 48.0 * 368.375e-6, 1e-12);
    assert_near(json_real_value(json_object_get(chat, "floor")), 0.9, 0.0);
    assert_near(json_real_value(json_object_get(throughput, "least")), 0.9, 1e-9);
    /* Four hours at all of it, three at 90 %. */
    assert_near(json_real_value(json_object_get(throughput, "mean")), (4.0 + 3.0 * 0.9) / 7.0,
                1e-9);
    json_decref(object);
    golden_folder_free(folder);
}

/* Floors need 48.7 of the 94.8 kW. */
static void test_a_cut_of_half_is_refused(void **state)
{
    golden_folder *const folder = phoenix("47.42195 kW");
    const run_result got = run(folder, "dispatch p.yaml");
    (void)state;
    assert_int_equal(got.code, 5);
    assert_golden(got.out,
                  "No schedule meets every limit.\n"
                  "\n"
                  "phoenix: first in the interval from 2025-05-04T23:30:00Z (2025-05-04 16:30 in\n"
                  "America/Phoenix), what must be served is 1,312 W more than the connection, the\n"
                  "generators and the battery can give.\n"
                  "\n"
                  "Any one of these changes would do:\n"
                  "limit                                from        to         by  where\n"
                  "grid.energised[1].power       47.42195 kW  48.74 kW  +1.318 kW  p.yaml:26:44\n"
                  "halls[0].flex_tiers[0].floor         90 %   86.23 %    -3.77 %  p.yaml:37:33\n"
                  "halls[0].flex_tiers[2].floor         50 %   44.94 %    -5.06 %  p.yaml:39:33\n"
                  "halls[0].flex_tiers[1].floor         75 %   65.51 %    -9.49 %  p.yaml:38:33\n");
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cut_of_a_quarter),
        cmocka_unit_test(test_a_cut_in_words),
        cmocka_unit_test(test_a_cut_for_programs),
        cmocka_unit_test(test_a_cut_of_half_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
