/* SPDX-License-Identifier: Apache-2.0 */
/** @file metering_parts.h  What the files of metering share; private to them. */
#ifndef AMP_DISPATCH_METERING_PARTS_H
#define AMP_DISPATCH_METERING_PARTS_H

#include "dispatch/metering.h"

/* Import that an interval wants at a price of its metering interval. */
typedef struct {
    double rho_usd; /**< wanted while the price is below this, USD per MWh */
    double width_mw;
    size_t t;
} amp_wish;

/* A part of the horizon, whole metering intervals, from where the last one ended. */
typedef struct {
    size_t end;
    bool is_open; /**< not as is best */
} amp_metering_window;

struct amp_metering {
    amp_site_problem bare; /**< the site without import */
    amp_merit *bare_merit;
    amp_merit_list bare_list;
    amp_site_problem priced; /**< the site with import at the prices of metering intervals */
    amp_merit *priced_merit;
    amp_merit_list priced_list;
    amp_merit_scan *scan;
    double *memory;
    double *price_usd;  /**< [T] of import, that of its metering interval included */
    double *rho_usd;    /**< [T] that of its metering interval */
    double *most_usd;   /**< [T] the highest: what raising the peak costs */
    double *stored_usd; /**< [T] worths of stored energy that metering_exact.c found */
    double *cap_mw;     /**< [T] mean import that no peak charges for */
    double *split_mw;   /**< [T] of cap_mw, what the next call gives the interval */
    double *certain_mw; /**< [T] scratch: import that is wanted for sure... */
    double *tied_mw;    /**< [T] ...and at the very price */
    amp_wish *wish;     /**< scratch of a metering interval */
    size_t wish_count;
    uint8_t *basis; /**< [T][basis_width] of metering_exact.c: 0 free, 1 basic, 2 at upper... */
    size_t basis_width;
    amp_metering_window *window; /**< scratch of metering_windows.c */
};

/* The merit order of interval t without import; valid until the next call. */
const amp_merit_list *amp_metering_bare_list(amp_pricing *pricing, size_t t);

/* Cuts what split_mw of [first, end) gives above the peaks, which rounding may have done. */
void amp_metering_fit_split(amp_pricing *pricing, size_t first, size_t end);

/* What an interval adds to the dual function at the price that clears. */
static inline double amp_metering_list_usd_per_h(const amp_merit_list *list, amp_battery_bids bids)
{
    const amp_price_range range = amp_clear(list, bids);
    const double price = 0.5 * (range.low + range.high);
    return amp_list_usd_per_h(list, price) + amp_bids_usd_per_h(bids, price);
}

/* metering_windows.c: split_mw and stored_usd of all intervals, so that the gap falls below @p
 * gap_usd where that can be had. @return false where CLP did not solve a part. */
bool amp_metering_windows(amp_pricing *pricing, double gap_usd);

bool amp_metering_take_basis(amp_metering *m);

/* metering_exact.c: split_mw and stored_usd of [first, end), whole metering intervals, as is best
 * while what is stored at both ends stays. @return false where CLP did not solve it. */
bool amp_metering_exact(amp_pricing *pricing, size_t first, size_t end);

#endif
