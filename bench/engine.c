/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include "clock.h"
#include "dispatch/solve.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { PASSES = 11 };

/* Two threads that share the jobs of one call. */
typedef struct {
    void (*job)(void *argument, size_t i);
    void *argument;
    size_t count;
    atomic_size_t next;
} shared_jobs;

static void *take_jobs(void *context)
{
    shared_jobs *jobs = context;
    for (;;) {
        const size_t i = atomic_fetch_add(&jobs->next, 1);
        if (i >= jobs->count)
            return NULL;
        jobs->job(jobs->argument, i);
    }
}

static void run_on_two(void *context, size_t count, void (*job)(void *argument, size_t i),
                       void *argument)
{
    (void)context;
    shared_jobs jobs = {.job = job, .argument = argument, .count = count};
    pthread_t other;
    const int failed = pthread_create(&other, NULL, take_jobs, &jobs);
    (void)take_jobs(&jobs);
    if (failed == 0)
        (void)pthread_join(other, NULL);
}

static const amp_host two_threads = {.parallel = run_on_two};

static int new_solver(const bench_site *window, amp_solver **solver)
{
    amp_error error = {0};
    if (amp_solver_new(&window->problem, solver, &error) == AMP_OK)
        return 0;
    (void)fprintf(stderr, "bench: %s\n", error.message);
    return -1;
}

typedef void (*solve_function)(amp_solver *solver, const amp_host *host, amp_solution *out);

/* All windows once: mean seconds of a solve. Copying the numbers in is not counted. */
static double pass_s(const bench_site *site, bench_site *window, amp_solver *solver,
                     solve_function solve, const amp_host *host, amp_solution *solution)
{
    const size_t windows = site->interval_count / window->interval_count;
    double total_s = 0.0;
    for (size_t i = 0; i < windows; i++) {
        bench_site_show(site, i * window->interval_count, window);
        const clockid_t clock = host != NULL ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
        const double begin_s = bench_clock_s(clock);
        solve(solver, host, solution);
        total_s += bench_clock_s(clock) - begin_s;
    }
    return total_s / (double)windows;
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_s(const bench_site *site, bench_site *window, amp_solver *solver,
                       solve_function solve, const amp_host *host, amp_solution *solution)
{
    double pass[PASSES];
    for (size_t i = 0; i < PASSES; i++)
        pass[i] = pass_s(site, window, solver, solve, host, solution);
    qsort(pass, PASSES, sizeof pass[0], compare_numbers);
    return pass[PASSES / 2];
}

int bench_engine_run(const bench_site *site, size_t length, int with_threads, bench_times *out)
{
    bench_site window;
    amp_solver *solver = NULL;
    amp_solution solution = {0};
    if (bench_site_make_window(&window, length, site) != 0)
        return -1;
    bench_site_show(site, 0, &window);
    const int status = new_solver(&window, &solver);
    if (status == 0) {
        const double begin_s = bench_thread_s();
        amp_solver_solve(solver, NULL, &solution);
        *out = (bench_times){.first_s = bench_thread_s() - begin_s};
        out->relax_s = median_s(site, &window, solver, amp_solver_relax, NULL, &solution);
        if (with_threads != 0)
            out->threads_s =
                median_s(site, &window, solver, amp_solver_solve, &two_threads, &solution);
        out->median_s = median_s(site, &window, solver, amp_solver_solve, NULL, &solution);
        out->bytes = amp_solver_bytes(solver);
        out->objective_usd = solution.objective_usd;
        out->bound_usd = solution.bound_usd;
    }
    amp_solver_free(solver);
    bench_site_free(&window);
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
        amp_solver_relax(solver, NULL, &solution);
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
