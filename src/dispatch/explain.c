/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/explain_parts.h"

#include "dispatch/billing.h"
#include "dispatch/outer.h"
#include "dispatch/restart.h"

#include <stdlib.h>

/* ---- limits of import ---- */

bool amp_explain_connection_full(const amp_explainer *e, size_t t)
{
    const double limit_mw = amp_column_at(e->problem->import_limit_mw, t);
    return limit_mw > 0.0 && amp_explain_is_full(e->schedule->import_mw[t], limit_mw);
}

double amp_explain_metered_mw(const amp_explainer *e, size_t t)
{
    return amp_accounts_metered_mw(e->problem, e->schedule->import_mw,
                                   amp_metered_first(e->problem, t));
}

const amp_explained_peak *amp_explain_peak_reached(const amp_explainer *e, size_t t)
{
    for (size_t k = 0; k < e->out->peak_count; k++) {
        const amp_explained_peak *peak = &e->out->peak[k];
        if (amp_peak_counts(&e->problem->peak[k], t) && peak->charge_usd_per_mw > 0.0 &&
            peak->billed_mw > 0.0 &&
            amp_explain_is_full(amp_explain_metered_mw(e, t), peak->billed_mw) &&
            !amp_explain_connection_full(e, t))
            return peak;
    }
    return NULL;
}

/* ---- peaks and jobs ---- */

static bool explain_peaks(amp_explainer *e)
{
    const amp_site_problem *p = e->problem;
    amp_explained_peak *peak = AMP_ARENA_NEW(e->out->arena, amp_explained_peak, p->peak_count);
    double *import_mw = AMP_ARENA_NEW(e->out->arena, double, p->peak_count);
    if (peak == NULL || import_mw == NULL)
        return false;
    for (size_t k = 0; k < p->peak_count; k++)
        import_mw[k] = amp_accounts_peak(p, e->schedule, k).import_mw;
    for (size_t k = 0; k < p->peak_count; k++) {
        const amp_peak_bill bill = amp_accounts_peak(p, e->schedule, k);
        peak[k] = (amp_explained_peak){
            .id = p->peak[k].id,
            .billed_mw = bill.billed_mw,
            .start_mw = p->peak[k].start_mw,
            .charge_usd_per_mw = amp_billing_of(p, k) == NULL
                                     ? p->peak[k].charge_usd_per_mw
                                     : amp_billing_next_usd_per_mw(p, k, import_mw),
            .is_connection = amp_explain_is_full(bill.billed_mw, amp_peak_most_mw(p, k)),
            .first = p->peak[k].first,
            .end = p->peak[k].end};
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            if (amp_peak_counts(&p->peak[k], t) && bill.billed_mw > 0.0 &&
                amp_explain_is_full(amp_explain_metered_mw(e, t), bill.billed_mw))
                peak[k].hours += p->interval_h;
    }
    e->out->peak = peak;
    e->out->peak_count = p->peak_count;
    return true;
}

static bool explain_jobs(amp_explainer *e)
{
    const amp_site_problem *p = e->problem;
    amp_explained_job *job = AMP_ARENA_NEW(e->out->arena, amp_explained_job, p->job_count);
    if (job == NULL)
        return false;
    for (size_t j = 0; j < p->job_count; j++)
        job[j] = (amp_explained_job){
            .id = p->job[j].id,
            .hall = p->load[p->job[j].load].id,
            .energy_mwh = p->job[j].energy_mwh,
            .served_mwh = amp_accounts_job(p, e->schedule, j).served_mwh,
            .worth_usd_per_mwh = amp_job_worth_usd_per_mwh(&p->job[j]),
        };
    e->out->job = job;
    e->out->job_count = p->job_count;
    return true;
}

static bool explain_budgets(amp_explainer *e)
{
    const amp_site_problem *p = e->problem;
    amp_explained_budget *budget =
        AMP_ARENA_NEW(e->out->arena, amp_explained_budget, p->budget_count);
    if (budget == NULL)
        return false;
    for (size_t i = 0; i < p->budget_count; i++)
        budget[i] = (amp_explained_budget){
            .id = p->budget[i].id,
            .unit = amp_budget_unit(p->budget[i].kind),
            .limit = p->budget[i].limit,
            .used = amp_accounts_budget(p, e->schedule, i).used,
        };
    e->out->budget = budget;
    e->out->budget_count = p->budget_count;
    return true;
}

/* The prices of couplings come with the margins. */
static void take_prices(amp_explainer *e)
{
    for (size_t k = 0; k < e->out->peak_count; k++)
        e->out->peak[k].worth_usd_per_mw = e->out->margins.peak_usd_per_mw[k];
    for (size_t j = 0; j < e->out->job_count; j++)
        e->out->job[j].price_usd_per_mwh = e->out->margins.account_usd[j];
    for (size_t i = 0; i < e->out->budget_count; i++)
        e->out->budget[i].price_usd = e->out->margins.account_usd[e->out->job_count + i];
}

/* ---- all of it ---- */

/* The problem in blocks of a month, so that margins can be told by month. */
static amp_status months_of(amp_explainer *e, amp_site_problem *split)
{
    const amp_month *month = NULL;
    size_t count = 0;
    const amp_status status = amp_months_find(
        e->out->site->time_zone, &e->request->portfolio->horizon, e->out->arena, &month, &count);
    if (status != AMP_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (e->out->at >= month[i].first && e->out->at < month[i].end)
            e->out->month = month[i];
    *split = e->priced;
    if (split->block_count > 0)
        return AMP_OK;
    size_t *first = AMP_ARENA_NEW(e->out->arena, size_t, count);
    if (first == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < count; i++)
        first[i] = month[i].first;
    split->block_first = first;
    split->block_count = count;
    return AMP_OK;
}

static amp_status explain_margins(amp_explainer *e)
{
    const amp_explain_request *request = e->request;
    const amp_margins_options options = {
        .host = request->host,
        .progress = request->progress,
        .progress_context = request->progress_context,
        .watched_first = request->at,
        .watched_end = request->at + (request->has_at ? 1 : 0),
    };
    amp_site_problem split = {0};
    amp_status status = months_of(e, &split);
    if (status == AMP_OK)
        status = amp_margins_make(&split, &options, &e->out->margins);
    if (status != AMP_OK)
        return status;
    take_prices(e);
    return amp_explain_cooling(e, &options);
}

static amp_status explain_all(amp_explainer *e)
{
    const amp_explanation *out = e->out;
    amp_status status =
        amp_restart_price_at(e->problem, e->schedule->start_usd, e->out->arena, &e->priced);
    e->out->lease = amp_explain_leases(e->problem, e->schedule, e->out->arena);
    if (status != AMP_OK || !explain_peaks(e) || !explain_jobs(e) || !explain_budgets(e) ||
        out->lease == NULL)
        return AMP_NOMEM;
    status = explain_margins(e);
    if (status != AMP_OK)
        return status;
    bool is_done = amp_explain_span(e, 0, e->problem->interval_count, &e->out->whole_span);
    if (is_done && out->has_at)
        is_done = amp_explain_interval(e) &&
                  amp_explain_span(e, out->month.first, out->month.end, &e->out->month_span);
    return is_done ? AMP_OK : AMP_NOMEM;
}

amp_status amp_explain(const amp_explain_request *request, amp_explanation **out)
{
    amp_explanation *explanation = calloc(1, sizeof *explanation);
    if (explanation == NULL)
        return AMP_NOMEM;
    explanation->arena = amp_arena_new(SIZE_MAX);
    explanation->site = request->answer->site;
    explanation->problem = &request->answer->problem;
    explanation->has_at = request->has_at;
    explanation->at = request->has_at ? request->at : 0;
    amp_explainer e = {.request = request,
                       .problem = &request->answer->problem,
                       .schedule = &request->answer->schedule,
                       .out = explanation};
    const amp_status status = explanation->arena == NULL ? AMP_NOMEM : explain_all(&e);
    if (status == AMP_OK)
        *out = explanation;
    else
        amp_explanation_free(explanation);
    return status;
}

void amp_explanation_free(amp_explanation *explanation)
{
    if (explanation == NULL)
        return;
    amp_margins_free(&explanation->margins);
    amp_arena_free(explanation->arena);
    free(explanation);
}
