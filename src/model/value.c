/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities and names of series: the shape that most keys have. */
#include "model/reader.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADVICE_BYTES_MAX = 240 };

/* The text is for what the key itself forbids; a number that is only too large is told the limit.
 */
static const struct {
    amp_bounds bounds;
    const char *text;
} ranges[] = {
    [AMP_RANGE_ANY] = {{-AMP_NUMBER_MAX, AMP_NUMBER_MAX, false, false}, "any number"},
    [AMP_RANGE_NOT_NEGATIVE] = {{0.0, AMP_NUMBER_MAX, false, false}, "0 or more"},
    [AMP_RANGE_POSITIVE] = {{0.0, AMP_NUMBER_MAX, true, false}, "above 0"},
    [AMP_RANGE_DIFFICULTY] = {{0.0, 1e18, true, false}, "above 0"},
    [AMP_RANGE_SHARE] = {{0.0, 1.0, false, false}, "from 0 % to 100 %"},
    [AMP_RANGE_SHARE_POSITIVE] = {{0.0, 1.0, true, false}, "above 0 % and at most 100 %"},
    [AMP_RANGE_SHARE_BELOW_ONE] = {{0.0, 1.0, false, true}, "from 0 % to below 100 %"},
    [AMP_RANGE_AT_LEAST_ONE] = {{1.0, AMP_NUMBER_MAX, false, false}, "1 or more"},
};

/* Units that people also use for a key of the first one; for advice. */
static const struct {
    const char *unit;
    const char *also;
} alternatives[] = {{"MW", "kW"}, {"MWh", "kWh"}, {"s", "min"}, {"min", "h"}, {"degC", "degF"}};

static bool is_share_key(const amp_key *key)
{
    return key->row.unit[0] == '%';
}

amp_unit amp_reader_unit(amp_reader *reader, const amp_key *key)
{
    for (size_t i = 0; i < reader->unit_count; i++) {
        if (strcmp(reader->unit_text[i], key->row.unit) == 0)
            return reader->unit[i];
    }
    /* Shares are kept as fractions of 1: % of the reference is 1 in memory. */
    char text[32];
    (void)snprintf(text, sizeof text, "%s%s", is_share_key(key) ? "1" : "",
                   key->row.unit + (is_share_key(key) ? 1 : 0));
    amp_unit unit = {.factor = 1.0};
    (void)amp_unit_parse(text, strlen(text), &unit, NULL); /* a test parses every row */
    if (reader->unit_count < AMP_READER_UNITS_MAX) {
        reader->unit_text[reader->unit_count] = key->row.unit;
        reader->unit[reader->unit_count++] = unit;
    }
    return unit;
}

/* ---- findings ---- */

/* `'power: 118 MWh'`, as messages quote a value. */
typedef struct {
    char text[160];
} quoted;

static quoted quote(const amp_yaml_node *node)
{
    quoted out;
    const char *name = amp_yaml_name(node);
    (void)snprintf(out.text, sizeof out.text, "'%s: %s'", amp_show(name, strlen(name)).text,
                   amp_show(node->text, node->length).text);
    return out;
}

/* "(or '118 kW')", where there is a second choice. */
static void add_alternative(const amp_key *key, const char *number, char *advice, size_t size)
{
    const size_t used = strlen(advice);
    if (key->takes_share) {
        (void)snprintf(advice + used, size - used, " (or '%s %%')", number);
        return;
    }
    for (size_t i = 0; i < sizeof alternatives / sizeof alternatives[0]; i++) {
        if (strcmp(alternatives[i].unit, key->row.unit) == 0)
            (void)snprintf(advice + used, size - used, " (or '%s %s')", number,
                           alternatives[i].also);
    }
}

static void report_no_unit(amp_reader *reader, const amp_key *key, const amp_yaml_node *node)
{
    char advice[ADVICE_BYTES_MAX];
    const amp_shown number = amp_show(node->text, node->length);
    (void)snprintf(advice, sizeof advice, "write '%s %s'", number.text, key->row.unit);
    add_alternative(key, number.text, advice, sizeof advice);
    amp_reader_report(reader, AMP_CODE_UNIT_MISSING, node, advice, "%s has no unit",
                      quote(node).text);
}

static const char *dimension_text(const amp_unit *unit, char *buffer, size_t size)
{
    if (unit->per_currency[0] == '\0')
        return amp_dimension_text(&unit->dimension, buffer, size);
    (void)snprintf(buffer, size, "a rate of exchange (%s/%s)", unit->currency, unit->per_currency);
    return buffer;
}

/* Bytes of the number that starts @p text; an exponent needs digits, so `5 EH/s` has none. */
static size_t number_length(const char *text)
{
    size_t length = strspn(text, "+-");
    length += strspn(text + length, "0123456789");
    if (text[length] == '.')
        length += 1 + strspn(text + length + 1, "0123456789");
    if (text[length] == 'e' || text[length] == 'E') {
        const size_t sign = strspn(text + length + 1, "+-");
        const size_t digits = strspn(text + length + 1 + sign, "0123456789");
        if (digits > 0)
            length += 1 + sign + digits;
    }
    return length;
}

/* What came: its dimension where that has a name, else its unit as it is written in @p buffer. */
static const char *came_text(const amp_yaml_node *node, const amp_unit *came, char *buffer,
                             size_t size)
{
    const char *text = dimension_text(came, buffer, size);
    if (text != buffer || came->per_currency[0] != '\0')
        return text;
    const size_t digits = number_length(node->text);
    const size_t start = digits + strspn(node->text + digits, " ");
    (void)snprintf(buffer, size, "'%s'", amp_show(node->text + start, node->length - start).text);
    return buffer;
}

/* ", such as '17.5 J/TH'", with the number that came. */
static void add_example(const amp_key *key, const amp_yaml_node *node, char *advice, size_t size)
{
    const size_t used = strlen(advice);
    (void)snprintf(advice + used, size - used, ", such as '%s %s'",
                   amp_show(node->text, number_length(node->text)).text, key->row.unit);
}

static void report_dimension(amp_reader *reader, const amp_key *key, const amp_yaml_node *node,
                             const amp_unit *came)
{
    char buffers[2][80];
    char advice[ADVICE_BYTES_MAX];
    const amp_unit unit = amp_reader_unit(reader, key);
    const bool is_bare = strcmp(key->row.unit, "1") == 0;
    const char *got = came_text(node, came, buffers[1], sizeof buffers[1]);
    const char *wanted =
        is_bare ? "a bare number" : dimension_text(&unit, buffers[0], sizeof buffers[0]);
    (void)snprintf(advice, sizeof advice, "give %s%s%s", is_bare ? "a bare number" : "it in ",
                   is_bare ? "" : key->row.unit, key->takes_share ? ", or as a share in %" : "");
    if (got == buffers[1] && came->per_currency[0] == '\0' && !is_bare)
        add_example(key, node, advice, sizeof advice);
    amp_reader_report(reader, AMP_CODE_UNIT_DIMENSION, node, advice, "%s: expected %s, got %s",
                      quote(node).text, wanted, got);
}

static void report_range(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                         const amp_value *value)
{
    char advice[ADVICE_BYTES_MAX] = "";
    const char last = node->text[node->length - 1];
    const bool is_bare = last >= '0' && last <= '9';
    if (is_share_key(key) && is_bare && value->number > 1.0 && value->number <= 100.0)
        (void)snprintf(advice, sizeof advice, "write '%s %s'",
                       amp_show(node->text, node->length).text, key->row.unit);
    amp_reader_report(reader, AMP_CODE_RANGE, node, advice, "%s is out of range: it must be %s",
                      quote(node).text, ranges[key->range].text);
}

/* Says which half of a quantity is wrong, and underlines the unit alone where it can. */
static void report_quantity(amp_reader *reader, const amp_yaml_node *node, const amp_error *err)
{
    const size_t digits = number_length(node->text);
    const size_t start = digits + strspn(node->text + digits, " ");
    const char *rest = node->text + start;
    amp_place place = node->place;
    double number = 0.0;
    const bool is_number = amp_text_parse_number(node->text, digits, &number) &&
                           (rest[0] == '\0' || strchr(",'_:0123456789", rest[0]) == NULL);
    if (is_number && node->is_plain) {
        place.column += (uint32_t)start;
        place.length -= (uint32_t)start;
    }
    amp_reader_report_at(reader, is_number ? AMP_CODE_UNIT_UNKNOWN : AMP_CODE_NUMBER_INVALID, place,
                         node, err->advice, "'%s': %s", amp_yaml_name(node), err->message);
}

/* ---- names of series ---- */

static int32_t find_series(const amp_portfolio *portfolio, const char *id)
{
    for (size_t i = 0; i < portfolio->series_count; i++) {
        if (portfolio->series[i].id != NULL && strcmp(portfolio->series[i].id, id) == 0)
            return (int32_t)i;
    }
    return AMP_NONE;
}

static const char *nearest_series(amp_reader *reader, const char *id)
{
    const amp_portfolio *portfolio = reader->portfolio;
    const char **names = calloc(portfolio->series_count + 1, sizeof *names);
    if (names == NULL)
        return NULL;
    size_t count = 0;
    for (size_t i = 0; i < portfolio->series_count; i++) {
        if (portfolio->series[i].id != NULL)
            names[count++] = portfolio->series[i].id;
    }
    const char *nearest = amp_text_nearest(id, names, count);
    free(names);
    return nearest;
}

static void report_unknown_series(amp_reader *reader, const amp_key *key, amp_yaml_node *node)
{
    char advice[ADVICE_BYTES_MAX];
    const char *nearest = nearest_series(reader, node->text);
    if (nearest != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean '%s'?", nearest);
    else if (strcmp(key->row.unit, "1") == 0)
        (void)snprintf(advice, sizeof advice, "declare it under 'series', or write a number");
    else
        (void)snprintf(advice, sizeof advice,
                       "declare it under 'series', or write a quantity in %s", key->row.unit);
    amp_reader_report(reader, AMP_CODE_SERIES_UNKNOWN, node, advice,
                      "%s: there is no series of that name", quote(node).text);
}

/* For a key that cannot vary in time. */
static void report_no_quantity(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                               bool is_series)
{
    char advice[ADVICE_BYTES_MAX];
    const bool is_bare = strcmp(key->row.unit, "1") == 0;
    (void)snprintf(advice, sizeof advice, "write a %s%s", is_bare ? "number" : "quantity in ",
                   is_bare ? "" : key->row.unit);
    if (is_series)
        amp_reader_report(reader, AMP_CODE_NUMBER_INVALID, node, advice,
                          "%s is a series, but '%s' cannot vary in time", quote(node).text,
                          amp_yaml_name(node));
    else
        amp_reader_report(reader, AMP_CODE_NUMBER_INVALID, node, advice, "%s is not a quantity",
                          quote(node).text);
}

static bool read_series_name(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                             amp_value *value)
{
    const int32_t series = find_series(reader->portfolio, node->text);
    if (key->varies && series != AMP_NONE) {
        value->series = series;
        return true;
    }
    if (key->varies && !amp_reader_has(reader->root, "series") &&
        amp_yaml_get(reader->root, "series") != NULL)
        return false; /* its declaration may be what is wrong: that is reported */
    if (key->varies) {
        report_unknown_series(reader, key, node);
        return false;
    }
    report_no_quantity(reader, key, node, series != AMP_NONE);
    return false;
}

/* ---- quantities ---- */

static bool find_currency(amp_reader *reader, const amp_key *key, const amp_yaml_node *node,
                          const char *code, int32_t *currency)
{
    const amp_portfolio *portfolio = reader->portfolio;
    for (size_t i = 0; i < portfolio->currency_count; i++) {
        const amp_value *rate = &portfolio->currency[i].rate_usd;
        if (strcmp(portfolio->currency[i].code, code) != 0)
            continue;
        if (!key->varies && rate->series != AMP_NONE) {
            amp_reader_report(reader, AMP_CODE_CURRENCY_UNKNOWN, node,
                              "write it in USD, or give a constant rate",
                              "%s cannot vary in time, but the rate of %s is the series '%s'",
                              quote(node).text, code, portfolio->series[rate->series].id);
            return false;
        }
        *currency = (int32_t)i;
        return true;
    }
    const amp_yaml_node *rates = amp_yaml_get(reader->root, "currencies");
    if (rates != NULL && amp_yaml_get(rates, code) != NULL)
        return false; /* its rate is wrong, and that is reported */
    char advice[ADVICE_BYTES_MAX];
    (void)snprintf(advice, sizeof advice,
                   "add 'currencies: {%s: ... USD/%s}' at the top of the file, with the rate", code,
                   code);
    amp_reader_report(reader, AMP_CODE_CURRENCY_UNKNOWN, node, advice, "%s: %s has no rate",
                      quote(node).text, code);
    return false;
}

static bool unit_fits(const amp_unit *unit, const amp_unit *wanted)
{
    if (!amp_dimension_same(&unit->dimension, &wanted->dimension) ||
        strcmp(unit->per_currency, wanted->per_currency) != 0)
        return false;
    /* A rate of exchange is in USD itself. */
    return wanted->per_currency[0] == '\0' || strcmp(unit->currency, wanted->currency) == 0;
}

/* The unit that @p quantity is converted to: that of the key, or 1 for a share where the key takes
 * one beside it. Reports and returns false when there is none. */
static bool choose_unit(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                        const amp_quantity *quantity, amp_value *value)
{
    const bool is_dimensionless =
        amp_dimension_is_none(&value->unit.dimension) && value->unit.per_currency[0] == '\0';
    const bool is_bare_share = key->takes_share && fabs(quantity->number) <= 1.0;
    if (!quantity->has_unit && !is_dimensionless && !key->may_be_bare && !is_bare_share) {
        report_no_unit(reader, key, node);
        return false;
    }
    if (!quantity->has_unit || unit_fits(&quantity->unit, &value->unit)) {
        value->is_share = !quantity->has_unit && is_bare_share;
        return true;
    }
    value->is_share = key->takes_share && amp_dimension_is_none(&quantity->unit.dimension) &&
                      quantity->unit.per_currency[0] == '\0';
    if (value->is_share)
        return true;
    report_dimension(reader, key, node, &quantity->unit);
    return false;
}

static double convert(const amp_quantity *quantity, const amp_value *value)
{
    const amp_unit one = {.factor = 1.0};
    if (!quantity->has_unit)
        return quantity->number;
    return amp_quantity_in(quantity, value->is_share ? &one : &value->unit);
}

/* For numbers that no bound of their own key but that of all numbers forbids. */
static void report_size(amp_reader *reader, const amp_key *key, const amp_yaml_node *node,
                        const amp_value *value)
{
    const bool is_low = value->number < 0.0;
    const bool is_share = is_share_key(key) || value->is_share;
    const bool is_bare = is_share || strcmp(key->row.unit, "1") == 0;
    char limit[32];
    (void)amp_text_format_number(is_low ? value->bounds.minimum : value->bounds.maximum, limit);
    amp_reader_report(reader, AMP_CODE_RANGE, node, "",
                      "%s is too large to be meant: it must be at %s %s%s%s", quote(node).text,
                      is_low ? "least" : "most", limit, is_bare ? "" : " ",
                      is_bare ? "" : key->row.unit);
}

static bool check_range(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                        const amp_value *value)
{
    if (amp_bounds_hold(&value->bounds, value->number))
        return true;
    const amp_bounds *bounds = &value->bounds;
    const bool is_size = (value->number > bounds->maximum && bounds->maximum >= AMP_NUMBER_MAX) ||
                         (value->number < bounds->minimum && bounds->minimum <= -AMP_NUMBER_MAX);
    if (is_size)
        report_size(reader, key, node, value);
    else
        report_range(reader, key, node, value);
    return false;
}

static bool read_quantity(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                          amp_value *value)
{
    amp_quantity quantity = {.number = 0.0};
    amp_error err = {.status = AMP_OK};
    if (amp_quantity_parse(node->text, node->length, &quantity, &err) != AMP_OK) {
        report_quantity(reader, node, &err);
        return false;
    }
    if (!choose_unit(reader, key, node, &quantity, value))
        return false;
    const bool is_rate = value->unit.per_currency[0] != '\0';
    if (quantity.unit.currency[0] != '\0' && !is_rate &&
        !find_currency(reader, key, node, quantity.unit.currency, &value->currency))
        return false;
    value->number = convert(&quantity, value);
    return check_range(reader, key, node, value);
}

bool amp_reader_value(amp_reader *reader, const amp_key *key, amp_yaml_node *node, amp_value *value)
{
    if (node->shape != AMP_YAML_SCALAR || node->length == 0) {
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "a %s", key->row.type);
        amp_reader_report_shape(reader, node, wanted, "");
        return false;
    }
    amp_value read = {
        .is_set = true,
        .takes_share = key->takes_share,
        .series = AMP_NONE,
        .currency = AMP_CURRENCY_USD,
        .unit = amp_reader_unit(reader, key),
        .bounds = ranges[key->range].bounds,
        .place = node->place,
        .key = amp_reader_path(reader, node),
    };
    const bool is_read = amp_reader_starts_number(node->text)
                             ? read_quantity(reader, key, node, &read)
                             : read_series_name(reader, key, node, &read);
    if (is_read)
        *value = read;
    return is_read;
}

bool amp_reader_number(amp_reader *reader, const amp_key *key, amp_yaml_node *node, double *number)
{
    amp_value value;
    if (!amp_reader_value(reader, key, node, &value))
        return false;
    *number = value.number;
    return true;
}

/* ---- rows ---- */

amp_value amp_reader_default(amp_reader *reader, const amp_key *key, amp_place place,
                             const char *path)
{
    const char *full = path[0] == '\0'
                           ? key->row.name
                           : amp_arena_format(reader->arena, "%s.%s", path, key->row.name);
    if (full == NULL)
        (void)amp_reader_no_memory(reader);
    amp_value value = {
        .takes_share = key->takes_share,
        .series = AMP_NONE,
        .currency = AMP_CURRENCY_USD,
        .unit = amp_reader_unit(reader, key),
        .bounds = ranges[key->range].bounds,
        .place = place,
        .key = full != NULL ? full : "",
    };
    amp_quantity fallback = {.number = 0.0};
    if (amp_reader_starts_number(key->row.fallback) &&
        amp_quantity_parse(key->row.fallback, strlen(key->row.fallback), &fallback, NULL) == AMP_OK)
        value.number = convert(&fallback, &value);
    return value;
}

void amp_init_value(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                    const char *path)
{
    const amp_value value = amp_reader_default(reader, key, place, path);
    amp_reader_store(key, target, &value, sizeof value);
}

void amp_read_value(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_value value;
    if (!amp_reader_value(reader, key, node, &value))
        return;
    amp_reader_store(key, target, &value, sizeof value);
    if (value.series != AMP_NONE)
        amp_reader_note_use(reader, node,
                            (const amp_value *)(const void *)((char *)target + key->field));
}
