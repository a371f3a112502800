/* SPDX-License-Identifier: Apache-2.0 */
/** @file solve.h  The exact solver of one site: merit order per interval, one battery through time.
 */
#ifndef AMP_DISPATCH_SOLVE_H
#define AMP_DISPATCH_SOLVE_H

#include "dispatch/problem.h"

/** What a long computation may ask of the program around it. Any member may be NULL. */
typedef struct {
    void *context;
    /** Calls job(argument, i) for i = 0 .. count-1, in any order, on any threads, and returns when
     *  all have returned. NULL: one after the other on the caller's thread. */
    void (*parallel)(void *context, size_t count, void (*job)(void *argument, size_t i),
                     void *argument);
    /** True when the work should end early with what it has. */
    bool (*should_stop)(void *context);
} amp_host;

/** Why there is no schedule. */
typedef enum {
    AMP_FEASIBLE,
    AMP_SHORT_OF_SUPPLY, /**< hard load above what supply and battery can give */
    AMP_SHORT_OF_HALL,   /**< a hard lease above what its hall can take */
    AMP_SHORT_OF_ENERGY, /**< the battery cannot reach a level that is asked for */
    AMP_EXCESS_OF_ENERGY /**< the battery cannot get rid of what it holds */
} amp_shortage;

/** Outcome of one solve. Arrays have one entry an interval, belong to the solver and are valid
 *  until its next call. */
typedef struct {
    amp_shortage shortage;    /**< unless AMP_FEASIBLE only the two members after it are set */
    size_t shortage_interval; /**< the first one where it cannot be done */
    double shortage_amount;   /**< MW (supply, hall) or MWh (energy) */
    double objective_usd;     /**< of the schedule: one mode an interval */
    double bound_usd;         /**< value of the dual function: no schedule earns more */
    size_t mixed_count;       /**< intervals in which the relaxation mixed two modes */
    const double *net_mw;     /**< discharge - charge, at the bus */
    const double *soc_mwh;    /**< at the end of the interval */
    const double
        *stored_usd_per_mwh; /**< worth of energy that appears in the battery in the interval */
} amp_solution;

/** Workspace of one site's solver. One thread at a time; different solvers are independent. */
typedef struct amp_solver amp_solver;

/**
 * Makes a solver for @p problem, which must outlive it. Sizes are fixed here; the numbers in the
 * problem's columns may change between solves. All memory is taken here.
 */
amp_status amp_solver_new(const amp_site_problem *problem, amp_solver **out, amp_error *err);
void amp_solver_free(amp_solver *solver);

/** Bytes that the solver holds. */
size_t amp_solver_bytes(const amp_solver *solver);

/** Solves the whole horizon: the bound from the dual function, the schedule of one mode an
 *  interval, and the marginal value of stored energy. */
void amp_solver_solve(amp_solver *solver, amp_solution *out);

/** To be called when numbers in the problem's columns have changed and only decisions are asked
 * for; amp_solver_solve() does it by itself. */
void amp_solver_prepare(amp_solver *solver);

/** First decision of a horizon: intervals [first, first + count) of the problem, starting with
 *  @p initial_mwh stored. */
typedef struct {
    amp_shortage shortage;
    double net_mw;             /**< of interval `first` */
    double end_mwh;            /**< stored after it */
    double stored_usd_per_mwh; /**< worth of one more MWh stored then */
} amp_decision;

/** Only what a rolling horizon needs: the backward pass and the first decision. The window ends
 *  as the problem says (final, terminal value). Does not touch the arrays of a solution. Where the
 *  first interval or the end cannot be had, shortage says so. */
void amp_solver_decide(amp_solver *solver, size_t first, size_t count, double initial_mwh,
                       amp_decision *out);

#endif
