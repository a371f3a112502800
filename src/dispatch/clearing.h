/* SPDX-License-Identifier: Apache-2.0 */
/** @file clearing.h  The price at which a bus and a battery agree; private to dispatch. */
#ifndef AMP_DISPATCH_CLEARING_H
#define AMP_DISPATCH_CLEARING_H

#include "dispatch/merit.h"

static inline double amp_larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double amp_smaller(double a, double b)
{
    return a < b ? a : b;
}

/**
 * What the battery bids at the bus when stored energy is worth some price: it buys up to charge_mw
 * below one price and sells up to discharge_mw above another. Where the first is above the second,
 * charging and discharging at once would pay. All 0 without a battery.
 */
typedef struct {
    double buy_usd;
    double sell_usd;
    double charge_mw;
    double discharge_mw;
} amp_battery_bids;

/** @param stored_usd worth of a MWh that is stored in interval @p t */
static inline amp_battery_bids amp_bids_at(const amp_storage *storage, size_t t, double stored_usd)
{
    amp_battery_bids bids = {0};
    if (!storage->is_present)
        return bids;
    bids.charge_mw = amp_column_at(storage->charge_limit_mw, t);
    bids.discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    bids.buy_usd = stored_usd * storage->charge_efficiency - storage->wear_usd_per_mwh;
    bids.sell_usd = stored_usd / storage->discharge_efficiency + storage->wear_usd_per_mwh;
    return bids;
}

/** What the battery adds to the dual function at bus price @p price, USD per hour. */
static inline double amp_bids_usd_per_h(amp_battery_bids bids, double price)
{
    const double charging = bids.charge_mw * (bids.buy_usd - price);
    const double discharging = bids.discharge_mw * (price - bids.sell_usd);
    return amp_larger(0.0, amp_larger(charging, discharging));
}

/** What the merit order adds. Any price gives a bound; one that clears gives the least. */
double amp_list_usd_per_h(const amp_merit_list *list, double price);

/** What the limits of stored energy add between two intervals whose worths of it differ by
 *  @p rise_usd. */
static inline double amp_between_usd(const amp_storage *storage, double rise_usd)
{
    return amp_larger(storage->minimum_mwh * rise_usd, storage->maximum_mwh * rise_usd);
}

/** Prices at which what the bus wants more of meets what the battery gives: all in [low, high],
 *  both finite. */
typedef struct {
    double low;
    double high;
} amp_price_range;

/** The bids in rising order of price, from full charge on: where both modes at once would pay, the
 * two are one bid at their mean. */
amp_battery_bids amp_bids_in_order(amp_battery_bids bids);

amp_price_range amp_clear(const amp_merit_list *list, amp_battery_bids bids);

#endif
