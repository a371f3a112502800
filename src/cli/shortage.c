/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shortage.h"

#include "base/calendar.h"
#include "cli/findings.h"
#include "cli/table.h"
#include "dispatch/shortage.h"

#include <math.h>
#include <string.h>

enum { CHANGES_SHOWN = 8, UNIT_BYTES = 64 };

char *amp_shortage_text(const amp_site_problem *problem, amp_shortage shortage, double amount,
                        char *buffer, size_t size)
{
    const char *unit = "";
    const double scale = amp_shortage_scale(problem, shortage, amount, &unit);
    char digits[AMP_NUMBER_BYTES];
    char number[AMP_NUMBER_BYTES + 8];

    (void)snprintf(number, sizeof number, "%s %s", amp_print_digits(amount * scale, 4, digits),
                   unit);
    return amp_shortage_words(shortage, number, buffer, size);
}

static const char *shortage_id(amp_shortage shortage)
{
    static const char *const ids[] = {
        [AMP_FEASIBLE] = "none",
        [AMP_SHORT_OF_SUPPLY] = "supply",
        [AMP_SHORT_OF_HALL] = "hall",
        [AMP_SHORT_OF_ENERGY] = "stored energy below its level",
        [AMP_EXCESS_OF_ENERGY] = "stored energy above its level",
    };
    return ids[shortage];
}

static bool varies(const amp_value *value)
{
    return value->series != AMP_NONE;
}

/* "sites[3].grid.import_limit" without the site, which the text names already. */
static const char *key_in_site(const char *key)
{
    const char *const end = strncmp(key, "sites[", 6) == 0 ? strstr(key, "].") : NULL;
    return end != NULL ? end + 2 : key;
}

static void print_change(amp_text_table *table, const amp_change *change)
{
    const amp_value *const value = change->value;
    char text[UNIT_BYTES];
    const double scale = amp_change_scale(change, text, sizeof text);
    char number[AMP_NUMBER_BYTES];

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", key_in_site(value->key));
    amp_text_table_cell(table, "%s %s", amp_print_digits(change->from * scale, 9, number), text);
    amp_text_table_cell(table, "%s %s", amp_print_digits(change->to * scale, 9, number), text);
    amp_print_digits(fabs(change->change) * scale, 4, number);
    amp_text_table_cell(table, "%s%s %s%s", change->change < 0.0 ? "-" : "+", number, text,
                        varies(value) ? " always" : "");
    amp_text_table_cell(table, "%s:%u:%u", value->place.file != NULL ? value->place.file : "",
                        value->place.line, value->place.column);
}

static void print_changes(const amp_screen *screen, const amp_site_answer *site)
{
    if (site->change_count == 0) {
        (void)fputc('\n', screen->file);
        amp_print_text(screen,
                       site->problem.budget_count > 0
                           ? "What generators may give over the horizon is too little, or several "
                             "limits must change together."
                           : "No single limit removes it: several must change together.",
                       0, 0);
        return;
    }
    (void)fprintf(screen->file, "\n%s\n",
                  site->change_count == 1 ? "This change would do:"
                                          : "Any one of these changes would do:");
    amp_text_table *const table = amp_text_table_new();
    amp_text_table_column(table, "limit", false);
    amp_text_table_column(table, "from", true);
    amp_text_table_column(table, "to", true);
    amp_text_table_column(table, "by", true);
    amp_text_table_column(table, "where", false);
    for (size_t i = 0; i < site->change_count && i < CHANGES_SHOWN; i++)
        print_change(table, &site->change[i]);
    (void)amp_text_table_print(table, screen);
    amp_text_table_free(table);
    if (site->change_count <= CHANGES_SHOWN)
        return;
    char number[AMP_NUMBER_BYTES];
    (void)fprintf(screen->file, "and %s more, which --json lists\n",
                  amp_print_count(site->change_count - CHANGES_SHOWN, number));
}

/* "2024-07-14 16:05 in America/Chicago", or "" when the zone cannot be opened. */
static void local_text(const amp_site *site, int64_t unix_s, char *buffer, size_t size)
{
    amp_calendar *calendar = NULL;

    buffer[0] = '\0';
    if (amp_calendar_open(site->time_zone, &calendar, NULL) != AMP_OK)
        return;
    const amp_civil at = amp_calendar_civil(calendar, unix_s);
    (void)snprintf(buffer, size, "%04d-%02d-%02d %02d:%02d in %s", at.year, at.month, at.day,
                   at.hour, at.minute, site->time_zone);
    amp_calendar_close(calendar);
}

static int64_t shortage_time(const amp_site_answer *site)
{
    return site->problem.from_unix_s + (int64_t)site->shortage_interval * site->problem.step_s;
}

static void print_site(const amp_screen *screen, const amp_site_answer *site)
{
    char what[256];
    char local[128];
    char utc[AMP_TIME_TEXT_BYTES];
    char text[640];

    amp_shortage_text(&site->problem, site->shortage, site->shortage_amount, what, sizeof what);
    local_text(site->site, shortage_time(site), local, sizeof local);
    (void)snprintf(text, sizeof text, "%s: first in the interval from %s%s%s%s, %s.",
                   site->site->id, amp_time_format(shortage_time(site), utc),
                   local[0] != '\0' ? " (" : "", local, local[0] != '\0' ? ")" : "", what);
    (void)fputc('\n', screen->file);
    amp_print_wrapped(screen, text, 0, 0);
    print_changes(screen, site);
}

static json_t *change_json(const amp_site_answer *site, const amp_change *change)
{
    const amp_value *const value = change->value;
    char unit[UNIT_BYTES];

    return json_pack("{s:s, s:s, s:o, s:i, s:i, s:o, s:o, s:o, s:s, s:b}", "site", site->site->id,
                     "key", value->key, "file",
                     amp_json_text(value->place.file != NULL ? value->place.file : ""), "line",
                     (int)value->place.line, "column", (int)value->place.column, "from",
                     amp_json_number(change->from), "to", amp_json_number(change->to), "change",
                     amp_json_number(change->change), "unit",
                     amp_change_is_share(change) ? "1" : amp_change_unit(change, unit, sizeof unit),
                     "every_interval", varies(value));
}

static json_t *site_json(const amp_site_answer *site)
{
    const bool is_energy =
        site->shortage == AMP_SHORT_OF_ENERGY || site->shortage == AMP_EXCESS_OF_ENERGY;

    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "site", site->site->id, "short_of",
                     shortage_id(site->shortage), "first", amp_json_time(shortage_time(site)),
                     "amount", amp_json_number(site->shortage_amount), "unit",
                     is_energy ? "MWh" : "MW");
}

static amp_status print_json(amp_cli *cli, const amp_loaded *loaded, const amp_answer *answer)
{
    char schema[64];
    json_t *const changes = json_array();
    json_t *const shortages = json_array();

    (void)snprintf(schema, sizeof schema, "ampacity.%s/1", cli->command->name);
    json_t *const object = amp_json_new(cli, schema);
    const amp_status status = amp_loaded_json(cli, loaded, object);
    (void)json_object_set_new(object, "status", json_string("infeasible"));
    for (size_t i = 0; i < answer->site_count; i++) {
        const amp_site_answer *const site = &answer->site[i];
        if (site->shortage == AMP_FEASIBLE)
            continue;
        (void)json_array_append_new(shortages, site_json(site));
        for (size_t k = 0; k < site->change_count; k++)
            (void)json_array_append_new(changes, change_json(site, &site->change[k]));
    }
    (void)json_object_set_new(object, "shortages", shortages);
    (void)json_object_set_new(object, "changes", changes);
    if (status == AMP_OK)
        return amp_json_print(object, cli->out.file);
    json_decref(object);
    return status;
}

amp_status amp_shortage_print(amp_cli *cli, const amp_loaded *loaded, const amp_answer *answer)
{
    char text[4 * AMP_NUMBER_BYTES];
    size_t count = 0;

    if (amp_option_given(cli, AMP_OPTION_JSON)) {
        const amp_status status = print_json(cli, loaded, answer);
        return status == AMP_OK ? AMP_INFEASIBLE : status;
    }
    amp_findings_show(cli);
    for (size_t i = 0; i < answer->site_count; i++)
        count += answer->site[i].shortage != AMP_FEASIBLE;
    if (answer->site_count > 1) {
        char some[AMP_NUMBER_BYTES];
        char all[AMP_NUMBER_BYTES];
        (void)snprintf(text, sizeof text, "No schedule meets every limit at %s of %s sites.",
                       amp_print_count(count, some), amp_print_count(answer->site_count, all));
    } else {
        (void)snprintf(text, sizeof text, "No schedule meets every limit.");
    }
    amp_print_bold(&cli->out, text);
    for (size_t i = 0; i < answer->site_count; i++)
        if (answer->site[i].shortage != AMP_FEASIBLE)
            print_site(&cli->out, &answer->site[i]);
    return AMP_INFEASIBLE;
}
