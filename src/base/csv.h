/* SPDX-License-Identifier: Apache-2.0 */
/** @file csv.h  CSV and CSV.gz, streamed: one row in memory at a time. */
#ifndef AMP_BASE_CSV_H
#define AMP_BASE_CSV_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Limits that hold for every file. */
enum { AMP_CSV_FIELDS_MAX = 4096, AMP_CSV_ROW_BYTES_MAX = 1 << 20 };

typedef struct amp_csv amp_csv;

/** One cell. Points into the reader and is valid until the next row; NUL-terminated. */
typedef struct {
    const char *text;
    size_t length;
} amp_csv_cell;

/** Opens a file, gzip or plain (by content). AMP_NOT_FOUND, AMP_IO, AMP_NOMEM. */
amp_status amp_csv_open(const char *path, amp_csv **out, amp_error *err);

/** The same over bytes in memory (plain CSV), which must outlive the reader. For tests, fuzzing. */
amp_status amp_csv_open_bytes(const char *bytes, size_t length, amp_csv **out, amp_error *err);
void amp_csv_close(amp_csv *csv);

/**
 * Reads the next row: RFC 4180 with quotes, lines ending in LF, CR LF or CR; a UTF-8 byte order
 * mark at the start and blank lines are skipped, and so are spaces and tabs around a cell, if not
 * quoted.
 * @return AMP_OK with *has_row; *has_row false at the end. AMP_PARSE for an unclosed quote, text
 * after a quote, a quote inside a cell that does not start with one, a NUL byte or a row over the
 * limits; AMP_IO for a truncated or damaged gzip; AMP_NOMEM. After a failure there are no cells,
 * and every later call fails in the same way.
 */
amp_status amp_csv_next(amp_csv *csv, bool *has_row, amp_error *err);

size_t amp_csv_cell_count(const amp_csv *csv);

/** Cell @p i of the current row; past the last one it is empty. */
amp_csv_cell amp_csv_get(const amp_csv *csv, size_t i);

/** 1-based line on which the current row starts; after a failure the line that it is about. */
size_t amp_csv_line(const amp_csv *csv);

/** 1-based byte column at which cell @p i of the current row starts (its quote, if it has one), on
 *  the line of that cell; past the last cell that of the end of the row. After a failure the column
 *  that it is about, whatever @p i. */
size_t amp_csv_column(const amp_csv *csv, size_t i);

#endif
