/* SPDX-License-Identifier: Apache-2.0 */
/** @file coordinate.h  A site whose intervals are coupled by peaks, jobs and budgets, solved by
 * prices. */
#ifndef AMP_DISPATCH_COORDINATE_H
#define AMP_DISPATCH_COORDINATE_H

#include "dispatch/duals.h"
#include "dispatch/solve.h"

/*
 * Two small masters around the exact solver (pricing.h): the one above (outer.h) says which peaks
 * to try and bounds what can be earned, the one below (inner.h) says what accounts cost and
 * mixes the points found into a schedule. One call of the solver feeds both. docs/mathematics.md
 * has the proof that they meet.
 */

/** When to stop. */
typedef struct {
    double tolerance;     /**< relative: the part of the gap that coordination leaves, 1e-6 say */
    size_t calls_at_most; /**< of the exact solver; 0: 400 */
    size_t watched_first; /**< intervals [watched_first, watched_end) of watched_import_usd */
    size_t watched_end;
} amp_coordination_options;

/** Owned by itself: amp_coordination_free(). */
typedef struct amp_coordination amp_coordination;

/** What was found. Pointers belong to the coordination. */
typedef struct {
    amp_shortage shortage; /**< as in amp_solution */
    size_t shortage_interval;
    double shortage_amount;
    bool was_stopped;      /**< by the host, by calls_at_most or by CLP, above the tolerance */
    size_t calls;          /**< of the exact solver, the last dispatch included */
    double bound_usd;      /**< no schedule earns more, peaks and penalties paid */
    double relaxed_usd;    /**< what the last dispatch earns with modes mixed: bound_usd less
                                this is the part of the gap that coordination leaves */
    amp_duals duals;       /**< of bound_usd; all 0 where no bound was found */
    amp_solution solution; /**< the last dispatch; its money is before peaks are paid */
    const amp_site_problem *problem; /**< what `solution` solves, for amp_schedule_build(): jobs are
                                          in must_mw, and block_mw is import within the peaks */
    double *const *job_mw;           /**< [job_count][interval_count] IT power */
    const double *account_usd; /**< [jobs, then budgets] what one more unit of each would earn */
} amp_coordinated;

/**
 * Solves @p problem, which must outlive the coordination and have peaks, jobs or
 * budgets. An infeasible site
 * is an outcome, not an error.
 * @return AMP_OK, AMP_NOMEM, or AMP_INTERNAL where CLP could not make a first bound
 */
amp_status amp_coordinate(const amp_site_problem *problem, const amp_host *host,
                          const amp_coordination_options *options, amp_coordination **out);
void amp_coordination_free(amp_coordination *coordination);
const amp_coordinated *amp_coordination_result(const amp_coordination *coordination);

#endif
