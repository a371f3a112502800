/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include "clock.h"
#include "dispatch/coordinate.h"
#include "dispatch/solver.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PASSES = 11 };

static int new_solver(const bench_site *window, amp_solver **solver)
{
    amp_error error = {0};
    if (amp_solver_new(&window->problem, solver, &error) == AMP_OK)
        return 0;
    (void)fprintf(stderr, "bench: %s\n", error.message);
    return -1;
}

typedef void (*solve_function)(amp_solver *solver, amp_solution *out);

/* A solver with the window that it looks at. */
typedef struct {
    const bench_site *site;
    bench_site window;
    amp_solver *solver;
    amp_solution solution;
    clockid_t clock;
    double pass_s;
} runner;

/* All windows once: mean seconds of a solve. Copying the numbers in is not counted. */
static double pass_s(runner *run, solve_function solve)
{
    const size_t length = run->window.interval_count;
    const size_t windows = run->site->interval_count / length;
    double total_s = 0.0;
    for (size_t i = 0; i < windows; i++) {
        bench_site_show(run->site, i * length, &run->window);
        const double begin_s = bench_clock_s(run->clock);
        solve(run->solver, &run->solution);
        total_s += bench_clock_s(run->clock) - begin_s;
    }
    return total_s / (double)windows;
}

static void *pass_on_thread(void *argument)
{
    runner *run = argument;
    run->pass_s = pass_s(run, amp_solver_relax);
    return NULL;
}

/* Two sites at once, one on each thread: wall time of a solve, shared by the two. */
static double pass_of_two_s(runner pair[2])
{
    pthread_t other;
    pair[0].clock = CLOCK_MONOTONIC;
    pair[1].clock = CLOCK_MONOTONIC;
    const int failed = pthread_create(&other, NULL, pass_on_thread, &pair[1]);
    (void)pass_on_thread(&pair[0]);
    if (failed != 0)
        return NAN;
    (void)pthread_join(other, NULL);
    return (pair[0].pass_s + pair[1].pass_s) / 4.0;
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double pass[PASSES])
{
    qsort(pass, PASSES, sizeof pass[0], compare_numbers);
    return pass[PASSES / 2];
}

static double median_s(runner *run, solve_function solve)
{
    double pass[PASSES];
    run->clock = CLOCK_THREAD_CPUTIME_ID;
    for (size_t i = 0; i < PASSES; i++)
        pass[i] = pass_s(run, solve);
    return median_of(pass);
}

static double median_of_two_s(runner pair[2])
{
    double pass[PASSES];
    for (size_t i = 0; i < PASSES; i++)
        pass[i] = pass_of_two_s(pair);
    return median_of(pass);
}

static int runner_open(const bench_site *site, size_t length, runner *run)
{
    *run = (runner){.site = site};
    if (bench_site_make_window(&run->window, length, site) != 0)
        return -1;
    bench_site_show(site, 0, &run->window);
    return new_solver(&run->window, &run->solver);
}

static void runner_close(runner *run)
{
    amp_solver_free(run->solver);
    bench_site_free(&run->window);
}

int bench_engine_run(const bench_site *site, size_t length, int with_threads, bench_times *out)
{
    runner pair[2] = {{.solver = NULL}, {.solver = NULL}};
    int status = runner_open(site, length, &pair[0]);
    if (status == 0)
        status = runner_open(site, length, &pair[1]);
    if (status == 0) {
        const double begin_s = bench_thread_s();
        amp_solver_solve(pair[0].solver, &pair[0].solution);
        *out = (bench_times){.first_s = bench_thread_s() - begin_s};
        out->relax_s = median_s(&pair[0], amp_solver_relax);
        out->threads_s = with_threads != 0 ? median_of_two_s(pair) : 0.0;
        out->median_s = median_s(&pair[0], amp_solver_solve);
        out->bytes = amp_solver_bytes(pair[0].solver);
        out->objective_usd = pair[0].solution.objective_usd;
        out->bound_usd = pair[0].solution.bound_usd;
    }
    runner_close(&pair[0]);
    runner_close(&pair[1]);
    return status;
}

int bench_engine_bounds(const bench_windows *windows, double *bound_usd)
{
    bench_site window;
    amp_solver *solver = NULL;
    amp_solution solution = {0};
    if (bench_site_make_window(&window, windows->length, windows->site) != 0)
        return -1;
    bench_site_show(windows->site, 0, &window);
    const int status = new_solver(&window, &solver);
    for (size_t i = 0; status == 0 && i < windows->count; i++) {
        bench_site_show(windows->site, windows->first[i], &window);
        amp_solver_relax(solver, &solution);
        bound_usd[i] = solution.bound_usd;
    }
    amp_solver_free(solver);
    bench_site_free(&window);
    return status;
}

double bench_engine_roll(const bench_site *site, size_t horizon)
{
    amp_solver *solver = NULL;
    amp_decision decision = {.end_mwh = site->problem.storage.initial_mwh};
    if (new_solver(site, &solver) != 0)
        return -1.0;
    const double begin_s = bench_thread_s();
    for (size_t first = 0; first + horizon <= site->interval_count; first++)
        amp_solver_decide(solver, first, horizon, decision.end_mwh, &decision);
    const double roll_s = bench_thread_s() - begin_s;
    amp_solver_free(solver);
    return roll_s;
}

enum { COORDINATIONS = 3 };

int bench_engine_coordinate(const bench_site *site, double tolerance, bench_coordinated *out)
{
    const amp_coordination_options options = {.tolerance = tolerance};
    double time_s[COORDINATIONS];
    for (size_t i = 0; i < COORDINATIONS; i++) {
        amp_coordination *coordination = NULL;
        const double begin_s = bench_thread_s();
        if (amp_coordinate(&site->problem, NULL, &options, &coordination) != AMP_OK) {
            (void)fprintf(stderr, "bench: the coordination failed\n");
            return -1;
        }
        time_s[i] = bench_thread_s() - begin_s;
        const amp_coordinated *found = amp_coordination_result(coordination);
        *out = (bench_coordinated){
            .calls = found->calls,
            .bound_usd = found->bound_usd,
            .gap = (found->bound_usd - found->relaxed_usd) / fabs(found->bound_usd),
        };
        amp_coordination_free(coordination);
    }
    qsort(time_s, COORDINATIONS, sizeof time_s[0], compare_numbers);
    out->time_s = time_s[COORDINATIONS / 2];
    return 0;
}
