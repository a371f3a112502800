/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include "market/bitcoin.h"
#include "market/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 12345 };

/* Columns in memory, each interval_count long. A tier has two: power and value. */
enum {
    COLUMN_PRICE,
    COLUMN_IMPORT_LIMIT,
    COLUMN_MUST,
    COLUMN_ZERO,
    COLUMN_CHARGE_LIMIT,
    COLUMN_DISCHARGE_LIMIT,
    COLUMN_CUT,
    COLUMN_CUT_COST,
    COLUMN_PUE_INVERSE,
    COLUMN_HALL,
    COLUMN_TIER,
    COLUMN_COUNT = COLUMN_TIER + 2 * BENCH_TIERS,
};

static const double battery_mw = 25.0;
static const double battery_mwh = 100.0;
static const double one_way_efficiency = 0.93;
static const double inference_usd_per_mwh = 310.0;

/* Five generations of machines. */
static const struct {
    double power_mw, efficiency_j_per_th;
} fleets[BENCH_TIERS - 1] = {
    {18.0, 15.0}, {17.0, 18.5}, {16.0, 21.5}, {12.0, 25.0}, {10.0, 30.0},
};

/* Price as a function of its rank: straight between the points, so that the statistics hold by
 * construction. The mean of these lines is 36. */
static const struct {
    double rank, usd_per_mwh;
} price_quantiles[] = {
    {0.0, -60.0},   {0.01, -28.0},    {0.04, -12.0}, {0.135, 0.0}, {0.30, 17.0},
    {0.50, 27.0},   {0.70, 38.0},     {0.85, 55.0},  {0.95, 88.0}, {0.99, 150.0},
    {0.998, 620.0}, {0.9995, 1900.0}, {1.0, 3780.0},
};

static double price_at_rank(double rank)
{
    size_t i = 1;
    while (price_quantiles[i].rank < rank)
        i++;
    const double width = price_quantiles[i].rank - price_quantiles[i - 1].rank;
    const double share = (rank - price_quantiles[i - 1].rank) / width;
    const double price =
        price_quantiles[i - 1].usd_per_mwh * (1.0 - share) + price_quantiles[i].usd_per_mwh * share;
    return round(price * 100.0) / 100.0; /* markets settle in cents, so ties are common */
}

typedef struct {
    double heat;
    size_t interval;
} ranked;

static int compare_heat(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;
    if (x->heat < y->heat)
        return -1;
    if (x->heat > y->heat)
        return 1;
    return x->interval < y->interval ? -1 : 1;
}

/* How dear an interval is: hours of the day and year, weather that lasts for days, noise that lasts
 * for an hour, and noise that does not last. */
static void fill_heat(ranked *heat, size_t count)
{
    const double pi = 3.14159265358979323846;
    amp_random random = amp_random_seeded(SEED);
    double weather = 0.0;
    double hour_noise = 0.0;
    for (size_t t = 0; t < count; t++) {
        const double day = 2.0 * pi * (double)(t % BENCH_DAY) / BENCH_DAY;
        const double year = 2.0 * pi * (double)(t % BENCH_YEAR) / BENCH_YEAR;
        weather = 0.9995 * weather + 0.0316 * amp_random_normal(&random);
        hour_noise = 0.92 * hour_noise + 0.39 * amp_random_normal(&random);
        const double shape = -0.5 * cos(day - 0.4) + 0.55 * cos(2.0 * day - 2.4) - 0.4 * cos(year);
        heat[t].heat = shape + 0.5 * weather + 0.6 * hour_noise + 0.3 * amp_random_normal(&random);
        heat[t].interval = t;
    }
}

/* Year by year, so that a longer horizon does not change the first year. */
static int fill_prices(double *price, size_t count)
{
    const size_t whole = (count + BENCH_YEAR - 1) / BENCH_YEAR * BENCH_YEAR;
    ranked *heat = calloc(whole, sizeof *heat);
    if (heat == NULL)
        return -1;
    fill_heat(heat, whole);
    for (size_t first = 0; first < whole; first += BENCH_YEAR) {
        qsort(heat + first, BENCH_YEAR, sizeof *heat, compare_heat);
        for (size_t i = 0; i < BENCH_YEAR; i++) {
            const size_t t = heat[first + i].interval;
            if (t < count)
                price[t] = price_at_rank((double)i / (BENCH_YEAR - 1));
        }
    }
    free(heat);
    return 0;
}

/* Hashprice moves once a day, availability of machines once an hour. */
static void fill_tiers(bench_site *site)
{
    const size_t count = site->interval_count;
    amp_random random = amp_random_seeded(SEED + 1);
    double hashprice = 58.0;
    double available[BENCH_TIERS] = {0};
    for (size_t t = 0; t < count; t++) {
        if (t % BENCH_DAY == 0)
            hashprice = 58.0 + 0.98 * (hashprice - 58.0) + 1.2 * amp_random_normal(&random);
        if (t % 12 == 0)
            for (size_t k = 0; k < BENCH_TIERS; k++)
                available[k] = 0.9 + 0.1 * amp_random_uniform(&random);
        double *row = site->memory + COLUMN_TIER * count + t;
        row[0] = 12.0 * available[0];
        row[count] = inference_usd_per_mwh;
        for (size_t k = 1; k < BENCH_TIERS; k++) {
            row[2 * k * count] = fleets[k - 1].power_mw * available[k];
            row[(2 * k + 1) * count] =
                amp_bitcoin_value_usd_per_mwh(hashprice, 0.01, fleets[k - 1].efficiency_j_per_th);
        }
    }
}

static void fill_constant(bench_site *site, size_t column, double value)
{
    for (size_t t = 0; t < site->interval_count; t++)
        site->memory[column * site->interval_count + t] = value;
}

static amp_column column_of(const bench_site *site, size_t column)
{
    return (amp_column){site->memory + column * site->interval_count, 1};
}

/* What never changes is one number, as it is in a site that comes from a file. */
static amp_column constant_of(const bench_site *site, size_t column)
{
    return (amp_column){site->memory + column * site->interval_count, 0};
}

static void describe_loads(bench_site *site)
{
    const amp_column zero = constant_of(site, COLUMN_ZERO);
    site->load[0] = (amp_load){.kind = AMP_LOAD_LEASE,
                               .id = "lease",
                               .is_hard = true,
                               .demand_mw = column_of(site, COLUMN_MUST),
                               .capacity_mw = column_of(site, COLUMN_MUST),
                               .penalty_usd_per_mwh = zero,
                               .it_per_mwh = zero};
    for (uint32_t k = 0; k < BENCH_TIERS; k++) {
        site->tier[k] = (amp_tier){.power_mw = column_of(site, COLUMN_TIER + 2 * k),
                                   .value_usd_per_mwh = column_of(site, COLUMN_TIER + 2 * k + 1),
                                   .load = k + 1};
        site->load[k + 1] = (amp_load){.kind = k == 0 ? AMP_LOAD_INFERENCE : AMP_LOAD_MINING,
                                       .id = "tier",
                                       .demand_mw = site->tier[k].power_mw,
                                       .capacity_mw = site->tier[k].power_mw,
                                       .penalty_usd_per_mwh = zero,
                                       .it_per_mwh = zero,
                                       .first_tier = k,
                                       .tier_count = 1};
    }
}

static void describe_problem(bench_site *site, double wear_usd_per_mwh)
{
    const amp_column zero = constant_of(site, COLUMN_ZERO);
    site->problem = (amp_site_problem){
        .site_id = "bench",
        .interval_count = site->interval_count,
        .interval_h = BENCH_STEP_S / 3600.0,
        .from_unix_s = 1735689600, /* 2025-01-01 */
        .step_s = BENCH_STEP_S,
        .import_limit_mw = constant_of(site, COLUMN_IMPORT_LIMIT),
        .import_price_usd_per_mwh = column_of(site, COLUMN_PRICE),
        .block_mw = zero,
        .block_price_usd_per_mwh = zero,
        .export_limit_mw = zero,
        .export_price_usd_per_mwh = zero,
        .must_mw = column_of(site, COLUMN_MUST),
        .load = site->load,
        .load_count = BENCH_TIERS + 1,
        .tier = site->tier,
        .tier_count = BENCH_TIERS,
        .storage = {.is_present = true,
                    .charge_limit_mw = constant_of(site, COLUMN_CHARGE_LIMIT),
                    .discharge_limit_mw = constant_of(site, COLUMN_DISCHARGE_LIMIT),
                    .charge_efficiency = one_way_efficiency,
                    .discharge_efficiency = one_way_efficiency,
                    .maximum_mwh = battery_mwh,
                    .initial_mwh = 0.5 * battery_mwh,
                    .final = AMP_FINAL_FREE,
                    .wear_usd_per_mwh = wear_usd_per_mwh,
                    .retention = 1.0},
    };
}

static int take_memory(bench_site *site, size_t interval_count, double wear_usd_per_mwh)
{
    *site = (bench_site){.interval_count = interval_count};
    site->memory = calloc(interval_count * COLUMN_COUNT, sizeof *site->memory);
    if (site->memory == NULL)
        return -1;
    describe_loads(site);
    describe_problem(site, wear_usd_per_mwh);
    return 0;
}

int bench_site_make(bench_site *site, size_t interval_count, double import_limit_mw,
                    double wear_usd_per_mwh)
{
    if (take_memory(site, interval_count, wear_usd_per_mwh) != 0)
        return -1;
    if (fill_prices(site->memory, interval_count) != 0) {
        bench_site_free(site);
        return -1;
    }
    fill_constant(site, COLUMN_IMPORT_LIMIT, import_limit_mw);
    fill_constant(site, COLUMN_MUST, 10.0);
    fill_constant(site, COLUMN_CHARGE_LIMIT, battery_mw);
    fill_constant(site, COLUMN_DISCHARGE_LIMIT, battery_mw);
    fill_tiers(site);
    return 0;
}

void bench_site_free(bench_site *site)
{
    free(site->memory);
    *site = (bench_site){0};
}

int bench_site_make_window(bench_site *window, size_t interval_count, const bench_site *like)
{
    if (take_memory(window, interval_count, like->problem.storage.wear_usd_per_mwh) != 0)
        return -1;
    bench_site_couple(window, like->couplings);
    return 0;
}

static void add_months(bench_site *site)
{
    amp_site_problem *p = &site->problem;
    const size_t count = site->interval_count;
    const size_t months = count < BENCH_MONTH ? 1 : count / BENCH_MONTH;
    p->block_count = months < BENCH_MONTHS ? months : BENCH_MONTHS;
    for (size_t m = 0; m < p->block_count; m++) {
        site->block_first[m] = m * BENCH_MONTH;
        site->peak[m] = (amp_peak){
            .id = "month",
            .first = m * BENCH_MONTH,
            .end = m + 1 < p->block_count ? (m + 1) * BENCH_MONTH : count,
            .charge_usd_per_mw = 8000.0,
        };
    }
    p->block_first = site->block_first;
    p->peak = site->peak;
    p->peak_count = site->couplings.has_peaks != 0 ? p->block_count : 0;
}

static void add_jobs(bench_site *site)
{
    amp_site_problem *p = &site->problem;
    const double count = (double)site->interval_count;
    amp_random random = amp_random_seeded(SEED + 2);
    fill_constant(site, COLUMN_PUE_INVERSE, 1.0 / 1.2);
    fill_constant(site, COLUMN_HALL, 1000.0);
    site->load[p->load_count] = (amp_load){.kind = AMP_LOAD_TRAINING,
                                           .id = "training",
                                           .demand_mw = constant_of(site, COLUMN_ZERO),
                                           .capacity_mw = constant_of(site, COLUMN_HALL),
                                           .penalty_usd_per_mwh = constant_of(site, COLUMN_ZERO),
                                           .it_per_mwh = constant_of(site, COLUMN_PUE_INVERSE),
                                           .first_tier = BENCH_TIERS};
    for (size_t j = 0; j < site->couplings.jobs; j++) {
        const size_t first = (size_t)(0.7 * amp_random_uniform(&random) * count);
        const size_t length = (size_t)((0.02 + 0.2 * amp_random_uniform(&random)) * count);
        const double power_mw = 2.0 + 8.0 * amp_random_uniform(&random);
        const double hours = (double)length * p->interval_h;
        site->job[j] = (amp_job){
            .id = "job",
            .load = (uint32_t)p->load_count,
            .first = first,
            .end = first + length,
            .power_mw = power_mw,
            .energy_mwh = power_mw * hours * (0.2 + 0.5 * amp_random_uniform(&random)),
            .value_usd_per_mwh = 40.0 + 80.0 * amp_random_uniform(&random),
        };
    }
    p->load_count++;
    p->job = site->job;
    p->job_count = site->couplings.jobs;
}

/* What the tenant lets the site cut is a source at the bus. */
static void add_budget(bench_site *site)
{
    static const double one = 1.0;
    amp_site_problem *p = &site->problem;
    const double cut_mw = 2.5;
    fill_constant(site, COLUMN_CUT, cut_mw);
    fill_constant(site, COLUMN_CUT_COST, 90.0);
    site->cut = (amp_source){.id = "cut",
                             .power_mw = constant_of(site, COLUMN_CUT),
                             .cost_usd_per_mwh = constant_of(site, COLUMN_CUT_COST)};
    site->cut_weight = (amp_column){.value = &one};
    site->budget = (amp_budget){
        .id = "cut",
        .source = &site->cut_index,
        .weight = &site->cut_weight,
        .source_count = 1,
        .limit = cut_mw * 90.0 * (double)site->interval_count / BENCH_YEAR,
    };
    p->source = &site->cut;
    p->source_count = 1;
    p->budget = &site->budget;
    p->budget_count = 1;
}

void bench_site_couple(bench_site *site, bench_couplings couplings)
{
    site->couplings = couplings;
    if (couplings.has_peaks != 0 || couplings.jobs > 0 || couplings.has_budget != 0)
        add_months(site);
    if (couplings.jobs > 0)
        add_jobs(site);
    if (couplings.has_budget != 0)
        add_budget(site);
}

void bench_site_show(const bench_site *site, size_t first, bench_site *window)
{
    for (size_t column = 0; column < COLUMN_COUNT; column++)
        memcpy(window->memory + column * window->interval_count,
               site->memory + column * site->interval_count + first,
               window->interval_count * sizeof *window->memory);
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

bench_price_facts bench_prices(const bench_site *site)
{
    bench_price_facts facts = {0};
    const size_t count = site->interval_count;
    double *sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL)
        return facts;
    memcpy(sorted, site->memory, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    for (size_t t = 0; t < count; t++) {
        facts.mean += sorted[t] / (double)count;
        facts.negative_share += sorted[t] < 0.0 ? 1.0 / (double)count : 0.0;
    }
    facts.minimum = sorted[0];
    facts.p99 = sorted[(size_t)(0.99 * (double)count)];
    facts.maximum = sorted[count - 1];
    free(sorted);
    return facts;
}
