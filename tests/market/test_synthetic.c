/* SPDX-License-Identifier: Apache-2.0 */
#include "market/synthetic.h"

#include "golden.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR_S = 365 * 86400, HOURS = 8760, STEPS_MAX = YEAR_S / 300 };

static const int64_t start_of_2025 = 1735689600; /* 2025-01-01T00:00:00Z */

/* Statistics as docs/examples.md prints them. */
typedef struct {
    double mean;
    double median;
    double minimum;
    double maximum;
    size_t negative;
    size_t above_200;
    size_t above_1000;
} statistics;

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorts @p values. */
static statistics statistics_of(double *values, size_t count)
{
    statistics s = {0};
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        s.negative += values[i] < 0.0 ? 1 : 0;
        s.above_200 += values[i] > 200.0 ? 1 : 0;
        s.above_1000 += values[i] > 1000.0 ? 1 : 0;
    }
    qsort(values, count, sizeof *values, compare);
    s.mean = sum / (double)count;
    s.median = values[count / 2];
    s.minimum = values[0];
    s.maximum = values[count - 1];
    return s;
}

static double *new_numbers(size_t count)
{
    double *numbers = calloc(count, sizeof *numbers);
    assert_non_null(numbers);
    return numbers;
}

/* The series of the examples: seeds and times as in src/market/examples.c. They are the same on
 * every machine, so the figures are exact to the digits printed. */
static void test_prices_have_the_statistics_of_the_documentation(void **state)
{
    (void)state;
    static const struct {
        const char *profile;
        uint64_t seed;
        int64_t from_unix_s;
        int64_t step_s;
        statistics expected;
    } cases[] = {
        {"texas-west", 2025, 1735711200, 300, {45.63, 34.03, -35.00, 4894.83, 6508, 1244, 369}},
        {"texas-north", 201, 1735689600, 900, {36.48, 26.50, -30.00, 4945.61, 560, 280, 96}},
        {"ohio", 211, 1735689600, 3600, {41.67, 37.16, 1.11, 1468.28, 0, 55, 5}},
        {"alberta", 221, 1735689600, 3600, {37.38, 24.89, 0.00, 958.79, 0, 172, 0}},
        {"norway-mid", 231, 1735689600, 3600, {272.00, 225.87, -50.00, 2202.70, 105, 5099, 28}},
        {"singapore", 241, 1735689600, 3600, {135.52, 116.17, 42.04, 4146.59, 0, 496, 43}},
    };
    double *values = new_numbers(STEPS_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t count = (size_t)(YEAR_S / cases[i].step_s);
        const amp_price_profile *profile = amp_price_profile_find(cases[i].profile);
        assert_non_null(profile);
        amp_synthetic_prices(cases[i].seed, cases[i].from_unix_s, cases[i].step_s, count, profile,
                             values);
        const statistics got = statistics_of(values, count);
        const statistics *want = &cases[i].expected;
        print_message("%s\n", cases[i].profile);
        assert_near(got.mean, want->mean, 0.00501);
        assert_near(got.median, want->median, 1e-9);
        assert_near(got.minimum, want->minimum, 1e-9);
        assert_near(got.maximum, want->maximum, 1e-9);
        assert_int_equal(got.negative, want->negative);
        assert_int_equal(got.above_200, want->above_200);
        assert_int_equal(got.above_1000, want->above_1000);
    }
    free(values);
    assert_null(amp_price_profile_find("atlantis"));
}

static double mean_at_hour(const double *hourly, int utc_hour)
{
    double sum = 0.0;
    for (int day = 0; day < 365; day++)
        sum += hourly[day * 24 + utc_hour];
    return sum / 365.0;
}

static void test_prices_follow_the_local_day(void **state)
{
    (void)state;
    double *values = new_numbers(HOURS);
    amp_synthetic_prices(5, start_of_2025, 3600, HOURS, amp_price_profile_find("ohio"), values);
    /* 17:00 in Ohio is 22:00 UTC, 03:00 is 08:00 UTC. */
    assert_true(mean_at_hour(values, 22) > 1.5 * mean_at_hour(values, 8));
    free(values);
}

static void test_scarcity_stays_in_its_week(void **state)
{
    (void)state;
    double *values = new_numbers(HOURS);
    amp_price_profile profile = *amp_price_profile_find("texas-west");
    profile.spikes_per_year = 0.0;
    amp_synthetic_prices(5, start_of_2025, 3600, HOURS, &profile, values);
    /* From 17 August, 00:00 at UTC-6: day 228 and 6 hours, for 7 days. */
    const size_t first = 228 * 24 + 6;
    size_t above_1000 = 0;
    for (size_t i = 0; i < HOURS; i++) {
        if (i >= first && i < first + 7 * 24)
            above_1000 += values[i] > 1000.0 ? 1 : 0;
        else
            assert_true(values[i] < 200.0);
    }
    assert_in_range(above_1000, 15, 30);
    free(values);
}

static void test_other_seeds_give_other_series(void **state)
{
    (void)state;
    const amp_price_profile *profile = amp_price_profile_find("ohio");
    double a[48];
    double b[48];
    amp_synthetic_prices(1, start_of_2025, 3600, 48, profile, a);
    amp_synthetic_prices(1, start_of_2025, 3600, 48, profile, b);
    assert_memory_equal(a, b, sizeof a);
    amp_synthetic_prices(99, start_of_2025, 3600, 48, profile, b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void test_prices_are_whole_cents_within_floor_and_cap(void **state)
{
    (void)state;
    double *values = new_numbers(STEPS_MAX);
    const amp_price_profile *profile = amp_price_profile_find("texas-west");
    amp_synthetic_prices(11, start_of_2025, 300, STEPS_MAX, profile, values);
    for (size_t i = 0; i < STEPS_MAX; i++) {
        assert_true(values[i] >= profile->floor && values[i] <= profile->cap);
        const double cents = values[i] * 100.0;
        assert_near(cents, (double)(int64_t)(cents + (cents < 0.0 ? -0.5 : 0.5)), 1e-6);
    }
    free(values);
}

static void test_weather_has_its_months_and_hours(void **state)
{
    (void)state;
    static const amp_weather_profile place = {
        .name = "test",
        .utc_offset_h = -6,
        .month_degc = {0, 2, 8, 14, 19, 24, 26, 25, 20, 14, 7, 2},
        .swing_degc = 10,
        .fronts_degc = 4,
    };
    double *values = new_numbers(HOURS);
    amp_synthetic_weather(3, start_of_2025, 3600, HOURS, &place, values);
    double july = 0.0;
    for (size_t i = 181 * 24; i < 212 * 24; i++)
        july += values[i] / (31.0 * 24.0);
    assert_near(july, 26.0, 2.0);
    /* 15:30 local is the warmest: 21 and 22 UTC; 06:30 the coldest: 12 UTC. The swing is 10. */
    assert_near(mean_at_hour(values, 21) - mean_at_hour(values, 12), 10.0, 0.7);
    free(values);
}

static void test_demand_grows_and_rests_at_weekends(void **state)
{
    (void)state;
    static const amp_demand_profile users = {.name = "test",
                                             .utc_offset_h = 0,
                                             .start_share = 0.5,
                                             .growth_share = 0.5,
                                             .weekend_factor = 0.8,
                                             .noise_share = 0.0};
    double *values = new_numbers(HOURS);
    amp_synthetic_demand(3, start_of_2025, 3600, HOURS, &users, values);
    /* The table's 1.00 holds at 14:30 and 15:30; at 15:00, on Wednesday 1 January, growth has
     * added 0.5 x 15 / 8760 = 0.0009. */
    assert_near(values[15], 0.501, 1e-9);
    /* Saturday 4 January: (0.5 + 0.5 x 87 / 8760) x 0.8 = 0.404 */
    assert_near(values[3 * 24 + 15], 0.404, 1e-9);
    /* Wednesday 31 December: 0.5 + 0.5 x 8751 / 8760 = 0.9995 */
    assert_near(values[364 * 24 + 15], 0.999, 0.0011);
    free(values);
}

static void test_sun_shines_by_day(void **state)
{
    (void)state;
    double *values = new_numbers(HOURS);
    amp_synthetic_solar(3, start_of_2025, 3600, HOURS, -6, values);
    assert_near(mean_at_hour(values, 8), 0.0, 0.0); /* 02:00 */
    assert_true(mean_at_hour(values, 19) > 0.6);    /* 13:00 */
    double sum = 0.0;
    for (size_t i = 0; i < HOURS; i++) {
        assert_true(values[i] >= 0.0 && values[i] <= 1.0);
        sum += values[i];
    }
    assert_near(sum / HOURS, 0.33, 0.03);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prices_have_the_statistics_of_the_documentation),
        cmocka_unit_test(test_prices_follow_the_local_day),
        cmocka_unit_test(test_scarcity_stays_in_its_week),
        cmocka_unit_test(test_other_seeds_give_other_series),
        cmocka_unit_test(test_prices_are_whole_cents_within_floor_and_cap),
        cmocka_unit_test(test_weather_has_its_months_and_hours),
        cmocka_unit_test(test_demand_grows_and_rests_at_weekends),
        cmocka_unit_test(test_sun_shines_by_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
