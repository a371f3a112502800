/* SPDX-License-Identifier: Apache-2.0 */
/* The battery: its powers, what it stores, what it wears. */
#include "dispatch/validate_parts.h"

#include <math.h>

static const double hours_per_day = 24.0;

static void check_battery_power(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const amp_schedule *s = v->schedule;
    if (!battery->is_set) {
        for (size_t t = 0; t < v->count; t++)
            v->limit_mw[t] = 0.0;
        amp_validate_powers(v, AMP_VALIDATE_CHARGE, s->charge_mw, v->limit_mw, "charge");
        amp_validate_powers(v, AMP_VALIDATE_DISCHARGE, s->discharge_mw, v->limit_mw, "discharge");
        return;
    }
    amp_validate_power_limits(v, &battery->charge_power_mw, &battery->availability, v->limit_mw);
    amp_validate_powers(v, AMP_VALIDATE_CHARGE, s->charge_mw, v->limit_mw, "charge");
    amp_validate_power_limits(v, &battery->discharge_power_mw, &battery->availability, v->limit_mw);
    amp_validate_powers(v, AMP_VALIDATE_DISCHARGE, s->discharge_mw, v->limit_mw, "discharge");
    for (size_t t = 0; t < v->count; t++)
        amp_validate_note(v, AMP_VALIDATE_BATTERY_MODES, t,
                          fmin(s->charge_mw[t], s->discharge_mw[t]), "the battery");
}

static void check_stored_limits(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const double *stored_mwh = v->schedule->soc_mwh;
    const double energy_mwh = amp_validate_constant(v, &battery->energy_mwh);
    const double lowest_mwh = energy_mwh * amp_validate_constant(v, &battery->minimum_soc);
    const double highest_mwh = energy_mwh * amp_validate_constant(v, &battery->maximum_soc);
    for (size_t t = 0; t < v->count; t++) {
        amp_validate_note(v, AMP_VALIDATE_SOC_LOW, t, lowest_mwh - stored_mwh[t], "stored energy");
        amp_validate_note(v, AMP_VALIDATE_SOC_HIGH, t, stored_mwh[t] - highest_mwh,
                          "stored energy");
    }
}

static void check_stored_end(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const size_t last = v->count - 1;
    const double stored_mwh = v->schedule->soc_mwh[last];
    const double asked_mwh = amp_validate_constant(v, &battery->energy_mwh) *
                             amp_validate_constant(v, &battery->final_soc);
    switch (battery->final) {
    case AMP_FINAL_FREE:
        v->anew.stored_energy_usd = amp_validate_earn(
            v, stored_mwh * amp_validate_constant(v, &battery->terminal_value_usd_per_mwh));
        break;
    case AMP_FINAL_EXACT:
        amp_validate_note(v, AMP_VALIDATE_SOC_FINAL, last, fabs(stored_mwh - asked_mwh),
                          "stored energy");
        break;
    case AMP_FINAL_MINIMUM:
        amp_validate_note(v, AMP_VALIDATE_SOC_FINAL, last, asked_mwh - stored_mwh, "stored energy");
        break;
    }
}

void amp_validate_battery(amp_validation *v)
{
    const amp_battery *battery = &v->site->battery;
    const double h = v->interval_h;
    check_battery_power(v);
    if (!battery->is_set)
        return;
    const double energy_mwh = amp_validate_constant(v, &battery->energy_mwh);
    const double in = amp_validate_constant(v, &battery->charge_efficiency);
    const double out = amp_validate_constant(v, &battery->discharge_efficiency);
    const double wear = amp_validate_constant(v, &battery->wear_usd_per_mwh);
    const double kept =
        pow(1.0 - amp_validate_constant(v, &battery->self_discharge_per_day), h / hours_per_day);
    double stored_mwh =
        energy_mwh * amp_validate_constant(v, battery->initial_soc.is_set ? &battery->initial_soc
                                                                          : &battery->minimum_soc);
    for (size_t t = 0; t < v->count; t++) {
        const double charged_mwh = amp_validate_deliver(v, h * v->schedule->charge_mw[t]);
        const double given_mwh = amp_validate_deliver(v, h * v->schedule->discharge_mw[t]);
        const double expected_mwh = stored_mwh * kept + charged_mwh * in - given_mwh / out;
        stored_mwh = v->schedule->soc_mwh[t];
        amp_validate_note(v, AMP_VALIDATE_SOC_STEP, t, fabs(stored_mwh - expected_mwh),
                          "stored energy");
        v->surplus_mw[t] += v->schedule->discharge_mw[t] - v->schedule->charge_mw[t];
        v->anew.energy_mwh.charge += charged_mwh;
        v->anew.energy_mwh.discharge += given_mwh;
        v->anew.cost_usd.wear += amp_validate_earn(v, wear * (charged_mwh + given_mwh));
    }
    check_stored_limits(v);
    check_stored_end(v);
}
