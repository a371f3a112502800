/* SPDX-License-Identifier: Apache-2.0 */
/* From the end of the horizon to its start: what stored energy is worth. */
#include "dispatch/solver.h"

#include "base/text.h"
#include "dispatch/stored.h"

#include <math.h>
#include <string.h>

void amp_solver_make_window(amp_solver *solver, size_t t)
{
    const amp_storage *storage = &solver->problem->storage;
    const double h = solver->interval_h;
    const double units_per_mwh = solver->units_per_mwh * amp_solver_factor(solver, t + 1);
    const double charge_mw = amp_column_at(storage->charge_limit_mw, t);
    const double discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
    const double units_per_mw_charge = h * solver->charge_efficiency * units_per_mwh;
    const double units_per_mw_discharge = h / solver->discharge_efficiency * units_per_mwh;
    const double width_mwh =
        charge_mw * h * solver->charge_efficiency + discharge_mw * h / solver->discharge_efficiency;
    solver->window = (amp_window){
        .charge_mw = charge_mw,
        .discharge_mw = discharge_mw,
        .charge = (int64_t)floor(charge_mw * units_per_mw_charge),
        .discharge = (int64_t)floor(discharge_mw * units_per_mw_discharge),
        .edge_gain = width_mwh > 0.0 ? (charge_mw + discharge_mw) * h / width_mwh : 0.0,
        .edge_wear = width_mwh > 0.0
                         ? solver->wear_usd_per_mwh * (discharge_mw - charge_mw) * h / width_mwh
                         : 0.0,
        .mw_per_charge = 1.0 / units_per_mw_charge,
        .mw_per_discharge = 1.0 / units_per_mw_discharge,
        .units_per_mw_charge = units_per_mw_charge,
        .units_per_mw_discharge = units_per_mw_discharge,
    };
}

static void insert_some(amp_queue *queue, double slope, int64_t length)
{
    if (length > 0)
        amp_queue_insert(queue, slope, length);
}

void amp_backward_terminal(amp_solver *solver, size_t end)
{
    const amp_storage *storage = &solver->problem->storage;
    const int64_t minimum = amp_solver_minimum(solver, end);
    const int64_t maximum = amp_solver_maximum(solver, end);
    const double factor = amp_solver_factor(solver, end);
    const int64_t level = amp_solver_final_level(solver, end);
    amp_queue *queue = solver->queue;
    amp_queue_clear(queue);
    solver->has_forbidden = storage->final != AMP_FINAL_FREE;
    solver->has_pooled = false;
    switch (storage->final) {
    case AMP_FINAL_FREE:
        insert_some(queue,
                    solver->kink == NULL
                        ? storage->terminal_value_usd_per_mwh / factor
                        : amp_stored_round(storage->terminal_value_usd_per_mwh / factor),
                    maximum - minimum);
        break;
    case AMP_FINAL_EXACT:
        insert_some(queue, AMP_MERIT_FORBIDDEN, level - minimum);
        insert_some(queue, -AMP_MERIT_FORBIDDEN, maximum - level);
        break;
    case AMP_FINAL_MINIMUM:
        insert_some(queue, AMP_MERIT_FORBIDDEN, level - minimum);
        insert_some(queue, 0.0, maximum - level);
        break;
    }
}

/* Takes what is worth more than `slope` off the dear end, at most `most`. @return how much. */
static inline int64_t take_above(amp_queue *queue, double slope, int64_t most)
{
    int64_t taken = 0;
    while (taken < most && !amp_queue_is_empty(queue)) {
        amp_queue_settle_top(queue);
        amp_segment *top = &queue->cell[queue->top];
        if (top->slope <= slope)
            break;
        if (top->length > most - taken) {
            top->length -= most - taken;
            return most;
        }
        taken += top->length;
        amp_queue_drop_top(queue);
    }
    return taken;
}

/* Takes what is worth less than `slope` off the cheap end. */
static inline int64_t take_below(amp_queue *queue, double slope, int64_t most)
{
    int64_t taken = 0;
    while (taken < most && !amp_queue_is_empty(queue)) {
        amp_queue_settle_bottom(queue);
        amp_segment *bottom = &queue->cell[queue->bottom];
        if (bottom->slope >= slope)
            break;
        if (bottom->length > most - taken) {
            bottom->length -= most - taken;
            return most;
        }
        taken += bottom->length;
        amp_queue_drop_bottom(queue);
    }
    return taken;
}

/* Energy worth more than charging costs now is not worth more than that any more, as far as one
 * interval's charge reaches: it moves down to `slope`. */
static inline void lower_top(amp_queue *queue, double slope, int64_t most)
{
    insert_some(queue, slope, take_above(queue, slope, most));
}

/* Energy worth less than discharging earns now moves up to `slope`. */
static inline void raise_bottom(amp_queue *queue, double slope, int64_t most)
{
    insert_some(queue, slope, take_below(queue, slope, most));
}

/* Takes `length` off the dear end of the queue and the pieces together. @return the first piece
 * that is left; its length is what is left of it. */
static size_t eat_top(amp_queue *queue, amp_segment *piece, size_t count, int64_t length)
{
    if (length <= 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        length -= take_above(queue, piece[i].slope, length);
        if (piece[i].length > length) {
            piece[i].length -= length;
            return i;
        }
        length -= piece[i].length;
        if (length == 0)
            return i + 1;
    }
    (void)take_above(queue, -HUGE_VAL, length);
    return count;
}

/* The same at the cheap end. @return one past the last piece that is left. */
static size_t eat_bottom(amp_queue *queue, amp_segment *piece, size_t first, size_t count,
                         int64_t length)
{
    if (length <= 0)
        return count;
    for (size_t j = count; j > first; j--) {
        length -= take_below(queue, piece[j - 1].slope, length);
        if (piece[j - 1].length > length) {
            piece[j - 1].length -= length;
            return j;
        }
        length -= piece[j - 1].length;
        if (length == 0)
            return j - 1;
    }
    (void)take_below(queue, HUGE_VAL, length);
    return first;
}

/* The sup-convolution with the pieces, cut to the limits of stored energy. What is cut at each end
 * is what the interval can move, less or more as the limits shift when energy decays. */
static void merge_pieces(amp_solver *solver, size_t t, const amp_window *window, amp_segment *piece,
                         size_t count)
{
    amp_queue *queue = solver->queue;
    int64_t from_top = window->charge;
    int64_t from_bottom = window->discharge;
    if (solver->minimum_units != NULL) {
        const int bits = amp_solver_epoch_bits(solver, t);
        from_top += (amp_solver_minimum(solver, t) >> bits) - amp_solver_minimum(solver, t + 1);
        from_bottom += amp_solver_maximum(solver, t + 1) - (amp_solver_maximum(solver, t) >> bits);
    }
    if (from_top < 0) { /* even full charge cannot keep the minimum: below it nothing is possible */
        amp_queue_insert(queue, AMP_MERIT_FORBIDDEN, -from_top);
        solver->has_forbidden = true;
    }
    const size_t i = eat_top(queue, piece, count, from_top);
    const size_t j = eat_bottom(queue, piece, i, count, from_bottom);
    for (size_t k = i; k < j; k++)
        insert_some(queue, piece[k].slope, piece[k].length);
}

/* A new epoch: lengths grow and slopes fall by the same power of two. */
static void rescale(amp_solver *solver, int bits)
{
    amp_queue *queue = solver->queue;
    const size_t room = AMP_QUEUE_BUCKETS + AMP_QUEUE_CHAIN_NODES;
    const size_t count = amp_queue_copy(queue, solver->store.segment, room);
    amp_queue_clear(queue);
    for (size_t i = 0; i < count; i++) {
        const double slope = solver->store.segment[i].slope;
        const bool is_forbidden = fabs(slope) >= AMP_MERIT_FORBIDDEN;
        amp_queue_insert(queue, is_forbidden ? slope : ldexp(slope, -bits),
                         solver->store.segment[i].length * (INT64_C(1) << bits));
    }
}

static inline bool price_mixes(const amp_solver *solver, const amp_window *window, double price)
{
    return price < solver->burn_usd_per_mwh && amp_window_mixes(window);
}

/* Keeps the pieces for the forward pass, which takes them back in the opposite order. */
static uint16_t cache_pieces(amp_solver *solver, const amp_segment *piece, size_t count)
{
    if (solver->cache_used + count > solver->cache_room ||
        AMP_SHAPE_LIST + count >= AMP_SHAPE_POOLED)
        return AMP_SHAPE_REBUILD;
    for (size_t k = 0; k < count; k++)
        solver->cache[solver->cache_used + k] = piece[k];
    solver->cache_used += count;
    return (uint16_t)(AMP_SHAPE_LIST + count);
}

/* An interval whose internal price changes within the battery's reach. */
static void step_list(amp_solver *solver, size_t t, size_t i, const amp_window *window,
                      bool is_recorded)
{
    amp_curve curve = {.piece = solver->piece};
    amp_merit_build(solver->merit, t, AMP_MODE_RELAXED, solver->scan->lost_usd_per_h[i],
                    &solver->list);
    amp_curve_make(solver, &solver->list, window, amp_solver_inverse_factor(solver, t + 1), &curve);
    if (is_recorded) {
        const uint16_t shape = cache_pieces(solver, curve.piece, curve.count);
        const bool is_pooled = solver->list.is_pooled;
        solver->shape[t] = (uint16_t)(shape | (curve.is_mixable ? AMP_SHAPE_MIXABLE : 0) |
                                      (is_pooled ? AMP_SHAPE_POOLED : 0));
        solver->has_pooled |= is_pooled;
        solver->profit_usd[t] = curve.usd;
    }
    if (solver->list.offset_mw < window->charge_mw ||
        (curve.count > 0 && curve.piece[curve.count - 1].slope <= -AMP_MERIT_FORBIDDEN))
        solver->has_forbidden = true;
    merge_pieces(solver, t, window, curve.piece, curve.count);
}

static inline void step(amp_solver *solver, size_t t, size_t i, bool is_recorded)
{
    const amp_merit_scan *scan = solver->scan;
    const amp_window *window = amp_solver_window(solver, t);
    const double price = scan->price_usd_per_mwh[i];
    if (!amp_scan_is_market(scan, i, window)) {
        step_list(solver, t, i, window, is_recorded);
        return;
    }
    const bool is_edge = price_mixes(solver, window, price);
    const double inverse_factor = amp_solver_inverse_factor(solver, t + 1);
    const double edge = price * window->edge_gain - window->edge_wear;
    const double charge = (is_edge ? edge : amp_charge_slope(solver, price)) * inverse_factor;
    const double discharge = (is_edge ? edge : amp_discharge_slope(solver, price)) * inverse_factor;
    if (is_recorded) {
        solver->shape[t] = is_edge ? AMP_SHAPE_EDGE : AMP_SHAPE_MARKET;
        solver->profit_usd[t] = scan->profit_usd_per_h[i] * solver->interval_h;
    }
    if (solver->minimum_units == NULL) {
        lower_top(solver->queue, charge, window->charge);
        raise_bottom(solver->queue, discharge, window->discharge);
    } else {
        /* Without one of the two, only the other: a piece of no length would stand before it where
         * prices are negative and charging is worth less than discharging. */
        /* At a negative price only one of the two has a length, or both are the edge. */
        amp_segment piece[2];
        size_t count = 0;
        if (window->charge > 0)
            piece[count++] = (amp_segment){charge, window->charge};
        if (window->discharge > 0)
            piece[count++] = (amp_segment){discharge, window->discharge};
        merge_pieces(solver, t, window, piece, count);
    }
}

static inline void step_and_epoch(amp_solver *solver, size_t t, size_t i, bool is_recorded)
{
    if (solver->kink != NULL)
        amp_stored_raise(solver, t);
    step(solver, t, i, is_recorded);
    const int bits = amp_solver_epoch_bits(solver, t);
    if (bits != 0)
        rescale(solver, bits);
}

void amp_backward_one(amp_solver *solver, size_t t, size_t i)
{
    step_and_epoch(solver, t, i, false);
}

static void note_ends(amp_solver *solver, size_t t)
{
    amp_queue *queue = solver->queue;
    amp_queue_settle_bottom(queue);
    solver->low[t] = amp_queue_bottom(queue)->slope;
    amp_queue_settle_top(queue);
    solver->high[t] = amp_queue_top(queue)->slope;
}

static void take_snapshot(amp_solver *solver, size_t span)
{
    const size_t room = solver->snapshot_room - solver->snapshot_used;
    amp_segment *at = solver->snapshot_segment + solver->snapshot_used;
    const size_t count = amp_queue_copy(solver->queue, at, room);
    const bool fits = count <= room;
    solver->snapshot[span] = (amp_snapshot){
        .first = solver->snapshot_used,
        .count = fits ? count : AMP_SNAPSHOT_ABSENT,
    };
    solver->snapshot_used += fits ? count : 0;
}

void amp_backward_record(amp_solver *solver, size_t first, size_t end)
{
    solver->cache_used = 0;
    solver->snapshot_used = 0;
    note_ends(solver, end);
    while (end > first) {
        const size_t block = (end - 1) / AMP_MERIT_BLOCK;
        const size_t start = block * AMP_MERIT_BLOCK > first ? block * AMP_MERIT_BLOCK : first;
        amp_merit_scan_block(solver->merit, start, end - start, solver->scan);
        if (amp_merit_has_block(solver->merit))
            memcpy(solver->own_price + start, solver->scan->price_usd_per_mwh,
                   (end - start) * sizeof(double));
        for (size_t t = end; t-- > start;) {
            if (t + 1 == end || (t + 1) % AMP_SNAPSHOT_SPAN == 0)
                take_snapshot(solver, t / AMP_SNAPSHOT_SPAN);
            step_and_epoch(solver, t, t - start, true);
            note_ends(solver, t);
        }
        end = start;
    }
}

void amp_backward_decide(amp_solver *solver, size_t first, size_t end)
{
    while (end > first) {
        const size_t start = end - first > AMP_MERIT_BLOCK ? end - AMP_MERIT_BLOCK : first;
        amp_merit_scan_block(solver->merit, start, end - start, solver->scan);
        for (size_t t = end; t-- > start;)
            step_and_epoch(solver, t, t - start, false);
        end = start;
    }
}
