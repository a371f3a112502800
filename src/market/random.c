/* SPDX-License-Identifier: Apache-2.0 */
#include "market/synthetic.h"

/* splitmix64: spreads a seed of few bits over a whole state. */
static uint64_t splitmix_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotated_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

amp_random amp_random_seeded(uint64_t seed)
{
    amp_random random = {{0}};
    for (size_t i = 0; i < sizeof random.state / sizeof random.state[0]; i++)
        random.state[i] = splitmix_next(&seed);
    return random;
}

uint64_t amp_random_next(amp_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotated_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotated_left(s[3], 45);
    return result;
}

double amp_random_uniform(amp_random *random)
{
    const double unit = 1.0 / 9007199254740992.0; /* 2^-53 */
    return (double)(amp_random_next(random) >> 11) * unit;
}

double amp_random_normal(amp_random *random)
{
    /* Twelve uniform numbers have variance one together; additions round the same everywhere,
     * logarithms and sines do not. The tails end at 6, which no series here can tell. */
    double sum = -6.0;
    for (int i = 0; i < 12; i++)
        sum += amp_random_uniform(random);
    return sum;
}
