/* SPDX-License-Identifier: Apache-2.0 */
/** @file solver.h  Private to dispatch/: the state that the passes of the solver share. */
#ifndef AMP_DISPATCH_SOLVER_H
#define AMP_DISPATCH_SOLVER_H

#include "dispatch/merit.h"
#include "dispatch/queue.h"
#include "dispatch/solve.h"

#include <math.h>

/*
 * Stored energy is counted in integer units, so that lengths neither drift nor leave slivers. With
 * self-discharge it is counted in a coordinate that does not decay: at the start of interval t the
 * coordinate of E MWh is E * factor[t] * units_per_mwh with factor[t] = retention ^ (T - t), times
 * a power of two that keeps the numbers in range (an "epoch": where factor rises, it begins).
 */

/** What the battery can do in one interval. Withdrawals y are in units, positive when discharging.
 */
typedef struct {
    double charge_mw; /**< limits at the bus */
    double discharge_mw;
    int64_t charge;    /**< most that is stored, units */
    int64_t discharge; /**< most that is withdrawn, units */
    double edge_gain;  /**< slope of the mixing edge = edge_gain * price - edge_wear */
    double edge_wear;
    double mw_per_charge;    /**< MW at the bus for each unit stored in the interval */
    double mw_per_discharge; /**< MW at the bus for each unit withdrawn */
    double units_per_mw_charge;
    double units_per_mw_discharge;
} amp_window;

/** How the backward pass found an interval; says how the forward pass finds its slopes again. */
enum {
    AMP_SHAPE_MARKET, /**< the market's price rules over the whole window, charging or discharging
                       */
    AMP_SHAPE_EDGE,   /**< the same at a price at which mixing both modes pays */
    AMP_SHAPE_LIST,   /**< + number of cached segments, and the flags below */
    AMP_SHAPE_POOLED = 1 << 12,  /**< import and export share a step */
    AMP_SHAPE_MIXED = 1 << 13,   /**< the relaxation's path does mix there */
    AMP_SHAPE_MIXABLE = 1 << 14, /**< some segments charge and discharge at once */
    AMP_SHAPE_REBUILD = 1 << 15  /**< the cache was full */
};

/** Whether the market's price rules over the whole window. */
static inline bool amp_shape_is_market(uint16_t shape)
{
    return (shape & AMP_SHAPE_REBUILD) == 0 && (shape & (AMP_SHAPE_POOLED - 1)) < AMP_SHAPE_LIST;
}

/** The value function is kept at the end of every so many intervals. */
enum { AMP_SNAPSHOT_SPAN = 128 };

/** Where one of them lies. */
typedef struct {
    size_t first;
    size_t count; /**< AMP_SNAPSHOT_ABSENT when there was no room */
} amp_snapshot;
#define AMP_SNAPSHOT_ABSENT ((size_t)-1)

/** Levels of stored energy, units. */
typedef struct {
    int64_t low;
    int64_t high;
} amp_level_range;

/** Value functions at neighbouring times, for the schedule of one mode; see onemode.c. */
typedef struct {
    amp_segment *segment; /**< [room], lists one after the other */
    size_t room;
    size_t used;
    size_t *first; /**< [AMP_SNAPSHOT_SPAN + 1] where the list of V at time begin + i starts... */
    size_t *count; /**< ...indexed by time % (AMP_SNAPSHOT_SPAN + 1) */
    size_t begin;  /**< V at times [begin, end) are held */
    size_t end;
} amp_value_store;

typedef struct amp_stored_kink amp_stored_kink;

struct amp_solver {
    const amp_site_problem *problem;
    amp_merit *merit;
    amp_queue *queue; /**< NULL without a usable battery */
    size_t interval_count;
    double interval_h;
    const double *price_usd_per_mwh; /**< [T] of import, as scanned; the problem's or the next */
    double *own_price; /**< [T], NULL where the problem's says it: without block, not constant */

    double charge_efficiency;
    double discharge_efficiency;
    double inverse_charge_efficiency;
    double wear_usd_per_mwh;
    double burn_usd_per_mwh; /**< below this price, charging and discharging at once would pay */
    double flat_slope;       /**< of the value while the price is exactly that */
    double units_per_mwh;    /**< a power of two */
    double mwh_per_unit;
    bool has_battery;
    bool window_varies;
    amp_window window;      /**< of every interval when it does not vary and nothing decays */
    double *factor;         /**< [T+1], NULL without self-discharge */
    int64_t *minimum_units; /**< [T+1], NULL without self-discharge */
    int64_t *maximum_units;
    int64_t minimum; /**< units, without self-discharge */
    int64_t maximum;

    bool has_forbidden;   /**< some withdrawal or final level is impossible */
    bool has_pooled;      /**< some interval is AMP_SHAPE_POOLED */
    double extreme_slope; /**< beyond every possible slope, yet small enough to compute with */
    double *high;         /**< [T+1] dearest slope of V at time t */
    double *low;          /**< [T+1] cheapest */
    double *profit_usd; /**< [T] of the interval at rest (market, edge) or at full charge (list) */
    uint16_t *shape;    /**< [T] */
    amp_segment *cache; /**< segments of list intervals, last interval first */
    size_t cache_room;
    size_t cache_used;
    amp_segment *piece;         /**< scratch: segments of one interval, twice the room */
    amp_merit_scan *scan;       /**< scratch */
    amp_merit_list list;        /**< scratch: keeps its order between calls */
    amp_merit_list import_list; /**< the same with one mode of the connection */
    amp_merit_list export_list;
    int64_t
        *least; /**< [T] optimal withdrawals of the stretch at hand, from its first interval on */
    int64_t *most;
    amp_snapshot *snapshot; /**< [spans] */
    amp_segment *snapshot_segment;
    size_t snapshot_room;
    size_t snapshot_used;
    amp_value_store store;

    amp_level_range *reach; /**< [T] levels at the interval's end: of the stretch at hand the tube,
                                 then of all intervals those from which one mode can go on */

    amp_stored_kink *kink; /**< [T+1][parts] stored.h; NULL where nothing is worth being stored */
    int64_t *level_low;    /**< [T+1] levels within the part of J that the path is in */
    int64_t *level_high;
    amp_segment *raised; /**< scratch */

    double *net_mw; /**< [T] the answer */
    double *soc_mwh;
    double *stored_usd_per_mwh;
    double *trial_net_mw; /**< [T] a schedule that may turn out better */
    double *trial_soc_mwh;
    double *trial_stored_usd_per_mwh;
    size_t bytes;
};

/* The room for segments of one interval: each step may be split at rest and at the burn price. */
static inline size_t amp_solver_piece_room(const amp_solver *solver)
{
    return amp_merit_step_count(solver->merit) + 8;
}

static inline int64_t amp_solver_minimum(const amp_solver *solver, size_t t)
{
    return solver->minimum_units != NULL ? solver->minimum_units[t] : solver->minimum;
}

static inline int64_t amp_solver_maximum(const amp_solver *solver, size_t t)
{
    return solver->maximum_units != NULL ? solver->maximum_units[t] : solver->maximum;
}

static inline double amp_solver_factor(const amp_solver *solver, size_t t)
{
    return solver->factor != NULL ? solver->factor[t] : 1.0;
}

static inline double amp_solver_inverse_factor(const amp_solver *solver, size_t t)
{
    return solver->factor != NULL ? 1.0 / solver->factor[t] : 1.0;
}

/** Power of two between the units at time t and t + 1: 0, or AMP_EPOCH_BITS where an epoch ends. */
enum { AMP_EPOCH_BITS = 2 };
static inline int amp_solver_epoch_bits(const amp_solver *solver, size_t t)
{
    return solver->factor != NULL && solver->factor[t] > solver->factor[t + 1] ? AMP_EPOCH_BITS : 0;
}

/** A slope per unit at time t as one per unit at time t + 1. */
static inline double amp_solver_next_slope(const amp_solver *solver, size_t t, double slope)
{
    return solver->factor == NULL ? slope : ldexp(slope, amp_solver_epoch_bits(solver, t));
}

/** Makes solver->window that of interval @p t. */
void amp_solver_make_window(amp_solver *solver, size_t t);

/** The window of interval @p t: most of the time that of the last one asked for. */
static inline const amp_window *amp_solver_window(amp_solver *solver, size_t t)
{
    if (solver->window_varies) {
        const amp_storage *storage = &solver->problem->storage;
        const double charge_mw = amp_column_at(storage->charge_limit_mw, t);
        const double discharge_mw = amp_column_at(storage->discharge_limit_mw, t);
        const bool is_same = charge_mw >= solver->window.charge_mw &&
                             charge_mw <= solver->window.charge_mw &&
                             discharge_mw >= solver->window.discharge_mw &&
                             discharge_mw <= solver->window.discharge_mw;
        if (!is_same || solver->factor != NULL)
            amp_solver_make_window(solver, t);
    }
    return &solver->window;
}

/** MW at the bus of a withdrawal of @p y units. */
static inline double amp_window_net_mw(const amp_window *window, int64_t y)
{
    return (double)y * (y < 0 ? window->mw_per_charge : window->mw_per_discharge);
}

/** Whether charging and discharging can share an interval at all. */
static inline bool amp_window_mixes(const amp_window *window)
{
    return window->charge > 0 && window->discharge > 0;
}

/** The value of one interval over withdrawals, from full charge to full discharge. */
typedef struct {
    amp_segment *piece; /**< in: room for amp_solver_piece_room() */
    bool is_single;     /**< in: one mode only; charging and discharging are then concave each */
    bool is_mixable;    /**< out: some piece mixes the battery's modes */
    size_t count;       /**< out */
    size_t rest;        /**< out, with is_single: pieces that charge */
    double usd;         /**< out: value at full charge; forbidden parts count nothing */
} amp_curve;

/** Makes the curve of one interval from its built merit list. */
void amp_curve_make(const amp_solver *solver, const amp_merit_list *list, const amp_window *window,
                    double inverse_factor, amp_curve *curve);

/** Value of one unit of stored energy when the bus pays @p price, charging and discharging. */
static inline double amp_charge_slope(const amp_solver *solver, double price)
{
    return (price + solver->wear_usd_per_mwh) * solver->inverse_charge_efficiency;
}

static inline double amp_discharge_slope(const amp_solver *solver, double price)
{
    return (price - solver->wear_usd_per_mwh) * solver->discharge_efficiency;
}

/** The relaxation only: bound, and in net_mw and soc_mwh its path (where mixed_count is 0, the
 *  schedule); objective_usd is that of the path with one mode an interval. For measuring. */
void amp_solver_relax(amp_solver *solver, amp_solution *out);

/** Whether interval @p i of a scan has the market's price over the whole window. */
static inline bool amp_scan_is_market(const amp_merit_scan *scan, size_t i,
                                      const amp_window *window)
{
    return scan->low_mw[i] <= -window->charge_mw && scan->high_mw[i] >= window->discharge_mw;
}

/** The level that the end of the problem asks for at time @p end, within the battery's range;
 *  meaningless when the end is free. */
static inline int64_t amp_solver_final_level(const amp_solver *solver, size_t end)
{
    const double units = solver->units_per_mwh * amp_solver_factor(solver, end);
    const int64_t level = (int64_t)floor(solver->problem->storage.final_mwh * units + 0.5);
    const int64_t minimum = amp_solver_minimum(solver, end);
    const int64_t maximum = amp_solver_maximum(solver, end);
    return level < minimum ? minimum : level > maximum ? maximum : level;
}

static inline size_t amp_solver_span_count(const amp_solver *solver)
{
    return (solver->interval_count + AMP_SNAPSHOT_SPAN - 1) / AMP_SNAPSHOT_SPAN;
}

/** Backward over [first, end): the queue holds V at `end` and then V at `first`. */
void amp_backward_terminal(amp_solver *solver, size_t end);
void amp_backward_decide(amp_solver *solver, size_t first, size_t end);
void amp_backward_record(amp_solver *solver, size_t first, size_t end);
/** One interval, with its block's scan at hand (offset @p i in it), nothing recorded. */
void amp_backward_one(amp_solver *solver, size_t t, size_t i);

/** Profit of interval @p t in USD at @p net_mw with the better mode of the connection; -INFINITY
 *  when that output cannot be had. Battery wear not included. */
double amp_one_mode_profit_usd(amp_solver *solver, size_t t, double net_mw);

/** Best withdrawal of interval @p t with one mode, when stored energy at its end is worth the list
 *  @p value (V at t + 1, dearest first), @p level units (of time t + 1) are stored at its start and
 *  the level at its end must lie in @p keep. */
typedef struct {
    bool is_dead; /**< no mode keeps every limit from this level */
    int64_t y;
    double stored_slope; /**< of the value list where the level ends up */
} amp_one_mode_choice;
amp_one_mode_choice amp_one_mode_choose(amp_solver *solver, size_t t, const amp_segment *value,
                                        size_t value_count, int64_t level, amp_level_range keep);

/**
 * After a forward pass whose path mixes modes: a schedule of one mode an interval that follows the
 * value functions of the relaxation, into the trial arrays.
 * @param one_mode_usd what the path earns with one mode
 * @return the objective of the trial, -HUGE_VAL when it ran into a dead end
 */
double amp_one_mode_schedule(amp_solver *solver, int64_t level, double one_mode_usd);

#endif
