/* SPDX-License-Identifier: Apache-2.0 */
#include "base/calendar.h"

#include "base/integer.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>

enum {
    ZONE_BYTES_MAX = 64,
    OFFSET_MAX_H = 16, /* no zone was ever further from UTC */
    SEGMENTS_KEPT = 4, /* a month and its ends touch no more */
};

/* A stretch of time in which the zone keeps one offset: [from_s, to_s). */
typedef struct {
    int64_t from_s;
    int64_t to_s;
    int offset_s;
} segment;

/* ICU answers what offset holds and until when; all else is arithmetic here. */
struct amp_calendar {
    UCalendar *icu;
    segment kept[SEGMENTS_KEPT]; /* the last found: most questions are about the same ones */
    size_t oldest;
};

/* ---- zones by name ---- */

/* What is written for a zone where one name is meant; the usual reading in the power business. */
static const struct {
    const char *abbreviation;
    const char *zone;
} abbreviations[] = {
    {"CST", "America/Chicago"},
    {"CDT", "America/Chicago"},
    {"CPT", "America/Chicago"},
    {"EST", "America/New_York"},
    {"EDT", "America/New_York"},
    {"EPT", "America/New_York"},
    {"MST", "America/Denver"},
    {"MDT", "America/Denver"},
    {"PST", "America/Los_Angeles"},
    {"PDT", "America/Los_Angeles"},
    {"CET", "Europe/Oslo"},
    {"CEST", "Europe/Oslo"},
    {"GMT", "UTC"},
    {"Z", "UTC"},
    {"IST", "Asia/Kolkata"},
    {"BTT", "Asia/Thimphu"},
    {"SGT", "Asia/Singapore"},
    {"MYT", "Asia/Kuala_Lumpur"},
    {"EAT", "Africa/Addis_Ababa"},
    {"CST6CDT", "America/Chicago"},
    {"EST5EDT", "America/New_York"},
    {"MST7MDT", "America/Denver"},
    {"PST8PDT", "America/Los_Angeles"},
};

static char folded(char c)
{
    return c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_alike(const char *a, const char *b)
{
    while (*a != '\0' && folded(*a) == folded(*b)) {
        a++;
        b++;
    }
    return folded(*a) == folded(*b);
}

/* Names with a continent, and UTC. ICU also knows "CST", which means four things, "Japan", which is
 * there for old files, and "SystemV/CST6CDT", which is not of the IANA list. */
static bool is_full_name(const char *zone)
{
    return strcmp(zone, "UTC") == 0 ||
           (strchr(zone, '/') != NULL && strncmp(zone, "SystemV/", sizeof "SystemV/" - 1) != 0);
}

static void widen(const char *text, UChar wide[ZONE_BYTES_MAX])
{
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        wide[i] = (UChar)(unsigned char)text[i];
    wide[i] = 0;
}

static bool is_zone(const char *zone)
{
    UChar wide[ZONE_BYTES_MAX];
    UChar canonical[ZONE_BYTES_MAX];
    UErrorCode error = U_ZERO_ERROR;
    UBool is_system = 0;
    if (strlen(zone) >= ZONE_BYTES_MAX || !is_full_name(zone) || strcmp(zone, "Etc/Unknown") == 0)
        return false;
    widen(zone, wide);
    (void)ucal_getCanonicalTimeZoneID(wide, -1, canonical, ZONE_BYTES_MAX, &is_system, &error);
    return U_SUCCESS(error) && is_system;
}

/* How well a zone answers to what was written; the larger the better, 0 not at all. */
static int likeness(const char *written, const char *zone)
{
    const char *city = strrchr(zone, '/');
    if (is_alike(written, zone))
        return 2;
    return city != NULL && is_alike(written, city + 1) ? 1 : 0;
}

/* The zone that was probably meant, into @p meant: the same but for capitals and spaces; a city;
 * the nearest by typing errors. "" when there is none. */
static void find_meant(const char *written, char meant[ZONE_BYTES_MAX])
{
    UErrorCode error = U_ZERO_ERROR;
    char near[ZONE_BYTES_MAX] = "";
    int best = 0;
    UEnumeration *zones = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, NULL, NULL, &error);
    int32_t length = 0;
    const char *zone = NULL;
    meant[0] = '\0';
    while (U_SUCCESS(error) && (zone = uenum_next(zones, &length, &error)) != NULL) {
        if (!is_full_name(zone) || length >= ZONE_BYTES_MAX)
            continue;
        const char *const both[] = {near, zone};
        if (amp_text_nearest(written, both, 2) == zone)
            memcpy(near, zone, (size_t)length + 1);
        const int like = likeness(written, zone);
        if (like > best) {
            best = like;
            memcpy(meant, zone, (size_t)length + 1);
        }
    }
    uenum_close(zones);
    if (best == 0)
        memcpy(meant, near, sizeof near);
}

static amp_status fail_zone(const char *zone, amp_error *err)
{
    char quote[AMP_TEXT_QUOTE_BYTES];
    char meant[ZONE_BYTES_MAX];
    if (zone[0] == '\0') {
        (void)amp_fail(err, AMP_PARSE, "empty, a time zone is expected");
        amp_advise(err, "write a name such as America/Chicago, or UTC");
        return AMP_PARSE;
    }
    (void)amp_text_quote(zone, strlen(zone), quote);
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++) {
        if (!is_alike(zone, abbreviations[i].abbreviation))
            continue;
        (void)amp_fail(err, AMP_PARSE, "'%s' is an abbreviation, not the name of a time zone",
                       quote);
        amp_advise(err, "write '%s' if that is meant", abbreviations[i].zone);
        return AMP_PARSE;
    }
    find_meant(zone, meant);
    (void)amp_fail(err, AMP_PARSE, "unknown time zone '%s'", quote);
    if (meant[0] != '\0')
        amp_advise(err, "write '%s'", meant);
    else
        amp_advise(err, "write a name of the IANA list such as America/Chicago, or UTC");
    return AMP_PARSE;
}

/* ---- offsets ---- */

static int offset_at(UCalendar *icu, double time_ms)
{
    UErrorCode error = U_ZERO_ERROR;
    ucal_setMillis(icu, time_ms, &error);
    const int32_t zone_ms = ucal_get(icu, UCAL_ZONE_OFFSET, &error);
    const int32_t dst_ms = ucal_get(icu, UCAL_DST_OFFSET, &error);
    return U_SUCCESS(error) ? (zone_ms + dst_ms) / 1000 : 0;
}

/* The nearest change of the offset before or after the time that @p icu is set to; changes of the
 * rules that keep the offset are passed over. @return @p none when there is no more. */
static int64_t change_of_offset(UCalendar *icu, bool is_forward, int offset_s, int64_t none)
{
    const UTimeZoneTransitionType type =
        is_forward ? UCAL_TZ_TRANSITION_NEXT : UCAL_TZ_TRANSITION_PREVIOUS_INCLUSIVE;
    for (;;) {
        UErrorCode error = U_ZERO_ERROR;
        UDate change_ms = 0.0;
        if (!ucal_getTimeZoneTransitionDate(icu, type, &change_ms, &error) || U_FAILURE(error))
            return none;
        const double beyond_ms = is_forward ? change_ms : change_ms - 1.0;
        if (offset_at(icu, beyond_ms) != offset_s)
            return (int64_t)(change_ms / 1000.0);
    }
}

static segment segment_at(amp_calendar *calendar, int64_t unix_s)
{
    for (size_t i = 0; i < SEGMENTS_KEPT; i++) {
        if (unix_s >= calendar->kept[i].from_s && unix_s < calendar->kept[i].to_s)
            return calendar->kept[i];
    }
    const double time_ms = (double)unix_s * 1000.0;
    UErrorCode error = U_ZERO_ERROR;
    segment found = {.offset_s = offset_at(calendar->icu, time_ms)};
    found.to_s = change_of_offset(calendar->icu, true, found.offset_s, INT64_MAX);
    ucal_setMillis(calendar->icu, time_ms, &error);
    found.from_s = change_of_offset(calendar->icu, false, found.offset_s, INT64_MIN);
    calendar->kept[calendar->oldest] = found;
    calendar->oldest = (calendar->oldest + 1) % SEGMENTS_KEPT;
    return found;
}

amp_status amp_calendar_open(const char *zone, amp_calendar **out, amp_error *err)
{
    if (!is_zone(zone))
        return fail_zone(zone, err);
    amp_calendar *calendar = calloc(1, sizeof *calendar);
    if (calendar == NULL)
        return amp_fail(err, AMP_NOMEM, "time zone '%s': no memory", zone);
    UChar wide[ZONE_BYTES_MAX];
    UErrorCode error = U_ZERO_ERROR;
    widen(zone, wide);
    calendar->icu = ucal_open(wide, -1, "en_US", UCAL_GREGORIAN, &error);
    if (U_FAILURE(error)) {
        amp_calendar_close(calendar);
        return amp_fail(err, AMP_NOMEM, "time zone '%s': %s", zone, u_errorName(error));
    }
    (void)segment_at(calendar, 0); /* ICU builds the rules of the zone now, if ever */
    *out = calendar;
    return AMP_OK;
}

void amp_calendar_close(amp_calendar *calendar)
{
    if (calendar == NULL)
        return;
    ucal_close(calendar->icu);
    free(calendar);
}

/* ---- local time ---- */

amp_civil amp_calendar_civil(amp_calendar *calendar, int64_t unix_s)
{
    const int offset_s = segment_at(calendar, unix_s).offset_s;
    amp_civil civil = amp_time_civil_utc(unix_s + offset_s);
    civil.offset_s = offset_s;
    return civil;
}

int amp_calendar_hour_of_day(amp_calendar *calendar, int64_t unix_s)
{
    const int64_t local_s = unix_s + segment_at(calendar, unix_s).offset_s;
    return (int)(amp_floor_quotient(local_s, AMP_SECONDS_PER_HOUR) -
                 amp_floor_quotient(local_s, AMP_SECONDS_PER_DAY) * 24);
}

/* First moment whose local time is @p local_s or later. Clocks that go back pass a local time
 * twice, clocks that go forward skip it. */
static int64_t first_moment(amp_calendar *calendar, int64_t local_s)
{
    int64_t from_s = local_s - (int64_t)OFFSET_MAX_H * AMP_SECONDS_PER_HOUR;
    for (;;) {
        const segment at = segment_at(calendar, from_s);
        const int64_t moment_s = local_s - at.offset_s;
        if (moment_s < at.to_s)
            return moment_s > from_s ? moment_s : from_s;
        from_s = at.to_s;
    }
}

static int64_t first_of_day(amp_calendar *calendar, int64_t day)
{
    return first_moment(calendar, day * AMP_SECONDS_PER_DAY);
}

/* Days since 1970-01-01 of the local day. A clock that goes back over midnight does not bring
 * yesterday back: days follow each other without a gap. */
static int64_t day_at(amp_calendar *calendar, int64_t unix_s)
{
    const int64_t local_s = unix_s + segment_at(calendar, unix_s).offset_s;
    int64_t day = amp_floor_quotient(local_s, AMP_SECONDS_PER_DAY);
    while (first_of_day(calendar, day + 1) <= unix_s)
        day++;
    return day;
}

/* Step by step, because a zone that changes sides of the date line skips a day. */
int64_t amp_calendar_day_start(amp_calendar *calendar, int64_t unix_s, int count)
{
    int64_t day = day_at(calendar, unix_s);
    for (; count > 0; count--)
        day = day_at(calendar, first_of_day(calendar, day + 1));
    for (; count < 0; count++)
        day = day_at(calendar, first_of_day(calendar, day) - 1);
    return first_of_day(calendar, day);
}

/* @p month counts from January of the year 0. */
static int64_t first_of_month(amp_calendar *calendar, int64_t month)
{
    const int64_t year = amp_floor_quotient(month, 12);
    const int month_of_year = (int)(month - year * 12) + 1;
    return first_of_day(calendar, amp_time_days_from_civil((int)year, month_of_year, 1));
}

int64_t amp_calendar_month_start(amp_calendar *calendar, int64_t unix_s, int count)
{
    const amp_civil civil = amp_calendar_civil(calendar, unix_s);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1;
    while (first_of_month(calendar, month + 1) <= unix_s)
        month++;
    return first_of_month(calendar, month + count);
}

/* An hour ends where the clock changes: a zone that goes back by half an hour has a short one. */
static segment hour_at(amp_calendar *calendar, int64_t unix_s)
{
    segment hour = segment_at(calendar, unix_s);
    const int64_t start_s =
        amp_floor_quotient(unix_s + hour.offset_s, AMP_SECONDS_PER_HOUR) * AMP_SECONDS_PER_HOUR -
        hour.offset_s;
    const int64_t end_s = start_s + AMP_SECONDS_PER_HOUR;
    hour.from_s = start_s > hour.from_s ? start_s : hour.from_s;
    hour.to_s = end_s < hour.to_s ? end_s : hour.to_s;
    return hour;
}

int64_t amp_calendar_hour_start(amp_calendar *calendar, int64_t unix_s, int count)
{
    segment hour = hour_at(calendar, unix_s);
    for (; count > 0; count--)
        hour = hour_at(calendar, hour.to_s);
    for (; count < 0; count++)
        hour = hour_at(calendar, hour.from_s - 1);
    return hour.from_s;
}
