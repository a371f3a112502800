/* SPDX-License-Identifier: Apache-2.0 */
/** @file engine.h  Times of our own solver. */
#ifndef AMP_BENCH_ENGINE_H
#define AMP_BENCH_ENGINE_H

#include "peers.h"

/** One horizon length, over all its windows in the site. */
typedef struct {
    double first_s;   /**< the first solve of a new solver, CPU time */
    double median_s;  /**< a solve, mean over the windows, median of 11 passes, CPU time */
    double relax_s;   /**< the same for the relaxation alone: what the peers compute */
    double threads_s; /**< the relaxation of two sites at once, one a thread: half the wall time; 0
                           when not asked for */
    size_t bytes;     /**< of the solver */
    double objective_usd, bound_usd; /**< of the last window */
} bench_times;

/** Windows of @p length follow one another through the whole site; what does not fill one is left
 *  out. @return 0, or -1 when something failed (it is printed). */
int bench_engine_run(const bench_site *site, size_t length, int with_threads, bench_times *out);

/** Bounds of the windows that the peers solved, in their order. */
int bench_engine_bounds(const bench_windows *windows, double *bound_usd);

/** A site with couplings, coordinated to @p tolerance. */
typedef struct {
    double time_s; /**< CPU time, the last dispatch included; median of 3 */
    size_t calls;  /**< of the exact solver */
    double bound_usd;
    double gap; /**< relative, of coordination */
} bench_coordinated;

/** @return 0, or -1 when something failed (it is printed). */
int bench_engine_coordinate(const bench_site *site, double tolerance, bench_coordinated *out);

/** A year decided interval by interval, each time over the next @p horizon intervals; the site has
 *  a year and a horizon. Seconds of CPU time, or -1. */
double bench_engine_roll(const bench_site *site, size_t horizon);

#endif
