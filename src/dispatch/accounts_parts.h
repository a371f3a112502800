/* SPDX-License-Identifier: Apache-2.0 */
/** @file accounts_parts.h  The two halves of the accounts; private to dispatch. */
#ifndef AMP_DISPATCH_ACCOUNTS_PARTS_H
#define AMP_DISPATCH_ACCOUNTS_PARTS_H

#include "dispatch/schedule.h"

/** Everything but fixed_usd, which becomes 0. Pure: safe from any thread. */
amp_accounts amp_accounts_of_schedule(const amp_site_problem *problem,
                                      const amp_schedule *schedule);

/** Fills fixed_usd. Reads columns of the market: one thread at a time. AMP_OK, AMP_NOMEM, or what
 *  amp_calendar_open() says. */
amp_status amp_accounts_add_fixed(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  const amp_site_problem *problem, const amp_schedule *schedule,
                                  amp_accounts *accounts);

#endif
