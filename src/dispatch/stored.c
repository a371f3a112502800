/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/stored.h"

#include <math.h>
#include <stdlib.h>

/* Slopes are below 2^20 USD/MWh: sums of numbers on this grid are exact. */
static const double grid = 0x1p-28;

/* The end of a part of J: its level, what is added below it, and the slopes of V on both sides. */
struct amp_stored_kink {
    int64_t level;
    double added;
    double below;
    double above;
};

double amp_stored_round(double slope)
{
    return fabs(slope) >= AMP_MERIT_FORBIDDEN ? slope : round(slope / grid) * grid;
}

bool amp_stored_init(amp_solver *solver)
{
    const amp_stored_worth *stored = solver->problem->storage.stored;
    const size_t n = solver->interval_count;
    if (stored == NULL)
        return true;
    solver->kink = calloc((n + 1) * stored->count + 1, sizeof *solver->kink);
    solver->level_low = calloc(n + 1, sizeof *solver->level_low);
    solver->level_high = calloc(n + 1, sizeof *solver->level_high);
    solver->raised =
        calloc(AMP_QUEUE_BUCKETS + AMP_QUEUE_CHAIN_NODES + stored->count, sizeof *solver->raised);
    return solver->kink != NULL && solver->level_low != NULL && solver->level_high != NULL &&
           solver->raised != NULL;
}

void amp_stored_fini(amp_solver *solver)
{
    free(solver->kink);
    free(solver->level_low);
    free(solver->level_high);
    free(solver->raised);
}

static amp_stored_kink *kinks_at(const amp_solver *solver, size_t time)
{
    return solver->kink + time * solver->problem->storage.stored->count;
}

/* Takes at most @p most units off the dear end. */
static amp_segment take_top(amp_queue *queue, int64_t most)
{
    amp_queue_settle_top(queue);
    amp_segment *top = &queue->cell[queue->top];
    amp_segment taken = *top;
    if (top->length > most) {
        top->length -= most;
        taken.length = most;
    } else {
        amp_queue_drop_top(queue);
    }
    return taken;
}

static double slope_of_top(amp_queue *queue)
{
    if (amp_queue_is_empty(queue))
        return -HUGE_VAL;
    amp_queue_settle_top(queue);
    return amp_queue_top(queue)->slope;
}

static int64_t units_of(double mwh, double units)
{
    return (int64_t)floor(mwh * units + 0.5);
}

void amp_stored_raise(amp_solver *solver, size_t t)
{
    const amp_stored_worth *stored = solver->problem->storage.stored;
    const double factor = amp_solver_factor(solver, t + 1);
    amp_stored_kink *kink = kinks_at(solver, t + 1);
    int64_t at = amp_solver_minimum(solver, t + 1);
    const bool is_planned = solver->problem->storage.plan_mw != NULL;
    size_t count = 0;
    double end_mwh = 0.0;
    for (size_t k = 0; k < stored->count; k++) {
        amp_segment taken = {.slope = slope_of_top(solver->queue)};
        end_mwh += is_planned ? 0.0 : stored->length_mwh[t * stored->count + k];
        const int64_t level =
            amp_solver_minimum(solver, t + 1) + units_of(end_mwh, solver->units_per_mwh * factor);
        kink[k].added = amp_stored_round(stored->usd_per_mwh[t * stored->count + k] / factor);
        while (at < level && !amp_queue_is_empty(solver->queue)) {
            taken = take_top(solver->queue, level - at);
            at += taken.length;
            const bool is_forbidden = fabs(taken.slope) >= AMP_MERIT_FORBIDDEN;
            solver->raised[count] = taken;
            solver->raised[count++].slope += is_forbidden ? 0.0 : kink[k].added;
        }
        kink[k].level = at;
        kink[k].below = taken.slope;
        kink[k].above = slope_of_top(solver->queue);
    }
    for (size_t i = 0; i < count; i++)
        amp_queue_insert(solver->queue, solver->raised[i].slope, solver->raised[i].length);
}

static double plus(double slope, double added)
{
    return fabs(slope) >= AMP_MERIT_FORBIDDEN ? slope : slope + added;
}

amp_stored_step amp_stored_follow(const amp_solver *solver, size_t time, double slope)
{
    const size_t count = solver->problem->storage.stored->count;
    const amp_stored_kink *kink = kinks_at(solver, time);
    amp_stored_step step = {.low = amp_solver_minimum(solver, time),
                            .high = amp_solver_maximum(solver, time),
                            .next_slope = slope};
    for (size_t k = 0; k < count; k++) {
        const double added = kink[k].added;
        const double next_added = k + 1 < count ? kink[k + 1].added : 0.0;
        if (kink[k].level <= step.low) /* a part without length */
            continue;
        if (slope >= plus(kink[k].below, added)) {
            step.high = kink[k].level;
            step.next_slope = slope - added;
            return step;
        }
        step.low = kink[k].level;
        if (slope > plus(kink[k].above, next_added) && kink[k].above > -HUGE_VAL) {
            step.high = step.low;
            step.is_pinned = true;
            step.next_slope = fmin(fmax(kink[k].above, slope - added), kink[k].below);
            return step;
        }
    }
    return step;
}
