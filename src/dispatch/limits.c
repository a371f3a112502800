/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/limits.h"

#include "dispatch/months.h"

#include <math.h>

static const double one = 1.0;

/* What the steps share. Limits are constants without money: their number is what the file says. */
typedef struct {
    const amp_site *site;
    double years; /* that the horizon holds */
    const amp_site_problem *problem;
    amp_columns *columns;
    amp_arena *arena;
    amp_budget *budget;
    size_t count;
} maker;

static double held(const maker *m, amp_per per)
{
    return per == AMP_PER_YEAR ? m->years : 1.0;
}

/* Limits of one generator differ by what a MWh counts only, so the tightest is all of them. MWh;
 * infinite without any. */
static double generator_limit_mwh(const amp_generator *generator)
{
    double limit_mwh = HUGE_VAL;
    if (generator->energy_limit_mwh.is_set)
        limit_mwh = generator->energy_limit_mwh.number;
    if (generator->hours_h.is_set)
        limit_mwh = fmin(limit_mwh, generator->hours_h.number * generator->power_mw.number);
    if (generator->fuel_limit_gj.is_set)
        limit_mwh = fmin(limit_mwh,
                         generator->fuel_limit_gj.number / generator->heat_rate_gj_per_mwh.number);
    return limit_mwh;
}

/* A budget over at most @p count sources, none of which is in it yet: a source may be in several
 * budgets, once in each. */
static amp_budget *start_budget(maker *m, const char *id, size_t count, uint32_t **source,
                                amp_column **weight)
{
    *source = AMP_ARENA_NEW(m->arena, uint32_t, count);
    *weight = AMP_ARENA_NEW(m->arena, amp_column, count);
    if (*source == NULL || *weight == NULL)
        return NULL;
    amp_budget *budget = &m->budget[m->count];
    *budget = (amp_budget){.id = id, .source = *source, .weight = *weight};
    return budget;
}

static amp_status add_generator(maker *m, size_t i)
{
    const amp_generator *generator = &m->site->generator[i];
    const double limit_mwh = generator_limit_mwh(generator);
    uint32_t *source = NULL;
    amp_column *weight = NULL;
    if (isinf(limit_mwh))
        return AMP_OK;
    amp_budget *budget = start_budget(m, generator->id, 1, &source, &weight);
    if (budget == NULL)
        return AMP_NOMEM;
    source[0] = (uint32_t)i;
    weight[0] = (amp_column){.value = &one};
    budget->kind = AMP_BUDGET_ENERGY;
    budget->source_count = 1;
    budget->limit = limit_mwh * held(m, generator->per);
    m->count++;
    return AMP_OK;
}

static amp_status add_emissions(maker *m)
{
    const amp_site *site = m->site;
    uint32_t *source = NULL;
    amp_column *weight = NULL;
    if (!site->emissions.is_set)
        return AMP_OK;
    amp_budget *budget = start_budget(m, "emissions", site->generator_count, &source, &weight);
    if (budget == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < site->generator_count; i++) {
        const double *emission = &site->generator[i].emission_t_per_mwh.number;
        if (*emission <= 0.0)
            continue;
        source[budget->source_count] = (uint32_t)i;
        weight[budget->source_count++] = (amp_column){.value = emission};
    }
    budget->kind = AMP_BUDGET_EMISSION;
    budget->limit = site->emissions.limit_t.number * held(m, site->emissions.per);
    m->count += budget->source_count > 0 ? 1 : 0;
    return AMP_OK;
}

/* What a tenant lets the site cut: @p weight of the budget's unit for each MWh at the bus. */
static amp_status add_cut(maker *m, size_t load, amp_budget_kind kind, amp_column weight_of,
                          double limit)
{
    uint32_t *source = NULL;
    amp_column *weight = NULL;
    const amp_load *cut = &m->problem->load[load];
    amp_budget *budget = start_budget(m, cut->id, 1, &source, &weight);
    if (budget == NULL)
        return AMP_NOMEM;
    source[0] = cut->cut - 1;
    weight[0] = weight_of;
    budget->kind = kind;
    budget->source_count = 1;
    budget->limit = limit * held(m, m->site->hall[cut->asset].lease.flexible.per);
    m->count++;
    return AMP_OK;
}

/* Hours at full power for a MWh: 1 / power where there is any. */
static double hours_for(double power_mw, const void *context)
{
    (void)context;
    return power_mw > 0.0 ? 1.0 / power_mw : 0.0;
}

static amp_status add_lease(maker *m, size_t load)
{
    const amp_load *lease = &m->problem->load[load];
    if (lease->cut == 0)
        return AMP_OK;
    const amp_flexible *flexible = &m->site->hall[lease->asset].lease.flexible;
    const amp_column share = amp_columns_constant(m->columns, flexible->share.number);
    const amp_column full_mw = amp_columns_multiply(m->columns, lease->demand_mw, share);
    amp_status status = AMP_OK;
    if (flexible->hours_h.is_set)
        status = add_cut(m, load, AMP_BUDGET_HOURS,
                         amp_columns_map(m->columns, full_mw, hours_for, NULL),
                         flexible->hours_h.number);
    if (status == AMP_OK && flexible->energy_mwh.is_set)
        status =
            add_cut(m, load, AMP_BUDGET_ENERGY, lease->it_per_mwh, flexible->energy_mwh.number);
    return status;
}

amp_status amp_limits_build(const amp_site *site, const amp_horizon *horizon, amp_columns *columns,
                            amp_arena *arena, amp_site_problem *problem)
{
    maker m = {.site = site, .problem = problem, .columns = columns, .arena = arena};
    amp_status status = amp_years_held(site->time_zone, horizon, &m.years);
    if (status != AMP_OK)
        return status;
    m.budget = AMP_ARENA_NEW(arena, amp_budget, site->generator_count + 1 + 2 * site->hall_count);
    if (m.budget == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < site->generator_count && status == AMP_OK; i++)
        status = add_generator(&m, i);
    if (status == AMP_OK)
        status = add_emissions(&m);
    for (size_t i = 0; i < problem->load_count && status == AMP_OK; i++)
        status = add_lease(&m, i);
    if (status != AMP_OK)
        return status;
    problem->budget = m.budget;
    problem->budget_count = m.count;
    return AMP_OK;
}

const char *amp_budget_unit(amp_budget_kind kind)
{
    static const char *const units[] = {
        [AMP_BUDGET_ENERGY] = "MWh",
        [AMP_BUDGET_EMISSION] = "t",
        [AMP_BUDGET_HOURS] = "h",
    };
    return units[kind];
}

double amp_budget_full_power_h(const amp_site_problem *problem, size_t i)
{
    const amp_budget *budget = &problem->budget[i];
    double used_per_h = 0.0;
    for (size_t k = 0; k < budget->source_count; k++) {
        const amp_column power_mw = problem->source[budget->source[k]].power_mw;
        double most_per_h = 0.0;
        for (size_t t = 0; t < problem->interval_count; t++)
            most_per_h =
                fmax(most_per_h, amp_column_at(budget->weight[k], t) * amp_column_at(power_mw, t));
        used_per_h += most_per_h;
    }
    return used_per_h > 0.0 ? budget->limit / used_per_h : HUGE_VAL;
}
