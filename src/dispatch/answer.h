/* SPDX-License-Identifier: Apache-2.0 */
/** @file answer.h  A whole portfolio dispatched: what `ampacity dispatch` and the library show. */
#ifndef AMP_DISPATCH_ANSWER_H
#define AMP_DISPATCH_ANSWER_H

#include "dispatch/accounts.h"
#include "dispatch/infeasible.h"

/** One site's part. Where shortage is not AMP_FEASIBLE there is no schedule, but changes. */
typedef struct {
    const amp_site *site;
    amp_site_problem problem;
    amp_shortage shortage;
    size_t shortage_interval;
    double shortage_amount; /**< MW or MWh, by shortage */
    amp_change *change;
    size_t change_count;
    double objective_usd; /**< accounts.objective_usd */
    double bound_usd;     /**< never below objective_usd */
    double relaxed_usd;   /**< what the schedule's couplings earn with modes mixed: from the
                               objective to here is the mode part of the gap, from here to the bound
                               the coordination part */
    size_t mixed_count;   /**< intervals in which the bound mixes two modes */
    size_t calls;         /**< of the exact solver */
    bool was_stopped;     /**< by the time limit, with a gap above the tolerance */
    amp_schedule schedule;
    amp_accounts accounts;
} amp_site_answer;

typedef struct amp_answer {
    amp_arena *arena;
    amp_site_answer *site; /**< in the order of the portfolio */
    size_t site_count;
    bool is_feasible;
    double objective_usd; /**< sums over sites, in their order */
    double bound_usd;
} amp_answer;

/** Called after each site, on the thread that solved it; for progress. May be NULL. */
typedef void (*amp_answer_progress)(void *context, size_t done, size_t total);

/** How to make an answer. Zero-initialise for defaults. */
typedef struct {
    const amp_host *host; /**< may be NULL */
    amp_answer_progress progress;
    void *progress_context;
    double tolerance; /**< relative gap that coordination may leave; 0: 1e-6 */
} amp_answer_options;

/**
 * Compiles and solves every site. Sites run in parallel when the host can; the answer is the same
 * on any number of threads. An infeasible site is an outcome, not an error.
 *
 * @param out owned by the caller; refers to @p portfolio and @p market, which must outlive it
 * @return AMP_OK, AMP_NOMEM, or what compiling reported
 */
amp_status amp_answer_make(const amp_portfolio *portfolio, amp_market *market,
                           const amp_answer_options *options, amp_diagnostics *diagnostics,
                           amp_answer **out);

/** The same from the sites that amp_site_problems_build() has compiled; what they refer to must
 *  outlive the answer, the array itself need not. AMP_OK, AMP_NOMEM, AMP_INTERNAL. */
amp_status amp_answer_solve(const amp_portfolio *portfolio, amp_market *market,
                            const amp_site_problem *problem, const amp_answer_options *options,
                            amp_diagnostics *diagnostics, amp_answer **out);
void amp_answer_free(amp_answer *answer);

/** Writes all series of a schedule as CSV (gzip when @p path ends in ".gz", standard output for
 *  "-"): the columns of the schedule file, or with @p duals also the marginal value of stored
 *  energy, what agreements cover, and every tier. Needs a feasible answer. */
amp_status amp_answer_write_csv(const amp_answer *answer, bool duals, const char *path,
                                amp_error *err);

#endif
