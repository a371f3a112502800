/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/validate_parts.h"

#include <math.h>

static const double w_per_mw = 1e6;
static const double min_per_h = 60.0;

double amp_validate_running(amp_validation *v, const amp_validate_fleet *f, size_t t)
{
    const double overhead = amp_column_at(amp_validate_column(v, &f->fleet->overhead), t);
    return f->lowest_mw[t] / (1.0 + overhead) * w_per_mw / f->lowest_w;
}

bool amp_validate_has_starts(const amp_fleet *fleet)
{
    return fleet->restart_min.number > 0.0 || fleet->wear_usd_per_mw.number > 0.0;
}

/* Hashing of one machine that starts in interval @p t and does none until its restart is over. */
static double lost_usd(amp_validation *v, const amp_validate_fleet *f, size_t t)
{
    const double ph_per_th = 1e-3;
    const double hours_per_day = 24.0;
    const amp_column hashprice = amp_market_hashprice(v->market);
    const amp_column fee = amp_validate_column(v, &f->fleet->pool_fee);
    const double end_h = f->fleet->restart_min.number / min_per_h;
    double usd = 0.0;
    for (size_t k = 0; t + k < v->count && (double)k * v->interval_h < end_h; k++) {
        const double hours = fmin(v->interval_h, end_h - (double)k * v->interval_h);
        const double ph_days = f->highest_th_per_s * ph_per_th * hours / hours_per_day;
        usd += ph_days * amp_column_at(hashprice, t + k) * (1.0 - amp_column_at(fee, t + k));
    }
    return usd;
}

void amp_validate_starts(amp_validation *v, const amp_validate_fleet *f, const double *load_mw)
{
    const amp_fleet *fleet = f->fleet;
    const amp_column machines = amp_validate_column(v, &fleet->machines);
    const amp_column overhead = amp_validate_column(v, &fleet->overhead);
    const double wear = *amp_validate_column(v, &fleet->wear_usd_per_mw).value;
    double before =
        *amp_validate_column(v, &fleet->initial_running).value * amp_column_at(machines, 0);
    for (size_t t = 0; t < v->count; t++) {
        const double running = amp_validate_running(v, f, t);
        const double bus_mw_per_w = (1.0 + amp_column_at(overhead, t)) / w_per_mw;
        const double started = fmax(0.0, running - before);
        amp_validate_note(v, AMP_VALIDATE_RUNNING, t,
                          load_mw[t] - running * f->highest_w * bus_mw_per_w, fleet->id);
        amp_validate_note(v, AMP_VALIDATE_RUNNING, t, f->lowest_mw[t] - load_mw[t], fleet->id);
        if (started > 0.0) {
            v->anew.revenue_usd.mining -= amp_validate_earn(v, started * lost_usd(v, f, t));
            v->anew.cost_usd.wear += amp_validate_earn(v, started * f->highest_w / w_per_mw * wear);
        }
        before = running;
    }
}
