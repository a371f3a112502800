/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "cli/explanation.h"
#include "cli/findings.h"
#include "cli/shortage.h"
#include "cli/threads.h"
#include "cli/verbs.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    amp_loaded loaded;
    amp_arena *arena; /* of the problems */
    amp_answer *answer;
    amp_threads threads;
    amp_host host;
    long thread_count;
    double tolerance;
    int64_t at_unix_s; /* with --at */
    size_t at;
    amp_explanation *explanation;
} run;

/* ---- options ---- */

static amp_status read_at(amp_cli *cli, run *job)
{
    const char *const text = cli->value[AMP_OPTION_AT];
    amp_error error = {0};

    if (text == NULL || amp_time_parse(text, strlen(text), &job->at_unix_s, &error) == AMP_OK)
        return AMP_OK;
    const amp_status status = amp_fail(&cli->error, AMP_ARGUMENT, "--at: %.180s", error.message);
    if (error.advice[0] != '\0')
        amp_advise(&cli->error, "%s", error.advice);
    return status;
}

static amp_status read_options(amp_cli *cli, run *job)
{
    amp_status status =
        amp_option_count(cli, AMP_OPTION_THREADS, amp_threads_default(), &job->thread_count);
    if (status == AMP_OK)
        status = amp_option_number(cli, AMP_OPTION_GAP, 1e-6, &job->tolerance);
    return status == AMP_OK ? read_at(cli, job) : status;
}

/* The interval that holds --at. */
static amp_status find_at(amp_cli *cli, run *job)
{
    const amp_horizon *const horizon = &job->loaded.portfolio->horizon;
    char from[AMP_TIME_TEXT_BYTES];
    char to[AMP_TIME_TEXT_BYTES];

    if (!amp_option_given(cli, AMP_OPTION_AT))
        return AMP_OK;
    if (job->at_unix_s >= horizon->from_unix_s && job->at_unix_s < horizon->to_unix_s) {
        job->at = (size_t)((job->at_unix_s - horizon->from_unix_s) / horizon->step_s);
        return AMP_OK;
    }
    const amp_status status =
        amp_fail(&cli->error, AMP_ARGUMENT, "--at %.40s is outside of the horizon",
                 cli->value[AMP_OPTION_AT]);
    amp_advise(&cli->error, "write a time from %s on and before %s",
               amp_time_format(horizon->from_unix_s, from),
               amp_time_format(horizon->to_unix_s, to));
    return status;
}

static amp_status find_site(amp_cli *cli, const run *job)
{
    const amp_portfolio *const portfolio = job->loaded.portfolio;

    if (portfolio->site_count == 1)
        return AMP_OK;
    const amp_status status =
        amp_fail(&cli->error, AMP_ARGUMENT,
                 "'ampacity explain' looks at one site, and there are %zu", portfolio->site_count);
    amp_advise(&cli->error, "add '--site %.60s', or another of them", portfolio->site[0].id);
    return status;
}

/* ---- work ---- */

static amp_status solve(amp_cli *cli, run *job)
{
    const amp_answer_options options = {.host = &job->host, .tolerance = job->tolerance};
    amp_site_problem *problem = NULL;

    job->host = amp_threads_host(&job->threads, job->thread_count);
    job->arena = amp_arena_new(SIZE_MAX);
    if (job->arena == NULL)
        return AMP_NOMEM;
    const amp_status status = amp_loaded_problems(cli, &job->loaded, job->arena, &problem);
    if (status != AMP_OK)
        return status;
    amp_progress_phase(job->loaded.progress, "solving", "sites", 1);
    return amp_answer_solve(job->loaded.portfolio, job->loaded.market, problem, &options,
                            cli->diagnostics, &job->answer);
}

static amp_status explain(amp_cli *cli, run *job)
{
    const amp_explain_request request = {
        .portfolio = job->loaded.portfolio,
        .market = job->loaded.market,
        .answer = &job->answer->site[0],
        .host = &job->host,
        .progress = amp_progress_count,
        .progress_context = job->loaded.progress,
        .has_at = amp_option_given(cli, AMP_OPTION_AT),
        .at = job->at,
    };

    amp_progress_phase(job->loaded.progress, "solving again", "sites", 0);
    return amp_explain(&request, &job->explanation);
}

static amp_status work(amp_cli *cli, run *job)
{
    amp_status status = amp_loaded_open(cli, &job->loaded);

    if (status == AMP_OK)
        status = find_site(cli, job);
    if (status == AMP_OK)
        status = find_at(cli, job);
    if (status == AMP_OK)
        status = solve(cli, job);
    if (status != AMP_OK)
        return status;
    if (!job->answer->is_feasible) {
        amp_loaded_quiet(&job->loaded);
        return amp_shortage_print(cli, &job->loaded, job->answer);
    }
    status = explain(cli, job);
    amp_loaded_quiet(&job->loaded);
    amp_findings_show(cli);
    if (status != AMP_OK)
        return status;
    return amp_option_given(cli, AMP_OPTION_JSON)
               ? amp_explanation_json(cli, &job->loaded, job->explanation)
               : amp_explanation_print(cli, job->explanation);
}

static amp_status run_explain(amp_cli *cli)
{
    run job = {0};
    amp_status status = read_options(cli, &job);

    if (status == AMP_OK)
        status = work(cli, &job);
    amp_explanation_free(job.explanation);
    amp_answer_free(job.answer);
    amp_arena_free(job.arena);
    amp_loaded_free(&job.loaded);
    return status;
}

const amp_command amp_command_explain = {
    .name = "explain",
    .group = "Work",
    .summary = "why a site does what it does, and what one more MW is worth",
    .description =
        "Says in words and numbers what holds each use and each supply of one site back at a time: "
        "its price, its own limit, the connection, a billed peak, a job's price. Then what each "
        "earned in that month and over the horizon, which peaks and jobs bind and at what price, "
        "and what one more MW of connection, one more MWh or MW of battery and one degree less "
        "outdoors would earn.\n\n"
        "Each marginal value is a price of the bound. Beside it stands the site solved again with "
        "exactly one unit more and one unit less: the marginal value lies between them. The "
        "battery's minimum, first and last energy are held in MWh, and its two powers in "
        "proportion.",
    .operand = AMP_OPERAND_FILE,
    .options = AMP_TAKES(AT) | AMP_TAKES(GAP) | AMP_TAKES_PORTFOLIO,
    .example = {{"ampacity explain mysite --at 2025-08-14T22:05Z", "why, at five past five"},
                {"ampacity explain mysite", "the whole horizon"},
                {"ampacity explain fleet --site rockdale --json", "one site, for a program"}},
    .run = run_explain,
};
