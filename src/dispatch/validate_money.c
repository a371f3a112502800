/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* ---- columns ---- */

static amp_column or_zero(amp_validation *v, amp_column column)
{
    static const double zero = 0.0;
    if (column.value != NULL)
        return column;
    v->status = AMP_NOMEM;
    return (amp_column){.value = &zero, .stride = 0};
}

amp_column amp_validate_column(amp_validation *v, const amp_value *value)
{
    return or_zero(v, amp_market_column(v->market, value, NULL));
}

amp_column amp_validate_share(amp_validation *v, const amp_value *value, bool *is_share)
{
    return or_zero(v, amp_market_column(v->market, value, is_share));
}

amp_column amp_validate_availability(amp_validation *v, const amp_availability *availability)
{
    return or_zero(v, amp_market_availability(v->market, availability));
}

/* Between the two points around @p degc, from the hot end down. */
static double curve_at(const amp_pue *pue, double degc)
{
    size_t i = pue->point_count - 1;
    while (i > 0 && pue->point[i].outdoor_degc > degc)
        i--;
    const amp_pue_point *cold = &pue->point[i];
    if (i + 1 == pue->point_count || degc < cold->outdoor_degc)
        return cold->pue;
    const amp_pue_point *hot = cold + 1;
    const double slope = (hot->pue - cold->pue) / (hot->outdoor_degc - cold->outdoor_degc);
    return hot->pue - slope * (hot->outdoor_degc - degc);
}

void amp_validate_pue(amp_validation *v, const amp_pue *value, double *pue)
{
    const bool is_curve = value->point_count > 0;
    const amp_column column = amp_validate_column(v, is_curve ? &value->outdoor : &value->value);
    for (size_t t = 0; t < v->count; t++) {
        const double number = amp_column_at(column, t);
        pue[t] = is_curve ? curve_at(value, number) : number;
    }
}

/* ---- what stands outside the objective ---- */

static void add_agreement(amp_validation *v, const amp_block *block)
{
    const amp_column energy = amp_validate_column(v, &v->site->supply.energy_price_usd_per_mwh);
    const amp_column power_mw = amp_validate_column(v, &block->power_mw);
    const amp_column price = amp_validate_column(v, &block->price_usd_per_mwh);
    for (size_t t = 0; t < v->count; t++) {
        const double mwh = amp_column_at(power_mw, t) * v->interval_h;
        const double paid_usd = mwh * amp_column_at(price, t);
        const double resold_usd = block->resale ? mwh * amp_column_at(energy, t) : 0.0;
        v->anew.fixed_usd.blocks += resold_usd - paid_usd;
        v->flow_usd += fabs(resold_usd) + fabs(paid_usd);
    }
}

void amp_validate_fixed(amp_validation *v)
{
    for (size_t i = 0; i < v->site->supply.block_count; i++)
        add_agreement(v, &v->site->supply.block[i]);
}

/* ---- accounts against accounts ---- */

typedef enum { MONEY, ENERGY, POWER, PRICE } number_kind;

/* One number of the accounts. */
typedef struct {
    const char *name;
    size_t offset;
    number_kind kind;
} account_row;

#define ROW(kind, member)                             \
    {                                                 \
#member, offsetof(amp_accounts, member), kind \
    }

static const account_row rows[] = {
    ROW(MONEY, revenue_usd.mining),
    ROW(MONEY, revenue_usd.lease),
    ROW(MONEY, revenue_usd.inference),
    ROW(MONEY, revenue_usd.training),
    ROW(MONEY, revenue_usd.export),
    ROW(MONEY, revenue_usd.reserve),
    ROW(MONEY, cost_usd.energy),
    ROW(MONEY, cost_usd.demand_charge),
    ROW(MONEY, cost_usd.coincident_peak),
    ROW(MONEY, cost_usd.generation),
    ROW(MONEY, cost_usd.wear),
    ROW(MONEY, cost_usd.penalty),
    ROW(MONEY, cost_usd.tax),
    ROW(MONEY, stored_energy_usd),
    ROW(MONEY, fixed_usd.lease_fee),
    ROW(MONEY, fixed_usd.energy_reimbursed),
    ROW(MONEY, fixed_usd.energy_sold),
    ROW(MONEY, fixed_usd.demand_reimbursed),
    ROW(MONEY, fixed_usd.minimum_take),
    ROW(MONEY, fixed_usd.service_credits),
    ROW(MONEY, fixed_usd.penalty_replaced),
    ROW(MONEY, fixed_usd.blocks),
    ROW(MONEY, fixed_usd.tariff),
    ROW(ENERGY, energy_mwh.import),
    ROW(ENERGY, energy_mwh.export),
    ROW(ENERGY, energy_mwh.mining),
    ROW(ENERGY, energy_mwh.lease),
    ROW(ENERGY, energy_mwh.inference),
    ROW(ENERGY, energy_mwh.training),
    ROW(ENERGY, energy_mwh.charge),
    ROW(ENERGY, energy_mwh.discharge),
    ROW(ENERGY, energy_mwh.generation),
    ROW(ENERGY, it_mwh.lease),
    ROW(ENERGY, it_mwh.inference),
    ROW(ENERGY, it_mwh.training),
    ROW(ENERGY, unserved_it_mwh),
    ROW(ENERGY, cut_it_mwh),
    ROW(ENERGY, curtailed_mwh),
    ROW(POWER, peak_import_mw),
    ROW(PRICE, price_mean_usd_per_mwh),
    ROW(PRICE, price_max_usd_per_mwh),
};
#undef ROW

static double number_of(const amp_accounts *accounts, const account_row *row)
{
    double number = 0.0;
    memcpy(&number, (const char *)accounts + row->offset, sizeof number);
    return number;
}

static double tolerance_of(const amp_validation *v, const account_row *row, double wanted)
{
    switch (row->kind) {
    case MONEY:
        return 1e-9 * v->flow_usd + 1e-6;
    case ENERGY:
        return 1e-9 * v->flow_mwh + 1e-6;
    case POWER:
        return v->tolerance_mw;
    case PRICE:
        break;
    }
    return 1e-9 * fabs(wanted) + 1e-9;
}

static double sum_of_lines(const amp_accounts *a)
{
    double sum_usd = a->stored_energy_usd;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t offset = rows[i].offset;
        if (offset >= offsetof(amp_accounts, revenue_usd) &&
            offset < offsetof(amp_accounts, revenue_usd) + sizeof a->revenue_usd)
            sum_usd += number_of(a, &rows[i]);
        if (offset >= offsetof(amp_accounts, cost_usd) &&
            offset < offsetof(amp_accounts, cost_usd) + sizeof a->cost_usd)
            sum_usd -= number_of(a, &rows[i]);
    }
    return sum_usd;
}

static void report_number(const amp_validation *v, amp_diagnostics *diagnostics, const char *name,
                          double got, double wanted)
{
    const amp_finding finding = {.code = AMP_CODE_SCHEDULE_INVALID, .place = v->site->place};
    (void)amp_report(diagnostics, &finding,
                     "site '%s': %s of the accounts is %.12g, but the schedule gives %.12g",
                     v->site->id, name, got, wanted);
}

double amp_validate_accounts(const amp_validation *v, const amp_accounts *accounts,
                             amp_diagnostics *diagnostics, bool *differs)
{
    double worst_usd = 0.0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const double got = number_of(accounts, &rows[i]);
        const double wanted = number_of(&v->anew, &rows[i]);
        const double off = isnan(got) ? (double)INFINITY : fabs(got - wanted);
        if (rows[i].kind == MONEY)
            worst_usd = fmax(worst_usd, off);
        if (off <= tolerance_of(v, &rows[i], wanted))
            continue;
        report_number(v, diagnostics, rows[i].name, got, wanted);
        *differs = true;
    }
    const double lines_usd = sum_of_lines(accounts);
    const double off_usd = fabs(accounts->objective_usd - lines_usd);
    worst_usd = fmax(worst_usd, off_usd);
    if (!(off_usd <= 1e-9 * v->flow_usd + 1e-6)) {
        report_number(v, diagnostics, "objective_usd", accounts->objective_usd, lines_usd);
        *differs = true;
    }
    return worst_usd;
}
