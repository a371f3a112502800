/* SPDX-License-Identifier: Apache-2.0 */
/** @file schedule_check.h  A small independent check of a schedule against problem.h. */
#ifndef AMP_TESTS_SCHEDULE_CHECK_H
#define AMP_TESTS_SCHEDULE_CHECK_H

#include "dispatch/schedule.h"

/** What a schedule breaks, first of all, and what it earns. */
typedef struct {
    const char *broken; /**< NULL when nothing is */
    size_t interval;
    double size;         /**< of the violation, MW or MWh */
    double value_usd;    /**< penalties included, as the objective has them */
    double turnover_usd; /**< revenue + |cost| without penalties */
} schedule_facts;

/** Checks balance, limits, one mode an interval, SoC and its end; adds up the money. Powers may be
 *  off by 1e-7 of the site's largest, energies by 1e-6 MWh. */
schedule_facts schedule_check(const amp_site_problem *problem, const amp_schedule *schedule);

#endif
