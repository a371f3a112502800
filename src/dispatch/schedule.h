/* SPDX-License-Identifier: Apache-2.0 */
/** @file schedule.h  What every asset of a site does in every interval, and what it earns. */
#ifndef AMP_DISPATCH_SCHEDULE_H
#define AMP_DISPATCH_SCHEDULE_H

#include "dispatch/solve.h"

/** One array an asset, one number an interval; MW at the bus. Owned by the schedule. */
typedef struct {
    size_t interval_count;
    size_t load_count;
    size_t source_count;
    double *import_mw; /**< all import, block included */
    double *block_mw;  /**< the part of import that agreements without resale cover */
    double *export_mw;
    double *charge_mw;
    double *discharge_mw;
    double *soc_mwh;                    /**< at the end of the interval */
    double *internal_price_usd_per_mwh; /**< value of one more MW at the bus: the lower end of the
                                             range of prices; 0 when it could not be used */
    double *stored_usd_per_mwh; /**< worth of one more MWh in the battery at the interval's end */
    double **load_mw;           /**< [load_count], in the order of amp_site_problem.load */
    double **source_mw;         /**< [source_count] */
    double **tier_mw;           /**< [tier_count] */
    void *memory;
} amp_schedule;

/** Allocates every interval of @p solution by merit order. @p out is freed by
 *  amp_schedule_free(); AMP_NOMEM. */
amp_status amp_schedule_build(const amp_site_problem *problem, const amp_solution *solution,
                              const amp_host *host, amp_schedule *out);
void amp_schedule_free(amp_schedule *schedule);

/** Money and energy of one site over the horizon. USD, MWh, MW. */
typedef struct {
    double objective_usd; /**< sum of revenue - sum of cost + stored_energy_usd, exactly */
    struct {
        double mining, lease, inference, training, export, reserve;
    } revenue_usd;
    struct {
        double energy, demand_charge, coincident_peak, generation, wear, penalty;
    } cost_usd;
    double stored_energy_usd;
    struct {
        double lease_fee;
        double energy_reimbursed; /**< what tenants pay back for the energy of their load */
        double blocks;
    } fixed_usd; /**< outside the objective */
    struct {
        double import, export, mining, lease, inference, training, charge, discharge, generation;
    } energy_mwh; /**< at the bus */
    struct {
        double lease, inference, training;
    } it_mwh;
    double unserved_it_mwh; /**< of leases and inference */
    double curtailed_mwh;   /**< of generators with cost 0: what they could have given */
    double peak_import_mw;
    double price_mean_usd_per_mwh; /**< internal price */
    double price_max_usd_per_mwh;
} amp_accounts;

/** Adds up a schedule (compensated sums, in the order of the intervals). fixed_usd needs the
 *  portfolio's site: fees by the hours of its local months, what leases took at the import price
 *  where it is passed through, agreements with resale at the energy price. */
amp_status amp_accounts_settle(const amp_portfolio *portfolio, size_t site, amp_market *market,
                               const amp_site_problem *problem, const amp_schedule *schedule,
                               amp_accounts *out);

#endif
