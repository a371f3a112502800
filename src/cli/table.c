/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "base/text.h"

#include "base/arena.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_BYTES_MAX = 16 << 20, ROWS_FIRST = 16, GAP = 2 };

typedef struct {
    bool is_total;
    const char *cell[AMP_TABLE_COLUMNS_MAX]; /* NULL is empty */
} row;

struct amp_text_table {
    amp_arena *arena;
    bool is_broken; /* memory ran out */
    size_t column_count;
    struct {
        const char *title;
        bool is_right;
        int width;
    } column[AMP_TABLE_COLUMNS_MAX];
    row *rows;
    size_t row_count;
    size_t row_room;
    size_t next_cell;
};

amp_text_table *amp_text_table_new(void)
{
    amp_text_table *const table = calloc(1, sizeof *table);

    if (table == NULL)
        return NULL;
    table->arena = amp_arena_new(TABLE_BYTES_MAX);
    if (table->arena == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void amp_text_table_free(amp_text_table *table)
{
    if (table == NULL)
        return;
    amp_arena_free(table->arena);
    free(table->rows);
    free(table);
}

/* Copies a cell and widens its column. */
static const char *keep(amp_text_table *table, size_t column, const char *text)
{
    const char *const copy = amp_arena_copy_text(table->arena, text, strlen(text));
    const int width = (int)amp_text_columns(text);

    if (copy == NULL)
        table->is_broken = true;
    else if (width > table->column[column].width)
        table->column[column].width = width;
    return copy;
}

void amp_text_table_column(amp_text_table *table, const char *title, bool is_right)
{
    if (table == NULL || table->column_count == AMP_TABLE_COLUMNS_MAX)
        return;
    const size_t i = table->column_count++;
    table->column[i].is_right = is_right;
    table->column[i].title = keep(table, i, title);
}

void amp_text_table_row(amp_text_table *table, bool is_total)
{
    if (table == NULL || table->is_broken)
        return;
    if (table->row_count == table->row_room) {
        const size_t room = table->row_room == 0 ? ROWS_FIRST : table->row_room * 2;
        row *const rows = realloc(table->rows, room * sizeof *rows);
        if (rows == NULL) {
            table->is_broken = true;
            return;
        }
        table->rows = rows;
        table->row_room = room;
    }
    table->rows[table->row_count++] = (row){.is_total = is_total};
    table->next_cell = 0;
}

static void put_cell(amp_text_table *table, const char *text)
{
    if (table->row_count == 0 || table->next_cell >= table->column_count)
        return;
    const size_t column = table->next_cell++;
    table->rows[table->row_count - 1].cell[column] = keep(table, column, text);
}

void amp_text_table_cell(amp_text_table *table, const char *format, ...)
{
    char text[256];
    va_list arguments;

    if (table == NULL || table->is_broken)
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_cell(table, text);
}

void amp_text_table_number(amp_text_table *table, double value, int decimals)
{
    char text[AMP_NUMBER_BYTES];

    if (table == NULL || table->is_broken)
        return;
    put_cell(table, isnan(value) ? "" : amp_print_fixed(value, decimals, text));
}

/* The columns of one block: the first one, and [from, to). */
typedef struct {
    size_t from, to;
} block;

static block next_block(const amp_text_table *table, size_t from, int width)
{
    int used = table->column[0].width;
    size_t to = from;

    while (to < table->column_count) {
        const int more = GAP + table->column[to].width;
        if (to > from && used + more > width)
            break;
        used += more;
        to++;
    }
    return (block){from, to};
}

/* Spaces are kept back until text follows, so that no line ends in spaces. */
static void print_padded(FILE *file, const char *text, int width, bool is_right, int *owed)
{
    const int blank = width - (int)amp_text_columns(text);

    if (is_right)
        *owed += blank;
    if (text[0] != '\0') {
        (void)fprintf(file, "%*s%s", *owed, "", text);
        *owed = 0;
    }
    if (!is_right)
        *owed += blank;
}

static void print_cells(const amp_text_table *table, const amp_screen *screen,
                        const char *const *cell, block part)
{
    int owed = 0;

    for (size_t i = 0; i < part.to; i = i == 0 ? part.from : i + 1) {
        if (i > 0)
            owed += GAP;
        print_padded(screen->file, cell[i] != NULL ? cell[i] : "", table->column[i].width,
                     table->column[i].is_right, &owed);
    }
}

static void print_rule(const amp_text_table *table, const amp_screen *screen, block part)
{
    int width = table->column[0].width;

    for (size_t i = part.from; i < part.to; i++)
        width += GAP + table->column[i].width;
    (void)fputs(amp_screen_style(screen, AMP_STYLE_DIM), screen->file);
    for (int i = 0; i < width; i++)
        (void)fputs(screen->utf8 ? "\u2500" : "-", screen->file);
    (void)fprintf(screen->file, "%s\n", amp_screen_style(screen, AMP_STYLE_PLAIN));
}

static void print_block(const amp_text_table *table, const amp_screen *screen, block part)
{
    const char *titles[AMP_TABLE_COLUMNS_MAX];
    bool was_total = false;

    for (size_t i = 0; i < table->column_count; i++)
        titles[i] = table->column[i].title;
    (void)fputs(amp_screen_style(screen, AMP_STYLE_BOLD), screen->file);
    print_cells(table, screen, titles, part);
    (void)fprintf(screen->file, "%s\n", amp_screen_style(screen, AMP_STYLE_PLAIN));
    for (size_t i = 0; i < table->row_count; i++) {
        const row *const line = &table->rows[i];
        if (line->is_total && !was_total)
            print_rule(table, screen, part);
        was_total = line->is_total;
        if (line->is_total)
            (void)fputs(amp_screen_style(screen, AMP_STYLE_BOLD), screen->file);
        print_cells(table, screen, line->cell, part);
        (void)fprintf(screen->file, "%s\n",
                      line->is_total ? amp_screen_style(screen, AMP_STYLE_PLAIN) : "");
    }
}

bool amp_text_table_print(const amp_text_table *table, const amp_screen *screen)
{
    if (table == NULL || table->is_broken)
        return false;
    if (table->column_count == 0)
        return true;
    block part = next_block(table, 1, screen->width);
    print_block(table, screen, part);
    while (part.to < table->column_count) {
        part = next_block(table, part.to, screen->width);
        (void)fputc('\n', screen->file);
        print_block(table, screen, part);
    }
    return true;
}
