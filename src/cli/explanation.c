/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explanation.h"

#include "base/calendar.h"
#include "cli/explanation_lease.h"
#include "cli/table.h"

#include <math.h>
#include <string.h>

enum { SENTENCE_BYTES = 480, TIME_BYTES = 40, PEAKS_SHOWN = 24, JOBS_SHOWN = 24 };

static const double hours_a_year = 8760.0;
static const double accuracy_shown_usd = 0.005;

typedef struct {
    const amp_screen *screen;
    const amp_explanation *found;
    amp_calendar *calendar;
    amp_scale power; /* of the interval */
} view;

double amp_explanation_years(const amp_explanation *explanation)
{
    return hours_a_year / explanation->whole_span.hours;
}

bool amp_explanation_has_two_modes(const amp_explanation *explanation)
{
    const amp_site_problem *const p = explanation->problem;

    for (size_t t = 0; t < p->interval_count; t++)
        if (amp_column_at(p->export_limit_mw, t) > 0.0 &&
            amp_column_at(p->export_price_usd_per_mwh, t) >
                amp_column_at(p->import_price_usd_per_mwh, t))
            return true;
    return false;
}

/* ---- words ---- */

static void say(const view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(const view *v, const char *format, ...)
{
    char text[SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    amp_print_text(v->screen, text, 0, 0);
}

static void heading(const view *v, const char *text)
{
    (void)fputc('\n', v->screen->file);
    amp_print_bold(v->screen, text);
}

static const char *fixed(double value, int decimals, char *buffer)
{
    return amp_print_fixed(value, decimals, buffer);
}

/* In the unit of the interval. */
static const char *power(const view *v, double mw, char *buffer)
{
    return amp_print_scaled(mw, v->power, buffer);
}

/* "2025-07-14 17:05" in the site's zone. */
static const char *local_time(const view *v, size_t t, char *buffer)
{
    const amp_site_problem *const p = v->found->problem;
    const amp_civil at = amp_calendar_civil(v->calendar, p->from_unix_s + (int64_t)t * p->step_s);

    (void)snprintf(buffer, TIME_BYTES, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day,
                   at.hour, at.minute);
    return buffer;
}

static const char *month_name(int month)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return names[month - 1];
}

/* ---- one interval ---- */

static void say_when(const view *v)
{
    const amp_explanation *const x = v->found;
    char from[TIME_BYTES];
    char to[TIME_BYTES];
    char utc[AMP_TIME_TEXT_BYTES];
    char text[SENTENCE_BYTES];

    amp_time_format(x->problem->from_unix_s + (int64_t)x->at * x->problem->step_s, utc);
    (void)snprintf(text, sizeof text, "%.60s, %s to %s in %.60s (%s)", x->site->id,
                   local_time(v, x->at, from), local_time(v, x->at + 1, to) + 11,
                   x->site->time_zone, utc);
    amp_print_bold(v->screen, text);
}

static void say_price(const view *v)
{
    static const char *const why[] = {
        [AMP_SETTER_NOTHING] = "one more MWh could not be used",
        [AMP_SETTER_IMPORT] = "one more MWh would save import at that price",
        [AMP_SETTER_BLOCK] = "one more MWh would save what the agreement costs",
        [AMP_SETTER_EXPORT] = "one more MWh would be sold to the grid",
        [AMP_SETTER_SOURCE] = "",
        [AMP_SETTER_USE] = "",
        [AMP_SETTER_BATTERY] = "one more MWh would be stored",
    };
    const amp_explained_interval *const i = &v->found->interval;
    char number[AMP_NUMBER_BYTES];
    char reason[160];

    if (i->setter == AMP_SETTER_SOURCE)
        (void)snprintf(reason, sizeof reason, "one more MWh would let %.60s run less",
                       i->setter_id);
    else if (i->setter == AMP_SETTER_USE)
        (void)snprintf(reason, sizeof reason, "one more MWh would go to %.60s", i->setter_id);
    else if (i->setter == AMP_SETTER_BATTERY && i->battery.discharge_mw > 0.0)
        (void)snprintf(reason, sizeof reason, "one more MWh would be spared in the battery");
    else
        (void)snprintf(reason, sizeof reason, "%s", why[i->setter]);
    say(v, "The bus pays %s USD/MWh: %s.", fixed(i->price_usd_per_mwh, 2, number), reason);
}

static void say_import(const view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    const amp_margins *const margins = &v->found->margins;
    const double worth =
        margins->import_at.marginal_usd / margins->unit_mw / v->found->problem->interval_h;
    char mw[AMP_NUMBER_BYTES];
    char limit[AMP_NUMBER_BYTES];
    char cost[AMP_NUMBER_BYTES];
    char number[AMP_NUMBER_BYTES];

    power(v, i->import_mw, mw);
    power(v, i->import_limit_mw, limit);
    fixed(i->import_usd_per_mwh, 2, cost);
    if (i->import_limit_mw <= 0.0)
        say(v, "There is no connection to import through.");
    else if (i->import_mw >= i->import_limit_mw * (1.0 - 1e-7))
        say(v,
            "Import costs %s USD/MWh, and the connection is full at %s %s: one more %s of it would "
            "earn %s USD in an hour like this.",
            cost, limit, v->power.unit, v->power.unit, fixed(worth * v->power.usd, 2, number));
    else if (i->peak != NULL)
        say(v,
            "Import costs %s USD/MWh. It stops at %s of %s %s, the billed peak of %.40s: each MW "
            "more would be charged %s USD.",
            cost, mw, limit, v->power.unit, i->peak->id,
            fixed(i->peak->charge_usd_per_mw, 0, number));
    else if (i->import_mw <= 0.0)
        say(v, "Nothing is imported: it would cost %s USD/MWh.", cost);
    else
        say(v, "Import costs %s USD/MWh and is needed for %s of %s %s.", cost, mw, limit,
            v->power.unit);
}

static void say_export(const view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    char mw[AMP_NUMBER_BYTES];
    char limit[AMP_NUMBER_BYTES];
    char price[AMP_NUMBER_BYTES];

    for (size_t k = 0; k < i->use_count; k++) {
        const amp_explained_use *const use = &i->use[k];
        if (use->kind == AMP_USE_EXPORT && use->took_mw > 0.0)
            say(v, "The grid pays %s USD/MWh: %s of %s %s are exported.",
                fixed(use->value_usd_per_mwh, 2, price), power(v, use->took_mw, mw),
                power(v, use->could_mw, limit), v->power.unit);
    }
}

static const char *held_text(amp_held held, bool is_supply)
{
    static const char *const uses[] = {
        [AMP_HELD_BY_NOTHING] = "takes all it can",
        [AMP_HELD_ABSENT] = "nothing wanted or available",
        [AMP_HELD_BY_PRICE] = "worth less than the bus pays",
        [AMP_HELD_BY_CONNECTION] = "the connection is full",
        [AMP_HELD_BY_PEAK] = "would raise the billed peak",
        [AMP_HELD_AT_MARGIN] = "the last one served",
        [AMP_HELD_BY_JOB] = "all of its energy is served",
        [AMP_HELD_BY_HALL] = "the hall is full",
        [AMP_HELD_BY_BUDGET] = "",
        [AMP_HELD_BY_CUT] = "the rest is cut: see below",
    };
    static const char *const supplies[] = {
        [AMP_HELD_BY_NOTHING] = "gives all it can",
        [AMP_HELD_ABSENT] = "not available",
        [AMP_HELD_BY_PRICE] = "costs more than the bus pays",
        [AMP_HELD_BY_CONNECTION] = "the connection is full",
        [AMP_HELD_BY_PEAK] = "would raise the billed peak",
        [AMP_HELD_AT_MARGIN] = "no more is needed",
        [AMP_HELD_BY_JOB] = "",
        [AMP_HELD_BY_HALL] = "",
        [AMP_HELD_BY_BUDGET] = "its budget is worth more at other times",
        [AMP_HELD_BY_CUT] = "",
    };
    return is_supply ? supplies[held] : uses[held];
}

static amp_text_table *start_list(const view *v, const char *what, const char *flow)
{
    amp_text_table *const table = amp_text_table_new();
    char title[AMP_NUMBER_BYTES];

    amp_text_table_column(table, what, false);
    amp_text_table_column(table, "USD/MWh", true);
    (void)snprintf(title, sizeof title, "%s %s", flow, v->power.unit);
    amp_text_table_column(table, title, true);
    (void)snprintf(title, sizeof title, "of %s", v->power.unit);
    amp_text_table_column(table, title, true);
    amp_text_table_column(table, "why not more", false);
    return table;
}

static void finish_table(const view *v, amp_text_table *table)
{
    (void)fputc('\n', v->screen->file);
    (void)amp_text_table_print(table, v->screen);
    amp_text_table_free(table);
}

static void put_power(const view *v, amp_text_table *table, double mw)
{
    char number[AMP_NUMBER_BYTES];

    amp_text_table_cell(table, "%s", power(v, mw, number));
}

static void put_use(const view *v, amp_text_table *table, const amp_explained_use *use)
{
    amp_text_table_row(table, false);
    if (use->owner != NULL)
        amp_text_table_cell(table, "%s in %s", use->id, use->owner);
    else if (use->step_count > 1)
        amp_text_table_cell(table, "%s, step %u", use->id, (unsigned)use->step);
    else
        amp_text_table_cell(table, "%s", use->id);
    if (isfinite(use->value_usd_per_mwh))
        amp_text_table_number(table, use->value_usd_per_mwh, 2);
    else
        amp_text_table_cell(table, "must");
    put_power(v, table, use->took_mw);
    put_power(v, table, use->could_mw);
    amp_text_table_cell(table, "%s", held_text(use->held, false));
}

static void print_uses(const view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    amp_text_table *const table = start_list(v, "Uses by value", "takes");

    for (size_t k = 0; k < i->use_count; k++)
        put_use(v, table, &i->use[k]);
    finish_table(v, table);
}

/* Load that is not served stands among the supplies. */
static const char *supply_suffix(amp_supply_kind kind)
{
    static const char *const suffixes[] = {
        [AMP_SUPPLY_IMPORT] = "",
        [AMP_SUPPLY_BLOCK] = "",
        [AMP_SUPPLY_SOURCE] = "",
        [AMP_SUPPLY_CUT] = ", cut for its credit",
        [AMP_SUPPLY_UNSERVED] = ", left at its penalty",
    };
    return suffixes[kind];
}

static void print_supplies(const view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    amp_text_table *const table = start_list(v, "Supplies by cost", "gives");

    for (size_t k = 0; k < i->supply_count; k++) {
        const amp_explained_supply *const supply = &i->supply[k];
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s%s", supply->id, supply_suffix(supply->kind));
        amp_text_table_number(table, supply->cost_usd_per_mwh, 2);
        put_power(v, table, supply->gave_mw);
        put_power(v, table, supply->could_mw);
        amp_text_table_cell(table, "%s", held_text(supply->held, true));
    }
    finish_table(v, table);
}

/* "It discharges at its full 50.0 MW." */
static void describe_battery(const view *v, char *text, size_t size)
{
    const amp_explained_battery *const b = &v->found->interval.battery;
    const char *const unit = v->power.unit;
    const bool charges = b->charge_mw > 0.0;
    const char *const verb = charges ? "charges" : "discharges";
    char mw[AMP_NUMBER_BYTES];
    char limit[AMP_NUMBER_BYTES];

    power(v, charges ? b->charge_mw : b->discharge_mw, mw);
    power(v, charges ? b->charge_limit_mw : b->discharge_limit_mw, limit);
    switch (b->state) {
    case AMP_BATTERY_FULL_POWER:
        (void)snprintf(text, size, "It %s at %s %s, its full power.", verb, mw, unit);
        break;
    case AMP_BATTERY_FILLED:
        (void)snprintf(text, size, "It charges %s of %s %s, which fills it.", mw, limit, unit);
        break;
    case AMP_BATTERY_EMPTIED:
        (void)snprintf(text, size, "It discharges %s of %s %s, which empties it.", mw, limit, unit);
        break;
    case AMP_BATTERY_PARTLY:
        (void)snprintf(text, size, "It %s %s of %s %s, %s.", verb, mw, limit, unit,
                       charges ? "what is left for it" : "what is needed of it");
        break;
    case AMP_BATTERY_WAITS:
        (void)snprintf(text, size, "The price is between, so it waits.");
        break;
    case AMP_BATTERY_AT_LIMIT:
        (void)snprintf(text, size, "It would, but it is %s.",
                       b->after_mwh >= 0.5 * (b->minimum_mwh + b->maximum_mwh) ? "full" : "empty");
        break;
    }
}

/* "12 min", "1.5 h" */
static const char *duration(double hours, char *buffer)
{
    const double minutes = hours * 60.0;
    char number[AMP_NUMBER_BYTES];
    (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.30s %s",
                   amp_print_digits(hours < 2.0 ? minutes : hours, 3, number),
                   hours < 2.0 ? "minutes" : "hours");
    return buffer;
}

static void say_start(const view *v, const amp_explained_start *s)
{
    char gain[AMP_NUMBER_BYTES];
    char mw[AMP_NUMBER_BYTES];
    char time[AMP_NUMBER_BYTES];
    char usd[AMP_NUMBER_BYTES];
    char cost[AMP_NUMBER_BYTES];

    (void)fixed(fabs(s->gain_usd_per_mwh), 2, gain);
    (void)fixed(s->stretch_mw, 1, mw);
    (void)duration(s->hours, time);
    (void)fixed(s->stretch_usd, 2, usd);
    (void)fixed(s->start_usd, 2, cost);
    if (s->keeps_running)
        say(v,
            "%.60s keeps running at a loss of %s USD/MWh: stopping %s MW for %s would save %s USD, "
            "and starting them again cost %s.",
            s->id, gain, mw, time, usd, cost);
    else
        say(v,
            "%.60s stands still, although a MWh would earn %s USD: %s MW would earn %s USD in %s, "
            "and starting them cost %s.",
            s->id, gain, mw, usd, time, cost);
}

static void say_starts(const view *v)
{
    const amp_explained_interval *const i = &v->found->interval;

    for (size_t k = 0; k < i->start_count; k++) {
        (void)fputc('\n', v->screen->file);
        say_start(v, &i->start[k]);
    }
}

static void say_battery(const view *v)
{
    const amp_explained_battery *const b = &v->found->interval.battery;
    char worth[AMP_NUMBER_BYTES];
    char buy[AMP_NUMBER_BYTES];
    char sell[AMP_NUMBER_BYTES];
    char before[AMP_NUMBER_BYTES];
    char after[AMP_NUMBER_BYTES];
    char most[AMP_NUMBER_BYTES];
    char what[240];

    if (!b->is_present)
        return;
    describe_battery(v, what, sizeof what);
    (void)fputc('\n', v->screen->file);
    say(v,
        "A MWh in the battery is worth %s USD here: it charges below %s and discharges above %s "
        "USD/MWh at the bus. %s It goes from %s to %s of %s %sh.",
        fixed(b->stored_usd_per_mwh, 2, worth), fixed(b->buy_usd_per_mwh, 2, buy),
        fixed(b->sell_usd_per_mwh, 2, sell), what, power(v, b->before_mwh, before),
        power(v, b->after_mwh, after), power(v, b->maximum_mwh, most), v->power.unit);
}

static void put_capped(const view *v, amp_text_table *table, const amp_explained_use *use)
{
    const double share = use->could_mw > 0.0 ? use->took_mw / use->could_mw : (double)NAN;
    const bool is_least = use->took_mw <= use->must_mw * (1.0 + 1e-7);

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", use->id);
    amp_text_table_number(table, 100.0 * share, 1);
    amp_text_table_number(table, 100.0 * use->throughput, 1);
    amp_text_table_number(table, 100.0 * use->least_throughput, 1);
    put_power(v, table, use->must_mw);
    amp_text_table_cell(table, "%s", is_least ? "at its least" : "worth its energy");
}

/* What GPUs under a cap do: throughput falls less than power. */
static void print_capped(const view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    size_t count = 0;
    char title[AMP_NUMBER_BYTES];

    for (size_t k = 0; k < i->use_count; k++)
        count += i->use[k].kind == AMP_USE_CAPPED;
    if (count == 0)
        return;
    amp_text_table *const table = amp_text_table_new();
    amp_text_table_column(table, "Power caps", false);
    amp_text_table_column(table, "power %", true);
    amp_text_table_column(table, "throughput %", true);
    amp_text_table_column(table, "least %", true);
    (void)snprintf(title, sizeof title, "least %s", v->power.unit);
    amp_text_table_column(table, title, true);
    amp_text_table_column(table, "why not less", false);
    for (size_t k = 0; k < i->use_count; k++)
        if (i->use[k].kind == AMP_USE_CAPPED)
            put_capped(v, table, &i->use[k]);
    finish_table(v, table);
    amp_print_wrapped(
        v->screen,
        "Shares of power and throughput without a cap. Above, a MWh is worth what the "
        "next one would bring. Least is what the smallest cap or the floor leaves.",
        0, 0);
}

static amp_scale interval_scale(const amp_explained_interval *i)
{
    double most_mw = i->import_limit_mw;

    for (size_t k = 0; k < i->use_count; k++)
        most_mw = fmax(most_mw, i->use[k].could_mw);
    for (size_t k = 0; k < i->supply_count; k++)
        most_mw = fmax(most_mw, i->supply[k].could_mw);
    return amp_scale_power(fmax(most_mw, fmax(i->battery.maximum_mwh, i->battery.charge_limit_mw)));
}

/* "25.0 MW of mining, 15.0 MW of battery" */
static void list_backers(const amp_explained_reserve *reserve, char *text, size_t size)
{
    const struct {
        const char *name;
        double mw;
    } backers[] = {{"mining", reserve->mining_mw},
                   {"inference", reserve->inference_mw},
                   {"the battery", reserve->battery_mw}};
    const char *gap = "";
    size_t used = 0;
    char mw[AMP_NUMBER_BYTES];

    for (size_t i = 0; i < sizeof backers / sizeof backers[0]; i++) {
        if (backers[i].mw < 0.05)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s MW of %s", gap,
                                 fixed(backers[i].mw, 1, mw), backers[i].name);
        gap = ", ";
    }
}

static void say_reserves(const view *v)
{
    const amp_explained_interval *const interval = &v->found->interval;
    char price[AMP_NUMBER_BYTES];
    char held[AMP_NUMBER_BYTES];
    char limit[AMP_NUMBER_BYTES];
    char shed[AMP_NUMBER_BYTES];
    char backers[3 * AMP_NUMBER_BYTES + 60] = "nothing";

    for (size_t r = 0; r < interval->reserve_count; r++) {
        const amp_explained_reserve *const reserve = &interval->reserve[r];
        if (r == 0)
            (void)fputc('\n', v->screen->file);
        fixed(reserve->price_usd_per_mwh, 2, price);
        fixed(reserve->held_mw, 1, held);
        fixed(reserve->limit_mw, 1, limit);
        if (reserve->held_mw < 0.05) {
            say(v, "Reserve %s pays %s USD/MW for an hour; none of %s MW is held.", reserve->id,
                price, limit);
            continue;
        }
        list_backers(reserve, backers, sizeof backers);
        say(v, "Reserve %s pays %s USD/MW for an hour; %s of %s MW are held, backed by %s.%s%s%s",
            reserve->id, price, held, limit, backers,
            isnan(reserve->shed_usd_per_mwh) ? "" : " The load that would be shed first is worth ",
            isnan(reserve->shed_usd_per_mwh) ? "" : fixed(reserve->shed_usd_per_mwh, 2, shed),
            isnan(reserve->shed_usd_per_mwh) ? "" : " USD/MWh.");
    }
}

static void print_interval(const view *v)
{
    say_when(v);
    say_price(v);
    say_import(v);
    say_export(v);
    print_uses(v);
    print_capped(v);
    print_supplies(v);
    say_starts(v);
    say_battery(v);
    say_reserves(v);
}

/* ---- what was earned ---- */

static bool is_worth_a_row(const amp_explained_gain *gain)
{
    const bool is_reserve = gain->kind == AMP_GAIN_RESERVE && gain->money_usd > 0.0;
    return gain->energy_mwh > 0.0 || gain->possible_mwh > 0.0 || is_reserve;
}

static double largest_money(const amp_explained_span *span)
{
    double largest = 0.0;

    for (size_t i = 0; i < span->gain_count; i++)
        if (!isnan(span->gain[i].money_usd))
            largest =
                fmax(largest, fmax(fabs(span->gain[i].money_usd), fabs(span->gain[i].bought_usd)));
    return largest;
}

static void put_money(amp_text_table *table, double usd, amp_scale scale)
{
    char number[AMP_NUMBER_BYTES] = "-";

    if (!isnan(usd) && fabs(usd) >= 0.005)
        amp_print_scaled(usd, scale, number);
    amp_text_table_cell(table, "%s", number);
}

/* Whether some load would cost a penalty if it were not served. */
static bool avoids_penalties(const amp_explained_span *span)
{
    for (size_t i = 0; i < span->gain_count; i++)
        if (span->gain[i].avoided_usd > 0.0)
            return true;
    return false;
}

static void put_gain(amp_text_table *table, const amp_explained_gain *gain, amp_scale energy,
                     amp_scale money, bool avoids)
{
    char number[AMP_NUMBER_BYTES];

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s%s", gain->id, gain->kind == AMP_GAIN_CUT ? ", cut" : "");
    if (gain->kind == AMP_GAIN_RESERVE)
        amp_text_table_cell(table, "-");
    else
        amp_text_table_cell(table, "%s", amp_print_scaled(gain->energy_mwh, energy, number));
    if (gain->possible_mwh > 0.0)
        amp_text_table_number(table, 100.0 * gain->energy_mwh / gain->possible_mwh, 1);
    else
        amp_text_table_cell(table, "-");
    put_money(table, gain->money_usd, money);
    if (avoids)
        put_money(table, gain->avoided_usd, money);
    put_money(table, -gain->bought_usd, money);
    put_money(table, gain->money_usd + gain->avoided_usd - gain->bought_usd, money);
}

static void print_gains(const view *v, const amp_explained_span *span)
{
    const amp_scale money = amp_scale_money(largest_money(span));
    amp_text_table *const table = amp_text_table_new();
    double largest_mwh = 0.0;
    char title[AMP_NUMBER_BYTES];

    for (size_t i = 0; i < span->gain_count; i++)
        largest_mwh = fmax(largest_mwh, span->gain[i].energy_mwh);
    const amp_scale energy = amp_scale_energy(largest_mwh);
    amp_text_table_column(table, "Earned by", false);
    amp_text_table_column(table, energy.unit, true);
    amp_text_table_column(table, "% of possible", true);
    (void)snprintf(title, sizeof title, "earns %s", money.unit);
    amp_text_table_column(table, title, true);
    if (avoids_penalties(span))
        amp_text_table_column(table, "avoids", true);
    amp_text_table_column(table, "energy", true);
    amp_text_table_column(table, "left", true);
    for (size_t i = 0; i < span->gain_count; i++)
        if (is_worth_a_row(&span->gain[i]))
            put_gain(table, &span->gain[i], energy, money, avoids_penalties(span));
    (void)amp_text_table_print(table, v->screen);
    amp_text_table_free(table);
}

static void say_limits(const view *v, const amp_explained_span *span)
{
    char hours[AMP_NUMBER_BYTES];
    char share[AMP_NUMBER_BYTES];
    char price[AMP_NUMBER_BYTES];

    say(v, "The bus paid %s USD/MWh on average; the connection was full for %s h (%s %%).",
        fixed(span->price_mean_usd_per_mwh, 2, price), fixed(span->connection_hours, 1, hours),
        fixed(100.0 * span->connection_hours / span->hours, 1, share));
    if (v->found->peak_count > 0)
        say(v, "A billed peak held import back for %s h.", fixed(span->peak_hours, 1, hours));
}

/* A horizon within one month has no section of its own for it. */
static bool has_month(const amp_explanation *x)
{
    return x->has_at && x->month_span.hours < x->whole_span.hours;
}

static void print_spans(const view *v)
{
    const amp_explanation *const x = v->found;
    const int64_t from_unix_s = x->problem->from_unix_s;
    char span[AMP_NUMBER_BYTES];
    char text[SENTENCE_BYTES];

    if (has_month(x)) {
        (void)snprintf(text, sizeof text, "%s %d", month_name(x->month.month), x->month.year);
        heading(v, text);
        print_gains(v, &x->month_span);
        say_limits(v, &x->month_span);
    }
    amp_print_span(from_unix_s,
                   from_unix_s + (int64_t)x->problem->interval_count * x->problem->step_s, span);
    if (x->has_at) {
        (void)snprintf(text, sizeof text, "The horizon, %s", span);
        heading(v, text);
    } else {
        (void)snprintf(text, sizeof text, "%.60s, %s", x->site->id, span);
        amp_print_bold(v->screen, text);
    }
    print_gains(v, &x->whole_span);
    say_limits(v, &x->whole_span);
    amp_print_wrapped(
        v->screen,
        "Each pays for its energy, or is paid, what the bus pays at the time: left is "
        "what the site would lose without it at those prices. Generators cost fuel, "
        "the battery wear; penalties are avoided by serving load. Fees of leases do "
        "not depend on any of this.",
        0, 0);
    amp_explanation_leases(v->screen, x);
}

/* ---- couplings ---- */

static void print_peaks(const view *v)
{
    const amp_explanation *const x = v->found;
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Peaks", false);
    amp_text_table_column(table, "billed MW", true);
    amp_text_table_column(table, "hours", true);
    amp_text_table_column(table, "USD/MW", true);
    amp_text_table_column(table, "worth", true);
    amp_text_table_column(table, "binds", false);
    for (size_t k = 0; k < x->peak_count && k < PEAKS_SHOWN; k++) {
        const amp_explained_peak *const peak = &x->peak[k];
        const double slack_usd = 1e-4 * fmax(1.0, peak->charge_usd_per_mw);
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", peak->id);
        amp_text_table_number(table, peak->billed_mw, 1);
        amp_text_table_number(table, peak->hours, 1);
        amp_text_table_number(table, peak->charge_usd_per_mw, 0);
        amp_text_table_number(table, peak->worth_usd_per_mw, 0);
        if (peak->is_connection)
            amp_text_table_cell(table, "no, the connection is full");
        else if (peak->worth_usd_per_mw < peak->charge_usd_per_mw - slack_usd)
            amp_text_table_cell(table, "no, the next MW earns less");
        else
            amp_text_table_cell(table, "yes, it earns its charge");
    }
    finish_table(v, table);
}

static void print_jobs(const view *v)
{
    const amp_explanation *const x = v->found;
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Jobs", false);
    amp_text_table_column(table, "hall", false);
    amp_text_table_column(table, "wanted MWh", true);
    amp_text_table_column(table, "served MWh", true);
    amp_text_table_column(table, "worth USD/MWh", true);
    amp_text_table_column(table, "price", true);
    amp_text_table_column(table, "runs below", true);
    for (size_t j = 0; j < x->job_count && j < JOBS_SHOWN; j++) {
        const amp_explained_job *const job = &x->job[j];
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", job->id);
        amp_text_table_cell(table, "%s", job->hall);
        amp_text_table_number(table, job->energy_mwh, 1);
        amp_text_table_number(table, job->served_mwh, 1);
        amp_text_table_number(table, job->worth_usd_per_mwh, 2);
        amp_text_table_number(table, job->price_usd_per_mwh, 2);
        amp_text_table_number(table, job->worth_usd_per_mwh - job->price_usd_per_mwh, 2);
    }
    finish_table(v, table);
    amp_print_wrapped(v->screen,
                      "Of IT energy. A job whose energy has a price does all of it and waits for "
                      "hours in which an IT MWh costs less than its worth less that price.",
                      0, 0);
}

static void print_budgets(const view *v)
{
    const amp_explanation *const x = v->found;
    amp_text_table *const table = amp_text_table_new();

    amp_text_table_column(table, "Budgets", false);
    amp_text_table_column(table, "unit", false);
    amp_text_table_column(table, "limit", true);
    amp_text_table_column(table, "used", true);
    amp_text_table_column(table, "one more is worth USD", true);
    for (size_t i = 0; i < x->budget_count; i++) {
        const amp_explained_budget *const budget = &x->budget[i];
        amp_text_table_row(table, false);
        amp_text_table_cell(table, "%s", budget->id);
        amp_text_table_cell(table, "%s", budget->unit);
        amp_text_table_number(table, budget->limit, 1);
        amp_text_table_number(table, budget->used, 1);
        amp_text_table_number(table, budget->price_usd, 2);
    }
    finish_table(v, table);
}

/* ---- margins ---- */

static void put_margin(amp_text_table *table, const char *what, const amp_margin *margin,
                       double scale)
{
    const double number[] = {margin->marginal_usd, margin->more_usd, margin->less_usd};

    amp_text_table_row(table, false);
    amp_text_table_cell(table, "%s", what);
    for (size_t i = 0; i < 3; i++) {
        if (isnan(number[i]))
            amp_text_table_cell(table, "-");
        else
            amp_text_table_number(table, number[i] * scale, fabs(number[i] * scale) < 1e4 ? 2 : 0);
    }
}

/* "kW of connection, a year" */
static void put_limit(const view *v, amp_text_table *table, const char *what,
                      const amp_margin *margin, double scale)
{
    char text[2 * AMP_NUMBER_BYTES];

    (void)snprintf(text, sizeof text, "%sW%s", v->found->margins.unit_mw < 1.0 ? "k" : "M", what);
    put_margin(table, text, margin, scale);
}

static void put_margins(const view *v, amp_text_table *table)
{
    const amp_explanation *const x = v->found;
    const double years = amp_explanation_years(x);
    char text[AMP_NUMBER_BYTES];

    if (x->has_at)
        put_limit(v, table, " of connection, an hour like this", &x->margins.import_at,
                  1.0 / x->problem->interval_h);
    if (has_month(x)) {
        (void)snprintf(text, sizeof text, " of connection, %s", month_name(x->month.month));
        put_limit(v, table, text, &x->margins.import_month, 1.0);
    }
    put_limit(v, table, " of connection, a year", &x->margins.import, years);
    if (x->problem->storage.is_present) {
        put_limit(v, table, "h of battery, a year", &x->margins.room, years);
        put_limit(v, table, " of battery power, a year", &x->margins.power, years);
    }
    if (x->cooling.is_present)
        put_margin(table, "degree less outdoors, a year", &x->cooling.margin, years);
}

static void print_margins(const view *v)
{
    const amp_explanation *const x = v->found;
    const double years = amp_explanation_years(x);
    amp_text_table *const table = amp_text_table_new();
    char number[AMP_NUMBER_BYTES];

    amp_text_table_column(table, "One more", false);
    amp_text_table_column(table, "marginal USD", true);
    amp_text_table_column(table, "+1 gains", true);
    amp_text_table_column(table, "-1 loses", true);
    put_margins(v, table);
    finish_table(v, table);
    amp_print_wrapped(v->screen,
                      "Marginal values are prices of the bound; beside them the site solved again "
                      "with one unit more and one unit less. The battery's minimum, first and last "
                      "energy stay the same MWh.",
                      0, 0);
    if (x->margins.accuracy_usd >= accuracy_shown_usd)
        say(v, "Differences are good to %s USD over the horizon.",
            amp_print_digits(x->margins.accuracy_usd, 2, number));
    if (fabs(years - 1.0) > 1e-9)
        say(v, "A year is the horizon times %s.", amp_print_digits(years, 4, number));
    if (amp_explanation_has_two_modes(x))
        amp_print_wrapped(v->screen,
                          "Export pays more than import costs at times: there a MW more of "
                          "connection may gain more than the marginal value.",
                          0, 0);
}

amp_status amp_explanation_print(amp_cli *cli, const amp_explanation *explanation)
{
    view v = {.screen = &cli->out, .found = explanation};
    const amp_status status =
        amp_calendar_open(explanation->site->time_zone, &v.calendar, &cli->error);

    if (status != AMP_OK)
        return status;
    v.power = interval_scale(&explanation->interval);
    if (explanation->has_at)
        print_interval(&v);
    print_spans(&v);
    if (explanation->peak_count > 0)
        print_peaks(&v);
    if (explanation->job_count > 0)
        print_jobs(&v);
    if (explanation->budget_count > 0)
        print_budgets(&v);
    print_margins(&v);
    amp_calendar_close(v.calendar);
    return AMP_OK;
}
