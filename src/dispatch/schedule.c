/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/schedule.h"

#include "dispatch/merit.h"
#include "dispatch/reserve.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* What the allocation of one interval needs beside the schedule. */
typedef struct {
    const amp_site_problem *problem;
    const amp_site_problem *solved; /**< the same, or with peaks and jobs as coordinate.h puts them:
                                         the first tiers are the problem's */
    amp_merit *merit;               /**< of `solved` */
    amp_merit_list list[3];         /* by amp_connection_mode */
} allocator;

enum { FIXED_ARRAYS = 8 };

/* One allocation: the pointers, then the numbers. */
static bool take_arrays(const amp_site_problem *problem, amp_schedule *schedule)
{
    const size_t n = problem->interval_count;
    const size_t flows =
        problem->load_count + problem->source_count + problem->tier_count + problem->job_count;
    const size_t assets = flows + 2 * problem->reserve_count;
    const size_t arrays = FIXED_ARRAYS + assets;
    if (n > SIZE_MAX / sizeof(double) / (arrays + 1) - problem->budget_count)
        return false;
    double *number = calloc(arrays * n + problem->budget_count, sizeof *number);
    double **pointer = calloc(assets + 1, sizeof *pointer);
    if (number == NULL || pointer == NULL) {
        free(number);
        free(pointer);
        return false;
    }
    for (size_t i = 0; i < assets; i++)
        pointer[i] = number + (FIXED_ARRAYS + i) * n;
    *schedule = (amp_schedule){
        .interval_count = n,
        .load_count = problem->load_count,
        .source_count = problem->source_count,
        .import_mw = number,
        .block_mw = number + n,
        .export_mw = number + 2 * n,
        .charge_mw = number + 3 * n,
        .discharge_mw = number + 4 * n,
        .soc_mwh = number + 5 * n,
        .internal_price_usd_per_mwh = number + 6 * n,
        .stored_usd_per_mwh = number + 7 * n,
        .load_mw = pointer,
        .source_mw = pointer + problem->load_count,
        .tier_mw = pointer + problem->load_count + problem->source_count,
        .job_mw = pointer + flows - problem->job_count,
        .reserve_mw = pointer + flows,
        .reserve_battery_mw = pointer + flows + problem->reserve_count,
        .job_count = problem->job_count,
        .budget_usd = number + arrays * n,
        .memory = pointer,
    };
    return true;
}

void amp_schedule_free(amp_schedule *schedule)
{
    if (schedule == NULL)
        return;
    free(schedule->import_mw);
    free(schedule->start_usd);
    free(schedule->memory);
    *schedule = (amp_schedule){0};
}

/* The list that holds for net output @p net_mw with one mode of the connection. */
static const amp_merit_list *choose_mode(allocator *alloc, size_t t, double net_mw)
{
    const double lost = amp_merit_lost_usd_per_h(alloc->merit, t);
    const double tolerance_mw = 1e-9 * (1.0 + fabs(net_mw));
    amp_merit_build(alloc->merit, t, AMP_MODE_RELAXED, lost, &alloc->list[AMP_MODE_RELAXED]);
    if (!alloc->list[AMP_MODE_RELAXED].is_pooled)
        return &alloc->list[AMP_MODE_RELAXED];
    const amp_merit_list *best = &alloc->list[AMP_MODE_IMPORT_ONLY];
    double best_usd = -HUGE_VAL;
    for (int mode = AMP_MODE_IMPORT_ONLY; mode <= AMP_MODE_EXPORT_ONLY; mode++) {
        amp_merit_list *list = &alloc->list[mode];
        amp_merit_build(alloc->merit, t, (amp_connection_mode)mode, lost, list);
        const bool is_possible = net_mw >= -list->offset_mw - tolerance_mw &&
                                 net_mw <= amp_merit_most_net_mw(list) + tolerance_mw;
        const double usd = is_possible ? amp_merit_profit_usd_per_h(list, net_mw) : -HUGE_VAL;
        if (usd > best_usd) {
            best_usd = usd;
            best = list;
        }
    }
    return best;
}

/* Puts one step of the merit order, of which @p used_mw are used, into the schedule, to which
 * reserves may split it. A supply that is "used" is not supplied; export that is "used" flows. */
static void allocate_step(const allocator *alloc, const amp_merit_step *step, size_t t,
                          double used_mw, amp_schedule *schedule)
{
    const amp_site_problem *problem = alloc->problem;
    const size_t tiers = alloc->solved->tier_count;
    if (step->what >= AMP_MERIT_CONNECTION) {
        const uint32_t part = step->what - AMP_MERIT_CONNECTION;
        if (part == 0)
            schedule->export_mw[t] += used_mw;
        else
            schedule->import_mw[t] += step->power_mw - used_mw;
        if (part == 1 && !alloc->solved->is_block_plain)
            schedule->block_mw[t] += step->power_mw - used_mw;
    } else if (step->what >= tiers) {
        schedule->source_mw[step->what - tiers][t] += step->power_mw - used_mw;
    } else if (step->what < problem->tier_count) {
        schedule->tier_mw[step->what][t] += used_mw;
        schedule->load_mw[problem->tier[step->what].load][t] += used_mw;
    }
}

/* What agreements cover of an import within peaks and beyond: they are used first, if at all. */
static double covered_mw(const amp_site_problem *problem, size_t t, double import_mw)
{
    const bool is_cheaper = amp_column_at(problem->block_price_usd_per_mwh, t) <
                            amp_column_at(problem->import_price_usd_per_mwh, t);
    return is_cheaper ? fmin(amp_column_at(problem->block_mw, t), import_mw) : 0.0;
}

/* At equal prices the merit order may send the same megawatts both ways; the connection does not.
 */
static void net_connection(size_t t, amp_schedule *schedule)
{
    const double both_mw = fmin(schedule->import_mw[t], schedule->export_mw[t]);
    if (both_mw <= 0.0)
        return;
    schedule->import_mw[t] -= both_mw;
    schedule->export_mw[t] -= both_mw;
    schedule->block_mw[t] = fmin(schedule->block_mw[t], schedule->import_mw[t]);
}

/* What the battery would pay for one more MW: by charging more, or by discharging less. Where its
 * stored energy is at a limit, more now means less at another time, which the worth accounts for.
 */
static double battery_bid(const amp_site_problem *problem, const amp_schedule *schedule, size_t t)
{
    const amp_storage *storage = &problem->storage;
    if (!storage->is_present)
        return -HUGE_VAL;
    const double worth = schedule->stored_usd_per_mwh[t];
    if (schedule->discharge_mw[t] > 0.0)
        return worth / storage->discharge_efficiency + storage->wear_usd_per_mwh;
    const double limit_mw = amp_column_at(storage->charge_limit_mw, t);
    if (schedule->charge_mw[t] >= limit_mw * (1.0 - 1e-9))
        return -HUGE_VAL;
    return worth * storage->charge_efficiency - storage->wear_usd_per_mwh;
}

static void allocate(allocator *alloc, size_t t, double net_mw, amp_schedule *schedule)
{
    const amp_merit_list *list = choose_mode(alloc, t, net_mw);
    double left_mw = list->offset_mw + net_mw;
    const double sliver_mw = 1e-9 * (1.0 + fabs(list->offset_mw));
    double next_value = -HUGE_VAL;
    for (size_t i = 0; i < list->count; i++) {
        const amp_merit_step *step = &list->step[i];
        const double used_mw = fmax(0.0, fmin(left_mw, step->power_mw));
        left_mw -= used_mw;
        if (step->power_mw - used_mw > sliver_mw)
            next_value = fmax(next_value, step->value_usd_per_mwh);
        allocate_step(alloc, step, t, used_mw, schedule);
    }
    if (alloc->solved->within_mw.value != NULL)
        schedule->block_mw[t] = covered_mw(alloc->problem, t, schedule->import_mw[t]);
    net_connection(t, schedule);
    const double bid = battery_bid(alloc->problem, schedule, t);
    const double price =
        list->has_reserve ? amp_reserve_bus_usd(list, net_mw, bid) : fmax(next_value, bid);
    schedule->internal_price_usd_per_mwh[t] = isfinite(price) ? price : 0.0;
}

/* What must run has no tier: hard loads, what is flexible of others, and what may be capped no
 * further. It is served but for what is cut. */
static void serve_hard_loads(const amp_site_problem *problem, amp_schedule *schedule)
{
    for (size_t i = 0; i < problem->load_count; i++) {
        const amp_load *load = &problem->load[i];
        const amp_column must_mw = amp_load_must_mw(load);
        if (must_mw.value == NULL)
            continue;
        assert(schedule->load_mw[i] != NULL); /* take_arrays() set them all */
        for (size_t t = 0; t < problem->interval_count; t++)
            schedule->load_mw[i][t] = amp_column_at(must_mw, t);
    }
}

/* Load that sources stand for is not served. */
static void take_cuts(const amp_site_problem *problem, amp_schedule *schedule)
{
    for (size_t i = 0; i < problem->source_count; i++) {
        const amp_source *source = &problem->source[i];
        if (source->kind == AMP_SOURCE_GENERATOR)
            continue;
        double *load_mw = schedule->load_mw[source->asset];
        for (size_t t = 0; t < problem->interval_count; t++)
            load_mw[t] = fmax(0.0, load_mw[t] - schedule->source_mw[i][t]);
    }
}

/* Jobs are as they are; their halls take them at the bus. */
static void serve_jobs(const amp_site_problem *problem, double *const *job_mw,
                       amp_schedule *schedule)
{
    for (size_t j = 0; j < problem->job_count; j++) {
        const amp_job *job = &problem->job[j];
        const amp_column it_per_mwh = problem->load[job->load].it_per_mwh;
        for (size_t t = job->first; t < job->end; t++) {
            schedule->job_mw[j][t] = job_mw[j][t];
            schedule->load_mw[job->load][t] += job_mw[j][t] / amp_column_at(it_per_mwh, t);
        }
    }
}

/* What the flows of an interval hold, sold for the most. */
static void hold_reserves(const amp_site_problem *problem, size_t t, amp_schedule *schedule)
{
    const amp_storage *storage = &problem->storage;
    double load_mw = 0.0;
    for (size_t k = 0; k < problem->tier_count; k++)
        load_mw += amp_reserve_backs(problem, k) ? schedule->tier_mw[k][t] : 0.0;
    const double battery_mw = storage->is_present
                                  ? amp_column_at(storage->discharge_limit_mw, t) -
                                        schedule->discharge_mw[t] + schedule->charge_mw[t]
                                  : 0.0;
    const amp_reserve_split split = amp_reserve_divide(problem, t, load_mw, battery_mw,
                                                       schedule->soc_mwh[t] - storage->minimum_mwh);
    for (size_t r = 0; r < problem->reserve_count; r++) {
        schedule->reserve_mw[r][t] = split.load_mw[r] + split.battery_mw[r];
        schedule->reserve_battery_mw[r][t] = split.battery_mw[r];
    }
}

static amp_status build(const amp_site_problem *problem, const amp_site_problem *solved,
                        const amp_solution *solution, amp_schedule *out)
{
    amp_status status = AMP_NOMEM;
    allocator alloc = {.problem = problem, .solved = solved};
    if (amp_merit_new(solved, &alloc.merit, NULL) != AMP_OK)
        return AMP_NOMEM;
    bool has_room = true;
    for (size_t i = 0; i < 3; i++)
        has_room = amp_merit_list_init(alloc.merit, &alloc.list[i]) && has_room;
    if (!has_room || !take_arrays(problem, out)) /* nothing can fail after it */
        goto out;
    serve_hard_loads(problem, out);
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double net_mw = solution->net_mw[t];
        out->charge_mw[t] = net_mw < 0.0 ? -net_mw : 0.0;
        out->discharge_mw[t] = net_mw > 0.0 ? net_mw : 0.0;
        out->soc_mwh[t] = solution->soc_mwh[t];
        out->stored_usd_per_mwh[t] = solution->stored_usd_per_mwh[t];
        allocate(&alloc, t, net_mw, out);
        if (problem->reserve_count > 0)
            hold_reserves(problem, t, out);
    }
    take_cuts(problem, out);
    status = AMP_OK;
out:
    for (size_t i = 0; i < 3; i++)
        amp_merit_list_fini(&alloc.list[i]);
    amp_merit_free(alloc.merit);
    return status;
}

amp_status amp_schedule_build(const amp_site_problem *problem, const amp_solution *solution,
                              const amp_host *host, amp_schedule *out)
{
    (void)host;
    return build(problem, problem, solution, out);
}

amp_status amp_schedule_build_coordinated(const amp_site_problem *problem,
                                          const amp_coordinated *found, amp_schedule *out)
{
    const amp_status status = build(problem, found->problem, &found->solution, out);
    if (status != AMP_OK)
        return status;
    serve_jobs(problem, found->job_mw, out);
    for (size_t i = 0; i < problem->budget_count; i++)
        out->budget_usd[i] = found->account_usd[problem->job_count + i];
    return AMP_OK;
}
