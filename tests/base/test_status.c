/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_status_text_of_each_number(void **state)
{
    (void)state;
    static const struct {
        int number;
        const char *text;
    } cases[] = {
        {0, "done"},
        {1, "internal error"},
        {2, "out of memory or over a memory limit"},
        {3, "input or output failed"},
        {4, "argument outside its documented range"},
        {5, "file not found"},
        {6, "something wrong in the text of a file"},
        {7, "data missing or not covering the horizon"},
        {8, "no schedule meets every limit"},
        {9, "refused: it would overwrite or break something"},
        {10, "stopped by the time limit: an answer was kept, its gap is above tolerance"},
        {11, "unknown status"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(amp_status_text((amp_status)cases[i].number), cases[i].text);
}

static void test_fail_without_an_error_only_returns(void **state)
{
    (void)state;
    assert_int_equal(amp_fail(NULL, AMP_DATA, "%d", 1), AMP_DATA);
    amp_advise(NULL, "%d", 1);
    assert_int_equal(amp_fail_errno(NULL, EACCES, "x"), AMP_IO);
}

static void test_fail_clears_the_advice_of_an_earlier_error(void **state)
{
    (void)state;
    amp_error err = {.advice = "old"};
    assert_int_equal(amp_fail(&err, AMP_PARSE, "found %s", "x"), AMP_PARSE);
    assert_int_equal(err.status, AMP_PARSE);
    assert_string_equal(err.message, "found x");
    assert_string_equal(err.advice, "");
    amp_advise(&err, "write '%s'", "y");
    assert_string_equal(err.message, "found x");
    assert_string_equal(err.advice, "write 'y'");
}

static void test_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    char text[400];
    amp_error err;
    /* 240 bytes hold 239 and the NUL; each of these characters has 3 bytes: 79 x 3 = 237 fit. */
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 4);
    (void)amp_fail(&err, AMP_PARSE, "%s", text);
    assert_int_equal(strlen(err.message), 237);
    /* With one letter before them 1 + 79 x 3 = 238 fit, and with two exactly 239. */
    (void)amp_fail(&err, AMP_PARSE, "x%s", text);
    assert_int_equal(strlen(err.message), 238);
    (void)amp_fail(&err, AMP_PARSE, "xx%s", text);
    assert_int_equal(strlen(err.message), 239);
    /* 160 bytes of advice hold 159 = 53 x 3. */
    amp_advise(&err, "%s", text);
    assert_int_equal(strlen(err.advice), 159);
    amp_advise(&err, "x%s", text);
    assert_int_equal(strlen(err.advice), 157); /* 1 + 52 x 3 */
}

static void test_fail_errno_says_what_and_why(void **state)
{
    (void)state;
    static const struct {
        int number;
        amp_status status;
        const char *message;
    } cases[] = {
        {ENOENT, AMP_NOT_FOUND, "prices.csv: No such file or directory"},
        {ENOMEM, AMP_NOMEM, "prices.csv: Cannot allocate memory"},
        {EACCES, AMP_IO, "prices.csv: Permission denied"},
        {EISDIR, AMP_IO, "prices.csv: Is a directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_error err;
        assert_int_equal(amp_fail_errno(&err, cases[i].number, "prices.csv"), cases[i].status);
        assert_int_equal(err.status, cases[i].status);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.advice, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_text_of_each_number),
        cmocka_unit_test(test_fail_without_an_error_only_returns),
        cmocka_unit_test(test_fail_clears_the_advice_of_an_earlier_error),
        cmocka_unit_test(test_long_message_is_cut_between_characters),
        cmocka_unit_test(test_fail_errno_says_what_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
