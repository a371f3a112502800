/* SPDX-License-Identifier: Apache-2.0 */
/** @file explanation_parts.h  What the files that print an explanation share; private to them. */
#ifndef AMP_CLI_EXPLANATION_PARTS_H
#define AMP_CLI_EXPLANATION_PARTS_H

#include "base/calendar.h"
#include "cli/explanation.h"
#include "cli/table.h"

/** An explanation being printed. */
typedef struct {
    const amp_screen *screen;
    const amp_explanation *found;
    amp_calendar *calendar;
    amp_scale power; /**< of the interval */
} amp_view;

/** A paragraph. */
void amp_view_say(const amp_view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

void amp_view_heading(const amp_view *v, const char *text);

/** Prints a table below an empty line, and frees it. */
void amp_view_finish_table(const amp_view *v, amp_text_table *table);

/** "July" for 7. */
const char *amp_view_month_name(int month);

/** Whether the month of the interval is told apart from the horizon. */
bool amp_view_has_month(const amp_explanation *x);

/* explanation_interval.c */
amp_scale amp_view_interval_scale(const amp_explained_interval *i);
void amp_view_print_interval(const amp_view *v);

/* explanation_span.c */
void amp_view_print_spans(const amp_view *v);
void amp_view_print_peaks(const amp_view *v);
void amp_view_print_jobs(const amp_view *v);
void amp_view_print_budgets(const amp_view *v);

/* explanation_margins.c */
void amp_view_print_margins(const amp_view *v);

#endif
