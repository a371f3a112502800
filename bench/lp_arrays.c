/* SPDX-License-Identifier: Apache-2.0 */
#include "lp_arrays.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* An interval has two rows always, balance and stored energy, one where the price is negative, and
 * one where a peak counts. A column of it has at most three entries. */
enum { FLOWS = 4, ROWS_MOST = 4, NONZEROS_BESIDE_TIERS = 11 };

static int take_memory(lp_arrays *lp, const amp_site_problem *p)
{
    const size_t intervals = p->interval_count;
    const size_t flows = p->tier_count + p->source_count + p->job_count;
    const size_t columns = intervals * (FLOWS + flows) + p->peak_count;
    const size_t rows = intervals * ROWS_MOST + p->job_count + p->budget_count;
    const size_t nonzeros = intervals * (NONZEROS_BESIDE_TIERS + 2 * flows);
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

/* Rows that span intervals. */
typedef struct {
    int *peak; /* [interval_count] of the interval, -1 without one */
    int first_job;
    int first_budget;
} span_rows;

static int add_peak_row(lp_arrays *lp, const amp_site_problem *p, size_t t)
{
    for (size_t k = 0; k < p->peak_count; k++)
        if (amp_peak_counts(&p->peak[k], t))
            return add_row(lp, -(double)INFINITY, 0.0);
    return -1;
}

static void add_sources(lp_arrays *lp, const amp_site_problem *p, size_t t, int balance,
                        const span_rows *spans)
{
    const double h = p->interval_h;
    for (uint32_t s = 0; s < p->source_count; s++) {
        add_column(lp, h * amp_column_at(p->source[s].cost_usd_per_mwh, t), 0.0,
                   amp_column_at(p->source[s].power_mw, t));
        add_entry(lp, balance, 1.0);
        for (size_t b = 0; b < p->budget_count; b++)
            for (size_t i = 0; i < p->budget[b].source_count; i++)
                if (p->budget[b].source[i] == s)
                    add_entry(lp, spans->first_budget + (int)b,
                              h * amp_column_at(p->budget[b].weight[i], t));
    }
}

static void add_jobs(lp_arrays *lp, const amp_site_problem *p, size_t t, int balance,
                     const span_rows *spans)
{
    const double h = p->interval_h;
    for (size_t j = 0; j < p->job_count; j++) {
        const amp_job *job = &p->job[j];
        if (t < job->first || t >= job->end)
            continue;
        add_column(lp, -h * job->value_usd_per_mwh, 0.0, job->power_mw);
        add_entry(lp, balance, -1.0 / amp_column_at(p->load[job->load].it_per_mwh, t));
        add_entry(lp, spans->first_job + (int)j, h);
    }
}

/* A peak's column bounds import in each of its intervals. */
static void add_peaks(lp_arrays *lp, const amp_site_problem *p, const span_rows *spans)
{
    for (size_t k = 0; k < p->peak_count; k++) {
        const amp_peak *peak = &p->peak[k];
        add_column(lp, peak->charge_usd_per_mw, peak->start_mw,
                   amp_column_at(p->import_limit_mw, peak->first));
        for (size_t t = peak->first; t < peak->end; t++)
            if (spans->peak[t] >= 0)
                add_entry(lp, spans->peak[t], -1.0);
    }
}

/* Interval t; energy_row is the row of its stored energy, next_row that of the interval after it
 * (-1 after the last). Returns next_row, which it adds. */
static int add_interval(lp_arrays *lp, const amp_site_problem *problem, size_t t, int energy_row,
                        span_rows *spans)
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
    spans->peak[t] = add_peak_row(lp, problem, t);

    add_column(lp, h * price, 0.0, amp_column_at(problem->import_limit_mw, t));
    add_entry(lp, balance, 1.0);
    if (spans->peak[t] >= 0)
        add_entry(lp, spans->peak[t], 1.0);
    add_sources(lp, problem, t, balance, spans);
    add_jobs(lp, problem, t, balance, spans);
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
    span_rows spans = {.peak = calloc(problem->interval_count, sizeof *spans.peak)};
    if (spans.peak == NULL || take_memory(&lp, problem) != 0) {
        free(spans.peak);
        return -1;
    }
    const double carried_mwh = problem->storage.retention * problem->storage.initial_mwh;
    spans.first_job = lp.row_count;
    for (size_t j = 0; j < problem->job_count; j++)
        (void)add_row(&lp, -(double)INFINITY, problem->job[j].energy_mwh);
    spans.first_budget = lp.row_count;
    for (size_t b = 0; b < problem->budget_count; b++)
        (void)add_row(&lp, -(double)INFINITY, problem->budget[b].limit);
    int energy_row = add_row(&lp, carried_mwh, carried_mwh);
    for (size_t t = 0; t < problem->interval_count; t++)
        energy_row = add_interval(&lp, problem, t, energy_row, &spans);
    add_peaks(&lp, problem, &spans);
    lp.start[lp.column_count] = lp.nonzero_count;
    free(spans.peak);
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
