/* SPDX-License-Identifier: Apache-2.0 */
#include "random_tariff.h"

#include "base/time.h"
#include "market/synthetic.h"

#include <math.h>
#include <stdio.h>

enum { PATH_BYTES = 4096 };

static const uint64_t own_draws = 0x746172696666ULL;

/* One file under way. */
typedef struct {
    amp_random random;
    FILE *out;
} writer;

static bool happens(writer *w, double probability)
{
    return amp_random_uniform(&w->random) < probability;
}

static double some(writer *w, double low, double high)
{
    return round((low + (high - low) * amp_random_uniform(&w->random)) * 10.0) / 10.0;
}

static const char *one_of(writer *w, const char *const *text, size_t count)
{
    return text[(size_t)(amp_random_uniform(&w->random) * (double)count) % count];
}

#define ONE_OF(w, ...)                              \
    one_of((w), (const char *const[]){__VA_ARGS__}, \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* When a line holds, around the hours of the clock changes too. */
static void put_window(writer *w)
{
    (void)fputs(ONE_OF(w, "", "", ", months: [3, 6]", ", months: [2, 7]"), w->out);
    (void)fputs(ONE_OF(w, "", "", ", days: weekdays", ", days: weekends"), w->out);
    (void)fputs(ONE_OF(w, "", "", ", hours: [[1, 3]]", ", hours: [[0, 6.5], [22, 24]]",
                       ", hours: [[8, 20]]"),
                w->out);
}

static void put_ratchets(writer *w)
{
    if (happens(w, 0.4))
        return;
    (void)fprintf(w->out, "    ratchet: [{share: %.1f %%}", some(w, 20.0, 100.0));
    if (happens(w, 0.4))
        (void)fprintf(w->out, ", {share: %.1f %%, months: %s, look_back: %s month}",
                      some(w, 20.0, 100.0), ONE_OF(w, "[2, 3]", "[6]", "[1, 2, 6, 7, 12]"),
                      ONE_OF(w, "1", "3", "24"));
    (void)fputs("]\n", w->out);
    if (happens(w, 0.5))
        (void)fprintf(w->out,
                      "    peak_so_far: [{month: 2023-07, power: %.1f MW}, {month: 2024-01, power: "
                      "%.1f MW}, {month: 2024-03, power: %.1f MW}]\n",
                      some(w, 0.0, 60.0), some(w, 0.0, 60.0), some(w, 0.0, 60.0));
}

static void put_tiers(writer *w, double charge)
{
    double above_mw = 0.0;
    size_t count = 0;
    for (; count < 3 && happens(w, 0.5); count++) {
        above_mw += some(w, 0.5, 40.0);
        charge += happens(w, 0.2) ? 0.0 : some(w, 0.0, 5.0);
        (void)fprintf(w->out, "%s{above: %.1f MW, charge: %.2f USD/kW/month}",
                      count == 0 ? "    tiers: [" : ", ", above_mw, charge);
    }
    (void)fputs(count > 0 ? "]\n" : "", w->out);
}

static void put_demand(writer *w)
{
    const size_t count = happens(w, 0.2) ? 0 : happens(w, 0.5) ? 1 : 2;
    (void)fputs(count > 0 ? "demand:\n" : "", w->out);
    for (size_t i = 0; i < count; i++) {
        const double charge = happens(w, 0.1) ? 0.0 : some(w, 0.0, 9.0);
        (void)fprintf(w->out, "  - id: d%zu\n    charge: %.2f USD/kW/month\n", i, charge);
        (void)fprintf(w->out, "    days: %s\n", ONE_OF(w, "all", "all", "weekdays", "weekends"));
        if (happens(w, 0.3))
            (void)fprintf(w->out, "    hours: %s\n",
                          ONE_OF(w, "[[1, 3]]", "[[8, 20]]", "[[0, 12]]"));
        if (happens(w, 0.3))
            (void)fprintf(w->out, "    months: %s\n", ONE_OF(w, "[3, 7]", "[2, 6]", "[1, 2, 3]"));
        (void)fputs(happens(w, 0.5) ? "    prorate: true\n" : "", w->out);
        if (happens(w, 0.3))
            (void)fprintf(w->out, "    minimum: {contracted: %.1f MW, share: 85 %%}\n",
                          some(w, 0.0, 90.0));
        put_ratchets(w);
        put_tiers(w, charge);
    }
}

static void put_energy(writer *w)
{
    (void)fputs("energy:\n  - {id: all, price: 4 EUR/MWh}\n", w->out);
    for (size_t i = 0; i < 3 && happens(w, 0.5); i++) {
        (void)fprintf(w->out, "  - {id: e%zu, price: ", i);
        if (happens(w, 0.3))
            (void)fputs("worth", w->out);
        else
            (void)fprintf(w->out, "%.1f USD/MWh", some(w, -10.0, 40.0));
        put_window(w);
        (void)fputs("}\n", w->out);
    }
}

static void put_coincident(writer *w, int64_t from_s, int64_t step_s)
{
    char text[AMP_TIME_TEXT_BYTES];
    if (happens(w, 0.4))
        return;
    (void)fprintf(w->out,
                  "coincident:\n  - {id: expected, charge: %.1f USD/kW/year, peaks: 400, "
                  "probability: share}\n",
                  some(w, 0.0, 60.0));
    if (happens(w, 0.5))
        (void)fprintf(
            w->out,
            "  - {id: known, charge: %.1f NOK/kW/year, peaks: 4, interval: %s, intervals: "
            "[%s]}\n",
            some(w, 0.0, 80.0), ONE_OF(w, "5 min", "1 h", "90 min"),
            amp_time_format(from_s + step_s * (int64_t)some(w, -1.0, 9.0), text));
}

static void put_rest(writer *w)
{
    if (happens(w, 0.5))
        (void)fprintf(w->out, "tax:\n  - {id: t, use: %s, rate: %.1f USD/MWh}\n",
                      ONE_OF(w, "all", "mining"), some(w, 0.0, 30.0));
    (void)fprintf(w->out, "fixed:\n  - {id: f, charge: %.1f USD/month}\n", some(w, -9.0, 900.0));
    if (happens(w, 0.5))
        (void)fprintf(w->out, "  - {id: tag, power: %.1f MW, price: 329.17 USD/MW/day}\n",
                      some(w, 0.0, 90.0));
    if (happens(w, 0.5))
        (void)fprintf(w->out,
                      "  - {id: season, power: %.1f MW, monthly_price: 3.62 EUR/kW/month, months: "
                      "%s}\n",
                      some(w, 0.0, 90.0), ONE_OF(w, "[2, 7]", "[3, 6]"));
}

bool random_tariff_is_used(uint64_t seed)
{
    amp_random random = amp_random_seeded(seed ^ own_draws);
    return amp_random_uniform(&random) < 0.5;
}

bool random_tariff_write(uint64_t seed, const char *folder, int64_t from_s, int64_t step_s)
{
    char path[PATH_BYTES];
    writer w = {.random = amp_random_seeded(seed ^ own_draws ^ 1U)};
    const int length = snprintf(path, sizeof path, "%s/tariff.yaml", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return false;
    w.out = fopen(path, "w");
    if (w.out == NULL)
        return false;
    (void)fputs("tariff: 1\n", w.out);
    put_demand(&w);
    put_energy(&w);
    put_coincident(&w, from_s, step_s);
    put_rest(&w);
    const bool is_written = ferror(w.out) == 0;
    return fclose(w.out) == 0 && is_written;
}
