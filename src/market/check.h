/* SPDX-License-Identifier: Apache-2.0 */
/** @file check.h  What must hold of a series before it is used; findings say what does not. */
#ifndef AMP_MARKET_CHECK_H
#define AMP_MARKET_CHECK_H

#include "market/table.h"
#include "model/portfolio.h"

/** One series in its file. Borrows everything. */
typedef struct {
    const amp_portfolio *portfolio;
    size_t series;
    const amp_table *table;
    const amp_table_column *column; /**< NULL for amp_check_report_column() only */
    amp_diagnostics *diagnostics;
} amp_check;

/** Rows of one column that have a value. A row without one leaves a longer spacing, so that empty
 *  cells and absent rows are one thing. */
typedef struct {
    const int64_t *time_unix_s;
    const double *value;
    const size_t *row; /**< index of each in the table; NULL when it is its own */
    size_t count;
    int64_t own_step_s;
    size_t missing_count; /**< own steps inside gaps that touch the horizon */
    void *owned;          /**< freed by amp_series_rows_fini() */
} amp_series_rows;

/** Drops the rows of @p column without a value. own_step_s is kept. @return false without memory.
 */
bool amp_series_rows_init(amp_series_rows *rows, const amp_table *table,
                          const amp_table_column *column);
void amp_series_rows_fini(amp_series_rows *rows);

/** Reports that the column is not in the file, with the nearest name. */
void amp_check_report_column(const amp_check *check);

/** The header's unit against every key that uses the series. @return false after a finding. */
bool amp_check_unit(const amp_check *check);

/** Coverage of the horizon and gaps; counts missing steps. @return false after a finding. */
bool amp_check_rows(const amp_check *check, amp_series_rows *rows);

/** Values in the horizon against the range of every key that uses them; needs a good unit. */
void amp_check_rows_range(const amp_check *check, const amp_series_rows *rows);

#endif
