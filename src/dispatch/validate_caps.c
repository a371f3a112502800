/* SPDX-License-Identifier: Apache-2.0 */
/* GPUs whose power may be capped: floors, and what their throughput earns, from the curve. */
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdlib.h>

/* One load, as the file says it. Powers are IT. */
typedef struct {
    const char *id;
    const amp_caps *caps;
    const double *load_mw; /* at the bus */
    double *pue;           /* [count] */
    double *full_mw;       /* [count] uncapped, of what works and is wanted */
    double *wanted_mw;     /* [count] work, in MW at full power */
    amp_cap_point *corner; /* of what time between caps can do, from off or the smallest cap */
    size_t corner_count;
    const amp_inference *inference; /* NULL: a workload */
    amp_column *value;              /* [1, or one a step] */
    amp_column penalty;
    amp_workload_use use;
} caps_check;

/* ---- the curve ---- */

/* Where throughput rises steepest with more power. @return whether a point has more power */
static bool next_corner(const amp_cap_curve *curve, amp_cap_point from, amp_cap_point *next)
{
    double steepest = -(double)INFINITY;
    for (size_t i = 0; i < curve->count; i++) {
        const amp_cap_point *to = &curve->point[i];
        const double slope = (to->throughput - from.throughput) / (to->power - from.power);
        if (to->power > from.power && slope >= steepest) {
            steepest = slope;
            *next = *to;
        }
    }
    return !isinf(steepest);
}

static void find_corners(caps_check *c)
{
    const amp_cap_curve *curve = &c->caps->curve;
    c->corner[0] = c->caps->is_pausable ? (amp_cap_point){0.0, 0.0} : curve->point[0];
    c->corner_count = 1;
    while (next_corner(curve, c->corner[c->corner_count - 1], &c->corner[c->corner_count]))
        c->corner_count++;
}

static amp_cap_point full_of(const caps_check *c)
{
    return c->corner[c->corner_count - 1];
}

/* Share of full throughput at @p share of full power, which is not below the first corner. */
static double throughput_at(const caps_check *c, double share)
{
    const amp_cap_point full = full_of(c);
    const double power = share * full.power;
    double done = c->corner[0].throughput;
    for (size_t i = 1; i < c->corner_count; i++) {
        const amp_cap_point low = c->corner[i - 1];
        const amp_cap_point high = c->corner[i];
        const double part = fmin(1.0, fmax(0.0, (power - low.power) / (high.power - low.power)));
        done += part * (high.throughput - low.throughput);
    }
    return done / full.throughput;
}

/* Share of full power that must run: of the first corner, or what gives the floor. */
static double least_share(const caps_check *c)
{
    const amp_cap_point full = full_of(c);
    double left = c->caps->floor.number * full.throughput - c->corner[0].throughput;
    double power = c->corner[0].power;
    for (size_t i = 1; i < c->corner_count && left > 0.0; i++) {
        const double more = c->corner[i].throughput - c->corner[i - 1].throughput;
        power += fmin(1.0, left / more) * (c->corner[i].power - c->corner[i - 1].power);
        left -= more;
    }
    return power / full.power;
}

/* ---- what a load is asked for ---- */

static void fill_workload(amp_validation *v, const amp_hall *hall, const amp_workload *workload,
                          caps_check *c)
{
    const amp_column works = amp_validate_availability(v, &hall->availability);
    c->id = workload->id;
    c->use = workload->use;
    c->value[0] = amp_validate_column(v, &workload->value_usd_per_mwh);
    for (size_t t = 0; t < v->count; t++) {
        const double of_one = workload->caps.curve.point[workload->caps.curve.count - 1].power;
        const double all_mw =
            workload->gpus.is_set ? workload->gpus.number * of_one : workload->full_power_mw.number;
        c->full_mw[t] = all_mw * amp_column_at(works, t);
        c->wanted_mw[t] = c->full_mw[t];
    }
}

static void fill_inference(amp_validation *v, const amp_hall *hall, caps_check *c)
{
    bool is_share = false;
    const amp_column wanted = amp_validate_share(v, &hall->inference.demand, &is_share);
    const amp_column it_mw = amp_validate_column(v, &hall->it_power_mw);
    c->id = hall->id;
    c->use = AMP_WORKLOAD_INFERENCE;
    c->inference = &hall->inference;
    c->penalty = amp_validate_column(v, &hall->inference.penalty_usd_per_mwh);
    for (size_t k = 0; k < hall->inference.step_count; k++)
        c->value[k] = amp_validate_column(v, &hall->inference.step[k].value_usd_per_mwh);
    amp_validate_power_limits(v, &hall->it_power_mw, &hall->availability, c->full_mw);
    for (size_t t = 0; t < v->count; t++) {
        c->wanted_mw[t] = amp_column_at(wanted, t) * (is_share ? amp_column_at(it_mw, t) : 1.0);
        c->full_mw[t] = fmin(c->full_mw[t], c->wanted_mw[t]);
    }
}

/* ---- the checks ---- */

static double work_mw(const caps_check *c, size_t t)
{
    const double full_mw = c->full_mw[t];
    return full_mw > 0.0 ? full_mw * throughput_at(c, c->load_mw[t] / c->pue[t] / full_mw) : 0.0;
}

static void check_power(amp_validation *v, const caps_check *c)
{
    const double least = least_share(c);
    for (size_t t = 0; t < v->count; t++) {
        const double full_mw = c->full_mw[t] * c->pue[t];
        amp_validate_note(v, AMP_VALIDATE_NEGATIVE, t, -c->load_mw[t], c->id);
        amp_validate_note(v, AMP_VALIDATE_WORKLOAD, t, c->load_mw[t] - full_mw, c->id);
        if (c->use == AMP_WORKLOAD_INFERENCE)
            v->firm_mw[t] += least * full_mw;
        amp_validate_note(v, AMP_VALIDATE_FLOOR, t, least * full_mw - c->load_mw[t], c->id);
    }
}

/* The dearest share of what is wanted is done first. */
static double value_usd(amp_validation *v, const caps_check *c, size_t t, double work_mwh)
{
    const double wanted_mwh = c->wanted_mw[t] * v->interval_h;
    double sum_usd = 0.0;
    double below_mwh = 0.0;
    if (c->inference == NULL)
        return amp_validate_earn(v, work_mwh * amp_column_at(c->value[0], t));
    for (size_t k = 0; k < c->inference->step_count; k++) {
        const double upto_mwh = fmin(work_mwh, c->inference->step[k].share * wanted_mwh);
        if (upto_mwh > below_mwh)
            sum_usd += amp_validate_earn(v, (upto_mwh - below_mwh) * amp_column_at(c->value[k], t));
        below_mwh = fmax(below_mwh, upto_mwh);
    }
    return sum_usd;
}

static void check_money(amp_validation *v, const caps_check *c)
{
    const bool is_training = c->use == AMP_WORKLOAD_TRAINING;
    amp_accounts *anew = &v->anew;
    for (size_t t = 0; t < v->count; t++) {
        const double bus_mwh = amp_validate_deliver(v, c->load_mw[t] * v->interval_h);
        const double work_mwh = work_mw(c, t) * v->interval_h;
        v->surplus_mw[t] -= c->load_mw[t];
        *(is_training ? &anew->energy_mwh.training : &anew->energy_mwh.inference) += bus_mwh;
        *(is_training ? &anew->it_mwh.training : &anew->it_mwh.inference) += bus_mwh / c->pue[t];
        *(is_training ? &anew->revenue_usd.training : &anew->revenue_usd.inference) +=
            value_usd(v, c, t, work_mwh);
        if (c->inference == NULL)
            continue;
        const double wanted_mwh = c->wanted_mw[t] * v->interval_h;
        const double undone_mwh = fmax(0.0, wanted_mwh - work_mwh);
        v->flow_mwh += wanted_mwh;
        anew->unserved_it_mwh += undone_mwh;
        anew->cost_usd.penalty += amp_validate_earn(v, undone_mwh * amp_column_at(c->penalty, t));
    }
}

void amp_validate_capped(amp_validation *v, size_t i)
{
    const amp_load *load = &v->order->load[i];
    const amp_hall *hall = &v->site->hall[load->asset];
    const amp_workload *workload =
        hall->workload_count > 0 ? &hall->workload[load->capping->workload] : NULL;
    caps_check c = {.caps = workload != NULL ? &workload->caps : &hall->inference.caps,
                    .load_mw = v->schedule->load_mw[i],
                    .pue = calloc(v->count, sizeof *c.pue),
                    .full_mw = calloc(v->count, sizeof *c.full_mw),
                    .wanted_mw = calloc(v->count, sizeof *c.wanted_mw),
                    .value = calloc(hall->inference.step_count + 1, sizeof *c.value)};
    c.corner = calloc(c.caps->curve.count + 1, sizeof *c.corner);
    if (c.pue == NULL || c.full_mw == NULL || c.wanted_mw == NULL || c.value == NULL ||
        c.corner == NULL) {
        v->status = AMP_NOMEM;
        goto out;
    }
    find_corners(&c);
    amp_validate_pue(v, &hall->pue, c.pue);
    if (workload != NULL)
        fill_workload(v, hall, workload, &c);
    else
        fill_inference(v, hall, &c);
    check_power(v, &c);
    check_money(v, &c);
out:
    free(c.pue);
    free(c.full_mw);
    free(c.wanted_mw);
    free(c.value);
    free(c.corner);
}
