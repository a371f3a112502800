/* SPDX-License-Identifier: Apache-2.0 */
#include "market/market.h"

#include "base/text.h"
#include "base/time.h"
#include "market/check.h"
#include "market/market_internal.h"
#include "market/resample.h"
#include "market/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t arena_limit_bytes = (size_t)32 << 30;

/* ---- which series are needed ---- */

static const amp_series_decl *decl_of(const amp_market *market, size_t series)
{
    return &market->portfolio->series[series];
}

/* Index of the first used series of the same file: the one that has it read. */
static size_t first_of_file(const amp_market *market, size_t series)
{
    size_t i = 0;
    while (!market->series[i].is_used ||
           strcmp(decl_of(market, i)->path, decl_of(market, series)->path) != 0)
        i++;
    return i;
}

static void mark_used(amp_market *market)
{
    const amp_portfolio *portfolio = market->portfolio;
    for (size_t i = 0; i < portfolio->use_count; i++)
        market->series[portfolio->use[i]->series].is_used = true;
    for (size_t i = 0; i < portfolio->series_count; i++) {
        if (market->series[i].is_used)
            market->series[i].read_by = first_of_file(market, i);
    }
}

static bool is_read_by(const amp_market *market, size_t series, size_t first)
{
    return market->series[series].is_used && market->series[series].read_by == first;
}

static bool is_height(const amp_market *market, size_t series)
{
    return market->portfolio->bitcoin.height.series == (int32_t)series;
}

/* ---- from rows to the horizon ---- */

static int64_t own_step_s(const amp_table *table)
{
    int64_t smallest_s = INT64_MAX;
    for (size_t i = 1; i < table->row_count; i++) {
        const int64_t spacing_s = table->time_unix_s[i] - table->time_unix_s[i - 1];
        smallest_s = spacing_s < smallest_s ? spacing_s : smallest_s;
    }
    return smallest_s;
}

static void keep_facts(amp_loaded_series *loaded, const amp_series_rows *rows,
                       size_t interval_count)
{
    const size_t last = rows->count - 1;
    double sum = 0.0;
    double minimum = loaded->number[0];
    double maximum = loaded->number[0];
    for (size_t t = 0; t < interval_count; t++) {
        sum += loaded->number[t];
        minimum = fmin(minimum, loaded->number[t]);
        maximum = fmax(maximum, loaded->number[t]);
    }
    loaded->facts = (amp_series_facts){
        .row_count = rows->count,
        .own_step_s = rows->own_step_s,
        .first_unix_s = rows->time_unix_s[0],
        .end_unix_s = rows->time_unix_s[last] + rows->own_step_s,
        .filled_count = rows->missing_count,
        .minimum = minimum,
        .mean = sum / (double)interval_count,
        .maximum = maximum,
        .unit = loaded->unit,
    };
}

/* MWh, J: an amount per own step, which is spread or summed; all else is intensive. */
static amp_resample_kind kind_of(const char *unit_text)
{
    static const amp_dimension energy = {.exponent = {[AMP_KIND_ENERGY] = 1}};
    amp_unit unit = {0};
    const bool is_unit = amp_unit_parse(unit_text, strlen(unit_text), &unit, NULL) == AMP_OK;
    return is_unit && amp_dimension_same(&unit.dimension, &energy) ? AMP_RESAMPLE_SUM
                                                                   : AMP_RESAMPLE_MEAN;
}

static bool resample(amp_market *market, size_t series, const amp_series_rows *rows)
{
    const amp_horizon *horizon = &market->portfolio->horizon;
    amp_loaded_series *loaded = &market->series[series];
    const amp_samples samples = {.time_unix_s = rows->time_unix_s,
                                 .value = rows->value,
                                 .count = rows->count,
                                 .own_step_s = rows->own_step_s,
                                 .interpolates =
                                     decl_of(market, series)->gaps == AMP_GAPS_INTERPOLATE};
    const amp_intervals intervals = {.from_unix_s = horizon->from_unix_s,
                                     .step_s = horizon->step_s,
                                     .count = horizon->interval_count};
    double *number = amp_market_new_numbers(market, intervals.count);
    if (number == NULL)
        return false;
    amp_resample(&samples, kind_of(loaded->unit), &intervals, number);
    loaded->number = number;
    keep_facts(loaded, rows, intervals.count);
    loaded->is_loaded = true;
    if (!is_height(market, series))
        return true;
    double *at_start = amp_market_new_numbers(market, intervals.count);
    if (at_start != NULL)
        amp_resample(&samples, AMP_RESAMPLE_START, &intervals, at_start);
    loaded->at_start = at_start;
    return at_start != NULL;
}

/* ---- one series ---- */

static amp_status report_no_memory(const amp_market *market, amp_diagnostics *diagnostics,
                                   size_t series)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY,
                                 .place = decl_of(market, series)->place};
    return amp_portfolio_report_at(market->portfolio, diagnostics, &finding,
                                   "no memory for the series '%s'", decl_of(market, series)->id);
}

static void load_series(amp_market *market, size_t series, const amp_table *table,
                        amp_diagnostics *diagnostics)
{
    const amp_series_decl *decl = decl_of(market, series);
    const amp_table_column *column = amp_table_find(table, decl->column);
    const amp_check check = {.portfolio = market->portfolio,
                             .series = series,
                             .table = table,
                             .column = column,
                             .diagnostics = diagnostics};
    if (column == NULL) {
        amp_check_report_column(&check);
        return;
    }
    const bool has_unit = amp_check_unit(&check);
    if (!table->is_whole || !column->is_whole)
        return; /* said by the table */
    amp_series_rows rows = {.own_step_s = own_step_s(table)};
    if (!amp_series_rows_init(&rows, table, column)) {
        (void)report_no_memory(market, diagnostics, series);
        return;
    }
    const bool is_covered = amp_check_rows(&check, &rows);
    if (has_unit && is_covered) {
        amp_loaded_series *loaded = &market->series[series];
        const char *unit = table->header[column->cell].unit;
        amp_check_rows_range(&check, &rows);
        loaded->unit = amp_arena_copy_text(market->arena, unit, strlen(unit));
        if (loaded->unit == NULL || !resample(market, series, &rows))
            (void)report_no_memory(market, diagnostics, series);
    }
    amp_series_rows_fini(&rows);
}

/* ---- one file ---- */

#define PATHS_ADVICE "paths are relative to the folder of the portfolio file"

/* Says at the declaration of the series why its file cannot be opened. */
static void report_unopened(const amp_market *market, size_t series, const amp_error *err,
                            amp_diagnostics *diagnostics)
{
    const amp_series_decl *decl = decl_of(market, series);
    amp_finding finding = {
        .code = AMP_CODE_SERIES_FILE_MISSING, .place = decl->file_place, .advice = PATHS_ADVICE};
    if (err->status == AMP_NOT_FOUND) {
        (void)amp_portfolio_report_at(market->portfolio, diagnostics, &finding,
                                      "the file of series '%s' is not there: %s", decl->id,
                                      decl->path);
        return;
    }
    finding.code = err->status == AMP_NOMEM ? AMP_CODE_NO_MEMORY : AMP_CODE_FILE_UNREADABLE;
    finding.advice = err->status == AMP_NOMEM
                         ? ""
                         : "name a CSV file that may be read, such as 'prices.csv'; " PATHS_ADVICE;
    (void)amp_portfolio_report_at(market->portfolio, diagnostics, &finding,
                                  "the file of series '%s' cannot be opened: %s", decl->id,
                                  err->message);
}

/* The columns that the used series of one file name, each once. */
static size_t wanted_columns(const amp_market *market, size_t first, const char **names)
{
    size_t count = 0;
    for (size_t i = first; i < market->portfolio->series_count; i++) {
        if (!is_read_by(market, i, first))
            continue;
        const char *name = decl_of(market, i)->column;
        size_t known = 0;
        while (known < count && strcmp(names[known], name) != 0)
            known++;
        if (known == count)
            names[count++] = name;
    }
    return count;
}

static void load_file(amp_market *market, size_t first, const char **names,
                      amp_diagnostics *diagnostics)
{
    const size_t count = wanted_columns(market, first, names);
    amp_table *table = NULL;
    amp_error err = {.status = AMP_OK};
    const amp_status status =
        amp_table_read(decl_of(market, first)->path, names, count, diagnostics, &table, &err);
    if (err.status != AMP_OK)
        report_unopened(market, first, &err, diagnostics);
    if (status != AMP_OK)
        return;
    for (size_t i = first; i < market->portfolio->series_count; i++) {
        if (is_read_by(market, i, first))
            load_series(market, i, table, diagnostics);
    }
    amp_table_free(table);
}

static amp_market *new_market(const amp_portfolio *portfolio)
{
    amp_market *market = calloc(1, sizeof *market);
    if (market == NULL)
        return NULL;
    market->portfolio = portfolio;
    market->arena = amp_arena_new(arena_limit_bytes);
    if (market->arena != NULL)
        market->series = AMP_ARENA_NEW(market->arena, amp_loaded_series, portfolio->series_count);
    if (market->series == NULL) {
        amp_market_free(market);
        return NULL;
    }
    return market;
}

amp_status amp_market_load(const amp_portfolio *portfolio, amp_diagnostics *diagnostics,
                           amp_market **out)
{
    amp_market *market = new_market(portfolio);
    const char **names = calloc(portfolio->series_count + 1, sizeof *names);
    amp_status status = AMP_NOMEM;
    if (market == NULL || names == NULL) {
        const amp_finding finding = {.code = AMP_CODE_NO_MEMORY};
        status = amp_report(diagnostics, &finding, "no memory for the series");
        goto out;
    }
    mark_used(market);
    for (size_t i = 0; i < portfolio->series_count; i++) {
        if (is_read_by(market, i, i))
            load_file(market, i, names, diagnostics);
    }
    status = amp_diagnostics_status(diagnostics);
    if (status == AMP_OK) {
        *out = market;
        market = NULL;
    }
out:
    free(names);
    amp_market_free(market);
    return status;
}

void amp_market_free(amp_market *market)
{
    if (market != NULL)
        amp_arena_free(market->arena);
    free(market);
}

bool amp_market_facts(const amp_market *market, size_t series, amp_series_facts *out)
{
    if (!market->series[series].is_loaded)
        return false;
    *out = market->series[series].facts;
    return true;
}
