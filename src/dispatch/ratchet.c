/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/ratchet.h"

#include <math.h>

/* As the masters count. */
static const double usd_per_unit = 1000.0;

/* ---- the master above ---- */

size_t amp_ratchet_outer_columns(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count; k++)
        if (amp_billing_of(problem, k) != NULL)
            count += 1 + problem->billing[k].tier_count;
    return count;
}

size_t amp_ratchet_outer_rows(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count; k++)
        if (amp_billing_of(problem, k) != NULL)
            count += problem->billing[k].look_count + problem->billing[k].tier_count;
    return count;
}

void amp_ratchet_outer_set(const amp_site_problem *problem, double *lower, double *upper,
                           double *cost)
{
    size_t column = 0;
    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        if (billing == NULL)
            continue;
        lower[column] = problem->peak[k].start_mw;
        upper[column] = HUGE_VAL;
        cost[column++] = problem->peak[k].charge_usd_per_mw / usd_per_unit;
        for (size_t i = 0; i < billing->tier_count; i++) {
            upper[column] = HUGE_VAL;
            cost[column++] = billing->tier[i].more_usd_per_mw / usd_per_unit;
        }
    }
}

void amp_ratchet_outer_add(const amp_site_problem *problem, amp_master *master, size_t first_peak,
                           size_t first_column)
{
    const double tier_row[] = {1.0, -1.0};
    int column = (int)first_column;
    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        if (billing == NULL)
            continue;
        const int billed = column++;
        for (size_t n = 0; n < billing->look_count; n++) {
            const int at[] = {(int)(first_peak + billing->look[n].peak), billed};
            const double look_row[] = {billing->look[n].share, -1.0};
            (void)amp_master_add_row(master, 2, at, look_row, 0.0);
        }
        for (size_t i = 0; i < billing->tier_count; i++) {
            const int at[] = {billed, column++};
            (void)amp_master_add_row(master, 2, at, tier_row, billing->tier[i].above_mw);
        }
    }
}

/* Sum of the duals of a peak's looks, none below 0. */
static double sum_looks(const amp_master *master, size_t first_row, size_t count)
{
    double sum_usd = 0.0;
    for (size_t n = 0; n < count; n++)
        sum_usd += fmax(0.0, amp_master_row_dual(master, first_row + n)) * usd_per_unit;
    return sum_usd;
}

double amp_ratchet_prices(const amp_site_problem *problem, const amp_master *master,
                          size_t first_row, double *usd_per_mw)
{
    double conjugate_usd = 0.0;
    for (size_t k = 0; k < problem->peak_count; k++)
        usd_per_mw[k] =
            amp_billing_of(problem, k) != NULL ? 0.0 : problem->peak[k].charge_usd_per_mw;
    for (size_t k = 0, row = first_row; k < problem->peak_count; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        if (billing == NULL)
            continue;
        const double top_usd = amp_billing_top_usd_per_mw(problem, k);
        const double sum_usd = sum_looks(master, row, billing->look_count);
        const double kept = sum_usd > top_usd ? top_usd / sum_usd : 1.0;
        double priced_usd = 0.0;
        for (size_t n = 0; n < billing->look_count; n++) {
            const double y_usd =
                kept * fmax(0.0, amp_master_row_dual(master, row + n)) * usd_per_unit;
            usd_per_mw[billing->look[n].peak] += y_usd * billing->look[n].share;
            priced_usd += y_usd;
        }
        conjugate_usd += amp_billing_conjugate_usd(problem, k, fmin(priced_usd, top_usd));
        row += billing->look_count + billing->tier_count;
    }
    return conjugate_usd;
}

/* ---- the master below ---- */

/* Columns: y of every look, so that look i of all is column i; then Y and f* of every peak. */
enum { SUM, CONJUGATE, COLUMNS_OF_A_PEAK };

static size_t count_billed(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count; k++)
        count += amp_billing_of(problem, k) != NULL ? 1 : 0;
    return count;
}

size_t amp_ratchet_inner_columns(const amp_site_problem *problem)
{
    return amp_billing_look_count(problem) + COLUMNS_OF_A_PEAK * count_billed(problem);
}

size_t amp_ratchet_inner_rows(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count; k++)
        if (amp_billing_of(problem, k) != NULL)
            count += 2 + problem->billing[k].tier_count;
    return count;
}

void amp_ratchet_inner_set(const amp_site_problem *problem, double *lower, double *upper,
                           double *cost)
{
    size_t look = 0;
    size_t own = amp_billing_look_count(problem);
    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        if (billing == NULL)
            continue;
        const double top = amp_billing_top_usd_per_mw(problem, k) / usd_per_unit;
        for (size_t n = 0; n < billing->look_count; n++, look++) {
            lower[look] = 0.0;
            upper[look] = top;
        }
        lower[own + SUM] = 0.0;
        upper[own + SUM] = top;
        lower[own + CONJUGATE] = -HUGE_VAL;
        upper[own + CONJUGATE] = HUGE_VAL;
        cost[own + CONJUGATE] = 1.0;
        own += COLUMNS_OF_A_PEAK;
    }
}

/* Row of the sum: sum y - Y <= 0; a larger Y than the sum would only cost. */
static void add_sum(amp_master *master, size_t first_look, size_t count, size_t own,
                    amp_ratchet_scratch scratch)
{
    for (size_t n = 0; n < count; n++) {
        scratch.column[n] = (int)(first_look + n);
        scratch.coefficient[n] = 1.0;
    }
    scratch.column[count] = (int)(own + SUM);
    scratch.coefficient[count] = -1.0;
    (void)amp_master_add_row(master, count + 1, scratch.column, scratch.coefficient, 0.0);
}

/* at Y - f* <= f(at), for the start and where tiers begin above it: f* is at one of them. */
static void add_tangent(const amp_site_problem *problem, amp_master *master, size_t k, size_t own,
                        double at_mw)
{
    const double usd = amp_billing_charge_usd(problem, k, at_mw);
    const int column[] = {(int)(own + SUM), (int)(own + CONJUGATE)};
    const double coefficient[] = {at_mw, -1.0};
    (void)amp_master_add_row(master, 2, column, coefficient, usd / usd_per_unit);
}

void amp_ratchet_inner_add(const amp_site_problem *problem, amp_master *master, size_t first_column,
                           amp_ratchet_scratch scratch)
{
    size_t look = first_column;
    size_t own = first_column + amp_billing_look_count(problem);
    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        if (billing == NULL)
            continue;
        const double start_mw = problem->peak[k].start_mw;
        add_sum(master, look, billing->look_count, own, scratch);
        add_tangent(problem, master, k, own, start_mw);
        for (size_t i = 0; i < billing->tier_count; i++)
            add_tangent(problem, master, k, own, fmax(start_mw, billing->tier[i].above_mw));
        look += billing->look_count;
        own += COLUMNS_OF_A_PEAK;
    }
}
