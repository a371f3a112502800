/* SPDX-License-Identifier: Apache-2.0 */
/** @file table.h  Aligned tables that fit the screen. */
#ifndef AMP_CLI_TABLE_H
#define AMP_CLI_TABLE_H

#include "cli/out.h"

#include <stdbool.h>

enum { AMP_TABLE_COLUMNS_MAX = 24 };

/** A table being filled. Memory that runs out is remembered and said by amp_text_table_print(). */
typedef struct amp_text_table amp_text_table;

/** @return an empty table, or NULL; every function below allows NULL. */
amp_text_table *amp_text_table_new(void);
void amp_text_table_free(amp_text_table *table);

/** Adds a column; before the first row. @p title is copied. Numbers go to the right. */
void amp_text_table_column(amp_text_table *table, const char *title, bool is_right);

/** Starts a row. A row with @p is_total stands under a rule and in bold. */
void amp_text_table_row(amp_text_table *table, bool is_total);

/** Fills the next cell of the current row. */
void amp_text_table_cell(amp_text_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A number with fixed decimals; an empty cell for NaN. */
void amp_text_table_number(amp_text_table *table, double value, int decimals);

/**
 * Prints the table. Columns that do not fit the width follow in further blocks, each of which
 * repeats the first column.
 * @return false when there was no memory for it
 */
bool amp_text_table_print(const amp_text_table *table, const amp_screen *screen);

#endif
