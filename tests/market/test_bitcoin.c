/* SPDX-License-Identifier: Apache-2.0 */
#include "market/bitcoin.h"

#include "golden.h"

/* Figures of Bitcoin Core, src/test/pow_tests.cpp (MIT licence). */
static void test_retarget_agrees_with_bitcoin_core(void **state)
{
    (void)state;
    static const struct {
        uint32_t nbits;
        uint32_t expected;
        int64_t first_unix_s;
        int64_t last_unix_s;
    } cases[] = {
        {0x1d00ffff, 0x1d00d86a, 1261130161, 1262152739}, /* an ordinary period */
        {0x1d00ffff, 0x1d00ffff, 1231006505, 1233061996}, /* never easier than the easiest */
        {0x1c05a3f4, 0x1c0168fd, 1279008237, 1279297671}, /* at most four times harder */
        {0x1c387f6f, 0x1d00e1fd, 1263163443, 1269211443}, /* at most four times easier */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            amp_bitcoin_retarget_nbits(cases[i].nbits, cases[i].first_unix_s, cases[i].last_unix_s),
            cases[i].expected);
}

static void test_retarget_at_the_edges(void **state)
{
    (void)state;
    static const struct {
        uint32_t nbits;
        uint32_t expected;
        int64_t actual_s;
    } cases[] = {
        {0x1b0404cb, 0x1b0404cb, 1209600}, /* in time: nothing changes */
        {0x1b0404cb, 0x1b010132, -5}, /* time ran backwards: a quarter. 0x0404cb / 4 = 0x010132 */
        {0x1c008000, 0x1c010000, 2419200}, /* doubled: 0x8000 x 2 = 0x10000, no sign bit to avoid */
        {0x1c400000, 0x1d008000, 2419200}, /* 0x400000 x 2 would read as a sign: one byte more */
        {0x207fffff, 0x1d00ffff, 1209600}, /* far too easy: the easiest, without overflow */
        {0x1f7fffff, 0x1d00ffff, 4838400}, /* the largest product that is computed */
        {0x1e00ffff, 0x1d00ffff, 302400},  /* 256 times too easy, a quarter of it is 64 times */
        {0x03123456, 0x0348d158, 4838400}, /* a small target: 0x123456 x 4 */
        {0x01120000, 0x01120000, 1209600}, /* one byte of target */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            amp_bitcoin_retarget_nbits(cases[i].nbits, 1000000000, 1000000000 + cases[i].actual_s),
            cases[i].expected);
}

static void test_difficulty_of_known_blocks(void **state)
{
    (void)state;
    static const struct {
        uint32_t nbits;
        double expected;
        double tolerance;
    } cases[] = {
        {0x1d00ffff, 1.0, 0.0},
        {0x1b0404cb, 16307.420938523983, 1e-9}, /* the usual example of the Bitcoin wiki */
        {0x1e00ffff, 1.0 / 256.0, 0.0},         /* one byte easier */
        {0x1c00ffff, 256.0, 0.0},               /* one byte harder */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(amp_bitcoin_difficulty(cases[i].nbits), cases[i].expected, cases[i].tolerance);
}

static void test_subsidy_halves_by_height(void **state)
{
    (void)state;
    static const struct {
        int64_t height;
        int64_t expected_sat;
    } cases[] = {
        {0, 5000000000},     {209999, 5000000000}, {210000, 2500000000},
        {839999, 625000000}, {840000, 312500000},  {1050000, 156250000},
        {6929999, 1},        {6930000, 0},         {13440000, 0}, /* 64 halvings */
        {INT64_MAX, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(amp_bitcoin_subsidy_sat(cases[i].height), cases[i].expected_sat);
    assert_int_equal(amp_bitcoin_supply_limit_sat(), INT64_C(2099999997690000));
}

static void test_height_counts_whole_blocks(void **state)
{
    (void)state;
    enum { ANCHOR_S = 1713571767 }; /* 2024-04-20T00:09:27Z, block 840000 */
    static const struct {
        int64_t unix_s;
        int64_t expected;
    } cases[] = {
        {ANCHOR_S, 840000},
        {ANCHOR_S + 599, 840000},
        {ANCHOR_S + 600, 840001},
        {ANCHOR_S - 1, 839999},
        {ANCHOR_S - 600, 839999},
        {ANCHOR_S - 601, 839998},
        {0, 0}, /* 1.7e9 s / 600 s = 2.9 million blocks before: never negative */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(amp_bitcoin_height_at(cases[i].unix_s, ANCHOR_S, 840000),
                         cases[i].expected);
}

/* Days of a public series of price, difficulty and fees (CoinGecko, Coin Metrics, blockchain.com);
 * the hashprices agree with what was published then (Hashrate Index). */
static void test_hashprice_of_known_days(void **state)
{
    (void)state;
    static const struct {
        double difficulty, btc_per_block, price_usd_per_btc;
        double expected, tolerance;
    } cases[] = {
        /* 8.64e19 / (1e14 x 2^32) = 2.01166e-4 blocks; x 3.125 x 1e5 = 62.8643 */
        {1e14, 3.125, 100000.0, 62.8643, 5e-5},
        {22897518547343.0, 6.25 + 102.1169 / 139.0, 57828.51, 354.856, 5e-4},   /* 2021-05-01 */
        {36762198818467.0, 6.25 + 36.3131 / 155.0, 16645.83, 59.064, 5e-4},     /* 2022-11-15 */
        {67305906902031.0, 6.25 + 560.3603 / 152.0, 41992.01, 124.711, 5e-4},   /* 2023-12-16 */
        {86388558925171.0, 3.125 + 1257.7154 / 135.0, 63988.82, 185.384, 5e-4}, /* 2024-04-20 */
        {90666502495566.0, 3.125 + 8.2026 / 140.0, 53956.26, 38.112, 5e-4},     /* 2024-08-06 */
        {126271255279308.0, 3.125 + 4.1742 / 144.0, 119833.67, 60.213, 5e-4},   /* 2025-07-15 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(amp_bitcoin_hashprice_usd_per_ph_day(
                        cases[i].difficulty, cases[i].btc_per_block, cases[i].price_usd_per_btc),
                    cases[i].expected, cases[i].tolerance);
}

static void test_break_even_of_machines(void **state)
{
    (void)state;
    static const struct {
        double efficiency_j_per_th, pool_fee, expected;
    } cases[] = {
        /* Hashrate Index, 2025-11-03: 43.33 USD/PH/day. 43.33 / (15 x 0.024) = 120.36 */
        {15.0, 0.0, 120.3611}, {17.5, 0.0, 103.1667}, {20.0, 0.0, 90.2708},
        {30.0, 0.0, 60.1806},  {20.0, 0.02, 88.4654}, /* 90.2708 x 0.98 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(
            amp_bitcoin_value_usd_per_mwh(43.33, cases[i].pool_fee, cases[i].efficiency_j_per_th),
            cases[i].expected, 5e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retarget_agrees_with_bitcoin_core),
        cmocka_unit_test(test_retarget_at_the_edges),
        cmocka_unit_test(test_difficulty_of_known_blocks),
        cmocka_unit_test(test_subsidy_halves_by_height),
        cmocka_unit_test(test_height_counts_whole_blocks),
        cmocka_unit_test(test_hashprice_of_known_days),
        cmocka_unit_test(test_break_even_of_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
