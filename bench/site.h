/* SPDX-License-Identifier: Apache-2.0 */
/** @file site.h  The site that everything is measured on: synthetic, seeded, the same everywhere.
 */
#ifndef AMP_BENCH_SITE_H
#define AMP_BENCH_SITE_H

#include "dispatch/problem.h"

enum {
    BENCH_STEP_S = 300,
    BENCH_DAY = 288,
    BENCH_WEEK = 7 * BENCH_DAY,
    BENCH_MONTH = 30 * BENCH_DAY,
    BENCH_YEAR = 365 * BENCH_DAY,
    BENCH_TIERS = 6,
    BENCH_MONTHS = 36,
    BENCH_JOBS = 16,
};

/** What couples the intervals of a site beside its battery. */
typedef struct {
    int has_peaks;  /**< a demand charge of 8 USD/kW on every month */
    int has_budget; /**< the lease may be cut by a quarter, 90 full-power hours a year */
    size_t jobs;    /**< training jobs of a week to a quarter year, at most BENCH_JOBS */
} bench_couplings;

/** Numbers of one site: price, lease and tiers vary with the interval, limits do not. */
typedef struct {
    size_t interval_count;
    double *memory;                 /**< all columns, one after the other */
    amp_load load[BENCH_TIERS + 2]; /**< the lease, the tiers, the training hall */
    amp_tier tier[BENCH_TIERS];
    bench_couplings couplings;
    amp_peak peak[BENCH_MONTHS];
    size_t block_first[BENCH_MONTHS];
    amp_job job[BENCH_JOBS];
    amp_source cut;
    uint32_t cut_index;
    amp_column cut_weight;
    amp_budget budget;
    amp_site_problem problem;
} bench_site;

/**
 * 25 MW / 100 MWh battery, 93 % each way; a hard lease, an inference tier and five mining tiers,
 * at most 95 MW together; import of at most @p import_limit_mw; prices with mean 36, minimum -60,
 * 99th percentile 150, maximum 3,780 USD/MWh and 13.5 % below zero.
 * @return 0, or -1 without memory. @p site is freed by bench_site_free(). It is not to be copied:
 * its problem points into it.
 */
int bench_site_make(bench_site *site, size_t interval_count, double import_limit_mw,
                    double wear_usd_per_mwh);
void bench_site_free(bench_site *site);

/** Adds couplings: months of 30 days, but the last; jobs that are the same share of any horizon. */
void bench_site_couple(bench_site *site, bench_couplings couplings);

/** Room for @p interval_count intervals of the same site, to be filled by bench_site_show(). The
 *  battery's wear and the couplings are those of @p like. */
int bench_site_make_window(bench_site *window, size_t interval_count, const bench_site *like);

/** Copies intervals [first, first + window->interval_count) of @p site over the numbers of
 *  @p window, whose columns stay where they are. */
void bench_site_show(const bench_site *site, size_t first, bench_site *window);

/** Statistics of a column. */
typedef struct {
    double mean, minimum, p99, maximum, negative_share;
} bench_price_facts;
bench_price_facts bench_prices(const bench_site *site);

#endif
