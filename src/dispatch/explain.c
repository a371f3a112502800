/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/explain.h"

#include "dispatch/billing.h"

#include "dispatch/account.h"
#include "dispatch/capping.h"
#include "dispatch/explain_starts.h"
#include "dispatch/outer.h"
#include "dispatch/restart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Prices and powers that differ by less than this share are the same. Peaks and jobs are found by
 * mixing schedules, which leaves powers a little short of their limits. */
static const double same_price_share = 1e-7;
static const double same_power_share = 1e-5;

typedef struct {
    const amp_explain_request *request;
    const amp_site_problem *problem;
    amp_site_problem priced; /* the same without restarts, at the prices of starts */
    const amp_schedule *schedule;
    amp_explanation *out;
} explainer;

static bool is_full(double took, double could)
{
    return took >= could - same_power_share * fmax(could, fmin(1.0, 100.0 * could));
}

static bool is_same_price(double a, double b)
{
    return fabs(a - b) <= same_price_share * fmax(1.0, fabs(b));
}

static bool is_dearer(double a, double b)
{
    return a > b && !is_same_price(a, b);
}

/* ---- limits of import ---- */

static bool is_connection_full(const explainer *e, size_t t)
{
    const double limit_mw = amp_column_at(e->problem->import_limit_mw, t);
    return limit_mw > 0.0 && is_full(e->schedule->import_mw[t], limit_mw);
}

/* Import as the meter averages it around interval @p t. */
static double metered_mw(const explainer *e, size_t t)
{
    return amp_accounts_metered_mw(e->problem, e->schedule->import_mw,
                                   amp_metered_first(e->problem, t));
}

/* The peak that import is up against in interval @p t, below the connection's limit. */
static const amp_explained_peak *peak_reached(const explainer *e, size_t t)
{
    for (size_t k = 0; k < e->out->peak_count; k++) {
        const amp_explained_peak *peak = &e->out->peak[k];
        if (amp_peak_counts(&e->problem->peak[k], t) && peak->charge_usd_per_mw > 0.0 &&
            peak->billed_mw > 0.0 && is_full(metered_mw(e, t), peak->billed_mw) &&
            !is_connection_full(e, t))
            return peak;
    }
    return NULL;
}

/* What the last MW of import costs, or the next one would. */
static double import_usd(const explainer *e, size_t t)
{
    const amp_site_problem *p = e->problem;
    const double block_mw = amp_column_at(p->block_mw, t);
    const bool is_covered = block_mw > 0.0 && !is_full(e->schedule->block_mw[t], block_mw);
    return amp_column_at(is_covered ? p->block_price_usd_per_mwh : p->import_price_usd_per_mwh, t);
}

/* ---- peaks and jobs ---- */

static bool explain_peaks(explainer *e)
{
    const amp_site_problem *p = e->problem;
    amp_explained_peak *peak = AMP_ARENA_NEW(e->out->arena, amp_explained_peak, p->peak_count);
    double *import_mw = AMP_ARENA_NEW(e->out->arena, double, p->peak_count);
    if (peak == NULL || import_mw == NULL)
        return false;
    for (size_t k = 0; k < p->peak_count; k++)
        import_mw[k] = amp_accounts_peak(p, e->schedule, k).import_mw;
    for (size_t k = 0; k < p->peak_count; k++) {
        const amp_peak_bill bill = amp_accounts_peak(p, e->schedule, k);
        peak[k] = (amp_explained_peak){
            .id = p->peak[k].id,
            .billed_mw = bill.billed_mw,
            .start_mw = p->peak[k].start_mw,
            .charge_usd_per_mw = amp_billing_of(p, k) == NULL
                                     ? p->peak[k].charge_usd_per_mw
                                     : amp_billing_next_usd_per_mw(p, k, import_mw),
            .is_connection = is_full(bill.billed_mw, amp_peak_most_mw(p, k)),
            .first = p->peak[k].first,
            .end = p->peak[k].end};
        for (size_t t = p->peak[k].first; t < p->peak[k].end; t++)
            if (amp_peak_counts(&p->peak[k], t) && bill.billed_mw > 0.0 &&
                is_full(metered_mw(e, t), bill.billed_mw))
                peak[k].hours += p->interval_h;
    }
    e->out->peak = peak;
    e->out->peak_count = p->peak_count;
    return true;
}

static bool explain_jobs(explainer *e)
{
    const amp_site_problem *p = e->problem;
    amp_explained_job *job = AMP_ARENA_NEW(e->out->arena, amp_explained_job, p->job_count);
    if (job == NULL)
        return false;
    for (size_t j = 0; j < p->job_count; j++)
        job[j] = (amp_explained_job){
            .id = p->job[j].id,
            .hall = p->load[p->job[j].load].id,
            .energy_mwh = p->job[j].energy_mwh,
            .served_mwh = amp_accounts_job(p, e->schedule, j).served_mwh,
            .worth_usd_per_mwh = amp_job_worth_usd_per_mwh(&p->job[j]),
        };
    e->out->job = job;
    e->out->job_count = p->job_count;
    return true;
}

static bool explain_budgets(explainer *e)
{
    const amp_site_problem *p = e->problem;
    amp_explained_budget *budget =
        AMP_ARENA_NEW(e->out->arena, amp_explained_budget, p->budget_count);
    if (budget == NULL)
        return false;
    for (size_t i = 0; i < p->budget_count; i++)
        budget[i] = (amp_explained_budget){
            .id = p->budget[i].id,
            .unit = amp_budget_unit(p->budget[i].kind),
            .limit = p->budget[i].limit,
            .used = amp_accounts_budget(p, e->schedule, i).used,
        };
    e->out->budget = budget;
    e->out->budget_count = p->budget_count;
    return true;
}

/* The prices of couplings come with the margins. */
static void take_prices(explainer *e)
{
    for (size_t k = 0; k < e->out->peak_count; k++)
        e->out->peak[k].worth_usd_per_mw = e->out->margins.peak_usd_per_mw[k];
    for (size_t j = 0; j < e->out->job_count; j++)
        e->out->job[j].price_usd_per_mwh = e->out->margins.account_usd[j];
    for (size_t i = 0; i < e->out->budget_count; i++)
        e->out->budget[i].price_usd = e->out->margins.account_usd[e->out->job_count + i];
}

/* ---- the uses of one interval ---- */

static amp_held held_use(const explainer *e, size_t t, const amp_explained_use *use)
{
    const double price = e->schedule->internal_price_usd_per_mwh[t];
    if (use->could_mw <= 0.0)
        return AMP_HELD_ABSENT;
    if (is_full(use->took_mw, use->could_mw))
        return AMP_HELD_BY_NOTHING;
    if (is_dearer(use->value_usd_per_mwh, import_usd(e, t)) && use->kind != AMP_USE_EXPORT) {
        if (is_connection_full(e, t))
            return AMP_HELD_BY_CONNECTION;
        if (peak_reached(e, t) != NULL)
            return AMP_HELD_BY_PEAK;
    }
    return is_same_price(use->value_usd_per_mwh, price) ? AMP_HELD_AT_MARGIN : AMP_HELD_BY_PRICE;
}

static amp_explained_use explain_tier(const explainer *e, size_t t, size_t k)
{
    const amp_tier *tier = &e->problem->tier[k];
    const amp_load *load = &e->problem->load[tier->load];
    amp_explained_use use = {
        .kind = AMP_USE_TIER,
        .id = load->id,
        .step = (uint32_t)k - load->first_tier + 1,
        .step_count = load->tier_count,
        .value_usd_per_mwh = amp_column_at(e->priced.tier[k].value_usd_per_mwh, t),
        .took_mw = e->schedule->tier_mw[k][t],
        .could_mw = amp_column_at(tier->power_mw, t),
    };
    use.gross_usd_per_mwh = amp_column_at(tier->value_usd_per_mwh, t);
    use.held = held_use(e, t, &use);
    return use;
}

static amp_explained_use explain_job(const explainer *e, size_t t, size_t j)
{
    const amp_job *job = &e->problem->job[j];
    const amp_load *hall = &e->problem->load[job->load];
    const amp_explained_job *priced = &e->out->job[j];
    const double it_per_mwh = amp_column_at(hall->it_per_mwh, t);
    const bool is_open = t >= job->first && t < job->end;
    amp_explained_use use = {
        .kind = AMP_USE_JOB,
        .id = job->id,
        .owner = hall->id,
        .step = 1,
        .step_count = 1,
        .gross_usd_per_mwh = priced->worth_usd_per_mwh * it_per_mwh,
        .value_usd_per_mwh = (priced->worth_usd_per_mwh - priced->price_usd_per_mwh) * it_per_mwh,
        .took_mw = e->schedule->job_mw[j][t] / it_per_mwh,
        .could_mw = is_open ? job->power_mw / it_per_mwh : 0.0,
    };
    const double capacity_mw = amp_column_at(hall->capacity_mw, t);
    const bool has_all = is_full(priced->served_mwh, priced->energy_mwh);
    if (use.could_mw <= 0.0)
        use.held = AMP_HELD_ABSENT;
    else if (is_full(use.took_mw, use.could_mw))
        use.held = AMP_HELD_BY_NOTHING;
    else if (is_full(e->schedule->load_mw[job->load][t], capacity_mw))
        use.held = AMP_HELD_BY_HALL;
    else
        use.held = has_all ? AMP_HELD_BY_JOB : held_use(e, t, &use);
    return use;
}

/* The tier that the next MW of a load would go to, or its last one. */
static size_t next_tier(const explainer *e, size_t t, const amp_load *load)
{
    const amp_site_problem *p = e->problem;
    size_t next = load->first_tier;
    for (size_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
        const double power_mw = amp_column_at(p->tier[k].power_mw, t);
        if (power_mw <= 0.0)
            continue;
        next = k;
        if (!is_full(e->schedule->tier_mw[k][t], power_mw))
            break;
    }
    return next;
}

static amp_explained_use explain_capped(const explainer *e, size_t t, size_t i)
{
    const amp_load *load = &e->problem->load[i];
    const amp_capping *capping = load->capping;
    const double full_mw = amp_column_at(capping->full_mw, t);
    const double took_mw = e->schedule->load_mw[i][t];
    const bool has_tier = load->tier_count > 0;
    amp_explained_use use = {
        .kind = AMP_USE_CAPPED,
        .id = load->id,
        .step = 1,
        .step_count = 1,
        .value_usd_per_mwh =
            has_tier ? amp_column_at(e->problem->tier[next_tier(e, t, load)].value_usd_per_mwh, t)
                     : HUGE_VAL,
        .took_mw = took_mw,
        .could_mw = full_mw,
        .must_mw = amp_column_at(capping->must_mw, t),
        .throughput =
            full_mw > 0.0 ? amp_capping_work_mw(capping, t, took_mw) / full_mw : (double)NAN,
        .least_throughput = capping->corner[0].yield,
    };
    use.gross_usd_per_mwh = use.value_usd_per_mwh;
    use.held = held_use(e, t, &use);
    return use;
}

static amp_explained_use explain_hard(const explainer *e, size_t t, size_t i)
{
    const double served_mw = e->schedule->load_mw[i][t];
    const double wanted_mw = amp_column_at(e->problem->load[i].demand_mw, t);
    const bool is_cut = !is_full(served_mw, wanted_mw);
    return (amp_explained_use){
        .kind = AMP_USE_HARD,
        .id = e->problem->load[i].id,
        .step = 1,
        .step_count = 1,
        .value_usd_per_mwh = HUGE_VAL,
        .gross_usd_per_mwh = HUGE_VAL,
        .took_mw = served_mw,
        .could_mw = wanted_mw,
        .held = is_cut            ? AMP_HELD_BY_CUT
                : served_mw > 0.0 ? AMP_HELD_BY_NOTHING
                                  : AMP_HELD_ABSENT,
    };
}

static amp_explained_use explain_export(const explainer *e, size_t t)
{
    amp_explained_use use = {
        .kind = AMP_USE_EXPORT,
        .id = "export",
        .step = 1,
        .step_count = 1,
        .value_usd_per_mwh = amp_column_at(e->problem->export_price_usd_per_mwh, t),
        .took_mw = e->schedule->export_mw[t],
        .could_mw = amp_column_at(e->problem->export_limit_mw, t),
    };
    use.gross_usd_per_mwh = use.value_usd_per_mwh;
    use.held = held_use(e, t, &use);
    return use;
}

static int by_value(const void *a, const void *b)
{
    const amp_explained_use *left = a;
    const amp_explained_use *right = b;
    return (left->value_usd_per_mwh < right->value_usd_per_mwh) -
           (left->value_usd_per_mwh > right->value_usd_per_mwh);
}

static bool explain_uses(explainer *e, size_t t, amp_explained_interval *out)
{
    const amp_site_problem *p = e->problem;
    const size_t most = p->tier_count + p->load_count + p->job_count + 1;
    amp_explained_use *use = AMP_ARENA_NEW(e->out->arena, amp_explained_use, most);
    size_t count = 0;
    if (use == NULL)
        return false;
    for (size_t i = 0; i < p->load_count; i++) {
        if (p->load[i].is_hard)
            use[count++] = explain_hard(e, t, i);
        if (p->load[i].capping != NULL)
            use[count++] = explain_capped(e, t, i);
    }
    for (size_t k = 0; k < p->tier_count; k++)
        if (p->load[p->tier[k].load].capping == NULL)
            use[count++] = explain_tier(e, t, k);
    for (size_t j = 0; j < p->job_count; j++)
        use[count++] = explain_job(e, t, j);
    if (amp_column_at(p->export_limit_mw, t) > 0.0)
        use[count++] = explain_export(e, t);
    qsort(use, count, sizeof *use, by_value);
    out->use = use;
    out->use_count = count;
    return true;
}

/* ---- the supplies ---- */

static amp_held held_supply(const explainer *e, size_t t, const amp_explained_supply *supply)
{
    const double price = e->schedule->internal_price_usd_per_mwh[t];
    if (supply->could_mw <= 0.0)
        return AMP_HELD_ABSENT;
    if (is_full(supply->gave_mw, supply->could_mw))
        return AMP_HELD_BY_NOTHING;
    const bool is_source = supply->kind != AMP_SUPPLY_IMPORT && supply->kind != AMP_SUPPLY_BLOCK;
    if (!is_source && peak_reached(e, t) != NULL)
        return AMP_HELD_BY_PEAK;
    if (is_source && is_dearer(price, supply->cost_usd_per_mwh))
        return AMP_HELD_BY_BUDGET;
    return is_dearer(supply->cost_usd_per_mwh, price) || supply->gave_mw <= 0.0
               ? AMP_HELD_BY_PRICE
               : AMP_HELD_AT_MARGIN;
}

static int by_cost(const void *a, const void *b)
{
    const amp_explained_supply *left = a;
    const amp_explained_supply *right = b;
    return (left->cost_usd_per_mwh > right->cost_usd_per_mwh) -
           (left->cost_usd_per_mwh < right->cost_usd_per_mwh);
}

static const amp_supply_kind supply_kind[] = {
    [AMP_SOURCE_GENERATOR] = AMP_SUPPLY_SOURCE,
    [AMP_SOURCE_CUT] = AMP_SUPPLY_CUT,
    [AMP_SOURCE_UNSERVED] = AMP_SUPPLY_UNSERVED,
};

static bool explain_supplies(explainer *e, size_t t, amp_explained_interval *out)
{
    const amp_site_problem *p = e->problem;
    const amp_schedule *s = e->schedule;
    const double block_mw = amp_column_at(p->block_mw, t);
    amp_explained_supply *supply =
        AMP_ARENA_NEW(e->out->arena, amp_explained_supply, p->source_count + 2);
    size_t count = 0;
    if (supply == NULL)
        return false;
    supply[count++] = (amp_explained_supply){
        .kind = AMP_SUPPLY_IMPORT,
        .id = "import",
        .cost_usd_per_mwh = amp_column_at(p->import_price_usd_per_mwh, t),
        .gave_mw = s->import_mw[t] - s->block_mw[t],
        .could_mw = amp_column_at(p->import_limit_mw, t) - s->block_mw[t],
    };
    if (block_mw > 0.0)
        supply[count++] = (amp_explained_supply){
            .kind = AMP_SUPPLY_BLOCK,
            .id = "agreement",
            .cost_usd_per_mwh = amp_column_at(p->block_price_usd_per_mwh, t),
            .gave_mw = s->block_mw[t],
            .could_mw = block_mw,
        };
    for (size_t i = 0; i < p->source_count; i++)
        supply[count++] = (amp_explained_supply){
            .kind = supply_kind[p->source[i].kind],
            .id = p->source[i].id,
            .cost_usd_per_mwh = amp_column_at(p->source[i].cost_usd_per_mwh, t),
            .gave_mw = s->source_mw[i][t],
            .could_mw = amp_column_at(p->source[i].power_mw, t),
        };
    for (size_t i = 0; i < count; i++)
        supply[i].held = held_supply(e, t, &supply[i]);
    qsort(supply, count, sizeof *supply, by_cost);
    out->supply = supply;
    out->supply_count = count;
    return true;
}

/* ---- the battery ---- */

static amp_battery_state state_of(const amp_explained_battery *b, double price)
{
    const bool is_filled = is_full(b->after_mwh, b->maximum_mwh);
    const bool is_empty = is_full(b->minimum_mwh, b->after_mwh);
    if (b->charge_mw > 0.0) {
        if (is_full(b->charge_mw, b->charge_limit_mw))
            return AMP_BATTERY_FULL_POWER;
        return is_filled ? AMP_BATTERY_FILLED : AMP_BATTERY_PARTLY;
    }
    if (b->discharge_mw > 0.0) {
        if (is_full(b->discharge_mw, b->discharge_limit_mw))
            return AMP_BATTERY_FULL_POWER;
        return is_empty ? AMP_BATTERY_EMPTIED : AMP_BATTERY_PARTLY;
    }
    const bool would_sell = is_empty && !is_dearer(b->sell_usd_per_mwh, price);
    const bool would_buy = is_filled && !is_dearer(price, b->buy_usd_per_mwh);
    return would_sell || would_buy ? AMP_BATTERY_AT_LIMIT : AMP_BATTERY_WAITS;
}

static void explain_battery(const explainer *e, size_t t, amp_explained_battery *out)
{
    const amp_storage *storage = &e->problem->storage;
    const amp_schedule *s = e->schedule;
    const double worth = s->stored_usd_per_mwh[t];
    if (!storage->is_present)
        return;
    *out = (amp_explained_battery){
        .is_present = true,
        .stored_usd_per_mwh = worth,
        .buy_usd_per_mwh = worth * storage->charge_efficiency - storage->wear_usd_per_mwh,
        .sell_usd_per_mwh = worth / storage->discharge_efficiency + storage->wear_usd_per_mwh,
        .charge_mw = s->charge_mw[t],
        .discharge_mw = s->discharge_mw[t],
        .charge_limit_mw = amp_column_at(storage->charge_limit_mw, t),
        .discharge_limit_mw = amp_column_at(storage->discharge_limit_mw, t),
        .before_mwh = t == 0 ? storage->initial_mwh : s->soc_mwh[t - 1],
        .after_mwh = s->soc_mwh[t],
        .minimum_mwh = storage->minimum_mwh,
        .maximum_mwh = storage->maximum_mwh,
    };
    out->state = state_of(out, s->internal_price_usd_per_mwh[t]);
}

/* ---- the price ---- */

static bool is_between(double took, double could)
{
    return took > 0.0 && !is_full(took, could);
}

static bool set_by_supply(amp_explained_interval *out, bool only_between)
{
    static const amp_setter of_kind[] = {[AMP_SUPPLY_IMPORT] = AMP_SETTER_IMPORT,
                                         [AMP_SUPPLY_BLOCK] = AMP_SETTER_BLOCK,
                                         [AMP_SUPPLY_SOURCE] = AMP_SETTER_SOURCE,
                                         [AMP_SUPPLY_CUT] = AMP_SETTER_USE,
                                         [AMP_SUPPLY_UNSERVED] = AMP_SETTER_USE};
    for (size_t i = 0; i < out->supply_count; i++) {
        const amp_explained_supply *supply = &out->supply[i];
        if (supply->gave_mw <= 0.0 ||
            (only_between && !is_between(supply->gave_mw, supply->could_mw)) ||
            !is_same_price(supply->cost_usd_per_mwh, out->price_usd_per_mwh))
            continue;
        const bool is_named = supply->kind != AMP_SUPPLY_IMPORT && supply->kind != AMP_SUPPLY_BLOCK;
        out->setter = of_kind[supply->kind];
        out->setter_id = is_named ? supply->id : "";
        return true;
    }
    return false;
}

static bool set_by_use(amp_explained_interval *out, bool only_between)
{
    for (size_t i = 0; i < out->use_count; i++) {
        const amp_explained_use *use = &out->use[i];
        if (use->kind == AMP_USE_JOB || is_full(use->took_mw, use->could_mw) ||
            (only_between && use->took_mw <= 0.0) ||
            !is_same_price(use->value_usd_per_mwh, out->price_usd_per_mwh))
            continue;
        out->setter = use->kind == AMP_USE_EXPORT ? AMP_SETTER_EXPORT : AMP_SETTER_USE;
        out->setter_id = use->kind == AMP_USE_EXPORT ? "" : use->id;
        return true;
    }
    return false;
}

static bool set_by_battery(amp_explained_interval *out, bool only_between)
{
    const amp_explained_battery *b = &out->battery;
    const bool is_partly = is_between(b->charge_mw, b->charge_limit_mw) ||
                           is_between(b->discharge_mw, b->discharge_limit_mw);
    const double bid = b->discharge_mw > 0.0 ? b->sell_usd_per_mwh : b->buy_usd_per_mwh;
    if (!b->is_present || (only_between && !is_partly) ||
        !is_same_price(bid, out->price_usd_per_mwh))
        return false;
    out->setter = AMP_SETTER_BATTERY;
    return true;
}

/* What one more MW would be used for: whatever bids the price, and of several what runs at part of
 * its power. */
static void find_setter(amp_explained_interval *out)
{
    out->setter = AMP_SETTER_NOTHING;
    out->setter_id = "";
    if (set_by_supply(out, true) || set_by_use(out, true) || set_by_battery(out, true))
        return;
    if (set_by_supply(out, false) || set_by_use(out, false))
        return;
    (void)set_by_battery(out, false);
}

static bool explain_interval(explainer *e)
{
    const size_t t = e->out->at;
    amp_explained_interval *out = &e->out->interval;
    const amp_explained_peak *peak = peak_reached(e, t);
    out->price_usd_per_mwh = e->schedule->internal_price_usd_per_mwh[t];
    out->import_mw = e->schedule->import_mw[t];
    out->import_limit_mw = amp_column_at(e->problem->import_limit_mw, t);
    out->import_usd_per_mwh = import_usd(e, t);
    out->peak = peak == NULL ? NULL : &e->problem->peak[peak - e->out->peak];
    if (!explain_uses(e, t, out) || !explain_supplies(e, t, out))
        return false;
    explain_battery(e, t, &out->battery);
    out->reserve = amp_explain_reserves(e->problem, e->schedule, t, e->out->arena);
    out->reserve_count = e->problem->reserve_count;
    if (out->reserve == NULL)
        return false;
    find_setter(out);
    return amp_explain_starts(e->problem, e->schedule, t, e->out->arena, out);
}

/* ---- many intervals ---- */

static void add_jobs(const explainer *e, size_t load, size_t t, amp_explained_gain *gain)
{
    for (size_t j = 0; j < e->problem->job_count; j++) {
        const amp_job *job = &e->problem->job[j];
        const double it_mwh = e->schedule->job_mw[j][t] * e->problem->interval_h;
        if (job->load != load)
            continue;
        gain->money_usd += it_mwh * job->value_usd_per_mwh;
        gain->avoided_usd += it_mwh * (amp_job_worth_usd_per_mwh(job) - job->value_usd_per_mwh);
    }
}

/* Work pays its value, and avoids the penalty that no work would cost. */
static void add_capped(const explainer *e, size_t i, size_t t, amp_explained_gain *gain)
{
    const amp_load *load = &e->problem->load[i];
    const amp_capping *capping = load->capping;
    const double penalty = amp_column_at(capping->penalty_usd_per_mwh, t);
    const double work_mw = amp_capping_work_mw(capping, t, e->schedule->load_mw[i][t]);
    double usd_per_h = amp_column_at(capping->base_usd_per_h, t) +
                       penalty * amp_column_at(load->demand_mw, t) - penalty * work_mw;
    for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++)
        usd_per_h +=
            e->schedule->tier_mw[k][t] * amp_column_at(e->problem->tier[k].value_usd_per_mwh, t);
    gain->money_usd += usd_per_h * e->problem->interval_h;
    gain->avoided_usd += penalty * work_mw * e->problem->interval_h;
}

static void add_load(const explainer *e, size_t i, size_t t, amp_explained_gain *gain)
{
    const amp_load *load = &e->problem->load[i];
    const double h = e->problem->interval_h;
    const double penalty = amp_column_at(load->penalty_usd_per_mwh, t);
    const double took_mwh = e->schedule->load_mw[i][t] * h;
    gain->energy_mwh += took_mwh;
    gain->possible_mwh += amp_column_at(load->demand_mw, t) * h;
    gain->bought_usd += e->schedule->internal_price_usd_per_mwh[t] * took_mwh;
    if (load->capping != NULL) {
        add_capped(e, i, t, gain);
        return;
    }
    for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
        const double value = amp_column_at(e->problem->tier[k].value_usd_per_mwh, t);
        gain->money_usd += e->schedule->tier_mw[k][t] * (value - penalty) * h;
        gain->avoided_usd += e->schedule->tier_mw[k][t] * penalty * h;
    }
    add_jobs(e, i, t, gain);
    if (load->flexible_mw.value != NULL) /* what of it is served has no tier */
        gain->avoided_usd +=
            (e->schedule->load_mw[i][t] - e->schedule->tier_mw[load->first_tier][t]) * penalty * h;
}

static void add_source(const explainer *e, size_t i, size_t t, amp_explained_gain *gain)
{
    const amp_source *source = &e->problem->source[i];
    const double h = e->problem->interval_h;
    const double gave_mwh = e->schedule->source_mw[i][t] * h;
    const double cost = amp_column_at(source->cost_usd_per_mwh, t);
    gain->energy_mwh += gave_mwh;
    gain->possible_mwh += amp_column_at(source->power_mw, t) * h;
    gain->money_usd -= cost * gave_mwh;
    gain->bought_usd -= e->schedule->internal_price_usd_per_mwh[t] * gave_mwh;
}

static void add_export(const explainer *e, size_t t, amp_explained_gain *gain)
{
    const double mwh = e->schedule->export_mw[t] * e->problem->interval_h;
    gain->energy_mwh += mwh;
    gain->money_usd += amp_column_at(e->problem->export_price_usd_per_mwh, t) * mwh;
    gain->bought_usd += e->schedule->internal_price_usd_per_mwh[t] * mwh;
}

static void add_battery(const explainer *e, size_t t, amp_explained_gain *gain)
{
    const amp_schedule *s = e->schedule;
    const double h = e->problem->interval_h;
    gain->energy_mwh += s->discharge_mw[t] * h;
    gain->money_usd -=
        e->problem->storage.wear_usd_per_mwh * (s->charge_mw[t] + s->discharge_mw[t]) * h;
    gain->bought_usd +=
        (s->charge_mw[t] - s->discharge_mw[t]) * s->internal_price_usd_per_mwh[t] * h;
}

static void add_reserve(const explainer *e, size_t r, size_t t, amp_explained_gain *gain)
{
    gain->money_usd += e->schedule->reserve_mw[r][t] * e->problem->interval_h *
                       amp_column_at(e->problem->reserve[r].price_usd_per_mwh, t);
}

static void add_interval(const explainer *e, size_t t, amp_explained_gain *gain)
{
    const amp_site_problem *p = e->problem;
    for (size_t i = 0; i < p->load_count; i++)
        add_load(e, i, t, gain++);
    add_export(e, t, gain++);
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source[i].kind != AMP_SOURCE_UNSERVED)
            add_source(e, i, t, gain++);
    if (p->storage.is_present)
        add_battery(e, t, gain++);
    for (size_t r = 0; r < p->reserve_count; r++)
        add_reserve(e, r, t, gain++);
}

/* Nobody says how much of a job's hall, of export or of the battery is wanted; a hard load's worth
 * is not known. */
static size_t name_gains(const explainer *e, amp_explained_gain *gain)
{
    const amp_site_problem *p = e->problem;
    size_t count = 0;
    for (size_t i = 0; i < p->load_count; i++)
        gain[count++] = (amp_explained_gain){.kind = AMP_GAIN_LOAD, .id = p->load[i].id};
    gain[count++] =
        (amp_explained_gain){.kind = AMP_GAIN_EXPORT, .id = "export", .possible_mwh = (double)NAN};
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source[i].kind != AMP_SOURCE_UNSERVED)
            gain[count++] = (amp_explained_gain){
                .kind = p->source[i].kind == AMP_SOURCE_CUT ? AMP_GAIN_CUT : AMP_GAIN_SOURCE,
                .id = p->source[i].id};
    if (p->storage.is_present)
        gain[count++] = (amp_explained_gain){
            .kind = AMP_GAIN_BATTERY, .id = "battery", .possible_mwh = (double)NAN};
    for (size_t r = 0; r < p->reserve_count; r++)
        gain[count++] = (amp_explained_gain){
            .kind = AMP_GAIN_RESERVE, .id = p->reserve[r].id, .possible_mwh = (double)NAN};
    return count;
}

static void unset_unknown(const explainer *e, amp_explained_gain *gain)
{
    for (size_t i = 0; i < e->problem->load_count; i++) {
        if (e->problem->load[i].kind == AMP_LOAD_TRAINING && e->problem->load[i].capping == NULL)
            gain[i].possible_mwh = (double)NAN;
        if (!e->problem->load[i].is_hard)
            continue;
        gain[i].money_usd = (double)NAN;
    }
}

static bool explain_span(explainer *e, size_t first, size_t end, amp_explained_span *out)
{
    const amp_site_problem *p = e->problem;
    const size_t most = p->load_count + p->source_count + p->reserve_count + 2;
    amp_explained_gain *gain = AMP_ARENA_NEW(e->out->arena, amp_explained_gain, most);
    double price = 0.0;
    if (gain == NULL)
        return false;
    *out = (amp_explained_span){.first = first, .end = end, .gain = gain};
    out->gain_count = name_gains(e, gain);
    out->hours = p->interval_h * (double)(end - first);
    for (size_t t = first; t < end; t++) {
        add_interval(e, t, gain);
        price += e->schedule->internal_price_usd_per_mwh[t];
        out->connection_hours += is_connection_full(e, t) ? p->interval_h : 0.0;
        out->peak_hours += peak_reached(e, t) != NULL ? p->interval_h : 0.0;
    }
    out->price_mean_usd_per_mwh = price / (double)(end - first);
    unset_unknown(e, gain);
    return true;
}

/* ---- one degree ---- */

static bool has_curve(const amp_site *site)
{
    for (size_t i = 0; i < site->hall_count; i++)
        if (site->hall[i].pue.point_count > 0)
            return true;
    return false;
}

/* The site as it would be with the outdoor temperature @p degrees higher: curves are moved the
 * other way. NULL without memory. */
static amp_portfolio *moved_portfolio(const explainer *e, double degrees)
{
    const amp_portfolio *from = e->request->portfolio;
    amp_arena *arena = e->out->arena;
    amp_portfolio *portfolio = AMP_ARENA_NEW(arena, amp_portfolio, 1);
    amp_site *site = AMP_ARENA_NEW(arena, amp_site, from->site_count);
    const amp_site *old = &from->site[e->request->site];
    amp_hall *hall = AMP_ARENA_NEW(arena, amp_hall, old->hall_count);
    if (portfolio == NULL || site == NULL || hall == NULL)
        return NULL;
    *portfolio = *from;
    memcpy(site, from->site, from->site_count * sizeof *site);
    memcpy(hall, old->hall, old->hall_count * sizeof *hall);
    for (size_t i = 0; i < old->hall_count; i++) {
        const amp_pue *pue = &old->hall[i].pue;
        amp_pue_point *point = AMP_ARENA_NEW(arena, amp_pue_point, pue->point_count);
        if (point == NULL)
            return NULL;
        for (size_t k = 0; k < pue->point_count; k++)
            point[k] = (amp_pue_point){pue->point[k].outdoor_degc - degrees, pue->point[k].pue};
        hall[i].pue.point = point;
    }
    site[e->request->site].hall = hall;
    portfolio->site = site;
    return portfolio;
}

/* What cooling saves in each hall, at the internal price, while IT power stays. */
static void price_cooling(explainer *e, const amp_site_problem *cooler)
{
    const amp_site_problem *p = e->problem;
    amp_explained_cooling *cooling = &e->out->cooling;
    for (size_t i = 0; i < p->load_count; i++) {
        if (p->load[i].kind == AMP_LOAD_MINING)
            continue;
        for (size_t t = 0; t < p->interval_count; t++) {
            const double share = 1.0 - amp_column_at(p->load[i].it_per_mwh, t) /
                                           amp_column_at(cooler->load[i].it_per_mwh, t);
            const double saved_mwh = e->schedule->load_mw[i][t] * share * p->interval_h;
            cooling->saved_mwh += saved_mwh;
            cooling->margin.marginal_usd += saved_mwh * e->schedule->internal_price_usd_per_mwh[t];
        }
    }
}

static amp_status solve_moved(explainer *e, const amp_margins_options *options, double degrees,
                              double *rise_usd)
{
    amp_site_problem moved = {0};
    amp_margins_value value = {0};
    const amp_portfolio *portfolio = moved_portfolio(e, degrees);
    if (portfolio == NULL)
        return AMP_NOMEM;
    amp_status status = amp_site_problem_build(portfolio, e->request->site, e->request->market,
                                               e->out->arena, NULL, &moved);
    if (status != AMP_OK)
        return status;
    if (degrees < 0.0)
        price_cooling(e, &moved);
    status = amp_restart_price_at(&moved, e->schedule->start_usd, e->out->arena, &moved);
    if (status == AMP_OK)
        status = amp_margins_solve(&moved, options, &value);
    if (status != AMP_OK)
        return status;
    *rise_usd = value.bound_usd - e->out->margins.bound_usd;
    e->out->margins.accuracy_usd = fmax(e->out->margins.accuracy_usd, 2.0 * value.gap_usd);
    return AMP_OK;
}

static amp_status explain_cooling(explainer *e, const amp_margins_options *options)
{
    amp_explained_cooling *cooling = &e->out->cooling;
    double fall_usd = 0.0;
    if (!has_curve(&e->request->portfolio->site[e->request->site]))
        return AMP_OK;
    cooling->is_present = true;
    amp_status status = solve_moved(e, options, -1.0, &cooling->margin.more_usd);
    if (status == AMP_OK)
        status = solve_moved(e, options, 1.0, &fall_usd);
    cooling->margin.less_usd = -fall_usd;
    return status;
}

/* ---- all of it ---- */

/* The problem in blocks of a month, so that margins can be told by month. */
static amp_status months_of(explainer *e, amp_site_problem *split)
{
    const amp_month *month = NULL;
    size_t count = 0;
    const amp_status status = amp_months_find(
        e->out->site->time_zone, &e->request->portfolio->horizon, e->out->arena, &month, &count);
    if (status != AMP_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (e->out->at >= month[i].first && e->out->at < month[i].end)
            e->out->month = month[i];
    *split = e->priced;
    if (split->block_count > 0)
        return AMP_OK;
    size_t *first = AMP_ARENA_NEW(e->out->arena, size_t, count);
    if (first == NULL)
        return AMP_NOMEM;
    for (size_t i = 0; i < count; i++)
        first[i] = month[i].first;
    split->block_first = first;
    split->block_count = count;
    return AMP_OK;
}

static amp_status explain_margins(explainer *e)
{
    const amp_explain_request *request = e->request;
    const amp_margins_options options = {
        .host = request->host,
        .progress = request->progress,
        .progress_context = request->progress_context,
        .watched_first = request->at,
        .watched_end = request->at + (request->has_at ? 1 : 0),
    };
    amp_site_problem split = {0};
    amp_status status = months_of(e, &split);
    if (status == AMP_OK)
        status = amp_margins_make(&split, &options, &e->out->margins);
    if (status != AMP_OK)
        return status;
    take_prices(e);
    return explain_cooling(e, &options);
}

static amp_status explain_all(explainer *e)
{
    const amp_explanation *out = e->out;
    amp_status status =
        amp_restart_price_at(e->problem, e->schedule->start_usd, e->out->arena, &e->priced);
    e->out->lease = amp_explain_leases(e->problem, e->schedule, e->out->arena);
    if (status != AMP_OK || !explain_peaks(e) || !explain_jobs(e) || !explain_budgets(e) ||
        out->lease == NULL)
        return AMP_NOMEM;
    status = explain_margins(e);
    if (status != AMP_OK)
        return status;
    bool is_done = explain_span(e, 0, e->problem->interval_count, &e->out->whole_span);
    if (is_done && out->has_at)
        is_done = explain_interval(e) &&
                  explain_span(e, out->month.first, out->month.end, &e->out->month_span);
    return is_done ? AMP_OK : AMP_NOMEM;
}

amp_status amp_explain(const amp_explain_request *request, amp_explanation **out)
{
    amp_explanation *explanation = calloc(1, sizeof *explanation);
    if (explanation == NULL)
        return AMP_NOMEM;
    explanation->arena = amp_arena_new(SIZE_MAX);
    explanation->site = request->answer->site;
    explanation->problem = &request->answer->problem;
    explanation->has_at = request->has_at;
    explanation->at = request->has_at ? request->at : 0;
    explainer e = {.request = request,
                   .problem = &request->answer->problem,
                   .schedule = &request->answer->schedule,
                   .out = explanation};
    const amp_status status = explanation->arena == NULL ? AMP_NOMEM : explain_all(&e);
    if (status == AMP_OK)
        *out = explanation;
    else
        amp_explanation_free(explanation);
    return status;
}

void amp_explanation_free(amp_explanation *explanation)
{
    if (explanation == NULL)
        return;
    amp_margins_free(&explanation->margins);
    amp_arena_free(explanation->arena);
    free(explanation);
}
