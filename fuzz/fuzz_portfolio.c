/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "model/portfolio.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* ---- values ---- */

static void require_value(const amp_portfolio *p, const amp_value *value, double least, double most)
{
    require(isfinite(value->number));
    require(value->series == AMP_NONE ||
            (value->series >= 0 && (size_t)value->series < p->series_count));
    require(value->currency >= 0 && (size_t)value->currency < p->currency_count);
    require(value->key != NULL && value->key[0] != '\0');
    require(value->unit.factor > 0.0);
    if (value->series == AMP_NONE)
        require(value->number >= least && value->number <= most);
    else
        require(value->is_set);
}

static void require_constant(const amp_portfolio *p, const amp_value *value, double least,
                             double most)
{
    require_value(p, value, least, most);
    require(value->series == AMP_NONE);
    require(p->currency[value->currency].rate_usd.series == AMP_NONE);
}

static void require_steps(const amp_portfolio *p, const amp_steps *steps, double most)
{
    for (size_t i = 0; i < steps->count; i++) {
        require_constant(p, &steps->step[i].value, 0.0, most);
        require(i == 0 || steps->step[i].from_unix_s > steps->step[i - 1].from_unix_s);
    }
}

static void require_availability(const amp_portfolio *p, const amp_availability *availability)
{
    require_value(p, &availability->value, 0.0, 1.0);
    require_steps(p, &availability->steps, 1.0);
}

/* ---- parts of a site ---- */

static void require_grid(const amp_portfolio *p, const amp_site *site)
{
    const double any = HUGE_VAL;
    require(site->grid.import_limit_mw.is_set || site->grid.energised_mw.count > 0);
    require_value(p, &site->grid.import_limit_mw, 0.0, any);
    require_value(p, &site->grid.export_limit_mw, 0.0, any);
    require_steps(p, &site->grid.energised_mw, any);
    require_availability(p, &site->grid.availability);
    require_value(p, &site->supply.energy_price_usd_per_mwh, -any, any);
    require_value(p, &site->supply.adder_usd_per_mwh, -any, any);
    require_value(p, &site->supply.export_price_usd_per_mwh, -any, any);
    for (size_t i = 0; i < site->supply.block_count; i++) {
        require_value(p, &site->supply.block[i].power_mw, 0.0, any);
        require_value(p, &site->supply.block[i].price_usd_per_mwh, -any, any);
    }
}

static void require_bill(const amp_portfolio *p, const amp_supply *supply)
{
    const amp_demand_charge *demand = &supply->demand_charge;
    require_value(p, &demand->charge_usd_per_kw_month, 0.0, HUGE_VAL);
    require(demand->metering_s >= 0);
    for (size_t i = 0; i < demand->so_far_count; i++) {
        const amp_peak_so_far *peak = &demand->so_far[i];
        const int32_t number = peak->year * 12 + peak->month;
        require(peak->year >= 1899 && peak->year <= 2200 && peak->month >= 1 && peak->month <= 12);
        require(i == 0 || number > peak[-1].year * 12 + peak[-1].month);
        require_constant(p, &peak->power_mw, 0.0, HUGE_VAL);
    }
    if (!supply->coincident_peak.is_set)
        return;
    require_value(p, &supply->coincident_peak.charge_usd_per_kw_year, 0.0, HUGE_VAL);
    require_value(p, &supply->coincident_peak.probability, 0.0, 1.0);
    require(supply->coincident_peak.peaks >= 1);
}

static void require_battery(const amp_portfolio *p, const amp_battery *battery)
{
    const double any = HUGE_VAL;
    if (!battery->is_set)
        return;
    const double minimum = battery->minimum_soc.number;
    const double maximum = battery->maximum_soc.number;
    require_constant(p, &battery->charge_power_mw, 0.0, any);
    require_constant(p, &battery->discharge_power_mw, 0.0, any);
    require_constant(p, &battery->energy_mwh, 0.0, any);
    require_constant(p, &battery->charge_efficiency, 0.0, 1.0);
    require_constant(p, &battery->discharge_efficiency, 0.0, 1.0);
    require(battery->charge_efficiency.number > 0.0 && battery->discharge_efficiency.number > 0.0);
    require_constant(p, &battery->minimum_soc, 0.0, 1.0);
    require_constant(p, &battery->maximum_soc, minimum, 1.0);
    require_constant(p, &battery->initial_soc, minimum, maximum);
    if (battery->final != AMP_FINAL_FREE)
        require_constant(p, &battery->final_soc, minimum, maximum);
    require_constant(p, &battery->wear_usd_per_mwh, 0.0, any);
    require_constant(p, &battery->terminal_value_usd_per_mwh, -any, any);
    require_constant(p, &battery->self_discharge_per_day, 0.0, 1.0);
    require(battery->self_discharge_per_day.number < 1.0);
    require_availability(p, &battery->availability);
}

static void require_machines(const amp_portfolio *p, const amp_site *site)
{
    const double any = HUGE_VAL;
    require(site->fleet_count == 0 || p->bitcoin.is_set);
    for (size_t i = 0; i < site->generator_count; i++) {
        require(site->generator[i].id != NULL);
        require_value(p, &site->generator[i].power_mw, 0.0, any);
        require_value(p, &site->generator[i].cost_usd_per_mwh, -any, any);
        require_availability(p, &site->generator[i].availability);
    }
    for (size_t i = 0; i < site->fleet_count; i++) {
        const amp_fleet *fleet = &site->fleet[i];
        require(fleet->id != NULL);
        require_value(p, &fleet->machines, 0.0, any);
        require_constant(p, &fleet->hashrate_th_per_s, 0.0, any);
        require_constant(p, &fleet->efficiency_j_per_th, 0.0, any);
        require(fleet->efficiency_j_per_th.number > 0.0);
        require_value(p, &fleet->pool_fee, 0.0, 1.0);
        require_value(p, &fleet->overhead, 0.0, any);
        require_constant(p, &fleet->restart_min, 0.0, any);
        require_constant(p, &fleet->wear_usd_per_mw, 0.0, any);
        require_constant(p, &fleet->initial_running, 0.0, 1.0);
        require_availability(p, &fleet->availability);
    }
}

static void require_caps(const amp_portfolio *p, const amp_caps *caps)
{
    require_constant(p, &caps->floor, 0.0, 1.0);
    require(caps->curve.count != 1);
    for (size_t i = 0; i < caps->curve.count; i++) {
        const amp_cap_point *point = &caps->curve.point[i];
        require(isfinite(point->power) && point->power > 0.0);
        require(isfinite(point->throughput) && point->throughput >= 0.0);
        require(i == 0 ||
                (point->power > point[-1].power && point->throughput > point[-1].throughput));
    }
}

static void require_workload(const amp_portfolio *p, const amp_workload *workload)
{
    require(workload->id != NULL && workload->caps.curve.count >= 2);
    require(workload->gpus.is_set != workload->full_power_mw.is_set);
    require(!workload->gpus.is_set || !workload->caps.curve.is_share);
    require(amp_workload_full_mw(workload) > 0.0);
    require_value(p, &workload->value_usd_per_mwh, 0.0, HUGE_VAL);
    require_caps(p, &workload->caps);
}

static void require_inference(const amp_portfolio *p, const amp_inference *inference)
{
    require_value(p, &inference->demand, 0.0, HUGE_VAL);
    require_value(p, &inference->penalty_usd_per_mwh, 0.0, HUGE_VAL);
    require(inference->step_count > 0);
    for (size_t i = 0; i < inference->step_count; i++) {
        const double before = i > 0 ? inference->step[i - 1].share : 0.0;
        require(inference->step[i].share > before);
        require_value(p, &inference->step[i].value_usd_per_mwh, -HUGE_VAL, HUGE_VAL);
    }
    require(amp_same(inference->step[inference->step_count - 1].share, 1.0));
    require_caps(p, &inference->caps);
}

static void require_job(const amp_portfolio *p, const amp_training_job *job)
{
    require(job->id != NULL);
    require_constant(p, &job->energy_mwh, 0.0, HUGE_VAL);
    require_constant(p, &job->power_mw, 0.0, HUGE_VAL);
    require(job->energy_mwh.number > 0.0 && job->power_mw.number > 0.0);
    require_constant(p, &job->value_usd_per_mwh, -HUGE_VAL, HUGE_VAL);
    require_constant(p, &job->penalty_usd, 0.0, HUGE_VAL);
}

static void require_flexible(const amp_portfolio *p, const amp_flexible *flexible)
{
    require_constant(p, &flexible->share, 0.0, 1.0);
    require(flexible->share.number > 0.0);
    require(flexible->hours_h.is_set || flexible->energy_mwh.is_set);
    if (flexible->hours_h.is_set)
        require_constant(p, &flexible->hours_h, 0.0, HUGE_VAL);
    if (flexible->energy_mwh.is_set)
        require_constant(p, &flexible->energy_mwh, 0.0, HUGE_VAL);
    require_value(p, &flexible->credit_usd_per_mwh, 0.0, HUGE_VAL);
}

static void require_lease(const amp_portfolio *p, const amp_hall *hall)
{
    const amp_lease *lease = &hall->lease;
    const double any = HUGE_VAL;
    const double most = lease->load.is_share ? 1.0 : hall->it_power_mw.number;
    require_value(p, &lease->load, 0.0, most);
    require_value(p, &lease->fee_usd_per_kw_month, 0.0, any);
    require_value(p, &lease->penalty_usd_per_mwh, 0.0, any);
    require_value(p, &lease->energy_price_usd_per_mwh, 0.0, any);
    require(lease->energy_price_usd_per_mwh.is_set == (lease->energy == AMP_LEASE_FIXED));
    require_constant(p, &lease->pue_cap, lease->pue_cap.is_set ? 1.0 : 0.0, any);
    require_constant(p, &lease->minimum_take, 0.0, 1.0);
    require_value(p, &lease->contracted_mw, 0.0, any);
    require_constant(p, &lease->availability, 0.0, 1.0);
    require_constant(p, &lease->credit_cap, 0.0, 1.0);
    require_constant(p, &lease->credit_per_hour, 0.0, 1.0);
    require(lease->credit_count == 0 || !lease->credit_per_hour.is_set);
    require_constant(p, &lease->maintenance_h, 0.0, any);
    if (lease->flexible.is_set)
        require_flexible(p, &lease->flexible);
    require(amp_lease_promise(lease) >= 0.0 && amp_lease_promise(lease) <= 1.0);
    for (size_t i = 0; i < lease->exclusion_count; i++)
        require(lease->exclusion[i].from_unix_s < lease->exclusion[i].to_unix_s);
    for (size_t i = 1; i < lease->credit_count; i++)
        require(lease->credit[i].availability < lease->credit[i - 1].availability &&
                lease->credit[i].credit > lease->credit[i - 1].credit);
    require(lease->credit_count == 0 ||
            amp_same(lease->credit[lease->credit_count - 1].availability, 0.0));
}

static void require_hall(const amp_portfolio *p, const amp_hall *hall)
{
    require(hall->id != NULL);
    require((hall->lease.is_set ? 1 : 0) + (hall->inference.is_set ? 1 : 0) +
                (hall->job_count > 0 ? 1 : 0) + (hall->workload_count > 0 ? 1 : 0) ==
            1);
    require_constant(p, &hall->it_power_mw, 0.0, HUGE_VAL);
    require_availability(p, &hall->availability);
    if (hall->pue.point_count == 0)
        require_value(p, &hall->pue.value, 1.0, HUGE_VAL);
    else
        require_value(p, &hall->pue.outdoor, -HUGE_VAL, HUGE_VAL);
    for (size_t i = 0; i < hall->pue.point_count; i++) {
        require(isfinite(hall->pue.point[i].outdoor_degc) && hall->pue.point[i].pue >= 1.0);
        require(i == 0 || hall->pue.point[i].outdoor_degc > hall->pue.point[i - 1].outdoor_degc);
    }
    for (size_t i = 0; i < hall->job_count; i++)
        require_job(p, &hall->job[i]);
    for (size_t i = 0; i < hall->workload_count; i++)
        require_workload(p, &hall->workload[i]);
    if (hall->inference.is_set)
        require_inference(p, &hall->inference);
    if (hall->lease.is_set)
        require_lease(p, hall);
}

/* ---- the whole ---- */

static void require_horizon(const amp_horizon *horizon)
{
    require(horizon->step_s >= 1 && horizon->interval_count >= 1);
    require(horizon->interval_count <= AMP_INTERVALS_MAX);
    require(horizon->to_unix_s - horizon->from_unix_s ==
            (int64_t)horizon->interval_count * horizon->step_s);
    require(amp_same(horizon->interval_h, (double)horizon->step_s / 3600.0));
}

static void require_bitcoin(const amp_portfolio *p, const amp_bitcoin *bitcoin)
{
    if (!bitcoin->is_set)
        return;
    require(bitcoin->hashprice_usd_per_ph_day.is_set != bitcoin->price_usd_per_btc.is_set);
    require(bitcoin->difficulty.is_set == bitcoin->price_usd_per_btc.is_set);
    require_value(p, &bitcoin->hashprice_usd_per_ph_day, 0.0, HUGE_VAL);
    require_value(p, &bitcoin->price_usd_per_btc, 0.0, HUGE_VAL);
    require_value(p, &bitcoin->difficulty, 0.0, HUGE_VAL);
    require_value(p, &bitcoin->fees_btc_per_block, 0.0, HUGE_VAL);
    require_value(p, &bitcoin->height, 0.0, HUGE_VAL);
    require(bitcoin->height_block >= 0);
}

static void require_portfolio(const amp_portfolio *p)
{
    require_horizon(&p->horizon);
    require_bitcoin(p, &p->bitcoin);
    require(p->site_count > 0 && p->currency_count > 0);
    require(strcmp(p->currency[AMP_CURRENCY_USD].code, "USD") == 0);
    for (size_t i = 0; i < p->series_count; i++)
        require(p->series[i].id != NULL && p->series[i].path != NULL &&
                p->series[i].column != NULL);
    for (size_t i = 0; i < p->site_count; i++) {
        const amp_site *site = &p->site[i];
        require(site->id != NULL && site->time_zone != NULL);
        require_grid(p, site);
        require_bill(p, &site->supply);
        require_battery(p, &site->battery);
        require_machines(p, site);
        for (size_t k = 0; k < site->hall_count; k++)
            require_hall(p, &site->hall[k]);
    }
    for (size_t i = 0; i < p->use_count; i++) {
        require(p->use[i]->series >= 0 && (size_t)p->use[i]->series < p->series_count);
        require(p->use[i]->place.line > 0);
    }
}

/* A refusal has at least one error, and every finding a place inside the text. */
static void require_findings(const amp_diagnostics *diagnostics, amp_status status)
{
    require(status == amp_diagnostics_status(diagnostics));
    require((status == AMP_OK) == (amp_diagnostics_error_count(diagnostics) == 0));
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++) {
        const amp_diagnostic *finding = amp_diagnostics_get(diagnostics, i);
        require(finding->message[0] != '\0');
        const size_t length = strlen(finding->excerpt);
        require(length == 0 || finding->place.column <= length + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    if (length > TEXT_BYTES_MAX)
        return 0;
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    if (diagnostics == NULL)
        return 0;
    const amp_status status = amp_portfolio_parse((const char *)data, length, "folder/p.yaml", NULL,
                                                  diagnostics, &portfolio);
    require_findings(diagnostics, status);
    require((status == AMP_OK) == (portfolio != NULL));
    if (portfolio != NULL)
        require_portfolio(portfolio);
    amp_portfolio_free(portfolio);
    amp_diagnostics_free(diagnostics);
    return 0;
}
