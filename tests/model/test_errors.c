/* SPDX-License-Identifier: Apache-2.0 */
/* Every finding that a portfolio file can cause, with its exact text: the table is errors.txt.
 * With AMPACITY_UPDATE=FILE set, the table is written anew to FILE with what is printed now. */
#include "golden.h"

#include "model/portfolio.h"

#include <stdlib.h>
#include <string.h>

/* Completes a snippet to a portfolio: what it leaves out follows it, so that its lines stay. */
static const struct {
    const char *key;
    const char *text;
} defaults[] = {
    {"ampacity:", "ampacity: 1\n"},
    {"time:", "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"},
    {"sites:", "sites: [{id: a, grid: {import_limit: 0 MW}}]\n"},
};

/* One case: `=== name`, lines of YAML, `>>>`, lines that are printed. A name that starts with
 * "alone" keeps its YAML as it is. */
typedef struct {
    char name[128];
    char yaml[4096];
    char printed[16384];
} test_case;

static const char *open_table(golden_folder *folder)
{
    char path[1024];
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    assert_non_null(root);
    (void)snprintf(path, sizeof path, "%s/tests/model/errors.txt", root);
    return golden_read(folder, path);
}

static void append(char *text, size_t size, const char *line, size_t length)
{
    const size_t used = strlen(text);
    assert_true(used + length + 1 < size);
    memcpy(text + used, line, length);
    text[used + length] = '\0';
}

/* The case that starts at @p at, or NULL past the last. @return what follows it. */
static const char *next_case(const char *at, test_case *out)
{
    at = strstr(at, "=== ");
    if (at == NULL)
        return NULL;
    *out = (test_case){.name = ""};
    const size_t name_length = strcspn(at, "\n");
    append(out->name, sizeof out->name, at + 4, name_length - 4);
    char *part = out->yaml;
    for (at += name_length + 1; *at != '\0' && strncmp(at, "=== ", 4) != 0;) {
        const size_t length = strcspn(at, "\n") + 1;
        if (strncmp(at, ">>>\n", 4) == 0)
            part = out->printed;
        else
            append(part, part == out->yaml ? sizeof out->yaml : sizeof out->printed, at, length);
        at += length;
    }
    return at;
}

/* Like strstr(), at the start of a line. */
static int has_line(const char *text, const char *start)
{
    const char *at = text;
    while ((at = strstr(at, start)) != NULL) {
        if (at == text || at[-1] == '\n')
            return 1;
        at++;
    }
    return 0;
}

static void complete(test_case *test)
{
    if (strncmp(test->name, "alone", 5) == 0)
        return;
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (!has_line(test->yaml, defaults[i].key))
            append(test->yaml, sizeof test->yaml, defaults[i].text, strlen(defaults[i].text));
    }
}

static void print_findings(const amp_diagnostics *diagnostics, FILE *out)
{
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, out);
}

/* What is printed about the case; "ok\n" for a portfolio that is accepted. */
static void print_case(const test_case *test, FILE *out)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    assert_non_null(diagnostics);
    const amp_status status = amp_portfolio_parse(test->yaml, strlen(test->yaml), "p.yaml", NULL,
                                                  diagnostics, &portfolio);
    assert_int_equal(status, amp_diagnostics_status(diagnostics));
    assert_int_equal(status == AMP_OK, portfolio != NULL);
    print_findings(diagnostics, out);
    if (status == AMP_OK)
        (void)fputs("ok\n", out);
    amp_portfolio_free(portfolio);
    amp_diagnostics_free(diagnostics);
}

static void update_table(const char *table, const char *path)
{
    test_case test;
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    for (const char *at = next_case(table, &test); at != NULL; at = next_case(at, &test)) {
        (void)fprintf(out, "=== %s\n%s>>>\n", test.name, test.yaml);
        complete(&test);
        print_case(&test, out);
    }
    assert_int_equal(fclose(out), 0);
}

static void test_findings_are_printed_as_in_the_table(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    const char *table = open_table(folder);
    const char *update = getenv("AMPACITY_UPDATE");
    if (update != NULL)
        update_table(table, update);
    size_t count = 0;
    size_t wrong_count = 0;
    test_case test;
    for (const char *at = next_case(table, &test); at != NULL; at = next_case(at, &test)) {
        golden_capture capture;
        golden_capture_open(&capture);
        complete(&test);
        print_case(&test, capture.file);
        const char *printed = golden_capture_text(&capture);
        if (strcmp(printed, test.printed) != 0) {
            (void)fprintf(stderr, "%s:\n--- got\n%s--- want\n%s", test.name, printed, test.printed);
            wrong_count++;
        }
        golden_capture_free(&capture);
        count++;
    }
    golden_folder_free(folder);
    assert_true(count > 100);
    assert_int_equal(wrong_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_findings_are_printed_as_in_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
