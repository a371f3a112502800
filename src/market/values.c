/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "market/bitcoin.h"
#include "market/market_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

double *amp_market_new_numbers(amp_market *market, size_t count)
{
    return AMP_ARENA_NEW(market->arena, double, count);
}

bool amp_market_is_rate(const amp_portfolio *portfolio, const amp_value *value)
{
    for (size_t i = 0; i < portfolio->currency_count; i++) {
        if (value == &portfolio->currency[i].rate_usd)
            return true;
    }
    return false;
}

amp_status amp_market_unit(const amp_portfolio *portfolio, const amp_value *value, const char *text,
                           amp_unit *out, amp_error *err)
{
    if (!amp_market_is_rate(portfolio, value))
        return amp_unit_parse(text, strlen(text), out, err);
    /* USD/NOK holds money twice, which no other unit does. */
    for (size_t i = 0; i < portfolio->currency_count; i++) {
        const amp_currency *currency = &portfolio->currency[i];
        if (value != &currency->rate_usd)
            continue;
        const bool is_rate = strncmp(text, "USD/", 4) == 0 && strcmp(text + 4, currency->code) == 0;
        if (!is_rate) {
            (void)amp_fail(err, AMP_PARSE, "'%s' is not 'USD/%s'", text, currency->code);
            amp_advise(err, "give USD per %s, and write [USD/%s]", currency->code, currency->code);
            return AMP_PARSE;
        }
    }
    *out = value->unit;
    return AMP_OK;
}

int32_t amp_market_find_currency(const amp_portfolio *portfolio, const char *code)
{
    if (code[0] == '\0')
        return AMP_CURRENCY_USD;
    for (size_t i = 0; i < portfolio->currency_count; i++) {
        if (strcmp(portfolio->currency[i].code, code) == 0)
            return (int32_t)i;
    }
    return AMP_NONE;
}

/* ---- values ---- */

/* Numbers to convert: from a unit to that of the key, then to USD. */
typedef struct {
    amp_column from;
    amp_unit from_unit;
    const amp_unit *to_unit;
    int32_t currency;
} conversion;

static bool changes_unit(const conversion *c)
{
    return !amp_same(c->from_unit.factor, c->to_unit->factor) ||
           !amp_same(c->from_unit.offset, c->to_unit->offset);
}

static const amp_series_facts *facts_of(const amp_market *market, const amp_value *value)
{
    return &market->series[value->series].facts;
}

static bool series_is_share(const amp_market *market, const amp_value *value)
{
    amp_unit unit = {0};
    return value->takes_share &&
           amp_unit_parse(facts_of(market, value)->unit, strlen(facts_of(market, value)->unit),
                          &unit, NULL) == AMP_OK &&
           amp_dimension_is_none(&unit.dimension);
}

static conversion conversion_of(const amp_market *market, const amp_value *value, amp_unit *share)
{
    conversion c = {.from = {.value = &value->number, .stride = 0},
                    .from_unit = value->unit,
                    .to_unit = &value->unit,
                    .currency = value->currency};
    if (value->series == AMP_NONE)
        return c;
    const amp_loaded_series *series = &market->series[value->series];
    assert(series->is_loaded);
    c.from = (amp_column){.value = series->number, .stride = 1};
    (void)amp_market_unit(market->portfolio, value, series->unit, &c.from_unit, NULL);
    c.currency = amp_market_is_rate(market->portfolio, value)
                     ? AMP_CURRENCY_USD
                     : amp_market_find_currency(market->portfolio, c.from_unit.currency);
    assert(c.currency != AMP_NONE);
    if (series_is_share(market, value)) {
        *share = (amp_unit){.factor = 1.0};
        c.to_unit = share;
    }
    return c;
}

static amp_column convert(amp_market *market, const conversion *c)
{
    const amp_column none = {.value = NULL, .stride = 0};
    amp_column rate = none;
    if (c->currency != AMP_CURRENCY_USD) {
        rate = amp_market_column(market, &market->portfolio->currency[c->currency].rate_usd, NULL);
        if (rate.value == NULL)
            return none;
    }
    const size_t stride = c->from.stride | rate.stride;
    const size_t count = stride > 0 ? market->portfolio->horizon.interval_count : 1;
    double *number = amp_market_new_numbers(market, count);
    if (number == NULL)
        return none;
    const bool is_other_unit = changes_unit(c);
    for (size_t t = 0; t < count; t++) {
        const double from = amp_column_at(c->from, t);
        number[t] = is_other_unit ? amp_unit_convert(from, &c->from_unit, c->to_unit) : from;
        if (rate.value != NULL)
            number[t] *= amp_column_at(rate, t);
    }
    return (amp_column){.value = number, .stride = stride};
}

/* Two keys that read one series in the same unit share a column. */
static bool is_converted_alike(const amp_value *a, const amp_value *b)
{
    return a == b ||
           (a->series != AMP_NONE && a->series == b->series && a->takes_share == b->takes_share &&
            amp_same(a->unit.factor, b->unit.factor) && amp_same(a->unit.offset, b->unit.offset));
}

static const amp_converted *find_converted(const amp_market *market, const amp_value *value)
{
    const amp_converted *c = market->converted;
    while (c != NULL && !is_converted_alike(c->value, value))
        c = c->next;
    return c;
}

static const amp_converted *keep_converted(amp_market *market, const amp_value *value,
                                           amp_column column)
{
    amp_converted *c = AMP_ARENA_NEW(market->arena, amp_converted, 1);
    if (c == NULL)
        return NULL;
    *c = (amp_converted){.next = market->converted, .value = value, .column = column};
    market->converted = c;
    return c;
}

amp_column amp_market_column(amp_market *market, const amp_value *value, bool *is_share)
{
    const amp_column none = {.value = NULL, .stride = 0};
    if (is_share != NULL)
        *is_share = value->series == AMP_NONE ? value->is_share : series_is_share(market, value);
    if (value->series == AMP_NONE && value->currency == AMP_CURRENCY_USD)
        return (amp_column){.value = &value->number, .stride = 0};
    const amp_converted *known = find_converted(market, value);
    if (known == NULL) {
        amp_unit share = {0};
        const conversion c = conversion_of(market, value, &share);
        const bool is_same = c.currency == AMP_CURRENCY_USD && !changes_unit(&c);
        const amp_column column = is_same ? c.from : convert(market, &c);
        if (column.value == NULL)
            return none;
        known = keep_converted(market, value, column);
    }
    return known != NULL ? known->column : none;
}

/* ---- what holds from dates on ---- */

/* Part of interval [from, to) that lies in [start, stop). */
static double overlap(double from, double to, double start, double stop)
{
    const double first = fmax(from, start);
    const double last = fmin(to, stop);
    return last > first ? (last - first) / (to - from) : 0.0;
}

/* Adds what step @p i says, over its part of each interval, to @p sum. */
static void add_step(const amp_market *market, const amp_steps *steps, size_t i, amp_column column,
                     double *sum)
{
    const amp_horizon *horizon = &market->portfolio->horizon;
    const double start = (double)steps->step[i].from_unix_s;
    const double stop =
        i + 1 < steps->count ? (double)steps->step[i + 1].from_unix_s : (double)horizon->to_unix_s;
    for (size_t t = 0; t < horizon->interval_count; t++) {
        const double from = (double)(horizon->from_unix_s + (int64_t)t * horizon->step_s);
        const double share = overlap(from, from + (double)horizon->step_s, start, stop);
        if (share > 0.0)
            sum[t] +=
                amp_same(share, 1.0) ? amp_column_at(column, t) : share * amp_column_at(column, t);
    }
}

static void add_before(const amp_horizon *horizon, double first_unix_s, double before, double *sum)
{
    for (size_t t = 0; t < horizon->interval_count; t++) {
        const double from = (double)(horizon->from_unix_s + (int64_t)t * horizon->step_s);
        const double share = overlap(from, from + (double)horizon->step_s, from, first_unix_s);
        if (share <= 0.0)
            return;
        sum[t] += amp_same(share, 1.0) ? before : share * before;
    }
}

/* The step that holds throughout the horizon, AMP_NONE before the first, or -2 when it changes. */
enum { STEP_CHANGES = -2 };
static int only_step(const amp_horizon *horizon, const amp_steps *steps)
{
    int holds = AMP_NONE;
    for (size_t i = 0; i < steps->count; i++) {
        const int64_t from_unix_s = steps->step[i].from_unix_s;
        if (from_unix_s <= horizon->from_unix_s)
            holds = (int)i;
        else if (from_unix_s < horizon->to_unix_s)
            return STEP_CHANGES;
    }
    return holds;
}

static amp_column constant(amp_market *market, double number)
{
    double *kept = amp_market_new_numbers(market, 1);
    if (kept != NULL)
        *kept = number;
    return (amp_column){.value = kept, .stride = 0};
}

static amp_column changing_steps(amp_market *market, const amp_steps *steps, double before)
{
    const amp_column none = {.value = NULL, .stride = 0};
    const amp_horizon *horizon = &market->portfolio->horizon;
    double *sum = amp_market_new_numbers(market, horizon->interval_count);
    if (sum == NULL)
        return none;
    add_before(horizon, (double)steps->step[0].from_unix_s, before, sum);
    for (size_t i = 0; i < steps->count; i++) {
        const amp_column column = amp_market_column(market, &steps->step[i].value, NULL);
        if (column.value == NULL)
            return none;
        add_step(market, steps, i, column, sum);
    }
    return (amp_column){.value = sum, .stride = 1};
}

static const amp_stepped *find_stepped(const amp_market *market, const amp_steps *steps,
                                       double before)
{
    const amp_stepped *s = market->stepped;
    while (s != NULL && (s->steps != steps || !amp_same(s->before, before)))
        s = s->next;
    return s;
}

static const amp_stepped *keep_stepped(amp_market *market, const amp_steps *steps, double before,
                                       amp_column column)
{
    amp_stepped *s = AMP_ARENA_NEW(market->arena, amp_stepped, 1);
    if (s == NULL)
        return NULL;
    *s = (amp_stepped){.next = market->stepped, .steps = steps, .before = before, .column = column};
    market->stepped = s;
    return s;
}

amp_column amp_market_steps(amp_market *market, const amp_steps *steps, double before)
{
    const amp_column none = {.value = NULL, .stride = 0};
    const int only = only_step(&market->portfolio->horizon, steps);
    if (only != AMP_NONE && only != STEP_CHANGES)
        return amp_market_column(market, &steps->step[only].value, NULL);
    const amp_stepped *known = find_stepped(market, steps, before);
    if (known == NULL) {
        const amp_column column =
            only == AMP_NONE ? constant(market, before) : changing_steps(market, steps, before);
        if (column.value == NULL)
            return none;
        known = keep_stepped(market, steps, before, column);
    }
    return known != NULL ? known->column : none;
}

amp_column amp_market_availability(amp_market *market, const amp_availability *availability)
{
    if (availability->steps.count > 0)
        return amp_market_steps(market, &availability->steps, 1.0);
    return amp_market_column(market, &availability->value, NULL);
}

/* ---- hashprice ---- */

static int64_t height_at(const amp_market *market, size_t t)
{
    const amp_bitcoin *bitcoin = &market->portfolio->bitcoin;
    const amp_horizon *horizon = &market->portfolio->horizon;
    if (bitcoin->height.series != AMP_NONE)
        return (int64_t)market->series[bitcoin->height.series].at_start[t];
    const int64_t unix_s = horizon->from_unix_s + (int64_t)t * horizon->step_s;
    return amp_bitcoin_height_at(unix_s, bitcoin->height_at_unix_s, bitcoin->height_block);
}

amp_column amp_market_hashprice(amp_market *market)
{
    const amp_column none = {.value = NULL, .stride = 0};
    const amp_bitcoin *bitcoin = &market->portfolio->bitcoin;
    assert(bitcoin->is_set);
    if (bitcoin->hashprice_usd_per_ph_day.is_set)
        return amp_market_column(market, &bitcoin->hashprice_usd_per_ph_day, NULL);
    const amp_converted *known = find_converted(market, &bitcoin->hashprice_usd_per_ph_day);
    if (known != NULL)
        return known->column;

    const amp_column price = amp_market_column(market, &bitcoin->price_usd_per_btc, NULL);
    const amp_column difficulty = amp_market_column(market, &bitcoin->difficulty, NULL);
    const amp_column fees = amp_market_column(market, &bitcoin->fees_btc_per_block, NULL);
    const size_t count = market->portfolio->horizon.interval_count;
    double *number = amp_market_new_numbers(market, count);
    if (price.value == NULL || difficulty.value == NULL || fees.value == NULL || number == NULL)
        return none;
    for (size_t t = 0; t < count; t++) {
        const double subsidy_btc = (double)amp_bitcoin_subsidy_sat(height_at(market, t)) / 1e8;
        number[t] = amp_bitcoin_hashprice_usd_per_ph_day(amp_column_at(difficulty, t),
                                                         subsidy_btc + amp_column_at(fees, t),
                                                         amp_column_at(price, t));
    }
    const amp_column column = {.value = number, .stride = 1};
    return keep_converted(market, &bitcoin->hashprice_usd_per_ph_day, column) != NULL ? column
                                                                                      : none;
}
