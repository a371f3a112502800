/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "cli/out.h"
#include "cli/picture.h"
#include "cli/progress.h"
#include "cli/table.h"

#include <math.h>
#include <string.h>
#include <time.h>

static void test_print_fixed(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {
        {0.0, 2, "0.00"},         {-0.001, 2, "0.00"},          {-0.006, 2, "-0.01"},
        {999.0, 0, "999"},        {1000.0, 0, "1,000"},         {-1234567.891, 1, "-1,234,567.9"},
        {123456.0, 0, "123,456"}, {-999.5, 2, "-999.50"},       {1e15, 0, "1,000,000,000,000,000"},
        {1e30, 2, "1e+30"},       {(double)INFINITY, 2, "inf"},
    };
    char buffer[AMP_NUMBER_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(amp_print_fixed(cases[i].value, cases[i].decimals, buffer),
                            cases[i].text);
}

static void test_print_digits(void **state)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {
        {0.0, 4, "0"},
        {12.0, 4, "12"},
        {0.00123456, 3, "0.00123"},
        {1234.6, 4, "1,235"},
        {1234.4, 2, "1,234"},
        {-42.0625, 4, "-42.06"},
        {1e-7, 2, "1e-07"},
        {1.2345e14, 4, "1.234e+14"},
        {100.0, 2, "100"},
        {999.96, 4, "1,000"},
    };
    char buffer[AMP_NUMBER_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(amp_print_digits(cases[i].value, cases[i].digits, buffer),
                            cases[i].text);
}

static void test_print_times(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } elapsed[] = {{0.0, "0 ms"},     {0.0012, "1.2 ms"}, {0.0123, "12 ms"},   {0.25, "250 ms"},
                   {0.9996, "1.0 s"}, {59.0, "59.0 s"},   {125.4, "2 min 5 s"}};
    static const struct {
        int64_t seconds;
        const char *text;
    } steps[] = {{300, "5 min"},     {3600, "1 h"},      {5400, "90 min"}, {86400, "1 day"},
                 {172800, "2 days"}, {604800, "1 week"}, {7, "7 s"},       {600060, "10,001 min"}};
    char buffer[AMP_NUMBER_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof(elapsed) / sizeof(elapsed[0]); i++)
        assert_string_equal(amp_print_elapsed(elapsed[i].seconds, buffer), elapsed[i].text);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        assert_string_equal(amp_print_step(steps[i].seconds, buffer), steps[i].text);
}

static void test_print_span(void **state)
{
    /* 2025-01-01T06:00Z is 1735711200; 2024 was a leap year of 366 days. 7158 h are 298 days of
     * 24 h and 6 h more; 365 days from the second of January 2024 end on the first of January. */
    static const struct {
        int64_t from, to;
        const char *text;
    } cases[] = {
        {1735711200, 1735711200 + 365 * 86400, "12 months"},
        {1735711200, 1735711200 + 31 * 86400, "1 month"},
        {1735711200, 1735711200 + 30 * 86400, "30 days"},
        {1735711200 - 366 * 86400, 1735711200 + 365 * 86400, "2 years"},
        {1735711200, 1735711200 + 6 * 3600, "6 h"},
        {1735711200, 1735711200 + 7158 * 3600, "298 days 6 h"},
        {1735711200 - 365 * 86400, 1735711200, "365 days"},
        {1735711200, 1735711200 + 12000 * INT64_C(86400), "12,000 days"},
        {1735711200, 1735711200 + 14 * 86400, "14 days"},
        {1735711200, 1735711200 + 86400 + 5400, "1 day 1 h 30 min"},
        {1735711200, 1735711200 + 390 * 60, "6 h 30 min"},
        {1735711200, 1735711200 + 61, "1 min 1 s"},
    };
    char buffer[AMP_NUMBER_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(amp_print_span(cases[i].from, cases[i].to, buffer), cases[i].text);
}

static void test_scales(void **state)
{
    static const struct {
        double usd;
        const char *text;
    } cases[] = {{12.345, "12.35 USD"},      {9999.0, "9,999.00 USD"},   {54321.0, "54.32 k USD"},
                 {654321.0, "654.32 k USD"}, {7654321.0, "7.654 M USD"}, {1.5e9, "1,500.0 M USD"}};
    char number[AMP_NUMBER_BYTES];
    char text[2 * AMP_NUMBER_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const amp_scale scale = amp_scale_money(-cases[i].usd);
        (void)snprintf(text, sizeof text, "%s %s", amp_print_scaled(cases[i].usd, scale, number),
                       scale.unit);
        assert_string_equal(text, cases[i].text);
    }
    assert_string_equal(amp_scale_energy(500.0).unit, "MWh");
    assert_string_equal(amp_scale_energy(50000.0).unit, "GWh");
}

static amp_screen plain(FILE *file, int width)
{
    return (amp_screen){.file = file, .utf8 = false, .width = width};
}

static amp_text_table *small_table(void)
{
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "site", false);
    amp_text_table_column(table, "MW", true);
    amp_text_table_column(table, "note", false);
    amp_text_table_column(table, "USD", true);
    amp_text_table_row(table, false);
    amp_text_table_cell(table, "a");
    amp_text_table_number(table, 12.25, 1);
    amp_text_table_cell(table, "x");
    amp_text_table_number(table, 1234.0, 0);
    amp_text_table_row(table, false);
    amp_text_table_cell(table, "tydal\xc3\xb8"); /* seven bytes, six columns */
    amp_text_table_number(table, (double)NAN, 1);
    amp_text_table_row(table, true);
    amp_text_table_cell(table, "all");
    amp_text_table_number(table, 12.25, 1);
    return table;
}

static void test_table_aligns(void **state)
{
    golden_capture capture;
    (void)state;

    golden_capture_open(&capture);
    const amp_screen screen = plain(capture.file, 80);
    amp_text_table *const table = small_table();
    assert_true(amp_text_table_print(table, &screen));
    amp_text_table_free(table);
    assert_golden(golden_capture_text(&capture), "site      MW  note    USD\n"
                                                 "a       12.2  x     1,234\n"
                                                 "tydal\xc3\xb8\n"
                                                 "-------------------------\n"
                                                 "all     12.2\n");
    golden_capture_free(&capture);
}

static void test_table_that_is_too_wide_repeats_its_first_column(void **state)
{
    golden_capture capture;
    (void)state;

    golden_capture_open(&capture);
    const amp_screen screen = plain(capture.file, 18);
    amp_text_table *const table = small_table();
    assert_true(amp_text_table_print(table, &screen));
    amp_text_table_free(table);
    assert_golden(golden_capture_text(&capture), "site      MW  note\n"
                                                 "a       12.2  x\n"
                                                 "tydal\xc3\xb8\n"
                                                 "------------------\n"
                                                 "all     12.2\n"
                                                 "\n"
                                                 "site      USD\n"
                                                 "a       1,234\n"
                                                 "tydal\xc3\xb8\n"
                                                 "-------------\n"
                                                 "all\n");
    golden_capture_free(&capture);
}

static void test_text_wraps_at_the_width(void **state)
{
    golden_capture capture;
    (void)state;

    golden_capture_open(&capture);
    const amp_screen screen = plain(capture.file, 12);
    amp_print_wrapped(&screen, "one two three four averyverylongword x", 4, 4);
    assert_golden(golden_capture_text(&capture), "one two\n"
                                                 "    three\n"
                                                 "    four\n"
                                                 "    averyverylongword\n"
                                                 "    x\n");
    golden_capture_free(&capture);
}

static void test_spark(void **state)
{
    /* Eight levels of an eighth each; the top value belongs to the last. */
    static const double values[] = {0.0, 12.5, 49.0, 50.0, 99.0, 100.0, -5.0, 105.0};
    static const double flat[] = {3.0, 3.0 + 1e-12};
    const amp_screen ascii = {.utf8 = false};
    const amp_screen utf8 = {.utf8 = true};
    double gap[] = {0.0, (double)NAN, 1.0};
    char buffer[AMP_PICTURE_BYTES];
    (void)state;

    assert_string_equal(amp_picture_spark(&ascii, values, 8, 0.0, 100.0, buffer), "_.-=##_#");
    assert_string_equal(amp_picture_spark(&utf8, values, 4, 0.0, 100.0, buffer),
                        "\u2581\u2582\u2584\u2585");
    assert_string_equal(amp_picture_spark(&ascii, flat, 2, flat[0], flat[1], buffer), "__");
    assert_string_equal(amp_picture_spark(&ascii, gap, 3, 0.0, 1.0, buffer), "_ #");
}

static void test_bar_is_cut_in_proportion(void **state)
{
    const double amount[AMP_USE_COUNT] = {
        [AMP_USE_LEASE] = 25.0, [AMP_USE_MINING] = 50.0, [AMP_USE_EXPORT] = 5.0};
    golden_capture capture;
    (void)state;

    golden_capture_open(&capture);
    const amp_screen screen = plain(capture.file, 80);
    amp_picture_bar(&screen, amount, 100.0, 20);
    (void)fputc('|', capture.file);
    /* 25 % of 20 columns, then up to 75 %, then up to 80 % */
    assert_golden(golden_capture_text(&capture), "#####==========.    |");
    golden_capture_free(&capture);
}

static void test_day_stacks_uses(void **state)
{
    double mw[AMP_DAY_HOURS][AMP_USE_COUNT] = {{0.0}};
    golden_capture capture;
    (void)state;

    for (int hour = 0; hour < AMP_DAY_HOURS; hour++) {
        mw[hour][AMP_USE_LEASE] = 20.0;
        mw[hour][AMP_USE_MINING] = hour < 12 ? 60.0 : 0.0;
        mw[hour][AMP_USE_CHARGE] = hour == 23 ? (double)NAN : 0.0;
    }
    golden_capture_open(&capture);
    const amp_screen screen = plain(capture.file, 40);
    amp_picture_day(&screen, mw);
    /* The top is 80 MW, each of eight rows 10 MW: two of lease, six of mining until noon. */
    assert_golden(golden_capture_text(&capture), "   80 |============\n"
                                                 "      |============\n"
                                                 "      |============\n"
                                                 "      |============\n"
                                                 "   40 |============\n"
                                                 "      |============\n"
                                                 "      |########################\n"
                                                 "      |########################\n"
                                                 "    0 +------------------------\n"
                                                 "       0  3  6  9  12 15 18 21\n");
    golden_capture_free(&capture);
}

static void wait_ms(long ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&time, NULL);
}

static void test_progress_is_drawn_after_half_a_second_and_removed(void **state)
{
    golden_capture capture;
    (void)state;

    golden_capture_open(&capture);
    const amp_screen screen = {.file = capture.file, .is_terminal = true, .width = 80};
    amp_progress *const progress = amp_progress_start(&screen);
    assert_non_null(progress);
    amp_progress_phase(progress, "solving", "sites", 4);
    amp_progress_count(progress, 2, 4);
    amp_progress_count(progress, 1, 4); /* another thread, late: the bar does not go back */
    wait_ms(700);
    amp_progress_stop(progress);
    const char *const text = golden_capture_text(&capture);
    assert_non_null(strstr(text, "\r\x1b[Ksolving ##########---------- 2 of 4 sites  00:00"));
    assert_string_equal(text + strlen(text) - 4, "\r\x1b[K");
    golden_capture_free(&capture);
}

static void test_progress_of_a_short_run_is_silent(void **state)
{
    golden_capture capture;
    (void)state;

    golden_capture_open(&capture);
    const amp_screen screen = {.file = capture.file, .is_terminal = true, .width = 80};
    amp_progress *const progress = amp_progress_start(&screen);
    amp_progress_phase(progress, "solving", "sites", 4);
    amp_progress_stop(progress);
    amp_progress_stop(NULL);
    assert_string_equal(golden_capture_text(&capture), "");
    golden_capture_free(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print_fixed),
        cmocka_unit_test(test_print_digits),
        cmocka_unit_test(test_print_times),
        cmocka_unit_test(test_print_span),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_table_aligns),
        cmocka_unit_test(test_table_that_is_too_wide_repeats_its_first_column),
        cmocka_unit_test(test_text_wraps_at_the_width),
        cmocka_unit_test(test_spark),
        cmocka_unit_test(test_bar_is_cut_in_proportion),
        cmocka_unit_test(test_day_stacks_uses),
        cmocka_unit_test(test_progress_is_drawn_after_half_a_second_and_removed),
        cmocka_unit_test(test_progress_of_a_short_run_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
