/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/shortage.h"

#include "base/text.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 32, UNIT_BYTES = 64, TEXT_BYTES = 256 };

char *amp_shortage_words(amp_shortage shortage, const char *number, char *buffer, size_t size)
{
    static const char *const texts[] = {
        [AMP_FEASIBLE] = "nothing is short (%s)",
        [AMP_SHORT_OF_SUPPLY] = "what must be served is %s MW more than the connection, the "
                                "generators and the battery can give",
        [AMP_SHORT_OF_HALL] = "a lease that must be served asks for %s MW more than its hall can "
                              "take",
        [AMP_SHORT_OF_ENERGY] = "the battery stays %s MWh short of the level that it must reach",
        [AMP_EXCESS_OF_ENERGY] = "the battery keeps %s MWh more than the level that it must come "
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
    (void)snprintf(number, sizeof number, "%.4g", site->shortage_amount);
    (void)amp_portfolio_report_at(portfolio, diagnostics, &finding,
                                  "site '%s': first in the interval from %s, %s", site->site->id,
                                  amp_time_format(first_s, time),
                                  amp_shortage_words(site->shortage, number, what, sizeof what));
}

static void report_change(const amp_portfolio *portfolio, const amp_change *change,
                          amp_diagnostics *diagnostics)
{
    const double scale = amp_change_is_share(change) ? 100.0 : 1.0;
    const bool varies = change->value->series != AMP_NONE;
    char unit[UNIT_BYTES];
    char advice[TEXT_BYTES];
    amp_change_unit(change, unit, sizeof unit);
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
