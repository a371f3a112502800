/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys is sound, and docs/model.md says what it says. */
#include "golden.h"

#include "base/quantity.h"
#include "model/portfolio.h"
#include "model/reader.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 1024 };

static const char *page_path(const char *name, char path[PATH_BYTES])
{
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    assert_non_null(root);
    (void)snprintf(path, PATH_BYTES, "%s/docs/%s", root, name);
    return path;
}

static const char *open_page(golden_folder *folder)
{
    char path[PATH_BYTES];
    return golden_read(folder, page_path("model.md", path));
}

/* Keys of tariff files have a page of their own. */
static const char *page_of(golden_folder *folder, const amp_key_row *row)
{
    const bool is_tariff = strncmp(row->section, "tariff", strlen("tariff")) == 0;
    char path[PATH_BYTES];
    return golden_read(folder, page_path(is_tariff ? "tariffs.md" : "model.md", path));
}

/* ---- the table ---- */

static amp_unit unit_of(const amp_key *key)
{
    char text[32];
    amp_unit unit = {.factor = 0.0};
    const int is_share = key->row.unit[0] == '%';
    (void)snprintf(text, sizeof text, "%s%s", is_share ? "1" : "", key->row.unit + is_share);
    if (amp_unit_parse(text, strlen(text), &unit, NULL) != AMP_OK)
        fail_msg("%s.%s: unit '%s'", key->row.section, key->row.name, key->row.unit);
    return unit;
}

static void check_row(const amp_section *section, const amp_key *key)
{
    assert_string_equal(key->row.section, section->path);
    assert_true(key->row.name[0] != '\0' && key->row.type[0] != '\0' && key->row.help[0] != '\0');
    assert_non_null(key->row.fallback);
    assert_true((key->read != NULL) != (key->row.support == AMP_KEY_REFUSED));
    if (key->field != AMP_NO_FIELD)
        assert_true(key->field < section->size);
    if (key->row.unit[0] == '\0' || strcmp(key->row.unit, "USD/CODE") == 0)
        return;
    const amp_unit unit = unit_of(key);
    amp_quantity fallback = {.number = 0.0};
    if (!amp_reader_starts_number(key->row.fallback))
        return;
    assert_int_equal(
        amp_quantity_parse(key->row.fallback, strlen(key->row.fallback), &fallback, NULL), AMP_OK);
    assert_true(amp_dimension_same(&fallback.unit.dimension, &unit.dimension));
}

static void test_rows_are_sound(void **state)
{
    (void)state;
    size_t count = 0;
    const amp_section *section = NULL;
    for (size_t s = 0; (section = amp_section_get(s)) != NULL; s++) {
        for (size_t i = 0; i < section->key_count; i++) {
            check_row(section, &section->key[i]);
            assert_ptr_equal(amp_key_row_get(count), &section->key[i].row);
            count++;
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(section->key[i].row.name, section->key[k].row.name);
        }
    }
    assert_null(amp_key_row_get(count));
    assert_true(count > 90);
}

/* A row that needs a unit which the reader cannot cache is parsed again each time: keep room. */
static void test_units_of_all_rows_fit_the_cache(void **state)
{
    (void)state;
    const char *units[AMP_READER_UNITS_MAX] = {NULL};
    size_t count = 0;
    const amp_key_row *row = NULL;
    for (size_t i = 0; (row = amp_key_row_get(i)) != NULL; i++) {
        size_t k = 0;
        while (k < count && strcmp(units[k], row->unit) != 0)
            k++;
        if (k < count || row->unit[0] == '\0')
            continue;
        assert_true(count < AMP_READER_UNITS_MAX / 2);
        units[count++] = row->unit;
    }
    assert_true(count > 10);
}

/* ---- the page ---- */

/* The part of the page about @p section: from its heading to the next. */
static const char *find_part(const char *page, const char *section, size_t *length)
{
    char heading[128];
    (void)snprintf(heading, sizeof heading,
                   section[0] == '\0' ? "\n### Top of the file\n%s" : "\n### `%s`\n", section);
    const char *part = strstr(page, heading);
    if (part == NULL)
        fail_msg("no heading%s", heading);
    part += strlen(heading);
    const char *end = strstr(part, "\n### ");
    *length = end != NULL ? (size_t)(end - part) : strlen(part);
    return part;
}

static int contains(const char *part, size_t length, const char *text)
{
    const char *at = strstr(part, text);
    return at != NULL && (size_t)(at - part) + strlen(text) <= length;
}

static void format_row(const amp_key_row *row, char *line, size_t size)
{
    static const char *const notes[] = {
        [AMP_KEY_BUILT] = "",
        [AMP_KEY_REFUSED] = " *Not supported yet.*",
        [AMP_KEY_WITHOUT_EFFECT] = " *Without effect yet.*",
    };
    (void)snprintf(line, size, "\n| `%s` | %s | %s | %s | %s%s |\n", row->name, row->type,
                   row->unit, row->fallback[0] != '\0' ? row->fallback : "required", row->help,
                   notes[row->support]);
}

static void test_page_has_every_row(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    size_t missing_count = 0;
    const amp_key_row *row = NULL;
    for (size_t i = 0; (row = amp_key_row_get(i)) != NULL; i++) {
        char line[512];
        size_t length = 0;
        const char *part = find_part(page_of(folder, row), row->section, &length);
        format_row(row, line, sizeof line);
        if (contains(part, length, line))
            continue;
        (void)fprintf(stderr, "docs, '%s' lacks:%s", row->section, line);
        missing_count++;
    }
    golden_folder_free(folder);
    assert_int_equal(missing_count, 0);
}

static void test_page_shows_every_key_in_an_example(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    const amp_key_row *row = NULL;
    for (size_t i = 0; (row = amp_key_row_get(i)) != NULL; i++) {
        char use[64];
        size_t length = 0;
        const char *part = find_part(page_of(folder, row), row->section, &length);
        (void)snprintf(use, sizeof use, "%s:", row->name);
        if (row->support == AMP_KEY_REFUSED || strcmp(row->name, "CODE") == 0)
            continue;
        if (!contains(part, length, use))
            fail_msg("docs: '%s' has no example of '%s'", row->section, row->name);
    }
    golden_folder_free(folder);
}

/* An example is completed as those of errors.txt are, and must be a portfolio without a finding. */
static void check_example(const char *yaml, size_t length)
{
    static const char *const rest[][2] = {
        {"ampacity:", "ampacity: 1\n"},
        {"time:", "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"},
        {"sites:", "sites: [{id: a, grid: {import_limit: 0 MW}}]\n"},
    };
    char text[8192];
    assert_true(length + 512 < sizeof text);
    text[0] = '\n';
    memcpy(text + 1, yaml, length);
    text[length + 1] = '\0';
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        char start[32];
        (void)snprintf(start, sizeof start, "\n%s", rest[i][0]);
        if (strstr(text, start) == NULL)
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s", rest[i][1]);
    }
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    char path[PATH_BYTES];
    const amp_status status = amp_portfolio_parse(text, strlen(text), page_path("model.md", path),
                                                  NULL, diagnostics, &portfolio);
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, stderr);
    assert_int_equal(status, AMP_OK);
    amp_portfolio_free(portfolio);
    amp_diagnostics_free(diagnostics);
}

static void test_examples_of_the_page_are_accepted(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    const char *at = open_page(folder);
    size_t count = 0;
    while ((at = strstr(at, "\n```yaml\n")) != NULL) {
        at += strlen("\n```yaml\n");
        const char *end = strstr(at, "```\n");
        assert_non_null(end);
        check_example(at, (size_t)(end - at));
        count++;
        at = end;
    }
    golden_folder_free(folder);
    assert_true(count >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_units_of_all_rows_fit_the_cache),
        cmocka_unit_test(test_page_has_every_row),
        cmocka_unit_test(test_page_shows_every_key_in_an_example),
        cmocka_unit_test(test_examples_of_the_page_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
