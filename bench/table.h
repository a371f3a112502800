/* SPDX-License-Identifier: Apache-2.0 */
/** @file table.h  Markdown tables on standard output. */
#ifndef AMP_BENCH_TABLE_H
#define AMP_BENCH_TABLE_H

#include <stddef.h>

enum { TABLE_COLUMNS_MAX = 9, TABLE_CELL_BYTES = 64 };

/** A row being filled; the first cell is text, the others are figures. Zero-initialise. */
typedef struct {
    char cell[TABLE_COLUMNS_MAX][TABLE_CELL_BYTES];
    size_t count;
} table_row;

void add_cell(table_row *row, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Seconds in the unit that reads best; "-" for none. */
void add_time(table_row *row, double s);

void print_row(const table_row *row);

/** A title and the head of a table with @p count columns. */
void print_head(const char *title, const char *const *names, size_t count);

#endif
