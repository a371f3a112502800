/* SPDX-License-Identifier: Apache-2.0 */
/* Random sites with peaks and jobs: bound and schedule of the coordination against an LP code. */
#include "golden.h"
#include "oracle.h"
#include "random_site.h"

#include "dispatch/coordinate.h"
#include "market/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 2000, INTERVALS_MAX = 48, BLOCKS_MAX = 4, JOBS_MAX = 4, COMPLAINTS_MAX = 5 };

static const double tolerance = 1e-6;

/* A random site with couplings on top. */
typedef struct {
    random_site *base;
    amp_site_problem problem;
    amp_load *load;
    amp_peak peak[2 * BLOCKS_MAX];
    amp_job job[JOBS_MAX];
    size_t block_first[BLOCKS_MAX];
    double pue_inverse;
} coupled_site;

typedef struct {
    size_t complaints, solved, infeasible, calls, calls_most, open;
    double worst_gap, worst_bound;
} tally;

static double between(amp_random *random, double low, double high)
{
    return low + (high - low) * amp_random_uniform(random);
}

static size_t below(amp_random *random, size_t count)
{
    return (size_t)(amp_random_uniform(random) * (double)count) % count;
}

static const double zero = 0.0;

static void add_blocks(amp_random *random, coupled_site *site)
{
    amp_site_problem *p = &site->problem;
    const size_t most = p->interval_count < BLOCKS_MAX ? p->interval_count : BLOCKS_MAX;
    p->block_count = 1 + below(random, most);
    for (size_t b = 0; b < p->block_count; b++)
        site->block_first[b] = b * p->interval_count / p->block_count;
    p->block_first = site->block_first;
}

static void add_peaks(amp_random *random, coupled_site *site)
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
    if (p->peak_count > 0) {
        p->block_mw = (amp_column){&zero, 0};
        p->block_price_usd_per_mwh = (amp_column){&zero, 0};
    }
}

static void add_jobs(amp_random *random, coupled_site *site)
{
    amp_site_problem *p = &site->problem;
    const size_t jobs = amp_random_uniform(random) < 0.3 ? 0 : 1 + below(random, JOBS_MAX);
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

static bool make_site(uint64_t seed, coupled_site *site)
{
    *site = (coupled_site){.base = random_site_new(seed, random_site_intervals(INTERVALS_MAX))};
    if (site->base == NULL)
        return false;
    amp_random random = amp_random_seeded(seed ^ 0x5bd1e995U);
    site->problem = site->base->problem;
    site->load = calloc(site->problem.load_count + 1, sizeof *site->load);
    if (site->load == NULL)
        return false;
    if (site->problem.load_count > 0)
        memcpy(site->load, site->problem.load, site->problem.load_count * sizeof *site->load);
    add_blocks(&random, site);
    add_peaks(&random, site);
    add_jobs(&random, site);
    return true;
}

static void free_site(coupled_site *site)
{
    random_site_free(site->base);
    free(site->load);
}

static void complain(tally *all, const coupled_site *site, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(tally *all, const coupled_site *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    random_site_complain(site->base, format, arguments);
    va_end(arguments);
    all->complaints++;
}

static void check(tally *all, const coupled_site *site, const amp_coordinated *found)
{
    oracle *judge = oracle_new(&site->problem);
    assert_non_null(judge);
    const oracle_answer answer = oracle_solve(judge);
    oracle_free(judge);
    if (!answer.is_feasible || found->shortage != AMP_FEASIBLE) {
        all->infeasible++;
        if (answer.is_feasible != (found->shortage == AMP_FEASIBLE))
            complain(all, site, "coordination says %d, CLP %d", found->shortage,
                     answer.is_feasible);
        return;
    }
    all->solved++;
    all->calls += found->calls;
    all->calls_most = found->calls > all->calls_most ? found->calls : all->calls_most;
    all->open += found->was_stopped ? 1 : 0;
    const double allowed_usd = 1e-9 * answer.turnover_usd + 1e-6;
    const double gap = (found->bound_usd - found->relaxed_usd) / fmax(1.0, fabs(found->bound_usd));
    all->worst_gap = fmax(all->worst_gap, gap);
    all->worst_bound = fmax(all->worst_bound, (answer.value_usd - found->bound_usd) / allowed_usd);
    if (found->bound_usd < answer.value_usd - allowed_usd)
        complain(all, site, "bound %.12g is below CLP's %.12g", found->bound_usd, answer.value_usd);
    if (found->relaxed_usd > answer.value_usd + allowed_usd)
        complain(all, site, "the last dispatch earns %.12g, CLP %.12g", found->relaxed_usd,
                 answer.value_usd);
    if (!(gap <= tolerance))
        complain(all, site,
                 "gap %.3g after %zu calls: %.9g .. %.9g, CLP %.9g, %zu peaks %zu jobs %zu blocks",
                 gap, found->calls, found->relaxed_usd, found->bound_usd, answer.value_usd,
                 site->problem.peak_count, site->problem.job_count, site->problem.block_count);
}

static void test_random_couplings(void **state)
{
    (void)state;
    const uint64_t base = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    const amp_coordination_options options = {.tolerance = tolerance};
    tally all = {0};
    print_message("seed %llu\n", (unsigned long long)base);
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++) {
        coupled_site site;
        amp_coordination *coordination = NULL;
        assert_true(make_site(base + i, &site));
        if (site.problem.peak_count + site.problem.job_count > 0) {
            if (amp_coordinate(&site.problem, NULL, &options, &coordination) == AMP_OK)
                check(&all, &site, amp_coordination_result(coordination));
            else
                complain(&all, &site, "the coordination failed");
            amp_coordination_free(coordination);
        }
        free_site(&site);
    }
    print_message("%zu solved, %zu infeasible, %.1f calls on average, %zu at most, %zu left open; "
                  "worst gap %.2g, bound off by %.2g tolerances\n",
                  all.solved, all.infeasible, (double)all.calls / fmax(1.0, (double)all.solved),
                  all.calls_most, all.open, all.worst_gap, all.worst_bound);
    assert_int_equal(all.complaints, 0);
    assert_true(all.solved > count / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_couplings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
