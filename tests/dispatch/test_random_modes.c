/* SPDX-License-Identifier: Apache-2.0 */
/* Tiny sites, every pattern of modes an exact linear programme: the true best lies between the
 * solver's objective and its bound. */
#include "golden.h"
#include "oracle.h"
#include "random_site.h"

#include "dispatch/solve.h"

#include <math.h>
#include <stdlib.h>

enum { SITES = 4000, INTERVALS_MAX = 4, COMPLAINTS_MAX = 5, FLOORS_FROM = 500 };

/* What the whole run has seen. Gaps are shares of the turnover. */
typedef struct {
    size_t complaints, solved, patterns, mixed;
    double *below; /* true best less objective, of the sites that mix modes */
    double *above; /* bound less true best */
} tally;

/* The best over all patterns; not feasible when no pattern is. */
typedef struct {
    oracle *judge;
    const amp_site_problem *problem;
    oracle_answer best;
    size_t patterns;
} search;

static bool both(amp_column a, amp_column b, size_t t)
{
    return amp_column_at(a, t) > 0.0 && amp_column_at(b, t) > 0.0;
}

/* Modes of interval t: bit 0 of a pattern is the battery's, bit 1 the connection's. */
static oracle_modes modes_of(unsigned pattern)
{
    const bool charges = (pattern & 1U) != 0;
    const bool imports = (pattern & 2U) != 0;
    return (oracle_modes){charges, !charges, imports, !imports};
}

static void consider(search *s)
{
    const oracle_answer answer = oracle_solve(s->judge);
    s->patterns++;
    if (answer.is_feasible && (!s->best.is_feasible || answer.value_usd > s->best.value_usd))
        s->best = answer;
}

/* Tries every pattern, four modes an interval at most: the digits of @p number in base four. */
static void search_all(search *s)
{
    const size_t count = s->problem->interval_count;
    const size_t patterns = (size_t)1 << (2 * count);
    for (size_t number = 0; number < patterns; number++) {
        bool is_new = true;
        for (size_t t = 0; t < count && is_new; t++) {
            const unsigned pattern = (unsigned)(number >> (2 * t)) & 3U;
            oracle_modes modes = modes_of(pattern);
            const amp_storage *b = &s->problem->storage;
            /* Where one of two flows cannot be, the other is free and one pattern is enough. */
            if (!b->is_present || !both(b->charge_limit_mw, b->discharge_limit_mw, t)) {
                is_new = is_new && (pattern & 1U) == 0;
                modes.charge = modes.discharge = true;
            }
            if (!both(s->problem->import_limit_mw, s->problem->export_limit_mw, t)) {
                is_new = is_new && (pattern & 2U) == 0;
                modes.import = modes.export = true;
            }
            oracle_allow(s->judge, t, modes);
        }
        if (is_new)
            consider(s);
    }
}

static void complain(tally *all, const random_site *site, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(tally *all, const random_site *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    random_site_complain(site, format, arguments);
    va_end(arguments);
    all->complaints++;
}

static void compare(tally *all, const random_site *site, const search *s,
                    const amp_solution *solution)
{
    if (s->best.is_feasible != (solution->shortage == AMP_FEASIBLE)) {
        complain(all, site, "shortage %d, but the patterns say feasible %d", solution->shortage,
                 s->best.is_feasible);
        return;
    }
    if (!s->best.is_feasible)
        return;
    const double turnover = fmax(1.0, s->best.turnover_usd);
    const double tolerance = 1e-9 * s->best.turnover_usd + 1e-6;
    const double below = s->best.value_usd - solution->objective_usd;
    const double above = solution->bound_usd - s->best.value_usd;
    all->solved++;
    if (!(isfinite(below) && below >= -tolerance && above >= -tolerance))
        complain(all, site, "best over patterns %.15g, objective %.15g, bound %.15g",
                 s->best.value_usd, solution->objective_usd, solution->bound_usd);
    if (solution->mixed_count == 0)
        return;
    all->below[all->mixed] = below / turnover;
    all->above[all->mixed] = above / turnover;
    all->mixed++;
}

static void try_site(tally *all, uint64_t seed)
{
    amp_solver *solver = NULL;
    amp_solution solution;
    random_site *site = random_site_new(seed, random_site_intervals(INTERVALS_MAX));
    assert_non_null(site);
    /* Halls have no part in the programme of the oracle. */
    search s = {.judge = oracle_new(&site->problem), .problem = &site->problem};
    assert_non_null(s.judge);
    assert_int_equal(amp_solver_new(&site->problem, &solver, NULL), AMP_OK);
    amp_solver_solve(solver, &solution);
    search_all(&s);
    all->patterns += s.patterns;
    compare(all, site, &s, &solution);
    amp_solver_free(solver);
    oracle_free(s.judge);
    random_site_free(site);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_gaps(const char *name, double *gap, size_t count)
{
    if (count == 0 || gap == NULL)
        return;
    qsort(gap, count, sizeof *gap, by_size);
    (void)printf("  %s, share of turnover: median %.3g, 95th %.3g, worst %.3g\n", name,
                 gap[count / 2], gap[count * 95 / 100], gap[count - 1]);
}

static void test_best_over_mode_patterns_lies_between_objective_and_bound(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    tally all = {.below = calloc(count + 1, sizeof *all.below),
                 .above = calloc(count + 1, sizeof *all.above)};
    assert_non_null(all.below);
    assert_non_null(all.above);
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++)
        try_site(&all, seed + i);
    (void)printf("seed %llu: %zu sites, %zu solved, %zu patterns, %zu sites mix modes\n",
                 (unsigned long long)seed, count, all.solved, all.patterns, all.mixed);
    print_gaps("best less objective", all.below, all.mixed);
    print_gaps("bound less best", all.above, all.mixed);
    free(all.below);
    free(all.above);
    assert_int_equal(all.complaints, 0);
    if (count < FLOORS_FROM)
        return;
    assert_true(all.solved >= count / 3);
    assert_true(all.mixed >= count / 20);
    assert_true(all.patterns >= 10 * count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_over_mode_patterns_lies_between_objective_and_bound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
