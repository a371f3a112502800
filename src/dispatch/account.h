/* SPDX-License-Identifier: Apache-2.0 */
/** @file account.h  Energy that lasts over many intervals: jobs and budgets; private to dispatch.
 */
#ifndef AMP_DISPATCH_ACCOUNT_H
#define AMP_DISPATCH_ACCOUNT_H

#include "dispatch/problem.h"

/*
 * Jobs and budgets are one coupling: something is used in many intervals, and all of it together
 * has a limit. The coordination gives each a price. Accounts are numbered jobs first, then budgets.
 * Use is counted in IT MWh for jobs, in the budget's own unit for budgets.
 */

static inline size_t amp_account_count(const amp_site_problem *problem)
{
    return problem->job_count + problem->budget_count;
}

static inline bool amp_account_is_job(const amp_site_problem *problem, size_t account)
{
    return account < problem->job_count;
}

/** What may be used over the horizon. */
double amp_account_limit(const amp_site_problem *problem, size_t account);

/** The most that intervals [first, end) can use. */
double amp_account_room(const amp_site_problem *problem, size_t account, size_t first, size_t end);

/** Above every price that a unit can have: at this price nothing is used that need not be. */
double amp_account_most_usd(const amp_site_problem *problem, size_t account);

/** Worth of a MWh of a job's IT energy: its value and the penalty that serving avoids. */
double amp_job_worth_usd_per_mwh(const amp_job *job);

#endif
