/* SPDX-License-Identifier: Apache-2.0 */
/** @file merit.h  The merit order of one interval: which use each megawatt at the bus goes to. */
#ifndef AMP_DISPATCH_MERIT_H
#define AMP_DISPATCH_MERIT_H

#include "base/status.h"
#include "dispatch/problem.h"

/**
 * One merit order holds supplies as well as uses: a supply that is worth `cost` runs at full power
 * unless somebody takes its megawatts back at that price, so "not supplying" is a use of that
 * value. With net battery output n the first `offset + n` MW of the list, dearest first, are used.
 *
 * The connection is up to three such steps from full export to full import: export at its price,
 * agreement at the adder, market at price + adder. Where a later one is cheaper than an earlier
 * one, importing and exporting at once would pay; the relaxation pools them into one step at
 * their mean (the concave hull of one mode at a time).
 *
 * Where import beyond some power costs more (amp_site_problem.within_mw), the connection has more
 * parts: connection.h.
 */
typedef struct {
    double value_usd_per_mwh;
    double power_mw;
    uint32_t what; /**< tier, then source, then AMP_MERIT_CONNECTION + part */
    uint32_t fall; /**< 1 + index into fall_usd of the list; 0 where the value did not fall for
                        reserves (reserve.h) */
} amp_merit_step;

enum {
    AMP_MERIT_BLOCK = 512,          /**< intervals scanned at a time */
    AMP_MERIT_CONNECTION = 1 << 20, /**< `what` of the first step of the connection */
    AMP_CONNECTION_STEPS = 3,
    AMP_CONNECTION_STEPS_MAX = 6 /**< where import beyond some power costs more */
};

/** Price beyond every real one: MW that cannot be had, or cannot be got rid of. */
#define AMP_MERIT_FORBIDDEN 1e12

/** How import and export may be combined. */
typedef enum {
    AMP_MODE_RELAXED,     /**< the hull of both modes */
    AMP_MODE_IMPORT_ONLY, /**< export is 0 */
    AMP_MODE_EXPORT_ONLY  /**< import is 0 */
} amp_connection_mode;

/** Constant and varying columns of one problem, prepared for scanning. */
typedef struct amp_merit amp_merit;

amp_status amp_merit_new(const amp_site_problem *problem, amp_merit **out, amp_error *err);
void amp_merit_free(amp_merit *merit);
size_t amp_merit_bytes(const amp_merit *merit);

/** To be called when numbers in the problem's columns have changed. */
void amp_merit_refresh(amp_merit *merit);

/** The most steps that one interval can have. */
size_t amp_merit_step_count(const amp_merit *merit);

/** Whether some interval has a block: then the price of a scan may be the block's. */
bool amp_merit_has_block(const amp_merit *merit);

/**
 * What can be said of many intervals without sorting: the range of battery output within which
 * one price of import is the internal price, and the profit there. Arrays of a block.
 */
typedef struct {
    double price_usd_per_mwh[AMP_MERIT_BLOCK]; /**< the slope inside the range: the market's price,
                                                    or that of a wider block */
    double low_mw[AMP_MERIT_BLOCK];            /**< range of net battery output */
    double high_mw[AMP_MERIT_BLOCK];
    double profit_usd_per_h[AMP_MERIT_BLOCK]; /**< at net output 0, were it inside the range */
    double lost_usd_per_h[AMP_MERIT_BLOCK];   /**< penalty due when nothing is served */
    double below_mw[AMP_MERIT_BLOCK];         /**< import cheaper than the range's; where there is a
                                                   within_mw, here and below */
    double below_usd[AMP_MERIT_BLOCK];        /**< what it costs, per hour */
} amp_merit_scan;

/** Scans intervals [first, first + count), count <= AMP_MERIT_BLOCK. An interval whose connection
 *  is pooled gets an empty range (low > high). Thread-safe. */
void amp_merit_scan_block(const amp_merit *merit, size_t first, size_t count, amp_merit_scan *out);

/** lost_usd_per_h of one interval. */
double amp_merit_lost_usd_per_h(const amp_merit *merit, size_t t);

/** Net battery output that interval @p t allows: what supply must be helped with, and what uses and
 *  export can take. */
void amp_merit_range(const amp_merit *merit, size_t t, double *low_mw, double *high_mw);

/** A tier or a source. */
typedef struct {
    amp_column usd_per_mwh;
    amp_column power_mw;
    uint32_t what;       /**< tier, then source */
    uint32_t is_inverse; /**< 1: the one before it has a higher number, so must be worth more */
} amp_merit_asset;

/** The sorted list of one interval; made by amp_merit_list_init(), freed by amp_merit_list_fini().
 */
typedef struct {
    amp_merit_step *step;
    amp_merit_asset *asset; /**< as they were sorted last, where the next sort starts */
    size_t count;
    double offset_mw;      /**< battery output 0 uses the first offset_mw of the list */
    double base_usd_per_h; /**< profit at the head of the list (nothing used), lost included */
    bool is_pooled;        /**< the connection's steps were pooled */
    double import_share[AMP_CONNECTION_STEPS_MAX]; /**< import of a MW of each part; where there is
                                                        a within_mw, here and below */
    double excess_usd[AMP_CONNECTION_STEPS_MAX]; /**< what a MWh of it costs above the price that it
                                                      would have within */
    bool has_reserve;                            /**< values hold what reserves earn: reserve.h */
    amp_merit_step *spare;                       /**< scratch; NULL without reserves */
    double fall_usd[AMP_RESERVES_MAX + 2];       /**< by how much values fell */
} amp_merit_list;

/** @return false when there is no memory; the list can be freed all the same. */
bool amp_merit_list_init(const amp_merit *merit, amp_merit_list *list);
void amp_merit_list_fini(amp_merit_list *list);

/** Builds and sorts the list of interval @p t. Fast when the order is that of the last call with
 *  the same @p list; the result does not depend on earlier calls. @p lost_usd_per_h as scanned. */
void amp_merit_build(const amp_merit *merit, size_t t, amp_connection_mode mode,
                     double lost_usd_per_h, amp_merit_list *list);

/** Battery output that the list allows: from -offset_mw up to this. */
double amp_merit_most_net_mw(const amp_merit_list *list);

/** Profit in USD per hour at net battery output @p net_mw. What cannot be had or got rid of counts
 *  nothing here: callers look at the slopes. */
double amp_merit_profit_usd_per_h(const amp_merit_list *list, double net_mw);

#endif
