/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A schedule of one mode an interval. Where the relaxation's path mixes modes there is no exact
 * method short of integers; following its value functions greedily comes close, and the gap that
 * is printed says how close.
 */
#include "dispatch/solver.h"

#include <math.h>

/* ---- value functions of one block ---- */

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
    store->first[t % (AMP_MERIT_BLOCK + 1)] = store->used;
    store->count[t % (AMP_MERIT_BLOCK + 1)] = count;
    store->used += count;
    store->begin = t;
}

/* The queue becomes V at the end of block `block`, or of the nearest later one that was kept. */
static size_t restore_snapshot(amp_solver *solver, size_t block)
{
    const size_t blocks = (solver->interval_count + AMP_MERIT_BLOCK - 1) / AMP_MERIT_BLOCK;
    while (block < blocks && solver->snapshot[block].count == AMP_SNAPSHOT_ABSENT)
        block++;
    if (block >= blocks) {
        amp_backward_terminal(solver, solver->interval_count);
        return solver->interval_count;
    }
    amp_queue_clear(solver->queue);
    const amp_snapshot *snapshot = &solver->snapshot[block];
    for (size_t k = 0; k < snapshot->count; k++) {
        const amp_segment *segment = &solver->snapshot_segment[snapshot->first + k];
        amp_queue_insert(solver->queue, segment->slope, segment->length);
    }
    const size_t end = (block + 1) * AMP_MERIT_BLOCK;
    return end < solver->interval_count ? end : solver->interval_count;
}

/* Makes V at times t + 1 and some after it available, as far as its block goes. */
static void load_values(amp_solver *solver, size_t t)
{
    amp_value_store *store = &solver->store;
    const size_t block = t / AMP_MERIT_BLOCK;
    const size_t keep_from_end = (block + 1) * AMP_MERIT_BLOCK;
    size_t end = restore_snapshot(solver, block);
    while (end > keep_from_end) { /* only when snapshots were missing */
        const size_t start = ((end - 1) / AMP_MERIT_BLOCK) * AMP_MERIT_BLOCK;
        amp_merit_scan_block(solver->merit, start, end - start, solver->scan);
        for (size_t i = end; i-- > start;)
            amp_backward_one(solver, i, i - start);
        end = start;
    }
    store->used = 0;
    store->end = end + 1;
    keep_value(solver, end);
    amp_merit_scan_block(solver->merit, t, end - t, solver->scan);
    for (size_t i = end; i-- > t + 1;) {
        amp_backward_one(solver, i, i - t);
        keep_value(solver, i);
    }
}

/* ---- one interval ---- */

double amp_one_mode_profit_usd(amp_solver *solver, size_t t, double net_mw)
{
    static const amp_connection_mode modes[] = {AMP_MODE_IMPORT_ONLY, AMP_MODE_EXPORT_ONLY};
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

/* Where a level lies in a list of slopes: segment `at`, of which `used` units lie below it. */
typedef struct {
    const amp_segment *segment;
    size_t count;
    size_t at;
    int64_t used;
    int64_t missing; /* units below the list: they must be charged whatever they cost */
} slope_cursor;

static slope_cursor find_level(const amp_segment *segment, size_t count, int64_t level)
{
    slope_cursor cursor = {
        .segment = segment,
        .count = count,
        .used = level > 0 ? level : 0,
        .missing = level < 0 ? -level : 0,
    };
    while (cursor.at + 1 < count && cursor.used >= segment[cursor.at].length) {
        cursor.used -= segment[cursor.at].length;
        cursor.at++;
    }
    return cursor;
}

/* A candidate: how far to go, and what the stored energy gains or loses by it. */
typedef struct {
    int64_t y;
    double stored_usd;
    bool is_dead; /* it does not reach the least level that is allowed */
} candidate;

static int64_t charge_length(const amp_curve *curve)
{
    int64_t length = 0;
    for (size_t k = 0; k < curve->rest; k++)
        length += curve->piece[k].length;
    return length;
}

/* Charges while one more unit is worth more than it costs. */
static candidate charge_while_worth(const amp_solver *solver, const amp_curve *curve,
                                    slope_cursor cursor)
{
    candidate out = {.is_dead = cursor.missing > charge_length(curve)};
    for (size_t k = curve->rest; k-- > 0;) {
        int64_t left = curve->piece[k].length;
        const int64_t forced = left < cursor.missing ? left : cursor.missing;
        cursor.missing -= forced;
        out.y -= forced;
        left -= forced;
        while (left > 0) {
            const amp_segment *segment = &cursor.segment[cursor.at];
            const int64_t room = segment->length - cursor.used;
            if (room <= 0) {
                if (++cursor.at >= cursor.count)
                    return out;
                cursor.used = 0;
                continue;
            }
            if (segment->slope <= curve->piece[k].slope)
                return out;
            const int64_t moved = left < room ? left : room;
            out.y -= moved;
            out.stored_usd += segment->slope * (double)moved / solver->units_per_mwh;
            cursor.used += moved;
            left -= moved;
        }
    }
    return out;
}

static candidate discharge_while_worth(const amp_solver *solver, const amp_curve *curve,
                                       slope_cursor cursor)
{
    candidate out = {0};
    for (size_t k = curve->rest; k < curve->count && cursor.missing == 0; k++) {
        int64_t left = curve->piece[k].length;
        while (left > 0) {
            if (cursor.used <= 0) {
                if (cursor.at == 0)
                    return out;
                cursor.at--;
                cursor.used = cursor.segment[cursor.at].length;
                continue;
            }
            const amp_segment *segment = &cursor.segment[cursor.at];
            if (segment->slope >= curve->piece[k].slope)
                return out;
            const int64_t moved = left < cursor.used ? left : cursor.used;
            out.y += moved;
            out.stored_usd -= segment->slope * (double)moved / solver->units_per_mwh;
            cursor.used -= moved;
            left -= moved;
        }
    }
    return out;
}

/* Value of the interval itself, wear included. */
static double interval_usd(amp_solver *solver, size_t t, const amp_window *window, int64_t y)
{
    const double net_mw = amp_window_net_mw(window, y);
    const uint16_t shape = solver->shape[t] & (AMP_SHAPE_MIXED - 1);
    double usd = 0.0;
    if (shape < AMP_SHAPE_LIST && (solver->shape[t] & AMP_SHAPE_REBUILD) == 0) {
        const double price = amp_column_at(solver->problem->import_price_usd_per_mwh, t);
        usd = solver->profit_usd[t] + price * net_mw * solver->interval_h;
    } else {
        usd = amp_one_mode_profit_usd(solver, t, net_mw);
    }
    return usd - solver->wear_usd_per_mwh * fabs(net_mw) * solver->interval_h;
}

static bool is_market(const amp_solver *solver, size_t t)
{
    const uint16_t shape = solver->shape[t];
    return (shape & AMP_SHAPE_REBUILD) == 0 && (shape & (AMP_SHAPE_MIXED - 1)) < AMP_SHAPE_LIST;
}

static void market_curve(const amp_solver *solver, size_t t, const amp_window *window,
                         double inverse_factor, amp_curve *curve)
{
    const double price = amp_column_at(solver->problem->import_price_usd_per_mwh, t);
    curve->piece[0] =
        (amp_segment){amp_charge_slope(solver, price) * inverse_factor, window->charge};
    curve->piece[1] =
        (amp_segment){amp_discharge_slope(solver, price) * inverse_factor, window->discharge};
    curve->rest = 1;
    curve->count = 2;
}

/* Tries both directions of the battery with one curve. */
static void try_curve(amp_solver *solver, size_t t, const amp_window *window,
                      const amp_curve *curve, const slope_cursor *cursor, candidate *best,
                      double *best_usd)
{
    const candidate tried[] = {
        charge_while_worth(solver, curve, *cursor),
        discharge_while_worth(solver, curve, *cursor),
    };
    const size_t directions = cursor->missing > 0 ? 1 : 2;
    for (size_t k = 0; k < directions; k++) {
        const double usd = interval_usd(solver, t, window, tried[k].y) + tried[k].stored_usd;
        if (!tried[k].is_dead && usd > *best_usd) {
            *best_usd = usd;
            *best = tried[k];
        }
    }
}

amp_one_mode_choice amp_one_mode_choose(amp_solver *solver, size_t t, const amp_segment *value,
                                        size_t value_count, int64_t level)
{
    const amp_window window = amp_solver_window(solver, t);
    const double inverse_factor = 1.0 / amp_solver_factor(solver, t + 1);
    const slope_cursor cursor =
        find_level(value, value_count, level - amp_solver_minimum(solver, t + 1));
    amp_curve curve = {.piece = solver->piece, .is_single = true};
    candidate best = {0};
    double best_usd = -HUGE_VAL;
    if (is_market(solver, t)) {
        market_curve(solver, t, &window, inverse_factor, &curve);
        try_curve(solver, t, &window, &curve, &cursor, &best, &best_usd);
    } else {
        const double lost = amp_merit_lost_usd_per_h(solver->merit, t);
        const amp_connection_mode modes[] = {AMP_MODE_IMPORT_ONLY, AMP_MODE_EXPORT_ONLY};
        for (size_t m = 0; m < 2; m++) {
            amp_merit_build(solver->merit, t, modes[m], lost, &solver->list);
            amp_curve_make(solver, &solver->list, &window, inverse_factor, &curve);
            try_curve(solver, t, &window, &curve, &cursor, &best, &best_usd);
        }
    }
    const slope_cursor end =
        find_level(value, value_count, level - best.y - amp_solver_minimum(solver, t + 1));
    return (amp_one_mode_choice){
        .is_dead = best_usd <= -HUGE_VAL,
        .y = best.y,
        .stored_slope = value_count > 0 ? value[end.at].slope : 0.0,
    };
}

/* ---- the whole horizon ---- */

static int64_t level_after_epoch(const amp_solver *solver, size_t t, int64_t level)
{
    const int bits = amp_solver_epoch_bits(solver, t);
    return bits == 0 ? level : (level + (INT64_C(1) << (bits - 1))) >> bits;
}

/* Whether a level is allowed at the end; a sliver of units is rounding. */
static bool is_final(const amp_solver *solver, int64_t level)
{
    const amp_storage *storage = &solver->problem->storage;
    const double units = solver->units_per_mwh * amp_solver_factor(solver, solver->interval_count);
    const double off = (double)level - storage->final_mwh * units;
    switch (storage->final) {
    case AMP_FINAL_EXACT:
        return fabs(off) <= 64.0;
    case AMP_FINAL_MINIMUM:
        return off >= -64.0;
    case AMP_FINAL_FREE:
        break;
    }
    return true;
}

double amp_one_mode_schedule(amp_solver *solver, int64_t level, double one_mode_usd)
{
    int64_t path_level = level;
    double usd = one_mode_usd;
    solver->store.begin = 0;
    solver->store.end = 0;
    for (size_t t = 0; t < solver->interval_count; t++) {
        const amp_window window = amp_solver_window(solver, t);
        const bool is_mixed = (solver->shape[t] & AMP_SHAPE_MIXED) != 0;
        int64_t y = solver->most[t];
        double slope = solver->stored_usd_per_mwh[t] / amp_solver_factor(solver, t + 1);
        if (is_mixed || level != path_level) {
            const amp_value_store *store = &solver->store;
            if (t + 1 < store->begin || t + 1 >= store->end)
                load_values(solver, t);
            const size_t slot = (t + 1) % (AMP_MERIT_BLOCK + 1);
            const amp_one_mode_choice choice =
                amp_one_mode_choose(solver, t, store->segment + store->first[slot],
                                    store->count[slot], level_after_epoch(solver, t, level));
            const double before_usd = interval_usd(solver, t, &window, y);
            if (choice.is_dead)
                return -HUGE_VAL;
            y = choice.y;
            slope = choice.stored_slope;
            usd += interval_usd(solver, t, &window, y) - (isinf(before_usd) ? 0.0 : before_usd);
        }
        level = level_after_epoch(solver, t, level) - y;
        path_level = solver->least[t];
        solver->trial_net_mw[t] = amp_window_net_mw(&window, y);
        const double factor = amp_solver_factor(solver, t + 1);
        solver->trial_soc_mwh[t] = (double)level / (solver->units_per_mwh * factor);
        solver->trial_stored_usd_per_mwh[t] = slope * factor;
    }
    const size_t last = solver->interval_count - 1;
    if (!is_final(solver, level))
        return -HUGE_VAL;
    return usd + solver->problem->storage.terminal_value_usd_per_mwh *
                     (solver->trial_soc_mwh[last] - solver->soc_mwh[last]);
}
