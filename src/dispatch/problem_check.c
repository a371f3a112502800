/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/problem_check.h"

#include "base/text.h"
#include "base/time.h"

#include <math.h>

enum { NUMBER_BYTES = 32 };

static void keep(amp_problem_check *check, amp_status status)
{
    if (check->status == AMP_OK)
        check->status = status;
}

static const char *time_of(const amp_portfolio *portfolio, size_t t, char *buffer)
{
    const amp_horizon *horizon = &portfolio->horizon;
    return amp_time_format(horizon->from_unix_s + (int64_t)t * horizon->step_s, buffer);
}

void amp_problem_check_not_rising(amp_problem_check *check, const amp_value *value,
                                  amp_column column, amp_column above)
{
    const amp_portfolio *portfolio = check->portfolio;
    const size_t count =
        (column.stride | above.stride) == 0 ? 1 : portfolio->horizon.interval_count;
    char number[NUMBER_BYTES];
    char limit[NUMBER_BYTES];
    char time[AMP_TIME_TEXT_BYTES];
    size_t t = 0;
    while (t < count && amp_column_at(column, t) <= amp_column_at(above, t))
        t++;
    if (t == count)
        return;
    keep(check, amp_portfolio_report(
                    portfolio, check->diagnostics, AMP_CODE_RANGE, value,
                    "order the steps so that their values do not rise at any time",
                    "the value rises from %s to %s USD/MWh at %s; values that do not rise "
                    "are expected",
                    amp_text_format_number(amp_column_at(above, t), limit),
                    amp_text_format_number(amp_column_at(column, t), number),
                    time_of(portfolio, t, time)));
}

void amp_problem_check_tier(amp_problem_check *check, const amp_value *value, double charge_usd,
                            double below_usd)
{
    char number[NUMBER_BYTES];
    char below[NUMBER_BYTES];
    if (charge_usd >= below_usd || check->status != AMP_OK)
        return;
    keep(check,
         amp_portfolio_report(check->portfolio, check->diagnostics, AMP_CODE_RANGE, value,
                              "bills that fall with the size of the peak are not convex: write the "
                              "charge of the tier that the peak will be in as 'charge', where it "
                              "begins as 'minimum: {contracted: 20 MW}', and what the kW below "
                              "cost more as a 'fixed' charge",
                              "the charge falls from %s to %s USD/kW/month above this size; tiers "
                              "that do not fall are expected",
                              amp_text_format_number(below_usd, below),
                              amp_text_format_number(charge_usd, number)));
}

void amp_problem_check_not_negative(amp_problem_check *check, const amp_value *value,
                                    amp_column column)
{
    const amp_portfolio *portfolio = check->portfolio;
    const size_t count = column.stride == 0 ? 1 : portfolio->horizon.interval_count;
    char number[NUMBER_BYTES];
    char time[AMP_TIME_TEXT_BYTES];
    size_t t = 0;
    while (t < count && amp_column_at(column, t) >= 0.0)
        t++;
    if (t == count)
        return;
    keep(check,
         amp_portfolio_report(portfolio, check->diagnostics, AMP_CODE_RANGE, value,
                              "give values of 0 USD/MWh or more, or remove 'curve'",
                              "the value is %s USD/MWh at %s; beside 'curve' 0 or more is expected",
                              amp_text_format_number(amp_column_at(column, t), number),
                              time_of(portfolio, t, time)));
}

void amp_problem_check_size(amp_problem_check *check, const amp_value *value, amp_column column,
                            const char *what, const char *unit)
{
    const amp_portfolio *portfolio = check->portfolio;
    const size_t count = column.stride == 0 ? 1 : portfolio->horizon.interval_count;
    char number[NUMBER_BYTES];
    char limit[NUMBER_BYTES];
    char time[AMP_TIME_TEXT_BYTES];
    size_t t = 0;
    while (t < count && fabs(amp_column_at(column, t)) <= AMP_NUMBER_MAX)
        t++;
    if (t == count)
        return;
    keep(check, amp_portfolio_report(portfolio, check->diagnostics, AMP_CODE_RANGE, value,
                                     "correct this number, or what multiplies it",
                                     "%s is %s %s at %s; at most %s is expected", what,
                                     amp_text_format_number(amp_column_at(column, t), number), unit,
                                     time_of(portfolio, t, time),
                                     amp_text_format_number(AMP_NUMBER_MAX, limit)));
}

void amp_problem_check_reach(amp_problem_check *check, const amp_value *energy, const amp_job *job,
                             amp_column it_capacity_mw)
{
    const amp_portfolio *portfolio = check->portfolio;
    const double share_of_rounding = 1e-9;
    char wanted[NUMBER_BYTES];
    char most[NUMBER_BYTES];
    double sum_mw = 0.0;
    for (size_t t = job->first; t < job->end; t++)
        sum_mw += fmin(job->power_mw, amp_column_at(it_capacity_mw, t));
    const double reach_mwh = sum_mw * portfolio->horizon.interval_h;
    if (job->energy_mwh <= reach_mwh * (1.0 + share_of_rounding))
        return;
    keep(check, amp_portfolio_report(
                    portfolio, check->diagnostics, AMP_CODE_JOB_TOO_LARGE, energy,
                    "give it more power or more time; what is not served earns nothing and pays "
                    "its share of the penalty",
                    "the job '%s' wants %s MWh, but its power and hall can give at most %s MWh in "
                    "the %zu intervals of the horizon between release and deadline",
                    job->id, amp_text_format_number(job->energy_mwh, wanted),
                    amp_text_format_number(reach_mwh, most), job->end - job->first));
}

void amp_problem_check_modes(amp_problem_check *check, const amp_fleet *fleet,
                             const amp_fleet_hull *hull)
{
    const double share_of_rounding = 1e-9;
    char own[NUMBER_BYTES];
    char power[NUMBER_BYTES];
    char best[NUMBER_BYTES];
    for (size_t k = 0; k < hull->mode_count; k++) {
        const amp_hull_point *mode = &hull->mode[k];
        const double best_th_per_s = amp_fleet_hull_th_per_s(hull, mode->power);
        if (mode->yield >= best_th_per_s * (1.0 - share_of_rounding))
            continue;
        keep(check,
             amp_portfolio_report(
                 check->portfolio, check->diagnostics, AMP_CODE_MODE_UNUSED,
                 k == 0 ? &fleet->hashrate_th_per_s : &fleet->mode[k - 1].hashrate_th_per_s,
                 "it is never used; correct its numbers, or leave it out",
                 "the mode '%s' of '%s' gives %s TH/s for %s W a machine, but other modes together "
                 "give %s TH/s for that",
                 k == 0 ? "normal" : fleet->mode[k - 1].id, fleet->id,
                 amp_text_format_number(mode->yield, own),
                 amp_text_format_number(mode->power, power),
                 amp_text_format_number(best_th_per_s, best)));
    }
}

/* Intervals in which energy sells for more than it costs. */
typedef struct {
    size_t count;
    size_t first;
} sales;

/* Where @p limit_mw may be bought at @p price while the site may sell. */
static sales find_sales(const amp_site_problem *problem, amp_column limit_mw, amp_column price)
{
    sales found = {0};
    for (size_t t = 0; t < problem->interval_count; t++) {
        if (!(amp_column_at(problem->export_limit_mw, t) > 0.0 &&
              amp_column_at(limit_mw, t) > 0.0 &&
              amp_column_at(problem->export_price_usd_per_mwh, t) > amp_column_at(price, t)))
            continue;
        if (found.count == 0)
            found.first = t;
        found.count++;
    }
    return found;
}

static void warn_of_sales(amp_problem_check *check, const amp_value *value, sales found,
                          const char *cost)
{
    char time[AMP_TIME_TEXT_BYTES];
    if (found.count == 0)
        return;
    keep(check, amp_portfolio_report(
                    check->portfolio, check->diagnostics, AMP_CODE_EXPORT_ABOVE_IMPORT, value,
                    "energy is not bought and sold at once; the bound may lie above the objective",
                    "export_price is above %s in %zu of %zu intervals, first at %s", cost,
                    found.count, check->portfolio->horizon.interval_count,
                    time_of(check->portfolio, found.first, time)));
}

void amp_problem_check_export_price(amp_problem_check *check, const amp_value *value,
                                    const amp_site_problem *problem)
{
    const bool has_peaks = problem->coincident_usd_per_mwh.value != NULL;
    warn_of_sales(check, value,
                  find_sales(problem, problem->import_limit_mw, problem->import_price_usd_per_mwh),
                  has_peaks ? "energy_price + adder + coincident_peak" : "energy_price + adder");
    warn_of_sales(check, value,
                  find_sales(problem, problem->block_mw, problem->block_price_usd_per_mwh),
                  has_peaks ? "adder + coincident_peak, all that energy of agreements without "
                              "resale costs,"
                            : "the adder, all that energy of agreements without resale costs,");
}

amp_status amp_problem_check_count(amp_problem_check *check, const amp_place *place,
                                   const char *what, size_t count, size_t limit)
{
    const amp_finding finding = {.code = AMP_CODE_RANGE, .place = *place};
    if (count > limit)
        keep(check, amp_portfolio_report_at(check->portfolio, check->diagnostics, &finding,
                                            "a site with %zu %s; at most %zu are allowed", count,
                                            what, limit));
    return check->status;
}

amp_status amp_problem_check_no_memory(amp_problem_check *check)
{
    const amp_finding finding = {.code = AMP_CODE_NO_MEMORY};
    (void)amp_report(check->diagnostics, &finding, "no memory for %zu intervals of columns",
                     check->portfolio->horizon.interval_count);
    return AMP_NOMEM;
}
