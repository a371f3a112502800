/* SPDX-License-Identifier: Apache-2.0 */
#include "market/resample.h"

#include "base/text.h"
#include "golden.h"

enum { OUT_MAX = 8 };

typedef struct {
    const char *name;
    amp_samples samples;
    amp_resample_kind kind;
    amp_intervals intervals;
    double expected[OUT_MAX];
} resample_case;

#define ROWS(times, values, step, fill)                                                           \
    {                                                                                             \
        .time_unix_s = (times), .value = (values), .count = sizeof(values) / sizeof((values)[0]), \
        .own_step_s = (step), .interpolates = (fill)                                              \
    }

static const int64_t hours[] = {0, 3600, 7200};
static const double hour_values[] = {10.0, 20.0, 40.0};
static const int64_t quarters[] = {0, 900, 1800, 2700, 3600, 4500, 5400, 6300};
static const double quarter_values[] = {1.0, 2.0, 3.0, 4.0, 10.0, 10.0, 10.0, 30.0};
static const int64_t holes[] = {0, 300, 1500, 1800}; /* 600, 900 and 1200 are missing */
static const double hole_values[] = {4.0, 8.0, 0.0, 6.0};
static const int64_t thirds[] = {0, 1200, 2400, 3600, 4800, 6000};
static const double third_values[] = {3.0, 6.0, 9.0, 12.0, 15.0, 18.0};
static const int64_t odd[] = {0, 300, 1000, 1300}; /* a gap of 400 s, no whole number of steps */
static const double odd_values[] = {7.0, 0.0, 14.0, 1.0};

static const resample_case cases[] = {
    {"coarser holds",
     ROWS(hours, hour_values, 3600, false),
     AMP_RESAMPLE_MEAN,
     {0, 1800, 6},
     {10, 10, 20, 20, 40, 40}},
    {"from inside the first row",
     ROWS(hours, hour_values, 3600, false),
     AMP_RESAMPLE_MEAN,
     {1800, 1800, 3},
     {10, 20, 20}},
    /* (1 + 2 + 3 + 4) / 4, (10 + 10 + 10 + 30) / 4 */
    {"finer is averaged",
     ROWS(quarters, quarter_values, 900, false),
     AMP_RESAMPLE_MEAN,
     {0, 3600, 2},
     {2.5, 15}},
    /* 20 min rows in 30 min: (3 x 20 + 6 x 10) / 30 = 4, (6 x 10 + 9 x 20) / 30 = 8, then
     * (12 x 20 + 15 x 10) / 30 = 13, (15 x 10 + 18 x 20) / 30 = 17 */
    {"steps that are no multiples are weighted by overlap",
     ROWS(thirds, third_values, 1200, false),
     AMP_RESAMPLE_MEAN,
     {0, 1800, 4},
     {4, 8, 13, 17}},
    /* hours in 45 min: 10, (10 x 15 + 20 x 30) / 45 = 50 / 3, (20 x 30 + 40 x 15) / 45 = 80 / 3 */
    {"coarser, across a boundary",
     ROWS(hours, hour_values, 3600, false),
     AMP_RESAMPLE_MEAN,
     {0, 2700, 4},
     {10, 50.0 / 3.0, 80.0 / 3.0, 40}},
    {"an energy is spread",
     ROWS(hours, hour_values, 3600, false),
     AMP_RESAMPLE_SUM,
     {0, 900, 5},
     {2.5, 2.5, 2.5, 2.5, 5}},
    {"an energy is summed",
     ROWS(quarters, quarter_values, 900, false),
     AMP_RESAMPLE_SUM,
     {0, 3600, 2},
     {10, 60}},
    {"an energy of the own step is copied",
     ROWS(quarters, quarter_values, 900, false),
     AMP_RESAMPLE_SUM,
     {900, 900, 3},
     {2, 3, 4}},
    /* 10 / 60 x 45, 10 x 15/60 + 20 x 30/60, 20 x 30/60 + 40 x 15/60 */
    {"an energy across a boundary",
     ROWS(hours, hour_values, 3600, false),
     AMP_RESAMPLE_SUM,
     {0, 2700, 3},
     {7.5, 12.5, 20}},
    {"a gap holds the last value",
     ROWS(holes, hole_values, 300, false),
     AMP_RESAMPLE_MEAN,
     {0, 300, 7},
     {4, 8, 8, 8, 8, 0, 6}},
    /* From 8 at 300 to 0 at 1500: 8 - 8 x k / 4 at own step k. */
    {"a gap is a line",
     ROWS(holes, hole_values, 300, true),
     AMP_RESAMPLE_MEAN,
     {0, 300, 7},
     {4, 8, 6, 4, 2, 0, 6}},
    {"a gap is a line, averaged", /* (4 + 8) / 2, (6 + 4) / 2, (2 + 0) / 2 */
     ROWS(holes, hole_values, 300, true),
     AMP_RESAMPLE_MEAN,
     {0, 600, 3},
     {6, 5, 1}},
    {"the horizon starts inside a gap that is a line",
     ROWS(holes, hole_values, 300, true),
     AMP_RESAMPLE_MEAN,
     {900, 300, 4},
     {4, 2, 0, 6}},
    {"the horizon starts inside a gap that holds",
     ROWS(holes, hole_values, 300, false),
     AMP_RESAMPLE_MEAN,
     {900, 300, 4},
     {8, 8, 0, 6}},
    {"an energy over a gap that holds",
     ROWS(holes, hole_values, 300, false),
     AMP_RESAMPLE_SUM,
     {0, 600, 3},
     {12, 16, 8}},
    /* 700 s from 0 to 14: own steps at 300, 600 and 900, the last of 100 s: 0, 6, 12.
     * [300, 800): (0 x 300 + 6 x 200) / 500 = 2.4; [800, 1300): (6 x 100 + 12 x 100 + 14 x 300) /
     * 500 = 12 */
    {"a gap that is no whole number of steps",
     ROWS(odd, odd_values, 300, true),
     AMP_RESAMPLE_MEAN,
     {300, 500, 2},
     {2.4, 12}},
    {"what holds at the start",
     ROWS(quarters, quarter_values, 900, false),
     AMP_RESAMPLE_START,
     {900, 3600, 2},
     {2, 10}},
    {"what holds at the start, coarser",
     ROWS(hours, hour_values, 3600, false),
     AMP_RESAMPLE_START,
     {0, 2700, 4},
     {10, 10, 20, 40}},
};

static void test_resample(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const resample_case *c = &cases[i];
        double out[OUT_MAX] = {0};
        amp_resample(&c->samples, c->kind, &c->intervals, out);
        for (size_t t = 0; t < c->intervals.count; t++) {
            if (!amp_same(out[t], c->expected[t]))
                print_message("%s, interval %zu\n", c->name, t);
            assert_near(out[t], c->expected[t], 1e-12);
        }
    }
}

/* 0.1 x 300 / 300 is not 0.1 in doubles; a value that is only held is not computed. */
static void test_resample_copies_bits_where_a_row_spans_the_interval(void **state)
{
    (void)state;
    static const int64_t times[] = {0, 300, 600};
    static const double values[] = {0.1, 1.0 / 3.0, 0.7};
    const amp_samples samples = ROWS(times, values, 300, false);
    double out[9];
    amp_resample(&samples, AMP_RESAMPLE_MEAN, &(amp_intervals){0, 100, 9}, out);
    for (size_t t = 0; t < 9; t++)
        assert_true(amp_same(out[t], values[t / 3]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resample),
        cmocka_unit_test(test_resample_copies_bits_where_a_row_spans_the_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
