/* SPDX-License-Identifier: Apache-2.0 */
/* What each use and each supply does in one interval, what holds it back, and what sets the price.
 */
#include "dispatch/explain_parts.h"

#include "dispatch/capping.h"
#include "dispatch/explain_starts.h"

#include <math.h>
#include <stdlib.h>

/* What the last MW of import costs, or the next one would. */
static double import_usd(const amp_explainer *e, size_t t)
{
    const amp_site_problem *p = e->problem;
    const double block_mw = amp_column_at(p->block_mw, t);
    const bool is_covered =
        block_mw > 0.0 && !amp_explain_is_full(e->schedule->block_mw[t], block_mw);
    return amp_column_at(is_covered ? p->block_price_usd_per_mwh : p->import_price_usd_per_mwh, t);
}

/* ---- the uses ---- */

static amp_held held_use(const amp_explainer *e, size_t t, const amp_explained_use *use)
{
    const double price = e->schedule->internal_price_usd_per_mwh[t];
    if (use->could_mw <= 0.0)
        return AMP_HELD_ABSENT;
    if (amp_explain_is_full(use->took_mw, use->could_mw))
        return AMP_HELD_BY_NOTHING;
    if (amp_explain_is_dearer(use->value_usd_per_mwh, import_usd(e, t)) &&
        use->kind != AMP_USE_EXPORT) {
        if (amp_explain_connection_full(e, t))
            return AMP_HELD_BY_CONNECTION;
        if (amp_explain_peak_reached(e, t) != NULL)
            return AMP_HELD_BY_PEAK;
    }
    return amp_explain_is_same_price(use->value_usd_per_mwh, price) ? AMP_HELD_AT_MARGIN
                                                                    : AMP_HELD_BY_PRICE;
}

static amp_explained_use explain_tier(const amp_explainer *e, size_t t, size_t k)
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

static amp_explained_use explain_job(const amp_explainer *e, size_t t, size_t j)
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
    const bool has_all = amp_explain_is_full(priced->served_mwh, priced->energy_mwh);
    if (use.could_mw <= 0.0)
        use.held = AMP_HELD_ABSENT;
    else if (amp_explain_is_full(use.took_mw, use.could_mw))
        use.held = AMP_HELD_BY_NOTHING;
    else if (amp_explain_is_full(e->schedule->load_mw[job->load][t], capacity_mw))
        use.held = AMP_HELD_BY_HALL;
    else
        use.held = has_all ? AMP_HELD_BY_JOB : held_use(e, t, &use);
    return use;
}

/* The tier that the next MW of a load would go to, or its last one. */
static size_t next_tier(const amp_explainer *e, size_t t, const amp_load *load)
{
    const amp_site_problem *p = e->problem;
    size_t next = load->first_tier;
    for (size_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
        const double power_mw = amp_column_at(p->tier[k].power_mw, t);
        if (power_mw <= 0.0)
            continue;
        next = k;
        if (!amp_explain_is_full(e->schedule->tier_mw[k][t], power_mw))
            break;
    }
    return next;
}

static amp_explained_use explain_capped(const amp_explainer *e, size_t t, size_t i)
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

static amp_explained_use explain_hard(const amp_explainer *e, size_t t, size_t i)
{
    const double served_mw = e->schedule->load_mw[i][t];
    const double wanted_mw = amp_column_at(e->problem->load[i].demand_mw, t);
    const bool is_cut = !amp_explain_is_full(served_mw, wanted_mw);
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

static amp_explained_use explain_export(const amp_explainer *e, size_t t)
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

static bool explain_uses(amp_explainer *e, size_t t, amp_explained_interval *out)
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

static amp_held held_supply(const amp_explainer *e, size_t t, const amp_explained_supply *supply)
{
    const double price = e->schedule->internal_price_usd_per_mwh[t];
    if (supply->could_mw <= 0.0)
        return AMP_HELD_ABSENT;
    if (amp_explain_is_full(supply->gave_mw, supply->could_mw))
        return AMP_HELD_BY_NOTHING;
    const bool is_source = supply->kind != AMP_SUPPLY_IMPORT && supply->kind != AMP_SUPPLY_BLOCK;
    if (!is_source && amp_explain_peak_reached(e, t) != NULL)
        return AMP_HELD_BY_PEAK;
    if (is_source && amp_explain_is_dearer(price, supply->cost_usd_per_mwh))
        return AMP_HELD_BY_BUDGET;
    return amp_explain_is_dearer(supply->cost_usd_per_mwh, price) || supply->gave_mw <= 0.0
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

static bool explain_supplies(amp_explainer *e, size_t t, amp_explained_interval *out)
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
    const bool is_filled = amp_explain_is_full(b->after_mwh, b->maximum_mwh);
    const bool is_empty = amp_explain_is_full(b->minimum_mwh, b->after_mwh);
    if (b->charge_mw > 0.0) {
        if (amp_explain_is_full(b->charge_mw, b->charge_limit_mw))
            return AMP_BATTERY_FULL_POWER;
        return is_filled ? AMP_BATTERY_FILLED : AMP_BATTERY_PARTLY;
    }
    if (b->discharge_mw > 0.0) {
        if (amp_explain_is_full(b->discharge_mw, b->discharge_limit_mw))
            return AMP_BATTERY_FULL_POWER;
        return is_empty ? AMP_BATTERY_EMPTIED : AMP_BATTERY_PARTLY;
    }
    const bool would_sell = is_empty && !amp_explain_is_dearer(b->sell_usd_per_mwh, price);
    const bool would_buy = is_filled && !amp_explain_is_dearer(price, b->buy_usd_per_mwh);
    return would_sell || would_buy ? AMP_BATTERY_AT_LIMIT : AMP_BATTERY_WAITS;
}

static void explain_battery(const amp_explainer *e, size_t t, amp_explained_battery *out)
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
    return took > 0.0 && !amp_explain_is_full(took, could);
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
            !amp_explain_is_same_price(supply->cost_usd_per_mwh, out->price_usd_per_mwh))
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
        if (use->kind == AMP_USE_JOB || amp_explain_is_full(use->took_mw, use->could_mw) ||
            (only_between && use->took_mw <= 0.0) ||
            !amp_explain_is_same_price(use->value_usd_per_mwh, out->price_usd_per_mwh))
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
        !amp_explain_is_same_price(bid, out->price_usd_per_mwh))
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

bool amp_explain_interval(amp_explainer *e)
{
    const size_t t = e->out->at;
    amp_explained_interval *out = &e->out->interval;
    const amp_explained_peak *peak = amp_explain_peak_reached(e, t);
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
