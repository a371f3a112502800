/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"

#include "base/text.h"
#include "base/units.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucurr.h>

enum {
    FACTORS_MAX = 4,   /* USD/kW/month has three */
    ADVICE_BYTES = 96, /* of a unit or quantity to write instead */
};

typedef struct {
    const char *text;
    size_t length;
} span;

static span trimmed(const char *text, size_t length)
{
    while (length > 0 && (text[0] == ' ' || text[0] == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return (span){.text = text, .length = length};
}

/* ---- currencies ---- */

bool amp_currency_is_known(const char *code)
{
    if (strcmp(code, "USD") == 0)
        return true;
    if (strcmp(code, "XXX") == 0 || strcmp(code, "XTS") == 0)
        return false; /* ISO 4217 has them for "no currency" and for tests */
    UChar wide[4] = {0};
    for (size_t i = 0; i < 3; i++) {
        if (code[i] < 'A' || code[i] > 'Z')
            return false;
        wide[i] = (UChar)code[i];
    }
    UErrorCode error = U_ZERO_ERROR;
    const bool is_known = ucurr_isAvailable(wide, U_DATE_MIN, U_DATE_MAX, &error);
    /* ICU also knows a few codes outside of the standard; they have no number. */
    return code[3] == '\0' && U_SUCCESS(error) && is_known && ucurr_getNumericCode(wide) != 0;
}

/* Copies a code such as "USD" to @p code; false when @p word is none. */
static bool currency_of(span word, char code[4])
{
    if (word.length != 3)
        return false;
    memcpy(code, word.text, 3);
    code[3] = '\0';
    return amp_currency_is_known(code);
}

/* ---- units ---- */

/* A unit while it is read. */
typedef struct {
    span whole;           /* all of its text */
    span number;          /* before it, for advice; empty for a unit alone */
    size_t count;         /* factors so far */
    size_t money_count;   /* of these, currencies */
    bool is_division_due; /* the next factor divides */
    span unknown;         /* first factor that is not known; length 0 when all are */
    bool has_correction;  /* `corrected` has the nearest known spelling of every factor */
    char corrected[ADVICE_BYTES];
    double numerator;
    double denominator;
    amp_unit unit;
} reading;

static void append(char *buffer, size_t size, span text)
{
    const size_t used = strlen(buffer);
    const size_t room = size - 1 - used;
    const size_t length = text.length < room ? text.length : room;
    memcpy(buffer + used, text.text, length);
    buffer[used + length] = '\0';
}

static span span_of(const char *text)
{
    return (span){.text = text, .length = strlen(text)};
}

/* Adds the spelling that was probably meant. `USD/kW-month` is a habit of tariffs; before the first
 * slash a dash would be a product, which units here do not have. */
static void correct(reading *in, span word)
{
    char buffer[AMP_UNIT_SPELLING_BYTES];
    const char *found = amp_unit_suggest(word.text, word.length, buffer);
    if (found != NULL) {
        append(in->corrected, sizeof in->corrected, span_of(found));
        return;
    }
    const char *dash = in->count == 0 ? NULL : memchr(word.text, '-', word.length);
    in->has_correction = in->has_correction && dash != NULL;
    if (dash == NULL)
        return;
    const size_t before = (size_t)(dash - word.text);
    const span halves[] = {{word.text, before}, {dash + 1, word.length - before - 1}};
    for (size_t i = 0; i < 2; i++) {
        amp_unit_factor factor;
        if (i > 0)
            append(in->corrected, sizeof in->corrected, span_of("/"));
        found = amp_unit_suggest(halves[i].text, halves[i].length, buffer);
        if (amp_unit_find(halves[i].text, halves[i].length, &factor))
            append(in->corrected, sizeof in->corrected, halves[i]);
        else if (found != NULL)
            append(in->corrected, sizeof in->corrected, span_of(found));
        else
            in->has_correction = false;
    }
}

static const char *quoted(span text, char *buffer)
{
    return amp_text_quote(text.text, text.length, buffer);
}

static bool looks_like_currency(span word)
{
    for (size_t i = 0; i < word.length; i++) {
        if (word.text[i] < 'A' || word.text[i] > 'Z')
            return false;
    }
    return word.length == 3;
}

static void advise_unknown(const reading *in, amp_error *err)
{
    if (in->has_correction) {
        char number[AMP_TEXT_QUOTE_BYTES];
        amp_advise(err, "write '%s%s%s'", quoted(in->number, number),
                   in->number.length == 0 ? "" : " ", in->corrected);
    } else if (looks_like_currency(in->unknown)) {
        amp_advise(err, "it is neither a unit nor a currency of ISO 4217, such as USD or NOK");
    } else {
        amp_advise(err, "units are for instance MW, MWh, USD/MWh, TH/s, J/TH, degC, %%, min, day, "
                        "month, 1");
    }
}

static amp_status fail_unknown(const reading *in, amp_error *err)
{
    char word[AMP_TEXT_QUOTE_BYTES];
    (void)quoted(in->unknown, word);
    if (in->unknown.length == in->whole.length) {
        (void)amp_fail(err, AMP_PARSE, "unknown unit '%s'", word);
    } else {
        char whole[AMP_TEXT_QUOTE_BYTES];
        (void)amp_fail(err, AMP_PARSE, "unknown unit '%s' in '%s'", word, quoted(in->whole, whole));
    }
    advise_unknown(in, err);
    return AMP_PARSE;
}

static amp_status fail_money(const reading *in, amp_error *err)
{
    char whole[AMP_TEXT_QUOTE_BYTES];
    (void)amp_fail(err, AMP_PARSE, "'%s' has money in it more than once", quoted(in->whole, whole));
    amp_advise(err, "name one currency, as in USD/MWh, or write a rate of exchange as USD/NOK");
    return AMP_PARSE;
}

/* Two currencies are a rate of exchange, which has nothing else in it. */
static amp_status add_money(reading *in, const char code[4], amp_error *err)
{
    amp_unit *unit = &in->unit;
    in->money_count++;
    if (in->money_count == 1) {
        memcpy(unit->currency, code, sizeof unit->currency);
        unit->dimension.exponent[AMP_KIND_MONEY] = in->is_division_due ? -1 : 1;
        return AMP_OK;
    }
    if (in->money_count > 2 || in->count != 1 || strcmp(unit->currency, code) == 0)
        return fail_money(in, err);
    memcpy(unit->per_currency, code, sizeof unit->per_currency);
    unit->dimension = (amp_dimension){.exponent = {[AMP_KIND_EXCHANGE] = 1}};
    return AMP_OK;
}

static void multiply(reading *in, const amp_unit_factor *factor)
{
    int8_t *exponents = in->unit.dimension.exponent;
    for (size_t kind = 0; kind < AMP_KIND_COUNT; kind++) {
        const int8_t exponent = factor->dimension.exponent[kind];
        exponents[kind] = (int8_t)(exponents[kind] + (in->is_division_due ? -exponent : exponent));
    }
    in->numerator *= in->is_division_due ? factor->denominator : factor->numerator;
    in->denominator *= in->is_division_due ? factor->numerator : factor->denominator;
    in->unit.offset = factor->offset;
}

/* Whether a factor may stand where it stands. */
static amp_status check_factor(const reading *in, const amp_unit_factor *factor, amp_error *err)
{
    const bool is_compound = memchr(in->whole.text, '/', in->whole.length) != NULL;
    char whole[AMP_TEXT_QUOTE_BYTES];
    (void)quoted(in->whole, whole);
    if (factor->is_number && in->count > 0) {
        (void)amp_fail(err, AMP_PARSE, "'%s' divides by a number", whole);
        amp_advise(err, "'%%' and '1' can stand first only, as in %%/day");
        return AMP_PARSE;
    }
    if (factor->is_alone && is_compound) {
        (void)amp_fail(err, AMP_PARSE, "'%s' joins a temperature with an offset to another unit",
                       whole);
        amp_advise(err, "write it with degC; degF and K can only stand alone");
        return AMP_PARSE;
    }
    return AMP_OK;
}

/* One factor. An unknown one is only noted, so that the advice can correct all of them. */
static amp_status read_factor(reading *in, span word, amp_error *err)
{
    amp_unit_factor factor;
    char code[4];
    amp_status status = AMP_OK;
    if (in->count > 0)
        append(in->corrected, sizeof in->corrected, span_of("/"));
    if (amp_unit_find(word.text, word.length, &factor)) {
        append(in->corrected, sizeof in->corrected, word);
        status = check_factor(in, &factor, err);
        if (status == AMP_OK)
            multiply(in, &factor);
    } else if (currency_of(word, code)) {
        append(in->corrected, sizeof in->corrected, word);
        status = add_money(in, code, err);
    } else {
        if (in->unknown.length == 0)
            in->unknown = word;
        correct(in, word);
    }
    in->count++;
    in->is_division_due = true;
    return status;
}

static amp_status read_factors(reading *in, amp_error *err)
{
    char whole[AMP_TEXT_QUOTE_BYTES];
    const char *at = in->whole.text;
    const char *end = at + in->whole.length;
    while (at <= end) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash == NULL ? end : slash;
        const span word = trimmed(at, (size_t)(stop - at));
        if (word.length == 0) {
            (void)amp_fail(err, AMP_PARSE, "nothing %s a '/' in '%s'",
                           slash == NULL ? "after" : "before", quoted(in->whole, whole));
            amp_advise(err, "write a unit on both sides of it, as in USD/MWh, or 1/h");
            return AMP_PARSE;
        }
        if (in->count == FACTORS_MAX) {
            (void)amp_fail(err, AMP_PARSE, "'%s' has more than %d units in it",
                           quoted(in->whole, whole), FACTORS_MAX);
            amp_advise(err, "write for instance USD/kW/month");
            return AMP_PARSE;
        }
        const amp_status status = read_factor(in, word, err);
        if (status != AMP_OK)
            return status;
        at = stop + 1;
    }
    if (in->unknown.length != 0)
        return fail_unknown(in, err);
    return in->money_count == 2 && in->count != 2 ? fail_money(in, err) : AMP_OK;
}

static amp_status read_unit(span text, span number, amp_unit *out, amp_error *err)
{
    reading in = {
        .whole = text,
        .number = number,
        .has_correction = true,
        .numerator = 1.0,
        .denominator = 1.0,
    };
    const amp_status status = read_factors(&in, err);
    if (status != AMP_OK)
        return status;
    in.unit.factor = in.numerator / in.denominator;
    *out = in.unit;
    return AMP_OK;
}

amp_status amp_unit_parse(const char *text, size_t length, amp_unit *out, amp_error *err)
{
    const span whole = trimmed(text, length);
    if (whole.length == 0) {
        (void)amp_fail(err, AMP_PARSE, "empty, a unit is expected");
        amp_advise(err, "write for instance MW, or 1 for a bare number");
        return AMP_PARSE;
    }
    return read_unit(whole, (span){.text = ""}, out, err);
}

/* ---- quantities ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_from(span text, size_t i)
{
    while (i < text.length && is_digit(text.text[i]))
        i++;
    return i;
}

/* Bytes of the longest number that @p text starts with, 0 when there is none. An e belongs to it
 * only with a digit after it: 5 EH/s. */
static size_t number_bytes(span text)
{
    size_t i = 0;
    if (i < text.length && (text.text[i] == '-' || text.text[i] == '+'))
        i++;
    const size_t start = i;
    i = digits_from(text, i);
    size_t digit_count = i - start;
    if (i < text.length && text.text[i] == '.') {
        const size_t point = i;
        i = digits_from(text, i + 1);
        digit_count += i - point - 1;
    }
    if (digit_count == 0)
        return 0;
    if (i < text.length && (text.text[i] == 'e' || text.text[i] == 'E')) {
        size_t exponent = i + 1;
        if (exponent < text.length && (text.text[exponent] == '-' || text.text[exponent] == '+'))
            exponent++;
        const size_t end = digits_from(text, exponent);
        i = end > exponent ? end : i;
    }
    return i;
}

/* 1,000 MW or 1_000 MW or 1 000 MW or 1,5 MW, at the first byte after the digits. */
static bool is_separated(span text, size_t i)
{
    if (i + 1 >= text.length || !is_digit(text.text[i + 1]))
        return false;
    const char separator = text.text[i];
    if (separator == ' ') /* `5 1` has the unit 1 */
        return text.text[i + 1] != '1' || digits_from(text, i + 1) > i + 2;
    return separator == ',' || separator == '_' || separator == '\'';
}

static amp_status fail_separated(span text, size_t at, amp_error *err)
{
    char quote[AMP_TEXT_QUOTE_BYTES];
    char joined[AMP_TEXT_QUOTE_BYTES] = "";
    const char separator = text.text[at];
    bool has_point = memchr(text.text, '.', at) != NULL;
    bool is_clear = !has_point;
    span rest = {.text = text.text + at, .length = text.length - at};
    append(joined, sizeof joined, (span){.text = text.text, .length = at});
    for (size_t i = 0; is_separated(rest, 0) && rest.text[0] == separator; i++) {
        const size_t end = digits_from(rest, 1);
        if (separator == ',' && i == 0 && end != 4) { /* not three digits: it is for decimals */
            append(joined, sizeof joined, span_of("."));
            has_point = true;
        }
        append(joined, sizeof joined, (span){.text = rest.text + 1, .length = end - 1});
        rest = (span){.text = rest.text + end, .length = rest.length - end};
    }
    is_clear = is_clear && !(has_point && rest.length > 0 && rest.text[0] == '.');
    append(joined, sizeof joined, rest);
    (void)amp_fail(err, AMP_PARSE, "'%s' has a '%c' in its number", quoted(text, quote), separator);
    if (is_clear)
        amp_advise(err, "write '%s'", amp_text_quote(joined, strlen(joined), quote));
    else
        amp_advise(err, "write it with a dot for decimals and nothing between thousands");
    return AMP_PARSE;
}

static amp_status fail_number(span text, amp_error *err)
{
    char quote[AMP_TEXT_QUOTE_BYTES];
    (void)amp_fail(err, AMP_PARSE, "'%s' does not start with a number", quoted(text, quote));
    amp_advise(err, "write the number first, then its unit, as in 118 MW or 4.5 USD/MWh");
    return AMP_PARSE;
}

static amp_status fail_infinite(span text, amp_error *err)
{
    char quote[AMP_TEXT_QUOTE_BYTES];
    (void)amp_fail(err, AMP_PARSE, "'%s' is not a finite number", quoted(text, quote));
    amp_advise(err, "write a number such as 118 or 1.5e6");
    return AMP_PARSE;
}

/* nan, NaN, inf, -inf, .inf, .nan, Infinity: what programs and YAML write for no number. */
static bool is_named_number(span text)
{
    static const char *const names[] = {"nan", "inf", "infinity"};
    size_t i = 0;
    while (i < text.length && (text.text[i] == '-' || text.text[i] == '+' || text.text[i] == '.'))
        i++;
    size_t end = i;
    char word[12] = "";
    while (end < text.length && end - i < sizeof word - 1 &&
           ((text.text[end] | 0x20) >= 'a' && (text.text[end] | 0x20) <= 'z')) {
        word[end - i] = (char)(text.text[end] | 0x20);
        end++;
    }
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        if (strcmp(word, names[k]) == 0)
            return true;
    }
    return false;
}

amp_status amp_quantity_parse(const char *text, size_t length, amp_quantity *out, amp_error *err)
{
    const span whole = trimmed(text, length);
    if (whole.length == 0) {
        (void)amp_fail(err, AMP_PARSE, "empty, a quantity is expected");
        amp_advise(err, "write a number and its unit, as in 118 MW");
        return AMP_PARSE;
    }
    const size_t bytes = number_bytes(whole);
    if (bytes == 0)
        return is_named_number(whole) ? fail_infinite(whole, err) : fail_number(whole, err);
    if (is_separated(whole, bytes))
        return fail_separated(whole, bytes, err);

    const span number = {.text = whole.text, .length = bytes};
    amp_quantity quantity = {.unit = {.factor = 1.0}};
    if (!amp_text_parse_number(number.text, number.length, &quantity.number))
        return fail_infinite(number, err);
    const span unit = trimmed(whole.text + bytes, whole.length - bytes);
    quantity.has_unit = unit.length > 0;
    if (quantity.has_unit) {
        const amp_status status = read_unit(unit, number, &quantity.unit, err);
        if (status != AMP_OK)
            return status;
    }
    *out = quantity;
    return AMP_OK;
}

/* ---- conversion ---- */

/* A ratio of two factors is nearly always a whole number: 60 min in an hour, 1000 kW in a MW. Both
 * factors are rounded, so the ratio may be off by their last places. */
static double whole_if_near(double ratio)
{
    const double whole = nearbyint(ratio);
    return fabs(ratio - whole) <= 4e-16 * ratio ? whole : ratio;
}

double amp_unit_convert(double number, const amp_unit *from, const amp_unit *to)
{
    assert(amp_dimension_same(&from->dimension, &to->dimension));
    if (amp_same(from->factor, to->factor) && amp_same(from->offset, to->offset))
        return number;
    if (!amp_same(from->offset, to->offset))
        return (number * from->factor + from->offset - to->offset) / to->factor;
    return from->factor > to->factor ? number * whole_if_near(from->factor / to->factor)
                                     : number / whole_if_near(to->factor / from->factor);
}

double amp_quantity_in(const amp_quantity *quantity, const amp_unit *unit)
{
    return amp_unit_convert(quantity->number, &quantity->unit, unit);
}

/* ---- dimensions ---- */

bool amp_dimension_same(const amp_dimension *a, const amp_dimension *b)
{
    return memcmp(a->exponent, b->exponent, sizeof a->exponent) == 0;
}

bool amp_dimension_is_none(const amp_dimension *dimension)
{
    static const amp_dimension none = {{0}};
    return amp_dimension_same(dimension, &none);
}

#define DIMENSION(text_, ...)                                     \
    {                                                             \
        .dimension = {.exponent = {__VA_ARGS__}}, .text = (text_) \
    }

static const struct {
    amp_dimension dimension;
    const char *text;
} dimension_names[] = {
    DIMENSION("a share (% or a bare number)", 0),
    DIMENSION("money (USD)", [AMP_KIND_MONEY] = 1),
    DIMENSION("energy (MWh)", [AMP_KIND_ENERGY] = 1),
    DIMENSION("power (MW)", [AMP_KIND_ENERGY] = 1, [AMP_KIND_TIME] = -1),
    DIMENSION("change of power (MW/min)", [AMP_KIND_ENERGY] = 1, [AMP_KIND_TIME] = -2),
    DIMENSION("time (min, h, day)", [AMP_KIND_TIME] = 1),
    DIMENSION("calendar time (month, year)", [AMP_KIND_MONTH] = 1),
    DIMENSION("share per time (%/day)", [AMP_KIND_TIME] = -1),
    DIMENSION("share per calendar time (%/year)", [AMP_KIND_MONTH] = -1),
    DIMENSION("temperature (degC)", [AMP_KIND_TEMPERATURE] = 1),
    DIMENSION("price of energy (USD/MWh)", [AMP_KIND_MONEY] = 1, [AMP_KIND_ENERGY] = -1),
    DIMENSION("price of power per month or year (USD/kW/month)", [AMP_KIND_MONEY] = 1,
              [AMP_KIND_ENERGY] = -1, [AMP_KIND_TIME] = 1, [AMP_KIND_MONTH] = -1),
    DIMENSION("price of power (USD/MW)", [AMP_KIND_MONEY] = 1, [AMP_KIND_ENERGY] = -1,
              [AMP_KIND_TIME] = 1),
    DIMENSION("money per time (USD/h)", [AMP_KIND_MONEY] = 1, [AMP_KIND_TIME] = -1),
    DIMENSION("money per month or year (USD/month)", [AMP_KIND_MONEY] = 1, [AMP_KIND_MONTH] = -1),
    DIMENSION("hashes (TH)", [AMP_KIND_HASH] = 1),
    DIMENSION("hashrate (TH/s)", [AMP_KIND_HASH] = 1, [AMP_KIND_TIME] = -1),
    DIMENSION("efficiency (J/TH)", [AMP_KIND_ENERGY] = 1, [AMP_KIND_HASH] = -1),
    DIMENSION(
        "hashprice (USD/PH/day)", [AMP_KIND_MONEY] = 1, [AMP_KIND_HASH] = -1, [AMP_KIND_TIME] = -1),
    DIMENSION("price of hashrate (USD/TH)", [AMP_KIND_MONEY] = 1, [AMP_KIND_HASH] = -1),
    DIMENSION("bitcoin (BTC)", [AMP_KIND_BITCOIN] = 1),
    DIMENSION("price of bitcoin (USD/BTC)", [AMP_KIND_MONEY] = 1, [AMP_KIND_BITCOIN] = -1),
    DIMENSION("bitcoin per block (BTC/block)", [AMP_KIND_BITCOIN] = 1, [AMP_KIND_BLOCK] = -1),
    DIMENSION("number of blocks (block)", [AMP_KIND_BLOCK] = 1),
    DIMENSION("mass (t)", [AMP_KIND_MASS] = 1),
    DIMENSION("mass per energy (t/MWh)", [AMP_KIND_MASS] = 1, [AMP_KIND_ENERGY] = -1),
    DIMENSION("rate of exchange (USD/NOK)", [AMP_KIND_EXCHANGE] = 1),
};

/* Base units with their exponents as repeated factors: MWh*MWh/h. */
static void append_base_units(const amp_dimension *dimension, bool is_divisor, char *buffer,
                              size_t size)
{
    static const char *const base_units[AMP_KIND_COUNT] = {
        [AMP_KIND_MONEY] = "USD",        [AMP_KIND_ENERGY] = "MWh",       [AMP_KIND_TIME] = "h",
        [AMP_KIND_MONTH] = "month",      [AMP_KIND_TEMPERATURE] = "degC", [AMP_KIND_HASH] = "TH",
        [AMP_KIND_BITCOIN] = "BTC",      [AMP_KIND_BLOCK] = "block",      [AMP_KIND_MASS] = "t",
        [AMP_KIND_EXCHANGE] = "USD/NOK",
    };
    bool is_first = true;
    for (size_t kind = 0; kind < AMP_KIND_COUNT; kind++) {
        const int exponent = dimension->exponent[kind] * (is_divisor ? -1 : 1);
        for (int i = 0; i < exponent; i++) {
            append(buffer, size, span_of(is_divisor ? "/" : is_first ? "" : "*"));
            append(buffer, size, span_of(base_units[kind]));
            is_first = false;
        }
    }
    if (is_first && !is_divisor)
        append(buffer, size, span_of("1"));
}

const char *amp_dimension_text(const amp_dimension *dimension, char *buffer, size_t size)
{
    for (size_t i = 0; i < sizeof dimension_names / sizeof *dimension_names; i++) {
        if (amp_dimension_same(dimension, &dimension_names[i].dimension))
            return dimension_names[i].text;
    }
    if (size == 0)
        return "";
    buffer[0] = '\0';
    append_base_units(dimension, false, buffer, size);
    append_base_units(dimension, true, buffer, size);
    return buffer;
}
