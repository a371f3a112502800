/* SPDX-License-Identifier: Apache-2.0 */
/* Keys at the top of the file: version, currencies, series, bitcoin. */
#include "model/reader.h"

#include <stdio.h>
#include <string.h>

#define SHOW(node) (amp_show((node)->text, (node)->length).text)

void amp_read_version(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    (void)key; /* there is one version: nothing to keep */
    (void)target;
    if (!amp_reader_expect_text(reader, node) || strcmp(node->text, "1") == 0)
        return;
    amp_reader_report(reader, AMP_CODE_WRONG_WORD, node,
                      "this program reads 'ampacity: 1'; use a later one for later formats",
                      "'ampacity: %s' is not a known version of the file format", SHOW(node));
    reader->stop = true; /* what the keys of another version mean is not known */
}

/* ---- currencies ---- */

static bool is_currency(const char *code)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strlen(code) == 3 && strspn(code, capitals) == 3 && amp_currency_is_known(code);
}

static bool check_currency_code(amp_reader *reader, const amp_yaml_node *node, const char *code,
                                amp_place place)
{
    if (is_currency(code))
        return true;
    char capitals[AMP_READER_CODE_BYTES];
    char advice[64] = "write a code of ISO 4217, such as USD, EUR or NOK";
    if (is_currency(amp_reader_capitals(code, capitals)))
        (void)snprintf(advice, sizeof advice, "write '%s'", capitals);
    amp_reader_report_at(reader, AMP_CODE_CURRENCY_UNKNOWN, place, node, advice,
                         "'%s' is no currency", amp_show(code, strlen(code)).text);
    return false;
}

void amp_read_currency(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    (void)key; /* results are in USD: nothing to keep */
    (void)target;
    if (!amp_reader_expect_text(reader, node) || strcmp(node->text, "USD") == 0 ||
        !check_currency_code(reader, node, node->text, node->place))
        return;
    amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, node,
                      "write 'currency: USD'; 'currencies' converts amounts of the file",
                      "results in %s are not supported yet", node->text);
}

static void read_rate(amp_reader *reader, const amp_key *row, amp_yaml_node *node,
                      amp_currency *currency)
{
    amp_key key = *row;
    key.row.unit = amp_arena_format(reader->arena, "USD/%s", node->key);
    if (key.row.unit == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    (void)snprintf(currency->code, sizeof currency->code, "%s", node->key);
    currency->rate_usd = amp_reader_default(reader, &key, node->place, "currencies");
    if (amp_reader_value(reader, &key, node, &currency->rate_usd) &&
        currency->rate_usd.series != AMP_NONE)
        amp_reader_note_use(reader, node, &currency->rate_usd);
}

static bool check_rate_code(amp_reader *reader, const amp_yaml_node *node)
{
    if (!check_currency_code(reader, node, node->key, node->key_place))
        return false;
    if (strcmp(node->key, "USD") != 0)
        return true;
    amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, node->key_place, node, "remove it",
                         "the rate of USD is 1 by definition");
    return false;
}

void amp_read_currencies(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_portfolio *portfolio = target;
    if (!amp_reader_expect(reader, node, AMP_YAML_MAPPING))
        return;
    amp_currency *currencies = AMP_ARENA_NEW(reader->arena, amp_currency, node->count + 1);
    if (currencies == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    currencies[AMP_CURRENCY_USD] = portfolio->currency[AMP_CURRENCY_USD];
    size_t count = 1;
    for (amp_yaml_node *child = node->first; child != NULL && !reader->stop; child = child->next) {
        if (!child->is_bad && check_rate_code(reader, child))
            read_rate(reader, &key->section->key[0], child, &currencies[count++]);
    }
    portfolio->currency = currencies;
    portfolio->currency_count = count;
}

/* ---- series ---- */

const char *amp_reader_join_path(amp_reader *reader, const char *file)
{
    const char *folder = reader->portfolio->folder;
    if (file[0] == '/' || strcmp(folder, ".") == 0)
        return file;
    const bool has_slash = folder[strlen(folder) - 1] == '/';
    const char *path =
        amp_arena_format(reader->arena, "%s%s%s", folder, has_slash ? "" : "/", file);
    if (path == NULL)
        (void)amp_reader_no_memory(reader);
    return path;
}

static bool check_series_id(amp_reader *reader, const amp_yaml_node *node)
{
    const char first = node->key[0];
    const bool is_letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    if (is_letter && amp_reader_is_id(node->key))
        return true;
    amp_reader_report_at(reader, AMP_CODE_ID_INVALID, node->key_place, node,
                         "start with a letter; use letters, digits, '_' and '-', at most 64",
                         "'%s' cannot be the name of a series",
                         amp_show(node->key, strlen(node->key)).text);
    return false;
}

static void read_declaration(amp_reader *reader, const amp_section *section, amp_yaml_node *node,
                             amp_series_decl *series)
{
    series->id = node->key; /* known even when it is wrong: what uses it is not wrong too */
    series->place = node->key_place;
    (void)check_series_id(reader, node);
    amp_reader_section(reader, section, node, series);
    const amp_yaml_node *file = amp_yaml_get(node, "file");
    const amp_yaml_node *column = amp_yaml_get(node, "column");
    if (series->file == NULL || file == NULL || column == NULL)
        return; /* reported */
    series->file_place = file->place;
    series->column_place = column->place;
    series->path = amp_reader_join_path(reader, series->file);
}

void amp_read_series(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_portfolio *portfolio = target;
    if (!amp_reader_expect(reader, node, AMP_YAML_MAPPING))
        return;
    amp_series_decl *series = AMP_ARENA_NEW(reader->arena, amp_series_decl, node->count);
    if (series == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    size_t count = 0;
    for (amp_yaml_node *child = node->first; child != NULL && !reader->stop; child = child->next) {
        if (!child->is_bad)
            read_declaration(reader, key->section, child, &series[count++]);
    }
    portfolio->series = series;
    portfolio->series_count = count;
}

/* ---- bitcoin ---- */

void amp_read_height(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_bitcoin *bitcoin = target;
    if (node->shape == AMP_YAML_MAPPING) {
        amp_reader_section(reader, &amp_section_height, node, bitcoin);
        return;
    }
    if (node->shape == AMP_YAML_SCALAR && amp_reader_starts_number(node->text)) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node,
                          "write {at: 2024-04-20T00:09:27Z, block: 840000}, or name a series",
                          "'height: %s' does not say when", SHOW(node));
        return;
    }
    if (amp_reader_value(reader, key, node, &bitcoin->height))
        amp_reader_note_use(reader, node, &bitcoin->height);
}

void amp_init_height(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                     const char *path)
{
    amp_bitcoin *bitcoin = target;
    bitcoin->height = amp_reader_default(reader, key, place, path);
    bitcoin->height_at_unix_s = 1713571767; /* 2024-04-20T00:09:27Z, the halving at 840,000 */
    bitcoin->height_block = 840000;
}
