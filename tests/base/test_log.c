/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "golden.h"

#include <stdlib.h>
#include <string.h>

static void check_line(const char *argument, const char *want)
{
    golden_capture capture;
    golden_capture_open(&capture);
    const amp_log log = {.out = capture.file, .level = AMP_LOG_INFO};
    amp_log_write(&log, AMP_LOG_INFO, "plan adopted site=%s", argument);
    assert_golden(golden_capture_text(&capture), want);
    golden_capture_free(&capture);
}

static void test_write_puts_priority_before_text(void **state)
{
    (void)state;
    golden_capture capture;
    golden_capture_open(&capture);
    const amp_log log = {.out = capture.file, .level = AMP_LOG_DEBUG};
    amp_log_write(&log, AMP_LOG_ERROR, "bus overload power_mw=%.1f", 201.5);
    amp_log_write(&log, AMP_LOG_WARN, "device stale id=%s age_s=%d", "meter-1", 12);
    amp_log_write(&log, AMP_LOG_INFO, "start");
    amp_log_write(&log, AMP_LOG_DEBUG, "tick");
    assert_golden(golden_capture_text(&capture), "<3>bus overload power_mw=201.5\n"
                                                 "<4>device stale id=meter-1 age_s=12\n"
                                                 "<6>start\n"
                                                 "<7>tick\n");
    golden_capture_free(&capture);
}

static void test_write_drops_levels_above_its_own(void **state)
{
    (void)state;
    golden_capture capture;
    golden_capture_open(&capture);
    const amp_log log = {.out = capture.file, .level = AMP_LOG_WARN};
    amp_log_write(&log, AMP_LOG_DEBUG, "tick");
    amp_log_write(&log, AMP_LOG_INFO, "start");
    amp_log_write(&log, AMP_LOG_WARN, "stale");
    amp_log_write(NULL, AMP_LOG_ERROR, "no log");
    assert_golden(golden_capture_text(&capture), "<4>stale\n");
    golden_capture_free(&capture);
}

static void test_write_escapes_what_could_forge_a_line(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        const char *want;
    } cases[] = {
        {"pecos\n<3>all stopped", "<6>plan adopted site=pecos\\n<3>all stopped\n"},
        {"a\r\nb\tc", "<6>plan adopted site=a\\r\\nb\\tc\n"},
        {"\033[2J\x7f\x01", "<6>plan adopted site=\\x1b[2J\\x7f\\x01\n"},
        {"\xC2\x9B"
         "2J",
         "<6>plan adopted site=\\xc2\\x9b2J\n"}, /* CSI as one C1 control */
        {"Trondheim Å\xC2\xB0",
         "<6>plan adopted site=Trondheim Å\xC2\xB0\n"}, /* C2 B0 is a degree */
        {"%n%s", "<6>plan adopted site=%n%s\n"},
        {"", "<6>plan adopted site=\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_line(cases[i].argument, cases[i].want);
}

/** The line written for @p length copies of @p unit after "plan adopted site=" (18 bytes). */
static char *written(const char *unit, size_t length)
{
    const size_t unit_length = strlen(unit);
    char *argument = calloc(length * unit_length + 1, 1);
    assert_non_null(argument);
    for (size_t i = 0; i < length * unit_length; i++)
        argument[i] = unit[i % unit_length];
    golden_capture capture;
    golden_capture_open(&capture);
    const amp_log log = {.out = capture.file, .level = AMP_LOG_INFO};
    amp_log_write(&log, AMP_LOG_INFO, "plan adopted site=%s", argument);
    char *line = strdup(golden_capture_text(&capture));
    golden_capture_free(&capture);
    free(argument);
    assert_non_null(line);
    return line;
}

static void test_write_keeps_text_up_to_its_limit(void **state)
{
    (void)state;
    char *line = written("x", 1023 - 18);
    assert_int_equal(strlen(line), strlen("<6>") + 1023 + 1);
    assert_null(strstr(line, "..."));
    free(line);
}

static void test_write_cuts_longer_text_between_characters(void **state)
{
    (void)state;
    char *line = written("x", 1024 - 18);
    assert_int_equal(strlen(line), strlen("<6>") + 1023 + 1); /* 1020 bytes and the dots */
    assert_string_equal(line + strlen(line) - 5, "x...\n");
    free(line);

    /* 18 bytes and then three-byte characters: 1020 = 18 + 334 * 3 is between two of them. */
    line = written("€", 2000);
    assert_int_equal(strlen(line), strlen("<6>") + 1020 + strlen("...\n"));
    assert_string_equal(line + strlen(line) - 7, "€...\n");
    free(line);

    line = written("ab€", 2000); /* 1020 = 18 + 200 * 5 + 2: before a "€" */
    assert_string_equal(line + strlen(line) - 6, "ab...\n");
    free(line);

    line = written("a€", 2000); /* 1020 = 18 + 250 * 4 + 2: inside a "€", which goes */
    assert_string_equal(line + strlen(line) - 8, "€a...\n");
    free(line);
}

static void test_write_survives_a_line_of_escapes_only(void **state)
{
    (void)state;
    char *line = written("\x01", 2000); /* 18 bytes, 1002 escapes of 4 bytes, dots */
    assert_int_equal(strlen(line), strlen("<6>") + 18 + 1002 * 4 + strlen("...\n"));
    free(line);
}

static void test_level_parse_knows_four_words(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int result;
        amp_log_level level;
    } cases[] = {
        {"error", 0, AMP_LOG_ERROR}, {"warn", 0, AMP_LOG_WARN},     {"info", 0, AMP_LOG_INFO},
        {"debug", 0, AMP_LOG_DEBUG}, {"warning", -1, AMP_LOG_WARN}, {"Info", -1, AMP_LOG_WARN},
        {"", -1, AMP_LOG_WARN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        amp_log_level level = AMP_LOG_WARN; /* stays when the word is not known */
        assert_int_equal(amp_log_level_parse(cases[i].word, &level), cases[i].result);
        assert_int_equal(level, cases[i].level);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_puts_priority_before_text),
        cmocka_unit_test(test_write_drops_levels_above_its_own),
        cmocka_unit_test(test_write_escapes_what_could_forge_a_line),
        cmocka_unit_test(test_write_keeps_text_up_to_its_limit),
        cmocka_unit_test(test_write_cuts_longer_text_between_characters),
        cmocka_unit_test(test_write_survives_a_line_of_escapes_only),
        cmocka_unit_test(test_level_parse_knows_four_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
