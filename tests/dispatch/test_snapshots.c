/* SPDX-License-Identifier: Apache-2.0 */
/* The schedule of one mode goes back to value functions that the backward pass kept at the end of
 * every span. Where there was no room for one it is computed again from a later one: that may take
 * longer, but it must not change a bit of the answer. */
#include "golden.h"
#include "random_site.h"
#include "schedule_check.h"

#include "dispatch/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 150, INTERVALS_MIN = 200, INTERVALS_MAX = 1000 };

static size_t absent_count(const amp_solver *solver)
{
    size_t absent = 0;
    for (size_t i = 0; i < amp_solver_span_count(solver); i++)
        absent += solver->snapshot[i].count == AMP_SNAPSHOT_ABSENT;
    return absent;
}

static void check_same_array(const double *got, const double *wanted, size_t count)
{
    for (size_t t = 0; t < count; t++) {
        if (memcmp(&got[t], &wanted[t], sizeof got[t]) != 0)
            fail_msg("interval %zu: %.17g, with all snapshots %.17g", t, got[t], wanted[t]);
    }
}

static void check_same(const amp_solution *got, const amp_solution *wanted, size_t count)
{
    assert_int_equal(got->shortage, wanted->shortage);
    assert_int_equal(got->mixed_count, wanted->mixed_count);
    check_same_array(&got->objective_usd, &wanted->objective_usd, 1);
    check_same_array(&got->bound_usd, &wanted->bound_usd, 1);
    check_same_array(got->net_mw, wanted->net_mw, count);
    check_same_array(got->soc_mwh, wanted->soc_mwh, count);
    check_same_array(got->stored_usd_per_mwh, wanted->stored_usd_per_mwh, count);
}

/* Objective below bound, every limit kept, and the money of the schedule that of the objective. */
static void check_schedule(const amp_site_problem *problem, const amp_solution *solution)
{
    amp_schedule schedule;
    assert_int_equal(amp_schedule_build(problem, solution, NULL, &schedule), AMP_OK);
    const schedule_facts facts = schedule_check(problem, &schedule);
    amp_schedule_free(&schedule);
    if (facts.broken != NULL)
        fail_msg("interval %zu: %s by %.6g", facts.interval, facts.broken, facts.size);
    const double tolerance_usd = 1e-9 * facts.turnover_usd + 1e-6;
    assert_true(fabs(facts.value_usd - solution->objective_usd) <= tolerance_usd);
    assert_true(solution->objective_usd <= solution->bound_usd);
}

/* ---- less room than there is ---- */

/* Solves @p problem with room for @p room segments of snapshots, at most what there is.
 * @return the snapshots that did not fit */
static size_t check_with_room(const amp_site_problem *problem, size_t room,
                              const amp_solution *wanted)
{
    amp_solver *solver = NULL;
    amp_solution solution;
    assert_int_equal(amp_solver_new(problem, &solver, NULL), AMP_OK);
    assert_true(room <= solver->snapshot_room);
    solver->snapshot_room = room;
    amp_solver_solve(solver, &solution);
    check_same(&solution, wanted, problem->interval_count);
    const size_t absent = absent_count(solver);
    amp_solver_free(solver);
    return absent;
}

/* @return snapshots that were left out, 0 for a site that needs none or misses some anyway */
static size_t try_site(uint64_t seed)
{
    amp_solver *solver = NULL;
    amp_solution solution;
    size_t absent = 0;
    random_site *site = random_site_new_long(seed, INTERVALS_MIN, INTERVALS_MAX);
    assert_non_null(site);
    assert_int_equal(amp_solver_new(&site->problem, &solver, NULL), AMP_OK);
    amp_solver_solve(solver, &solution);
    const bool is_case = solution.shortage == AMP_FEASIBLE && solver->queue != NULL &&
                         solution.mixed_count > 0 && absent_count(solver) == 0;
    if (is_case) {
        const size_t none = check_with_room(&site->problem, 0, &solution);
        assert_int_equal(none, amp_solver_span_count(solver));
        absent = none + check_with_room(&site->problem, solver->snapshot_used / 2, &solution);
    }
    amp_solver_free(solver);
    random_site_free(site);
    return absent;
}

static void test_random_sites_without_snapshots_have_the_same_schedule(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    size_t cases = 0;
    size_t absent = 0;
    print_message("AMPACITY_SEED=%llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < count; i++) {
        const size_t left_out = try_site(seed + i);
        cases += left_out > 0;
        absent += left_out;
    }
    print_message("%zu sites of %zu mix modes, %zu snapshots left out\n", cases, count, absent);
    if (count >= SITES)
        assert_true(cases >= SITES / 10);
}

/* ---- more segments than there is room for ---- */

/* A store that takes four weeks to fill, 6000 MWh at 9 MWh an hour, under prices that are all
 * different: its value has hundreds of segments, where there is room for 128 of each span and 16
 * spans more. For seven weeks in between all prices are below -21 USD/MWh, where charging and
 * discharging at once would pay once the store is full. */
enum { HOURS = 4096 };

static void draw_prices(double *price_usd_per_mwh, double *sale_usd_per_mwh)
{
    uint64_t dice = 88172645463325252U;
    for (size_t t = 0; t < HOURS; t++) {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        const double u = (double)(dice >> 11) * 0x1p-53;
        const double day = 20.0 * sin(6.283185307179586 * (double)(t % 24) / 24.0);
        price_usd_per_mwh[t] = t >= 1000 && t < 2200 ? -22.0 - 60.0 * u : 45.0 + day + 40.0 * u;
        sale_usd_per_mwh[t] = price_usd_per_mwh[t] - 3.0;
    }
}

static amp_column constant(const double *value)
{
    return (amp_column){.value = value, .stride = 0};
}

static amp_site_problem make_store(const double *price_usd_per_mwh, const double *sale_usd_per_mwh)
{
    static const double zero = 0.0;
    static const double battery_mw = 10.0;
    static const double import_mw = 25.0;
    static const double export_mw = 8.0;
    return (amp_site_problem){
        .site_id = "store",
        .interval_count = HOURS,
        .interval_h = 1.0,
        .from_unix_s = 1735689600,
        .step_s = 3600,
        .import_limit_mw = constant(&import_mw),
        .import_price_usd_per_mwh = {.value = price_usd_per_mwh, .stride = 1},
        .block_mw = constant(&zero),
        .block_price_usd_per_mwh = constant(&zero),
        .export_limit_mw = constant(&export_mw),
        .export_price_usd_per_mwh = {.value = sale_usd_per_mwh, .stride = 1},
        .must_mw = constant(&zero),
        .storage = {.is_present = true,
                    .charge_limit_mw = constant(&battery_mw),
                    .discharge_limit_mw = constant(&battery_mw),
                    .charge_efficiency = 0.9,
                    .discharge_efficiency = 0.92,
                    .maximum_mwh = 6000.0,
                    .initial_mwh = 3000.0,
                    .final = AMP_FINAL_FREE,
                    .wear_usd_per_mwh = 2.0,
                    .terminal_value_usd_per_mwh = 30.0,
                    .retention = 1.0},
    };
}

/* Room for every snapshot, in place of what the solver took. */
static void give_room(amp_solver *solver, size_t room)
{
    free(solver->snapshot_segment);
    solver->snapshot_segment = calloc(room, sizeof *solver->snapshot_segment);
    assert_non_null(solver->snapshot_segment);
    solver->snapshot_room = room;
}

static void test_a_store_of_weeks_outgrows_its_snapshots(void **state)
{
    (void)state;
    static double price_usd_per_mwh[HOURS];
    static double sale_usd_per_mwh[HOURS];
    amp_solver *usual = NULL;
    amp_solver *roomy = NULL;
    amp_solution got;
    amp_solution wanted;
    draw_prices(price_usd_per_mwh, sale_usd_per_mwh);
    const amp_site_problem problem = make_store(price_usd_per_mwh, sale_usd_per_mwh);
    assert_int_equal(amp_solver_new(&problem, &usual, NULL), AMP_OK);
    assert_int_equal(amp_solver_new(&problem, &roomy, NULL), AMP_OK);
    give_room(roomy, amp_solver_span_count(roomy) * (size_t)(2 * HOURS));
    amp_solver_solve(usual, &got);
    amp_solver_solve(roomy, &wanted);

    print_message("%zu of %zu snapshots did not fit; %zu intervals mix modes, %.0f USD of %.0f\n",
                  absent_count(usual), amp_solver_span_count(usual), got.mixed_count,
                  got.objective_usd, got.bound_usd);
    assert_true(absent_count(usual) > 0);
    assert_int_equal(absent_count(roomy), 0);
    assert_int_equal(got.shortage, AMP_FEASIBLE);
    assert_true(got.mixed_count > 0);
    check_same(&got, &wanted, HOURS);
    check_schedule(&problem, &got);
    amp_solver_free(usual);
    amp_solver_free(roomy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_sites_without_snapshots_have_the_same_schedule),
        cmocka_unit_test(test_a_store_of_weeks_outgrows_its_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
