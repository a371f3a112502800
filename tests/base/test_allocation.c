/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with --wrap, so that each allocation of the library can be made to fail in turn. */
#include "base/csv.h"
#include "base/diagnostic.h"

#include "golden.h"
#include "refusal.h"

#include <stdlib.h>
#include <string.h>

/** Runs @p scenario with each allocation failing alone, and then with all from each one on. */
static void refuse_each(void (*scenario)(const char *argument), const char *argument)
{
    for (int all = 0; all < 2; all++) {
        size_t first = 0;
        size_t count = 0;
        do {
            refusal_start(first, all ? SIZE_MAX - 1 : first);
            scenario(argument);
            count = refusal_stop();
            first++;
        } while (count >= first);
        assert_true(first > 2); /* two allocations were refused at least */
    }
}

static void assert_either(const char *got, const char *want, const char *fallback)
{
    if (strcmp(got, fallback) != 0)
        assert_string_equal(got, want);
}

/* The count of 30 needs a second block of the arena. */
static void report_findings(const char *excerpt)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    if (diagnostics == NULL)
        return;
    enum { FINDINGS = 30 };
    for (uint32_t i = 0; i < FINDINGS; i++) {
        const amp_finding finding = {
            .code = AMP_CODE_SERIES_GAP,
            .place = {.file = "prices.csv", .line = FINDINGS - i, .column = 1},
            .key = "series.lmp",
            .advice = "say how to fill it",
            .excerpt = excerpt,
        };
        assert_int_equal(amp_report(diagnostics, &finding, "message"), AMP_DATA);
    }
    amp_diagnostics_sort(diagnostics);
    assert_int_equal(amp_diagnostics_count(diagnostics), FINDINGS);
    assert_int_equal(amp_diagnostics_error_count(diagnostics), FINDINGS);
    assert_int_equal(amp_diagnostics_status(diagnostics), AMP_DATA);
    for (uint32_t i = 0; i < FINDINGS; i++) {
        const amp_diagnostic *kept = amp_diagnostics_get(diagnostics, i);
        assert_int_equal(kept->place.line, i + 1);
        assert_string_equal(kept->place.file, "prices.csv");
        assert_either(kept->message, "message", amp_code_meaning(AMP_CODE_SERIES_GAP));
        assert_either(kept->key, "series.lmp", "");
        assert_either(kept->advice, "say how to fill it", "");
        assert_either(kept->excerpt, excerpt, "");
    }
    amp_diagnostics_free(diagnostics);
}

static void test_report_loses_texts_at_most(void **state)
{
    (void)state;
    char excerpt[301] = "";
    memset(excerpt, 'x', 300);
    refuse_each(report_findings, excerpt);
}

/** Reads the one row "a,b", or fails for want of memory, each time again. */
static void check_row(amp_csv *csv)
{
    amp_error error = {.status = AMP_OK};
    bool has_row = false;
    if (amp_csv_next(csv, &has_row, &error) == AMP_OK) {
        assert_string_equal(amp_csv_get(csv, 1).text, "b");
    } else {
        assert_int_equal(error.status, AMP_NOMEM);
        assert_string_equal(error.message, "no memory to read a row");
        assert_int_equal(amp_csv_line(csv), 1);
        assert_int_equal(amp_csv_next(csv, &has_row, NULL), AMP_NOMEM);
    }
    amp_csv_close(csv);
}

static void read_file(const char *path)
{
    amp_csv *csv = NULL;
    amp_error error = {.status = AMP_OK};
    if (amp_csv_open(path, &csv, &error) != AMP_OK) {
        assert_int_equal(error.status, AMP_NOMEM);
        assert_null(csv);
        return;
    }
    check_row(csv);
}

static void test_open_without_memory(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    refuse_each(read_file, golden_write(folder, "a.csv", "a,b\n"));
    golden_folder_free(folder);
}

static void read_bytes(const char *text)
{
    amp_csv *csv = NULL;
    amp_error error = {.status = AMP_OK};
    if (amp_csv_open_bytes(text, strlen(text), &csv, &error) != AMP_OK) {
        assert_int_equal(error.status, AMP_NOMEM);
        assert_string_equal(error.message, "no memory to read 4 bytes of CSV");
        return;
    }
    check_row(csv);
}

static void test_open_bytes_without_memory(void **state)
{
    (void)state;
    refuse_each(read_bytes, "a,b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_loses_texts_at_most),
        cmocka_unit_test(test_open_without_memory),
        cmocka_unit_test(test_open_bytes_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
