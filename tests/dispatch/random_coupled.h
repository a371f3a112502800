/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_coupled.h  Random sites with peaks and jobs on top of random_site.h. */
#ifndef AMP_TESTS_RANDOM_COUPLED_H
#define AMP_TESTS_RANDOM_COUPLED_H

#include "random_site.h"

enum { RANDOM_BLOCKS_MAX = 4, RANDOM_JOBS_MAX = 4 };

/** A random site with couplings on top. */
typedef struct {
    random_site *base;
    amp_site_problem problem;
    amp_load *load;
    amp_peak peak[RANDOM_BLOCKS_MAX];
    amp_job job[RANDOM_JOBS_MAX];
    size_t block_first[RANDOM_BLOCKS_MAX];
    double pue_inverse;
} random_coupled;

/** What random_coupled_new() does with agreements without resale where there are peaks. */
typedef enum {
    RANDOM_NO_AGREEMENTS, /**< drops them */
    RANDOM_KEEPS_AGREEMENTS
} random_agreements;

/** Makes the site of @p seed, the same one every time; it may have neither peaks nor jobs.
 *  @return NULL when there is no memory. Freed by random_coupled_free(). */
random_coupled *random_coupled_new(uint64_t seed, size_t intervals_max,
                                   random_agreements agreements);
void random_coupled_free(random_coupled *site); /**< NULL is allowed */

#endif
