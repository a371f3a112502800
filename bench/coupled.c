/* SPDX-License-Identifier: Apache-2.0 */
#include "coupled.h"

#include "engine.h"
#include "peers.h"
#include "table.h"

#include <math.h>
#include <stdio.h>

/* A site with couplings. */
typedef struct {
    const char *name;
    bench_couplings couplings;
    double tolerance;
} coupled_site;

static const coupled_site compared[] = {
    {"peaks", {.has_peaks = 1}, 1e-6},
    {"peaks, 8 jobs, budget", {.has_peaks = 1, .has_budget = 1, .jobs = 8}, 1e-6},
    {"peaks, 16 jobs, budget", {.has_peaks = 1, .has_budget = 1, .jobs = 16}, 1e-6},
};

/* Peers get a month and the year, the engine's own growth is shown over more. */
static const struct {
    const char *name;
    size_t intervals;
    int has_peers;
} lengths[] = {
    {"month", BENCH_MONTH, 1},
    {"quarter", (size_t)3 * BENCH_MONTH, 0},
    {"year", BENCH_YEAR, 1},
    {"3 years", (size_t)3 * BENCH_YEAR, 0},
};
enum { LENGTHS = sizeof lengths / sizeof lengths[0] };

static const size_t peers[] = {0, 4}; /* CLP dual simplex, HiGHS dual simplex */
enum { PEERS = sizeof peers / sizeof peers[0] };

static int make_site(const coupled_site *which, size_t intervals, bench_site *site)
{
    if (bench_site_make(site, intervals, 120.0, 0.0) != 0)
        return -1;
    bench_site_couple(site, which->couplings);
    return 0;
}

/* ---- the engine alone ---- */

static int growth_row(const coupled_site *which, size_t length)
{
    bench_site site;
    bench_coordinated ours;
    table_row row = {.count = 0};
    if (make_site(which, lengths[length].intervals, &site) != 0)
        return -1;
    const int status = bench_engine_coordinate(&site, which->tolerance, &ours);
    bench_site_free(&site);
    add_cell(&row, "%s, %s", which->name, lengths[length].name);
    add_time(&row, ours.time_s);
    add_cell(&row, "%zu", ours.calls);
    add_cell(&row, "%.0f", ours.time_s * 1e9 / (double)lengths[length].intervals);
    add_cell(&row, "%.1e", ours.gap);
    print_row(&row);
    return status;
}

static int measure_growth(void)
{
    static const char *const names[] = {"couplings", "time", "calls", "ns / interval", "gap"};
    print_head("Coordination by prices: CPU time until bound and schedule meet", names,
               sizeof names / sizeof names[0]);
    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++)
        for (size_t k = 0; k < LENGTHS; k++)
            if (growth_row(&compared[i], k) != 0)
                return -1;
    return 0;
}

/* ---- beside others ---- */

static void add_peer(table_row *row, const bench_windows *windows, size_t peer, double bound_usd,
                     const settings *set)
{
    const bench_peer_result result = bench_peer_run(peer, windows, set->limit_s, set->folder);
    if (result.finished == 0) {
        add_cell(row, "over %.0f s", set->limit_s);
        return;
    }
    add_cell(row, "%.3g s, %.0e", result.solve_s,
             (bound_usd + result.optimum[0]) / fabs(bound_usd));
}

static int peers_row(const coupled_site *which, size_t length, const settings *set)
{
    bench_site site;
    bench_coordinated ours;
    table_row row = {.count = 0};
    if (make_site(which, lengths[length].intervals, &site) != 0)
        return -1;
    const bench_windows windows = {.site = &site, .length = lengths[length].intervals, .count = 1};
    const int status = bench_engine_coordinate(&site, which->tolerance, &ours);
    add_cell(&row, "%s, %s", which->name, lengths[length].name);
    add_time(&row, ours.time_s);
    for (size_t i = 0; status == 0 && i < PEERS; i++) {
        (void)fprintf(stderr, "bench: %s, %s, %s\n", which->name, lengths[length].name,
                      bench_peer_name(peers[i]));
        add_peer(&row, &windows, peers[i], ours.bound_usd, set);
    }
    bench_site_free(&site);
    print_row(&row);
    return status;
}

static int compare_with_peers(const settings *set)
{
    static const char *const names[] = {"couplings", "engine", "CLP dual", "HiGHS dual"};
    print_head("The same beside others: CPU time, of peers their solve alone, and how far our "
               "bound lies above their optimum",
               names, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++)
        for (size_t k = 0; k < LENGTHS; k++)
            if (lengths[k].has_peers != 0 && peers_row(&compared[i], k, set) != 0)
                return -1;
    return 0;
}

int measure_coordination(const settings *set)
{
    const int status = measure_growth();
    return status != 0 || set->is_quick != 0 ? status : compare_with_peers(set);
}
