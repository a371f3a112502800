/* SPDX-License-Identifier: Apache-2.0 */
/* What programs see: the objects under --json, held key by key. */
#include "golden.h"

#include "base/hash.h"
#include "run.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* Names of all members in their order, those of lists by their first element. */
static void list_keys(json_t *value, const char *prefix, FILE *out)
{
    const char *key = NULL;
    json_t *member = NULL;
    char name[256];

    if (json_is_array(value)) {
        if (json_array_size(value) > 0 && json_is_object(json_array_get(value, 0))) {
            (void)snprintf(name, sizeof name, "%.*s[].", (int)strlen(prefix) - 1, prefix);
            list_keys(json_array_get(value, 0), name, out);
        }
        return;
    }
    json_object_foreach(value, key, member)
    {
        (void)fprintf(out, "%s%s\n", prefix, key);
        (void)snprintf(name, sizeof name, "%s%s.", prefix, key);
        if (json_is_object(member) || json_is_array(member))
            list_keys(member, name, out);
    }
}

/* A change of these lists breaks other people's programs. */
static void assert_keys(const char *json, const char *want)
{
    golden_capture capture;
    json_t *const object = run_parse_json(json);

    golden_capture_open(&capture);
    list_keys(object, "", capture.file);
    assert_golden(golden_capture_text(&capture), want);
    golden_capture_free(&capture);
    json_decref(object);
}

static void test_keys_of_dispatch(void **state)
{
    golden_folder *const folder = run_two_days();
    const run_result result = run(folder, "dispatch p.yaml --json");
    (void)state;

    assert_int_equal(result.code, 0);
    assert_string_equal(result.err, "");
    assert_keys(result.out, "schema\n"
                            "ampacity_version\n"
                            "warnings\n"
                            "inputs_sha256\n"
                            "portfolio\n"
                            "from\n"
                            "to\n"
                            "step_s\n"
                            "intervals\n"
                            "status\n"
                            "objective_usd\n"
                            "bound_usd\n"
                            "gap_usd\n"
                            "gap\n"
                            "gap_parts_usd\n"
                            "gap_parts_usd.coordination\n"
                            "gap_parts_usd.mode\n"
                            "gap_parts_usd.integer\n"
                            "solve_s\n"
                            "sites\n"
                            "sites[].id\n"
                            "sites[].objective_usd\n"
                            "sites[].bound_usd\n"
                            "sites[].revenue_usd\n"
                            "sites[].revenue_usd.mining\n"
                            "sites[].revenue_usd.lease\n"
                            "sites[].revenue_usd.inference\n"
                            "sites[].revenue_usd.training\n"
                            "sites[].revenue_usd.export\n"
                            "sites[].revenue_usd.reserve\n"
                            "sites[].cost_usd\n"
                            "sites[].cost_usd.energy\n"
                            "sites[].cost_usd.demand_charge\n"
                            "sites[].cost_usd.coincident_peak\n"
                            "sites[].cost_usd.generation\n"
                            "sites[].cost_usd.wear\n"
                            "sites[].cost_usd.penalty\n"
                            "sites[].stored_energy_usd\n"
                            "sites[].fixed_usd\n"
                            "sites[].fixed_usd.lease_fee\n"
                            "sites[].fixed_usd.energy_reimbursed\n"
                            "sites[].fixed_usd.blocks\n"
                            "sites[].energy_mwh\n"
                            "sites[].energy_mwh.import\n"
                            "sites[].energy_mwh.export\n"
                            "sites[].energy_mwh.mining\n"
                            "sites[].energy_mwh.lease\n"
                            "sites[].energy_mwh.inference\n"
                            "sites[].energy_mwh.training\n"
                            "sites[].energy_mwh.charge\n"
                            "sites[].energy_mwh.discharge\n"
                            "sites[].energy_mwh.generation\n"
                            "sites[].it_mwh\n"
                            "sites[].it_mwh.lease\n"
                            "sites[].it_mwh.inference\n"
                            "sites[].it_mwh.training\n"
                            "sites[].unserved_it_mwh\n"
                            "sites[].curtailed_mwh\n"
                            "sites[].peak_import_mw\n"
                            "sites[].internal_price_usd_per_mwh\n"
                            "sites[].internal_price_usd_per_mwh.mean\n"
                            "sites[].internal_price_usd_per_mwh.max\n"
                            "sites[].mixed_intervals\n"
                            "schedule\n");
    golden_folder_free(folder);
}

static double number_at(json_t *object, const char *outer, const char *inner)
{
    json_t *const value = json_object_get(json_object_get(object, outer), inner);

    assert_true(json_is_number(value));
    return json_number_value(value);
}

static double sum_of(json_t *group)
{
    const char *key = NULL;
    json_t *value = NULL;
    double sum = 0.0;

    json_object_foreach(group, key, value) sum += json_number_value(value);
    return sum;
}

static void test_numbers_of_dispatch(void **state)
{
    golden_folder *const folder = run_two_days();
    json_t *const object = run_parse_json(run(folder, "dispatch p.yaml --json").out);
    json_t *const site = json_array_get(json_object_get(object, "sites"), 0);
    char hex[AMP_HASH_TEXT_BYTES];
    const char *const inputs[] = {golden_path(folder, "p.yaml"), golden_path(folder, "series.csv")};
    (void)state;

    assert_string_equal(json_string_value(json_object_get(object, "schema")),
                        "ampacity.dispatch/1");
    assert_int_equal(json_integer_value(json_object_get(object, "intervals")), 48);
    assert_near(json_number_value(json_object_get(object, "objective_usd")), 165810.0, 1e-6);
    assert_near(number_at(site, "revenue_usd", "mining"), 72000.0, 1e-6);
    assert_near(number_at(site, "revenue_usd", "inference"), 144000.0, 1e-6);
    assert_near(number_at(site, "cost_usd", "energy"), 50100.0, 1e-6);
    assert_near(number_at(site, "cost_usd", "wear"), 90.0, 1e-6);
    assert_near(number_at(site, "it_mwh", "inference"), 288.0, 1e-9);
    assert_near(json_number_value(json_object_get(object, "objective_usd")),
                sum_of(json_object_get(site, "revenue_usd")) -
                    sum_of(json_object_get(site, "cost_usd")) +
                    json_number_value(json_object_get(site, "stored_energy_usd")),
                1e-9);
    assert_int_equal(amp_hash_files(inputs, 2, hex, NULL), AMP_OK);
    assert_string_equal(json_string_value(json_object_get(object, "inputs_sha256")), hex);
    json_decref(object);
    golden_folder_free(folder);
}

static void test_keys_of_other_answers(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)golden_write(folder, "short.yaml", run_short_portfolio);
    const run_result shortage = run(folder, "dispatch short.yaml --json");
    assert_int_equal(shortage.code, 5);
    assert_keys(shortage.out, "schema\n"
                              "ampacity_version\n"
                              "warnings\n"
                              "inputs_sha256\n"
                              "portfolio\n"
                              "from\n"
                              "to\n"
                              "step_s\n"
                              "intervals\n"
                              "status\n"
                              "shortages\n"
                              "shortages[].site\n"
                              "shortages[].short_of\n"
                              "shortages[].first\n"
                              "shortages[].amount\n"
                              "shortages[].unit\n"
                              "changes\n"
                              "changes[].site\n"
                              "changes[].key\n"
                              "changes[].file\n"
                              "changes[].line\n"
                              "changes[].column\n"
                              "changes[].from\n"
                              "changes[].to\n"
                              "changes[].change\n"
                              "changes[].unit\n"
                              "changes[].every_interval\n");
    assert_keys(run(folder, "check p.yaml --json").out, "schema\n"
                                                        "ampacity_version\n"
                                                        "warnings\n"
                                                        "inputs_sha256\n"
                                                        "portfolio\n"
                                                        "from\n"
                                                        "to\n"
                                                        "step_s\n"
                                                        "intervals\n"
                                                        "status\n"
                                                        "sites\n"
                                                        "sites[].id\n"
                                                        "sites[].country\n"
                                                        "sites[].time_zone\n"
                                                        "sites[].import_limit_mw\n"
                                                        "sites[].export_limit_mw\n"
                                                        "sites[].generation_mw\n"
                                                        "sites[].mining_mw\n"
                                                        "sites[].hall_mw\n"
                                                        "sites[].battery_mwh\n"
                                                        "sites[].local_days\n"
                                                        "sites[].odd_days\n"
                                                        "sites[].shortage\n"
                                                        "sites[].is_feasible\n"
                                                        "series\n"
                                                        "series[].id\n"
                                                        "series[].file\n"
                                                        "series[].column\n"
                                                        "series[].used\n"
                                                        "series[].unit\n"
                                                        "series[].step_s\n"
                                                        "series[].rows\n"
                                                        "series[].filled\n"
                                                        "series[].from\n"
                                                        "series[].to\n"
                                                        "series[].minimum\n"
                                                        "series[].mean\n"
                                                        "series[].maximum\n"
                                                        "without_effect\n"
                                                        "without_effect[].key\n"
                                                        "without_effect[].file\n"
                                                        "without_effect[].line\n"
                                                        "without_effect[].column\n");
    assert_keys(run(folder, "export p.yaml -o x.mps --json").out, "schema\n"
                                                                  "ampacity_version\n"
                                                                  "warnings\n"
                                                                  "inputs_sha256\n"
                                                                  "portfolio\n"
                                                                  "from\n"
                                                                  "to\n"
                                                                  "step_s\n"
                                                                  "intervals\n"
                                                                  "format\n"
                                                                  "path\n"
                                                                  "rows\n"
                                                                  "columns\n"
                                                                  "nonzeros\n");
    assert_keys(run(folder, "version --json").out, "schema\n"
                                                   "ampacity_version\n"
                                                   "warnings\n"
                                                   "libraries\n"
                                                   "libraries.libyaml\n"
                                                   "libraries.jansson\n"
                                                   "libraries.zlib\n"
                                                   "libraries.icu\n"
                                                   "libraries.time zones\n"
                                                   "libraries.libsodium\n"
                                                   "compiler\n");
    assert_keys(run(folder, "help --json").out, "schema\n"
                                                "ampacity_version\n"
                                                "warnings\n"
                                                "verbs\n"
                                                "verbs[].name\n"
                                                "verbs[].group\n"
                                                "verbs[].operand\n"
                                                "verbs[].summary\n"
                                                "verbs[].description\n"
                                                "verbs[].options\n"
                                                "verbs[].examples\n"
                                                "verbs[].examples[].line\n"
                                                "verbs[].examples[].meaning\n"
                                                "options\n"
                                                "options[].name\n"
                                                "options[].letter\n"
                                                "options[].argument\n"
                                                "options[].words\n"
                                                "options[].default\n"
                                                "options[].help\n"
                                                "exit_statuses\n"
                                                "exit_statuses[].code\n"
                                                "exit_statuses[].meaning\n");
    golden_folder_free(folder);
}

static void test_errors_are_json_too(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)run_write_changed(folder, "bad.yaml", "import_limit: 40 MW", "import_limit: 40");
    const run_result result = run(folder, "check bad.yaml --json");
    assert_int_equal(result.code, 3);
    assert_string_equal(result.err, "");
    assert_golden(result.out, "{\n"
                              "  \"schema\": \"ampacity.error/1\",\n"
                              "  \"ampacity_version\": \"" AMP_VERSION "\",\n"
                              "  \"status\": \"error\",\n"
                              "  \"exit\": 3,\n"
                              "  \"errors\": [\n"
                              "    {\n"
                              "      \"id\": \"unit-missing\",\n"
                              "      \"file\": \"bad.yaml\",\n"
                              "      \"line\": 12,\n"
                              "      \"column\": 26,\n"
                              "      \"key\": \"sites[0].grid.import_limit\",\n"
                              "      \"message\": \"'import_limit: 40' has no unit\",\n"
                              "      \"advice\": \"write '40 MW' (or '40 kW')\"\n"
                              "    }\n"
                              "  ],\n"
                              "  \"warnings\": []\n"
                              "}\n");
    const run_result usage = run(folder, "dispatch --json --gap x p.yaml");
    assert_int_equal(usage.code, 2);
    assert_non_null(strstr(usage.out, "\"id\": \"usage\""));
    assert_non_null(strstr(run(folder, "chek --json").out, "\"exit\": 2"));
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_dispatch),
        cmocka_unit_test(test_numbers_of_dispatch),
        cmocka_unit_test(test_keys_of_other_answers),
        cmocka_unit_test(test_errors_are_json_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
