/* SPDX-License-Identifier: Apache-2.0 */
/* One interval in words. */
#include "cli/explanation_parts.h"

#include <math.h>
#include <string.h>

enum { SENTENCE_BYTES = 480, TIME_BYTES = 40 };

/* In the unit of the interval. */
static const char *power(const amp_view *v, double mw, char *buffer)
{
    return amp_print_scaled(mw, v->power, buffer);
}

/* "2025-07-14 17:05" in the site's zone. */
static const char *local_time(const amp_view *v, size_t t, char *buffer)
{
    const amp_site_problem *const p = v->found->problem;
    const amp_civil at = amp_calendar_civil(v->calendar, p->from_unix_s + (int64_t)t * p->step_s);

    (void)snprintf(buffer, TIME_BYTES, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day,
                   at.hour, at.minute);
    return buffer;
}

static void say_when(const amp_view *v)
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

static void say_price(const amp_view *v)
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
    amp_view_say(v, "The bus pays %s USD/MWh: %s.",
                 amp_print_fixed(i->price_usd_per_mwh, 2, number), reason);
}

static void say_import(const amp_view *v)
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
    amp_print_fixed(i->import_usd_per_mwh, 2, cost);
    if (i->import_limit_mw <= 0.0)
        amp_view_say(v, "There is no connection to import through.");
    else if (i->import_mw >= i->import_limit_mw * (1.0 - 1e-7))
        amp_view_say(
            v,
            "Import costs %s USD/MWh, and the connection is full at %s %s: one more %s of it would "
            "earn %s USD in an hour like this.",
            cost, limit, v->power.unit, v->power.unit,
            amp_print_fixed(worth * v->power.usd, 2, number));
    else if (i->peak != NULL)
        amp_view_say(
            v,
            "Import costs %s USD/MWh. It stops at %s of %s %s, the billed peak of %.40s: each MW "
            "more would be charged %s USD.",
            cost, mw, limit, v->power.unit, i->peak->id,
            amp_print_fixed(i->peak->charge_usd_per_mw, 0, number));
    else if (i->import_mw <= 0.0)
        amp_view_say(v, "Nothing is imported: it would cost %s USD/MWh.", cost);
    else
        amp_view_say(v, "Import costs %s USD/MWh and is needed for %s of %s %s.", cost, mw, limit,
                     v->power.unit);
}

static void say_export(const amp_view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    char mw[AMP_NUMBER_BYTES];
    char limit[AMP_NUMBER_BYTES];
    char price[AMP_NUMBER_BYTES];

    for (size_t k = 0; k < i->use_count; k++) {
        const amp_explained_use *const use = &i->use[k];
        if (use->kind == AMP_USE_EXPORT && use->took_mw > 0.0)
            amp_view_say(v, "The grid pays %s USD/MWh: %s of %s %s are exported.",
                         amp_print_fixed(use->value_usd_per_mwh, 2, price),
                         power(v, use->took_mw, mw), power(v, use->could_mw, limit), v->power.unit);
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

static amp_text_table *start_list(const amp_view *v, const char *what, const char *flow)
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

static void put_power(const amp_view *v, amp_text_table *table, double mw)
{
    char number[AMP_NUMBER_BYTES];

    amp_text_table_cell(table, "%s", power(v, mw, number));
}

static void put_use(const amp_view *v, amp_text_table *table, const amp_explained_use *use)
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

static void print_uses(const amp_view *v)
{
    const amp_explained_interval *const i = &v->found->interval;
    amp_text_table *const table = start_list(v, "Uses by value", "takes");

    for (size_t k = 0; k < i->use_count; k++)
        put_use(v, table, &i->use[k]);
    amp_view_finish_table(v, table);
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

static void print_supplies(const amp_view *v)
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
    amp_view_finish_table(v, table);
}

/* "It discharges at its full 50.0 MW." */
static void describe_battery(const amp_view *v, char *text, size_t size)
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

static void say_start(const amp_view *v, const amp_explained_start *s)
{
    char gain[AMP_NUMBER_BYTES];
    char mw[AMP_NUMBER_BYTES];
    char time[AMP_NUMBER_BYTES];
    char usd[AMP_NUMBER_BYTES];
    char cost[AMP_NUMBER_BYTES];

    (void)amp_print_fixed(fabs(s->gain_usd_per_mwh), 2, gain);
    (void)amp_print_fixed(s->stretch_mw, 1, mw);
    (void)duration(s->hours, time);
    (void)amp_print_fixed(s->stretch_usd, 2, usd);
    (void)amp_print_fixed(s->start_usd, 2, cost);
    if (s->keeps_running)
        amp_view_say(
            v,
            "%.60s keeps running at a loss of %s USD/MWh: stopping %s MW for %s would save %s USD, "
            "and starting them again cost %s.",
            s->id, gain, mw, time, usd, cost);
    else
        amp_view_say(
            v,
            "%.60s stands still, although a MWh would earn %s USD: %s MW would earn %s USD in %s, "
            "and starting them cost %s.",
            s->id, gain, mw, usd, time, cost);
}

static void say_starts(const amp_view *v)
{
    const amp_explained_interval *const i = &v->found->interval;

    for (size_t k = 0; k < i->start_count; k++) {
        (void)fputc('\n', v->screen->file);
        say_start(v, &i->start[k]);
    }
}

static void say_battery(const amp_view *v)
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
    amp_view_say(
        v,
        "A MWh in the battery is worth %s USD here: it charges below %s and discharges above %s "
        "USD/MWh at the bus. %s It goes from %s to %s of %s %sh.",
        amp_print_fixed(b->stored_usd_per_mwh, 2, worth),
        amp_print_fixed(b->buy_usd_per_mwh, 2, buy), amp_print_fixed(b->sell_usd_per_mwh, 2, sell),
        what, power(v, b->before_mwh, before), power(v, b->after_mwh, after),
        power(v, b->maximum_mwh, most), v->power.unit);
}

static void put_capped(const amp_view *v, amp_text_table *table, const amp_explained_use *use)
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
static void print_capped(const amp_view *v)
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
    amp_view_finish_table(v, table);
    amp_print_wrapped(
        v->screen,
        "Shares of power and throughput without a cap. Above, a MWh is worth what the "
        "next one would bring. Least is what the smallest cap or the floor leaves.",
        0, 0);
}

amp_scale amp_view_interval_scale(const amp_explained_interval *i)
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
                                 amp_print_fixed(backers[i].mw, 1, mw), backers[i].name);
        gap = ", ";
    }
}

static void say_reserves(const amp_view *v)
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
        amp_print_fixed(reserve->price_usd_per_mwh, 2, price);
        amp_print_fixed(reserve->held_mw, 1, held);
        amp_print_fixed(reserve->limit_mw, 1, limit);
        if (reserve->held_mw < 0.05) {
            amp_view_say(v, "Reserve %s pays %s USD/MW for an hour; none of %s MW is held.",
                         reserve->id, price, limit);
            continue;
        }
        list_backers(reserve, backers, sizeof backers);
        amp_view_say(
            v, "Reserve %s pays %s USD/MW for an hour; %s of %s MW are held, backed by %s.%s%s%s",
            reserve->id, price, held, limit, backers,
            isnan(reserve->shed_usd_per_mwh) ? "" : " The load that would be shed first is worth ",
            isnan(reserve->shed_usd_per_mwh) ? ""
                                             : amp_print_fixed(reserve->shed_usd_per_mwh, 2, shed),
            isnan(reserve->shed_usd_per_mwh) ? "" : " USD/MWh.");
    }
}

void amp_view_print_interval(const amp_view *v)
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
