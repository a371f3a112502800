/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/bill.h"

#include "dispatch/billing.h"

#include <math.h>
#include <string.h>

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

/* Lines of a demand charge in one month: one, and one a tier. */
typedef struct {
    const amp_site_problem *problem;
    amp_arena *arena;
    amp_bill_line *line;
    size_t count;
    bool has_memory;
} bill;

static const char *keep_text(bill *b, const char *text)
{
    b->has_memory = b->has_memory && text != NULL;
    return text;
}

/* Share of peak @p j on which peak @p k is billed. */
static double share_of(const amp_site_problem *problem, size_t k, size_t j)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    for (size_t n = 0; billing != NULL && n < billing->look_count; n++)
        if (billing->look[n].peak == j)
            return billing->look[n].share;
    return 1.0;
}

/* "2022-07" of the id "demand.202207"; any other id as it is. */
static const char *month_of(amp_arena *arena, const char *id)
{
    enum { DIGITS = 6, YEAR_DIGITS = 4 };
    const size_t length = strlen(id);
    const char *number = length > DIGITS ? id + length - DIGITS : id;
    if (strspn(number, "0123456789") != DIGITS)
        return id;
    const char *text = amp_arena_format(arena, "%.4s-%s", number, number + YEAR_DIGITS);
    return text != NULL ? text : id;
}

/* Why it is billed on more than its own import. */
static const char *note_of(bill *b, size_t k, const amp_peak_bill *found)
{
    const amp_site_problem *p = b->problem;
    if (found->set_by == k)
        return NULL;
    if (found->set_by == AMP_SET_BY_START)
        return p->billing != NULL ? p->billing[k].start_by : NULL;
    return keep_text(b, amp_arena_format(b->arena, "%g %% of %s",
                                         100.0 * share_of(p, k, found->set_by),
                                         month_of(b->arena, p->peak[found->set_by].id)));
}

static void add_demand(bill *b, size_t k, double kw, double usd_per_mw, const char *note)
{
    b->line[b->count++] = (amp_bill_line){.id = b->problem->peak[k].id,
                                          .unit = "kW",
                                          .quantity = kw,
                                          .rate_usd = usd_per_mw / kw_per_mw,
                                          .usd = kw * usd_per_mw / kw_per_mw,
                                          .note = note};
}

/* Months that only set what others are billed on have none. */
static void add_peak(bill *b, const amp_schedule *schedule, size_t k)
{
    const amp_site_problem *p = b->problem;
    const amp_billing *billing = amp_billing_of(p, k);
    const amp_peak_bill found = amp_accounts_peak(p, schedule, k);
    const size_t tiers = billing != NULL ? billing->tier_count : 0;
    const char *note = note_of(b, k, &found);
    double usd_per_mw = p->peak[k].charge_usd_per_mw;
    double from_mw = 0.0;
    if (amp_billing_top_usd_per_mw(p, k) <= 0.0)
        return;
    for (size_t i = 0; i <= tiers; i++) {
        const double to_mw =
            i < tiers ? fmin(found.billed_mw, billing->tier[i].above_mw) : found.billed_mw;
        if (i == 0 || to_mw > from_mw)
            add_demand(b, k, (to_mw - from_mw) * kw_per_mw, usd_per_mw, note);
        if (i == tiers || found.billed_mw <= billing->tier[i].above_mw)
            break;
        from_mw = billing->tier[i].above_mw;
        usd_per_mw += billing->tier[i].more_usd_per_mw;
        note = keep_text(b, amp_arena_format(b->arena, "above %g MW", from_mw));
    }
}

static size_t count_lines(const amp_site_problem *problem)
{
    size_t count = problem->bill_part_count + problem->peak_count;
    for (size_t k = 0; k < problem->peak_count && problem->billing != NULL; k++)
        count += problem->billing[k].tier_count;
    return count;
}

amp_status amp_bill_make(const amp_site_problem *problem, const amp_schedule *schedule,
                         amp_arena *arena, const amp_bill_line **out, size_t *count)
{
    const size_t parts = problem->bill_part_count;
    bill b = {.problem = problem,
              .arena = arena,
              .line = AMP_ARENA_NEW(arena, amp_bill_line, count_lines(problem)),
              .has_memory = true};
    if (b.line == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < parts; i++)
        b.line[b.count++] = line_of(problem, schedule, &problem->bill_part[i]);
    for (size_t k = 0; k < problem->peak_count && parts > 0; k++)
        add_peak(&b, schedule, k);
    if (!b.has_memory)
        return AMP_NOMEM;
    *out = b.line;
    *count = b.count;
    return AMP_OK;
}

/* ---- for the accounts ---- */

/* What of a load is in must_mw: its tax is due whatever is dispatched, less what cuts save. */
static double must_mw(const amp_load *load, size_t t)
{
    const amp_column must = load->is_hard ? load->demand_mw : load->flexible_mw;
    return must.value == NULL ? 0.0 : amp_column_at(must, t);
}

static double fixed_tax_usd(const amp_site_problem *problem, const amp_load *load)
{
    const amp_column tax = load->tax_usd_per_mwh;
    double sum_usd = 0.0;
    for (size_t t = 0; t < problem->interval_count && tax.value != NULL; t++)
        sum_usd += must_mw(load, t) * problem->interval_h * amp_column_at(tax, t);
    return sum_usd;
}

double amp_bill_fixed_usd(const amp_site_problem *problem, const amp_schedule *schedule)
{
    double sum_usd = 0.0;
    for (size_t i = 0; i < problem->load_count; i++)
        sum_usd += fixed_tax_usd(problem, &problem->load[i]);
    for (size_t i = 0; i < problem->bill_part_count; i++) {
        if (problem->bill_part[i].due == AMP_DUE_FIXED)
            sum_usd += add_up(problem, schedule, &problem->bill_part[i]).usd;
    }
    return sum_usd;
}

double amp_bill_tax_usd(const amp_site_problem *problem, const amp_schedule *schedule)
{
    double sum_usd = 0.0;
    for (size_t i = 0; i < problem->load_count; i++) {
        const amp_load *load = &problem->load[i];
        const amp_column tax = load->tax_usd_per_mwh;
        for (size_t t = 0; t < problem->interval_count && tax.value != NULL; t++)
            sum_usd += (schedule->load_mw[i][t] - must_mw(load, t)) * problem->interval_h *
                       amp_column_at(tax, t);
    }
    return sum_usd;
}
