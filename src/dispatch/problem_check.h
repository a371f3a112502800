/* SPDX-License-Identifier: Apache-2.0 */
/** @file problem_check.h  What only the numbers of the horizon can show; private to dispatch. */
#ifndef AMP_DISPATCH_PROBLEM_CHECK_H
#define AMP_DISPATCH_PROBLEM_CHECK_H

#include "dispatch/fleet_hull.h"
#include "dispatch/problem.h"

/** Where findings go; status is that of the first error. Ranges of single values were checked when
 *  the portfolio and its series were read. */
typedef struct {
    const amp_portfolio *portfolio;
    amp_diagnostics *diagnostics; /**< may be NULL */
    amp_status status;
} amp_problem_check;

/** Reports the first interval in which @p column, of @p value, is above the step before it. */
void amp_problem_check_not_rising(amp_problem_check *check, const amp_value *value,
                                  amp_column column, amp_column above);

/** Reports that the charge of a tier of demand, USD/kW/month, is below that of smaller demand. */
void amp_problem_check_tier(amp_problem_check *check, const amp_value *value, double charge_usd,
                            double below_usd);

/** Reports the first interval in which @p column, of @p value, is below 0: GPUs that may be capped
 *  do work that is worth something. */
void amp_problem_check_not_negative(amp_problem_check *check, const amp_value *value,
                                    amp_column column);

/** Reports the first interval in which @p column, made from @p value and others, is no number or
 *  beyond AMP_NUMBER_MAX @p unit; @p what says what it is ("the value of mining"). Currencies and
 *  products can lead there although every number of the file keeps its own range. */
void amp_problem_check_size(amp_problem_check *check, const amp_value *value, amp_column column,
                            const char *what, const char *unit);

/** Warns when the power of @p job and what works of its hall cannot give it its energy in its
 *  window, whatever the prices. @p energy is the key that says how much. */
void amp_problem_check_reach(amp_problem_check *check, const amp_value *energy, const amp_job *job,
                             amp_column it_capacity_mw);

/** Warns of each mode of @p fleet that has less hashrate for its power than other modes together.
 */
void amp_problem_check_modes(amp_problem_check *check, const amp_fleet *fleet,
                             const amp_fleet_hull *hull);

/** Warns when energy sells for more than it costs while both directions are open: at the import
 *  price, and under agreements without resale. */
void amp_problem_check_export_price(amp_problem_check *check, const amp_value *value,
                                    const amp_site_problem *problem);

/** Reports more than @p limit of @p what, and returns check->status. */
amp_status amp_problem_check_count(amp_problem_check *check, const amp_place *place,
                                   const char *what, size_t count, size_t limit);

/** Reports the end of memory and returns AMP_NOMEM. */
amp_status amp_problem_check_no_memory(amp_problem_check *check);

#endif
