/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/findings.h"
#include "cli/json.h"
#include "cli/verbs.h"
#include "market/synthetic.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char default_example[] = "pecos";

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A folder with anything in it, hidden files included, is somebody's work. */
static amp_status check_empty(const char *folder, amp_error *err)
{
    DIR *const entries = opendir(folder);
    const struct dirent *entry = NULL;

    if (entries == NULL && errno == ENOTDIR) {
        const amp_status status =
            amp_fail(err, AMP_REFUSED, "'%.120s' is a file, not a folder", folder);
        amp_advise(err, "name a folder that is empty or not there yet");
        return status;
    }
    if (entries == NULL)
        return amp_fail_output(err, errno, folder);
    do {
        /* The stream is ours alone. */
        entry = readdir(entries); // NOLINT(concurrency-mt-unsafe)
    } while (entry != NULL && is_dots(entry->d_name));
    amp_status status = AMP_OK;
    if (entry != NULL) {
        status = amp_fail(err, AMP_REFUSED, "the folder '%.80s' is not empty: it holds '%.80s'",
                          folder, entry->d_name);
        amp_advise(err, "name a folder that is empty or not there yet");
    }
    (void)closedir(entries);
    return status;
}

static amp_status make_folder(const char *folder, amp_error *err)
{
    if (mkdir(folder, 0777) == 0)
        return AMP_OK;
    if (errno == EEXIST)
        return check_empty(folder, err);
    return amp_fail_output(err, errno, folder);
}

static int is_file(const struct dirent *entry)
{
    return !is_dots(entry->d_name);
}

static amp_status print_json(const amp_cli *cli, const char *example, struct dirent *const *files,
                             size_t count)
{
    json_t *const object = amp_json_new(cli, "ampacity.init/1");
    json_t *const list = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, amp_json_text(files[i]->d_name));
    (void)json_object_set_new(object, "folder", amp_json_text(cli->operand));
    (void)json_object_set_new(object, "example", json_string(example));
    (void)json_object_set_new(object, "files", list);
    return amp_json_print(object, cli->out.file);
}

static void print_text(const amp_cli *cli, const char *example, struct dirent *const *files,
                       size_t count)
{
    FILE *const file = cli->out.file;
    char summary[512];

    (void)fprintf(file, "Wrote the example %s%s%s into %s:\n",
                  amp_screen_style(&cli->out, AMP_STYLE_BOLD), example,
                  amp_screen_style(&cli->out, AMP_STYLE_PLAIN), cli->operand);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(file, "  %s\n", files[i]->d_name);
    (void)fputc('\n', file);
    (void)snprintf(summary, sizeof summary, "%s.", amp_example_summary(example));
    amp_print_wrapped(&cli->out, summary, 0, 0);
    amp_hint(cli,
             "\nNext: ampacity check %s      see what was read\n"
             "      ampacity dispatch %s   the best use of every interval",
             cli->operand, cli->operand);
}

static amp_status run_init(amp_cli *cli)
{
    const char *const given = cli->value[AMP_OPTION_EXAMPLE];
    const char *const example = given != NULL ? given : default_example;
    struct dirent **files = NULL;
    amp_status status = make_folder(cli->operand, &cli->error);

    if (status == AMP_OK)
        status = amp_example_write(example, cli->operand, &cli->error);
    if (status != AMP_OK)
        return status;
    const int count = scandir(cli->operand, &files, is_file, alphasort);
    if (count < 0)
        return amp_fail_output(&cli->error, errno, cli->operand);
    if (amp_option_given(cli, AMP_OPTION_JSON))
        status = print_json(cli, example, files, (size_t)count);
    else
        print_text(cli, example, files, (size_t)count);
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    return status;
}

const amp_command amp_command_init = {
    .name = "init",
    .group = "Start",
    .summary = "write an example portfolio to work from",
    .description = "Writes portfolio.yaml and the series it needs into DIR, which is made when "
                   "it is not there. A folder that is not empty is refused.\n\n"
                   "The series are synthetic and the same every time: prices with their days, "
                   "seasons, spikes and negative hours, weather, hashprice and the demand for "
                   "inference. Put your own sites and files in their place.",
    .operand = AMP_OPERAND_FOLDER,
    .options = AMP_TAKES(EXAMPLE) | AMP_TAKES(JSON) | AMP_TAKES_ALWAYS,
    .example = {{"ampacity init mysite", "write the example of one hybrid site into mysite"},
                {"ampacity init fleet --example northern-lights",
                 "write the example of a portfolio of many sites"}},
    .run = run_init,
};
