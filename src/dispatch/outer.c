/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/outer.h"

#include "dispatch/master.h"
#include "dispatch/ratchet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Thousands of USD, and relative to the first call's value of the block: numbers near 1. */
static const double usd_per_theta = 1000.0;

/* What a cut has beside slopes. */
enum { CONSTANT, STORED_IN, STORED_OUT, IMPORT, WATCHED_IMPORT, STORED, BATTERY_POWER, PARTS };

struct amp_outer {
    const amp_site_problem *problem;
    amp_master *master;
    /* Of every cut, in the order of the master's rows: [calls][block_count]... */
    double *part;  /**< ...[PARTS] */
    double *slope; /**< ...[peak_count, of them watched, accounts] */
    size_t calls;
    size_t room;
    double *base_usd;    /**< [block_count] */
    double *room_of;     /**< [accounts][block_count] what a block can use */
    double *weight;      /**< [calls] scratch */
    double *coefficient; /**< scratch of a row */
    int *column;
    size_t *order;       /**< [block_count] scratch */
    double *mix_peak;    /**< [peak_count] sums over blocks */
    double *price;       /**< [peak_count] what a MW of each costs in the bound */
    double *mix_watched; /**< [peak_count] the watched intervals' part */
    double *mix_account; /**< [accounts][block_count] */
    double *mix_border;  /**< [block_count + 1] */
    amp_duals duals;     /**< peak_usd_per_mw is mix_peak */
};

/* ---- columns of the master ---- */

/* Stored energy and accounts are shares of what the battery holds and of the account's limit, so
 * that CLP's tolerances mean the same for small ones and large ones. */
static double full_mwh(const amp_site_problem *p)
{
    return p->storage.is_present && p->storage.maximum_mwh > 0.0 ? p->storage.maximum_mwh : 1.0;
}

static double limit_of(const amp_site_problem *p, size_t j)
{
    return amp_account_limit(p, j) > 0.0 ? amp_account_limit(p, j) : 1.0;
}

static size_t theta_at(size_t block)
{
    return block;
}

static size_t peak_at(const amp_site_problem *p, size_t k)
{
    return p->block_count + k;
}

static size_t border_at(const amp_site_problem *p, size_t border)
{
    return p->block_count + p->peak_count + border;
}

static size_t account_at(const amp_site_problem *p, size_t j, size_t block)
{
    return 2 * p->block_count + p->peak_count + 1 + j * p->block_count + block;
}

/* What ratchets and tiers add, last. */
static size_t billed_at(const amp_site_problem *p)
{
    return account_at(p, amp_account_count(p), 0);
}

static size_t column_count(const amp_site_problem *p)
{
    return billed_at(p) + amp_ratchet_outer_columns(p);
}

/* Rows before those of cuts: accounts, then ratchets. */
static size_t first_cut_row(const amp_site_problem *p)
{
    return amp_account_count(p) + amp_ratchet_outer_rows(p);
}

double amp_peak_most_mw(const amp_site_problem *problem, size_t k)
{
    double most_mw = amp_billing_least_mw(problem, k);
    for (size_t t = problem->peak[k].first; t < problem->peak[k].end; t++)
        most_mw = fmax(most_mw, amp_column_at(problem->import_limit_mw, t));
    return most_mw;
}

amp_stored_range amp_border_range(const amp_site_problem *problem, size_t border)
{
    const amp_storage *storage = &problem->storage;
    amp_stored_range range = {storage->minimum_mwh, storage->maximum_mwh};
    if (!storage->is_present)
        return (amp_stored_range){0.0, 0.0};
    if (border == 0)
        return (amp_stored_range){storage->initial_mwh, storage->initial_mwh};
    if (border == problem->block_count && storage->final != AMP_FINAL_FREE)
        range.low = storage->final_mwh;
    if (border == problem->block_count && storage->final == AMP_FINAL_EXACT)
        range.high = storage->final_mwh;
    return range;
}

/* What a block can use of an account. */
static double block_room(const amp_site_problem *p, size_t account, size_t block)
{
    const size_t end = block + 1 < p->block_count ? p->block_first[block + 1] : p->interval_count;
    return amp_account_room(p, account, p->block_first[block], end);
}

/* ---- making one ---- */

static bool take_memory(amp_outer *outer)
{
    const amp_site_problem *p = outer->problem;
    const size_t columns = column_count(p);
    outer->base_usd = calloc(p->block_count + 1, sizeof(double));
    outer->room_of = calloc(amp_account_count(p) * p->block_count + 1, sizeof(double));
    outer->coefficient = calloc(columns + 1, sizeof(double));
    outer->column = calloc(columns + 1, sizeof(int));
    outer->order = calloc(p->block_count + 1, sizeof(size_t));
    outer->mix_peak = calloc(p->peak_count + 1, sizeof(double));
    outer->mix_watched = calloc(p->peak_count + 1, sizeof(double));
    outer->price = calloc(p->peak_count + 1, sizeof(double));
    outer->mix_account = calloc(amp_account_count(p) * p->block_count + 1, sizeof(double));
    outer->mix_border = calloc(p->block_count + 2, sizeof(double));
    outer->duals.block = calloc(p->block_count + 1, sizeof *outer->duals.block);
    outer->duals.peak_usd_per_mw = outer->mix_peak;
    if (outer->mix_watched == NULL || outer->duals.block == NULL || outer->price == NULL)
        return false;
    return outer->base_usd != NULL && outer->room_of != NULL && outer->coefficient != NULL &&
           outer->column != NULL && outer->order != NULL && outer->mix_peak != NULL &&
           outer->mix_account != NULL && outer->mix_border != NULL;
}

static void set_columns(const amp_outer *outer, double *lower, double *upper, double *cost)
{
    const amp_site_problem *p = outer->problem;
    for (size_t b = 0; b < p->block_count; b++) {
        lower[theta_at(b)] = -HUGE_VAL;
        upper[theta_at(b)] = HUGE_VAL;
        cost[theta_at(b)] = -1.0;
    }
    for (size_t k = 0; k < p->peak_count; k++) {
        const bool is_plain = amp_billing_of(p, k) == NULL;
        lower[peak_at(p, k)] = amp_billing_least_mw(p, k);
        upper[peak_at(p, k)] = amp_peak_most_mw(p, k);
        cost[peak_at(p, k)] = is_plain ? p->peak[k].charge_usd_per_mw / usd_per_theta : 0.0;
    }
    amp_ratchet_outer_set(p, lower + billed_at(p), upper + billed_at(p), cost + billed_at(p));
    for (size_t b = 0; b <= p->block_count; b++) {
        const amp_stored_range range = amp_border_range(p, b);
        lower[border_at(p, b)] = range.low / full_mwh(p);
        upper[border_at(p, b)] = range.high / full_mwh(p);
    }
    cost[border_at(p, p->block_count)] =
        -p->storage.terminal_value_usd_per_mwh * full_mwh(p) / usd_per_theta;
    for (size_t j = 0; j < amp_account_count(p); j++)
        for (size_t b = 0; b < p->block_count; b++)
            upper[account_at(p, j, b)] = outer->room_of[j * p->block_count + b] / limit_of(p, j);
}

static amp_status make_master(amp_outer *outer)
{
    const amp_site_problem *p = outer->problem;
    const size_t columns = column_count(p);
    double *number = calloc(3 * columns + 1, sizeof *number);
    if (number == NULL)
        return AMP_NOMEM;
    set_columns(outer, number, number + columns, number + 2 * columns);
    const amp_status status =
        amp_master_new(columns, number, number + columns, number + 2 * columns, &outer->master);
    free(number);
    for (size_t j = 0; status == AMP_OK && j < amp_account_count(p); j++) {
        for (size_t b = 0; b < p->block_count; b++) {
            outer->column[b] = (int)account_at(p, j, b);
            outer->coefficient[b] = 1.0;
        }
        (void)amp_master_add_row(outer->master, p->block_count, outer->column, outer->coefficient,
                                 amp_account_limit(p, j) / limit_of(p, j));
    }
    if (status == AMP_OK)
        amp_ratchet_outer_add(p, outer->master, peak_at(p, 0), billed_at(p));
    return status;
}

amp_status amp_outer_new(const amp_site_problem *problem, amp_outer **out)
{
    amp_outer *outer = calloc(1, sizeof *outer);
    if (outer == NULL)
        return AMP_NOMEM;
    outer->problem = problem;
    if (!take_memory(outer))
        goto no_memory;
    for (size_t j = 0; j < amp_account_count(problem); j++)
        for (size_t b = 0; b < problem->block_count; b++)
            outer->room_of[j * problem->block_count + b] = block_room(problem, j, b);
    if (make_master(outer) != AMP_OK)
        goto no_memory;
    *out = outer;
    return AMP_OK;
no_memory:
    amp_outer_free(outer);
    return AMP_NOMEM;
}

void amp_outer_free(amp_outer *outer)
{
    if (outer == NULL)
        return;
    amp_master_free(outer->master);
    void *const owned[] = {
        outer->part,        outer->slope,       outer->base_usd,   outer->room_of,
        outer->weight,      outer->coefficient, outer->column,     outer->order,
        outer->mix_peak,    outer->mix_account, outer->mix_border, outer->mix_watched,
        outer->duals.block, outer->price,
    };
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        free(owned[i]);
    free(outer);
}

/* ---- cuts ---- */

static size_t slope_count(const amp_site_problem *p)
{
    return 2 * p->peak_count + amp_account_count(p);
}

/* Doubles an array of @p size doubles a call when it is full. */
static bool grow(double **number, size_t room, size_t size)
{
    double *grown = realloc(*number, room * size * sizeof *grown);
    if (grown != NULL)
        *number = grown;
    return grown != NULL;
}

static bool make_room(amp_outer *outer)
{
    const amp_site_problem *p = outer->problem;
    if (outer->calls < outer->room)
        return true;
    const size_t room = outer->room == 0 ? 32 : 2 * outer->room;
    if (!grow(&outer->part, room, PARTS * p->block_count) ||
        !grow(&outer->slope, room, (slope_count(p) + 1) * p->block_count) ||
        !grow(&outer->weight, room, 1))
        return false;
    outer->room = room;
    return true;
}

static double *part_of(const amp_outer *outer, size_t call, size_t block)
{
    return outer->part + (call * outer->problem->block_count + block) * PARTS;
}

static double *slope_of(const amp_outer *outer, size_t call, size_t block)
{
    const amp_site_problem *p = outer->problem;
    return outer->slope + (call * p->block_count + block) * slope_count(p);
}

static void keep_cut(amp_outer *outer, size_t block, const amp_cut *cut)
{
    const amp_site_problem *p = outer->problem;
    double *part = part_of(outer, outer->calls, block);
    double *slope = slope_of(outer, outer->calls, block);
    part[CONSTANT] = cut->constant;
    part[STORED_IN] = cut->stored_in;
    part[STORED_OUT] = cut->stored_out;
    part[IMPORT] = cut->marginal.import_usd;
    part[WATCHED_IMPORT] = cut->marginal.watched_import_usd;
    part[STORED] = cut->marginal.stored_usd;
    part[BATTERY_POWER] = cut->marginal.battery_power_usd;
    memcpy(slope, cut->peak, p->peak_count * sizeof *slope);
    memcpy(slope + p->peak_count, cut->watched_peak, p->peak_count * sizeof *slope);
    memcpy(slope + 2 * p->peak_count, cut->account, amp_account_count(p) * sizeof *slope);
}

static void put(amp_outer *outer, size_t *count, size_t column, double coefficient)
{
    if (fabs(coefficient) <= 0.0)
        return;
    outer->column[*count] = (int)column;
    outer->coefficient[(*count)++] = coefficient / usd_per_theta;
}

static void add_row(amp_outer *outer, size_t b, const amp_cut *cut)
{
    const amp_site_problem *p = outer->problem;
    size_t count = 0;
    put(outer, &count, theta_at(b), usd_per_theta);
    for (size_t k = 0; k < p->peak_count; k++)
        put(outer, &count, peak_at(p, k), -cut->peak[k]);
    put(outer, &count, border_at(p, b), -cut->stored_in * full_mwh(p));
    put(outer, &count, border_at(p, b + 1), cut->stored_out * full_mwh(p));
    for (size_t j = 0; j < amp_account_count(p); j++)
        if (outer->room_of[j * p->block_count + b] > 0.0)
            put(outer, &count, account_at(p, j, b), -cut->account[j] * limit_of(p, j));
    (void)amp_master_add_row(outer->master, count, outer->column, outer->coefficient,
                             (cut->constant - outer->base_usd[b]) / usd_per_theta);
}

amp_status amp_outer_add(amp_outer *outer, const amp_cut *cut)
{
    const amp_site_problem *p = outer->problem;
    if (!make_room(outer))
        return AMP_NOMEM;
    for (size_t b = 0; b < p->block_count; b++) {
        keep_cut(outer, b, &cut[b]);
        if (outer->calls == 0)
            outer->base_usd[b] = cut[b].constant;
    }
    for (size_t b = 0; b < p->block_count; b++)
        add_row(outer, b, &cut[b]);
    outer->calls++;
    return AMP_OK;
}

/* ---- the bound ---- */

/* Weights of one block's cuts, which sum to 1. */
static void read_weights(amp_outer *outer, size_t block)
{
    const amp_site_problem *p = outer->problem;
    double sum = 0.0;
    for (size_t i = 0; i < outer->calls; i++) {
        const size_t row = first_cut_row(p) + i * p->block_count + block;
        outer->weight[i] = fmax(0.0, amp_master_row_dual(outer->master, row));
        sum += outer->weight[i];
    }
    for (size_t i = 0; i < outer->calls; i++)
        outer->weight[i] = sum > 0.0 ? outer->weight[i] / sum : (i + 1 == outer->calls ? 1.0 : 0.0);
}

static void mix_marginals(const double *part, double weight, amp_marginals *to)
{
    to->import_usd += weight * part[IMPORT];
    to->watched_import_usd += weight * part[WATCHED_IMPORT];
    to->stored_usd += weight * part[STORED];
    to->battery_power_usd += weight * part[BATTERY_POWER];
}

/* @return the block's constant. */
static double mix_block(amp_outer *outer, size_t block)
{
    const amp_site_problem *p = outer->problem;
    double constant = 0.0;
    read_weights(outer, block);
    for (size_t i = 0; i < outer->calls; i++) {
        const double weight = outer->weight[i];
        const double *part = part_of(outer, i, block);
        const double *slope = slope_of(outer, i, block);
        if (weight <= 0.0)
            continue;
        constant += weight * part[CONSTANT];
        mix_marginals(part, weight, &outer->duals.block[block]);
        for (size_t k = 0; k < p->peak_count; k++) {
            outer->mix_peak[k] += weight * slope[k];
            outer->mix_watched[k] += weight * slope[p->peak_count + k];
        }
        for (size_t j = 0; j < amp_account_count(p); j++)
            outer->mix_account[j * p->block_count + block] += weight * slope[2 * p->peak_count + j];
        outer->mix_border[block] += weight * part[STORED_IN];
        outer->mix_border[block + 1] -= weight * part[STORED_OUT];
    }
    return constant;
}

static double most(double slope, double low, double high)
{
    return fmax(slope * low, slope * high);
}

/* The most that an account is worth: used in the blocks where it is worth most, first. */
static double best_account_usd(amp_outer *outer, size_t j)
{
    const amp_site_problem *p = outer->problem;
    const double *worth = outer->mix_account + j * p->block_count;
    const double *room = outer->room_of + j * p->block_count;
    double left = amp_account_limit(p, j);
    double usd = 0.0;
    for (size_t b = 0; b < p->block_count; b++) {
        size_t at = b;
        for (; at > 0 && worth[outer->order[at - 1]] < worth[b]; at--)
            outer->order[at] = outer->order[at - 1];
        outer->order[at] = b;
    }
    for (size_t i = 0; i < p->block_count && left > 0.0; i++) {
        const size_t b = outer->order[i];
        const double taken = worth[b] > 0.0 ? fmin(left, room[b]) : 0.0;
        usd += taken * worth[b];
        left -= taken;
    }
    return usd;
}

/* A peak as high as import can be is worth more than its charge: the rest of what it is worth is
 * that of import, shared among intervals as the peak's worth is. */
static void add_peak_bound(amp_outer *outer, size_t k)
{
    const amp_site_problem *p = outer->problem;
    const double rise_usd = outer->mix_peak[k] - outer->price[k];
    size_t b = p->block_count - 1;
    if (rise_usd <= 0.0 || amp_peak_most_mw(p, k) <= amp_billing_least_mw(p, k))
        return;
    while (b > 0 && p->block_first[b] > p->peak[k].first)
        b--;
    outer->duals.block[b].import_usd += rise_usd;
    outer->duals.block[b].watched_import_usd +=
        rise_usd * outer->mix_watched[k] / outer->mix_peak[k];
}

/* Limits also bound what the master chooses itself: stored energy between blocks, and peaks. */
static void add_bounds(amp_outer *outer)
{
    const amp_site_problem *p = outer->problem;
    for (size_t b = 1; b <= p->block_count; b++)
        if (b < p->block_count || p->storage.final != AMP_FINAL_EXACT)
            outer->duals.block[b - 1].stored_usd += fmax(0.0, outer->mix_border[b]);
    for (size_t k = 0; k < p->peak_count; k++)
        add_peak_bound(outer, k);
}

const amp_duals *amp_outer_duals(const amp_outer *outer)
{
    return &outer->duals;
}

/* The weighted cuts' maximum over everything the master may choose. */
static double safe_bound_usd(amp_outer *outer)
{
    const amp_site_problem *p = outer->problem;
    double usd = 0.0;
    memset(outer->mix_peak, 0, p->peak_count * sizeof(double));
    memset(outer->mix_watched, 0, p->peak_count * sizeof(double));
    memset(outer->mix_account, 0, amp_account_count(p) * p->block_count * sizeof(double));
    memset(outer->mix_border, 0, (p->block_count + 1) * sizeof(double));
    memset(outer->duals.block, 0, p->block_count * sizeof *outer->duals.block);
    for (size_t b = 0; b < p->block_count; b++)
        usd += mix_block(outer, b);
    outer->mix_border[p->block_count] += p->storage.terminal_value_usd_per_mwh;
    usd += amp_ratchet_prices(p, outer->master, amp_account_count(p), outer->price);
    add_bounds(outer);
    for (size_t k = 0; k < p->peak_count; k++)
        usd += most(outer->mix_peak[k] - outer->price[k], amp_billing_least_mw(p, k),
                    amp_peak_most_mw(p, k));
    for (size_t b = 0; b <= p->block_count; b++) {
        const amp_stored_range range = amp_border_range(p, b);
        usd += most(outer->mix_border[b], range.low, range.high);
    }
    for (size_t j = 0; j < amp_account_count(p); j++)
        usd += best_account_usd(outer, j);
    for (size_t j = 0; j < p->job_count; j++)
        usd -= p->job[j].penalty_usd;
    return usd;
}

bool amp_outer_solve(amp_outer *outer, double *peak_mw, double *bound_usd)
{
    const amp_site_problem *p = outer->problem;
    if (!amp_master_solve(outer->master))
        return false;
    const double *x = amp_master_columns(outer->master);
    for (size_t k = 0; k < p->peak_count; k++)
        peak_mw[k] = x[peak_at(p, k)];
    *bound_usd = safe_bound_usd(outer);
    return true;
}

double amp_outer_account_usd(const amp_outer *outer, size_t j)
{
    const double usd = amp_master_row_dual(outer->master, j) * usd_per_theta;
    return fmax(0.0, usd) / limit_of(outer->problem, j);
}
