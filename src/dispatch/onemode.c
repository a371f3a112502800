/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A schedule of one mode an interval. Where the relaxation's path mixes modes there is no exact
 * method short of integers; following its value functions greedily comes close, and the gap that
 * is printed says how close.
 */
#include "dispatch/solver.h"

#include <math.h>
#include <string.h>

/* ---- value functions of one span ---- */

static void keep_value(amp_solver *solver, size_t t)
{
    amp_value_store *store = &solver->store;
    size_t count =
        amp_queue_copy(solver->queue, store->segment + store->used, store->room - store->used);
    if (count > store->room - store->used) {
        /* Full: forget the later times, which are not needed first. */
        store->used = 0;
        store->end = t + 1;
        count = amp_queue_copy(solver->queue, store->segment, store->room);
    }
    store->first[t % (AMP_SNAPSHOT_SPAN + 1)] = store->used;
    store->count[t % (AMP_SNAPSHOT_SPAN + 1)] = count;
    store->used += count;
    store->begin = t;
}

/* The queue becomes V at the end of the span of interval t, or at the nearest later time at which
 * it was kept. @return that time. */
static size_t restore_snapshot(amp_solver *solver, size_t t)
{
    const size_t spans = amp_solver_span_count(solver);
    size_t span = t / AMP_SNAPSHOT_SPAN;
    while (span < spans && solver->snapshot[span].count == AMP_SNAPSHOT_ABSENT)
        span++;
    if (span >= spans) {
        amp_backward_terminal(solver, solver->interval_count);
        return solver->interval_count;
    }
    amp_queue_clear(solver->queue);
    const amp_snapshot *snapshot = &solver->snapshot[span];
    for (size_t k = 0; k < snapshot->count; k++) {
        const amp_segment *segment = &solver->snapshot_segment[snapshot->first + k];
        amp_queue_insert(solver->queue, segment->slope, segment->length);
    }
    const size_t end = (span + 1) * AMP_SNAPSHOT_SPAN;
    return end < solver->interval_count ? end : solver->interval_count;
}

/* Makes V at times t + 1 and some after it available, as far as its span goes. Copying them is what
 * costs; most of the time the schedule is back on its path soon. */
static void load_values(amp_solver *solver, size_t t)
{
    enum { KEPT = 32 };
    amp_value_store *store = &solver->store;
    const size_t keep_from_end = (t / AMP_SNAPSHOT_SPAN + 1) * AMP_SNAPSHOT_SPAN;
    size_t end = restore_snapshot(solver, t);
    while (end > keep_from_end) { /* only when snapshots were missing */
        const size_t start = (end - 1) / AMP_SNAPSHOT_SPAN * AMP_SNAPSHOT_SPAN;
        amp_merit_scan_block(solver->merit, start, end - start, solver->scan);
        for (size_t i = end; i-- > start;)
            amp_backward_one(solver, i, i - start);
        end = start;
    }
    const size_t last = end < t + KEPT ? end : t + KEPT;
    store->used = 0;
    store->end = last + 1;
    amp_merit_scan_block(solver->merit, t, end - t, solver->scan);
    for (size_t i = end; i > last; i--)
        amp_backward_one(solver, i - 1, i - 1 - t);
    keep_value(solver, last);
    for (size_t i = last; i-- > t + 1;) {
        amp_backward_one(solver, i, i - t);
        keep_value(solver, i);
    }
}

/* ---- one interval ---- */

static const amp_connection_mode modes[] = {AMP_MODE_IMPORT_ONLY, AMP_MODE_EXPORT_ONLY};

double amp_one_mode_profit_usd(amp_solver *solver, size_t t, double net_mw)
{
    const double lost = amp_merit_lost_usd_per_h(solver->merit, t);
    const double tolerance_mw = 1e-9 * (1.0 + fabs(net_mw));
    double best = -HUGE_VAL;
    for (size_t m = 0; m < 2; m++) {
        amp_merit_list *list =
            modes[m] == AMP_MODE_IMPORT_ONLY ? &solver->import_list : &solver->export_list;
        amp_merit_build(solver->merit, t, modes[m], lost, list);
        if (net_mw < -list->offset_mw - tolerance_mw ||
            net_mw > amp_merit_most_net_mw(list) + tolerance_mw)
            continue;
        best = fmax(best, amp_merit_profit_usd_per_h(list, net_mw));
    }
    return best * solver->interval_h;
}

/* Where a level lies in a list of slopes: segment `at`, of which `used` units lie below it. A level
 * below the list, where decay has taken it, has `used` negative: every unit up to the list is
 * worth more than anything. */
typedef struct {
    const amp_segment *segment;
    size_t count;
    size_t at;
    int64_t used;
} slope_cursor;

static slope_cursor find_level(const amp_segment *segment, size_t count, int64_t level)
{
    slope_cursor cursor = {.segment = segment, .count = count, .used = level};
    while (cursor.at + 1 < count && cursor.used >= segment[cursor.at].length) {
        cursor.used -= segment[cursor.at].length;
        cursor.at++;
    }
    return cursor;
}

/* Moves up by at most @p most units within a segment. @return how many; 0 at the top. */
static int64_t move_up(slope_cursor *cursor, int64_t most)
{
    if (cursor->used < 0) {
        const int64_t below = most < -cursor->used ? most : -cursor->used;
        cursor->used += below;
        return below;
    }
    while (cursor->used >= cursor->segment[cursor->at].length) {
        if (cursor->at + 1 >= cursor->count)
            return 0;
        cursor->at++;
        cursor->used = 0;
    }
    const int64_t room = cursor->segment[cursor->at].length - cursor->used;
    const int64_t moved = most < room ? most : room;
    cursor->used += moved;
    return moved;
}

static int64_t move_down(slope_cursor *cursor, int64_t most)
{
    while (cursor->used <= 0) {
        if (cursor->at == 0)
            return 0;
        cursor->at--;
        cursor->used = cursor->segment[cursor->at].length;
    }
    const int64_t moved = most < cursor->used ? most : cursor->used;
    cursor->used -= moved;
    return moved;
}

/* Slope of the segment that the next step up (down) would use. */
static double slope_above(const slope_cursor *cursor)
{
    slope_cursor next = *cursor;
    if (cursor->used < 0)
        return HUGE_VAL;
    return move_up(&next, 1) > 0 ? next.segment[next.at].slope : -HUGE_VAL;
}

static double slope_below(const slope_cursor *cursor)
{
    slope_cursor next = *cursor;
    return move_down(&next, 1) > 0 ? next.segment[next.at].slope : HUGE_VAL;
}

/* Charges while one more unit is worth more than it costs. @return the withdrawal, <= 0. */
static int64_t charge_while_worth(const amp_curve *curve, slope_cursor cursor)
{
    int64_t y = 0;
    for (size_t k = curve->rest; k-- > 0;) {
        for (int64_t left = curve->piece[k].length; left > 0;) {
            if (slope_above(&cursor) <= curve->piece[k].slope)
                return y;
            const int64_t moved = move_up(&cursor, left);
            y -= moved;
            left -= moved;
        }
    }
    return y;
}

static int64_t discharge_while_worth(const amp_curve *curve, slope_cursor cursor)
{
    int64_t y = 0;
    for (size_t k = curve->rest; k < curve->count; k++) {
        for (int64_t left = curve->piece[k].length; left > 0;) {
            if (slope_below(&cursor) >= curve->piece[k].slope)
                return y;
            const int64_t moved = move_down(&cursor, left);
            y += moved;
            left -= moved;
        }
    }
    return y;
}

/* What the stored energy gains or loses by a withdrawal. */
static double stored_usd(const amp_solver *solver, slope_cursor cursor, int64_t y)
{
    double usd = 0.0;
    for (int64_t left = y < 0 ? -y : y; left > 0;) {
        const bool is_below = cursor.used < 0;
        const int64_t moved = y < 0 ? move_up(&cursor, left) : move_down(&cursor, left);
        if (moved == 0)
            break;
        usd += (is_below ? AMP_MERIT_FORBIDDEN : cursor.segment[cursor.at].slope) * (double)moved /
               solver->units_per_mwh;
        left -= moved;
    }
    return y < 0 ? usd : -usd;
}

/* Value of the interval itself, wear included. */
static double interval_usd(amp_solver *solver, size_t t, const amp_window *window, int64_t y)
{
    const double net_mw = amp_window_net_mw(window, y);
    double usd = 0.0;
    if (amp_shape_is_market(solver->shape[t])) {
        const double price = solver->price_usd_per_mwh[t];
        usd = solver->profit_usd[t] + price * net_mw * solver->interval_h;
    } else {
        usd = amp_one_mode_profit_usd(solver, t, net_mw);
    }
    return usd - solver->wear_usd_per_mwh * fabs(net_mw) * solver->interval_h;
}

static void market_curve(const amp_solver *solver, size_t t, const amp_window *window,
                         double inverse_factor, amp_curve *curve)
{
    const double price = solver->price_usd_per_mwh[t];
    curve->piece[0] =
        (amp_segment){amp_charge_slope(solver, price) * inverse_factor, window->charge};
    curve->piece[1] =
        (amp_segment){amp_discharge_slope(solver, price) * inverse_factor, window->discharge};
    curve->rest = 1;
    curve->count = 2;
}

/* The interval at hand, and the best withdrawal so far. */
typedef struct {
    size_t t;
    amp_window window;
    slope_cursor cursor;
    int64_t least; /* withdrawals after which every later limit can still be kept */
    int64_t most;
    int64_t y;
    double usd;
} trial;

/* Tries both directions of the battery with one curve. Each is concave, so that the best one that
 * is allowed is the best one of all, moved into the allowed range. */
static void try_curve(amp_solver *solver, const amp_curve *curve, trial *x)
{
    const int64_t wanted[] = {
        charge_while_worth(curve, x->cursor),
        discharge_while_worth(curve, x->cursor),
    };
    for (size_t k = 0; k < 2; k++) {
        int64_t y = wanted[k] < x->least ? x->least : wanted[k];
        y = y > x->most ? x->most : y;
        const double usd =
            interval_usd(solver, x->t, &x->window, y) + stored_usd(solver, x->cursor, y);
        if (usd > x->usd) {
            x->usd = usd;
            x->y = y;
        }
    }
}

amp_one_mode_choice amp_one_mode_choose(amp_solver *solver, size_t t, const amp_segment *value,
                                        size_t value_count, int64_t level, amp_level_range keep)
{
    const double inverse_factor = amp_solver_inverse_factor(solver, t + 1);
    const int64_t bottom = amp_solver_minimum(solver, t + 1);
    amp_curve curve = {.piece = solver->piece, .is_single = true};
    trial x = {
        .t = t,
        .window = *amp_solver_window(solver, t),
        .cursor = find_level(value, value_count, level - bottom),
        .usd = -HUGE_VAL,
    };
    x.least = level - keep.high > -x.window.charge ? level - keep.high : -x.window.charge;
    x.most = level - keep.low < x.window.discharge ? level - keep.low : x.window.discharge;
    if (amp_shape_is_market(solver->shape[t])) {
        market_curve(solver, t, &x.window, inverse_factor, &curve);
        try_curve(solver, &curve, &x);
    } else {
        const double lost = amp_merit_lost_usd_per_h(solver->merit, t);
        for (size_t m = 0; m < 2; m++) {
            amp_merit_build(solver->merit, t, modes[m], lost, &solver->list);
            amp_curve_make(solver, &solver->list, &x.window, inverse_factor, &curve);
            try_curve(solver, &curve, &x);
        }
    }
    const slope_cursor end = find_level(value, value_count, level - x.y - bottom);
    return (amp_one_mode_choice){
        .is_dead = x.usd <= -HUGE_VAL || x.least > x.most,
        .y = x.y,
        .stored_slope = value_count > 0 ? value[end.at].slope : 0.0,
    };
}

/* ---- the whole horizon ---- */

static int64_t level_after_epoch(const amp_solver *solver, size_t t, int64_t level)
{
    const int bits = amp_solver_epoch_bits(solver, t);
    return bits == 0 ? level : (level + (INT64_C(1) << (bits - 1))) >> bits;
}

/* The level at the end of interval t on the relaxation's path; a number of units is exact in MWh.
 */
static int64_t path_level_at(const amp_solver *solver, size_t t)
{
    const double units = solver->units_per_mwh * amp_solver_factor(solver, t + 1);
    return (int64_t)floor(solver->soc_mwh[t] * units + 0.5);
}

/* Levels at time t + 1 from which one mode at a time reaches an allowed end, for every t: what the
 * relaxation can do by mixing, one mode may be unable to. Without anything impossible ahead it is
 * the battery's own range. */
static void make_reach(amp_solver *solver)
{
    const size_t n = solver->interval_count;
    const amp_storage *storage = &solver->problem->storage;
    amp_level_range range = {amp_solver_minimum(solver, n), amp_solver_maximum(solver, n)};
    if (storage->final != AMP_FINAL_FREE)
        range.low = amp_solver_final_level(solver, n);
    if (storage->final == AMP_FINAL_EXACT)
        range.high = range.low;
    for (size_t t = n; t-- > 0;) {
        solver->reach[t] = range;
        const amp_window window = *amp_solver_window(solver, t);
        const int64_t one = INT64_C(1) << amp_solver_epoch_bits(solver, t);
        int64_t least = -window.charge;
        int64_t most = window.discharge;
        if (!amp_shape_is_market(solver->shape[t])) {
            double low_mw = 0.0;
            double high_mw = 0.0;
            amp_merit_range(solver->merit, t, &low_mw, &high_mw);
            const double low = low_mw * (low_mw < 0.0 ? window.units_per_mw_charge
                                                      : window.units_per_mw_discharge);
            const double high = high_mw * (high_mw < 0.0 ? window.units_per_mw_charge
                                                         : window.units_per_mw_discharge);
            least = low > (double)least ? (int64_t)ceil(low - 0.25) : least;
            most = high < (double)most ? (int64_t)floor(high + 0.25) : most;
        }
        range.low = (range.low + least) * one;
        range.high = (range.high + most) * one;
        if (range.low < amp_solver_minimum(solver, t))
            range.low = amp_solver_minimum(solver, t);
        if (range.high > amp_solver_maximum(solver, t))
            range.high = amp_solver_maximum(solver, t);
    }
}

/* Rounding may leave a level a few units beyond where it should be. */
static amp_level_range reach_at(const amp_solver *solver, size_t t, int64_t level,
                                const amp_window *window)
{
    const int64_t sliver = 64;
    if (!solver->has_forbidden)
        return (amp_level_range){amp_solver_minimum(solver, t + 1),
                                 amp_solver_maximum(solver, t + 1)};
    amp_level_range range = solver->reach[t];
    if (range.low > level + window->charge && range.low - sliver <= level + window->charge)
        range.low = level + window->charge;
    if (range.high < level - window->discharge && range.high + sliver >= level - window->discharge)
        range.high = level - window->discharge;
    return range;
}

/* The first interval from @p t on in which the relaxation's path mixes modes. What lies before it
 * becomes part of the trial as it is. */
static size_t follow_path(amp_solver *solver, size_t t)
{
    size_t end = t;
    while (end < solver->interval_count && (solver->shape[end] & AMP_SHAPE_MIXED) == 0)
        end++;
    const size_t bytes = (end - t) * sizeof(double);
    memcpy(solver->trial_net_mw + t, solver->net_mw + t, bytes);
    memcpy(solver->trial_soc_mwh + t, solver->soc_mwh + t, bytes);
    memcpy(solver->trial_stored_usd_per_mwh + t, solver->stored_usd_per_mwh + t, bytes);
    return end;
}

/* A schedule being made: where it is, and where the relaxation's path is, in units. */
typedef struct {
    int64_t level;
    int64_t path_level;
    double usd;
} one_mode_walk;

/* One interval of the trial: the path's withdrawal where it can be taken, else the best one.
 * @return false in a dead end. */
static bool walk_interval(amp_solver *solver, size_t t, one_mode_walk *walk)
{
    const amp_window window = *amp_solver_window(solver, t);
    const bool is_mixed = (solver->shape[t] & AMP_SHAPE_MIXED) != 0;
    const bool is_off_path = walk->level != walk->path_level;
    const double factor = amp_solver_factor(solver, t + 1);
    const int64_t level = level_after_epoch(solver, t, walk->level);
    const amp_level_range keep = reach_at(solver, t, level, &window);
    const int64_t path_end = path_level_at(solver, t);
    int64_t y = level_after_epoch(solver, t, walk->path_level) - path_end;
    double slope = solver->stored_usd_per_mwh[t] / factor;
    if (is_mixed || is_off_path || level - y < keep.low || level - y > keep.high) {
        const amp_value_store *store = &solver->store;
        if (t + 1 < store->begin || t + 1 >= store->end)
            load_values(solver, t);
        const size_t slot = (t + 1) % (AMP_SNAPSHOT_SPAN + 1);
        const amp_one_mode_choice choice = amp_one_mode_choose(
            solver, t, store->segment + store->first[slot], store->count[slot], level, keep);
        if (choice.is_dead)
            return false;
        const double before_usd = interval_usd(solver, t, &window, y);
        y = choice.y;
        slope = choice.stored_slope;
        walk->usd += interval_usd(solver, t, &window, y) - (isinf(before_usd) ? 0.0 : before_usd);
    }
    walk->level = level - y;
    walk->path_level = path_end;
    solver->trial_net_mw[t] = amp_window_net_mw(&window, y);
    solver->trial_soc_mwh[t] = (double)walk->level / (solver->units_per_mwh * factor);
    solver->trial_stored_usd_per_mwh[t] = slope * factor;
    return true;
}

double amp_one_mode_schedule(amp_solver *solver, int64_t level, double one_mode_usd)
{
    one_mode_walk walk = {.level = level, .path_level = level, .usd = one_mode_usd};
    solver->store.begin = 0;
    solver->store.end = 0;
    if (solver->has_forbidden)
        make_reach(solver);
    for (size_t t = 0; t < solver->interval_count; t++) {
        const bool is_on_path = walk.level == walk.path_level && !solver->has_forbidden;
        const size_t next = is_on_path ? follow_path(solver, t) : t;
        if (next > t) {
            walk.path_level = path_level_at(solver, next - 1);
            walk.level = walk.path_level;
            t = next;
        }
        if (t < solver->interval_count && !walk_interval(solver, t, &walk))
            return -HUGE_VAL;
    }
    const size_t last = solver->interval_count - 1;
    return walk.usd + solver->problem->storage.terminal_value_usd_per_mwh *
                          (solver->trial_soc_mwh[last] - solver->soc_mwh[last]);
}
