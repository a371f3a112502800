/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one interval as a function of what is withdrawn from the battery. */
#include "dispatch/stored.h"

#include <math.h>

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* Walks the merit list from full charge to full discharge and emits segments. */
typedef struct {
    const amp_solver *solver;
    const amp_window *window;
    double inverse_factor;
    bool is_single; /* one mode: charging and discharging pieces are not merged at rest */
    amp_segment *piece;
    size_t count;
    size_t rest;       /* pieces that charge */
    int64_t y_rounded; /* where the next segment starts, units */
    double usd;
} curve_pen;

/* Positions are rounded, lengths are differences: so that they add up to the window exactly. */
static inline void emit(curve_pen *pen, double slope, double end_units)
{
    /* Positions are never below full charge, so that truncation rounds. */
    int64_t end = (int64_t)(end_units + (double)pen->window->charge + 0.5) - pen->window->charge;
    if (end > pen->window->discharge)
        end = pen->window->discharge;
    const int64_t length = end - pen->y_rounded;
    if (length <= 0)
        return;
    pen->y_rounded = end;
    if (pen->count > pen->rest && pen->piece[pen->count - 1].slope <= slope) {
        pen->piece[pen->count - 1].length += length; /* equal slopes: one segment */
        return;
    }
    pen->piece[pen->count++] = (amp_segment){.slope = slope, .length = length};
}

/* Output from `from` to `to` MW, one mode: charging below 0, discharging above. */
static inline void emit_single(curve_pen *pen, double charge_slope, double discharge_slope,
                               double from_mw, double to_mw)
{
    if (from_mw < 0.0)
        emit(pen, charge_slope, smaller(to_mw, 0.0) * pen->window->units_per_mw_charge);
    if (pen->is_single && from_mw <= 0.0 && to_mw > 0.0)
        pen->rest = pen->count;
    if (to_mw > 0.0)
        emit(pen, discharge_slope, to_mw * pen->window->units_per_mw_discharge);
}

static inline void emit_priced(curve_pen *pen, double price, double from_mw, double to_mw)
{
    emit_single(pen, amp_charge_slope(pen->solver, price) * pen->inverse_factor,
                amp_discharge_slope(pen->solver, price) * pen->inverse_factor, from_mw, to_mw);
}

/* Withdrawal at output `net_mw` on the edge between full charge and full discharge, where the two
 * modes share the interval. */
static double edge_units(const amp_window *window, double net_mw)
{
    const double units_per_mw = ((double)window->charge + (double)window->discharge) /
                                (window->charge_mw + window->discharge_mw);
    return (net_mw + window->charge_mw) * units_per_mw - (double)window->charge;
}

/* While the price is exactly the burn price, output stands still at `net_mw` and the withdrawal
 * goes from one mode to the edge. */
static void emit_flat(curve_pen *pen, double net_mw)
{
    emit(pen, pen->solver->flat_slope * pen->inverse_factor, edge_units(pen->window, net_mw));
}

/* What the list leaves uncovered: more output than can be used or sent away. */
static void finish(curve_pen *pen, double net_mw, bool can_mix, bool *is_on_edge)
{
    if (net_mw < pen->window->discharge_mw) {
        if (can_mix && !*is_on_edge) {
            emit_flat(pen, net_mw);
            *is_on_edge = true;
        }
        emit_single(pen, -AMP_MERIT_FORBIDDEN, -AMP_MERIT_FORBIDDEN, net_mw,
                    pen->window->discharge_mw);
    }
    if (pen->y_rounded < pen->window->discharge && pen->count > 0)
        pen->piece[pen->count - 1].length += pen->window->discharge - pen->y_rounded;
}

void amp_curve_make(const amp_solver *solver, const amp_merit_list *list, const amp_window *window,
                    double inverse_factor, amp_curve *curve)
{
    const bool can_mix = !curve->is_single && amp_window_mixes(window);
    curve_pen pen = {
        .solver = solver,
        .window = window,
        .inverse_factor = inverse_factor,
        .is_single = curve->is_single,
        .piece = curve->piece,
        .y_rounded = -window->charge,
        .usd = list->base_usd_per_h,
    };
    bool is_on_edge = false;
    double net_mw = -window->charge_mw;
    double step_end_mw = -list->offset_mw; /* output at the head of the list */
    size_t i = 0;

    /* Steps that lie wholly below full charge only add to the value there. */
    for (; i < list->count && step_end_mw + list->step[i].power_mw <= net_mw; i++) {
        step_end_mw += list->step[i].power_mw;
        pen.usd += list->step[i].value_usd_per_mwh * list->step[i].power_mw;
    }
    if (step_end_mw > net_mw) {
        const double possible_mw = smaller(step_end_mw, window->discharge_mw);
        emit_single(&pen, AMP_MERIT_FORBIDDEN, AMP_MERIT_FORBIDDEN, net_mw, possible_mw);
        net_mw = possible_mw;
    } else if (i < list->count) {
        pen.usd += list->step[i].value_usd_per_mwh * (net_mw - step_end_mw);
    }
    const double first_mw = net_mw; /* where the value is known: wear is paid */

    for (; i < list->count && net_mw < window->discharge_mw; i++) {
        const double price = list->step[i].value_usd_per_mwh;
        step_end_mw += list->step[i].power_mw;
        const double end_mw = smaller(step_end_mw, window->discharge_mw);
        if (end_mw <= net_mw)
            continue;
        if (can_mix && !is_on_edge && price < solver->burn_usd_per_mwh) {
            emit_flat(&pen, net_mw);
            is_on_edge = true;
        }
        if (is_on_edge)
            emit(&pen, (price * window->edge_gain - window->edge_wear) * inverse_factor,
                 edge_units(window, end_mw));
        else
            emit_priced(&pen, price, net_mw, end_mw);
        net_mw = end_mw;
    }
    finish(&pen, net_mw, can_mix, &is_on_edge);
    for (size_t k = 0; solver->kink != NULL && k < pen.count; k++)
        pen.piece[k].slope = amp_stored_round(pen.piece[k].slope);
    curve->count = pen.count;
    curve->rest = window->discharge > 0 && pen.rest <= pen.count ? pen.rest : pen.count;
    curve->is_mixable = is_on_edge;
    curve->usd = (pen.usd - solver->wear_usd_per_mwh * fabs(first_mw)) * solver->interval_h;
}
