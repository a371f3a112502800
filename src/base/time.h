/* SPDX-License-Identifier: Apache-2.0 */
/** @file time.h  Points in time: int64 seconds since 1970-01-01T00:00:00Z, RFC 3339 in and out. */
#ifndef AMP_BASE_TIME_H
#define AMP_BASE_TIME_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    AMP_TIME_TEXT_BYTES = 24, /**< room for "2023-08-01T05:00:00Z" and its NUL */
    AMP_SECONDS_PER_HOUR = 3600,
    AMP_SECONDS_PER_DAY = 86400
};

/**
 * Parses RFC 3339 with an offset or Z; seconds may be left out (`2023-08-01T05:00Z`), and a space
 * may stand for the T. A bare date `2023-08-01` is 00:00 UTC of that day. Years 1900 to 2200, as
 * written and in UTC. A time without Z or offset is AMP_PARSE, and the advice says to add Z; so are
 * fractions of a second, leap seconds and dates that do not exist.
 */
amp_status amp_time_parse(const char *text, size_t length, int64_t *unix_s, amp_error *err);

/** Writes `2023-08-01T05:00:00Z`; times outside of the years 0 to 9999 as the nearest inside.
 *  @p buffer has AMP_TIME_TEXT_BYTES. @return buffer. */
char *amp_time_format(int64_t unix_s, char *buffer);

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; month 1..12. */
int64_t amp_time_days_from_civil(int year, int month, int day);

/** A date and time of day in some zone. */
typedef struct {
    int year, month, day;     /**< month 1..12, day 1..31 */
    int hour, minute, second; /**< hour 0..23 */
    int weekday;              /**< 0 Monday .. 6 Sunday */
    int offset_s;             /**< of the zone at that moment, seconds east of UTC */
} amp_civil;

/** @p unix_s in UTC. */
amp_civil amp_time_civil_utc(int64_t unix_s);

#endif
