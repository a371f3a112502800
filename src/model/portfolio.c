/* SPDX-License-Identifier: Apache-2.0 */
#include "model/portfolio.h"

#include "base/text.h"
#include "base/time.h"
#include "model/document.h"
#include "model/reader.h"
#include "model/yaml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES_MAX = 256 << 20, ADVICE_BYTES_MAX = 200 };

/* ---- reading ---- */

static const char *folder_of(amp_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ".";
    const size_t length = slash == path ? 1 : (size_t)(slash - path);
    return amp_arena_copy_text(arena, path, length);
}

static amp_portfolio *new_portfolio(amp_arena *arena, const char *text, size_t length,
                                    const char *path)
{
    amp_portfolio *portfolio = AMP_ARENA_NEW(arena, amp_portfolio, 1);
    amp_currency *usd = AMP_ARENA_NEW(arena, amp_currency, 1);
    if (portfolio == NULL || usd == NULL)
        return NULL;
    *usd = (amp_currency){
        .code = "USD",
        .rate_usd = {.series = AMP_NONE, .number = 1.0, .unit = {.factor = 1.0}, .key = "currency"},
    };
    portfolio->arena = arena;
    portfolio->path = amp_arena_copy_text(arena, path, strlen(path));
    portfolio->folder = folder_of(arena, path);
    portfolio->text = amp_arena_copy_text(arena, text, length);
    portfolio->text_length = length;
    portfolio->currency = usd;
    portfolio->currency_count = 1;
    if (portfolio->path == NULL || portfolio->folder == NULL || portfolio->text == NULL)
        return NULL;
    const char *slash = strrchr(portfolio->path, '/');
    portfolio->name = slash != NULL ? slash + 1 : portfolio->path;
    return portfolio;
}

/* What was noted while reading, for site @p kept or, with AMP_NONE, for all. */
static bool collect_notes(const amp_reader *reader, int32_t kept, amp_portfolio *portfolio)
{
    const amp_value **uses =
        AMP_ARENA_NEW(portfolio->arena, const amp_value *, reader->notes.count);
    amp_mention *mentions = AMP_ARENA_NEW(portfolio->arena, amp_mention, reader->notes.count);
    if (uses == NULL || mentions == NULL)
        return false;
    size_t use_count = 0;
    size_t mention_count = 0;
    for (const amp_note *note = reader->notes.first; note != NULL; note = note->next) {
        if (kept != AMP_NONE && note->site != SIZE_MAX && note->site != (size_t)kept)
            continue;
        if (note->value != NULL)
            uses[use_count++] = note->value;
        else
            mentions[mention_count++] = (amp_mention){.key = note->key, .place = note->place};
    }
    portfolio->use = uses;
    portfolio->use_count = use_count;
    portfolio->without_effect = mentions;
    portfolio->without_effect_count = mention_count;
    return true;
}

static amp_status report_no_memory(amp_diagnostics *diagnostics, const char *path)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY, .place = {.file = path}};
    return amp_report(diagnostics, &finding, "reading it takes more memory than there is");
}

/* ---- options ---- */

static bool refuse_option(amp_diagnostics *diagnostics, amp_code code, const char *advice,
                          const char *option, const char *message)
{
    const amp_finding finding = {.code = code, .advice = advice};
    (void)amp_report(diagnostics, &finding, "%s: %s", option, message);
    return false;
}

/* One end of the horizon, when it is given. */
static bool choose_time(const amp_horizon *horizon, const char *option, const char *text,
                        amp_diagnostics *diagnostics, int64_t *unix_s)
{
    if (text == NULL)
        return true;
    amp_error err = {.status = AMP_OK};
    int64_t chosen_s = 0;
    if (amp_time_parse(text, strlen(text), &chosen_s, &err) != AMP_OK)
        return refuse_option(diagnostics, AMP_CODE_TIME_INVALID, err.advice, option, err.message);
    char times[2][AMP_TIME_TEXT_BYTES];
    char message[ADVICE_BYTES_MAX];
    if (chosen_s < horizon->from_unix_s || chosen_s > horizon->to_unix_s) {
        (void)snprintf(message, sizeof message, "'%s' is outside the horizon of the file, %s to %s",
                       text, amp_time_format(horizon->from_unix_s, times[0]),
                       amp_time_format(horizon->to_unix_s, times[1]));
        return refuse_option(diagnostics, AMP_CODE_RANGE, "", option, message);
    }
    if ((chosen_s - horizon->from_unix_s) % horizon->step_s != 0) {
        (void)snprintf(message, sizeof message,
                       "'%s' is not on a step: there is one every %" PRId64 " s from %s", text,
                       horizon->step_s, amp_time_format(horizon->from_unix_s, times[0]));
        return refuse_option(diagnostics, AMP_CODE_RANGE, "", option, message);
    }
    *unix_s = chosen_s;
    return true;
}

static bool narrow_horizon(const amp_portfolio_options *options, amp_diagnostics *diagnostics,
                           amp_horizon *horizon)
{
    amp_horizon narrow = *horizon;
    const bool has_from =
        choose_time(horizon, "--from", options->from, diagnostics, &narrow.from_unix_s);
    const bool has_to = choose_time(horizon, "--to", options->to, diagnostics, &narrow.to_unix_s);
    if (!has_from || !has_to)
        return false;
    if (narrow.from_unix_s >= narrow.to_unix_s)
        return refuse_option(diagnostics, AMP_CODE_LIMITS_CONTRADICT, "", "--from",
                             "it must be before the end of the horizon");
    narrow.interval_count = (size_t)((narrow.to_unix_s - narrow.from_unix_s) / narrow.step_s);
    *horizon = narrow;
    return true;
}

static bool refuse_site(const amp_portfolio *portfolio, const char *id,
                        amp_diagnostics *diagnostics)
{
    char advice[ADVICE_BYTES_MAX] = "";
    char message[ADVICE_BYTES_MAX];
    const char **ids = calloc(portfolio->site_count + 1, sizeof *ids);
    for (size_t i = 0; ids != NULL && i < portfolio->site_count; i++)
        ids[i] = portfolio->site[i].id;
    const char *nearest = ids != NULL ? amp_text_nearest(id, ids, portfolio->site_count) : NULL;
    if (nearest != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean '%s'?", nearest);
    else
        (void)snprintf(advice, sizeof advice, "the first of %zu is '%s'", portfolio->site_count,
                       portfolio->site[0].id);
    free(ids);
    (void)snprintf(message, sizeof message, "there is no site '%s'", amp_show(id, strlen(id)).text);
    return refuse_option(diagnostics, AMP_CODE_WRONG_WORD, advice, "--site", message);
}

/* Keeps the chosen site. @return its index in the file, AMP_NONE when all are kept. */
static bool choose_site(amp_portfolio *portfolio, const char *id, amp_diagnostics *diagnostics,
                        int32_t *kept)
{
    *kept = AMP_NONE;
    if (id == NULL)
        return true;
    for (size_t i = 0; i < portfolio->site_count; i++) {
        if (strcmp(portfolio->site[i].id, id) != 0)
            continue;
        portfolio->site = &portfolio->site[i];
        portfolio->site_count = 1;
        *kept = (int32_t)i;
        return true;
    }
    return refuse_site(portfolio, id, diagnostics);
}

/* ---- parsing ---- */

static void read_portfolio(amp_reader *reader)
{
    amp_yaml_node *root = reader->root;
    if (root->shape != AMP_YAML_MAPPING) {
        const amp_finding finding = {
            .code = AMP_CODE_WRONG_SHAPE,
            .place = root->place,
            .advice = "start it with 'ampacity: 1'; 'ampacity init DIR' writes an example",
        };
        (void)amp_document_report(reader->document, finding, "the file holds %s, not a mapping",
                                  amp_yaml_shape_text(root->shape));
        return;
    }
    amp_reader_section(reader, &amp_section_portfolio, root, reader->portfolio);
}

/* Reads and checks the text of @p portfolio, then applies @p options. */
static amp_status fill_portfolio(amp_portfolio *portfolio, const amp_portfolio_options *options,
                                 amp_diagnostics *diagnostics)
{
    amp_document document = {.file = portfolio->path,
                             .text = portfolio->text,
                             .length = portfolio->text_length,
                             .diagnostics = diagnostics};
    amp_reader reader = {.document = &document, .arena = portfolio->arena, .portfolio = portfolio};
    if (amp_yaml_parse(&document, portfolio->arena, &reader.root) != AMP_OK)
        return amp_diagnostics_status(diagnostics);
    read_portfolio(&reader);
    if (reader.no_memory)
        (void)report_no_memory(diagnostics, portfolio->path);
    if (document.error_count != 0 || reader.no_memory)
        return amp_diagnostics_status(diagnostics);

    const amp_portfolio_options none = {.from = NULL};
    const amp_portfolio_options *chosen = options != NULL ? options : &none;
    int32_t kept = AMP_NONE;
    const bool has_horizon = narrow_horizon(chosen, diagnostics, &portfolio->horizon);
    const bool has_site = choose_site(portfolio, chosen->site, diagnostics, &kept);
    if (!has_horizon || !has_site)
        return AMP_ARGUMENT;
    if (!collect_notes(&reader, kept, portfolio))
        return report_no_memory(diagnostics, portfolio->path);
    return AMP_OK;
}

static amp_status report_too_long(amp_diagnostics *diagnostics, const char *path)
{
    const amp_finding finding = {.code = AMP_CODE_SYNTAX,
                                 .place = {.file = path},
                                 .advice = "numbers that vary in time belong into series files"};
    return amp_report(diagnostics, &finding, "the file is larger than %d MiB",
                      AMP_YAML_BYTES_MAX >> 20);
}

amp_status amp_portfolio_parse(const char *text, size_t length, const char *path,
                               const amp_portfolio_options *options, amp_diagnostics *diagnostics,
                               amp_portfolio **out)
{
    if (length > AMP_YAML_BYTES_MAX)
        return report_too_long(diagnostics, path);
    /* libyaml would count the byte order mark as a column, and find the next line outdented. */
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    amp_arena *arena = amp_arena_new(ARENA_BYTES_MAX);
    amp_portfolio *portfolio = arena != NULL ? new_portfolio(arena, text, length, path) : NULL;
    amp_status status = AMP_NOMEM;
    if (portfolio != NULL)
        status = fill_portfolio(portfolio, options, diagnostics);
    else
        (void)report_no_memory(diagnostics, path);
    amp_diagnostics_sort(diagnostics);
    if (status == AMP_OK)
        *out = portfolio;
    else
        amp_arena_free(arena);
    return status;
}

/* ---- files ---- */

static amp_status report_file(amp_diagnostics *diagnostics, const char *path, int errnum)
{
    amp_error err = {.status = AMP_OK};
    (void)amp_fail_errno(&err, errnum, "cannot be read");
    const amp_finding finding = {
        .code = err.status == AMP_NOT_FOUND ? AMP_CODE_FILE_MISSING : AMP_CODE_FILE_UNREADABLE,
        .place = {.file = path},
    };
    return err.status == AMP_NOT_FOUND ? amp_report(diagnostics, &finding, "there is no such file")
                                       : amp_report(diagnostics, &finding, "%s", err.message);
}

amp_status amp_portfolio_load(const char *path, const amp_portfolio_options *options,
                              amp_diagnostics *diagnostics, amp_portfolio **out)
{
    amp_status status = AMP_OK;
    char *text = NULL;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return report_file(diagnostics, path, errno);
    text = malloc(AMP_YAML_BYTES_MAX + 1);
    if (text == NULL) {
        status = report_no_memory(diagnostics, path);
        goto out;
    }
    errno = 0;
    const size_t length = fread(text, 1, AMP_YAML_BYTES_MAX + 1, file);
    status = ferror(file) != 0 ? report_file(diagnostics, path, errno)
                               : amp_portfolio_parse(text, length, path, options, diagnostics, out);
out:
    free(text);
    (void)fclose(file);
    return status;
}

void amp_portfolio_free(amp_portfolio *portfolio)
{
    if (portfolio != NULL)
        amp_arena_free(portfolio->arena);
}

/* ---- findings of others about a portfolio ---- */

/* The text that @p place is in: the portfolio's own, or that of a tariff. */
static amp_document document_of(const amp_portfolio *portfolio, const amp_place *place,
                                amp_diagnostics *diagnostics)
{
    amp_document document = {.file = portfolio->path,
                             .text = portfolio->text,
                             .length = portfolio->text_length,
                             .diagnostics = diagnostics};
    for (size_t i = 0; i < portfolio->site_count; i++) {
        const amp_tariff *tariff = &portfolio->site[i].supply.tariff;
        if (!tariff->is_set || tariff->path != place->file)
            continue;
        document.file = tariff->path;
        document.text = tariff->text;
        document.length = tariff->text_length;
    }
    return document;
}

amp_status amp_portfolio_report(const amp_portfolio *portfolio, amp_diagnostics *diagnostics,
                                amp_code code, const amp_value *value, const char *advice,
                                const char *format, ...)
{
    amp_document document = document_of(portfolio, &value->place, diagnostics);
    const amp_finding finding = {
        .code = code, .place = value->place, .key = value->key, .advice = advice};
    va_list arguments;
    va_start(arguments, format);
    const amp_status status = amp_document_report_list(&document, finding, format, arguments);
    va_end(arguments);
    return status;
}

amp_status amp_portfolio_report_at(const amp_portfolio *portfolio, amp_diagnostics *diagnostics,
                                   const amp_finding *finding, const char *format, ...)
{
    amp_document document = document_of(portfolio, &finding->place, diagnostics);
    va_list arguments;
    va_start(arguments, format);
    const amp_status status = amp_document_report_list(&document, *finding, format, arguments);
    va_end(arguments);
    return status;
}
