/* SPDX-License-Identifier: Apache-2.0 */
#include "market/bitcoin.h"

#include "base/time.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const int64_t first_subsidy_sat = INT64_C(5000000000);
static const double hashes_per_difficulty = 4294967296.0; /* 2^32 */

/* A halving shifts one bit out; 50 BTC in satoshi has 33 bits. */
enum { ERAS_WITH_SUBSIDY = 33 };

int64_t amp_bitcoin_subsidy_sat(int64_t height)
{
    assert(height >= 0);
    const int64_t era = height / AMP_BITCOIN_HALVING_BLOCKS;
    return era < ERAS_WITH_SUBSIDY ? first_subsidy_sat >> era : 0;
}

int64_t amp_bitcoin_supply_limit_sat(void)
{
    int64_t sum_sat = 0;
    for (int64_t era = 0; era < ERAS_WITH_SUBSIDY; era++)
        sum_sat +=
            AMP_BITCOIN_HALVING_BLOCKS * amp_bitcoin_subsidy_sat(era * AMP_BITCOIN_HALVING_BLOCKS);
    return sum_sat;
}

int64_t amp_bitcoin_height_at(int64_t unix_s, int64_t at_unix_s, int64_t block)
{
    const int64_t elapsed_s = unix_s - at_unix_s;
    int64_t blocks = elapsed_s / AMP_BITCOIN_BLOCK_S;
    if (elapsed_s < 0 && elapsed_s % AMP_BITCOIN_BLOCK_S != 0)
        blocks--; /* round down: a block counts once its 600 s are over */
    const int64_t height = block + blocks;
    return height > 0 ? height : 0;
}

/* A 256-bit target, least significant word first; the ninth word holds a product's carry. */
enum { TARGET_WORDS = 9 };
typedef struct {
    uint32_t word[TARGET_WORDS];
} target_words;

static const uint32_t easiest_nbits = 0x1d00ffff;

enum {
    RETARGET_S = AMP_BITCOIN_RETARGET_BLOCKS * AMP_BITCOIN_BLOCK_S,
    /* From this exponent on a target is at least 256 times the easiest one; no retarget, a quarter
     * at best, brings it below. */
    TOO_EASY_EXPONENT = 0x20,
};

static unsigned compact_exponent(uint32_t nbits)
{
    return nbits >> 24;
}

static uint32_t compact_mantissa(uint32_t nbits)
{
    return nbits & 0x007fffff; /* bit 23 is a sign, which a target never has */
}

/* mantissa x 256^(exponent - 3), for exponents below TOO_EASY_EXPONENT. */
static target_words target_from_compact(uint32_t nbits)
{
    target_words target = {{0}};
    const unsigned exponent = compact_exponent(nbits);
    const uint32_t mantissa = compact_mantissa(nbits);
    if (exponent <= 3) {
        target.word[0] = mantissa >> (8 * (3 - exponent));
        return target;
    }
    const unsigned shift = 8 * (exponent - 3);
    const uint64_t shifted = (uint64_t)mantissa << (shift % 32);
    target.word[shift / 32] = (uint32_t)shifted;
    target.word[shift / 32 + 1] = (uint32_t)(shifted >> 32);
    return target;
}

static void target_multiply(target_words *target, uint32_t factor)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < TARGET_WORDS; i++) {
        const uint64_t product = (uint64_t)target->word[i] * factor + carry;
        target->word[i] = (uint32_t)product;
        carry = product >> 32;
    }
}

static void target_divide(target_words *target, uint32_t divisor)
{
    uint64_t remainder = 0;
    for (size_t i = TARGET_WORDS; i-- > 0;) {
        const uint64_t part = remainder << 32 | target->word[i];
        target->word[i] = (uint32_t)(part / divisor);
        remainder = part % divisor;
    }
}

static bool target_is_above(const target_words *a, const target_words *b)
{
    for (size_t i = TARGET_WORDS; i-- > 0;) {
        if (a->word[i] != b->word[i])
            return a->word[i] > b->word[i];
    }
    return false;
}

static unsigned target_byte(const target_words *target, unsigned i)
{
    return target->word[i / 4] >> (8 * (i % 4)) & 0xff;
}

/* The three leading bytes; a leading bit that would read as a sign moves them by one. */
static uint32_t target_to_compact(const target_words *target)
{
    unsigned size = 4 * TARGET_WORDS;
    while (size > 0 && target_byte(target, size - 1) == 0)
        size--;
    uint32_t mantissa = 0;
    for (unsigned i = 0; i < 3; i++)
        mantissa = mantissa << 8 | (size > i ? target_byte(target, size - 1 - i) : 0);
    if ((mantissa & 0x00800000) != 0) {
        mantissa >>= 8;
        size++;
    }
    return size << 24 | mantissa;
}

uint32_t amp_bitcoin_retarget_nbits(uint32_t nbits, int64_t first_unix_s, int64_t last_unix_s)
{
    if (compact_exponent(nbits) >= TOO_EASY_EXPONENT)
        return easiest_nbits;
    int64_t actual_s = last_unix_s - first_unix_s;
    if (actual_s < RETARGET_S / 4)
        actual_s = RETARGET_S / 4;
    if (actual_s > RETARGET_S * 4)
        actual_s = RETARGET_S * 4;

    target_words target = target_from_compact(nbits);
    target_multiply(&target, (uint32_t)actual_s);
    target_divide(&target, RETARGET_S);
    const target_words easiest = target_from_compact(easiest_nbits);
    return target_is_above(&target, &easiest) ? easiest_nbits : target_to_compact(&target);
}

double amp_bitcoin_difficulty(uint32_t nbits)
{
    const double ratio = (double)compact_mantissa(easiest_nbits) / (double)compact_mantissa(nbits);
    const int bytes = (int)compact_exponent(easiest_nbits) - (int)compact_exponent(nbits);
    return ldexp(ratio, 8 * bytes);
}

double amp_bitcoin_hashprice_usd_per_ph_day(double difficulty, double btc_per_block,
                                            double price_usd_per_btc)
{
    const double hashes_per_ph_day = AMP_SECONDS_PER_DAY * 1e15;
    const double blocks_per_ph_day = hashes_per_ph_day / (difficulty * hashes_per_difficulty);
    return blocks_per_ph_day * btc_per_block * price_usd_per_btc;
}

double amp_bitcoin_value_usd_per_mwh(double hashprice_usd_per_ph_day, double pool_fee,
                                     double efficiency_j_per_th)
{
    /* 1 PH/s for a day at 1 J/TH takes 1000 W x 24 h = 0.024 MWh. */
    const double mwh_per_ph_day = efficiency_j_per_th * 0.024;
    return hashprice_usd_per_ph_day * (1.0 - pool_fee) / mwh_per_ph_day;
}
