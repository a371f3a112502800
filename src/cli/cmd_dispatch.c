/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/findings.h"
#include "cli/load.h"
#include "cli/report.h"
#include "cli/shortage.h"
#include "cli/threads.h"
#include "cli/verbs.h"
#include "dispatch/validate.h"

#include <math.h>
#include <stdint.h>

/* One run, from the options to the answer. */
typedef struct {
    amp_loaded loaded;
    amp_arena *arena; /* of the problems */
    amp_answer *answer;
    amp_threads threads;
    long thread_count;
    double tolerance;
    double time_limit_s; /* HUGE_VAL for none */
    double solve_s;
} run;

static amp_status read_options(amp_cli *cli, run *job)
{
    amp_status status =
        amp_option_count(cli, AMP_OPTION_THREADS, amp_threads_default(), &job->thread_count);
    if (status == AMP_OK)
        status = amp_option_number(cli, AMP_OPTION_GAP, 1e-6, &job->tolerance);
    if (status == AMP_OK)
        status = amp_option_number(cli, AMP_OPTION_TIME_LIMIT, HUGE_VAL, &job->time_limit_s);
    return status;
}

static amp_status solve(amp_cli *cli, run *job)
{
    const amp_portfolio *const portfolio = job->loaded.portfolio;
    amp_host host = amp_threads_host(&job->threads, job->thread_count);
    const amp_answer_options options = {.host = &host,
                                        .progress = amp_progress_count,
                                        .progress_context = job->loaded.progress,
                                        .tolerance = job->tolerance};
    amp_site_problem *problem = NULL;

    job->arena = amp_arena_new(SIZE_MAX);
    if (job->arena == NULL)
        return AMP_NOMEM;
    amp_status status = amp_loaded_problems(cli, &job->loaded, job->arena, &problem);
    if (status != AMP_OK)
        return status;
    amp_progress_phase(job->loaded.progress, "solving", "sites", portfolio->site_count);
    const double started_s = amp_clock_s();
    if (isfinite(job->time_limit_s))
        amp_threads_stop_after(&job->threads, job->time_limit_s, &host);
    status = amp_answer_solve(portfolio, job->loaded.market, problem, &options, cli->diagnostics,
                              &job->answer);
    job->solve_s = amp_clock_s() - started_s;
    return status;
}

/* Nothing is printed that breaks a limit or does not add up. */
static amp_status validate(amp_cli *cli, const run *job)
{
    amp_status status = AMP_OK;

    amp_progress_phase(job->loaded.progress, "checking", "sites", job->answer->site_count);
    for (size_t i = 0; i < job->answer->site_count; i++) {
        const amp_site_answer *const site = &job->answer->site[i];
        const amp_settled_schedule settled = {.portfolio = job->loaded.portfolio,
                                              .site = i,
                                              .market = job->loaded.market,
                                              .order = &site->problem,
                                              .schedule = &site->schedule,
                                              .accounts = &site->accounts};
        const amp_status one = amp_schedule_validate(&settled, cli->diagnostics, NULL);
        if (status == AMP_OK)
            status = one;
    }
    return status;
}

static amp_status write_schedule(amp_cli *cli, const run *job)
{
    const char *const path = cli->value[AMP_OPTION_SCHEDULE];

    if (path == NULL)
        return AMP_OK;
    amp_progress_phase(job->loaded.progress, "writing", "", 0);
    return amp_answer_write_csv(job->answer, false, path, &cli->error);
}

static amp_status answer(amp_cli *cli, run *job)
{
    amp_status status = amp_loaded_open(cli, &job->loaded);

    if (status == AMP_OK)
        status = solve(cli, job);
    if (status != AMP_OK)
        return status;
    if (!job->answer->is_feasible) {
        amp_loaded_quiet(&job->loaded);
        return amp_shortage_print(cli, &job->loaded, job->answer);
    }
    status = validate(cli, job);
    if (status == AMP_OK)
        status = write_schedule(cli, job);
    amp_loaded_quiet(&job->loaded);
    amp_findings_show(cli);
    if (status != AMP_OK)
        return status;
    const amp_report_input input = {.answer = job->answer,
                                    .solve_s = job->solve_s,
                                    .tolerance = job->tolerance,
                                    .time_limit_s = job->time_limit_s,
                                    .schedule = cli->value[AMP_OPTION_SCHEDULE]};
    status = amp_option_given(cli, AMP_OPTION_JSON) ? amp_report_json(cli, &job->loaded, &input)
                                                    : amp_report_print(cli, &job->loaded, &input);
    if (status == AMP_OK && amp_report_outcome_of(&input) == AMP_OUTCOME_TIME_LIMIT)
        status = AMP_TIME_LIMIT;
    return status;
}

static amp_status refuse_stdout(amp_cli *cli)
{
    const amp_status status = amp_fail(&cli->error, AMP_ARGUMENT,
                                       "--schedule needs a file: the answer goes to standard "
                                       "output");
    amp_advise(&cli->error, "write '--schedule OUT.csv', or use 'ampacity export FILE --format "
                            "csv -o -'");
    return status;
}

static amp_status run_dispatch(amp_cli *cli)
{
    const char *const schedule = cli->value[AMP_OPTION_SCHEDULE];
    run job = {0};
    amp_status status = read_options(cli, &job);

    if (status == AMP_OK && schedule != NULL &&
        (schedule[0] == '\0' || (schedule[0] == '-' && schedule[1] == '\0')))
        status = refuse_stdout(cli);
    if (status == AMP_OK)
        status = answer(cli, &job);
    amp_answer_free(job.answer);
    amp_arena_free(job.arena);
    amp_loaded_free(&job.loaded);
    return status;
}

const amp_command amp_command_dispatch = {
    .name = "dispatch",
    .group = "Work",
    .summary = "the best use of every megawatt in every interval, with its proof",
    .description =
        "Decides what each site imports, mines, serves, stores and exports in each interval, so "
        "that the whole earns the most over the horizon. Prints the money, the energy, pictures of "
        "the day and of the horizon, and how far the answer is from provably best.\n\n"
        "The objective is what dispatch changes: revenue less energy, demand charges, coincident "
        "peaks, fuel, wear and penalties. "
        "Lease fees, energy that tenants pay back and purchase agreements that are settled in "
        "money come on top and are shown apart. The internal price is what one more megawatt-hour "
        "at the site's bus would be "
        "worth.\n\n"
        "When no schedule meets every limit, it says where and by how much, and lists the changes "
        "that would help, each alone.",
    .operand = AMP_OPERAND_FILE,
    .options = AMP_TAKES(SCHEDULE) | AMP_TAKES(GAP) | AMP_TAKES(TIME_LIMIT) | AMP_TAKES_PORTFOLIO,
    .example = {{"ampacity dispatch mysite", "the whole horizon of mysite/portfolio.yaml"},
                {"ampacity dispatch mysite --from 2025-07-01 --to 2025-08-01 --schedule july.csv",
                 "July alone, with the schedule as a file"},
                {"ampacity dispatch fleet --site rockdale --json", "one site, for a program"}},
    .run = run_dispatch,
};
