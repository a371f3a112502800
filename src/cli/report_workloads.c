/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"

#include "cli/table.h"

#include <math.h>

enum { WORKLOADS_SHOWN = 40 };

/* Which loads the table has. */
static bool may_be_capped(const amp_site_answer *site, size_t i)
{
    return site->problem.load[i].capping != NULL;
}

static const amp_hall *hall_of(const amp_site_answer *site, size_t i)
{
    return &site->site->hall[site->problem.load[i].asset];
}

static const amp_caps *caps_of(const amp_site_answer *site, size_t i)
{
    const int32_t workload = site->problem.load[i].capping->workload;
    const amp_hall *const hall = hall_of(site, i);
    return workload == AMP_NONE ? &hall->inference.caps : &hall->workload[workload].caps;
}

/* IT MW, uncapped, on average. */
static double full_mw(const amp_site_answer *site, const amp_workload_bill *bill)
{
    return bill->full_it_mwh / (site->problem.interval_h * (double)site->problem.interval_count);
}

static double share(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

/* ---- for people ---- */

/* The largest of all, and how many there are. */
static double largest_mw(const amp_report_view *r, size_t *count)
{
    double most = 0.0;

    *count = 0;
    for (size_t s = 0; s < r->answer->site_count; s++) {
        const amp_site_answer *const site = &r->answer->site[s];
        for (size_t i = 0; i < site->problem.load_count; i++) {
            if (!may_be_capped(site, i))
                continue;
            const amp_workload_bill bill =
                amp_accounts_workload(&site->problem, &site->schedule, i);
            most = fmax(most, full_mw(site, &bill));
            (*count)++;
        }
    }
    return most;
}

static void put_workload(amp_text_table *table, const amp_report_view *r,
                         const amp_site_answer *site, size_t i, amp_scale scale)
{
    const amp_workload_bill bill = amp_accounts_workload(&site->problem, &site->schedule, i);
    const amp_caps *const caps = caps_of(site, i);
    const double power = share(bill.it_mwh, bill.full_it_mwh);
    char number[AMP_NUMBER_BYTES];

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", site->problem.load[i].id);
    if (r->answer->site_count > 1)
        amp_text_table_cell(table, "%s", site->site->id);
    amp_text_table_cell(table, "%s", amp_print_scaled(full_mw(site, &bill), scale, number));
    amp_text_table_cell(table, "%s", amp_print_scaled(full_mw(site, &bill) * power, scale, number));
    amp_text_table_number(table, 100.0 * power, 1);
    amp_text_table_number(table, 100.0 * share(bill.work_it_mwh, bill.full_it_mwh), 1);
    amp_text_table_number(table, 100.0 * bill.least_throughput, 1);
    amp_text_table_number(table,
                          caps->floor.number > 0.0 ? 100.0 * caps->floor.number : (double)NAN, 1);
}

static amp_text_table *start_table(const amp_report_view *r, amp_scale scale)
{
    amp_text_table *const table = amp_text_table_new();
    char title[AMP_NUMBER_BYTES];

    amp_text_table_column(table, "Power caps", false);
    if (r->answer->site_count > 1)
        amp_text_table_column(table, "site", false);
    (void)snprintf(title, sizeof title, "full %s", scale.unit);
    amp_text_table_column(table, title, true);
    (void)snprintf(title, sizeof title, "mean %s", scale.unit);
    amp_text_table_column(table, title, true);
    amp_text_table_column(table, "power %", true);
    amp_text_table_column(table, "throughput %", true);
    amp_text_table_column(table, "least %", true);
    amp_text_table_column(table, "floor %", true);
    return table;
}

void amp_report_workloads(const amp_report_view *r)
{
    size_t count = 0;
    size_t shown = 0;
    const amp_scale scale = amp_scale_power(largest_mw(r, &count));
    char text[160];

    if (count == 0)
        return;
    amp_text_table *const table = start_table(r, scale);
    for (size_t s = 0; s < r->answer->site_count; s++) {
        const amp_site_answer *const site = &r->answer->site[s];
        for (size_t i = 0; i < site->problem.load_count && shown < WORKLOADS_SHOWN; i++) {
            if (!may_be_capped(site, i))
                continue;
            put_workload(table, r, site, i, scale);
            shown++;
        }
    }
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
    (void)snprintf(text, sizeof text,
                   "IT power and throughput as shares of those without a cap; least: of any "
                   "interval.%s",
                   count > shown ? " '--json' has the others." : "");
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* ---- for programs ---- */

static void set_number(json_t *object, const char *key, double value)
{
    (void)json_object_set_new(object, key, amp_json_number(value));
}

static json_t *workload_json(const amp_site_answer *site, size_t i)
{
    const amp_load *const load = &site->problem.load[i];
    const amp_workload_bill bill = amp_accounts_workload(&site->problem, &site->schedule, i);
    const amp_hall *const hall = hall_of(site, i);
    const int32_t workload = load->capping->workload;
    json_t *const object = json_object();

    (void)json_object_set_new(
        object, "id", json_string(workload == AMP_NONE ? hall->id : hall->workload[workload].id));
    (void)json_object_set_new(object, "hall", json_string(hall->id));
    (void)json_object_set_new(
        object, "use", json_string(load->kind == AMP_LOAD_TRAINING ? "training" : "inference"));
    set_number(object, "full_power_mw", full_mw(site, &bill));
    set_number(object, "floor", caps_of(site, i)->floor.number);
    set_number(object, "it_mwh", bill.it_mwh);
    set_number(object, "full_it_mwh", bill.full_it_mwh);
    set_number(object, "work_it_mwh", bill.work_it_mwh);
    (void)json_object_set_new(object, "throughput",
                              json_pack("{s:o, s:o}", "mean",
                                        amp_json_number(share(bill.work_it_mwh, bill.full_it_mwh)),
                                        "least", amp_json_number(bill.least_throughput)));
    set_number(object, "value_usd", bill.value_usd);
    set_number(object, "penalty_usd", bill.penalty_usd);
    return object;
}

json_t *amp_report_workloads_json(const amp_site_answer *site)
{
    json_t *const list = json_array();

    for (size_t i = 0; i < site->problem.load_count; i++)
        if (may_be_capped(site, i))
            (void)json_array_append_new(list, workload_json(site, i));
    return list;
}
