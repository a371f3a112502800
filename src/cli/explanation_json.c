/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explanation.h"
#include "cli/explanation_lease.h"

#include <math.h>

static void set_number(json_t *object, const char *key, double value)
{
    (void)json_object_set_new(object, key, amp_json_number(value));
}

static void set_time(json_t *object, const char *key, const amp_site_problem *problem, size_t t)
{
    (void)json_object_set_new(object, key,
                              amp_json_time(problem->from_unix_s + (int64_t)t * problem->step_s));
}

static void set_text(json_t *object, const char *key, const char *text)
{
    (void)json_object_set_new(object, key, amp_json_text(text));
}

static const char *held_id(amp_held held)
{
    static const char *const ids[] = {
        [AMP_HELD_BY_NOTHING] = "nothing", [AMP_HELD_ABSENT] = "absent",
        [AMP_HELD_BY_PRICE] = "price",     [AMP_HELD_BY_CONNECTION] = "connection",
        [AMP_HELD_BY_PEAK] = "peak",       [AMP_HELD_AT_MARGIN] = "margin",
        [AMP_HELD_BY_JOB] = "job",         [AMP_HELD_BY_HALL] = "hall",
        [AMP_HELD_BY_BUDGET] = "budget",   [AMP_HELD_BY_CUT] = "cut",
    };
    return ids[held];
}

static json_t *use_json(const amp_explained_use *use)
{
    static const char *const kinds[] = {[AMP_USE_TIER] = "tier",
                                        [AMP_USE_HARD] = "must",
                                        [AMP_USE_JOB] = "job",
                                        [AMP_USE_CAPPED] = "capped",
                                        [AMP_USE_EXPORT] = "export"};
    json_t *const object = json_object();

    set_text(object, "kind", kinds[use->kind]);
    set_text(object, "id", use->id);
    (void)json_object_set_new(object, "step", amp_json_count(use->step));
    set_number(object, "value_usd_per_mwh", use->value_usd_per_mwh);
    set_number(object, "before_job_price_usd_per_mwh", use->gross_usd_per_mwh);
    set_number(object, "took_mw", use->took_mw);
    set_number(object, "could_mw", use->could_mw);
    set_text(object, "held_by", held_id(use->held));
    if (use->kind == AMP_USE_CAPPED) {
        set_number(object, "must_mw", use->must_mw);
        set_number(object, "throughput", use->throughput);
        set_number(object, "least_throughput", use->least_throughput);
    }
    return object;
}

static json_t *supply_json(const amp_explained_supply *supply)
{
    static const char *const kinds[] = {[AMP_SUPPLY_IMPORT] = "import",
                                        [AMP_SUPPLY_BLOCK] = "agreement",
                                        [AMP_SUPPLY_SOURCE] = "generator",
                                        [AMP_SUPPLY_CUT] = "cut",
                                        [AMP_SUPPLY_UNSERVED] = "unserved"};
    json_t *const object = json_object();

    set_text(object, "kind", kinds[supply->kind]);
    set_text(object, "id", supply->id);
    set_number(object, "cost_usd_per_mwh", supply->cost_usd_per_mwh);
    set_number(object, "gave_mw", supply->gave_mw);
    set_number(object, "could_mw", supply->could_mw);
    set_text(object, "held_by", held_id(supply->held));
    return object;
}

static json_t *battery_json(const amp_explained_battery *b)
{
    static const char *const states[] = {
        [AMP_BATTERY_FULL_POWER] = "full_power", [AMP_BATTERY_FILLED] = "filled",
        [AMP_BATTERY_EMPTIED] = "emptied",       [AMP_BATTERY_PARTLY] = "partly",
        [AMP_BATTERY_WAITS] = "waits",           [AMP_BATTERY_AT_LIMIT] = "at_limit"};
    json_t *const object = json_object();

    set_text(object, "state", states[b->state]);
    set_number(object, "stored_usd_per_mwh", b->stored_usd_per_mwh);
    set_number(object, "buy_usd_per_mwh", b->buy_usd_per_mwh);
    set_number(object, "sell_usd_per_mwh", b->sell_usd_per_mwh);
    set_number(object, "charge_mw", b->charge_mw);
    set_number(object, "discharge_mw", b->discharge_mw);
    set_number(object, "charge_limit_mw", b->charge_limit_mw);
    set_number(object, "discharge_limit_mw", b->discharge_limit_mw);
    set_number(object, "before_mwh", b->before_mwh);
    set_number(object, "after_mwh", b->after_mwh);
    set_number(object, "minimum_mwh", b->minimum_mwh);
    set_number(object, "maximum_mwh", b->maximum_mwh);
    return object;
}

static json_t *reserve_json(const amp_explained_reserve *reserve)
{
    json_t *const object = json_object();

    set_text(object, "id", reserve->id);
    set_number(object, "price_usd_per_mw_h", reserve->price_usd_per_mwh);
    set_number(object, "limit_mw", reserve->limit_mw);
    set_number(object, "held_mw", reserve->held_mw);
    set_number(object, "mining_mw", reserve->mining_mw);
    set_number(object, "inference_mw", reserve->inference_mw);
    set_number(object, "battery_mw", reserve->battery_mw);
    set_number(object, "shed_usd_per_mwh", reserve->shed_usd_per_mwh);
    return object;
}

static json_t *start_json(const amp_explained_start *start)
{
    json_t *const object = json_object();

    set_text(object, "id", start->id);
    set_text(object, "machines", start->keeps_running ? "keep running" : "stand still");
    set_number(object, "mw", start->mw);
    set_number(object, "gain_usd_per_mwh", start->gain_usd_per_mwh);
    set_number(object, "hours", start->hours);
    set_number(object, "stretch_mw", start->stretch_mw);
    set_number(object, "stretch_usd", start->stretch_usd);
    set_number(object, "start_usd", start->start_usd);
    return object;
}

static json_t *interval_json(const amp_explanation *x)
{
    static const char *const setters[] = {
        [AMP_SETTER_NOTHING] = "nothing",  [AMP_SETTER_IMPORT] = "import",
        [AMP_SETTER_BLOCK] = "agreement",  [AMP_SETTER_EXPORT] = "export",
        [AMP_SETTER_SOURCE] = "generator", [AMP_SETTER_USE] = "use",
        [AMP_SETTER_BATTERY] = "battery"};
    const amp_explained_interval *const i = &x->interval;
    json_t *const object = json_object();
    json_t *const uses = json_array();
    json_t *const supplies = json_array();
    json_t *const reserves = json_array();
    json_t *const starts = json_array();

    set_time(object, "from", x->problem, x->at);
    set_time(object, "to", x->problem, x->at + 1);
    set_number(object, "internal_price_usd_per_mwh", i->price_usd_per_mwh);
    set_text(object, "set_by", setters[i->setter]);
    set_text(object, "set_by_id", i->setter_id);
    set_number(object, "import_mw", i->import_mw);
    set_number(object, "import_limit_mw", i->import_limit_mw);
    set_number(object, "import_usd_per_mwh", i->import_usd_per_mwh);
    set_text(object, "peak", i->peak != NULL ? i->peak->id : "");
    for (size_t k = 0; k < i->use_count; k++)
        (void)json_array_append_new(uses, use_json(&i->use[k]));
    for (size_t k = 0; k < i->supply_count; k++)
        (void)json_array_append_new(supplies, supply_json(&i->supply[k]));
    (void)json_object_set_new(object, "uses", uses);
    for (size_t k = 0; k < i->start_count; k++)
        (void)json_array_append_new(starts, start_json(&i->start[k]));
    (void)json_object_set_new(object, "supplies", supplies);
    for (size_t k = 0; k < i->reserve_count; k++)
        (void)json_array_append_new(reserves, reserve_json(&i->reserve[k]));
    (void)json_object_set_new(object, "reserves", reserves);
    (void)json_object_set_new(object, "starts", starts);
    (void)json_object_set_new(object, "battery",
                              i->battery.is_present ? battery_json(&i->battery) : json_null());
    return object;
}

static json_t *span_json(const amp_explanation *x, const amp_explained_span *span)
{
    static const char *const kinds[] = {
        [AMP_GAIN_LOAD] = "load", [AMP_GAIN_EXPORT] = "export",   [AMP_GAIN_SOURCE] = "generator",
        [AMP_GAIN_CUT] = "cut",   [AMP_GAIN_BATTERY] = "battery", [AMP_GAIN_RESERVE] = "reserve"};
    json_t *const object = json_object();
    json_t *const gains = json_array();

    set_time(object, "from", x->problem, span->first);
    set_time(object, "to", x->problem, span->end);
    set_number(object, "hours", span->hours);
    set_number(object, "connection_hours", span->connection_hours);
    set_number(object, "peak_hours", span->peak_hours);
    set_number(object, "internal_price_mean_usd_per_mwh", span->price_mean_usd_per_mwh);
    for (size_t i = 0; i < span->gain_count; i++) {
        const amp_explained_gain *const gain = &span->gain[i];
        json_t *const row = json_object();
        set_text(row, "kind", kinds[gain->kind]);
        set_text(row, "id", gain->id);
        set_number(row, "energy_mwh", gain->energy_mwh);
        set_number(row, "possible_mwh", gain->possible_mwh);
        set_number(row, "money_usd", gain->money_usd);
        set_number(row, "avoided_penalty_usd", gain->avoided_usd);
        set_number(row, "energy_at_internal_price_usd", gain->bought_usd);
        (void)json_array_append_new(gains, row);
    }
    (void)json_object_set_new(object, "earned", gains);
    return object;
}

static json_t *couplings_json(const amp_explanation *x)
{
    json_t *const peaks = json_array();
    json_t *const jobs = json_array();
    json_t *const budgets = json_array();

    for (size_t k = 0; k < x->peak_count; k++) {
        const amp_explained_peak *const peak = &x->peak[k];
        json_t *const row = json_object();
        set_text(row, "id", peak->id);
        set_number(row, "billed_mw", peak->billed_mw);
        set_number(row, "hours", peak->hours);
        set_number(row, "charge_usd_per_mw", peak->charge_usd_per_mw);
        set_number(row, "worth_usd_per_mw", peak->worth_usd_per_mw);
        (void)json_array_append_new(peaks, row);
    }
    for (size_t j = 0; j < x->job_count; j++) {
        const amp_explained_job *const job = &x->job[j];
        json_t *const row = json_object();
        set_text(row, "id", job->id);
        set_text(row, "hall", job->hall);
        set_number(row, "energy_mwh", job->energy_mwh);
        set_number(row, "served_mwh", job->served_mwh);
        set_number(row, "worth_usd_per_mwh", job->worth_usd_per_mwh);
        set_number(row, "price_usd_per_mwh", job->price_usd_per_mwh);
        (void)json_array_append_new(jobs, row);
    }
    for (size_t i = 0; i < x->budget_count; i++) {
        const amp_explained_budget *const budget = &x->budget[i];
        json_t *const row = json_object();
        set_text(row, "id", budget->id);
        set_text(row, "unit", budget->unit);
        set_number(row, "limit", budget->limit);
        set_number(row, "used", budget->used);
        set_number(row, "price_usd", budget->price_usd);
        (void)json_array_append_new(budgets, row);
    }
    return json_pack("{s:o, s:o, s:o}", "peaks", peaks, "jobs", jobs, "budgets", budgets);
}

static void add_margin(json_t *list, const char *id, const char *unit, const char *span,
                       const amp_margin *margin)
{
    json_t *const row = json_object();

    set_text(row, "id", id);
    set_text(row, "unit", unit);
    set_text(row, "over", span);
    set_number(row, "marginal_usd", margin->marginal_usd);
    set_number(row, "one_more_usd", margin->more_usd);
    set_number(row, "one_less_usd", margin->less_usd);
    (void)json_array_append_new(list, row);
}

static json_t *margins_json(const amp_explanation *x)
{
    json_t *const list = json_array();
    const bool is_small = x->margins.unit_mw < 1.0;
    const char *const power = is_small ? "kW" : "MW";
    const char *const energy = is_small ? "kWh" : "MWh";

    if (x->has_at) {
        add_margin(list, "connection", power, "interval", &x->margins.import_at);
        add_margin(list, "connection", power, "month", &x->margins.import_month);
    }
    add_margin(list, "connection", power, "horizon", &x->margins.import);
    if (x->problem->storage.is_present) {
        add_margin(list, "battery_energy", energy, "horizon", &x->margins.room);
        add_margin(list, "battery_power", power, "horizon", &x->margins.power);
    }
    if (x->cooling.is_present)
        add_margin(list, "outdoor", "K less", "horizon", &x->cooling.margin);
    return list;
}

amp_status amp_explanation_json(amp_cli *cli, const amp_loaded *loaded,
                                const amp_explanation *explanation)
{
    json_t *const object = amp_json_new(cli, "ampacity.explain/1");
    const amp_status status = amp_loaded_json(cli, loaded, object);
    const bool has_at = explanation->has_at;

    set_text(object, "status", "ok");
    set_text(object, "site", explanation->site->id);
    (void)json_object_set_new(object, "interval",
                              has_at ? interval_json(explanation) : json_null());
    (void)json_object_set_new(
        object, "month", has_at ? span_json(explanation, &explanation->month_span) : json_null());
    (void)json_object_set_new(object, "horizon", span_json(explanation, &explanation->whole_span));
    (void)json_object_set_new(object, "couplings", couplings_json(explanation));
    (void)json_object_set_new(object, "leases", amp_explanation_leases_json(explanation));
    (void)json_object_set_new(object, "margins", margins_json(explanation));
    set_number(object, "margins_accuracy_usd", explanation->margins.accuracy_usd);
    set_number(object, "margins_year_factor", amp_explanation_years(explanation));
    (void)json_object_set_new(object, "margins_bracketed",
                              json_boolean(!amp_explanation_has_two_modes(explanation)));
    if (status == AMP_OK)
        return amp_json_print(object, cli->out.file);
    json_decref(object);
    return status;
}
