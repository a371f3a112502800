/* SPDX-License-Identifier: Apache-2.0 */
/* The solver against an independent LP code on thousands of random sites. */
#include "golden.h"
#include "oracle.h"
#include "random_site.h"

#include "base/text.h"
#include "dispatch/feasible.h"
#include "dispatch/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SITES = 10000,
    INTERVALS_MAX = 48,
    COMPLAINTS_MAX = 5,
    MARGINAL_EVERY = 8, /* sites whose marginal values are checked */
    WINDOW_EVERY = 4,   /* sites whose first decisions are checked */
    RESOLVE_EVERY = 4,  /* sites that are solved again in other ways */
    FLOORS_FROM = 500   /* sites: a run of fewer need not show every kind */
};

/* What the whole run has seen. */
typedef struct {
    size_t complaints;
    size_t solved, infeasible, relaxed_only, mixed, marginals, lowest, decisions;
    size_t unmixable;       /* no pair of modes can pay: the objective is the bound */
    size_t refusals;        /* first intervals that cannot be had, and are refused */
    size_t epochs;          /* sites with a battery that decays by 2^-20 and more */
    double worst_bound;     /* |bound - CLP| in tolerances */
    double worst_objective; /* |objective - bound| where no mode is mixed, in tolerances */
    double worst_oracle;    /* CLP's own doubt, in tolerances */
    double *mode_gap;       /* of each mixed site, share of turnover */
} tally;

/* One site under test. */
typedef struct {
    tally *tally;
    const random_site *site;
    oracle *judge;
    oracle_answer answer;
    double tolerance_usd;
    bool judges_decisions; /* by what they earn, not only whether they can be */
} trial;

static void complain(trial *x, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(trial *x, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    random_site_complain(x->site, format, arguments);
    va_end(arguments);
    x->tally->complaints++;
}

static double tolerance_usd(double turnover_usd)
{
    return 1e-9 * turnover_usd + 1e-6;
}

static void check_feasibility(trial *x, const amp_solution *solution)
{
    size_t interval = 0;
    double amount = 0.0;
    const amp_shortage shortage = amp_feasibility_check(&x->site->problem, &interval, &amount);
    if (shortage != solution->shortage)
        complain(x, "solver says shortage %d, the test of feasibility %d", solution->shortage,
                 shortage);
    if (solution->shortage == AMP_FEASIBLE && !x->answer.is_feasible)
        complain(x, "the solver has a schedule, CLP has none");
    /* Wasting energy through both modes at once and hall limits exist on one side only. */
    const bool may_differ =
        solution->shortage == AMP_EXCESS_OF_ENERGY || solution->shortage == AMP_SHORT_OF_HALL;
    if (solution->shortage != AMP_FEASIBLE && x->answer.is_feasible && !may_differ)
        complain(x, "the solver reports shortage %d, CLP a value of %.12g", solution->shortage,
                 x->answer.value_usd);
    x->tally->infeasible += solution->shortage != AMP_FEASIBLE;
    x->tally->relaxed_only += solution->shortage != AMP_FEASIBLE && x->answer.is_feasible;
}

/* Whether two modes at once can earn in some interval, told from the numbers alone. Buying and
 * selling: energy sells for more than it costs. Charging and discharging wastes energy, which pays
 * where a MWh more is worth less than nothing: never while nothing has a negative price and the
 * battery need not be emptied. */
static bool mixing_can_pay(const amp_site_problem *p)
{
    double least_usd = 0.0;
    for (size_t t = 0; t < p->interval_count; t++) {
        const double price = amp_column_at(p->import_price_usd_per_mwh, t);
        const double adder = amp_column_at(p->block_price_usd_per_mwh, t);
        const double sale = amp_column_at(p->export_price_usd_per_mwh, t);
        const bool has_block = amp_column_at(p->block_mw, t) > 0.0;
        const double cost = has_block ? fmin(price, adder) : price;
        if (amp_column_at(p->export_limit_mw, t) > 0.0 && sale > cost)
            return true;
        least_usd = fmin(least_usd, cost);
        for (size_t i = 0; i < p->source_count; i++)
            least_usd = fmin(least_usd, amp_column_at(p->source[i].cost_usd_per_mwh, t));
    }
    return p->storage.is_present && (least_usd < 0.0 || p->storage.final == AMP_FINAL_EXACT);
}

static void check_values(trial *x, const amp_solution *solution)
{
    tally *all = x->tally;
    const double tolerance = x->tolerance_usd;
    const double doubt = fabs(x->answer.bound_usd - x->answer.value_usd) / tolerance;
    const double off = fabs(solution->bound_usd - x->answer.value_usd) / tolerance;
    const double gap = (solution->bound_usd - solution->objective_usd) / tolerance;
    all->worst_oracle = fmax(all->worst_oracle, doubt);
    all->worst_bound = fmax(all->worst_bound, off);
    if (!(off <= 1.0))
        complain(x, "bound %.15g, CLP %.15g (its dual %.15g), off by %.3g tolerances",
                 solution->bound_usd, x->answer.value_usd, x->answer.bound_usd, off);
    if (!(gap >= 0.0 && isfinite(gap)))
        complain(x, "objective %.17g, bound %.17g", solution->objective_usd, solution->bound_usd);
    const bool is_unmixable = !mixing_can_pay(&x->site->problem);
    all->unmixable += is_unmixable;
    if (is_unmixable && !(gap <= 1.0))
        complain(x, "objective %.15g, bound %.15g, where no two modes can pay (%zu said to mix)",
                 solution->objective_usd, solution->bound_usd, solution->mixed_count);
    if (solution->mixed_count > 0) {
        const double turnover = fmax(1.0, x->answer.turnover_usd);
        all->mode_gap[all->mixed++] = gap * tolerance / turnover;
        return;
    }
    all->worst_objective = fmax(all->worst_objective, gap);
    if (!(gap <= 1.0))
        complain(x, "objective %.15g, bound %.15g, no mode mixed", solution->objective_usd,
                 solution->bound_usd);
}

static void check_path(trial *x, const amp_solution *solution)
{
    const amp_site_problem *p = &x->site->problem;
    const amp_storage *s = &p->storage;
    double stored_mwh = s->is_present ? s->initial_mwh : 0.0;
    for (size_t t = 0; t < p->interval_count; t++) {
        const double net_mw = solution->net_mw[t];
        if (!s->is_present) {
            if (fabs(net_mw) > 0.0)
                complain(x, "interval %zu: %.3g MW from a battery that is not there", t, net_mw);
            continue;
        }
        const double drawn_mw =
            net_mw > 0.0 ? net_mw / s->discharge_efficiency : net_mw * s->charge_efficiency;
        const double end_mwh = s->retention * stored_mwh - drawn_mw * p->interval_h;
        stored_mwh = solution->soc_mwh[t];
        const bool is_right = fabs(end_mwh - stored_mwh) <= 1e-6 &&
                              net_mw <= amp_column_at(s->discharge_limit_mw, t) + 1e-6 &&
                              -net_mw <= amp_column_at(s->charge_limit_mw, t) + 1e-6 &&
                              stored_mwh >= s->minimum_mwh - 1e-6 &&
                              stored_mwh <= s->maximum_mwh + 1e-6;
        if (!is_right)
            complain(x, "interval %zu: net %.12g MW leads to %.12g MWh, not to %.12g", t, net_mw,
                     end_mwh, stored_mwh);
    }
}

/* Idling must be possible for the battery to be worth no less than nothing: self-discharge may
 * force it to charge. */
static bool may_idle(const amp_site_problem *p)
{
    const amp_storage *s = &p->storage;
    const double left = pow(s->retention, (double)p->interval_count);
    return s->final == AMP_FINAL_FREE && s->initial_mwh * left >= s->minimum_mwh;
}

static void check_without_storage(trial *x, double objective_usd)
{
    amp_solver *solver = NULL;
    amp_solution solution;
    const amp_site_problem bare = random_site_without_storage(&x->site->problem);
    if (!x->site->problem.storage.is_present || !may_idle(&x->site->problem))
        return;
    assert_int_equal(amp_solver_new(&bare, &solver, NULL), AMP_OK);
    amp_solver_solve(solver, &solution);
    if (solution.shortage == AMP_FEASIBLE &&
        solution.objective_usd > objective_usd + x->tolerance_usd)
        complain(x, "%.15g with the battery, %.15g without", objective_usd, solution.objective_usd);
    amp_solver_free(solver);
}

/* By concavity the slopes of finite steps enclose every marginal value. */
static void check_marginal(trial *x, size_t t, double claimed_usd_per_mwh)
{
    static const double step_mwh = 0.01;
    const double here_usd = x->answer.value_usd;
    oracle_add_stored(x->judge, t, step_mwh);
    const oracle_answer more = oracle_solve(x->judge);
    oracle_add_stored(x->judge, t, -step_mwh);
    const oracle_answer less = oracle_solve(x->judge);
    oracle_add_stored(x->judge, t, 0.0);
    const double slack = 1e-4 + 2.0 * x->tolerance_usd / step_mwh;
    const double low =
        more.is_feasible ? (more.value_usd - here_usd) / step_mwh : -(double)INFINITY;
    const double high =
        less.is_feasible ? (here_usd - less.value_usd) / step_mwh : (double)INFINITY;
    if (!(claimed_usd_per_mwh >= low - slack && claimed_usd_per_mwh <= high + slack))
        complain(x, "stored energy after interval %zu: %.9g USD/MWh, finite steps say %.9g..%.9g",
                 t, claimed_usd_per_mwh, low, high);
    x->tally->marginals++;
    x->tally->lowest += fabs(claimed_usd_per_mwh - low) <= slack;
}

static void check_marginals(trial *x, const amp_solution *solution)
{
    const size_t count = x->site->problem.interval_count;
    if (!x->site->problem.storage.is_present || solution->mixed_count > 0)
        return;
    for (size_t t = 0; t < count; t += 1 + count / 4)
        check_marginal(x, t, solution->stored_usd_per_mwh[t]);
}

/* The first decision of the intervals from `first` on, with a part of the energy stored. */
typedef struct {
    amp_site_problem problem; /* of the window alone */
    size_t first;
    amp_decision decision;
} window;

/* It must leave the window's optimum within reach. */
static void check_decision_value(trial *x, const window *w)
{
    oracle *judge = oracle_new(&w->problem);
    assert_non_null(judge);
    const oracle_answer free_answer = oracle_solve(judge);
    oracle_fix_net(judge, 0, w->decision.net_mw);
    const oracle_answer fixed = oracle_solve(judge);
    const double tolerance = 10.0 * tolerance_usd(free_answer.turnover_usd);
    if (!fixed.is_feasible || fixed.value_usd < free_answer.value_usd - tolerance)
        complain(x, "deciding %.12g MW at interval %zu (%.12g MWh) keeps %.15g of %.15g USD",
                 w->decision.net_mw, w->first, w->problem.storage.initial_mwh, fixed.value_usd,
                 free_answer.value_usd);
    oracle_free(judge);
}

/* A window that can be served is, and one whose first interval alone cannot be served is not. */
static void check_decision_shortage(trial *x, const window *w)
{
    size_t interval = 0;
    double amount = 0.0;
    amp_site_problem first_only = w->problem;
    first_only.interval_count = 1;
    first_only.storage.final = AMP_FINAL_FREE;
    const amp_shortage all = amp_feasibility_check(&w->problem, &interval, &amount);
    const amp_shortage one = amp_feasibility_check(&first_only, &interval, &amount);
    const amp_shortage said = w->decision.shortage;
    if (all == AMP_FEASIBLE && said != AMP_FEASIBLE)
        complain(x, "decision at interval %zu (%.12g MWh): shortage %d where there is none",
                 w->first, w->problem.storage.initial_mwh, said);
    if (one != AMP_FEASIBLE && one != AMP_SHORT_OF_HALL && said == AMP_FEASIBLE)
        complain(x, "decision at interval %zu (%.12g MWh): %.12g MW, but shortage %d (%.6g)",
                 w->first, w->problem.storage.initial_mwh, w->decision.net_mw, one, amount);
    x->tally->refusals += one != AMP_FEASIBLE;
}

/* A new handle that has solved nothing yet decides the same. */
static void check_decision_of_new_solver(trial *x, const window *w)
{
    amp_solver *fresh = NULL;
    amp_decision decision;
    assert_int_equal(amp_solver_new(&x->site->problem, &fresh, NULL), AMP_OK);
    amp_solver_decide(fresh, w->first, w->problem.interval_count, w->problem.storage.initial_mwh,
                      &decision);
    const bool is_same =
        decision.shortage == w->decision.shortage &&
        (decision.shortage != AMP_FEASIBLE || (amp_same(decision.net_mw, w->decision.net_mw) &&
                                               amp_same(decision.end_mwh, w->decision.end_mwh)));
    if (!is_same)
        complain(x, "a new solver decides %.17g MW at interval %zu, a used one %.17g MW",
                 decision.net_mw, w->first, w->decision.net_mw);
    amp_solver_free(fresh);
}

static void check_decision(trial *x, amp_solver *solver, size_t first, double stored_mwh)
{
    window w = {.first = first};
    amp_arena *arena = amp_arena_new((size_t)1 << 20);
    const size_t count = x->site->problem.interval_count - first;
    assert_true(arena != NULL && random_site_window(&x->site->problem, first, arena, &w.problem));
    w.problem.interval_count = count;
    w.problem.storage.initial_mwh = stored_mwh;
    amp_solver_decide(solver, first, count, stored_mwh, &w.decision);
    check_decision_shortage(x, &w);
    check_decision_of_new_solver(x, &w);
    if (w.decision.shortage == AMP_FEASIBLE && x->judges_decisions)
        check_decision_value(x, &w);
    x->tally->decisions++;
    amp_arena_free(arena);
}

static void check_decisions(trial *x, amp_solver *solver, const amp_solution *solution)
{
    const amp_site_problem *p = &x->site->problem;
    const size_t middle = p->interval_count / 2;
    x->judges_decisions = solution->shortage == AMP_FEASIBLE && solution->mixed_count == 0;
    check_decision(x, solver, 0, p->storage.initial_mwh);
    if (middle == 0 || !x->judges_decisions)
        return;
    const double stored_mwh = p->storage.is_present ? solution->soc_mwh[middle - 1] : 0.0;
    check_decision(x, solver, middle,
                   fmax(p->storage.minimum_mwh, fmin(p->storage.maximum_mwh, stored_mwh)));
}

static bool is_same_path(const amp_site_problem *p, const amp_solution *a, const double *net_mw,
                         double objective_usd, double bound_usd)
{
    bool is_same = amp_same(a->objective_usd, objective_usd) && amp_same(a->bound_usd, bound_usd);
    for (size_t t = 0; t < p->interval_count && is_same; t++)
        is_same = amp_same(a->net_mw[t], net_mw[t]);
    return is_same;
}

/* The same handle again, after a relaxation: the same numbers. */
static void check_again(trial *x, amp_solver *solver, const amp_solution *solution)
{
    const amp_site_problem *p = &x->site->problem;
    const double objective_usd = solution->objective_usd;
    const double bound_usd = solution->bound_usd;
    double *net_mw = malloc(p->interval_count * sizeof *net_mw);
    amp_solution again;
    assert_non_null(net_mw);
    memcpy(net_mw, solution->net_mw, p->interval_count * sizeof *net_mw);
    amp_solver_relax(solver, &again);
    const double off = fabs(again.bound_usd - bound_usd);
    if (!(off <= x->tolerance_usd))
        complain(x, "relaxation %.17g, bound %.17g", again.bound_usd, bound_usd);
    amp_solver_solve(solver, &again);
    if (!is_same_path(p, &again, net_mw, objective_usd, bound_usd))
        complain(x, "solving again gives another answer: %.17g, not %.17g", again.objective_usd,
                 objective_usd);
    free(net_mw);
}

static bool decays_far(const amp_site_problem *p)
{
    return p->storage.is_present &&
           pow(p->storage.retention, (double)p->interval_count) <= ldexp(1.0, -20);
}

static void try_solution(trial *x, amp_solver *solver, size_t i)
{
    amp_solution solution;
    amp_solver_solve(solver, &solution);
    check_feasibility(x, &solution);
    if (i % WINDOW_EVERY == 1)
        check_decisions(x, solver, &solution);
    if (solution.shortage != AMP_FEASIBLE || !x->answer.is_feasible)
        return;
    x->tally->solved++;
    x->tally->epochs += decays_far(&x->site->problem);
    x->tolerance_usd = tolerance_usd(x->answer.turnover_usd);
    check_values(x, &solution);
    check_path(x, &solution);
    check_without_storage(x, solution.objective_usd);
    if (i % MARGINAL_EVERY == 0)
        check_marginals(x, &solution);
    if (i % RESOLVE_EVERY == 2)
        check_again(x, solver, &solution);
}

static void try_site(tally *all, uint64_t seed, size_t i)
{
    amp_solver *solver = NULL;
    random_site *site = random_site_new(seed, random_site_intervals(INTERVALS_MAX));
    assert_non_null(site);
    trial x = {.tally = all, .site = site, .judge = oracle_new(&site->problem)};
    assert_non_null(x.judge);
    assert_int_equal(amp_solver_new(&site->problem, &solver, NULL), AMP_OK);
    x.answer = oracle_solve(x.judge);
    try_solution(&x, solver, i);
    amp_solver_free(solver);
    oracle_free(x.judge);
    random_site_free(site);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_tally(const tally *all, uint64_t seed, size_t count)
{
    const double median = all->mixed == 0 ? 0.0 : all->mode_gap[all->mixed / 2];
    const double worst = all->mixed == 0 ? 0.0 : all->mode_gap[all->mixed - 1];
    (void)printf("seed %llu: %zu sites, %zu solved, %zu infeasible (%zu but for both modes at "
                 "once), %zu with mixed modes\n",
                 (unsigned long long)seed, count, all->solved, all->infeasible, all->relaxed_only,
                 all->mixed);
    (void)printf("worst in tolerances: bound %.3g, objective %.3g, CLP's own %.3g; mode gap of "
                 "turnover: median %.3g, worst %.3g\n",
                 all->worst_bound, all->worst_objective, all->worst_oracle, median, worst);
    (void)printf("%zu where no two modes can pay, %zu that decay by 2^-20\n", all->unmixable,
                 all->epochs);
    (void)printf("%zu marginal values (%zu at the lower end), %zu first decisions, %zu refused\n",
                 all->marginals, all->lowest, all->decisions, all->refusals);
}

/* So many sites of each kind at least, or the run has shown nothing. */
static void check_floors(const tally *all, size_t count)
{
    if (count < FLOORS_FROM)
        return;
    assert_true(all->solved >= count / 3);
    assert_true(all->infeasible >= count / 50);
    assert_true(all->mixed >= count / 20);
    assert_true(all->unmixable >= count / 20);
    assert_true(all->epochs >= count / 250);
    assert_true(all->marginals >= count / 20);
    assert_true(all->decisions >= count / 20);
    assert_true(all->refusals >= count / 1000);
}

static void test_random_sites_agree_with_clp(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(SITES);
    tally all = {.mode_gap = calloc(count + 1, sizeof *all.mode_gap)};
    assert_non_null(all.mode_gap);
    for (size_t i = 0; i < count && all.complaints < COMPLAINTS_MAX; i++)
        try_site(&all, seed + i, i);
    qsort(all.mode_gap, all.mixed, sizeof *all.mode_gap, by_size);
    print_tally(&all, seed, count);
    free(all.mode_gap);
    assert_int_equal(all.complaints, 0);
    check_floors(&all, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_sites_agree_with_clp)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
