/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    amp_unit_row row;
    double numerator;
    double denominator;
} unit_entry;

/* The size of a unit in base units is numerator / denominator, for instance 1 J = 1 / 3.6e9 MWh. */
#define UNIT(symbol_, meaning_, prefixes_, numerator_, denominator_, offset_, ...) \
    {                                                                              \
        .row = {.symbol = (symbol_),                                               \
                .meaning = (meaning_),                                             \
                .prefixes = (prefixes_),                                           \
                .unit = {.dimension = {.exponent = {__VA_ARGS__}},                 \
                         .factor = (numerator_) / (denominator_),                  \
                         .offset = (offset_)}},                                    \
        .numerator = (numerator_), .denominator = (denominator_),                  \
    }

/* No row has the prefix m but bitcoin's: a site of 118 mW is a typing error. */
static const unit_entry units[] = {
    UNIT("W", "watt", "kMGT", 1.0, 1e6, 0.0, [AMP_KIND_ENERGY] = 1, [AMP_KIND_TIME] = -1),
    UNIT("Wh", "watt hour", "kMGT", 1.0, 1e6, 0.0, [AMP_KIND_ENERGY] = 1),
    UNIT("J", "joule", "kMGTPE", 1.0, 3.6e9, 0.0, [AMP_KIND_ENERGY] = 1),
    UNIT("H", "hash", "kMGTPEZ", 1.0, 1e12, 0.0, [AMP_KIND_HASH] = 1),
    UNIT("ms", "millisecond", "", 1.0, 3.6e6, 0.0, [AMP_KIND_TIME] = 1),
    UNIT("s", "second", "", 1.0, 3600.0, 0.0, [AMP_KIND_TIME] = 1),
    UNIT("min", "minute", "", 1.0, 60.0, 0.0, [AMP_KIND_TIME] = 1),
    UNIT("h", "hour", "", 1.0, 1.0, 0.0, [AMP_KIND_TIME] = 1),
    UNIT("day", "24 hours", "", 24.0, 1.0, 0.0, [AMP_KIND_TIME] = 1),
    UNIT("week", "168 hours", "", 168.0, 1.0, 0.0, [AMP_KIND_TIME] = 1),
    UNIT("month", "month of the calendar", "", 1.0, 1.0, 0.0, [AMP_KIND_MONTH] = 1),
    UNIT("year", "12 months of the calendar", "", 12.0, 1.0, 0.0, [AMP_KIND_MONTH] = 1),
    UNIT("BTC", "bitcoin", "mu", 1.0, 1.0, 0.0, [AMP_KIND_BITCOIN] = 1),
    UNIT("sat", "satoshi, 1e-8 BTC", "", 1.0, 1e8, 0.0, [AMP_KIND_BITCOIN] = 1),
    UNIT("satoshi", "1e-8 BTC", "", 1.0, 1e8, 0.0, [AMP_KIND_BITCOIN] = 1),
    UNIT("block", "block of the Bitcoin chain", "", 1.0, 1.0, 0.0, [AMP_KIND_BLOCK] = 1),
    UNIT("t", "tonne, 1000 kg", "kM", 1.0, 1.0, 0.0, [AMP_KIND_MASS] = 1),
    UNIT("g", "gram", "k", 1.0, 1e6, 0.0, [AMP_KIND_MASS] = 1),
    UNIT("degC", "degree Celsius", "", 1.0, 1.0, 0.0, [AMP_KIND_TEMPERATURE] = 1),
    UNIT("degF", "degree Fahrenheit", "", 5.0, 9.0, -160.0 / 9.0, [AMP_KIND_TEMPERATURE] = 1),
    UNIT("K", "kelvin", "", 1.0, 1.0, -273.15, [AMP_KIND_TEMPERATURE] = 1),
    UNIT("%", "hundredth", "", 1.0, 100.0, 0.0, 0),
    UNIT("1", "bare number", "", 1.0, 1.0, 0.0, 0),
};

enum { UNIT_COUNT = sizeof units / sizeof *units };

static const struct {
    char letter;
    double numerator;
    double denominator;
} prefixes[] = {
    {'u', 1.0, 1e6},  {'m', 1.0, 1e3},  {'k', 1e3, 1.0},  {'M', 1e6, 1.0},  {'G', 1e9, 1.0},
    {'T', 1e12, 1.0}, {'P', 1e15, 1.0}, {'E', 1e18, 1.0}, {'Z', 1e21, 1.0},
};

const amp_unit_row *amp_unit_row_get(size_t i)
{
    return i < UNIT_COUNT ? &units[i].row : NULL;
}

static bool is_spelled(const char *symbol, const char *text, size_t length)
{
    return strlen(symbol) == length && memcmp(symbol, text, length) == 0;
}

static amp_unit_factor factor_of(const unit_entry *entry)
{
    const amp_unit *unit = &entry->row.unit;
    return (amp_unit_factor){
        .dimension = unit->dimension,
        .numerator = entry->numerator,
        .denominator = entry->denominator,
        .offset = unit->offset,
        .is_alone = !amp_same(unit->offset, 0.0),
        .is_number = amp_dimension_is_none(&unit->dimension),
    };
}

static void multiply_by_prefix(char letter, amp_unit_factor *factor)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (prefixes[i].letter == letter) {
            factor->numerator *= prefixes[i].numerator;
            factor->denominator *= prefixes[i].denominator;
        }
    }
}

bool amp_unit_find(const char *text, size_t length, amp_unit_factor *out)
{
    if (length == 0 || text[0] == '\0')
        return false;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        const amp_unit_row *row = &units[i].row;
        const bool is_prefixed =
            strchr(row->prefixes, text[0]) != NULL && is_spelled(row->symbol, text + 1, length - 1);
        if (!is_prefixed && !is_spelled(row->symbol, text, length))
            continue;
        *out = factor_of(&units[i]);
        if (is_prefixed)
            multiply_by_prefix(text[0], out);
        return true;
    }
    return false;
}

/* What people write instead, in lower case. Signs that several currencies share are not here. */
static const struct {
    const char *word;
    const char *unit;
} aliases[] = {
    {"$", "USD"},
    {"us$", "USD"},
    {"usd$", "USD"},
    {"dollar", "USD"},
    {"dollars", "USD"},
    {"\u20ac", "EUR"},
    {"euro", "EUR"},
    {"euros", "EUR"},
    {"\u00a3", "GBP"},
    {"\u20b9", "INR"},
    {"\u20bf", "BTC"},
    {"bitcoin", "BTC"},
    {"bitcoins", "BTC"},
    {"xbt", "BTC"},
    {"sats", "sat"},
    {"satoshis", "satoshi"},
    {"blocks", "block"},
    {"tonne", "t"},
    {"tonnes", "t"},
    {"kilogram", "kg"},
    {"kilograms", "kg"},
    {"msec", "ms"},
    {"sec", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"minute", "min"},
    {"minutes", "min"},
    {"mins", "min"},
    {"hour", "h"},
    {"hours", "h"},
    {"hr", "h"},
    {"hrs", "h"},
    {"d", "day"},
    {"days", "day"},
    {"wk", "week"},
    {"weeks", "week"},
    {"mo", "month"},
    {"mon", "month"},
    {"mth", "month"},
    {"months", "month"},
    {"y", "year"},
    {"yr", "year"},
    {"yrs", "year"},
    {"years", "year"},
    {"a", "year"},
    {"annum", "year"},
    {"c", "degC"},
    {"\u00b0c", "degC"},
    {"\u2103", "degC"},
    {"celsius", "degC"},
    {"f", "degF"},
    {"\u00b0f", "degF"},
    {"\u2109", "degF"},
    {"fahrenheit", "degF"},
    {"kelvin", "K"},
    {"percent", "%"},
    {"pct", "%"},
    {"-", "1"},
    {"pu", "1"},
    {"p.u.", "1"},
    {"none", "1"},
    {"fraction", "1"},
    {"ratio", "1"},
    {"w", "W"},
    {"watt", "W"},
    {"watts", "W"},
    {"kilowatt", "kW"},
    {"kilowatts", "kW"},
    {"megawatt", "MW"},
    {"megawatts", "MW"},
    {"gigawatt", "GW"},
    {"gigawatts", "GW"},
    {"kwhr", "kWh"},
    {"mwhr", "MWh"},
    {"gwhr", "GWh"},
    {"j", "J"},
    {"joule", "J"},
    {"joules", "J"},
    {"hash", "H"},
    {"hashes", "H"},
    {"terahash", "TH"},
    {"petahash", "PH"},
    {"exahash", "EH"},
};

/* Longer names, in which a typing error can be told from another unit. */
static const char *const long_names[] = {"month",   "year", "week", "block",
                                         "satoshi", "degC", "degF"};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_same_but_for_case(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* A unit with any of its prefixes that differs in capitals only: "kWH", "Mw", "mW". */
static const char *same_but_for_case(const char *word, char *buffer)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        const amp_unit_row *row = &units[i].row;
        if (is_same_but_for_case(word, row->symbol))
            return row->symbol;
        for (const char *prefix = row->prefixes; *prefix != '\0'; prefix++) {
            (void)snprintf(buffer, AMP_UNIT_SPELLING_BYTES, "%c%s", *prefix, row->symbol);
            if (is_same_but_for_case(word, buffer))
                return buffer;
        }
    }
    return NULL;
}

static const char *currency_in_lower_case(const char *word, char *buffer)
{
    if (strlen(word) != 3)
        return NULL;
    for (size_t i = 0; i < 3; i++) {
        const char c = lower(word[i]);
        if (c < 'a' || c > 'z')
            return NULL;
        buffer[i] = (char)(c - 'a' + 'A');
    }
    buffer[3] = '\0';
    return amp_currency_is_known(buffer) ? buffer : NULL;
}

const char *amp_unit_suggest(const char *text, size_t length, char *buffer)
{
    char word[AMP_UNIT_SPELLING_BYTES];
    if (length == 0 || length >= sizeof word)
        return NULL;
    memcpy(word, text, length);
    word[length] = '\0';
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (is_same_but_for_case(word, aliases[i].word))
            return aliases[i].unit;
    }
    /* A single letter in the wrong case is as likely a prefix without its unit. */
    const char *found = length == 1 ? NULL : same_but_for_case(word, buffer);
    if (found == NULL)
        found = currency_in_lower_case(word, buffer);
    if (found == NULL && length >= 4)
        found = amp_text_nearest(word, long_names, sizeof long_names / sizeof *long_names);
    return found;
}
