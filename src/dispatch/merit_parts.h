/* SPDX-License-Identifier: Apache-2.0 */
/** @file merit_parts.h  What the files of the merit order share; private to them. */
#ifndef AMP_DISPATCH_MERIT_PARTS_H
#define AMP_DISPATCH_MERIT_PARTS_H

#include "dispatch/connection.h"
#include "dispatch/merit.h"

/* A column as the scan reads it: a constant one is spread over a block, so that every inner loop
 * runs over plain arrays of one stride. */
typedef struct {
    amp_column column;
    double *spread; /* AMP_MERIT_BLOCK equal numbers, for a constant */
} scan_column;

/* Two columns that belong together: width and worth. */
typedef struct {
    scan_column power_mw;
    scan_column usd_per_mwh;
} scan_pair;

struct amp_merit {
    const amp_site_problem *problem;
    scan_pair market; /* import limit and price */
    scan_pair block;
    scan_pair export;
    scan_pair within; /* import that costs as usual, and the price beyond; has_within */
    scan_column must_mw;
    bool has_block, has_export, has_must, has_within;
    scan_pair *tier;    /* [tier_count] */
    scan_pair *source;  /* [source_count] */
    scan_pair *penalty; /* [penalty_count]: demand and penalty of loads that have one, or less
                           what a load earns while only what must run runs */
    size_t penalty_count;
    bool *penalty_is_used; /* [penalty_count] */
    bool *backs;           /* [tier_count] may back reserves; NULL without them */
    double *spread;        /* all spreads, one allocation */
    size_t spread_count;
};

static inline double at(scan_column column, size_t t)
{
    return amp_column_at(column.column, t);
}

/** The connection of interval @p t as connection.h has it. */
amp_connection amp_merit_connection_at(const amp_merit *merit, size_t t, amp_connection_mode mode);

#endif
