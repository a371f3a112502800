/* SPDX-License-Identifier: Apache-2.0 */
#include "base/calendar.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

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

static amp_calendar *opened(const char *zone)
{
    amp_calendar *calendar = NULL;
    amp_error err = {0};
    if (amp_calendar_open(zone, &calendar, &err) != AMP_OK)
        fail_msg("%s: %s", zone, err.message);
    return calendar;
}

static int64_t time_of(const char *text)
{
    int64_t unix_s = 0;
    assert_int_equal(amp_time_parse(text, strlen(text), &unix_s, NULL), AMP_OK);
    return unix_s;
}

static void assert_time(int64_t unix_s, const char *text)
{
    char buffer[AMP_TIME_TEXT_BYTES];
    assert_string_equal(amp_time_format(unix_s, buffer), text);
}

typedef struct {
    const char *zone;
    const char *at;    /* any moment of the day */
    const char *start; /* of the local day */
    const char *next;  /* of the day after */
    double length_h;
} day_case;

static void test_day_of_unusual_length(void **state)
{
    (void)state;
    static const day_case cases[] = {
        {"UTC", "2023-08-01T05:00Z", "2023-08-01T00:00:00Z", "2023-08-02T00:00:00Z", 24.0},
        /* -06:00 until 02:00 on 10 March, then -05:00 */
        {"America/Chicago", "2024-03-10T06:00Z", "2024-03-10T06:00:00Z", "2024-03-11T05:00:00Z",
         23.0},
        {"America/Chicago", "2024-03-11T04:59:59Z", "2024-03-10T06:00:00Z", "2024-03-11T05:00:00Z",
         23.0},
        /* -05:00 until 02:00 on 3 November, then -06:00 */
        {"America/Chicago", "2024-11-03T07:30Z", "2024-11-03T05:00:00Z", "2024-11-04T06:00:00Z",
         25.0},
        {"Asia/Kolkata", "2024-03-10T18:29:59Z", "2024-03-09T18:30:00Z", "2024-03-10T18:30:00Z",
         24.0},
        /* half an hour of summer time: +11:00 until 02:00 on 7 April, then +10:30 */
        {"Australia/Lord_Howe", "2024-04-06T15:00Z", "2024-04-06T13:00:00Z", "2024-04-07T13:30:00Z",
         24.5},
        {"Australia/Lord_Howe", "2024-10-05T20:00Z", "2024-10-05T13:30:00Z", "2024-10-06T13:00:00Z",
         23.5},
        /* +13:45 until 03:45 on 7 April, then +12:45 */
        {"Pacific/Chatham", "2024-04-06T14:00Z", "2024-04-06T10:15:00Z", "2024-04-07T11:15:00Z",
         25.0},
        /* 30 December 2011 is left out: -10:00 before, +14:00 after */
        {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z",
         24.0},
        {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z",
         24.0},
        /* no midnight: 00:00 at -03:00 becomes 01:00 at -02:00 */
        {"America/Sao_Paulo", "2018-11-04T12:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z",
         23.0},
        /* 24:00 at -02:00 becomes 23:00 at -03:00 */
        {"America/Sao_Paulo", "2019-02-17T02:30Z", "2019-02-16T02:00:00Z", "2019-02-17T03:00:00Z",
         25.0},
        /* 00:01 at -02:30 becomes 23:01 of the day before at -03:30: that hour is of the new day,
         * since days follow each other without a gap */
        {"America/St_Johns", "2006-10-29T02:45Z", "2006-10-29T02:30:00Z", "2006-10-30T03:30:00Z",
         25.0},
        {"America/St_Johns", "2006-10-29T02:29:59Z", "2006-10-28T02:30:00Z", "2006-10-29T02:30:00Z",
         24.0},
        /* midnight comes twice: 01:00 at -04:00 becomes 00:00 at -05:00 */
        {"America/Havana", "2024-11-03T05:30Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z",
         25.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_calendar *calendar = opened(cases[i].zone);
        const int64_t at_s = time_of(cases[i].at);
        const int64_t start_s = amp_calendar_day_start(calendar, at_s, 0);
        const int64_t next_s = amp_calendar_day_start(calendar, at_s, 1);
        assert_time(start_s, cases[i].start);
        assert_time(next_s, cases[i].next);
        assert_int_equal(next_s - start_s, (int64_t)(cases[i].length_h * 3600.0));
        assert_int_equal(amp_calendar_day_start(calendar, next_s, -1), start_s);
        amp_calendar_close(calendar);
    }
}

static void test_days_are_counted_over_a_day_that_is_left_out(void **state)
{
    (void)state;
    amp_calendar *calendar = opened("Pacific/Apia");
    const int64_t at_s = time_of("2011-12-29T12:00Z"); /* 29 December, 02:00 */
    assert_time(amp_calendar_day_start(calendar, at_s, 1), "2011-12-30T10:00:00Z"); /* the 31st */
    assert_time(amp_calendar_day_start(calendar, at_s, 2), "2011-12-31T10:00:00Z");
    assert_time(amp_calendar_day_start(calendar, time_of("2011-12-31T12:00Z"), -2),
                "2011-12-29T10:00:00Z");
    assert_int_equal(amp_calendar_civil(calendar, time_of("2011-12-30T10:00Z")).day, 31);
    amp_calendar_close(calendar);
}

typedef struct {
    const char *zone;
    const char *at;
    const char *start;
    const char *next;
    int hour_of_day;
} hour_case;

static void test_hours_around_changes_of_the_clock(void **state)
{
    (void)state;
    static const hour_case cases[] = {
        {"UTC", "2023-08-01T05:59:59Z", "2023-08-01T05:00:00Z", "2023-08-01T06:00:00Z", 5},
        /* 01:00 to 02:00 comes twice and is two hours */
        {"America/Chicago", "2024-11-03T06:30Z", "2024-11-03T06:00:00Z", "2024-11-03T07:00:00Z", 1},
        {"America/Chicago", "2024-11-03T07:30Z", "2024-11-03T07:00:00Z", "2024-11-03T08:00:00Z", 1},
        /* 02:00 to 03:00 is left out */
        {"America/Chicago", "2024-03-10T07:30Z", "2024-03-10T07:00:00Z", "2024-03-10T08:00:00Z", 1},
        {"America/Chicago", "2024-03-10T08:00Z", "2024-03-10T08:00:00Z", "2024-03-10T09:00:00Z", 3},
        {"Asia/Kolkata", "2024-03-10T18:30Z", "2024-03-10T18:30:00Z", "2024-03-10T19:30:00Z", 0},
        {"Asia/Kolkata", "2024-03-10T18:29Z", "2024-03-10T17:30:00Z", "2024-03-10T18:30:00Z", 23},
        /* 02:00 becomes 01:30: the second 01:30 to 02:00 is an hour of its own */
        {"Australia/Lord_Howe", "2024-04-06T14:59Z", "2024-04-06T14:00:00Z", "2024-04-06T15:00:00Z",
         1},
        {"Australia/Lord_Howe", "2024-04-06T15:00Z", "2024-04-06T15:00:00Z", "2024-04-06T15:30:00Z",
         1},
        {"Australia/Lord_Howe", "2024-04-06T15:30Z", "2024-04-06T15:30:00Z", "2024-04-06T16:30:00Z",
         2},
        /* 02:00 becomes 02:30 */
        {"Australia/Lord_Howe", "2024-10-05T15:45Z", "2024-10-05T15:30:00Z", "2024-10-05T16:00:00Z",
         2},
        /* 03:45 becomes 02:45 */
        {"Pacific/Chatham", "2024-04-06T13:30Z", "2024-04-06T13:15:00Z", "2024-04-06T14:00:00Z", 3},
        {"Pacific/Chatham", "2024-04-06T14:10Z", "2024-04-06T14:00:00Z", "2024-04-06T14:15:00Z", 2},
        {"Pacific/Chatham", "2024-04-06T14:15Z", "2024-04-06T14:15:00Z", "2024-04-06T15:15:00Z", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_calendar *calendar = opened(cases[i].zone);
        const int64_t at_s = time_of(cases[i].at);
        assert_time(amp_calendar_hour_start(calendar, at_s, 0), cases[i].start);
        assert_time(amp_calendar_hour_start(calendar, at_s, 1), cases[i].next);
        assert_int_equal(amp_calendar_hour_of_day(calendar, at_s), cases[i].hour_of_day);
        const int64_t next_s = time_of(cases[i].next);
        assert_time(amp_calendar_hour_start(calendar, next_s, -1), cases[i].start);
        amp_calendar_close(calendar);
    }
    amp_calendar *calendar = opened("America/Chicago");
    const int64_t day_s = time_of("2024-11-03T05:00Z");
    assert_time(amp_calendar_hour_start(calendar, day_s, 25), "2024-11-04T06:00:00Z");
    amp_calendar_close(calendar);
}

static void test_months_start_at_local_midnight(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *at;
        int count;
        const char *start;
    } cases[] = {
        {"America/Chicago", "2024-11-01T05:00Z", 0, "2024-11-01T05:00:00Z"},
        {"America/Chicago", "2024-11-01T04:59:59Z", 0, "2024-10-01T05:00:00Z"},
        {"America/Chicago", "2024-11-15", 1, "2024-12-01T06:00:00Z"},
        {"America/Chicago", "2024-11-15", 2, "2025-01-01T06:00:00Z"},
        {"America/Chicago", "2024-11-15", 12, "2025-11-01T05:00:00Z"},
        {"America/Chicago", "2024-11-15", -11, "2023-12-01T06:00:00Z"},
        {"America/Chicago", "2024-01-15", -1, "2023-12-01T06:00:00Z"},
        {"Asia/Kolkata", "2024-02-29T18:30Z", 0, "2024-02-29T18:30:00Z"},
        {"Asia/Kolkata", "2024-02-29T18:29Z", 0, "2024-01-31T18:30:00Z"},
        {"UTC", "2024-02-29", 1, "2024-03-01T00:00:00Z"},
        {"Pacific/Apia", "2011-12-15", 1, "2011-12-31T10:00:00Z"}, /* 1 January at +14:00 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_calendar *calendar = opened(cases[i].zone);
        const int64_t at_s = time_of(cases[i].at);
        assert_time(amp_calendar_month_start(calendar, at_s, cases[i].count), cases[i].start);
        amp_calendar_close(calendar);
    }
}

static void test_civil_time(void **state)
{
    (void)state;
    amp_calendar *calendar = opened("America/Chicago");
    const amp_civil civil = amp_calendar_civil(calendar, time_of("2023-08-01T04:15:30Z"));
    assert_int_equal(civil.year, 2023);
    assert_int_equal(civil.month, 7);
    assert_int_equal(civil.day, 31);
    assert_int_equal(civil.hour, 23);
    assert_int_equal(civil.minute, 15);
    assert_int_equal(civil.second, 30);
    assert_int_equal(civil.weekday, 0); /* a Monday */
    assert_int_equal(civil.offset_s, -5 * 3600);
    amp_calendar_close(calendar);
    calendar = opened("Asia/Kolkata");
    assert_int_equal(amp_calendar_civil(calendar, 0).offset_s, 19800);
    amp_calendar_close(calendar);
}

/* ICU's own fields, computed without our arithmetic. */
static void check_against_icu(amp_calendar *calendar, UCalendar *icu, int64_t unix_s)
{
    UErrorCode error = U_ZERO_ERROR;
    const amp_civil civil = amp_calendar_civil(calendar, unix_s);
    ucal_setMillis(icu, (double)unix_s * 1000.0, &error);
    assert_int_equal(civil.year, ucal_get(icu, UCAL_YEAR, &error));
    assert_int_equal(civil.month, ucal_get(icu, UCAL_MONTH, &error) + 1);
    assert_int_equal(civil.day, ucal_get(icu, UCAL_DATE, &error));
    assert_int_equal(civil.hour, ucal_get(icu, UCAL_HOUR_OF_DAY, &error));
    assert_int_equal(civil.minute, ucal_get(icu, UCAL_MINUTE, &error));
    assert_int_equal(civil.second, ucal_get(icu, UCAL_SECOND, &error));
    assert_int_equal(civil.weekday, (ucal_get(icu, UCAL_DAY_OF_WEEK, &error) + 5) % 7);
    assert_int_equal(civil.hour, amp_calendar_hour_of_day(calendar, unix_s));
    assert_true(U_SUCCESS(error));
}

/* Days, months and hours follow each other without a gap, and each knows its start. */
static void check_partition(amp_calendar *calendar, int64_t unix_s)
{
    int64_t (*const starts[])(amp_calendar *, int64_t, int) = {
        amp_calendar_hour_start, amp_calendar_day_start, amp_calendar_month_start};
    static const int64_t longest_s[] = {3600, 49 * 3600, 32 * 86400};
    for (size_t i = 0; i < 3; i++) {
        const int64_t start_s = starts[i](calendar, unix_s, 0);
        const int64_t next_s = starts[i](calendar, unix_s, 1);
        assert_true(start_s <= unix_s && unix_s < next_s && next_s - start_s <= longest_s[i]);
        assert_int_equal(starts[i](calendar, start_s, 0), start_s);
        assert_int_equal(starts[i](calendar, next_s - 1, 0), start_s);
        assert_int_equal(starts[i](calendar, next_s, 0), next_s);
        assert_int_equal(starts[i](calendar, unix_s, -1), starts[i](calendar, start_s - 1, 0));
        assert_int_equal(starts[i](calendar, unix_s, 3), starts[i](calendar, next_s, 2));
    }
}

static void test_random_moments_in_many_zones(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "UTC",
        "America/Chicago",
        "America/New_York",
        "America/Edmonton",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Havana",
        "Europe/Oslo",
        "Europe/Dublin",
        "Africa/Addis_Ababa",
        "Africa/Casablanca",
        "Asia/Thimphu",
        "Asia/Kolkata",
        "Asia/Singapore",
        "Asia/Kuala_Lumpur",
        "Asia/Tehran",
        "Asia/Gaza",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Antarctica/Troll",
    };
    uint64_t random = seed;
    print_message("seed %" PRIu64 "\n", seed);
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        amp_calendar *calendar = opened(zones[z]);
        UChar name[64];
        UErrorCode error = U_ZERO_ERROR;
        u_uastrcpy(name, zones[z]);
        UCalendar *icu = ucal_open(name, -1, "en_US", UCAL_GREGORIAN, &error);
        assert_true(U_SUCCESS(error));
        for (int i = 0; i < 1000; i++) {
            const uint64_t r = next_random(&random);
            const bool is_recent = i % 4 != 0; /* 2000 to 2036, else 1901 to 2199 */
            const int64_t unix_s = is_recent
                                       ? INT64_C(946684800) + (int64_t)(r % UINT64_C(1136073600))
                                       : INT64_C(-2177452800) + (int64_t)(r % UINT64_C(9404000000));
            check_against_icu(calendar, icu, unix_s);
            check_partition(calendar, unix_s);
        }
        ucal_close(icu);
        amp_calendar_close(calendar);
    }
}

/* Each hour of two years around the changes of the clock of a few zones. */
static void test_every_quarter_hour_of_a_year(void **state)
{
    (void)state;
    static const char *const zones[] = {"America/Chicago", "Australia/Lord_Howe", "Pacific/Chatham",
                                        "America/Sao_Paulo"};
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        amp_calendar *calendar = opened(zones[z]);
        const int64_t from_s = time_of("2018-06-01");
        const int64_t to_s = time_of("2019-06-01");
        int64_t hours_s = 0;
        int64_t days_s = 0;
        for (int64_t t = from_s; t < to_s; t += 900) {
            const int64_t hour_s = amp_calendar_hour_start(calendar, t, 0);
            const int64_t day_s = amp_calendar_day_start(calendar, t, 0);
            assert_true(hour_s >= hours_s && day_s >= days_s && hour_s <= t && day_s <= t);
            assert_true(hour_s >= day_s); /* a day starts where one of its hours does */
            hours_s = hour_s;
            days_s = day_s;
        }
        amp_calendar_close(calendar);
    }
}

static void test_unknown_zones(void **state)
{
    (void)state;
    static const char general[] = "write a name of the IANA list such as America/Chicago, or UTC";
    const struct {
        const char *zone;
        const char *message;
        const char *advice;
    } cases[] = {
        {"", "empty, a time zone is expected", "write a name such as America/Chicago, or UTC"},
        {"Amerca/Chicago", "unknown time zone 'Amerca/Chicago'", "write 'America/Chicago'"},
        {"america/chicago", "unknown time zone 'america/chicago'", "write 'America/Chicago'"},
        {"America/Chicago ", "unknown time zone 'America/Chicago '", "write 'America/Chicago'"},
        {"Chicago", "unknown time zone 'Chicago'", "write 'America/Chicago'"},
        {"New York", "unknown time zone 'New York'", "write 'America/New_York'"},
        {"Singapore", "unknown time zone 'Singapore'", "write 'Asia/Singapore'"},
        {"Africa/Addis_Abeba", "unknown time zone 'Africa/Addis_Abeba'",
         "write 'Africa/Addis_Ababa'"},
        {"utc", "unknown time zone 'utc'", "write 'UTC'"},
        {"CST", "'CST' is an abbreviation, not the name of a time zone",
         "write 'America/Chicago' if that is meant"},
        {"cdt", "'cdt' is an abbreviation, not the name of a time zone",
         "write 'America/Chicago' if that is meant"},
        {"EST5EDT", "'EST5EDT' is an abbreviation, not the name of a time zone",
         "write 'America/New_York' if that is meant"},
        {"GMT", "'GMT' is an abbreviation, not the name of a time zone",
         "write 'UTC' if that is meant"},
        {"SystemV/CST6CDT", "unknown time zone 'SystemV/CST6CDT'", general},
        {"Etc/Unknown", "unknown time zone 'Etc/Unknown'", general},
        {"GMT+03:00", "unknown time zone 'GMT+03:00'", general},
        {"Atlantis/Capital", "unknown time zone 'Atlantis/Capital'", general},
        {"\xff/\xff", "unknown time zone '?/?'", general},
        {"A/very/long/name/that/is/longer/than/all/names/of/time/zones/that/there/are",
         "unknown time zone 'A/very/long/name/that/is/longer/than/all/nam...'", general},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_calendar *calendar = NULL;
        amp_error err = {0};
        assert_int_equal(amp_calendar_open(cases[i].zone, &calendar, &err), AMP_PARSE);
        assert_int_equal(err.status, AMP_PARSE);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.advice, cases[i].advice);
        assert_null(calendar);
        assert_int_equal(amp_calendar_open(cases[i].zone, &calendar, NULL), AMP_PARSE);
    }
    amp_calendar_close(NULL);
}

int main(void)
{
    /* Whatever the zone of the process, no answer depends on it. */
    if (setenv("TZ", "Pacific/Chatham", 1) != 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_day_of_unusual_length),
        cmocka_unit_test(test_days_are_counted_over_a_day_that_is_left_out),
        cmocka_unit_test(test_hours_around_changes_of_the_clock),
        cmocka_unit_test(test_months_start_at_local_midnight),
        cmocka_unit_test(test_civil_time),
        cmocka_unit_test(test_random_moments_in_many_zones),
        cmocka_unit_test(test_every_quarter_hour_of_a_year),
        cmocka_unit_test(test_unknown_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
