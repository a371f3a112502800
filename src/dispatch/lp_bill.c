/* SPDX-License-Identifier: Apache-2.0 */
/* Columns and rows of what peaks are billed on, in the order of the peaks. */
#include "dispatch/billing.h"
#include "dispatch/lp_model.h"

#include <math.h>

size_t amp_lp_billed_count(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count; k++)
        if (amp_billing_of(problem, k) != NULL)
            count += 1 + problem->billing[k].tier_count;
    return count;
}

size_t amp_lp_bill_row_count(const amp_site_problem *problem)
{
    size_t count = 0;
    for (size_t k = 0; k < problem->peak_count; k++)
        if (amp_billing_of(problem, k) != NULL)
            count += problem->billing[k].look_count + problem->billing[k].tier_count;
    return count;
}

size_t amp_lp_billed_of(const amp_site_problem *problem, size_t i, size_t *tier)
{
    size_t k = 0;
    for (;; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        const size_t own = billing == NULL ? 0 : 1 + billing->tier_count;
        if (i < own)
            break;
        i -= own;
    }
    *tier = i;
    return k;
}

size_t amp_lp_bill_of(const amp_site_problem *problem, size_t i, size_t *look)
{
    size_t k = 0;
    for (;; k++) {
        const amp_billing *billing = amp_billing_of(problem, k);
        const size_t own = billing == NULL ? 0 : billing->look_count + billing->tier_count;
        if (i < own)
            break;
        i -= own;
    }
    *look = i;
    return k;
}

/* The first column of a peak among those of bills. */
static size_t billed_at(const amp_site_problem *problem, size_t peak)
{
    size_t column = 0;
    for (size_t k = 0; k < peak; k++)
        if (amp_billing_of(problem, k) != NULL)
            column += 1 + problem->billing[k].tier_count;
    return column;
}

amp_lp_bill_row amp_lp_bill_row_at(const amp_lp_site *site, size_t i)
{
    const amp_site_problem *problem = site->problem;
    size_t look = 0;
    const size_t k = amp_lp_bill_of(problem, i, &look);
    const amp_billing *billing = &problem->billing[k];
    const size_t billed = problem->peak_count + problem->job_count + billed_at(problem, k);
    amp_lp_bill_row row = {.name = site->bill_name[i]};
    if (look < billing->look_count) {
        row.span[0] = billing->look[look].peak;
        row.coefficient[0] = billing->look[look].share;
        row.span[1] = billed;
    } else {
        const size_t tier = look - billing->look_count;
        row.span[0] = billed;
        row.coefficient[0] = 1.0;
        row.span[1] = billed + 1 + tier;
        row.rhs = billing->tier[tier].above_mw;
    }
    row.coefficient[1] = -1.0;
    return row;
}
