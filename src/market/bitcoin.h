/* SPDX-License-Identifier: Apache-2.0 */
/** @file bitcoin.h  Protocol arithmetic of Bitcoin: subsidy, difficulty retarget, hashprice. */
#ifndef AMP_MARKET_BITCOIN_H
#define AMP_MARKET_BITCOIN_H

#include <stdint.h>

enum {
    AMP_BITCOIN_HALVING_BLOCKS = 210000,
    AMP_BITCOIN_RETARGET_BLOCKS = 2016,
    AMP_BITCOIN_BLOCK_S = 600
};

/** Subsidy of the block at @p height in satoshi: 50 BTC halved (integer) every 210,000 blocks, 0
 *  from block 6,930,000 on (64 halvings would overflow; 33 leave nothing). @p height >= 0. */
int64_t amp_bitcoin_subsidy_sat(int64_t height);

/** Sum of all subsidies, satoshi: 2,099,999,997,690,000. Computed by summing eras. */
int64_t amp_bitcoin_supply_limit_sat(void);

/** Height of the tip at @p unix_s when block @p block was found at @p at_unix_s and one follows
 *  every 600 s. Never negative. */
int64_t amp_bitcoin_height_at(int64_t unix_s, int64_t at_unix_s, int64_t block);

/**
 * Compact target ("nBits") after a period of 2016 blocks that took from @p first_unix_s to
 * @p last_unix_s: old target x actual / 1,209,600 s, actual clamped to a quarter and four times,
 * never easier than 0x1d00ffff. 256-bit integer arithmetic as the consensus rule has it.
 */
uint32_t amp_bitcoin_retarget_nbits(uint32_t nbits, int64_t first_unix_s, int64_t last_unix_s);

/** Difficulty of a compact target: 0x1d00ffff is 1. */
double amp_bitcoin_difficulty(uint32_t nbits);

/** Hashprice in USD per PH/s and day: 86400 x 1e15 / (difficulty x 2^32) x (subsidy + fees) x
 *  price. At difficulty 1e14, 3.125 BTC and 100,000 USD/BTC: 62.8643. @p difficulty > 0. */
double amp_bitcoin_hashprice_usd_per_ph_day(double difficulty, double btc_per_block,
                                            double price_usd_per_btc);

/** Value of one MWh at the machines: hashprice x (1 - pool_fee) / (J/TH x 0.024). */
double amp_bitcoin_value_usd_per_mwh(double hashprice_usd_per_ph_day, double pool_fee,
                                     double efficiency_j_per_th);

#endif
