/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include "base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static amp_quantity parsed(const char *text)
{
    amp_quantity quantity = {0};
    amp_error err = {0};
    if (amp_quantity_parse(text, strlen(text), &quantity, &err) != AMP_OK)
        fail_msg("'%s': %s", text, err.message);
    return quantity;
}

static amp_unit unit_of(const char *text)
{
    amp_unit unit = {0};
    amp_error err = {0};
    if (amp_unit_parse(text, strlen(text), &unit, &err) != AMP_OK)
        fail_msg("'%s': %s", text, err.message);
    return unit;
}

/* Every quantity and unit that the portfolio file of the design names. */
static void test_parse_gives_factor_and_dimension(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double number;
        double factor; /* to MWh, h, month, degC, TH, BTC, block */
        const char *dimension;
    } cases[] = {
        {"118 MW", 118.0, 1.0, "power (MW)"},
        {"118MW", 118.0, 1.0, "power (MW)"},
        {"118\tkW", 118.0, 1e-3, "power (MW)"},
        {" 2.5 GW ", 2.5, 1e3, "power (MW)"},
        {"40 W", 40.0, 1e-6, "power (MW)"},
        {"1 TW", 1.0, 1e6, "power (MW)"},
        {"100 MWh", 100.0, 1.0, "energy (MWh)"},
        {"3.6 GJ", 3.6, 1.0 / 3.6, "energy (MWh)"}, /* 1 GJ = 1e9 J / 3.6e9 J per MWh */
        {"-4.5 USD/MWh", -4.5, 1.0, "price of energy (USD/MWh)"},
        {"4.5 USD / MWh", 4.5, 1.0, "price of energy (USD/MWh)"},
        {"38 EUR/kWh", 38.0, 1e3, "price of energy (USD/MWh)"},
        {"3.9 USD/kW/month", 3.9, 1e3, "price of power per month or year (USD/kW/month)"},
        {"60 USD/kW/year", 60.0, 1e3 / 12.0, "price of power per month or year (USD/kW/month)"},
        {"0.5 USD/MW", 0.5, 1.0, "price of power (USD/MW)"},
        {"900 USD", 900.0, 1.0, "money (USD)"},
        {"62.8643 USD/PH/day", 62.8643, 1.0 / 24e3, "hashprice (USD/PH/day)"},
        {"200 TH/s", 200.0, 3600.0, "hashrate (TH/s)"},
        {"1.5 ZH/s", 1.5, 3.6e12, "hashrate (TH/s)"},
        {"5 EH/s", 5.0, 3.6e9, "hashrate (TH/s)"},
        {"5EH/s", 5.0, 3.6e9, "hashrate (TH/s)"},
        {"5e3 PH/s", 5e3, 3.6e6, "hashrate (TH/s)"},
        {"1 H/s", 1.0, 3.6e-9, "hashrate (TH/s)"},
        {"17.5 J/TH", 17.5, 1.0 / 3.6e9, "efficiency (J/TH)"},
        {"2 %/day", 2.0, 0.01 / 24.0, "share per time (%/day)"},
        {"3 1/h", 3.0, 1.0, "share per time (%/day)"},
        {"4 MW/min", 4.0, 60.0, "change of power (MW/min)"},
        {"3.125 BTC/block", 3.125, 1.0, "bitcoin per block (BTC/block)"},
        {"100000 USD/BTC", 1e5, 1.0, "price of bitcoin (USD/BTC)"},
        {"2 mBTC", 2.0, 1e-3, "bitcoin (BTC)"},
        {"2 uBTC", 2.0, 1e-6, "bitcoin (BTC)"},
        {"5 sat", 5.0, 1e-8, "bitcoin (BTC)"},
        {"5 satoshi", 5.0, 1e-8, "bitcoin (BTC)"},
        {"2016 block", 2016.0, 1.0, "number of blocks (block)"},
        {"120 kt", 120.0, 1e3, "mass (t)"},
        {"5 kg", 5.0, 1e-3, "mass (t)"},
        {"0.4 t/MWh", 0.4, 1.0, "mass per energy (t/MWh)"},
        {"400 g/kWh", 400.0, 1e-3, "mass per energy (t/MWh)"},
        {"9.4 GJ/MWh", 9.4, 1.0 / 3.6, "a share (% or a bare number)"},
        {"5 min", 5.0, 1.0 / 60.0, "time (min, h, day)"},
        {"250 ms", 250.0, 1.0 / 3.6e6, "time (min, h, day)"},
        {"30 s", 30.0, 1.0 / 3600.0, "time (min, h, day)"},
        {"1 day", 1.0, 24.0, "time (min, h, day)"},
        {"2 week", 2.0, 168.0, "time (min, h, day)"},
        {"3 month", 3.0, 1.0, "calendar time (month, year)"},
        {"10 year", 10.0, 12.0, "calendar time (month, year)"},
        {"7 %/year", 7.0, 0.01 / 12.0, "share per calendar time (%/year)"},
        {"-10 degC", -10.0, 1.0, "temperature (degC)"},
        {"95 %", 95.0, 0.01, "a share (% or a bare number)"},
        {"95%", 95.0, 0.01, "a share (% or a bare number)"},
        {"0.5 1", 0.5, 1.0, "a share (% or a bare number)"},
        {"0.095 USD/NOK", 0.095, 1.0, "rate of exchange (USD/NOK)"},
        {"12 USD/TH", 12.0, 1.0, "price of hashrate (USD/TH)"},
        {"12 USD/h", 12.0, 1.0, "money per time (USD/h)"},
        {"12 USD/year", 12.0, 1.0 / 12.0, "money per month or year (USD/month)"},
        {"3 PH", 3.0, 1e3, "hashes (TH)"},
        {"0.1 MW/degC", 0.1, 1.0, "MWh/h/degC"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[64];
        const amp_quantity quantity = parsed(cases[i].text);
        assert_true(quantity.has_unit);
        assert_true(amp_same(quantity.number, cases[i].number));
        if (fabs(quantity.unit.factor / cases[i].factor - 1.0) > 4e-16)
            fail_msg("'%s': %.17g", cases[i].text, quantity.unit.factor);
        assert_true(amp_same(quantity.unit.offset, 0.0));
        assert_string_equal(amp_dimension_text(&quantity.unit.dimension, buffer, sizeof buffer),
                            cases[i].dimension);
    }
}

static void test_parse_bare_number_has_no_unit(void **state)
{
    (void)state;
    const amp_quantity quantity = parsed("1e-3");
    assert_false(quantity.has_unit);
    assert_true(amp_same(quantity.number, 1e-3));
    assert_true(amp_same(quantity.unit.factor, 1.0));
    assert_true(amp_dimension_is_none(&quantity.unit.dimension));
    assert_string_equal(quantity.unit.currency, "");
}

static void test_parse_reads_only_its_length(void **state)
{
    (void)state;
    amp_quantity quantity = {0};
    assert_int_equal(amp_quantity_parse("118 MWh", 6, &quantity, NULL), AMP_OK);
    assert_true(amp_same(quantity.unit.factor, 1.0));
    assert_int_equal(quantity.unit.dimension.exponent[AMP_KIND_TIME], -1);
    assert_int_equal(amp_quantity_parse("118 MWh", 2, &quantity, NULL), AMP_OK);
    assert_true(amp_same(quantity.number, 11.0));
    assert_false(quantity.has_unit);
    assert_int_equal(amp_quantity_parse("1 M\0W", 5, &quantity, NULL), AMP_PARSE);
    assert_int_equal(amp_unit_parse("\0", 1, &quantity.unit, NULL), AMP_PARSE);
}

static void test_currency_of_units(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        const char *currency;
        const char *per_currency;
    } cases[] = {
        {"USD/MWh", "USD", ""}, {"NOK/kWh", "NOK", ""},    {"MWh", "", ""},
        {"MWh/EUR", "EUR", ""}, {"USD/NOK", "USD", "NOK"}, {"BTC/block", "", ""},
        {"ETB", "ETB", ""},     {"INR/MWh", "INR", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const amp_unit unit = unit_of(cases[i].unit);
        assert_string_equal(unit.currency, cases[i].currency);
        assert_string_equal(unit.per_currency, cases[i].per_currency);
    }
    /* A rate of exchange is not a share. */
    const amp_unit rate = unit_of("USD/NOK");
    assert_false(amp_dimension_is_none(&rate.dimension));
}

static void test_known_currencies(void **state)
{
    (void)state;
    static const char *const known[] = {"USD", "EUR", "NOK", "CAD", "SGD", "MYR", "BTN", "ETB"};
    static const char *const unknown[] = {"XYZ", "XXX", "XTS",  "BTC", "usd",
                                          "US",  "",    "USDT", "MWH"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(amp_currency_is_known(known[i]));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(amp_currency_is_known(unknown[i]));
}

static void test_unit_errors(void **state)
{
    (void)state;
    static const char examples[] =
        "units are for instance MW, MWh, USD/MWh, TH/s, J/TH, degC, %, min, day, month, 1";
    static const char exchange[] =
        "name one currency, as in USD/MWh, or write a rate of exchange as USD/NOK";
    static const char sides[] = "write a unit on both sides of it, as in USD/MWh, or 1/h";
    static const char alone[] = "write it with degC; degF and K can only stand alone";
    const struct {
        const char *text;
        const char *message;
        const char *advice;
    } cases[] = {
        {"", "empty, a unit is expected", "write for instance MW, or 1 for a bare number"},
        {" \t", "empty, a unit is expected", "write for instance MW, or 1 for a bare number"},
        {"Mw", "unknown unit 'Mw'", "write 'MW'"},
        {"mW", "unknown unit 'mW'", "write 'MW'"},
        {"mwh", "unknown unit 'mwh'", "write 'MWh'"},
        {"kWH", "unknown unit 'kWH'", "write 'kWh'"},
        {"kwhr", "unknown unit 'kwhr'", "write 'kWh'"},
        {"C", "unknown unit 'C'", "write 'degC'"},
        {"\u00b0C", "unknown unit '\u00b0C'", "write 'degC'"},
        {"\u00b0F", "unknown unit '\u00b0F'", "write 'degF'"},
        {"dgeC", "unknown unit 'dgeC'", "write 'degC'"},
        {"$/MWh", "unknown unit '$' in '$/MWh'", "write 'USD/MWh'"},
        {"\u20ac/MWh", "unknown unit '\u20ac' in '\u20ac/MWh'", "write 'EUR/MWh'"},
        {"usd / mwh", "unknown unit 'usd' in 'usd / mwh'", "write 'USD/MWh'"},
        {"th/sec", "unknown unit 'th' in 'th/sec'", "write 'TH/s'"},
        {"USD/kW-month", "unknown unit 'kW-month' in 'USD/kW-month'", "write 'USD/kW/month'"},
        {"USD/kw-yr", "unknown unit 'kw-yr' in 'USD/kw-yr'", "write 'USD/kW/year'"},
        {"kW-h", "unknown unit 'kW-h'", examples},
        {"USD/kW-foo", "unknown unit 'kW-foo' in 'USD/kW-foo'", examples},
        {"minutes", "unknown unit 'minutes'", "write 'min'"},
        {"hours", "unknown unit 'hours'", "write 'h'"},
        {"Days", "unknown unit 'Days'", "write 'day'"},
        {"montth", "unknown unit 'montth'", "write 'month'"},
        {"percent", "unknown unit 'percent'", "write '%'"},
        {"kUSD", "unknown unit 'kUSD'", examples},
        {"m", "unknown unit 'm'", examples},
        {"k", "unknown unit 'k'", examples},
        {"MWh MW", "unknown unit 'MWh MW'", examples},
        {"furlong/week", "unknown unit 'furlong' in 'furlong/week'", examples},
        {"XYZ", "unknown unit 'XYZ'",
         "it is neither a unit nor a currency of ISO 4217, such as USD or NOK"},
        {"XYZ/MWh", "unknown unit 'XYZ' in 'XYZ/MWh'",
         "it is neither a unit nor a currency of ISO 4217, such as USD or NOK"},
        {"/MWh", "nothing before a '/' in '/MWh'", sides},
        {"USD/", "nothing after a '/' in 'USD/'", sides},
        {"USD//MWh", "nothing before a '/' in 'USD//MWh'", sides},
        {"/", "nothing before a '/' in '/'", sides},
        {"USD/kW/month/day/h", "'USD/kW/month/day/h' has more than 4 units in it",
         "write for instance USD/kW/month"},
        {"USD/USD", "'USD/USD' has money in it more than once", exchange},
        {"USD/NOK/month", "'USD/NOK/month' has money in it more than once", exchange},
        {"MWh/USD/NOK", "'MWh/USD/NOK' has money in it more than once", exchange},
        {"USD/NOK/EUR", "'USD/NOK/EUR' has money in it more than once", exchange},
        {"MW/%", "'MW/%' divides by a number", "'%' and '1' can stand first only, as in %/day"},
        {"h/1", "'h/1' divides by a number", "'%' and '1' can stand first only, as in %/day"},
        {"MW/K", "'MW/K' joins a temperature with an offset to another unit", alone},
        {"degF/h", "'degF/h' joins a temperature with an offset to another unit", alone},
        {"a very long text that is certainly not a unit",
         "unknown unit 'a very long text that is certainly not a uni...'", examples},
        {"M\x1b[W", "unknown unit 'M?[W'", examples},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_unit unit = {.factor = 42.0};
        amp_error err = {0};
        const amp_status status = amp_unit_parse(cases[i].text, strlen(cases[i].text), &unit, &err);
        assert_int_equal(status, AMP_PARSE);
        assert_int_equal(err.status, AMP_PARSE);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.advice, cases[i].advice);
        assert_true(amp_same(unit.factor, 42.0)); /* written only on success */
    }
}

static void test_quantity_errors(void **state)
{
    (void)state;
    static const char order[] =
        "write the number first, then its unit, as in 118 MW or 4.5 USD/MWh";
    static const char finite[] = "write a number such as 118 or 1.5e6";
    const struct {
        const char *text;
        const char *message;
        const char *advice;
    } cases[] = {
        {"", "empty, a quantity is expected", "write a number and its unit, as in 118 MW"},
        {"MW", "'MW' does not start with a number", order},
        {"$4.5/MWh", "'$4.5/MWh' does not start with a number", order},
        {"-", "'-' does not start with a number", order},
        {".", "'.' does not start with a number", order},
        {"lmp", "'lmp' does not start with a number", order},
        {"inflation", "'inflation' does not start with a number", order},
        {"nan", "'nan' is not a finite number", finite},
        {"-.Inf", "'-.Inf' is not a finite number", finite},
        {"infinity MW", "'infinity MW' is not a finite number", finite},
        {"1e999 MW", "'1e999' is not a finite number", finite},
        {"118 Mw", "unknown unit 'Mw'", "write '118 MW'"},
        {"118mw", "unknown unit 'mw'", "write '118 MW'"},
        {"-4.5 $/MWh", "unknown unit '$' in '$/MWh'", "write '-4.5 USD/MWh'"},
        {"5 /MWh", "nothing before a '/' in '/MWh'",
         "write a unit on both sides of it, as in USD/MWh, or 1/h"},
        {"1,000 MW", "'1,000 MW' has a ',' in its number", "write '1000 MW'"},
        {"1,250,000 USD", "'1,250,000 USD' has a ',' in its number", "write '1250000 USD'"},
        {"1,000.5 MW", "'1,000.5 MW' has a ',' in its number", "write '1000.5 MW'"},
        {"1,5 MW", "'1,5 MW' has a ',' in its number", "write '1.5 MW'"},
        {"1.000,5 MW", "'1.000,5 MW' has a ',' in its number",
         "write it with a dot for decimals and nothing between thousands"},
        {"1,5.5", "'1,5.5' has a ',' in its number",
         "write it with a dot for decimals and nothing between thousands"},
        {"1_000 MW", "'1_000 MW' has a '_' in its number", "write '1000 MW'"},
        {"1'000 MW", "'1'000 MW' has a ''' in its number", "write '1000 MW'"},
        {"1 000 MW", "'1 000 MW' has a ' ' in its number", "write '1000 MW'"},
        {"1 100 MW", "'1 100 MW' has a ' ' in its number", "write '1100 MW'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        amp_quantity quantity = {.number = 42.0};
        amp_error err = {0};
        const amp_status status =
            amp_quantity_parse(cases[i].text, strlen(cases[i].text), &quantity, &err);
        assert_int_equal(status, AMP_PARSE);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.advice, cases[i].advice);
        assert_true(amp_same(quantity.number, 42.0));
    }
    amp_quantity quantity = {0};
    assert_int_equal(amp_quantity_parse("5 foo", 5, &quantity, NULL), AMP_PARSE);
}

static void test_quantity_in_another_unit(void **state)
{
    (void)state;
    static const struct {
        const char *quantity;
        const char *unit;
        double number;
    } cases[] = {
        {"118 MW", "MW", 118.0},
        {"118000 kW", "MW", 118.0},
        {"0.3 GW", "MW", 300.0},
        {"5 min", "h", 5.0 / 60.0},
        {"5 min", "s", 300.0},
        {"0.1 h", "min", 6.0},
        {"250 ms", "s", 0.25},
        {"1.5 day", "h", 36.0},
        {"95 %", "1", 0.95},
        {"0.5", "%", 50.0},
        {"3.9 USD/kW/month", "USD/MW/month", 3900.0},
        {"60 USD/kW/year", "USD/kW/month", 5.0},
        {"60 USD/kW/year", "USD/MW/month", 5000.0},
        {"38 USD/MWh", "USD/kWh", 0.038},
        {"62.8643 USD/PH/day", "USD/TH/day", 0.0628643},
        {"200 TH/s", "PH/s", 0.2},
        {"0.7 EH/s", "TH/s", 700000.0},
        {"17.5 J/TH", "J/GH", 0.0175},
        {"0.0175 kJ/TH", "J/TH", 17.5},
        {"2 %/day", "%/h", 2.0 / 24.0},
        {"3600 MJ", "MWh", 1.0},
        {"36 MJ", "kWh", 10.0},
        {"1 BTC", "sat", 1e8},
        {"12345 sat", "BTC", 0.00012345},
        {"10 year", "month", 120.0},
        {"4 MW/min", "MW/h", 240.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const amp_quantity quantity = parsed(cases[i].quantity);
        const amp_unit unit = unit_of(cases[i].unit);
        const double number = amp_quantity_in(&quantity, &unit);
        if (!amp_same(number, cases[i].number)) /* ratios are whole numbers: not one bit is lost */
            fail_msg("%s in %s: %.17g", cases[i].quantity, cases[i].unit, number);
    }
}

static void test_temperature_has_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *quantity;
        const char *unit;
        double number;
    } cases[] = {
        {"32 degF", "degC", 0.0},    {"212 degF", "degC", 100.0},
        {"-40 degF", "degC", -40.0}, {"273.15 K", "degC", 0.0},
        {"20 degC", "K", 293.15},    {"20 degC", "degF", 68.0},
        {"300 K", "degF", 80.33},    {"100 degF", "K", 310.9277777777778},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const amp_quantity quantity = parsed(cases[i].quantity);
        const amp_unit unit = unit_of(cases[i].unit);
        assert_true(fabs(amp_quantity_in(&quantity, &unit) - cases[i].number) < 1e-12);
    }
}

static void test_the_same_unit_gives_the_same_bits(void **state)
{
    (void)state;
    static const char *const units[] = {"kW", "J/TH", "%", "USD/kW/year", "degF", "K", "min"};
    static const double numbers[] = {0.1, -1.0 / 3.0, 1e-300, 1e300, 273.15};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const amp_unit unit = unit_of(units[i]);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            assert_true(amp_same(amp_unit_convert(numbers[k], &unit, &unit), numbers[k]));
    }
}

/* Each unit of the table, with each of its prefixes, is read as itself and as no other row. */
static void test_rows_are_what_they_say(void **state)
{
    (void)state;
    static const char letters[] = "umkMGTPEZ";
    static const double sizes[] = {1e-6, 1e-3, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18, 1e21};
    size_t count = 0;
    for (const amp_unit_row *row = amp_unit_row_get(0); row != NULL;
         row = amp_unit_row_get(++count)) {
        assert_true(strlen(row->meaning) > 0);
        const amp_unit plain = unit_of(row->symbol);
        assert_true(amp_dimension_same(&plain.dimension, &row->unit.dimension));
        assert_true(amp_same(plain.factor, row->unit.factor));
        assert_true(amp_same(plain.offset, row->unit.offset));
        for (size_t i = 0; letters[i] != '\0'; i++) {
            char text[16];
            (void)snprintf(text, sizeof text, "%c%s", letters[i], row->symbol);
            if (strchr(row->prefixes, letters[i]) == NULL)
                continue;
            const amp_unit unit = unit_of(text);
            assert_true(amp_dimension_same(&unit.dimension, &row->unit.dimension));
            assert_true(fabs(unit.factor / (row->unit.factor * sizes[i]) - 1.0) < 4e-16);
            for (size_t k = 0; amp_unit_row_get(k) != NULL; k++)
                assert_string_not_equal(text, amp_unit_row_get(k)->symbol);
        }
    }
    assert_int_equal(count, 23);
    assert_null(amp_unit_row_get(count));
    assert_null(amp_unit_row_get(SIZE_MAX));
}

static void test_dimension_text_of_unnamed_dimensions(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        const char *text;
    } cases[] = {
        {"1/MWh", "1/MWh"},       {"MWh/h/h/h", "MWh/h/h/h"},
        {"W/TH", "MWh/h/TH"},     {"USD/MWh/degC", "USD/MWh/degC"},
        {"block/day", "block/h"},
    };
    char buffer[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const amp_unit unit = unit_of(cases[i].unit);
        assert_string_equal(amp_dimension_text(&unit.dimension, buffer, sizeof buffer),
                            cases[i].text);
    }
    const amp_dimension product = {.exponent = {[AMP_KIND_ENERGY] = 2, [AMP_KIND_TIME] = 1}};
    assert_string_equal(amp_dimension_text(&product, buffer, sizeof buffer), "MWh*MWh*h");
    assert_string_equal(amp_dimension_text(&product, buffer, 6), "MWh*M"); /* cut, never over */
    assert_string_equal(amp_dimension_text(&product, buffer, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_gives_factor_and_dimension),
        cmocka_unit_test(test_parse_bare_number_has_no_unit),
        cmocka_unit_test(test_parse_reads_only_its_length),
        cmocka_unit_test(test_currency_of_units),
        cmocka_unit_test(test_known_currencies),
        cmocka_unit_test(test_unit_errors),
        cmocka_unit_test(test_quantity_errors),
        cmocka_unit_test(test_quantity_in_another_unit),
        cmocka_unit_test(test_temperature_has_offsets),
        cmocka_unit_test(test_the_same_unit_gives_the_same_bits),
        cmocka_unit_test(test_rows_are_what_they_say),
        cmocka_unit_test(test_dimension_text_of_unnamed_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
