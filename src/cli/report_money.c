/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"

#include "cli/table.h"

#include <math.h>

/* A row of the accounts as people read them: with the sign of its effect on the objective. */
typedef struct {
    const char *name;
    const char *column; /* its title among many sites; NULL: in the column "other" */
    size_t offset;
    double sign;
} item;

#define AT(member) offsetof(amp_accounts, member)
static const item items[] = {
    {"mining", "mining", AT(revenue_usd.mining), 1.0},
    {"lease", "lease", AT(revenue_usd.lease), 1.0},
    {"inference", "inference", AT(revenue_usd.inference), 1.0},
    {"training", "training", AT(revenue_usd.training), 1.0},
    {"export", "export", AT(revenue_usd.export), 1.0},
    {"reserve", "reserve", AT(revenue_usd.reserve), 1.0},
    {"imported energy", "energy", AT(cost_usd.energy), -1.0},
    {"demand charges", NULL, AT(cost_usd.demand_charge), -1.0},
    {"coincident peaks", NULL, AT(cost_usd.coincident_peak), -1.0},
    {"own generation", NULL, AT(cost_usd.generation), -1.0},
    {"wear", NULL, AT(cost_usd.wear), -1.0},
    {"penalties", NULL, AT(cost_usd.penalty), -1.0},
    {"power taxes by use", NULL, AT(cost_usd.tax), -1.0},
    {"worth of stored energy at the end", NULL, AT(stored_energy_usd), 1.0},
};
static const item outside[] = {
    {"besides, fixed: lease fees", NULL, AT(fixed_usd.lease_fee), 1.0},
    {"besides, fixed: energy reimbursed", NULL, AT(fixed_usd.energy_reimbursed), 1.0},
    {"besides, settled: energy sold to tenants", NULL, AT(fixed_usd.energy_sold), 1.0},
    {"besides, settled: peaks paid by tenants", NULL, AT(fixed_usd.demand_reimbursed), 1.0},
    {"besides, settled: minimum take", NULL, AT(fixed_usd.minimum_take), 1.0},
    {"besides, settled: service credits", NULL, AT(fixed_usd.service_credits), 1.0},
    {"besides, settled: penalties that credits replace", NULL, AT(fixed_usd.penalty_replaced), 1.0},
    {"besides, fixed: purchase agreements", NULL, AT(fixed_usd.blocks), 1.0},
    {"besides, fixed: tariff", NULL, AT(fixed_usd.tariff), 1.0},
};
#undef AT

enum {
    ITEM_COUNT = sizeof(items) / sizeof(items[0]),
    OUTSIDE_COUNT = sizeof(outside) / sizeof(outside[0])
};

static double amount(const amp_site_answer *site, const item *row)
{
    const char *const at = (const char *)&site->accounts + row->offset;
    return row->sign * *(const double *)(const void *)at;
}

static double total(const amp_answer *answer, const item *row)
{
    double sum = 0.0;

    for (size_t i = 0; i < answer->site_count; i++)
        sum += amount(&answer->site[i], row);
    return sum;
}

static bool is_used(const amp_answer *answer, const item *row)
{
    for (size_t i = 0; i < answer->site_count; i++)
        if (fabs(amount(&answer->site[i], row)) > 0.0)
            return true;
    return false;
}

static double round_to(double value, amp_scale scale)
{
    const double unit = pow(10.0, scale.decimals) / scale.usd;
    return round(value * unit);
}

/* Rounded numbers need not add up to their rounded sum; where they do not, that is said. */
static bool adds_up(const amp_answer *answer, amp_scale scale)
{
    double objective = 0.0;

    for (size_t i = 0; i < answer->site_count; i++) {
        double sum = 0.0;
        for (size_t k = 0; k < ITEM_COUNT; k++)
            sum += round_to(amount(&answer->site[i], &items[k]), scale);
        if (fabs(sum - round_to(answer->site[i].objective_usd, scale)) > 0.5)
            return false;
        objective += round_to(answer->site[i].objective_usd, scale);
    }
    for (size_t k = 0; k < ITEM_COUNT; k++) {
        double sum = 0.0;
        for (size_t i = 0; i < answer->site_count; i++)
            sum += round_to(amount(&answer->site[i], &items[k]), scale);
        if (fabs(sum - round_to(total(answer, &items[k]), scale)) > 0.5)
            return false;
    }
    return fabs(objective - round_to(answer->objective_usd, scale)) <= 0.5;
}

static amp_scale money_scale(const amp_answer *answer)
{
    double largest = fabs(answer->objective_usd);

    for (size_t k = 0; k < ITEM_COUNT; k++)
        largest = fmax(largest, fabs(total(answer, &items[k])));
    for (size_t k = 0; k < OUTSIDE_COUNT; k++)
        largest = fmax(largest, fabs(total(answer, &outside[k])));
    return amp_scale_money(largest);
}

/* What a line of one site's statement is called. */
static const char *name_of(const amp_report_view *r, const item *row, char *buffer, size_t size)
{
    const bool is_peaks = row->offset == offsetof(amp_accounts, cost_usd.demand_charge);
    return is_peaks ? amp_report_peaks_name(r, buffer, size) : row->name;
}

static void money_row(amp_text_table *table, const char *name, double usd, amp_scale scale,
                      bool is_sum)
{
    char number[AMP_NUMBER_BYTES];

    amp_text_table_row(table, is_sum);
    amp_text_table_cell(table, "%s", name);
    amp_text_table_cell(table, "%s", amp_print_scaled(usd, scale, number));
}

/* One site: a statement, item under item. */
static void print_statement(const amp_report_view *r, amp_scale scale)
{
    amp_text_table *const table = amp_text_table_new();
    char name[96];

    amp_text_table_column(table, "Money", false);
    amp_text_table_column(table, scale.unit, true);
    for (size_t k = 0; k < ITEM_COUNT; k++)
        if (is_used(r->answer, &items[k]))
            money_row(table, name_of(r, &items[k], name, sizeof name), total(r->answer, &items[k]),
                      scale, false);
    money_row(table, "objective: what dispatch earns", r->answer->objective_usd, scale, true);
    for (size_t k = 0; k < OUTSIDE_COUNT; k++)
        if (is_used(r->answer, &outside[k]))
            money_row(table, outside[k].name, total(r->answer, &outside[k]), scale, false);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

/* An amount of one site, or of all where @p site is NULL. */
static double amount_or_total(const amp_report_view *r, const amp_site_answer *site,
                              const item *row)
{
    return site != NULL ? amount(site, row) : total(r->answer, row);
}

static void money_cell(amp_text_table *table, double usd, amp_scale scale)
{
    char number[AMP_NUMBER_BYTES] = "-";

    if (fabs(usd) > 0.0)
        amp_print_scaled(usd, scale, number);
    amp_text_table_cell(table, "%s", number);
}

static bool has_others(const amp_answer *answer)
{
    for (size_t k = 0; k < ITEM_COUNT; k++)
        if (items[k].column == NULL && is_used(answer, &items[k]))
            return true;
    return false;
}

static bool has_outside(const amp_answer *answer)
{
    for (size_t k = 0; k < OUTSIDE_COUNT; k++)
        if (is_used(answer, &outside[k]))
            return true;
    return false;
}

static void site_money(amp_text_table *table, const amp_report_view *r, const amp_site_answer *site,
                       amp_scale scale)
{
    double others = 0.0;

    money_cell(table, site != NULL ? site->objective_usd : r->answer->objective_usd, scale);
    for (size_t k = 0; k < ITEM_COUNT; k++) {
        const double usd = amount_or_total(r, site, &items[k]);
        if (items[k].column == NULL)
            others += usd;
        else if (is_used(r->answer, &items[k]))
            money_cell(table, usd, scale);
    }
    if (has_others(r->answer))
        money_cell(table, others, scale);
    if (!has_outside(r->answer))
        return;
    others = 0.0;
    for (size_t k = 0; k < OUTSIDE_COUNT; k++)
        others += amount_or_total(r, site, &outside[k]);
    money_cell(table, others, scale);
}

/* Several sites: a row each. */
static void print_matrix(const amp_report_view *r, amp_scale scale)
{
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, scale.unit, false);
    amp_text_table_column(table, "objective", true);
    for (size_t k = 0; k < ITEM_COUNT; k++)
        if (items[k].column != NULL && is_used(r->answer, &items[k]))
            amp_text_table_column(table, items[k].column, true);
    if (has_others(r->answer))
        amp_text_table_column(table, "other", true);
    if (has_outside(r->answer))
        amp_text_table_column(table, "(fixed)", true);
    for (size_t i = 0; i < r->answer->site_count; i++) {
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", r->answer->site[i].site->id);
        site_money(table, r, &r->answer->site[i], scale);
    }
    amp_text_table_row(table, true);
    amp_text_table_cell(table, "all sites");
    site_money(table, r, NULL, scale);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

static bool has_tariff(const amp_answer *answer)
{
    for (size_t i = 0; i < answer->site_count; i++)
        if (answer->site[i].site->supply.tariff.is_set)
            return true;
    return false;
}

/* What the titles of the matrix are short for. */
static void explain_matrix(const amp_report_view *r)
{
    char text[512] = "";
    size_t used = 0;
    const char *gap = "Other: ";

    for (size_t k = 0; k < ITEM_COUNT; k++) {
        if (items[k].column != NULL || !is_used(r->answer, &items[k]))
            continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", gap, items[k].name);
        gap = ", ";
    }
    if (used > 0)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, has_outside(r->answer) ? ". " : ".");
    if (has_outside(r->answer))
        (void)snprintf(text + used, sizeof text - used,
                       "In brackets, besides the objective: lease fees, energy reimbursed%s.",
                       has_tariff(r->answer) ? ", purchase agreements and what tariffs fix"
                                             : " and purchase agreements");
    if (text[0] != '\0')
        amp_print_wrapped(r->screen, text, 0, 0);
}

void amp_report_money(const amp_report_view *r)
{
    const amp_scale scale = money_scale(r->answer);

    if (r->answer->site_count == 1) {
        print_statement(r, scale);
    } else {
        print_matrix(r, scale);
        explain_matrix(r);
    }
    if (!adds_up(r->answer, scale))
        amp_print_text(r->screen,
                       "Sums are of exact numbers; rounded ones may differ in the last digit.", 0,
                       0);
}
