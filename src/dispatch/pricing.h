/* SPDX-License-Identifier: Apache-2.0 */
/** @file pricing.h  What a site earns at given peaks and prices of energy; private to dispatch. */
#ifndef AMP_DISPATCH_PRICING_H
#define AMP_DISPATCH_PRICING_H

#include "dispatch/account.h"
#include "dispatch/duals.h"
#include "dispatch/solve.h"

/*
 * V_b(D, s, s', e) is the most that block b (a local month) earns when import stays within the
 * peaks D, energy s is stored at its start and s' at its end, and accounts are used by e at most.
 * It is jointly concave. One call of the exact solver, at peaks D and with a price mu on each
 * account, gives for every block a cut that holds for all (D, s, s', e), because it is the dual
 * function at the prices of that call, and a column: a point that some schedule attains.
 *
 * A peak may be overrun at the price of raising it in one interval alone, charge / h, which no
 * optimal schedule would pay more than. So every peak, even 0, has an answer.
 */

/** Upper bound of one block: V <= constant + sum peak D + stored_in s - stored_out s' + sum account
 * e. USD, USD/MW, USD/MWh, USD for each unit of an account. */
typedef struct {
    double constant;
    double stored_in;
    double stored_out;
    double *peak;           /**< [peak_count]; 0 for peaks of other blocks */
    double *watched_peak;   /**< [peak_count] the watched intervals' part of peak */
    double *account;        /**< [amp_account_count()] */
    amp_marginals marginal; /**< how the constant moves with limits, all else as it is */
} amp_cut;

/** A point of one block. */
typedef struct {
    double profit_usd; /**< without what peaks cost; penalties of jobs are not in it */
    double stored_in_mwh;
    double stored_out_mwh;
    double *peak_mw; /**< [peak_count] highest import, at least start_mw; 0 for peaks elsewhere */
    double *use;     /**< [amp_account_count()] */
} amp_point;

typedef struct amp_pricing amp_pricing;

/** @p problem must outlive it. AMP_NOMEM. */
amp_status amp_pricing_new(const amp_site_problem *problem, amp_pricing **out);
void amp_pricing_free(amp_pricing *pricing);

/** Watches intervals [first, end), none at first: see amp_marginals.watched_import_usd. */
void amp_pricing_watch(amp_pricing *pricing, size_t first, size_t end);

/** At peaks [peak_count] and prices of accounts [amp_account_count()], both >= 0. */
typedef struct {
    const double *peak_mw;
    const double *account_usd;
    const double *split_mw; /**< [T] NULL, or amp_pricing_split_mw() of an earlier call to make
                               again the point of that call */
    double gap_usd;         /**< that the cut may be above what the call earns, with metering */
} amp_query;

/** One call. Fills cuts and, where there are accounts, points, one a block; their arrays are the
 * caller's. @return false when the site has no schedule at all; amp_pricing_solution() says why. */
bool amp_pricing_ask(amp_pricing *pricing, const amp_query *query, amp_cut *cut, amp_point *point);

/** Where reserves want energy behind them: what the next call takes stored energy to be worth, from
 *  the path of the last one. Calls get better by it at the same query. */
void amp_pricing_follow_path(amp_pricing *pricing);
bool amp_pricing_has_stored(const amp_pricing *pricing);

/** What the battery holds in the last dispatch: as on the best path of all calls, as on average, or
 *  nothing, to which the last dispatch adds what it could hold besides. */
void amp_pricing_drop_plan(amp_pricing *pricing);
void amp_pricing_choose_plan(amp_pricing *pricing, bool is_best);

/** What a path of the last dispatch, or of a call, earns with the reserves that it backs; -HUGE_VAL
 *  where the plan left no path. */
double amp_pricing_planned_usd(amp_pricing *pricing, const amp_solution *path);
double amp_pricing_path_usd(amp_pricing *pricing, const amp_solution *path);

/** Of the last call: what it earns at its peaks and prices, before peaks and prices of accounts are
 * paid back. Without accounts this is what the best schedule within the peaks earns. */
double amp_pricing_value_usd(const amp_pricing *pricing);

/** Of the last call; says why there is none. */
const amp_solution *amp_pricing_solution(const amp_pricing *pricing);

/** Of the last call: import that no peak charges for, [interval_count]. Where peaks are metered
 * over several intervals these share what the peak leaves them. */
const double *amp_pricing_split_mw(const amp_pricing *pricing);

/** A copy of it that the caller frees; NULL without memory. */
double *amp_pricing_copy_split(const amp_pricing *pricing);

/*
 * Flows are what a mix of points averages: the IT power of each job, then the power of each source
 * that some budget holds, then, where peaks are metered over several intervals, import.
 */
size_t amp_pricing_flow_count(const amp_pricing *pricing);

/** A flow in interval @p t of the last call's point, MW. */
double amp_pricing_flow_mw(const amp_pricing *pricing, size_t flow, size_t t);

/** Whether import is the last of the flows. */
bool amp_pricing_is_metered(const amp_pricing *pricing);

/** Whether a flow uses @p account; then @p weight is how much of it a MWh is. A job uses its own, a
 *  source those of all budgets that hold it, import none. */
bool amp_pricing_flow_uses(const amp_pricing *pricing, size_t flow, size_t account,
                           amp_column *weight);

/**
 * The last dispatch, at flows @p flow_mw [amp_pricing_flow_count()][interval_count]: jobs take
 * theirs as load that must be served, sources give theirs at most, import is how intervals share
 * the peak, and the battery and all other uses are chosen. One mode an interval.
 * @param out as amp_solver_solve() fills it, with what peaks cost not in it; belongs to the pricing
 */
void amp_pricing_dispatch(amp_pricing *pricing, const double *peak_mw, double *const *flow_mw,
                          amp_solution *out);

/** The problem that the last dispatch solved, for amp_schedule_build(): jobs are in must_mw, import
 *  above a peak costs more. Belongs to the pricing. */
const amp_site_problem *amp_pricing_problem(const amp_pricing *pricing);

#endif
