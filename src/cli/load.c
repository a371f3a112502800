/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load.h"

#include "cli/findings.h"
#include "market/market.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char file_in_folder[] = "portfolio.yaml";

/* The operand, or the file inside it when it is a folder; NULL when there is no memory. */
static char *portfolio_path(const char *operand)
{
    struct stat about = {0};

    if (stat(operand, &about) != 0 || !S_ISDIR(about.st_mode))
        return strdup(operand);
    size_t length = strlen(operand);
    while (length > 1 && operand[length - 1] == '/')
        length--;
    const size_t size = length + 1 + sizeof file_in_folder;
    char *const path = malloc(size);
    if (path != NULL)
        (void)snprintf(path, size, "%.*s/%s", (int)length, operand, file_in_folder);
    return path;
}

amp_status amp_loaded_open(amp_cli *cli, amp_loaded *out)
{
    const amp_portfolio_options options = {
        .from = cli->value[AMP_OPTION_FROM],
        .to = cli->value[AMP_OPTION_TO],
        .site = cli->value[AMP_OPTION_SITE],
    };

    out->path = portfolio_path(cli->operand);
    if (out->path == NULL)
        return AMP_NOMEM;
    if (!amp_option_given(cli, AMP_OPTION_QUIET) && !amp_option_given(cli, AMP_OPTION_JSON))
        out->progress = amp_progress_start(&cli->notes);
    amp_status status = amp_portfolio_load(out->path, &options, cli->diagnostics, &out->portfolio);
    if (status == AMP_OK)
        status = amp_market_load(out->portfolio, cli->diagnostics, &out->market);
    return status;
}

void amp_loaded_quiet(amp_loaded *loaded)
{
    amp_progress_stop(loaded->progress);
    loaded->progress = NULL;
}

void amp_loaded_free(amp_loaded *loaded)
{
    amp_loaded_quiet(loaded);
    amp_market_free(loaded->market);
    amp_portfolio_free(loaded->portfolio);
    free(loaded->path);
    *loaded = (amp_loaded){0};
}

amp_status amp_loaded_problems(amp_cli *cli, const amp_loaded *loaded, amp_arena *arena,
                               amp_site_problem **out)
{
    return amp_site_problems_build(loaded->portfolio, loaded->market, arena, cli->diagnostics, out);
}

/* Adds each tariff file once. @return the new count */
static size_t add_tariffs(const amp_portfolio *portfolio, const char **path, size_t count)
{
    for (size_t i = 0; i < portfolio->site_count; i++) {
        const amp_tariff *const tariff = &portfolio->site[i].supply.tariff;
        bool is_known = !tariff->is_set;
        for (size_t k = 0; k < count && !is_known; k++)
            is_known = strcmp(path[k], tariff->path) == 0;
        if (!is_known)
            path[count++] = tariff->path;
    }
    return count;
}

amp_status amp_loaded_hash(amp_cli *cli, const amp_loaded *loaded, char *hex)
{
    const amp_portfolio *const portfolio = loaded->portfolio;
    const char **const path =
        calloc(portfolio->series_count + portfolio->site_count + 1, sizeof *path);
    size_t count = 0;

    if (path == NULL)
        return AMP_NOMEM;
    path[count++] = loaded->path;
    for (size_t i = 0; i < portfolio->series_count; i++) {
        amp_series_facts facts;
        bool is_known = !amp_market_facts(loaded->market, i, &facts);
        for (size_t k = 1; k < count && !is_known; k++)
            is_known = strcmp(path[k], portfolio->series[i].path) == 0;
        if (!is_known)
            path[count++] = portfolio->series[i].path;
    }
    count = add_tariffs(portfolio, path, count);
    const amp_status status = amp_hash_files(path, count, hex, &cli->error);
    free(path);
    return status;
}

amp_status amp_loaded_json(amp_cli *cli, const amp_loaded *loaded, json_t *object)
{
    const amp_portfolio *const portfolio = loaded->portfolio;
    char hex[AMP_HASH_TEXT_BYTES];
    const amp_status status = amp_loaded_hash(cli, loaded, hex);

    if (status != AMP_OK)
        return status;
    (void)json_object_set_new(object, "inputs_sha256", json_string(hex));
    (void)json_object_set_new(object, "portfolio", amp_json_text(portfolio->name));
    (void)json_object_set_new(object, "from", amp_json_time(portfolio->horizon.from_unix_s));
    (void)json_object_set_new(object, "to", amp_json_time(portfolio->horizon.to_unix_s));
    (void)json_object_set_new(object, "step_s",
                              json_integer((json_int_t)portfolio->horizon.step_s));
    (void)json_object_set_new(object, "intervals",
                              amp_json_count(portfolio->horizon.interval_count));
    return AMP_OK;
}
