/* SPDX-License-Identifier: Apache-2.0 */
/** @file metering.h  Peaks whose meter averages over several intervals; private to the files of
 *  pricing. */
#ifndef AMP_DISPATCH_METERING_H
#define AMP_DISPATCH_METERING_H

#include "dispatch/pricing_parts.h"

/** What pricing keeps of metering intervals; see metering.c. */
typedef struct amp_metering amp_metering;

/** @p pricing has its `seen`. AMP_NOMEM. */
amp_status amp_metering_new(const amp_pricing *pricing, amp_metering **out);
void amp_metering_free(amp_metering *metering);

/** Beyond its share of the peak a MWh costs what raising the peak by it does. */
void amp_metering_set_beyond(amp_pricing *pricing);

/** Shares the peaks of a query out among the intervals of each metering interval. */
void amp_metering_set_peaks(amp_pricing *pricing, const double *peak_mw);

/** The same as @p split_mw says, [interval_count]. @p spreads: what it leaves is shared evenly. */
void amp_metering_set_split(amp_pricing *pricing, const double *peak_mw, const double *split_mw,
                            bool spreads);

/**
 * After a call: prices metering intervals, so that the cut holds and is no more than @p gap_usd
 * above what the call earns, for which it may be made again with the peaks shared otherwise.
 */
void amp_metering_settle(amp_pricing *pricing, double gap_usd);

/** What intervals [first, first + count) of a block add to its cut, count <= AMP_MERIT_BLOCK. */
void amp_metering_cut(amp_pricing *pricing, size_t first, size_t count, amp_cut *cut);

/** Notes the metered peaks of [first, end) in @p point. */
void amp_metering_point(const amp_pricing *pricing, size_t first, size_t end, amp_point *point);

#endif
