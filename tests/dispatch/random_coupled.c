/* SPDX-License-Identifier: Apache-2.0 */
#include "random_coupled.h"

#include "market/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double zero = 0.0;

static double between(amp_random *random, double low, double high)
{
    return low + (high - low) * amp_random_uniform(random);
}

static size_t below(amp_random *random, size_t count)
{
    return (size_t)(amp_random_uniform(random) * (double)count) % count;
}

static void add_blocks(amp_random *random, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    const size_t most =
        p->interval_count < RANDOM_BLOCKS_MAX ? p->interval_count : RANDOM_BLOCKS_MAX;
    p->block_count = 1 + below(random, most);
    for (size_t b = 0; b < p->block_count; b++)
        site->block_first[b] = b * p->interval_count / p->block_count;
    p->block_first = site->block_first;
}

static void add_peaks(amp_random *random, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    const bool has_any = amp_random_uniform(random) < 0.8;
    for (size_t b = 0; has_any && b < p->block_count; b++) {
        const size_t end = b + 1 < p->block_count ? p->block_first[b + 1] : p->interval_count;
        const double limit_mw = amp_column_at(p->import_limit_mw, p->block_first[b]);
        site->peak[p->peak_count++] = (amp_peak){
            .id = "p",
            .first = p->block_first[b],
            .end = end,
            .charge_usd_per_mw =
                amp_random_uniform(random) < 0.1 ? 0.0 : between(random, 0.0, 400.0),
            .start_mw =
                amp_random_uniform(random) < 0.7 ? 0.0 : between(random, 0.0, 0.5 * limit_mw),
        };
    }
    p->peak = site->peak;
}

static void add_jobs(amp_random *random, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    const size_t jobs = amp_random_uniform(random) < 0.3 ? 0 : 1 + below(random, RANDOM_JOBS_MAX);
    amp_load *load = &site->load[p->load_count];
    static const double capacities[] = {1e9, 30.0, 12.0};
    site->pue_inverse = 1.0 / between(random, 1.0, 1.5);
    *load = (amp_load){
        .kind = AMP_LOAD_TRAINING,
        .id = "training",
        .demand_mw = {&zero, 0},
        .capacity_mw = {&capacities[below(random, 3)], 0},
        .penalty_usd_per_mwh = {&zero, 0},
        .it_per_mwh = {&site->pue_inverse, 0},
        .first_tier = (uint32_t)p->tier_count,
    };
    for (size_t j = 0; j < jobs; j++) {
        const size_t first = below(random, p->interval_count);
        const size_t length = 1 + below(random, p->interval_count - first);
        const double power_mw = between(random, 0.0, 20.0);
        const double most_mwh = power_mw * (double)length * p->interval_h;
        site->job[p->job_count++] = (amp_job){
            .id = "j",
            .load = (uint32_t)p->load_count,
            .first = first,
            .end = first + length,
            .power_mw = power_mw,
            .energy_mwh = most_mwh * between(random, 0.05, 1.1),
            .value_usd_per_mwh = round(between(random, 0.0, 300.0)),
            .penalty_usd = amp_random_uniform(random) < 0.5 ? 0.0 : between(random, 0.0, 500.0),
        };
    }
    p->job = site->job;
    p->load = site->load;
    p->load_count++;
}

/* A second charge in each block, on some hours only, over the first one. */
static void add_hourly_peaks(amp_random *random, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    const size_t monthly = p->peak_count;
    const bool has_any = amp_random_uniform(random) < 0.4 && p->interval_count <= RANDOM_COUNTS_MAX;
    const double share = between(random, 0.1, 0.9);
    for (size_t t = 0; has_any && t < p->interval_count; t++)
        site->counts[t] = amp_random_uniform(random) < share ? 1 : 0;
    for (size_t k = 0; has_any && k < monthly; k++) {
        amp_peak *peak = &site->peak[p->peak_count++];
        *peak = site->peak[k];
        peak->id = "h";
        peak->counts = site->counts + peak->first;
        peak->charge_usd_per_mw = between(random, 0.0, 300.0);
        peak->start_mw = 0.0;
    }
}

/* Everything that the sources of budgets can give, by what a MWh counts. */
static double most_of(const amp_site_problem *p, const amp_budget *budget)
{
    double most = 0.0;
    for (size_t k = 0; k < budget->source_count; k++)
        for (size_t t = 0; t < p->interval_count; t++)
            most += amp_column_at(budget->weight[k], t) * p->interval_h *
                    amp_column_at(p->source[budget->source[k]].power_mw, t);
    return most;
}

/* Each source has a budget of its own, or two share one. */
static void add_budgets(amp_random *random, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    const size_t most = p->source_count < RANDOM_BUDGETS_MAX ? p->source_count : RANDOM_BUDGETS_MAX;
    const bool are_shared = most > 1 && amp_random_uniform(random) < 0.3;
    if (amp_random_uniform(random) < 0.4)
        return;
    for (size_t i = 0; i < most; i++) {
        site->budget_source[i] = (uint32_t)i;
        site->budget_weight[i] = amp_random_uniform(random) < 0.5 ? 1.0 : between(random, 0.1, 3.0);
        site->weight[i] = (amp_column){&site->budget_weight[i], 0};
    }
    for (size_t i = 0; i < most; i += are_shared ? 2 : 1) {
        amp_budget *budget = &site->budget[p->budget_count++];
        *budget = (amp_budget){.id = "b",
                               .source = &site->budget_source[i],
                               .weight = &site->weight[i],
                               .source_count = are_shared && i + 1 < most ? 2 : 1};
        budget->limit = most_of(p, budget);
        budget->limit *= amp_random_uniform(random) < 0.1 ? 0.0 : between(random, 0.0, 1.1);
    }
    p->budget = site->budget;
}

/* The first source's weight varies in some: what a tenant lets be cut, where cooling varies. */
static void vary_weights(uint64_t seed, random_coupled *site)
{
    const size_t count = site->problem.interval_count;
    amp_random random = amp_random_seeded(seed ^ 0x9e3779b9U);
    if (amp_random_uniform(&random) < 0.5 || count > RANDOM_COUNTS_MAX)
        return;
    for (size_t t = 0; t < count; t++)
        site->weights[t] = amp_random_uniform(&random) < 0.1 ? 0.0 : between(&random, 0.3, 2.0);
    site->weight[0] = (amp_column){site->weights, 1};
}

/* In some, a budget over sources that have budgets of their own: emissions. */
static void add_common_budget(uint64_t seed, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    const size_t most = p->source_count < RANDOM_BUDGETS_MAX ? p->source_count : RANDOM_BUDGETS_MAX;
    amp_random random = amp_random_seeded(seed ^ 0xc2b2ae35U);
    if (p->budget_count == 0 || amp_random_uniform(&random) < 0.5)
        return;
    amp_budget *budget = &site->budget[p->budget_count];
    *budget = (amp_budget){.id = "all", .source = site->all_source, .weight = site->all_weights};
    for (uint32_t i = 0; i < most; i++) {
        const size_t k = budget->source_count;
        if (amp_random_uniform(&random) < 0.2)
            continue;
        site->all_source[k] = i;
        site->all_weight[k] = between(&random, 0.1, 3.0);
        site->all_weights[k] = (amp_column){&site->all_weight[k], 0};
        budget->source_count++;
    }
    budget->limit = most_of(p, budget) * between(&random, 0.0, 0.9);
    p->budget_count += budget->source_count > 0 ? 1 : 0;
}

/* Of the charges that lie behind one another, from peak @p first on, each looks back on some. */
static void add_looks(amp_random *random, random_coupled *site, size_t first, size_t count)
{
    const size_t back = below(random, count);
    const double share = amp_random_uniform(random) < 0.2 ? 1.0 : between(random, 0.3, 1.0);
    for (size_t i = 0; i < count; i++) {
        const size_t k = first + i;
        amp_billing *billing = &site->billing[k];
        site->look[k][billing->look_count++] = (amp_look){(uint32_t)k, 1.0};
        for (size_t j = i > back ? i - back : 0; j < i; j++)
            if (amp_random_uniform(random) < 0.8)
                site->look[k][billing->look_count++] = (amp_look){(uint32_t)(first + j), share};
        billing->look = site->look[k];
    }
}

static void add_tiers(amp_random *random, random_coupled *site, size_t first, size_t count)
{
    const size_t tiers = below(random, RANDOM_TIERS_MAX + 1);
    double above_mw = 0.0;
    for (size_t n = 0; n < tiers; n++) {
        above_mw += between(random, 0.5, 30.0);
        const double more_usd = between(random, 1.0, 200.0);
        for (size_t k = first; k < first + count; k++) {
            site->tier[k][n] = (amp_demand_tier){above_mw, more_usd};
            site->billing[k].tier = site->tier[k];
            site->billing[k].tier_count = tiers;
        }
    }
}

/* Ratchets and tiers, on the monthly peaks or on those of some hours. */
static void add_billing(uint64_t seed, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    amp_random random = amp_random_seeded(seed ^ 0x51ed270bU);
    if (p->peak_count == 0 || amp_random_uniform(&random) < 0.5)
        return;
    for (size_t first = 0; first < p->peak_count; first += p->block_count) {
        if (amp_random_uniform(&random) < 0.3)
            continue;
        add_looks(&random, site, first, p->block_count);
        add_tiers(&random, site, first, p->block_count);
    }
    p->billing = site->billing;
}

/* Every third site, or every one that the environment asks for, sells reserves. */
static void add_reserves(uint64_t seed, random_coupled *site)
{
    amp_random random = amp_random_seeded(seed ^ 0x2545f491U);
    const double share = getenv("AMPACITY_RESERVES") != NULL ? 1.0 : 0.33;
    if (amp_random_uniform(&random) >= share)
        return;
    random_reserve_add(seed, below(&random, 2) == 0 ? RANDOM_RESERVE_LOADS : RANDOM_RESERVE_POWER,
                       &site->reserve, &site->problem);
}

/* In some, the meter averages over several steps; the horizon and blocks may cut the first and the
 * last of them. A metering interval counts where its first step does. */
static void add_metering(uint64_t seed, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    amp_random random = amp_random_seeded(seed ^ 0x3c6ef372U);
    const bool has_any =
        amp_random_uniform(&random) < 0.3 && p->interval_count <= RANDOM_COUNTS_MAX;
    const size_t steps = 2 + below(&random, RANDOM_METERED_MAX - 1);
    size_t end = 1 + below(&random, steps);
    if (!has_any || p->peak_count == 0 || p->reserve_count > 0)
        return;
    for (size_t t = 0, b = 1, first = 0; t < p->interval_count; t++) {
        const bool is_cut = b < p->block_count && t == p->block_first[b];
        if (t >= end || is_cut)
            first = t;
        end = t >= end ? end + steps : end;
        b += is_cut ? 1 : 0;
        site->counts[t] = site->counts[first];
        for (size_t i = first; i <= t; i++)
            site->metered_end[i] = (uint32_t)(t + 1);
    }
    p->metered_end = site->metered_end;
    p->block_mw = (amp_column){&zero, 0}; /* agreements beside it are refused */
}

random_coupled *random_coupled_new(uint64_t seed, size_t intervals_max)
{
    random_coupled *site = calloc(1, sizeof *site);
    if (site == NULL)
        return NULL;
    site->base = random_site_new(seed, intervals_max);
    if (site->base == NULL)
        goto out;
    amp_random random = amp_random_seeded(seed ^ 0x5bd1e995U);
    site->problem = site->base->problem;
    site->load = calloc(site->problem.load_count + 1, sizeof *site->load);
    if (site->load == NULL)
        goto out;
    if (site->problem.load_count > 0)
        memcpy(site->load, site->problem.load, site->problem.load_count * sizeof *site->load);
    add_blocks(&random, site);
    add_peaks(&random, site);
    add_jobs(&random, site);
    add_hourly_peaks(&random, site);
    add_budgets(&random, site);
    vary_weights(seed, site);
    add_common_budget(seed, site);
    add_billing(seed, site);
    add_reserves(seed, site);
    if (!random_flexible_add(seed, &site->problem, site->budget, &site->flexible))
        goto out;
    add_metering(seed, site);
    return site;
out:
    random_coupled_free(site);
    return NULL;
}

/* One number, or one an interval. */
static amp_column some_column(amp_random *random, random_coupled *site, double low, double high)
{
    const size_t stride = below(random, 2);
    const size_t count = stride == 0 ? 1 : site->problem.interval_count;
    double *number = AMP_ARENA_NEW(site->arena, double, count);
    for (size_t t = 0; number != NULL && t < count; t++)
        number[t] = round(between(random, low, high) * 100.0) / 100.0;
    return (amp_column){.value = number, .stride = stride};
}

static amp_column part_of(random_coupled *site, amp_column column, double share)
{
    const size_t count = column.stride == 0 ? 1 : site->problem.interval_count;
    double *number = AMP_ARENA_NEW(site->arena, double, count);
    for (size_t t = 0; number != NULL && t < count; t++)
        number[t] = column.value[t] * share;
    return (amp_column){.value = number, .stride = column.stride};
}

/* Costs from nothing to what hours of mining bring; machines that run before, or not, or a part. */
static bool add_restart(amp_random *random, uint32_t load, amp_tier *tier, random_coupled *site)
{
    const amp_load *fleet = &site->problem.load[load];
    const bool has_lost = amp_random_uniform(random) < 0.7;
    const double before = amp_random_uniform(random);
    const amp_restart restart = {
        .load = load,
        .running_per_mw = some_column(random, site, 0.5, 1.5),
        .lost_usd_per_mw = some_column(random, site, 0.0, has_lost ? 60.0 : 0.0),
        .wear_usd_per_mw = amp_random_uniform(random) < 0.5 ? round(between(random, 0.0, 40.0)) : 0,
        .initial_mw = before < 0.3   ? 0.0
                      : before < 0.6 ? 1e6
                                     : between(random, 0.0, 60.0),
    };
    bool has_memory = restart.running_per_mw.value != NULL && restart.lost_usd_per_mw.value != NULL;
    for (uint32_t k = fleet->first_tier + 1; k < fleet->first_tier + fleet->tier_count; k++) {
        tier[k].power_mw =
            part_of(site, tier[fleet->first_tier].power_mw, between(random, 0.1, 1.0));
        has_memory = has_memory && tier[k].power_mw.value != NULL;
    }
    site->restart[site->problem.restart_count++] = restart;
    return has_memory;
}

bool random_coupled_add_restarts(uint64_t seed, random_coupled *site)
{
    amp_site_problem *p = &site->problem;
    amp_random random = amp_random_seeded(seed ^ 0x27d4eb2fU);
    site->arena = amp_arena_new(SIZE_MAX);
    if (site->arena == NULL)
        return false;
    amp_tier *tier = AMP_ARENA_NEW(site->arena, amp_tier, p->tier_count);
    site->restart = AMP_ARENA_NEW(site->arena, amp_restart, p->load_count);
    if (tier == NULL || site->restart == NULL)
        return false;
    p->restart = site->restart;
    if (p->tier_count > 0)
        memcpy(tier, p->tier, p->tier_count * sizeof *tier);
    p->tier = tier;
    for (uint32_t i = 0; i < p->load_count; i++)
        if (p->load[i].kind == AMP_LOAD_MINING && amp_random_uniform(&random) < 0.8 &&
            !add_restart(&random, i, tier, site))
            return false;
    return true;
}

void random_coupled_free(random_coupled *site)
{
    if (site == NULL)
        return;
    amp_arena_free(site->arena);
    random_site_free(site->base);
    free(site->load);
    random_flexible_free(site->flexible);
    free(site);
}
