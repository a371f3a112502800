/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_reserve.h  Random reserves on top of a random site. */
#ifndef AMP_TESTS_RANDOM_RESERVE_H
#define AMP_TESTS_RANDOM_RESERVE_H

#include "dispatch/problem.h"

enum { RANDOM_RESERVES_MAX = 3, RANDOM_RESERVE_INTERVALS_MAX = 4096 };

/** Products and the numbers behind them. */
typedef struct {
    amp_reserve reserve[RANDOM_RESERVES_MAX];
    double price[RANDOM_RESERVES_MAX][RANDOM_RESERVE_INTERVALS_MAX];
    double limit_mw[RANDOM_RESERVES_MAX][RANDOM_RESERVE_INTERVALS_MAX];
} random_reserve;

/** What the battery may back. */
typedef enum {
    RANDOM_RESERVE_LOADS, /**< nothing */
    RANDOM_RESERVE_POWER, /**< power alone: durations are 0 */
    RANDOM_RESERVE_ENERGY /**< power with energy behind it */
} random_reserve_kind;

/** Adds products to @p problem, the same ones for each @p seed; they point into @p room. */
void random_reserve_add(uint64_t seed, random_reserve_kind kind, random_reserve *room,
                        amp_site_problem *problem);

#endif
