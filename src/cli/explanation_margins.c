/* SPDX-License-Identifier: Apache-2.0 */
/* What one more unit of each limit is worth. */
#include "cli/explanation_parts.h"

#include <math.h>
#include <string.h>

static const double accuracy_shown_usd = 0.005;

static void put_margin(amp_text_table *table, const char *what, const amp_margin *margin,
                       double scale)
{
    const double number[] = {margin->marginal_usd, margin->more_usd, margin->less_usd};

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", what);
    for (size_t i = 0; i < 3; i++) {
        if (isnan(number[i]))
            amp_text_table_cell(table, "-");
        else
            amp_text_table_number(table, number[i] * scale, fabs(number[i] * scale) < 1e4 ? 2 : 0);
    }
}

/* "kW of connection, a year" */
static void put_limit(const amp_view *v, amp_text_table *table, const char *what,
                      const amp_margin *margin, double scale)
{
    char text[2 * AMP_NUMBER_BYTES];

    (void)snprintf(text, sizeof text, "%sW%s", v->found->margins.unit_mw < 1.0 ? "k" : "M", what);
    put_margin(table, text, margin, scale);
}

static void put_margins(const amp_view *v, amp_text_table *table)
{
    const amp_explanation *const x = v->found;
    const double years = amp_explanation_years(x);

    if (x->has_at)
        put_limit(v, table, " of connection, an hour like this", &x->margins.import_at,
                  1.0 / x->problem->interval_h);
    if (amp_view_has_month(x)) {
        char text[AMP_NUMBER_BYTES];
        (void)snprintf(text, sizeof text, " of connection, %s",
                       amp_view_month_name(x->month.month));
        put_limit(v, table, text, &x->margins.import_month, 1.0);
    }
    put_limit(v, table, " of connection, a year", &x->margins.import, years);
    if (x->problem->storage.is_present) {
        put_limit(v, table, "h of battery, a year", &x->margins.room, years);
        put_limit(v, table, " of battery power, a year", &x->margins.power, years);
    }
    if (x->cooling.is_present)
        put_margin(table, "degree less outdoors, a year", &x->cooling.margin, years);
}

void amp_view_print_margins(const amp_view *v)
{
    const amp_explanation *const x = v->found;
    const double years = amp_explanation_years(x);
    amp_text_table *const table = amp_text_table_new();
    char number[AMP_NUMBER_BYTES];

    amp_text_table_column(table, "One more", false);
    amp_text_table_column(table, "marginal USD", true);
    amp_text_table_column(table, "+1 gains", true);
    amp_text_table_column(table, "-1 loses", true);
    put_margins(v, table);
    amp_view_finish_table(v, table);
    amp_print_wrapped(v->screen,
                      "Marginal values are prices of the bound; beside them the site solved again "
                      "with one unit more and one unit less. The battery's minimum, first and last "
                      "energy stay the same MWh.",
                      0, 0);
    if (x->margins.accuracy_usd >= accuracy_shown_usd)
        amp_view_say(v, "Differences are good to %s USD over the horizon.",
                     amp_print_digits(x->margins.accuracy_usd, 2, number));
    if (fabs(years - 1.0) > 1e-9)
        amp_view_say(v, "A year is the horizon times %s.", amp_print_digits(years, 4, number));
    if (amp_explanation_has_two_modes(x))
        amp_print_wrapped(v->screen,
                          "Export pays more than import costs at times: there a MW more of "
                          "connection may gain more than the marginal value.",
                          0, 0);
}
