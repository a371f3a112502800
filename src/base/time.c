/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include "base/integer.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    YEAR_MIN = 1900,
    YEAR_MAX = 2200,
    DATE_BYTES = 10,   /* 2023-08-01 */
    MINUTE_BYTES = 16, /* 2023-08-01T05:00 */
    OFFSET_BYTES = 6,  /* +05:30 */
};

/* Days of 400 years of the Gregorian calendar; they repeat from there. */
enum { DAYS_OF_ERA = 146097, YEARS_OF_ERA = 400 };

/* From 0000-03-01, the first day of a year that ends with its leap day, to 1970-01-01. */
enum { DAYS_TO_EPOCH = 719468 };

/* How a text is not a time, in the order in which they are looked for. */
typedef enum {
    FINE,
    BAD_SHAPE,
    BAD_YEAR,
    BAD_MONTH,
    BAD_DAY,
    BAD_HOUR,
    BAD_MINUTE,
    BAD_SECOND,
    LEAP_SECOND,
    HAS_FRACTION,
    NO_ZONE,
    BAD_ZONE,
} problem;

/* ---- calendar arithmetic: years from March, so that the leap day comes last ---- */

int64_t amp_time_days_from_civil(int year, int month, int day)
{
    const int64_t shifted_year = (int64_t)year - (month <= 2 ? 1 : 0);
    const int64_t era = amp_floor_quotient(shifted_year, YEARS_OF_ERA);
    const int64_t year_of_era = shifted_year - era * YEARS_OF_ERA;
    const int64_t month_from_march = month > 2 ? month - 3 : month + 9;
    const int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_OF_ERA + day_of_era - DAYS_TO_EPOCH;
}

amp_civil amp_time_civil_utc(int64_t unix_s)
{
    const int64_t days = amp_floor_quotient(unix_s, AMP_SECONDS_PER_DAY);
    const int second_of_day = (int)(unix_s - days * AMP_SECONDS_PER_DAY);
    const int64_t from_march = days + DAYS_TO_EPOCH;
    const int64_t era = amp_floor_quotient(from_march, DAYS_OF_ERA);
    const int64_t day_of_era = from_march - era * DAYS_OF_ERA;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year =
        (int)(day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
    const int month_from_march = (5 * day_of_year + 2) / 153;
    const int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (amp_civil){
        .year = (int)(year_of_era + era * YEARS_OF_ERA) + (month <= 2 ? 1 : 0),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
        .hour = second_of_day / 3600,
        .minute = second_of_day / 60 % 60,
        .second = second_of_day % 60,
        /* 1970-01-01 was a Thursday. */
        .weekday = (int)(days + 3 - amp_floor_quotient(days + 3, 7) * 7),
    };
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* ---- in ---- */

/* Reads @p count digits. */
static bool read_digits(const char *text, int count, int *value)
{
    int sum = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        sum = sum * 10 + (text[i] - '0');
    }
    *value = sum;
    return true;
}

static bool read_date(const char *text, size_t length, amp_civil *civil)
{
    return length >= DATE_BYTES && text[4] == '-' && text[7] == '-' &&
           read_digits(text, 4, &civil->year) && read_digits(text + 5, 2, &civil->month) &&
           read_digits(text + 8, 2, &civil->day);
}

/* The part after the date up to the zone. @return its end, or 0. */
static size_t read_clock(const char *text, size_t length, amp_civil *civil)
{
    const char separator = text[DATE_BYTES];
    if ((separator != 'T' && separator != 't' && separator != ' ') || length < MINUTE_BYTES ||
        text[13] != ':' || !read_digits(text + 11, 2, &civil->hour) ||
        !read_digits(text + 14, 2, &civil->minute))
        return 0;
    if (length == MINUTE_BYTES || text[MINUTE_BYTES] != ':')
        return MINUTE_BYTES;
    if (length < MINUTE_BYTES + 3 || !read_digits(text + MINUTE_BYTES + 1, 2, &civil->second))
        return 0;
    return MINUTE_BYTES + 3;
}

static problem read_zone(const char *text, size_t length, amp_civil *civil)
{
    int hours = 0;
    int minutes = 0;
    if (length == 0)
        return NO_ZONE;
    if (length == 1 && (text[0] == 'Z' || text[0] == 'z'))
        return FINE;
    if (length >= 2 && text[0] == '.' && text[1] >= '0' && text[1] <= '9')
        return HAS_FRACTION;
    if (length != OFFSET_BYTES || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
        !read_digits(text + 1, 2, &hours) || !read_digits(text + 4, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return BAD_ZONE;
    civil->offset_s = (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
    return FINE;
}

static problem check_civil(const amp_civil *civil)
{
    if (civil->year < YEAR_MIN || civil->year > YEAR_MAX)
        return BAD_YEAR;
    if (civil->month < 1 || civil->month > 12)
        return BAD_MONTH;
    if (civil->day < 1 || civil->day > days_of_month(civil->year, civil->month))
        return BAD_DAY;
    if (civil->hour > 23)
        return BAD_HOUR;
    if (civil->minute > 59)
        return BAD_MINUTE;
    if (civil->second == 60)
        return LEAP_SECOND;
    return civil->second > 60 ? BAD_SECOND : FINE;
}

/* Fills @p civil as far as it was read, for the error. @p clock_end is where the zone starts. */
static problem read_time(const char *text, size_t length, amp_civil *civil, size_t *clock_end)
{
    if (!read_date(text, length, civil))
        return BAD_SHAPE;
    *clock_end = DATE_BYTES;
    if (length > DATE_BYTES) {
        *clock_end = read_clock(text, length, civil);
        if (*clock_end == 0)
            return BAD_SHAPE;
    }
    const problem found = check_civil(civil);
    if (found != FINE || length == DATE_BYTES)
        return found;
    return read_zone(text + *clock_end, length - *clock_end, civil);
}

/* What is wrong, in the words of the message. */
static const char *explain(problem found, const amp_civil *civil, char *buffer, size_t size)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int length = 0;
    switch (found) {
    case FINE:
    case BAD_SHAPE:
        return "is not a time";
    case BAD_YEAR:
        length = snprintf(buffer, size, "is outside of the years %d to %d", YEAR_MIN, YEAR_MAX);
        break;
    case BAD_MONTH:
        length = snprintf(buffer, size, "has a month %d", civil->month);
        break;
    case BAD_DAY:
        length =
            snprintf(buffer, size, "does not exist: %s %d has %d days", months[civil->month - 1],
                     civil->year, days_of_month(civil->year, civil->month));
        break;
    case BAD_HOUR:
        length = snprintf(buffer, size, "has an hour %d", civil->hour);
        break;
    case BAD_MINUTE:
        length = snprintf(buffer, size, "has a minute %d", civil->minute);
        break;
    case BAD_SECOND:
        length = snprintf(buffer, size, "has a second %d", civil->second);
        break;
    case LEAP_SECOND:
        return "is a leap second";
    case HAS_FRACTION:
        return "has a fraction of a second";
    case NO_ZONE:
        return "has no time zone";
    case BAD_ZONE:
        return "has a zone that is neither Z nor an offset such as +05:30";
    }
    return length > 0 ? buffer : "is not a time";
}

/* The advice repeats what could be read, so that it can be pasted. */
static void advise(problem found, const amp_civil *civil, amp_error *err)
{
    amp_civil shown = *civil;
    const char *lead = "write it as";
    switch (found) {
    case HAS_FRACTION:
        lead = "write whole seconds, as in";
        break;
    case NO_ZONE:
        lead = "add Z, as in";
        break;
    case LEAP_SECOND:
        shown.second = 59;
        break;
    case BAD_ZONE:
        amp_advise(err, "end it with Z for UTC, or with an offset such as +05:30");
        return;
    case BAD_HOUR:
        amp_advise(err, shown.hour == 24 ? "write 00:00 of the next day" : "hours are 00 to 23");
        return;
    case BAD_MINUTE:
    case BAD_SECOND:
        amp_advise(err, "minutes and seconds are 00 to 59");
        return;
    case BAD_MONTH:
        amp_advise(err, "write year-month-day, as in 2023-08-01");
        return;
    case FINE:
    case BAD_SHAPE:
    case BAD_YEAR:
    case BAD_DAY:
        amp_advise(err, "write a time as 2023-08-01T05:00:00Z, or a day as 2023-08-01");
        return;
    }
    amp_advise(err, "%s %04d-%02d-%02dT%02d:%02d:%02dZ", lead, shown.year, shown.month, shown.day,
               shown.hour, shown.minute, shown.second);
}

static amp_status fail_time(const char *text, size_t length, problem found, const amp_civil *civil,
                            amp_error *err)
{
    char quote[AMP_TEXT_QUOTE_BYTES];
    char reason[80];
    if (length == 0) {
        (void)amp_fail(err, AMP_PARSE, "empty, a time is expected");
        amp_advise(err, "write a time as 2023-08-01T05:00:00Z, or a day as 2023-08-01");
        return AMP_PARSE;
    }
    (void)amp_fail(err, AMP_PARSE, "'%s' %s", amp_text_quote(text, length, quote),
                   explain(found, civil, reason, sizeof reason));
    advise(found, civil, err);
    return AMP_PARSE;
}

amp_status amp_time_parse(const char *text, size_t length, int64_t *unix_s, amp_error *err)
{
    /* 1900-01-01T00:00:00Z and 2201-01-01T00:00:00Z; an offset may lead out of them. */
    const int64_t first_s = INT64_C(-2208988800);
    const int64_t end_s = INT64_C(7289654400);
    amp_civil civil = {.year = 0};
    size_t clock_end = 0;
    problem found = read_time(text, length, &civil, &clock_end);
    if (found != FINE)
        return fail_time(text, length, found, &civil, err);
    const int64_t days = amp_time_days_from_civil(civil.year, civil.month, civil.day);
    const int64_t time_s = days * AMP_SECONDS_PER_DAY + civil.hour * 3600 + civil.minute * 60 +
                           civil.second - civil.offset_s;
    if (time_s < first_s || time_s >= end_s)
        return fail_time(text, length, BAD_YEAR, &civil, err);
    *unix_s = time_s;
    return AMP_OK;
}

/* ---- out ---- */

static char *write_digits(char *at, int value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

char *amp_time_format(int64_t unix_s, char *buffer)
{
    const int64_t first_s = INT64_C(-62167219200); /* 0000-01-01T00:00:00Z */
    const int64_t last_s = INT64_C(253402300799);  /* 9999-12-31T23:59:59Z */
    const int64_t shown_s = unix_s < first_s ? first_s : unix_s > last_s ? last_s : unix_s;
    const amp_civil civil = amp_time_civil_utc(shown_s);
    char *at = write_digits(buffer, civil.year, 4);
    *at++ = '-';
    at = write_digits(at, civil.month, 2);
    *at++ = '-';
    at = write_digits(at, civil.day, 2);
    *at++ = 'T';
    at = write_digits(at, civil.hour, 2);
    *at++ = ':';
    at = write_digits(at, civil.minute, 2);
    *at++ = ':';
    at = write_digits(at, civil.second, 2);
    *at++ = 'Z';
    *at = '\0';
    return buffer;
}
