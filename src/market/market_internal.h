/* SPDX-License-Identifier: Apache-2.0 */
/** @file market_internal.h  What loading leaves for the values; private to market/. */
#ifndef AMP_MARKET_MARKET_INTERNAL_H
#define AMP_MARKET_MARKET_INTERNAL_H

#include "market/market.h"

/** One series on the horizon, in the unit of its header. */
typedef struct {
    bool is_used;
    bool is_loaded;
    size_t read_by;         /**< the first used series of the same file */
    const char *unit;       /**< as in the header */
    const double *number;   /**< one per interval */
    const double *at_start; /**< what holds when an interval starts; only for block heights */
    amp_series_facts facts;
} amp_loaded_series;

/** A column in the unit of a key and in USD, made on first use. */
typedef struct amp_converted {
    const struct amp_converted *next;
    const amp_value *value;
    amp_column column;
} amp_converted;

/** What dated steps say, made on first use. */
typedef struct amp_stepped {
    const struct amp_stepped *next;
    const amp_steps *steps;
    double before;
    const amp_value *cap; /**< NULL: none */
    amp_column column;
} amp_stepped;

struct amp_market {
    const amp_portfolio *portfolio;
    amp_arena *arena;
    amp_loaded_series *series;      /**< one per declared series */
    const amp_converted *converted; /**< the last one made comes first */
    const amp_stepped *stepped;     /**< likewise */
};

/** True when @p value is the rate of a currency, whose unit is USD per unit of it. */
bool amp_market_is_rate(const amp_portfolio *portfolio, const amp_value *value);

/** Unit @p text of a header as @p value reads it; AMP_PARSE with *err when it is none. */
amp_status amp_market_unit(const amp_portfolio *portfolio, const amp_value *value, const char *text,
                           amp_unit *out, amp_error *err);

/** Index of the currency called @p code ("" is USD), or AMP_NONE. */
int32_t amp_market_find_currency(const amp_portfolio *portfolio, const char *code);

#endif
