/* SPDX-License-Identifier: Apache-2.0 */
/* `ampacity explain` as a user runs it: its words, its object and its refusals. */
#include "run.h"

#include <stdlib.h>
#include <string.h>

/* run_coupled_portfolio: the job's IT MWh costs 1.25 MWh at 20 USD and at half of the 50 USD/MW
 * that a MW in both hours is charged: 56.25 USD. It is worth 80 + 600 / 6 = 180, so one more MWh of
 * it would earn 123.75; at the bus (180 - 123.75) x 0.8 = 45 USD/MWh. */
static const char coupled_text[] =
    "one, 2025-01-01 00:00 to 01:00 in UTC (2025-01-01T00:00:00Z)\n"
    "The bus pays 20.00 USD/MWh: one more MWh would save import at that price.\n"
    "Import costs 20.00 USD/MWh. It stops at 7.7 of 20.0 MW, the billed peak of 202501: each MW "
    "more would be charged 50 USD.\n"
    "\n"
    "Uses by value  USD/MWh  takes MW  of MW  why not more\n"
    "chat            100.00       4.0    4.0  takes all it can\n"
    "llm in north     45.00       3.7    6.2  all of its energy is served\n"
    "\n"
    "Supplies by cost  USD/MWh  gives MW  of MW  why not more\n"
    "import              20.00       7.7   20.0  would raise the billed peak\n"
    "\n"
    "The horizon, 2 h\n"
    "Earned by  MWh  % of possible  earns USD  avoids   energy    left\n"
    "chat       8.0          100.0     800.00       -  -160.00  640.00\n"
    "north      7.5              -     480.00  600.00  -150.00  930.00\n"
    "The bus paid 20.00 USD/MWh on average; the connection was full for 0.0 h (0.0 %).\n"
    "A billed peak held import back for 2.0 h.\n"
    "Each pays for its energy, or is paid, what the bus pays at the time: left is\n"
    "what the site would lose without it at those prices. Generators cost fuel, the\n"
    "battery wear; penalties are avoided by serving load. Fees of leases do not\n"
    "depend on any of this.\n"
    "\n"
    "Peaks   billed MW  hours  USD/MW  worth  binds\n"
    "202501        7.7    2.0      50     50  yes, it earns its charge\n"
    "\n"
    "Jobs  hall   wanted MWh  served MWh  worth USD/MWh   price  runs below\n"
    "llm   north         6.0         6.0         180.00  123.75       56.25\n"
    "Of IT energy. A job whose energy has a price does all of it and waits for hours\n"
    "in which an IT MWh costs less than its worth less that price.\n"
    "\n"
    "One more                             marginal USD  +1 gains  -1 loses\n"
    "MW of connection, an hour like this          0.00      0.00      0.00\n"
    "MW of connection, a year                     0.00      0.00      0.00\n"
    "Marginal values are prices of the bound; beside them the site solved again with\n"
    "one unit more and one unit less. The battery's minimum, first and last energy\n"
    "stay the same MWh.\n"
    "A year is the horizon times 4,380.\n";

/* The site of docs/leases.md. Its lease takes 7675.2 MWh, each in an hour in which one more would
 * save import at 50 USD. */
static void test_leases_in_words(void **state)
{
    static const char wanted[] =
        "acme, tenant of leased, pays 1,578,700 USD: fee 1,200,000, energy 369,000, peaks\n"
        "83,200, minimum take 46,500, less credits of 120,000. Its 5,904.0 MWh of IT took\n"
        "7,675.2 MWh at the bus, where they were worth 383,760 USD. 48.0 MWh of IT were\n"
        "not served: dispatch took 6,000.00 USD/MWh for them, the credits come to\n"
        "2,500.00.\n";
    golden_folder *const folder = golden_folder_new();
    char path[1024];
    (void)state;

    (void)snprintf(path, sizeof path, "%s/docs/leases.md", getenv("AMPACITY_SOURCE_ROOT"));
    const char *const page = strstr(golden_read(folder, path), "\nampacity: 1\n");
    assert_non_null(page);
    char *const yaml = strdup(page + 1);
    assert_non_null(yaml);
    yaml[strcspn(yaml, "`")] = '\0';
    (void)golden_write(folder, "l.yaml", yaml);
    free(yaml);
    const run_result got = run(folder, "explain l.yaml");
    assert_int_equal(got.code, 0);
    if (strstr(got.out, wanted) == NULL)
        fail_msg("%s", got.out);
    golden_folder_free(folder);
}

static void test_couplings_in_words(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "p.yaml", run_coupled_portfolio);
    const run_result got = run(folder, "explain p.yaml --at 2025-01-01T00:30Z");
    assert_int_equal(got.code, 0);
    assert_golden(got.out, coupled_text);
    assert_string_equal(got.err, "");
    golden_folder_free(folder);
}

/* run_portfolio: in each of two days the battery buys 25 MWh at 20 USD for 20 MWh in it, and sells
 * them at 150, with 1 USD/MWh of wear: a MWh more earns 150 - 1 - 1.25 x (20 + 1) = 122.75 USD a
 * day, 245.5 in both, and 182.5 times as much in a year. */
static const char battery_text[] =
    "mesa, 2025-03-08 07:00 to 08:00 in America/Chicago (2025-03-08T13:00:00Z)\n"
    "The bus pays 150.00 USD/MWh: one more MWh would save import at that price.\n"
    "Import costs 150.00 USD/MWh and is needed for 10.0 of 40.0 MW.\n"
    "\n"
    "Uses by value  USD/MWh  takes MW  of MW  why not more\n"
    "chat            400.00      10.0   10.0  takes all it can\n"
    "m               100.00       0.0   20.0  worth less than the bus pays\n"
    "export           10.00       0.0    5.0  worth less than the bus pays\n"
    "\n"
    "Supplies by cost  USD/MWh  gives MW  of MW  why not more\n"
    "import             150.00      10.0   40.0  no more is needed\n"
    "\n"
    "A MWh in the battery is worth 149.00 USD here: it charges below 118.20 and discharges above "
    "150.00 USD/MWh at the bus. The price is between, so it waits. It goes from 20.0 to 20.0 of "
    "20.0 MWh.\n"
    "\n"
    "The horizon, 2 days\n"
    "Earned by    MWh  % of possible  earns k USD  energy    left\n"
    "m          720.0           75.0        72.00  -26.40   45.60\n"
    "chat       360.0          100.0       144.00  -28.20  115.80\n"
    "battery     40.0              -        -0.09    4.50    4.41\n";

static void test_battery_in_words(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    const run_result got = run(folder, "explain p.yaml --at 2025-03-08T13:10Z --site mesa");
    assert_int_equal(got.code, 0);
    assert_int_equal(strncmp(got.out, battery_text, strlen(battery_text)), 0);
    assert_non_null(strstr(
        got.out, "\nMWh of battery, a year                     44,804    44,804    44,804\n"));
    golden_folder_free(folder);
}

static void test_horizon_alone(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    const run_result got = run(folder, "explain p.yaml");
    static const char start[] = "mesa, 2 days\nEarned by ";
    assert_int_equal(got.code, 0);
    assert_int_equal(strncmp(got.out, start, strlen(start)), 0);
    assert_null(strstr(got.out, "an hour like this"));
    golden_folder_free(folder);
}

static double number_at(json_t *object, const char *key)
{
    json_t *const value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void test_object(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "p.yaml", run_coupled_portfolio);
    const run_result got = run(folder, "explain p.yaml --at 2025-01-01T01:00Z --json");
    json_t *const object = run_parse_json(got.out);
    assert_int_equal(got.code, 0);
    assert_string_equal(json_string_value(json_object_get(object, "schema")), "ampacity.explain/1");
    json_t *const interval = json_object_get(object, "interval");
    assert_near(number_at(interval, "internal_price_usd_per_mwh"), 20.0, 1e-9);
    assert_string_equal(json_string_value(json_object_get(interval, "peak")), "202501");
    json_t *const use = json_array_get(json_object_get(interval, "uses"), 1);
    assert_string_equal(json_string_value(json_object_get(use, "held_by")), "job");
    assert_near(number_at(use, "before_job_price_usd_per_mwh"), 144.0, 1e-6);
    json_t *const couplings = json_object_get(object, "couplings");
    json_t *const peak = json_array_get(json_object_get(couplings, "peaks"), 0);
    assert_near(number_at(peak, "worth_usd_per_mw"), 50.0, 1e-4);
    json_t *const job = json_array_get(json_object_get(couplings, "jobs"), 0);
    assert_near(number_at(job, "price_usd_per_mwh"), 123.75, 1e-4);
    assert_int_equal(json_array_size(json_object_get(object, "margins")), 3);
    assert_true(json_is_true(json_object_get(object, "margins_bracketed")));
    json_decref(object);
    golden_folder_free(folder);
}

static const struct {
    const char *line;
    int code;
    const char *err;
} wrong[] = {
    {"explain p.yaml --at 2025-03-10", 2,
     "ampacity: error: --at 2025-03-10 is outside of the horizon\n"
     "  = write a time from 2025-03-08T00:00:00Z on and before 2025-03-10T00:00:00Z\n"},
    {"explain p.yaml --at noon", 2,
     "ampacity: error: --at: 'noon' is not a time\n"
     "  = write a time as 2023-08-01T05:00:00Z, or a day as 2023-08-01\n"},
    {"explain two.yaml", 2,
     "ampacity: error: 'ampacity explain' looks at one site, and there are 2\n"
     "  = add '--site first', or another of them\n"},
};

static void test_wrong_lines(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)run_write_changed(folder, "two.yaml", "sites:\n",
                            "sites:\n"
                            "  - {id: first, country: US, time_zone: America/Chicago,\n"
                            "     grid: {import_limit: 1 MW}, supply: {energy_price: price}}\n");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const run_result got = run(folder, wrong[i].line);
        assert_int_equal(got.code, wrong[i].code);
        assert_golden(got.err, wrong[i].err);
        assert_string_equal(got.out, "");
    }
    golden_folder_free(folder);
}

static void test_infeasible_is_status_5(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "p.yaml", run_short_portfolio);
    const run_result got = run(folder, "explain p.yaml");
    assert_int_equal(got.code, 5);
    assert_non_null(strstr(got.out, "No schedule meets every limit.\n"));
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leases_in_words),
        cmocka_unit_test(test_couplings_in_words),
        cmocka_unit_test(test_battery_in_words),
        cmocka_unit_test(test_horizon_alone),
        cmocka_unit_test(test_object),
        cmocka_unit_test(test_wrong_lines),
        cmocka_unit_test(test_infeasible_is_status_5),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
