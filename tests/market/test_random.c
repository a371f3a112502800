/* SPDX-License-Identifier: Apache-2.0 */
#include "market/synthetic.h"

#include "golden.h"

#include <math.h>

/* xoshiro256** from the state {1, 2, 3, 4}. By hand: rotl(2 x 5, 7) x 9 = 1280 x 9 = 11520; then
 * s = {7, 0, 262146, 6 << 45}, and s[1] = 0 gives 0; the next follow from the same four lines. */
static void test_next_follows_the_published_algorithm(void **state)
{
    (void)state;
    amp_random random = {.state = {1, 2, 3, 4}};
    static const uint64_t expected[] = {
        UINT64_C(11520),
        UINT64_C(0),
        UINT64_C(1509978240),
        UINT64_C(1215971899390074240),
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(amp_random_next(&random), expected[i]);
}

/* splitmix64 from 0 begins with these numbers (its authors' reference program). */
static void test_seed_is_spread_by_splitmix(void **state)
{
    (void)state;
    const amp_random random = amp_random_seeded(0);
    assert_int_equal(random.state[0], UINT64_C(0xe220a8397b1dcdaf));
    assert_int_equal(random.state[1], UINT64_C(0x6e789e6aa1b965f4));
    assert_int_equal(random.state[2], UINT64_C(0x06c45d188009454f));
    assert_int_equal(random.state[3], UINT64_C(0xf88bb8a8724c81ec));
}

static void test_uniform_and_normal_have_their_moments(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    amp_random random = amp_random_seeded(7);
    double uniform_sum = 0.0;
    double normal_sum = 0.0;
    double square_sum = 0.0;
    size_t beyond_two = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const double u = amp_random_uniform(&random);
        assert_true(u >= 0.0 && u < 1.0);
        const double n = amp_random_normal(&random);
        assert_true(fabs(n) <= 6.0);
        uniform_sum += u;
        normal_sum += n;
        square_sum += n * n;
        beyond_two += fabs(n) > 2.0 ? 1 : 0;
    }
    /* Standard errors: 0.29 / 316 = 0.0009, 1 / 316 = 0.003, sqrt(2) / 316 = 0.0045. */
    assert_true(fabs(uniform_sum / COUNT - 0.5) < 0.005);
    assert_true(fabs(normal_sum / COUNT) < 0.015);
    assert_true(fabs(square_sum / COUNT - 1.0) < 0.02);
    assert_in_range(beyond_two, 4200, 4900); /* 4.55 % for a normal, 4.6 % for twelve uniforms */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_follows_the_published_algorithm),
        cmocka_unit_test(test_seed_is_spread_by_splitmix),
        cmocka_unit_test(test_uniform_and_normal_have_their_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
