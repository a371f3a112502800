/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_lease.h"

#include "cli/table.h"
#include "dispatch/lease.h"

#include <math.h>

enum { ROWS_SHOWN = 24, CELL_BYTES = 96, NOTE_BYTES = 640 };

/* Lines of a month are about so much smaller than the largest sum, and should keep digits. */
static const double lines_per_month = 10.0;

/* ---- the table ---- */

/* Columns that not every lease needs. */
typedef enum { PUE_PAID, AVAILABILITY, ENERGY, PEAKS, TAKE, CREDIT, PENALTY, COLUMNS } column;

static const char *const titles[COLUMNS] = {
    [PUE_PAID] = "PUE paid", [AVAILABILITY] = "available %", [ENERGY] = "energy",
    [PEAKS] = "peaks",       [TAKE] = "minimum take",        [CREDIT] = "credit",
    [PENALTY] = "penalty"};

/* The table of all sites. */
typedef struct {
    const amp_report_view *r;
    amp_text_table *table;
    amp_scale scale;
    bool is_shown[COLUMNS];
    bool has_many; /* leases */
    double largest_usd;
    size_t rows;
    size_t shown;
    amp_lease_bill sum;
} lease_table;

static bool has_table(const amp_answer *answer)
{
    for (size_t i = 0; i < answer->site_count; i++)
        for (size_t k = 0; k < answer->site[i].problem.lease_count; k++)
            if (amp_lease_has_clauses(answer->site[i].problem.lease[k].clause))
                return true;
    return false;
}

static double amount_of(const amp_lease_bill *bill, column which)
{
    switch (which) {
    case PUE_PAID:
        return bill->pue_paid;
    case AVAILABILITY:
        return 100.0 * bill->availability;
    case ENERGY:
        return bill->reimbursed_usd + bill->energy_usd;
    case PEAKS:
        return bill->demand_usd;
    case TAKE:
        return bill->take_usd;
    case CREDIT:
        return -bill->credit_usd;
    case PENALTY:
        return -bill->penalty_usd;
    case COLUMNS:
        break;
    }
    return 0.0;
}

static void add_to_sum(amp_lease_bill *sum, const amp_lease_bill *bill)
{
    sum->it_mwh += bill->it_mwh;
    sum->fee_usd += bill->fee_usd;
    sum->reimbursed_usd += bill->reimbursed_usd;
    sum->energy_usd += bill->energy_usd;
    sum->demand_usd += bill->demand_usd;
    sum->take_usd += bill->take_usd;
    sum->credit_usd += bill->credit_usd;
    sum->penalty_usd += bill->penalty_usd;
    sum->replaced_usd += bill->replaced_usd;
    sum->net_usd += bill->net_usd;
}

/* A column is there when some row has something in it. */
static void look_at(lease_table *t, const amp_lease *clause, const amp_lease_bill *bill)
{
    t->rows++;
    t->largest_usd = fmax(t->largest_usd, fmax(fabs(bill->net_usd), bill->fee_usd));
    t->is_shown[PUE_PAID] = t->is_shown[PUE_PAID] || clause->pue_cap.is_set;
    t->is_shown[AVAILABILITY] = t->is_shown[AVAILABILITY] || amp_lease_promise(clause) > 0.0;
    for (int k = ENERGY; k < COLUMNS; k++)
        t->is_shown[k] = t->is_shown[k] || fabs(amount_of(bill, (column)k)) > 0.0;
    add_to_sum(&t->sum, bill);
}

static void put_money(const lease_table *t, double usd)
{
    char number[AMP_NUMBER_BYTES];

    amp_text_table_cell(t->table, "%s", amp_print_scaled(usd, t->scale, number));
}

static void put_numbers(const lease_table *t, const amp_lease_bill *bill, bool is_total)
{
    enum { DECIMALS = 3 };

    amp_text_table_number(t->table, bill->it_mwh, 1);
    for (int k = PUE_PAID; k <= AVAILABILITY; k++)
        if (t->is_shown[k])
            amp_text_table_number(t->table, is_total ? (double)NAN : amount_of(bill, (column)k),
                                  DECIMALS);
    put_money(t, bill->fee_usd);
    for (int k = ENERGY; k < COLUMNS; k++)
        if (t->is_shown[k])
            put_money(t, amount_of(bill, (column)k));
    put_money(t, bill->net_usd);
}

/* "2023-08", with the lease where there are several, and its site where those are. */
static void put_row(lease_table *t, const amp_site_answer *site, const amp_lease_terms *terms,
                    const amp_lease_month *month, const amp_lease_bill *bill)
{
    const char *const hall = site->problem.load[terms->load].id;
    char name[CELL_BYTES] = "";

    if (t->r->answer->site_count > 1)
        (void)snprintf(name, sizeof name, "%.40s.%.40s ", site->site->id, hall);
    else if (t->has_many)
        (void)snprintf(name, sizeof name, "%.40s ", hall);
    amp_text_table_row(t->table, false);
    amp_text_table_cell(t->table, "%s%04d-%02d", name, (int)month->year, (int)month->month);
    put_numbers(t, bill, false);
    t->shown++;
}

/* What is done for each lease and month: look, then print. */
static void visit(lease_table *t, bool is_printing)
{
    const amp_answer *const answer = t->r->answer;
    size_t leases = 0;

    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_problem *const problem = &answer->site[i].problem;
        leases += problem->lease_count;
        for (size_t k = 0; k < problem->lease_count; k++) {
            const amp_lease_terms *const terms = &problem->lease[k];
            for (size_t m = 0; m < terms->month_count; m++) {
                const amp_lease_bill bill =
                    amp_lease_settle(problem, &answer->site[i].schedule, k, m);
                if (!is_printing)
                    look_at(t, terms->clause, &bill);
                else if (t->shown < ROWS_SHOWN)
                    put_row(t, &answer->site[i], terms, &terms->month[m], &bill);
            }
        }
    }
    t->has_many = leases > 1;
}

static void put_titles(const lease_table *t)
{
    char title[CELL_BYTES];

    (void)snprintf(title, sizeof title, "Leases, %s", t->scale.unit);
    amp_text_table_column(t->table, title, false);
    amp_text_table_column(t->table, "IT MWh", true);
    for (int k = PUE_PAID; k <= AVAILABILITY; k++)
        if (t->is_shown[k])
            amp_text_table_column(t->table, titles[k], true);
    amp_text_table_column(t->table, "fee", true);
    for (int k = ENERGY; k < COLUMNS; k++)
        if (t->is_shown[k])
            amp_text_table_column(t->table, titles[k], true);
    amp_text_table_column(t->table, "tenant pays", true);
}

static void print_note(const lease_table *t)
{
    char text[NOTE_BYTES];
    size_t used = 0;

    if (t->rows > t->shown)
        used += (size_t)snprintf(text, sizeof text,
                                 "The first %zu of %zu months; '--json' has all of them. ",
                                 t->shown, t->rows);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "Served to tenants, and what they pay by local month, credits and "
                             "penalties taken off.");
    if (t->sum.replaced_usd > 0.0) {
        char replaced[AMP_NUMBER_BYTES];
        (void)snprintf(text + used, sizeof text - used,
                       " Dispatch took penalties of %s %s in place of the credits.",
                       amp_print_scaled(t->sum.replaced_usd, t->scale, replaced), t->scale.unit);
    }
    amp_print_wrapped(t->r->screen, text, 0, 0);
}

void amp_report_leases(const amp_report_view *r)
{
    lease_table t = {.r = r};

    if (!has_table(r->answer))
        return;
    visit(&t, false);
    t.table = amp_text_table_new();
    t.scale = amp_scale_money(t.largest_usd / lines_per_month);
    put_titles(&t);
    visit(&t, true);
    amp_text_table_row(t.table, true);
    amp_text_table_cell(t.table, "total");
    put_numbers(&t, &t.sum, true);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(t.table, r->screen);
    amp_text_table_free(t.table);
    print_note(&t);
}

/* ---- JSON ---- */

static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
#define X(key_)                               \
    {                                         \
#key_, offsetof(amp_lease_bill, key_) \
    }
    X(it_mwh),         X(bus_mwh),      X(pue),          X(pue_paid), X(fee_usd),
    X(reimbursed_usd), X(energy_usd),   X(demand_usd),   X(take_mwh), X(take_usd),
    X(counted_h),      X(outage_h),     X(availability), X(credit),   X(credit_usd),
    X(penalty_usd),    X(replaced_usd), X(net_usd),
#undef X
};

static json_t *month_json(const amp_site_answer *site, size_t lease, size_t m)
{
    const amp_lease_terms *const terms = &site->problem.lease[lease];
    const amp_lease_month *const month = &terms->month[m];
    const amp_lease_bill bill = amp_lease_settle(&site->problem, &site->schedule, lease, m);
    json_t *const object = json_object();
    char name[CELL_BYTES];

    (void)snprintf(name, sizeof name, "%04d-%02d", (int)month->year, (int)month->month);
    (void)json_object_set_new(object, "hall", json_string(site->problem.load[terms->load].id));
    (void)json_object_set_new(
        object, "tenant",
        amp_json_text(terms->clause->tenant != NULL ? terms->clause->tenant : ""));
    (void)json_object_set_new(object, "month", json_string(name));
    (void)json_object_set_new(object, "share_of_month", amp_json_number(month->share));
    (void)json_object_set_new(object, "promised",
                              amp_json_number(amp_lease_promise(terms->clause)));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *const at = (const char *)&bill + numbers[i].offset;
        (void)json_object_set_new(object, numbers[i].key,
                                  amp_json_number(*(const double *)(const void *)at));
    }
    return object;
}

json_t *amp_report_leases_json(const amp_site_answer *site)
{
    json_t *const lines = json_array();

    for (size_t i = 0; i < site->problem.lease_count; i++)
        for (size_t m = 0; m < site->problem.lease[i].month_count; m++)
            (void)json_array_append_new(lines, month_json(site, i, m));
    return lines;
}
