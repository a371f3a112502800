/* SPDX-License-Identifier: Apache-2.0 */
#include "lp_arrays.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* An interval has two rows always, balance and stored energy, and one where the price is negative.
 * A column has at most three entries. */
enum { FLOWS = 4, ROWS_MOST = 3, NONZEROS_BESIDE_TIERS = 9 };

static int take_memory(lp_arrays *lp, size_t intervals, size_t tiers)
{
    const size_t columns = intervals * (FLOWS + tiers);
    const size_t rows = intervals * ROWS_MOST;
    const size_t nonzeros = intervals * (NONZEROS_BESIDE_TIERS + tiers);
    *lp = (lp_arrays){
        .cost = malloc(columns * sizeof *lp->cost),
        .low = malloc(columns * sizeof *lp->low),
        .high = malloc(columns * sizeof *lp->high),
        .row_low = malloc(rows * sizeof *lp->row_low),
        .row_high = malloc(rows * sizeof *lp->row_high),
        .start = malloc((columns + 1) * sizeof *lp->start),
        .row = malloc(nonzeros * sizeof *lp->row),
        .value = malloc(nonzeros * sizeof *lp->value),
    };
    if (lp->cost != NULL && lp->low != NULL && lp->high != NULL && lp->row_low != NULL &&
        lp->row_high != NULL && lp->start != NULL && lp->row != NULL && lp->value != NULL)
        return 0;
    lp_arrays_free(lp);
    return -1;
}

static void add_column(lp_arrays *lp, double cost, double low, double high)
{
    lp->cost[lp->column_count] = cost;
    lp->low[lp->column_count] = low;
    lp->high[lp->column_count] = high;
    lp->start[lp->column_count] = lp->nonzero_count;
    lp->column_count++;
}

/* An entry of the column that was added last. */
static void add_entry(lp_arrays *lp, int row, double value)
{
    lp->row[lp->nonzero_count] = row;
    lp->value[lp->nonzero_count] = value;
    lp->nonzero_count++;
}

static int add_row(lp_arrays *lp, double low, double high)
{
    lp->row_low[lp->row_count] = low;
    lp->row_high[lp->row_count] = high;
    return lp->row_count++;
}

/* Interval t; energy_row is the row of its stored energy, next_row that of the interval after it
 * (-1 after the last). Returns next_row, which it adds. */
static int add_interval(lp_arrays *lp, const amp_site_problem *problem, size_t t, int energy_row)
{
    const amp_storage *storage = &problem->storage;
    const double h = problem->interval_h;
    const double price = amp_column_at(problem->import_price_usd_per_mwh, t);
    const double must_mw = amp_column_at(problem->must_mw, t);
    const double charge_mw = amp_column_at(storage->charge_limit_mw, t);
    const double discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    const int balance = add_row(lp, must_mw, must_mw);
    const int mode = price < 0.0 ? add_row(lp, -(double)INFINITY, 1.0) : -1;
    const bool is_last = t + 1 == problem->interval_count;
    const int next_row = is_last ? -1 : add_row(lp, 0.0, 0.0);

    add_column(lp, h * price, 0.0, amp_column_at(problem->import_limit_mw, t));
    add_entry(lp, balance, 1.0);
    for (size_t k = 0; k < problem->tier_count; k++) {
        const amp_tier *tier = &problem->tier[k];
        add_column(lp, -h * amp_column_at(tier->value_usd_per_mwh, t), 0.0,
                   amp_column_at(tier->power_mw, t));
        add_entry(lp, balance, -1.0);
    }
    add_column(lp, h * storage->wear_usd_per_mwh, 0.0, charge_mw);
    add_entry(lp, balance, -1.0);
    add_entry(lp, energy_row, -h * storage->charge_efficiency);
    if (mode >= 0)
        add_entry(lp, mode, 1.0 / charge_mw);
    add_column(lp, h * storage->wear_usd_per_mwh, 0.0, discharge_mw);
    add_entry(lp, balance, 1.0);
    add_entry(lp, energy_row, h / storage->discharge_efficiency);
    if (mode >= 0)
        add_entry(lp, mode, 1.0 / discharge_mw);
    add_column(lp, is_last ? -storage->terminal_value_usd_per_mwh : 0.0, storage->minimum_mwh,
               storage->maximum_mwh);
    add_entry(lp, energy_row, 1.0);
    if (!is_last)
        add_entry(lp, next_row, -storage->retention);
    return next_row;
}

int lp_arrays_build(const amp_site_problem *problem, lp_arrays *out)
{
    lp_arrays lp = {0};
    if (take_memory(&lp, problem->interval_count, problem->tier_count) != 0)
        return -1;
    const double carried_mwh = problem->storage.retention * problem->storage.initial_mwh;
    int energy_row = add_row(&lp, carried_mwh, carried_mwh);
    for (size_t t = 0; t < problem->interval_count; t++)
        energy_row = add_interval(&lp, problem, t, energy_row);
    lp.start[lp.column_count] = lp.nonzero_count;
    *out = lp;
    return 0;
}

void lp_arrays_free(lp_arrays *lp)
{
    free(lp->cost);
    free(lp->low);
    free(lp->high);
    free(lp->row_low);
    free(lp->row_high);
    free(lp->start);
    free(lp->row);
    free(lp->value);
    *lp = (lp_arrays){0};
}

int lp_arrays_write(const lp_arrays *lp, const char *path)
{
    const size_t columns = (size_t)lp->column_count;
    const size_t rows = (size_t)lp->row_count;
    const size_t nonzeros = (size_t)lp->nonzero_count;
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return -1;
    size_t missing = 3 - fwrite(&lp->column_count, sizeof(int), 3, file);
    missing += columns - fwrite(lp->cost, sizeof(double), columns, file);
    missing += columns - fwrite(lp->low, sizeof(double), columns, file);
    missing += columns - fwrite(lp->high, sizeof(double), columns, file);
    missing += rows - fwrite(lp->row_low, sizeof(double), rows, file);
    missing += rows - fwrite(lp->row_high, sizeof(double), rows, file);
    missing += columns + 1 - fwrite(lp->start, sizeof(int), columns + 1, file);
    missing += nonzeros - fwrite(lp->row, sizeof(int), nonzeros, file);
    missing += nonzeros - fwrite(lp->value, sizeof(double), nonzeros, file);
    return fclose(file) == 0 && missing == 0 ? 0 : -1;
}
