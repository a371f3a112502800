/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_flexible.h  A lease of which some may be cut, on top of random_coupled.h. */
#ifndef AMP_TESTS_RANDOM_FLEXIBLE_H
#define AMP_TESTS_RANDOM_FLEXIBLE_H

#include "dispatch/problem.h"

/** What the lease adds to a problem. */
typedef struct random_flexible random_flexible;

/** Adds one to some problems, by its own draws of @p seed: hard or with a penalty, limited in
 * hours, in energy or in both. @p budget has room for two more. The problem points into @p out.
 *  @return false when there is no memory. */
bool random_flexible_add(uint64_t seed, amp_site_problem *problem, amp_budget *budget,
                         random_flexible **out);
void random_flexible_free(random_flexible *flexible); /**< NULL is allowed */

#endif
