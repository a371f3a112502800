/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>

void add_cell(table_row *row, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(row->cell[row->count++], TABLE_CELL_BYTES, format, arguments);
    va_end(arguments);
}

void add_time(table_row *row, double s)
{
    if (s <= 0.0)
        add_cell(row, "-");
    else if (s < 1e-3)
        add_cell(row, "%.1f us", s * 1e6);
    else if (s < 1.0)
        add_cell(row, "%.3g ms", s * 1e3);
    else
        add_cell(row, "%.3g s", s);
}

void print_row(const table_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        (void)printf(i == 0 ? "| %-30s " : "| %16s ", row->cell[i]);
    (void)printf("|\n");
    (void)fflush(stdout);
}

void print_head(const char *title, const char *const *names, size_t count)
{
    table_row row = {.count = 0};
    for (size_t i = 0; i < count; i++)
        add_cell(&row, "%s", names[i]);
    (void)printf("\n**%s**\n\n", title);
    print_row(&row);
    row.count = 0;
    for (size_t i = 0; i < count; i++)
        add_cell(&row, "%s", i == 0 ? "---" : "---:");
    print_row(&row);
}
