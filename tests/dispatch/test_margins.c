/* SPDX-License-Identifier: Apache-2.0 */
/* Marginal values of limits against what one unit more and one unit less really earn. */
#include "golden.h"
#include "random_coupled.h"

#include "dispatch/margins.h"

#include <math.h>

enum { SITES = 1200, INTERVALS_MAX = 40, COMPLAINTS_MAX = 5 };

typedef struct {
    size_t complaints, solved, compared, moved;
} tally;

/* Where export pays more than import, what is earned is not concave in the limit of import. */
static bool is_concave(const amp_site_problem *p)
{
    for (size_t t = 0; t < p->interval_count; t++)
        if (amp_column_at(p->export_limit_mw, t) > 0.0 &&
            amp_column_at(p->export_price_usd_per_mwh, t) >
                amp_column_at(p->import_price_usd_per_mwh, t))
            return false;
    return true;
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

static void compare(tally *all, const random_site *site, const char *name, const amp_margin *margin,
                    double allowed_usd)
{
    all->compared++;
    all->moved += margin->marginal_usd > allowed_usd ? 1 : 0;
    if (margin->more_usd > margin->marginal_usd + allowed_usd ||
        margin->marginal_usd > margin->less_usd + allowed_usd || margin->marginal_usd < 0.0)
        complain(all, site, "%s: %.12g more, %.12g marginal, %.12g less, %.3g allowed", name,
                 margin->more_usd, margin->marginal_usd, margin->less_usd, allowed_usd);
}

static void check(tally *all, const random_site *base, const amp_site_problem *problem)
{
    const size_t at = (size_t)(base->seed % problem->interval_count);
    const amp_margins_options options = {.watched_first = at, .watched_end = at + 1};
    amp_margins found = {0};
    if (amp_margins_make(problem, &options, &found) != AMP_OK) {
        complain(all, base, "the margins failed");
        return;
    }
    if (!isnan(found.bound_usd)) {
        const double allowed_usd = found.accuracy_usd + 1e-8 * fabs(found.bound_usd) + 1e-6;
        all->solved++;
        if (is_concave(problem)) {
            compare(all, base, "import at one time", &found.import_at, allowed_usd);
            compare(all, base, "import in one month", &found.import_month, allowed_usd);
            compare(all, base, "import", &found.import, allowed_usd);
        }
        compare(all, base, "room", &found.room, allowed_usd);
        compare(all, base, "power", &found.power, allowed_usd);
    }
    amp_margins_free(&found);
}

static void report(const tally *all, size_t count)
{
    print_message("%zu solved, %zu compared, %zu of them above 0\n", all->solved, all->compared,
                  all->moved);
    assert_int_equal(all->complaints, 0);
    assert_true(all->solved > count / 3);
    assert_true(all->moved > all->compared / 10);
}

static void test_marginals_lie_between_both_steps(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    tally all = {0};
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++) {
        random_site *site = random_site_new(seed + i, random_site_intervals(INTERVALS_MAX));
        assert_non_null(site);
        check(&all, site, &site->problem);
        random_site_free(site);
    }
    report(&all, count);
}

static void test_marginals_of_coupled_sites_do(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES) / 2;
    tally all = {0};
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++) {
        random_coupled *site = random_coupled_new(seed + i, random_site_intervals(INTERVALS_MAX));
        assert_non_null(site);
        check(&all, site->base, &site->problem);
        random_coupled_free(site);
    }
    report(&all, count);
}

/* Half a MW at 50 USD/MWh for two hours, and a fleet of 0.8 MW worth 80: a kW more earns 0.001 MW x
 * 30 USD/MWh x 2 h = 0.06 USD, a kW less loses as much. */
static void test_small_connections_are_counted_in_kw(void **state)
{
    (void)state;
    static const double zero = 0.0;
    static const double limit_mw = 0.5;
    static const double price = 50.0;
    static const double fleet_mw = 0.8;
    static const double value = 80.0;
    const amp_column none = {.value = &zero};
    const amp_load load = {.kind = AMP_LOAD_MINING,
                           .id = "fleet",
                           .demand_mw = {.value = &fleet_mw},
                           .capacity_mw = {.value = &fleet_mw},
                           .penalty_usd_per_mwh = none,
                           .it_per_mwh = none,
                           .tier_count = 1};
    const amp_tier tier = {.power_mw = {.value = &fleet_mw},
                           .value_usd_per_mwh = {.value = &value}};
    const amp_site_problem problem = {.site_id = "small",
                                      .interval_count = 2,
                                      .interval_h = 1.0,
                                      .step_s = 3600,
                                      .import_limit_mw = {.value = &limit_mw},
                                      .import_price_usd_per_mwh = {.value = &price},
                                      .block_mw = none,
                                      .block_price_usd_per_mwh = none,
                                      .export_limit_mw = none,
                                      .export_price_usd_per_mwh = none,
                                      .must_mw = none,
                                      .load = &load,
                                      .load_count = 1,
                                      .tier = &tier,
                                      .tier_count = 1,
                                      .storage = {.charge_limit_mw = none,
                                                  .discharge_limit_mw = none,
                                                  .charge_efficiency = 1.0,
                                                  .discharge_efficiency = 1.0,
                                                  .retention = 1.0}};
    const amp_margins_options options = {.host = NULL};
    amp_margins found = {0};
    assert_int_equal(amp_margins_make(&problem, &options, &found), AMP_OK);
    assert_true(fabs(found.unit_mw - 0.001) < 1e-15);
    assert_true(fabs(found.import.marginal_usd - 0.06) < 1e-9);
    assert_true(fabs(found.import.more_usd - 0.06) < 1e-9);
    assert_true(fabs(found.import.less_usd - 0.06) < 1e-9);
    amp_margins_free(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marginals_lie_between_both_steps),
        cmocka_unit_test(test_marginals_of_coupled_sites_do),
        cmocka_unit_test(test_small_connections_are_counted_in_kw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
