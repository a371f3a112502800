/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"

#include "base/calendar.h"
#include "base/text.h"
#include "cli/table.h"
#include "dispatch/billing.h"

#include <math.h>
#include <string.h>

enum { JOBS_SHOWN = 24, MONTHS_A_YEAR = 12 };

/* ---- peaks ---- */

size_t amp_report_peak_count(const amp_answer *answer)
{
    size_t count = 0;

    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].problem.peak_count;
    return count;
}

/* "August 2023" for the id "202308"; any other id as it is. */
static const char *month_name(const amp_peak *peak, bool with_year, char *buffer)
{
    static const char *const names[MONTHS_A_YEAR] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    enum { ID_DIGITS = 6, YEAR_DIGITS = 4 };
    const size_t digits = strspn(peak->id, "0123456789");
    int month = 0;

    if (digits == ID_DIGITS && peak->id[digits] == '\0')
        month = (peak->id[YEAR_DIGITS] - '0') * 10 + peak->id[YEAR_DIGITS + 1] - '0';
    if (month < 1 || month > MONTHS_A_YEAR)
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.40s", peak->id);
    else if (with_year)
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%s %.4s", names[month - 1], peak->id);
    else
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%s", names[month - 1]);
    return buffer;
}

/* Some only set what other months are billed on. */
static bool is_charged(const amp_site_problem *problem, size_t k)
{
    return amp_billing_top_usd_per_mw(problem, k) > 0.0;
}

/* The peak with the highest billed power. */
static size_t highest_peak(const amp_site_answer *site)
{
    size_t best = 0;
    double best_mw = -1.0;

    for (size_t k = 0; k < site->problem.peak_count; k++) {
        const double billed_mw = amp_accounts_peak(&site->problem, &site->schedule, k).billed_mw;
        if (billed_mw > best_mw && is_charged(&site->problem, k)) {
            best_mw = billed_mw;
            best = k;
        }
    }
    return best;
}

const char *amp_report_peaks_name(const amp_report_view *r, char *buffer, size_t size)
{
    enum { NUMBER_COLUMNS = 16 };
    const amp_site_answer *const site = &r->answer->site[0];
    const size_t count = site->problem.peak_count;
    char mw[AMP_NUMBER_BYTES];

    (void)snprintf(buffer, size, "demand charge%s", count > 1 ? "s" : "");
    if (count == 0)
        return buffer;
    const size_t k = highest_peak(site);
    amp_print_fixed(amp_accounts_peak(&site->problem, &site->schedule, k).billed_mw, 1, mw);
    const size_t used = strlen(buffer);
    if (count == 1) {
        (void)snprintf(buffer + used, size - used, " on %s MW", mw);
    } else {
        char month[AMP_NUMBER_BYTES];
        (void)snprintf(buffer + used, size - used, ": %zu%s, highest %s MW in %s", count,
                       site->site->supply.tariff.is_set ? "" : " months", mw,
                       month_name(&site->problem.peak[k], count > MONTHS_A_YEAR, month));
    }
    if ((int)strlen(buffer) + NUMBER_COLUMNS > r->screen->width)
        buffer[used] = '\0';
    return buffer;
}

/* Whether a month is billed on more than was imported in the horizon. */
static bool has_earlier_peak(const amp_site_answer *site)
{
    for (size_t k = 0; k < site->problem.peak_count; k++) {
        const amp_peak_bill bill = amp_accounts_peak(&site->problem, &site->schedule, k);
        if (bill.billed_mw > bill.import_mw && is_charged(&site->problem, k))
            return true;
    }
    return false;
}

static void put_local_time(amp_text_table *table, amp_calendar *calendar,
                           const amp_site_problem *problem, size_t t)
{
    const amp_civil at =
        amp_calendar_civil(calendar, problem->from_unix_s + (int64_t)t * problem->step_s);
    amp_text_table_cell(table, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day, at.hour,
                        at.minute);
}

static void put_scaled(amp_text_table *table, double value, amp_scale scale)
{
    char number[AMP_NUMBER_BYTES];
    amp_text_table_cell(table, "%s", amp_print_scaled(value, scale, number));
}

/* One site: a row a month. */
static void print_months(const amp_report_view *r, amp_calendar *calendar)
{
    const amp_site_answer *const site = &r->answer->site[0];
    const amp_site_problem *const problem = &site->problem;
    const amp_scale scale = amp_scale_money(site->accounts.cost_usd.demand_charge);
    const bool has_earlier = has_earlier_peak(site);
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Demand charges", false);
    amp_text_table_column(table, "billed MW", true);
    if (has_earlier)
        amp_text_table_column(table, "imported MW", true);
    amp_text_table_column(table, "first reached", true);
    amp_text_table_column(table, "USD/kW", true);
    amp_text_table_column(table, scale.unit, true);
    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_peak_bill bill = amp_accounts_peak(problem, &site->schedule, k);
        char month[AMP_NUMBER_BYTES];
        if (!is_charged(problem, k))
            continue;
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", month_name(&problem->peak[k], true, month));
        amp_text_table_number(table, bill.billed_mw, 1);
        if (has_earlier)
            amp_text_table_number(table, bill.import_mw, 1);
        if (bill.set_by == AMP_SET_BY_START)
            amp_text_table_cell(table, "earlier");
        else if (bill.set_by != k)
            amp_text_table_cell(table, "%.40s", problem->peak[bill.set_by].id);
        else
            put_local_time(table, calendar, problem, bill.interval);
        const double mean_usd_per_mw = amp_billing_of(problem, k) != NULL && bill.billed_mw > 0.0
                                           ? bill.charge_usd / bill.billed_mw
                                           : problem->peak[k].charge_usd_per_mw;
        amp_text_table_number(table, mean_usd_per_mw / 1000.0, 2);
        put_scaled(table, bill.charge_usd, scale);
    }
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

/* Several sites: a row a site that has any. */
static void print_sites(const amp_report_view *r)
{
    double total_usd = 0.0;
    amp_text_table *const table = amp_text_table_new();

    for (size_t i = 0; i < r->answer->site_count; i++)
        total_usd += r->answer->site[i].accounts.cost_usd.demand_charge;
    const amp_scale scale = amp_scale_money(total_usd);
    amp_text_table_column(table, "Demand charges", false);
    amp_text_table_column(table, "months", true);
    amp_text_table_column(table, "highest MW", true);
    amp_text_table_column(table, "in", false);
    amp_text_table_column(table, scale.unit, true);
    for (size_t i = 0; i < r->answer->site_count; i++) {
        const amp_site_answer *const site = &r->answer->site[i];
        char month[AMP_NUMBER_BYTES];
        if (site->problem.peak_count == 0)
            continue;
        const size_t k = highest_peak(site);
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", site->site->id);
        amp_text_table_cell(table, "%zu", site->problem.peak_count);
        amp_text_table_number(table,
                              amp_accounts_peak(&site->problem, &site->schedule, k).billed_mw, 1);
        amp_text_table_cell(table, "%s", month_name(&site->problem.peak[k], true, month));
        put_scaled(table, site->accounts.cost_usd.demand_charge, scale);
    }
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

static void print_peaks(const amp_report_view *r)
{
    amp_calendar *calendar = NULL;

    if (r->answer->site_count > 1) {
        print_sites(r);
        return;
    }
    if (amp_calendar_open(r->answer->site[0].site->time_zone, &calendar, NULL) == AMP_OK)
        print_months(r, calendar);
    amp_calendar_close(calendar);
}

/* ---- jobs ---- */

size_t amp_report_job_count(const amp_answer *answer)
{
    size_t count = 0;

    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].problem.job_count;
    return count;
}

static void put_scaled_or_dash(amp_text_table *table, double value, amp_scale scale)
{
    if (fabs(value) > 0.0)
        put_scaled(table, value, scale);
    else
        amp_text_table_cell(table, "-");
}

static void put_job(amp_text_table *table, const amp_report_view *r, const amp_site_answer *site,
                    size_t j, amp_scale scale)
{
    const amp_job *const job = &site->problem.job[j];
    const amp_job_bill bill = amp_accounts_job(&site->problem, &site->schedule, j);
    const double share =
        job->energy_mwh > 0.0 ? 100.0 * bill.served_mwh / job->energy_mwh : (double)NAN;

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", job->id);
    if (r->answer->site_count > 1)
        amp_text_table_cell(table, "%s", site->site->id);
    amp_text_table_cell(table, "%s", site->problem.load[job->load].id);
    amp_text_table_number(table, job->energy_mwh, 1);
    amp_text_table_number(table, bill.served_mwh, 1);
    amp_text_table_number(table, share, 1);
    put_scaled_or_dash(table, bill.value_usd, scale);
    put_scaled_or_dash(table, -bill.penalty_usd, scale);
}

static double most_job_usd(const amp_answer *answer)
{
    double most = 0.0;

    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_answer *const site = &answer->site[i];
        for (size_t j = 0; j < site->problem.job_count; j++) {
            const amp_job_bill bill = amp_accounts_job(&site->problem, &site->schedule, j);
            most = fmax(most, fmax(bill.value_usd, bill.penalty_usd));
        }
    }
    return most;
}

static void print_jobs(const amp_report_view *r)
{
    const amp_scale scale = amp_scale_money(most_job_usd(r->answer));
    const size_t count = amp_report_job_count(r->answer);
    amp_text_table *const table = amp_text_table_new();
    char title[AMP_NUMBER_BYTES];
    char text[160];
    size_t shown = 0;

    amp_text_table_column(table, "Training jobs", false);
    if (r->answer->site_count > 1)
        amp_text_table_column(table, "site", false);
    amp_text_table_column(table, "hall", false);
    amp_text_table_column(table, "wanted MWh", true);
    amp_text_table_column(table, "served MWh", true);
    amp_text_table_column(table, "%", true);
    (void)snprintf(title, sizeof title, "value %s", scale.unit);
    amp_text_table_column(table, title, true);
    amp_text_table_column(table, "penalty", true);
    for (size_t i = 0; i < r->answer->site_count; i++)
        for (size_t j = 0; j < r->answer->site[i].problem.job_count && shown < JOBS_SHOWN;
             j++, shown++)
            put_job(table, r, &r->answer->site[i], j, scale);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
    if (count > shown)
        (void)snprintf(text, sizeof text,
                       "MWh of IT energy, of the first %zu of %zu jobs; '--json' has all of them.",
                       shown, count);
    else
        (void)snprintf(text, sizeof text, "MWh of IT energy: without what cooling takes.");
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* ---- budgets ---- */

size_t amp_report_budget_count(const amp_answer *answer)
{
    size_t count = 0;

    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].problem.budget_count;
    return count;
}

static void put_budget(amp_text_table *table, const amp_report_view *r, const amp_site_answer *site,
                       size_t i)
{
    const amp_budget *const budget = &site->problem.budget[i];
    const amp_budget_bill bill = amp_accounts_budget(&site->problem, &site->schedule, i);
    const char *const unit = amp_budget_unit(budget->kind);
    char price[AMP_NUMBER_BYTES];

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", budget->id);
    if (r->answer->site_count > 1)
        amp_text_table_cell(table, "%s", site->site->id);
    amp_text_table_cell(table, "%s", unit);
    amp_text_table_number(table, budget->limit, 1);
    amp_text_table_number(table, bill.used, 1);
    amp_text_table_number(table,
                          budget->limit > 0.0 ? 100.0 * bill.used / budget->limit : (double)NAN, 1);
    amp_print_fixed(bill.price_usd, 2, price);
    if (isnan(bill.price_usd))
        amp_text_table_cell(table, "-");
    else
        amp_text_table_cell(table, "%s USD/%s", price, unit);
}

static void print_budgets(const amp_report_view *r)
{
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Budgets", false);
    if (r->answer->site_count > 1)
        amp_text_table_column(table, "site", false);
    amp_text_table_column(table, "of", false);
    amp_text_table_column(table, "limit", true);
    amp_text_table_column(table, "used", true);
    amp_text_table_column(table, "%", true);
    amp_text_table_column(table, "one more is worth", true);
    for (size_t i = 0; i < r->answer->site_count; i++)
        for (size_t k = 0; k < r->answer->site[i].problem.budget_count; k++)
            put_budget(table, r, &r->answer->site[i], k);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

/* ---- reserves ---- */

static size_t reserve_count(const amp_answer *answer)
{
    size_t count = 0;

    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].problem.reserve_count;
    return count;
}

static void put_reserve(amp_text_table *table, const amp_report_view *r,
                        const amp_site_answer *site, size_t product, amp_scale scale)
{
    const amp_site_problem *const problem = &site->problem;
    const double hours = (double)problem->interval_count * problem->interval_h;
    const amp_reserve_bill bill = amp_accounts_reserve(problem, &site->schedule, product);

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", problem->reserve[product].id);
    if (r->answer->site_count > 1)
        amp_text_table_cell(table, "%s", site->site->id);
    amp_text_table_number(table, bill.held_mwh / hours, 1);
    amp_text_table_number(table, bill.mining_mwh / hours, 1);
    amp_text_table_number(table, bill.battery_mwh / hours, 1);
    amp_text_table_number(table, bill.inference_mwh / hours, 1);
    amp_text_table_number(table, bill.mean_usd_per_mwh, 2);
    put_scaled(table, bill.revenue_usd, scale);
}

static void print_reserves(const amp_report_view *r)
{
    amp_text_table *const table = amp_text_table_new();
    double total_usd = 0.0;

    for (size_t i = 0; i < r->answer->site_count; i++)
        total_usd += r->answer->site[i].accounts.revenue_usd.reserve;
    const amp_scale scale = amp_scale_money(total_usd);
    amp_text_table_column(table, "Reserves", false);
    if (r->answer->site_count > 1)
        amp_text_table_column(table, "site", false);
    amp_text_table_column(table, "mean MW", true);
    amp_text_table_column(table, "by mining", true);
    amp_text_table_column(table, "battery", true);
    amp_text_table_column(table, "inference", true);
    amp_text_table_column(table, "USD/MW/h", true);
    amp_text_table_column(table, scale.unit, true);
    for (size_t i = 0; i < r->answer->site_count; i++)
        for (size_t k = 0; k < r->answer->site[i].problem.reserve_count; k++)
            put_reserve(table, r, &r->answer->site[i], k, scale);
    (void)fputc('\n', r->screen->file);
    (void)amp_text_table_print(table, r->screen);
    amp_text_table_free(table);
}

void amp_report_couplings(const amp_report_view *r)
{
    amp_report_workloads(r);
    if (amp_report_peak_count(r->answer) > 0)
        print_peaks(r);
    if (amp_report_job_count(r->answer) > 0)
        print_jobs(r);
    if (amp_report_budget_count(r->answer) > 0)
        print_budgets(r);
    if (reserve_count(r->answer) > 0)
        print_reserves(r);
    if (amp_report_restart_count(r->answer) > 0)
        amp_report_restarts(r);
}
