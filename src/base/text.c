/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/control.h"
#include "base/utf8.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide; /* exact products of a mantissa and a power of 5 */

/* Decimal numbers: value = digits x 10^exponent. */
typedef struct {
    uint64_t digits;
    int exponent;
} decimal;

enum {
    POWER_OF_5_MAX = 27,      /* 5^27 is the last below 2^63 */
    EXACT_POWER_OF_10 = 22,   /* 10^22 is the last that a double holds exactly */
    DIGITS_OF_UINT64 = 19,    /* that many digits always fit */
    DIGITS_OF_DOUBLE = 17,    /* that many digits always identify a double */
    DIGITS_THAT_MATTER = 800, /* 767 can; what follows matters only as "not zero" */
    FIXED_EXPONENT_MIN = -6,  /* 0.000001 is written so, 1e-7 with an exponent */
    WORD_BYTES_MAX = 64,      /* no one mistypes a longer word */
};

static const double powers_of_10[EXACT_POWER_OF_10 + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static const uint64_t powers_of_5[POWER_OF_5_MAX + 1] = {
    UINT64_C(1),
    UINT64_C(5),
    UINT64_C(25),
    UINT64_C(125),
    UINT64_C(625),
    UINT64_C(3125),
    UINT64_C(15625),
    UINT64_C(78125),
    UINT64_C(390625),
    UINT64_C(1953125),
    UINT64_C(9765625),
    UINT64_C(48828125),
    UINT64_C(244140625),
    UINT64_C(1220703125),
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};

static size_t count_columns(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += !amp_utf8_is_continuation(text[i]);
    return count;
}

size_t amp_text_columns(const char *text)
{
    return count_columns(text, strlen(text));
}

size_t amp_text_wrap(FILE *out, const char *text, size_t column, size_t indent, size_t width)
{
    while (*text != '\0') {
        const size_t gap = strspn(text, " ");
        const char *const word = text + gap;
        const size_t length = strcspn(word, " ");
        const size_t columns = count_columns(word, length);
        const bool is_over = width > 0 && column + gap + columns > width;
        if (gap > 0 && column > 0 && is_over) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            (void)fprintf(out, "%*s", (int)gap, "");
            column += gap;
        }
        (void)fprintf(out, "%.*s", (int)length, word);
        column += columns;
        text = word + length;
    }
    return column;
}

bool amp_same(double a, double b)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wfloat-equal"
    return a == b;
#pragma GCC diagnostic pop
}

/* ---- nearest word ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment). */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_BYTES_MAX + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b_length; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = smaller(replaced, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_length];
}

const char *amp_text_nearest(const char *word, const char *const *words, size_t count)
{
    const size_t length = strlen(word);
    if (length > WORD_BYTES_MAX)
        return NULL;
    /* A word of one letter is near to nothing: every other letter would be one edit away. */
    size_t best = smaller(length < 3 ? 1 : length / 3, length == 0 ? 0 : length - 1) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        const size_t other = strlen(words[i]);
        if (other > WORD_BYTES_MAX)
            continue;
        const size_t distance = edit_distance(word, length, words[i], other);
        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
    }
    return nearest;
}

/* ---- quoting ---- */

char *amp_text_quote(const char *text, size_t length, char *buffer)
{
    const size_t room = AMP_TEXT_QUOTE_BYTES - sizeof "...";
    char *out = buffer;
    size_t i = 0;
    while (i < length) {
        const size_t bytes = amp_utf8_bytes(text + i, length - i);
        const bool is_shown = bytes != 0 && !amp_control_is(text + i, bytes);
        if ((size_t)(out - buffer) + (is_shown ? bytes : 1) > room)
            break;
        if (is_shown)
            memcpy(out, text + i, bytes);
        else
            *out = '?';
        out += is_shown ? bytes : 1;
        i += bytes == 0 ? 1 : bytes;
    }
    memcpy(out, i < length ? "..." : "", i < length ? sizeof "..." : 1);
    return buffer;
}

/* ---- numbers in ---- */

/* What a scan of `-12.50e3` finds: up to 19 digits, and where all of them are. */
typedef struct {
    decimal number;
    bool is_negative;
    bool is_long; /* more significant digits than 19 */
    const char *digits;
    const char *digits_end;
    int64_t exponent; /* of the last digit of the text, before any is dropped */
} scanned;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits and the point. @return what follows them, or NULL when there is no digit. */
static const char *scan_digits(const char *at, const char *end, scanned *out)
{
    uint64_t digits = 0;
    size_t count = 0; /* significant digits */
    const char *point = NULL;
    const char *start = at;
    for (; at < end; at++) {
        if (is_digit(*at)) {
            if (count < DIGITS_OF_UINT64)
                digits = digits * 10 + (uint64_t)(*at - '0');
            if (count > 0 || *at != '0')
                count++;
        } else if (*at == '.' && point == NULL) {
            point = at;
        } else {
            break;
        }
    }
    if (at - start == (point != NULL ? 1 : 0))
        return NULL;
    out->digits = start;
    out->digits_end = at;
    out->number.digits = digits;
    out->is_long = count > DIGITS_OF_UINT64;
    out->exponent = point != NULL ? -(int64_t)(at - point - 1) : 0;
    return at;
}

/* Adds `e-12`; false when it is malformed. Stops counting where no text is long enough to make up
 * for the exponent. */
static bool scan_exponent(const char *at, const char *end, scanned *out)
{
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    const bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    int64_t exponent = 0;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        if (exponent < INT64_C(1000000000000000))
            exponent = exponent * 10 + (*at - '0');
    }
    out->exponent += is_negative ? -exponent : exponent;
    return true;
}

static bool scan_number(const char *text, size_t length, scanned *out)
{
    const char *at = text;
    const char *end = text + length;
    if (length == 0)
        return false;
    out->is_negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    at = scan_digits(at, end, out);
    if (at == NULL)
        return false;
    if (at < end && !scan_exponent(at, end, out))
        return false;
    const int64_t limit = 100000; /* far outside of all doubles, for 19 digits */
    const int64_t exponent = out->exponent;
    out->number.exponent = (int)(exponent < -limit ? -limit : exponent > limit ? limit : exponent);
    return true;
}

/* digits / 10^scale, correctly rounded: an exact quotient of 64 bits or more, whose remainder
 * becomes the last bit, and one rounding. @p digits > 0, 0 <= @p scale <= POWER_OF_5_MAX. */
static double divided(uint64_t digits, int scale)
{
    const int shift = __builtin_clzll(digits);
    const wide dividend = (wide)(digits << shift) << 64;
    const wide quotient = dividend / powers_of_5[scale];
    const bool has_rest = quotient * powers_of_5[scale] != dividend;
    const uint64_t high = (uint64_t)(quotient >> 64);
    assert(high != 0); /* 2^127 / 2^63 */
    const int drop = 64 - __builtin_clzll(high);
    const bool has_dropped = (quotient & (((wide)1 << drop) - 1)) != 0;
    const uint64_t mantissa = (uint64_t)(quotient >> drop) | (has_rest || has_dropped ? 1 : 0);
    return ldexp((double)mantissa, drop - 64 - shift - scale);
}

/* Exact double arithmetic where it is exact (Clinger's fast path), else the exact quotient.
 * @return false when neither applies. */
static bool quick_number(decimal number, double *out)
{
    const uint64_t exact_max = UINT64_C(1) << 53;
    if (number.digits <= exact_max && number.exponent >= -EXACT_POWER_OF_10 &&
        number.exponent <= EXACT_POWER_OF_10) {
        const double digits = (double)number.digits;
        *out = number.exponent < 0 ? digits / powers_of_10[-number.exponent]
                                   : digits * powers_of_10[number.exponent];
        return true;
    }
    if (number.digits != 0 && number.exponent <= 0 && number.exponent >= -POWER_OF_5_MAX) {
        *out = divided(number.digits, -number.exponent);
        return true;
    }
    return false;
}

/* Through strtod(), as digits and exponent without a point: the character that strtod() takes for
 * the point is the locale's, and this way there is none. */
static double slow_number(const char *digits, const char *digits_end, int64_t exponent)
{
    char text[DIGITS_THAT_MATTER + 32];
    size_t count = 0;
    bool has_dropped = false;
    for (const char *at = digits; at < digits_end; at++) {
        if (*at == '.' || (count == 0 && *at == '0'))
            continue;
        if (count < DIGITS_THAT_MATTER) {
            text[count++] = *at;
        } else {
            has_dropped = has_dropped || *at != '0';
            exponent++;
        }
    }
    if (count == 0)
        return 0.0;
    if (has_dropped) {
        text[count++] = '1';
        exponent--;
    }
    const int64_t limit = 100000;
    const int64_t clamped = exponent < -limit ? -limit : exponent > limit ? limit : exponent;
    (void)snprintf(text + count, sizeof text - count, "e%d", (int)clamped);
    return strtod(text, NULL);
}

bool amp_text_parse_number(const char *text, size_t length, double *number)
{
    scanned scan;
    if (!scan_number(text, length, &scan))
        return false;
    double value = 0.0;
    if (scan.is_long || !quick_number(scan.number, &value))
        value = slow_number(scan.digits, scan.digits_end, scan.exponent);
    if (!isfinite(value))
        return false;
    *number = scan.is_negative ? -value : value;
    return true;
}

/* ---- numbers out ---- */

/* Most numbers that people and meters write are thousandths. At most 15 digits: then k/1000 is the
 * only decimal of 15 digits or fewer that reads back as the value, so it is the shortest. */
static bool thousandths(double value, decimal *out)
{
    const double scaled = value * 1000.0;
    if (!(scaled < 1e15))
        return false;
    uint64_t digits = (uint64_t)scaled;
    if (!amp_same((double)digits, scaled) || !amp_same(scaled / 1000.0, value))
        return false;
    int exponent = -3;
    while (exponent < 0 && digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    *out = (decimal){.digits = digits, .exponent = exponent};
    return true;
}

/* A value as mantissa x 2^exponent, times 10^scale, with all numbers that round to the value: in
 * fixed point with fraction_bits bits after the point, exactly. */
typedef struct {
    wide low, middle, high;
    int fraction_bits;
    bool is_closed; /* the ends round to the value, too */
} interval;

static interval interval_of(double value, int scale)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const uint64_t mantissa = fraction | (UINT64_C(1) << 52);
    const int exponent = (int)(bits >> 52) - 1075;

    /* In quarters of the last place, so that half of the smaller step below a power of 2 is whole.
     */
    const wide power = powers_of_5[scale];
    const wide middle = mantissa * 4 * power;
    interval out = {
        .low = middle - (fraction == 0 ? 1 : 2) * power,
        .middle = middle,
        .high = middle + 2 * power,
        .is_closed = mantissa % 2 == 0,
    };
    const int shift = exponent - 2 + scale;
    if (shift >= 0) {
        out.low <<= shift;
        out.middle <<= shift;
        out.high <<= shift;
    } else {
        out.fraction_bits = -shift;
    }
    return out;
}

/* middle / (2^fraction_bits x ten), rounded to nearest, ties to even. */
static uint64_t rounded_quotient(const interval *in, uint64_t ten)
{
    const uint64_t whole = (uint64_t)(in->middle >> in->fraction_bits);
    const wide fraction = in->middle - ((wide)whole << in->fraction_bits);
    const uint64_t quotient = whole / ten;
    /* Twice the rest against the divisor, both in fixed point. */
    const wide twice = (((wide)(whole % ten) << in->fraction_bits) + fraction) * 2;
    const wide one = (wide)ten << in->fraction_bits;
    const bool up = twice > one || (twice == one && quotient % 2 == 1);
    return quotient + (up ? 1 : 0);
}

/* The shortest decimal inside an interval whose middle lies in [10^16, 10^17); of two, the nearer
 * to the middle. It has at most 17 digits, because the interval is wider than 1. */
static decimal shortest_inside(const interval *in)
{
    const wide one = (wide)1 << in->fraction_bits;
    uint64_t low = (uint64_t)((in->low + one - 1) >> in->fraction_bits);
    uint64_t high = (uint64_t)(in->high >> in->fraction_bits);
    if (!in->is_closed && (wide)low << in->fraction_bits == in->low)
        low++;
    if (!in->is_closed && (wide)high << in->fraction_bits == in->high)
        high--;
    uint64_t ten = 1;
    int exponent = 0;
    while (high / 10 * 10 >= low) {
        low = (low + 9) / 10;
        high /= 10;
        ten *= 10;
        exponent++;
    }
    uint64_t digits = rounded_quotient(in, ten);
    if (digits < low)
        digits = low;
    if (digits > high)
        digits = high;
    return (decimal){.digits = digits, .exponent = exponent};
}

/* The fewest digits by exact integer arithmetic. @return false outside of its range. */
static bool quick_digits(double value, decimal *out)
{
    if (!(value >= 1e-10 && value < 1e17))
        return false;
    const double log10_of_2 = 0.30102999566398120;
    int exponent = 0;
    (void)frexp(value, &exponent);
    /* The power of 10 at or below the power of 2 at or below the value; the next may be, too. */
    int scale = DIGITS_OF_DOUBLE - 1 - (int)floor((exponent - 1) * log10_of_2);
    interval in = interval_of(value, scale);
    if (in.middle >> in.fraction_bits >= UINT64_C(100000000000000000)) {
        scale--;
        in = interval_of(value, scale);
    }
    *out = shortest_inside(&in);
    out->exponent -= scale;
    return true;
}

/* The digits of printf(), whatever the locale has for a point. */
static decimal printed_digits(double value, int digit_count)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%.*e", digit_count - 1, value);
    const char *end = strchr(text, 'e');
    decimal out = {.exponent = 0};
    if (end == NULL)
        return out;
    for (const char *at = text; at < end; at++) {
        if (is_digit(*at))
            out.digits = out.digits * 10 + (uint64_t)(*at - '0');
    }
    out.exponent = (int)strtol(end + 1, NULL, 10) - (digit_count - 1);
    return out;
}

static bool reads_back(decimal number, double value)
{
    char text[48];
    const int length = snprintf(text, sizeof text, "%" PRIu64, number.digits);
    return amp_same(slow_number(text, text + length, number.exponent), value);
}

/* Fewer than 15 digits need no search, they end in zeros then; subnormal numbers hold fewer. */
static decimal slow_digits(double value)
{
    decimal out = {.exponent = 0};
    for (int count = value < DBL_MIN ? 1 : 15; count <= DIGITS_OF_DOUBLE; count++) {
        out = printed_digits(value, count);
        if (reads_back(out, value))
            break;
        /* The step above a power of 2 is twice that below: the nearest may miss where this hits. */
        out.digits++;
        if (reads_back(out, value))
            break;
    }
    while (out.digits != 0 && out.digits % 10 == 0) {
        out.digits /= 10;
        out.exponent++;
    }
    return out;
}

/* Writes digits with the point after @p point_at of them, or zeros around where it lies outside. */
static char *write_fixed(char *at, const char *digits, int count, int point_at)
{
    if (point_at <= 0) {
        *at++ = '0';
        *at++ = '.';
        for (int i = point_at; i < 0; i++)
            *at++ = '0';
    }
    for (int i = 0; i < count; i++) {
        if (i > 0 && i == point_at)
            *at++ = '.';
        *at++ = digits[i];
    }
    for (int i = count; i < point_at; i++)
        *at++ = '0';
    return at;
}

static void write_decimal(decimal number, char *at)
{
    char reversed[24];
    char digits[24];
    int count = 0;
    do {
        reversed[count++] = (char)('0' + number.digits % 10);
        number.digits /= 10;
    } while (number.digits != 0);
    for (int i = 0; i < count; i++)
        digits[i] = reversed[count - 1 - i];
    const int exponent = count - 1 + number.exponent;
    if (exponent >= FIXED_EXPONENT_MIN && exponent < DIGITS_OF_DOUBLE) {
        *write_fixed(at, digits, count, exponent + 1) = '\0';
        return;
    }
    at = write_fixed(at, digits, count, 1);
    (void)snprintf(at, 8, "e%d", exponent);
}

char *amp_text_format_number(double value, char *buffer)
{
    char *at = buffer;
    if (isnan(value)) {
        memcpy(buffer, "nan", sizeof "nan");
        return buffer;
    }
    if (value < 0.0)
        *at++ = '-';
    const double size = fabs(value);
    if (isinf(size)) {
        memcpy(at, "inf", sizeof "inf");
        return buffer;
    }
    decimal number;
    if (!thousandths(size, &number) && !quick_digits(size, &number))
        number = slow_digits(size);
    write_decimal(number, at);
    return buffer;
}
