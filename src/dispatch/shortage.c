/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/shortage.h"

#include "base/text.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 32, UNIT_BYTES = 64, TEXT_BYTES = 256 };

char *amp_shortage_words(amp_shortage shortage, const char *number, char *buffer, size_t size)
{
    static const char *const texts[] = {
        [AMP_FEASIBLE] = "nothing is short (%s)",
        [AMP_SHORT_OF_SUPPLY] = "what must be served is %s more than the connection, the "
                                "generators and the battery can give",
        [AMP_SHORT_OF_HALL] = "a lease that must be served asks for %s more than its hall can "
                              "take",
        [AMP_SHORT_OF_ENERGY] = "the battery stays %s short of the level that it must reach",
        [AMP_EXCESS_OF_ENERGY] = "the battery keeps %s more than the level that it must come "
                                 "down to",
    };
    const char *text = texts[shortage];
    const char *gap = strstr(text, "%s");
    (void)snprintf(buffer, size, "%.*s%s%s", (int)(gap - text), text, number, gap + 2);
    return buffer;
}

bool amp_change_is_share(const amp_change *change)
{
    return change->is_share || amp_dimension_is_none(&change->value->unit.dimension);
}

/* The most that must be served or may be imported. */
static double site_mw(const amp_site_problem *p)
{
    double most_mw = 0.0;
    for (size_t t = 0; t < p->interval_count; t++)
        most_mw =
            fmax(most_mw, fmax(amp_column_at(p->must_mw, t), amp_column_at(p->import_limit_mw, t)));
    return most_mw;
}

double amp_shortage_scale(const amp_site_problem *problem, amp_shortage shortage, double amount,
                          const char **unit)
{
    const bool is_energy = shortage == AMP_SHORT_OF_ENERGY || shortage == AMP_EXCESS_OF_ENERGY;
    const double large = is_energy ? problem->storage.maximum_mwh : site_mw(problem);
    const bool is_small = large < 1.0 && amount < 1.0;
    const bool is_tiny = is_small && amount < 0.01;
    *unit = is_tiny ? (is_energy ? "Wh" : "W")
                    : (is_small ? (is_energy ? "kWh" : "kW") : (is_energy ? "MWh" : "MW"));
    return is_tiny ? 1e6 : (is_small ? 1e3 : 1.0);
}

double amp_change_scale(const amp_change *change, char *unit, size_t size)
{
    amp_change_unit(change, unit, size);
    if (amp_change_is_share(change))
        return 100.0;
    if ((strcmp(unit, "MW") != 0 && strcmp(unit, "MWh") != 0) ||
        fmax(fabs(change->from), fabs(change->to)) >= 1.0)
        return 1.0;
    unit[0] = 'k';
    return 1e3;
}

char *amp_change_unit(const amp_change *change, char *buffer, size_t size)
{
    char text[TEXT_BYTES];
    if (amp_change_is_share(change)) {
        (void)snprintf(buffer, size, "%%");
        return buffer;
    }
    /* "MW" out of "power (MW)". */
    const char *words = amp_dimension_text(&change->value->unit.dimension, text, sizeof text);
    const char *open = strchr(words, '(');
    const char *unit = open == NULL ? words : open + 1;
    (void)snprintf(buffer, size, "%.*s", (int)strcspn(unit, ")"), unit);
    return buffer;
}

static void report_site(const amp_portfolio *portfolio, const amp_site_answer *site,
                        amp_diagnostics *diagnostics)
{
    const amp_finding finding = {.code = AMP_CODE_INFEASIBLE,
                                 .place = site->site->place,
                                 .advice = site->change_count == 0
                                               ? "no single limit removes it: several must change "
                                                 "together"
                                               : "change any one of the limits that follow"};
    const int64_t first_s =
        site->problem.from_unix_s + (int64_t)site->shortage_interval * site->problem.step_s;
    char number[NUMBER_BYTES];
    char time[AMP_TIME_TEXT_BYTES];
    char what[TEXT_BYTES];
    const char *unit = "";
    const double scale =
        amp_shortage_scale(&site->problem, site->shortage, site->shortage_amount, &unit);
    (void)snprintf(number, sizeof number, "%.4g %s", site->shortage_amount * scale, unit);
    (void)amp_portfolio_report_at(portfolio, diagnostics, &finding,
                                  "site '%s': first in the interval from %s, %s", site->site->id,
                                  amp_time_format(first_s, time),
                                  amp_shortage_words(site->shortage, number, what, sizeof what));
}

static void report_change(const amp_portfolio *portfolio, const amp_change *change,
                          amp_diagnostics *diagnostics)
{
    const bool varies = change->value->series != AMP_NONE;
    char unit[UNIT_BYTES];
    char advice[TEXT_BYTES];
    const double scale = amp_change_scale(change, unit, sizeof unit);
    if (varies)
        (void)snprintf(advice, sizeof advice, "add %.9g %s throughout", change->change * scale,
                       unit);
    else
        (void)snprintf(advice, sizeof advice, "write '%.9g %s'", change->to * scale, unit);
    const amp_finding finding = {.code = AMP_CODE_INFEASIBLE,
                                 .severity = AMP_SEVERITY_WARNING,
                                 .place = change->value->place,
                                 .key = change->value->key,
                                 .advice = advice};
    (void)amp_portfolio_report_at(
        portfolio, diagnostics, &finding, "%s from %.9g %s to %.9g %s would do",
        varies ? "its extreme" : "a change", change->from * scale, unit, change->to * scale, unit);
}

void amp_shortage_report(const amp_portfolio *portfolio, const amp_answer *answer,
                         amp_diagnostics *diagnostics)
{
    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_answer *site = &answer->site[i];
        if (site->shortage == AMP_FEASIBLE)
            continue;
        report_site(portfolio, site, diagnostics);
        for (size_t k = 0; k < site->change_count; k++)
            report_change(portfolio, &site->change[k], diagnostics);
    }
}
