/* SPDX-License-Identifier: Apache-2.0 */
/** @file single.h  One site solved and scheduled, whatever couples its intervals. */
#ifndef AMP_DISPATCH_SINGLE_H
#define AMP_DISPATCH_SINGLE_H

#include "dispatch/schedule.h"

/** What was found. Without a shortage there is a schedule, freed by amp_schedule_free(). */
typedef struct {
    amp_shortage shortage; /**< as in amp_solution, with the two after it */
    size_t shortage_interval;
    double shortage_amount;
    double bound_usd;    /**< no schedule earns more */
    double relaxed_usd;  /**< what the schedule's couplings earn with modes mixed */
    double one_mode_usd; /**< what the schedule earns */
    size_t mixed_count;
    size_t calls; /**< of the exact solver */
    bool was_stopped;
    amp_schedule schedule;
} amp_site_solution;

/**
 * Solves @p problem: by itself, by prices where something couples its intervals, and with starts of
 * machines where they cost.
 *
 * @param host      may be NULL
 * @param tolerance relative gap that coordination may leave
 * @return AMP_OK, also without a schedule where there is a shortage; AMP_NOMEM, AMP_INTERNAL
 */
amp_status amp_site_solve(const amp_site_problem *problem, const amp_host *host, double tolerance,
                          amp_site_solution *out);

#endif
