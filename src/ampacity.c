/* SPDX-License-Identifier: Apache-2.0 */
#include "ampacity.h"

#include "dispatch/answer.h"
#include "dispatch/shortage.h"
#include "dispatch/totals.h"

#include <stdlib.h>

struct amp_messages {
    amp_diagnostics *diagnostics;
};

struct amp_study {
    amp_portfolio *portfolio;
    amp_market *market;
    amp_arena *arena;
    amp_site_problem *problem; /* one a site; compiled once, so that dispatching takes no more */
};

/* Series that are sums over assets. */
enum { TOTAL_GENERATION, TOTAL_MINING, TOTAL_LEASE, TOTAL_INFERENCE, TOTAL_TRAINING, TOTAL_COUNT };

struct amp_result {
    amp_answer *answer;
    double *total; /* [site][TOTAL_COUNT][interval]; NULL when infeasible */
};

/* ---- messages ---- */

size_t amp_messages_count(const amp_messages *messages)
{
    return messages == NULL ? 0 : amp_diagnostics_count(messages->diagnostics);
}

amp_message amp_messages_get(const amp_messages *messages, size_t i)
{
    const amp_diagnostic *found = amp_diagnostics_get(messages->diagnostics, i);
    return (amp_message){
        .is_error = found->severity == AMP_SEVERITY_ERROR,
        .id = amp_code_id(found->code),
        .file = found->place.file == NULL ? "" : found->place.file,
        .line = found->place.line,
        .column = found->place.column,
        .key = found->key,
        .message = found->message,
        .advice = found->advice,
    };
}

void amp_messages_free(amp_messages *messages)
{
    if (messages == NULL)
        return;
    amp_diagnostics_free(messages->diagnostics);
    free(messages);
}

/* An empty collection; *out becomes NULL without memory. */
static amp_messages *new_messages(amp_messages **out)
{
    amp_messages *found = calloc(1, sizeof *found);
    if (found != NULL)
        found->diagnostics = amp_diagnostics_new();
    if (found == NULL || found->diagnostics == NULL) {
        amp_messages_free(found);
        if (out != NULL)
            *out = NULL;
        return NULL;
    }
    return found;
}

static void give_messages(amp_messages *found, amp_messages **out)
{
    if (out != NULL)
        *out = found;
    else
        amp_messages_free(found);
}

/* ---- studies ---- */

static amp_status compile(amp_study *study, amp_diagnostics *diagnostics)
{
    study->arena = amp_arena_new(SIZE_MAX);
    if (study->arena == NULL)
        return AMP_NOMEM;
    return amp_site_problems_build(study->portfolio, study->market, study->arena, diagnostics,
                                   &study->problem);
}

static amp_status load(const char *path, amp_diagnostics *diagnostics, amp_study **out)
{
    amp_study *study = calloc(1, sizeof *study);
    amp_status status = AMP_NOMEM;
    if (study == NULL)
        return AMP_NOMEM;
    status = amp_portfolio_load(path, NULL, diagnostics, &study->portfolio);
    if (status == AMP_OK)
        status = amp_market_load(study->portfolio, diagnostics, &study->market);
    if (status == AMP_OK)
        status = compile(study, diagnostics);
    if (status != AMP_OK) {
        amp_study_free(study);
        return status;
    }
    *out = study;
    return AMP_OK;
}

amp_status amp_study_load(const char *path, amp_study **out, amp_messages **messages)
{
    amp_messages *found = new_messages(messages);
    amp_status status = AMP_OK;
    if (found == NULL)
        return AMP_NOMEM;
    status = load(path, found->diagnostics, out);
    amp_diagnostics_sort(found->diagnostics);
    give_messages(found, messages);
    return status;
}

void amp_study_free(amp_study *study)
{
    if (study == NULL)
        return;
    amp_market_free(study->market);
    amp_portfolio_free(study->portfolio);
    amp_arena_free(study->arena);
    free(study);
}

size_t amp_study_site_count(const amp_study *study)
{
    return study->portfolio->site_count;
}

const char *amp_study_site_id(const amp_study *study, size_t site)
{
    return site < study->portfolio->site_count ? study->portfolio->site[site].id : NULL;
}

size_t amp_study_interval_count(const amp_study *study)
{
    return study->portfolio->horizon.interval_count;
}

int64_t amp_study_time_unix_s(const amp_study *study, size_t i)
{
    const amp_horizon *horizon = &study->portfolio->horizon;
    return horizon->from_unix_s + (int64_t)i * horizon->step_s;
}

/* ---- results ---- */

static size_t intervals(const amp_answer *answer)
{
    return answer->site[0].problem.interval_count;
}

static double *total_of(const amp_result *result, size_t site, size_t kind)
{
    return result->total + (site * TOTAL_COUNT + kind) * intervals(result->answer);
}

static amp_status add_totals(amp_result *result)
{
    static const struct {
        size_t total;
        amp_load_kind kind;
    } loads[] = {
        {TOTAL_MINING, AMP_LOAD_MINING},
        {TOTAL_LEASE, AMP_LOAD_LEASE},
        {TOTAL_INFERENCE, AMP_LOAD_INFERENCE},
        {TOTAL_TRAINING, AMP_LOAD_TRAINING},
    };
    const amp_answer *answer = result->answer;
    if (answer->site_count == 0)
        return AMP_OK;
    result->total = calloc(answer->site_count * TOTAL_COUNT, intervals(answer) * sizeof(double));
    if (result->total == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_answer *site = &answer->site[i];
        amp_totals_source_mw(&site->problem, &site->schedule,
                             total_of(result, i, TOTAL_GENERATION));
        for (size_t k = 0; k < sizeof loads / sizeof loads[0]; k++)
            amp_totals_load_mw(&site->problem, &site->schedule, loads[k].kind,
                               total_of(result, i, loads[k].total));
    }
    return AMP_OK;
}

static amp_status dispatch(amp_study *study, amp_diagnostics *diagnostics, amp_result **out)
{
    amp_result *result = calloc(1, sizeof *result);
    amp_status status = AMP_NOMEM;
    if (result == NULL)
        return AMP_NOMEM;
    status = amp_answer_solve(study->portfolio, study->market, study->problem, NULL, diagnostics,
                              &result->answer);
    if (status == AMP_OK && result->answer->is_feasible)
        status = add_totals(result);
    if (status != AMP_OK) {
        amp_result_free(result);
        return status;
    }
    *out = result;
    if (result->answer->is_feasible)
        return AMP_OK;
    amp_shortage_report(study->portfolio, result->answer, diagnostics);
    return AMP_INFEASIBLE;
}

amp_status amp_study_dispatch(amp_study *study, amp_result **out, amp_messages **messages)
{
    amp_messages *found = new_messages(messages);
    amp_status status = AMP_OK;
    if (found == NULL)
        return AMP_NOMEM;
    status = dispatch(study, found->diagnostics, out);
    give_messages(found, messages);
    return status;
}

void amp_result_free(amp_result *result)
{
    if (result == NULL)
        return;
    amp_answer_free(result->answer);
    free(result->total);
    free(result);
}

double amp_result_objective_usd(const amp_result *result)
{
    return result->answer->objective_usd;
}

double amp_result_bound_usd(const amp_result *result)
{
    return result->answer->bound_usd;
}

const double *amp_result_series(const amp_result *result, size_t site, amp_series series)
{
    const amp_answer *answer = result->answer;
    if (!answer->is_feasible || site >= answer->site_count)
        return NULL;
    const amp_schedule *schedule = &answer->site[site].schedule;
    switch (series) {
    case AMP_SERIES_IMPORT_MW:
        return schedule->import_mw;
    case AMP_SERIES_EXPORT_MW:
        return schedule->export_mw;
    case AMP_SERIES_CHARGE_MW:
        return schedule->charge_mw;
    case AMP_SERIES_DISCHARGE_MW:
        return schedule->discharge_mw;
    case AMP_SERIES_GENERATION_MW:
        return total_of(result, site, TOTAL_GENERATION);
    case AMP_SERIES_MINING_MW:
        return total_of(result, site, TOTAL_MINING);
    case AMP_SERIES_LEASE_MW:
        return total_of(result, site, TOTAL_LEASE);
    case AMP_SERIES_INFERENCE_MW:
        return total_of(result, site, TOTAL_INFERENCE);
    case AMP_SERIES_SOC_MWH:
        return schedule->soc_mwh;
    case AMP_SERIES_INTERNAL_PRICE_USD_PER_MWH:
        return schedule->internal_price_usd_per_mwh;
    case AMP_SERIES_TRAINING_MW:
        return total_of(result, site, TOTAL_TRAINING);
    }
    return NULL;
}

const char *amp_version(void)
{
    return AMP_VERSION;
}
