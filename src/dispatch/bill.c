/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/bill.h"

#include <math.h>

static const double kw_per_mw = 1e3;

/* ---- energy and money of one part ---- */

typedef struct {
    double quantity;
    double usd;
} due;

static double mw_of(const amp_site_problem *problem, const amp_schedule *schedule,
                    const amp_bill_part *part, size_t t)
{
    double sum_mw = 0.0;
    switch (part->due) {
    case AMP_DUE_MARKET:
        return schedule->import_mw[t] - schedule->block_mw[t];
    case AMP_DUE_IMPORT:
    case AMP_DUE_COINCIDENT:
        return schedule->import_mw[t];
    case AMP_DUE_LOADS:
        for (size_t i = 0; i < problem->load_count; i++) {
            if ((problem->load[i].kind == AMP_LOAD_MINING) == (part->use == AMP_TAXED_MINING))
                sum_mw += schedule->load_mw[i][t];
        }
        return sum_mw;
    case AMP_DUE_FIXED:
        break;
    }
    return 0.0;
}

static due add_up(const amp_site_problem *problem, const amp_schedule *schedule,
                  const amp_bill_part *part)
{
    due sum = {.quantity = part->quantity};
    if (part->due == AMP_DUE_FIXED) {
        sum.usd = part->quantity * part->rate_usd;
        return sum;
    }
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double mwh = mw_of(problem, schedule, part, t) * problem->interval_h;
        const double weight = part->weight.value == NULL ? 1.0 : amp_column_at(part->weight, t);
        sum.quantity += mwh * weight;
        sum.usd += mwh * amp_column_at(part->usd_per_mwh, t);
    }
    return sum;
}

/* ---- lines ---- */

static amp_bill_line line_of(const amp_site_problem *problem, const amp_schedule *schedule,
                             const amp_bill_part *part)
{
    const due sum = add_up(problem, schedule, part);
    const double mean_usd = fabs(sum.quantity) > 0.0 ? sum.usd / sum.quantity : 0.0;
    return (amp_bill_line){.id = part->id,
                           .unit = part->unit,
                           .quantity = sum.quantity,
                           .rate_usd = isnan(part->rate_usd) ? mean_usd : part->rate_usd,
                           .usd = sum.usd};
}

static amp_bill_line line_of_peak(const amp_site_problem *problem, const amp_schedule *schedule,
                                  size_t k)
{
    const amp_peak_bill bill = amp_accounts_peak(problem, schedule, k);
    return (amp_bill_line){.id = problem->peak[k].id,
                           .unit = "kW",
                           .quantity = bill.billed_mw * kw_per_mw,
                           .rate_usd = problem->peak[k].charge_usd_per_mw / kw_per_mw,
                           .usd = bill.charge_usd};
}

amp_status amp_bill_make(const amp_site_problem *problem, const amp_schedule *schedule,
                         amp_arena *arena, const amp_bill_line **out, size_t *count)
{
    const size_t parts = problem->bill_part_count;
    const size_t lines = parts == 0 ? 0 : parts + problem->peak_count;
    amp_bill_line *line = AMP_ARENA_NEW(arena, amp_bill_line, lines);
    if (line == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < parts; i++)
        line[i] = line_of(problem, schedule, &problem->bill_part[i]);
    for (size_t k = 0; k < problem->peak_count && parts > 0; k++)
        line[parts + k] = line_of_peak(problem, schedule, k);
    *out = line;
    *count = lines;
    return AMP_OK;
}

/* ---- for the accounts ---- */

static double load_tax_usd(const amp_site_problem *problem, const amp_schedule *schedule, size_t i)
{
    const amp_column tax = problem->load[i].tax_usd_per_mwh;
    double sum_usd = 0.0;
    for (size_t t = 0; t < problem->interval_count && tax.value != NULL; t++)
        sum_usd += schedule->load_mw[i][t] * problem->interval_h * amp_column_at(tax, t);
    return sum_usd;
}

static double loads_tax_usd(const amp_site_problem *problem, const amp_schedule *schedule,
                            bool is_hard)
{
    double sum_usd = 0.0;
    for (size_t i = 0; i < problem->load_count; i++) {
        if (problem->load[i].is_hard == is_hard)
            sum_usd += load_tax_usd(problem, schedule, i);
    }
    return sum_usd;
}

double amp_bill_fixed_usd(const amp_site_problem *problem, const amp_schedule *schedule)
{
    double sum_usd = loads_tax_usd(problem, schedule, true);
    for (size_t i = 0; i < problem->bill_part_count; i++) {
        if (problem->bill_part[i].due == AMP_DUE_FIXED)
            sum_usd += add_up(problem, schedule, &problem->bill_part[i]).usd;
    }
    return sum_usd;
}

double amp_bill_tax_usd(const amp_site_problem *problem, const amp_schedule *schedule)
{
    return loads_tax_usd(problem, schedule, false);
}
