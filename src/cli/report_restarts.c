/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"

#include "base/text.h"
#include "cli/table.h"

#include <math.h>

size_t amp_report_restart_count(const amp_answer *answer)
{
    size_t count = 0;

    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].problem.restart_count;
    return count;
}

static double most_usd(const amp_answer *answer)
{
    double most = 0.0;

    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_answer *const site = &answer->site[i];
        for (size_t k = 0; k < site->problem.restart_count; k++) {
            const amp_restart_bill bill = amp_accounts_restart(&site->problem, &site->schedule, k);
            most = fmax(most, fmax(bill.lost_usd, bill.wear_usd));
        }
    }
    return most;
}

static void put_usd(amp_text_table *table, double usd, amp_scale scale)
{
    char number[AMP_NUMBER_BYTES];
    amp_text_table_cell(table, "%s", usd > 0.0 ? amp_print_scaled(usd, scale, number) : "-");
}

static void put_fleet(amp_text_table *table, const amp_report_view *r, const amp_site_answer *site,
                      size_t k, amp_scale scale)
{
    const amp_site_problem *const problem = &site->problem;
    const amp_restart_bill bill = amp_accounts_restart(problem, &site->schedule, k);

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", problem->load[problem->restart[k].load].id);
    if (r->answer->site_count > 1)
        amp_text_table_cell(table, "%s", site->site->id);
    amp_text_table_number(table, bill.started_mw, 1);
    amp_text_table_number(table, bill.fleets, 1);
    put_usd(table, bill.lost_usd, scale);
    put_usd(table, bill.wear_usd, scale);
}

void amp_report_restarts(const amp_report_view *r)
{
    const amp_scale scale = amp_scale_money(most_usd(r->answer));
    amp_text_table *const table = amp_text_table_new();
    char title[AMP_NUMBER_BYTES];

    amp_text_table_column(table, "Mining starts", false);
    if (r->answer->site_count > 1)
        amp_text_table_column(table, "site", false);
    amp_text_table_column(table, "MW started", true);
    amp_text_table_column(table, "whole fleets", true);
    (void)snprintf(title, sizeof title, "lost hashing %s", scale.unit);
    amp_text_table_column(table, title, true);
    amp_text_table_column(table, "wear", true);
    for (size_t i = 0; i < r->answer->site_count; i++)
        for (size_t k = 0; k < r->answer->site[i].problem.restart_count; k++)
            put_fleet(table, r, &r->answer->site[i], k, scale);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}
