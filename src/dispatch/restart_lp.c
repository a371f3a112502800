/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/restart_lp.h"

#include "dispatch/lp_model.h"

#include <Clp_C_Interface.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { COLUMNS_BEFORE_PERTURBATION = 2000, PERTURBED = 50 };

/* One programme under way. Columns are those of intervals, one interval after the other, then what
 * spans intervals; rows are those of intervals, then jobs and budgets. */
typedef struct {
    const amp_site_problem *problem;
    amp_arena *arena;
    amp_lp_site site;
    amp_lp_interval now;
    int *row_index; /* [T][site.row_count], -1 where there is none */
    int *job_index;
    int *budget_index;
    int *bill_index;
    int *first_column; /* [T] */
    double *row_lower, *row_upper;
    double *lower, *upper, *cost, *value;
    CoinBigIndex *start;
    int *row;
    int column_count, row_count;
    CoinBigIndex entry_count;
    Clp_Simplex *model;
} programme;

size_t amp_restart_lp_size(const amp_site_problem *problem)
{
    enum { FIXED_COLUMNS = 6 };
    return problem->interval_count *
           (FIXED_COLUMNS + problem->source_count + problem->tier_count + problem->job_count +
            problem->load_count + problem->restart_count);
}

/* ---- room ---- */

static bool take_rows(programme *p)
{
    const size_t n = p->problem->interval_count;
    const size_t bills = amp_lp_bill_row_count(p->problem);
    const size_t rows =
        n * p->site.row_count + p->problem->job_count + p->problem->budget_count + bills;
    p->row_index = AMP_ARENA_NEW(p->arena, int, n * p->site.row_count);
    p->job_index = AMP_ARENA_NEW(p->arena, int, p->problem->job_count);
    p->budget_index = AMP_ARENA_NEW(p->arena, int, p->problem->budget_count);
    p->bill_index = AMP_ARENA_NEW(p->arena, int, bills);
    p->first_column = AMP_ARENA_NEW(p->arena, int, n);
    p->row_lower = AMP_ARENA_NEW(p->arena, double, rows);
    p->row_upper = AMP_ARENA_NEW(p->arena, double, rows);
    return p->row_index != NULL && p->job_index != NULL && p->budget_index != NULL &&
           p->bill_index != NULL && p->first_column != NULL && p->row_lower != NULL &&
           p->row_upper != NULL;
}

static bool take_columns(programme *p)
{
    const amp_site_problem *problem = p->problem;
    size_t columns = amp_lp_span_count(&p->site);
    size_t entries = problem->job_count + 2 * amp_lp_bill_row_count(problem);
    for (size_t k = 0; k < problem->peak_count; k++)
        entries += problem->peak[k].end - problem->peak[k].first;
    for (size_t t = 0; t < problem->interval_count; t++) {
        amp_lp_interval_fill(&p->site, t, &p->now);
        columns += p->now.column_count;
        entries += p->now.entry_count;
    }
    p->lower = AMP_ARENA_NEW(p->arena, double, columns);
    p->upper = AMP_ARENA_NEW(p->arena, double, columns);
    p->cost = AMP_ARENA_NEW(p->arena, double, columns);
    p->start = AMP_ARENA_NEW(p->arena, CoinBigIndex, columns + 1);
    p->row = AMP_ARENA_NEW(p->arena, int, entries);
    p->value = AMP_ARENA_NEW(p->arena, double, entries);
    return p->lower != NULL && p->upper != NULL && p->cost != NULL && p->start != NULL &&
           p->row != NULL && p->value != NULL;
}

/* ---- rows ---- */

static int add_row(programme *p, bool is_equal, double rhs)
{
    p->row_lower[p->row_count] = is_equal ? rhs : -DBL_MAX;
    p->row_upper[p->row_count] = rhs;
    return p->row_count++;
}

static void fill_rows(programme *p)
{
    const size_t width = p->site.row_count;
    amp_lp_job_row job;
    amp_lp_budget_row budget;
    for (size_t t = 0; t < p->problem->interval_count; t++) {
        amp_lp_interval_fill(&p->site, t, &p->now);
        for (size_t i = 0; i < width; i++)
            p->row_index[t * width + i] = -1;
        for (size_t i = 0; i < p->now.row_count; i++) {
            const amp_lp_row *row = &p->now.row[i];
            p->row_index[t * width + row->row] = add_row(p, row->is_equal, row->rhs);
        }
    }
    for (size_t j = 0; j < p->problem->job_count; j++)
        p->job_index[j] = amp_lp_job_row_at(&p->site, j, &job) ? add_row(p, true, job.rhs) : -1;
    for (size_t i = 0; i < p->problem->budget_count; i++)
        p->budget_index[i] =
            amp_lp_budget_row_at(&p->site, i, &budget) ? add_row(p, false, budget.rhs) : -1;
    for (size_t i = 0; i < amp_lp_bill_row_count(p->problem); i++)
        p->bill_index[i] = add_row(p, false, amp_lp_bill_row_at(&p->site, i).rhs);
}

/* ---- columns ---- */

static void begin_column(programme *p, double lower, double upper, double cost)
{
    p->lower[p->column_count] = lower;
    p->upper[p->column_count] = isinf(upper) ? DBL_MAX : upper;
    p->cost[p->column_count] = cost;
    p->start[p->column_count++] = p->entry_count;
}

static void enter(programme *p, int row, double coefficient)
{
    if (row < 0)
        return;
    p->row[p->entry_count] = row;
    p->value[p->entry_count++] = coefficient;
}

static int row_of(const programme *p, size_t t, const amp_lp_entry *entry)
{
    const size_t width = p->site.row_count;
    switch (entry->where) {
    case AMP_LP_HERE:
        break;
    case AMP_LP_METERED:
        return p->row_index[amp_metered_first(p->problem, t) * width + entry->row];
    case AMP_LP_NEXT:
        return p->row_index[(t + 1) * width + entry->row];
    case AMP_LP_JOB:
        return p->job_index[entry->row];
    case AMP_LP_BUDGET:
        return p->budget_index[entry->row];
    }
    return p->row_index[t * width + entry->row];
}

static void fill_interval(programme *p, size_t t)
{
    amp_lp_interval_fill(&p->site, t, &p->now);
    p->first_column[t] = p->column_count;
    for (size_t i = 0; i < p->now.column_count; i++) {
        const amp_lp_column *column = &p->now.column[i];
        begin_column(p, column->lower, column->upper, column->cost);
        for (uint32_t e = 0; e < column->entry_count; e++)
            enter(p, row_of(p, t, &column->entry[e]), column->entry[e].coefficient);
    }
}

/* What a peak is billed on, and the peaks and tiers that it depends on. */
static void enter_bills(programme *p, const amp_lp_span *span)
{
    for (size_t i = 0; i < amp_lp_bill_row_count(p->problem); i++) {
        const amp_lp_bill_row row = amp_lp_bill_row_at(&p->site, i);
        for (size_t e = 0; e < sizeof row.span / sizeof row.span[0]; e++)
            if (row.span[e] == span->index)
                enter(p, p->bill_index[i], row.coefficient[e]);
    }
}

static void fill_span(programme *p, const amp_lp_span *span)
{
    begin_column(p, span->lower, span->upper, span->cost);
    if (span->is_job)
        enter(p, p->job_index[span->row], span->coefficient);
    for (size_t t = span->peak == NULL ? 0 : span->peak->first, end = 0;
         span->peak != NULL && t < span->peak->end; t = end) {
        end = amp_metered_end(p->problem, t);
        if (amp_peak_counts(span->peak, t))
            enter(p, p->row_index[t * p->site.row_count + span->row],
                  span->coefficient * (double)(end - t));
    }
    enter_bills(p, span);
}

static void fill_columns(programme *p)
{
    amp_lp_span span;
    for (size_t t = 0; t < p->problem->interval_count; t++)
        fill_interval(p, t);
    for (size_t i = 0; i < amp_lp_span_count(&p->site); i++)
        if (amp_lp_span_at(&p->site, i, &span))
            fill_span(p, &span);
    p->start[p->column_count] = p->entry_count;
}

/* ---- solving ---- */

static bool solve(programme *p)
{
    p->model = Clp_newModel();
    if (p->model == NULL)
        return false;
    Clp_setLogLevel(p->model, 0);
    Clp_loadProblem(p->model, p->column_count, p->row_count, p->start, p->row, p->value, p->lower,
                    p->upper, p->cost, p->row_lower, p->row_upper);
    Clp_scaling(p->model, 0);
    Clp_setPrimalTolerance(p->model, 1e-9);
    Clp_setDualTolerance(p->model, 1e-9);
    /* Ties are the normal case, and in a long programme they cost half of the time. */
    if (p->column_count > COLUMNS_BEFORE_PERTURBATION)
        Clp_setPerturbation(p->model, PERTURBED);
    (void)Clp_dual(p->model, 0);
    if (Clp_status(p->model) != 0)
        (void)Clp_primal(p->model, 0);
    return Clp_status(p->model) == 0;
}

/* A row that is "at most" has a dual of at most 0 in a minimum. */
static void read_prices(const programme *p, amp_restart_plan *plan)
{
    const double *dual = Clp_dualRowSolution(p->model);
    const uint32_t first = amp_lp_first_start_row(p->problem);
    for (size_t i = 0; i < p->problem->restart_count; i++)
        for (size_t t = 0; t < p->problem->interval_count; t++) {
            const int row = p->row_index[t * p->site.row_count + first + i];
            plan->price_usd[i][t] = row < 0 ? 0.0 : fmax(0.0, -dual[row]);
        }
}

static void read_path(programme *p, amp_restart_plan *plan)
{
    const double *x = Clp_primalColumnSolution(p->model);
    const uint32_t first = AMP_LP_SOURCE + (uint32_t)p->problem->source_count;
    for (size_t t = 0; t < p->problem->interval_count; t++) {
        for (size_t k = 0; k < p->problem->tier_count; k++)
            if (plan->tier_mw[k] != NULL)
                plan->tier_mw[k][t] = 0.0;
        amp_lp_interval_fill(&p->site, t, &p->now);
        for (size_t i = 0; i < p->now.column_count; i++) {
            const uint32_t flow = p->now.column[i].flow;
            const bool is_tier = flow >= first && flow < first + p->problem->tier_count;
            if (is_tier && plan->tier_mw[flow - first] != NULL)
                plan->tier_mw[flow - first][t] = x[p->first_column[t] + (int)i];
        }
    }
    amp_restart_plan_clean(p->problem, plan);
}

static void read_stored(programme *p, double *stored_mwh)
{
    const double *x = Clp_primalColumnSolution(p->model);
    for (size_t t = 0; t < p->problem->interval_count; t++) {
        amp_lp_interval_fill(&p->site, t, &p->now);
        for (size_t i = 0; i < p->now.column_count; i++)
            if (p->now.column[i].flow == AMP_LP_STORED)
                stored_mwh[t] = x[p->first_column[t] + (int)i];
    }
}

amp_status amp_restart_lp_find(const amp_site_problem *problem, amp_restart_plan *plan,
                               double *stored_mwh)
{
    programme p = {.problem = problem, .arena = amp_arena_new(SIZE_MAX)};
    if (p.arena == NULL)
        return AMP_NOMEM;
    amp_status status = amp_lp_sites_name(problem, 1, p.arena, &p.site);
    if (status == AMP_OK)
        status = amp_lp_interval_new(&p.site, 1, p.arena, &p.now);
    if (status == AMP_OK && !(take_rows(&p) && take_columns(&p)))
        status = AMP_NOMEM;
    if (status == AMP_OK) {
        fill_rows(&p);
        fill_columns(&p);
        status = solve(&p) ? AMP_OK : AMP_INTERNAL;
    }
    if (status == AMP_OK) {
        read_prices(&p, plan);
        read_path(&p, plan);
        if (stored_mwh != NULL)
            read_stored(&p, stored_mwh);
    }
    if (p.model != NULL)
        Clp_deleteModel(p.model);
    amp_arena_free(p.arena);
    return status;
}
