/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* A refusal says why and leaves the result as it was. */
static void require_error(amp_status status, const amp_error *err, int64_t unix_s)
{
    require(status == AMP_PARSE && err->status == AMP_PARSE && unix_s == 42);
    require(err->message[0] != '\0' && err->advice[0] != '\0');
    require(memchr(err->message, '\0', sizeof err->message) != NULL);
    require(memchr(err->advice, '\0', sizeof err->advice) != NULL);
}

/* What was read is printed and read again as the same moment, and its parts add up to it. */
static void require_round_trip(int64_t unix_s)
{
    char text[AMP_TIME_TEXT_BYTES];
    int64_t again_s = 0;
    require(amp_time_format(unix_s, text) == text && strlen(text) == 20);
    require(amp_time_parse(text, strlen(text), &again_s, NULL) == AMP_OK && again_s == unix_s);
    const amp_civil civil = amp_time_civil_utc(unix_s);
    require(civil.year >= 1900 && civil.year <= 2200 && civil.offset_s == 0);
    require(civil.weekday >= 0 && civil.weekday <= 6);
    const int64_t days = amp_time_days_from_civil(civil.year, civil.month, civil.day);
    const int second_of_day = civil.hour * 3600 + civil.minute * 60 + civil.second;
    require(second_of_day >= 0 && second_of_day < AMP_SECONDS_PER_DAY);
    require(days * AMP_SECONDS_PER_DAY + second_of_day == unix_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    amp_error err = {0};
    int64_t unix_s = 42;
    const amp_status status = amp_time_parse((const char *)data, length, &unix_s, &err);
    if (status == AMP_OK)
        require_round_trip(unix_s);
    else
        require_error(status, &err, unix_s);
    /* Any moment can be printed, whether it can be read or not. */
    if (length >= sizeof unix_s) {
        char text[AMP_TIME_TEXT_BYTES];
        memcpy(&unix_s, data, sizeof unix_s);
        require(strlen(amp_time_format(unix_s, text)) == 20);
    }
    return 0;
}
