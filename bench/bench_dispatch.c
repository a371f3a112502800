/* SPDX-License-Identifier: Apache-2.0 */
/* The engine against other solvers, and what it needs: Markdown tables on standard output.
 *   AMPACITY_BENCH_QUICK=1      leaves out the peers' month and year
 *   AMPACITY_BENCH_LIMIT_S=300  seconds that a peer gets for all windows of one length
 *   AMPACITY_BENCH_PART=peers   one part alone: engine, loading, coordination, peers */
#include "clock.h"
#include "coupled.h"
#include "engine.h"
#include "loading.h"
#include "settings.h"
#include "table.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A horizon of the comparison: the engine solves every window of the year, a peer some of them. */
static const struct {
    const char *name;
    size_t length;
    size_t peer_windows;
} horizons[] = {
    {"day", BENCH_DAY, 12},
    {"week", BENCH_WEEK, 12},
    {"month", BENCH_MONTH, 4},
    {"year", BENCH_YEAR, 1},
};
enum { HORIZONS = sizeof horizons / sizeof horizons[0], QUICK_HORIZONS = 2 };

/* Sites of the engine's own table. */
static const struct {
    const char *name;
    double import_limit_mw, wear_usd_per_mwh;
} sites[] = {
    {"import 120 MW", 120.0, 0.0},
    {"import 95 MW", 95.0, 0.0},
    {"import 80 MW", 80.0, 0.0},
    {"import 120 MW, wear 4 USD/MWh", 120.0, 4.0},
};

/* ---- where ---- */

static void print_processor(void)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    (void)printf("Processor: ");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
            (void)printf("%.*s, ", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (file != NULL)
        (void)fclose(file);
    (void)printf("%ld cores seen", sysconf(_SC_NPROCESSORS_ONLN));
    file = fopen("/proc/loadavg", "r");
    if (file != NULL && fgets(line, sizeof line, file) != NULL)
        (void)printf(", load %.*s at the start", (int)strcspn(line, " "), line);
    if (file != NULL)
        (void)fclose(file);
    (void)printf(".\n");
}

static int print_where(void)
{
    char versions[256];
    bench_site site;
    if (bench_site_make(&site, BENCH_YEAR, 120.0, 0.0) != 0)
        return -1;
    const bench_price_facts prices = bench_prices(&site);
    bench_peer_versions(versions, sizeof versions);
    print_processor();
    (void)printf("Compiler: %s %s; flags of plain make.\n",
#ifdef __clang__
                 "clang",
#else
                 "gcc",
#endif
                 __VERSION__);
    (void)printf("Peers: %s.\n", versions);
    (void)printf("Prices: mean %.1f, minimum %.0f, 99th percentile %.0f, maximum %.0f USD/MWh, "
                 "%.1f %% negative; %zu intervals of 5 minutes.\n",
                 prices.mean, prices.minimum, prices.p99, prices.maximum,
                 100.0 * prices.negative_share, site.interval_count);
    bench_site_free(&site);
    return 0;
}

/* ---- engine against peers ---- */

/* What one peer did at each horizon, beside what the engine did. */
typedef struct {
    bench_peer_result result[HORIZONS];
    double difference; /**< worst |optimum + bound| / |bound| */
} peer_row;

static bench_windows choose_windows(const bench_site *site, size_t horizon)
{
    bench_windows windows = {.site = site, .length = horizons[horizon].length};
    const size_t all = site->interval_count / windows.length;
    windows.count = horizons[horizon].peer_windows;
    for (size_t i = 0; i < windows.count; i++)
        windows.first[i] = i * all / windows.count * windows.length;
    return windows;
}

static int run_peer(size_t peer, const bench_site *site, const settings *set, peer_row *row)
{
    const size_t last = set->is_quick != 0 ? QUICK_HORIZONS : HORIZONS;
    for (size_t h = 0; h < last; h++) {
        double bound_usd[BENCH_WINDOWS_MAX] = {0};
        const bench_windows windows = choose_windows(site, h);
        (void)fprintf(stderr, "bench: %s, %s\n", bench_peer_name(peer), horizons[h].name);
        if (bench_engine_bounds(&windows, bound_usd) != 0)
            return -1;
        row->result[h] = bench_peer_run(peer, &windows, set->limit_s, set->folder);
        for (size_t i = 0; i < row->result[h].finished; i++) {
            const double off = fabs(row->result[h].optimum[i] + bound_usd[i]) / fabs(bound_usd[i]);
            row->difference = fmax(row->difference, off);
        }
    }
    return 0;
}

static void print_peer(size_t peer, const peer_row *row, const bench_times *engine, size_t shown)
{
    table_row cells = {.count = 0};
    add_cell(&cells, "%s", bench_peer_name(peer));
    for (size_t h = 0; h < shown; h++) {
        const bench_peer_result *result = &row->result[h];
        if (result->finished == 0)
            add_cell(&cells, "not finished");
        else
            add_cell(&cells, "%.3g + %.3g s", result->load_s, result->solve_s);
    }
    const bench_peer_result *longest = &row->result[shown - 1];
    if (longest->finished == 0)
        add_cell(&cells, "-");
    else
        add_cell(&cells, "%.0f", longest->solve_s / engine[shown - 1].median_s);
    add_cell(&cells, "%.0e", row->difference);
    print_row(&cells);
}

/* The engine's rows: whole solves, first solves, and the bound alone. */
enum { ENGINE_ROWS = 3 };

static void print_engine(const bench_times *engine, size_t shown)
{
    static const char *const names[ENGINE_ROWS] = {"engine, solve", "engine, first solve",
                                                   "engine, bound alone"};
    for (size_t i = 0; i < ENGINE_ROWS; i++) {
        table_row cells = {.count = 0};
        double time_s = 0.0;
        add_cell(&cells, "%s", names[i]);
        for (size_t h = 0; h < shown; h++) {
            const double row_s[ENGINE_ROWS] = {engine[h].median_s, engine[h].first_s,
                                               engine[h].relax_s};
            time_s = row_s[i];
            add_time(&cells, time_s);
        }
        add_cell(&cells, "%.2f", time_s / engine[shown - 1].median_s);
        add_cell(&cells, "-");
        print_row(&cells);
    }
}

static int compare_on(const bench_site *site, const settings *set)
{
    const size_t shown = set->is_quick != 0 ? QUICK_HORIZONS : HORIZONS;
    const char *names[TABLE_COLUMNS_MAX] = {"solver"};
    bench_times engine[HORIZONS];
    double best_s = (double)INFINITY;
    const char *best = NULL;
    for (size_t h = 0; h < shown; h++) {
        names[h + 1] = horizons[h].name;
        if (bench_engine_run(site, horizons[h].length, 0, &engine[h]) != 0)
            return -1;
    }
    names[shown + 1] = "times the engine";
    names[shown + 2] = "optimum off by";
    print_head("One site: the engine's solve, and what others need to load + solve its bound",
               names, shown + 3);
    print_engine(engine, shown);
    for (size_t peer = 0; bench_peer_name(peer) != NULL; peer++) {
        peer_row row = {.difference = 0.0};
        if (run_peer(peer, site, set, &row) != 0)
            return -1;
        print_peer(peer, &row, engine, shown);
        const bench_peer_result *longest = &row.result[shown - 1];
        if (longest->finished > 0 && longest->solve_s < best_s) {
            best_s = longest->solve_s;
            best = bench_peer_name(peer);
        }
    }
    const bench_times *longest = &engine[shown - 1];
    if (best != NULL)
        (void)printf(
            "\nA %s: a whole solve is %.0f times faster than the best of them, %s, and the "
            "bound alone, which is what they compute, %.0f times. Their loading is not "
            "counted.\n",
            horizons[shown - 1].name, best_s / longest->median_s, best, best_s / longest->relax_s);
    return 0;
}

static int compare_with_peers(const settings *set)
{
    bench_site site;
    if (bench_site_make(&site, BENCH_YEAR, 120.0, 0.0) != 0)
        return -1;
    const int status = compare_on(&site, set);
    bench_site_free(&site);
    return status;
}

/* ---- the engine alone ---- */

static int measure_site(const char *name, const bench_site *site)
{
    for (size_t h = 0; h < HORIZONS; h++) {
        bench_times times;
        table_row row = {.count = 0};
        const double intervals = (double)horizons[h].length;
        if (bench_engine_run(site, horizons[h].length, 1, &times) != 0)
            return -1;
        add_cell(&row, "%s, %s", name, horizons[h].name);
        add_time(&row, times.first_s);
        add_time(&row, times.median_s);
        add_cell(&row, "%.1f", times.median_s / intervals * 1e9);
        add_cell(&row, "%.1f", times.relax_s / intervals * 1e9);
        add_cell(&row, "%.1f", times.threads_s / intervals * 1e9);
        add_cell(&row, "%.0f", (double)times.bytes / intervals);
        add_cell(&row, "%.1e", (times.bound_usd - times.objective_usd) / fabs(times.bound_usd));
        print_row(&row);
    }
    return 0;
}

static int measure_sites(void)
{
    static const char *const names[] = {"site",
                                        "first solve",
                                        "solve",
                                        "ns / interval",
                                        "ns, bound only",
                                        "ns, two at once",
                                        "bytes / interval",
                                        "mode gap"};
    print_head(
        "The engine alone: CPU time; two at once: wall time of two sites, one a thread, shared",
        names, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        bench_site site;
        if (bench_site_make(&site, BENCH_YEAR, sites[i].import_limit_mw,
                            sites[i].wear_usd_per_mwh) != 0)
            return -1;
        const int status = measure_site(sites[i].name, &site);
        bench_site_free(&site);
        if (status != 0)
            return -1;
    }
    return 0;
}

static int measure_growth(void)
{
    static const char *const names[] = {"years", "solve", "ns / interval", "bytes / interval"};
    static const size_t years[] = {1, 2, 5, 10};
    print_head("Growth", names, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        bench_site site;
        bench_times times;
        table_row row = {.count = 0};
        const size_t intervals = years[i] * BENCH_YEAR;
        if (bench_site_make(&site, intervals, 120.0, 0.0) != 0)
            return -1;
        const int status = bench_engine_run(&site, intervals, 0, &times);
        bench_site_free(&site);
        if (status != 0)
            return -1;
        add_cell(&row, "%zu", years[i]);
        add_time(&row, times.median_s);
        add_cell(&row, "%.1f", times.median_s / (double)intervals * 1e9);
        add_cell(&row, "%.0f", (double)times.bytes / (double)intervals);
        print_row(&row);
    }
    return 0;
}

static int measure_rolling(void)
{
    static const char *const names[] = {"rolling a year", "all solves", "a solve"};
    bench_site site;
    table_row row = {.count = 0};
    if (bench_site_make(&site, BENCH_YEAR + BENCH_DAY, 120.0, 0.0) != 0)
        return -1;
    const double roll_s = bench_engine_roll(&site, BENCH_DAY);
    bench_site_free(&site);
    if (roll_s < 0.0)
        return -1;
    print_head("Rolling horizon", names, sizeof names / sizeof names[0]);
    add_cell(&row, "%d solves of 24 hours", BENCH_YEAR + 1);
    add_time(&row, roll_s);
    add_time(&row, roll_s / (BENCH_YEAR + 1));
    print_row(&row);
    return 0;
}

static int measure_loading(const settings *set)
{
    static const char *const names[] = {"portfolio", "intervals", ".csv", ".csv.gz"};
    bench_loading loading;
    table_row row = {.count = 0};
    if (bench_loading_run(set->folder, &loading) != 0)
        return -1;
    print_head("Reading and checking", names, sizeof names / sizeof names[0]);
    add_cell(&row, "5.5 years, 15 min, 5 series");
    add_cell(&row, "%zu", loading.interval_count);
    add_time(&row, loading.plain_s);
    add_time(&row, loading.gzip_s);
    print_row(&row);
    return 0;
}

/* ---- the run ---- */

static int measure_alone(const settings *set)
{
    (void)set;
    int status = measure_sites();
    if (status == 0)
        status = measure_growth();
    if (status == 0)
        status = measure_rolling();
    return status;
}

static const struct {
    const char *name;
    int (*measure)(const settings *set);
} parts[] = {
    {"engine", measure_alone},
    {"loading", measure_loading},
    {"coordination", measure_coordination},
    {"peers", compare_with_peers},
};

/* @p only names one part; NULL: all. */
static int run_parts(const settings *set, const char *only)
{
    int status = 0;
    size_t run = 0;
    for (size_t i = 0; status == 0 && i < sizeof parts / sizeof parts[0]; i++) {
        if (only != NULL && strcmp(only, parts[i].name) != 0)
            continue;
        status = parts[i].measure(set);
        run++;
    }
    if (run > 0)
        return status;
    (void)fprintf(stderr,
                  "bench: no part is called '%s'; there are engine, loading, coordination "
                  "and peers\n",
                  only);
    return -1;
}

static void remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry = NULL;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path); /* the folder itself and its parent refuse */
    }
    if (entries != NULL)
        (void)closedir(entries);
    (void)rmdir(folder);
}

int main(void)
{
    const char *quick = getenv("AMPACITY_BENCH_QUICK");
    const char *limit = getenv("AMPACITY_BENCH_LIMIT_S");
    settings set = {.is_quick = quick != NULL && strcmp(quick, "0") != 0,
                    .limit_s = limit != NULL ? strtod(limit, NULL) : 300.0,
                    .folder = "/tmp/ampacity-bench-XXXXXX"};
    if (mkdtemp(set.folder) == NULL) {
        perror(set.folder);
        return EXIT_FAILURE;
    }
    const int status = print_where() == 0 ? run_parts(&set, getenv("AMPACITY_BENCH_PART")) : -1;
    if (status != 0)
        (void)fprintf(stderr, "bench: stopped by an error\n");
    remove_folder(set.folder);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
