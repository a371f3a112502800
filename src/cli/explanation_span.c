/* SPDX-License-Identifier: Apache-2.0 */
/* What was earned over many intervals, and what couples them. */
#include "cli/explanation_lease.h"
#include "cli/explanation_parts.h"

#include <math.h>
#include <string.h>

enum { SENTENCE_BYTES = 480, PEAKS_SHOWN = 24, JOBS_SHOWN = 24 };

static bool is_worth_a_row(const amp_explained_gain *gain)
{
    const bool is_reserve = gain->kind == AMP_GAIN_RESERVE && gain->money_usd > 0.0;
    return gain->energy_mwh > 0.0 || gain->possible_mwh > 0.0 || is_reserve;
}

static double largest_money(const amp_explained_span *span)
{
    double largest = 0.0;

    for (size_t i = 0; i < span->gain_count; i++)
        if (!isnan(span->gain[i].money_usd))
            largest =
                fmax(largest, fmax(fabs(span->gain[i].money_usd), fabs(span->gain[i].bought_usd)));
    return largest;
}

static void put_money(amp_text_table *table, double usd, amp_scale scale)
{
    char number[AMP_NUMBER_BYTES] = "-";

    if (!isnan(usd) && fabs(usd) >= 0.005)
        amp_print_scaled(usd, scale, number);
    amp_text_table_cell(table, "%s", number);
}

/* Whether some load would cost a penalty if it were not served. */
static bool avoids_penalties(const amp_explained_span *span)
{
    for (size_t i = 0; i < span->gain_count; i++)
        if (span->gain[i].avoided_usd > 0.0)
            return true;
    return false;
}

static void put_gain(amp_text_table *table, const amp_explained_gain *gain, amp_scale energy,
                     amp_scale money, bool avoids)
{
    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s%s", gain->id, gain->kind == AMP_GAIN_CUT ? ", cut" : "");
    if (gain->kind == AMP_GAIN_RESERVE) {
        amp_text_table_cell(table, "-");
    } else {
        char number[AMP_NUMBER_BYTES];
        amp_text_table_cell(table, "%s", amp_print_scaled(gain->energy_mwh, energy, number));
    }
    if (gain->possible_mwh > 0.0)
        amp_text_table_number(table, 100.0 * gain->energy_mwh / gain->possible_mwh, 1);
    else
        amp_text_table_cell(table, "-");
    put_money(table, gain->money_usd, money);
    if (avoids)
        put_money(table, gain->avoided_usd, money);
    put_money(table, -gain->bought_usd, money);
    put_money(table, gain->money_usd + gain->avoided_usd - gain->bought_usd, money);
}

static void print_gains(const amp_view *v, const amp_explained_span *span)
{
    const amp_scale money = amp_scale_money(largest_money(span));
    amp_text_table *const table = amp_text_table_new();
    double largest_mwh = 0.0;
    char title[AMP_NUMBER_BYTES];

    for (size_t i = 0; i < span->gain_count; i++)
        largest_mwh = fmax(largest_mwh, span->gain[i].energy_mwh);
    const amp_scale energy = amp_scale_energy(largest_mwh);
    amp_text_table_column(table, "Earned by", false);
    amp_text_table_column(table, energy.unit, true);
    amp_text_table_column(table, "% of possible", true);
    (void)snprintf(title, sizeof title, "earns %s", money.unit);
    amp_text_table_column(table, title, true);
    if (avoids_penalties(span))
        amp_text_table_column(table, "avoids", true);
    amp_text_table_column(table, "energy", true);
    amp_text_table_column(table, "left", true);
    for (size_t i = 0; i < span->gain_count; i++)
        if (is_worth_a_row(&span->gain[i]))
            put_gain(table, &span->gain[i], energy, money, avoids_penalties(span));
    (void)amp_text_table_print(table, v->screen);
    amp_text_table_free(table);
}

static void say_limits(const amp_view *v, const amp_explained_span *span)
{
    char hours[AMP_NUMBER_BYTES];
    char share[AMP_NUMBER_BYTES];
    char price[AMP_NUMBER_BYTES];

    amp_view_say(v, "The bus paid %s USD/MWh on average; the connection was full for %s h (%s %%).",
                 amp_print_fixed(span->price_mean_usd_per_mwh, 2, price),
                 amp_print_fixed(span->connection_hours, 1, hours),
                 amp_print_fixed(100.0 * span->connection_hours / span->hours, 1, share));
    if (v->found->peak_count > 0)
        amp_view_say(v, "A billed peak held import back for %s h.",
                     amp_print_fixed(span->peak_hours, 1, hours));
}

void amp_view_print_spans(const amp_view *v)
{
    const amp_explanation *const x = v->found;
    const int64_t from_unix_s = x->problem->from_unix_s;
    char span[AMP_NUMBER_BYTES];
    char text[SENTENCE_BYTES];

    if (amp_view_has_month(x)) {
        (void)snprintf(text, sizeof text, "%s %d", amp_view_month_name(x->month.month),
                       x->month.year);
        amp_view_heading(v, text);
        print_gains(v, &x->month_span);
        say_limits(v, &x->month_span);
    }
    amp_print_span(from_unix_s,
                   from_unix_s + (int64_t)x->problem->interval_count * x->problem->step_s, span);
    if (x->has_at) {
        (void)snprintf(text, sizeof text, "The horizon, %s", span);
        amp_view_heading(v, text);
    } else {
        (void)snprintf(text, sizeof text, "%.60s, %s", x->site->id, span);
        amp_print_bold(v->screen, text);
    }
    print_gains(v, &x->whole_span);
    say_limits(v, &x->whole_span);
    amp_print_wrapped(
        v->screen,
        "Each pays for its energy, or is paid, what the bus pays at the time: left is "
        "what the site would lose without it at those prices. Generators cost fuel, "
        "the battery wear; penalties are avoided by serving load. Fees of leases do "
        "not depend on any of this.",
        0, 0);
    amp_explanation_leases(v->screen, x);
}

/* ---- couplings ---- */

void amp_view_print_peaks(const amp_view *v)
{
    const amp_explanation *const x = v->found;
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Peaks", false);
    amp_text_table_column(table, "billed MW", true);
    amp_text_table_column(table, "hours", true);
    amp_text_table_column(table, "USD/MW", true);
    amp_text_table_column(table, "worth", true);
    amp_text_table_column(table, "binds", false);
    for (size_t k = 0; k < x->peak_count && k < PEAKS_SHOWN; k++) {
        const amp_explained_peak *const peak = &x->peak[k];
        const double slack_usd = 1e-4 * fmax(1.0, peak->charge_usd_per_mw);
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", peak->id);
        amp_text_table_number(table, peak->billed_mw, 1);
        amp_text_table_number(table, peak->hours, 1);
        amp_text_table_number(table, peak->charge_usd_per_mw, 0);
        amp_text_table_number(table, peak->worth_usd_per_mw, 0);
        if (peak->is_connection)
            amp_text_table_cell(table, "no, the connection is full");
        else if (peak->worth_usd_per_mw < peak->charge_usd_per_mw - slack_usd)
            amp_text_table_cell(table, "no, the next MW earns less");
        else
            amp_text_table_cell(table, "yes, it earns its charge");
    }
    amp_view_finish_table(v, table);
}

void amp_view_print_jobs(const amp_view *v)
{
    const amp_explanation *const x = v->found;
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Jobs", false);
    amp_text_table_column(table, "hall", false);
    amp_text_table_column(table, "wanted MWh", true);
    amp_text_table_column(table, "served MWh", true);
    amp_text_table_column(table, "worth USD/MWh", true);
    amp_text_table_column(table, "price", true);
    amp_text_table_column(table, "runs below", true);
    for (size_t j = 0; j < x->job_count && j < JOBS_SHOWN; j++) {
        const amp_explained_job *const job = &x->job[j];
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", job->id);
        amp_text_table_cell(table, "%s", job->hall);
        amp_text_table_number(table, job->energy_mwh, 1);
        amp_text_table_number(table, job->served_mwh, 1);
        amp_text_table_number(table, job->worth_usd_per_mwh, 2);
        amp_text_table_number(table, job->price_usd_per_mwh, 2);
        amp_text_table_number(table, job->worth_usd_per_mwh - job->price_usd_per_mwh, 2);
    }
    amp_view_finish_table(v, table);
    amp_print_wrapped(v->screen,
                      "Of IT energy. A job whose energy has a price does all of it and waits for "
                      "hours in which an IT MWh costs less than its worth less that price.",
                      0, 0);
}

void amp_view_print_budgets(const amp_view *v)
{
    const amp_explanation *const x = v->found;
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Budgets", false);
    amp_text_table_column(table, "unit", false);
    amp_text_table_column(table, "limit", true);
    amp_text_table_column(table, "used", true);
    amp_text_table_column(table, "one more is worth USD", true);
    for (size_t i = 0; i < x->budget_count; i++) {
        const amp_explained_budget *const budget = &x->budget[i];
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", budget->id);
        amp_text_table_cell(table, "%s", budget->unit);
        amp_text_table_number(table, budget->limit, 1);
        amp_text_table_number(table, budget->used, 1);
        amp_text_table_number(table, budget->price_usd, 2);
    }
    amp_view_finish_table(v, table);
}
