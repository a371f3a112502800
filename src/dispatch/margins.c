/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/margins.h"

#include "dispatch/account.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const double default_tolerance = 1e-8;

typedef struct {
    size_t first;
    size_t end;
} interval_range;

/* A copy of a problem, some columns of which are its own. */
typedef struct {
    const amp_site_problem *base; /* has blocks */
    amp_site_problem problem;
    double *column[3]; /* [T] */
} variant;

/* @return false when there is nothing of the limit to lose. */
typedef bool (*limit_change)(variant *v, interval_range range, double by);

/* One limit a unit higher or lower. */
typedef struct {
    limit_change change;
    interval_range range;
    double by;
    double *rise_usd; /* receives what it earns more than the base */
    double gap_usd;
    amp_status status;
} trial;

enum { TRIALS_MAX = 10 };

typedef struct {
    const amp_margins_options *options;
    amp_host alone;        /* for solves that share the threads among them */
    amp_site_problem base; /* has blocks */
    amp_margins *out;
    trial trial[TRIALS_MAX];
    size_t trial_count;
    atomic_size_t done;
} study;

/* ---- solving ---- */

static amp_coordination_options options_of(const amp_margins_options *options)
{
    return (amp_coordination_options){
        .tolerance = options->tolerance > 0.0 ? options->tolerance : default_tolerance,
        .watched_first = options->watched_first,
        .watched_end = options->watched_end,
    };
}

static amp_margins_value value_of(const amp_coordinated *found)
{
    if (found->shortage != AMP_FEASIBLE)
        return (amp_margins_value){(double)NAN, 0.0};
    return (amp_margins_value){found->bound_usd, fmax(0.0, found->bound_usd - found->relaxed_usd)};
}

/* One block where nothing couples months. */
static amp_site_problem with_blocks(const amp_site_problem *problem)
{
    static const size_t first[] = {0};
    amp_site_problem out = *problem;
    if (out.block_count == 0) {
        out.block_first = first;
        out.block_count = 1;
    }
    return out;
}

amp_status amp_margins_solve(const amp_site_problem *problem, const amp_margins_options *options,
                             amp_margins_value *out)
{
    const amp_site_problem solved = with_blocks(problem);
    const amp_coordination_options how = options_of(options);
    amp_coordination *coordination = NULL;
    const amp_status status = amp_coordinate(&solved, options->host, &how, &coordination);
    if (status != AMP_OK)
        return status;
    *out = value_of(amp_coordination_result(coordination));
    amp_coordination_free(coordination);
    return AMP_OK;
}

static void count_solve(study *s)
{
    const size_t done = atomic_fetch_add(&s->done, 1) + 1;
    if (s->options->progress != NULL)
        s->options->progress(s->options->progress_context, done, 1 + s->trial_count);
}

/* ---- limits ---- */

/* @return false when some interval has less than a MW to lose. */
static bool change_import(variant *v, interval_range range, double change_mw)
{
    const amp_site_problem *p = v->base;
    bool can_change = true;
    for (size_t t = 0; t < p->interval_count; t++) {
        const double limit_mw = amp_column_at(p->import_limit_mw, t);
        const bool is_changed = t >= range.first && t < range.end && limit_mw > 0.0;
        v->column[0][t] = is_changed ? limit_mw + change_mw : limit_mw;
        v->column[1][t] = fmin(amp_column_at(p->block_mw, t), v->column[0][t]);
        can_change = can_change && v->column[0][t] >= 0.0;
    }
    v->problem = *p;
    v->problem.import_limit_mw = (amp_column){.value = v->column[0], .stride = 1};
    if (p->block_mw.value != NULL)
        v->problem.block_mw = (amp_column){.value = v->column[1], .stride = 1};
    return can_change;
}

static bool change_room(variant *v, interval_range range, double change_mwh)
{
    amp_storage *storage = &v->problem.storage;
    (void)range;
    v->problem = *v->base;
    storage->maximum_mwh += change_mwh;
    return storage->maximum_mwh >= storage->minimum_mwh &&
           storage->maximum_mwh >= storage->initial_mwh &&
           (storage->final == AMP_FINAL_FREE || storage->maximum_mwh >= storage->final_mwh);
}

double amp_margins_power_mw(const amp_site_problem *problem)
{
    double most_mw = 0.0;
    for (size_t t = 0; problem->storage.is_present && t < problem->interval_count; t++)
        most_mw = fmax(most_mw, fmax(amp_column_at(problem->storage.charge_limit_mw, t),
                                     amp_column_at(problem->storage.discharge_limit_mw, t)));
    return most_mw;
}

static bool change_power(variant *v, interval_range range, double change_mw)
{
    const amp_storage *storage = &v->base->storage;
    const double power_mw = amp_margins_power_mw(v->base);
    const double factor = power_mw > 0.0 ? 1.0 + change_mw / power_mw : -1.0;
    (void)range;
    v->problem = *v->base;
    for (size_t t = 0; t < v->base->interval_count; t++) {
        v->column[1][t] = amp_column_at(storage->charge_limit_mw, t) * factor;
        v->column[2][t] = amp_column_at(storage->discharge_limit_mw, t) * factor;
    }
    v->problem.storage.charge_limit_mw = (amp_column){.value = v->column[1], .stride = 1};
    v->problem.storage.discharge_limit_mw = (amp_column){.value = v->column[2], .stride = 1};
    return factor >= 0.0;
}

static amp_status solve_variant(study *s, trial *tried, variant *v)
{
    amp_margins_value value = {0};
    amp_margins_options options = *s->options;
    options.host = &s->alone;
    if (!tried->change(v, tried->range, tried->by))
        return AMP_OK;
    const amp_status status = amp_margins_solve(&v->problem, &options, &value);
    *tried->rise_usd = value.bound_usd - s->out->bound_usd;
    tried->gap_usd = value.gap_usd;
    return status;
}

static void run_trial(void *argument, size_t i)
{
    study *s = argument;
    const size_t n = s->base.interval_count;
    variant v = {.base = &s->base};
    double *number = calloc(3 * n + 1, sizeof *number);
    for (size_t k = 0; k < 3; k++)
        v.column[k] = number == NULL ? NULL : number + k * n;
    s->trial[i].status = number == NULL ? AMP_NOMEM : solve_variant(s, &s->trial[i], &v);
    free(number);
    count_solve(s);
}

/* Both differences of a limit. What is less falls: its sign is turned afterwards. */
static void plan_margin(study *s, limit_change change, interval_range range, amp_margin *margin)
{
    const trial more = {
        .change = change, .range = range, .by = s->out->unit_mw, .rise_usd = &margin->more_usd};
    const trial less = {
        .change = change, .range = range, .by = -s->out->unit_mw, .rise_usd = &margin->less_usd};
    margin->more_usd = (double)NAN;
    margin->less_usd = (double)NAN;
    s->trial[s->trial_count++] = more;
    s->trial[s->trial_count++] = less;
}

/* A MW more of a connection of a few kW would say nothing. */
static double unit_mw_of(const amp_site_problem *p)
{
    double most_mw = 0.0;
    for (size_t t = 0; t < p->interval_count; t++)
        most_mw = fmax(most_mw, amp_column_at(p->import_limit_mw, t));
    return most_mw > 0.0 && most_mw < 1.0 ? 1e-3 : 1.0;
}

static void plan_margins(study *s, size_t block)
{
    const amp_site_problem *p = &s->base;
    const amp_margins_options *options = s->options;
    const size_t end = block + 1 < p->block_count ? p->block_first[block + 1] : p->interval_count;
    const interval_range all = {0, p->interval_count};
    const interval_range month = {p->block_first[block], end};
    const interval_range at = {options->watched_first, options->watched_end};
    if (at.first < at.end)
        plan_margin(s, change_import, at, &s->out->import_at);
    if (at.first < at.end && p->block_count > 1)
        plan_margin(s, change_import, month, &s->out->import_month);
    plan_margin(s, change_import, all, &s->out->import);
    if (!p->storage.is_present)
        return;
    plan_margin(s, change_room, all, &s->out->room);
    if (amp_margins_power_mw(p) > 0.0)
        plan_margin(s, change_power, all, &s->out->power);
}

static amp_status run_trials(study *s)
{
    const amp_host *host = s->options->host;
    if (host != NULL && host->parallel != NULL)
        host->parallel(host->context, s->trial_count, run_trial, s);
    else
        for (size_t i = 0; i < s->trial_count; i++)
            run_trial(s, i);
    for (size_t i = 0; i < s->trial_count; i++) {
        trial *tried = &s->trial[i];
        if (tried->status != AMP_OK)
            return tried->status;
        s->out->accuracy_usd = fmax(s->out->accuracy_usd, 2.0 * tried->gap_usd);
        if (tried->by < 0.0)
            *tried->rise_usd = -*tried->rise_usd;
    }
    if (s->base.block_count == 1)
        s->out->import_month = s->out->import;
    return AMP_OK;
}

/* ---- prices ---- */

static void read_duals(study *s, const amp_coordinated *found, size_t block)
{
    const amp_site_problem *p = &s->base;
    amp_margins *out = s->out;
    double battery_usd = 0.0;
    for (size_t b = 0; b < p->block_count; b++) {
        const amp_marginals *marginal = &found->duals.block[b];
        out->import.marginal_usd += marginal->import_usd * out->unit_mw;
        out->import_at.marginal_usd += marginal->watched_import_usd * out->unit_mw;
        out->room.marginal_usd += marginal->stored_usd * out->unit_mw;
        battery_usd += marginal->battery_power_usd * out->unit_mw;
    }
    if (amp_margins_power_mw(p) > 0.0)
        out->power.marginal_usd = battery_usd / amp_margins_power_mw(p);
    out->import_month.marginal_usd = found->duals.block[block].import_usd * out->unit_mw;
    memcpy(out->peak_usd_per_mw, found->duals.peak_usd_per_mw, p->peak_count * sizeof(double));
    memcpy(out->account_usd, found->account_usd, amp_account_count(p) * sizeof(double));
}

static amp_status solve_base(study *s, size_t block)
{
    const amp_coordination_options how = options_of(s->options);
    amp_coordination *coordination = NULL;
    const amp_status status = amp_coordinate(&s->base, s->options->host, &how, &coordination);
    if (status != AMP_OK)
        return status;
    const amp_coordinated *found = amp_coordination_result(coordination);
    const amp_margins_value value = value_of(found);
    s->out->bound_usd = value.bound_usd;
    s->out->accuracy_usd = 2.0 * value.gap_usd;
    if (!isnan(value.bound_usd))
        read_duals(s, found, block);
    amp_coordination_free(coordination);
    count_solve(s);
    return AMP_OK;
}

/* ---- making them ---- */

static size_t block_of(const amp_site_problem *p, size_t t)
{
    size_t block = p->block_count - 1;
    while (block > 0 && p->block_first[block] > t)
        block--;
    return block;
}

amp_status amp_margins_make(const amp_site_problem *problem, const amp_margins_options *options,
                            amp_margins *out)
{
    amp_margins found = {0};
    study s = {.options = options, .base = with_blocks(problem), .out = &found};
    const size_t block = block_of(&s.base, options->watched_first);
    if (options->host != NULL)
        s.alone = (amp_host){.context = options->host->context,
                             .should_stop = options->host->should_stop};
    found.unit_mw = unit_mw_of(&s.base);
    double *number = calloc(s.base.peak_count + amp_account_count(&s.base) + 1, sizeof *number);
    if (number == NULL)
        return AMP_NOMEM;
    found.peak_usd_per_mw = number;
    found.account_usd = number + s.base.peak_count;
    plan_margins(&s, block);
    amp_status status = solve_base(&s, block);
    if (status == AMP_OK && !isnan(found.bound_usd))
        status = run_trials(&s);
    if (status != AMP_OK) {
        free(number);
        return status;
    }
    *out = found;
    out->memory = number;
    return AMP_OK;
}

void amp_margins_free(amp_margins *margins)
{
    if (margins == NULL)
        return;
    free(margins->memory);
    *margins = (amp_margins){0};
}
