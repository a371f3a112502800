/* SPDX-License-Identifier: Apache-2.0 */
/* Single values that are no quantities: text, ids, words, times, countries, time zones. */
#include "model/reader.h"

#include "base/calendar.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>

enum { ID_BYTES_MAX = 64, TEXT_BYTES_MAX = 1000, WORDS_MAX = 8, ADVICE_BYTES_MAX = 200 };

#define SHOW(node) (amp_show((node)->text, (node)->length).text)

void amp_read_text(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (!amp_reader_expect_text(reader, node))
        return;
    if (node->length > TEXT_BYTES_MAX) {
        amp_reader_report(reader, AMP_CODE_RANGE, node, "", "'%s' is longer than %d bytes",
                          amp_yaml_name(node), TEXT_BYTES_MAX);
        return;
    }
    amp_reader_store(key, target, &node->text, sizeof node->text);
}

bool amp_reader_is_id(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_-";
    const size_t length = strlen(text);
    return length > 0 && length <= ID_BYTES_MAX && strspn(text, allowed) == length;
}

void amp_read_id(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (!amp_reader_expect_text(reader, node))
        return;
    if (!amp_reader_is_id(node->text)) {
        amp_reader_report(reader, AMP_CODE_ID_INVALID, node,
                          "use letters, digits, '_' and '-', at most 64",
                          "'%s' cannot be an id: it names columns and files", SHOW(node));
        return;
    }
    amp_reader_store(key, target, &node->text, sizeof node->text);
}

void amp_read_bool(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (!amp_reader_expect_text(reader, node))
        return;
    const bool value = strcmp(node->text, "true") == 0;
    if (!value && strcmp(node->text, "false") != 0) {
        amp_reader_report(reader, AMP_CODE_WRONG_WORD, node, "write 'true' or 'false'",
                          "'%s: %s' is neither true nor false", amp_yaml_name(node), SHOW(node));
        return;
    }
    amp_reader_store(key, target, &value, sizeof value);
}

/* "did you mean 'hold'?", or all that may be written. */
static void advise_words(const amp_key *key, const char *word, char *advice, size_t size)
{
    size_t count = 0;
    while (count < WORDS_MAX && key->words[count] != NULL)
        count++;
    const char *nearest = amp_text_nearest(word, key->words, count);
    if (nearest != NULL) {
        (void)snprintf(advice, size, "did you mean '%s'?", nearest);
        return;
    }
    size_t used = (size_t)snprintf(advice, size, "write ");
    for (size_t i = 0; i < count && used < size; i++) {
        const char *joint = i == 0 ? "" : (i + 1 < count ? ", " : " or ");
        used += (size_t)snprintf(advice + used, size - used, "%s'%s'", joint, key->words[i]);
    }
}

void amp_read_word(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (!amp_reader_expect_text(reader, node))
        return;
    for (int i = 0; key->words[i] != NULL; i++) {
        if (strcmp(key->words[i], node->text) == 0) {
            amp_reader_store(key, target, &i, sizeof i); /* enums of the model are as wide as int */
            return;
        }
    }
    char advice[ADVICE_BYTES_MAX];
    advise_words(key, node->text, advice, sizeof advice);
    amp_reader_report(reader, AMP_CODE_WRONG_WORD, node, advice, "'%s: %s' is not a known word",
                      amp_yaml_name(node), SHOW(node));
}

void amp_read_time(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (!amp_reader_expect_text(reader, node))
        return;
    int64_t unix_s = 0;
    amp_error err = {.status = AMP_OK};
    if (amp_time_parse(node->text, node->length, &unix_s, &err) != AMP_OK) {
        amp_reader_report(reader, AMP_CODE_TIME_INVALID, node, err.advice, "'%s': %s",
                          amp_yaml_name(node), err.message);
        return;
    }
    amp_reader_store(key, target, &unix_s, sizeof unix_s);
}

/* "2023-08" as year and month; the years are those of amp_time_parse(). */
static bool parse_month(const char *text, size_t length, amp_peak_so_far *out)
{
    static const char form[] = "0000-00";
    if (length != sizeof form - 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '-' ? text[i] != '-' : !is_digit)
            return false;
    }
    const int year = (int)strtol(text, NULL, 10);
    const int month = (int)strtol(text + 5, NULL, 10);
    if (year < 1900 || year > 2200 || month < 1 || month > 12)
        return false;
    out->year = year;
    out->month = month;
    return true;
}

void amp_read_month(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    (void)key; /* two fields, which its row cannot name */
    if (!amp_reader_expect_text(reader, node) || parse_month(node->text, node->length, target))
        return;
    char advice[ADVICE_BYTES_MAX] = "write year and month, such as 2023-08";
    amp_peak_so_far meant;
    if (node->length > 7 && parse_month(node->text, 7, &meant))
        (void)snprintf(advice, sizeof advice, "write '%.7s'", node->text);
    amp_reader_report(reader, AMP_CODE_TIME_INVALID, node, advice, "'%s: %s' is no month",
                      amp_yaml_name(node), SHOW(node));
}

void amp_init_release(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                      const char *path)
{
    (void)place;
    (void)path;
    const int64_t from_unix_s = reader->portfolio->horizon.from_unix_s;
    amp_reader_store(key, target, &from_unix_s, sizeof from_unix_s);
}

void amp_init_deadline(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                       const char *path)
{
    (void)place;
    (void)path;
    const int64_t to_unix_s = reader->portfolio->horizon.to_unix_s;
    amp_reader_store(key, target, &to_unix_s, sizeof to_unix_s);
}

void amp_read_step(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    double step_s = 0.0;
    if (!amp_reader_number(reader, key, node, &step_s))
        return;
    const double whole = nearbyint(step_s);
    if (fabs(step_s - whole) > 1e-6 || whole < 1.0 || whole > AMP_SECONDS_PER_DAY) {
        amp_reader_report(reader, AMP_CODE_RANGE, node, "for example '5 min' or '1 h'",
                          "'%s: %s' is out of range: it must be a whole number of seconds, from "
                          "1 s to 1 day",
                          amp_yaml_name(node), SHOW(node));
        return;
    }
    const int64_t whole_s = (int64_t)whole;
    amp_reader_store(key, target, &whole_s, sizeof whole_s);
}

void amp_read_whole_number(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                           void *target)
{
    static const double maximum = 1e9; /* blocks: 19,000 years */
    double number = 0.0;
    if (!amp_reader_number(reader, key, node, &number))
        return;
    if (!amp_same(number, floor(number)) || number > maximum) {
        amp_reader_report(reader, AMP_CODE_RANGE, node, "",
                          "'%s: %s' is out of range: it must be a whole number, at most 1e9",
                          amp_yaml_name(node), SHOW(node));
        return;
    }
    const int64_t whole = (int64_t)number;
    amp_reader_store(key, target, &whole, sizeof whole);
}

/* ---- places of the world ---- */

const char *amp_reader_capitals(const char *text, char code[AMP_READER_CODE_BYTES])
{
    const size_t length = strlen(text) < AMP_READER_CODE_BYTES ? strlen(text) : 0;
    for (size_t i = 0; i < length; i++) {
        const bool is_small = text[i] >= 'a' && text[i] <= 'z';
        code[i] = is_small ? (char)(text[i] - 'a' + 'A') : text[i];
    }
    code[length] = '\0';
    return code;
}

static bool is_country(const char *text)
{
    for (const char *const *code = uloc_getISOCountries(); *code != NULL; code++) {
        if (strcmp(*code, text) == 0)
            return true;
    }
    return false;
}

static bool check_country(amp_reader *reader, amp_yaml_node *node)
{
    if (!amp_reader_expect_text(reader, node))
        return false;
    if (is_country(node->text))
        return true;
    char code[AMP_READER_CODE_BYTES];
    char advice[ADVICE_BYTES_MAX] =
        "write the two capital letters of ISO 3166, such as US, NO or GB";
    if (is_country(amp_reader_capitals(node->text, code)))
        (void)snprintf(advice, sizeof advice, "write '%s'", code);
    amp_reader_report(reader, AMP_CODE_WRONG_WORD, node, advice, "'%s: %s' is no country",
                      amp_yaml_name(node), SHOW(node));
    return false;
}

void amp_read_country(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (check_country(reader, node))
        amp_reader_store(key, target, &node->text, sizeof node->text);
}

void amp_read_countries(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    (void)key; /* nothing reads the list yet */
    (void)target;
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return;
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        (void)check_country(reader, child);
}

void amp_read_time_zone(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    if (!amp_reader_expect_text(reader, node))
        return;
    amp_calendar *calendar = NULL;
    amp_error err = {.status = AMP_OK};
    const amp_status status = amp_calendar_open(node->text, &calendar, &err);
    amp_calendar_close(calendar);
    if (status == AMP_NOMEM) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    if (status != AMP_OK) {
        amp_reader_report(reader, AMP_CODE_TIME_INVALID, node, err.advice, "'%s': %s",
                          amp_yaml_name(node), err.message);
        return;
    }
    amp_reader_store(key, target, &node->text, sizeof node->text);
}

void amp_init_time_zone(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                        const char *path)
{
    (void)reader;
    (void)place;
    (void)path;
    amp_reader_store(key, target, &key->row.fallback, sizeof key->row.fallback);
}
