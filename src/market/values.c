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

static double at_most(double number, amp_column cap, size_t t)
{
    return cap.value == NULL ? number : fmin(number, amp_column_at(cap, t));
}

/* Adds what holds from @p start_s to @p stop_s, over its part of each interval, to @p sum. */
static void add_held(const amp_horizon *horizon, int64_t start_s, int64_t stop_s, amp_column held,
                     amp_column cap, double *sum)
{
    const int64_t step_s = horizon->step_s;
    const int64_t begin_s = start_s > horizon->from_unix_s ? start_s : horizon->from_unix_s;
    const int64_t end_s = stop_s < horizon->to_unix_s ? stop_s : horizon->to_unix_s;
    if (end_s <= begin_s)
        return;
    for (size_t t = (size_t)((begin_s - horizon->from_unix_s) / step_s);
         t < horizon->interval_count; t++) {
        const int64_t from_s = horizon->from_unix_s + (int64_t)t * step_s;
        const int64_t first_s = begin_s > from_s ? begin_s : from_s;
        const int64_t last_s = end_s < from_s + step_s ? end_s : from_s + step_s;
        const double number = at_most(amp_column_at(held, t), cap, t);
        if (last_s <= first_s)
            return;
        sum[t] += last_s - first_s == step_s ? number
                                             : (double)(last_s - first_s) / (double)step_s * number;
    }
}

bool amp_market_fill_steps(amp_market *market, const amp_steps *steps, double before,
                           amp_column cap, double *out)
{
    const amp_horizon *horizon = &market->portfolio->horizon;
    const int64_t first_s = steps->count > 0 ? steps->step[0].from_unix_s : horizon->to_unix_s;
    for (size_t t = 0; t < horizon->interval_count; t++)
        out[t] = 0.0;
    add_held(horizon, horizon->from_unix_s, first_s, (amp_column){.value = &before, .stride = 0},
             cap, out);
    for (size_t i = 0; i < steps->count; i++) {
        const amp_step *step = &steps->step[i];
        const amp_column column = amp_market_column(market, &step->value, NULL);
        const int64_t stop_s = i + 1 < steps->count ? step[1].from_unix_s : horizon->to_unix_s;
        if (column.value == NULL)
            return false;
        add_held(horizon, step->from_unix_s, stop_s, column, cap, out);
    }
    /* Parts of the cap may add up to a last digit more than it. */
    for (size_t t = 0; t < horizon->interval_count; t++)
        out[t] = at_most(out[t], cap, t);
    return true;
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

static amp_column varying_steps(amp_market *market, const amp_steps *steps, double before,
                                amp_column cap)
{
    double *number = amp_market_new_numbers(market, market->portfolio->horizon.interval_count);
    if (number == NULL || !amp_market_fill_steps(market, steps, before, cap, number))
        return (amp_column){.value = NULL, .stride = 0};
    return (amp_column){.value = number, .stride = 1};
}

static amp_column make_steps(amp_market *market, const amp_steps *steps, double before,
                             amp_column cap)
{
    const int only = only_step(&market->portfolio->horizon, steps);
    amp_column held = {.value = &before, .stride = 0};
    if (only >= 0)
        held = amp_market_column(market, &steps->step[only].value, NULL);
    if (held.value == NULL || (only >= 0 && cap.value == NULL))
        return held;
    if (only == STEP_CHANGES || held.stride > 0 || (cap.value != NULL && cap.stride > 0))
        return varying_steps(market, steps, before, cap);
    return constant(market, at_most(*held.value, cap, 0));
}

static const amp_stepped *find_stepped(const amp_market *market, const amp_stepped *key)
{
    const amp_stepped *s = market->stepped;
    while (s != NULL &&
           (s->steps != key->steps || !amp_same(s->before, key->before) || s->cap != key->cap))
        s = s->next;
    return s;
}

static const amp_stepped *keep_stepped(amp_market *market, const amp_stepped *stepped)
{
    amp_stepped *s = AMP_ARENA_NEW(market->arena, amp_stepped, 1);
    if (s == NULL)
        return NULL;
    *s = *stepped;
    s->next = market->stepped;
    market->stepped = s;
    return s;
}

amp_column amp_market_steps_at_most(amp_market *market, const amp_steps *steps, double before,
                                    const amp_value *cap)
{
    const amp_column none = {.value = NULL, .stride = 0};
    amp_stepped wanted = {.steps = steps, .before = before, .cap = cap};
    const amp_stepped *known = find_stepped(market, &wanted);
    if (known == NULL) {
        const amp_column most = cap != NULL ? amp_market_column(market, cap, NULL) : none;
        if (cap != NULL && most.value == NULL)
            return none;
        wanted.column = make_steps(market, steps, before, most);
        if (wanted.column.value == NULL)
            return none;
        known = keep_stepped(market, &wanted);
    }
    return known != NULL ? known->column : none;
}

amp_column amp_market_steps(amp_market *market, const amp_steps *steps, double before)
{
    return amp_market_steps_at_most(market, steps, before, NULL);
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
