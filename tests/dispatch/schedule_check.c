/* SPDX-License-Identifier: Apache-2.0 */
#include "schedule_check.h"

#include <math.h>

static const double energy_tolerance_mwh = 1e-6;

/* The check under way. */
typedef struct {
    const amp_site_problem *problem;
    const amp_schedule *schedule;
    double tolerance_mw;
    schedule_facts facts;
} check;

static double at(amp_column column, size_t t)
{
    return amp_column_at(column, t);
}

static void want(check *c, size_t t, double size, double tolerance, const char *what)
{
    /* Written so that a NaN is a violation. */
    if (c->facts.broken != NULL || size <= tolerance)
        return;
    c->facts.broken = what;
    c->facts.interval = t;
    c->facts.size = size;
}

/* 0 <= power <= limit. */
static void want_power(check *c, size_t t, double power_mw, double limit_mw, const char *what)
{
    want(c, t, -power_mw, c->tolerance_mw, what);
    want(c, t, power_mw - limit_mw, c->tolerance_mw, what);
}

static double largest_mw(const amp_site_problem *p)
{
    double largest = 1.0;
    for (size_t t = 0; t < p->interval_count; t++) {
        double sum = at(p->import_limit_mw, t) + at(p->export_limit_mw, t) + at(p->must_mw, t);
        for (size_t i = 0; i < p->tier_count; i++)
            sum += at(p->tier[i].power_mw, t);
        largest = fmax(largest, sum);
    }
    return largest;
}

static double earn(check *c, double usd)
{
    c->facts.turnover_usd += fabs(usd);
    return usd;
}

static void check_loads(check *c, size_t t)
{
    const amp_site_problem *p = c->problem;
    const amp_schedule *s = c->schedule;
    const double h = p->interval_h;
    for (size_t i = 0; i < p->load_count; i++) {
        const amp_load *load = &p->load[i];
        const double penalty = at(load->penalty_usd_per_mwh, t);
        double served_mw = load->is_hard ? at(load->demand_mw, t) : 0.0;
        double earned_usd = 0.0;
        if (load->capping != NULL) {
            served_mw = at(load->capping->must_mw, t);
            earned_usd = earn(c, h * at(load->capping->base_usd_per_h, t));
        }
        for (size_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
            const double mw = s->tier_mw[k][t];
            want_power(c, t, mw, at(p->tier[k].power_mw, t), "tier above its power");
            earned_usd += earn(c, h * mw * (at(p->tier[k].value_usd_per_mwh, t) - penalty));
            served_mw += mw;
        }
        want(c, t, fabs(served_mw - s->load_mw[i][t]), c->tolerance_mw, "load is not its tiers");
        if (!load->is_hard)
            earned_usd -= h * penalty * (at(load->demand_mw, t) - served_mw);
        c->facts.value_usd += earned_usd;
    }
}

static void check_supply(check *c, size_t t)
{
    const amp_site_problem *p = c->problem;
    const amp_schedule *s = c->schedule;
    const double h = p->interval_h;
    want_power(c, t, s->import_mw[t], at(p->import_limit_mw, t), "import above its limit");
    want_power(c, t, s->export_mw[t], at(p->export_limit_mw, t), "export above its limit");
    want_power(c, t, s->block_mw[t], at(p->block_mw, t), "block above its power");
    want_power(c, t, s->block_mw[t], s->import_mw[t], "block above import");
    want(c, t, fmin(s->import_mw[t], s->export_mw[t]), 0.0, "import and export at once");
    double usd = earn(c, h * s->export_mw[t] * at(p->export_price_usd_per_mwh, t));
    usd -= earn(c, h * (s->import_mw[t] - s->block_mw[t]) * at(p->import_price_usd_per_mwh, t));
    usd -= earn(c, h * s->block_mw[t] * at(p->block_price_usd_per_mwh, t));
    for (size_t i = 0; i < p->source_count; i++) {
        want_power(c, t, s->source_mw[i][t], at(p->source[i].power_mw, t), "source above power");
        usd -= earn(c, h * s->source_mw[i][t] * at(p->source[i].cost_usd_per_mwh, t));
    }
    c->facts.value_usd += usd;
}

static void check_balance(check *c, size_t t)
{
    const amp_site_problem *p = c->problem;
    const amp_schedule *s = c->schedule;
    double sum_mw = s->import_mw[t] + s->discharge_mw[t] - s->export_mw[t] - s->charge_mw[t];
    for (size_t i = 0; i < p->source_count; i++)
        sum_mw += s->source_mw[i][t];
    for (size_t i = 0; i < p->load_count; i++)
        sum_mw -= s->load_mw[i][t];
    want(c, t, fabs(sum_mw), c->tolerance_mw, "balance");
}

static double check_battery(check *c, size_t t, double start_mwh)
{
    const amp_storage *b = &c->problem->storage;
    const amp_schedule *s = c->schedule;
    const double h = c->problem->interval_h;
    const double charge_mw = s->charge_mw[t];
    const double discharge_mw = s->discharge_mw[t];
    if (!b->is_present) {
        want(c, t, fabs(charge_mw) + fabs(discharge_mw), 0.0, "a battery that is not there");
        return 0.0;
    }
    want_power(c, t, charge_mw, at(b->charge_limit_mw, t), "charge above its limit");
    want_power(c, t, discharge_mw, at(b->discharge_limit_mw, t), "discharge above its limit");
    want(c, t, fmin(charge_mw, discharge_mw), 0.0, "charge and discharge at once");
    const double end_mwh = b->retention * start_mwh + b->charge_efficiency * charge_mw * h -
                           discharge_mw * h / b->discharge_efficiency;
    want(c, t, fabs(end_mwh - s->soc_mwh[t]), energy_tolerance_mwh, "stored energy");
    want(c, t, b->minimum_mwh - s->soc_mwh[t], energy_tolerance_mwh, "stored below minimum");
    want(c, t, s->soc_mwh[t] - b->maximum_mwh, energy_tolerance_mwh, "stored above maximum");
    c->facts.value_usd -= earn(c, h * b->wear_usd_per_mwh * (charge_mw + discharge_mw));
    return s->soc_mwh[t];
}

static void check_end(check *c, double end_mwh)
{
    const amp_storage *b = &c->problem->storage;
    const size_t last = c->problem->interval_count - 1;
    if (!b->is_present)
        return;
    if (b->final != AMP_FINAL_FREE)
        want(c, last, b->final_mwh - end_mwh, energy_tolerance_mwh, "end below what is asked");
    if (b->final == AMP_FINAL_EXACT)
        want(c, last, end_mwh - b->final_mwh, energy_tolerance_mwh, "end above what is asked");
    if (b->final == AMP_FINAL_FREE)
        c->facts.value_usd += earn(c, b->terminal_value_usd_per_mwh * end_mwh);
}

schedule_facts schedule_check(const amp_site_problem *problem, const amp_schedule *schedule)
{
    check c = {.problem = problem, .schedule = schedule};
    c.tolerance_mw = 1e-7 * largest_mw(problem);
    double stored_mwh = problem->storage.is_present ? problem->storage.initial_mwh : 0.0;
    for (size_t t = 0; t < problem->interval_count; t++) {
        check_supply(&c, t);
        check_loads(&c, t);
        check_balance(&c, t);
        stored_mwh = check_battery(&c, t, stored_mwh);
    }
    check_end(&c, stored_mwh);
    return c.facts;
}
