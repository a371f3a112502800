/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explanation_parts.h"

#include <stdarg.h>

enum { SENTENCE_BYTES = 480 };

static const double hours_a_year = 8760.0;

double amp_explanation_years(const amp_explanation *explanation)
{
    return hours_a_year / explanation->whole_span.hours;
}

bool amp_explanation_has_two_modes(const amp_explanation *explanation)
{
    const amp_site_problem *const p = explanation->problem;

    for (size_t t = 0; t < p->interval_count; t++)
        if (amp_column_at(p->export_limit_mw, t) > 0.0 &&
            amp_column_at(p->export_price_usd_per_mwh, t) >
                amp_column_at(p->import_price_usd_per_mwh, t))
            return true;
    return false;
}

/* ---- words ---- */

void amp_view_say(const amp_view *v, const char *format, ...)
{
    char text[SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    amp_print_text(v->screen, text, 0, 0);
}

void amp_view_heading(const amp_view *v, const char *text)
{
    (void)fputc('\n', v->screen->file);
    amp_print_bold(v->screen, text);
}

const char *amp_view_month_name(int month)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return names[month - 1];
}

void amp_view_finish_table(const amp_view *v, amp_text_table *table)
{
    (void)fputc('\n', v->screen->file);
    (void)amp_text_table_print(table, v->screen);
    amp_text_table_free(table);
}

/* A horizon within one month has no section of its own for it. */
bool amp_view_has_month(const amp_explanation *x)
{
    return x->has_at && x->month_span.hours < x->whole_span.hours;
}

/* ---- all of it ---- */

amp_status amp_explanation_print(amp_cli *cli, const amp_explanation *explanation)
{
    amp_view v = {.screen = &cli->out, .found = explanation};
    const amp_status status =
        amp_calendar_open(explanation->site->time_zone, &v.calendar, &cli->error);

    if (status != AMP_OK)
        return status;
    v.power = amp_view_interval_scale(&explanation->interval);
    if (explanation->has_at)
        amp_view_print_interval(&v);
    amp_view_print_spans(&v);
    if (explanation->peak_count > 0)
        amp_view_print_peaks(&v);
    if (explanation->job_count > 0)
        amp_view_print_jobs(&v);
    if (explanation->budget_count > 0)
        amp_view_print_budgets(&v);
    amp_view_print_margins(&v);
    amp_calendar_close(v.calendar);
    return AMP_OK;
}
