/* SPDX-License-Identifier: Apache-2.0 */
/** @file calendar.h  Local months, days and hours of an IANA time zone, through ICU. Times are
 * those that time.h reads, the years 1900 to 2200. */
#ifndef AMP_BASE_CALENDAR_H
#define AMP_BASE_CALENDAR_H

#include "base/time.h"

typedef struct amp_calendar amp_calendar;

/** Opens the calendar of @p zone ("America/Chicago", "Asia/Kolkata", "UTC"). AMP_PARSE with the
 *  nearest known name when it is none (abbreviations such as "CST" are refused too). Never looks
 *  at the zone of the process. One thread at a time. */
amp_status amp_calendar_open(const char *zone, amp_calendar **out, amp_error *err);
/** NULL is allowed. */
void amp_calendar_close(amp_calendar *calendar);

/** Local date and time at @p unix_s. */
amp_civil amp_calendar_civil(amp_calendar *calendar, int64_t unix_s);

/** First moment of the local hour, day or month that holds @p unix_s, and of the one @p count
 *  later (0 is its own start, 1 the next). A day whose midnight is skipped starts at its first
 *  moment. A repeated local hour is two hours, and an hour in which the clock changes ends there.
 *  Local days last 23, 24 or 25 hours, rarely others; each starts where the one before ends, so
 * that start(t, 0) <= t < start(t, 1). A negative count goes back. */
int64_t amp_calendar_hour_start(amp_calendar *calendar, int64_t unix_s, int count);
int64_t amp_calendar_day_start(amp_calendar *calendar, int64_t unix_s, int count);
int64_t amp_calendar_month_start(amp_calendar *calendar, int64_t unix_s, int count);

/** Number of local hours of day, 0..23, for tariffs; the repeated hour has the same number twice.
 */
int amp_calendar_hour_of_day(amp_calendar *calendar, int64_t unix_s);

#endif
