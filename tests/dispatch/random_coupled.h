/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_coupled.h  Random sites with peaks, jobs and budgets on top of random_site.h. */
#ifndef AMP_TESTS_RANDOM_COUPLED_H
#define AMP_TESTS_RANDOM_COUPLED_H

#include "random_flexible.h"
#include "random_reserve.h"
#include "random_site.h"

enum {
    RANDOM_BLOCKS_MAX = 4,
    RANDOM_JOBS_MAX = 4,
    RANDOM_BUDGETS_MAX = 3,
    RANDOM_TIERS_MAX = 3,
    RANDOM_METERED_MAX = 6,  /* steps of a metering interval */
    RANDOM_COUNTS_MAX = 4096 /* intervals that peaks of some hours cover at most */
};

/** A random site with couplings on top. */
typedef struct {
    random_site *base;
    amp_site_problem problem;
    amp_load *load;
    amp_peak peak[2 * RANDOM_BLOCKS_MAX];
    amp_billing billing[2 * RANDOM_BLOCKS_MAX];
    amp_look look[2 * RANDOM_BLOCKS_MAX][RANDOM_BLOCKS_MAX];
    amp_demand_tier tier[2 * RANDOM_BLOCKS_MAX][RANDOM_TIERS_MAX];
    uint8_t counts[RANDOM_COUNTS_MAX];
    amp_job job[RANDOM_JOBS_MAX];
    amp_budget budget[RANDOM_BUDGETS_MAX + 3];
    uint32_t budget_source[RANDOM_BUDGETS_MAX];
    double budget_weight[RANDOM_BUDGETS_MAX];
    amp_column weight[RANDOM_BUDGETS_MAX];
    double weights[RANDOM_COUNTS_MAX];
    uint32_t all_source[RANDOM_BUDGETS_MAX]; /* of the budget over those of all others */
    double all_weight[RANDOM_BUDGETS_MAX];
    amp_column all_weights[RANDOM_BUDGETS_MAX];
    random_flexible *flexible;
    size_t block_first[RANDOM_BLOCKS_MAX];
    uint32_t metered_end[RANDOM_COUNTS_MAX];
    double pue_inverse;
    random_reserve reserve;
    amp_restart *restart;
    amp_arena *arena; /**< of what random_coupled_add_restarts() adds; NULL before */
} random_coupled;

/** Makes the site of @p seed, the same one every time; it may have no coupling.
 *  @return NULL when there is no memory. Freed by random_coupled_free(). */
random_coupled *random_coupled_new(uint64_t seed, size_t intervals_max);
void random_coupled_free(random_coupled *site); /**< NULL is allowed */

/** Makes starts of some of its fleets cost something; higher modes become shares of the lowest one.
 *  @return false when there is no memory */
bool random_coupled_add_restarts(uint64_t seed, random_coupled *site);

#endif
