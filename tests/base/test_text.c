/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint64_t seed = 20230801;

/* splitmix64: any seed is good, and the numbers are the same everywhere. */
static uint64_t next_random(uint64_t *random)
{
    *random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *random;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void test_nearest_finds_what_was_meant(void **state)
{
    (void)state;
    static const char *const words[] = {"power",      "energy", "charge_power", "discharge_power",
                                        "efficiency", "id",     "wear"};
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"powr", "power"},    /* one letter missing */
        {"pwoer", "power"},   /* two letters swapped count one */
        {"enrgyy", "energy"}, /* two edits of six letters */
        {"eergyx", "energy"}, /* the same */
        {"efficeincy", "efficiency"},
        {"charge_powr", "charge_power"},
        {"dicharge_power", "discharge_power"},
        {"power", "power"},
        {"ids", "id"},
        {"watts", NULL},
        {"xxergy", "energy"}, /* two of six, exactly a third */
        {"xxxrgy", NULL},     /* three of six */
        {"x", NULL},          /* a word of one letter is near to nothing */
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = amp_text_nearest(cases[i].word, words, sizeof words / sizeof *words);
        if (cases[i].nearest == NULL)
            assert_null(found);
        else
            assert_string_equal(found, cases[i].nearest);
    }
    char longer[200];
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    const char *const one[] = {longer};
    assert_null(amp_text_nearest(longer, words, 7));
    assert_null(amp_text_nearest("power", one, 1));
    assert_null(amp_text_nearest("power", words, 0));
}

static void test_quote_is_short_valid_and_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *quoted;
    } cases[] = {
        {"", ""},
        {"118 MW", "118 MW"},
        {"20 \xc2\xb0"
         "C",
         "20 \xc2\xb0"
         "C"},
        {"a\tb\nc\x7f", "a?b?c?"},
        {"\x1b[31m", "?[31m"},
        {"\xc2\x9b"
         "31m",
         "?31m"}, /* U+009B opens an escape sequence, too */
        {"\xb0"
         "C",
         "?C"},                                     /* Latin-1 */
        {"\xc0\xaf|\xed\xa0\x80|\xf5", "??|???|?"}, /* overlong, surrogate, beyond Unicode */
        {"\xe2\x82", "??"},                         /* cut short */
        {"\xe2\x82\xac\xf0\x9f\x94\x8b", "\xe2\x82\xac\xf0\x9f\x94\x8b"},
        {"01234567890123456789012345678901234567890123", /* 44 bytes */
         "01234567890123456789012345678901234567890123"},
        {"012345678901234567890123456789012345678901234",
         "01234567890123456789012345678901234567890123..."},
        {"0123456789012345678901234567890123456789012\xe2\x82\xac",
         "0123456789012345678901234567890123456789012..."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[AMP_TEXT_QUOTE_BYTES];
        const size_t length = strlen(cases[i].text);
        assert_string_equal(amp_text_quote(cases[i].text, length, buffer), cases[i].quoted);
    }
    char buffer[AMP_TEXT_QUOTE_BYTES];
    assert_string_equal(amp_text_quote("a\0b", 3, buffer), "a?b");
}

static void test_parse_number_accepts_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double number;
    } cases[] = {
        {"0", 0.0},
        {"118", 118.0},
        {"-4.5", -4.5},
        {"+4.5", 4.5},
        {".5", 0.5},
        {"5.", 5.0},
        {"-1.5e3", -1500.0},
        {"1E3", 1000.0},
        {"1e+3", 1000.0},
        {"25e-1", 2.5},
        {"000123.4500", 123.45},
        {"0.1", 0.1},
        {"0.30000000000000004", 0.1 + 0.2},
        {"9007199254740993", 9007199254740992.0}, /* 2^53 + 1, a tie: to even */
        {"9007199254740993.0001", 9007199254740994.0},
        {"1e23", 1e23},
        {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"0.000000000000000000000000000001234567890123456789", 1.234567890123456789e-30},
        {"1.7976931348623157e308", DBL_MAX},
        {"4.9406564584124654e-324", 4.9406564584124654e-324},
        {"1e-400", 0.0},
        {"0e999999999999999999999", 0.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double number = (double)NAN;
        assert_true(amp_text_parse_number(cases[i].text, strlen(cases[i].text), &number));
        assert_true(amp_same(number, cases[i].number));
    }
    double number = 0.0;
    assert_true(amp_text_parse_number("12345", 2, &number)); /* the length decides, no NUL needed */
    assert_true(amp_same(number, 12.0));
}

static void test_parse_number_refuses_all_else(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",         " ",
        "-",        "+",
        ".",        "-.",
        "e5",       "1e",
        "1e+",      "1.2.3",
        "1 ",       " 1",
        "1,5",      "1_000",
        "0x10",     "inf",
        "-inf",     "nan",
        "infinity", "1e400",
        "--1",      "1e1.5",
        "1MW",      "1e5x",
        "١",        "1e999999999999999999999",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double number = 42.0;
        if (amp_text_parse_number(cases[i], strlen(cases[i]), &number))
            fail_msg("'%s' was taken for a number", cases[i]);
        assert_true(amp_same(number, 42.0));
    }
    double number = 42.0;
    assert_false(amp_text_parse_number("1\0002", 3, &number));
}

/* @p text over the start of @p at, without a NUL. */
static size_t put(char *at, const char *text)
{
    size_t count = 0;
    for (; text[count] != '\0'; count++)
        at[count] = text[count];
    return count;
}

/* More zeros than any buffer: 0.00...01e1001 with 1000 zeros is 1, and 10...0e-1000 is 1. */
static void test_parse_number_with_very_many_digits(void **state)
{
    (void)state;
    char text[2100];
    double number = 0.0;
    memset(text, '0', sizeof text);
    text[1] = '.';
    assert_true(amp_text_parse_number(text, 1002 + put(text + 1002, "1e1001"), &number));
    assert_true(amp_same(number, 1.0));
    memset(text, '0', sizeof text);
    text[0] = '1';
    assert_true(amp_text_parse_number(text, 1001 + put(text + 1001, "e-1000"), &number));
    assert_true(amp_same(number, 1.0));
    /* 1 + 2^-53 is a tie that rounds down; any digit after it, however far, makes it round up. */
    memset(text, '0', sizeof text);
    (void)put(text, "1.00000000000000011102230246251565404236316680908203125");
    assert_true(amp_text_parse_number(text, 2000, &number));
    assert_true(amp_same(number, 1.0));
    text[1999] = '1';
    assert_true(amp_text_parse_number(text, 2000, &number));
    assert_true(amp_same(number, 1.0 + DBL_EPSILON));
}

static void check_parse_equals_strtod(const char *text)
{
    double number = 0.0;
    const double expected = strtod(text, NULL);
    if (isinf(expected)) {
        assert_false(amp_text_parse_number(text, strlen(text), &number));
        return;
    }
    assert_true(amp_text_parse_number(text, strlen(text), &number));
    if (!amp_same(number, expected) || signbit(number) != signbit(expected))
        fail_msg("'%s': %.17g, strtod() says %.17g", text, number, expected);
}

/* strtod() of glibc is correctly rounded; the tests run in the locale "C". */
static void test_parse_number_equals_strtod_on_random_text(void **state)
{
    (void)state;
    print_message("seed %" PRIu64 "\n", seed);
    uint64_t random = seed;
    char text[128];
    for (int i = 0; i < 400000; i++) {
        const uint64_t r = next_random(&random);
        const int places = (int)(r % 28);
        const uint64_t digits = next_random(&random) >> (r >> 32) % 60;
        (void)snprintf(text, sizeof text, "%s%" PRIu64 "e-%d", r & 64 ? "-" : "", digits, places);
        check_parse_equals_strtod(text);
        (void)snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64 "e%d", digits % 1000, 1 + places,
                       next_random(&random) >> (r >> 40) % 60, (int)(r >> 50) % 660 - 330);
        check_parse_equals_strtod(text);
    }
    for (int i = 0; i < 200000; i++) { /* all doubles, with 17 digits, and halfway to the next */
        uint64_t bits = next_random(&random);
        double value = 0.0;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        (void)snprintf(text, sizeof text, "%.17g", value);
        check_parse_equals_strtod(text);
        value = (double)(bits >> 11) * 0x1p-52; /* in [0, 2): the next is 2^-52 or less away */
        (void)snprintf(text, sizeof text, "%.55g", value + 0x1p-54);
        check_parse_equals_strtod(text);
    }
}

static void test_format_number_is_short_and_plain(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1.0, "1"},
        {-118.0, "-118"},
        {0.1, "0.1"},
        {0.05, "0.05"},
        {62.8643, "62.8643"},
        {38.125, "38.125"},
        {-4.5, "-4.5"},
        {100000.0, "100000"},
        {1.0 / 3.0, "0.3333333333333333"},
        {2.0 / 3.0, "0.6666666666666666"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e14, "100000000000000"},
        {123456789012345680.0, "1.2345678901234568e17"},
        {12345678901234567.0, "12345678901234568"}, /* 2^53 < it: even numbers only */
        {1e16, "10000000000000000"},
        {1e17, "1e17"},
        {1e23, "1e23"},
        {-2.5e-7, "-2.5e-7"},
        {0.000001, "0.000001"},
        {0.0000012345, "0.0000012345"},
        {1e-11, "1e-11"},
        {DBL_MAX, "1.7976931348623157e308"},
        {-DBL_MAX, "-1.7976931348623157e308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {4.9406564584124654e-324, "5e-324"},
        {0x1p-44, "5.684341886080802e-14"},
        {(double)INFINITY, "inf"},
        {-(double)INFINITY, "-inf"},
        {(double)NAN, "nan"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[32];
        assert_string_equal(amp_text_format_number(cases[i].value, buffer), cases[i].text);
    }
}

/* The significant digits of a text, without point, exponent, leading and trailing zeros. */
static void digits_of(const char *text, char *out)
{
    size_t count = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0'))
            out[count++] = *text;
    }
    while (count > 0 && out[count - 1] == '0')
        count--;
    out[count] = '\0';
}

/* By definition: the first of 15, 16, 17 printed digits that read back. */
static void check_format_equals_printf(double value)
{
    char expected[64];
    char buffer[32];
    char expected_digits[64];
    char digits[32];
    for (int count = 15; count <= 17; count++) {
        (void)snprintf(expected, sizeof expected, "%.*g", count, value);
        if (amp_same(strtod(expected, NULL), value))
            break;
    }
    (void)amp_text_format_number(value, buffer);
    digits_of(expected, expected_digits);
    digits_of(buffer, digits);
    if (strlen(buffer) >= sizeof buffer || !amp_same(strtod(buffer, NULL), value) ||
        strcmp(digits, expected_digits) != 0)
        fail_msg("'%s', printf() says '%s'", buffer, expected);
}

static void test_format_number_equals_printf_on_random_values(void **state)
{
    (void)state;
    print_message("seed %" PRIu64 "\n", seed);
    uint64_t random = seed;
    for (int i = 0; i < 300000; i++) {
        const uint64_t r = next_random(&random);
        const double whole = (double)(int64_t)r;
        check_format_equals_printf((double)((int64_t)r >> (10 + r % 50)) / 1000.0);
        check_format_equals_printf(whole * pow(10.0, (double)(r % 24) - 32.0)); /* 1e-13 to 1e10 */
        check_format_equals_printf((double)((int64_t)r >> r % 64));
        double any = 0.0;
        memcpy(&any, &r, sizeof any);
        if (isnormal(any) && (r & ((UINT64_C(1) << 52) - 1)) != 0)
            check_format_equals_printf(any);
    }
    for (int k = -30; k < 30; k++) { /* neighbours of powers of ten */
        const double ten = pow(10.0, k);
        check_format_equals_printf(ten);
        check_format_equals_printf(nextafter(ten, 0.0));
        check_format_equals_printf(nextafter(ten, 1e300));
    }
}

/* Below a power of two the doubles are closer than above it, so that a shorter text than
 * printf()'s can read back; it must read back and have at most as many digits. */
static void test_format_number_of_powers_of_two(void **state)
{
    (void)state;
    for (int k = -1074; k < 1024; k++) {
        char buffer[32];
        char digits[32];
        const double value = ldexp(1.0, k);
        assert_true(amp_same(strtod(amp_text_format_number(value, buffer), NULL), value));
        digits_of(buffer, digits);
        assert_in_range(strlen(digits), 1, 17);
    }
}

/* A program that embeds the library may have set a locale with a comma. Where none is installed
 * the test says so. */
static void test_numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nb_NO.UTF-8"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && found == NULL; i++)
        found = setlocale(LC_NUMERIC, names[i]);
    if (found == NULL)
        skip(); /* no locale with a comma is installed */
    double number = 0.0;
    char buffer[32];
    assert_true(amp_text_parse_number("1234.5678901234567890123", 24, &number));
    assert_true(amp_same(number, 1234.567890123456789));
    assert_false(amp_text_parse_number("1,5", 3, &number));
    assert_string_equal(amp_text_format_number(2.5e-200, buffer), "2.5e-200");
    assert_string_equal(amp_text_format_number(1.0 / 3.0, buffer), "0.3333333333333333");
    (void)setlocale(LC_NUMERIC, "C");
}

static void test_same_is_equality_of_numbers(void **state)
{
    (void)state;
    assert_true(amp_same(0.0, -0.0));
    assert_true(amp_same(1.5, 1.5));
    assert_false(amp_same(1.0, nextafter(1.0, 2.0)));
    assert_false(amp_same((double)NAN, (double)NAN));
}

static void test_wrap(void **state)
{
    static const struct {
        const char *text;
        size_t column, indent, width;
        const char *want;
        size_t end;
    } cases[] = {
        {"one two three", 0, 0, 0, "one two three", 13},
        {"one two three", 0, 0, 13, "one two three", 13},
        {"one two three", 0, 0, 12, "one two\nthree", 5},
        {"one two three", 6, 2, 12, "one\n  two three", 11},
        {" after", 6, 2, 12, " after", 12},
        {" after", 7, 2, 12, "\n  after", 7},
        {"first", 11, 2, 12, "first", 16}, /* no place to break */
        {"a averyverylongword b", 0, 2, 8, "a\n  averyverylongword\n  b", 3},
        {"a  b   c", 0, 0, 6, "a  b\nc", 1},
        {"\xc3\xa9\xc3\xa9 \xc3\xa9", 0, 0, 4, "\xc3\xa9\xc3\xa9 \xc3\xa9", 4},
        {"", 3, 0, 5, "", 3},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[64] = "";
        FILE *const out = fmemopen(got, sizeof got, "w");
        assert_non_null(out);
        const size_t end =
            amp_text_wrap(out, cases[i].text, cases[i].column, cases[i].indent, cases[i].width);
        assert_int_equal(fclose(out), 0);
        assert_string_equal(got, cases[i].want);
        assert_int_equal(end, cases[i].end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest_finds_what_was_meant),
        cmocka_unit_test(test_quote_is_short_valid_and_harmless),
        cmocka_unit_test(test_parse_number_accepts_decimals),
        cmocka_unit_test(test_parse_number_refuses_all_else),
        cmocka_unit_test(test_parse_number_with_very_many_digits),
        cmocka_unit_test(test_parse_number_equals_strtod_on_random_text),
        cmocka_unit_test(test_format_number_is_short_and_plain),
        cmocka_unit_test(test_format_number_equals_printf_on_random_values),
        cmocka_unit_test(test_format_number_of_powers_of_two),
        cmocka_unit_test(test_numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_same_is_equality_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
