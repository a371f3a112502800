/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/reserve.h"

#include <math.h>

/* A part of what reserves earn: so many MW at one price. */
typedef struct {
    double usd_per_mwh;
    double power_mw;
    uint32_t reserve;
} rung;

/* All of it in one interval, dearest first. */
typedef struct {
    rung part[AMP_RESERVES_MAX];
    size_t count;
} ladder;

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

bool amp_reserve_backs(const amp_site_problem *problem, size_t tier)
{
    switch (problem->load[problem->tier[tier].load].kind) {
    case AMP_LOAD_MINING:
        return (problem->reserve_from & AMP_RESERVE_MINING) != 0;
    case AMP_LOAD_INFERENCE:
        return (problem->reserve_from & AMP_RESERVE_INFERENCE) != 0;
    case AMP_LOAD_LEASE:
    case AMP_LOAD_TRAINING:
        break;
    }
    return false;
}

/* Every rung may split a step of each of the two lists. */
size_t amp_reserve_step_count(const amp_site_problem *problem)
{
    return problem->reserve_count > 0 ? 2 * problem->reserve_count + 2 : 0;
}

static void make_ladder(const amp_site_problem *p, size_t t, ladder *out)
{
    out->count = 0;
    for (uint32_t r = 0; r < p->reserve_count; r++) {
        const rung next = {amp_column_at(p->reserve[r].price_usd_per_mwh, t),
                           amp_column_at(p->reserve[r].limit_mw, t), r};
        if (next.usd_per_mwh <= 0.0 || next.power_mw <= 0.0)
            continue;
        size_t i = out->count++;
        for (; i > 0 && out->part[i - 1].usd_per_mwh < next.usd_per_mwh; i--)
            out->part[i] = out->part[i - 1];
        out->part[i] = next;
    }
}

static bool battery_may_hold(const amp_site_problem *p)
{
    return p->storage.is_present && (p->reserve_from & AMP_RESERVE_BATTERY) != 0;
}

/* ---- the merit order ---- */

/* Where values change: by `usd` for the next `power_mw` of a list. */
typedef struct {
    double usd[AMP_RESERVES_MAX + 2];
    double power_mw[AMP_RESERVES_MAX + 2];
    size_t count;
} shifts;

static void add_shift(shifts *to, double usd, double power_mw)
{
    to->usd[to->count] = usd;
    to->power_mw[to->count++] = power_mw;
}

/* Values of loads that back reserves, from the first MW on. @p cost_usd is k. */
static void make_rises(const ladder *earned, double cost_usd, shifts *rise)
{
    double dearer_mw = 0.0;
    size_t i = 0;
    rise->count = 0;
    for (; i < earned->count && earned->part[i].usd_per_mwh > cost_usd; i++)
        dearer_mw += earned->part[i].power_mw;
    if (dearer_mw > 0.0)
        add_shift(rise, cost_usd, dearer_mw);
    for (; i < earned->count; i++)
        add_shift(rise, earned->part[i].usd_per_mwh, earned->part[i].power_mw);
    add_shift(rise, 0.0, HUGE_VAL);
}

/* All other values: C falls from @p most_mw on, so the cheapest product gives way first.
 * @return B(most_mw), USD per hour */
static double make_falls(const ladder *earned, double cost_usd, double most_mw, shifts *fall)
{
    double held_mw = 0.0;
    double usd_per_h = 0.0;
    size_t i = 0;
    fall->count = 0;
    for (; i < earned->count && earned->part[i].usd_per_mwh > cost_usd; i++) {
        const rung *part = &earned->part[i];
        const double here_mw = larger(0.0, smaller(part->power_mw, most_mw - held_mw));
        usd_per_h += here_mw * (part->usd_per_mwh - cost_usd);
        held_mw += part->power_mw;
    }
    if (held_mw < most_mw)
        add_shift(fall, 0.0, most_mw - held_mw);
    for (; i-- > 0;) {
        const rung *part = &earned->part[i];
        held_mw -= part->power_mw;
        const double here_mw = smaller(part->power_mw, most_mw - held_mw);
        if (here_mw > 0.0)
            add_shift(fall, part->usd_per_mwh - cost_usd, here_mw);
    }
    if (fall->count == 0)
        add_shift(fall, 0.0, HUGE_VAL);
    fall->power_mw[fall->count - 1] = HUGE_VAL;
    return usd_per_h;
}

/* The steps of one of the two lists, shifted, one after the other. */
typedef struct {
    const amp_merit_step *step;
    size_t count;
    size_t at;
    double left_mw; /* of the step */
    const shifts *shift;
    size_t shift_at;
    double shift_mw; /* left of the shift */
    double sign;
    bool wants_backing;
    const bool *backs;
    size_t tier_count;
} stream;

static bool belongs(const stream *s, const amp_merit_step *step)
{
    return (step->what < s->tier_count && s->backs[step->what]) == s->wants_backing;
}

static void find_next(stream *s)
{
    while (s->at < s->count && !belongs(s, &s->step[s->at]))
        s->at++;
    if (s->at < s->count)
        s->left_mw = s->step[s->at].power_mw;
}

static double head_usd(const stream *s)
{
    return s->step[s->at].value_usd_per_mwh + s->sign * s->shift->usd[s->shift_at];
}

/* Takes what one value holds for. */
static amp_merit_step take(stream *s)
{
    const amp_merit_step *from = &s->step[s->at];
    amp_merit_step out = {
        .value_usd_per_mwh = head_usd(s),
        .power_mw = smaller(s->left_mw, s->shift_mw),
        .what = from->what,
        .fall = s->wants_backing ? 0 : (uint32_t)s->shift_at + 1,
    };
    const bool ends_step = s->left_mw <= s->shift_mw;
    if (s->shift_mw <= s->left_mw) {
        s->shift_at++;
        s->shift_mw = s->shift->power_mw[s->shift_at];
    } else {
        s->shift_mw -= out.power_mw;
    }
    s->left_mw -= out.power_mw;
    if (ends_step) {
        s->at++;
        find_next(s);
    }
    return out;
}

static stream start(const amp_site_problem *p, const bool *backs, const amp_merit_list *list,
                    const shifts *shift)
{
    stream s = {.step = list->step,
                .count = list->count,
                .shift = shift,
                .shift_mw = shift->power_mw[0],
                .backs = backs,
                .tier_count = p->tier_count};
    return s;
}

static void merge(const amp_site_problem *p, const bool *backs, const shifts *rise,
                  const shifts *fall, amp_merit_list *list)
{
    stream loads = start(p, backs, list, rise);
    stream others = start(p, backs, list, fall);
    size_t count = 0;
    loads.wants_backing = true;
    loads.sign = 1.0;
    others.sign = -1.0;
    find_next(&loads);
    find_next(&others);
    while (loads.at < loads.count || others.at < others.count) {
        const bool is_load = loads.at < loads.count &&
                             (others.at >= others.count || head_usd(&loads) >= head_usd(&others));
        list->spare[count++] = take(is_load ? &loads : &others);
    }
    amp_merit_step *const made = list->spare;
    list->spare = list->step;
    list->step = made;
    list->count = count;
    for (size_t i = 0; i < fall->count; i++)
        list->fall_usd[i] = fall->usd[i];
}

/* What a MW that the battery holds costs, for the energy behind it. */
static double holding_usd(const amp_site_problem *p, size_t t)
{
    if (!battery_may_hold(p) || p->storage.plan_mw != NULL)
        return HUGE_VAL;
    if (p->storage.held_usd_per_mwh.value == NULL)
        return 0.0;
    return amp_column_at(p->storage.held_usd_per_mwh, t);
}

/* What the battery is to hold is sold already, the dearest first. */
static void sell_plan(ladder *earned, double plan_mw)
{
    for (size_t i = 0; i < earned->count; i++) {
        const double sold_mw = smaller(plan_mw, earned->part[i].power_mw);
        earned->part[i].power_mw -= sold_mw;
        plan_mw -= sold_mw;
    }
}

/* Output leaves room for what the battery is to hold: nobody can use what lies beyond. Supply that
 * is not used stays supply, so that the steps stay. */
static void end_list(amp_merit_list *list, double most_mw)
{
    double left_mw = larger(0.0, most_mw);
    size_t i = 0;
    for (; i < list->count && list->step[i].power_mw <= left_mw; i++)
        left_mw -= list->step[i].power_mw;
    if (i < list->count && left_mw > 0.0) {
        for (size_t k = list->count++; k > i; k--)
            list->step[k] = list->step[k - 1];
        list->step[i].power_mw = left_mw;
        list->step[++i].power_mw -= left_mw;
    }
    for (; i < list->count; i++)
        list->step[i].value_usd_per_mwh = -4.0 * AMP_MERIT_FORBIDDEN;
}

static void apply_plan(const amp_site_problem *p, const bool *backs, size_t t, amp_merit_list *list)
{
    const amp_storage *storage = &p->storage;
    const double discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    ladder earned = {.count = 0};
    shifts rise = {.count = 0};
    const shifts fall = {.usd = {0.0}, .power_mw = {HUGE_VAL}, .count = 1};
    make_ladder(p, t, &earned);
    sell_plan(&earned, storage->plan_mw[t]);
    make_rises(&earned, HUGE_VAL, &rise);
    merge(p, backs, &rise, &fall, list);
    list->has_reserve = true;
    if (storage->plan_mw[t] > 0.0)
        end_list(list, list->offset_mw + discharge_mw - storage->plan_mw[t]);
}

void amp_reserve_apply(const amp_site_problem *problem, const bool *backs, size_t t,
                       amp_merit_list *list)
{
    const amp_storage *storage = &problem->storage;
    const double cost_usd = holding_usd(problem, t);
    const double discharge_mw =
        storage->is_present ? amp_column_at(storage->discharge_limit_mw, t) : 0.0;
    ladder earned = {.count = 0};
    shifts rise = {.count = 0};
    shifts fall = {.count = 0};
    if (storage->plan_mw != NULL) {
        apply_plan(problem, backs, t, list);
        return;
    }
    make_ladder(problem, t, &earned);
    list->has_reserve = earned.count > 0;
    if (earned.count == 0)
        return;
    make_rises(&earned, cost_usd, &rise);
    list->base_usd_per_h += make_falls(&earned, cost_usd, list->offset_mw + discharge_mw, &fall);
    merge(problem, backs, &rise, &fall, list);
}

double amp_reserve_scarcity_usd(const amp_merit_list *list, double price)
{
    const amp_merit_step *before = NULL;
    const amp_merit_step *after = NULL;
    if (!list->has_reserve)
        return 0.0;
    for (size_t i = 0; i < list->count && after == NULL; i++) {
        const amp_merit_step *step = &list->step[i];
        if (step->fall == 0 || step->power_mw <= 0.0)
            continue;
        if (step->value_usd_per_mwh > price)
            before = step;
        else
            after = step;
    }
    if (before == NULL)
        return list->fall_usd[after == NULL ? 0 : after->fall - 1];
    const double low = list->fall_usd[before->fall - 1];
    if (after == NULL)
        return low;
    const double high = list->fall_usd[after->fall - 1];
    const double least = larger(low, after->value_usd_per_mwh + high - price);
    const double most = smaller(high, before->value_usd_per_mwh + low - price);
    return larger(least, 0.5 * (least + most));
}

/* One more MW that a load uses, or the battery takes, is one more that is held: what that earns, at
 * the slope of B to the right. What import or another use takes of it is not. */
double amp_reserve_bus_usd(const amp_merit_list *list, double net_mw, double battery_usd)
{
    const double sliver_mw = 1e-9 * (1.0 + fabs(list->offset_mw));
    double left_mw = list->offset_mw + net_mw;
    double held_usd = list->fall_usd[0];
    double others_usd = -HUGE_VAL;
    double loads_usd = battery_usd;
    for (size_t i = 0; i < list->count; i++) {
        const amp_merit_step *step = &list->step[i];
        const double fall_usd = step->fall > 0 ? list->fall_usd[step->fall - 1] : 0.0;
        if (step->fall > 0 && left_mw > sliver_mw)
            held_usd = fall_usd;
        if (step->power_mw - left_mw > sliver_mw && step->fall > 0)
            others_usd = larger(others_usd, step->value_usd_per_mwh + fall_usd);
        else if (step->power_mw - left_mw > sliver_mw)
            loads_usd = larger(loads_usd, step->value_usd_per_mwh);
        left_mw = larger(0.0, left_mw - step->power_mw);
    }
    return larger(others_usd, loads_usd + held_usd);
}

/* ---- the energy behind it ---- */

/* G, less a cost of each MW. */
static double earned_usd(const ladder *earned, double held_mw, double cost_usd)
{
    double usd = 0.0;
    for (size_t i = 0; i < earned->count && held_mw > 0.0; i++) {
        const double part_mw = smaller(held_mw, earned->part[i].power_mw);
        usd += part_mw * (earned->part[i].usd_per_mwh - cost_usd);
        held_mw -= part_mw;
    }
    return usd;
}

static double total_mw(const ladder *earned)
{
    double mw = 0.0;
    for (size_t i = 0; i < earned->count; i++)
        mw += earned->part[i].power_mw;
    return mw;
}

bool amp_reserve_wants_energy(const amp_site_problem *problem)
{
    return problem->reserve_count > 0 && battery_may_hold(problem) &&
           problem->reserve[0].duration_h > 0.0;
}

double amp_reserve_most_usd(const amp_site_problem *problem, size_t t)
{
    ladder earned = {.count = 0};
    make_ladder(problem, t, &earned);
    return earned.count > 0 ? earned.part[0].usd_per_mwh : 0.0;
}

double amp_reserve_wanted_mw(const amp_site_problem *problem, size_t t)
{
    ladder earned = {.count = 0};
    make_ladder(problem, t, &earned);
    return total_mw(&earned);
}

double amp_reserve_earned_usd_per_h(const amp_site_problem *problem, size_t t, double held_mw)
{
    ladder earned = {.count = 0};
    make_ladder(problem, t, &earned);
    return earned_usd(&earned, held_mw, 0.0);
}

double amp_reserve_used_mw(const amp_merit_list *list, double net_mw)
{
    double left_mw = list->offset_mw + net_mw;
    double loads_mw = 0.0;
    for (size_t i = 0; list->has_reserve && i < list->count && left_mw > 0.0; i++) {
        const double used_mw = smaller(left_mw, list->step[i].power_mw);
        loads_mw += list->step[i].fall == 0 ? used_mw : 0.0;
        left_mw -= used_mw;
    }
    return loads_mw;
}

amp_reserve_parts amp_reserve_beyond(const amp_site_problem *problem, size_t t, double held_mw,
                                     double power_mw)
{
    amp_reserve_parts parts = {.count = 0};
    ladder earned = {.count = 0};
    make_ladder(problem, t, &earned);
    for (size_t i = 0; i < earned.count && power_mw > 0.0; i++) {
        const double before_mw = smaller(held_mw, earned.part[i].power_mw);
        const double part_mw = smaller(power_mw, earned.part[i].power_mw - before_mw);
        held_mw -= before_mw;
        power_mw -= part_mw;
        if (part_mw <= 0.0)
            continue;
        parts.power_mw[parts.count] = part_mw;
        parts.usd_per_mwh[parts.count++] = earned.part[i].usd_per_mwh;
    }
    return parts;
}

double amp_reserve_true_usd_per_h(const amp_site_problem *problem, size_t t,
                                  const amp_merit_list *list, double net_mw, double stored_mwh)
{
    const amp_storage *s = &problem->storage;
    const double cost_usd = holding_usd(problem, t);
    const double usd_per_h = amp_merit_profit_usd_per_h(list, net_mw);
    const double loads_mw = amp_reserve_used_mw(list, net_mw);
    const double spare_mw = larger(0.0, amp_column_at(s->discharge_limit_mw, t) - net_mw);
    const double backed_mw =
        larger(0.0, stored_mwh * s->discharge_efficiency / problem->reserve[0].duration_h);
    double dearer_mw = 0.0;
    ladder earned = {.count = 0};
    make_ladder(problem, t, &earned);
    if (earned.count == 0)
        return usd_per_h;
    for (size_t i = 0; i < earned.count && earned.part[i].usd_per_mwh > cost_usd; i++)
        dearer_mw += earned.part[i].power_mw;
    const double bought_mw = larger(loads_mw, smaller(dearer_mw, loads_mw + spare_mw));
    const double priced_usd = cost_usd * loads_mw + earned_usd(&earned, bought_mw, cost_usd) +
                              cost_usd * smaller(0.0, total_mw(&earned) - bought_mw);
    return usd_per_h - priced_usd +
           earned_usd(&earned, loads_mw + smaller(spare_mw, backed_mw), 0.0);
}

/* ---- what a schedule holds ---- */

amp_reserve_split amp_reserve_divide(const amp_site_problem *problem, size_t t, double load_mw,
                                     double battery_mw, double stored_mwh)
{
    const double duration_h = problem->reserve_count > 0 ? problem->reserve[0].duration_h : 0.0;
    const double drawn_mwh = duration_h / problem->storage.discharge_efficiency;
    amp_reserve_split split = {0};
    ladder earned = {.count = 0};
    make_ladder(problem, t, &earned);
    if (!battery_may_hold(problem))
        battery_mw = 0.0;
    else if (duration_h > 0.0)
        battery_mw = smaller(battery_mw, stored_mwh / drawn_mwh);
    load_mw = larger(0.0, load_mw);
    battery_mw = larger(0.0, battery_mw);
    for (size_t i = 0; i < earned.count; i++) {
        const rung *part = &earned.part[i];
        const double by_loads = smaller(load_mw, part->power_mw);
        const double by_battery = smaller(battery_mw, part->power_mw - by_loads);
        split.load_mw[part->reserve] = by_loads;
        split.battery_mw[part->reserve] = by_battery;
        load_mw -= by_loads;
        battery_mw -= by_battery;
    }
    return split;
}
