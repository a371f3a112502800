/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/inner.h"

#include "dispatch/master.h"
#include "dispatch/ratchet.h"

#include <math.h>
#include <stdlib.h>

/* Profits in thousands of USD, relative to the first call's. */
static const double usd_per_phi = 1000.0;

/* Beyond every price of stored energy. Rows of one call cancel at any price; without a limit CLP
 * may take that for a direction without end. */
static const double most_stored_usd_per_mwh = 1e7;

struct amp_inner {
    const amp_site_problem *problem;
    amp_master *master;
    size_t calls;
    double *base_usd;    /**< [block_count] */
    double *coefficient; /**< scratch of a row */
    int *column;
    double *sum; /**< [block_count] of the duals */
};

/* Columns: phi of each block, all of an account at its price, all that the battery holds at the
 * price of each inner border. What rows use are shares of those, so that CLP's tolerances mean
 * the same for small accounts and large ones. */

static size_t account_at(const amp_site_problem *p, size_t j)
{
    return p->block_count + j;
}

static size_t border_at(const amp_site_problem *p, size_t border)
{
    return p->block_count + amp_account_count(p) + border - 1; /* borders 1 .. block_count - 1 */
}

/* What ratchets and tiers add, last. */
static size_t look_at(const amp_site_problem *p)
{
    return border_at(p, p->block_count);
}

static size_t column_count(const amp_site_problem *p)
{
    return look_at(p) + amp_ratchet_inner_columns(p);
}

static double scale_of(const amp_site_problem *p, size_t account)
{
    const double limit = amp_account_limit(p, account);
    return limit > 0.0 ? limit : 1.0;
}

amp_status amp_inner_new(const amp_site_problem *problem, amp_inner **out)
{
    const size_t columns = column_count(problem);
    amp_inner *inner = calloc(1, sizeof *inner);
    double *number = calloc(3 * columns + 1, sizeof *number);
    if (inner == NULL || number == NULL)
        goto no_memory;
    inner->problem = problem;
    inner->base_usd = calloc(problem->block_count + 1, sizeof(double));
    inner->coefficient = calloc(columns + 1, sizeof(double));
    inner->column = calloc(columns + 1, sizeof(int));
    inner->sum = calloc(problem->block_count + 1, sizeof(double));
    if (inner->base_usd == NULL || inner->coefficient == NULL || inner->column == NULL ||
        inner->sum == NULL)
        goto no_memory;
    double *lower = number;
    double *upper = number + columns;
    double *cost = number + 2 * columns;
    for (size_t i = 0; i < columns; i++) {
        lower[i] = -HUGE_VAL;
        upper[i] = HUGE_VAL;
    }
    for (size_t b = 1; b < problem->block_count; b++) {
        const double most = most_stored_usd_per_mwh * problem->storage.maximum_mwh / usd_per_phi;
        lower[border_at(problem, b)] = -most;
        upper[border_at(problem, b)] = most;
    }
    for (size_t b = 0; b < problem->block_count; b++)
        cost[b] = 1.0;
    for (size_t j = 0; j < amp_account_count(problem); j++) {
        lower[account_at(problem, j)] = 0.0;
        upper[account_at(problem, j)] =
            amp_account_most_usd(problem, j) * scale_of(problem, j) / usd_per_phi;
        cost[account_at(problem, j)] = amp_account_limit(problem, j) / scale_of(problem, j);
    }
    const size_t look = look_at(problem);
    amp_ratchet_inner_set(problem, lower + look, upper + look, cost + look);
    if (amp_master_new(columns, lower, upper, cost, &inner->master) != AMP_OK)
        goto no_memory;
    amp_ratchet_inner_add(problem, inner->master, look,
                          (amp_ratchet_scratch){inner->column, inner->coefficient});
    free(number);
    *out = inner;
    return AMP_OK;
no_memory:
    free(number);
    amp_inner_free(inner);
    return AMP_NOMEM;
}

void amp_inner_free(amp_inner *inner)
{
    if (inner == NULL)
        return;
    amp_master_free(inner->master);
    free(inner->base_usd);
    free(inner->coefficient);
    free(inner->column);
    free(inner->sum);
    free(inner);
}

/* Dust of rounding, left in, would make the master look unbounded. */
static void put(amp_inner *inner, size_t *count, size_t column, double coefficient)
{
    if (fabs(coefficient) <= 1e-13)
        return;
    inner->column[*count] = (int)column;
    inner->coefficient[(*count)++] = coefficient;
}

/* What the point earns when its peaks are paid; the last block's energy has its terminal value. */
static double net_usd(const amp_site_problem *p, size_t block, const amp_point *point)
{
    double usd = point->profit_usd;
    for (size_t k = 0; k < p->peak_count; k++)
        if (amp_billing_of(p, k) == NULL)
            usd -= p->peak[k].charge_usd_per_mw * point->peak_mw[k];
    if (block + 1 == p->block_count && p->storage.is_present)
        usd += p->storage.terminal_value_usd_per_mwh * point->stored_out_mwh;
    return usd;
}

static double share(double part, double whole)
{
    return whole > 0.0 ? part / whole : 0.0;
}

/* What looks price of a point's peaks. */
static void put_looks(amp_inner *inner, size_t *count, const amp_point *point)
{
    const amp_site_problem *p = inner->problem;
    size_t column = look_at(p);
    for (size_t k = 0; k < p->peak_count; k++) {
        const amp_billing *billing = amp_billing_of(p, k);
        for (size_t n = 0; billing != NULL && n < billing->look_count; n++, column++)
            put(inner, count, column,
                -billing->look[n].share * point->peak_mw[billing->look[n].peak]);
    }
}

void amp_inner_add(amp_inner *inner, const amp_point *point)
{
    const amp_site_problem *p = inner->problem;
    const double full_mwh = p->storage.maximum_mwh;
    for (size_t b = 0; b < p->block_count; b++) {
        const double usd = net_usd(p, b, &point[b]);
        size_t count = 0;
        if (inner->calls == 0)
            inner->base_usd[b] = usd;
        put(inner, &count, b, -1.0);
        for (size_t j = 0; j < amp_account_count(p); j++)
            put(inner, &count, account_at(p, j), -point[b].use[j] / scale_of(p, j));
        if (b > 0)
            put(inner, &count, border_at(p, b), -share(point[b].stored_in_mwh, full_mwh));
        if (b + 1 < p->block_count)
            put(inner, &count, border_at(p, b + 1), share(point[b].stored_out_mwh, full_mwh));
        put_looks(inner, &count, &point[b]);
        (void)amp_master_add_row(inner->master, count, inner->column, inner->coefficient,
                                 (inner->base_usd[b] - usd) / usd_per_phi);
    }
    inner->calls++;
}

static double weight_of(const amp_inner *inner, size_t call, size_t block)
{
    const amp_site_problem *p = inner->problem;
    const size_t row = amp_ratchet_inner_rows(p) + call * p->block_count + block;
    return fmax(0.0, amp_master_row_dual(inner->master, row));
}

bool amp_inner_solve(amp_inner *inner, double *account_usd, double *value_usd)
{
    const amp_site_problem *p = inner->problem;
    if (!amp_master_solve(inner->master))
        return false;
    const double *x = amp_master_columns(inner->master);
    for (size_t j = 0; j < amp_account_count(p); j++)
        account_usd[j] = fmax(0.0, x[account_at(p, j)]) * usd_per_phi / scale_of(p, j);
    double usd = amp_master_objective(inner->master) * usd_per_phi;
    for (size_t b = 0; b < p->block_count; b++) {
        usd += inner->base_usd[b];
        inner->sum[b] = 0.0;
        for (size_t i = 0; i < inner->calls; i++)
            inner->sum[b] += weight_of(inner, i, b);
    }
    for (size_t j = 0; j < p->job_count; j++)
        usd -= p->job[j].penalty_usd;
    *value_usd = usd;
    return true;
}

double amp_inner_weight(const amp_inner *inner, size_t call, size_t block)
{
    return inner->sum[block] > 0.0 ? weight_of(inner, call, block) / inner->sum[block] : 0.0;
}
