/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explanation_lease.h"

#include <math.h>

enum { PARAGRAPH_BYTES = 640 };

/* Less than a kWh is rounding. */
static const double unserved_shown_mwh = 1e-3;

/* A paragraph under way. */
typedef struct {
    char text[PARAGRAPH_BYTES];
    size_t used;
} paragraph;

static void add(paragraph *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(paragraph *p, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const int length = vsnprintf(p->text + p->used, sizeof p->text - p->used, format, arguments);
    va_end(arguments);
    p->used += length > 0 ? (size_t)length : 0;
    p->used = p->used < sizeof p->text ? p->used : sizeof p->text - 1;
}

static void add_amount(paragraph *p, const char *before, double usd)
{
    if (fabs(usd) >= 0.5) {
        char number[AMP_NUMBER_BYTES];
        add(p, "%s%s", before, amp_print_fixed(usd, 0, number));
    }
}

static void add_payments(paragraph *p, const amp_explained_lease *lease)
{
    char number[AMP_NUMBER_BYTES];

    (void)amp_print_fixed(lease->sum.net_usd, 0, number);
    if (lease->tenant != NULL)
        add(p, "%s, tenant of %s, pays %s USD", lease->tenant, lease->hall, number);
    else
        add(p, "The tenant of %s pays %s USD", lease->hall, number);
    add_amount(p, ": fee ", lease->sum.fee_usd);
    add_amount(p, ", energy ", lease->sum.reimbursed_usd + lease->sum.energy_usd);
    add_amount(p, ", peaks ", lease->sum.demand_usd);
    add_amount(p, ", minimum take ", lease->sum.take_usd);
    add_amount(p, ", less credits of ", lease->sum.credit_usd);
    add_amount(p, ", less penalties of ", lease->sum.penalty_usd);
    add(p, ".");
}

static void add_energy(paragraph *p, const amp_explained_lease *lease)
{
    char it[AMP_NUMBER_BYTES];
    char bus[AMP_NUMBER_BYTES];
    char usd[AMP_NUMBER_BYTES];

    add(p, " Its %s MWh of IT took %s MWh at the bus, where they were worth %s USD.",
        amp_print_fixed(lease->sum.it_mwh, 1, it), amp_print_fixed(lease->sum.bus_mwh, 1, bus),
        amp_print_fixed(lease->bought_usd, 0, usd));
}

static void add_unserved(paragraph *p, const amp_explained_lease *lease)
{
    const double unserved_mwh = lease->wanted_it_mwh - lease->sum.it_mwh;
    const double seen_usd = lease->sum.replaced_usd + lease->sum.penalty_usd;
    char number[AMP_NUMBER_BYTES];
    char seen[AMP_NUMBER_BYTES];

    if (unserved_mwh < unserved_shown_mwh)
        return;
    add(p, " %s MWh of IT were not served: dispatch took %s USD/MWh for them",
        amp_print_fixed(unserved_mwh, 1, number),
        amp_print_fixed(seen_usd / unserved_mwh, 2, seen));
    if (lease->sum.replaced_usd > 0.0) {
        char due[AMP_NUMBER_BYTES];
        add(p, ", the credits come to %s",
            amp_print_fixed(lease->sum.credit_usd / unserved_mwh, 2, due));
    }
    add(p, ".");
}

void amp_explanation_leases(const amp_screen *screen, const amp_explanation *explanation)
{
    for (size_t i = 0; i < explanation->problem->lease_count; i++) {
        const amp_explained_lease *const lease = &explanation->lease[i];
        paragraph p = {.used = 0};
        if (!lease->has_clauses)
            continue;
        add_payments(&p, lease);
        add_energy(&p, lease);
        add_unserved(&p, lease);
        amp_print_wrapped(screen, p.text, 0, 0);
    }
}

json_t *amp_explanation_leases_json(const amp_explanation *explanation)
{
    json_t *const list = json_array();

    for (size_t i = 0; i < explanation->problem->lease_count; i++) {
        const amp_explained_lease *const lease = &explanation->lease[i];
        const struct {
            const char *key;
            double value;
        } numbers[] = {
            {"wanted_it_mwh", lease->wanted_it_mwh},
            {"it_mwh", lease->sum.it_mwh},
            {"bus_mwh", lease->sum.bus_mwh},
            {"fee_usd", lease->sum.fee_usd},
            {"energy_usd", lease->sum.reimbursed_usd + lease->sum.energy_usd},
            {"demand_usd", lease->sum.demand_usd},
            {"take_usd", lease->sum.take_usd},
            {"credit_usd", lease->sum.credit_usd},
            {"penalty_usd", lease->sum.penalty_usd},
            {"replaced_usd", lease->sum.replaced_usd},
            {"net_usd", lease->sum.net_usd},
            {"energy_at_internal_price_usd", lease->bought_usd},
        };
        json_t *const row = json_object();
        (void)json_object_set_new(row, "hall", json_string(lease->hall));
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
            (void)json_object_set_new(row, numbers[k].key, amp_json_number(numbers[k].value));
        (void)json_array_append_new(list, row);
    }
    return list;
}
