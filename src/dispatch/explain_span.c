/* SPDX-License-Identifier: Apache-2.0 */
/* What each use and each supply earned over many intervals. */
#include "dispatch/explain_parts.h"

#include "dispatch/account.h"
#include "dispatch/capping.h"

#include <math.h>

static void add_jobs(const amp_explainer *e, size_t load, size_t t, amp_explained_gain *gain)
{
    for (size_t j = 0; j < e->problem->job_count; j++) {
        const amp_job *job = &e->problem->job[j];
        const double it_mwh = e->schedule->job_mw[j][t] * e->problem->interval_h;
        if (job->load != load)
            continue;
        gain->money_usd += it_mwh * job->value_usd_per_mwh;
        gain->avoided_usd += it_mwh * (amp_job_worth_usd_per_mwh(job) - job->value_usd_per_mwh);
    }
}

/* Work pays its value, and avoids the penalty that no work would cost. */
static void add_capped(const amp_explainer *e, size_t i, size_t t, amp_explained_gain *gain)
{
    const amp_load *load = &e->problem->load[i];
    const amp_capping *capping = load->capping;
    const double penalty = amp_column_at(capping->penalty_usd_per_mwh, t);
    const double work_mw = amp_capping_work_mw(capping, t, e->schedule->load_mw[i][t]);
    double usd_per_h = amp_column_at(capping->base_usd_per_h, t) +
                       penalty * amp_column_at(load->demand_mw, t) - penalty * work_mw;
    for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++)
        usd_per_h +=
            e->schedule->tier_mw[k][t] * amp_column_at(e->problem->tier[k].value_usd_per_mwh, t);
    gain->money_usd += usd_per_h * e->problem->interval_h;
    gain->avoided_usd += penalty * work_mw * e->problem->interval_h;
}

static void add_load(const amp_explainer *e, size_t i, size_t t, amp_explained_gain *gain)
{
    const amp_load *load = &e->problem->load[i];
    const double h = e->problem->interval_h;
    const double penalty = amp_column_at(load->penalty_usd_per_mwh, t);
    const double took_mwh = e->schedule->load_mw[i][t] * h;
    gain->energy_mwh += took_mwh;
    gain->possible_mwh += amp_column_at(load->demand_mw, t) * h;
    gain->bought_usd += e->schedule->internal_price_usd_per_mwh[t] * took_mwh;
    if (load->capping != NULL) {
        add_capped(e, i, t, gain);
        return;
    }
    for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
        const double value = amp_column_at(e->problem->tier[k].value_usd_per_mwh, t);
        gain->money_usd += e->schedule->tier_mw[k][t] * (value - penalty) * h;
        gain->avoided_usd += e->schedule->tier_mw[k][t] * penalty * h;
    }
    add_jobs(e, i, t, gain);
    if (load->flexible_mw.value != NULL) /* what of it is served has no tier */
        gain->avoided_usd +=
            (e->schedule->load_mw[i][t] - e->schedule->tier_mw[load->first_tier][t]) * penalty * h;
}

static void add_source(const amp_explainer *e, size_t i, size_t t, amp_explained_gain *gain)
{
    const amp_source *source = &e->problem->source[i];
    const double h = e->problem->interval_h;
    const double gave_mwh = e->schedule->source_mw[i][t] * h;
    const double cost = amp_column_at(source->cost_usd_per_mwh, t);
    gain->energy_mwh += gave_mwh;
    gain->possible_mwh += amp_column_at(source->power_mw, t) * h;
    gain->money_usd -= cost * gave_mwh;
    gain->bought_usd -= e->schedule->internal_price_usd_per_mwh[t] * gave_mwh;
}

static void add_export(const amp_explainer *e, size_t t, amp_explained_gain *gain)
{
    const double mwh = e->schedule->export_mw[t] * e->problem->interval_h;
    gain->energy_mwh += mwh;
    gain->money_usd += amp_column_at(e->problem->export_price_usd_per_mwh, t) * mwh;
    gain->bought_usd += e->schedule->internal_price_usd_per_mwh[t] * mwh;
}

static void add_battery(const amp_explainer *e, size_t t, amp_explained_gain *gain)
{
    const amp_schedule *s = e->schedule;
    const double h = e->problem->interval_h;
    gain->energy_mwh += s->discharge_mw[t] * h;
    gain->money_usd -=
        e->problem->storage.wear_usd_per_mwh * (s->charge_mw[t] + s->discharge_mw[t]) * h;
    gain->bought_usd +=
        (s->charge_mw[t] - s->discharge_mw[t]) * s->internal_price_usd_per_mwh[t] * h;
}

static void add_reserve(const amp_explainer *e, size_t r, size_t t, amp_explained_gain *gain)
{
    gain->money_usd += e->schedule->reserve_mw[r][t] * e->problem->interval_h *
                       amp_column_at(e->problem->reserve[r].price_usd_per_mwh, t);
}

static void add_interval(const amp_explainer *e, size_t t, amp_explained_gain *gain)
{
    const amp_site_problem *p = e->problem;
    for (size_t i = 0; i < p->load_count; i++)
        add_load(e, i, t, gain++);
    add_export(e, t, gain++);
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source[i].kind != AMP_SOURCE_UNSERVED)
            add_source(e, i, t, gain++);
    if (p->storage.is_present)
        add_battery(e, t, gain++);
    for (size_t r = 0; r < p->reserve_count; r++)
        add_reserve(e, r, t, gain++);
}

/* Nobody says how much of a job's hall, of export or of the battery is wanted; a hard load's worth
 * is not known. */
static size_t name_gains(const amp_explainer *e, amp_explained_gain *gain)
{
    const amp_site_problem *p = e->problem;
    size_t count = 0;
    for (size_t i = 0; i < p->load_count; i++)
        gain[count++] = (amp_explained_gain){.kind = AMP_GAIN_LOAD, .id = p->load[i].id};
    gain[count++] =
        (amp_explained_gain){.kind = AMP_GAIN_EXPORT, .id = "export", .possible_mwh = (double)NAN};
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source[i].kind != AMP_SOURCE_UNSERVED)
            gain[count++] = (amp_explained_gain){
                .kind = p->source[i].kind == AMP_SOURCE_CUT ? AMP_GAIN_CUT : AMP_GAIN_SOURCE,
                .id = p->source[i].id};
    if (p->storage.is_present)
        gain[count++] = (amp_explained_gain){
            .kind = AMP_GAIN_BATTERY, .id = "battery", .possible_mwh = (double)NAN};
    for (size_t r = 0; r < p->reserve_count; r++)
        gain[count++] = (amp_explained_gain){
            .kind = AMP_GAIN_RESERVE, .id = p->reserve[r].id, .possible_mwh = (double)NAN};
    return count;
}

static void unset_unknown(const amp_explainer *e, amp_explained_gain *gain)
{
    for (size_t i = 0; i < e->problem->load_count; i++) {
        if (e->problem->load[i].kind == AMP_LOAD_TRAINING && e->problem->load[i].capping == NULL)
            gain[i].possible_mwh = (double)NAN;
        if (!e->problem->load[i].is_hard)
            continue;
        gain[i].money_usd = (double)NAN;
    }
}

bool amp_explain_span(amp_explainer *e, size_t first, size_t end, amp_explained_span *out)
{
    const amp_site_problem *p = e->problem;
    const size_t most = p->load_count + p->source_count + p->reserve_count + 2;
    amp_explained_gain *gain = AMP_ARENA_NEW(e->out->arena, amp_explained_gain, most);
    double price = 0.0;
    if (gain == NULL)
        return false;
    *out = (amp_explained_span){.first = first, .end = end, .gain = gain};
    out->gain_count = name_gains(e, gain);
    out->hours = p->interval_h * (double)(end - first);
    for (size_t t = first; t < end; t++) {
        add_interval(e, t, gain);
        price += e->schedule->internal_price_usd_per_mwh[t];
        out->connection_hours += amp_explain_connection_full(e, t) ? p->interval_h : 0.0;
        out->peak_hours += amp_explain_peak_reached(e, t) != NULL ? p->interval_h : 0.0;
    }
    out->price_mean_usd_per_mwh = price / (double)(end - first);
    unset_unknown(e, gain);
    return true;
}
