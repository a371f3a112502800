/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/explain.h"

#include "dispatch/reserve.h"

#include <math.h>

/* The least that a MWh of a load is worth which backs reserves and runs. */
static double shed_usd_per_mwh(const amp_site_problem *p, const amp_schedule *s, size_t t)
{
    double least = HUGE_VAL;
    for (size_t k = 0; k < p->tier_count; k++)
        if (amp_reserve_backs(p, k) && s->tier_mw[k][t] > 0.0)
            least = fmin(least, amp_column_at(p->tier[k].value_usd_per_mwh, t));
    return isinf(least) ? (double)NAN : least;
}

/* Mining's part of what loads hold: it is shed first. */
static double mining_share(const amp_site_problem *p, const amp_schedule *s, size_t t)
{
    double mining_mw = 0.0;
    double loads_mw = 0.0;
    for (size_t k = 0; k < p->tier_count; k++)
        if (amp_reserve_backs(p, k) && p->load[p->tier[k].load].kind == AMP_LOAD_MINING)
            mining_mw += s->tier_mw[k][t];
    for (size_t r = 0; r < p->reserve_count; r++)
        loads_mw += s->reserve_mw[r][t] - s->reserve_battery_mw[r][t];
    return loads_mw > 0.0 ? fmin(1.0, mining_mw / loads_mw) : 0.0;
}

const amp_explained_reserve *amp_explain_reserves(const amp_site_problem *problem,
                                                  const amp_schedule *schedule, size_t t,
                                                  amp_arena *arena)
{
    amp_explained_reserve *out =
        AMP_ARENA_NEW(arena, amp_explained_reserve, problem->reserve_count + 1);
    if (out == NULL)
        return NULL;
    const double share = mining_share(problem, schedule, t);
    for (size_t r = 0; r < problem->reserve_count; r++) {
        const double battery_mw = schedule->reserve_battery_mw[r][t];
        const double loads_mw = schedule->reserve_mw[r][t] - battery_mw;
        out[r] = (amp_explained_reserve){
            .id = problem->reserve[r].id,
            .price_usd_per_mwh = amp_column_at(problem->reserve[r].price_usd_per_mwh, t),
            .limit_mw = amp_column_at(problem->reserve[r].limit_mw, t),
            .held_mw = schedule->reserve_mw[r][t],
            .mining_mw = loads_mw * share,
            .inference_mw = loads_mw * (1.0 - share),
            .battery_mw = battery_mw,
            .shed_usd_per_mwh =
                loads_mw > 0.0 ? shed_usd_per_mwh(problem, schedule, t) : (double)NAN,
        };
    }
    return out;
}
