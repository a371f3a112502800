/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_site.h  Small random sites, full of what goes wrong: ties, zeros, negative prices.
 */
#ifndef AMP_TESTS_RANDOM_SITE_H
#define AMP_TESTS_RANDOM_SITE_H

#include "dispatch/problem.h"

#include <stdarg.h>
#include <stdio.h>

/** A site and the memory behind it. */
typedef struct {
    amp_site_problem problem;
    amp_arena *arena;
    uint64_t seed;
} random_site;

/** Makes the site of @p seed, the same one every time, with at most @p intervals_max intervals.
 *  @return NULL when there is no memory. */
random_site *random_site_new(uint64_t seed, size_t intervals_max);

/** The same with at least @p intervals_min > 1 intervals; some have dozens of tiers, some a battery
 *  that takes days to fill. */
random_site *random_site_new_long(uint64_t seed, size_t intervals_min, size_t intervals_max);
void random_site_free(random_site *site);

/** The same site without its battery. The columns stay with @p problem. */
amp_site_problem random_site_without_storage(const amp_site_problem *problem);

/** @p problem from interval @p first on: its columns shifted, arrays in @p arena. The caller sets
 *  interval_count and storage.initial_mwh. @return false when there is no memory. */
bool random_site_window(const amp_site_problem *problem, size_t first, amp_arena *arena,
                        amp_site_problem *out);

/** Prints every number of @p problem in the shape of a C initialiser. */
void random_site_dump(const amp_site_problem *problem, FILE *out);

/** Prints what is wrong with a site and how to run it alone, and dumps it when it is small. */
void random_site_complain(const random_site *site, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/** Seed, number of sites and most intervals of one, from the environment: AMPACITY_SEED,
 *  AMPACITY_RANDOM_SITES and AMPACITY_RANDOM_INTERVALS (other intervals, other sites). */
uint64_t random_site_base_seed(void);
size_t random_site_count(size_t fallback);
size_t random_site_intervals(size_t fallback);

#endif
