/* SPDX-License-Identifier: Apache-2.0 */
/* The upper hull of points of power and yield, against corners found by hand. */
#include "dispatch/capping.h"
#include "dispatch/hull.h"

#include "golden.h"

#include <string.h>

enum { POINTS_MAX = 6 };

typedef struct {
    size_t count;
    amp_hull_point point[POINTS_MAX];
    size_t corner_count;
    amp_hull_point corner[POINTS_MAX];
} hull_case;

static void test_corners_are_those_of_the_upper_hull(void **state)
{
    static const hull_case cases[] = {
        {2, {{0, 0}, {4, 2}}, 2, {{0, 0}, {4, 2}}},
        /* Out of order; all are corners: slopes 3, 2, 1. */
        {4, {{1, 1}, {4, 10}, {2, 4}, {3, 8}}, 3, {{1, 1}, {3, 8}, {4, 10}}},
        /* 2 to 3 gives 1, less than the 3 that 3 to 4 does: 3 lies below the line from 2 to 4. */
        {4, {{1, 0}, {2, 5}, {3, 6}, {4, 9}}, 3, {{1, 0}, {2, 5}, {4, 9}}},
        /* On a line: only its ends. */
        {3, {{1, 1}, {2, 2}, {3, 3}}, 2, {{1, 1}, {3, 3}}},
        /* As much power twice: the better one; the same point twice: once. */
        {5, {{0, 0}, {2, 3}, {2, 4}, {3, 5}, {3, 5}}, 3, {{0, 0}, {2, 4}, {3, 5}}},
        /* As much power as the first, which stays. */
        {3, {{1, 1}, {1, 1}, {2, 3}}, 2, {{1, 1}, {2, 3}}},
        /* Falling at the end. */
        {3, {{0, 0}, {1, 4}, {2, 3}}, 3, {{0, 0}, {1, 4}, {2, 3}}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        amp_hull_point point[POINTS_MAX];
        memcpy(point, cases[i].point, sizeof point);
        assert_int_equal(amp_hull_keep(point, cases[i].count), cases[i].corner_count);
        for (size_t k = 0; k < cases[i].corner_count; k++) {
            assert_near(point[k].power, cases[i].corner[k].power, 0.0);
            assert_near(point[k].yield, cases[i].corner[k].yield, 0.0);
        }
    }
}

/* (1, 1), (3, 8), (4, 10): slopes 3.5 and 2. */
static void test_power_and_yield_are_each_others_inverse(void **state)
{
    static const amp_hull_point corner[] = {{1, 1}, {3, 8}, {4, 10}};
    static const double power[] = {1.0, 2.0, 3.0, 3.25, 4.0};
    static const double yield[] = {1.0, 4.5, 8.0, 8.5, 10.0};
    (void)state;
    for (size_t i = 0; i < sizeof power / sizeof power[0]; i++) {
        assert_near(amp_hull_yield(corner, 3, power[i]), yield[i], 1e-15);
        assert_near(amp_hull_power(corner, 3, yield[i]), power[i], 1e-15);
    }
    assert_near(amp_hull_yield(corner, 3, 0.5), 1.0, 0.0);
    assert_near(amp_hull_yield(corner, 3, 5.0), 10.0, 0.0);
    assert_near(amp_hull_power(corner, 3, 0.5), 1.0, 0.0);
    assert_near(amp_hull_power(corner, 3, 11.0), 4.0, 0.0);
}

/* Shares of the last point. From off, (100 W, 25 %) lies below the line to (200 W, 75 %). */
static void test_pausable_curves_begin_at_off(void **state)
{
    static const amp_cap_point point[] = {
        {100e-6, 50.0}, {200e-6, 150.0}, {300e-6, 180.0}, {400e-6, 200.0}};
    static const amp_cap_curve curve = {.point = point, .count = 4};
    amp_hull_point corner[5];
    (void)state;
    assert_int_equal(amp_capping_corners(&curve, false, corner), 4);
    assert_near(corner[0].power, 0.25, 1e-15);
    assert_near(corner[0].yield, 0.25, 1e-15);
    assert_int_equal(amp_capping_corners(&curve, true, corner), 4);
    assert_near(corner[0].power, 0.0, 0.0);
    assert_near(corner[1].power, 0.5, 1e-15);
    assert_near(corner[1].yield, 0.75, 1e-15);
    assert_near(corner[3].yield, 1.0, 0.0);
}

/* A floor of 80 %: 200 W give 75 %, the next 100 W 15 %: 200 + 100 / 3 W of 400. */
static void test_floors_say_what_must_run(void **state)
{
    static const amp_cap_point point[] = {
        {100e-6, 50.0}, {200e-6, 150.0}, {300e-6, 180.0}, {400e-6, 200.0}};
    static const struct {
        bool is_pausable;
        double floor, share;
    } cases[] = {
        {false, 0.0, 0.25},       {false, 0.25, 0.25}, {false, 0.5, 0.375},
        {false, 0.8, 7.0 / 12.0}, {false, 1.0, 1.0},   {true, 0.0, 0.0},
        {true, 0.3, 0.2},         {true, 0.75, 0.5},   {true, 0.95, 0.875},
    };
    amp_hull_point corner[5];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const amp_caps caps = {.curve = {.point = point, .count = 4},
                               .is_pausable = cases[i].is_pausable};
        assert_near(amp_capping_must_share(&caps, cases[i].floor, corner), cases[i].share, 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corners_are_those_of_the_upper_hull),
        cmocka_unit_test(test_power_and_yield_are_each_others_inverse),
        cmocka_unit_test(test_pausable_curves_begin_at_off),
        cmocka_unit_test(test_floors_say_what_must_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
