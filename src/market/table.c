/* SPDX-License-Identifier: Apache-2.0 */
#include "market/table.h"

#include "base/csv.h"
#include "base/text.h"
#include "base/time.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 20000000,
    ROWS_FIRST = 4096,
    EXCERPT_BYTES = 512,
};

static const size_t arena_limit_bytes = (size_t)64 << 20; /* header texts */

/* What is wrong in many rows is reported once, with its number. */
typedef struct {
    size_t count;
    amp_place place;
    char text[AMP_TEXT_QUOTE_BYTES];
    char excerpt[EXCERPT_BYTES];
} bad_cells;

typedef struct {
    amp_table *table;
    amp_csv *csv;
    amp_diagnostics *diagnostics;
    bad_cells *bad; /* one per column, and one more for times */
    char last_date[10];
    int64_t last_date_unix_s;
} reader;

static void row_text(const amp_csv *csv, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < amp_csv_cell_count(csv) && used < size; i++) {
        const int wrote = snprintf(buffer + used, size - used, "%s%s", i > 0 ? "," : "",
                                   amp_csv_get(csv, i).text);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

static amp_place cell_place(const amp_table *table, const amp_csv *csv, size_t cell)
{
    const size_t length = amp_csv_get(csv, cell).length;
    return (amp_place){.file = table->path,
                       .line = (uint32_t)amp_csv_line(csv),
                       .column = (uint32_t)amp_csv_column(csv, cell),
                       .length = length > 0 ? (uint32_t)length : 1};
}

amp_place amp_table_header_place(const amp_table *table, size_t cell)
{
    return (amp_place){.file = table->path,
                       .line = (uint32_t)table->header_line,
                       .column = table->header[cell].column,
                       .length = table->header[cell].length};
}

/* Reports at a cell of the current row. */
__attribute__((format(printf, 5, 6))) static amp_status report_here(const reader *r, amp_code code,
                                                                    size_t cell, const char *advice,
                                                                    const char *format, ...)
{
    char message[EXCERPT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    char excerpt[EXCERPT_BYTES];
    row_text(r->csv, excerpt, sizeof excerpt);
    const amp_finding finding = {.code = code,
                                 .place = cell_place(r->table, r->csv, cell),
                                 .advice = advice,
                                 .excerpt = excerpt};
    return amp_report(r->diagnostics, &finding, "%s", message);
}

/* ---- header ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static amp_csv_cell trimmed(const char *text, size_t length)
{
    while (length > 0 && is_blank(text[0])) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    return (amp_csv_cell){.text = text, .length = length};
}

/* Splits `name [unit]`. */
static bool read_header_cell(const reader *r, size_t cell, amp_table_header *out)
{
    const amp_csv_cell text = amp_csv_get(r->csv, cell);
    const amp_place place = cell_place(r->table, r->csv, cell);
    const amp_csv_cell whole = trimmed(text.text, text.length);
    amp_csv_cell name = whole;
    const char *open = memchr(whole.text, '[', whole.length);
    const char *unit = NULL;
    if (open != NULL && whole.text[whole.length - 1] == ']') {
        const size_t name_length = (size_t)(open - whole.text);
        name = trimmed(whole.text, name_length);
        const amp_csv_cell inner = trimmed(open + 1, whole.length - name_length - 2);
        unit = amp_arena_copy_text(r->table->arena, inner.text, inner.length);
        if (unit == NULL)
            return false;
    }
    *out = (amp_table_header){.name = amp_arena_copy_text(r->table->arena, name.text, name.length),
                              .unit = unit,
                              .column = place.column,
                              .length = place.length};
    return out->name != NULL;
}

static amp_status no_memory(const reader *r)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY, .place = {.file = r->table->path}};
    return amp_report(r->diagnostics, &finding, "no memory to read '%s'", r->table->path);
}

/* What else separates columns. */
static const struct {
    char byte;
    const char *name;
} separators[] = {{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}};

/* The name of the separator that @p text holds in place of commas, or NULL. */
static const char *find_separator(const char *text)
{
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        if (strchr(text, separators[i].byte) != NULL)
            return separators[i].name;
    }
    return NULL;
}

static amp_status check_header(const reader *r)
{
    const amp_table *table = r->table;
    const char *separator = find_separator(table->header[0].name);
    if (separator != NULL)
        return report_here(r, AMP_CODE_SYNTAX, 0,
                           "separate them by commas and write decimals with a point: "
                           "'time,price [USD/MWh]', then '2023-08-01T05:00Z,31.25'",
                           "the columns are separated by %s, where commas were expected",
                           separator);
    if (strcmp(table->header[0].name, "time") != 0 || table->header[0].unit != NULL)
        return report_here(r, AMP_CODE_COLUMN_MISSING, 0,
                           "call it 'time': the start of each interval, as 2023-08-01T05:00Z",
                           "the first column is '%s', where 'time' was expected",
                           table->header[0].name);
    return AMP_OK;
}

/* Reads the next row; a failure becomes a finding. */
static amp_status next_row(const reader *r, bool *has_row)
{
    amp_error error = {0};
    const amp_status status = amp_csv_next(r->csv, has_row, &error);
    if (status == AMP_OK)
        return AMP_OK;
    amp_code code = AMP_CODE_FILE_UNREADABLE;
    if (status == AMP_PARSE)
        code = AMP_CODE_SYNTAX;
    if (status == AMP_NOMEM)
        code = AMP_CODE_NO_MEMORY;
    const amp_finding finding = {
        .code = code,
        .place = {.file = r->table->path,
                  .line = (uint32_t)amp_csv_line(r->csv),
                  .column = status == AMP_PARSE ? (uint32_t)amp_csv_column(r->csv, 0) : 0},
        .advice = error.advice};
    return amp_report(r->diagnostics, &finding, "%s", error.message);
}

static amp_status read_header(const reader *r)
{
    amp_table *table = r->table;
    bool has_row = false;
    const amp_status status = next_row(r, &has_row);
    if (status != AMP_OK)
        return status;
    if (!has_row) {
        const amp_finding finding = {.code = AMP_CODE_SYNTAX,
                                     .place = {.file = table->path, .line = 1},
                                     .advice =
                                         "begin it with a line such as 'time,price [USD/MWh]'"};
        return amp_report(r->diagnostics, &finding, "the file is empty, a header was expected");
    }
    table->header_count = amp_csv_cell_count(r->csv);
    table->header_line = amp_csv_line(r->csv);
    table->header = AMP_ARENA_NEW(table->arena, amp_table_header, table->header_count);
    if (table->header == NULL)
        return no_memory(r);
    for (size_t i = 0; i < table->header_count; i++) {
        if (!read_header_cell(r, i, &table->header[i]))
            return no_memory(r);
    }
    return check_header(r);
}

/* Cell of the column called @p name, 0 when there is none; twice is a finding. */
static size_t find_header(const reader *r, const char *name)
{
    size_t found = 0;
    for (size_t i = 1; i < r->table->header_count; i++) {
        if (strcmp(r->table->header[i].name, name) != 0)
            continue;
        if (found != 0)
            (void)report_here(r, AMP_CODE_ID_DUPLICATE, i, "give each column a name of its own",
                              "the column '%s' is there twice", name);
        found = i;
    }
    return found;
}

static amp_status find_columns(const reader *r, const char *const *names, size_t name_count)
{
    amp_table *table = r->table;
    table->column = AMP_ARENA_NEW(table->arena, amp_table_column, name_count);
    if (table->column == NULL)
        return no_memory(r);
    for (size_t i = 0; i < name_count; i++) {
        const size_t cell = find_header(r, names[i]);
        if (cell != 0)
            table->column[table->column_count++].cell = cell;
    }
    return AMP_OK;
}

/* ---- rows ---- */

static bool grow_to(void **block, size_t count, size_t size)
{
    void *grown = realloc(*block, count * size);
    if (grown != NULL)
        *block = grown;
    return grown != NULL;
}

static bool has_room(amp_table *table)
{
    if (table->row_count < table->row_capacity)
        return true;
    const size_t capacity = table->row_capacity > 0 ? 2 * table->row_capacity : ROWS_FIRST;
    void *time = table->time_unix_s;
    void *line = table->line;
    bool is_ok = grow_to(&time, capacity, sizeof *table->time_unix_s);
    table->time_unix_s = time;
    is_ok = grow_to(&line, capacity, sizeof *table->line) && is_ok;
    table->line = line;
    for (size_t i = 0; i < table->column_count; i++) {
        void *value = table->column[i].value;
        is_ok = grow_to(&value, capacity, sizeof *table->column[i].value) && is_ok;
        table->column[i].value = value;
    }
    if (is_ok)
        table->row_capacity = capacity;
    return is_ok;
}

static void remember_bad(const reader *r, bad_cells *bad, size_t cell)
{
    if (bad->count++ > 0)
        return;
    bad->place = cell_place(r->table, r->csv, cell);
    const amp_csv_cell text = amp_csv_get(r->csv, cell);
    (void)amp_text_quote(text.text, text.length, bad->text);
    row_text(r->csv, bad->excerpt, sizeof bad->excerpt);
}

static bool two_digits(const char *text, int limit, int64_t *out)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *out = (text[0] - '0') * 10 + (text[1] - '0');
    return *out < limit;
}

/* `T05:00:00Z` or `T05:00Z` after the date of the row before: nearly all rows. */
static bool parse_time_of_same_date(const reader *r, amp_csv_cell cell, int64_t *unix_s)
{
    const bool has_seconds = cell.length == 20;
    if ((!has_seconds && cell.length != 17) || r->last_date[0] == '\0' ||
        memcmp(cell.text, r->last_date, sizeof r->last_date) != 0)
        return false;
    const char *clock = cell.text + sizeof r->last_date;
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    const bool is_clock = clock[0] == 'T' && two_digits(clock + 1, 24, &hour) && clock[3] == ':' &&
                          two_digits(clock + 4, 60, &minute);
    if (!is_clock || (has_seconds && (clock[6] != ':' || !two_digits(clock + 7, 60, &second))) ||
        cell.text[cell.length - 1] != 'Z')
        return false;
    *unix_s = r->last_date_unix_s + hour * AMP_SECONDS_PER_HOUR + minute * 60 + second;
    return true;
}

static bool parse_time(reader *r, amp_csv_cell cell, int64_t *unix_s)
{
    if (parse_time_of_same_date(r, cell, unix_s))
        return true;
    if (amp_time_parse(cell.text, cell.length, unix_s, NULL) != AMP_OK)
        return false;
    if (cell.length > sizeof r->last_date) {
        /* The fast way reads Z times only, whose date is that of UTC. */
        memcpy(r->last_date, cell.text, sizeof r->last_date);
        if (amp_time_parse(r->last_date, sizeof r->last_date, &r->last_date_unix_s, NULL) != AMP_OK)
            r->last_date[0] = '\0';
    }
    return true;
}

static void read_values(const reader *r)
{
    amp_table *table = r->table;
    for (size_t i = 0; i < table->column_count; i++) {
        const amp_csv_cell cell = amp_csv_get(r->csv, table->column[i].cell);
        double number = (double)NAN;
        if (cell.length > 0 && !amp_text_parse_number(cell.text, cell.length, &number))
            remember_bad(r, &r->bad[i], table->column[i].cell);
        table->column[i].value[table->row_count] = number;
    }
}

static amp_status report_time_order(const reader *r, int64_t unix_s)
{
    const amp_table *table = r->table;
    const int64_t before_unix_s = table->time_unix_s[table->row_count - 1];
    char now[AMP_TIME_TEXT_BYTES];
    char before[AMP_TIME_TEXT_BYTES];
    (void)amp_time_format(unix_s, now);
    if (unix_s == before_unix_s)
        return report_here(r, AMP_CODE_SERIES_TIME, 0,
                           "keep one row for each time; local times repeat an hour in autumn, so "
                           "write UTC",
                           "the time %s is there twice, first on line %u", now,
                           (unsigned)table->line[table->row_count - 1]);
    return report_here(r, AMP_CODE_SERIES_TIME, 0, "sort the rows by time",
                       "the time %s comes after %s: times must rise", now,
                       amp_time_format(before_unix_s, before));
}

/* One row after the header. A status other than AMP_OK ends the reading. */
static amp_status read_row(reader *r)
{
    amp_table *table = r->table;
    const size_t cell_count = amp_csv_cell_count(r->csv);
    if (cell_count != table->header_count)
        return report_here(r, AMP_CODE_SYNTAX, table->header_count,
                           cell_count < table->header_count
                               ? "write one cell for each column; a missing value is an empty cell"
                               : "write one cell for each column, and decimals with a point: "
                                 "31.25, not 31,25",
                           "the row has %zu cells, the header has %zu", cell_count,
                           table->header_count);
    if (table->row_count == ROWS_MAX)
        return report_here(r, AMP_CODE_RANGE, 0, "split the file", "more than %d rows", ROWS_MAX);
    if (!has_room(table))
        return no_memory(r);
    int64_t unix_s = 0;
    if (!parse_time(r, amp_csv_get(r->csv, 0), &unix_s)) {
        remember_bad(r, &r->bad[table->column_count], 0);
        return AMP_OK;
    }
    if (table->row_count > 0 && unix_s <= table->time_unix_s[table->row_count - 1])
        return report_time_order(r, unix_s);
    table->time_unix_s[table->row_count] = unix_s;
    table->line[table->row_count] = (uint32_t)amp_csv_line(r->csv);
    read_values(r);
    table->row_count++;
    return AMP_OK;
}

static const char *others_text(size_t count, char *buffer, size_t size)
{
    buffer[0] = '\0';
    if (count > 1)
        (void)snprintf(buffer, size, " (%zu such cells in the column)", count);
    return buffer;
}

static amp_status report_bad_times(const reader *r, const bad_cells *bad)
{
    int64_t ignored = 0;
    amp_error error = {0};
    char others[64];
    (void)amp_time_parse(bad->text, strlen(bad->text), &ignored, &error);
    const amp_finding finding = {.code = AMP_CODE_TIME_INVALID,
                                 .place = bad->place,
                                 .advice = error.advice,
                                 .excerpt = bad->excerpt};
    return amp_report(r->diagnostics, &finding, "%s%s", error.message,
                      others_text(bad->count, others, sizeof others));
}

/* `12,5`: the only comma is for decimals, unless three digits follow, which may be thousands. */
static void advise_number(const char *text, char *advice, size_t size)
{
    char pointed[AMP_TEXT_QUOTE_BYTES];
    double number = 0.0;
    const size_t comma = strcspn(text, ",");
    (void)snprintf(pointed, sizeof pointed, "%s", text);
    if (pointed[comma] == ',')
        pointed[comma] = '.';
    if (strspn(text, "+-0123456789., '") == strlen(text) && strpbrk(text, ", '") != NULL) {
        const bool is_clear = text[comma] == ',' && strlen(text + comma) != 4 &&
                              amp_text_parse_number(pointed, strlen(pointed), &number);
        (void)snprintf(advice, size,
                       "write it with a point for decimals and nothing between thousands%s%s",
                       is_clear ? ": " : ", as in 1234.5", is_clear ? pointed : "");
        return;
    }
    (void)snprintf(advice, size,
                   "write a number such as 31.25, or leave the cell empty when the value is "
                   "missing");
}

static amp_status report_bad_numbers(const reader *r, const bad_cells *bad, size_t cell)
{
    char others[64];
    char advice[160];
    advise_number(bad->text, advice, sizeof advice);
    const amp_finding finding = {.code = AMP_CODE_NUMBER_INVALID,
                                 .place = bad->place,
                                 .advice = advice,
                                 .excerpt = bad->excerpt};
    return amp_report(r->diagnostics, &finding, "'%s' in column '%s' is not a finite number%s",
                      bad->text, r->table->header[cell].name,
                      others_text(bad->count, others, sizeof others));
}

static void report_bad(const reader *r)
{
    amp_table *table = r->table;
    for (size_t i = 0; i < table->column_count; i++) {
        table->column[i].is_whole = r->bad[i].count == 0;
        if (r->bad[i].count > 0)
            (void)report_bad_numbers(r, &r->bad[i], table->column[i].cell);
    }
    if (r->bad[table->column_count].count > 0)
        (void)report_bad_times(r, &r->bad[table->column_count]);
}

static void read_rows(reader *r)
{
    amp_status status = AMP_OK;
    bool has_row = true;
    while (status == AMP_OK && has_row) {
        status = next_row(r, &has_row);
        if (status == AMP_OK && has_row)
            status = read_row(r);
    }
    report_bad(r);
    r->table->is_whole = status == AMP_OK && r->bad[r->table->column_count].count == 0;
}

static amp_status read_all(reader *r, const char *const *names, size_t name_count)
{
    amp_status status = read_header(r);
    if (status == AMP_OK)
        status = find_columns(r, names, name_count);
    if (status != AMP_OK)
        return status;
    r->bad = calloc(r->table->column_count + 1, sizeof *r->bad);
    if (r->bad == NULL)
        return no_memory(r);
    read_rows(r);
    return AMP_OK;
}

static amp_table *new_table(const char *path)
{
    amp_table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->path = path;
    table->arena = amp_arena_new(arena_limit_bytes);
    if (table->arena == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void amp_table_free(amp_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->column_count; i++)
        free(table->column[i].value);
    free(table->time_unix_s);
    free(table->line);
    amp_arena_free(table->arena);
    free(table);
}

amp_status amp_table_read(const char *path, const char *const *names, size_t name_count,
                          amp_diagnostics *diagnostics, amp_table **out, amp_error *err)
{
    reader r = {.diagnostics = diagnostics};
    *err = (amp_error){.status = AMP_OK};
    if (amp_csv_open(path, &r.csv, err) != AMP_OK)
        return err->status;
    r.table = new_table(path);
    const amp_status status = r.table != NULL ? read_all(&r, names, name_count)
                                              : amp_fail(err, AMP_NOMEM, "no memory to read it");
    free(r.bad);
    amp_csv_close(r.csv);
    if (status == AMP_OK)
        *out = r.table;
    else
        amp_table_free(r.table);
    return status;
}

const amp_table_column *amp_table_find(const amp_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->header[table->column[i].cell].name, name) == 0)
            return &table->column[i];
    }
    return NULL;
}

/* Moves to the row on @p line. */
static bool seek_line(amp_csv *csv, uint32_t line)
{
    bool has_row = true;
    while (amp_csv_next(csv, &has_row, NULL) == AMP_OK && has_row) {
        if (amp_csv_line(csv) == line)
            return true;
    }
    return false;
}

amp_status amp_table_report(const amp_finding *finding, size_t cell, amp_diagnostics *diagnostics,
                            const char *message)
{
    amp_finding full = *finding;
    char excerpt[EXCERPT_BYTES];
    amp_csv *csv = NULL;
    if (amp_csv_open(finding->place.file, &csv, NULL) == AMP_OK &&
        seek_line(csv, finding->place.line)) {
        const amp_table table = {.path = finding->place.file};
        row_text(csv, excerpt, sizeof excerpt);
        full.excerpt = excerpt;
        full.place = cell_place(&table, csv, cell);
    }
    amp_csv_close(csv);
    return amp_report(diagnostics, &full, "%s", message);
}
