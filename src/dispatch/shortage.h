/* SPDX-License-Identifier: Apache-2.0 */
/** @file shortage.h  Why a portfolio cannot be dispatched, in words. */
#ifndef AMP_DISPATCH_SHORTAGE_H
#define AMP_DISPATCH_SHORTAGE_H

#include "dispatch/answer.h"

/** What an amount that a site is short of is multiplied with for people, and in which unit: MW or
 *  MWh; of a site below a megawatt kW, and W below ten of them. */
double amp_shortage_scale(const amp_site_problem *problem, amp_shortage shortage, double amount,
                          const char **unit);

/** The same for the numbers of a change: "kW" where both are below a megawatt, "%" for shares.
 *  @p unit, @p size: as for amp_change_unit(). */
double amp_change_scale(const amp_change *change, char *unit, size_t size);

/** What is short, with @p number as its amount and unit: "the battery stays 3.5 MWh short of the
 * level that it must reach". @return buffer, cut to @p size. */
char *amp_shortage_words(amp_shortage shortage, const char *number, char *buffer, size_t size);

/** True when the limit is a share or another bare number: people read it times 100, in "%". */
bool amp_change_is_share(const amp_change *change);

/** "MW" or "%". @return buffer, cut to @p size. */
char *amp_change_unit(const amp_change *change, char *buffer, size_t size);

/** Reports each site that cannot be dispatched (an error), and after it each change of one limit
 *  that alone would help (a warning, at the place of the limit). */
void amp_shortage_report(const amp_portfolio *portfolio, const amp_answer *answer,
                         amp_diagnostics *diagnostics);

#endif
