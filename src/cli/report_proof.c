/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"

#include "base/time.h"

#include <string.h>

/* ---- headline ---- */

/* "84.31 M USD": for sentences. */
static char *short_money(double usd, char *buffer)
{
    const amp_scale scale = amp_scale_money(usd);
    char number[AMP_NUMBER_BYTES];

    amp_print_digits(usd / scale.usd, 4, number);
    (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.40s %s", number, scale.unit);
    return buffer;
}

static char *percent(double share, char *buffer)
{
    char number[AMP_NUMBER_BYTES];

    amp_print_digits(share * 100.0, 2, number);
    (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.40s %%", number);
    return buffer;
}

/* "5 s" */
static char *time_limit(const amp_report_input *input, char *buffer)
{
    char number[AMP_NUMBER_BYTES];

    amp_print_digits(input->time_limit_s, 3, number);
    (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.40s s", number);
    return buffer;
}

void amp_report_headline(const amp_report_view *r)
{
    const amp_horizon *const horizon = &r->loaded->portfolio->horizon;
    const double gap = amp_report_gap(r->answer);
    const amp_outcome outcome = amp_report_outcome_of(r->input);
    const bool is_optimal = outcome == AMP_OUTCOME_OPTIMAL;
    char span[AMP_NUMBER_BYTES];
    char within[AMP_NUMBER_BYTES] = "";
    char money[AMP_NUMBER_BYTES];
    char share[AMP_NUMBER_BYTES];
    char from[AMP_TIME_TEXT_BYTES];
    char to[AMP_TIME_TEXT_BYTES];
    char text[640];

    amp_print_span(horizon->from_unix_s, horizon->to_unix_s, span);
    short_money(r->answer->objective_usd, money);
    if (outcome == AMP_OUTCOME_TIME_LIMIT)
        (void)snprintf(within, sizeof within, " found within %.40s", time_limit(r->input, share));
    (void)snprintf(text, sizeof text, "Best use of %s%s: %s, %s%s.", span, within, money,
                   is_optimal ? "proved optimal" : "proved within ",
                   is_optimal ? "" : percent(gap, share));
    amp_print_bold(r->screen, text);
    (void)snprintf(text, sizeof text, "%.200s: %.16sZ to %.16sZ.", r->loaded->portfolio->name,
                   amp_time_format(horizon->from_unix_s, from),
                   amp_time_format(horizon->to_unix_s, to));
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* ---- proof ---- */

static size_t mixed_count(const amp_answer *answer)
{
    size_t count = 0;

    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].mixed_count;
    return count;
}

static void print_prices(const amp_report_view *r)
{
    const amp_accounts *const accounts = &r->answer->site[0].accounts;
    char mean[AMP_NUMBER_BYTES];
    char highest[AMP_NUMBER_BYTES];
    char text[256];

    if (r->answer->site_count != 1)
        return;
    (void)snprintf(text, sizeof text,
                   "One more MWh at the bus is worth %s USD on average, %s USD at most.",
                   amp_print_fixed(accounts->price_mean_usd_per_mwh, 2, mean),
                   amp_print_fixed(accounts->price_max_usd_per_mwh, 2, highest));
    (void)fputc('\n', r->screen->file);
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* Whether buying and selling at once would pay in interval @p t. */
static bool would_resell(const amp_site_problem *problem, size_t t)
{
    const double export_usd = amp_column_at(problem->export_price_usd_per_mwh, t);

    if (!(amp_column_at(problem->export_limit_mw, t) > 0.0))
        return false;
    if (amp_column_at(problem->block_mw, t) > 0.0 &&
        export_usd > amp_column_at(problem->block_price_usd_per_mwh, t))
        return true;
    return amp_column_at(problem->import_limit_mw, t) > 0.0 &&
           export_usd > amp_column_at(problem->import_price_usd_per_mwh, t);
}

static bool would_resell_ever(const amp_site_problem *problem)
{
    for (size_t t = 0; t < problem->interval_count; t++)
        if (would_resell(problem, t))
            return true;
    return false;
}

/* The modes that the bound mixed, of all sites where it did. */
static const char *mixed_modes(const amp_answer *answer)
{
    static const char *const texts[2][2] = {
        {"mixes two modes", "imports and exports"},
        {"charges and discharges", "charges and discharges, or imports and exports,"},
    };
    bool has_battery = false;
    bool has_grid = false;

    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_answer *const site = &answer->site[i];
        if (site->mixed_count == 0)
            continue;
        has_battery = has_battery || site->problem.storage.is_present;
        has_grid = has_grid || would_resell_ever(&site->problem);
    }
    return texts[has_battery][has_grid];
}

/* Where a gap of @p gap_usd comes from. A share of it too small to matter is not named. */
static void explain_parts(const amp_report_view *r, double gap_usd)
{
    const amp_gap_parts parts = amp_report_gap_parts(r->answer);
    const bool has_coordination = parts.coordination > 1e-3 * gap_usd;
    char count[AMP_NUMBER_BYTES];
    char coordination[AMP_NUMBER_BYTES];
    char mode[AMP_NUMBER_BYTES];
    char text[512];

    amp_print_plural(mixed_count(r->answer), "interval", count);
    amp_print_digits(parts.coordination, 3, coordination);
    amp_print_digits(parts.mode, 3, mode);
    if (mixed_count(r->answer) == 0 && !has_coordination)
        return;
    if (mixed_count(r->answer) == 0)
        (void)snprintf(text, sizeof text,
                       "All of it is coordination: how far the prices of what couples intervals "
                       "are from settled.");
    else if (!has_coordination)
        (void)snprintf(text, sizeof text,
                       "All of it is modes: in %s the bound %s at once, which the schedule never "
                       "does.",
                       count, mixed_modes(r->answer));
    else
        (void)snprintf(
            text, sizeof text,
            "Coordination leaves %s USD of it: how far the prices of what couples "
            "intervals are from settled. Modes are %s USD: in %s the bound %s at once, which "
            "the schedule never does.",
            coordination, mode, count, mixed_modes(r->answer));
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* How large the gap is and where it comes from. */
static void explain_gap(const amp_report_view *r)
{
    const double share = amp_report_gap(r->answer);
    const double gap_usd = r->answer->bound_usd - r->answer->objective_usd;
    char gap[AMP_NUMBER_BYTES];
    char size[AMP_NUMBER_BYTES];
    char text[512];

    (void)snprintf(text, sizeof text, "The gap is %s USD (%s), %s the tolerance.",
                   amp_print_digits(gap_usd, 3, gap), percent(share, size),
                   amp_report_outcome_of(r->input) == AMP_OUTCOME_OPTIMAL ? "within" : "more than");
    amp_print_wrapped(r->screen, text, 0, 0);
    explain_parts(r, gap_usd);
    if (amp_report_outcome_of(r->input) != AMP_OUTCOME_TIME_LIMIT)
        return;
    (void)snprintf(text, sizeof text,
                   "The time limit of %s ended the search: a longer one may close the "
                   "coordination part.",
                   time_limit(r->input, size));
    amp_print_wrapped(r->screen, text, 0, 0);
}

/* "12 demand charges, 3 training jobs and 1 budget" */
static void list_couplings(const amp_answer *answer, char *text, size_t size)
{
    const struct {
        const char *noun;
        size_t count;
    } kinds[] = {{"demand charge", amp_report_peak_count(answer)},
                 {"training job", amp_report_job_count(answer)},
                 {"budget", amp_report_budget_count(answer)},
                 {"restart cost", amp_report_restart_count(answer)}};
    enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
    size_t used = 0;
    size_t left = 0;

    for (size_t k = 0; k < KINDS; k++)
        left += kinds[k].count > 0;
    for (size_t k = 0; k < KINDS; k++) {
        char count[AMP_NUMBER_BYTES];
        if (kinds[k].count == 0)
            continue;
        left--;
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 amp_print_plural(kinds[k].count, kinds[k].noun, count),
                                 left > 1    ? ", "
                                 : left == 1 ? " and "
                                             : "");
    }
}

static bool is_coordinated(const amp_site_problem *problem)
{
    return problem->block_count + problem->restart_count > 0;
}

/* What was coordinated, and how often the exact solver was asked for it. */
static void print_calls(const amp_report_view *r)
{
    const size_t couplings = amp_report_peak_count(r->answer) + amp_report_job_count(r->answer) +
                             amp_report_budget_count(r->answer) +
                             amp_report_restart_count(r->answer);
    size_t calls = 0;
    char list[4 * AMP_NUMBER_BYTES] = "";
    char count[AMP_NUMBER_BYTES];
    char text[sizeof list + 2 * AMP_NUMBER_BYTES];

    if (couplings == 0)
        return;
    for (size_t i = 0; i < r->answer->site_count; i++)
        calls += is_coordinated(&r->answer->site[i].problem) ? r->answer->site[i].calls : 0;
    list_couplings(r->answer, list, sizeof list);
    (void)snprintf(text, sizeof text, "%s %s coordinated by prices, in %s of the exact solver.",
                   list, couplings > 1 ? "were" : "was", amp_print_plural(calls, "call", count));
    amp_print_wrapped(r->screen, text, 0, 0);
}

void amp_report_proof(const amp_report_view *r)
{
    const bool is_optimal = amp_report_outcome_of(r->input) == AMP_OUTCOME_OPTIMAL;
    char bound[AMP_NUMBER_BYTES];
    char earned[AMP_NUMBER_BYTES];
    char text[512];

    print_prices(r);
    amp_print_fixed(r->answer->bound_usd, 2, bound);
    amp_print_fixed(r->answer->objective_usd, 2, earned);
    const bool is_same = is_optimal && strcmp(bound, earned) == 0; /* to the cent */
    (void)snprintf(text, sizeof text, "Proof: no schedule earns more than %s USD%s.", bound,
                   is_same ? ", and this one earns that" : "");
    (void)fputc('\n', r->screen->file);
    amp_print_wrapped(r->screen, text, 0, 0);
    if (!is_same)
        explain_gap(r);
    print_calls(r);
}
