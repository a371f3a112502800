/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_bill.h"
#include "cli/report_lease.h"
#include "cli/report_parts.h"

#include "base/text.h"
#include "base/time.h"
#include "cli/findings.h"
#include "cli/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_DRAWN = 2, MARKS_BESIDE = 46, MARKS_MOST = 60, BAR_COLUMNS = 24 };

void amp_report_heading(const amp_report_view *r, const char *text)
{
    (void)fputc('\n', r->screen->file);
    amp_print_bold(r->screen, text);
}

static bool is_idle(const amp_report_view *r, size_t i)
{
    for (int flow = 0; flow < AMP_FLOW_COUNT; flow++)
        if (r->figures[i].flow[flow].energy_mwh > 0.0)
            return false;
    return true;
}

static bool is_all_idle(const amp_report_view *r)
{
    for (size_t i = 0; i < r->answer->site_count; i++)
        if (!is_idle(r, i))
            return false;
    return true;
}

/* Instead of tables and pictures of nothing. */
static void print_idle(const amp_report_view *r)
{
    char text[160];

    (void)snprintf(text, sizeof text,
                   "Nothing flows at %s in any interval: nothing is bought, made, used or sold.",
                   r->answer->site_count == 1 ? "the bus" : "any site");
    (void)fputc('\n', r->screen->file);
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* ---- energy ---- */

static amp_scale energy_scale(const amp_report_view *r)
{
    double largest = 0.0;

    for (int flow = 0; flow < AMP_FLOW_COUNT; flow++) {
        double sum = 0.0;
        for (size_t i = 0; i < r->answer->site_count; i++)
            sum += r->figures[i].flow[flow].energy_mwh;
        largest = fmax(largest, sum);
    }
    return amp_scale_energy(largest);
}

static double share_of_capacity(const amp_flow_figures *flow)
{
    return flow->capacity_mwh > 0.0 ? 100.0 * flow->energy_mwh / flow->capacity_mwh : (double)NAN;
}

amp_scale amp_report_power_scale(const amp_site_figures *figures)
{
    double most_mw = 0.0;

    for (int flow = 0; flow < AMP_FLOW_COUNT; flow++)
        most_mw = fmax(most_mw, figures->flow[flow].peak_mw);
    return amp_scale_power(most_mw);
}

static void print_site_energy(const amp_report_view *r, amp_scale scale)
{
    static const char *const names[AMP_FLOW_COUNT] = {
        [AMP_FLOW_IMPORT] = "from the grid",       [AMP_FLOW_GENERATION] = "from own generation",
        [AMP_FLOW_DISCHARGE] = "from the battery", [AMP_FLOW_LEASE] = "to leases",
        [AMP_FLOW_INFERENCE] = "to inference",     [AMP_FLOW_TRAINING] = "to training",
        [AMP_FLOW_MINING] = "to mining",           [AMP_FLOW_CHARGE] = "to the battery",
        [AMP_FLOW_EXPORT] = "to the grid",
    };
    const amp_site_figures *const figures = &r->figures[0];
    const double hours =
        r->answer->site[0].problem.interval_h * (double)r->answer->site[0].problem.interval_count;
    const amp_scale power = amp_report_power_scale(figures);
    amp_text_table *const table = amp_text_table_new();
    char title[AMP_NUMBER_BYTES];

    amp_text_table_column(table, "Energy at the bus", false);
    amp_text_table_column(table, scale.unit, true);
    (void)snprintf(title, sizeof title, "mean %s", power.unit);
    amp_text_table_column(table, title, true);
    (void)snprintf(title, sizeof title, "peak %s", power.unit);
    amp_text_table_column(table, title, true);
    amp_text_table_column(table, "% of time", true);
    amp_text_table_column(table, "% of full load", true);
    for (int flow = 0; flow < AMP_FLOW_COUNT; flow++) {
        const amp_flow_figures *const f = &figures->flow[flow];
        char number[AMP_NUMBER_BYTES];
        if (!(f->energy_mwh > 0.0))
            continue;
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", names[flow]);
        amp_text_table_cell(table, "%s", amp_print_scaled(f->energy_mwh, scale, number));
        amp_text_table_number(table, f->energy_mwh / hours / power.usd, 1);
        amp_text_table_number(table, f->peak_mw / power.usd, 1);
        amp_text_table_number(table, 100.0 * f->time_share, 1);
        amp_text_table_number(table, share_of_capacity(f), 1);
    }
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

/* The columns for several sites. What the battery loses makes rows balance. */
typedef struct {
    const char *title;
    amp_flow flow;
    amp_flow less; /* subtracted; AMP_FLOW_COUNT for none */
} energy_column;

static const energy_column energy_columns[] = {
    {"import", AMP_FLOW_IMPORT, AMP_FLOW_COUNT},
    {"own", AMP_FLOW_GENERATION, AMP_FLOW_COUNT},
    {"lease", AMP_FLOW_LEASE, AMP_FLOW_COUNT},
    {"inference", AMP_FLOW_INFERENCE, AMP_FLOW_COUNT},
    {"training", AMP_FLOW_TRAINING, AMP_FLOW_COUNT},
    {"mining", AMP_FLOW_MINING, AMP_FLOW_COUNT},
    {"export", AMP_FLOW_EXPORT, AMP_FLOW_COUNT},
    {"battery", AMP_FLOW_CHARGE, AMP_FLOW_DISCHARGE},
};

enum { ENERGY_COLUMN_COUNT = sizeof(energy_columns) / sizeof(energy_columns[0]) };

static double energy_of(const amp_report_view *r, size_t site, const energy_column *column)
{
    const amp_flow_figures *const flow = r->figures[site].flow;
    return flow[column->flow].energy_mwh -
           (column->less != AMP_FLOW_COUNT ? flow[column->less].energy_mwh : 0.0);
}

static bool has_energy(const amp_report_view *r, const energy_column *column)
{
    for (size_t i = 0; i < r->answer->site_count; i++)
        if (fabs(energy_of(r, i, column)) > 0.0)
            return true;
    return false;
}

/* Site @p i, or all where it is the count of sites. */
static void print_energy_row(amp_text_table *table, const amp_report_view *r, size_t i,
                             amp_scale scale)
{
    const size_t count = r->answer->site_count;
    char number[AMP_NUMBER_BYTES];

    amp_text_table_row(table, i == count);
    amp_text_table_cell(table, "%s", i < count ? r->answer->site[i].site->id : "all sites");
    for (size_t k = 0; k < ENERGY_COLUMN_COUNT; k++) {
        double mwh = 0.0;
        if (!has_energy(r, &energy_columns[k]))
            continue;
        for (size_t s = i < count ? i : 0; s < (i < count ? i + 1 : count); s++)
            mwh += energy_of(r, s, &energy_columns[k]);
        amp_text_table_cell(table, "%s",
                            fabs(mwh) > 0.0 ? amp_print_scaled(mwh, scale, number) : "-");
    }
    if (i < count)
        amp_text_table_number(table, r->answer->site[i].accounts.peak_import_mw, 1);
}

static void print_energy(const amp_report_view *r)
{
    const amp_scale scale = energy_scale(r);

    if (r->answer->site_count == 1) {
        print_site_energy(r, scale);
        return;
    }
    amp_text_table *const table = amp_text_table_new();
    amp_text_table_column(table, scale.unit, false);
    for (size_t k = 0; k < ENERGY_COLUMN_COUNT; k++)
        if (has_energy(r, &energy_columns[k]))
            amp_text_table_column(table, energy_columns[k].title, true);
    amp_text_table_column(table, "peak MW", true);
    for (size_t i = 0; i <= r->answer->site_count; i++)
        print_energy_row(table, r, i, scale);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
    amp_print_wrapped(r->screen,
                      "At each site's bus: import and own generation equal what is used, exported "
                      "and lost in the battery. Peak is the highest import.",
                      0, 0);
}

/* ---- pictures ---- */

static void mark_uses(const amp_site_figures *figures, bool used[AMP_USE_COUNT])
{
    for (int hour = 0; hour < AMP_DAY_HOURS; hour++)
        for (int use = 0; use < AMP_USE_COUNT; use++)
            used[use] = used[use] || figures->hour_mw[hour][use] > 0.0;
}

/* A step longer than an hour says nothing about hours. */
static bool has_hours(const amp_report_view *r)
{
    return r->loaded->portfolio->horizon.step_s <= AMP_SECONDS_PER_HOUR;
}

static void draw_day(const amp_report_view *r, size_t i, amp_scale scale)
{
    double power[AMP_DAY_HOURS][AMP_USE_COUNT];

    for (int hour = 0; hour < AMP_DAY_HOURS; hour++)
        for (int use = 0; use < AMP_USE_COUNT; use++)
            power[hour][use] = r->figures[i].hour_mw[hour][use] / scale.usd;
    amp_picture_day(r->screen, power);
}

static void print_days(const amp_report_view *r)
{
    for (size_t i = 0; i < r->answer->site_count; i++) {
        const amp_site *const site = r->answer->site[i].site;
        const amp_scale scale = amp_report_power_scale(&r->figures[i]);
        bool used[AMP_USE_COUNT] = {false};
        char title[256];
        if (is_idle(r, i)) {
            (void)snprintf(title, sizeof title, "%s: nothing flows in any interval.", site->id);
            (void)fputc('\n', r->screen->file);
            amp_print_wrapped(r->screen, title, 0, 0);
            continue;
        }
        (void)snprintf(title, sizeof title, "%s: mean %s by hour of the day, %s", site->id,
                       scale.unit, site->time_zone);
        amp_report_heading(r, title);
        mark_uses(&r->figures[i], used);
        draw_day(r, i, scale);
        amp_picture_legend(r->screen, used, 7);
    }
}

/* Mean MW of each use over the whole horizon. */
static double mean_uses(const amp_report_view *r, size_t i, double mean_mw[AMP_USE_COUNT])
{
    static const amp_flow flow_of[AMP_USE_COUNT] = {
        [AMP_USE_LEASE] = AMP_FLOW_LEASE,       [AMP_USE_INFERENCE] = AMP_FLOW_INFERENCE,
        [AMP_USE_TRAINING] = AMP_FLOW_TRAINING, [AMP_USE_MINING] = AMP_FLOW_MINING,
        [AMP_USE_CHARGE] = AMP_FLOW_CHARGE,     [AMP_USE_EXPORT] = AMP_FLOW_EXPORT,
    };
    const amp_site_problem *const problem = &r->answer->site[i].problem;
    const double hours = problem->interval_h * (double)problem->interval_count;
    double sum = 0.0;

    for (int use = 0; use < AMP_USE_COUNT; use++) {
        mean_mw[use] = r->figures[i].flow[flow_of[use]].energy_mwh / hours;
        sum += mean_mw[use];
    }
    return sum;
}

static double mean_import_limit(const amp_report_view *r, size_t i)
{
    const amp_site_problem *const problem = &r->answer->site[i].problem;
    const double hours = problem->interval_h * (double)problem->interval_count;
    return r->figures[i].flow[AMP_FLOW_IMPORT].capacity_mwh / hours;
}

/* Marks for the sum of all uses in each local hour. */
static void print_hours(const amp_report_view *r, size_t i)
{
    char marks[AMP_PICTURE_BYTES];
    double sum[AMP_DAY_HOURS];
    double highest = 0.0;

    for (int hour = 0; hour < AMP_DAY_HOURS; hour++) {
        sum[hour] = 0.0;
        for (int use = 0; use < AMP_USE_COUNT; use++)
            sum[hour] += r->figures[i].hour_mw[hour][use];
        highest = fmax(highest, sum[hour]);
    }
    (void)fprintf(r->screen->file, "  %s",
                  amp_picture_spark(r->screen, sum, AMP_DAY_HOURS, 0.0, highest, marks));
}

static void print_bars(const amp_report_view *r)
{
    const bool is_wide = r->screen->width >= 78 && has_hours(r);
    bool used[AMP_USE_COUNT] = {false};
    int id_columns = 4;

    for (size_t i = 0; i < r->answer->site_count; i++) {
        const int columns = (int)amp_text_columns(r->answer->site[i].site->id);
        id_columns = columns > id_columns ? columns : id_columns;
        mark_uses(&r->figures[i], used);
    }
    amp_report_heading(r, "What the power does, on average");
    (void)fprintf(r->screen->file, "%-*s  %-*s  %7s  %6s%s\n", id_columns, "", BAR_COLUMNS,
                  "share of the connection", "mean MW", "% full",
                  is_wide ? "  by local hour, 0 to 23" : "");
    for (size_t i = 0; i < r->answer->site_count; i++) {
        double mean_mw[AMP_USE_COUNT];
        char number[AMP_NUMBER_BYTES];
        const double sum = mean_uses(r, i, mean_mw);
        (void)fprintf(r->screen->file, "%-*s  ", id_columns, r->answer->site[i].site->id);
        amp_picture_bar(r->screen, mean_mw, fmax(mean_import_limit(r, i), sum), BAR_COLUMNS);
        (void)fprintf(r->screen->file, "  %7s", amp_print_fixed(sum, 1, number));
        (void)fprintf(
            r->screen->file, "  %6s",
            amp_print_fixed(share_of_capacity(&r->figures[i].flow[AMP_FLOW_IMPORT]), 1, number));
        if (is_wide)
            print_hours(r, i);
        (void)fputc('\n', r->screen->file);
    }
    amp_picture_legend(r->screen, used, id_columns + 2);
}

static void print_flows(const amp_report_view *r)
{
    if (is_all_idle(r)) {
        print_idle(r);
        return;
    }
    print_energy(r);
    if (r->answer->site_count > DAYS_DRAWN)
        print_bars(r);
    else if (has_hours(r))
        print_days(r);
}

/* ---- the horizon ---- */

typedef struct {
    double low, high;
} range;

static range range_of(const double *value, size_t count)
{
    range out = {value[0], value[0]};

    for (size_t i = 1; i < count; i++) {
        out.low = fmin(out.low, value[i]);
        out.high = fmax(out.high, value[i]);
    }
    return out;
}

static void marks_row(amp_text_table *table, const amp_report_view *r, const char *name,
                      const double *value, double mean, double scale)
{
    char marks[AMP_PICTURE_BYTES];
    char number[AMP_NUMBER_BYTES];
    const range span = range_of(value, r->buckets.count);

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", name);
    amp_picture_spark(r->screen, value, r->buckets.count, span.low, span.high, marks);
    amp_text_table_cell(table, "%s", marks);
    amp_text_table_cell(table, "%s", amp_print_fixed(span.low / scale, 2, number));
    amp_text_table_cell(table, "%s", amp_print_fixed(mean / scale, 2, number));
    amp_text_table_cell(table, "%s", amp_print_fixed(span.high / scale, 2, number));
}

/* What all sites earn in each bucket, as a rate per day, so that a short last one fits. */
static amp_scale fill_rates(const amp_report_view *r, double usd_per_day[AMP_BUCKETS_MAX])
{
    const amp_site_problem *const problem = &r->answer->site[0].problem;

    for (size_t k = 0; k < r->buckets.count; k++) {
        const size_t from = k * r->buckets.intervals;
        const size_t left = problem->interval_count - from;
        const size_t count = left < r->buckets.intervals ? left : r->buckets.intervals;
        usd_per_day[k] = 0.0;
        for (size_t i = 0; i < r->answer->site_count; i++)
            usd_per_day[k] += r->figures[i].bucket_usd[k];
        usd_per_day[k] *= 24.0 / ((double)count * problem->interval_h);
    }
    const range span = range_of(usd_per_day, r->buckets.count);
    return amp_scale_money(fmax(fabs(span.low), fabs(span.high)));
}

static void print_horizon(const amp_report_view *r)
{
    double usd_per_day[AMP_BUCKETS_MAX] = {0.0};
    const amp_scale scale = fill_rates(r, usd_per_day);
    const amp_horizon *const horizon = &r->loaded->portfolio->horizon;
    const double days =
        (double)(horizon->to_unix_s - horizon->from_unix_s) / (double)AMP_SECONDS_PER_DAY;
    amp_text_table *const table = amp_text_table_new();
    char text[96];
    char step[AMP_NUMBER_BYTES];

    (void)snprintf(text, sizeof text, "each mark: mean of %s",
                   amp_print_step(r->buckets.length_s, step));
    amp_text_table_column(table, "Over the horizon", false);
    amp_text_table_column(table, text, false);
    amp_text_table_column(table, "lowest", true);
    amp_text_table_column(table, "mean", true);
    amp_text_table_column(table, "highest", true);
    (void)snprintf(text, sizeof text, "earned, %s/day", scale.unit);
    marks_row(table, r, text, usd_per_day, r->answer->objective_usd / days, scale.usd);
    for (size_t i = 0; i < r->answer->site_count; i++) {
        if (r->answer->site_count == 1)
            (void)snprintf(text, sizeof text, "internal price, USD/MWh");
        else
            (void)snprintf(text, sizeof text, "%.60s, USD/MWh", r->answer->site[i].site->id);
        marks_row(table, r, text, r->figures[i].bucket_price_usd_per_mwh,
                  r->answer->site[i].accounts.price_mean_usd_per_mwh, 1.0);
    }
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

static void print_time(const amp_report_view *r)
{
    char count[AMP_NUMBER_BYTES];
    char elapsed[AMP_NUMBER_BYTES];
    char sites[AMP_NUMBER_BYTES];
    char text[4 * AMP_NUMBER_BYTES];

    amp_print_plural(r->loaded->portfolio->horizon.interval_count, "interval", count);
    amp_print_plural(r->answer->site_count, "site", sites);
    (void)snprintf(text, sizeof text, "Solved %s of %s in %s.", count, sites,
                   amp_print_elapsed(r->input->solve_s, elapsed));
    amp_print_text(r->screen, text, 0, 0);
    if (r->input->schedule != NULL) {
        (void)fprintf(r->screen->file, "Wrote %s:", r->input->schedule);
        amp_print_text(r->screen, " the schedule, one row an interval and site.",
                       (int)(strlen("Wrote :") + amp_text_columns(r->input->schedule)), 0);
    }
}

static void print_hints(const amp_cli *cli, const amp_report_view *r)
{
    const size_t keys = r->loaded->portfolio->without_effect_count;

    if (keys > 0) {
        char count[AMP_NUMBER_BYTES];
        amp_hint(cli, "\nKeys read without effect: %s; 'ampacity check %s' names them.",
                 amp_print_count(keys, count), cli->operand);
    }
    if (r->input->schedule == NULL)
        amp_hint(cli, "%sNext: ampacity dispatch %s --schedule schedule.csv", keys > 0 ? "" : "\n",
                 cli->operand);
}

amp_status amp_report_print(amp_cli *cli, const amp_loaded *loaded, const amp_report_input *input)
{
    const amp_answer *const answer = input->answer;
    const int beside = cli->out.width - MARKS_BESIDE - (answer->site_count == 1 ? 5 : 0);
    const size_t most = beside < 12 ? 12 : beside > MARKS_MOST ? MARKS_MOST : (size_t)beside;
    amp_report_view r = {
        .screen = &cli->out,
        .loaded = loaded,
        .input = input,
        .answer = answer,
        .buckets = amp_buckets_choose(&answer->site[0].problem, most),
        .figures = calloc(answer->site_count, sizeof *r.figures),
    };
    amp_status status = r.figures != NULL ? AMP_OK : AMP_NOMEM;

    for (size_t i = 0; i < answer->site_count && status == AMP_OK; i++)
        status = amp_figures_make(&answer->site[i], r.buckets, &r.figures[i]);
    if (status == AMP_OK) {
        amp_report_headline(&r);
        amp_report_money(&r);
        amp_report_bill(&r);
        amp_report_leases(&r);
        amp_report_couplings(&r);
        print_flows(&r);
        print_horizon(&r);
        amp_report_proof(&r);
        print_time(&r);
        print_hints(cli, &r);
    }
    free(r.figures);
    return status;
}
