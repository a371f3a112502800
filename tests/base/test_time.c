/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint64_t seed = 20230801;

/* splitmix64 */
static uint64_t next_random(uint64_t *random)
{
    *random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *random;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t parsed(const char *text)
{
    int64_t unix_s = 0;
    amp_error err = {0};
    if (amp_time_parse(text, strlen(text), &unix_s, &err) != AMP_OK)
        fail_msg("'%s': %s", text, err.message);
    return unix_s;
}

static void test_parse_known_times(void **state)
{
    (void)state;
    /* 2023-08-01 is day 19570: 53 years of 365 days, 13 leap days from 1972 to 2020, and
     * 31 + 28 + 31 + 30 + 31 + 30 + 31 = 212 days of 2023: 19345 + 13 + 212 = 19570. */
    const int64_t day_s = INT64_C(19570) * 86400;
    static const struct {
        const char *text;
        int64_t after_day_s;
    } cases[] = {
        {"2023-08-01", 0},
        {"2023-08-01T00:00:00Z", 0},
        {"2023-08-01T05:00:00Z", 18000},
        {"2023-08-01T05:00Z", 18000},
        {"2023-08-01t05:00z", 18000},
        {"2023-08-01 05:00:00Z", 18000},
        {"2023-08-01 05:00Z", 18000},
        {"2023-08-01T23:59:59Z", 86399},
        {"2023-08-01T05:00:00-05:00", 36000}, /* 10:00 UTC */
        {"2023-08-01T05:30+05:30", 0},
        {"2023-08-01T00:00:00+00:00", 0},
        {"2023-08-01T00:00:00-00:00", 0},
        {"2023-08-01T00:00:00+23:59", -86340},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(parsed(cases[i].text), day_s + cases[i].after_day_s);
    assert_int_equal(parsed("1970-01-01"), 0);
    assert_int_equal(parsed("1969-12-31T23:59:59Z"), -1);
    assert_int_equal(parsed("2000-02-29"), INT64_C(951782400));
    int64_t unix_s = 0;
    assert_int_equal(amp_time_parse("2023-08-01T05:00:00Z+", 20, &unix_s, NULL), AMP_OK);
    assert_int_equal(amp_time_parse("2023-08-01T05:00:00Z", 10, &unix_s, NULL), AMP_OK);
    assert_int_equal(unix_s, day_s);
}

static void test_parse_errors(void **state)
{
    (void)state;
    static const char shape[] = "write a time as 2023-08-01T05:00:00Z, or a day as 2023-08-01";
    static const char zone[] = "end it with Z for UTC, or with an offset such as +05:30";
    static const char sixty[] = "minutes and seconds are 00 to 59";
    static const char order[] = "write year-month-day, as in 2023-08-01";
    const struct {
        const char *text;
        const char *message;
        const char *advice;
    } cases[] = {
        {"", "empty, a time is expected", shape},
        {"yesterday", "'yesterday' is not a time", shape},
        {"1690866000", "'1690866000' is not a time", shape},
        {"2023-8-1", "'2023-8-1' is not a time", shape},
        {"08/01/2023", "'08/01/2023' is not a time", shape},
        {"2023-08-01T", "'2023-08-01T' is not a time", shape},
        {"2023-08-01T05", "'2023-08-01T05' is not a time", shape},
        {"2023-08-01T05:0", "'2023-08-01T05:0' is not a time", shape},
        {"2023-08-01T05:00:0", "'2023-08-01T05:00:0' is not a time", shape},
        {"2023-08-01T05:00:", "'2023-08-01T05:00:' is not a time", shape},
        {"2023-08-01_05:00Z", "'2023-08-01_05:00Z' is not a time", shape},
        {"2023-08-01T05.00Z", "'2023-08-01T05.00Z' is not a time", shape},
        {" 2023-08-01", "' 2023-08-01' is not a time", shape},
        {"2023-08-01T05:00:00", "'2023-08-01T05:00:00' has no time zone",
         "add Z, as in 2023-08-01T05:00:00Z"},
        {"2023-08-01 05:00", "'2023-08-01 05:00' has no time zone",
         "add Z, as in 2023-08-01T05:00:00Z"},
        {"2023-08-01T05:00:00.500Z", "'2023-08-01T05:00:00.500Z' has a fraction of a second",
         "write whole seconds, as in 2023-08-01T05:00:00Z"},
        {"2016-12-31T23:59:60Z", "'2016-12-31T23:59:60Z' is a leap second",
         "write it as 2016-12-31T23:59:59Z"},
        {"2023-08-01T05:00:61Z", "'2023-08-01T05:00:61Z' has a second 61", sixty},
        {"2023-08-01T05:60Z", "'2023-08-01T05:60Z' has a minute 60", sixty},
        {"2023-08-01T24:00Z", "'2023-08-01T24:00Z' has an hour 24", "write 00:00 of the next day"},
        {"2023-08-01T25:00Z", "'2023-08-01T25:00Z' has an hour 25", "hours are 00 to 23"},
        {"2023-02-29", "'2023-02-29' does not exist: February 2023 has 28 days", shape},
        {"1900-02-29", "'1900-02-29' does not exist: February 1900 has 28 days", shape},
        {"2024-02-30T05:00", "'2024-02-30T05:00' does not exist: February 2024 has 29 days", shape},
        {"2023-04-31", "'2023-04-31' does not exist: April 2023 has 30 days", shape},
        {"2023-04-00", "'2023-04-00' does not exist: April 2023 has 30 days", shape},
        {"2023-13-01", "'2023-13-01' has a month 13", order},
        {"2023-00-01", "'2023-00-01' has a month 0", order},
        {"1899-12-31", "'1899-12-31' is outside of the years 1900 to 2200", shape},
        {"2201-01-01", "'2201-01-01' is outside of the years 1900 to 2200", shape},
        {"1900-01-01T00:00+00:01", "'1900-01-01T00:00+00:01' is outside of the years 1900 to 2200",
         shape},
        {"2200-12-31T23:59:59-00:01",
         "'2200-12-31T23:59:59-00:01' is outside of the years 1900 to 2200", shape},
        {"2023-08-01T05:00 UTC",
         "'2023-08-01T05:00 UTC' has a zone that is neither Z nor an offset such as +05:30", zone},
        {"2023-08-01T05:00:00+0530",
         "'2023-08-01T05:00:00+0530' has a zone that is neither Z nor an offset such as +05:30",
         zone},
        {"2023-08-01T05:00:00+24:00",
         "'2023-08-01T05:00:00+24:00' has a zone that is neither Z nor an offset such as +05:30",
         zone},
        {"2023-08-01T05:00Zz",
         "'2023-08-01T05:00Zz' has a zone that is neither Z nor an offset such as +05:30", zone},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t unix_s = 42;
        amp_error err = {0};
        const size_t length = strlen(cases[i].text);
        assert_int_equal(amp_time_parse(cases[i].text, length, &unix_s, &err), AMP_PARSE);
        assert_int_equal(err.status, AMP_PARSE);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.advice, cases[i].advice);
        assert_int_equal(unix_s, 42);
        assert_int_equal(amp_time_parse(cases[i].text, length, &unix_s, NULL), AMP_PARSE);
    }
}

static int length_of_month(int year, int month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* One day with a time in it: text, civil and seconds agree. @p second_of_day is any. */
static void check_day(const int date[3], int64_t day, int weekday, int second_of_day)
{
    char text[64];
    char buffer[AMP_TIME_TEXT_BYTES];
    const int64_t unix_s = day * 86400 + second_of_day;
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", date[0], date[1], date[2],
                   second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    assert_int_equal(amp_time_days_from_civil(date[0], date[1], date[2]), day);
    assert_int_equal(parsed(text), unix_s);
    assert_string_equal(amp_time_format(unix_s, buffer), text);
    const amp_civil civil = amp_time_civil_utc(unix_s);
    assert_true(civil.year == date[0] && civil.month == date[1] && civil.day == date[2]);
    assert_int_equal(civil.hour * 3600 + civil.minute * 60 + civil.second, second_of_day);
    assert_int_equal(civil.weekday, weekday);
    assert_int_equal(civil.offset_s, 0);
}

/* Every day that can be read, counted by hand from 1900-01-01, a Monday and day -25567: 70 years
 * with 17 leap days (1904 to 1968) before 1970, 25550 + 17. */
static void test_every_day_from_1900_to_2200(void **state)
{
    (void)state;
    uint64_t random = seed;
    int64_t day = -25567;
    int weekday = 0;
    print_message("seed %" PRIu64 "\n", seed);
    for (int year = 1900; year <= 2200; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int of_month = 1; of_month <= length_of_month(year, month); of_month++) {
                const int date[] = {year, month, of_month};
                check_day(date, day, weekday, 0);
                check_day(date, day, weekday, 86399);
                check_day(date, day, weekday, (int)(next_random(&random) % 86400));
                day++;
                weekday = (weekday + 1) % 7;
            }
        }
    }
    assert_int_equal(day, 84371); /* 301 years with 73 leap days: 109938 days after the first */
}

static void test_random_offsets_name_the_same_moment(void **state)
{
    (void)state;
    uint64_t random = seed;
    print_message("seed %" PRIu64 "\n", seed);
    for (int i = 0; i < 100000; i++) {
        const uint64_t r = next_random(&random);
        const int64_t unix_s = (int64_t)(r % UINT64_C(7200000000));
        const int minutes = (int)(r >> 40) % 1440;
        const bool is_east = (r >> 60) % 2 == 0;
        char local[AMP_TIME_TEXT_BYTES];
        char text[64];
        (void)amp_time_format(unix_s + (is_east ? 60 : -60) * minutes, local);
        (void)snprintf(text, sizeof text, "%.19s%c%02d:%02d", local, is_east ? '+' : '-',
                       minutes / 60, minutes % 60);
        assert_int_equal(parsed(text), unix_s);
    }
}

static void test_format_and_civil_outside_of_what_is_read(void **state)
{
    (void)state;
    char buffer[AMP_TIME_TEXT_BYTES];
    assert_string_equal(amp_time_format(INT64_C(-62167219200), buffer), "0000-01-01T00:00:00Z");
    assert_string_equal(amp_time_format(INT64_C(-62167219201), buffer), "0000-01-01T00:00:00Z");
    assert_string_equal(amp_time_format(INT64_C(253402300799), buffer), "9999-12-31T23:59:59Z");
    assert_string_equal(amp_time_format(INT64_MAX, buffer), "9999-12-31T23:59:59Z");
    assert_string_equal(amp_time_format(INT64_MIN, buffer), "0000-01-01T00:00:00Z");
    assert_int_equal(amp_time_days_from_civil(0, 3, 1), -719468);
    assert_int_equal(amp_time_days_from_civil(-400, 3, 1), -719468 - 146097);
    const amp_civil civil = amp_time_civil_utc(INT64_C(-719469) * 86400);
    assert_true(civil.year == 0 && civil.month == 2 && civil.day == 29 && civil.weekday == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_known_times),
        cmocka_unit_test(test_parse_errors),
        cmocka_unit_test(test_every_day_from_1900_to_2200),
        cmocka_unit_test(test_random_offsets_name_the_same_moment),
        cmocka_unit_test(test_format_and_civil_outside_of_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
