/* SPDX-License-Identifier: Apache-2.0 */
/** @file table.h  One series file in memory: its times and the columns that are wanted. */
#ifndef AMP_MARKET_TABLE_H
#define AMP_MARKET_TABLE_H

#include "base/diagnostic.h"

#include <stddef.h>
#include <stdint.h>

/** One header cell, `name [unit]`. */
typedef struct {
    const char *name;
    const char *unit; /**< the text between the brackets; NULL without brackets */
    uint32_t column;  /**< 1-based byte of the cell in its line */
    uint32_t length;
} amp_table_header;

/** A column whose cells are kept. */
typedef struct {
    size_t cell;   /**< index of the cell in each row, 1 or more; header[cell] is its header */
    double *value; /**< row_count of them, NaN where the cell is empty */
    bool is_whole; /**< no cell was wrong */
} amp_table_column;

/** All text lives in the table. */
typedef struct {
    amp_arena *arena;
    const char *path; /**< borrowed; findings keep it as their file */
    amp_table_header *header;
    size_t header_count;
    size_t header_line;
    amp_table_column *column;
    size_t column_count;
    int64_t *time_unix_s; /**< of each row, rising */
    uint32_t *line;       /**< of each row */
    size_t row_count;
    size_t row_capacity;
    bool is_whole; /**< all rows and times were read */
} amp_table;

/**
 * Reads @p path and keeps the columns called @p names (each once); a name that is not in the file
 * is left out of column, for the caller to report. Findings (header, cells, times, quotes) are
 * collected; of the wrong cells in a column the first is reported with the number of its like.
 *
 * @param path outlives @p diagnostics
 * @param out  receives the table, owned by the caller. Its header is right; is_whole of the table
 *             and of a column say whether there were findings about rows
 * @param err  says why a file cannot be opened, which is no finding yet: the caller knows who named
 *             the file; else its status is AMP_OK
 * @return AMP_OK with a table; another status, with a finding unless @p err has one, when the file
 *         cannot be opened or its header not be read.
 */
amp_status amp_table_read(const char *path, const char *const *names, size_t name_count,
                          amp_diagnostics *diagnostics, amp_table **out, amp_error *err);
void amp_table_free(amp_table *table);

/** The column called @p name, or NULL. */
const amp_table_column *amp_table_find(const amp_table *table, const char *name);

/** Place of cell @p cell of the header. */
amp_place amp_table_header_place(const amp_table *table, size_t cell);

/** Reports a finding in row @p line of @p path with the row as its excerpt, which is read again;
 *  the place of @p finding names the file and line, and cell @p cell is underlined. */
amp_status amp_table_report(const amp_finding *finding, size_t cell, amp_diagnostics *diagnostics,
                            const char *message);

#endif
