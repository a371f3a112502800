/* SPDX-License-Identifier: Apache-2.0 */
/** @file totals.h  Powers of a schedule added over assets of one kind; private to dispatch. */
#ifndef AMP_DISPATCH_TOTALS_H
#define AMP_DISPATCH_TOTALS_H

#include "dispatch/schedule.h"

/** Writes to @p out what all loads of @p kind take in each interval, MW at the bus. */
void amp_totals_load_mw(const amp_site_problem *problem, const amp_schedule *schedule,
                        amp_load_kind kind, double *out);

/** Writes to @p out what all generators give in each interval, MW. */
void amp_totals_source_mw(const amp_site_problem *problem, const amp_schedule *schedule,
                          double *out);

#endif
