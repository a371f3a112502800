/* SPDX-License-Identifier: Apache-2.0 */
#include "loading.h"

#include "base/time.h"
#include "clock.h"
#include "dispatch/problem.h"
#include "market/market.h"
#include "market/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { STEP_S = 900, REPEATS = 5, ARENA_BYTES = 1 << 20 };

static const char *const from = "2020-01-01T00:00:00Z";
static const char *const to = "2025-07-01T00:00:00Z";

/* A series file: a mean and a spread that make sense for its unit, numbers as markets print them.
 */
static const struct {
    const char *name, *unit;
    double mean, spread;
    int digits;
} series[] = {
    {"lmp", "USD/MWh", 36.0, 12.0, 2}, {"hashprice", "USD/PH/day", 60.0, 2.0, 4},
    {"outdoor", "degC", 14.0, 4.0, 1}, {"chat", "1", 0.6, 0.05, 4},
    {"available", "%", 95.0, 0.8, 1},
};

static const char portfolio_text[] =
    "ampacity: 1\n"
    "name: Five and a half years\n"
    "currency: USD\n"
    "time: {from: %s, to: %s, step: 15 min}\n"
    "series:\n"
    "  lmp: {file: lmp.%s, column: lmp}\n"
    "  hashprice: {file: hashprice.%s, column: hashprice}\n"
    "  outdoor: {file: outdoor.%s, column: outdoor}\n"
    "  chat: {file: chat.%s, column: chat}\n"
    "  available: {file: available.%s, column: available}\n"
    "bitcoin: {hashprice: hashprice}\n"
    "sites:\n"
    "  - id: bench\n"
    "    country: US\n"
    "    time_zone: America/Chicago\n"
    "    grid: {import_limit: 200 MW, availability: available}\n"
    "    supply: {energy_price: lmp, adder: 4.5 USD/MWh}\n"
    "    battery: {power: 50 MW, energy: 100 MWh, initial_soc: 50 %%}\n"
    "    mining:\n"
    "      - {id: s21, machines: 20000, hashrate: 200 TH/s, efficiency: 17.5 J/TH}\n"
    "    halls:\n"
    "      - {id: serving, it_power: 40 MW, pue: {outdoor: outdoor, curve: [[-10, 1.1], [40, "
    "1.3]]},\n"
    "         inference: {demand: chat, value: [[60 %%, 420 USD/MWh], [100 %%, 180 USD/MWh]]}}\n";

static int write_portfolio(const char *folder, const char *suffix, char *path, size_t size)
{
    (void)snprintf(path, size, "%s/portfolio.%s.yaml", folder, suffix);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return -1;
    (void)fprintf(file, portfolio_text, from, to, suffix, suffix, suffix, suffix, suffix);
    return fclose(file);
}

/* One series, plain or gzip by the suffix. */
static int write_series(const char *folder, size_t which, const char *suffix, int64_t begin_s,
                        int64_t end_s)
{
    char path[512];
    char stamp[AMP_TIME_TEXT_BYTES];
    amp_random random = amp_random_seeded(which + 1);
    const int is_plain = suffix[3] == '\0';
    (void)snprintf(path, sizeof path, "%s/%s.%s", folder, series[which].name, suffix);
    gzFile file = gzopen(path, is_plain ? "wbT" : "wb6");
    if (file == NULL)
        return -1;
    int written = gzprintf(file, "time,%s [%s]\n", series[which].name, series[which].unit);
    for (int64_t t = begin_s; written > 0 && t < end_s; t += STEP_S) {
        const double noise = amp_random_normal(&random);
        written = gzprintf(file, "%s,%.*f\n", amp_time_format(t, stamp), series[which].digits,
                           series[which].mean + series[which].spread * noise);
    }
    return gzclose(file) == Z_OK && written > 0 ? 0 : -1;
}

static int load_once(const char *path, amp_diagnostics *diagnostics, size_t *intervals)
{
    amp_portfolio *portfolio = NULL;
    amp_market *market = NULL;
    amp_site_problem problem;
    amp_arena *arena = amp_arena_new(ARENA_BYTES);
    int status = -1;
    if (arena == NULL || amp_portfolio_load(path, NULL, diagnostics, &portfolio) != AMP_OK ||
        amp_market_load(portfolio, diagnostics, &market) != AMP_OK ||
        amp_site_problem_build(portfolio, 0, market, arena, diagnostics, &problem) != AMP_OK)
        goto out;
    *intervals = problem.interval_count;
    status = 0;
out:
    amp_market_free(market);
    amp_portfolio_free(portfolio);
    amp_arena_free(arena);
    return status;
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of some repeats: the files are in memory from the first on. Negative when it failed. */
static double load_s(const char *path, size_t *intervals)
{
    double repeat_s[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        amp_diagnostics *diagnostics = amp_diagnostics_new();
        const double begin_s = bench_thread_s();
        const int status = load_once(path, diagnostics, intervals);
        repeat_s[i] = bench_thread_s() - begin_s;
        for (size_t k = 0; status != 0 && k < amp_diagnostics_count(diagnostics); k++)
            amp_diagnostic_print(amp_diagnostics_get(diagnostics, k), false, stderr);
        amp_diagnostics_free(diagnostics);
        if (status != 0)
            return -1.0;
    }
    qsort(repeat_s, REPEATS, sizeof repeat_s[0], compare_numbers);
    return repeat_s[REPEATS / 2];
}

static double write_and_load_s(const char *folder, const char *suffix, size_t *intervals)
{
    char path[512];
    int64_t begin_s = 0;
    int64_t end_s = 0;
    if (amp_time_parse(from, 20, &begin_s, NULL) != AMP_OK ||
        amp_time_parse(to, 20, &end_s, NULL) != AMP_OK ||
        write_portfolio(folder, suffix, path, sizeof path) != 0)
        return -1.0;
    for (size_t i = 0; i < sizeof series / sizeof series[0]; i++)
        if (write_series(folder, i, suffix, begin_s, end_s) != 0)
            return -1.0;
    return load_s(path, intervals);
}

int bench_loading_run(const char *folder, bench_loading *out)
{
    *out = (bench_loading){0};
    out->plain_s = write_and_load_s(folder, "csv", &out->interval_count);
    out->gzip_s = write_and_load_s(folder, "csv.gz", &out->interval_count);
    return out->plain_s > 0.0 && out->gzip_s > 0.0 ? 0 : -1;
}
