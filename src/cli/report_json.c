/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"
#include "cli/report_bill.h"
#include "cli/report_lease.h"
#include "cli/report_parts.h"

#include <math.h>

double amp_report_gap(const amp_answer *answer)
{
    return (answer->bound_usd - answer->objective_usd) / fmax(1.0, fabs(answer->bound_usd));
}

amp_outcome amp_report_outcome_of(const amp_report_input *input)
{
    if (amp_report_gap(input->answer) <= input->tolerance)
        return AMP_OUTCOME_OPTIMAL;
    for (size_t i = 0; i < input->answer->site_count; i++)
        if (input->answer->site[i].was_stopped && isfinite(input->time_limit_s))
            return AMP_OUTCOME_TIME_LIMIT;
    return AMP_OUTCOME_GAP;
}

static double coordination_usd(const amp_site_answer *site)
{
    if (site->problem.block_count + site->problem.restart_count == 0)
        return 0.0;
    return fmax(0.0, site->bound_usd - fmax(site->relaxed_usd, site->objective_usd));
}

amp_gap_parts amp_report_gap_parts(const amp_answer *answer)
{
    const double gap_usd = answer->bound_usd - answer->objective_usd;
    double sum_usd = 0.0;

    for (size_t i = 0; i < answer->site_count; i++)
        sum_usd += coordination_usd(&answer->site[i]);
    const double mode_usd = gap_usd - fmin(sum_usd, gap_usd);
    /* The larger of the two is at least half of the gap: taking it off rounds nothing. */
    return (amp_gap_parts){.coordination = gap_usd - mode_usd, .mode = mode_usd};
}

/* A number of amp_accounts and its name in JSON. */
typedef struct {
    const char *key;
    size_t offset;
} row;

/* NOLINTNEXTLINE(bugprone-macro-parentheses): names of members take none */
#define ROW(group, name) #name, offsetof(amp_accounts, group.name)

static const row revenue[] = {
    {ROW(revenue_usd, mining)},
    {ROW(revenue_usd, lease)},
    {ROW(revenue_usd, inference)},
    {ROW(revenue_usd, training)},
    {ROW(revenue_usd, export)},
    {ROW(revenue_usd, reserve)},
    {NULL, 0},
};
static const row cost[] = {
    {ROW(cost_usd, energy)},
    {ROW(cost_usd, demand_charge)},
    {ROW(cost_usd, coincident_peak)},
    {ROW(cost_usd, generation)},
    {ROW(cost_usd, wear)},
    {ROW(cost_usd, penalty)},
    {ROW(cost_usd, tax)},
    {NULL, 0},
};
static const row fixed[] = {
    {ROW(fixed_usd, lease_fee)},        {ROW(fixed_usd, energy_reimbursed)},
    {ROW(fixed_usd, energy_sold)},      {ROW(fixed_usd, demand_reimbursed)},
    {ROW(fixed_usd, minimum_take)},     {ROW(fixed_usd, service_credits)},
    {ROW(fixed_usd, penalty_replaced)}, {ROW(fixed_usd, blocks)},
    {ROW(fixed_usd, tariff)},           {NULL, 0},
};
static const row energy[] = {
    {ROW(energy_mwh, import)},     {ROW(energy_mwh, export)},
    {ROW(energy_mwh, mining)},     {ROW(energy_mwh, lease)},
    {ROW(energy_mwh, inference)},  {ROW(energy_mwh, training)},
    {ROW(energy_mwh, charge)},     {ROW(energy_mwh, discharge)},
    {ROW(energy_mwh, generation)}, {NULL, 0},
};
static const row it[] = {
    {ROW(it_mwh, lease)}, {ROW(it_mwh, inference)}, {ROW(it_mwh, training)}, {NULL, 0}};

#undef ROW

static json_t *group(const amp_accounts *accounts, const row *rows)
{
    json_t *const object = json_object();

    for (; rows->key != NULL; rows++) {
        const char *const at = (const char *)accounts + rows->offset;
        (void)json_object_set_new(object, rows->key,
                                  amp_json_number(*(const double *)(const void *)at));
    }
    return object;
}

static void set_number(json_t *object, const char *key, double value)
{
    (void)json_object_set_new(object, key, amp_json_number(value));
}

static json_t *interval_time(const amp_site_problem *problem, size_t t)
{
    return amp_json_time(problem->from_unix_s + (int64_t)t * problem->step_s);
}

static json_t *peaks_json(const amp_site_answer *site)
{
    const amp_site_problem *const problem = &site->problem;
    json_t *const peaks = json_array();

    for (size_t k = 0; k < problem->peak_count; k++) {
        const amp_peak *const peak = &problem->peak[k];
        const amp_peak_bill bill = amp_accounts_peak(problem, &site->schedule, k);
        json_t *const object = json_object();
        (void)json_object_set_new(object, "id", json_string(peak->id));
        (void)json_object_set_new(object, "first", interval_time(problem, peak->first));
        (void)json_object_set_new(object, "end", interval_time(problem, peak->end));
        set_number(object, "billed_mw", bill.billed_mw);
        set_number(object, "charge_usd", bill.charge_usd);
        (void)json_array_append_new(peaks, object);
    }
    return peaks;
}

static json_t *jobs_json(const amp_site_answer *site)
{
    const amp_site_problem *const problem = &site->problem;
    json_t *const jobs = json_array();

    for (size_t j = 0; j < problem->job_count; j++) {
        const amp_job *const job = &problem->job[j];
        const amp_job_bill bill = amp_accounts_job(problem, &site->schedule, j);
        json_t *const object = json_object();
        (void)json_object_set_new(object, "id", json_string(job->id));
        (void)json_object_set_new(object, "hall", json_string(problem->load[job->load].id));
        set_number(object, "energy_mwh", job->energy_mwh);
        set_number(object, "served_mwh", bill.served_mwh);
        set_number(object, "value_usd", bill.value_usd);
        set_number(object, "penalty_usd", bill.penalty_usd);
        (void)json_array_append_new(jobs, object);
    }
    return jobs;
}

static json_t *budgets_json(const amp_site_answer *site)
{
    const amp_site_problem *const problem = &site->problem;
    json_t *const budgets = json_array();

    for (size_t i = 0; i < problem->budget_count; i++) {
        const amp_budget *const budget = &problem->budget[i];
        const amp_budget_bill bill = amp_accounts_budget(problem, &site->schedule, i);
        json_t *const object = json_object();
        (void)json_object_set_new(object, "id", json_string(budget->id));
        (void)json_object_set_new(object, "unit", json_string(amp_budget_unit(budget->kind)));
        set_number(object, "limit", budget->limit);
        set_number(object, "used", bill.used);
        set_number(object, "price_usd", bill.price_usd);
        (void)json_array_append_new(budgets, object);
    }
    return budgets;
}

static json_t *reserves_json(const amp_site_answer *site)
{
    const amp_site_problem *const problem = &site->problem;
    json_t *const reserves = json_array();

    for (size_t r = 0; r < problem->reserve_count; r++) {
        const amp_reserve_bill bill = amp_accounts_reserve(problem, &site->schedule, r);
        json_t *const object = json_object();
        (void)json_object_set_new(object, "id", json_string(problem->reserve[r].id));
        set_number(object, "revenue_usd", bill.revenue_usd);
        set_number(object, "mean_usd_per_mw_h", bill.mean_usd_per_mwh);
        set_number(object, "held_mw_h", bill.held_mwh);
        (void)json_object_set_new(object, "from_mw_h",
                                  json_pack("{s:o, s:o, s:o}", "mining",
                                            amp_json_number(bill.mining_mwh), "battery",
                                            amp_json_number(bill.battery_mwh), "inference",
                                            amp_json_number(bill.inference_mwh)));
        (void)json_array_append_new(reserves, object);
    }
    return reserves;
}

static json_t *restarts_json(const amp_site_answer *site)
{
    const amp_site_problem *const problem = &site->problem;
    json_t *const restarts = json_array();

    for (size_t i = 0; i < problem->restart_count; i++) {
        const amp_restart_bill bill = amp_accounts_restart(problem, &site->schedule, i);
        const char *const id = problem->load[problem->restart[i].load].id;
        json_t *const object = json_object();
        (void)json_object_set_new(object, "id", json_string(id));
        set_number(object, "started_mw", bill.started_mw);
        set_number(object, "full_starts", bill.fleets);
        set_number(object, "lost_usd", bill.lost_usd);
        set_number(object, "wear_usd", bill.wear_usd);
        (void)json_array_append_new(restarts, object);
    }
    return restarts;
}

static json_t *site_json(const amp_site_answer *site)
{
    const amp_accounts *const accounts = &site->accounts;
    json_t *const object = json_object();

    (void)json_object_set_new(object, "id", json_string(site->site->id));
    set_number(object, "objective_usd", site->objective_usd);
    set_number(object, "bound_usd", site->bound_usd);
    (void)json_object_set_new(object, "revenue_usd", group(accounts, revenue));
    (void)json_object_set_new(object, "cost_usd", group(accounts, cost));
    set_number(object, "stored_energy_usd", accounts->stored_energy_usd);
    (void)json_object_set_new(object, "fixed_usd", group(accounts, fixed));
    (void)json_object_set_new(object, "energy_mwh", group(accounts, energy));
    (void)json_object_set_new(object, "it_mwh", group(accounts, it));
    set_number(object, "unserved_it_mwh", accounts->unserved_it_mwh);
    set_number(object, "cut_it_mwh", accounts->cut_it_mwh);
    set_number(object, "curtailed_mwh", accounts->curtailed_mwh);
    set_number(object, "peak_import_mw", accounts->peak_import_mw);
    (void)json_object_set_new(object, "internal_price_usd_per_mwh",
                              json_pack("{s:o, s:o}", "mean",
                                        amp_json_number(accounts->price_mean_usd_per_mwh), "max",
                                        amp_json_number(accounts->price_max_usd_per_mwh)));
    (void)json_object_set_new(object, "mixed_intervals", amp_json_count(site->mixed_count));
    (void)json_object_set_new(object, "solver_calls", amp_json_count(site->calls));
    (void)json_object_set_new(object, "peaks", peaks_json(site));
    (void)json_object_set_new(object, "jobs", jobs_json(site));
    (void)json_object_set_new(object, "budgets", budgets_json(site));
    (void)json_object_set_new(object, "reserves", reserves_json(site));
    (void)json_object_set_new(object, "workloads", amp_report_workloads_json(site));
    (void)json_object_set_new(object, "restarts", restarts_json(site));
    (void)json_object_set_new(object, "bill", amp_report_bill_json(site));
    (void)json_object_set_new(object, "leases", amp_report_leases_json(site));
    return object;
}

static const char *outcome_text(amp_outcome outcome)
{
    static const char *const texts[] = {[AMP_OUTCOME_OPTIMAL] = "optimal",
                                        [AMP_OUTCOME_GAP] = "gap",
                                        [AMP_OUTCOME_TIME_LIMIT] = "time_limit"};
    return texts[outcome];
}

amp_status amp_report_json(amp_cli *cli, const amp_loaded *loaded, const amp_report_input *input)
{
    const amp_answer *const answer = input->answer;
    const double gap_usd = answer->bound_usd - answer->objective_usd;
    const amp_gap_parts parts = amp_report_gap_parts(answer);
    json_t *const object = amp_json_new(cli, "ampacity.dispatch/1");
    json_t *const sites = json_array();
    const amp_status status = amp_loaded_json(cli, loaded, object);

    (void)json_object_set_new(object, "status",
                              json_string(outcome_text(amp_report_outcome_of(input))));
    set_number(object, "objective_usd", answer->objective_usd);
    set_number(object, "bound_usd", answer->bound_usd);
    set_number(object, "gap_usd", gap_usd);
    set_number(object, "gap", amp_report_gap(answer));
    (void)json_object_set_new(object, "gap_parts_usd",
                              json_pack("{s:o, s:o, s:f}", "coordination",
                                        amp_json_number(parts.coordination), "mode",
                                        amp_json_number(parts.mode), "integer", 0.0));
    set_number(object, "solve_s", input->solve_s);
    for (size_t i = 0; i < answer->site_count; i++)
        (void)json_array_append_new(sites, site_json(&answer->site[i]));
    (void)json_object_set_new(object, "sites", sites);
    (void)json_object_set_new(object, "schedule",
                              input->schedule != NULL ? amp_json_text(input->schedule)
                                                      : json_string(""));
    if (status == AMP_OK)
        return amp_json_print(object, cli->out.file);
    json_decref(object);
    return status;
}
