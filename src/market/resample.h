/* SPDX-License-Identifier: Apache-2.0 */
/** @file resample.h  From a series' own times to the intervals of the horizon. */
#ifndef AMP_MARKET_RESAMPLE_H
#define AMP_MARKET_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a row says about the time from its start to the next row. */
typedef enum {
    AMP_RESAMPLE_MEAN,  /**< intensive: held when coarser, time-averaged when finer */
    AMP_RESAMPLE_SUM,   /**< an amount per own step: spread when coarser, summed when finer */
    AMP_RESAMPLE_START, /**< what holds when the interval starts */
} amp_resample_kind;

/** Rows without missing values. Borrowed. */
typedef struct {
    const int64_t *time_unix_s; /**< rising; each row lasts to the next, the last one own step */
    const double *value;
    size_t count; /**< at least 1 */
    int64_t own_step_s;
    bool interpolates; /**< a longer spacing is filled linearly, step by step; else it is held */
} amp_samples;

/** Intervals of one length. */
typedef struct {
    int64_t from_unix_s;
    int64_t step_s;
    size_t count;
} amp_intervals;

/** Writes one number per interval. The samples cover all of them (assert). Where one row spans a
 *  whole interval its value is copied bit by bit. Pure: no allocation, no errors. */
void amp_resample(const amp_samples *samples, amp_resample_kind kind,
                  const amp_intervals *intervals, double *out);

#endif
