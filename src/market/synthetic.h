/* SPDX-License-Identifier: Apache-2.0 */
/** @file synthetic.h  Deterministic series for the examples: prices, weather, hashprice, demand. */
#ifndef AMP_MARKET_SYNTHETIC_H
#define AMP_MARKET_SYNTHETIC_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * A seeded generator whose numbers are the same on every machine (xoshiro256** over splitmix64:
 * Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2018; public domain
 * algorithm). Plain data, copy freely.
 */
typedef struct {
    uint64_t state[4];
} amp_random;

amp_random amp_random_seeded(uint64_t seed);
uint64_t amp_random_next(amp_random *random);
/** Uniform in [0, 1), 53 bits. */
double amp_random_uniform(amp_random *random);
/** Standard normal; made from sums and table-free arithmetic that is correctly rounded, so that
 *  every libm gives the same bits. */
double amp_random_normal(amp_random *random);

/**
 * Shape of one market's prices, in the money of that market per MWh. The hours of a day and the
 * months come from tables; slow weather, surplus and short spikes from seeded random numbers.
 */
typedef struct {
    const char *name;
    int utc_offset_h;       /**< of local standard time, by which the day's shape lies */
    double month[12];       /**< ordinary level of each month */
    double hour_factor[24]; /**< times the level, by local hour */
    double weekend_factor;  /**< times the level, Saturday and Sunday */
    double level_share;     /**< standard deviation of the slow level, as a share of it */
    double jitter;          /**< standard deviation from step to step */
    double surplus;         /**< price lost per unit of surplus wind and water */
    double spikes_per_year;
    double spike_maximum;
    int scarcity_month;      /**< 1..12, or 0 for a year without a scarcity week */
    int scarcity_day;        /**< its first day */
    double scarcity_maximum; /**< in the worst hour of that week */
    double floor;
    double cap;
} amp_price_profile;

/** The profile called @p name ("texas-west", "texas-north", "ohio", "alberta", "norway-mid",
 *  "singapore"), or NULL. */
const amp_price_profile *amp_price_profile_find(const char *name);

/** @p count prices from @p from_unix_s (a whole hour) on, one per @p step_s (a divisor of an hour,
 *  or whole hours), rounded to cents. The same numbers on every machine. */
void amp_synthetic_prices(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                          const amp_price_profile *profile, double *out);

/** Shape of one place's outdoor temperature. */
typedef struct {
    const char *name;
    int utc_offset_h;
    double month_degc[12]; /**< mean of each month */
    double swing_degc;     /**< between the day's mean warmest and coldest hour */
    double fronts_degc;    /**< standard deviation of the weather that passes */
} amp_weather_profile;

/** Outdoor temperatures, degC, rounded to tenths; times as for prices. */
void amp_synthetic_weather(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                           const amp_weather_profile *profile, double *out);

/** Shape of what users ask for, as a share of a hall. */
typedef struct {
    const char *name;
    int utc_offset_h;
    double start_share;  /**< of the working day's peak, on the first day */
    double growth_share; /**< added to it over a year */
    double weekend_factor;
    double noise_share; /**< standard deviation, as a share of the demand */
} amp_demand_profile;

/** Demand by day and week, shares rounded to thousandths; times as for prices. */
void amp_synthetic_demand(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                          const amp_demand_profile *profile, double *out);

/** Output of solar panels that follow the sun, as a share of their rating; the day is shorter in
 *  winter, as at 31 degrees north. Shares rounded to thousandths; times as for prices. */
void amp_synthetic_solar(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                         int utc_offset_h, double *out);

/** Names of the examples, in the order that `init` lists; NULL past the end. */
const char *amp_example_name(size_t i);

/** What one example is, in a sentence; NULL for an unknown name. */
const char *amp_example_summary(const char *name);

/**
 * Writes the example @p name (portfolio.yaml and its .csv.gz series) into the existing, empty
 * folder @p folder. The same bytes every time, on every machine (the gzip header has no time;
 * deflate is stored by zlib at one level: the bytes inside are what is promised). AMP_ARGUMENT for
 * an unknown name, AMP_IO.
 */
amp_status amp_example_write(const char *name, const char *folder, amp_error *err);

#endif
