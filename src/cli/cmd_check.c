/* SPDX-License-Identifier: Apache-2.0 */
#include "base/calendar.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/findings.h"
#include "cli/load.h"
#include "cli/shortage.h"
#include "cli/table.h"
#include "cli/threads.h"
#include "cli/verbs.h"
#include "dispatch/infeasible.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Lowest and highest of a number over the horizon. */
typedef struct {
    double low, high;
} extent;

/* What `check` says of one site. */
typedef struct {
    const amp_site *site;
    const amp_site_problem *problem;
    extent grid_mw;
    extent export_mw;
    double generation_mw; /* highest */
    double mining_mw;     /* highest, at the bus */
    double hall_mw;       /* highest, at the bus */
    size_t local_days;
    size_t odd_days; /* of 23, 25 or other than 24 hours */
    amp_shortage shortage;
    size_t shortage_interval;
    double shortage_amount;
    bool needs_budgets; /* no schedule without sources that have a budget: it may not last */
} site_facts;

static extent extent_of(amp_column column, size_t count)
{
    extent out = {column.value[0], column.value[0]};

    for (size_t t = 1; t < (column.stride == 0 ? 1 : count); t++) {
        out.low = fmin(out.low, column.value[t]);
        out.high = fmax(out.high, column.value[t]);
    }
    return out;
}

static void add_loads(site_facts *facts)
{
    const amp_site_problem *const problem = facts->problem;

    for (size_t i = 0; i < problem->load_count; i++) {
        const double high = extent_of(problem->load[i].capacity_mw, problem->interval_count).high;
        if (problem->load[i].kind == AMP_LOAD_MINING)
            facts->mining_mw += high;
        else
            facts->hall_mw += high;
    }
    for (size_t i = 0; i < problem->source_count; i++)
        if (problem->source[i].kind == AMP_SOURCE_GENERATOR)
            facts->generation_mw +=
                extent_of(problem->source[i].power_mw, problem->interval_count).high;
}

/* Local days that the horizon touches, and those that do not last 24 hours. */
static amp_status count_days(const amp_horizon *horizon, site_facts *facts)
{
    amp_calendar *calendar = NULL;
    const amp_status status = amp_calendar_open(facts->site->time_zone, &calendar, NULL);

    if (status != AMP_OK)
        return status;
    int64_t day_s = amp_calendar_day_start(calendar, horizon->from_unix_s, 0);
    while (day_s < horizon->to_unix_s) {
        const int64_t next_s = amp_calendar_day_start(calendar, day_s, 1);
        facts->local_days++;
        facts->odd_days += next_s - day_s != AMP_SECONDS_PER_DAY;
        day_s = next_s;
    }
    amp_calendar_close(calendar);
    return AMP_OK;
}

/* Whether there is no schedule in which sources under budgets give nothing. */
static amp_status find_need(const amp_site_problem *problem, bool *out)
{
    static const double none_mw = 0.0;
    amp_site_problem without = *problem;
    amp_source *const source = calloc(problem->source_count + 1, sizeof *source);
    size_t interval = 0;
    double amount = 0.0;

    if (source == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < problem->source_count; i++)
        source[i] = problem->source[i];
    for (size_t b = 0; b < problem->budget_count; b++)
        for (size_t k = 0; k < problem->budget[b].source_count; k++)
            source[problem->budget[b].source[k]].power_mw = (amp_column){.value = &none_mw};
    without.source = source;
    *out = amp_feasibility_check(&without, &interval, &amount) != AMP_FEASIBLE;
    free(source);
    return AMP_OK;
}

static amp_status find_facts(const amp_portfolio *portfolio, const amp_site_problem *problem,
                             size_t i, site_facts *out)
{
    *out = (site_facts){
        .site = &portfolio->site[i],
        .problem = &problem[i],
        .grid_mw = extent_of(problem[i].import_limit_mw, problem[i].interval_count),
        .export_mw = extent_of(problem[i].export_limit_mw, problem[i].interval_count),
    };
    add_loads(out);
    out->shortage =
        amp_feasibility_check(&problem[i], &out->shortage_interval, &out->shortage_amount);
    if (out->shortage == AMP_FEASIBLE) {
        const amp_status status = find_need(&problem[i], &out->needs_budgets);
        if (status != AMP_OK)
            return status;
    }
    return count_days(&portfolio->horizon, out);
}

/* ---- for people ---- */

static void heading(const amp_screen *screen, const char *text)
{
    (void)fputc('\n', screen->file);
    amp_print_bold(screen, text);
}

enum { HEAD_COLUMNS = 9 }; /* before what the first lines say */

static void print_head(const amp_screen *screen, const amp_loaded *loaded)
{
    const amp_portfolio *const portfolio = loaded->portfolio;
    const amp_horizon *const horizon = &portfolio->horizon;
    char from[AMP_TIME_TEXT_BYTES];
    char to[AMP_TIME_TEXT_BYTES];
    char count[AMP_NUMBER_BYTES];
    char step[AMP_NUMBER_BYTES];
    char span[AMP_NUMBER_BYTES];
    char text[4 * AMP_NUMBER_BYTES];

    amp_print_bold(screen, portfolio->name);
    (void)fprintf(screen->file, "file     %s\n", loaded->path);
    (void)snprintf(text, sizeof text, "horizon  %s to %s",
                   amp_time_format(horizon->from_unix_s, from),
                   amp_time_format(horizon->to_unix_s, to));
    amp_print_text(screen, text, 0, HEAD_COLUMNS);
    (void)snprintf(text, sizeof text, "%s, %s of %s",
                   amp_print_span(horizon->from_unix_s, horizon->to_unix_s, span),
                   amp_print_plural(horizon->interval_count, "interval", count),
                   amp_print_step(horizon->step_s, step));
    (void)fprintf(screen->file, "%*s", HEAD_COLUMNS, "");
    amp_print_text(screen, text, HEAD_COLUMNS, HEAD_COLUMNS);
    if (portfolio->bitcoin.is_set)
        amp_print_text(screen,
                       portfolio->bitcoin.hashprice_usd_per_ph_day.is_set
                           ? "bitcoin  hashprice as given"
                           : "bitcoin  hashprice from price, difficulty and fees",
                       0, HEAD_COLUMNS);
}

static void number_cell(amp_text_table *table, double value)
{
    if (value > 0.0)
        amp_text_table_number(table, value, 1);
    else
        amp_text_table_cell(table, "-");
}

static void extent_cell(amp_text_table *table, extent span)
{
    if (amp_same(span.low, span.high)) {
        number_cell(table, span.high);
        return;
    }
    char low[AMP_NUMBER_BYTES];
    char high[AMP_NUMBER_BYTES];
    amp_text_table_cell(table, "%s-%s", amp_print_digits(span.low, 4, low),
                        amp_print_digits(span.high, 4, high));
}

/* "" where the file does not say. */
static const char *country_text(const amp_site *site)
{
    return site->country != NULL ? site->country : "";
}

static void battery_cell(amp_text_table *table, const amp_site *site,
                         const amp_site_problem *problem)
{
    char power[AMP_NUMBER_BYTES];
    char energy[AMP_NUMBER_BYTES];

    if (!site->battery.is_set) {
        amp_text_table_cell(table, "-");
        return;
    }
    const extent span = extent_of(problem->storage.discharge_limit_mw, problem->interval_count);
    amp_text_table_cell(table, "%s MW %s MWh", amp_print_digits(span.high, 4, power),
                        amp_print_digits(site->battery.energy_mwh.number, 4, energy));
}

static void print_sites(const amp_screen *screen, const site_facts *facts, size_t count)
{
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Sites", false);
    amp_text_table_column(table, "in", false);
    amp_text_table_column(table, "grid", true);
    amp_text_table_column(table, "export", true);
    amp_text_table_column(table, "own", true);
    amp_text_table_column(table, "mining", true);
    amp_text_table_column(table, "halls", true);
    amp_text_table_column(table, "battery", true);
    for (size_t i = 0; i < count; i++) {
        const site_facts *const site = &facts[i];
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", site->site->id);
        amp_text_table_cell(table, "%s", country_text(site->site));
        extent_cell(table, site->grid_mw);
        extent_cell(table, site->export_mw);
        number_cell(table, site->generation_mw);
        number_cell(table, site->mining_mw);
        number_cell(table, site->hall_mw);
        battery_cell(table, site->site, site->problem);
    }
    (void)fputc('\n', screen->file);
    (void)amp_text_table_print(table, screen);
    amp_text_table_free(table);
    amp_print_text(screen,
                   "Power in MW at the bus: halls with their PUE, mining with its overhead.", 0, 0);
}

/* Each time zone with its local days and its sites. */
static void print_zones(const amp_screen *screen, const site_facts *facts, size_t count)
{
    heading(screen, "Time zones");
    for (size_t i = 0; i < count; i++) {
        const char *const zone = facts[i].site->time_zone;
        char text[1024];
        size_t first = 0;
        while (strcmp(facts[first].site->time_zone, zone) != 0)
            first++;
        if (first != i)
            continue;
        char days[AMP_NUMBER_BYTES];
        size_t used = (size_t)snprintf(text, sizeof text, "%.64s, %s", zone,
                                       amp_print_plural(facts[i].local_days, "local day", days));
        if (facts[i].odd_days > 0)
            used += (size_t)snprintf(text + used, sizeof text - used, " (%s of 23 or 25 h)",
                                     amp_print_count(facts[i].odd_days, days));
        const char *gap = ": ";
        for (size_t k = i; k < count && used < sizeof text; k++) {
            if (strcmp(facts[k].site->time_zone, zone) != 0)
                continue;
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%s", gap, facts[k].site->id);
            gap = ", ";
        }
        amp_print_wrapped(screen, text, 0, 2);
    }
}

/* What generators may give in all, and for how long that lasts. */
static void print_budgets(const amp_screen *screen, const site_facts *facts, size_t count)
{
    size_t budgets = 0;

    for (size_t i = 0; i < count; i++)
        budgets += facts[i].problem->budget_count;
    if (budgets == 0)
        return;
    amp_text_table *const table = amp_text_table_new();
    amp_text_table_column(table, "Budgets", false);
    amp_text_table_column(table, "site", false);
    amp_text_table_column(table, "limit", true);
    amp_text_table_column(table, "of", false);
    amp_text_table_column(table, "h at full power", true);
    amp_text_table_column(table, "% of the horizon", true);
    for (size_t i = 0; i < count; i++) {
        const amp_site_problem *const problem = facts[i].problem;
        const double horizon_h = (double)problem->interval_count * problem->interval_h;
        for (size_t k = 0; k < problem->budget_count; k++) {
            const double full_h = amp_budget_full_power_h(problem, k);
            const double shown_h = isfinite(full_h) ? full_h : (double)NAN;
            amp_text_table_row(table, false);
            amp_text_table_cell(table, "%s", problem->budget[k].id);
            amp_text_table_cell(table, "%s", facts[i].site->id);
            number_cell(table, problem->budget[k].limit);
            amp_text_table_cell(table, "%s", amp_budget_unit(problem->budget[k].kind));
            amp_text_table_number(table, shown_h, 1);
            amp_text_table_number(table, 100.0 * shown_h / horizon_h, 1);
        }
    }
    (void)fputc('\n', screen->file);
    (void)amp_text_table_print(table, screen);
    amp_text_table_free(table);
}

/* True when some series had gaps to fill. */
static bool any_filled(const amp_loaded *loaded)
{
    for (size_t i = 0; i < loaded->portfolio->series_count; i++) {
        amp_series_facts facts;
        if (amp_market_facts(loaded->market, i, &facts) && facts.filled_count > 0)
            return true;
    }
    return false;
}

static void series_row(amp_text_table *table, const amp_series_decl *series,
                       const amp_series_facts *facts, bool has_filled)
{
    char text[AMP_NUMBER_BYTES];
    char time[AMP_TIME_TEXT_BYTES];

    amp_text_table_cell(table, "%s", facts->unit);
    amp_text_table_cell(table, "%s", amp_print_step(facts->own_step_s, text));
    amp_text_table_cell(table, "%s", amp_print_count(facts->row_count, text));
    if (has_filled)
        amp_text_table_cell(table, "%s",
                            facts->filled_count > 0 ? amp_print_count(facts->filled_count, text)
                                                    : "-");
    amp_text_table_cell(table, "%s", amp_print_digits(facts->minimum, 4, text));
    amp_text_table_cell(table, "%s", amp_print_digits(facts->mean, 4, text));
    amp_text_table_cell(table, "%s", amp_print_digits(facts->maximum, 4, text));
    amp_text_table_cell(table, "%.16sZ", amp_time_format(facts->first_unix_s, time));
    amp_text_table_cell(table, "%.16sZ", amp_time_format(facts->end_unix_s, time));
    amp_text_table_cell(table, "%s: %s", series->file, series->column);
}

static void print_series(const amp_screen *screen, const amp_loaded *loaded)
{
    static const struct {
        const char *title;
        bool is_right;
        bool is_filled; /* only when some series had gaps */
    } columns[] = {{"Series", false, false}, {"unit", false, false},        {"step", true, false},
                   {"rows", true, false},    {"filled", true, true},        {"lowest", true, false},
                   {"mean", true, false},    {"highest", true, false},      {"from", false, false},
                   {"to", false, false},     {"file: column", false, false}};
    const amp_portfolio *const portfolio = loaded->portfolio;
    const bool has_filled = any_filled(loaded);

    if (portfolio->series_count == 0)
        return;
    amp_text_table *const table = amp_text_table_new();
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (has_filled || !columns[i].is_filled)
            amp_text_table_column(table, columns[i].title, columns[i].is_right);
    for (size_t i = 0; i < portfolio->series_count; i++) {
        amp_series_facts facts;
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", portfolio->series[i].id);
        if (amp_market_facts(loaded->market, i, &facts))
            series_row(table, &portfolio->series[i], &facts, has_filled);
        else
            amp_text_table_cell(table, "not used");
    }
    (void)fputc('\n', screen->file);
    (void)amp_text_table_print(table, screen);
    amp_text_table_free(table);
    amp_print_text(screen, "Lowest, mean and highest are over the horizon.", 0, 0);
}

static void print_without_effect(const amp_screen *screen, const amp_portfolio *portfolio)
{
    if (portfolio->without_effect_count == 0)
        return;
    heading(screen, "Keys read without effect: what they describe is not built yet");
    for (size_t i = 0; i < portfolio->without_effect_count; i++) {
        const amp_mention *const key = &portfolio->without_effect[i];
        (void)fprintf(screen->file, "%s:%u:%u: %s\n",
                      key->place.file != NULL ? key->place.file : "", key->place.line,
                      key->place.column, key->key);
    }
}

static size_t count_short(const site_facts *facts, size_t count)
{
    size_t short_count = 0;

    for (size_t i = 0; i < count; i++)
        short_count += facts[i].shortage != AMP_FEASIBLE;
    return short_count;
}

static bool any_unproven(const site_facts *facts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (facts[i].needs_budgets)
            return true;
    return false;
}

static void print_unproven(const amp_screen *screen, const site_facts *facts, size_t count)
{
    char text[256];

    for (size_t i = 0; i < count; i++) {
        if (!facts[i].needs_budgets)
            continue;
        (void)snprintf(text, sizeof text,
                       "%s: what must be served takes generators that have a budget; 'ampacity "
                       "dispatch' tells whether it lasts.",
                       facts[i].site->id);
        amp_print_wrapped(screen, text, 0, 0);
    }
}

static void print_verdict(const amp_screen *screen, const site_facts *facts, size_t count)
{
    (void)fputc('\n', screen->file);
    for (size_t i = 0; i < count; i++) {
        char text[384];
        char what[256];
        if (facts[i].shortage == AMP_FEASIBLE)
            continue;
        amp_shortage_text(facts[i].problem, facts[i].shortage, facts[i].shortage_amount, what,
                          sizeof what);
        (void)snprintf(text, sizeof text, "%s: no schedule meets every limit: %s.",
                       facts[i].site->id, what);
        amp_print_wrapped(screen, text, 0, 0);
    }
    if (count_short(facts, count) == 0) {
        (void)fprintf(screen->file, "%sok%s", amp_screen_style(screen, AMP_STYLE_GOOD),
                      amp_screen_style(screen, AMP_STYLE_PLAIN));
        amp_print_text(screen,
                       any_unproven(facts, count) ? ": everything was read."
                                                  : ": everything was read, and a schedule exists.",
                       2, 0);
        print_unproven(screen, facts, count);
    } else {
        (void)fprintf(screen->file, "%sread%s, but not feasible.\n",
                      amp_screen_style(screen, AMP_STYLE_WARNING),
                      amp_screen_style(screen, AMP_STYLE_PLAIN));
    }
}

static void print_text(const amp_cli *cli, const amp_loaded *loaded, const site_facts *facts)
{
    const size_t count = loaded->portfolio->site_count;

    print_head(&cli->out, loaded);
    print_sites(&cli->out, facts, count);
    print_budgets(&cli->out, facts, count);
    print_zones(&cli->out, facts, count);
    print_series(&cli->out, loaded);
    print_without_effect(&cli->out, loaded->portfolio);
    print_verdict(&cli->out, facts, count);
    if (count_short(facts, count) > 0)
        amp_hint(cli, "\nNext: ampacity dispatch %s   lists the changes that would help",
                 cli->operand);
    else
        amp_hint(cli, "\nNext: ampacity dispatch %s", cli->operand);
}

/* ---- for programs ---- */

static json_t *budgets_json(const amp_site_problem *problem)
{
    json_t *const budgets = json_array();

    for (size_t i = 0; i < problem->budget_count; i++) {
        const amp_budget *const budget = &problem->budget[i];
        const double full_h = amp_budget_full_power_h(problem, i);
        (void)json_array_append_new(
            budgets,
            json_pack("{s:s, s:s, s:o, s:o}", "id", budget->id, "unit",
                      amp_budget_unit(budget->kind), "limit", amp_json_number(budget->limit),
                      "full_power_h", isfinite(full_h) ? amp_json_number(full_h) : json_null()));
    }
    return budgets;
}

static json_t *site_json(const site_facts *facts)
{
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:b}", "id",
        facts->site->id, "country", country_text(facts->site), "time_zone", facts->site->time_zone,
        "import_limit_mw", amp_json_number(facts->grid_mw.high), "export_limit_mw",
        amp_json_number(facts->export_mw.high), "generation_mw",
        amp_json_number(facts->generation_mw), "mining_mw", amp_json_number(facts->mining_mw),
        "hall_mw", amp_json_number(facts->hall_mw), "battery_mwh",
        amp_json_number(facts->site->battery.is_set ? facts->site->battery.energy_mwh.number : 0.0),
        "local_days", amp_json_count(facts->local_days), "odd_days",
        amp_json_count(facts->odd_days), "shortage",
        amp_json_number(facts->shortage == AMP_FEASIBLE ? 0.0 : facts->shortage_amount),
        "is_feasible", facts->shortage == AMP_FEASIBLE, "budgets", budgets_json(facts->problem),
        "needs_budgets", facts->needs_budgets);
}

static json_t *series_json(const amp_loaded *loaded, size_t i)
{
    const amp_series_decl *const series = &loaded->portfolio->series[i];
    amp_series_facts facts = {.unit = ""};
    const bool is_used = amp_market_facts(loaded->market, i, &facts);

    return json_pack("{s:s, s:o, s:o, s:b, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                     series->id, "file", amp_json_text(series->file), "column",
                     amp_json_text(series->column), "used", is_used, "unit",
                     amp_json_text(facts.unit), "step_s", (json_int_t)facts.own_step_s, "rows",
                     amp_json_count(facts.row_count), "filled", amp_json_count(facts.filled_count),
                     "from", is_used ? amp_json_time(facts.first_unix_s) : json_string(""), "to",
                     is_used ? amp_json_time(facts.end_unix_s) : json_string(""), "minimum",
                     amp_json_number(facts.minimum), "mean", amp_json_number(facts.mean), "maximum",
                     amp_json_number(facts.maximum));
}

static json_t *mention_json(const amp_mention *key)
{
    return json_pack("{s:s, s:o, s:i, s:i}", "key", key->key, "file",
                     amp_json_text(key->place.file != NULL ? key->place.file : ""), "line",
                     (int)key->place.line, "column", (int)key->place.column);
}

static amp_status print_json(amp_cli *cli, const amp_loaded *loaded, const site_facts *facts)
{
    json_t *const object = amp_json_new(cli, "ampacity.check/1");
    json_t *const sites = json_array();
    json_t *const series = json_array();
    json_t *const keys = json_array();
    const amp_status status = amp_loaded_json(cli, loaded, object);

    const bool is_feasible = count_short(facts, loaded->portfolio->site_count) == 0;

    (void)json_object_set_new(object, "status", json_string(is_feasible ? "ok" : "infeasible"));
    for (size_t i = 0; i < loaded->portfolio->site_count; i++)
        (void)json_array_append_new(sites, site_json(&facts[i]));
    for (size_t i = 0; i < loaded->portfolio->series_count; i++)
        (void)json_array_append_new(series, series_json(loaded, i));
    (void)json_object_set_new(object, "sites", sites);
    for (size_t i = 0; i < loaded->portfolio->without_effect_count; i++)
        (void)json_array_append_new(keys, mention_json(&loaded->portfolio->without_effect[i]));
    (void)json_object_set_new(object, "series", series);
    (void)json_object_set_new(object, "without_effect", keys);
    if (status == AMP_OK)
        return amp_json_print(object, cli->out.file);
    json_decref(object);
    return status;
}

static amp_status show(amp_cli *cli, amp_loaded *loaded, amp_arena *arena)
{
    const size_t count = loaded->portfolio->site_count;
    site_facts *const facts = AMP_ARENA_NEW(arena, site_facts, count);
    amp_site_problem *problem = NULL;

    if (facts == NULL)
        return AMP_NOMEM;
    amp_status status = amp_loaded_problems(cli, loaded, arena, &problem);
    for (size_t i = 0; i < count && status == AMP_OK; i++)
        status = find_facts(loaded->portfolio, problem, i, &facts[i]);
    amp_loaded_quiet(loaded);
    amp_findings_show(cli);
    if (status != AMP_OK)
        return status;
    if (amp_option_given(cli, AMP_OPTION_JSON))
        status = print_json(cli, loaded, facts);
    else
        print_text(cli, loaded, facts);
    if (status == AMP_OK && count_short(facts, count) > 0)
        return AMP_INFEASIBLE;
    return status;
}

static amp_status run_check(amp_cli *cli)
{
    amp_arena *const arena = amp_arena_new(SIZE_MAX);
    amp_loaded loaded = {0};
    long thread_count = 0; /* --threads changes nothing here, but must be right */

    if (arena == NULL)
        return AMP_NOMEM;
    amp_status status =
        amp_option_count(cli, AMP_OPTION_THREADS, amp_threads_default(), &thread_count);
    if (status == AMP_OK)
        status = amp_loaded_open(cli, &loaded);
    if (status == AMP_OK)
        status = show(cli, &loaded, arena);
    amp_arena_free(arena);
    amp_loaded_free(&loaded);
    return status;
}

const amp_command amp_command_check = {
    .name = "check",
    .group = "Start",
    .summary = "read a portfolio and its series, and say what is in them",
    .description = "Reads the file and every series that it uses, checks them against each other, "
                   "and prints the sites, the series and the keys that are read without effect "
                   "yet. All errors come in one run, each with its place and what to write "
                   "instead.\n\n"
                   "It also tells whether any schedule meets every limit; when none does, it "
                   "ends with status 5, and 'ampacity dispatch' lists the changes that would "
                   "help.",
    .operand = AMP_OPERAND_FILE,
    .options = AMP_TAKES_PORTFOLIO,
    .example = {{"ampacity check mysite", "read mysite/portfolio.yaml"},
                {"ampacity check portfolio.yaml --json", "the same for a program"}},
    .run = run_check,
};
