/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cli/findings.h"
#include "cli/load.h"
#include "cli/shortage.h"
#include "cli/threads.h"
#include "cli/verbs.h"
#include "dispatch/answer.h"
#include "dispatch/lp.h"

#include <stdint.h>
#include <string.h>

typedef enum { EXPORT_MPS, EXPORT_LP, EXPORT_CSV, EXPORT_COUNT } export_format;

static const char *const format_names[EXPORT_COUNT] = {"mps", "lp", "csv"};

/* What was written, for the closing words. */
typedef struct {
    export_format format;
    const char *path;
    long thread_count;
    amp_lp_size size; /* of the programme; of a CSV, its rows */
} export_result;

/* True when `name` is what `path` ends in, .gz apart. */
static bool has_ending(const char *path, const char *name)
{
    size_t length = strlen(path);
    const size_t wanted = strlen(name);

    if (length > 3 && strcmp(path + length - 3, ".gz") == 0)
        length -= 3;
    return length > wanted + 1 && path[length - wanted - 1] == '.' &&
           strncmp(path + length - wanted, name, wanted) == 0;
}

static amp_status choose(amp_cli *cli, export_result *out)
{
    const char *const path = cli->value[AMP_OPTION_OUTPUT];
    const char *const format = cli->value[AMP_OPTION_FORMAT];

    if (path == NULL || path[0] == '\0') {
        const amp_status status =
            amp_fail(&cli->error, AMP_ARGUMENT, "'ampacity export' needs a file to write");
        amp_advise(&cli->error, "write '-o OUT.mps', '-o OUT.lp' or '-o OUT.csv'");
        return status;
    }
    int i = 0;
    while (i < EXPORT_COUNT && !(format != NULL ? strcmp(format, format_names[i]) == 0
                                                : has_ending(path, format_names[i])))
        i++;
    if (i == EXPORT_COUNT) {
        const amp_status status =
            amp_fail(&cli->error, AMP_ARGUMENT, "the format does not follow from '%.80s'", path);
        amp_advise(&cli->error, "add '--format mps', '--format lp' or '--format csv'");
        return status;
    }
    if (i != EXPORT_CSV && strcmp(path, "-") == 0) {
        const amp_status status =
            amp_fail(&cli->error, AMP_ARGUMENT, "only csv can go to standard output");
        amp_advise(&cli->error, "write '-o OUT.%s'", format_names[i]);
        return status;
    }
    *out = (export_result){.format = (export_format)i, .path = path};
    return amp_option_count(cli, AMP_OPTION_THREADS, amp_threads_default(), &out->thread_count);
}

static amp_status write_programme(amp_cli *cli, amp_loaded *loaded, export_result *result)
{
    amp_arena *const arena = amp_arena_new(SIZE_MAX);
    amp_site_problem *problem = NULL;
    const size_t count = loaded->portfolio->site_count;
    amp_status status = AMP_NOMEM;

    if (arena == NULL)
        return status;
    status = amp_loaded_problems(cli, loaded, arena, &problem);
    if (status == AMP_OK) {
        amp_progress_phase(loaded->progress, "writing", "", 0);
        status = amp_lp_measure(problem, count, &result->size);
    }
    if (status == AMP_OK)
        status =
            amp_lp_write(problem, count, result->format == EXPORT_MPS ? AMP_LP_MPS : AMP_LP_CPLEX,
                         result->path, &cli->error);
    amp_arena_free(arena);
    return status;
}

static amp_status write_series(amp_cli *cli, amp_loaded *loaded, export_result *result)
{
    amp_threads threads;
    amp_answer *answer = NULL;
    const amp_host host = amp_threads_host(&threads, result->thread_count);
    const amp_answer_options options = {
        .host = &host, .progress = amp_progress_count, .progress_context = loaded->progress};
    amp_progress_phase(loaded->progress, "solving", "sites", loaded->portfolio->site_count);
    amp_status status =
        amp_answer_make(loaded->portfolio, loaded->market, &options, cli->diagnostics, &answer);
    if (status != AMP_OK)
        return status;
    amp_progress_phase(loaded->progress, "writing", "", 0);
    if (answer->is_feasible) {
        status = amp_answer_write_csv(answer, true, result->path, &cli->error);
        result->size.rows =
            loaded->portfolio->site_count * loaded->portfolio->horizon.interval_count;
    } else {
        amp_loaded_quiet(loaded);
        status = amp_shortage_print(cli, loaded, answer);
    }
    amp_answer_free(answer);
    return status;
}

static amp_status print_json(amp_cli *cli, const amp_loaded *loaded, const export_result *result)
{
    json_t *const object = amp_json_new(cli, "ampacity.export/1");
    const amp_status status = amp_loaded_json(cli, loaded, object);

    (void)json_object_set_new(object, "format", json_string(format_names[result->format]));
    (void)json_object_set_new(object, "path", amp_json_text(result->path));
    (void)json_object_set_new(object, "rows", amp_json_count(result->size.rows));
    (void)json_object_set_new(object, "columns", amp_json_count(result->size.columns));
    (void)json_object_set_new(object, "nonzeros", amp_json_count(result->size.nonzeros));
    if (status == AMP_OK)
        return amp_json_print(object, cli->out.file);
    json_decref(object);
    return status;
}

static void print_text(const amp_cli *cli, const export_result *result)
{
    char rows[AMP_NUMBER_BYTES];
    char columns[AMP_NUMBER_BYTES];
    char nonzeros[AMP_NUMBER_BYTES];
    char text[4 * AMP_NUMBER_BYTES];

    amp_print_count(result->size.rows, rows);
    if (strcmp(result->path, "-") == 0)
        return;
    if (result->format == EXPORT_CSV) {
        amp_hint(cli, "Wrote %s: all series of the answer, %s rows", result->path, rows);
        return;
    }
    amp_print_count(result->size.columns, columns);
    amp_print_count(result->size.nonzeros, nonzeros);
    (void)fprintf(cli->out.file, "Wrote %s:", result->path);
    (void)snprintf(text, sizeof text, " %s rows, %s columns, %s nonzeros", rows, columns, nonzeros);
    amp_print_text(&cli->out, text, (int)(strlen("Wrote :") + amp_text_columns(result->path)), 0);
    amp_print_wrapped(&cli->out,
                      "It minimises minus the objective: its optimum is minus the bound that "
                      "'ampacity dispatch' prints.",
                      0, 0);
    if (result->format == EXPORT_MPS)
        amp_hint(cli, "\nNext: clp %s -dualsimplex", result->path);
    else
        amp_hint(cli, "\nNext: glpsol --lp %s", result->path);
}

static amp_status run_export(amp_cli *cli)
{
    amp_loaded loaded = {0};
    export_result result = {0};
    amp_status status = choose(cli, &result);

    if (status != AMP_OK || result.path == NULL)
        return status;
    const bool is_stdout = strcmp(result.path, "-") == 0;
    if (is_stdout && amp_option_given(cli, AMP_OPTION_JSON))
        return amp_fail(&cli->error, AMP_ARGUMENT, "'-o -' and --json both want standard output");
    status = amp_loaded_open(cli, &loaded);
    if (status == AMP_OK)
        status = result.format == EXPORT_CSV ? write_series(cli, &loaded, &result)
                                             : write_programme(cli, &loaded, &result);
    amp_loaded_quiet(&loaded);
    if (status == AMP_OK)
        amp_findings_show(cli);
    if (status == AMP_OK && amp_option_given(cli, AMP_OPTION_JSON))
        status = print_json(cli, &loaded, &result);
    else if (status == AMP_OK)
        print_text(cli, &result);
    amp_loaded_free(&loaded);
    return status;
}

const amp_command amp_command_export = {
    .name = "export",
    .group = "Work",
    .summary = "write the problem for any solver, or all series of the answer",
    .description =
        "With --format mps or lp, the whole dispatch problem as a linear programme. It minimises "
        "minus the objective, so that its optimum is minus the bound that 'ampacity dispatch' "
        "prints: an independent solver checks the engine. Columns are named site.flow.time, rows "
        "site.row.time.\n\n"
        "With --format csv, what every asset does in every interval, and what the answer says "
        "about values: the internal price, the worth of stored energy, and each tier.\n\n"
        "An older file of the same name is replaced once the new one is complete.",
    .operand = AMP_OPERAND_FILE,
    .options = AMP_TAKES(FORMAT) | AMP_TAKES(OUTPUT) | AMP_TAKES_PORTFOLIO,
    .example = {{"ampacity export mysite -o site.mps.gz --to 2025-01-15",
                 "the first weeks as a compressed MPS file"},
                {"ampacity export mysite --format csv -o - | head",
                 "all series, on standard output"}},
    .run = run_export,
};
