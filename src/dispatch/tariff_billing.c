/* SPDX-License-Identifier: Apache-2.0 */
/* Ratchets, look-back and tiers of a tariff's demand charges. */
#include "dispatch/tariff.h"

#include <math.h>

enum { MONTHS_A_YEAR = 12 };

static const double kw_per_mw = 1e3;

static double constant_of(amp_tariff_build *b, const amp_value *value)
{
    return amp_columns_value(b->columns, value, NULL).value[0];
}

/* ---- which months a ratchet looks at ---- */

static bool counts_month(const amp_tariff_ratchet *ratchet, int month)
{
    return ratchet->months == 0 || (ratchet->months >> (unsigned)(month - 1) & 1U) != 0;
}

bool amp_tariff_is_looked_at(const amp_tariff_demand *charge, int month)
{
    for (size_t i = 0; i < charge->ratchet_count; i++)
        if (counts_month(&charge->ratchet[i], month))
            return true;
    return false;
}

double amp_tariff_look(amp_tariff_build *build, const amp_tariff_demand *charge, int32_t year,
                       int32_t month, const amp_month *billed)
{
    const int32_t back =
        (billed->year - year) * MONTHS_A_YEAR + billed->month - month; /* months ago */
    double share = 0.0;
    for (size_t i = 0; i < charge->ratchet_count && back > 0; i++) {
        const amp_tariff_ratchet *ratchet = &charge->ratchet[i];
        if (counts_month(ratchet, month) &&
            (double)back <= constant_of(build, &ratchet->look_back_months))
            share = fmax(share, constant_of(build, &ratchet->share));
    }
    return share;
}

double amp_tariff_history_mw(amp_tariff_build *build, const amp_tariff_demand *charge,
                             const amp_month *billed, const char **words)
{
    double most_mw = 0.0;
    for (size_t i = 0; i < charge->demand.so_far_count; i++) {
        const amp_peak_so_far *past = &charge->demand.so_far[i];
        const double share = amp_tariff_look(build, charge, past->year, past->month, billed);
        const double mw = share * constant_of(build, &past->power_mw);
        if (mw <= most_mw)
            continue;
        most_mw = mw;
        *words = amp_arena_format(build->arena, "%g %% of %04d-%02d", share * 100.0,
                                  (int)past->year, (int)past->month);
        if (*words == NULL)
            build->columns->ok = false;
    }
    return most_mw;
}

/* ---- how peaks are billed ---- */

/* Its own peak, then those of the same charge in earlier months that a ratchet looks at. */
static void add_looks(amp_tariff_build *b, const amp_tariff_origin *origin, size_t k,
                      amp_billing *billing)
{
    amp_look *look = AMP_ARENA_NEW(b->arena, amp_look, k + 1);
    if (look == NULL) {
        b->columns->ok = false;
        return;
    }
    look[billing->look_count++] = (amp_look){.peak = (uint32_t)k, .share = 1.0};
    for (size_t j = 0; j < k; j++) {
        const double share = origin[j].charge != origin[k].charge
                                 ? 0.0
                                 : amp_tariff_look(b, origin[k].charge, origin[j].month->year,
                                                   origin[j].month->month, origin[k].month);
        if (share > 0.0)
            look[billing->look_count++] = (amp_look){.peak = (uint32_t)j, .share = share};
    }
    billing->look = look;
}

/* What a tier's kW costs more than those below it. */
static double more_usd_per_mw(amp_tariff_build *b, const amp_tariff_origin *origin, size_t i)
{
    const amp_tariff_demand *charge = origin->charge;
    const amp_value *value = &charge->tier[i].charge_usd_per_kw_month;
    const amp_column own = amp_columns_value(b->columns, value, NULL);
    const amp_column below =
        amp_columns_value(b->columns,
                          i == 0 ? &charge->demand.charge_usd_per_kw_month
                                 : &charge->tier[i - 1].charge_usd_per_kw_month,
                          NULL);
    const size_t t = origin->month->first;
    amp_problem_check_size(b->check, value, own, "the charge of a tier", "USD/kW/month");
    amp_problem_check_tier(b->check, value, amp_column_at(own, own.stride == 0 ? 0 : t),
                           amp_column_at(below, below.stride == 0 ? 0 : t));
    return (amp_column_at(own, own.stride == 0 ? 0 : t) -
            amp_column_at(below, below.stride == 0 ? 0 : t)) *
           kw_per_mw;
}

static void add_tiers(amp_tariff_build *b, const amp_tariff_origin *origin, amp_billing *billing)
{
    const amp_tariff_demand *charge = origin->charge;
    const amp_horizon *horizon = &b->check->portfolio->horizon;
    const double share = charge->demand.prorate ? amp_month_share(origin->month, horizon) : 1.0;
    amp_demand_tier *tier = AMP_ARENA_NEW(b->arena, amp_demand_tier, charge->tier_count);
    if (tier == NULL) {
        b->columns->ok = false;
        return;
    }
    for (size_t i = 0; i < charge->tier_count; i++) {
        const double more_usd = more_usd_per_mw(b, origin, i) * share;
        if (more_usd > 0.0)
            tier[billing->tier_count++] = (amp_demand_tier){
                .above_mw = constant_of(b, &charge->tier[i].above_mw), .more_usd_per_mw = more_usd};
    }
    billing->tier = tier;
}

void amp_tariff_bill(amp_tariff_build *build, const amp_tariff_origin *origin, size_t count,
                     amp_billing *billing)
{
    for (size_t k = 0; k < count && build->columns->ok; k++) {
        const amp_tariff_demand *charge = origin[k].charge;
        if (charge->ratchet_count == 0 && charge->tier_count == 0)
            continue;
        add_looks(build, origin, k, &billing[k]);
        if (origin[k].is_due)
            add_tiers(build, &origin[k], &billing[k]);
    }
    build->problem->billing = billing;
}
