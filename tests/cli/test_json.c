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

#define ALL_HAVE  "schema\nampacity_version\nwarnings\n"
#define RUNS_HAVE ALL_HAVE "inputs_sha256\nportfolio\nfrom\nto\nstep_s\nintervals\n"

/* A change of these lists breaks other people's programs. */
static const struct {
    const char *line;
    int code;
    const char *keys;
} answers[] = {
    {"dispatch p.yaml --json", 0,
     RUNS_HAVE
     "status\nobjective_usd\nbound_usd\ngap_usd\ngap\ngap_parts_usd\n"
     "gap_parts_usd.coordination\ngap_parts_usd.mode\ngap_parts_usd.integer\n"
     "solve_s\nsites\n"
     "sites[].id\nsites[].objective_usd\nsites[].bound_usd\nsites[].revenue_usd\n"
     "sites[].revenue_usd.mining\nsites[].revenue_usd.lease\n"
     "sites[].revenue_usd.inference\nsites[].revenue_usd.training\n"
     "sites[].revenue_usd.export\nsites[].revenue_usd.reserve\n"
     "sites[].cost_usd\n"
     "sites[].cost_usd.energy\nsites[].cost_usd.demand_charge\n"
     "sites[].cost_usd.coincident_peak\nsites[].cost_usd.generation\n"
     "sites[].cost_usd.wear\nsites[].cost_usd.penalty\n"
     "sites[].cost_usd.tax\n"
     "sites[].stored_energy_usd\nsites[].fixed_usd\n"
     "sites[].fixed_usd.lease_fee\nsites[].fixed_usd.energy_reimbursed\n"
     "sites[].fixed_usd.energy_sold\nsites[].fixed_usd.demand_reimbursed\n"
     "sites[].fixed_usd.minimum_take\nsites[].fixed_usd.service_credits\n"
     "sites[].fixed_usd.penalty_replaced\n"
     "sites[].fixed_usd.blocks\nsites[].fixed_usd.tariff\n"
     "sites[].energy_mwh\n"
     "sites[].energy_mwh.import\nsites[].energy_mwh.export\nsites[].energy_mwh.mining\n"
     "sites[].energy_mwh.lease\nsites[].energy_mwh.inference\n"
     "sites[].energy_mwh.training\nsites[].energy_mwh.charge\n"
     "sites[].energy_mwh.discharge\nsites[].energy_mwh.generation\n"
     "sites[].it_mwh\n"
     "sites[].it_mwh.lease\nsites[].it_mwh.inference\nsites[].it_mwh.training\n"
     "sites[].unserved_it_mwh\nsites[].cut_it_mwh\nsites[].curtailed_mwh\nsites[].peak_import_mw\n"
     "sites[].internal_price_usd_per_mwh\n"
     "sites[].internal_price_usd_per_mwh.mean\nsites[].internal_price_usd_per_mwh.max\n"
     "sites[].mixed_intervals\nsites[].solver_calls\nsites[].peaks\nsites[].jobs\n"
     "sites[].budgets\nsites[].reserves\nsites[].workloads\n"
     "sites[].restarts\n"
     "sites[].bill\nsites[].leases\n"
     "schedule\n"},
    {"dispatch short.yaml --json", 5,
     RUNS_HAVE "status\nshortages\n"
               "shortages[].site\nshortages[].short_of\nshortages[].first\nshortages[].amount\n"
               "shortages[].unit\n"
               "changes\n"
               "changes[].site\nchanges[].key\nchanges[].file\nchanges[].line\nchanges[].column\n"
               "changes[].from\nchanges[].to\nchanges[].change\nchanges[].unit\n"
               "changes[].every_interval\n"},
    {"check p.yaml --json", 0,
     RUNS_HAVE
     "status\nsites\n"
     "sites[].id\nsites[].country\nsites[].time_zone\nsites[].import_limit_mw\n"
     "sites[].export_limit_mw\nsites[].generation_mw\nsites[].mining_mw\nsites[].hall_mw\n"
     "sites[].battery_mwh\nsites[].local_days\nsites[].odd_days\nsites[].shortage\n"
     "sites[].is_feasible\nsites[].budgets\nsites[].needs_budgets\n"
     "series\n"
     "series[].id\nseries[].file\nseries[].column\nseries[].used\nseries[].unit\n"
     "series[].step_s\nseries[].rows\nseries[].filled\nseries[].from\nseries[].to\n"
     "series[].minimum\nseries[].mean\nseries[].maximum\n"
     "without_effect\n"
     "without_effect[].key\nwithout_effect[].file\nwithout_effect[].line\n"
     "without_effect[].column\n"},
    {"export p.yaml -o x.mps --json", 0, RUNS_HAVE "format\npath\nrows\ncolumns\nnonzeros\n"},
    {"version --json", 0,
     ALL_HAVE "libraries\n"
              "libraries.libyaml\nlibraries.jansson\nlibraries.zlib\nlibraries.icu\n"
              "libraries.time zones\nlibraries.libsodium\n"
              "compiler\n"},
    {"help --json", 0,
     ALL_HAVE "verbs\n"
              "verbs[].name\nverbs[].group\nverbs[].operand\nverbs[].summary\nverbs[].description\n"
              "verbs[].options\nverbs[].examples\n"
              "verbs[].examples[].line\nverbs[].examples[].meaning\n"
              "options\n"
              "options[].name\noptions[].letter\noptions[].argument\noptions[].words\n"
              "options[].default\noptions[].help\n"
              "exit_statuses\n"
              "exit_statuses[].code\nexit_statuses[].meaning\n"},
};
#undef RUNS_HAVE
#undef ALL_HAVE

static void test_keys_of_answers(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)golden_write(folder, "short.yaml", run_short_portfolio);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const run_result result = run(folder, answers[i].line);
        assert_int_equal(result.code, answers[i].code);
        assert_string_equal(result.err, "");
        assert_keys(result.out, answers[i].keys);
    }
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

static const char *text_at(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A country may be left out: its key stays, and its neighbours keep their values. */
static void test_check_of_sites_without_country(void **state)
{
    static const struct {
        const char *line;
        const char *country;
    } cases[] = {{"    country: US\n", "US"}, {"", ""}};
    golden_folder *const folder = run_two_days();
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)run_write_changed(folder, "c.yaml", "    country: US\n", cases[i].line);
        const run_result result = run(folder, "check c.yaml --json");
        assert_int_equal(result.code, 0);
        json_t *const object = run_parse_json(result.out); /* fails unless it is valid */
        json_t *const sites = json_object_get(object, "sites");
        json_t *const site = json_array_get(sites, 0);
        assert_int_equal(json_array_size(sites), 1);
        assert_true(json_is_string(json_object_get(site, "country")));
        assert_string_equal(text_at(site, "country"), cases[i].country);
        assert_string_equal(text_at(site, "id"), "mesa");
        assert_string_equal(text_at(site, "time_zone"), "America/Chicago");
        json_decref(object);
        const run_result text = run(folder, "check c.yaml");
        assert_int_equal(text.code, 0);
        assert_non_null(strstr(text.out, i == 0 ? "\nmesa   US  40.0 " : "\nmesa       40.0 "));
    }
    golden_folder_free(folder);
}

/* Demand charges and jobs as lists of their own; the parts of the gap are the gap. */
static void test_peaks_and_jobs_of_dispatch(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "c.yaml", run_coupled_portfolio);
    const run_result result = run(folder, "dispatch c.yaml --json");
    assert_int_equal(result.code, 0);
    json_t *const object = run_parse_json(result.out);
    json_t *const site = json_array_get(json_object_get(object, "sites"), 0);
    json_t *const peak = json_array_get(json_object_get(site, "peaks"), 0);
    json_t *const job = json_array_get(json_object_get(site, "jobs"), 0);

    assert_near(json_number_value(json_object_get(object, "objective_usd")), 582.5, 1e-3);
    assert_int_equal(json_array_size(json_object_get(site, "peaks")), 1);
    assert_string_equal(text_at(peak, "id"), "202501");
    assert_string_equal(text_at(peak, "first"), "2025-01-01T00:00:00Z");
    assert_string_equal(text_at(peak, "end"), "2025-01-01T02:00:00Z");
    assert_near(json_number_value(json_object_get(peak, "billed_mw")), 7.75, 1e-5);
    assert_near(json_number_value(json_object_get(peak, "charge_usd")), 387.5, 1e-3);
    assert_near(number_at(site, "cost_usd", "demand_charge"), 387.5, 1e-3);
    assert_int_equal(json_array_size(json_object_get(site, "jobs")), 1);
    assert_string_equal(text_at(job, "id"), "llm");
    assert_string_equal(text_at(job, "hall"), "north");
    assert_near(json_number_value(json_object_get(job, "energy_mwh")), 6.0, 0.0);
    assert_near(json_number_value(json_object_get(job, "served_mwh")), 6.0, 1e-5);
    assert_near(json_number_value(json_object_get(job, "value_usd")), 480.0, 1e-3);
    assert_near(json_number_value(json_object_get(job, "penalty_usd")), 0.0, 1e-3);
    assert_near(number_at(site, "revenue_usd", "training"), 480.0, 1e-3);
    assert_true(json_integer_value(json_object_get(site, "solver_calls")) > 1);
    assert_near(sum_of(json_object_get(object, "gap_parts_usd")),
                json_number_value(json_object_get(object, "gap_usd")), 0.0);
    json_decref(object);
    golden_folder_free(folder);
}

/* Of 10 MW for 1.8 h, 15 MWh of which are needed, the schedule uses all; check says how long it
 * lasts, and that it must. */
static void test_budgets_of_check_and_dispatch(void **state)
{
    static const char *const yaml =
        "ampacity: 1\n"
        "time: {from: 2025-01-01, to: 2025-01-01T03:00:00Z, step: 1 h}\n"
        "sites:\n"
        "  - id: one\n"
        "    grid: {import_limit: 15 MW}\n"
        "    supply: {energy_price: 80 USD/MWh}\n"
        "    halls: [{id: h, it_power: 20 MW, pue: 1, lease: {load: 20 MW}}]\n"
        "    generators: [{id: gas, power: 10 MW, cost: 50 USD/MWh, hours: 1.8 h}]\n";
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "b.yaml", yaml);
    const run_result text = run(folder, "check b.yaml");
    assert_int_equal(text.code, 0);
    assert_non_null(strstr(text.out,
                           "\ngas      one    18.0  MWh              1.8              60.0"
                           "\n"));
    assert_non_null(strstr(text.out, "\nok: everything was read.\none: what must be served takes"));
    const run_result check = run(folder, "check b.yaml --json");
    json_t *object = run_parse_json(check.out);
    json_t *site = json_array_get(json_object_get(object, "sites"), 0);
    json_t *budget = json_array_get(json_object_get(site, "budgets"), 0);
    assert_true(json_is_true(json_object_get(site, "needs_budgets")));
    assert_string_equal(text_at(budget, "id"), "gas");
    assert_string_equal(text_at(budget, "unit"), "MWh");
    assert_near(json_number_value(json_object_get(budget, "limit")), 18.0, 1e-9);
    assert_near(json_number_value(json_object_get(budget, "full_power_h")), 1.8, 1e-9);
    json_decref(object);

    const run_result result = run(folder, "dispatch b.yaml --json");
    assert_int_equal(result.code, 0);
    object = run_parse_json(result.out);
    site = json_array_get(json_object_get(object, "sites"), 0);
    budget = json_array_get(json_object_get(site, "budgets"), 0);
    assert_int_equal(json_array_size(json_object_get(site, "budgets")), 1);
    assert_string_equal(text_at(budget, "id"), "gas");
    assert_near(json_number_value(json_object_get(budget, "limit")), 18.0, 1e-9);
    assert_near(json_number_value(json_object_get(budget, "used")), 18.0, 1e-5);
    assert_near(json_number_value(json_object_get(budget, "price_usd")), 30.0, 1e-5);
    json_decref(object);
    golden_folder_free(folder);
}

/* The settlement of docs/leases.md, read from the page. */
static void test_leases_of_dispatch(void **state)
{
    static const struct {
        const char *key;
        double want;
    } cases[] = {
        {"share_of_month", 1.0},
        {"promised", 0.999},
        {"it_mwh", 5904.0},
        {"bus_mwh", 7675.2},
        {"pue", 1.3},
        {"pue_paid", 1.25},
        {"fee_usd", 1200000.0},
        {"reimbursed_usd", 369000.0},
        {"energy_usd", 0.0},
        {"demand_usd", 83200.0},
        {"take_mwh", 744.0},
        {"take_usd", 46500.0},
        {"counted_h", 744.0},
        {"outage_h", 6.0},
        {"availability", 1.0 - 4.0 / 744.0},
        {"credit", 0.1},
        {"credit_usd", 120000.0},
        {"penalty_usd", 0.0},
        {"replaced_usd", 288000.0},
        {"net_usd", 1578700.0},
    };
    golden_folder *const folder = golden_folder_new();
    char path[1024];
    (void)state;

    (void)snprintf(path, sizeof path, "%s/docs/leases.md", getenv("AMPACITY_SOURCE_ROOT"));
    const char *const page = golden_read(folder, path);
    const char *const start = strstr(page, "\nampacity: 1\n");
    assert_non_null(start);
    char *const yaml = strdup(start + 1);
    assert_non_null(yaml);
    yaml[strcspn(yaml, "`")] = '\0';
    (void)golden_write(folder, "l.yaml", yaml);
    free(yaml);
    const run_result result = run(folder, "dispatch l.yaml --json");
    assert_int_equal(result.code, 0);
    json_t *const object = run_parse_json(result.out);
    json_t *const site = json_array_get(json_object_get(object, "sites"), 0);
    json_t *const leases = json_object_get(site, "leases");
    json_t *const lease = json_array_get(leases, 0);
    assert_int_equal(json_array_size(leases), 1);
    assert_int_equal(json_array_size(json_object_get(object, "warnings")), 0);
    assert_string_equal(text_at(lease, "hall"), "leased");
    assert_string_equal(text_at(lease, "tenant"), "acme");
    assert_string_equal(text_at(lease, "month"), "2025-01");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(json_number_value(json_object_get(lease, cases[i].key)), cases[i].want, 1e-6);
    assert_near(number_at(site, "fixed_usd", "service_credits"), -120000.0, 1e-6);
    assert_near(number_at(site, "fixed_usd", "penalty_replaced"), 288000.0, 1e-6);
    json_decref(object);
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
    golden_folder_free(folder);
}

/* Errors about no file, by what came, as JSON and as people read them. */
static const struct {
    const char *line;
    int code;
    const char *id;
    const char *message;
} without_file[] = {
    {"chek", 2, "usage", "there is no verb 'chek'"},
    {"check p.yaml --jsn", 2, "usage", "'ampacity check' has no option '--jsn'"},
    {"check p.yaml --quiet=1", 2, "usage", "the option '--quiet' takes no value"},
    {"check p.yaml b.yaml", 2, "usage", "'b.yaml' is one argument too many"},
    {"init x --example y", 2, "usage", "--example is one of pecos, northern-lights, not 'y'"},
    {"export p.yaml --format x", 2, "usage", "--format is one of mps, lp, csv, not 'x'"},
    {"export p.yaml", 2, "usage", "'ampacity export' needs a file to write"},
    {"export p.yaml -o x", 2, "usage", "the format does not follow from 'x'"},
    {"dispatch p.yaml --schedule -", 2, "usage",
     "--schedule needs a file: the answer goes to standard output"},
    {"dispatch p.yaml --gap x", 2, "usage", "--gap is a number from 0 on, not 'x'"},
    {"dispatch p.yaml --threads 0", 2, "usage",
     "--threads is a whole number from 1 to 1024, not '0'"},
    {"export p.yaml -o x.mps --threads 0", 2, "usage",
     "--threads is a whole number from 1 to 1024, not '0'"},
    {"check p.yaml --site nope", 2, "usage", "--site: there is no site 'nope'"},
    {"export p.yaml -o x.csv --site nope", 2, "usage", "--site: there is no site 'nope'"},
    {"check p.yaml --from yesterday", 2, "usage", "--from: 'yesterday' is not a time"},
    {"dispatch p.yaml --from 2025-03-08T00:30Z", 2, "usage",
     "--from: '2025-03-08T00:30Z' is not on a step: there is one every 3600 s from "
     "2025-03-08T00:00:00Z"},
    {"check p.yaml --to 2025-04-01", 2, "usage",
     "--to: '2025-04-01' is outside the horizon of the file, 2025-03-08T00:00:00Z to "
     "2025-03-10T00:00:00Z"},
    {"check p.yaml --from 2025-03-09 --to 2025-03-09", 2, "usage",
     "--from: it must be before the end of the horizon"},
    {"init p.yaml", 8, "refused", "'p.yaml' is a file, not a folder"},
    {"dispatch p.yaml --schedule no/s.csv", 1, "io", "no/s.csv: No such file or directory"},
};

static void test_errors_about_no_file(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    for (size_t i = 0; i < sizeof(without_file) / sizeof(without_file[0]); i++) {
        char line[256];
        char head[256];
        (void)snprintf(line, sizeof line, "%s --json", without_file[i].line);
        (void)snprintf(head, sizeof head, "ampacity: error: %s\n", without_file[i].message);
        const run_result text = run(folder, without_file[i].line);
        const run_result result = run(folder, line);
        json_t *const object = run_parse_json(result.out);
        json_t *const errors = json_object_get(object, "errors");
        const json_t *const error = json_array_get(errors, 0);
        assert_int_equal(text.code, without_file[i].code);
        assert_int_equal(result.code, without_file[i].code);
        assert_int_equal(json_integer_value(json_object_get(object, "exit")), result.code);
        assert_string_equal(result.err, "");
        assert_int_equal(json_array_size(errors), 1);
        assert_string_equal(json_string_value(json_object_get(error, "id")), without_file[i].id);
        assert_string_equal(json_string_value(json_object_get(error, "message")),
                            without_file[i].message);
        assert_string_equal(json_string_value(json_object_get(error, "file")), "");
        assert_int_equal(strncmp(text.err, head, strlen(head)), 0);
        assert_null(strstr(text.err, "1 error"));
        json_decref(object);
    }
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_answers),
        cmocka_unit_test(test_numbers_of_dispatch),
        cmocka_unit_test(test_check_of_sites_without_country),
        cmocka_unit_test(test_peaks_and_jobs_of_dispatch),
        cmocka_unit_test(test_budgets_of_check_and_dispatch),
        cmocka_unit_test(test_leases_of_dispatch),
        cmocka_unit_test(test_errors_are_json_too),
        cmocka_unit_test(test_errors_about_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
