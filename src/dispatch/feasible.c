/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/feasible.h"

#include <math.h>

/* What rounding may add up to, relative to the powers and energies of the site. */
static const double tolerance_share = 1e-9;

/* The least and the most that can be in the battery. */
typedef struct {
    double low_mwh, high_mwh;
} reach;

/* Everything that limits the battery's net discharge in one interval, MW at the bus. */
typedef struct {
    double supply_mw; /* import and sources */
    double outlet_mw; /* tiers and export: what may be switched off */
    double must_mw;
    double tolerance_mw;
} bus;

static bus bus_at(const amp_site_problem *p, size_t t)
{
    bus b = {.supply_mw = amp_column_at(p->import_limit_mw, t),
             .outlet_mw = amp_column_at(p->export_limit_mw, t),
             .must_mw = amp_column_at(p->must_mw, t)};
    for (size_t i = 0; i < p->source_count; i++)
        b.supply_mw += amp_source_adds_mw(p, i, t);
    for (size_t i = 0; i < p->tier_count; i++)
        b.outlet_mw += amp_column_at(p->tier[i].power_mw, t);
    b.tolerance_mw = tolerance_share * (b.supply_mw + b.must_mw);
    return b;
}

/* Energy that leaves the store at a net discharge of @p net_mw for one interval, and back. */
static double withdrawn_mwh(const amp_site_problem *p, double net_mw)
{
    const amp_storage *s = &p->storage;
    return p->interval_h *
           (net_mw > 0.0 ? net_mw / s->discharge_efficiency : net_mw * s->charge_efficiency);
}

static double net_of_withdrawn_mw(const amp_site_problem *p, double mwh)
{
    const amp_storage *s = &p->storage;
    return (mwh > 0.0 ? mwh * s->discharge_efficiency : mwh / s->charge_efficiency) / p->interval_h;
}

static amp_shortage short_of(amp_shortage shortage, double size, double *amount)
{
    *amount = size;
    return shortage;
}

static amp_shortage check_halls(const amp_site_problem *p, size_t t, double *amount)
{
    for (size_t i = 0; i < p->load_count; i++) {
        const amp_load *load = &p->load[i];
        if (!load->is_hard)
            continue;
        const double demand_mw = amp_column_at(load->demand_mw, t);
        const double missing_mw = demand_mw - amp_column_at(load->capacity_mw, t);
        if (missing_mw > tolerance_share * demand_mw)
            return short_of(AMP_SHORT_OF_HALL, missing_mw, amount);
    }
    return AMP_FEASIBLE;
}

/* Takes what can be stored one interval on, and cuts it to what the battery may hold. */
static amp_shortage advance(const amp_site_problem *p, size_t t, const bus *b, reach *stored,
                            double *amount)
{
    const amp_storage *s = &p->storage;
    const double tolerance_mwh =
        tolerance_share * s->maximum_mwh + withdrawn_mwh(p, b->tolerance_mw);
    const double discharge_mw = amp_column_at(s->discharge_limit_mw, t);
    const double least_mw = fmax(b->must_mw - b->supply_mw, -amp_column_at(s->charge_limit_mw, t));
    const double most_mw = fmin(b->must_mw + b->outlet_mw, discharge_mw);
    const double kept_mwh = s->retention * stored->high_mwh;
    const double high_mwh = kept_mwh - withdrawn_mwh(p, fmin(least_mw, discharge_mw));
    const double low_mwh = s->retention * stored->low_mwh - withdrawn_mwh(p, most_mw);
    if (least_mw > discharge_mw + b->tolerance_mw || high_mwh < s->minimum_mwh - tolerance_mwh) {
        if (least_mw <= 0.0)
            return short_of(AMP_SHORT_OF_ENERGY, s->minimum_mwh - high_mwh, amount);
        const double stored_mw = net_of_withdrawn_mw(p, fmax(kept_mwh - s->minimum_mwh, 0.0));
        return short_of(AMP_SHORT_OF_SUPPLY, least_mw - fmin(discharge_mw, stored_mw), amount);
    }
    if (low_mwh > s->maximum_mwh + tolerance_mwh)
        return short_of(AMP_EXCESS_OF_ENERGY, low_mwh - s->maximum_mwh, amount);
    stored->high_mwh = fmin(fmax(high_mwh, s->minimum_mwh), s->maximum_mwh);
    stored->low_mwh = fmax(fmin(low_mwh, s->maximum_mwh), s->minimum_mwh);
    return AMP_FEASIBLE;
}

static amp_shortage check_interval(const amp_site_problem *p, size_t t, reach *stored,
                                   double *amount)
{
    const amp_shortage hall = check_halls(p, t, amount);
    if (hall != AMP_FEASIBLE)
        return hall;
    const bus b = bus_at(p, t);
    if (p->storage.is_present)
        return advance(p, t, &b, stored, amount);
    if (b.must_mw - b.supply_mw > b.tolerance_mw)
        return short_of(AMP_SHORT_OF_SUPPLY, b.must_mw - b.supply_mw, amount);
    return AMP_FEASIBLE;
}

static amp_shortage check_final(const amp_storage *s, const reach *stored, double *amount)
{
    const double tolerance_mwh = tolerance_share * s->maximum_mwh;
    if (!s->is_present || s->final == AMP_FINAL_FREE)
        return AMP_FEASIBLE;
    if (s->final_mwh > stored->high_mwh + tolerance_mwh)
        return short_of(AMP_SHORT_OF_ENERGY, s->final_mwh - stored->high_mwh, amount);
    if (s->final == AMP_FINAL_EXACT && s->final_mwh < stored->low_mwh - tolerance_mwh)
        return short_of(AMP_EXCESS_OF_ENERGY, stored->low_mwh - s->final_mwh, amount);
    return AMP_FEASIBLE;
}

amp_shortage amp_feasibility_check(const amp_site_problem *problem, size_t *interval,
                                   double *amount)
{
    reach stored = {problem->storage.initial_mwh, problem->storage.initial_mwh};
    double size = 0.0;
    amp_shortage shortage = AMP_FEASIBLE;
    size_t t = 0;
    for (; t < problem->interval_count && shortage == AMP_FEASIBLE; t++)
        shortage = check_interval(problem, t, &stored, &size);
    if (shortage == AMP_FEASIBLE)
        shortage = check_final(&problem->storage, &stored, &size);
    if (shortage != AMP_FEASIBLE) {
        *interval = t - 1;
        *amount = size;
    }
    return shortage;
}
