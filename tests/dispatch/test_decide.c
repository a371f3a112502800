/* SPDX-License-Identifier: Apache-2.0 */
/* First decisions by hand: of a handle that has solved nothing yet, and what cannot be had. */
#include "golden.h"

#include "dispatch/solve.h"

#include <math.h>

enum { INTERVALS = 3 };

#define SAME(number)           \
    {                          \
        number, number, number \
    }

/* Three hours at a site that imports, feeds one hard load and has a battery without losses. */
typedef struct {
    const char *name;
    double import_mw[INTERVALS];
    double price_usd_per_mwh[INTERVALS];
    double must_mw[INTERVALS];
    double power_mw; /* of the battery; negative: there is none */
    double energy_mwh, initial_mwh;
    amp_final final;
    double final_mwh;
    size_t first;
    amp_shortage shortage;
    double net_mw; /* decided, where there is no shortage */
} decision_case;

static const decision_case cases[] = {
    /* Cheap, then dear: fill the battery now, as far as its power goes. */
    {"charge", SAME(50), {10, 90, 10}, SAME(5), 4, 20, 0, AMP_FINAL_FREE, 0, 0, AMP_FEASIBLE, -4},
    /* From the second hour on: dear, then cheap. */
    {"discharge", SAME(50), {10, 90, 10}, SAME(5), 4, 20, 8, AMP_FINAL_FREE, 0, 1, AMP_FEASIBLE, 4},
    /* The end asks for all that is there. */
    {"keep", SAME(50), {90, 10, 10}, SAME(5), 4, 20, 20, AMP_FINAL_EXACT, 20, 2, AMP_FEASIBLE, 0},
    /* 5 MW from 3 MW: the battery must give 2 MW whatever the price. */
    {"help", {3, 50, 50}, {10, 90, 90}, SAME(5), 4, 20, 2, AMP_FINAL_FREE, 0, 0, AMP_FEASIBLE, 2},
    {"no battery",
     {3, 50, 50},
     SAME(10),
     SAME(5),
     -1,
     0,
     0,
     AMP_FINAL_FREE,
     0,
     0,
     AMP_SHORT_OF_SUPPLY,
     0},
    {"no battery, later",
     {3, 50, 50},
     SAME(10),
     SAME(5),
     -1,
     0,
     0,
     AMP_FINAL_FREE,
     0,
     1,
     AMP_FEASIBLE,
     0},
    /* 5 MW from 3 MW and 1 MW. */
    {"too weak",
     {3, 50, 50},
     SAME(10),
     SAME(5),
     1,
     20,
     20,
     AMP_FINAL_FREE,
     0,
     0,
     AMP_SHORT_OF_SUPPLY,
     0},
    /* 2 MW for an hour are 2 MWh; 1 MWh is stored. */
    {"too empty",
     {3, 50, 50},
     SAME(10),
     SAME(5),
     4,
     20,
     1,
     AMP_FINAL_FREE,
     0,
     0,
     AMP_SHORT_OF_ENERGY,
     0},
    /* The last hour: 4 MW reach 12 MWh from 8. */
    {"end too full", SAME(50), SAME(10), SAME(5), 4, 20, 8, AMP_FINAL_EXACT, 20, 2,
     AMP_SHORT_OF_ENERGY, 0},
    {"end just reached", SAME(50), SAME(90), SAME(5), 4, 20, 16, AMP_FINAL_EXACT, 20, 2,
     AMP_FEASIBLE, -4},
    /* 4 MW leave 16 of 20 MWh. */
    {"end too empty", SAME(50), SAME(10), SAME(5), 4, 20, 20, AMP_FINAL_EXACT, 0, 2,
     AMP_EXCESS_OF_ENERGY, 0},
};

static amp_column dense(const double *numbers)
{
    return (amp_column){.value = numbers, .stride = 1};
}

static void check_case(const decision_case *c)
{
    static const double nothing[INTERVALS] = {0};
    const double power_mw[INTERVALS] = SAME(c->power_mw);
    const amp_load load = {.kind = AMP_LOAD_LEASE,
                           .id = "firm",
                           .is_hard = true,
                           .demand_mw = dense(c->must_mw),
                           .capacity_mw = dense(c->must_mw),
                           .penalty_usd_per_mwh = dense(nothing),
                           .it_per_mwh = dense(nothing)};
    amp_site_problem problem = {.site_id = c->name,
                                .interval_count = INTERVALS,
                                .interval_h = 1.0,
                                .step_s = 3600,
                                .import_limit_mw = dense(c->import_mw),
                                .import_price_usd_per_mwh = dense(c->price_usd_per_mwh),
                                .block_mw = dense(nothing),
                                .block_price_usd_per_mwh = dense(nothing),
                                .export_limit_mw = dense(nothing),
                                .export_price_usd_per_mwh = dense(nothing),
                                .must_mw = dense(c->must_mw),
                                .load = &load,
                                .load_count = 1};
    problem.storage = (amp_storage){.is_present = c->power_mw >= 0.0,
                                    .charge_limit_mw = dense(power_mw),
                                    .discharge_limit_mw = dense(power_mw),
                                    .charge_efficiency = 1.0,
                                    .discharge_efficiency = 1.0,
                                    .maximum_mwh = c->energy_mwh,
                                    .initial_mwh = c->initial_mwh,
                                    .final = c->final,
                                    .final_mwh = c->final_mwh,
                                    .retention = 1.0};
    amp_solver *solver = NULL;
    amp_decision decision;
    assert_int_equal(amp_solver_new(&problem, &solver, NULL), AMP_OK);
    amp_solver_decide(solver, c->first, INTERVALS - c->first, c->initial_mwh, &decision);
    amp_solver_free(solver);
    if (decision.shortage != c->shortage)
        fail_msg("%s: shortage %d, not %d", c->name, (int)decision.shortage, (int)c->shortage);
    if (c->shortage != AMP_FEASIBLE)
        return;
    if (!(fabs(decision.net_mw - c->net_mw) <= 1e-9))
        fail_msg("%s: %.17g MW, not %g", c->name, decision.net_mw, c->net_mw);
    assert_near(decision.end_mwh, c->initial_mwh - c->net_mw, 1e-9);
}

static void test_decisions_of_a_handle_that_has_solved_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decisions_of_a_handle_that_has_solved_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
