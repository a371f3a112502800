/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/accounts.h"

#include "base/text.h"
#include "dispatch/bill.h"
#include "dispatch/billing.h"
#include "dispatch/capping.h"
#include "dispatch/lease.h"

#include <math.h>

/* Load that is short of its demand by less than this share of it is rounding, not unserved. */
static const double unserved_share_min = 1e-12;

/* The same for a job, whose power in every interval is found by mixing schedules. */
static const double unserved_job_share_min = 1e-9;

/* Imports that differ by less than this share of them are the same: an optimal schedule reaches a
 * peak many times, and rounding must not say when it did first. */
static const double same_import_share = 1e-9;

/* ---- compensated sums ---- */

/* A running sum and what rounding took from it (Neumaier, "Rundungsfehleranalyse einiger
 * Verfahren zur Summation endlicher Summen", 1974). */
typedef struct {
    double sum;
    double lost;
} running_sum;

static void add(running_sum *total, double number)
{
    const double sum = total->sum + number;
    if (fabs(total->sum) >= fabs(number))
        total->lost += (total->sum - sum) + number;
    else
        total->lost += (number - sum) + total->sum;
    total->sum = sum;
}

static double read_total(const running_sum *total)
{
    return total->sum + total->lost;
}

static double sum_of(const double *number, size_t count)
{
    running_sum all = {0};
    for (size_t t = 0; t < count; t++)
        add(&all, number[t]);
    return read_total(&all);
}

/* Sum of number times factor. */
static double sum_times(const double *number, amp_column factor, size_t count)
{
    running_sum all = {0};
    if (factor.stride == 0)
        return sum_of(number, count) * factor.value[0];
    for (size_t t = 0; t < count; t++)
        add(&all, number[t] * factor.value[t]);
    return read_total(&all);
}

static double greatest(const double *number, size_t count)
{
    double most = number[0];
    for (size_t t = 1; t < count; t++)
        most = fmax(most, number[t]);
    return most;
}

/* ---- what the schedule moves ---- */

/* The part of both prices of import that pays for coincident peaks. */
static double coincident_usd_per_mwh(const amp_site_problem *problem, size_t t)
{
    const amp_column column = problem->coincident_usd_per_mwh;
    return column.value == NULL ? 0.0 : amp_column_at(column, t);
}

static double coincident_usd(const amp_site_problem *problem, const amp_schedule *schedule)
{
    const amp_column column = problem->coincident_usd_per_mwh;
    if (column.value == NULL)
        return 0.0;
    return sum_times(schedule->import_mw, column, problem->interval_count) * problem->interval_h;
}

static double market_cost_usd(const amp_site_problem *problem, const amp_schedule *schedule)
{
    running_sum cost = {0};
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double block_mw = schedule->block_mw[t];
        const double market_mw = schedule->import_mw[t] - block_mw;
        const double apart = coincident_usd_per_mwh(problem, t);
        add(&cost, market_mw * (amp_column_at(problem->import_price_usd_per_mwh, t) - apart));
        add(&cost, block_mw * (amp_column_at(problem->block_price_usd_per_mwh, t) - apart));
    }
    return read_total(&cost) * problem->interval_h;
}

static double tax_usd_per_mwh(const amp_load *load, size_t t)
{
    return load->tax_usd_per_mwh.value == NULL ? 0.0 : amp_column_at(load->tax_usd_per_mwh, t);
}

/* What the tiers of a load, before tax, earn beyond the penalty that serving them avoids. */
static double tiers_usd(const amp_site_problem *problem, const amp_schedule *schedule,
                        const amp_load *load)
{
    running_sum revenue = {0};
    for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++) {
        const amp_column value = problem->tier[k].value_usd_per_mwh;
        const double *power_mw = schedule->tier_mw[k];
        for (size_t t = 0; t < problem->interval_count; t++)
            add(&revenue, power_mw[t] * (amp_column_at(value, t) + tax_usd_per_mwh(load, t) -
                                         amp_column_at(load->penalty_usd_per_mwh, t)));
    }
    return read_total(&revenue) * problem->interval_h;
}

/* Credit and IT energy of what a tenant lets the site cut. */
static void add_cut(const amp_site_problem *problem, const amp_schedule *schedule, size_t i,
                    amp_accounts *accounts)
{
    const amp_source *source = &problem->source[i];
    const amp_load *load = &problem->load[source->asset];
    const double *cut_mw = schedule->source_mw[i];
    running_sum credit = {0};
    for (size_t t = 0; t < problem->interval_count; t++)
        add(&credit,
            cut_mw[t] * (amp_column_at(source->cost_usd_per_mwh, t) + tax_usd_per_mwh(load, t)));
    accounts->cost_usd.penalty += read_total(&credit) * problem->interval_h;
    accounts->cut_it_mwh +=
        sum_times(cut_mw, load->it_per_mwh, problem->interval_count) * problem->interval_h;
}

/* Penalty and IT energy of what a load wanted and did not get, but for what was cut (NULL: none).
 */
static void add_unserved(const amp_site_problem *problem, const amp_load *load,
                         const double *load_mw, const double *cut_mw, amp_accounts *accounts)
{
    running_sum penalty = {0};
    running_sum it = {0};
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double demand_mw = amp_column_at(load->demand_mw, t);
        const double unserved_mw = demand_mw - load_mw[t] - (cut_mw == NULL ? 0.0 : cut_mw[t]);
        if (unserved_mw <= unserved_share_min * demand_mw)
            continue;
        add(&penalty, unserved_mw * amp_column_at(load->penalty_usd_per_mwh, t));
        add(&it, unserved_mw * amp_column_at(load->it_per_mwh, t));
    }
    accounts->cost_usd.penalty += read_total(&penalty) * problem->interval_h;
    accounts->unserved_it_mwh += read_total(&it) * problem->interval_h;
}

/* ---- power caps ---- */

/* What a load that may be capped earns in interval t before tax, penalties taken off, USD/h. */
static double capped_usd_per_h(const amp_site_problem *problem, const amp_schedule *schedule,
                               const amp_load *load, size_t t)
{
    const amp_capping *capping = load->capping;
    const double tax = tax_usd_per_mwh(load, t);
    double usd =
        amp_column_at(capping->base_usd_per_h, t) + tax * amp_column_at(capping->must_mw, t);
    for (uint32_t k = load->first_tier; k < load->first_tier + load->tier_count; k++)
        usd +=
            schedule->tier_mw[k][t] * (amp_column_at(problem->tier[k].value_usd_per_mwh, t) + tax);
    return usd;
}

amp_workload_bill amp_accounts_workload(const amp_site_problem *problem,
                                        const amp_schedule *schedule, size_t i)
{
    const amp_load *load = &problem->load[i];
    const amp_capping *capping = load->capping;
    const double h = problem->interval_h;
    running_sum energy = {0}, full = {0}, work = {0}, undone = {0}, usd = {0}, penalty = {0};
    double least = 1.0;
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double load_mw = schedule->load_mw[i][t];
        const double it = amp_column_at(load->it_per_mwh, t);
        const double full_mw = amp_column_at(capping->full_mw, t);
        const double wanted_mw = amp_column_at(load->demand_mw, t);
        const double work_mw = amp_capping_work_mw(capping, t, load_mw);
        const double undone_mw =
            wanted_mw - work_mw <= unserved_share_min * wanted_mw ? 0.0 : wanted_mw - work_mw;
        const double penalty_usd = undone_mw * amp_column_at(capping->penalty_usd_per_mwh, t);
        add(&energy, load_mw * it);
        add(&full, full_mw * it);
        add(&work, work_mw * it);
        add(&undone, undone_mw * it);
        add(&penalty, penalty_usd);
        add(&usd, capped_usd_per_h(problem, schedule, load, t) + penalty_usd);
        least = full_mw > 0.0 ? fmin(least, work_mw / full_mw) : least;
    }
    return (amp_workload_bill){.it_mwh = read_total(&energy) * h,
                               .full_it_mwh = read_total(&full) * h,
                               .work_it_mwh = read_total(&work) * h,
                               .undone_it_mwh = read_total(&undone) * h,
                               .least_throughput = least,
                               .value_usd = read_total(&usd) * h,
                               .penalty_usd = read_total(&penalty) * h};
}

/* A workload is not asked for more than it does; of inference the rest is not served. */
static void add_capped(const amp_site_problem *problem, const amp_schedule *schedule, size_t i,
                       amp_accounts *accounts)
{
    const amp_load *load = &problem->load[i];
    const amp_workload_bill bill = amp_accounts_workload(problem, schedule, i);
    const double energy_mwh =
        sum_of(schedule->load_mw[i], problem->interval_count) * problem->interval_h;
    const bool is_training = load->kind == AMP_LOAD_TRAINING;
    *(is_training ? &accounts->energy_mwh.training : &accounts->energy_mwh.inference) += energy_mwh;
    *(is_training ? &accounts->it_mwh.training : &accounts->it_mwh.inference) += bill.it_mwh;
    *(is_training ? &accounts->revenue_usd.training : &accounts->revenue_usd.inference) +=
        bill.value_usd;
    accounts->cost_usd.penalty += bill.penalty_usd;
    if (load->capping->workload == AMP_NONE)
        accounts->unserved_it_mwh += bill.undone_it_mwh;
}

static void add_load(const amp_site_problem *problem, const amp_schedule *schedule, size_t i,
                     amp_accounts *accounts)
{
    if (problem->load[i].capping != NULL) {
        add_capped(problem, schedule, i, accounts);
        return;
    }
    const amp_load *load = &problem->load[i];
    const double *load_mw = schedule->load_mw[i];
    const size_t count = problem->interval_count;
    const double h = problem->interval_h;
    const double energy_mwh = sum_of(load_mw, count) * h;
    const double it_mwh = sum_times(load_mw, load->it_per_mwh, count) * h;
    switch (load->kind) {
    case AMP_LOAD_MINING:
        accounts->energy_mwh.mining += energy_mwh;
        accounts->revenue_usd.mining += tiers_usd(problem, schedule, load);
        return;
    case AMP_LOAD_LEASE:
        /* What its tenant pays is settled by the month: add_leases(). */
        accounts->energy_mwh.lease += energy_mwh;
        accounts->it_mwh.lease += it_mwh;
        break;
    case AMP_LOAD_TRAINING:
        accounts->energy_mwh.training += energy_mwh;
        accounts->it_mwh.training += it_mwh;
        return;
    case AMP_LOAD_INFERENCE:
        accounts->energy_mwh.inference += energy_mwh;
        accounts->it_mwh.inference += it_mwh;
        accounts->revenue_usd.inference += tiers_usd(problem, schedule, load);
        break;
    }
    const double *cut_mw = load->cut > 0 ? schedule->source_mw[load->cut - 1] : NULL;
    add_unserved(problem, load, load_mw, cut_mw, accounts);
}

/* What sun and wind could have given: sources that cost nothing. */
static double curtailed_mwh(const amp_site_problem *problem, const amp_source *source,
                            const double *source_mw)
{
    running_sum curtailed = {0};
    for (size_t t = 0; t < problem->interval_count; t++) {
        if (amp_same(amp_column_at(source->cost_usd_per_mwh, t), 0.0))
            add(&curtailed, fmax(0.0, amp_column_at(source->power_mw, t) - source_mw[t]));
    }
    return read_total(&curtailed) * problem->interval_h;
}

static void add_source(const amp_site_problem *problem, const amp_schedule *schedule, size_t i,
                       amp_accounts *accounts)
{
    const amp_source *source = &problem->source[i];
    const double *source_mw = schedule->source_mw[i];
    const size_t count = problem->interval_count;
    const double h = problem->interval_h;
    switch (source->kind) {
    case AMP_SOURCE_GENERATOR:
        break;
    case AMP_SOURCE_CUT:
        add_cut(problem, schedule, i, accounts);
        return;
    case AMP_SOURCE_UNSERVED: /* its load has it */
        return;
    }
    accounts->energy_mwh.generation += sum_of(source_mw, count) * h;
    accounts->cost_usd.generation += sum_times(source_mw, source->cost_usd_per_mwh, count) * h;
    accounts->curtailed_mwh += curtailed_mwh(problem, source, source_mw);
}

static void add_storage(const amp_site_problem *problem, const amp_schedule *schedule,
                        amp_accounts *accounts)
{
    const amp_storage *storage = &problem->storage;
    const size_t count = problem->interval_count;
    if (!storage->is_present)
        return;
    accounts->energy_mwh.charge = sum_of(schedule->charge_mw, count) * problem->interval_h;
    accounts->energy_mwh.discharge = sum_of(schedule->discharge_mw, count) * problem->interval_h;
    accounts->cost_usd.wear =
        storage->wear_usd_per_mwh * (accounts->energy_mwh.charge + accounts->energy_mwh.discharge);
    accounts->stored_energy_usd =
        storage->terminal_value_usd_per_mwh * schedule->soc_mwh[count - 1];
}

/* ---- peaks and jobs ---- */

double amp_accounts_metered_mw(const amp_site_problem *problem, const double *import_mw, size_t t)
{
    const size_t count = amp_metered_end(problem, t) - t;
    return count == 1 ? import_mw[t] : sum_of(import_mw + t, count) / (double)count;
}

/* The highest mean import of a peak, and the first metering interval that has it. */
static double highest_import_mw(const amp_site_problem *problem, size_t k,
                                const amp_schedule *schedule, size_t *interval)
{
    const amp_peak *peak = &problem->peak[k];
    double highest_mw = 0.0;
    *interval = peak->first;
    for (size_t t = peak->first; t < peak->end; t = amp_metered_end(problem, t)) {
        if (!amp_peak_counts(peak, t))
            continue;
        const double mean_mw = amp_accounts_metered_mw(problem, schedule->import_mw, t);
        if (mean_mw > highest_mw * (1.0 + same_import_share))
            *interval = t;
        highest_mw = fmax(highest_mw, mean_mw);
    }
    return highest_mw;
}

/* Shares of other peaks. */
static void look_back(const amp_site_problem *problem, const amp_schedule *schedule, size_t k,
                      amp_peak_bill *bill)
{
    const amp_billing *billing = amp_billing_of(problem, k);
    size_t interval = 0;
    for (size_t n = 1; billing != NULL && n < billing->look_count; n++) {
        const amp_look *look = &billing->look[n];
        const double mw = look->share * highest_import_mw(problem, look->peak, schedule, &interval);
        if (mw > bill->billed_mw) {
            bill->billed_mw = mw;
            bill->set_by = look->peak;
        }
    }
}

amp_peak_bill amp_accounts_peak(const amp_site_problem *problem, const amp_schedule *schedule,
                                size_t k)
{
    const amp_peak *peak = &problem->peak[k];
    amp_peak_bill bill = {.set_by = k};
    bill.import_mw = highest_import_mw(problem, k, schedule, &bill.interval);
    bill.billed_mw = fmax(bill.import_mw, peak->start_mw);
    if (bill.billed_mw > bill.import_mw)
        bill.set_by = AMP_SET_BY_START;
    look_back(problem, schedule, k, &bill);
    bill.charge_usd = amp_billing_charge_usd(problem, k, bill.billed_mw);
    return bill;
}

amp_job_bill amp_accounts_job(const amp_site_problem *problem, const amp_schedule *schedule,
                              size_t j)
{
    const amp_job *job = &problem->job[j];
    const double served_mwh =
        sum_of(schedule->job_mw[j], problem->interval_count) * problem->interval_h;
    const double left_mwh = job->energy_mwh - served_mwh;
    const bool is_done = left_mwh <= unserved_job_share_min * job->energy_mwh;
    return (amp_job_bill){
        .served_mwh = served_mwh,
        .unserved_mwh = is_done ? 0.0 : left_mwh,
        .value_usd = served_mwh * job->value_usd_per_mwh,
        .penalty_usd = is_done ? 0.0 : job->penalty_usd * (left_mwh / job->energy_mwh),
    };
}

amp_budget_bill amp_accounts_budget(const amp_site_problem *problem, const amp_schedule *schedule,
                                    size_t i)
{
    const amp_budget *budget = &problem->budget[i];
    amp_budget_bill bill = {.price_usd =
                                budget->limit > 0.0 ? schedule->budget_usd[i] : (double)NAN};
    for (size_t k = 0; k < budget->source_count; k++) {
        const double *source_mw = schedule->source_mw[budget->source[k]];
        bill.used += sum_times(source_mw, budget->weight[k], problem->interval_count);
    }
    bill.used *= problem->interval_h;
    return bill;
}

/* What fleets take, of the loads that hold reserves. */
static double mining_mw(const amp_site_problem *problem, const amp_schedule *schedule, size_t t)
{
    double mw = 0.0;
    for (size_t i = 0; i < problem->load_count; i++)
        mw += problem->load[i].kind == AMP_LOAD_MINING ? schedule->load_mw[i][t] : 0.0;
    return (problem->reserve_from & AMP_RESERVE_MINING) != 0 ? mw : 0.0;
}

/* Mining's share of what loads hold in interval t. */
static double mining_share(const amp_site_problem *problem, const amp_schedule *schedule, size_t t)
{
    double loads_mw = 0.0;
    for (size_t r = 0; r < problem->reserve_count; r++)
        loads_mw += schedule->reserve_mw[r][t] - schedule->reserve_battery_mw[r][t];
    return loads_mw > 0.0 ? fmin(1.0, mining_mw(problem, schedule, t) / loads_mw) : 0.0;
}

amp_reserve_bill amp_accounts_reserve(const amp_site_problem *problem, const amp_schedule *schedule,
                                      size_t r)
{
    const double *held_mw = schedule->reserve_mw[r];
    const size_t count = problem->interval_count;
    const double h = problem->interval_h;
    running_sum mining = {0};
    for (size_t t = 0; t < count; t++)
        add(&mining,
            (held_mw[t] - schedule->reserve_battery_mw[r][t]) * mining_share(problem, schedule, t));
    amp_reserve_bill bill = {
        .held_mwh = sum_of(held_mw, count) * h,
        .mining_mwh = read_total(&mining) * h,
        .battery_mwh = sum_of(schedule->reserve_battery_mw[r], count) * h,
        .revenue_usd = sum_times(held_mw, problem->reserve[r].price_usd_per_mwh, count) * h,
    };
    bill.inference_mwh = fmax(0.0, bill.held_mwh - bill.battery_mwh - bill.mining_mwh);
    bill.mean_usd_per_mwh = bill.held_mwh > 0.0 ? bill.revenue_usd / bill.held_mwh : 0.0;
    return bill;
}

static void add_reserves(const amp_site_problem *problem, const amp_schedule *schedule,
                         amp_accounts *accounts)
{
    running_sum revenue = {0};
    for (size_t r = 0; r < problem->reserve_count; r++)
        add(&revenue, sum_times(schedule->reserve_mw[r], problem->reserve[r].price_usd_per_mwh,
                                problem->interval_count));
    accounts->revenue_usd.reserve = read_total(&revenue) * problem->interval_h;
}

amp_restart_bill amp_accounts_restart(const amp_site_problem *problem, const amp_schedule *schedule,
                                      size_t i)
{
    const amp_restart *restart = &problem->restart[i];
    const uint32_t tier = problem->load[restart->load].first_tier;
    double before_mw = restart->initial_mw;
    double most_mw = 0.0;
    running_sum started = {0};
    running_sum lost = {0};
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double per_mw = amp_column_at(restart->running_per_mw, t);
        const double running_mw = per_mw * schedule->tier_mw[tier][t];
        const double started_mw = fmax(0.0, running_mw - before_mw);
        add(&started, started_mw);
        add(&lost, started_mw * amp_column_at(restart->lost_usd_per_mw, t));
        most_mw = fmax(most_mw, per_mw * amp_column_at(problem->tier[tier].power_mw, t));
        before_mw = running_mw;
    }
    const double started_mw = read_total(&started);
    return (amp_restart_bill){
        .started_mw = started_mw,
        .fleets = most_mw > 0.0 ? started_mw / most_mw : 0.0,
        .lost_usd = read_total(&lost),
        .wear_usd = started_mw * restart->wear_usd_per_mw,
    };
}

static void add_restarts(const amp_site_problem *problem, const amp_schedule *schedule,
                         amp_accounts *accounts)
{
    for (size_t i = 0; i < problem->restart_count; i++) {
        const amp_restart_bill bill = amp_accounts_restart(problem, schedule, i);
        accounts->revenue_usd.mining -= bill.lost_usd;
        accounts->cost_usd.wear += bill.wear_usd;
    }
}

static void add_peaks(const amp_site_problem *problem, const amp_schedule *schedule,
                      amp_accounts *accounts)
{
    running_sum charge = {0};
    for (size_t k = 0; k < problem->peak_count; k++)
        add(&charge, amp_accounts_peak(problem, schedule, k).charge_usd);
    accounts->cost_usd.demand_charge = read_total(&charge);
}

static void add_jobs(const amp_site_problem *problem, const amp_schedule *schedule,
                     amp_accounts *accounts)
{
    for (size_t j = 0; j < problem->job_count; j++) {
        const amp_job_bill bill = amp_accounts_job(problem, schedule, j);
        accounts->revenue_usd.training += bill.value_usd;
        accounts->cost_usd.penalty += bill.penalty_usd;
        accounts->unserved_it_mwh += bill.unserved_mwh;
    }
}

/* What tenants pay and are paid, over their months. */
static void add_leases(const amp_site_problem *problem, const amp_schedule *schedule,
                       amp_accounts *accounts)
{
    for (size_t i = 0; i < problem->lease_count; i++) {
        const amp_lease_terms *terms = &problem->lease[i];
        const bool is_hard = problem->load[terms->load].is_hard;
        for (size_t m = 0; m < terms->month_count; m++) {
            const amp_lease_bill bill = amp_lease_settle(problem, schedule, i, m);
            accounts->revenue_usd.lease += is_hard ? 0.0 : bill.energy_usd;
            accounts->fixed_usd.lease_fee += bill.fee_usd;
            accounts->fixed_usd.energy_reimbursed += bill.reimbursed_usd;
            accounts->fixed_usd.energy_sold += is_hard ? bill.energy_usd : 0.0;
            accounts->fixed_usd.demand_reimbursed += bill.demand_usd;
            accounts->fixed_usd.minimum_take += bill.take_usd;
            accounts->fixed_usd.service_credits -= bill.credit_usd;
            accounts->fixed_usd.penalty_replaced += bill.replaced_usd;
        }
    }
}

/* The objective is what a reader gets who adds up the printed numbers in their order. */
static double objective_usd(const amp_accounts *a)
{
    const double revenue = a->revenue_usd.mining + a->revenue_usd.lease + a->revenue_usd.inference +
                           a->revenue_usd.training + a->revenue_usd.export + a->revenue_usd.reserve;
    const double cost = a->cost_usd.energy + a->cost_usd.demand_charge +
                        a->cost_usd.coincident_peak + a->cost_usd.generation + a->cost_usd.wear +
                        a->cost_usd.penalty + a->cost_usd.tax;
    return revenue - cost + a->stored_energy_usd;
}

amp_accounts amp_accounts_settle(const amp_site_problem *problem, const amp_schedule *schedule)
{
    const size_t count = problem->interval_count;
    const double h = problem->interval_h;
    const double *price = schedule->internal_price_usd_per_mwh;
    amp_accounts accounts = {
        .revenue_usd.export =
            sum_times(schedule->export_mw, problem->export_price_usd_per_mwh, count) * h,
        .cost_usd.energy = market_cost_usd(problem, schedule),
        .cost_usd.coincident_peak = coincident_usd(problem, schedule),
        .cost_usd.tax = amp_bill_tax_usd(problem, schedule),
        .fixed_usd.tariff = -amp_bill_fixed_usd(problem, schedule),
        .energy_mwh.import = sum_of(schedule->import_mw, count) * h,
        .energy_mwh.export = sum_of(schedule->export_mw, count) * h,
        .peak_import_mw = greatest(schedule->import_mw, count),
        .price_mean_usd_per_mwh = sum_of(price, count) / (double)count,
        .price_max_usd_per_mwh = greatest(price, count),
    };
    for (size_t i = 0; i < problem->load_count; i++)
        add_load(problem, schedule, i, &accounts);
    for (size_t i = 0; i < problem->source_count; i++)
        add_source(problem, schedule, i, &accounts);
    add_storage(problem, schedule, &accounts);
    add_restarts(problem, schedule, &accounts);
    add_peaks(problem, schedule, &accounts);
    add_jobs(problem, schedule, &accounts);
    add_leases(problem, schedule, &accounts);
    add_reserves(problem, schedule, &accounts);
    accounts.objective_usd = objective_usd(&accounts);
    return accounts;
}

/* ---- what holds whatever is dispatched ---- */

/* An agreement with resale is settled against the energy price; without, its price is sunk. */
static amp_status block_usd(const amp_portfolio *portfolio, const amp_supply *supply,
                            const amp_block *block, amp_market *market, double *out)
{
    const amp_column energy = amp_market_column(market, &supply->energy_price_usd_per_mwh, NULL);
    const amp_column power_mw = amp_market_column(market, &block->power_mw, NULL);
    const amp_column price = amp_market_column(market, &block->price_usd_per_mwh, NULL);
    running_sum sum = {0};
    if (energy.value == NULL || power_mw.value == NULL || price.value == NULL)
        return AMP_NOMEM;
    for (size_t t = 0; t < portfolio->horizon.interval_count; t++) {
        const double sold = block->resale ? amp_column_at(energy, t) : 0.0;
        add(&sum, amp_column_at(power_mw, t) * (sold - amp_column_at(price, t)));
    }
    *out = read_total(&sum) * portfolio->horizon.interval_h;
    return AMP_OK;
}

amp_status amp_accounts_add_fixed(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  amp_accounts *accounts)
{
    const amp_supply *supply = &portfolio->site[site].supply;
    double blocks_usd = 0.0;
    amp_status status = AMP_OK;
    for (size_t i = 0; i < supply->block_count && status == AMP_OK; i++) {
        double usd = 0.0;
        status = block_usd(portfolio, supply, &supply->block[i], market, &usd);
        blocks_usd += usd;
    }
    if (status != AMP_OK)
        return status;
    accounts->fixed_usd.blocks = blocks_usd;
    return AMP_OK;
}
