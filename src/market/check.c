/* SPDX-License-Identifier: Apache-2.0 */
#include "market/check.h"

#include "base/text.h"
#include "base/time.h"
#include "market/market_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 600, UNIT_TEXT_BYTES = 64, STEP_TEXT_BYTES = 32, NUMBER_BYTES = 32 };

static const amp_series_decl *decl_of(const amp_check *check)
{
    return &check->portfolio->series[check->series];
}

static const amp_table_header *header_of(const amp_check *check)
{
    return &check->table->header[check->column->cell];
}

/* ---- rows with a value ---- */

static size_t value_count(const amp_table *table, const amp_table_column *column)
{
    size_t count = 0;
    for (size_t i = 0; i < table->row_count; i++)
        count += isnan(column->value[i]) ? 0 : 1;
    return count;
}

bool amp_series_rows_init(amp_series_rows *rows, const amp_table *table,
                          const amp_table_column *column)
{
    const size_t count = value_count(table, column);
    rows->time_unix_s = table->time_unix_s;
    rows->value = column->value;
    rows->count = count;
    if (count == table->row_count)
        return true;
    /* One block: times, values, row numbers. */
    const size_t row_bytes = sizeof(int64_t) + sizeof(double) + sizeof(size_t);
    char *block = calloc(count + 1, row_bytes);
    if (block == NULL)
        return false;
    int64_t *time_unix_s = (void *)block;
    double *value = (void *)(block + (count + 1) * sizeof *time_unix_s);
    size_t *row = (void *)(block + (count + 1) * (sizeof *time_unix_s + sizeof *value));
    size_t kept = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        if (isnan(column->value[i]))
            continue;
        time_unix_s[kept] = table->time_unix_s[i];
        value[kept] = column->value[i];
        row[kept++] = i;
    }
    rows->time_unix_s = time_unix_s;
    rows->value = value;
    rows->row = row;
    rows->owned = block;
    return true;
}

void amp_series_rows_fini(amp_series_rows *rows)
{
    free(rows->owned);
    rows->owned = NULL;
}

static size_t table_row(const amp_series_rows *rows, size_t i)
{
    return rows->row != NULL ? rows->row[i] : i;
}

/* Reports at cell @p cell of a row of the table. */
static void report_row(const amp_check *check, amp_finding finding, size_t row, size_t cell,
                       const char *message)
{
    finding.place = (amp_place){.file = check->table->path, .line = check->table->line[row]};
    (void)amp_table_report(&finding, cell, check->diagnostics, message);
}

/* ---- column and unit ---- */

void amp_check_report_column(const amp_check *check)
{
    const amp_series_decl *decl = decl_of(check);
    const amp_table *table = check->table;
    const char *nearest = NULL;
    const char **names = calloc(table->header_count, sizeof *names);
    if (names != NULL) {
        for (size_t i = 1; i < table->header_count; i++)
            names[i - 1] = table->header[i].name;
        nearest = amp_text_nearest(decl->column, names, table->header_count - 1);
    }
    char advice[TEXT_BYTES] = "";
    if (nearest != NULL)
        (void)snprintf(advice, sizeof advice, "write '%s'", nearest);
    else if (table->header_count > 1)
        (void)snprintf(advice, sizeof advice, "the file has '%s'%s", table->header[1].name,
                       table->header_count > 2 ? " and others" : "");
    const amp_finding finding = {
        .code = AMP_CODE_COLUMN_MISSING, .place = decl->column_place, .advice = advice};
    (void)amp_portfolio_report_at(check->portfolio, check->diagnostics, &finding,
                                  "no column '%s' in %s", decl->column, decl->path);
    free(names);
}

static bool report_header(const amp_check *check, amp_code code, const char *advice,
                          const char *message)
{
    const amp_place place = amp_table_header_place(check->table, check->column->cell);
    const amp_finding finding = {.code = code, .place = place, .advice = advice};
    (void)amp_table_report(&finding, check->column->cell, check->diagnostics, message);
    return false;
}

static bool report_no_unit(const amp_check *check, const amp_value *value)
{
    char unit[UNIT_TEXT_BYTES];
    char message[TEXT_BYTES];
    char advice[TEXT_BYTES];
    (void)snprintf(message, sizeof message, "the column '%s' has no unit", header_of(check)->name);
    (void)snprintf(advice, sizeof advice, "write it in brackets, '%s [...]'; %s needs %s",
                   header_of(check)->name, value->key,
                   amp_dimension_text(&value->unit.dimension, unit, sizeof unit));
    return report_header(check, AMP_CODE_UNIT_MISSING, advice, message);
}

static bool report_dimension(const amp_check *check, const amp_value *value)
{
    char unit[UNIT_TEXT_BYTES];
    const char *or_share = value->takes_share ? " or a share ([1] or [%])" : "";
    char advice[TEXT_BYTES];
    (void)snprintf(advice, sizeof advice, "correct the header, or name another series here");
    (void)amp_portfolio_report(
        check->portfolio, check->diagnostics, AMP_CODE_UNIT_DIMENSION, value, advice,
        "series '%s' is '%s [%s]' in %s, but %s needs %s%s", decl_of(check)->id,
        header_of(check)->name, header_of(check)->unit, decl_of(check)->path, value->key,
        amp_dimension_text(&value->unit.dimension, unit, sizeof unit), or_share);
    return false;
}

static bool report_currency(const amp_check *check, const char *code)
{
    char message[TEXT_BYTES];
    char advice[TEXT_BYTES];
    (void)snprintf(message, sizeof message, "the column '%s' is in %s, which has no rate",
                   header_of(check)->name, code);
    (void)snprintf(advice, sizeof advice, "add 'currencies: {%s: ... USD/%s}' to the portfolio",
                   code, code);
    return report_header(check, AMP_CODE_CURRENCY_UNKNOWN, advice, message);
}

static bool check_unit_of_use(const amp_check *check, const amp_value *value)
{
    amp_error error = {0};
    amp_unit unit = {0};
    const char *text = header_of(check)->unit;
    if (text == NULL)
        return report_no_unit(check, value);
    if (amp_market_unit(check->portfolio, value, text, &unit, &error) != AMP_OK)
        return report_header(check, AMP_CODE_UNIT_UNKNOWN, error.advice, error.message);
    const bool is_share = value->takes_share && amp_dimension_is_none(&unit.dimension);
    if (!is_share && !amp_dimension_same(&unit.dimension, &value->unit.dimension))
        return report_dimension(check, value);
    if (!amp_market_is_rate(check->portfolio, value) &&
        amp_market_find_currency(check->portfolio, unit.currency) == AMP_NONE)
        return report_currency(check, unit.currency);
    return true;
}

bool amp_check_unit(const amp_check *check)
{
    bool is_ok = true;
    for (size_t i = 0; i < check->portfolio->use_count; i++) {
        const amp_value *value = check->portfolio->use[i];
        if (value->series == (int32_t)check->series && !check_unit_of_use(check, value))
            is_ok = false;
    }
    return is_ok;
}

/* ---- coverage and gaps ---- */

static const char *step_text(int64_t step_s, char *buffer)
{
    static const struct {
        int64_t unit_s;
        const char *unit;
    } units[] = {{86400, "day"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t i = 0;
    while (step_s % units[i].unit_s != 0)
        i++;
    (void)snprintf(buffer, STEP_TEXT_BYTES, "%" PRId64 " %s", step_s / units[i].unit_s,
                   units[i].unit);
    return buffer;
}

/* Too few rows to know how long one lasts. */
static bool report_few_rows(const amp_check *check)
{
    char message[TEXT_BYTES];
    const size_t row_count = check->table->row_count;
    (void)snprintf(
        message, sizeof message,
        "the file has %s, and at least two are needed: the spacing of rows is their step",
        row_count == 0 ? "no rows" : "one row");
    const amp_finding finding = {
        .code = AMP_CODE_SERIES_COVERAGE,
        .place = {.file = check->table->path,
                  .line = (uint32_t)check->table->header_line + (uint32_t)row_count},
        .advice = "for a value that never changes write the quantity "
                  "itself in the portfolio"};
    (void)amp_report(check->diagnostics, &finding, "%s", message);
    return false;
}

static bool report_no_values(const amp_check *check)
{
    char message[TEXT_BYTES];
    (void)snprintf(message, sizeof message, "the column '%s' has no values",
                   header_of(check)->name);
    const amp_finding finding = {.code = AMP_CODE_SERIES_COVERAGE};
    report_row(check, finding, 0, check->column->cell, message);
    return false;
}

static bool check_coverage(const amp_check *check, const amp_series_rows *rows)
{
    const amp_horizon *horizon = &check->portfolio->horizon;
    const size_t last = rows->count - 1;
    const int64_t end_unix_s = rows->time_unix_s[last] + rows->own_step_s;
    const bool is_late = rows->time_unix_s[0] > horizon->from_unix_s;
    const bool is_short = end_unix_s < horizon->to_unix_s;
    if (!is_late && !is_short)
        return true;
    char first[AMP_TIME_TEXT_BYTES];
    char end[AMP_TIME_TEXT_BYTES];
    char from[AMP_TIME_TEXT_BYTES];
    char to[AMP_TIME_TEXT_BYTES];
    char message[TEXT_BYTES];
    (void)snprintf(message, sizeof message,
                   "the column '%s' covers %s to %s, the horizon needs %s to %s",
                   header_of(check)->name, amp_time_format(rows->time_unix_s[0], first),
                   amp_time_format(end_unix_s, end), amp_time_format(horizon->from_unix_s, from),
                   amp_time_format(horizon->to_unix_s, to));
    const amp_finding finding = {.code = AMP_CODE_SERIES_COVERAGE,
                                 .advice =
                                     "add the missing rows, or shorten 'time' in the portfolio"};
    report_row(check, finding, table_row(rows, is_late ? 0 : last), 0, message);
    return false;
}

/* Gaps that touch the horizon. */
typedef struct {
    size_t count;
    size_t missing_count; /* own steps in all of them */
    size_t first;         /* index of the row before the first gap */
    size_t first_missing_count;
} gaps;

static gaps find_gaps(const amp_check *check, const amp_series_rows *rows)
{
    const amp_horizon *horizon = &check->portfolio->horizon;
    gaps found = {0};
    for (size_t i = 0; i + 1 < rows->count; i++) {
        const int64_t stop_unix_s = rows->time_unix_s[i + 1];
        const int64_t spacing_s = stop_unix_s - rows->time_unix_s[i];
        if (spacing_s <= rows->own_step_s)
            continue;
        const int64_t start_unix_s = rows->time_unix_s[i] + rows->own_step_s;
        if (start_unix_s >= horizon->to_unix_s || stop_unix_s <= horizon->from_unix_s)
            continue;
        const size_t missing = (size_t)((spacing_s + rows->own_step_s - 1) / rows->own_step_s - 1);
        if (found.count++ == 0) {
            found.first = i;
            found.first_missing_count = missing;
        }
        found.missing_count += missing;
    }
    return found;
}

static bool report_gap(const amp_check *check, const amp_series_rows *rows, const gaps *found)
{
    char step[STEP_TEXT_BYTES];
    char from[AMP_TIME_TEXT_BYTES];
    char to[AMP_TIME_TEXT_BYTES];
    char more[TEXT_BYTES / 2] = "";
    char message[TEXT_BYTES];
    char advice[TEXT_BYTES];
    if (found->count > 1)
        (void)snprintf(more, sizeof more, "; %zu gaps in all, %zu steps", found->count,
                       found->missing_count);
    (void)snprintf(message, sizeof message, "series '%s' has a gap from %s to %s (%zu x %s)%s",
                   decl_of(check)->id,
                   amp_time_format(rows->time_unix_s[found->first] + rows->own_step_s, from),
                   amp_time_format(rows->time_unix_s[found->first + 1], to),
                   found->first_missing_count, step_text(rows->own_step_s, step), more);
    (void)snprintf(advice, sizeof advice,
                   "say 'gaps: hold' or 'gaps: interpolate' in series.%s, or add the rows",
                   decl_of(check)->id);
    const amp_finding finding = {.code = AMP_CODE_SERIES_GAP, .advice = advice};
    const size_t row = table_row(rows, found->first) + 1;
    const bool is_empty_cell = row < table_row(rows, found->first + 1);
    report_row(check, finding, row, is_empty_cell ? check->column->cell : 0, message);
    return false;
}

bool amp_check_rows(const amp_check *check, amp_series_rows *rows)
{
    if (check->table->row_count < 2)
        return report_few_rows(check);
    if (rows->count == 0)
        return report_no_values(check);
    const bool is_covered = check_coverage(check, rows);
    const gaps found = find_gaps(check, rows);
    rows->missing_count = found.missing_count;
    if (found.count > 0 && decl_of(check)->gaps == AMP_GAPS_ERROR)
        return report_gap(check, rows, &found);
    return is_covered;
}

/* ---- range ---- */

/* The bound that @p number breaks, as the file would write it: `at least 0`, and `from 0 to 100`
 * for a column in [%]. */
static void bounds_text(const amp_value *value, double number, const amp_unit *to,
                        const amp_unit *from, char *buffer, size_t size)
{
    const amp_bounds *bounds = &value->bounds;
    char low[NUMBER_BYTES];
    char high[NUMBER_BYTES];
    (void)amp_text_format_number(amp_unit_convert(bounds->minimum, to, from), low);
    (void)amp_text_format_number(amp_unit_convert(bounds->maximum, to, from), high);
    if (bounds->maximum < AMP_NUMBER_MAX && bounds->minimum > -AMP_NUMBER_MAX)
        (void)snprintf(buffer, size, "%s %s %s %s", bounds->is_above ? "above" : "from", low,
                       bounds->is_below ? "to below" : "to", high);
    else if (number > bounds->minimum)
        (void)snprintf(buffer, size, bounds->is_below ? "less than %s" : "at most %s", high);
    else
        (void)snprintf(buffer, size, bounds->is_above ? "more than %s" : "at least %s", low);
}

/* Values that were read and are out of range, among the rows that touch the horizon. */
typedef struct {
    size_t count;
    size_t first;
} outside;

static outside find_outside(const amp_check *check, const amp_series_rows *rows,
                            const amp_bounds *bounds, const amp_unit *from, const amp_unit *to)
{
    const amp_horizon *horizon = &check->portfolio->horizon;
    outside found = {0};
    for (size_t i = 0; i < rows->count && rows->time_unix_s[i] < horizon->to_unix_s; i++) {
        const bool is_before =
            i + 1 < rows->count && rows->time_unix_s[i + 1] <= horizon->from_unix_s;
        if (is_before || amp_bounds_hold(bounds, amp_unit_convert(rows->value[i], from, to)))
            continue;
        if (found.count++ == 0)
            found.first = i;
    }
    return found;
}

static void report_outside(const amp_check *check, const amp_series_rows *rows,
                           const outside *found, const char *key, const char *allowed)
{
    char number[NUMBER_BYTES];
    char others[2 * NUMBER_BYTES] = "";
    char message[TEXT_BYTES];
    const bool is_bare = strcmp(header_of(check)->unit, "1") == 0;
    const char *space = is_bare ? "" : " ";
    const char *unit = is_bare ? "" : header_of(check)->unit;
    if (found->count > 1)
        (void)snprintf(others, sizeof others, " (%zu such rows)", found->count);
    (void)snprintf(message, sizeof message, "%s%s%s in column '%s', but %s must be %s%s%s%s",
                   amp_text_format_number(rows->value[found->first], number), space, unit,
                   header_of(check)->name, key, allowed, space, unit, others);
    const amp_finding finding = {.code = AMP_CODE_RANGE, .key = key};
    report_row(check, finding, table_row(rows, found->first), check->column->cell, message);
}

static void check_range_of_use(const amp_check *check, const amp_series_rows *rows,
                               const amp_value *value)
{
    amp_unit from = {0};
    if (amp_market_unit(check->portfolio, value, header_of(check)->unit, &from, NULL) != AMP_OK)
        return;
    const amp_unit share = {.factor = 1.0};
    const bool is_share = value->takes_share && amp_dimension_is_none(&from.dimension);
    const amp_unit *to = is_share ? &share : &value->unit;
    const outside found = find_outside(check, rows, &value->bounds, &from, to);
    if (found.count > 0) {
        char allowed[4 * NUMBER_BYTES];
        const double number = amp_unit_convert(rows->value[found.first], &from, to);
        bounds_text(value, number, to, &from, allowed, sizeof allowed);
        report_outside(check, rows, &found, value->key, allowed);
    }
}

void amp_check_rows_range(const amp_check *check, const amp_series_rows *rows)
{
    for (size_t i = 0; i < check->portfolio->use_count; i++) {
        const amp_value *value = check->portfolio->use[i];
        if (value->series == (int32_t)check->series)
            check_range_of_use(check, rows, value);
    }
}
