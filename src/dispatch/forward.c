/* SPDX-License-Identifier: Apache-2.0 */
/* From the start of the horizon to its end: prices, the bound, and a path that attains it. */
#include "dispatch/forward.h"

#include "base/text.h"
#include "dispatch/stored.h"

#include <math.h>

/* The value of one interval over withdrawals, as the backward pass saw it. */
typedef struct {
    const amp_segment *piece; /* NULL: two pieces that meet at rest, or one edge */
    size_t count;
    double charge_slope; /* without pieces */
    double discharge_slope;
    double usd; /* at rest without pieces, else at full charge */
} interval_value;

typedef struct {
    amp_solver *solver;
    bool is_plain;    /* no decay, one window, nothing forbidden: what most sites are */
    size_t cache_end; /* pieces of the interval at hand end here in the cache */
    double to_mwh;    /* MWh for each unit, without decay */
    double bound_usd;
    double relaxed_usd; /* value of the path with mixed modes */
    double gross_usd;   /* sum of magnitudes: what rounding is relative to */
    double lost_usd;    /* what of that one mode an interval does not earn */
    size_t dead_count;  /* intervals in which one mode cannot follow it at all */
    size_t mixed_count;
} walker;

static inline interval_value market_value(const amp_solver *solver, size_t t,
                                          const amp_window *window)
{
    const double price = solver->price_usd_per_mwh[t];
    const double inverse_factor = amp_solver_inverse_factor(solver, t + 1);
    if (solver->shape[t] == AMP_SHAPE_MARKET)
        return (interval_value){
            .charge_slope = amp_charge_slope(solver, price) * inverse_factor,
            .discharge_slope = amp_discharge_slope(solver, price) * inverse_factor,
            .usd = solver->profit_usd[t],
        };
    /* On the edge the value at rest lies above the one without the battery: from full charge, where
     * both are the same, along the edge. */
    const double edge = (price * window->edge_gain - window->edge_wear) * inverse_factor;
    const double full_charge_usd = solver->profit_usd[t] - (price + solver->wear_usd_per_mwh) *
                                                               window->charge_mw *
                                                               solver->interval_h;
    return (interval_value){
        .charge_slope = edge,
        .discharge_slope = edge,
        .usd = full_charge_usd + edge * (double)window->charge * solver->mwh_per_unit,
    };
}

/* Pieces are read from the cache in the order in which they were put there, last first; where it
 * was full they are made anew. */
static interval_value list_value(walker *walk, size_t t, const amp_window *window)
{
    amp_solver *solver = walk->solver;
    interval_value value = {.usd = solver->profit_usd[t]};
    if ((solver->shape[t] & AMP_SHAPE_REBUILD) != 0) {
        amp_curve curve = {.piece = solver->piece};
        amp_merit_build(solver->merit, t, AMP_MODE_RELAXED,
                        amp_merit_lost_usd_per_h(solver->merit, t), &solver->list);
        amp_curve_make(solver, &solver->list, window, amp_solver_inverse_factor(solver, t + 1),
                       &curve);
        value.piece = curve.piece;
        value.count = curve.count;
        return value;
    }
    value.count = (size_t)(solver->shape[t] & (AMP_SHAPE_POOLED - 1)) - AMP_SHAPE_LIST;
    walk->cache_end -= value.count;
    value.piece = solver->cache + walk->cache_end;
    return value;
}

static inline interval_value value_of(walker *walk, size_t t, const amp_window *window)
{
    if (amp_shape_is_market(walk->solver->shape[t]))
        return market_value(walk->solver, t, window);
    return list_value(walk, t, window);
}

/* Value of withdrawing y; parts that are forbidden count nothing. */
static double usd_at(const interval_value *value, const amp_window *window, int64_t y,
                     double to_mwh)
{
    if (value->piece == NULL)
        return value->usd +
               (y < 0 ? value->charge_slope : value->discharge_slope) * (double)y * to_mwh;
    double usd = value->usd;
    int64_t left = y + window->charge;
    for (size_t k = 0; k < value->count && left > 0; k++) {
        const int64_t length = left < value->piece[k].length ? left : value->piece[k].length;
        if (fabs(value->piece[k].slope) < AMP_MERIT_FORBIDDEN)
            usd += value->piece[k].slope * (double)length * to_mwh;
        left -= length;
    }
    return usd;
}

/* What is optimal in one interval when a unit is worth some slope. */
typedef struct {
    int64_t least; /* range of withdrawals */
    int64_t most;
    double usd; /* value less what is withdrawn: the interval's part of the dual function */
} best_response;

/* The length or 0, without a branch: whether to charge is what nobody can foresee. */
static inline int64_t length_if(bool condition, int64_t length)
{
    return length & -(int64_t)condition;
}

static inline best_response respond_market(const interval_value *value, const amp_window *window,
                                           double slope, double to_mwh)
{
    const int64_t charge = window->charge;
    const int64_t discharge = window->discharge;
    best_response best = {.least = -charge, .most = -charge};
    best.least += length_if(value->charge_slope > slope, charge);
    best.least += length_if(value->discharge_slope > slope, discharge);
    best.most += length_if(value->charge_slope >= slope, charge);
    best.most += length_if(value->discharge_slope >= slope, discharge);
    const double charged = (double)length_if(best.least < 0, best.least) * to_mwh;
    const double discharged = (double)length_if(best.least > 0, best.least) * to_mwh;
    best.usd = value->usd + (value->charge_slope - slope) * charged +
               (value->discharge_slope - slope) * discharged;
    return best;
}

static inline best_response respond_list(const interval_value *value, const amp_window *window,
                                         double slope, double to_mwh)
{
    best_response best = {.least = -window->charge, .most = -window->charge, .usd = value->usd};
    for (size_t k = 0; k < value->count; k++) {
        const amp_segment piece = value->piece[k];
        const bool is_needed = piece.slope >= AMP_MERIT_FORBIDDEN;
        if (piece.slope <= -AMP_MERIT_FORBIDDEN || (piece.slope < slope && !is_needed))
            break; /* impossible, or worth less */
        best.most += piece.length;
        if (piece.slope <= slope && !is_needed)
            continue;
        best.least += piece.length;
        if (!is_needed)
            best.usd += piece.slope * (double)piece.length * to_mwh;
    }
    best.usd -= slope * (double)best.least * to_mwh;
    return best;
}

/* With nothing forbidden a piece counts by its slope alone. */
static inline best_response respond_plain_list(const interval_value *value,
                                               const amp_window *window, double slope,
                                               double to_mwh)
{
    int64_t least = -window->charge;
    int64_t most = least;
    double usd = 0.0;
    for (size_t k = 0; k < value->count && value->piece[k].slope >= slope; k++) {
        const amp_segment piece = value->piece[k];
        const int64_t wanted = length_if(piece.slope > slope, piece.length);
        least += wanted;
        most += piece.length;
        usd += piece.slope * (double)wanted;
    }
    usd -= slope * (double)least;
    return (best_response){.least = least, .most = most, .usd = value->usd + usd * to_mwh};
}

/* A stretch at the end of which the stored energy is pinned to a limit, or the horizon ends. */
typedef struct {
    size_t first;
    size_t end;
    double slope; /* at its start; the same all along, in the units of each interval */
    int64_t low;  /* range of stored energy at its end */
    int64_t high;
    double next_slope;
    double dual_usd; /* its intervals' part of the dual function */
} stretch;

/* Range of final energy that is optimal at `slope`, and its share of the dual function. */
static void end_of_horizon(walker *walk, stretch *run, double slope)
{
    amp_solver *solver = walk->solver;
    const amp_storage *storage = &solver->problem->storage;
    const size_t t = solver->interval_count;
    const double factor = amp_solver_factor(solver, t);
    const int64_t minimum = amp_solver_minimum(solver, t);
    const int64_t maximum = amp_solver_maximum(solver, t);
    const int64_t level = amp_solver_final_level(solver, t);
    double worth = storage->terminal_value_usd_per_mwh / factor;
    if (solver->kink != NULL)
        worth = amp_stored_round(worth);
    int64_t floor_units = minimum;
    if (storage->final != AMP_FINAL_FREE) {
        worth = 0.0;
        floor_units = level;
    }
    const int64_t ceiling_units = storage->final == AMP_FINAL_EXACT ? level : maximum;
    run->low = worth > slope ? ceiling_units : floor_units;
    run->high = worth >= slope ? ceiling_units : floor_units;
    const double best = worth > slope ? (double)ceiling_units : (double)floor_units;
    const bool is_exact =
        storage->final != AMP_FINAL_FREE && !(worth > slope && ceiling_units > level);
    const double best_mwh = is_exact ? storage->final_mwh * factor : best * walk->to_mwh;
    walk->bound_usd += (worth - slope) * best_mwh;
    walk->gross_usd += fabs((worth - slope) * best_mwh);
}

/* The same where energy is worth being stored: @p slope is of the end value alone, and the path is
 * within one part of that worth, or beyond them. */
static void end_stored(walker *walk, stretch *run, double slope)
{
    const int64_t low = run->low;
    const int64_t high = run->high;
    end_of_horizon(walk, run, slope);
    run->low = run->low < low ? low : run->low > high ? high : run->low;
    run->high = run->high < low ? low : run->high > high ? high : run->high;
}

/* The next slope when stored energy at time t is pinned to a limit, or the same. Where no level
 * above the minimum (or below the maximum) is allowed, any slope beyond every price pins it; a
 * slope that decay has carried further than that stays. */
static inline double clamp_slope(const amp_solver *solver, size_t t, double slope)
{
    const double high = solver->high[t];
    const double low = solver->low[t];
    if (high <= -AMP_MERIT_FORBIDDEN)
        return slope < -solver->extreme_slope ? slope : -solver->extreme_slope;
    if (low >= AMP_MERIT_FORBIDDEN)
        return slope > solver->extreme_slope ? slope : solver->extreme_slope;
    if (slope > high && high < AMP_MERIT_FORBIDDEN)
        return high;
    return slope < low && low > -AMP_MERIT_FORBIDDEN ? low : slope;
}

static inline best_response respond(walker *walk, size_t t, const amp_window *window, double slope)
{
    if (amp_shape_is_market(walk->solver->shape[t])) {
        const interval_value value = market_value(walk->solver, t, window);
        return respond_market(&value, window, slope, walk->to_mwh);
    }
    const interval_value value = list_value(walk, t, window);
    return respond_list(&value, window, slope, walk->to_mwh);
}

/* ---- the prices of a stretch ---- */

static void pin(walker *walk, stretch *run, double slope)
{
    const amp_solver *solver = walk->solver;
    const size_t t = run->end;
    const double rise = run->next_slope - slope;
    run->low = rise > 0.0 ? amp_solver_maximum(solver, t) : amp_solver_minimum(solver, t);
    run->high = run->low;
    walk->bound_usd += rise * (double)run->low * walk->to_mwh;
    run->next_slope = amp_solver_next_slope(solver, t, run->next_slope);
}

/* Intervals [first, end) whose shape is one piece each way or the edge, all at one slope. Without a
 * branch that depends on prices, so that the loop runs on vectors; net_mw, which the path fills
 * later, holds each interval's part of the dual function until it is summed. */
static void respond_to_market(walker *walk, const stretch *run, size_t first, size_t end)
{
    const amp_solver *solver = walk->solver;
    const amp_window window = solver->window;
    const double slope = run->slope;
    const double wear = solver->wear_usd_per_mwh;
    const double charge_gain = solver->inverse_charge_efficiency;
    const double discharge_gain = solver->discharge_efficiency;
    const double edge_from = amp_window_mixes(&window) ? solver->burn_usd_per_mwh : -HUGE_VAL;
    const double charged_mwh = (double)window.charge * walk->to_mwh;
    const double discharged_mwh = (double)window.discharge * walk->to_mwh;
    const double drawn_mwh = window.charge_mw * solver->interval_h;
    const int64_t full_charge = -window.charge;
    const int64_t full_discharge = window.discharge;
    const size_t count = end - first;
    const double *restrict price = solver->price_usd_per_mwh + first;
    const double *restrict profit = solver->profit_usd + first;
    int64_t *restrict least = solver->least + (first - run->first);
    int64_t *restrict most = solver->most + (first - run->first);
    double *restrict usd = solver->net_mw + first;
    for (size_t i = 0; i < count; i++) {
        const double p = price[i];
        const bool is_edge = p < edge_from;
        const double edge = p * window.edge_gain - window.edge_wear;
        const double charge_slope = (p + wear) * charge_gain;
        const double discharge_slope = (p - wear) * discharge_gain;
        const double charge = is_edge ? edge : charge_slope;
        const double discharge = is_edge ? edge : discharge_slope;
        const double on_edge = edge * charged_mwh - (p + wear) * drawn_mwh;
        const double charging = (slope - charge) * charged_mwh;
        const double discharging = (discharge - slope) * discharged_mwh;
        usd[i] = profit[i] + (is_edge ? on_edge : 0.0) + (charge > slope ? 0.0 : charging) +
                 (discharge > slope ? discharging : 0.0);
        least[i] = (charge > slope ? 0 : full_charge) + (discharge > slope ? full_discharge : 0);
        most[i] = (charge >= slope ? 0 : full_charge) + (discharge >= slope ? full_discharge : 0);
    }
    for (size_t i = 0; i < count; i++) {
        walk->bound_usd += usd[i];
        walk->gross_usd += fabs(usd[i]);
    }
}

static void respond_to_list(walker *walk, const stretch *run, size_t t)
{
    amp_solver *solver = walk->solver;
    const interval_value value = list_value(walk, t, &solver->window);
    const best_response best =
        respond_plain_list(&value, &solver->window, run->slope, walk->to_mwh);
    solver->least[t - run->first] = best.least;
    solver->most[t - run->first] = best.most;
    walk->bound_usd += best.usd;
    walk->gross_usd += fabs(best.usd);
}

/* As scan_stretch(), for plain sites: first where it ends, then what is optimal on the way. */
static stretch scan_plain_stretch(walker *walk, size_t first, double slope)
{
    amp_solver *solver = walk->solver;
    const size_t n = solver->interval_count;
    stretch run = {.first = first, .end = first + 1, .slope = slope};
    while (run.end < n && slope <= solver->high[run.end] && slope >= solver->low[run.end])
        run.end++;
    const double before_usd = walk->bound_usd;
    for (size_t t = first; t < run.end;) {
        const size_t start = t;
        while (t < run.end && amp_shape_is_market(solver->shape[t]))
            t++;
        if (t > start)
            respond_to_market(walk, &run, start, t);
        for (; t < run.end && !amp_shape_is_market(solver->shape[t]); t++)
            respond_to_list(walk, &run, t);
    }
    for (size_t t = first; t < run.end; t++)
        solver->stored_usd_per_mwh[t] = slope;
    run.dual_usd = walk->bound_usd - before_usd;
    if (run.end == n) {
        end_of_horizon(walk, &run, slope);
        return run;
    }
    const bool is_above = slope > solver->high[run.end];
    run.next_slope = is_above ? solver->high[run.end] : solver->low[run.end];
    pin(walk, &run, slope);
    return run;
}

/* Where energy is worth being stored, the slope changes by that worth at the end of each interval;
 * the end of a part pins the path as a limit does. What the dual function adds up to is not needed
 * then. @return whether the path is pinned. */
static bool follow_stored(walker *walk, stretch *run, double *slope)
{
    amp_solver *solver = walk->solver;
    const size_t t = run->end;
    const amp_stored_step step = amp_stored_follow(solver, t, *slope);
    solver->level_low[t] = step.low;
    solver->level_high[t] = step.high;
    run->low = step.low;
    run->high = step.high;
    if (t == solver->interval_count) {
        if (!step.is_pinned)
            end_stored(walk, run, step.next_slope);
        return false;
    }
    const double clamped = clamp_slope(solver, t, step.next_slope);
    const bool is_limit = clamped < step.next_slope || clamped > step.next_slope;
    *slope = amp_solver_next_slope(solver, t, clamped);
    run->next_slope = *slope;
    if (is_limit && !step.is_pinned) {
        run->low = clamped < step.next_slope ? step.low : step.high;
        run->high = run->low;
    }
    return step.is_pinned || is_limit;
}

/* Follows the slope until a limit pins the stored energy; notes the optimal withdrawals. */
static stretch scan_stretch(walker *walk, size_t first, double slope)
{
    if (walk->is_plain)
        return scan_plain_stretch(walk, first, slope);
    amp_solver *solver = walk->solver;
    stretch run = {.first = first, .end = first, .slope = slope};
    double bound_usd = 0.0;
    double gross_usd = 0.0;
    bool is_pinned = false;
    while (!is_pinned && run.end < solver->interval_count) {
        const size_t t = run.end++;
        const best_response best = respond(walk, t, amp_solver_window(solver, t), slope);
        solver->least[t - first] = best.least;
        solver->most[t - first] = best.most;
        solver->stored_usd_per_mwh[t] = slope * amp_solver_factor(solver, t + 1);
        bound_usd += best.usd;
        gross_usd += fabs(best.usd);
        if (solver->kink != NULL) {
            is_pinned = follow_stored(walk, &run, &slope);
            if (is_pinned || run.end == solver->interval_count)
                return run;
            continue;
        }
        if (run.end == solver->interval_count)
            break;
        run.next_slope = clamp_slope(solver, run.end, slope);
        is_pinned = run.next_slope < slope || run.next_slope > slope;
        if (!is_pinned)
            slope = amp_solver_next_slope(solver, run.end, slope);
    }
    walk->bound_usd += bound_usd;
    walk->gross_usd += gross_usd;
    if (is_pinned)
        pin(walk, &run, slope);
    else
        end_of_horizon(walk, &run, slope);
    run.dual_usd = bound_usd;
    return run;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- the path through a stretch ---- */

/* The tube: stored energy at each interval's end from which the end of the stretch is reached with
 * optimal withdrawals only. */
static void make_tube(amp_solver *solver, const stretch *run)
{
    int64_t low = run->low;
    int64_t high = run->high;
    for (size_t t = run->end; t-- > run->first;) {
        const size_t i = t - run->first;
        solver->reach[i] = (amp_level_range){low, high};
        const int bits = amp_solver_epoch_bits(solver, t);
        low =
            larger(amp_solver_minimum(solver, t), (low + solver->least[i]) * (INT64_C(1) << bits));
        high =
            smaller(amp_solver_maximum(solver, t), (high + solver->most[i]) * (INT64_C(1) << bits));
        if (solver->kink != NULL && t > run->first) {
            low = larger(low, solver->level_low[t]);
            high = smaller(high, solver->level_high[t]);
        }
    }
}

/* What one mode alone earns where the relaxation may mix two; counts where it has more. @return
 * the difference. */
static double mixing_gain(walker *walk, size_t t, const interval_value *value, int64_t y)
{
    amp_solver *solver = walk->solver;
    const amp_window window = *amp_solver_window(solver, t);
    const double relaxed_usd = usd_at(value, &window, y, walk->to_mwh);
    const double net_mw = amp_window_net_mw(&window, y);
    double single_usd = -solver->wear_usd_per_mwh * fabs(net_mw) * solver->interval_h;
    if (solver->shape[t] == AMP_SHAPE_EDGE)
        single_usd +=
            solver->profit_usd[t] + solver->price_usd_per_mwh[t] * net_mw * solver->interval_h;
    else
        single_usd += amp_one_mode_profit_usd(solver, t, net_mw);
    if (relaxed_usd - single_usd <= 1e-9 + 1e-11 * fabs(relaxed_usd))
        return 0.0;
    walk->mixed_count++;
    solver->shape[t] |= AMP_SHAPE_MIXED;
    if (isinf(single_usd)) {
        walk->dead_count++;
        return relaxed_usd;
    }
    return relaxed_usd - single_usd;
}

/* Where slopes had to share a segment (queue.h) the tube may leave the range of what is optimal:
 * what that costs in one interval. */
static double stray_loss(walker *walk, const interval_value *value, const amp_window *window,
                         double slope, int64_t y)
{
    const best_response best = value->piece == NULL
                                   ? respond_market(value, window, slope, walk->to_mwh)
                                   : respond_list(value, window, slope, walk->to_mwh);
    return best.usd + slope * (double)y * walk->to_mwh - usd_at(value, window, y, walk->to_mwh);
}

/* Battery modes mix on the edge only, whose slopes lie below the flat one: while a unit is worth
 * more than that, no optimal withdrawal is there. */
static inline bool can_use_edge(const amp_solver *solver, double slope, double inverse_factor)
{
    return slope <= solver->flat_slope * inverse_factor;
}

static inline bool may_mix(uint16_t shape, bool uses_edge)
{
    const bool has_edge = shape == AMP_SHAPE_EDGE || (shape & AMP_SHAPE_MIXABLE) != 0;
    return (has_edge && uses_edge) || (shape & AMP_SHAPE_POOLED) != 0;
}

/* Walks a stretch through its tube; of all optimal withdrawals the one nearest to rest. What it
 * earns follows from the dual function, of which every withdrawal taken is a maximiser. @return
 * the stored energy at its end, in the units there. */
static int64_t walk_stretch(walker *walk, const stretch *run, int64_t level)
{
    amp_solver *solver = walk->solver;
    double slope = run->slope;
    double usd = run->dual_usd;
    for (size_t t = run->first; t < run->end; t++) {
        const amp_window *window = amp_solver_window(solver, t);
        const int bits = amp_solver_epoch_bits(solver, t);
        level = bits == 0 ? level : (level + (INT64_C(1) << (bits - 1))) >> bits;
        const size_t i = t - run->first;
        const int64_t least = larger(solver->least[i], level - solver->reach[i].high);
        const int64_t most = smaller(solver->most[i], level - solver->reach[i].low);
        const int64_t y =
            smaller(larger(larger(least, smaller(most, 0)), -window->charge), window->discharge);
        const uint16_t shape = solver->shape[t];
        if (solver->kink != NULL)
            slope = solver->stored_usd_per_mwh[t] * amp_solver_inverse_factor(solver, t + 1);
        if (shape != AMP_SHAPE_MARKET || least > most) {
            const interval_value value = value_of(walk, t, window);
            const bool is_stray = least > most;
            const bool uses_edge =
                is_stray || can_use_edge(solver, slope, amp_solver_inverse_factor(solver, t + 1));
            walk->lost_usd += is_stray ? stray_loss(walk, &value, window, slope, y) : 0.0;
            walk->lost_usd += may_mix(shape, uses_edge) ? mixing_gain(walk, t, &value, y) : 0.0;
        }
        level -= y;
        usd += slope * (double)y * walk->to_mwh;
        solver->net_mw[t] = amp_window_net_mw(window, y);
        solver->soc_mwh[t] =
            (double)level * walk->to_mwh * amp_solver_inverse_factor(solver, t + 1);
        if (t + 1 < run->end)
            slope = amp_solver_next_slope(solver, t + 1, slope);
    }
    walk->relaxed_usd += usd;
    return level;
}

/* The same for a plain site where no modes can mix. @return false, with nothing counted, when the
 * tube leaves the range of what is optimal. */
static bool walk_plain_stretch(walker *walk, const stretch *run, int64_t *level)
{
    const amp_solver *solver = walk->solver;
    const int64_t charge = solver->window.charge;
    const int64_t discharge = solver->window.discharge;
    const double mw_per_unit[2] = {solver->window.mw_per_discharge, solver->window.mw_per_charge};
    const size_t count = run->end - run->first;
    const int64_t *restrict optimal_least = solver->least;
    const int64_t *restrict optimal_most = solver->most;
    const amp_level_range *restrict reach = solver->reach;
    double *restrict net_mw = solver->net_mw + run->first;
    double *restrict soc_mwh = solver->soc_mwh + run->first;
    int64_t at = *level;
    bool is_stray = false;
    for (size_t i = 0; i < count; i++) {
        const int64_t least = larger(optimal_least[i], at - reach[i].high);
        const int64_t most = smaller(optimal_most[i], at - reach[i].low);
        const int64_t nearest = larger(least, smaller(most, 0));
        const int64_t y = smaller(larger(nearest, -charge), discharge);
        is_stray |= least > most;
        at -= y;
        net_mw[i] = (double)y * mw_per_unit[y < 0];
        soc_mwh[i] = (double)at * walk->to_mwh;
    }
    if (is_stray)
        return false;
    walk->relaxed_usd += run->dual_usd + run->slope * (double)(*level - at) * walk->to_mwh;
    *level = at;
    return true;
}

/* Slope of V at `level`: to the right, or to the left where the right is out of reach. */
static double slope_at(amp_solver *solver, int64_t level)
{
    const amp_segment *segment = solver->store.segment;
    const size_t count = amp_queue_copy(solver->queue, solver->store.segment, solver->store.room);
    int64_t position = amp_solver_minimum(solver, 0);
    const bool is_over = count > 0 && segment[0].slope <= -AMP_MERIT_FORBIDDEN;
    double slope = is_over ? -solver->extreme_slope : solver->extreme_slope;
    for (size_t k = 0; k < count && segment[k].slope > -AMP_MERIT_FORBIDDEN; k++) {
        slope = fmin(segment[k].slope, solver->extreme_slope);
        position += segment[k].length;
        if (position > level && segment[k].slope < AMP_MERIT_FORBIDDEN)
            break;
    }
    return slope;
}

static bool is_plain(const amp_solver *solver)
{
    return solver->factor == NULL && !solver->window_varies && !solver->has_forbidden &&
           solver->kink == NULL;
}

void amp_forward(amp_solver *solver, int64_t level, amp_path *out)
{
    const amp_storage *storage = &solver->problem->storage;
    walker walk = {
        .solver = solver,
        .is_plain = is_plain(solver),
        .cache_end = solver->cache_used,
        .to_mwh = solver->mwh_per_unit,
    };
    double slope = slope_at(solver, level);
    walk.bound_usd = slope * storage->initial_mwh * amp_solver_factor(solver, 0);
    walk.gross_usd = fabs(walk.bound_usd);
    slope = amp_solver_next_slope(solver, 0, slope);
    for (size_t t = 0; t < solver->interval_count;) {
        const size_t cache_end = walk.cache_end;
        const stretch run = scan_stretch(&walk, t, slope);
        make_tube(solver, &run);
        const bool is_single =
            walk.is_plain && !solver->has_pooled && !can_use_edge(solver, run.slope, 1.0);
        if (!is_single || !walk_plain_stretch(&walk, &run, &level)) {
            walk.cache_end = cache_end;
            level = walk_stretch(&walk, &run, level);
        }
        t = run.end;
        slope = run.next_slope;
    }
    const double end_usd =
        storage->terminal_value_usd_per_mwh * solver->soc_mwh[solver->interval_count - 1];
    *out = (amp_path){
        .bound_usd = walk.bound_usd,
        .relaxed_usd = walk.relaxed_usd + end_usd,
        .gross_usd = walk.gross_usd + fabs(end_usd),
        .one_mode_usd = walk.relaxed_usd - walk.lost_usd + end_usd,
        .dead_count = walk.dead_count,
        .mixed_count = walk.mixed_count,
    };
}

double amp_forward_rest_usd(amp_solver *solver)
{
    walker walk = {
        .solver = solver,
        .is_plain = is_plain(solver),
        .cache_end = solver->cache_used,
        .to_mwh = solver->mwh_per_unit,
    };
    const amp_storage *storage = &solver->problem->storage;
    double usd = fmax(0.0, storage->terminal_value_usd_per_mwh) * storage->initial_mwh;
    for (size_t t = 0; t < solver->interval_count; t++) {
        if (amp_shape_is_market(solver->shape[t])) {
            usd += solver->profit_usd[t];
            continue;
        }
        const amp_window *window = amp_solver_window(solver, t);
        const interval_value value = list_value(&walk, t, window);
        usd += usd_at(&value, window, 0, walk.to_mwh);
    }
    return usd;
}
