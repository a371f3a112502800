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

/* What writing needs: names, and room for the columns and rows of one interval. */
typedef struct {
    amp_lp_site *site;
    size_t site_count;
    amp_lp_column *column;
    amp_lp_row *row;
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

static void put_row(const place *p, uint32_t row, bool is_next)
{
    put(p, p->site->row_name[row]);
    amp_output_put(p->w->output, is_next ? p->next : p->stamp, STAMP_BYTES - 1);
}

static void put_number(const place *p, double number)
{
    amp_output_put_number(p->w->output, number);
}

/* Calls @p write for every interval of every site. */
static void for_each_interval(writer *w, void (*write)(const place *p))
{
    for (size_t i = 0; i < w->site_count; i++) {
        const amp_site_problem *problem = w->site[i].problem;
        place p = {.w = w, .site = &w->site[i]};
        format_stamp(problem, 0, p.next);
        for (p.t = 0; p.t < problem->interval_count; p.t++) {
            memcpy(p.stamp, p.next, STAMP_BYTES);
            format_stamp(problem, p.t + 1, p.next);
            write(&p);
        }
    }
}

/* ---- free MPS ---- */

static void mps_rows(const place *p)
{
    const size_t count = amp_lp_rows(p->site, p->t, p->w->row);
    for (size_t i = 0; i < count; i++) {
        put(p, p->w->row[i].is_equal ? " E " : " L ");
        put_row(p, p->w->row[i].row, false);
        put(p, "\n");
    }
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

static void mps_columns(const place *p)
{
    const size_t count = amp_lp_columns(p->site, p->t, p->w->column);
    for (size_t i = 0; i < count; i++) {
        const amp_lp_column *column = &p->w->column[i];
        size_t nth = 0;
        if (fabs(column->cost) > 0.0) {
            mps_entry(p, column->flow, nth++);
            put(p, "cost ");
            put_number(p, column->cost);
        }
        for (uint32_t k = 0; k < column->entry_count; k++) {
            mps_entry(p, column->flow, nth++);
            put_row(p, column->entry[k].row, column->entry[k].is_next);
            put(p, " ");
            put_number(p, column->entry[k].coefficient);
        }
        put(p, "\n");
    }
}

static void mps_rhs(const place *p)
{
    const size_t count = amp_lp_rows(p->site, p->t, p->w->row);
    for (size_t i = 0; i < count; i++) {
        if (fabs(p->w->row[i].rhs) > 0.0) {
            put(p, " RHS ");
            put_row(p, p->w->row[i].row, false);
            put(p, " ");
            put_number(p, p->w->row[i].rhs);
            put(p, "\n");
        }
    }
}

static void mps_bound(const place *p, const amp_lp_column *column, const char *kind, double number)
{
    put(p, kind);
    put_column(p, column->flow);
    put(p, " ");
    put_number(p, number);
    put(p, "\n");
}

static void mps_bounds(const place *p)
{
    const size_t count = amp_lp_columns(p->site, p->t, p->w->column);
    for (size_t i = 0; i < count; i++) {
        const amp_lp_column *column = &p->w->column[i];
        if (column->upper <= column->lower) {
            mps_bound(p, column, " FX BOUND ", column->lower);
            continue;
        }
        if (fabs(column->lower) > 0.0)
            mps_bound(p, column, " LO BOUND ", column->lower);
        if (!isinf(column->upper))
            mps_bound(p, column, " UP BOUND ", column->upper);
    }
}

static void write_mps(writer *w)
{
    amp_output_put_text(w->output,
                        "* Minimises minus the objective; its optimum is minus the bound.\n"
                        "* Powers in MW, stored energy in MWh, money in USD.\n"
                        "NAME ampacity FREE\nROWS\n N cost\n");
    for_each_interval(w, mps_rows);
    amp_output_put_text(w->output, "COLUMNS\n");
    for_each_interval(w, mps_columns);
    amp_output_put_text(w->output, "RHS\n");
    for_each_interval(w, mps_rhs);
    amp_output_put_text(w->output, "BOUNDS\n");
    for_each_interval(w, mps_bounds);
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
    const size_t count = amp_lp_columns(p->site, p->t, p->w->column);
    size_t terms = 0;
    put(p, " ");
    for (size_t i = 0; i < count; i++) {
        /* The very first column is written whatever it costs: an objective must not be empty. */
        const bool is_first = p->site == p->w->site && p->t == 0 && i == 0;
        if (!is_first && !(fabs(p->w->column[i].cost) > 0.0))
            continue;
        put_factor(p, p->w->column[i].cost, &terms);
        put_column(p, p->w->column[i].flow);
    }
    put(p, "\n");
}

static void lp_row(const place *p, const amp_lp_row *row, size_t column_count)
{
    size_t terms = 0;
    put(p, " ");
    put_row(p, row->row, false);
    put(p, ":");
    for (size_t i = 0; i < column_count; i++) {
        const amp_lp_column *column = &p->w->column[i];
        for (uint32_t k = 0; k < column->entry_count; k++) {
            if (column->entry[k].row != row->row || column->entry[k].is_next)
                continue;
            put_factor(p, column->entry[k].coefficient, &terms);
            put_column(p, column->flow);
        }
    }
}

/* The stored energy that the interval before hands on. */
static void lp_carried(const place *p, const char *stamp_before)
{
    size_t terms = 0;
    put_factor(p, -p->site->problem->storage.retention, &terms);
    put(p, p->site->flow_name[AMP_LP_STORED]);
    put(p, stamp_before);
}

static void lp_rows(const place *p)
{
    const size_t column_count = amp_lp_columns(p->site, p->t, p->w->column);
    const size_t row_count = amp_lp_rows(p->site, p->t, p->w->row);
    char before[STAMP_BYTES];
    for (size_t i = 0; i < row_count; i++) {
        const amp_lp_row *row = &p->w->row[i];
        lp_row(p, row, column_count);
        if (row->row == AMP_LP_ROW_SOC && p->t > 0) {
            format_stamp(p->site->problem, p->t - 1, before);
            lp_carried(p, before);
        }
        put(p, row->is_equal ? " = " : " <= ");
        put_number(p, row->rhs);
        put(p, "\n");
    }
}

static void lp_bounds(const place *p)
{
    const size_t count = amp_lp_columns(p->site, p->t, p->w->column);
    for (size_t i = 0; i < count; i++) {
        const amp_lp_column *column = &p->w->column[i];
        const bool is_fixed = column->upper <= column->lower;
        if (isinf(column->upper)) /* from 0 on is what a column without bounds has */
            continue;
        put(p, " ");
        if (!is_fixed) {
            put_number(p, column->lower);
            put(p, " <= ");
        }
        put_column(p, column->flow);
        put(p, is_fixed ? " = " : " <= ");
        put_number(p, is_fixed ? column->lower : column->upper);
        put(p, "\n");
    }
}

static void write_cplex(writer *w)
{
    amp_output_put_text(w->output,
                        "\\ Minimises minus the objective; its optimum is minus the bound.\n"
                        "\\ Powers in MW, stored energy in MWh, money in USD.\n"
                        "Minimize\n cost:\n");
    for_each_interval(w, lp_objective);
    amp_output_put_text(w->output, "Subject To\n");
    for_each_interval(w, lp_rows);
    amp_output_put_text(w->output, "Bounds\n");
    for_each_interval(w, lp_bounds);
    amp_output_put_text(w->output, "End\n");
}

/* ---- both ---- */

/* Names the sites and makes room for an interval of the largest. */
static amp_status prepare(const amp_site_problem *problem, size_t problem_count, amp_arena *arena,
                          writer *out)
{
    writer w = {.site = AMP_ARENA_NEW(arena, amp_lp_site, problem_count),
                .site_count = problem_count};
    size_t columns = 0;
    size_t rows = 0;
    if (w.site == NULL || amp_lp_sites_name(problem, problem_count, arena, w.site) != AMP_OK)
        return AMP_NOMEM;
    for (size_t i = 0; i < problem_count; i++) {
        columns = w.site[i].flow_count > columns ? w.site[i].flow_count : columns;
        rows = w.site[i].row_count > rows ? w.site[i].row_count : rows;
    }
    w.column = AMP_ARENA_NEW(arena, amp_lp_column, columns);
    w.row = AMP_ARENA_NEW(arena, amp_lp_row, rows);
    if (w.column == NULL || w.row == NULL)
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

/* The columns of one interval fit here: the sizes do not need names. */
static void measure_interval(const amp_lp_site *site, size_t t, amp_lp_column *column,
                             amp_lp_row *row, amp_lp_size *size)
{
    const size_t count = amp_lp_columns(site, t, column);
    size->columns += count;
    size->rows += amp_lp_rows(site, t, row);
    for (size_t i = 0; i < count; i++)
        size->nonzeros += column[i].entry_count;
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
    for (size_t i = 0; i < problem_count && status == AMP_OK; i++) {
        for (size_t t = 0; t < problem[i].interval_count; t++)
            measure_interval(&w.site[i], t, w.column, w.row, &size);
    }
    amp_arena_free(arena);
    if (status == AMP_OK)
        *out = size;
    return status;
}
