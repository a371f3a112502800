/* SPDX-License-Identifier: Apache-2.0 */
/** @file connection.h  A connection with an agreement, beyond some import of which all costs more;
 *  private to dispatch. Pure. */
#ifndef AMP_DISPATCH_CONNECTION_H
#define AMP_DISPATCH_CONNECTION_H

#include "dispatch/merit.h"

/**
 * Import up to block_mw costs block_usd, more costs market_usd; whatever is beyond within_mw costs
 * beyond_usd instead of either. An agreement that is no cheaper than the market is left alone.
 */
typedef struct {
    double export_mw; /**< 0 where only import is allowed */
    double export_usd;
    double import_mw; /**< 0 where only export is allowed */
    double market_usd;
    double block_mw;
    double block_usd;
    double within_mw; /**< at most import_mw */
    double beyond_usd;
} amp_connection;

/** One part: what import costs more, or export earns less, when the site takes another MW. */
typedef struct {
    double cost_usd_per_mwh;
    double power_mw;
    double import_share; /**< import of a MW of it; the rest is export that is given up */
    double excess_usd;   /**< of its cost, what is due because it is beyond */
} amp_connection_part;

/** The agreement's part of import, 0 where the market is cheaper. */
double amp_connection_block_mw(const amp_connection *connection);

/** What the first MW of import costs. */
double amp_connection_cheapest_usd(const amp_connection *connection);

/** What @p import_mw of import costs at the prices within, USD per hour. */
double amp_connection_within_usd(const amp_connection *connection, double import_mw);

/**
 * The parts from full export to full import, none dearer than the next; those without power have 0.
 * Where export earns more than import costs they are the lower hull of
 *   block + market <= within, block <= block_mw (1 - s), all import <= import_mw (1 - s),
 *   export = s export_mw, 0 <= s <= 1.
 * @return whether import and export share a part
 */
bool amp_connection_parts(const amp_connection *connection,
                          amp_connection_part part[AMP_CONNECTION_STEPS_MAX]);

/**
 * What a MW more of within_mw is worth at a bus price of @p price, USD per hour: the multiplier of
 * block + market <= within that makes the dual function least. Where import and export share parts.
 * @param usd_per_h out: what the connection earns with that multiplier; no less than with the best
 */
double amp_connection_within_worth(const amp_connection *connection, double price,
                                   double *usd_per_h);

#endif
