/* SPDX-License-Identifier: Apache-2.0 */
#include "market/resample.h"

#include <assert.h>

/* A stretch of time with one value; walks over the samples. */
typedef struct {
    const amp_samples *samples;
    size_t row;
    int64_t start_unix_s;
    int64_t end_unix_s;
    double value;
} stretch;

static int64_t row_end_unix_s(const amp_samples *samples, size_t row)
{
    return row + 1 < samples->count ? samples->time_unix_s[row + 1]
                                    : samples->time_unix_s[row] + samples->own_step_s;
}

/* Own step number @p k inside the time of @p row, which is longer than one when rows are missing.
 */
static stretch stretch_in_row(const amp_samples *samples, size_t row, int64_t k)
{
    const int64_t row_start = samples->time_unix_s[row];
    const int64_t row_end = row_end_unix_s(samples, row);
    stretch s = {.samples = samples,
                 .row = row,
                 .start_unix_s = row_start,
                 .end_unix_s = row_end,
                 .value = samples->value[row]};
    if (!samples->interpolates || row_end - row_start <= samples->own_step_s)
        return s;
    s.start_unix_s = row_start + k * samples->own_step_s;
    if (s.start_unix_s + samples->own_step_s < row_end)
        s.end_unix_s = s.start_unix_s + samples->own_step_s;
    const double share = (double)(s.start_unix_s - row_start) / (double)(row_end - row_start);
    s.value += (samples->value[row + 1] - samples->value[row]) * share;
    return s;
}

/* The last row that starts at or before @p unix_s. */
static size_t row_at(const amp_samples *samples, int64_t unix_s)
{
    size_t low = 0;
    size_t high = samples->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (samples->time_unix_s[middle] <= unix_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static stretch stretch_at(const amp_samples *samples, int64_t unix_s)
{
    const size_t row = row_at(samples, unix_s);
    const int64_t k = (unix_s - samples->time_unix_s[row]) / samples->own_step_s;
    return stretch_in_row(samples, row, k);
}

static void stretch_next(stretch *s)
{
    const amp_samples *samples = s->samples;
    if (s->end_unix_s < row_end_unix_s(samples, s->row)) {
        const int64_t elapsed_s = s->end_unix_s - samples->time_unix_s[s->row];
        *s = stretch_in_row(samples, s->row, elapsed_s / samples->own_step_s);
    } else {
        *s = stretch_in_row(samples, s->row + 1, 0);
    }
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Sum of value x seconds over [from, to), leaving @p s at the stretch that holds the end. */
static double value_seconds(stretch *s, int64_t from_unix_s, int64_t to_unix_s)
{
    double sum = 0.0;
    while (from_unix_s < to_unix_s) {
        if (s->end_unix_s <= from_unix_s)
            stretch_next(s);
        const int64_t stop = smaller(s->end_unix_s, to_unix_s);
        sum += s->value * (double)(stop - from_unix_s);
        from_unix_s = stop;
    }
    return sum;
}

void amp_resample(const amp_samples *samples, amp_resample_kind kind,
                  const amp_intervals *intervals, double *out)
{
    const int64_t step_s = intervals->step_s;
    const int64_t amount_s = kind == AMP_RESAMPLE_SUM ? samples->own_step_s : step_s;
    assert(samples->count > 0 && samples->time_unix_s[0] <= intervals->from_unix_s);
    stretch s = stretch_at(samples, intervals->from_unix_s);
    for (size_t i = 0; i < intervals->count; i++) {
        const int64_t from_unix_s = intervals->from_unix_s + (int64_t)i * step_s;
        while (s.end_unix_s <= from_unix_s)
            stretch_next(&s);
        const bool is_whole = kind == AMP_RESAMPLE_START ||
                              (amount_s == step_s && s.end_unix_s >= from_unix_s + step_s);
        out[i] = is_whole ? s.value
                          : value_seconds(&s, from_unix_s, from_unix_s + step_s) / (double)amount_s;
    }
}
