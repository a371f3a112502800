/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_bill.h"

#include "cli/table.h"
#include "dispatch/bill.h"

#include <math.h>

/* The lines of one site, with the arena that holds them. */
typedef struct {
    amp_arena *arena;
    const amp_bill_line *line;
    size_t count;
} bill;

static bill open_bill(const amp_site_answer *site)
{
    bill b = {.arena = amp_arena_new(SIZE_MAX)};
    if (b.arena == NULL ||
        amp_bill_make(&site->problem, &site->schedule, b.arena, &b.line, &b.count) != AMP_OK)
        b.count = 0;
    return b;
}

static bool has_notes(const bill *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->line[i].note != NULL)
            return true;
    return false;
}

static void put_line(amp_text_table *table, const amp_bill_line *line, bool with_note)
{
    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", line->id);
    amp_text_table_number(table, line->quantity, 3);
    amp_text_table_cell(table, "%s", line->unit);
    amp_text_table_number(table, line->rate_usd, 4);
    amp_text_table_number(table, line->usd, 2);
    if (with_note)
        amp_text_table_cell(table, "%s", line->note != NULL ? line->note : "");
}

static void print_site(const amp_report_view *r, const amp_site_answer *site)
{
    const bill b = open_bill(site);
    amp_text_table *const table = b.count > 0 ? amp_text_table_new() : NULL;
    const bool with_notes = has_notes(&b);
    double sum_usd = 0.0;
    char title[96];

    if (r->answer->site_count > 1)
        (void)snprintf(title, sizeof title, "The bill of %.64s", site->site->id);
    else
        (void)snprintf(title, sizeof title, "The bill");
    amp_text_table_column(table, title, false);
    amp_text_table_column(table, "quantity", true);
    amp_text_table_column(table, "unit", false);
    amp_text_table_column(table, "USD a unit", true);
    amp_text_table_column(table, "USD", true);
    if (with_notes)
        amp_text_table_column(table, "set by", false);
    for (size_t i = 0; i < b.count; i++) {
        put_line(table, &b.line[i], with_notes);
        sum_usd += b.line[i].usd;
    }
    amp_text_table_row(table, true);
    amp_text_table_cell(table, "total");
    amp_text_table_cell(table, "%s", "");
    amp_text_table_cell(table, "%s", "");
    amp_text_table_cell(table, "%s", "");
    amp_text_table_number(table, sum_usd, 2);
    if (with_notes)
        amp_text_table_cell(table, "%s", "");
    if (b.count > 0) {
        (void)fputc('\n', r->screen->file);
        (void)amp_text_table_print(table, r->screen);
    }
    amp_text_table_free(table);
    amp_arena_free(b.arena);
}

void amp_report_bill(const amp_report_view *r)
{
    for (size_t i = 0; i < r->answer->site_count; i++)
        if (r->answer->site[i].site->supply.tariff.is_set)
            print_site(r, &r->answer->site[i]);
}

json_t *amp_report_bill_json(const amp_site_answer *site)
{
    const bill b = open_bill(site);
    json_t *const lines = json_array();

    for (size_t i = 0; i < b.count; i++) {
        const amp_bill_line *const line = &b.line[i];
        (void)json_array_append_new(
            lines, json_pack("{s:s, s:o, s:s, s:o, s:o, s:s}", "id", line->id, "quantity",
                             amp_json_number(line->quantity), "unit", line->unit, "rate_usd",
                             amp_json_number(line->rate_usd), "usd", amp_json_number(line->usd),
                             "set_by", line->note != NULL ? line->note : ""));
    }
    amp_arena_free(b.arena);
    return lines;
}
