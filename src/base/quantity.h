/* SPDX-License-Identifier: Apache-2.0 */
/** @file quantity.h  Numbers with units: parsing, dimensions, conversion. One table of units. */
#ifndef AMP_BASE_QUANTITY_H
#define AMP_BASE_QUANTITY_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Independent kinds of things that units measure. Power is energy per time, hashrate hashes per
 *  time. A calendar month has no fixed length, so it is a kind of its own (a year is 12 of them).
 */
typedef enum {
    AMP_KIND_MONEY,
    AMP_KIND_ENERGY,      /**< base unit MWh */
    AMP_KIND_TIME,        /**< base unit h */
    AMP_KIND_MONTH,       /**< base unit month */
    AMP_KIND_TEMPERATURE, /**< base unit degC */
    AMP_KIND_HASH,        /**< base unit TH */
    AMP_KIND_BITCOIN,     /**< base unit BTC */
    AMP_KIND_BLOCK,       /**< base unit block */
    AMP_KIND_MASS,        /**< base unit t */
    AMP_KIND_EXCHANGE, /**< money per other money, USD/NOK; so that a rate is not a bare number */
    AMP_KIND_COUNT
} amp_kind;

/** Exponents of the kinds: USD/MWh is {1, -1, 0, ...}. All zero is dimensionless. */
typedef struct {
    int8_t exponent[AMP_KIND_COUNT];
} amp_dimension;

/** A unit that was parsed: its dimension, the factor to base units, and its currency. */
typedef struct {
    amp_dimension dimension;
    double
        factor; /**< 1 of this unit = factor base units (MWh, h, month, degC, TH, BTC, block, t) */
    double offset;        /**< base = number * factor + offset; not 0 for K and degF only */
    char currency[4];     /**< ISO 4217 code of the money in it, "" when there is none */
    char per_currency[4]; /**< NOK in USD/NOK; "" for all but rates of exchange */
} amp_unit;

/** A quantity as written: number and unit. `95 %` has number 95 and factor 0.01. */
typedef struct {
    double number;
    amp_unit unit;
    bool has_unit; /**< false for a bare number; unit is then dimensionless */
} amp_quantity;

/**
 * Parses a unit: `MW`, `USD/MWh`, `USD/kW/month`, `USD/PH/day`, `J/TH`, `%/day`, `TH/s`, `1`, `%`.
 * At most four factors are joined by `/`; spaces around it are allowed. SI prefixes: k M G T before
 * W and Wh, up to E before J, up to Z before H, k M before t, k before g, m and u before BTC only
 * (`mW` is no unit, so that it cannot stand for `MW`). Money is any three-letter ISO 4217 code
 * (ICU's list decides) in any one place, or in both of a rate of exchange, `USD/NOK`; `$` is not a
 * unit. `min`, `h`, `s`, `ms`, `day`, `week` are time; `month`, `year` calendar. `sat` and
 * `satoshi` are 1e-8 BTC. `degF` and `K` stand alone, `%` and `1` alone or first.
 * @return AMP_OK; AMP_PARSE with *err saying what was not understood and the nearest known unit.
 */
amp_status amp_unit_parse(const char *text, size_t length, amp_unit *out, amp_error *err);

/** Parses `118 MW`, `-4.5 USD/MWh`, `95 %`, `0.5`, `5 min`. The space before the unit may be left
 *  out. NaN and infinity are AMP_PARSE. */
amp_status amp_quantity_parse(const char *text, size_t length, amp_quantity *out, amp_error *err);

bool amp_dimension_same(const amp_dimension *a, const amp_dimension *b);
bool amp_dimension_is_none(const amp_dimension *dimension);

/** @p quantity expressed in @p unit, which must have the same dimension (assert); currencies are
 *  not converted. The same unit gives the same bits back. */
double amp_quantity_in(const amp_quantity *quantity, const amp_unit *unit);

/** @p number of @p from expressed in @p to, as amp_quantity_in(). */
double amp_unit_convert(double number, const amp_unit *from, const amp_unit *to);

/** The dimension in words or in its customary unit, for messages: "power (MW)", "price of energy
 *  (USD/MWh)", "a share (% or a bare number)". Static text; for a dimension without a name the
 *  base units are put into @p buffer of @p size bytes. @return text. */
const char *amp_dimension_text(const amp_dimension *dimension, char *buffer, size_t size);

/** A row of the table of units, for documentation and its test. @p i counts from 0; NULL past the
 *  end. */
typedef struct {
    const char *symbol;   /**< "W" */
    const char *meaning;  /**< "watt" */
    const char *prefixes; /**< SI prefixes allowed before it, "kMGT"; "" when none */
    amp_unit unit;
} amp_unit_row;
const amp_unit_row *amp_unit_row_get(size_t i);

/** True for a currency of ISO 4217 that ICU knows; @p code has three capital letters. */
bool amp_currency_is_known(const char *code);

#endif
