/* SPDX-License-Identifier: Apache-2.0 */
#include "random_reserve.h"

#include "market/synthetic.h"

#include <math.h>

static double between(amp_random *random, double low, double high)
{
    return low + (high - low) * amp_random_uniform(random);
}

static size_t below(amp_random *random, size_t count)
{
    return (size_t)(amp_random_uniform(random) * (double)count) % count;
}

/* Prices of whole USD make ties; some are 0 or below. */
static void fill(amp_random *random, size_t count, double *price, double *limit_mw)
{
    const double dearest = between(random, 1.0, 60.0);
    const double widest_mw = between(random, 0.0, 60.0);
    const bool is_constant = amp_random_uniform(random) < 0.4;
    for (size_t t = 0; t < count; t++) {
        price[t] = round(between(random, -0.1, 1.0) * dearest);
        limit_mw[t] = is_constant ? widest_mw : between(random, 0.0, widest_mw);
        limit_mw[t] = amp_random_uniform(random) < 0.05 ? 0.0 : limit_mw[t];
    }
}

void random_reserve_add(uint64_t seed, random_reserve_kind kind, random_reserve *room,
                        amp_site_problem *problem)
{
    static const double durations_h[] = {0.25, 0.5, 1.0, 2.0, 4.0};
    amp_random random = amp_random_seeded(seed ^ 0x7e5e47e5U);
    const size_t count = problem->interval_count;
    const size_t products = 1 + below(&random, RANDOM_RESERVES_MAX);
    const double duration_h = durations_h[below(&random, 5)];
    if (count > RANDOM_RESERVE_INTERVALS_MAX)
        return;
    for (size_t r = 0; r < products; r++) {
        fill(&random, count, room->price[r], room->limit_mw[r]);
        room->reserve[r] = (amp_reserve){
            .id = "r",
            .price_usd_per_mwh = {room->price[r], 1},
            .limit_mw = {room->limit_mw[r], 1},
            .duration_h = kind == RANDOM_RESERVE_POWER ? 0.0 : duration_h,
        };
    }
    uint32_t from = (uint32_t)below(&random, 8);
    from = kind == RANDOM_RESERVE_LOADS ? from & ~(uint32_t)AMP_RESERVE_BATTERY
                                        : from | (uint32_t)AMP_RESERVE_BATTERY;
    problem->reserve = room->reserve;
    problem->reserve_count = products;
    problem->reserve_from = from == 0 ? (uint32_t)AMP_RESERVE_MINING : from;
}
