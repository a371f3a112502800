/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/lp.h"

#include "base/output.h"
#include "base/time.h"
#include "dispatch/lp_model.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* LP files are large and much alike from line to line: the fastest level makes them small enough.
 */
enum { GZIP_LEVEL = 1, STAMP_BYTES = 17, TERMS_PER_LINE = 4 };

/* What writing needs: names, and room for one interval. */
typedef struct {
    amp_lp_site *site;
    size_t site_count;
    amp_lp_interval now;
    amp_output *output;
} writer;

/* One interval of one site on its way to the file. */
typedef struct {
    writer *w;
    const amp_lp_site *site;
    size_t t;
    char stamp[STAMP_BYTES]; /* "20250801T050000Z" */
    char next[STAMP_BYTES];  /* of the interval after it */
} place;

/* ---- names ---- */

static void format_stamp(const amp_site_problem *problem, size_t t, char *stamp)
{
    const amp_civil c = amp_time_civil_utc(problem->from_unix_s + (int64_t)t * problem->step_s);
    (void)snprintf(stamp, STAMP_BYTES, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)c.year % 10000U,
                   (unsigned)c.month % 100U, (unsigned)c.day % 100U, (unsigned)c.hour % 100U,
                   (unsigned)c.minute % 100U, (unsigned)c.second % 100U);
}

static void put(const place *p, const char *text)
{
    amp_output_put_text(p->w->output, text);
}

static void put_column(const place *p, uint32_t flow)
{
    put(p, p->site->flow_name[flow]);
    amp_output_put(p->w->output, p->stamp, STAMP_BYTES - 1);
}

static void put_row(const place *p, uint32_t row)
{
    put(p, p->site->row_name[row]);
    amp_output_put(p->w->output, p->stamp, STAMP_BYTES - 1);
}

static void put_number(const place *p, double number)
{
    amp_output_put_number(p->w->output, number);
}

/* Calls @p write for every interval of every site, with its columns and rows in w->now. */
static void for_each_interval(writer *w, void (*write)(const place *p))
{
    for (size_t i = 0; i < w->site_count; i++) {
        const amp_site_problem *problem = w->site[i].problem;
        place p = {.w = w, .site = &w->site[i]};
        format_stamp(problem, 0, p.next);
        for (p.t = 0; p.t < problem->interval_count; p.t++) {
            memcpy(p.stamp, p.next, STAMP_BYTES);
            format_stamp(problem, p.t + 1, p.next);
            amp_lp_interval_fill(p.site, p.t, &w->now);
            write(&p);
        }
    }
}

/* Moves to interval @p t; `next` stays. */
static void go_to(place *p, size_t t)
{
    p->t = t;
    format_stamp(p->site->problem, t, p->stamp);
}

/* Calls @p write for every column that spans intervals. */
static void for_each_span(writer *w, void (*write)(place *p, const amp_lp_span *span))
{
    for (size_t i = 0; i < w->site_count; i++) {
        place p = {.w = w, .site = &w->site[i]};
        amp_lp_span span;
        for (size_t k = 0; k < amp_lp_span_count(p.site); k++)
            if (amp_lp_span_at(p.site, k, &span))
                write(&p, &span);
    }
}

/* Calls @p write for the row of every job. */
static void for_each_job_row(writer *w, void (*write)(place *p, const amp_lp_job_row *row))
{
    for (size_t i = 0; i < w->site_count; i++) {
        place p = {.w = w, .site = &w->site[i]};
        amp_lp_job_row row;
        for (size_t j = 0; j < p.site->problem->job_count; j++)
            if (amp_lp_job_row_at(p.site, j, &row))
                write(&p, &row);
    }
}

/* Calls @p write for the row of every budget. */
static void for_each_budget_row(writer *w, void (*write)(place *p, const amp_lp_budget_row *row))
{
    for (size_t i = 0; i < w->site_count; i++) {
        place p = {.w = w, .site = &w->site[i]};
        amp_lp_budget_row row;
        for (size_t k = 0; k < p.site->problem->budget_count; k++)
            if (amp_lp_budget_row_at(p.site, k, &row))
                write(&p, &row);
    }
}

/* Calls @p write for the row of every bill with a ratchet or tiers. */
static void for_each_bill_row(writer *w, void (*write)(place *p, const amp_lp_bill_row *row))
{
    for (size_t i = 0; i < w->site_count; i++) {
        place p = {.w = w, .site = &w->site[i]};
        for (size_t k = 0; k < amp_lp_bill_row_count(p.site->problem); k++) {
            const amp_lp_bill_row row = amp_lp_bill_row_at(p.site, k);
            write(&p, &row);
        }
    }
}

/* ---- free MPS ---- */

static void mps_rows(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    for (size_t i = 0; i < now->row_count; i++) {
        put(p, now->row[i].is_equal ? " E " : " L ");
        put_row(p, now->row[i].row);
        put(p, "\n");
    }
}

static void mps_job_row(place *p, const amp_lp_job_row *row)
{
    put(p, " E ");
    put(p, row->name);
    put(p, "\n");
}

static void mps_budget_row(place *p, const amp_lp_budget_row *row)
{
    put(p, " L ");
    put(p, row->name);
    put(p, "\n");
}

static void mps_bill_row(place *p, const amp_lp_bill_row *row)
{
    put(p, " L ");
    put(p, row->name);
    put(p, "\n");
}

/* One coefficient of a column; two a line are all that the format allows. */
static void mps_entry(const place *p, uint32_t flow, size_t nth)
{
    if (nth % 2 == 0) {
        put(p, nth == 0 ? " " : "\n ");
        put_column(p, flow);
    }
    put(p, " ");
}

static void mps_entry_row(const place *p, const amp_lp_entry *entry)
{
    char stamp[STAMP_BYTES];
    switch (entry->where) {
    case AMP_LP_HERE:
        put_row(p, entry->row);
        break;
    case AMP_LP_METERED:
        format_stamp(p->site->problem, amp_metered_first(p->site->problem, p->t), stamp);
        put(p, p->site->row_name[entry->row]);
        amp_output_put(p->w->output, stamp, STAMP_BYTES - 1);
        break;
    case AMP_LP_NEXT:
        put(p, p->site->row_name[entry->row]);
        amp_output_put(p->w->output, p->next, STAMP_BYTES - 1);
        break;
    case AMP_LP_JOB:
        put(p, p->site->job_name[entry->row]);
        break;
    case AMP_LP_BUDGET:
        put(p, p->site->budget_name[entry->row]);
        break;
    }
}

static void mps_columns(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    for (size_t i = 0; i < now->column_count; i++) {
        const amp_lp_column *column = &now->column[i];
        size_t nth = 0;
        if (fabs(column->cost) > 0.0) {
            mps_entry(p, column->flow, nth++);
            put(p, "cost ");
            put_number(p, column->cost);
        }
        for (uint32_t k = 0; k < column->entry_count; k++) {
            mps_entry(p, column->flow, nth++);
            mps_entry_row(p, &column->entry[k]);
            put(p, " ");
            put_number(p, column->entry[k].coefficient);
        }
        put(p, "\n");
    }
}

/* Its name, and the row that a number follows. */
static void mps_span_row(const place *p, const amp_lp_span *span)
{
    put(p, " ");
    put(p, span->name);
    put(p, " ");
}

static void mps_span_number(const place *p, double number)
{
    put(p, " ");
    put_number(p, number);
    put(p, "\n");
}

static void mps_peak_entries(place *p, const amp_lp_span *span)
{
    for (size_t t = span->peak->first, end; t < span->peak->end; t = end) {
        end = amp_metered_end(p->site->problem, t);
        if (!amp_peak_counts(span->peak, t))
            continue;
        go_to(p, t);
        mps_span_row(p, span);
        put_row(p, span->row);
        mps_span_number(p, span->coefficient * (double)(end - t));
    }
}

static void mps_bill_entries(place *p, const amp_lp_span *span)
{
    for (size_t i = 0; i < amp_lp_bill_row_count(p->site->problem); i++) {
        const amp_lp_bill_row row = amp_lp_bill_row_at(p->site, i);
        for (size_t n = 0; n < 2; n++) {
            if (row.span[n] != span->index)
                continue;
            mps_span_row(p, span);
            put(p, row.name);
            mps_span_number(p, row.coefficient[n]);
        }
    }
}

static void mps_span(place *p, const amp_lp_span *span)
{
    if (fabs(span->cost) > 0.0) {
        mps_span_row(p, span);
        put(p, "cost");
        mps_span_number(p, span->cost);
    }
    mps_bill_entries(p, span);
    if (span->peak != NULL)
        mps_peak_entries(p, span);
    if (!span->is_job)
        return;
    mps_span_row(p, span);
    put(p, p->site->job_name[span->row]);
    mps_span_number(p, span->coefficient);
}

static void mps_rhs(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    for (size_t i = 0; i < now->row_count; i++) {
        if (fabs(now->row[i].rhs) > 0.0) {
            put(p, " RHS ");
            put_row(p, now->row[i].row);
            put(p, " ");
            put_number(p, now->row[i].rhs);
            put(p, "\n");
        }
    }
}

static void mps_whole_rhs(const place *p, const char *name, double rhs)
{
    if (!(fabs(rhs) > 0.0))
        return;
    put(p, " RHS ");
    put(p, name);
    put(p, " ");
    put_number(p, rhs);
    put(p, "\n");
}

static void mps_job_rhs(place *p, const amp_lp_job_row *row)
{
    mps_whole_rhs(p, row->name, row->rhs);
}

static void mps_budget_rhs(place *p, const amp_lp_budget_row *row)
{
    mps_whole_rhs(p, row->name, row->rhs);
}

static void mps_bill_rhs(place *p, const amp_lp_bill_row *row)
{
    mps_whole_rhs(p, row->name, row->rhs);
}

/* A column's name, as an interval or the whole horizon has it. */
typedef struct {
    const char *name;
    const char *stamp; /* NULL: the whole horizon */
    double lower, upper;
} bounded;

static void put_bounded(const place *p, const bounded *column)
{
    put(p, column->name);
    if (column->stamp != NULL)
        amp_output_put(p->w->output, column->stamp, STAMP_BYTES - 1);
}

static bounded bounded_column(const place *p, const amp_lp_column *column)
{
    return (bounded){p->site->flow_name[column->flow], p->stamp, column->lower, column->upper};
}

static bounded bounded_span(const amp_lp_span *span)
{
    return (bounded){span->name, NULL, span->lower, span->upper};
}

static void mps_bound(const place *p, const bounded *column, const char *kind, double number)
{
    put(p, kind);
    put_bounded(p, column);
    put(p, " ");
    put_number(p, number);
    put(p, "\n");
}

static void mps_bounds_of(const place *p, const bounded *column)
{
    if (column->upper <= column->lower) {
        mps_bound(p, column, " FX BOUND ", column->lower);
        return;
    }
    if (fabs(column->lower) > 0.0)
        mps_bound(p, column, " LO BOUND ", column->lower);
    if (!isinf(column->upper))
        mps_bound(p, column, " UP BOUND ", column->upper);
}

static void mps_bounds(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    for (size_t i = 0; i < now->column_count; i++) {
        const bounded column = bounded_column(p, &now->column[i]);
        mps_bounds_of(p, &column);
    }
}

static void mps_span_bounds(place *p, const amp_lp_span *span)
{
    const bounded column = bounded_span(span);
    mps_bounds_of(p, &column);
}

static void write_mps(writer *w)
{
    amp_output_put_text(w->output,
                        "* Minimises minus the objective; its optimum is minus the bound.\n"
                        "* Powers in MW, stored energy in MWh, money in USD.\n"
                        "NAME ampacity FREE\nROWS\n N cost\n");
    for_each_interval(w, mps_rows);
    for_each_job_row(w, mps_job_row);
    for_each_budget_row(w, mps_budget_row);
    for_each_bill_row(w, mps_bill_row);
    amp_output_put_text(w->output, "COLUMNS\n");
    for_each_interval(w, mps_columns);
    for_each_span(w, mps_span);
    amp_output_put_text(w->output, "RHS\n");
    for_each_interval(w, mps_rhs);
    for_each_job_row(w, mps_job_rhs);
    for_each_budget_row(w, mps_budget_rhs);
    for_each_bill_row(w, mps_bill_rhs);
    amp_output_put_text(w->output, "BOUNDS\n");
    for_each_interval(w, mps_bounds);
    for_each_span(w, mps_span_bounds);
    amp_output_put_text(w->output, "ENDATA\n");
}

/* ---- CPLEX LP ---- */

/* " + 0.5 " or " - 0.5 ", on a line of its own when the line is full. */
static void put_factor(const place *p, double factor, size_t *terms)
{
    if (*terms > 0 && *terms % TERMS_PER_LINE == 0)
        put(p, "\n ");
    ++*terms;
    put(p, signbit(factor) ? " - " : " + ");
    put_number(p, fabs(factor));
    put(p, " ");
}

static void lp_objective(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    size_t terms = 0;
    put(p, " ");
    for (size_t i = 0; i < now->column_count; i++) {
        /* The very first column is written whatever it costs: an objective must not be empty. */
        const bool is_first = p->site == p->w->site && p->t == 0 && i == 0;
        if (!is_first && !(fabs(now->column[i].cost) > 0.0))
            continue;
        put_factor(p, now->column[i].cost, &terms);
        put_column(p, now->column[i].flow);
    }
    put(p, "\n");
}

static void lp_span_cost(place *p, const amp_lp_span *span)
{
    size_t terms = 0;
    if (!(fabs(span->cost) > 0.0))
        return;
    put(p, " ");
    put_factor(p, span->cost, &terms);
    put(p, span->name);
    put(p, "\n");
}

/* @return terms written */
static size_t lp_row(const place *p, const amp_lp_row *row)
{
    const amp_lp_interval *now = &p->w->now;
    size_t terms = 0;
    put(p, " ");
    put_row(p, row->row);
    put(p, ":");
    for (size_t i = 0; i < now->column_count; i++) {
        const amp_lp_column *column = &now->column[i];
        for (uint32_t k = 0; k < column->entry_count; k++) {
            if (column->entry[k].where != AMP_LP_HERE || column->entry[k].row != row->row)
                continue;
            put_factor(p, column->entry[k].coefficient, &terms);
            put_column(p, column->flow);
        }
    }
    return terms;
}

/* The stored energy that the interval before hands on. */
static void lp_carried(const place *p, const char *stamp_before, size_t terms)
{
    put_factor(p, -p->site->problem->storage.retention, &terms);
    put(p, p->site->flow_name[AMP_LP_STORED]);
    put(p, stamp_before);
}

/* The machines that run in the interval before. */
static void lp_running(const place *p, uint32_t restart, const char *stamp_before, size_t terms)
{
    const amp_site_problem *problem = p->site->problem;
    const amp_restart *starts = &problem->restart[restart];
    const uint32_t tier = problem->load[starts->load].first_tier;
    if (!(amp_column_at(problem->tier[tier].power_mw, p->t - 1) > 0.0))
        return;
    put_factor(p, -amp_column_at(starts->running_per_mw, p->t - 1), &terms);
    put(p, p->site->flow_name[AMP_LP_SOURCE + (uint32_t)problem->source_count + tier]);
    put(p, stamp_before);
}

/* The rest of the import of a metering interval, and the peak that its row belongs to. */
static void lp_peak(const place *p, uint32_t row, size_t terms)
{
    amp_lp_span span;
    place later = *p;
    const uint32_t peak = row - amp_lp_first_peak_row(p->site->problem);
    const size_t end = amp_metered_end(p->site->problem, p->t);
    for (size_t t = p->t + 1; t < end; t++) {
        go_to(&later, t);
        put_factor(p, 1.0, &terms);
        put_column(&later, AMP_LP_IMPORT);
        if (amp_lp_has_block(p->site, t)) {
            put_factor(p, 1.0, &terms);
            put_column(&later, AMP_LP_BLOCK);
        }
    }
    if (!amp_lp_span_at(p->site, peak, &span))
        return;
    put_factor(p, span.coefficient * (double)(end - p->t), &terms);
    put(p, span.name);
}

static void lp_rows(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    const uint32_t first_peak = amp_lp_first_peak_row(p->site->problem);
    const uint32_t first_hall = amp_lp_first_hall_row(p->site->problem);
    const uint32_t first_start = amp_lp_first_start_row(p->site->problem);
    const uint32_t first_mode = amp_lp_first_mode_row(p->site->problem);
    char before[STAMP_BYTES];
    for (size_t i = 0; i < now->row_count; i++) {
        const amp_lp_row *row = &now->row[i];
        const size_t terms = lp_row(p, row);
        if (row->row == AMP_LP_ROW_SOC && p->t > 0) {
            format_stamp(p->site->problem, p->t - 1, before);
            lp_carried(p, before, terms);
        }
        if (row->row >= first_peak && row->row < first_hall)
            lp_peak(p, row->row, terms);
        if (row->row >= first_start && row->row < first_mode && p->t > 0) {
            format_stamp(p->site->problem, p->t - 1, before);
            lp_running(p, row->row - first_start, before, terms);
        }
        put(p, row->is_equal ? " = " : " <= ");
        put_number(p, row->rhs);
        put(p, "\n");
    }
}

static void lp_job_row(place *p, const amp_lp_job_row *row)
{
    size_t terms = 0;
    put(p, " ");
    put(p, row->name);
    put(p, ":");
    for (size_t t = row->first; t < row->end; t++) {
        go_to(p, t);
        put_factor(p, row->coefficient, &terms);
        put_column(p, row->flow);
    }
    put_factor(p, 1.0, &terms);
    put(p, row->unserved_name);
    put(p, " = ");
    put_number(p, row->rhs);
    put(p, "\n");
}

static void lp_budget_row(place *p, const amp_lp_budget_row *row)
{
    const amp_site_problem *problem = p->site->problem;
    const amp_budget *budget = row->budget;
    size_t terms = 0;
    put(p, " ");
    put(p, row->name);
    put(p, ":");
    for (size_t t = 0; t < problem->interval_count; t++) {
        go_to(p, t);
        for (size_t k = 0; k < budget->source_count; k++) {
            const double coefficient = amp_lp_budget_coefficient(problem, budget, k, t);
            if (!(coefficient > 0.0))
                continue;
            put_factor(p, coefficient, &terms);
            put_column(p, AMP_LP_SOURCE + budget->source[k]);
        }
    }
    put(p, " <= ");
    put_number(p, row->rhs);
    put(p, "\n");
}

static void lp_bill_row(place *p, const amp_lp_bill_row *row)
{
    amp_lp_span span;
    size_t terms = 0;
    put(p, " ");
    put(p, row->name);
    put(p, ":");
    for (size_t n = 0; n < 2; n++) {
        if (!amp_lp_span_at(p->site, row->span[n], &span))
            continue;
        put_factor(p, row->coefficient[n], &terms);
        put(p, span.name);
    }
    put(p, " <= ");
    put_number(p, row->rhs);
    put(p, "\n");
}

static void lp_bounds_of(const place *p, const bounded *column)
{
    const bool is_fixed = column->upper <= column->lower;
    if (isinf(column->upper) && !(column->lower > 0.0)) /* what a column without bounds has */
        return;
    if (isinf(column->upper)) {
        put(p, " ");
        put_bounded(p, column);
        put(p, " >= ");
        put_number(p, column->lower);
        put(p, "\n");
        return;
    }
    put(p, " ");
    if (!is_fixed) {
        put_number(p, column->lower);
        put(p, " <= ");
    }
    put_bounded(p, column);
    put(p, is_fixed ? " = " : " <= ");
    put_number(p, is_fixed ? column->lower : column->upper);
    put(p, "\n");
}

static void lp_bounds(const place *p)
{
    const amp_lp_interval *now = &p->w->now;
    for (size_t i = 0; i < now->column_count; i++) {
        const bounded column = bounded_column(p, &now->column[i]);
        lp_bounds_of(p, &column);
    }
}

static void lp_span_bounds(place *p, const amp_lp_span *span)
{
    const bounded column = bounded_span(span);
    lp_bounds_of(p, &column);
}

static void write_cplex(writer *w)
{
    amp_output_put_text(w->output,
                        "\\ Minimises minus the objective; its optimum is minus the bound.\n"
                        "\\ Powers in MW, stored energy in MWh, money in USD.\n"
                        "Minimize\n cost:\n");
    for_each_interval(w, lp_objective);
    for_each_span(w, lp_span_cost);
    amp_output_put_text(w->output, "Subject To\n");
    for_each_interval(w, lp_rows);
    for_each_job_row(w, lp_job_row);
    for_each_budget_row(w, lp_budget_row);
    for_each_bill_row(w, lp_bill_row);
    amp_output_put_text(w->output, "Bounds\n");
    for_each_interval(w, lp_bounds);
    for_each_span(w, lp_span_bounds);
    amp_output_put_text(w->output, "End\n");
}

/* ---- both ---- */

/* Names the sites and makes room for an interval of the largest. */
static amp_status prepare(const amp_site_problem *problem, size_t problem_count, amp_arena *arena,
                          writer *out)
{
    writer w = {.site = AMP_ARENA_NEW(arena, amp_lp_site, problem_count),
                .site_count = problem_count};
    if (w.site == NULL || amp_lp_sites_name(problem, problem_count, arena, w.site) != AMP_OK ||
        amp_lp_interval_new(w.site, problem_count, arena, &w.now) != AMP_OK)
        return AMP_NOMEM;
    *out = w;
    return AMP_OK;
}

amp_status amp_lp_write(const amp_site_problem *problem, size_t problem_count, amp_lp_format format,
                        const char *path, amp_error *err)
{
    amp_arena *arena = amp_arena_new(SIZE_MAX);
    writer w = {0};
    amp_status status = arena == NULL ? AMP_NOMEM : prepare(problem, problem_count, arena, &w);
    if (status != AMP_OK) {
        status = amp_fail(err, status, "%s: no memory to write it", path);
        goto out;
    }
    status = amp_output_open(path, GZIP_LEVEL, &w.output, err);
    if (status != AMP_OK)
        goto out;
    switch (format) {
    case AMP_LP_MPS:
        write_mps(&w);
        break;
    case AMP_LP_CPLEX:
        write_cplex(&w);
        break;
    }
    status = amp_output_close(w.output, AMP_OK, err);
out:
    amp_arena_free(arena);
    return status;
}

static size_t span_entries(const amp_site_problem *problem, const amp_lp_span *span)
{
    size_t count = 0;
    if (span->is_job)
        return 1;
    for (size_t t = span->peak != NULL ? span->peak->first : 0;
         span->peak != NULL && t < span->peak->end; t = amp_metered_end(problem, t))
        count += amp_peak_counts(span->peak, t) ? 1 : 0;
    return count;
}

static void measure_site(const amp_lp_site *site, amp_lp_interval *now, amp_lp_size *size)
{
    amp_lp_span span;
    amp_lp_job_row row;
    amp_lp_budget_row budget;
    for (size_t t = 0; t < site->problem->interval_count; t++) {
        amp_lp_interval_fill(site, t, now);
        size->columns += now->column_count;
        size->rows += now->row_count;
        size->nonzeros += now->entry_count;
    }
    for (size_t i = 0; i < amp_lp_span_count(site); i++) {
        if (!amp_lp_span_at(site, i, &span))
            continue;
        size->columns++;
        size->nonzeros += span_entries(site->problem, &span);
    }
    size->rows += amp_lp_bill_row_count(site->problem);
    size->nonzeros += 2 * amp_lp_bill_row_count(site->problem);
    for (size_t j = 0; j < site->problem->job_count; j++)
        size->rows += amp_lp_job_row_at(site, j, &row) ? 1 : 0;
    for (size_t i = 0; i < site->problem->budget_count; i++)
        size->rows += amp_lp_budget_row_at(site, i, &budget) ? 1 : 0;
}

amp_status amp_lp_measure(const amp_site_problem *problem, size_t problem_count, amp_lp_size *out)
{
    amp_arena *arena = amp_arena_new(SIZE_MAX);
    amp_lp_size size = {0};
    writer w = {0};
    amp_status status = AMP_NOMEM;
    if (arena == NULL)
        return AMP_NOMEM;
    status = prepare(problem, problem_count, arena, &w);
    for (size_t i = 0; i < problem_count && status == AMP_OK; i++)
        measure_site(&w.site[i], &w.now, &size);
    amp_arena_free(arena);
    if (status == AMP_OK)
        *out = size;
    return status;
}
