/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are not there, too large, or hold bytes that no text has. */
#include "golden.h"

#include "model/portfolio.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char small[] = "ampacity: 1\n"
                            "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
                            "sites:\n"
                            "  - id: a\n"
                            "    grid: {import_limit: 5 MW}\n"
                            "    supply: {energy_price: 30 USD/MWh}\n";

static void check_load(const char *path, amp_status status, const char *printed)
{
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    assert_int_equal(amp_portfolio_load(path, NULL, diagnostics, &portfolio), status);
    golden_capture capture;
    golden_capture_open(&capture);
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(diagnostics, i), false, capture.file);
    assert_non_null(strstr(golden_capture_text(&capture), printed));
    golden_capture_free(&capture);
    amp_portfolio_free(portfolio);
    amp_diagnostics_free(diagnostics);
}

static void test_files(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    check_load(golden_path(folder, "none.yaml"), AMP_NOT_FOUND,
               "none.yaml: error: there is no such file [file-missing]\n");
    check_load(golden_path(folder, ""), AMP_IO, "error: cannot be read: ");
    check_load(golden_write(folder, "p.yaml", small), AMP_OK, "");

    const size_t length = (16U << 20) + 1;
    char *blanks = malloc(length);
    assert_non_null(blanks);
    memset(blanks, ' ', length);
    check_load(golden_write_bytes(folder, "big.yaml", blanks, length), AMP_PARSE,
               "error: the file is larger than 16 MiB [syntax]\n"
               "  = numbers that vary in time belong into series files\n");
    free(blanks);
    golden_folder_free(folder);
}

#define BYTES(literal_) (literal_), sizeof(literal_) - 1

/* Bytes that a text file cannot hold well: what is read, and what is printed. */
static void test_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *printed;
    } cases[] = {
        {BYTES("ampacity: 1\nname: \xff\n"),
         "p.yaml:2:7: error: not well-formed YAML: invalid leading UTF-8 octet [syntax]\n"
         "    2 | name: ?\n"
         "      |       ^ save the file as UTF-8\n"},
        {BYTES("ampacity: 1\nname: \xc3\x28\n"),
         "p.yaml:2:8: error: not well-formed YAML: invalid trailing UTF-8 octet [syntax]\n"
         "    2 | name: ?(\n"
         "      |        ^ save the file as UTF-8\n"},
        {BYTES("name: a\x01\n"),
         "p.yaml:1:8: error: not well-formed YAML: control characters are not allowed [syntax]\n"
         "    1 | name: a \n"
         "      |        ^ remove the byte; a portfolio is UTF-8 text\n"},
        {BYTES("name: a\0b\n"),
         "p.yaml:1:8: error: not well-formed YAML: control characters are not allowed [syntax]\n"
         "    1 | name: a b\n"
         "      |        ^ remove the byte; a portfolio is UTF-8 text\n"},
        /* Columns count bytes, carets characters. */
        {BYTES("name: \xc3\xa9t\xc3\xa9 # \xc3\xa9\n\xc3\xa9t\xc3\xa9: 1\nnmae: 2\n"),
         "p.yaml:2:1: error: unknown key '\xc3\xa9t\xc3\xa9' at the top of the file "
         "[key-unknown]\n"},
        /* A byte order mark and Windows line ends. */
        {BYTES("\xef\xbb\xbf"
               "ampacity: 1\r\nnmae: x\r\n"),
         "p.yaml:2:1: error: unknown key 'nmae' at the top of the file [key-unknown]\n"
         "    2 | nmae: x\n"
         "      | ^^^^ did you mean 'name'?\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        amp_diagnostics *diagnostics = amp_diagnostics_new();
        amp_portfolio *portfolio = NULL;
        assert_int_equal(amp_portfolio_parse(cases[i].bytes, cases[i].length, "p.yaml", NULL,
                                             diagnostics, &portfolio),
                         AMP_PARSE);
        golden_capture capture;
        golden_capture_open(&capture);
        for (size_t k = 0; k < amp_diagnostics_count(diagnostics); k++)
            amp_diagnostic_print(amp_diagnostics_get(diagnostics, k), false, capture.file);
        if (strstr(golden_capture_text(&capture), cases[i].printed) == NULL)
            assert_golden(golden_capture_text(&capture), cases[i].printed);
        golden_capture_free(&capture);
        amp_diagnostics_free(diagnostics);
    }
}

static void test_long_text_is_refused(void **state)
{
    (void)state;
    char text[1200];
    (void)snprintf(text, sizeof text, "name: %01001d\n", 0);
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    assert_int_equal(
        amp_portfolio_parse(text, strlen(text), "p.yaml", NULL, diagnostics, &portfolio),
        AMP_PARSE);
    bool is_found = false;
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++)
        is_found = is_found || strcmp(amp_diagnostics_get(diagnostics, i)->message,
                                      "'name' is longer than 1000 bytes") == 0;
    assert_true(is_found);
    amp_diagnostics_free(diagnostics);
}

static void test_more_findings_than_are_kept(void **state)
{
    (void)state;
    golden_capture text;
    golden_capture_open(&text);
    for (int i = 0; i < 1000; i++)
        (void)fprintf(text.file, "key%d: x\n", i);
    const char *yaml = golden_capture_text(&text);
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    assert_int_equal(
        amp_portfolio_parse(yaml, strlen(yaml), "p.yaml", NULL, diagnostics, &portfolio),
        AMP_PARSE);
    assert_int_equal(amp_diagnostics_error_count(diagnostics), 1003); /* three keys are missing */
    assert_int_equal(amp_diagnostics_count(diagnostics), AMP_DIAGNOSTICS_MAX + 1);
    amp_diagnostics_free(diagnostics);
    golden_capture_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_long_text_is_refused),
        cmocka_unit_test(test_more_findings_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
