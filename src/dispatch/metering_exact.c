/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals [first, end) as one linear programme, with their peaks metered: where the prices of
 * stored energy that the solver gives for one way of sharing the peaks do not say which is best. */
#include "dispatch/metering_parts.h"
#include "dispatch/outer.h"

#include <Clp_C_Interface.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { ENTRIES_A_COLUMN = 4, OTHERS_A_STEP = 5 };

/* As CLP has it. */
enum { BASIC = 1, AT_LOWER = 3 };

/* Rows of a step, then one for each metering interval. */
enum { BALANCE, STORED, BATTERY_MODE, CONNECTION_MODE, ROWS_A_STEP };

typedef struct {
    amp_pricing *pricing;
    size_t first;
    size_t end;
    double stored_mwh; /* at the start */
    double *number;    /* lower, upper and cost of columns, lower and upper of rows, entries */
    double *lower;
    double *upper;
    double *cost;
    double *row_lower;
    double *row_upper;
    double *entry;
    int *row;
    CoinBigIndex *start;
    int rows;
    int columns;
    CoinBigIndex entries;
    size_t *column_slot; /* where the basis of a column or row is kept between calls */
    size_t *row_slot;
    size_t slot; /* of the next column */
} program;

static int row_of(const program *lp, size_t t, int kind)
{
    return (int)(t - lp->first) * ROWS_A_STEP + kind;
}

static void put(program *lp, int row, double coefficient)
{
    lp->row[lp->entries] = row;
    lp->entry[lp->entries++] = coefficient;
}

static void start_column(program *lp, double lower, double upper, double cost)
{
    lp->start[lp->columns] = lp->entries;
    lp->column_slot[lp->columns] = lp->slot++;
    lp->lower[lp->columns] = lower;
    lp->upper[lp->columns] = upper;
    lp->cost[lp->columns++] = cost;
}

static void free_program(program *lp)
{
    free(lp->number);
    free(lp->row);
    free(lp->start);
    free(lp->column_slot);
}

static bool take_memory(program *lp)
{
    const size_t steps = lp->end - lp->first;
    const size_t width = lp->pricing->metering->basis_width;
    const size_t uses = lp->pricing->seen.tier_count + lp->pricing->seen.source_count + 1;
    const size_t columns = steps * (uses + OTHERS_A_STEP);
    const size_t rows = steps * (ROWS_A_STEP + 1);
    const size_t entries = columns * ENTRIES_A_COLUMN;
    lp->number = calloc(3 * columns + 2 * rows + entries, sizeof *lp->number);
    lp->row = calloc(entries, sizeof *lp->row);
    lp->start = calloc(columns + 1, sizeof *lp->start);
    lp->column_slot = calloc(columns + rows, sizeof *lp->column_slot);
    if (lp->number == NULL || lp->row == NULL || lp->start == NULL || lp->column_slot == NULL)
        return false;
    lp->row_slot = lp->column_slot + columns;
    for (size_t i = 0; i < steps * ROWS_A_STEP; i++)
        lp->row_slot[i] =
            (lp->first + i / ROWS_A_STEP + 1) * width - 2 - ROWS_A_STEP + i % ROWS_A_STEP;
    lp->lower = lp->number;
    lp->upper = lp->lower + columns;
    lp->cost = lp->upper + columns;
    lp->row_lower = lp->cost + columns;
    lp->row_upper = lp->row_lower + rows;
    lp->entry = lp->row_upper + rows;
    return true;
}

static void set_row(program *lp, int row, double lower, double upper)
{
    lp->row_lower[row] = lower;
    lp->row_upper[row] = upper;
}

static void add_battery(program *lp, size_t t)
{
    const amp_site_problem *p = lp->pricing->problem;
    const amp_storage *s = &p->storage;
    const double h = p->interval_h;
    const double charge_mw = amp_column_at(s->charge_limit_mw, t);
    const double discharge_mw = amp_column_at(s->discharge_limit_mw, t);
    set_row(lp, row_of(lp, t, STORED), 0.0, 0.0);
    set_row(lp, row_of(lp, t, BATTERY_MODE), -DBL_MAX, 1.0);
    if (!s->is_present)
        return;
    start_column(lp, 0.0, charge_mw, h * s->wear_usd_per_mwh);
    put(lp, row_of(lp, t, BALANCE), -1.0);
    put(lp, row_of(lp, t, STORED), -h * s->charge_efficiency);
    if (charge_mw > 0.0)
        put(lp, row_of(lp, t, BATTERY_MODE), 1.0 / charge_mw);
    start_column(lp, 0.0, discharge_mw, h * s->wear_usd_per_mwh);
    put(lp, row_of(lp, t, BALANCE), 1.0);
    put(lp, row_of(lp, t, STORED), h / s->discharge_efficiency);
    if (discharge_mw > 0.0)
        put(lp, row_of(lp, t, BATTERY_MODE), 1.0 / discharge_mw);
    amp_stored_range range = {s->minimum_mwh, s->maximum_mwh};
    const bool is_end = t + 1 == p->interval_count;
    if (is_end)
        range = amp_border_range(p, p->block_count);
    else if (t + 1 == lp->end)
        range.low = range.high = lp->pricing->solution.soc_mwh[t];
    start_column(lp, range.low, range.high, is_end ? -s->terminal_value_usd_per_mwh : 0.0);
    put(lp, row_of(lp, t, STORED), 1.0);
    if (t + 1 < lp->end)
        put(lp, row_of(lp, t + 1, STORED), -s->retention);
    if (t == lp->first)
        set_row(lp, row_of(lp, t, STORED), s->retention * lp->stored_mwh,
                s->retention * lp->stored_mwh);
}

/* @p metered_row -1 where no peak binds. */
static void add_step(program *lp, size_t t, int metered_row)
{
    const amp_site_problem *p = lp->pricing->problem;
    const amp_merit_list *list = amp_metering_bare_list(lp->pricing, t);
    const double h = p->interval_h;
    const double import_mw = amp_column_at(p->import_limit_mw, t);
    const double export_mw = amp_column_at(p->export_limit_mw, t);
    const bool has_modes = import_mw > 0.0 && export_mw > 0.0;
    lp->slot = t * lp->pricing->metering->basis_width;
    set_row(lp, row_of(lp, t, BALANCE), -list->offset_mw, -list->offset_mw);
    set_row(lp, row_of(lp, t, CONNECTION_MODE), -DBL_MAX, 1.0);
    /* import, first of the step's columns */
    start_column(lp, 0.0, import_mw, h * amp_column_at(p->import_price_usd_per_mwh, t));
    put(lp, row_of(lp, t, BALANCE), 1.0);
    if (has_modes)
        put(lp, row_of(lp, t, CONNECTION_MODE), 1.0 / import_mw);
    if (metered_row >= 0)
        put(lp, metered_row, 1.0);
    for (size_t i = 0; i < list->count; i++) {
        start_column(lp, 0.0, list->step[i].power_mw, -h * list->step[i].value_usd_per_mwh);
        put(lp, row_of(lp, t, BALANCE), -1.0);
        if (has_modes && list->step[i].what >= AMP_MERIT_CONNECTION)
            put(lp, row_of(lp, t, CONNECTION_MODE), 1.0 / export_mw);
    }
    add_battery(lp, t);
}

/* A metering interval may be overrun. */
static int add_metered(program *lp, size_t first, size_t end)
{
    const amp_metering *m = lp->pricing->metering;
    if (lp->pricing->binding[first] == AMP_NO_PEAK)
        return -1;
    const int row = lp->rows++;
    /* the last two of the step */
    lp->slot = (first + 1) * m->basis_width - 2;
    lp->row_slot[row] = (first + 1) * m->basis_width - 1;
    set_row(lp, row, -DBL_MAX, m->cap_mw[first] * (double)(end - first));
    start_column(lp, 0.0, DBL_MAX, lp->pricing->problem->interval_h * m->most_usd[first]);
    put(lp, row, -1.0);
    return row;
}

/* The basis with which the last call ended, of other parts maybe: most of it is right again. */
static bool start_from_last(const program *lp, Clp_Simplex *model)
{
    const size_t columns = (size_t)lp->columns;
    const size_t count = columns + (size_t)lp->rows;
    const uint8_t *basis = lp->pricing->metering->basis;
    unsigned char *status = calloc(count, 1);
    if (status == NULL)
        return false;
    for (size_t i = 0; i < columns; i++)
        status[i] = basis[lp->column_slot[i]];
    for (size_t i = columns; i < count; i++)
        status[i] = basis[lp->row_slot[i - columns]];
    Clp_copyinStatus(model, status);
    free(status);
    return true;
}

static void keep_basis(const program *lp, Clp_Simplex *model)
{
    const unsigned char *status = Clp_statusArray(model);
    uint8_t *basis = lp->pricing->metering->basis;
    for (int i = 0; i < lp->columns; i++)
        basis[lp->column_slot[i]] = status[i] & 7U;
    for (int i = 0; i < lp->rows; i++)
        basis[lp->row_slot[i]] = status[lp->columns + i] & 7U;
}

/* @return whether CLP solved it. */
static bool solve(program *lp, Clp_Simplex *model)
{
    Clp_setLogLevel(model, 0);
    Clp_setPrimalTolerance(model, 1e-9);
    Clp_setDualTolerance(model, 1e-9);
    lp->start[lp->columns] = lp->entries;
    Clp_loadProblem(model, lp->columns, lp->rows, lp->start, lp->row, lp->entry, lp->lower,
                    lp->upper, lp->cost, lp->row_lower, lp->row_upper);
    if (!start_from_last(lp, model))
        return false;
    (void)Clp_dual(model, 0);
    if (Clp_status(model) != 0)
        (void)Clp_primal(model, 0);
    if (Clp_status(model) != 0)
        return false;
    keep_basis(lp, model);
    return true;
}

static void read(program *lp, Clp_Simplex *model, const int *import_column)
{
    amp_metering *m = lp->pricing->metering;
    const double *dual = Clp_dualRowSolution(model);
    const double *x = Clp_primalColumnSolution(model);
    for (size_t t = lp->first; t < lp->end; t++) {
        if (lp->pricing->problem->storage.is_present)
            m->stored_usd[t] = -dual[row_of(lp, t, STORED)];
        if (lp->pricing->binding[t] != AMP_NO_PEAK)
            m->split_mw[t] = amp_larger(0.0, x[import_column[t - lp->first]]);
    }
    amp_metering_fit_split(lp->pricing, lp->first, lp->end);
}

bool amp_metering_take_basis(amp_metering *m)
{
    const size_t uses = m->bare.tier_count + m->bare.source_count + 1;
    const size_t columns = uses + OTHERS_A_STEP;
    m->basis_width = columns + ROWS_A_STEP + 1;
    m->basis = malloc(m->bare.interval_count * m->basis_width);
    for (size_t i = 0; m->basis != NULL && i < m->bare.interval_count * m->basis_width; i++)
        m->basis[i] =
            i % m->basis_width < columns - 1 || i % m->basis_width == columns + ROWS_A_STEP - 1
                ? AT_LOWER
                : BASIC;
    return m->basis != NULL;
}

bool amp_metering_exact(amp_pricing *pricing, size_t first, size_t end)
{
    const amp_site_problem *p = pricing->problem;
    program lp = {.pricing = pricing,
                  .first = first,
                  .end = end,
                  .rows = (int)(end - first) * ROWS_A_STEP,
                  .stored_mwh =
                      first == 0 ? p->storage.initial_mwh : pricing->solution.soc_mwh[first - 1]};
    Clp_Simplex *model = Clp_newModel();
    int *import_column = calloc(end - first, sizeof *import_column);
    bool is_solved = false;
    if (model == NULL || import_column == NULL || !take_memory(&lp))
        goto out;
    for (size_t t = first, next; t < end; t = next) {
        next = amp_metered_end(p, t);
        const int row = add_metered(&lp, t, next);
        for (size_t i = t; i < next; i++) {
            import_column[i - first] = lp.columns;
            add_step(&lp, i, row);
        }
    }
    is_solved = solve(&lp, model);
    if (is_solved)
        read(&lp, model, import_column);
out:
    if (model != NULL)
        Clp_deleteModel(model);
    free(import_column);
    free_program(&lp);
    return is_solved;
}
