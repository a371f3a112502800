/* SPDX-License-Identifier: Apache-2.0 */
/** @file duals.h  What one more unit of a limit is worth, as the prices of a bound say it. */
#ifndef AMP_DISPATCH_DUALS_H
#define AMP_DISPATCH_DUALS_H

/**
 * Slopes of a dual function: the bound rises by at most so much, USD, when a limit rises by one
 * unit and its prices stay. At the best prices this lies between what the optimum gains by one unit
 * more and what it loses by one unit less, wherever the optimum is concave in the limit.
 */
typedef struct {
    double import_usd;         /**< a MW more of import in every interval that has any limit */
    double watched_import_usd; /**< the same in the watched intervals alone */
    double stored_usd;         /**< a MWh more that the battery can hold; what it must hold at
                                    least, at the start and at the end stays the same MWh */
    double battery_power_usd;  /**< both power limits of the battery twice as high: all that its
                                    power earns, for each share of it */
} amp_marginals;

/** Of a whole coordination. */
typedef struct {
    amp_marginals *block;    /**< [block_count] */
    double *peak_usd_per_mw; /**< [peak_count] what a MW more of the peak would earn, unpaid */
} amp_duals;

#endif
