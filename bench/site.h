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
};

/** Numbers of one site: price, lease and tiers vary with the interval, limits do not. */
typedef struct {
    size_t interval_count;
    double *memory; /**< all columns, one after the other */
    amp_load load[BENCH_TIERS + 1];
    amp_tier tier[BENCH_TIERS];
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

/** Room for @p interval_count intervals of the same site, to be filled by bench_site_show(). Only
 *  the battery's wear is taken from @p like. */
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
