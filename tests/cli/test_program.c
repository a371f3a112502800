/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "run.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what people see ---- */

static void test_dispatch_for_people(void **state)
{
    golden_folder *const folder = run_two_days();
    const run_result result = run(folder, "dispatch p.yaml");
    (void)state;

    /* The numbers by hand: test_figures.c. */
    assert_int_equal(result.code, 0);
    assert_golden(
        run_without_times(folder, result.out),
        "Best use of 2 days: 165.8 k USD, proved optimal.\n"
        "Two days: 2025-03-08T00:00Z to 2025-03-10T00:00Z.\n"
        "\n"
        "Money                            k USD\n"
        "mining                           72.00\n"
        "inference                       144.00\n"
        "imported energy                 -50.10\n"
        "wear                             -0.09\n"
        "──────────────────────────────────────\n"
        "objective: what dispatch earns  165.81\n"
        "\n"
        "Energy at the bus    MWh  mean MW  peak MW  % of time  % of full load\n"
        "from the grid      1,090     22.7     40.0       91.7            56.8\n"
        "from the battery      40      0.8     10.0        8.3             8.3\n"
        "to inference         360      7.5     10.0      100.0            60.0\n"
        "to mining            720     15.0     20.0       75.0            75.0\n"
        "to the battery        50      1.0     10.0       14.6            10.4\n"
        "\n"
        "mesa: mean MW by hour of the day, America/Chicago\n"
        "   38 │\n"
        "      │                                                   ░░░            ░░░░░░\n"
        "      │                                       ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒      ░░░░░░░░░\n"
        "      │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒                     ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\n"
        "   19 │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒               ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\n"
        "      │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒               ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\n"
        "      │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\n"
        "      │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓\n"
        "    0 └────────────────────────────────────────────────────────────────────────\n"
        "       0        3        6        9        12       15       18       21\n"
        "       ▓▓ inference   ▒▒ mining   ░░ charging\n"
        "\n"
        "Over the horizon         each mark: mean of 2 h    lowest   mean  highest\n"
        "earned, k USD/day        ▅▅▅▄▄▄▁▁████▅▅▄▄▄▄▁▁███▇   60.00  82.91   100.80\n"
        "internal price, USD/MWh  ▁▁▁▁▁▁███▃▃▃▁▁▁▁▁▁███▃▃▃   20.00  65.00   150.00\n"
        "\n"
        "One more MWh at the bus is worth 65.00 USD on average, 150.00 USD at most.\n"
        "\n"
        "Proof: no schedule earns more than 165,810.00 USD, and this one earns that.\n"
        "Solved 48 intervals of 1 site in T.\n");
    assert_golden(result.err, "\n"
                              "Keys read without effect: 1; 'ampacity check p.yaml' names them.\n"
                              "Next: ampacity dispatch p.yaml --schedule schedule.csv\n");
    golden_folder_free(folder);
}

static void test_dispatch_in_ascii_on_a_narrow_screen(void **state)
{
    static const char *const variables[] = {"LC_ALL=C", "COLUMNS=60", NULL};
    static const char *const arguments[] = {"dispatch", "-q", "p.yaml", NULL};
    golden_folder *const folder = run_two_days();
    const run_result result = run_with(folder, variables, arguments);
    (void)state;

    assert_int_equal(result.code, 0);
    assert_string_equal(result.err, "");
    assert_golden(run_without_times(folder, result.out),
                  "Best use of 2 days: 165.8 k USD, proved optimal.\n"
                  "Two days: 2025-03-08T00:00Z to 2025-03-10T00:00Z.\n"
                  "\n"
                  "Money                            k USD\n"
                  "mining                           72.00\n"
                  "inference                       144.00\n"
                  "imported energy                 -50.10\n"
                  "wear                             -0.09\n"
                  "--------------------------------------\n"
                  "objective: what dispatch earns  165.81\n"
                  "\n"
                  "Energy at the bus    MWh  mean MW  peak MW  % of time\n"
                  "from the grid      1,090     22.7     40.0       91.7\n"
                  "from the battery      40      0.8     10.0        8.3\n"
                  "to inference         360      7.5     10.0      100.0\n"
                  "to mining            720     15.0     20.0       75.0\n"
                  "to the battery        50      1.0     10.0       14.6\n"
                  "\n"
                  "Energy at the bus  % of full load\n"
                  "from the grid                56.8\n"
                  "from the battery              8.3\n"
                  "to inference                 60.0\n"
                  "to mining                    75.0\n"
                  "to the battery               10.4\n"
                  "\n"
                  "mesa: mean MW by hour of the day, America/Chicago\n"
                  "   38 |\n"
                  "      |                                  ::        ::::\n"
                  "      |                          ============    ::::::\n"
                  "      |============              ======================\n"
                  "   19 |==============          ========================\n"
                  "      |==============          ========================\n"
                  "      |============%%%%%%%%%%%%%%%%%%%%%%%%============\n"
                  "      |%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%\n"
                  "    0 +------------------------------------------------\n"
                  "       0     3     6     9     12    15    18    21\n"
                  "       %% inference   == mining   :: charging\n"
                  "\n"
                  "Over the horizon         each mark: mean of 4 h  lowest\n"
                  "earned, k USD/day        =--_##=--_##             60.00\n"
                  "internal price, USD/MWh  ___#+:___#+:             20.00\n"
                  "\n"
                  "Over the horizon          mean  highest\n"
                  "earned, k USD/day        82.91   100.80\n"
                  "internal price, USD/MWh  65.00   150.00\n"
                  "\n"
                  "One more MWh at the bus is worth 65.00 USD on average,\n"
                  "150.00 USD at most.\n"
                  "\n"
                  "Proof: no schedule earns more than 165,810.00 USD, and this\n"
                  "one earns that.\n"
                  "Solved 48 intervals of 1 site in T.\n");
    golden_folder_free(folder);
}

/* Three sites: one like the first, one with half its grid, one with a lease alone. */
static void test_dispatch_of_several_sites(void **state)
{
    static const char *const variables[] = {"LC_ALL=C", NULL};
    static const char *const arguments[] = {"dispatch", "-q", "many.yaml", NULL};
    golden_folder *const folder = run_two_days();
    const char *const site = strstr(run_portfolio, "  - id: mesa\n");
    const char *const rest = strstr(site, "    grid: {import_limit: 40 MW");
    char text[8192];
    (void)state;

    (void)snprintf(text, sizeof text,
                   "%s  - id: norte\n    country: US\n    time_zone: America/Chicago\n"
                   "    grid: {import_limit: 20 MW%s"
                   "  - {id: sur, country: US, time_zone: UTC, grid: {import_limit: 8 MW},\n"
                   "     supply: {energy_price: 5 USD/MWh},\n"
                   "     halls: [{id: l, it_power: 5 MW, pue: 1.2,\n"
                   "              lease: {load: 5 MW, fee: 100 USD/kW/month}}]}\n",
                   run_portfolio, rest + strlen("    grid: {import_limit: 40 MW"));
    (void)golden_write(folder, "many.yaml", text);
    const run_result result = run_with(folder, variables, arguments);
    assert_int_equal(result.code, 0);
    assert_golden(run_without_times(folder, result.out),
                  "Best use of 2 days: 312.9 k USD, proved optimal.\n"
                  "Two days: 2025-03-08T00:00Z to 2025-03-10T00:00Z.\n"
                  "\n"
                  "k USD      objective  mining  inference  energy  other  (fixed)\n"
                  "mesa          165.81   72.00     144.00  -50.10  -0.09        -\n"
                  "norte         148.51   43.00     144.00  -38.40  -0.09        -\n"
                  "sur            -1.44       -          -   -1.44      -    33.70\n"
                  "---------------------------------------------------------------\n"
                  "all sites     312.88  115.00     288.00  -89.94  -0.18    33.70\n"
                  "Other: wear. In brackets, besides the objective: lease fees, energy reimbursed\n"
                  "and purchase agreements.\n"
                  "\n"
                  "MWh        import  lease  inference  mining  battery  peak MW\n"
                  "mesa        1,090      -        360     720       10     40.0\n"
                  "norte         800      -        360     430       10     20.0\n"
                  "sur           288    288          -       -        -      6.0\n"
                  "-------------------------------------------------------------\n"
                  "all sites   2,178    288        720   1,150       20\n"
                  "At each site's bus: import and own generation equal what is used, exported and\n"
                  "lost in the battery. Peak is the highest import.\n"
                  "\n"
                  "What the power does, on average\n"
                  "       share of the connection   mean MW  % full  by local hour, 0 to 23\n"
                  "mesa   %%%%%=========               23.5    56.8  ++++++=:::::=****#*++*##\n"
                  "norte  %%%%%%%%%===========:        17.5    83.3  ######*=====*###########\n"
                  "sur    ##################            6.0    75.0  ########################\n"
                  "       ## lease   %% inference   == mining   :: charging\n"
                  "\n"
                  "Over the horizon   each mark: mean of 2 h    lowest    mean  highest\n"
                  "earned, k USD/day  ==---.__####==--:___###+  119.28  156.44   191.28\n"
                  "mesa, USD/MWh      ______###:::______###:::   20.00   65.00   150.00\n"
                  "norte, USD/MWh     ______###_________###___  100.00  112.50   150.00\n"
                  "sur, USD/MWh       ________________________    5.00    5.00     5.00\n"
                  "\n"
                  "Proof: no schedule earns more than 312,880.00 USD, and this one earns that.\n"
                  "Solved 48 intervals of 3 sites in T.\n");
    golden_folder_free(folder);
}

/* A machine earns 1 USD/PH/day * 0.1 PH = 0.1 USD a day with 2 kW: 2.08 USD/MWh, less than any
 * MWh costs. */
static const char idle_portfolio[] =
    "ampacity: 1\n"
    "name: Too dear\n"
    "time: {from: 2025-03-08, to: 2025-03-09, step: 1 h}\n"
    "bitcoin: {hashprice: 1 USD/PH/day}\n"
    "sites:\n"
    "  - id: mesa\n"
    "    time_zone: UTC\n"
    "    grid: {import_limit: 4 MW}\n"
    "    supply: {energy_price: 500 USD/MWh}\n"
    "    mining: [{id: m, machines: 1000, hashrate: 100 TH/s, efficiency: 20 J/TH}]\n";

static const char idle_answer[] =
    "Best use of 1 day: 0 USD, proved optimal.\n"
    "Too dear: 2025-03-08T00:00Z to 2025-03-09T00:00Z.\n"
    "\n"
    "Money                            USD\n"
    "------------------------------------\n"
    "objective: what dispatch earns  0.00\n"
    "\n"
    "Nothing flows at the bus in any interval: nothing is bought, made, used or sold.\n"
    "\n"
    "Over the horizon         each mark: mean of 1 h    lowest  mean  highest\n"
    "earned, USD/day          ________________________    0.00  0.00     0.00\n"
    "internal price, USD/MWh  ________________________    2.08  2.08     2.08\n"
    "\n"
    "One more MWh at the bus is worth 2.08 USD on average, 2.08 USD at most.\n"
    "\n"
    "Proof: no schedule earns more than 0.00 USD, and this one earns that.\n"
    "Solved 24 intervals of 1 site in T.\n";

static void test_sites_that_do_nothing(void **state)
{
    static const char *const variables[] = {"LC_ALL=C", NULL};
    static const char *const arguments[] = {"dispatch", "-q", "idle.yaml", NULL};
    static const char *const second =
        "  - {id: norte, time_zone: UTC, grid: {import_limit: 4 MW},\n"
        "     supply: {energy_price: 1 USD/MWh},\n"
        "     mining: [{id: m, machines: 1000, hashrate: 100 TH/s, efficiency: 20 J/TH}]}\n";
    golden_folder *const folder = golden_folder_new();
    char text[2048];
    (void)state;

    (void)golden_write(folder, "idle.yaml", idle_portfolio);
    const run_result idle = run_with(folder, variables, arguments);
    assert_int_equal(idle.code, 0);
    assert_golden(run_without_times(folder, idle.out), idle_answer);
    /* One of two: a sentence for it, a picture for the other. */
    (void)snprintf(text, sizeof text, "%s%s", idle_portfolio, second);
    (void)golden_write(folder, "two.yaml", text);
    const run_result two = run(folder, "dispatch -q two.yaml");
    assert_int_equal(two.code, 0);
    assert_non_null(strstr(two.out, "\n\nmesa: nothing flows in any interval.\n\nnorte: mean MW "));
    golden_folder_free(folder);
}

static void test_check_for_people(void **state)
{
    golden_folder *const folder = run_two_days();
    const run_result result = run(folder, "check p.yaml");
    (void)state;

    assert_int_equal(result.code, 0);
    assert_string_equal(result.err, "\nNext: ampacity dispatch p.yaml\n");
    assert_golden(result.out,
                  "Two days\n"
                  "file     p.yaml\n"
                  "horizon  2025-03-08T00:00:00Z to 2025-03-10T00:00:00Z\n"
                  "         2 days, 48 intervals of 1 h\n"
                  "bitcoin  hashprice as given\n"
                  "\n"
                  "Sites  in  grid  export  own  mining  halls       battery\n"
                  "mesa   US  40.0     5.0    -    20.0   12.5  10 MW 20 MWh\n"
                  "Power in MW at the bus: halls with their PUE, mining with its overhead.\n"
                  "\n"
                  "Time zones\n"
                  "America/Chicago, 3 local days (1 of 23 or 25 h): mesa\n"
                  "\n"
                  "Series  unit     step  rows  lowest  mean  highest  from\n"
                  "price   USD/MWh   1 h    48      18    63      148  2025-03-08T00:00Z\n"
                  "users   MW        1 h    48       4     6        8  2025-03-08T00:00Z\n"
                  "\n"
                  "Series  to                 file: column\n"
                  "price   2025-03-10T00:00Z  series.csv: price\n"
                  "users   2025-03-10T00:00Z  series.csv: users\n"
                  "Lowest, mean and highest are over the horizon.\n"
                  "\n"
                  "Keys read without effect: what they describe is not built yet\n"
                  "p.yaml:20:68: sites[0].halls[0].inference.residency\n"
                  "\n"
                  "ok: everything was read, and a schedule exists.\n");
    golden_folder_free(folder);
}

static void test_infeasible_for_people(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "short.yaml", run_short_portfolio);
    const run_result result = run(folder, "dispatch short.yaml");
    assert_int_equal(result.code, 5);
    assert_string_equal(result.err, "");
    assert_golden(result.out,
                  "No schedule meets every limit.\n"
                  "\n"
                  "mesa: first in the interval from 2025-03-08T02:00:00Z (2025-03-07 20:00 in\n"
                  "America/Chicago), what must be served is 0.5 MW more than the connection, the\n"
                  "generators and the battery can give.\n"
                  "\n"
                  "Any one of these changes would do:\n"
                  "limit                  from        to         by  where\n"
                  "halls[0].lease.load    60 %   33.66 %   -26.34 %  short.yaml:12:59\n"
                  "grid.import_limit      4 MW  7.292 MW  +3.292 MW  short.yaml:8:26\n"
                  "battery.energy       20 MWh   336 MWh   +316 MWh  short.yaml:10:37\n");
    /* The same from export, and check still tells it. */
    const run_result exported = run(folder, "export short.yaml -o s.csv");
    assert_int_equal(exported.code, 5);
    assert_string_equal(exported.out, result.out);
    const run_result checked = run(folder, "check short.yaml");
    assert_int_equal(checked.code, 5);
    assert_non_null(strstr(checked.out, "read, but not feasible.\n"));
    const run_result object = run(folder, "check short.yaml --json");
    assert_int_equal(object.code, 5);
    assert_non_null(strstr(object.out, "\"status\": \"infeasible\""));
    golden_folder_free(folder);
}

/* Prices of -30 USD/MWh: charging and discharging at once would pay, the gap is modes. */
static void test_gap_says_where_it_comes_from(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "n.yaml",
                       "ampacity: 1\n"
                       "name: Paid to take\n"
                       "time: {from: 2025-01-01, to: 2025-01-02, step: 1 h}\n"
                       "sites:\n"
                       "  - id: cell\n"
                       "    country: US\n"
                       "    time_zone: UTC\n"
                       "    grid: {import_limit: 20 MW}\n"
                       "    supply: {energy_price: -30 USD/MWh}\n"
                       "    battery: {power: 10 MW, energy: 10 MWh, discharge_efficiency: 80 %,\n"
                       "              initial_soc: 50 %, final_soc: 50 %}\n"
                       "    halls:\n"
                       "      - {id: l, it_power: 5 MW, pue: 1, lease: {load: 5 MW, fee: 1 "
                       "USD/kW/month}}\n");
    const run_result text = run(folder, "dispatch -q n.yaml");
    assert_int_equal(text.code, 0);
    assert_non_null(strstr(text.out, ", proved within "));
    assert_non_null(strstr(text.out, ", more than the tolerance.\n"));
    assert_non_null(strstr(text.out, "the bound charges and discharges at once"));
    const run_result strict = run(folder, "dispatch --json n.yaml");
    const run_result loose = run(folder, "dispatch --json --gap 1 n.yaml");
    const run_result loose_text = run(folder, "dispatch --gap 1 n.yaml");
    assert_int_equal(strict.code, 0);
    assert_non_null(strstr(strict.out, "\"status\": \"gap\""));
    assert_non_null(strstr(loose.out, "\"status\": \"optimal\""));
    assert_non_null(strstr(loose_text.out, ", proved optimal.\n"));
    assert_non_null(strstr(loose_text.out, ", within the tolerance.\n"));
    golden_folder_free(folder);
}

/* Energy of the agreement costs 5, sells for 30, and is bought beyond it at 45 USD/MWh: of the
 * 20 MW of the lease and what might be sold, the bound takes both. No battery is named where there
 * is none. */
static void test_gap_of_the_connection(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "b.yaml",
                       "ampacity: 1\n"
                       "name: Bought cheaply\n"
                       "time: {from: 2025-01-01, to: 2025-01-02, step: 1 h}\n"
                       "sites:\n"
                       "  - id: desk\n"
                       "    country: US\n"
                       "    time_zone: UTC\n"
                       "    grid: {import_limit: 100 MW, export_limit: 100 MW}\n"
                       "    supply: {energy_price: 40 USD/MWh, adder: 5 USD/MWh,\n"
                       "             export_price: 30 USD/MWh,\n"
                       "             blocks: [{power: 50 MW, price: 20 USD/MWh, resale: false}]}\n"
                       "    halls:\n"
                       "      - {id: l, it_power: 5 MW, pue: 1, lease: {load: 5 MW, fee: 1 "
                       "USD/kW/month}}\n");
    const run_result text = run(folder, "dispatch b.yaml");
    assert_int_equal(text.code, 0);
    assert_non_null(strstr(text.err, "b.yaml:10:28: warning: export_price is above the adder, all "
                                     "that energy of agreements without resale costs, in 24 of 24 "
                                     "intervals, first at 2025-01-01T00:00:00Z"));
    assert_non_null(strstr(text.out, "in 24 intervals the bound imports and exports at once,"));
    golden_folder_free(folder);
}

static void test_findings_for_people(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)run_write_changed(folder, "bad.yaml", "import_limit: 40 MW, ",
                            "import_limit: 40, exprot_limit: 1, ");
    const run_result result = run(folder, "dispatch bad.yaml");
    assert_int_equal(result.code, 3);
    assert_string_equal(result.out, "");
    assert_golden(
        result.err,
        "bad.yaml:12:26: error: 'import_limit: 40' has no unit [unit-missing]\n"
        "   12 |     grid: {import_limit: 40, exprot_limit: 1, export_limit: 5 MW}\n"
        "      |                          ^^ write '40 MW' (or '40 kW')\n"
        "bad.yaml:12:30: error: unknown key 'exprot_limit' in 'sites[].grid' [key-unknown]\n"
        "   12 |     grid: {import_limit: 40, exprot_limit: 1, export_limit: 5 MW}\n"
        "      |                              ^^^^^^^^^^^^ did you mean 'export_limit'?\n"
        "2 errors\n");
    golden_folder_free(folder);
}

static const char *const narrow[] = {"COLUMNS=40", NULL};

static void test_findings_on_a_narrow_screen(void **state)
{
    static const char *const wrong[] = {"check", "bad.yaml", NULL};
    static const char *const usage[] = {"check", "p.yaml", "--from", "yesterday", NULL};
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)run_write_changed(folder, "bad.yaml", "time_zone: America/Chicago",
                            "time_zone: Mars/Base");
    const run_result result = run_with(folder, narrow, wrong);
    assert_int_equal(result.code, 3);
    assert_golden(result.err, "bad.yaml:11:16: error: 'time_zone':\n"
                              "    unknown time zone 'Mars/Base'\n"
                              "    [time-invalid]\n"
                              "   11 |     time_zone: Mars/Base\n"
                              "      |                ^^^^^^^^^\n"
                              "  = write a name of the IANA list such\n"
                              "    as America/Chicago, or UTC\n"
                              "1 error\n");
    assert_golden(run_with(folder, narrow, usage).err, "ampacity: error: --from: 'yesterday' is\n"
                                                       "    not a time\n"
                                                       "  = write a time as\n"
                                                       "    2023-08-01T05:00:00Z, or a day as\n"
                                                       "    2023-08-01\n");
    golden_folder_free(folder);
}

/* Commands stay on one line, to be copied; what they do follows them. */
static void test_hints_on_a_narrow_screen(void **state)
{
    static const char *const init[] = {"init", "q", NULL};
    static const char *const dispatch[] = {"dispatch", "p.yaml", "--schedule", "s.csv", NULL};
    golden_folder *const folder = run_two_days();
    (void)state;

    assert_golden(run_with(folder, narrow, init).err, "\n"
                                                      "Next: ampacity check q\n"
                                                      "        see what was read\n"
                                                      "      ampacity dispatch q\n"
                                                      "        the best use of every interval\n");
    const run_result result = run_with(folder, narrow, dispatch);
    assert_golden(result.err, "\n"
                              "Keys read without effect: 1; 'ampacity\n"
                              "check p.yaml' names them.\n");
    assert_non_null(strstr(result.out, "\nWrote s.csv: the schedule, one row an\n"
                                       "interval and site.\n"));
    assert_non_null(strstr(result.out, "\nmesa: mean MW by hour of the day,\nAmerica/Chicago\n"));
    golden_folder_free(folder);
}

static void test_colour_only_where_it_is_wanted(void **state)
{
    static const struct {
        const char *variable;
        const char *option;
        bool is_colored;
    } cases[] = {{NULL, NULL, true},
                 {"NO_COLOR=1", NULL, false},
                 {"NO_COLOR=", NULL, true},
                 {"TERM=dumb", NULL, false},
                 {NULL, "--no-color", false}};
    golden_folder *const folder = run_two_days();
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const variables[] = {cases[i].variable, NULL};
        const char *const arguments[] = {"dispatch", "p.yaml", cases[i].option, NULL};
        const run_result shown = run_in_terminal(folder, variables, arguments);
        assert_int_equal(shown.code, 0);
        assert_non_null(strstr(shown.out, "Proof: "));
        assert_int_equal(strchr(shown.out, '\x1b') != NULL, cases[i].is_colored);
    }
    /* Not a terminal: never. */
    assert_null(strchr(run(folder, "dispatch p.yaml").out, '\x1b'));
    golden_folder_free(folder);
}

/* ---- exit statuses ---- */

static void test_every_exit_status(void **state)
{
    golden_folder *const folder = run_two_days();
    (void)state;

    (void)run_write_changed(folder, "gap.yaml", "to: 2025-03-10", "to: 2025-03-11");
    (void)run_write_changed(folder, "absent.yaml", "file: series.csv, column: users",
                            "file: nosuch.csv, column: users");
    (void)run_write_changed(folder, "column.yaml", "column: users", "column: nosuch");
    (void)golden_write(folder, "short.yaml", run_short_portfolio);
    const struct {
        int code;
        const char *words[8];
    } cases[] = {
        {0, {"version"}},
        {2, {"nosuch"}},
        {2, {"check", "nosuch.yaml"}},
        {2, {"check", "p.yaml", "--from", "yesterday"}},
        {2, {"check", "p.yaml", "--site", "nosuch"}},
        {2, {"check", "p.yaml", "--threads", "0"}},
        {2, {"dispatch", "p.yaml", "--schedule", "-"}},
        {2, {"export", "p.yaml"}},
        {2, {"export", "p.yaml", "-o", "x.txt"}},
        {2, {"export", "p.yaml", "--format", "mps", "-o", "-"}},
        {2, {"export", "p.yaml", "--format", "csv", "-o", "-", "--json"}},
        {3, {"check", "column.yaml"}},
        {4, {"check", "absent.yaml"}},
        {4, {"dispatch", "gap.yaml"}},
        {5, {"check", "short.yaml"}},
        {5, {"dispatch", "short.yaml"}},
        {8, {"init", "."}},
        {8, {"init", "p.yaml"}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const run_result result = run_with(folder, NULL, cases[i].words);
        if (result.code != cases[i].code)
            fail_msg("'%s %s' gave %d, not %d:\n%s", cases[i].words[0],
                     cases[i].words[1] != NULL ? cases[i].words[1] : "", result.code, cases[i].code,
                     result.err);
    }
    golden_folder_free(folder);
}

/* Of no time one call is left, in which the job is not worth its price: 640 USD of inference less
 * 200 of demand charge and the whole penalty of 600. The answer is printed all the same. */
static void test_time_limit_keeps_the_answer(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "c.yaml", run_coupled_portfolio);
    const run_result text = run(folder, "dispatch c.yaml --time-limit 0 --schedule s.csv");
    assert_int_equal(text.code, 6);
    assert_non_null(strstr(text.out, "Best use of 2 h found within 0 s: -160 USD, proved within "));
    assert_non_null(strstr(text.out, "\nThe time limit of 0 s ended the search: a longer one may "
                                     "close the coordination\npart.\n"));
    assert_non_null(strstr(golden_read(folder, golden_path(folder, "s.csv")), "training_mw"));
    assert_null(strstr(text.err, "error"));
    const run_result object = run(folder, "dispatch c.yaml --time-limit 0 --json");
    assert_int_equal(object.code, 6);
    assert_non_null(strstr(object.out, "\"status\": \"time_limit\""));
    const run_result enough = run(folder, "dispatch c.yaml --time-limit 600");
    assert_int_equal(enough.code, 0);
    assert_non_null(strstr(enough.out, "Best use of 2 h: 582.5 USD, proved optimal.\n"));
    assert_non_null(strstr(enough.out, "\ndemand charge on 7."));
    golden_folder_free(folder);
}

static void test_a_full_disk_is_an_error(void **state)
{
    golden_folder *const folder = run_two_days();
    struct stat about;
    (void)state;

    if (stat("/dev/full", &about) != 0) {
        golden_folder_free(folder);
        skip();
    }
    const run_result result = run(folder, "dispatch p.yaml --schedule /dev/full");
    assert_int_equal(result.code, 1);
    assert_non_null(strstr(result.err, "No space left on device"));
    golden_folder_free(folder);
}

/* ---- the same answer everywhere ---- */

static void test_same_bytes_on_any_threads_and_in_any_zone(void **state)
{
    static const struct {
        const char *variable;
        const char *threads;
    } cases[] = {{"TZ=UTC", "1"},
                 {"TZ=America/New_York", "4"},
                 {"TZ=Asia/Kolkata", "2"},
                 {"LC_NUMERIC=de_DE.UTF-8", "3"}};
    golden_folder *const folder = run_two_days();
    const char *first = NULL;
    const char *first_schedule = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const variables[] = {cases[i].variable, NULL};
        const char *const arguments[] = {"dispatch",       "p.yaml",     "--json", "--threads",
                                         cases[i].threads, "--schedule", "s.csv",  NULL};
        const run_result result = run_with(folder, variables, arguments);
        assert_int_equal(result.code, 0);
        const char *const out = run_without_times(folder, result.out);
        const char *const schedule = golden_read(folder, golden_path(folder, "s.csv"));
        if (first == NULL) {
            first = out;
            first_schedule = schedule;
        }
        assert_golden(out, first);
        assert_golden(schedule, first_schedule);
    }
    static const char header[] =
        "time,site,import_mw,export_mw,charge_mw,discharge_mw,generation_mw,mining_mw,lease_mw,"
        "inference_mw,training_mw,soc_mwh,internal_price_usd_per_mwh,mining.m_mw,hall.chat_mw\n"
        "2025-03-08T00:00:00Z,mesa,";
    assert_non_null(first_schedule);
    assert_int_equal(strncmp(first_schedule, header, strlen(header)), 0);
    golden_folder_free(folder);
}

static void test_a_folder_means_its_portfolio(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "site/portfolio.yaml", run_short_portfolio);
    assert_non_null(strstr(run(folder, "check site").out, "\nfile     site/portfolio.yaml\n"));
    assert_non_null(strstr(run(folder, "check site/").out, "\nfile     site/portfolio.yaml\n"));
    const run_result empty = run(folder, "check .");
    assert_int_equal(empty.code, 2);
    assert_non_null(strstr(empty.err, "./portfolio.yaml: error: there is no such file"));
    golden_folder_free(folder);
}

static void test_part_of_a_portfolio(void **state)
{
    golden_folder *const folder = run_two_days();
    const run_result result =
        run(folder, "dispatch p.yaml --from 2025-03-08T12:00Z --to 2025-03-09 --site mesa --json");
    (void)state;

    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.out, "\"from\": \"2025-03-08T12:00:00Z\""));
    assert_non_null(strstr(result.out, "\"intervals\": 12,"));
    golden_folder_free(folder);
}

/* ---- init and export ---- */

static void test_init_writes_an_example_that_dispatches(void **state)
{
    golden_folder *const folder = golden_folder_new();
    const run_result result = run(folder, "init mysite");
    (void)state;

    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.out, "Wrote the example pecos into mysite:\n"));
    assert_non_null(strstr(result.out, "  portfolio.yaml\n"));
    assert_golden(result.err, "\n"
                              "Next: ampacity check mysite      see what was read\n"
                              "      ampacity dispatch mysite   the best use of every interval\n");
    assert_int_equal(run(folder, "dispatch mysite --to 2025-01-03").code, 0);
    const run_result again = run(folder, "init mysite");
    assert_int_equal(again.code, 8);
    assert_non_null(
        strstr(again.err, "ampacity: error: the folder 'mysite' is not empty: it holds "));
    assert_int_equal(run(folder, "init no/such/place").code, 1);
    json_t *const object =
        run_parse_json(run(folder, "init fleet --example northern-lights --json").out);
    assert_string_equal(json_string_value(json_object_get(object, "example")), "northern-lights");
    assert_true(json_array_size(json_object_get(object, "files")) > 1);
    json_decref(object);
    golden_folder_free(folder);
}

/* 6 of 10 MW are leased behind 4 MW: 20 % of the hall too much in every hour. */
static void test_share_of_a_series_stays_a_share(void **state)
{
    golden_folder *const folder = golden_folder_new();
    (void)state;

    (void)golden_write(folder, "u.csv",
                       "time,u [1]\n2025-03-08T00:00:00Z,0.6\n2025-03-08T01:00:00Z,0.6\n");
    (void)golden_write(folder, "s.yaml",
                       "ampacity: 1\n"
                       "name: Share\n"
                       "time: {from: 2025-03-08, to: 2025-03-08T02:00:00Z, step: 1 h}\n"
                       "series: {u: {file: u.csv, column: u}}\n"
                       "sites:\n"
                       "  - id: mesa\n"
                       "    country: US\n"
                       "    time_zone: UTC\n"
                       "    grid: {import_limit: 4 MW}\n"
                       "    supply: {energy_price: 10 USD/MWh}\n"
                       "    halls:\n"
                       "      - {id: l, it_power: 10 MW, pue: 1, lease: {load: u, fee: 1 "
                       "USD/kW/month}}\n");
    const run_result text = run(folder, "dispatch s.yaml");
    assert_int_equal(text.code, 5);
    assert_non_null(strstr(text.out, " 60 % "));
    assert_non_null(strstr(text.out, " 40 % "));
    assert_non_null(strstr(text.out, " -20 % always "));
    json_t *const object = run_parse_json(run(folder, "dispatch s.yaml --json").out);
    const json_t *const changes = json_object_get(object, "changes");
    size_t shares = 0;
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *const change = json_array_get(changes, i);
        const char *const key = json_string_value(json_object_get(change, "key"));
        const bool is_load = strcmp(key, "sites[0].halls[0].lease.load") == 0;
        assert_string_equal(json_string_value(json_object_get(change, "unit")),
                            is_load ? "1" : "MW");
        shares += is_load;
    }
    assert_int_equal(shares, 1);
    json_decref(object);
    golden_folder_free(folder);
}

static void test_export(void **state)
{
    golden_folder *const folder = run_two_days();
    const run_result mps = run(folder, "export p.yaml -o p.mps");
    (void)state;

    assert_int_equal(mps.code, 0);
    assert_int_equal(strncmp(mps.out, "Wrote p.mps: ", 13), 0);
    assert_non_null(strstr(golden_read(folder, golden_path(folder, "p.mps")), "\nROWS\n"));
    assert_null(strstr(golden_read(folder, golden_path(folder, "p.mps")), "OBJSENSE"));
    /* An older file is replaced; --format wins over the ending. */
    assert_int_equal(run(folder, "export p.yaml --format lp -o p.mps").code, 0);
    assert_non_null(strstr(golden_read(folder, golden_path(folder, "p.mps")), "Minimize"));
    const run_result csv = run(folder, "export p.yaml --format csv -o -");
    assert_int_equal(csv.code, 0);
    assert_int_equal(strncmp(csv.out, "time,site,import_mw,", 20), 0);
    assert_string_equal(csv.err, "");
    golden_folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dispatch_for_people),
        cmocka_unit_test(test_dispatch_in_ascii_on_a_narrow_screen),
        cmocka_unit_test(test_dispatch_of_several_sites),
        cmocka_unit_test(test_sites_that_do_nothing),
        cmocka_unit_test(test_check_for_people),
        cmocka_unit_test(test_infeasible_for_people),
        cmocka_unit_test(test_share_of_a_series_stays_a_share),
        cmocka_unit_test(test_gap_says_where_it_comes_from),
        cmocka_unit_test(test_gap_of_the_connection),
        cmocka_unit_test(test_findings_for_people),
        cmocka_unit_test(test_findings_on_a_narrow_screen),
        cmocka_unit_test(test_hints_on_a_narrow_screen),
        cmocka_unit_test(test_colour_only_where_it_is_wanted),
        cmocka_unit_test(test_every_exit_status),
        cmocka_unit_test(test_time_limit_keeps_the_answer),
        cmocka_unit_test(test_a_full_disk_is_an_error),
        cmocka_unit_test(test_same_bytes_on_any_threads_and_in_any_zone),
        cmocka_unit_test(test_a_folder_means_its_portfolio),
        cmocka_unit_test(test_part_of_a_portfolio),
        cmocka_unit_test(test_init_writes_an_example_that_dispatches),
        cmocka_unit_test(test_export),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
