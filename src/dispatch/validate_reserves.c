/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdbool.h>

/* The battery as the file has it. */
typedef struct {
    bool may_back;
    double power_mw;
    double discharge_efficiency;
    double minimum_mwh;
    amp_column availability;
} battery_facts;

/* What is held of all products in one interval. */
typedef struct {
    double by_loads_mw;
    double by_battery_mw;
    double wanted_mwh; /* behind the battery's part, before losses */
} held;

static double number_of(amp_validation *v, const amp_value *value)
{
    return *amp_validate_column(v, value).value;
}

static battery_facts battery_of(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    battery_facts facts = {.may_back = false};
    if (!battery->is_set || (v->site->reserve[0].from & AMP_RESERVE_BATTERY) == 0)
        return facts;
    facts.may_back = true;
    facts.power_mw = number_of(v, &battery->discharge_power_mw);
    facts.discharge_efficiency = number_of(v, &battery->discharge_efficiency);
    facts.minimum_mwh = number_of(v, &battery->minimum_soc) * number_of(v, &battery->energy_mwh);
    facts.availability = amp_validate_availability(v, &battery->availability);
    return facts;
}

/* What the loads that may back reserves take beyond what they must. */
static double taken_mw(const amp_validation *v, size_t t)
{
    const uint32_t from = v->site->reserve[0].from;
    double mw = (from & AMP_RESERVE_INFERENCE) != 0 ? -v->firm_mw[t] : 0.0;
    for (size_t i = 0; i < v->order->load_count; i++) {
        const amp_load_kind kind = v->order->load[i].kind;
        const bool backs = (kind == AMP_LOAD_MINING && (from & AMP_RESERVE_MINING) != 0) ||
                           (kind == AMP_LOAD_INFERENCE && (from & AMP_RESERVE_INFERENCE) != 0);
        mw += backs ? v->schedule->load_mw[i][t] : 0.0;
    }
    return mw;
}

static void add_product(amp_validation *v, size_t r, size_t t, amp_column price, amp_column limit,
                        held *sum)
{
    const amp_reserve_product *product = &v->site->reserve[r];
    const double all_mw = v->schedule->reserve_mw[r][t];
    const double battery_mw = v->schedule->reserve_battery_mw[r][t];
    amp_validate_note(v, AMP_VALIDATE_RESERVE, t, all_mw - amp_column_at(limit, t), product->id);
    amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -battery_mw, product->id);
    amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, battery_mw - all_mw, product->id);
    sum->by_loads_mw += all_mw - battery_mw;
    sum->by_battery_mw += battery_mw;
    sum->wanted_mwh += battery_mw * product->duration_h.number;
    v->anew.revenue_usd.reserve +=
        amp_validate_earn(v, all_mw * v->interval_h * amp_column_at(price, t));
}

static void check_backers(amp_validation *v, const battery_facts *battery, size_t t,
                          const held *sum)
{
    const amp_schedule *s = v->schedule;
    amp_validate_note(v, AMP_VALIDATE_RESERVE_LOADS, t, sum->by_loads_mw - taken_mw(v, t), "loads");
    if (!battery->may_back) {
        amp_validate_note(v, AMP_VALIDATE_RESERVE_POWER, t, sum->by_battery_mw, "the battery");
        return;
    }
    const double spare_mw = battery->power_mw * amp_column_at(battery->availability, t) -
                            s->discharge_mw[t] + s->charge_mw[t];
    const double drawn_mwh = sum->wanted_mwh / battery->discharge_efficiency;
    amp_validate_note(v, AMP_VALIDATE_RESERVE_POWER, t, sum->by_battery_mw - spare_mw,
                      "the battery");
    amp_validate_note(v, AMP_VALIDATE_RESERVE_ENERGY, t,
                      battery->minimum_mwh + drawn_mwh - s->soc_mwh[t], "stored energy");
}

void amp_validate_reserves(amp_validation *v)
{
    static const double nothing = 0.0;
    amp_column price[AMP_RESERVES_MAX];
    amp_column limit[AMP_RESERVES_MAX];
    if (v->site->reserve_count == 0)
        return;
    const battery_facts battery = battery_of(v);
    for (size_t r = 0; r < AMP_RESERVES_MAX; r++) {
        const bool is_there = r < v->site->reserve_count;
        const amp_column none = {.value = &nothing};
        price[r] =
            is_there ? amp_validate_column(v, &v->site->reserve[r].price_usd_per_mw_h) : none;
        limit[r] = is_there ? amp_validate_column(v, &v->site->reserve[r].limit_mw) : none;
    }
    for (size_t t = 0; t < v->count; t++) {
        held sum = {0};
        for (size_t r = 0; r < v->site->reserve_count; r++)
            add_product(v, r, t, price[r], limit[r], &sum);
        check_backers(v, &battery, t, &sum);
    }
}
